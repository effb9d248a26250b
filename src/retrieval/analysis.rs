//! From text to index terms: the same for records and for questions.

use crate::domain::heard::Word;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::text::{unit, words};

/// The words of a text, in order: numbers joined with their units, words stemmed.
pub fn words(text: &str) -> Vec<Word> {
    Word::from_tokens(unit::merge(tokens(text), text))
}

/// The terms of a record's text, with every joined spelling a customer may use: `WH-1000XM5` is found as
/// `wh`, `1000xm5` and `wh1000xm5`, `Wi-Fi` as `wifi`.
pub fn index_terms(text: &str) -> Vec<String> {
    let words = words(text);
    let mut out: Vec<String> = Vec::with_capacity(words.len() + 4);
    for (i, word) in words.iter().enumerate() {
        out.push(word.stem.clone());
        let Some(next) = words.get(i + 1) else { continue };
        let hyphenated = next.start == word.end + 1 && text.as_bytes().get(word.end) == Some(&b'-');
        if hyphenated {
            out.push(stem(&format!("{}{}", word.text, next.text)));
        }
    }
    out
}

/// The terms of a describing text without what it denies: "without mop" must not be found by "mop".
pub fn stated_terms(text: &str) -> Vec<String> {
    const DENIED: usize = 2;
    let words = words(text);
    let mut denied: Vec<(usize, usize)> = Vec::new();
    for (i, word) in words.iter().enumerate() {
        if !matches!(word.text.as_str(), "without" | "no" | "not" | "lacks") {
            continue;
        }
        let article = words.get(i + 1).is_some_and(|next| matches!(next.text.as_str(), "a" | "an" | "any" | "the"));
        let from = i + 1 + usize::from(article);
        let breaks = |j: usize| words::is_function(&words[j].text) || j > i + 1 && words[j].start > words[j - 1].end + 1;
        let end = (from..words.len()).find(|j| *j >= from + DENIED || breaks(*j)).unwrap_or(words.len());
        if from < end {
            denied.push((words[from].start, words[end - 1].end));
        }
    }
    let mut rest = text.to_owned();
    for (start, end) in denied.into_iter().rev().filter(|(start, end)| text.is_char_boundary(*start) && text.is_char_boundary(*end)) {
        rest.replace_range(start..end, "");
    }
    index_terms(&rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_denies_is_not_found() {
        for (text, absent, present) in [
            ("Laser mapping robot without mop", "mop", "robot"),
            ("Charges laptops, no video, 2 m", "video", "laptop"),
            ("Works without a hub and dims", "hub", "dim"),
        ] {
            let found = stated_terms(text);
            assert!(!found.iter().any(|t| t == absent) && found.iter().any(|t| t == present), "{text}: {found:?}");
        }
    }

    #[test]
    fn records_are_found_by_every_spelling() {
        let found = index_terms("Sony WH-1000XM5, 16 GB, Wi-Fi 6E");
        for wanted in ["sony", "wh", "1000xm5", "wh1000xm5", "16gb", "wifi", "6e"] {
            assert!(found.iter().any(|term| term == wanted), "{wanted} in {found:?}");
        }
    }
}
