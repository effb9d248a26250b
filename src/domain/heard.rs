//! What was recognised in a message: the shop's own names and numbers, with their place in the text.

use std::ops::Range;

use super::knowledge::Domain;
use super::text::stem::stem;
use super::text::token::Token;
use super::text::words;
use super::wish::Near;

/// A word of a message in the forms it is compared in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Folded.
    pub text: String,
    /// Folded, corrected where it was misspelt, and stemmed.
    pub stem: String,
    /// First byte in the message.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// Words on which a question turns, as they are mistyped most.
const MISSPELT: [(&str, &str); 12] = [
    ("wich", "which"),
    ("whitch", "which"),
    ("waht", "what"),
    ("hwo", "how"),
    ("teh", "the"),
    ("lightes", "lightest"),
    ("cheapes", "cheapest"),
    ("bigges", "biggest"),
    ("smalles", "smallest"),
    ("fastes", "fastest"),
    ("newes", "newest"),
    ("lates", "latest"),
];

impl Word {
    /// The words of tokens.
    pub fn from_tokens(tokens: Vec<Token>) -> Vec<Self> {
        let word = |Token { text, start, end }: Token| {
            let text = MISSPELT.iter().find(|(wrong, _)| *wrong == text).map_or(text, |(_, right)| (*right).to_owned());
            Self { stem: stem(&text), text, start, end }
        };
        tokens.into_iter().map(word).collect()
    }

    /// Whether it says anything of what is meant: neither a small word nor one of asking ("want", "please").
    pub fn is_telling(&self) -> bool {
        !words::is_function(&self.text) && !words::is_request(&self.text, &self.stem)
    }
}

/// Whether the words before take a word out: "no ASUS", "without a touchscreen", "anything but Apple".
pub fn is_excluded(words: &[Word], at: usize) -> bool {
    let word = |back: usize| at.checked_sub(back).and_then(|i| words.get(i)).map_or("", |w| w.text.as_str());
    // "Without charging", "without plugging it in" say how it is used, not what it must lack.
    if word(1) == "without" && words.get(at).is_some_and(|w| w.text.ends_with("ing")) {
        return false;
    }
    let excludes = |text: &str| matches!(text, "no" | "not" | "nothing" | "none" | "without" | "except" | "excluding" | "besides");
    let article = matches!(word(1), "a" | "an" | "any" | "the" | "from" | "by" | "for");
    // "No fiddling with a steam thing": what one does not want to do, with what.
    let doing = if article { 2 } else { 1 };
    let not_to_do = matches!(word(doing), "with" | "about" | "of") && word(doing + 1).ends_with("ing") && excludes(word(doing + 2));
    excludes(word(1))
        || not_to_do
        || (article && excludes(word(2)))
        || (word(1) == "but" && matches!(word(2), "anything" | "all" | "everything"))
        || (word(1) == "than" && word(2) == "other")
}

/// Everything recognised in one message.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Heard {
    /// The words, numbers joined with their units.
    pub words: Vec<Word>,
    /// Categories of the shop.
    pub categories: Vec<CategoryNamed>,
    /// Brands of the shop.
    pub brands: Vec<BrandNamed>,
    /// Products of the shop.
    pub products: Vec<ProductNamed>,
    /// Order numbers, or what looks like one here.
    pub orders: Vec<NumberNamed>,
    /// Ticket numbers, or what looks like one here.
    pub tickets: Vec<NumberNamed>,
    /// Promotion codes of the shop, or what looks like one.
    pub codes: Vec<CodeNamed>,
    /// For each word: whether it says something about products of this shop.
    pub describing: Vec<bool>,
    /// For each word: whether some product of this shop is described with it, be it only in running text.
    pub mentioned: Vec<bool>,
    /// For each word: whether it is what a kind of thing is called that this shop does not sell.
    pub lacking: Vec<bool>,
    /// For each word: whether it is part of the name of a property of this shop's products.
    pub properties: Vec<bool>,
    /// Whether it is mostly in another language, names of the shop's things apart.
    pub foreign: bool,
    /// The shop's answer to the message, where it may have one.
    pub answered: Option<Answered>,
    /// The shop's procedure for the trouble the message tells of, where it may have one.
    pub guided: Option<Answered>,
    /// The kind of thing it needs, by what is said of what it is for.
    pub need: Option<Need>,
    /// The property it asks for, by what is said of it.
    pub property: Option<PropertyMeant>,
    /// What it asks the shop to do beside selling, each once.
    pub services: Vec<ServiceMeant>,
    /// How near it is to what customers say who want this or that.
    pub wishes: Vec<Near>,
}

/// Something a shop may do, asked for in everyday words.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceMeant {
    /// How one plainly asks for it.
    pub question: &'static str,
    /// How near the message is to what is said by those who ask for it: a likeness, at most 1.
    pub score: f32,
    /// How much nearer it is than to anything that asks for no service.
    pub margin: f32,
}

impl ServiceMeant {
    /// Whether it is surely this service that is asked for. Measured on lines written apart.
    pub fn is_clear(&self) -> bool {
        const LIKELY: f32 = 0.6;
        const APART: f32 = 0.1;
        const SURE: f32 = 0.75;
        const JUST_APART: f32 = 0.05;
        self.score >= LIKELY && self.margin >= APART || self.score >= SURE && self.margin >= JUST_APART
    }

    /// Whether no other reading of the words counts beside it.
    pub fn is_sure(&self) -> bool {
        const SURELY: f32 = 0.75;
        const CLEARLY: f32 = 0.15;
        self.score >= SURELY && self.margin >= CLEARLY
    }
}

