//! Whether it is there, how many, and what there is instead.

use super::super::lookup::{Findings, Lookup};
use super::super::say;
use super::super::turn::{Answer, Step, Turn};
use super::{option, price, subject};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::product::Availability;
use crate::domain::record::Field;
use crate::domain::state::ConversationState;

/// Whether it is there; something else, where it is not.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let ids = match subject::products(turn, found, book, state) {
        Ok(ids) => ids,
        Err(step) => return step,
    };
    let mut answer = Answer::default();
    if option::tell_another(turn, book, &ids, &mut answer) {
        return answer.done();
    }
    let out: Option<String> = match ids.as_slice() {
        [only] => say::product(book, *only).filter(|p| p.availability() == Availability::OutOfStock).map(|p| p.sku.clone()),
        _ => None,
    };
    if let (Some(sku), None) = (&out, &found.alternatives) {
        return Step::Look(vec![Lookup::Alternatives { sku: sku.clone(), limit: 2 }]);
    }
    // Of several, those that are there come first: that is what was asked.
    let mut ordered = ids.clone();
    ordered.sort_by_key(|id| say::product(book, *id).is_none_or(|p| p.availability() == Availability::OutOfStock));
    // One product, also in several colours at one price, is told with its price.
    let alone = out.is_none()
        && (ordered.len() == 1 || price::same_price(book, &ordered) && subject::one_family(&ordered, book).len() == ordered.len());
    for (at, id) in ordered.iter().enumerate() {
        say_stock(turn, book, *id, &mut answer);
        answer.cards.push(*id);
        if alone && at == 0 {
            answer.acts.extend(say::price(book, *id).filter(|act| act.kind == ActKind::Price));
        }
    }
    if let ([only], true) = (ids.as_slice(), out.is_some() && asks_when(turn)) {
        let name = say::name(book, *only);
        answer.say(Act::plain(ActKind::RestockUnknown).with_some("product", name));
    }
    if let Some(others) = found.alternatives.as_ref().filter(|others| out.is_some() && !others.is_empty()) {
        answer.say_plain(ActKind::AlternativesIntro);
        say::list(book, others, &mut answer);
        state.focus.listed = say::skus(book, others);
    }
    answer.done()
}

/// In stock or not; with the number where it is asked for.
fn say_stock(turn: &Turn<'_>, book: &mut FactBook, id: RecordId, answer: &mut Answer) {
    let Some(stock) = say::product(book, id).and_then(|p| p.stock).filter(|n| *n > 0) else {
        answer.acts.extend(say::stock(book, id));
        return;
    };
    let wanted = price::count_of(turn, book, id);
    if !asks_how_many(turn) && wanted.is_none() {
        answer.acts.extend(say::stock(book, id));
        return;
    }
    if let (Some(name), Some(count)) = (say::name(book, id), book.field(id, Field::Stock)) {
        answer.say(Act::plain(ActKind::StockCount).with("product", name).with("stock", count));
    }
    if wanted.is_some_and(|wanted| wanted > stock) {
        answer.say_plain(ActKind::StockShort);
    }
}

fn asks_how_many(turn: &Turn<'_>) -> bool {
    turn.heard.words.windows(2).any(|pair| pair[0].text == "how" && pair[1].text == "many")
}

fn asks_when(turn: &Turn<'_>) -> bool {
    turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "when" | "back" | "again" | "restock" | "restocked" | "until"))
}
