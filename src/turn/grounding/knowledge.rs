//! Statements of the shop: a sentence may say again what an entry says, in its own sense.

use std::collections::HashSet;

use super::lexicon;
use super::scope::stems;
use super::words::{Word, is_negation};
use crate::domain::fact::{FactBook, FactId, RecordId};
use crate::domain::record::{Field, Record};
use crate::domain::text::token::tokens;
use crate::domain::text::words as lists;

/// A sentence of an entry, taken apart.
#[derive(Debug)]
struct Statement {
    record: RecordId,
    field: Field,
    stems: HashSet<String>,
    /// Those that say something.
    telling: HashSet<String>,
    numbers: HashSet<String>,
    /// Its numbers as they stand, with the mark that joins each to the one before: `10:00`, `5-7`.
    figures: Vec<(bool, String)>,
    negations: usize,
    /// Words that widen or narrow a rule; dropping or adding one changes it.
    limits: HashSet<String>,
}

/// Everything the shop's entries of a turn state.
#[derive(Debug, Default)]
pub struct Statements {
    all: Vec<Statement>,
}

/// Words that change how far a rule reaches: one added claims more than the rule says.
const LIMITS: &str = "only all every any free always never unless except must cannot guarantee guaranteed unlimited lifetime full fully \
    automatically immediately instantly forever whole entire daily unopened unused opened used if when once until till within before after \
    under over without out least most per \
    business working usually normally often sometimes some customer we us";
/// Those that may not be dropped either: the rule would reach further without them.
const HARD: &str = "only unless except never cannot must unused unopened if when once until within before after under over without out least \
    most per business working usually normally often sometimes some";
/// A sentence says a statement again only if it holds this share of what the statement says; a few words
/// out of many are another statement.
const COVERED: f32 = 0.6;

/// Stems of what a length of time may be the term of.
const TERMS: &[&str] = &["return", "exchang", "exchange", "warranty", "cover"];

fn is_limit(word: &str) -> bool {
    LIMITS.split_whitespace().any(|own| own == word)
}

impl Statements {
    /// The statements of all entries of a book.
    pub fn of(book: &FactBook) -> Self {
        let mut found = Self::default();
        for (id, versioned) in book.records() {
            let Record::Knowledge(entry) = &versioned.record else { continue };
            let sentences = entry.sentences();
            let steps = entry.steps();
            let parts: Vec<(Field, &str)> = if steps.is_empty() {
                sentences.into_iter().enumerate().filter_map(|(i, s)| Some((Field::Sentence(u16::try_from(i).ok()?), s))).collect()
            } else {
                steps.into_iter().enumerate().filter_map(|(i, s)| Some((Field::Step(u16::try_from(i).ok()?), s))).collect()
            };
            for (field, text) in parts {
                found.all.push(statement(id, field, text));
            }
        }
        found
    }

    /// The statement a sentence says again, if there is one: its telling words, its numbers and its
    /// denials are all in that statement, and no limit was dropped or added.
    pub fn supporting(&self, words: &[Word]) -> Option<(RecordId, Field)> {
        let from = lexicon::interjection(words);
        let joins = |w: &Word| lexicon::is_glue(&w.text) || matches!(w.text.as_str(), "can" | "could" | "please" | "have" | "has" | "get");
        let telling: Vec<&Word> = words[from..].iter().filter(|w| !w.explained && !joins(w) && !is_negation(&w.text)).collect();
        let numbers: Vec<&Word> = words.iter().filter(|w| !w.explained && w.text.bytes().any(|b| b.is_ascii_digit())).collect();
        let spelled = words.iter().filter(|w| {
            crate::domain::text::number::cardinal(&w.text).is_some() && !w.text.bytes().any(|b| b.is_ascii_digit()) && w.text != "one"
        });
        let negations = words.iter().filter(|w| is_negation(&w.text)).count();
        let said = figures(words);
        // "Let us" speaks of nobody's deeds.
        let suggested = |at: usize| at > 0 && words[at - 1].text == "let";
        let limits: HashSet<&str> =
            words.iter().enumerate().filter(|(at, w)| is_limit(&w.text) && !suggested(*at)).map(|(_, w)| w.text.as_str()).collect();
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
                all_words && all_numbers && in_order(&said, &s.figures) && all_spelled && same_limits && negations % 2 == s.negations % 2
            })
            .filter(|s| !telling.is_empty() && shared(s, &telling) >= 2.min(telling.len()) && covered(s, words) >= COVERED)
            .max_by_key(|s| shared(s, &telling))
            .map(|s| (s.record, s.field))
    }
}

impl Statements {
    /// Whether a sentence that takes a figure out of a statement says more than it: a limit is dropped, or
    /// the statement is about other terms.
    pub fn goes_beyond(&self, record: RecordId, field: Field, words: &[Word]) -> bool {
        let said = |limit: &str| words.iter().any(|w| w.text == limit);
        let own = self.all.iter().find(|s| s.record == record && s.field == field);
        own.is_none_or(|own| {
            own.limits.iter().any(|limit| is_hard(limit) && !said(limit))
                || words.iter().any(|w| TERMS.contains(&w.stem.as_str()) && !own.stems.contains(&w.stem))
        })
    }
}

/// Limits that may not be dropped from a rule.
fn is_hard(limit: &str) -> bool {
    HARD.split_whitespace().any(|own| own == limit)
}

fn shared(statement: &Statement, telling: &[&Word]) -> usize {
    telling.iter().filter(|w| statement.stems.contains(&w.stem)).count()
}

/// The numbers of a sentence in order, and whether each is joined to the one before it.
fn figures(words: &[Word]) -> Vec<(bool, String)> {
    let has_digit = |w: &Word| w.text.bytes().any(|b| b.is_ascii_digit());
    let found = words.iter().enumerate().filter(|(_, w)| has_digit(w));
    found.map(|(i, w)| (i > 0 && has_digit(&words[i - 1]) && words[i - 1].end + 1 == w.start, w.text.clone())).collect()
}

/// Whether figures stand in a statement in the same order and joined in the same way: two of them swapped
/// say something else. Those a record bears out by itself need not be in it.
fn in_order(said: &[(bool, String)], stated: &[(bool, String)]) -> bool {
    let mut rest = stated.iter();
    let known = |figure: &&(bool, String)| stated.iter().any(|own| own.1 == figure.1);
    said.iter().filter(known).all(|figure| rest.any(|own| own == figure))
}

/// The share of what a statement says that a sentence holds.
fn covered(statement: &Statement, words: &[Word]) -> f32 {
    let said = |stem: &String| words.iter().any(|w| w.stem == *stem || w.text == *stem || lists::synonyms(&w.stem).contains(stem));
    let held = statement.telling.iter().filter(|stem| said(stem)).count();
    held as f32 / statement.telling.len().max(1) as f32
}

fn statement(record: RecordId, field: Field, text: &str) -> Statement {
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
        figures: figures(&super::words::split(text)),
        telling: super::words::split(text)
            .into_iter()
            .filter(|w| !lexicon::is_harmless(&w.text, &w.stem) && !is_negation(&w.text))
            .map(|w| w.stem)
            .collect(),
        numbers,
        negations: found.iter().filter(|t| is_negation(&t.text)).count(),
        limits: found.iter().map(|t| t.text.clone()).filter(|w| is_limit(w)).collect(),
    }
}

/// The fact of a statement, added to the book where it is not there yet.
pub fn fact(book: &FactBook, record: RecordId, field: Field) -> Option<FactId> {
    book.facts().find(|(_, fact)| fact.source == crate::domain::fact::Source::Record(record, field)).map(|(id, _)| id)
}
