//! The numbers of the placeholders in a brief.

use std::ops::RangeInclusive;

use crate::domain::fact::{Fact, FactBook, FactId, Source};
use crate::domain::record::Field;
use crate::domain::value::Value;

/// How numbers are given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbering {
    /// One after the other.
    InTurn,
    /// By the kind of the fact, as the decoder of the program has learnt it (`models/nano/train/decoder/pairs.py`): a model
    /// that small puts a day where a name belongs when nothing tells them apart.
    ByKind,
}

/// Texts of more bytes are sentences.
const LONGEST_NAME: usize = 80;

/// Facts with the numbers of their placeholders.
pub struct Numbers<'a> {
    book: &'a FactBook,
    numbering: Numbering,
    given: Vec<(usize, FactId)>,
    missing: bool,
}

impl<'a> Numbers<'a> {
    /// No number given out yet.
    pub fn new(book: &'a FactBook, numbering: Numbering) -> Self {
        Self { book, numbering, given: Vec::new(), missing: false }
    }

    /// The number of a fact. What says the same for the same reason has the same.
    pub fn of(&mut self, fact: FactId) -> usize {
        if let Some((number, _)) = self.given.iter().find(|(_, own)| self.book.is_same(*own, fact)) {
            return *number;
        }
        let mut room = match (self.numbering, self.book.fact(fact)) {
            (Numbering::ByKind, Some(fact)) => room(fact),
            _ => 1..=usize::MAX,
        };
        let next = room.find(|number| self.given.iter().all(|(own, _)| own != number));
        self.missing |= next.is_none();
        let number = next.unwrap_or(0);
        self.given.push((number, fact));
        number
    }

    /// Whether there were more facts of a kind than numbers.
    pub fn is_short(&self) -> bool {
        self.missing
    }

    /// The facts with their numbers, in the order in which these were given out.
    pub fn given(&self) -> &[(usize, FactId)] {
        &self.given
    }
}

/// The numbers for the kind of a fact.
fn room(fact: &Fact) -> RangeInclusive<usize> {
    match (&fact.value, &fact.source) {
        (Value::Money(_) | Value::Percent(_), _) => 18..=24,
        (Value::Day(_), _) => 25..=29,
        (Value::Count(_) | Value::Days(_) | Value::Months(_), _) => 30..=34,
        (Value::Text(_), Source::Record(_, Field::Number | Field::Tracking(_))) => 1..=5,
        (Value::Text(_), Source::Record(_, Field::Sentence(_) | Field::Step(_) | Field::Description | Field::ParcelNote(_))) => 35..=40,
        (Value::Text(text), _) if text.len() > LONGEST_NAME => 35..=40,
        (Value::Text(_) | Value::Flag(_), _) => 6..=17,
    }
}

/// What stands for a fact in a prompt, by its number.
pub fn placeholder(number: usize) -> String {
    format!("{{F{number}}}")
}
