//! Rules of the shop that code applies, read out of the knowledge base.
//!
//! How many days there are to return something is written in the shop's own words. The sentence that
//! states it is found, the number is taken from it, and both are cited.

use super::lookup::{Findings, Lookup};
use super::say;
use crate::domain::fact::{FactBook, FactId, Formula};
use crate::domain::record::Field;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::value::Value;

/// The look-up for the return window.
pub fn return_lookup() -> Lookup {
    question("What is your return policy? How many days do I have to return an item?")
}

/// The look-up for a longer warranty.
pub fn extension_lookup() -> Lookup {
    question("How do I extend my warranty? What is the extended warranty?")
}

/// The look-up for the rules on damage.
pub fn damage_lookup() -> Lookup {
    question("My item arrived damaged")
}

/// The same for shops that speak of the parcel.
pub fn damaged_parcel_lookup() -> Lookup {
    question("My parcel arrived damaged")
}

/// The look-up for the warranty term.
pub fn warranty_lookup() -> Lookup {
    question("How long is the warranty?")
}

fn question(text: &str) -> Lookup {
    Lookup::Knowledge { text: text.to_owned(), procedures: Some(false), limit: 4 }
}

/// The first number of days stated in a sentence about `words` (stems), with that sentence.
pub fn days(found: &Findings, which: usize, book: &mut FactBook, words: &[&str]) -> Option<(FactId, FactId)> {
    stated(found, which, book, words, |value| matches!(value, Value::Days(_)))
}

/// The first number of months stated in a sentence about `words` (stems), with that sentence.
pub fn months(found: &Findings, which: usize, book: &mut FactBook, words: &[&str]) -> Option<(FactId, FactId)> {
    stated(found, which, book, words, |value| matches!(value, Value::Months(_)))
}

/// A length of time in days, as far as it is one.
pub fn length(id: FactId, book: &FactBook) -> Option<i32> {
    match book.value(id)? {
        Value::Days(days) => Some(*days),
        Value::Months(months) => Some(months.saturating_mul(30)),
        _ => None,
    }
}

fn stated(
    found: &Findings,
    which: usize,
    book: &mut FactBook,
    words: &[&str],
    wanted: impl Fn(&Value) -> bool,
) -> Option<(FactId, FactId)> {
    for hit in found.knowledge.get(which)?.iter().filter(|hit| hit.score >= say::PLAINLY) {
        let Some(entry) = say::entry(book, hit.record) else { continue };
        let about: Vec<String> = entry.questions.iter().chain(&entry.tags).flat_map(|q| tokens(q)).map(|t| stem(&t.text)).collect();
        let matters = |stems: &[String]| words.iter().any(|word| stems.iter().any(|s| s.starts_with(word)));
        for (i, sentence) in entry.sentences().iter().enumerate() {
            let own: Vec<String> = tokens(sentence).iter().map(|t| stem(&t.text)).collect();
            if !matters(&own) && !matters(&about) {
                continue;
            }
            let Ok(index) = u16::try_from(i) else { continue };
            let Some(sentence) = book.field(hit.record, Field::Sentence(index)) else { continue };
            let Some(length) = book.derive(Formula::Duration, &[sentence]) else { continue };
            if book.value(length).is_some_and(&wanted) {
                return Some((sentence, length));
            }
        }
    }
    None
}
