//! A draft: words with holes, each hole filled by a fact.

use crate::domain::act::ActKind;
use crate::domain::fact::{FactBook, FactId};

/// A reply before it is checked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    /// Its sentences (or lines), one act each.
    pub sentences: Vec<Sentence>,
}

/// What one act became.
#[derive(Debug, Clone, PartialEq)]
pub struct Sentence {
    /// The act.
    pub act: ActKind,
    /// Words and facts in order.
    pub pieces: Vec<Piece>,
}

/// A run of words, or a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words of the phrase.
    Text(String),
    /// What a fact says.
    Fact {
        /// The fact.
        fact: FactId,
        /// How it is fitted into the sentence.
        case: Case,
    },
}

/// How a fact is fitted into a sentence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Case {
    /// As the record writes it.
    #[default]
    AsItIs,
    /// In lower case, but for names and abbreviations.
    Lower,
    /// Its first word in lower case where that is an ordinary one: "up to 8 hours".
    Inside,
    /// Without the "yes" it begins with, where something else is asked than the record's own question.
    Bare,
}

impl Piece {
    /// A fact as it stands.
    pub fn fact(fact: FactId) -> Self {
        Self::Fact { fact, case: Case::AsItIs }
    }
}

impl Sentence {
    /// The facts it says.
    pub fn facts(&self) -> impl Iterator<Item = FactId> + '_ {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Fact { fact, .. } => Some(*fact),
            Piece::Text(_) => None,
        })
    }

    /// The sentence with its facts filled in. A second full stop behind a fact that ends in one is
    /// left out.
    pub fn text(&self, book: &FactBook) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(words) => {
                    let doubled = text.ends_with(['.', '!', '?']) && words.starts_with('.');
                    text.push_str(if doubled { &words[1..] } else { words });
                }
                Piece::Fact { fact, case } => {
                    let value = book.value(*fact).map(ToString::to_string).unwrap_or_default();
                    match case {
                        Case::AsItIs => text.push_str(&value),
                        Case::Lower => text.push_str(&lowered(&value)),
                        Case::Inside => text.push_str(&inside(&value)),
                        Case::Bare => text.push_str(&bare(&value)),
                    }
                }
            }
        }
        text.trim().to_owned()
    }
}

/// Lower case for words written like any other; names and abbreviations (`Wi-Fi`, `USB-C`) keep theirs.
fn lowered(text: &str) -> String {
    text.split(' ')
        .map(|word| {
            let mut rest = word.chars();
            rest.next();
            if rest.any(char::is_uppercase) { word.to_owned() } else { word.to_lowercase() }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// The text with its first word in lower case, where that word is an ordinary one.
fn inside(text: &str) -> String {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    let lower = first.to_lowercase();
    if rest.is_empty() || !crate::domain::text::words::is_function(&lower) {
        return text.to_owned();
    }
    format!("{lower} {rest}")
}

/// The text without a "yes" before it.
pub fn bare(text: &str) -> String {
    let Some(rest) = text.strip_prefix("Yes").and_then(|rest| rest.strip_prefix([',', ':', '.', ';'])) else { return text.to_owned() };
    let rest = rest.trim_start();
    let mut letters = rest.chars();
    letters.next().map_or_else(|| text.to_owned(), |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_yes_nobody_asked_for_is_left_out() {
        assert_eq!(super::bare("Yes, without appointment."), "Without appointment.");
        assert_eq!(super::bare("Yes: returned machines."), "Returned machines.");
        assert_eq!(super::bare("Yes."), "Yes.");
        assert_eq!(super::bare("Yesterday it was."), "Yesterday it was.");
    }

    #[test]
    fn ordinary_first_words_are_fitted_in() {
        assert_eq!(super::inside("Up to 8 hours"), "up to 8 hours");
        assert_eq!(super::inside("Intel Arc"), "Intel Arc");
        assert_eq!(super::inside("OLED"), "OLED");
    }

    #[test]
    fn abbreviations_keep_their_capitals() {
        assert_eq!(super::lowered("Battery life"), "battery life");
        assert_eq!(super::lowered("Wi-Fi"), "Wi-Fi");
        assert_eq!(super::lowered("USB-C charging"), "USB-C charging");
    }
}
