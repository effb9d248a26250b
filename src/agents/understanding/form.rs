//! The form of a question: what it asks for and of what, read from its first words.
//!
//! "Does it have HDMI", "how heavy is it", "which lasts longer" and "how many of the LG have you got" are asked
//! of what is on the table, whatever words follow.

use super::roles::Roles;
use crate::domain::heard::Heard;

/// What a question asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Asks {
    /// Yes or no about something: "does it", "is the dell", "can they".
    Whether,
    /// The amount of a property: "how heavy", "how much storage", "how many ports".
    HowMuchOf,
    /// The price: "how much is it".
    Price,
    /// How many there are in stock.
    Count,
    /// One of several: "which one lasts longer".
    Which,
    /// A property by its name: "what's the weight", "the battery?".
    Property,
    /// Whether the shop has something: "do you have", "have you got".
    Have,
    /// Nothing of these.
    #[default]
    Other,
}

/// Of what it is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Subject {
    /// "It", "that one", "they".
    Pointed,
    /// A product, a brand or a kind that is named with "the", or by its own name.
    Named,
    /// The shop: "you".
    Shop,
    /// Nothing that is said.
    #[default]
    None,
}

/// The form of a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Form {
    /// What is asked for.
    pub asks: Asks,
    /// Of what.
    pub subject: Subject,
}

/// Words before a question that change nothing.
const FILLERS: &[&str] = &[
    "and", "ok", "okay", "so", "but", "well", "hi", "hey", "hello", "also", "oh", "great", "hmm", "hm", "then", "thanks", "cool", "nice",
    "wow", "right", "um", "uh", "lovely", "fine", "good", "yes", "yeah", "no", "actually", "sorry", "perfect", "alright", "btw", "great",
    "ah", "now", "just", "curious", "wait", "quick", "question", "one", "more", "thing",
];
const AUXILIARIES: &[&str] =
    &["does", "do", "is", "are", "can", "could", "will", "would", "has", "have", "did", "should", "was", "wont", "isnt", "doesnt"];
const POINTING: &[&str] = &["it", "this", "that", "they", "them", "these", "those", "he", "she", "both", "either", "one"];

/// Reads the form of a message.
pub fn read(heard: &Heard, roles: &Roles) -> Form {
    let words: Vec<&str> = heard.words.iter().map(|w| w.text.as_str()).collect();
    // The last sentence that asks decides; a long story ends in its question.
    let begin = last_question(heard, &words);
    let at = (begin..words.len()).find(|i| !FILLERS.contains(&words[*i]) || named_at(heard, roles, *i)).unwrap_or(words.len());
    let word = |n: usize| words.get(at + n).copied().unwrap_or("");
    let subject_at = |n: usize| subject(heard, roles, &words, at + n);
    let property_at = |n: usize| is_property(heard, at + n);
    match (word(0), word(1)) {
        ("how", "much" | "many") => how_much(heard, roles, &words, at),
        ("how", _) if subject_after(heard, roles, &words, at + 2) != Subject::None => {
            Form { asks: Asks::HowMuchOf, subject: subject_after(heard, roles, &words, at + 2) }
        }
        // "Which colour is it" asks for the colour; "which colours" may choose among them.
        ("which", _) if property_at(1) && asked_of_it(&words, at + 2) => Form { asks: Asks::Property, subject: Subject::Pointed },
        ("which", _) | ("what", "one" | "ones") => Form { asks: Asks::Which, subject: Subject::Pointed },
        ("what" | "whats", _) => what(heard, roles, &words, at),
        ("do" | "have" | "you" | "u" | "got" | "did", "you" | "u" | "ya" | "any" | "got" | "have" | "sell") => {
            Form { asks: Asks::Have, subject: Subject::Shop }
        }
        (first, _) if AUXILIARIES.contains(&first) => match subject_at(1) {
            Subject::None if words.len() - at <= 2 => Form::default(),
            Subject::None => Form { asks: Asks::Whether, subject: Subject::None },
            found => Form { asks: Asks::Whether, subject: found },
        },
        // "Those need a hub?", "it comes with a case, right?"
        (first, verb)
            if POINTING.contains(&first)
                && matches!(
                    verb,
                    "need"
                        | "needs"
                        | "have"
                        | "has"
                        | "come"
                        | "comes"
                        | "work"
                        | "works"
                        | "fit"
                        | "fits"
                        | "support"
                        | "supports"
                        | "include"
                        | "includes"
                        | "require"
                        | "requires"
                ) =>
        {
            Form { asks: Asks::Whether, subject: Subject::Pointed }
        }
        ("the" | "its" | "about", _) if property_at(1) && words.len() - at <= 4 => Form { asks: Asks::Property, subject: Subject::Pointed },
        _ if property_at(0) && words.len() - at <= 3 => Form { asks: Asks::Property, subject: Subject::Pointed },
        _ => Form::default(),
    }
}

