//! Words that point at something said before: "the second one", "both", "the cheaper one", "it".

use std::ops::Range;

use super::denied;
use crate::domain::heard::Word;
use crate::domain::text::{number, words};

/// What a message points at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reference {
    /// Places in the list, counted from one.
    pub places: Vec<usize>,
    /// The last in the list.
    pub last: bool,
    /// Two or all of them.
    pub all: bool,
    /// The one that has most or least of something.
    pub extreme: Option<Extreme>,
    /// "The other one".
    pub other: bool,
    /// "it", "that one", "this laptop".
    pub pronoun: bool,
    /// "them", "these", "those".
    pub plural: bool,
    /// Words that are part of it.
    pub words: Vec<usize>,
    /// Words at which a place stands, for the rules.
    pub ordinals: Vec<usize>,
    /// What is pointed at only to be turned down: "not that one".
    pub denied: Option<Denied>,
}

/// What a message turns down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    /// The words that point at it.
    pub words: Range<usize>,
    /// How they do.
    pub reference: Box<Reference>,
}

/// Most or least of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extreme {
    /// Lowest price.
    Cheapest,
    /// Highest price.
    Dearest,
    /// Least weight.
    Lightest,
    /// Most weight.
    Heaviest,
}

impl Reference {
    /// Whether it points at something more exact than "it".
    pub fn is_exact(&self) -> bool {
        !self.places.is_empty() || self.last || self.all || self.extreme.is_some() || self.other
    }
}

/// Reads what a message points at. `taken` marks words that are part of a name, price or number.
pub fn read(words: &[Word], text: &str, taken: &[bool]) -> Reference {
    let Some(span) = denied::span(words) else { return plain(words, text, taken) };
    let within = |inside: bool| -> Vec<bool> {
        (0..words.len()).map(|i| span.contains(&i) != inside || taken.get(i).copied().unwrap_or(false)).collect()
    };
    let reference = Box::new(plain(words, text, &within(true)));
    Reference { denied: Some(Denied { words: span.clone(), reference }), ..plain(words, text, &within(false)) }
}

/// Reads what the words that are free point at.
fn plain(words: &[Word], text: &str, taken: &[bool]) -> Reference {
    let mut found = Reference::default();
    let word = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    for i in 0..words.len() {
        if taken.get(i).copied().unwrap_or(false) {
            continue;
        }
        let own = word(i);
        // "The top two" are the first two.
        if own == "top" && number::cardinal(word(i + 1)).is_some_and(|n| (2..=6).contains(&n)) {
            found.ordinals.push(i);
            found.words.push(i);
            first_few(&mut found, words, i, 1);
            continue;
        }
        // "A second battery" is one more.
        let one_more = i > 0 && word(i - 1) == "a";
        if let Some(place) = number::ordinal(own).filter(|_| !one_more) {
            found.ordinals.push(i);
            found.words.push(i);
            first_few(&mut found, words, i, place as usize);
            continue;
        }
        match own {
            "last" if is_the_last(words, i) => {
                found.last = true;
                found.ordinals.push(i);
                found.words.push(i);
            }
            "both" => {
                found.all = true;
                found.words.push(i);
            }
            "all" if matches!(word(i + 1), "of" | "three" | "four" | "five" | "these" | "those" | "them") => {
                found.all = true;
                found.words.push(i);
            }
            "other" if i > 0 && matches!(word(i - 1), "the" | "that") && ends_there(words, i + 1) => {
                found.other = true;
                found.words.push(i);
            }
            "number" | "option" | "no" | "nr" | "item" => number_after(&mut found, words, i),
            "it" | "this" | "that" => found.pronoun = true,
            "them" | "these" | "those" | "they" | "each" | "stuff" => found.plural = true,
            "one" if i > 0 && matches!(word(i - 1), "the" | "this" | "that" | "which") => found.pronoun = true,
            _ => {}
        }
        let hash = text[..words[i].start].ends_with('#');
        if hash
            && own.len() <= 2
            && let Ok(place) = own.parse::<usize>()
        {
            push_place(&mut found, place, i);
        }
    }
    bare_places(&mut found, words, taken);
    found.extreme = extreme(words, taken, &mut found.words);
    found
}

/// "The last one", "last one please", "last?"; but not "how long does it last" or "last week".
fn is_the_last(words: &[Word], at: usize) -> bool {
    let word = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    let before = at.checked_sub(1).map_or("", word);
    let opens = at == 0 || matches!(before, "the" | "that" | "this" | "your" | "very" | "and" | "or" | "first" | "ok" | "no");
    opens && !matches!(word(at + 1), "four" | "4" | "week" | "month" | "year" | "time" | "night" | "order" | "long" | "longer" | "longest")
}

fn push_place(found: &mut Reference, place: usize, at: usize) {
    if (1..=20).contains(&place) && !found.places.contains(&place) {
        found.places.push(place);
        found.ordinals.push(at);
        found.words.push(at);
    }
}

/// "The other one", "the other?", "the other in black", but not "the other day".
fn ends_there(words: &[Word], at: usize) -> bool {
    words.get(at).is_none_or(|next| next.text == "one" || next.start > words[at - 1].end + 1 || words::is_function(&next.text))
        && words.get(at).is_none_or(|next| number::cardinal(&next.text).is_none() || next.text == "one")
}

/// "first two" is the first and the second; "first" alone is the first.
fn first_few(found: &mut Reference, words: &[Word], at: usize, place: usize) {
    let next = words.get(at + 1).and_then(|w| number::cardinal(&w.text)).map(|n| n as usize);
    match next {
        Some(count) if place == 1 && (2..=6).contains(&count) => {
            found.places.extend(1..=count);
            found.words.push(at + 1);
        }
        _ if !found.places.contains(&place) && place <= 20 => found.places.push(place),
        _ => {}
    }
}

