//! Statements of the shop: a sentence may say again what an entry says, in its own sense.

use std::collections::HashSet;

use super::lexicon;
use super::scope::stems;
use super::words::{Word, is_negation};
use crate::domain::fact::{FactBook, FactId};
use crate::domain::record::{Field, Record};
use crate::domain::text::token::tokens;
use crate::domain::text::words as lists;

/// A sentence of an entry, taken apart.
#[derive(Debug)]
struct Statement {
    record: crate::domain::fact::RecordId,
    field: Field,
    stems: HashSet<String>,
    numbers: HashSet<String>,
    negations: usize,
    /// Words that widen or narrow a rule; dropping or adding one changes it.
    limits: HashSet<String>,
}

/// Everything the shop's entries of a turn state.
#[derive(Debug, Default)]
pub struct Statements {
    all: Vec<Statement>,
    /// Every stem of every entry, for words that surround what is stated.
    vocabulary: HashSet<String>,
}

/// Words that change how far a rule reaches.
const LIMITS: &[&str] = &[
    "only",
    "all",
    "every",
    "any",
    "free",
    "always",
    "never",
    "unless",
    "except",
    "must",
    "cannot",
    "guarantee",
    "guaranteed",
    "unlimited",
    "lifetime",
    "full",
    "fully",
    "automatically",
    "immediately",
    "instantly",
    "forever",
    "whole",
    "entire",
    "daily",
    "unopened",
    "unused",
    "opened",
    "used",
];

impl Statements {
    /// The statements of all entries of a book.
    pub fn of(book: &FactBook) -> Self {
        let mut found = Self::default();
        for (id, versioned) in book.records() {
            let Record::Knowledge(entry) = &versioned.record else { continue };
            for text in entry.questions.iter().map(String::as_str).chain(entry.tags.iter().map(String::as_str)) {
                found.vocabulary.extend(stems(text));
            }
            let sentences = entry.sentences();
            let steps = entry.steps();
            let parts: Vec<(Field, &str)> = if steps.is_empty() {
                sentences.into_iter().enumerate().filter_map(|(i, s)| Some((Field::Sentence(u16::try_from(i).ok()?), s))).collect()
            } else {
                steps.into_iter().enumerate().filter_map(|(i, s)| Some((Field::Step(u16::try_from(i).ok()?), s))).collect()
            };
            for (field, text) in parts {
                let statement = statement(id, field, text);
                found.vocabulary.extend(statement.stems.iter().cloned());
                found.all.push(statement);
            }
        }
        found
    }

    /// The statement a sentence says again, if there is one: its telling words, its numbers and its
    /// denials are all in that statement, and no limit was dropped or added.
    pub fn supporting(&self, words: &[Word]) -> Option<(crate::domain::fact::RecordId, Field)> {
        let telling: Vec<&Word> =
            words.iter().filter(|w| !w.explained && !lexicon::is_harmless(&w.text, &w.stem) && !is_negation(&w.text)).collect();
        let numbers: Vec<&Word> = words.iter().filter(|w| !w.explained && w.text.bytes().any(|b| b.is_ascii_digit())).collect();
        let spelled = words.iter().filter(|w| {
            crate::domain::text::number::cardinal(&w.text).is_some() && !w.text.bytes().any(|b| b.is_ascii_digit()) && w.text != "one"
        });
        let negations = words.iter().filter(|w| is_negation(&w.text)).count();
        let limits: HashSet<&str> = words.iter().map(|w| w.text.as_str()).filter(|w| LIMITS.contains(w)).collect();
        let spelled: Vec<&Word> = spelled.collect();
        self.all
            .iter()
            .filter(|s| {
                let says = |word: &Word| {
                    s.stems.contains(&word.stem) || lists::synonyms(&word.stem).iter().any(|o| o.split(' ').all(|p| s.stems.contains(p)))
                };
                let all_words = telling.iter().all(|w| says(w));
                let all_numbers = numbers.iter().all(|w| s.numbers.contains(&w.text) || s.numbers.contains(&w.stem));
                let all_spelled = spelled.iter().all(|w| {
                    s.stems.contains(&w.stem)
                        || crate::domain::text::number::cardinal(&w.text).is_some_and(|n| s.numbers.contains(&n.to_string()))
                });
                let same_limits =
                    limits.iter().all(|l| s.limits.contains(*l)) && s.limits.iter().all(|l| limits.contains(l.as_str()) || !is_hard(l));
                all_words && all_numbers && all_spelled && same_limits && negations % 2 == s.negations % 2
            })
            .filter(|s| !telling.is_empty() && shared(s, &telling) >= 2.min(telling.len()))
            .max_by_key(|s| shared(s, &telling))
            .map(|s| (s.record, s.field))
    }

    /// Whether a stem occurs in any entry of the turn.
    pub fn knows(&self, stem: &str) -> bool {
        self.vocabulary.contains(stem)
    }
}

/// Limits that may not be dropped from a rule.
fn is_hard(limit: &str) -> bool {
    matches!(limit, "only" | "unless" | "except" | "never" | "cannot" | "must" | "unused" | "unopened")
}

fn shared(statement: &Statement, telling: &[&Word]) -> usize {
    telling.iter().filter(|w| statement.stems.contains(&w.stem)).count()
}

fn statement(record: crate::domain::fact::RecordId, field: Field, text: &str) -> Statement {
    let found = tokens(text);
    let merged = crate::domain::text::unit::merge(found.clone(), text);
    let numbers = merged
        .iter()
        .chain(&found)
        .filter(|t| t.text.bytes().any(|b| b.is_ascii_digit()))
        .flat_map(|t| [t.text.clone(), crate::domain::text::stem::stem(&t.text)])
        .chain(found.iter().filter_map(|t| crate::domain::text::number::cardinal(&t.text)).map(|n| n.to_string()))
        .collect();
    Statement {
        record,
        field,
        stems: stems(text).into_iter().chain(found.iter().map(|t| crate::domain::text::stem::stem(&t.text))).collect(),
        numbers,
        negations: found.iter().filter(|t| is_negation(&t.text)).count(),
        limits: found.iter().map(|t| t.text.clone()).filter(|w| LIMITS.contains(&w.as_str())).collect(),
    }
}

/// The fact of a statement, added to the book where it is not there yet.
pub fn fact(book: &FactBook, record: crate::domain::fact::RecordId, field: Field) -> Option<FactId> {
    book.facts().find(|(_, fact)| fact.source == crate::domain::fact::Source::Record(record, field)).map(|(id, _)| id)
}