/// "... is it", "... does that one have".
fn asked_of_it(words: &[&str], at: usize) -> bool {
    let verb = words.get(at).is_some_and(|w| matches!(*w, "is" | "does" | "do" | "are" | "has"));
    verb && words.get(at + 1).is_some_and(|w| matches!(*w, "it" | "that" | "this" | "they"))
}

/// Where the last sentence that ends in a question mark, or begins like a question, begins.
fn last_question(heard: &Heard, words: &[&str]) -> usize {
    let mut begin = 0;
    let mut found = 0;
    for (i, word) in words.iter().enumerate() {
        let gap = i > 0 && heard.words[i].start > heard.words[i - 1].end + 1;
        if gap {
            begin = i;
        }
        if i == begin && (AUXILIARIES.contains(word) || matches!(*word, "how" | "what" | "whats" | "which")) {
            found = i;
        }
    }
    found
}

fn how_much(heard: &Heard, roles: &Roles, words: &[&str], at: usize) -> Form {
    let after = at + 2;
    let many = words[at + 1] == "many";
    if is_property(heard, after) || is_property(heard, after + 1) && many {
        let subject =
            (after..words.len()).map(|i| subject(heard, roles, words, i)).find(|s| *s != Subject::None).unwrap_or(Subject::Pointed);
        return Form { asks: Asks::HowMuchOf, subject };
    }
    let stocked = words[after.min(words.len())..].iter().any(|w| matches!(*w, "stock" | "left" | "have" | "got" | "available"));
    // "How much does it weigh", "how much do those use" ask for no price.
    let weighs = does_something(words, after)
        || words[after.min(words.len())..].iter().any(|w| matches!(*w, "weigh" | "weighs" | "hold" | "holds" | "consume" | "draw"));
    match (many || weighs, stocked) {
        (true, true) => Form { asks: Asks::Count, subject: subject_after(heard, roles, words, after) },
        (true, false) => Form { asks: Asks::HowMuchOf, subject: subject_after(heard, roles, words, after) },
        (false, _) => Form { asks: Asks::Price, subject: subject_after(heard, roles, words, after) },
    }
}

/// Whether it is asked what something does, other than what it costs: "does it use", "can that one carry".
fn does_something(words: &[&str], at: usize) -> bool {
    let word = |i: usize| words.get(i).copied().unwrap_or("");
    let asked =
        matches!(word(at), "do" | "does" | "can" | "will") && matches!(word(at + 1), "it" | "they" | "this" | "that" | "these" | "those");
    let verb = if matches!(word(at + 2), "one" | "ones") { word(at + 3) } else { word(at + 2) };
    let paid =
        matches!(verb, "" | "cost" | "costs" | "come" | "comes" | "go" | "goes" | "be" | "sell" | "all" | "set" | "run" | "then" | "now");
    asked && !paid
}

fn what(heard: &Heard, roles: &Roles, words: &[&str], at: usize) -> Form {
    let from = (at + 1..words.len())
        .find(|i| !matches!(words[*i], "is" | "are" | "the" | "its" | "s" | "kind" | "of" | "about" | "sort" | "type"))
        .unwrap_or(words.len());
    if is_property(heard, from) {
        let subject = subject_after(heard, roles, words, from + 1);
        return Form { asks: Asks::Property, subject: if subject == Subject::None { Subject::Pointed } else { subject } };
    }
    Form::default()
}

fn subject_after(heard: &Heard, roles: &Roles, words: &[&str], from: usize) -> Subject {
    (from..words.len().min(from + 6)).map(|i| subject(heard, roles, words, i)).find(|s| *s != Subject::None).unwrap_or_default()
}

