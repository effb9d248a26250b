//! Numbers of orders and tickets: what they look like in this shop, and where a message holds one.
//!
//! The shapes are learnt from the numbers in the store: letters in front, and how many digits follow. No
//! shop's prefix is written here.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::heard::NumberNamed;
use crate::domain::text::fold::bare;
use crate::domain::text::number;
use crate::domain::text::token::Token;
use crate::domain::time::MONTHS;

/// The shapes of a kind of number.
#[derive(Debug, Clone, Default)]
pub struct NumberShapes {
    /// Letters in front to the lengths of the digits behind them.
    shapes: BTreeMap<String, Vec<usize>>,
    /// Where numbers are written in groups (`FV/26-01031`): the length of the last group of digits to what
    /// stands before it.
    heads: BTreeMap<usize, BTreeSet<String>>,
    /// Where such a last group begins with noughts: its length to how many digits follow them.
    padded: BTreeMap<usize, BTreeSet<usize>>,
    /// What whole numbers look like, for those that share nothing but that; see [`mask`].
    masks: BTreeSet<String>,
}

/// A parcel's number has at least this many characters: shorter ones look like too much else.
const LEAST_TRACKING: usize = 9;

impl NumberShapes {
    /// Learns from numbers in compared form (letters and digits, folded).
    pub fn learn<'a>(bare_numbers: impl Iterator<Item = &'a str>) -> Self {
        let mut shapes: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for bare in bare_numbers {
            let digits = bare.bytes().rev().take_while(u8::is_ascii_digit).count();
            if digits == 0 {
                continue;
            }
            let lengths = shapes.entry(bare[..bare.len() - digits].to_owned()).or_default();
            if !lengths.contains(&digits) {
                lengths.push(digits);
            }
        }
        Self { shapes, ..Self::default() }
    }

    /// Learns as well what stands before the last group of digits, from numbers as they are printed.
    #[must_use]
    pub fn in_groups<'a>(mut self, printed: impl Iterator<Item = &'a str>) -> Self {
        for number in printed {
            let tail = number.bytes().rev().take_while(u8::is_ascii_digit).count();
            let head = bare(&number[..number.len() - tail]);
            if tail > 2 && head.bytes().any(|b| b.is_ascii_digit()) {
                self.heads.entry(tail).or_default().insert(head);
                let told = number[number.len() - tail..].trim_start_matches('0').len();
                if told < tail {
                    self.padded.entry(tail).or_default().insert(told);
                }
            }
        }
        self
    }

    /// Learns what the numbers of parcels look like, from their compared form.
    #[must_use]
    pub fn with_tracking<'a>(mut self, bare_numbers: impl Iterator<Item = &'a str>) -> Self {
        self.masks = bare_numbers.filter(|number| number.len() >= LEAST_TRACKING).map(mask).collect();
        self
    }

    /// Whether there is anything to recognise.
    pub fn is_empty(&self) -> bool {
        self.shapes.is_empty() && self.masks.is_empty()
    }

    /// Digits alone completed by the letters that all numbers of this kind begin with.
    pub fn complete(&self, digits: &str) -> Option<String> {
        let (letters, lengths) = self.shapes.iter().next().filter(|_| self.shapes.len() == 1)?;
        (lengths.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())).then(|| format!("{letters}{digits}"))
    }

    /// The numbers in a message, first ones first.
    ///
    /// Written apart (`ORD 1007`, `ord-1007`, `#1007`, `ORD1007`), as digits alone where a length fits,
    /// or spoken (`one zero zero seven`).
    pub fn find(&self, tokens: &[Token], text: &str) -> Vec<NumberNamed> {
        let mut found: Vec<NumberNamed> = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            match self.at(tokens, at, text) {
                Some((named, used)) => {
                    if !found.iter().any(|old| old.bare == named.bare) {
                        found.push(named);
                    }
                    at += used;
                }
                None => at += 1,
            }
        }
        found
    }

    fn at(&self, tokens: &[Token], at: usize, text: &str) -> Option<(NumberNamed, usize)> {
        const PARTS: usize = 4;
        let most = PARTS.min(tokens.len() - at);
        if let Some(found) = self.tracking(tokens, at, text) {
            return Some(found);
        }
        // With its letters, longest first: "ord 1007", "w 2378 156".
        let least = digits_begin(&tokens[at..at + most]).unwrap_or(most);
        for used in (least + 1..=most).rev() {
            let bare: String = tokens[at..at + used].iter().map(|t| t.text.as_str()).collect();
            if bare.starts_with(|c: char| c.is_ascii_alphabetic()) && self.fits(&bare) {
                return Some((named(bare, true, &tokens[at], &tokens[at + used - 1]), used));
            }
        }
        if let Some(found) = self.spelled(tokens, at).or_else(|| self.grouped(tokens, at, text)) {
            return Some(found);
        }
        let token = &tokens[at];
        let hash = text[..token.start].trim_end().ends_with('#') || at > 0 && tokens[at - 1].text == "hash";
        let decimal = text[token.start..token.end].contains(['.', ',']);
        if token.text.bytes().all(|b| b.is_ascii_digit()) && !decimal && !is_a_year(tokens, at, text) {
            let plain = self.shapes.get("").is_some_and(|lengths| lengths.contains(&token.text.len()));
            let digits_of_any = self.shapes.values().any(|lengths| lengths.contains(&token.text.len()));
            if digits_of_any {
                let certain = hash || (plain && token.text.len() >= 6);
                return Some((named(token.text.clone(), certain, token, token), 1));
            }
        }
        if let Some(found) = self.tail(token).or_else(|| self.short_tail(tokens, at)) {
            return Some((found, 1));
        }
        let words: Vec<&str> = tokens[at..].iter().map(|t| t.text.as_str()).collect();
        let (digits, used) = number::spoken_digits(&words)?;
        let single = token.text.len() > 1;
        let fits = self.shapes.values().any(|lengths| lengths.contains(&digits.len()));
        (single && fits).then(|| (named(digits, hash, token, &tokens[at + used - 1]), used))
    }

    /// Letters, be they spelled, and digits in words behind them, as speech is written down: "o r d dash ten oh four".
    fn spelled(&self, tokens: &[Token], at: usize) -> Option<(NumberNamed, usize)> {
        let text = |i: usize| tokens.get(i).map_or("", |token| token.text.as_str());
        self.shapes.iter().filter(|(letters, _)| !letters.is_empty()).find_map(|(letters, lengths)| {
            let apart = letters.chars().zip(at..).all(|(letter, i)| text(i).chars().eq([letter]));
            let width = if apart { letters.chars().count() } else { 1 };
            let dash = usize::from(matches!(text(at + width), "dash" | "hyphen" | "minus"));
            let words: Vec<&str> = tokens.get(at + width + dash..)?.iter().map(|token| token.text.as_str()).collect();
            let whole = words.first().filter(|word| word.bytes().all(|b| b.is_ascii_digit())).map(|word| ((*word).to_owned(), 1));
            let (digits, used) = number::spoken_digits(&words).or(whole)?;
            let last = tokens.get(at + width + dash + used - 1)?;
            let fits = (apart || text(at) == letters) && lengths.contains(&digits.len());
            fits.then(|| (named(format!("{letters}{digits}"), true, &tokens[at], last), width + dash + used))
        })
    }

    /// A parcel's number, whole or in groups.
    fn tracking(&self, tokens: &[Token], at: usize, text: &str) -> Option<(NumberNamed, usize)> {
        const PARTS: usize = 8;
        // "+44 7911 123456" is a telephone.
        if text[..tokens[at].start].ends_with('+') {
            return None;
        }
        let most = PARTS.min(tokens.len() - at);
        let least = digits_begin(&tokens[at..at + most])?;
        (least + 1..=most).rev().find_map(|used| {
            let run = &tokens[at..at + used];
            let together = run.windows(2).all(|pair| text.get(pair[0].end..pair[1].start).is_some_and(|gap| matches!(gap, " " | "-")));
            let bare: String = run.iter().map(|t| t.text.as_str()).collect();
            let known = together && self.masks.contains(&mask(&bare));
            known.then(|| (named(bare, true, &run[0], &run[used - 1]), used))
        })
    }

    /// Groups of digits without the letters before them: `26-01042`.
    fn grouped(&self, tokens: &[Token], at: usize, text: &str) -> Option<(NumberNamed, usize)> {
        let (first, last) = (tokens.get(at)?, tokens.get(at + 1)?);
        let gap = text.get(first.end..last.start)?;
        let digits = format!("{}{}", first.text, last.text);
        let plain = digits.bytes().all(|b| b.is_ascii_digit()) && matches!(gap, "-" | "/" | " ");
        let head = self.heads.get(&last.text.len())?.iter().find(|head| digits_of(head) == first.text)?;
        plain.then(|| (named(format!("{head}{}", last.text), gap != " ", first, last), 2))
    }

    /// The last group alone, where only one thing can stand before it.
    fn tail(&self, token: &Token) -> Option<NumberNamed> {
        let heads = self.heads.get(&token.text.len())?;
        let only = heads.iter().next().filter(|_| heads.len() == 1)?;
        token.text.bytes().all(|b| b.is_ascii_digit()).then(|| named(format!("{only}{}", token.text), false, token, token))
    }

    /// The last group without the noughts it begins with, at the start of a message or behind a word for a number:
    /// "1024, phone ends in 6640". Anywhere else it is as likely a price.
    fn short_tail(&self, tokens: &[Token], at: usize) -> Option<NumberNamed> {
        const SHORTEST: usize = 3;
        let token = &tokens[at];
        let announced = at == 0 || matches!(tokens[at - 1].text.as_str(), "order" | "number" | "nr" | "no" | "ord" | "num");
        let digits = token.text.bytes().all(|b| b.is_ascii_digit()) && !token.text.starts_with('0');
        if !(announced && digits && token.text.len() >= SHORTEST) {
            return None;
        }
        let (length, _) = self.padded.iter().find(|(length, told)| **length > token.text.len() && told.contains(&token.text.len()))?;
        let heads = self.heads.get(length)?;
        let only = heads.iter().next().filter(|_| heads.len() == 1)?;
        Some(named(format!("{only}{:0>length$}", token.text, length = *length), false, token, token))
    }

    /// Whether a compared form has a known shape.
    fn fits(&self, bare: &str) -> bool {
        let digits = bare.bytes().rev().take_while(u8::is_ascii_digit).count();
        let letters = &bare[..bare.len() - digits];
        self.shapes.get(letters).is_some_and(|lengths| {
            // A number one digit longer or shorter is a slip, and must be answered like a wrong number.
            lengths.iter().any(|length| length.abs_diff(digits) <= 1) && digits > 0
        })
    }
}

