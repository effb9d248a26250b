//! Numbers of orders and tickets: what they look like in this shop, and where a message holds one.
//!
//! The shapes are learnt from the numbers in the store: letters in front, and how many digits follow. No
//! shop's prefix is written here.

use std::collections::BTreeMap;

use crate::domain::heard::NumberNamed;
use crate::domain::text::number;
use crate::domain::text::token::Token;

/// The shapes of a kind of number.
#[derive(Debug, Clone, Default)]
pub struct NumberShapes {
    /// Letters in front to the lengths of the digits behind them.
    shapes: BTreeMap<String, Vec<usize>>,
}

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
        Self { shapes }
    }

    /// Whether there is anything to recognise.
    pub fn is_empty(&self) -> bool {
        self.shapes.is_empty()
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
        // With its letters, longest first: "ord 1007", "w 2378 156".
        for used in (1..=most).rev() {
            let bare: String = tokens[at..at + used].iter().map(|t| t.text.as_str()).collect();
            if bare.starts_with(|c: char| c.is_ascii_alphabetic()) && self.fits(&bare) {
                return Some((named(bare, true, &tokens[at], &tokens[at + used - 1]), used));
            }
        }
        let token = &tokens[at];
        let hash = text[..token.start].trim_end().ends_with('#');
        let decimal = text[token.start..token.end].contains(['.', ',']);
        if token.text.bytes().all(|b| b.is_ascii_digit()) && !decimal {
            let plain = self.shapes.get("").is_some_and(|lengths| lengths.contains(&token.text.len()));
            let digits_of_any = self.shapes.values().any(|lengths| lengths.contains(&token.text.len()));
            if digits_of_any {
                let certain = hash || (plain && token.text.len() >= 6);
                return Some((named(token.text.clone(), certain, token, token), 1));
            }
        }
        let words: Vec<&str> = tokens[at..].iter().map(|t| t.text.as_str()).collect();
        let (digits, used) = number::spoken_digits(&words)?;
        let single = token.text.len() > 1;
        let fits = self.shapes.values().any(|lengths| lengths.contains(&digits.len()));
        (single && fits).then(|| (named(digits, false, token, &tokens[at + used - 1]), used))
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
        for (shapes, text, expected) in [
            (&ord, "where is ORD-1007?", vec![("ord1007", true)]),
            (&ord, "ord 1007", vec![("ord1007", true)]),
            (&ord, "ORD1007", vec![("ord1007", true)]),
            (&ord, "order #1007", vec![("1007", true)]),
            (&ord, "my order 1007", vec![("1007", false)]),
            (&ord, "order one zero zero seven please", vec![("1007", false)]),
            (&ord, "ORD-99", vec![]),
            (&ord, "laptop under 1,500", vec![]),
            (&ord, "ORD-1007 and ORD-1008", vec![("ord1007", true), ("ord1008", true)]),
            (&hash, "#W2378156", vec![("w2378156", true)]),
            (&hash, "w 2378156", vec![("w2378156", true)]),
            (&plain, "#1001", vec![("1001", true)]),
            (&plain, "order 1001", vec![("1001", false)]),
            (&ord, "nothing here", vec![]),
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