/// What a subject that begins at a word is.
fn subject(heard: &Heard, roles: &Roles, words: &[&str], at: usize) -> Subject {
    let Some(word) = words.get(at) else { return Subject::None };
    if POINTING.contains(word) {
        return Subject::Pointed;
    }
    if matches!(*word, "you" | "u" | "ya" | "we" | "i") {
        return Subject::Shop;
    }
    let next = if matches!(*word, "the" | "your" | "my") { at + 1 } else { at };
    if named_at(heard, roles, next) || next > at && heard.categories.iter().any(|c| c.words.start == next) {
        return Subject::Named;
    }
    let pointing = |i: usize| {
        words.get(i).is_some_and(|w| matches!(*w, "one" | "ones" | "first" | "second" | "third" | "last" | "other" | "latter" | "former"))
    };
    let by_place = next > at && (next..next + 3).any(pointing);
    if by_place || next > at && is_property(heard, next) { Subject::Pointed } else { Subject::None }
}

fn named_at(heard: &Heard, roles: &Roles, at: usize) -> bool {
    heard.products.iter().enumerate().any(|(i, p)| p.words.contains(&at) && roles.wants_product(i))
        || heard.brands.iter().enumerate().any(|(i, b)| b.words.contains(&at) && roles.wants_brand(i))
}

fn is_property(heard: &Heard, at: usize) -> bool {
    let kind = heard.categories.iter().any(|c| c.words.contains(&at));
    !kind && heard.properties.get(at).copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::heard::{BrandNamed, Word};
    use crate::domain::text::token::tokens;
    use crate::domain::text::unit;

    fn of(text: &str) -> (Asks, Subject) {
        let words = Word::from_tokens(unit::merge(tokens(text), text));
        let properties =
            words.iter().map(|w| matches!(w.text.as_str(), "weight" | "battery" | "storage" | "ports" | "memory" | "camera")).collect();
        let brands = words
            .iter()
            .enumerate()
            .filter(|(_, w)| matches!(w.text.as_str(), "dell" | "lg"))
            .map(|(i, w)| BrandNamed { name: w.text.clone(), words: i..i + 1 })
            .collect();
        let heard = Heard { words, properties, brands, ..Heard::default() };
        let roles = Roles::read(&heard);
        let form = read(&heard, &roles);
        (form.asks, form.subject)
    }

    #[test]
    fn questions_are_told_by_their_first_words() {
        for (text, asks, subject) in [
            ("does it have hdmi", Asks::Whether, Subject::Pointed),
            ("and is that one heavy?", Asks::Whether, Subject::Pointed),
            ("does the dell have ethernet", Asks::Whether, Subject::Named),
            ("can they be paired", Asks::Whether, Subject::Pointed),
            ("how heavy is it", Asks::HowMuchOf, Subject::Pointed),
            ("how much storage does it have", Asks::HowMuchOf, Subject::Pointed),
            ("how many ports", Asks::HowMuchOf, Subject::Pointed),
            ("how many of the lg have you got", Asks::Count, Subject::Named),
            ("how much is it", Asks::Price, Subject::Pointed),
            ("how much does that one use in water", Asks::HowMuchOf, Subject::Pointed),
            ("how much do they come to", Asks::Price, Subject::Pointed),
            ("which one lasts longer", Asks::Which, Subject::Pointed),
            ("what's the weight", Asks::Property, Subject::Pointed),
            ("ok the cheaper one. which memory does it have", Asks::Property, Subject::Pointed),
            ("which battery is better", Asks::Which, Subject::Pointed),
            ("battery?", Asks::Property, Subject::Pointed),
            ("do you have a camera bag", Asks::Have, Subject::Shop),
            ("i like the first. does it fold?", Asks::Whether, Subject::Pointed),
            ("show me laptops", Asks::Other, Subject::None),
            ("those need a hub?", Asks::Whether, Subject::Pointed),
            ("is there a warranty", Asks::Whether, Subject::None),
            ("is the cheaper one in stock?", Asks::Whether, Subject::Pointed),
            ("does the less expensive one still have stock", Asks::Whether, Subject::Pointed),
        ] {
            assert_eq!(of(text), (asks, subject), "{text}");
        }
    }
}