/// "15 March 2025", "10/28/2026": the last of a date is no number of its own.
fn is_a_year(tokens: &[Token], at: usize, text: &str) -> bool {
    let stroke = text[..tokens[at].start].strip_suffix('/').is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit()));
    stroke || at > 0 && MONTHS.contains(&tokens[at - 1].text.as_str())
}

/// The first word of a run that holds a digit: without one there is no number in it.
fn digits_begin(run: &[Token]) -> Option<usize> {
    run.iter().position(|token| token.text.bytes().any(|byte| byte.is_ascii_digit()))
}

/// Digits as `9`; letters in front as they are, or a word and a few digits would look like a number, those
/// behind as `a`.
fn mask(bare: &str) -> String {
    let front = bare.chars().take_while(char::is_ascii_alphabetic).count();
    bare.chars()
        .enumerate()
        .map(|(i, c)| {
            if c.is_ascii_digit() {
                '9'
            } else if i < front {
                c
            } else {
                'a'
            }
        })
        .collect()
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn named(bare: String, certain: bool, first: &Token, last: &Token) -> NumberNamed {
    NumberNamed { bare, certain, start: first.start, end: last.end }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::token::tokens;

    #[test]
    fn numbers_are_found_in_many_spellings() {
        let ord = NumberShapes::learn(["ord1001", "ord1080"].into_iter());
        let hash = NumberShapes::learn(["w2378156"].into_iter());
        let plain = NumberShapes::learn(["1001", "1002"].into_iter());
        let groups = NumberShapes::learn(["fv2601031"].into_iter())
            .in_groups(["FV/26-01031", "FV/26-01005"].into_iter())
            .with_tracking(["jjd000410032", "9405511899432617800321", "delfv5521"].into_iter());
        for (shapes, text, expected) in [
            (&ord, "where is ORD-1007?", vec![("ord1007", true)]),
            (&ord, "ord 1007", vec![("ord1007", true)]),
            (&ord, "ORD1007", vec![("ord1007", true)]),
            (&ord, "order #1007", vec![("1007", true)]),
            (&ord, "it came on 10/28/2026", vec![]),
            (&ord, "since 15 march 2025", vec![]),
            (&ord, "my order 1007", vec![("1007", false)]),
            (&ord, "order one zero zero seven please", vec![("1007", false)]),
            (&ord, "o r d dash ten oh four please", vec![("ord1004", true)]),
            (&ord, "ord ten thirty five", vec![("ord1035", true)]),
            (&ord, "o r d 1007", vec![("ord1007", true)]),
            (&ord, "order ten thirty five", vec![("1035", false)]),
            (&ord, "hash ten thirty five", vec![("1035", true)]),
            (&ord, "o r d four", vec![]),
            (&ord, "ORD-99", vec![]),
            (&ord, "laptop under 1,500", vec![]),
            (&ord, "ORD-1007 and ORD-1008", vec![("ord1007", true), ("ord1008", true)]),
            (&hash, "#W2378156", vec![("w2378156", true)]),
            (&hash, "w 2378156", vec![("w2378156", true)]),
            (&plain, "#1001", vec![("1001", true)]),
            (&plain, "order 1001", vec![("1001", false)]),
            (&ord, "nothing here", vec![]),
            (&groups, "FV/26-01042 please", vec![("fv2601042", true)]),
            (&groups, "it is 26-01042", vec![("fv2601042", true)]),
            (&groups, "my order 01042", vec![("fv2601042", false)]),
            (&groups, "1024, phone ends in 6640", vec![("fv2601024", false)]),
            (&groups, "under 1024 euro", vec![]),
            (&groups, "where is JJD000410099", vec![("jjd000410099", true)]),
            (&groups, "9405 5118 9943 2617 8003 99", vec![("9405511899432617800399", true)]),
            (&groups, "+94 0551 1899 4326 1780 0399", vec![]),
            (&groups, "a laptop for 1042 euro", vec![]),
            (&groups, "sorry 5520", vec![]),
        ] {
            let found = shapes.find(&tokens(text), text);
            let found: Vec<_> = found.iter().map(|n| (n.bare.as_str(), n.certain)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    proptest::proptest! {
        /// Whatever numbers a shop has and whatever a customer writes: what is found stands in the text.
        #[test]
        fn what_is_found_stands_in_the_text(
            shop in proptest::collection::vec("[a-z\u{e9}]{0,5}[0-9]{0,12}", 0..5),
            text in "(\\PC|[#0-9a-f \u{e9}.,-]|one |zero |ord-|seven){0,40}",
        ) {
            let shapes = NumberShapes::learn(shop.iter().map(String::as_str));
            for found in shapes.find(&tokens(&text), &text) {
                proptest::prop_assert!(found.start < found.end && text.get(found.start..found.end).is_some(), "{found:?}");
                proptest::prop_assert!(!found.bare.is_empty());
            }
        }

        /// A number of the shop is found however it is spelled.
        #[test]
        fn a_number_of_the_shop_is_found(letters in "[a-z]{1,4}", digits in "[1-9][0-9]{3,9}", apart in "( |-|#|)", upper in proptest::prelude::any::<bool>()) {
            let shapes = NumberShapes::learn([format!("{letters}{digits}").as_str()].into_iter());
            let written = format!("{letters}{apart}{digits}");
            let text = format!("where is {}?", if upper { written.to_uppercase() } else { written });
            let found: Vec<String> = shapes.find(&tokens(&text), &text).into_iter().map(|named| named.bare).collect();
            proptest::prop_assert!(found.iter().any(|bare| *bare == format!("{letters}{digits}") || *bare == digits), "{text}: {found:?}");
        }
    }
}
