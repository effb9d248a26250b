//! What a thing named in a message is to the customer: wanted, owned, or what something must fit.
//!
//! "I have an iPhone, does that one work with it?" asks about "that one". "A case for my Galaxy" wants a
//! case. Read from the few words before the name.

use crate::domain::heard::{Heard, ProductNamed};

/// What a named thing is to the customer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Role {
    /// It is asked about.
    #[default]
    Wanted,
    /// The customer has it already.
    Owned,
    /// What is asked about must fit it or work with it.
    Fits,
}

/// The roles of everything named, in the order of [`Heard`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roles {
    /// Of products.
    pub products: Vec<Role>,
    /// Of categories.
    pub categories: Vec<Role>,
    /// Of brands.
    pub brands: Vec<Role>,
}

impl Roles {
    /// Reads the roles of a message.
    pub fn read(heard: &Heard) -> Self {
        Self {
            products: heard.products.iter().map(|p| product_role(heard, p)).collect(),
            categories: heard.categories.iter().map(|c| role(heard, c.words.start)).collect(),
            brands: heard.brands.iter().map(|b| role(heard, b.words.start)).collect(),
        }
    }

    /// Whether a category is asked about.
    pub fn wants_category(&self, i: usize) -> bool {
        self.categories.get(i).copied().unwrap_or_default() == Role::Wanted
    }

    /// Whether a brand is asked about.
    pub fn wants_brand(&self, i: usize) -> bool {
        self.brands.get(i).copied().unwrap_or_default() == Role::Wanted
    }

    /// Whether a product is asked about.
    pub fn wants_product(&self, i: usize) -> bool {
        self.products.get(i).copied().unwrap_or_default() == Role::Wanted
    }
}

const POSSESSIVES: &[&str] = &["my", "our", "his", "her", "their", "hers", "mine"];
const DETERMINERS: &[&str] = &["a", "an", "the", "this", "that", "these", "those", "new", "old", "own", "existing", "current", "other"];
const PEOPLE: &[&str] = &[
    "i",
    "we",
    "he",
    "she",
    "they",
    "wife",
    "husband",
    "son",
    "daughter",
    "dad",
    "mum",
    "mom",
    "mother",
    "father",
    "brother",
    "sister",
    "nephew",
    "niece",
    "friend",
    "partner",
    "boyfriend",
    "girlfriend",
    "kid",
    "kids",
    "boss",
    "grandma",
    "grandpa",
    "already",
    "just",
    "only",
];

/// A single word that is little of a name, after "fit" or "in", is a socket or a size rather than a product.
fn product_role(heard: &Heard, product: &ProductNamed) -> Role {
    const LITTLE: f32 = 0.4;
    match role(heard, product.words.start) {
        Role::Fits if product.words.len() == 1 && product.coverage < LITTLE && !heard.categories.is_empty() => Role::Wanted,
        other => other,
    }
}

fn role(heard: &Heard, at: usize) -> Role {
    let word = |i: Option<usize>| i.and_then(|i| heard.words.get(i)).map_or("", |w| w.text.as_str());
    let mut i = at;
    let mut possessive = false;
    // Back over determiners and what describes the thing itself ("my old Samsung Galaxy").
    while let Some(before) = i.checked_sub(1) {
        let text = word(Some(before));
        let brand = heard.brands.iter().any(|b| b.words.contains(&before));
        if POSSESSIVES.contains(&text) {
            possessive = true;
        } else if !DETERMINERS.contains(&text) && !brand {
            break;
        }
        i = before;
    }
    let before = word(i.checked_sub(1));
    let earlier = word(i.checked_sub(2));
    let fits = match before {
        "for" => {
            (possessive || of_what_is_meant(heard, i)) && !asks_for(earlier)
                || is_judging(earlier)
                || names_a_thing(heard, i.checked_sub(2)) && !asks_for(earlier)
        }
        "with" => is_joining(earlier) || (i >= 3 && is_joining(word(Some(i - 3)))),
        // "My son plays PS5 on it".
        "play" | "plays" | "playing" if i >= 2 => true,
        "fit" | "fits" | "fitting" | "suit" | "suits" | "support" | "supports" | "charge" | "charges" => true,
        "in" | "into" | "on" | "onto" | "to" => (2..=5).any(|back| is_putting(word(i.checked_sub(back)))),
        _ => false,
    };
    if fits {
        return Role::Fits;
    }
    let has = matches!(before, "have" | "has" | "got" | "own" | "owns" | "use" | "uses" | "using" | "bought");
    let theirs = PEOPLE.contains(&earlier) || matches!(earlier, "have" | "has" | "is") && PEOPLE.contains(&word(i.checked_sub(3)));
    // "Got a Steam Deck for Christmas" begins with the verb; "have you got", "do you have" ask.
    let for_it = heard.words.windows(2).any(|pair| {
        matches!(pair[0].text.as_str(), "for" | "with")
            && matches!(pair[1].text.as_str(), "it" | "that" | "this" | "them" | "these" | "those")
    });
    // "Got a case for it" asks for one.
    let begins = i == 1 && before == "got" && !for_it;
    if possessive || has && theirs || begins { Role::Owned } else { Role::Wanted }
}