/// "number 2", "option three".
fn number_after(found: &mut Reference, words: &[Word], at: usize) {
    let Some(next) = words.get(at + 1) else { return };
    if next.text.len() <= 5
        && let Some(place) = number::cardinal(&next.text).filter(|n| (1..=9).contains(n))
    {
        push_place(found, place as usize, at + 1);
    }
}

/// "2", "1 and 3", "1 vs 2" and nothing else but joining words.
fn bare_places(found: &mut Reference, words: &[Word], taken: &[bool]) {
    let joining = ["and", "or", "vs", "versus", "with", "compare", "the", "to", "please", "numbers", "show", "me", "take"];
    let only = words.iter().enumerate().all(|(i, w)| {
        let free = !taken.get(i).copied().unwrap_or(false);
        free && (joining.contains(&w.text.as_str()) || (w.text.len() == 1 && w.text.bytes().all(|b| b.is_ascii_digit())))
    });
    if !only {
        return;
    }
    for (i, word) in words.iter().enumerate() {
        if let Ok(place) = word.text.parse::<usize>() {
            push_place(found, place, i);
        }
    }
}

/// "the cheaper one", "the most expensive", "the lightest of them".
fn extreme(words: &[Word], taken: &[bool], used: &mut Vec<usize>) -> Option<Extreme> {
    let word = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    let free = |i: &usize| !taken.get(*i).copied().unwrap_or(false);
    words.iter().enumerate().filter(|(i, _)| free(i)).find_map(|(i, own)| {
        let definite = i > 0 && (word(i - 1) == "the" || word(i - 1) == "which" || (word(i - 1) == "most" || word(i - 1) == "least"));
        let of_them = matches!(word(i + 1), "of" | "one");
        // "Not too expensive" points at none.
        let denied = (i.saturating_sub(3)..i).filter(free).any(|j| matches!(word(j), "not" | "nothing" | "never"));
        let kind = match own.text.as_str() {
            _ if denied => None,
            "cheapest" => Some(Extreme::Cheapest),
            "cheaper" if definite => Some(Extreme::Cheapest),
            // "The cheap one", of those shown.
            "cheap" if definite && of_them => Some(Extreme::Cheapest),
            "expensive" | "pricey" | "dear" if definite && word(i + 1) == "one" => match word(i - 1) {
                "less" | "least" => Some(Extreme::Cheapest),
                _ => Some(Extreme::Dearest),
            },
            "expensive" if matches!(word(i.wrapping_sub(1)), "most" | "more") => Some(Extreme::Dearest),
            "expensive" if word(i.wrapping_sub(1)) == "least" || word(i.wrapping_sub(1)) == "less" => Some(Extreme::Cheapest),
            "dearest" | "priciest" => Some(Extreme::Dearest),
            "pricier" | "dearer" if definite => Some(Extreme::Dearest),
            "lightest" => Some(Extreme::Lightest),
            "lighter" if definite && of_them => Some(Extreme::Lightest),
            "heaviest" => Some(Extreme::Heaviest),
            "heavier" if definite && of_them => Some(Extreme::Heaviest),
            _ => None,
        };
        if kind.is_some() {
            used.push(i);
        }
        kind
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::token::tokens;

    fn reference(text: &str) -> Reference {
        let words = Word::from_tokens(tokens(text));
        read(&words, text, &vec![false; words.len()])
    }

    #[test]
    fn places_in_a_list() {
        for (text, places) in [
            ("compare the first two", vec![1, 2]),
            ("the second one", vec![2]),
            ("2nd please", vec![2]),
            ("first and third", vec![1, 3]),
            ("number 3", vec![3]),
            ("option two", vec![2]),
            ("#2", vec![2]),
            ("1 vs 2", vec![1, 2]),
            ("compare 1 and 3", vec![1, 3]),
            ("2", vec![2]),
            ("i have 2 dogs", vec![]),
            ("a second battery for hers", vec![]),
            ("the first three", vec![1, 2, 3]),
        ] {
            assert_eq!(reference(text).places, places, "{text}");
        }
    }

    #[test]
    fn extremes_and_pronouns() {
        for (text, extreme) in [
            ("is the cheaper one in stock", Some(Extreme::Cheapest)),
            ("which is the cheapest", Some(Extreme::Cheapest)),
            ("the most expensive", Some(Extreme::Dearest)),
            ("the lightest of them", Some(Extreme::Lightest)),
            ("anything cheaper?", None),
            ("something lighter", None),
            ("not the most expensive one please", None),
            ("the cheap one", Some(Extreme::Cheapest)),
            ("is the expensive one worth it", Some(Extreme::Dearest)),
            ("not the cheap one, the most expensive one", Some(Extreme::Dearest)),
        ] {
            assert_eq!(reference(text).extreme, extreme, "{text}");
        }
        assert!(reference("is it waterproof").pronoun);
        assert!(reference("compare them").plural);
        assert!(reference("both please").all);
        assert!(reference("the last one").last);
        assert!(reference("no the other one").other);
        assert!(reference("what about the other?").other);
        assert!(!reference("the other day i saw it").other);
        assert!(!reference("any other ones").other);
        assert!(!reference("last week").last);
        assert!(!reference("then black.. how long does the battery last").last);
        assert!(!reference("will it last a whole day").last);
        assert!(reference("and the last?").last);
    }
}
