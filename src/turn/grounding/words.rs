//! A sentence as the checker sees it: words with their clause.

use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::text::unit;

/// A word of a sentence.
#[derive(Debug, Clone)]
pub struct Word {
    /// Folded, numbers joined with their units.
    pub text: String,
    /// Its stem.
    pub stem: String,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Which clause it stands in.
    pub clause: usize,
    /// Whether it has been accounted for.
    pub explained: bool,
}

/// The words of a sentence. A clause ends at a semicolon, a colon, a dash between spaces, "but", "while",
/// "whereas", and at "and" or a comma before a new subject is left to the scope.
pub fn split(sentence: &str) -> Vec<Word> {
    let mut clause = 0;
    let mut end = 0;
    unit::merge(tokens(sentence), sentence)
        .into_iter()
        .map(|token| {
            let between = sentence.get(end..token.start).unwrap_or("");
            let breaks = end > 0 && (between.contains([';', ':', '\u{2013}', '\u{2014}']) || between.contains(" - "));
            if breaks || matches!(token.text.as_str(), "but" | "while" | "whereas" | "although" | "though") {
                clause += 1;
            }
            end = token.end;
            Word { stem: stem(&token.text), text: token.text, start: token.start, end: token.end, clause, explained: false }
        })
        .collect()
}

/// Whether a word denies.
pub fn is_negation(word: &str) -> bool {
    matches!(
        word,
        "not"
            | "no"
            | "never"
            | "without"
            | "neither"
            | "nor"
            | "none"
            | "lacks"
            | "lacking"
            | "nothing"
            | "hardly"
            | "cannot"
            | "unless"
            | "except"
    )
}
