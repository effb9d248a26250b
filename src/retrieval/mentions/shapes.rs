//! What words of names look like: numbers of models and generations, and what parts two of them.

use crate::domain::text::unit;

/// What makers call the better or smaller of a line; "plus" and "max" are as often said of something else.
pub(super) fn is_model_word(word: &str) -> bool {
    matches!(word, "pro" | "ultra" | "mini" | "lite")
}

/// How a model's number is written: digits as such, letters as they are.
pub(super) fn shape(word: &str) -> String {
    word.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
}

/// One or two digits, and at most a letter behind them: "9a", "10", "16e".
pub(super) fn is_generation(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &word[digits..];
    (1..=2).contains(&digits) && rest.len() <= 1 && rest.bytes().all(|b| b.is_ascii_lowercase()) && unit::split(word).is_none()
}

/// Words between two names: what joins, sets side by side, or says what something is for.
pub(super) fn separates(word: &str) -> bool {
    matches!(
        word,
        "and"
            | "or"
            | "vs"
            | "versus"
            | "with"
            | "than"
            | "against"
            | "between"
            | "to"
            | "for"
            | "in"
            | "into"
            | "on"
            | "from"
            | "of"
            | "but"
    )
}
