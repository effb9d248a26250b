//! A sentence as the checker sees it: words with their clause.

use crate::domain::record::RecordKind;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::text::unit;

/// What a word was found to be part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// Nothing yet, or something that only goes with another slot.
    Plain,
    /// The name or number of a record.
    Mention(RecordKind),
    /// An amount of money.
    Money,
    /// A percentage.
    Percent,
    /// A day.
    Day,
    /// A length of time.
    Length,
    /// One out of a rule whose limits the sentence leaves out: by itself it bears nothing out.
    Bound,
    /// A figure that a record states.
    Measure,
    /// How many there are.
    Count,
    /// Whether it is in stock.
    Stock,
    /// How an order or ticket stands.
    Status,
    /// Whether a promotion is valid.
    Validity,
    /// A comparison.
    Comparison,
    /// A text of a record, word for word.
    Quote,
    /// A name the shop lists.
    Listed,
}

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
    /// Which part of a list: a comma or "and" begins the next.
    pub part: usize,
    /// Whether it has been accounted for.
    pub explained: bool,
    /// As what.
    pub slot: Slot,
}

/// The words of a sentence. A clause ends at a semicolon, a colon, a dash between spaces, "but", "while",
/// "whereas", and at "and" or a comma before a new subject is left to the scope.
pub fn split(sentence: &str) -> Vec<Word> {
    let mut clause = 0;
    let mut part = 0;
    let mut end = 0;
    unit::merge(tokens(sentence), sentence)
        .into_iter()
        .map(|token| {
            let between = sentence.get(end..token.start).unwrap_or("");
            let breaks = end > 0 && (between.contains([';', ':', '\u{2013}', '\u{2014}']) || between.contains(" - "));
            if breaks || matches!(token.text.as_str(), "but" | "while" | "whereas" | "although" | "though") {
                clause += 1;
            }
            if clause_breaks(between) || matches!(token.text.as_str(), "and" | "plus") {
                part += 1;
            }
            end = token.end;
            Word {
                stem: stem(&token.text),
                text: token.text,
                start: token.start,
                end: token.end,
                clause,
                part,
                explained: false,
                slot: Slot::Plain,
            }
        })
        .collect()
}

/// Whether a mark between two words begins another part of a list.
fn clause_breaks(between: &str) -> bool {
    between.contains([',', ';', ':', '(', ')', '\u{2013}', '\u{2014}'])
}

/// "It is not not valid yet": a denial denied, which says the opposite of what it looks like.
pub fn denies_a_denial(words: &[Word]) -> bool {
    words.windows(2).any(|pair| pair[0].clause == pair[1].clause && is_negation(&pair[0].text) && pair[1].text == "not")
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
