//! Grounding: nothing unproven leaves.
//!
//! [`Grounded`] is the only thing that can be sent to a customer as an agent's words, and only this module
//! makes one. Words of the template realiser are checked by their parts: every hole is a fact of the
//! turn, and what the phrase itself asserts ("is in stock", "has expired") is held against the record.
//! Words of a model are taken apart sentence by sentence; see [`check`].

mod assertions;
pub mod check;
mod claims;
mod dates;
mod knowledge;
mod lexicon;
mod offers;
mod promises;
mod scope;
mod words;

use crate::agents::speech::{Draft, Sentence};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, Source};
pub use promises::Promises;

/// Words whose every claim rests on a fact. Made here and nowhere else.
#[derive(Debug, Clone, PartialEq)]
pub struct Grounded {
    sentences: Vec<GroundedSentence>,
}

/// A sentence with the facts it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct GroundedSentence {
    text: String,
    facts: Vec<FactId>,
}

/// A sentence that nothing supports, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Unsupported {
    /// The sentence.
    pub sentence: String,
    /// What is wrong with it, for the record of the turn.
    pub reason: String,
}

impl GroundedSentence {
    /// The words.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The facts it rests on.
    pub fn facts(&self) -> &[FactId] {
        &self.facts
    }

    /// The sentence, resting on further facts whose values stand in it.
    #[must_use]
    pub fn resting_on(mut self, facts: &[FactId]) -> Self {
        for fact in facts {
            if !self.facts.contains(fact) {
                self.facts.push(*fact);
            }
        }
        self
    }

    /// One of the sentences a phrase is made of, resting on the same facts; `None` if it is not in it.
    pub fn part(&self, text: &str) -> Option<Self> {
        let own = crate::domain::text::sentence::split(&self.text).any(|part| part == text);
        own.then(|| Self { text: text.to_owned(), facts: self.facts.clone() })
    }
}

impl Grounded {
    /// Nothing said yet.
    pub fn empty() -> Self {
        Self { sentences: Vec::new() }
    }

    /// The sentences, in order.
    pub fn sentences(&self) -> &[GroundedSentence] {
        &self.sentences
    }

    /// The whole text: list lines on lines of their own, sentences side by side.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for sentence in &self.sentences {
            text.push_str(separator(&text, &sentence.text));
            text.push_str(&sentence.text);
        }
        text
    }

    /// Every fact it rests on, once each, in order of first use.
    pub fn facts(&self) -> Vec<FactId> {
        let mut facts = Vec::new();
        for fact in self.sentences.iter().flat_map(|s| &s.facts) {
            if !facts.contains(fact) {
                facts.push(*fact);
            }
        }
        facts
    }

    /// Adds sentences that are grounded already.
    pub fn append(&mut self, other: Self) {
        self.sentences.extend(other.sentences);
    }

    /// Adds one.
    pub fn push(&mut self, sentence: GroundedSentence) {
        self.sentences.push(sentence);
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.sentences.iter().all(|s| s.text.is_empty())
    }
}

/// What stands between the text so far and the next sentence.
pub fn separator(before: &str, next: &str) -> &'static str {
    let is_line = |line: &str| line.starts_with("- ") || line.starts_with("• ");
    let last_line = before.rsplit('\n').next().unwrap_or("");
    if before.is_empty() {
        ""
    } else if is_line(next) || is_line(last_line) && !continues_line(next) {
        "\n"
    } else {
        " "
    }
}

/// Short remarks on a list line stay on it: "It runs until ...".
fn continues_line(next: &str) -> bool {
    ["Note from"].iter().any(|start| next.starts_with(start))
}

/// Grounds a draft of the template realiser. A sentence that fails is left out, and said to be.
pub fn ground_template(draft: &Draft, acts: &[Act], book: &FactBook, promises: &Promises) -> (Grounded, Vec<Unsupported>) {
    let mut grounded = Grounded::empty();
    let mut failed = Vec::new();
    let mut remaining = acts.iter();
    for sentence in &draft.sentences {
        // Sentences come in the order of their acts; acts without a phrase are passed over.
        let act = remaining.by_ref().find(|act| act.kind == sentence.act);
        match ground_sentence(sentence, act, book, promises) {
            Ok(sentence) => grounded.push(sentence),
            Err(reason) => failed.push(Unsupported { sentence: sentence.text(book), reason }),
        }
    }
    (grounded, failed)
}

/// Grounds the phrase of one act.
///
/// # Errors
/// What its records do not bear out.
pub fn ground_phrase(sentence: &Sentence, act: &Act, book: &FactBook, promises: &Promises) -> Result<GroundedSentence, Unsupported> {
    ground_sentence(sentence, Some(act), book, promises).map_err(|reason| Unsupported { sentence: sentence.text(book), reason })
}

fn ground_sentence(sentence: &Sentence, act: Option<&Act>, book: &FactBook, promises: &Promises) -> Result<GroundedSentence, String> {
    let act = act.ok_or_else(|| format!("no act {} in this turn", sentence.act))?;
    let mut facts: Vec<FactId> = Vec::new();
    for fact in sentence.facts().chain(act.facts()) {
        stands(fact, book)?;
        if !facts.contains(&fact) {
            facts.push(fact);
        }
    }
    assertions::hold(act, book)?;
    if matches!(
        act.kind,
        ActKind::TicketOpened | ActKind::RequestOpened | ActKind::HandedOver | ActKind::AddedToTicket | ActKind::StillHandedOver
    ) {
        promises.cover(act, book)?;
    }
    Ok(GroundedSentence { text: sentence.text(book), facts })
}

/// Whether a fact says what its source says.
fn stands(id: FactId, book: &FactBook) -> Result<(), String> {
    let fact = book.fact(id).ok_or_else(|| format!("no fact {}", id.0))?;
    match &fact.source {
        Source::Said | Source::Shop => Ok(()),
        Source::Record(record, field) => {
            let record = book.record(*record).ok_or_else(|| "no such record in this turn".to_owned())?;
            let stated = record.record.field(*field, book.zone());
            (stated.as_ref() == Some(&fact.value)).then_some(()).ok_or_else(|| "the record says otherwise".to_owned())
        }
        Source::Derived(formula, from) => {
            for source in from {
                stands(*source, book)?;
            }
            let computed = book.compute(*formula, from);
            (computed.as_ref() == Some(&fact.value)).then_some(()).ok_or_else(|| "the sum comes out otherwise".to_owned())
        }
    }
}
