//! Searches that ask for less, to have something to show.

use super::super::resolve;
use super::super::turn::Turn;
use crate::domain::goal::Goal;
use crate::domain::query::{ProductQuery, Sort};

/// A search for others of the kind in hand at another price: the old one, where it was for that kind, without the
/// bound that the price is to leave.
pub fn of_the_kind(turn: &Turn<'_>, old: &ProductQuery) -> ProductQuery {
    let focus = &turn.before.focus;
    let kind = focus.products.iter().chain(&focus.listed).find_map(|sku| resolve::kind_of(turn, sku));
    let other = kind.filter(|kind| !old.categories.is_empty() && !old.categories.iter().any(|own| own == kind));
    let searched = match other {
        Some(kind) => ProductQuery { categories: vec![kind.to_owned()], ..ProductQuery::default() },
        None => old.clone(),
    };
    ProductQuery { min_price: None, max_price: None, quality: None, ..searched }
}

/// "Not that one": the last search again, or others of its kind, without what is turned down.
pub fn without(turn: &Turn<'_>, turned_down: Vec<String>, new: &ProductQuery) -> ProductQuery {
    let of_its_kind = || {
        let kind = turned_down.first().and_then(|sku| resolve::kind_of(turn, sku));
        ProductQuery { categories: kind.map(str::to_owned).into_iter().collect(), ..ProductQuery::default() }
    };
    let old = turn.before.focus.query.clone().unwrap_or_else(of_its_kind);
    let mut query = ProductQuery { min_price: new.min_price.or(old.min_price), max_price: new.max_price.or(old.max_price), ..old };
    query.not_skus.extend(turned_down);
    query
}

/// The same for more money, where the price is bounded from above; not for who asks for something cheaper.
pub fn at_any_price(turn: &Turn<'_>, query: &ProductQuery) -> Option<ProductQuery> {
    let cheaper = turn.goal == Goal::RefineResults && turn.read.prices.is_empty() && turn.heard.words.iter().any(|w| w.text == "cheaper");
    if query.max_price.is_none() || !query.names_a_thing() || cheaper || !query.not_skus.is_empty() {
        return None;
    }
    Some(ProductQuery { min_price: query.max_price, max_price: None, sort: Sort::PriceUp, quality: None, ..query.clone() })
}

/// A query without its narrowest bounds, to have something to show: first without words and measures,
/// then without the price.
pub fn relaxed(query: &ProductQuery) -> Option<ProductQuery> {
    let mut wider = query.clone();
    if wider.in_stock {
        wider.in_stock = false;
        return Some(wider);
    }
    if !wider.categories.is_empty() && (!wider.terms.is_empty() || !wider.measures.is_empty()) {
        wider.terms.clear();
        wider.measures.clear();
        return Some(wider);
    }
    let bounded = wider.min_price.is_some() || wider.max_price.is_some();
    if bounded && wider.names_a_thing() {
        wider.sort = if wider.max_price.is_some() { Sort::PriceUp } else { Sort::PriceDown };
        wider.min_price = None;
        wider.max_price = None;
        return Some(wider);
    }
    // What is left beside a brand must still name a kind of thing: "Nintendo Switch" is no key switch.
    if !wider.brands.is_empty() && !wider.categories.is_empty() {
        wider.brands.clear();
        return Some(wider);
    }
    None
}
