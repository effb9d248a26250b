//! How many pieces a message speaks of: "two of them", "six of the LG", "2 x Bose", "both".

use crate::domain::heard::Heard;
use crate::domain::text::number;

/// Most pieces a customer of a shop asks the price of.
const MOST: u32 = 999;

/// Words that may stand between a number and what it counts.
const BETWEEN: &[&str] = &[
    "of", "the", "those", "these", "x", "my", "your", "more", "times", "pieces", "pcs", "nos", "pairs", "units", "such", "extra", "new",
    "black", "white", "silver", "blue", "red", "green", "grey", "gray",
];

/// The number of pieces named right before a word, such as the first word of a product's name.
pub fn before(heard: &Heard, at: usize, taken: &[bool]) -> Option<u32> {
    let word = |i: usize| heard.words.get(i).map_or("", |w| w.text.as_str());
    let mut i = at;
    while let Some(previous) = i.checked_sub(1) {
        // "2 chain locks": what describes the thing stands between as well.
        let describes = at - previous <= 2 && heard.mentioned.get(previous) == Some(&true) && number::cardinal(word(previous)).is_none();
        let article = matches!(word(previous), "a" | "an");
        if article || !BETWEEN.contains(&word(previous)) && !describes {
            break;
        }
        i = previous;
    }
    pieces(heard, i.checked_sub(1)?, taken)
}

/// The number of pieces named beside a name: "two of the LG", "the case x2", "the Bose twice".
pub fn beside(heard: &Heard, name: &std::ops::Range<usize>, taken: &[bool]) -> Option<u32> {
    let word = |i: usize| heard.words.get(i).map_or("", |w| w.text.as_str());
    before(heard, name.start, taken).or_else(|| match (word(name.end), word(name.end + 1)) {
        ("twice", _) => Some(2),
        ("x" | "times", _) => pieces(heard, name.end + 1, taken),
        (_, "times" | "pieces" | "pcs") => pieces(heard, name.end, taken),
        (text, _) => text.strip_prefix('x').and_then(number::cardinal).filter(|n| (2..=MOST).contains(n)),
    })
}

/// The number of pieces of whatever the message is about: "for two", "two of them", "3 pieces".
pub fn of_it(heard: &Heard, taken: &[bool]) -> Option<u32> {
    const COUNTED: &[&str] = &[
        "of",
        "pieces",
        "units",
        "pcs",
        "pc",
        "x",
        "times",
        "more",
        "please",
        "then",
        "and",
        "pairs",
        "sets",
        "with",
        "instead",
        "it",
        "them",
        "altogether",
        "total",
        "only",
    ];
    const ASKED: &[&str] = &[
        "for", "get", "buy", "take", "want", "need", "order", "x", "about", "cost", "costs", "having", "all", "and", "if", "with", "got",
        "buying", "getting", "taking", "ordering", "bought", "by", "make", "are", "us", "so", "it", "just", "only",
    ];
    let word = |i: usize| heard.words.get(i).map_or("", |w| w.text.as_str());
    let found = (0..heard.words.len()).find_map(|i| {
        let count = pieces(heard, i, taken)?;
        // "The 49?" is a size or a model, "for the three" all those spoken of.
        let all = word(i + 1).is_empty() || matches!(word(i + 1), "together" | "of");
        if i > 0 && word(i - 1) == "the" && (word(i).bytes().all(|b| b.is_ascii_digit()) || all) {
            return None;
        }
        let article = i > 0 && matches!(word(i - 1), "a" | "the");
        let before = i.checked_sub(1 + usize::from(article)).map_or("", |i| word(i));
        let after = word(i + 1);
        let counted = COUNTED.contains(&after) || after.is_empty();
        // "Three?", "two then": the number is the whole message.
        let asked = ASKED.contains(&before) || i == 0 && !article;
        let of_things = after == "of" && matches!(word(i + 2), "them" | "those" | "these" | "it" | "that" | "this" | "the" | "each");
        (of_things || asked && counted).then_some(count)
    });
    // "Charged twice" and "it broke twice" count no pieces.
    let twice = |i: usize| word(i) == "twice" && (i == 0 || matches!(word(i - 1), "it" | "that" | "this" | "them" | "those" | "one"));
    found.or_else(|| (0..heard.words.len()).any(twice).then_some(2))
}

/// A number of things at a word: at least two, and no part of a price, a name or a date.
fn pieces(heard: &Heard, at: usize, taken: &[bool]) -> Option<u32> {
    let word = heard.words.get(at)?;
    if taken.get(at).copied().unwrap_or(false) || heard.products.iter().any(|p| p.words.contains(&at)) {
        return None;
    }
    let digits = |rest: &&str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
    let text = word.text.strip_suffix('x').filter(digits).unwrap_or(&word.text);
    number::cardinal(text).filter(|n| (2..=MOST).contains(n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::heard::Word;
    use crate::domain::text::token::tokens;

    fn heard(text: &str) -> Heard {
        Heard { words: Word::from_tokens(tokens(text)), ..Heard::default() }
    }

    #[test]
    fn pieces_are_counted() {
        for (text, count) in [
            ("how much for two of them", Some(2)),
            ("how much for 3", Some(3)),
            ("what would six of those cost", Some(6)),
            ("i need 4 of the lg", Some(4)),
            ("price for a dozen please", Some(12)),
            ("is it the 2 door one", None),
            ("i waited 3 days", None),
            ("one please", None),
            ("the first two", None),
            ("and if i take three", Some(3)),
            ("what about buying 2", Some(2)),
            ("if i got two pairs", Some(2)),
            ("three?", Some(3)),
            ("and if i make it two only", Some(2)),
            ("a pair of headphones", None),
            ("and the 49?", None),
            ("and that twice?", Some(2)),
            ("i was charged twice", None),
        ] {
            let heard = heard(text);
            let taken = vec![false; heard.words.len()];
            assert_eq!(of_it(&heard, &taken), count, "{text}");
        }
    }

    #[test]
    fn pieces_stand_beside_their_name() {
        for (text, name, count) in [("the case x2", 1..2, Some(2)), ("the bose twice", 1..2, Some(2)), ("the lg 3 times", 1..2, Some(3))] {
            let heard = heard(text);
            assert_eq!(beside(&heard, &name, &vec![false; heard.words.len()]), count, "{text}");
        }
    }

    #[test]
    fn pieces_stand_before_their_name() {
        for (text, at, count) in [
            ("2 bose and a charger", 1, Some(2)),
            ("six of the lg", 3, Some(6)),
            ("the lg", 1, None),
            ("3x lumio", 1, Some(3)),
            ("2 nos lumio", 2, Some(2)),
        ] {
            let heard = heard(text);
            assert_eq!(before(&heard, at, &vec![false; heard.words.len()]), count, "{text}");
        }
    }
}
