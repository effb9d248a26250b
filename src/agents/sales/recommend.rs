//! Which one to take, with the reason out of the records.

use std::sync::Arc;

use super::super::lookup::{Findings, Lookup};
use super::super::resolve::{self, How};
use super::super::say;
use super::super::turn::{Answer, Step, Turn};
use super::super::understanding::needs;
use super::find;
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, RecordId};
use crate::domain::product::{Availability, Product, SpecValue};
use crate::domain::record::Field;
use crate::domain::state::ConversationState;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::text::unit;

/// Candidates looked at.
const CANDIDATES: usize = 6;

/// What makes one better than another for a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Criterion {
    /// Lowest price.
    Price,
    /// A property, by a stem of its name: most of it, or least.
    Most(&'static str),
    /// Least of it.
    Least(&'static str),
}

/// Needs in customers' words, and what serves them. General knowledge of electronics, not of a shop.
const NEEDS: &[(&[&str], Criterion)] = &[
    (
        &["travel", "travell", "light", "lightweight", "portabl", "portable", "carry", "commut", "commute", "train", "plane", "bag"],
        Criterion::Least("weight"),
    ),
    (&["battery", "unplug", "unplugg", "charge"], Criterion::Most("battery")),
    (&["cheap", "cheapest", "budget", "money", "value", "afford", "affordable", "student", "price"], Criterion::Price),
    (&["gaming", "gam", "game", "fps", "esport", "shooter", "smooth"], Criterion::Most("refresh")),
    (&["edit", "video", "photo", "program", "develop", "design", "multitask", "memory", "ram", "work"], Criterion::Most("memory")),
    (&["storage", "file", "space", "picture", "download"], Criterion::Most("storage")),
    (&["screen", "big", "movie", "film", "display"], Criterion::Most("display")),
];

/// Recommends one of those on the table, or of those that fit the need.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let meant = resolve::products(turn);
    let query = needs::query(turn.text, turn.heard, turn.read);
    let of_the_table = meant.how != How::None && meant.skus.len() > 1 || (!query.names_a_thing() && !turn.before.focus.listed.is_empty());
    if of_the_table {
        let table = if meant.skus.len() > 1 { meant.skus } else { turn.before.focus.listed.clone() };
        if found.products.is_empty() {
            return Step::Look(vec![Lookup::Products(table.into_iter().take(CANDIDATES).collect())]);
        }
        return choose(turn, &found.products.clone(), book, state);
    }
    if !query.names_a_thing() && query.brands.is_empty() {
        return find::step(turn, found, book, state);
    }
    match found.searches.last() {
        None => Step::Look(vec![Lookup::Search { query, limit: CANDIDATES }]),
        // First without the words nobody sells by, then without the bounds.
        Some(search) if search.products.is_empty() => match find::relaxed(&search.query).filter(|_| found.searches.len() < 3) {
            Some(query) => Step::Look(vec![Lookup::Search { query, limit: CANDIDATES }]),
            None => find::step(turn, found, book, state),
        },
        Some(search) => {
            find::remember(found, book, state);
            choose(turn, &search.products.clone(), book, state)
        }
    }
}

fn choose(turn: &Turn<'_>, ids: &[RecordId], book: &mut FactBook, state: &mut ConversationState) -> Step {
    let there: Vec<RecordId> = ids.iter().copied().filter(|id| is_there(book, *id)).collect();
    let candidates = if there.is_empty() { ids.to_vec() } else { there };
    let criterion = criterion(turn);
    let (best, reason) = best_of(book, &candidates, criterion);
    let mut answer = Answer::default();
    let Some(name) = say::name(book, best) else { return answer.done() };
    answer.say(Act::plain(ActKind::Recommend).with("product", name));
    answer.acts.extend(reason);
    if criterion != Criterion::Price {
        answer.acts.extend(say::price(book, best));
    }
    answer.acts.extend(say::stock(book, best));
    answer.cards.push(best);
    state.focus.products = say::skus(book, &[best]);
    if turn.before.focus.listed.is_empty() {
        state.focus.listed = say::skus(book, ids);
    }
    answer.done()
}

fn is_there(book: &FactBook, id: RecordId) -> bool {
    say::product(book, id).is_some_and(|p| p.availability() == Availability::InStock)
}

/// What the message, or what it continues, is about.
fn criterion(turn: &Turn<'_>) -> Criterion {
    let said: Vec<String> = tokens(turn.said).iter().map(|t| stem(&t.text)).collect();
    let stems: Vec<&str> = turn.heard.words.iter().map(|w| w.stem.as_str()).chain(said.iter().map(String::as_str)).collect();
    NEEDS.iter().find(|(words, _)| words.iter().any(|word| stems.contains(word))).map_or(Criterion::Price, |(_, criterion)| *criterion)
}

/// The best candidate by a criterion with the reason; by price where the criterion decides nothing.
fn best_of(book: &mut FactBook, ids: &[RecordId], criterion: Criterion) -> (RecordId, Option<Act>) {
    let by_property = match criterion {
        Criterion::Price => None,
        Criterion::Most(property) => by_measure(book, ids, property, 1.0),
        Criterion::Least(property) => by_measure(book, ids, property, -1.0),
    };
    if let Some((id, spec, value)) = by_property {
        return (id, Some(Act::plain(ActKind::RecommendSpec).with("spec", spec).with("value", value)));
    }
    let priced = |id: &RecordId| say::product(book, *id).and_then(|p| p.price).map(|price| price.minor);
    let cheapest = ids.iter().copied().filter(|id| priced(id).is_some()).min_by_key(|id| priced(id));
    match cheapest {
        Some(id) => {
            let price = book.field(id, Field::Price);
            (id, Some(Act::plain(ActKind::RecommendCheapest).with_some("price", price)))
        }
        None => (ids.first().copied().unwrap_or(RecordId(0)), None),
    }
}

/// The candidate that has most (or least) of a property, where at least two state it and one stands out.
fn by_measure(book: &mut FactBook, ids: &[RecordId], property: &str, sign: f64) -> Option<(RecordId, FactId, FactId)> {
    let mut measured: Vec<(RecordId, usize, f64)> = ids
        .iter()
        .filter_map(|id| {
            let product = say::product(book, *id)?;
            let (index, number) = measure(&product, property)?;
            Some((*id, index, number * sign))
        })
        .collect();
    measured.sort_by(|a, b| b.2.total_cmp(&a.2));
    let stands_out = measured.len() > 1 && measured[0].2 > measured[1].2;
    if !stands_out {
        return None;
    }
    let (id, index, _) = measured[0];
    let index = u16::try_from(index).ok()?;
    Some((id, book.field(id, Field::SpecName(index))?, book.field(id, Field::Spec(index))?))
}

/// The first number of a product's property whose name holds a stem.
fn measure(product: &Arc<Product>, property: &str) -> Option<(usize, f64)> {
    product.specs.iter().enumerate().find_map(|(i, spec)| {
        let named = tokens(&spec.name).iter().any(|t| stem(&t.text).starts_with(property));
        let SpecValue::Text(text) = &spec.value else { return None };
        if !named {
            return None;
        }
        let words = unit::merge(tokens(text), text);
        words.iter().find_map(|word| match unit::split(&word.text)? {
            (number, "tb") => Some((i, number * 1024.0)),
            (number, "g") => Some((i, number / 1000.0)),
            (number, _) => Some((i, number)),
        })
    })
}
