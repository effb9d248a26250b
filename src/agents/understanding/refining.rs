//! From one product query to the next.

use super::needs::push;
use crate::domain::money::Money;
use crate::domain::query::{Degree, ProductQuery, Sort};

/// Whether a message only narrows down what is on the table: it bounds or names a property, but no other
/// kind of thing.
pub fn refines(new: &ProductQuery, old: &ProductQuery) -> bool {
    let same_kind = new.categories.is_empty() || new.categories.iter().any(|c| old.categories.contains(c));
    let ordered = new.sort != Sort::Relevance || new.quality.is_some();
    same_kind && (!new.is_empty() || new.in_stock || ordered || !new.not_terms.is_empty() || !new.hints.is_empty())
}

/// The old query with everything the new one states in its place.
pub fn merge(old: &ProductQuery, new: ProductQuery) -> ProductQuery {
    let mut merged = old.clone();
    if !new.categories.is_empty() {
        merged.categories = new.categories;
    }
    if !new.brands.is_empty() {
        merged.not_brands.retain(|brand| !new.brands.contains(brand));
        merged.brands = new.brands;
    }
    for brand in new.not_brands {
        merged.brands.retain(|own| *own != brand);
        merged.not_brands.push(brand);
    }
    if new.min_price.is_some() || new.max_price.is_some() {
        merged.min_price = new.min_price.or(merged.min_price.filter(|min| new.max_price.is_none_or(|max| min.minor <= max.minor)));
        merged.max_price = new.max_price.or(merged.max_price.filter(|max| new.min_price.is_none_or(|min| max.minor >= min.minor)));
    }
    for measure in new.measures {
        merged.measures.retain(|own| own.unit != measure.unit || own.property != measure.property);
        merged.measures.push(measure);
    }
    new.terms.iter().for_each(|term| push(&mut merged.terms, term));
    new.hints.iter().for_each(|hint| push(&mut merged.hints, hint));
    merged.not_terms.extend(new.not_terms);
    merged.in_stock |= new.in_stock;
    if new.sort != Sort::Relevance {
        merged.sort = new.sort;
        merged.quality = None;
    }
    if let Some(quality) = new.quality {
        // What was wished for most strongly first counts; the newest wish decides among equals.
        let outdone = merged.quality.as_ref().is_some_and(|old| old.degree == Degree::Most && quality.degree == Degree::Wish);
        if !outdone {
            merged.quality = Some(quality);
        }
    }
    merged.not_skus.clear();
    merged.said = new.said;
    merged
}

/// The query for something cheaper than the cheapest of `prices`.
pub fn cheaper_than(old: &ProductQuery, prices: impl Iterator<Item = Money>) -> ProductQuery {
    let mut query = old.clone();
    if let Some(least) = prices.min_by_key(|price| price.minor) {
        query.max_price = Some(Money::new(least.minor - 1, least.currency));
        query.min_price = query.min_price.filter(|min| min.minor < least.minor);
    }
    query.sort = Sort::PriceDown;
    query.not_skus.clear();
    query
}

/// The query for something dearer than the dearest of `prices`.
pub fn dearer_than(old: &ProductQuery, prices: impl Iterator<Item = Money>) -> ProductQuery {
    let mut query = old.clone();
    if let Some(most) = prices.max_by_key(|price| price.minor) {
        query.min_price = Some(Money::new(most.minor + 1, most.currency));
        query.max_price = query.max_price.filter(|max| max.minor > most.minor);
    }
    query.sort = Sort::PriceUp;
    query.not_skus.clear();
    query
}
