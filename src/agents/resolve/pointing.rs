//! Products pointed at: by place, by "both", by most or least of something, as "the other one".

use std::sync::Arc;

use super::super::turn::Turn;
use super::super::understanding::qualities::Wished;
use super::super::understanding::references::{Extreme, Reference};
use super::{kind_of, ranking, weight, with_feature};
use crate::domain::act::ActKind;
use crate::domain::measure;
use crate::domain::product::Product;
use crate::domain::query::Quality;

/// Products pointed at, in the order meant.
pub fn pointed(turn: &Turn<'_>) -> Vec<String> {
    let found = by_reference(turn, &turn.read.reference);
    if !found.is_empty() || turn.read.reference.is_exact() { found } else { by_wish(turn, pointing_wish(turn)).into_iter().collect() }
}

/// Products pointed at only to be turned down: "not the big one", "not that one" of what is in hand.
pub fn turned_down(turn: &Turn<'_>) -> Vec<String> {
    let Some(denied) = &turn.read.reference.denied else { return Vec::new() };
    // "Not the big one, the Slim 5": what is wanted instead is said.
    if turn.read.reference.is_exact() || pointing_wish(turn).is_some() || !turn.heard.products.is_empty() {
        return Vec::new();
    }
    let found = by_reference(turn, &denied.reference);
    if !found.is_empty() || denied.reference.is_exact() {
        return found;
    }
    let wish = turn.read.wishes.iter().find(|wish| denied.words.contains(&wish.words.start));
    let wished: Vec<String> = by_wish(turn, wish).into_iter().collect();
    let focus = &turn.before.focus;
    let table = if focus.products.is_empty() { &focus.listed } else { &focus.products };
    match (wished.is_empty(), with_feature(turn)) {
        (false, _) => wished,
        (true, told) if !told.is_empty() => told,
        _ if table.len() == 1 || denied.reference.plural => table.clone(),
        _ => Vec::new(),
    }
}

/// Products that some words point at by place, price or weight, or as the other one.
fn by_reference(turn: &Turn<'_>, reference: &Reference) -> Vec<String> {
    let focus = &turn.before.focus;
    let listed = &focus.listed;
    if !reference.places.is_empty() {
        return reference.places.iter().filter_map(|place| listed.get(place - 1)).cloned().collect();
    }
    if reference.last {
        return listed.last().cloned().into_iter().collect();
    }
    if let Some(extreme) = reference.extreme {
        return most(turn, &of_the_maker(turn, table(turn)), extreme).into_iter().collect();
    }
    // "Both", after a case was shown for the phone: the phone and the case.
    if let ([product], [shown, ..], true) = (focus.products.as_slice(), listed.as_slice(), reference.all)
        && turn.before.last_acts.contains(&ActKind::AccessoriesIntro)
    {
        return vec![product.clone(), shown.clone()];
    }
    if reference.all {
        return if focus.products.len() > 1 { focus.products.clone() } else { listed.clone() };
    }
    if reference.other { other(turn) } else { Vec::new() }
}

/// What is chosen from: of two that were just compared "the cheaper one" is one of the two; else of the list, or of
/// the two things of a kind that were talked about last.
pub(super) fn table(turn: &Turn<'_>) -> Vec<String> {
    let focus = &turn.before.focus;
    if focus.products.len() > 1 && are_different(turn, &focus.products) {
        return focus.products.clone();
    }
    if focus.listed.len() > 1 && are_different(turn, &focus.listed) || focus.recent.len() < 2 {
        return focus.listed.clone();
    }
    let own = kind_of(turn, &focus.recent[0]);
    let mut last: Vec<String> = Vec::new();
    for sku in focus.recent.iter().filter(|sku| kind_of(turn, sku) == own) {
        if last.is_empty() || last.len() == 1 && are_different(turn, &[last[0].clone(), sku.clone()]) {
            last.push(sku.clone());
        }
    }
    match (last.len() > 1, focus.products.len() > 1) {
        (true, _) => last,
        (false, true) => focus.products.clone(),
        (false, false) => focus.listed.clone(),
    }
}

/// Whether some products are more than one product in several colours: of those alone none is "the cheaper one".
fn are_different(turn: &Turn<'_>, skus: &[String]) -> bool {
    let found = products(turn, skus);
    let alike = |pair: &[Arc<Product>]| pair[0].family() == pair[1].family() && pair[0].price == pair[1].price;
    found.len() < skus.len() || !found.windows(2).all(alike)
}

/// "The cheapest ASUS one": of those on the table, the maker's; none, where nothing there is of the maker.
fn of_the_maker(turn: &Turn<'_>, table: Vec<String>) -> Vec<String> {
    let heard = turn.heard;
    let outside = |i: usize| !heard.products.iter().any(|p| p.words.contains(&heard.brands[i].words.start));
    let said: Vec<usize> = (0..heard.brands.len()).filter(|i| turn.read.roles.wants_brand(*i) && outside(*i)).collect();
    if said.is_empty() || heard.brands.len() > 1 {
        return table;
    }
    let of_it = |p: &Product| said.iter().any(|i| p.brand.eq_ignore_ascii_case(&heard.brands[*i].name));
    let own = |sku: &String| turn.shown.iter().any(|p| p.sku == *sku && of_it(p));
    table.into_iter().filter(own).collect()
}

