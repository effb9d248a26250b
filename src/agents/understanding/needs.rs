//! From a message to a product query.

use super::Understanding;
use super::qualities::PRICE;
pub use super::refining::{cheaper_than, dearer_than, merge, refines};
use crate::domain::heard::{self, CategoryNamed, Heard, Need, Word};
use crate::domain::measure;
use crate::domain::query::{Degree, ProductQuery, Quality, Sort};
use crate::domain::text::stem::stem;
use crate::domain::text::words;

/// The query a message states by itself.
pub fn query(text: &str, heard: &Heard, read: &Understanding) -> ProductQuery {
    build(text, heard, read, None)
}

/// From this likeness on what a thing is for says more than words of the message that some records happen to have.
const CLEAR_NEED: f32 = 0.5;
/// From this one on a single telling word is enough.
const PLAIN_NEED: f32 = 0.6;

/// The query of a message that says what a thing is for rather than what it is called: "something to play my
/// records on".
pub fn by_need(text: &str, heard: &Heard, read: &Understanding) -> Option<ProductQuery> {
    Some(build(text, heard, read, Some(sold(heard)?)))
}

/// The need that a message is to be understood by, where the shop sells what serves it.
pub fn sold(heard: &Heard) -> Option<&Need> {
    heard.need.as_ref().filter(|need| need.is_sold() && speaks(heard, need))
}

/// Whether a message tells of a need that the shop surely has something for.
pub fn tells_clearly(heard: &Heard) -> bool {
    heard.need.as_ref().is_some_and(|need| need.is_sold() && need.score >= PLAIN_NEED && speaks(heard, need))
}

/// Whether a message tells of a need by more than a likeness.
pub fn tells(heard: &Heard) -> bool {
    heard.need.as_ref().is_some_and(|need| need.score >= CLEAR_NEED)
}

/// Whether a message needs a kind of thing this shop does not sell.
pub fn is_for_nothing_here(heard: &Heard) -> bool {
    heard.need.as_ref().is_some_and(|need| !need.is_sold() && need.score >= CLEAR_NEED && speaks(heard, need))
}

/// The words that name a kind of thing no shelf here is for: "gaming chairs", "a hedge trimmer too".
pub fn lacking(heard: &Heard) -> Option<std::ops::Range<usize>> {
    let whole = asked_phrase(heard)?;
    let asks = heard.words.first().is_some_and(|w| matches!(w.text.as_str(), "is" | "are" | "does" | "will" | "was"));
    let head = whole.clone().rev().find(|i| heard.words[*i].is_telling())?;
    if asks || heard.lacking.get(head) != Some(&true) || heard.products.iter().any(|named| named.words.contains(&head)) {
        return None;
    }
    let apart = |i: usize| heard.words[i].start > heard.words[i - 1].end + 1;
    let from = (whole.start..=head).rev().find(|i| *i == whole.start || apart(*i) || !heard.words[*i - 1].is_telling())?;
    Some(from..head + 1)
}

/// The words of a message that name the kind it needs.
pub fn kind_said(heard: &Heard) -> Option<std::ops::Range<usize>> {
    let kind = measure::stems(&heard.need.as_ref()?.kind);
    let count = kind.split(' ').count();
    let said = |from: &usize| kind.split(' ').zip(&heard.words[*from..]).all(|(stem, word)| word.stem == stem);
    (0..(heard.words.len() + 1).saturating_sub(count)).find(said).map(|from| from..from + count)
}

/// Whether the need is what a message is to be understood by: nothing it names is asked for by name.
fn speaks(heard: &Heard, need: &Need) -> bool {
    const FEWEST: usize = 2;
    // "Soccer games" are no games on a shelf, nor is a home cinema a smart home; and "espresso at home" is for a
    // place, though there is a shelf called so.
    let by_the_way = |named: &CategoryNamed| {
        let at = named.words.start;
        // "A doorbell with a camera": what a thing has is not what it is.
        if need.score >= PLAIN_NEED && is_feature(heard, at) && !need.categories.is_empty() {
            return true;
        }
        if !named.exact && need.score >= PLAIN_NEED && says_kind(heard, need, named) {
            return true;
        }
        if named.exact { is_place(heard, at) } else { is_circumstance(heard, at) }
    };
    let in_a_category = |i: usize| heard.categories.iter().any(|named| named.words.contains(&i));
    let told = heard.words.iter().enumerate().filter(|(i, w)| in_a_category(*i) || w.is_telling()).count();
    let named = heard.products.iter().any(|product| product.coverage >= CLEAR_NEED);
    (told >= FEWEST || told > 0 && need.score >= PLAIN_NEED)
        && !named
        && heard.categories.iter().all(by_the_way)
        && (need.score >= CLEAR_NEED || heard.categories.is_empty())
}