/// A property asked for in everyday words.
#[derive(Debug, Clone, PartialEq)]
pub struct PropertyMeant {
    /// What records call it, the likeliest first.
    pub names: Vec<&'static str>,
    /// Words in the value of another property that tell of it: "3.5 mm" of a headphone jack.
    pub values: Vec<&'static str>,
    /// How near the message is to a question for it: a likeness, at most 1.
    pub score: f32,
    /// How much nearer it is than to any question for something else than a property.
    pub margin: f32,
}

/// A need in everyday words, and the kind of thing that serves it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Need {
    /// The kind of thing.
    pub kind: String,
    /// The shop's categories that hold it; none where it sells none.
    pub categories: Vec<String>,
    /// Words that tell it from other things in these categories.
    pub terms: Vec<String>,
    /// How near the message is to the kind: a likeness, at most 1.
    pub score: f32,
}

impl Need {
    /// Whether the shop has any.
    pub fn is_sold(&self) -> bool {
        !self.categories.is_empty()
    }
}

impl PropertyMeant {
    /// Whether it is surely this property that is asked for. Measured on lines written apart.
    pub fn is_clear(&self) -> bool {
        const SURE: f32 = 0.55;
        const APART: f32 = 0.08;
        self.score >= SURE && self.margin >= APART
    }
}

/// An entry of the knowledge base that may answer a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// The entry.
    pub entry: String,
    /// Whose it is.
    pub domain: Domain,
    /// How likely it answers: a calibrated probability.
    pub score: f32,
    /// How much of what the message says the entry speaks of, 0 to 1.
    pub covers: f32,
    /// What was looked up, where the message only means something together with what it follows.
    pub joined: Option<String>,
    /// Whether the message tells of something that is held against what the entry just told states: a limit, a kind
    /// of thing.
    pub limited: bool,
}

impl Heard {
    /// Adds what was recognised in further words, as if they had been said after these. Names already
    /// there are not added again; the words stand in no text, so their places are the end of it.
    pub fn absorb(&mut self, other: Self) {
        let shift = self.words.len();
        let end = self.words.last().map_or(0, |word| word.end);
        let moved = |words: Range<usize>| words.start + shift..words.end + shift;
        let categories = other.categories.into_iter().filter(|new| !self.categories.iter().any(|own| own.names == new.names));
        let categories: Vec<_> = categories.map(|new| CategoryNamed { words: moved(new.words.clone()), ..new }).collect();
        let brands = other.brands.into_iter().filter(|new| !self.brands.iter().any(|own| own.name == new.name));
        let brands: Vec<_> = brands.map(|new| BrandNamed { words: moved(new.words.clone()), ..new }).collect();
        let products = other.products.into_iter().filter(|new| !self.products.iter().any(|own| own.skus == new.skus));
        let products: Vec<_> = products
            .map(|new| ProductNamed { words: moved(new.words.clone()), other_model: new.other_model.clone().map(moved), ..new })
            .collect();
        let number = |new: NumberNamed| NumberNamed { start: end, end, ..new };
        let unheard = |new: &NumberNamed, own: &[NumberNamed]| !own.iter().any(|own| own.bare == new.bare && own.certain);
        let orders: Vec<_> = other.orders.into_iter().filter(|new| unheard(new, &self.orders)).map(number).collect();
        let tickets: Vec<_> = other.tickets.into_iter().filter(|new| unheard(new, &self.tickets)).map(number).collect();
        let codes = other.codes.into_iter().filter(|new| !self.codes.iter().any(|own| own.bare == new.bare));
        let codes: Vec<_> = codes.map(|new| CodeNamed { start: end, end, ..new }).collect();
        self.words.extend(other.words.into_iter().map(|word| Word { start: end, end, ..word }));
        self.describing.resize(shift, false);
        self.describing.extend(other.describing);
        self.mentioned.resize(shift, false);
        self.mentioned.extend(other.mentioned);
        self.lacking.resize(shift, false);
        self.lacking.extend(other.lacking);
        self.categories.extend(categories);
        self.brands.extend(brands);
        self.products.extend(products);
        self.orders.extend(orders);
        self.tickets.extend(tickets);
        self.codes.extend(codes);
    }
}

/// A category in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryNamed {
    /// Names of the categories, any of which may be meant.
    pub names: Vec<String>,
    /// The words that name it.
    pub words: Range<usize>,
    /// Whether the whole name was used, rather than a word for what it holds.
    pub exact: bool,
}

/// A brand in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrandNamed {
    /// The brand as the shop spells it.
    pub name: String,
    /// The words that name it.
    pub words: Range<usize>,
}

/// A product name in a message.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductNamed {
    /// Products it may mean, best first; more than one when the words fit several equally.
    pub skus: Vec<String>,
    /// The words that name it.
    pub words: Range<usize>,
    /// The share of the product's name that was said, weighted by how telling each word is.
    pub coverage: f32,
    /// The words, where they name another model than these: "iPhone 17" where there is only the 16.
    pub other_model: Option<Range<usize>>,
}

/// A number in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberNamed {
    /// Letters and digits, folded, as the index compares them.
    pub bare: String,
    /// Whether it can be nothing else: its letters were written too, or a `#`.
    pub certain: bool,
    /// First byte in the text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// A promotion code in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeNamed {
    /// Letters and digits, folded.
    pub bare: String,
    /// As the customer wrote it.
    pub said: String,
    /// Whether the shop has it.
    pub known: bool,
    /// First byte in the text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}
