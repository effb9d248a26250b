//! Whether one thing goes with another: "will it work with my iPhone", "does the 990 PRO fit a PS5".

use super::super::lookup::{Findings, Lookup};
use super::super::resolve;
use super::super::say;
use super::super::turn::{Answer, Step, Turn};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::record::Field;
use crate::domain::state::ConversationState;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::text::words;

/// Answers whether what is meant goes with something the customer names; `None` when nothing of the kind is asked.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Option<Step> {
    if !asks(turn) {
        return None;
    }
    let owned = resolve::owned(turn);
    let subject: Vec<String> = resolve::products(turn).skus.into_iter().filter(|sku| !owned.contains(sku)).take(2).collect();
    if subject.is_empty() {
        return None;
    }
    if found.products.is_empty() {
        let wanted = subject.into_iter().chain(owned.iter().take(3).cloned()).collect();
        return Some(Step::Look(vec![Lookup::Products(wanted)]));
    }
    let is_owned = |id: &RecordId| say::product(book, *id).is_some_and(|p| owned.contains(&p.sku));
    let (others, subjects): (Vec<RecordId>, Vec<RecordId>) = found.products.iter().copied().partition(is_owned);
    state.focus.owned = if owned.is_empty() { state.focus.owned.clone() } else { owned };
    state.focus.products = say::skus(book, &subjects);
    let mut answer = Answer::default();
    for id in subjects {
        answer_for(turn, book, id, &others, &mut answer)?;
        answer.cards.push(id);
    }
    Some(answer.done())
}

/// "Work with", "fit", "compatible", "in my": asked of something and something else.
fn asks(turn: &Turn<'_>) -> bool {
    turn.heard.words.iter().any(|w| {
        matches!(
            w.stem.as_str(),
            "work" | "fit" | "compatibl" | "compatible" | "compatibility" | "pair" | "connect" | "suit" | "support" | "use" | "us" | "plug"
        )
    })
}

/// Says whether a product goes with any of the others, what its record lists, or that it does not say.
/// `None` when the record lists nothing and nothing else was named: the question is about something else.
fn answer_for(turn: &Turn<'_>, book: &mut FactBook, id: RecordId, others: &[RecordId], answer: &mut Answer) -> Option<()> {
    let product = say::product(book, id)?;
    let name = say::name(book, id)?;
    let fitting = others
        .iter()
        .copied()
        .find(|other| say::product(book, *other).is_some_and(|o| product.says_it_fits(&o) || o.says_it_fits(&product)));
    if let Some(other) = fitting {
        let other_name = say::name(book, other)?;
        answer.say(Act::plain(ActKind::FitsYes).with("product", name).with("other", other_name));
        notes(book, id, answer);
        return Some(());
    }
    let listed: Vec<usize> = product.fits().map(|(i, _)| i).collect();
    let stated = listed.first().copied().or_else(|| named_in_specs(turn, book, id));
    match (stated, others.first()) {
        (Some(index), _) => {
            let place = u16::try_from(index).ok()?;
            let value = book.field(id, Field::Spec(place))?;
            let kind = if listed.is_empty() { ActKind::SpecHas } else { ActKind::FitsListed };
            let spec = book.field(id, Field::SpecName(place))?;
            answer.say(Act::plain(kind).with("product", name).with("spec", spec).with("value", value));
            notes(book, id, answer);
        }
        (None, Some(other)) => {
            let other = say::name(book, *other)?;
            answer.say(Act::plain(ActKind::FitsUnknown).with("product", name).with("other", other));
        }
        (None, None) => return None,
    }
    Some(())
}

/// A property that names what the customer asks about: "Voice assistants: Alexa, Apple Home" for "homekit or alexa".
fn named_in_specs(turn: &Turn<'_>, book: &FactBook, id: RecordId) -> Option<usize> {
    let product = say::product(book, id)?;
    let said: Vec<&str> = turn
        .heard
        .words
        .iter()
        .filter(|w| !words::is_function(&w.text) && !words::is_request(&w.text, &w.stem) && w.text.len() > 2)
        .map(|w| w.stem.as_str())
        .collect();
    product.specs.iter().position(|spec| {
        let own: Vec<String> = tokens(&spec.value.text()).iter().map(|t| stem(&t.text)).collect();
        said.iter().any(|word| own.iter().any(|o| o == word))
    })
}

/// Remarks on fitting that the record makes: "A PlayStation 5 needs a separate heatsink".
fn notes(book: &mut FactBook, id: RecordId, answer: &mut Answer) {
    let Some(product) = say::product(book, id) else { return };
    let note = product.specs.iter().position(|spec| spec.name.to_lowercase().contains("note"));
    let act = note.and_then(|i| super::question::spec(book, id, i, false));
    answer.acts.extend(act);
}
