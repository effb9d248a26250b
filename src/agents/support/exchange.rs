//! Exchanges: what is had instead, and what it costs more or less.

use super::super::lookup::{Findings, Lookup};
use super::super::say;
use super::super::turn::{Answer, Turn};
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::order::Order;
use crate::domain::query::ProductQuery;
use crate::domain::record::RecordKind;
use crate::domain::state::ConversationState;

/// The look-ups for what is wanted instead: the thing named, or one of the brand and the kind of what there is.
pub fn lookups(turn: &Turn<'_>, order: &Order, state: &ConversationState, book: &FactBook) -> Vec<Lookup> {
    let had = had(order, state);
    let named =
        turn.heard.products.iter().filter_map(|mention| mention.skus.first()).find(|sku| order.items.iter().all(|item| item.sku != **sku));
    let mut skus: Vec<String> = had.clone().into_iter().collect();
    skus.extend(named.cloned());
    let mut lookups = vec![Lookup::Products(skus)];
    let kind = had
        .and_then(|sku| book.find(RecordKind::Product, &sku))
        .and_then(|id| say::product(book, id))
        .and_then(|product| product.category.last().cloned());
    let brands: Vec<String> = turn.heard.brands.iter().map(|brand| brand.name.clone()).collect();
    if let (None, Some(kind), false) = (named, kind, brands.is_empty()) {
        let query = ProductQuery { brands, categories: vec![kind], ..ProductQuery::default() };
        lookups.push(Lookup::Search { query, limit: 2 });
    }
    lookups
}

/// The item that goes back.
fn had(order: &Order, state: &ConversationState) -> Option<String> {
    let kept = state.product().filter(|sku| order.items.iter().any(|item| item.sku == **sku)).map(str::to_owned);
    kept.or_else(|| order.items.first().filter(|_| order.items.len() == 1).map(|item| item.sku.clone()))
}

/// The prices of both, and what lies between them.
pub fn difference(turn: &Turn<'_>, found: &Findings, order: &Order, book: &mut FactBook, answer: &mut Answer, state: &ConversationState) {
    let Some(had) = had(order, state).and_then(|sku| book.find(RecordKind::Product, &sku)) else { return };
    let searched = found.searches.first().and_then(|search| match search.products.as_slice() {
        [only] => Some(*only),
        _ => None,
    });
    let named: Option<RecordId> =
        turn.heard.products.iter().filter_map(|mention| mention.skus.first()).find_map(|sku| book.find(RecordKind::Product, sku));
    let Some(instead) = named.filter(|id| *id != had).or(searched) else { return };
    say::price_gap(book, &[had, instead], answer);
    answer.acts.extend(say::stock(book, instead));
}