/// "We have cats and hair everywhere, a robot that mops": a word of the needed kind's own name stands outside the
/// shelf that another word happens to be the name of.
fn says_kind(heard: &Heard, need: &Need, shelf: &CategoryNamed) -> bool {
    let kinds: Vec<String> =
        need.categories.iter().flat_map(|kind| measure::stems(kind).split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
    heard.words.iter().enumerate().any(|(i, word)| !shelf.words.contains(&i) && word.is_telling() && kinds.contains(&word.stem))
}

/// The query a message states, of the kind of thing it needs where that is known.
fn build(text: &str, heard: &Heard, read: &Understanding, need: Option<&Need>) -> ProductQuery {
    let mut query = ProductQuery {
        min_price: read.prices.min,
        max_price: read.prices.max,
        measures: read.measures.measures.clone(),
        said: text.to_owned(),
        ..ProductQuery::default()
    };
    for (i, brand) in heard.brands.iter().enumerate() {
        // A brand that is part of a product's name says nothing beside it.
        let in_name = heard.products.iter().any(|p| p.words.contains(&brand.words.start) && p.coverage > 0.6);
        if in_name || !read.roles.wants_brand(i) {
            continue;
        }
        let list = if is_excluded(heard, brand.words.start) { &mut query.not_brands } else { &mut query.brands };
        if !list.contains(&brand.name) {
            list.push(brand.name.clone());
        }
    }
    match need {
        Some(need) => query.categories.clone_from(&need.categories),
        None => query.categories.extend(wanted_categories(heard, read).into_iter().flat_map(|i| heard.categories[i].names.iter().cloned())),
    }
    describe(heard, read, &mut query);
    if let Some(need) = need {
        // What is said of the need was not said of the thing; it may speak for one of them.
        query.hints.extend(std::mem::take(&mut query.terms));
        // "A robot that mops": of robot vacuums every one is a robot.
        let kinds: Vec<String> = need.categories.iter().map(|kind| measure::stems(kind)).collect();
        let of_the_kind = |word: &String| kinds.iter().any(|kind| kind.split(' ').any(|own| own == stem(word)));
        query.hints.retain(|word| !of_the_kind(word));
        query.terms.clone_from(&need.terms);
    }
    before_makers(heard, read, &mut query);
    order(read, &mut query);
    query.in_stock = heard.words.windows(2).any(|pair| pair[0].text == "in" && pair[1].text == "stock");
    query
}

/// The kinds of things asked for, rather than owned, excluded, or what a thing is for.
///
/// Of kinds side by side the last is meant ("a camera phone", "a laptop bag"). One that follows counts only
/// when it is joined ("a TV and a soundbar"): "a camera with a screen" has a screen.
fn wanted_categories(heard: &Heard, read: &Understanding) -> Vec<usize> {
    let scattered = heard.categories.iter().any(|category| category.names.is_empty());
    let wanted = |i: &usize| {
        (scattered || read.roles.wants_category(*i)) && !is_excluded(heard, heard.categories[*i].words.start) && !is_purpose(heard, *i)
    };
    // Of a name whose words stand apart ("a laptop for gaming") one word stands for the whole.
    let named: Vec<usize> = (0..heard.categories.len()).filter(|i| !heard.categories[*i].names.is_empty()).filter(wanted).collect();
    let mut found: Vec<usize> = Vec::new();
    for (n, i) in named.iter().enumerate() {
        let span = &heard.categories[*i].words;
        let before_next = named.get(n + 1).is_some_and(|next| heard.categories[*next].words.start == span.end);
        let last = found.last().map(|last| heard.categories[*last].words.end);
        let joined = last.is_none_or(|last| last > span.start || heard.words[last..span.start].iter().all(|w| joins(&w.text)));
        if !before_next && joined {
            found.push(*i);
        }
    }
    // "A laptop" alone behind "my" is still what the message is about, where it names no other kind.
    if found.is_empty() {
        (0..heard.categories.len()).filter(|i| !is_excluded(heard, heard.categories[*i].words.start)).take(1).collect()
    } else {
        found
    }
}

/// Words that may stand between two things that are both asked for.
fn joins(word: &str) -> bool {
    matches!(word, "and" | "or" | "a" | "an" | "the" | "some" | "any" | "also" | "plus" | "maybe" | "both")
}

/// "A monitor for gaming": what a thing is for is no second kind of thing. Its words stay as words.
fn is_purpose(heard: &Heard, i: usize) -> bool {
    let category = &heard.categories[i];
    let at = category.words.start;
    let after_for = at > 0 && heard.words.get(at - 1).is_some_and(|w| w.text == "for");
    after_for && !category.names.is_empty() && heard.categories.iter().any(|other| other.words.end < at && !other.names.is_empty())
}

/// Digits from which on a number alone tells a model: "a 4060".
const MODEL_DIGITS: usize = 4;

/// Words that must describe the product, words that may, and a thing nobody here sells.
fn describe(heard: &Heard, read: &Understanding, query: &mut ProductQuery) {
    let spoken_for = spoken_for(heard, read);
    let head = heard.categories.iter().map(|c| c.words.start).min();
    let kinds = wanted_categories(heard, read);
    let unknown = unknown_thing(heard, read, &spoken_for);
    // Kinds that are not asked for themselves still describe: "a camera with a headphone socket".
    for (i, category) in heard.categories.iter().enumerate() {
        // Of a name whose words stand apart the others are said with it.
        let other = !kinds.is_empty() && !kinds.contains(&i) && !category.names.is_empty();
        if other && read.roles.wants_category(i) && !is_excluded(heard, category.words.start) {
            heard.words[category.words.clone()].iter().for_each(|word| push(&mut query.hints, &word.text));
        }
    }
    for (i, word) in heard.words.iter().enumerate() {
        if spoken_for[i] || words::is_function(&word.text) {
            continue;
        }
        if unknown == Some(i) {
            push(&mut query.terms, &word.text);
            continue;
        }
        let describes = heard.describing.get(i).copied().unwrap_or(false);
        // "A 4060": which one it is; "15" may be anything.
        let number = word.text.bytes().all(|b| b.is_ascii_digit()) && !(word.text.len() >= MODEL_DIGITS && describes);
        if number || words::is_request(&word.text, &word.stem) {
            continue;
        }
        if !describes {
            // Only running text has it: too little to demand, enough to prefer those that have it.
            if heard.mentioned.get(i) == Some(&true) && !is_excluded(heard, i) {
                push(&mut query.hints, &word.text);
            }
            continue;
        }
        if is_excluded(heard, i) {
            push(&mut query.not_terms, &word.text);
        } else if is_circumstance(heard, i) && head.is_some() || tells_of_own(heard, i) {
            push(&mut query.hints, &word.text);
        } else {
            push(&mut query.terms, &word.text);
        }
    }
}

/// How many telling words of a message a query took no notice of: "any for people with dogs", where all the shop's
/// records have of it is people.
pub fn left_out(heard: &Heard, read: &Understanding, query: &ProductQuery) -> usize {
    let spoken_for = spoken_for(heard, read);
    let asked = |word: &Word| [&query.terms, &query.hints, &query.not_terms].into_iter().any(|list| list.contains(&word.text));
    heard.words.iter().zip(spoken_for).filter(|(word, spoken_for)| !spoken_for && word.is_telling() && !asked(word)).count()
}

/// Adds a word to a list that has it not yet.
pub(super) fn push(list: &mut Vec<String>, word: &str) {
    if !list.iter().any(|own| own == word) {
        list.push(word.to_owned());
    }
}

/// "The slim Brühl": an adjective right before a maker says which of the maker's things is meant, where records
/// use it.
fn before_makers(heard: &Heard, read: &Understanding, query: &mut ProductQuery) {
    for wish in read.wishes.iter().filter(|wish| wish.quality.degree == Degree::Wish && wish.words.len() == 1) {
        let maker = heard.brands.iter().any(|brand| brand.words.start == wish.words.end);
        if maker && heard.mentioned.get(wish.words.start) == Some(&true) {
            push(&mut query.terms, &heard.words[wish.words.start].text);
        }
    }
}

/// A query that names no kind of thing is searched by all its words: "something to dry out a wet cellar" is found
/// by whatever text speaks of cellars.
pub fn by_words(mut query: ProductQuery) -> ProductQuery {
    if query.categories.is_empty() && query.brands.is_empty() {
        for word in std::mem::take(&mut query.hints) {
            push(&mut query.terms, &word);
        }
    }
    query
}

/// Words behind "for", "to", "because": what it is for, not what it must be.
fn is_circumstance(heard: &Heard, at: usize) -> bool {
    const OPENING: &[&str] =
        &["for", "to", "because", "so", "as", "when", "while", "at", "on", "in", "since", "who", "he", "she", "they", "i"];
    const CLOSING: &[&str] =
        &["with", "has", "have", "having", "that", "which", "under", "below", "but", "and", "or", "without", "must", "should"];
    (0..at)
        .rev()
        .map(|i| {
            let text = |i: Option<usize>| i.and_then(|i| heard.words.get(i)).map_or("", |w| w.text.as_str());
            (text(i.checked_sub(1)), text(Some(i)), text(Some(i + 1)))
        })
        // "I need a dryer" says what it must be, not what it is for.
        .find_map(|(before, word, next)| {
            let wants = matches!(word, "for" | "in") && seeks(before)
                || matches!(next, "need" | "want" | "m" | "am" | "would" | "d" | "seek" | "wanna")
                || matches!(word, "im" | "i'm");
            if CLOSING.contains(&word) || wants { Some(false) } else { OPENING.contains(&word).then_some(true) }
        })
        == Some(true)
}

/// "My dishwasher leaves white stuff on the glasses, what have you got": what is the matter with the old one, not what
/// the new one must be.
fn tells_of_own(heard: &Heard, at: usize) -> bool {
    const ASKING: &[&str] =
        &["what", "which", "want", "need", "looking", "thinking", "get", "got", "something", "anything", "show", "recommend", "a", "an"];
    const VERBS: &[&str] = &[
        "leaves", "makes", "keeps", "is", "are", "was", "broke", "died", "has", "stopped", "gets", "does", "leave", "make", "keep", "will",
    ];
    let text = |i: usize| heard.words[i].text.as_str();
    let Some(own) = (0..at).rev().take_while(|i| !ASKING.contains(&text(*i))).find(|i| matches!(text(*i), "my" | "our")) else {
        return false;
    };
    let Some(thing) = heard.categories.iter().find(|c| c.words.start > own && c.words.start <= own + 2) else { return false };
    (thing.words.end..at).any(|i| VERBS.contains(&text(i)))
}

/// Whether a name says where or for whom something is to be: right behind "at", "for", "in our".
fn is_place(heard: &Heard, at: usize) -> bool {
    const WITHIN: &[&str] = &["a", "an", "the", "my", "our", "your", "his", "her", "their"];
    let text = |i: usize| heard.words[i].text.as_str();
    let before = (0..at).rev().find(|i| !WITHIN.contains(&text(*i)));
    before.is_some_and(|i| matches!(text(i), "at" | "for" | "around" | "in" | "on" | "onto" | "to") && i > 0 && !seeks(text(i - 1)))
}

/// Whether a name is said of something named before: behind "with a", "that has a".
fn is_feature(heard: &Heard, at: usize) -> bool {
    let text = |i: usize| heard.words[i].text.as_str();
    let before = (0..at).rev().find(|i| !matches!(text(*i), "a" | "an" | "the" | "some" | "built" | "in"));
    before.is_some_and(|i| matches!(text(i), "with" | "has" | "having") && heard.words[..i].iter().any(Word::is_telling))
}

/// "Looking for", "shopping around for", "interested in": what stands behind is what is sought.
fn seeks(word: &str) -> bool {
    ["look", "search", "shop", "hunt", "interest", "ask"].iter().any(|own| word.starts_with(own))
        || matches!(word, "need" | "in" | "around")
}

/// The thing a message asks for in plain words ("do you sell drones") that no product here is described by.
fn unknown_thing(heard: &Heard, read: &Understanding, spoken_for: &[bool]) -> Option<usize> {
    let phrase = asked_phrase(heard)?;
    // A number that some records have says nothing of a thing none of them is: "a playstation 5".
    let digits = |i: usize| heard.words[i].text.bytes().all(|b| b.is_ascii_digit());
    let known = |i: usize| !digits(i) && (spoken_for[i] || heard.describing.get(i).copied().unwrap_or(false));
    if phrase.clone().any(|i| known(i) && !words::is_function(&heard.words[i].text)) || !read.prices.words.is_empty() && phrase.len() < 2 {
        return None;
    }
    phrase.rev().find(|i| {
        let word = &heard.words[*i];
        let number = word.text.bytes().any(|b| b.is_ascii_digit());
        word.is_telling() && !number && word.text.len() > 2
    })
}

/// The words that name what is asked for: behind "do you sell", "looking for", or the whole of a short message.
fn asked_phrase(heard: &Heard) -> Option<std::ops::Range<usize>> {
    const ENDING: &[&str] = &[
        "for", "with", "that", "which", "under", "in", "to", "from", "by", "on", "at", "and", "or", "but", "because", "so", "if", "please",
        "who",
    ];
    const DETERMINERS: &[&str] = &["a", "an", "any", "some", "the", "me", "these", "those", "your", "of", "us"];
    let text = |i: usize| heard.words.get(i).map_or("", |w| w.text.as_str());
    let count = heard.words.len();
    let asks = |i: usize| {
        let you = |i: usize| matches!(text(i), "you" | "u" | "ya" | "yall" | "guys");
        match text(i) {
            "sell" | "stock" | "carry" | "have" | "got" | "offer" => i > 0 && you(i - 1),
            "for" => i > 0 && matches!(text(i - 1), "looking" | "searching" | "shopping" | "look"),
            "need" | "want" => i > 0 && matches!(text(i - 1), "i" | "we" | "also"),
            "about" => i > 0 && matches!(text(i - 1), "what" | "how"),
            "sells" | "selling" => true,
            _ => false,
        }
    };
    let from = match (0..count).rev().find(|i| asks(*i)) {
        Some(verb) => verb + 1,
        // "Ok, and gaming chairs?"
        None => {
            let opens = |i: &usize| matches!(text(*i), "ok" | "okay" | "also" | "hi" | "hello" | "hey" | "alright" | "and" | "then" | "so");
            let lead = (0..count).find(|i| !opens(i)).filter(|_| text(0) != "any").unwrap_or(0);
            if count - lead > 3 && text(lead) != "any" {
                return None;
            }
            lead
        }
    };
    let from = (from..count).find(|i| !DETERMINERS.contains(&text(*i))).unwrap_or(count);
    let end = (from..count).find(|i| ENDING.contains(&text(*i))).unwrap_or(count);
    (from < end && end - from <= 5).then_some(from..end)
}

/// Words that are part of a category, a brand, a price, a measure, a wish or a reference.
fn spoken_for(heard: &Heard, read: &Understanding) -> Vec<bool> {
    let mut spoken_for = vec![false; heard.words.len()];
    let kinds = (0..heard.categories.len()).filter(|i| !is_purpose(heard, *i)).map(|i| &heard.categories[i].words);
    for span in kinds.chain(heard.brands.iter().map(|b| &b.words)).chain(read.wishes.iter().map(|wish| &wish.words)) {
        spoken_for[span.clone()].fill(true);
    }
    for (i, product) in heard.products.iter().enumerate() {
        if !read.roles.wants_product(i) {
            spoken_for[product.words.clone()].fill(true);
        }
    }
    for i in read.prices.words.iter().chain(&read.measures.words).chain(&read.reference.words) {
        if let Some(slot) = spoken_for.get_mut(*i) {
            *slot = true;
        }
    }
    spoken_for
}

/// Whether the words before take a word out: "no ASUS", "without a touchscreen", "anything but Apple".
pub fn is_excluded(heard: &Heard, at: usize) -> bool {
    heard::is_excluded(&heard.words, at)
}

/// "No cable please": nothing is asked, only ruled out.
pub fn only_rules_out(heard: &Heard) -> bool {
    const FEW: usize = 5;
    let telling = || heard.words.iter().enumerate().filter(|(_, w)| w.is_telling());
    heard.words.len() <= FEW && telling().count() > 0 && telling().all(|(i, _)| is_excluded(heard, i))
}

/// In which order: by price, or by the property that is wished for.
fn order(read: &Understanding, query: &mut ProductQuery) {
    for wish in &read.wishes {
        let quality = &wish.quality;
        match (is_price(quality), quality.less) {
            (true, true) => query.sort = Sort::PriceUp,
            (true, false) => query.sort = Sort::PriceDown,
            (false, _) => query.quality = query.quality.take().or_else(|| Some(quality.clone())),
        }
    }
    // Many mouths want a large one, where the records do not say for how many it is.
    if query.quality.is_none() && query.sort == Sort::Relevance && query.measures.iter().any(|m| m.unit == "people") {
        let properties = ["capacity", "volume", "size"].map(measure::stems).to_vec();
        query.quality = Some(Quality { properties, less: false, degree: Degree::Wish });
    }
}

/// Whether a wish is about the price.
pub fn is_price(quality: &Quality) -> bool {
    quality.properties.first().is_some_and(|property| PRICE.starts_with(property.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::heard::BrandNamed;
    use crate::domain::money::Currency;
    use crate::domain::state::ConversationState;
    use crate::domain::text::token::tokens;
    use crate::domain::text::unit;

    /// A message in a shop of laptops by ASUS and Apple that have touchscreens and RTX graphics.
    fn heard(text: &str) -> Heard {
        let words = Word::from_tokens(unit::merge(tokens(text), text));
        let mut heard = Heard::default();
        for (i, word) in words.iter().enumerate() {
            match word.stem.as_str() {
                "laptop" => heard.categories.push(CategoryNamed { names: vec!["Laptops".into()], words: i..i + 1, exact: true }),
                "asus" => heard.brands.push(BrandNamed { name: "ASUS".into(), words: i..i + 1 }),
                "apple" | "appl" => heard.brands.push(BrandNamed { name: "Apple".into(), words: i..i + 1 }),
                _ => {}
            }
            heard.describing.push(matches!(word.stem.as_str(), "touchscreen" | "rtx" | "black"));
        }
        heard.words = words;
        heard
    }

    fn read(text: &str) -> ProductQuery {
        let heard = heard(text);
        let understanding = Understanding::read(text, &heard, &ConversationState::default(), Currency::USD);
        query(text, &heard, &understanding)
    }

    #[test]
    fn messages_become_queries() {
        let q = read("show me ASUS laptops under 1500 with an RTX card please");
        assert_eq!((q.categories, q.brands, q.max_price.map(|m| m.minor)), (vec!["Laptops".into()], vec!["ASUS".into()], Some(150_000)));
        assert_eq!(q.terms, ["rtx"]);
        let q = read("a laptop for my daughter, not Apple and without a touchscreen");
        assert_eq!((q.not_brands, q.not_terms), (vec!["Apple".to_owned()], vec!["touchscreen".to_owned()]));
        assert_eq!(read("a laptop, no fiddling with a touchscreen").not_terms, vec!["touchscreen".to_owned()]);
        assert_eq!(q.terms, Vec::<String>::new());
        assert_eq!(read("do you sell toasters").terms, ["toasters"]);
        assert_eq!(read("the cheapest laptop").sort, Sort::PriceUp);
    }

    #[test]
    fn a_later_message_refines_an_earlier_one() {
        let first = read("laptops under 1500");
        let second = read("only ASUS");
        assert!(refines(&second, &first));
        let merged = merge(&first, second);
        assert_eq!((merged.brands.len(), merged.max_price.map(|m| m.minor)), (1, Some(150_000)));
        let third = merge(&merged, read("over 1000"));
        assert_eq!((third.min_price.map(|m| m.minor), third.max_price.map(|m| m.minor)), (Some(100_000), Some(150_000)));
        let fourth = merge(&third, read("over 2000"));
        assert_eq!((fourth.min_price.map(|m| m.minor), fourth.max_price), (Some(200_000), None));
        assert!(!refines(&read("hello"), &first));
    }
}
