//! From text to index terms: the same for records and for questions.

use crate::domain::heard::Word;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::text::unit;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_found_by_every_spelling() {
        let found = index_terms("Sony WH-1000XM5, 16 GB, Wi-Fi 6E");
        for wanted in ["sony", "wh", "1000xm5", "wh1000xm5", "16gb", "wifi", "6e"] {
            assert!(found.iter().any(|term| term == wanted), "{wanted} in {found:?}");
        }
    }
}
