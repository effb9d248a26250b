//! Of several products that a name fits, those that are meant.

use super::super::say;
use super::super::turn::Turn;
use super::super::understanding::references::Extreme;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::money::Money;
use crate::domain::product::{Availability, Product};

/// A name that fits a phone and its case means what most of its products are.
pub fn one_kind_each(turn: &Turn<'_>, items: Vec<(RecordId, u32)>, book: &FactBook) -> Vec<(RecordId, u32)> {
    let leaf = |id: RecordId| say::product(book, id).and_then(|p| p.leaf_category().map(str::to_owned));
    let sku = |id: RecordId| say::product(book, id).map(|p| p.sku.clone()).unwrap_or_default();
    let mut kept = items.clone();
    for mention in turn.heard.products.iter().filter(|m| m.skus.len() > 1) {
        let own: Vec<RecordId> = items.iter().map(|(id, _)| *id).filter(|id| mention.skus.contains(&sku(*id))).collect();
        let count = |kind: &Option<String>| own.iter().filter(|id| leaf(**id) == *kind).count();
        let most = own.iter().map(|id| leaf(*id)).rev().max_by_key(count);
        if let Some(most) = most {
            kept.retain(|(id, _)| !own.contains(id) || leaf(*id) == most);
        }
    }
    kept
}

/// In a basket every name is one product: the first that can be had.
pub fn one_of_each_name(turn: &Turn<'_>, items: Vec<(RecordId, u32)>, book: &FactBook) -> Vec<(RecordId, u32)> {
    let sku = |id: RecordId| say::product(book, id).map(|p| p.sku.clone()).unwrap_or_default();
    let there = |id: RecordId| say::product(book, id).is_some_and(|p| p.availability() != Availability::OutOfStock);
    let mut kept = items.clone();
    for mention in turn.heard.products.iter().filter(|m| m.skus.len() > 1) {
        let own: Vec<RecordId> = items.iter().map(|(id, _)| *id).filter(|id| mention.skus.contains(&sku(*id))).collect();
        let chosen = own.iter().copied().find(|id| there(*id)).or(own.first().copied());
        kept.retain(|(id, _)| !own.contains(id) || Some(*id) == chosen);
    }
    kept
}

/// "The 1199 MacBook": of several, the one that costs what was said.
pub fn at_the_price_said(turn: &Turn<'_>, items: Vec<(RecordId, u32)>, book: &FactBook) -> Vec<(RecordId, u32)> {
    let said: Vec<i64> =
        turn.heard.words.iter().filter_map(|w| Money::parse_decimal(&w.text, turn.shop.currency).ok()).map(|money| money.minor).collect();
    let unit = 10_i64.pow(turn.shop.currency.minor_digits());
    let costs = |id: RecordId| {
        let price = say::product(book, id).and_then(|p| p.price).map(|price| price.minor);
        price.is_some_and(|minor| said.iter().any(|own| *own == minor || *own == minor - minor % unit && *own >= 10 * unit))
    };
    let fitting: Vec<(RecordId, u32)> = items.iter().copied().filter(|(id, _)| costs(*id)).collect();
    if items.len() > 1 && fitting.len() == 1 { fitting } else { items }
}

/// Of one product in several colours the one that is there.
pub fn one_of_each_family(items: Vec<(RecordId, u32)>, book: &FactBook) -> Vec<(RecordId, u32)> {
    let alike = |a: &Product, b: &Product| {
        let options = !a.options.is_empty() && !b.options.is_empty();
        let kin = a.variant_of.is_some() && (a.variant_of == b.variant_of || a.variant_of.as_ref() == Some(&b.sku))
            || b.variant_of.as_ref() == Some(&a.sku);
        a.price == b.price && (kin || options && a.brand == b.brand && a.leaf_category() == b.leaf_category())
    };
    let mut kept: Vec<(RecordId, u32)> = Vec::new();
    for (id, count) in items {
        let Some(product) = say::product(book, id) else { continue };
        let twin = kept.iter().position(|(other, _)| say::product(book, *other).is_some_and(|other| alike(&product, &other)));
        match twin {
            Some(at) => {
                let there = |id: RecordId| say::product(book, id).is_some_and(|p| p.availability() != Availability::OutOfStock);
                if !there(kept[at].0) && there(id) {
                    kept[at] = (id, count);
                }
            }
            None => kept.push((id, count)),
        }
    }
    kept
}

/// "The cheapest washing machine": of a kind, the one that has least or most of something.
pub fn the_extreme(turn: &Turn<'_>, found: &[RecordId], book: &FactBook) -> Option<RecordId> {
    let has = |list: &[&str]| turn.heard.words.iter().any(|w| list.contains(&w.text.as_str()));
    let priced = || found.iter().filter_map(|id| Some((*id, say::product(book, *id)?.price?.minor)));
    match turn.read.reference.extreme {
        Some(Extreme::Cheapest) => priced().min_by_key(|(_, minor)| *minor).map(|(id, _)| id),
        Some(Extreme::Dearest) => priced().max_by_key(|(_, minor)| *minor).map(|(id, _)| id),
        _ if has(&["cheapest"]) => priced().min_by_key(|(_, minor)| *minor).map(|(id, _)| id),
        _ => None,
    }
}