/// "No, the other one": of those on the table or talked about before, the one spoken of last that is not the present
/// one; of its kind, if any is. Of two that are meant together there is no other.
fn other(turn: &Turn<'_>) -> Vec<String> {
    let focus = &turn.before.focus;
    let [present] = focus.products.as_slice() else { return Vec::new() };
    let own = kind_of(turn, present);
    let others = || focus.recent.iter().chain(&focus.listed).filter(|sku| *sku != present);
    let found = others().find(|sku| kind_of(turn, sku) == own).or_else(|| others().next());
    found.cloned().into_iter().collect()
}

fn most(turn: &Turn<'_>, table: &[String], extreme: Extreme) -> Option<String> {
    let products = products(turn, table);
    let price = |p: &&Arc<Product>| p.price.map(|price| price.minor);
    let grams = |p: &&Arc<Product>| weight(p).map(|kg| (kg * 1000.0) as i64);
    // Of things at one price none is the cheaper one.
    let told_apart = products.len() < 2 || products.windows(2).any(|pair| pair[0].price != pair[1].price);
    if !told_apart && matches!(extreme, Extreme::Cheapest | Extreme::Dearest) {
        return None;
    }
    let found = match extreme {
        Extreme::Cheapest => products.iter().filter(|p| price(p).is_some()).min_by_key(price),
        Extreme::Dearest => products.iter().filter(|p| price(p).is_some()).max_by_key(price),
        Extreme::Lightest => products.iter().filter(|p| grams(p).is_some()).min_by_key(grams),
        Extreme::Heaviest => products.iter().filter(|p| grams(p).is_some()).max_by_key(grams),
    };
    found.map(|p| p.sku.clone())
}

fn products(turn: &Turn<'_>, skus: &[String]) -> Vec<Arc<Product>> {
    turn.shown.iter().filter(|p| skus.contains(&p.sku)).cloned().collect()
}

/// The wish that says which of those on the table is meant, rather than what to look for: "the bigger one", "the one
/// with the longer battery".
pub fn pointing_wish<'a>(turn: &'a Turn<'_>) -> Option<&'a Wished> {
    let text = |i: usize| turn.heard.words.get(i).map_or("", |w| w.text.as_str());
    let denied = turn.read.reference.denied.as_ref().map(|denied| denied.words.clone()).unwrap_or_default();
    turn.read.wishes.iter().filter(|wish| !denied.contains(&wish.words.start)).find(|wish| {
        // "Is that quiet" asks of it; "is that the quiet one" says which.
        let asked = wish.words.start > 1 && matches!(text(wish.words.start - 2), "is" | "are" | "was" | "isnt");
        let before = wish.words.start.checked_sub(1).map_or("", text);
        let definite = before == "the" || matches!(before, "that" | "this") && !asked;
        let ends = wish.words.end == turn.heard.words.len();
        let gap = || turn.heard.words[wish.words.end].start > turn.heard.words[wish.words.end - 1].end + 1;
        definite && (ends || text(wish.words.end) == "one" || text(wish.words.end) == "of" || gap())
    })
}

/// The one that has most of what a wish is for, where the records tell it.
fn by_wish(turn: &Turn<'_>, wish: Option<&Wished>) -> Option<String> {
    let quality = &wish?.quality;
    let products = products(turn, &table(turn));
    if products.len() < 2 {
        return None;
    }
    if quality.properties.iter().any(|p| p == super::super::understanding::qualities::PRICE) {
        return None;
    }
    let best = best_of(&products, quality).or_else(|| if of_size(quality) { by_bulk(&products, quality.less) } else { None })?;
    products.get(best).map(|p| p.sku.clone())
}

fn best_of(products: &[Arc<Product>], quality: &Quality) -> Option<usize> {
    let ranked = ranking(products, quality)?;
    let apart = ranked.len() < 2 || (ranked[0].2 - ranked[1].2).abs() > f64::EPSILON;
    ranked.first().filter(|_| apart).map(|(i, _, _)| *i)
}

/// Whether it is how big a thing is that is spoken of.
fn of_size(quality: &Quality) -> bool {
    quality.properties.iter().any(|p| p == "size")
}

/// The bigger or smaller of things that state no size: by what they weigh, else by what they cost.
fn by_bulk(products: &[Arc<Product>], less: bool) -> Option<usize> {
    let weights = || Quality { properties: vec![measure::stems("weight")], less, degree: crate::domain::query::Degree::More };
    let priced = || {
        let priced = products.iter().enumerate().filter_map(|(i, p)| Some((i, p.price?.minor)));
        if less { priced.min_by_key(|(_, minor)| *minor) } else { priced.max_by_key(|(_, minor)| *minor) }
    };
    best_of(products, &weights()).or_else(|| priced().map(|(i, _)| i))
}
