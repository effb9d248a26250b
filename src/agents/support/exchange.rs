//! Exchanges: what is had instead, and what it costs more or less.

use super::super::lookup::{Findings, Lookup};
use super::super::turn::{Answer, Turn};
use super::super::{resolve, say};
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::order::Order;
use crate::domain::product::Product;
use crate::domain::query::ProductQuery;
use crate::domain::record::RecordKind;
use crate::domain::state::ConversationState;
use crate::domain::text::token::tokens;

/// The look-ups for what is wanted instead: the thing named, or one of the brand and the kind of what there is.
pub fn lookups(turn: &Turn<'_>, order: &Order, state: &ConversationState, book: &FactBook) -> Vec<Lookup> {
    let had = had(order, state);
    let named = instead(turn, order);
    let mut skus: Vec<String> = had.clone().into_iter().collect();
    skus.extend(named.clone());
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

/// What is wanted: the product named, or the version of the ordered one that the words pick ("the 512 gb one").
fn instead(turn: &Turn<'_>, order: &Order) -> Option<String> {
    let other = |sku: &String| order.items.iter().all(|item| item.sku != *sku);
    let named = turn.heard.products.iter().filter_map(|mention| mention.skus.first().cloned()).find(other);
    let only = |picked: Vec<String>| <[String; 1]>::try_from(picked).ok().map(|[only]| only);
    named.or_else(|| only(resolve::variant(turn).into_iter().filter(other).collect())).or_else(|| only(measured_otherwise(turn, order)))
}

/// Versions of an ordered thing by the number that is theirs and not the ordered one's: "the 512".
fn measured_otherwise(turn: &Turn<'_>, order: &Order) -> Vec<String> {
    let numbers = |product: &Product| -> Vec<String> {
        let of_options = product.options.iter().flat_map(|(_, value)| tokens(value));
        of_options.map(|token| digits(&token.text)).filter(|number| !number.is_empty()).collect()
    };
    let ordered: Vec<_> = turn.shown.iter().filter(|p| order.items.iter().any(|item| item.sku == p.sku)).collect();
    let had: Vec<String> = ordered.iter().flat_map(|p| numbers(p)).collect();
    let kin = turn.shown.iter().filter(|p| ordered.iter().any(|own| own.family() == p.family() && own.sku != p.sku));
    let said = |number: &String| turn.heard.words.iter().any(|word| digits(&word.text) == *number);
    kin.filter(|p| numbers(p).iter().any(|number| said(number) && !had.contains(number))).map(|p| p.sku.clone()).collect()
}

/// The number a word begins with: "512", of "512gb" too.
fn digits(word: &str) -> String {
    word.chars().take_while(char::is_ascii_digit).collect()
}

/// The item that goes back.
fn had(order: &Order, state: &ConversationState) -> Option<String> {
    let kept = state.product().filter(|sku| order.items.iter().any(|item| item.sku == **sku)).map(str::to_owned);
    kept.or_else(|| order.items.first().filter(|_| order.items.len() == 1).map(|item| item.sku.clone()))
}

/// The prices of both, and what lies between them.
pub fn difference(
    turn: &Turn<'_>,
    found: &Findings,
    order: &Order,
    book: &mut FactBook,
    answer: &mut Answer,
    state: &mut ConversationState,
) {
    let Some(had) = had(order, state).and_then(|sku| book.find(RecordKind::Product, &sku)) else { return };
    let searched = found.searches.first().and_then(|search| match search.products.as_slice() {
        [only] => Some(*only),
        _ => None,
    });
    let named: Option<RecordId> = instead(turn, order).and_then(|sku| book.find(RecordKind::Product, &sku));
    let Some(instead) = named.filter(|id| *id != had).or(searched) else { return };
    say::price_gap(book, &[had, instead], answer);
    answer.acts.extend(say::stock(book, instead));
    state.focus.listed = say::skus(book, &[had, instead]);
}