/// "Does it do 120 Hz for the PlayStation": asked of what is meant already, and for the sake of something.
fn of_what_is_meant(heard: &Heard, at: usize) -> bool {
    let text = |i: usize| heard.words.get(i).map_or("", |w| w.text.as_str());
    (1..at).any(|i| {
        matches!(text(i), "it" | "they" | "one")
            && matches!(text(i - 1), "does" | "do" | "is" | "are" | "can" | "will" | "would" | "has" | "that" | "this")
    })
}

/// Words before "for" that ask about the thing itself: "looking for", "price for".
fn asks_for(word: &str) -> bool {
    const ASKING: &[&str] = &[
        "looking",
        "look",
        "searching",
        "search",
        "shopping",
        "asking",
        "ask",
        "waiting",
        "wait",
        "price",
        "much",
        "discount",
        "deal",
        "deals",
        "promo",
        "promotion",
        "offer",
        "offers",
        "code",
        "coupon",
        "warranty",
        "specs",
        "details",
        "info",
        "hunting",
        "pay",
        "go",
        "opting",
        "settle",
        "order",
        "ordered",
        "cost",
        "alternative",
        "alternatives",
        "replacement",
    ];
    ASKING.contains(&word)
}

fn is_judging(word: &str) -> bool {
    matches!(word, "better" | "best" | "good" | "suitable" | "ideal" | "fine" | "great" | "enough" | "right" | "made" | "meant")
}

fn is_joining(word: &str) -> bool {
    matches!(
        word,
        "work"
            | "works"
            | "working"
            | "compatible"
            | "pair"
            | "pairs"
            | "go"
            | "goes"
            | "use"
            | "used"
            | "together"
            | "play"
            | "plays"
            | "connect"
            | "connects"
    )
}

fn is_putting(word: &str) -> bool {
    matches!(
        word,
        "work"
            | "works"
            | "run"
            | "runs"
            | "use"
            | "put"
            | "install"
            | "plug"
            | "plugs"
            | "connect"
            | "connects"
            | "connected"
            | "pair"
            | "hook"
            | "attach"
            | "fit"
            | "fits"
            | "add"
    )
}

/// Whether a kind of thing stands just before: "a case for", "something for".
fn names_a_thing(heard: &Heard, at: Option<usize>) -> bool {
    let Some(at) = at else { return false };
    let kind = heard.categories.iter().any(|c| c.words.contains(&at));
    let described = heard.describing.get(at).copied().unwrap_or(false);
    kind || described || matches!(heard.words[at].text.as_str(), "something" | "anything" | "accessories" | "accessory" | "stuff" | "one")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::heard::Word;
    use crate::domain::text::token::tokens;

    /// A message in which `X` is a product and `case` a word products are described by.
    fn of(text: &str) -> Role {
        let words = Word::from_tokens(tokens(text));
        let at = words.iter().position(|w| w.text == "xone").unwrap_or_else(|| panic!("no product in {text}"));
        let describing = words.iter().map(|w| w.text == "case").collect();
        let products = vec![ProductNamed { skus: vec!["X".into()], words: at..at + 1, coverage: 1.0, other_model: None }];
        Roles::read(&Heard { words, describing, products, ..Heard::default() }).products[0]
    }

    #[test]
    fn the_words_before_a_name_say_what_it_is_to_the_customer() {
        for (text, role) in [
            ("how much is the xone", Role::Wanted),
            ("do you have the xone", Role::Wanted),
            ("looking for an xone", Role::Wanted),
            ("i have an xone does that one work with it", Role::Owned),
            ("my wife has the xone", Role::Owned),
            ("my xone does not turn on", Role::Owned),
            ("he's got an xone", Role::Owned),
            ("got an xone for christmas", Role::Owned),
            ("a case for my xone", Role::Fits),
            ("a case for the xone", Role::Fits),
            ("does it work with my xone", Role::Fits),
            ("is it compatible with the xone", Role::Fits),
            ("will it work in an xone", Role::Fits),
            ("can i plug it into the xone", Role::Fits),
            ("compare it with the xone", Role::Wanted),
            ("which is better for xone", Role::Fits),
            ("any discount for the xone", Role::Wanted),
            ("does it do 4k 120 for the xone", Role::Fits),
            ("mostly movies and my son plays xone on it", Role::Fits),
        ] {
            assert_eq!(of(text), role, "{text}");
        }
    }
}
