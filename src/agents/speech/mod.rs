//! The template realiser: acts put into words without any model, in microseconds.

mod draft;
mod phrases;

pub use draft::{Case, Draft, Piece, Sentence, bare};
pub use phrases::{PhraseError, Phrases};

use crate::domain::act::{Act, Arg};
use crate::domain::fact::{FactBook, FactId};
use crate::domain::sentiment::Mood;
use phrases::{Part, Variant};

/// What the wording depends on beside the acts.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// The mood of the message answered.
    pub mood: Mood,
    /// Grows with every reply, so that wordings take turns.
    pub turn: u32,
}

/// Puts acts into words. An act whose phrases need a fact it lacks is left out; a test makes sure that
/// every act an agent can produce has a phrase.
pub fn realise(acts: &[Act], book: &FactBook, manner: Manner) -> Draft {
    let phrases = Phrases::built_in();
    let mut draft = Draft::default();
    let mut before: Option<FactId> = None;
    for (i, act) in acts.iter().enumerate() {
        let turn = manner.turn as usize + i;
        let product = act.one("product");
        let again = product.is_some() && product == before;
        before = product;
        if let Some(variant) = phrases.pick(act, manner.mood, again, turn) {
            draft.sentences.push(Sentence { act: act.kind, pieces: pieces(variant, act, book) });
        }
    }
    draft
}

fn pieces(variant: &Variant, act: &Act, book: &FactBook) -> Vec<Piece> {
    let mut out = Vec::new();
    for part in &variant.parts {
        push(part, act, book, &mut out);
    }
    out
}

fn push(part: &Part, act: &Act, book: &FactBook, out: &mut Vec<Piece>) {
    match part {
        Part::Text(text) => out.push(Piece::Text(text.clone())),
        Part::Maybe(inner) => {
            if inner.iter().all(|part| part.has_facts(act)) {
                for part in inner {
                    push(part, act, book, out);
                }
            }
        }
        Part::Fact { name, case } => match act.arg(name) {
            Some(Arg::One(fact)) => out.push(Piece::Fact { fact: *fact, case: *case }),
            Some(Arg::Many(facts)) => join(facts.iter().map(|f| vec![Piece::Fact { fact: *f, case: *case }]), ", ", " and ", out),
            None => {}
        },
        Part::List { name, last } => {
            if let Some(Arg::Many(facts)) = act.arg(name) {
                let last = format!(" {last} ");
                join(facts.iter().map(|f| vec![Piece::fact(*f)]), ", ", &last, out);
            }
        }
        Part::Pairs { first, second, between } => {
            if let (Some(Arg::Many(a)), Some(Arg::Many(b))) = (act.arg(first), act.arg(second)) {
                let pairs = a.iter().zip(b).map(|(a, b)| vec![Piece::fact(*a), Piece::Text((*between).to_owned()), Piece::fact(*b)]);
                let (comma, last) = if *between == ": " { ("; ", "; ") } else { (", ", " and ") };
                join(pairs, comma, last, out);
            }
        }
        Part::Plural { name, one, many } => {
            let single = act.one(name).and_then(|fact| book.value(fact)).is_some_and(is_one);
            out.push(Piece::Text(if single { one.clone() } else { many.clone() }));
        }
    }
}

fn is_one(value: &crate::domain::value::Value) -> bool {
    use crate::domain::value::Value;
    matches!(value, Value::Count(1) | Value::Days(1) | Value::Months(1))
}

/// Joins items as a list: `a`, `a and b`, `a, b and c`.
fn join(items: impl Iterator<Item = Vec<Piece>>, comma: &str, last: &str, out: &mut Vec<Piece>) {
    let items: Vec<Vec<Piece>> = items.collect();
    let count = items.len();
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            let separator = if i + 1 == count { last } else { comma };
            out.push(Piece::Text(separator.to_owned()));
        }
        out.extend(item);
    }
}
