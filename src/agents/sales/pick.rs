//! Which one to take, and which has most or least of something, with the reason out of the records.

use std::sync::Arc;

use super::super::lookup::{Findings, Lookup};
use super::super::resolve::{self, How};
use super::super::say;
use super::super::turn::{Answer, Step, Turn, chip};
use super::super::understanding::form::Asks;
use super::super::understanding::needs;
use super::super::understanding::qualities::PRICE;
use super::{asked, compare, find, wider};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::measure;
use crate::domain::product::{Availability, Product};
use crate::domain::query::{Degree, ProductQuery, Quality};
use crate::domain::record::Field;
use crate::domain::state::ConversationState;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::text::words;

/// Candidates looked at.
const CANDIDATES: usize = 8;
/// The winner and those after it.
const PLACES: usize = 3;

/// Needs in customers' words, and the property that serves them: more of it, or less. General knowledge
/// of what shops sell, not of a shop.
const NEEDS: &[(&str, &[&str], bool)] = &[
    ("travel travell commut commute train plane backpack", &["weight"], true),
    ("unplug unplugg outdoor", &["battery life", "battery"], false),
    ("fps esport shooter", &["refresh rate"], false),
    ("game gaming", &["graphics"], false),
    ("selfie portrait", &["main camera", "camera"], false),
    ("edit video photo program python code develop design multitask", &["memory"], false),
    ("file space picture download", &["storage", "capacity"], false),
    ("movie film", &["screen size", "display"], false),
    ("gym sweat rain pool shower beach", &["water resistance", "waterproof"], false),
];

/// Needs that a thing serves or does not, and the properties that say so.
const SERVES: &[(&str, &[&str])] = &[("draw sketch paint illustrat handwrit", &["pen support", "stylus", "pen"])];

/// Recommends one of those on the table, or of those that fit the need.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let meant = resolve::products(turn);
    let mut query = needs::query(turn.text, turn.heard, turn.read);
    let focus = &turn.before.focus;
    // "The quietest one you have", after a search, is the quietest of all that search found.
    let most = turn.read.wishes.iter().any(|wish| wish.quality.degree == Degree::Most);
    if let (true, Some(old), true) =
        (most && turn.read.form.asks != Asks::Which, &focus.query, query.categories.is_empty() && focus.products.len() < 2)
    {
        query = needs::merge(old, query);
    }
    let of_all = of_all(turn);
    if of_all {
        query = of_its_kind(turn, query);
    }
    // "Which one for 60 km a day": one of the kind talked about.
    let unnamed = query.categories.is_empty() && query.brands.is_empty() && turn.heard.products.is_empty();
    if turn.read.form.asks == Asks::Which && unnamed && !(focus.products.is_empty() && focus.listed.is_empty()) {
        query = of_its_kind(turn, query);
    }
    let which = turn.read.form.asks == Asks::Which && unnamed && focus.listed.len() > 1;
    let of_the_table = !(of_all && query.names_a_thing())
        && (meant.how != How::None && meant.skus.len() > 1
            || which
            || !query.names_a_thing() && query.brands.is_empty() && !(focus.listed.is_empty() && focus.products.is_empty()));
    if of_the_table {
        let table = table(turn, meant.skus);
        if found.products.is_empty() {
            return Step::Look(vec![Lookup::Products(table.into_iter().take(CANDIDATES).collect())]);
        }
        // "Which of the two is better for a PS5" is for the customer to see side by side.
        let undecided = turn.read.wishes.is_empty() && need(turn).is_none();
        if undecided && found.products.len() > 1 && turn.read.form.asks == Asks::Which && !turn.heard.products.is_empty() {
            return compare::step(turn, found, book, state);
        }
        let ids = meeting(turn, &found.products, book);
        if !ids.is_empty() {
            return choose(turn, &ids, book, state);
        }
        // "Which one is better for diving, I go down to 15 meters", of the two in hand: both are shown side by side.
        if turn.read.form.asks == Asks::Which && focus.products.len() > 1 && turn.read.prices.is_empty() {
            return compare::step(turn, found, book, state);
        }
        return find::search(&turn.pass_on(), found, book, state);
    }
    let of_need = needs::by_need(turn.text, turn.heard, turn.read).filter(|_| query.categories.is_empty());
    let query = of_need.unwrap_or_else(|| needs::by_words(query));
    if !query.names_a_thing() && query.brands.is_empty() {
        return find::search(&turn.pass_on(), found, book, state);
    }
    match found.searches.last() {
        None => Step::Look(vec![Lookup::Search { query: wished(turn, query), limit: CANDIDATES }]),
        // First without the words nobody sells by, then without the bounds.
        Some(search) if search.products.is_empty() => match wider::relaxed(&search.query).filter(|_| found.searches.len() < 3) {
            Some(query) => Step::Look(vec![Lookup::Search { query, limit: CANDIDATES }]),
            None => find::search(&turn.pass_on(), found, book, state),
        },
        // Nothing speaks for any of them: to recommend one would be to claim that it does.
        Some(search) if found.searches.len() == 1 && find::unchecked(turn, search).is_some() => find::some(turn, found, book, state),
        Some(search) => {
            find::remember(found, book, state);
            let ids = numbered(turn, search.products.clone(), book);
            choose(turn, &ids, book, state)
        }
    }
}

/// "The quietest one you have": of all there are of its kind, rather than of the few just shown.
pub fn of_all(turn: &Turn<'_>) -> bool {
    let most = turn.read.wishes.iter().any(|wish| wish.quality.degree == Degree::Most);
    let has = |pair: &[crate::domain::heard::Word]| {
        let (first, second) = (pair[0].text.as_str(), pair[1].text.as_str());
        matches!(first, "you" | "u" | "ya") && matches!(second, "have" | "got" | "sell" | "carry" | "stock" | "offer")
            || matches!(first, "your" | "the" | "whole") && matches!(second, "shop" | "store" | "catalogue" | "range" | "assortment")
    };
    most && turn.heard.words.windows(2).any(has)
}

/// The kind of thing talked about, without the bounds of an earlier search.
fn of_its_kind(turn: &Turn<'_>, query: ProductQuery) -> ProductQuery {
    let new = needs::query(turn.text, turn.heard, turn.read);
    if !new.categories.is_empty() {
        return new;
    }
    let focus = &turn.before.focus;
    let table = focus.products.iter().chain(&focus.listed);
    let leaf = |sku: &String| resolve::kind_of(turn, sku).map(str::to_owned);
    let kind = table.map(leaf).next().flatten();
    let categories = kind.map_or(query.categories, |kind| vec![kind]);
    ProductQuery { categories, ..new }
}

/// Of products on the table, those that meet the measures of the message: "the cheapest with more than 50 min".
fn meeting(turn: &Turn<'_>, ids: &[RecordId], book: &FactBook) -> Vec<RecordId> {
    let meets = |id: &RecordId| {
        let Some(product) = say::product(book, *id) else { return false };
        turn.read.measures.measures.iter().filter(|m| m.unit != "people").all(|wanted| measure::meets(&product, wanted))
    };
    let meeting: Vec<RecordId> = ids.iter().copied().filter(meets).collect();
    numbered(turn, meeting, book)
}

/// "The cheapest 55": of those that are told apart by a number in their names, the ones that have it.
fn numbered(turn: &Turn<'_>, ids: Vec<RecordId>, book: &FactBook) -> Vec<RecordId> {
    const LEAST_DIGITS: usize = 2;
    let taken = |i: &usize| turn.read.prices.words.contains(i) || turn.read.measures.words.contains(i);
    let digits = |text: &str| text.len() >= LEAST_DIGITS && text.bytes().all(|b| b.is_ascii_digit());
    let said = turn.heard.words.iter().enumerate().filter(|(i, w)| digits(&w.text) && !taken(i));
    for (_, number) in said {
        let has = |id: &RecordId| say::product(book, *id).is_some_and(|p| resolve::numbered(&p, &number.text));
        let found: Vec<RecordId> = ids.iter().copied().filter(has).collect();
        if !found.is_empty() && found.len() < ids.len() {
            return found;
        }
    }
    ids
}

/// The products a choice is made from: those meant, those compared last, those listed last.
fn table(turn: &Turn<'_>, meant: Vec<String>) -> Vec<String> {
    let focus = &turn.before.focus;
    if meant.len() > 1 {
        meant
    } else if focus.products.len() > 1 {
        focus.products.clone()
    } else if focus.listed.len() > 1 || focus.recent.len() < 2 {
        focus.listed.clone()
    } else {
        // "Which of the two": the two talked about last.
        focus.recent.iter().take(2).cloned().collect()
    }
}

/// The query in the order the need wants it.
fn wished(turn: &Turn<'_>, mut query: ProductQuery) -> ProductQuery {
    query.quality = query.quality.or_else(|| need(turn));
    query
}

fn choose(turn: &Turn<'_>, ids: &[RecordId], book: &mut FactBook, state: &mut ConversationState) -> Step {
    let serving = serving(turn, ids, book);
    let ids = &serving.iter().map(|(id, _)| *id).collect::<Vec<_>>();
    let wish = turn.read.wishes.iter().map(|wish| wish.quality.clone()).max_by_key(|quality| quality.degree);
    let quality = wish.or_else(|| need(turn));
    let asks_for_most = quality.as_ref().is_some_and(|q| q.degree >= Degree::More);
    let there: Vec<RecordId> = ids.iter().copied().filter(|id| is_there(book, *id)).collect();
    // "The longest battery" is a fact whatever is in stock; a recommendation is of what can be had.
    let candidates = if there.is_empty() || asks_for_most { ids.to_vec() } else { there };
    let mut answer = Answer::default();
    let ranked = quality
        .as_ref()
        .filter(|q| !q.properties.first().is_some_and(|p| PRICE.starts_with(p.as_str())))
        .and_then(|q| rank(book, &candidates, q));
    let best = match (ranked, quality) {
        (Some(ranked), _) if asks_for_most || stands_out(&ranked) => say_ranked(book, &ranked, asks_for_most, &mut answer),
        // "Which has more power", of which the records state nothing: the cheapest is no answer.
        (_, Some(quality)) if asks_for_most && !needs::is_price(&quality) && unstated(turn, book, &candidates, &mut answer) => None,
        (_, quality) => say_by_price(book, &candidates, quality.as_ref(), &mut answer),
    };
    if let Some(best) = best {
        state.focus.products = say::skus(book, &[best]);
        let serves = serving.iter().find(|(id, _)| *id == best).and_then(|(_, spec)| *spec);
        answer.acts.extend(serves.and_then(|spec| super::question::spec(book, best, spec, false)));
    }
    if turn.before.focus.listed.is_empty()
        || !ids.iter().any(|id| say::product(book, *id).is_some_and(|p| turn.before.focus.listed.contains(&p.sku)))
    {
        state.focus.listed = say::skus(book, ids);
    }
    answer.options.push(chip("more", "Tell me more about it"));
    answer.done()
}

/// Says that the records of those a choice is made from do not state what was asked; `false` where too many are meant.
fn unstated(turn: &Turn<'_>, book: &mut FactBook, ids: &[RecordId], answer: &mut Answer) -> bool {
    const FEW: usize = 5;
    let wish = turn.read.wishes.iter().max_by_key(|wish| wish.quality.degree);
    let property = wish.and_then(|wish| turn.heard.words.get(wish.words.end - 1)).filter(|word| !words::is_request(&word.text, &word.stem));
    if ids.len() < 2 || ids.len() > FEW {
        return false;
    }
    for id in ids {
        // "Which uses less energy", of classes rather than numbers: what is stated, side by side.
        let stated = say::product(book, *id).and_then(|p| match asked::asked_of(turn, &p) {
            asked::Asked::Specs(found) => found.first().map(|found| found.index),
            _ => None,
        });
        if let Some(act) = stated.and_then(|index| super::question::spec(book, *id, index, false)) {
            answer.say(act);
            answer.cards.push(*id);
            continue;
        }
        let word = property.map(|word| book.said(&word.text));
        let name = say::name(book, *id);
        answer.say(Act::plain(ActKind::SpecUnknown).with_some("product", name).with_some("word", word));
        answer.cards.push(*id);
    }
    true
}

/// Of some products those whose records say that they serve what is wanted of them, with the property that says so.
fn serving(turn: &Turn<'_>, ids: &[RecordId], book: &FactBook) -> Vec<(RecordId, Option<usize>)> {
    let said = |stems: &str| turn.heard.words.iter().any(|w| stems.split(' ').any(|stem| stem == w.stem));
    let names: Vec<String> =
        SERVES.iter().filter(|(stems, _)| said(stems)).flat_map(|(_, names)| *names).map(|n| measure::stems(n)).collect();
    let place = |id: &RecordId| {
        let product = say::product(book, *id)?;
        let states = |i: &usize| asked::states(&product, *i);
        (0..product.specs.len())
            .filter(states)
            .find(|i| names.iter().any(|name| measure::says(&measure::stems(&product.specs[*i].name), name)))
    };
    let found: Vec<(RecordId, Option<usize>)> = ids.iter().map(|id| (*id, place(id))).filter(|(_, place)| place.is_some()).collect();
    if found.is_empty() { ids.iter().map(|id| (*id, None)).collect() } else { found }
}

fn is_there(book: &FactBook, id: RecordId) -> bool {
    say::product(book, id).is_some_and(|p| p.availability() == Availability::InStock)
}

/// Which of those compared serves the need that was stated, where their records tell them apart by it.
pub fn verdict(turn: &Turn<'_>, book: &mut FactBook, ids: &[RecordId], answer: &mut Answer) {
    let Some(quality) = need(turn) else { return };
    let Some(ranked) = rank(book, ids, &quality).filter(|ranked| stands_out(ranked)) else { return };
    let (best, spec, _) = ranked[0];
    if let Some(name) = say::name(book, best) {
        answer.say(Act::plain(ActKind::Recommend).with("product", name));
        answer.acts.extend(placed(book, best, spec, ActKind::RecommendSpec));
    }
}

/// What the message, or what it continues, needs most.
fn need(turn: &Turn<'_>) -> Option<Quality> {
    let said: Vec<String> = tokens(turn.said).iter().map(|t| stem(&t.text)).collect();
    let stems: Vec<&str> = turn.heard.words.iter().map(|w| w.stem.as_str()).chain(said.iter().map(String::as_str)).collect();
    NEEDS.iter().find(|(words, _, _)| words.split(' ').any(|word| stems.contains(&word))).map(|(_, properties, less)| Quality {
        properties: properties.iter().map(|p| measure::stems(p)).collect(),
        less: *less,
        degree: Degree::Wish,
    })
}

/// Candidates in order of a wish, each with the specification that places it.
fn rank(book: &FactBook, ids: &[RecordId], quality: &Quality) -> Option<Vec<(RecordId, usize, f64)>> {
    let products: Vec<(RecordId, Arc<Product>)> = ids.iter().filter_map(|id| Some((*id, say::product(book, *id)?))).collect();
    let plain: Vec<Arc<Product>> = products.iter().map(|(_, p)| Arc::clone(p)).collect();
    let ranked = resolve::ranking(&plain, quality).or_else(|| only_one_states(&plain, quality))?;
    Some(ranked.into_iter().map(|(i, spec, number)| (products[i].0, spec, number)).collect())
}

/// The one of several that states what is wished for at all: of two speakers, the one with a water resistance.
fn only_one_states(products: &[Arc<Product>], quality: &Quality) -> Option<Vec<(usize, usize, f64)>> {
    if quality.less || products.len() < 2 {
        return None;
    }
    quality.properties.iter().find_map(|property| {
        let mut stated =
            products.iter().enumerate().filter_map(|(i, p)| measure::of_product(p, property).map(|(spec, m)| (i, spec, m.number)));
        let only = stated.next()?;
        stated.next().is_none().then(|| vec![only])
    })
}

/// Whether the first of a ranking is ahead of the second.
fn stands_out(ranked: &[(RecordId, usize, f64)]) -> bool {
    ranked.len() == 1 || ranked.len() > 1 && (ranked[0].2 - ranked[1].2).abs() > f64::EPSILON
}

/// The winner with its reason, and who comes after it. Ties are told as such by listing them.
fn say_ranked(book: &mut FactBook, ranked: &[(RecordId, usize, f64)], most: bool, answer: &mut Answer) -> Option<RecordId> {
    let (best, spec, number) = *ranked.first()?;
    let name = say::name(book, best)?;
    if !most {
        answer.say(Act::plain(ActKind::Recommend).with("product", name));
    }
    answer.acts.extend(placed(book, best, spec, if most { ActKind::Top } else { ActKind::RecommendSpec }));
    answer.acts.extend(say::price(book, best));
    answer.acts.extend(say::stock(book, best));
    answer.cards.push(best);
    let mut shown = 1;
    for (id, spec, own) in ranked.iter().skip(1).take(PLACES - 1) {
        // Of two only, the other one is worth a word; of many, those that come close or are there.
        let tie = (own - number).abs() < f64::EPSILON;
        if most || tie {
            answer.acts.extend(placed(book, *id, *spec, ActKind::NextBest));
            answer.cards.push(*id);
            shown += 1;
        }
        if shown == PLACES || !tie && is_there(book, best) && shown > 1 {
            break;
        }
    }
    Some(best)
}

/// A product with the property that places it.
fn placed(book: &mut FactBook, id: RecordId, spec: usize, kind: ActKind) -> Option<Act> {
    let (name, spec, value) = say::stated(book, id, spec)?;
    Some(Act::plain(kind).with("product", name).with("spec", spec).with("value", value))
}

/// The cheapest or dearest, where nothing else decides.
fn say_by_price(book: &mut FactBook, ids: &[RecordId], quality: Option<&Quality>, answer: &mut Answer) -> Option<RecordId> {
    let priced = |id: &RecordId| say::product(book, *id).and_then(|p| p.price).map(|price| price.minor);
    let about_price = quality.filter(|q| needs::is_price(q));
    let with_price = ids.iter().copied().filter(|id| priced(id).is_some());
    let best = match about_price {
        Some(quality) if !quality.less => with_price.max_by_key(|id| priced(id)),
        _ => with_price.min_by_key(|id| priced(id)),
    };
    let best = best.or_else(|| ids.first().copied())?;
    let name = say::name(book, best)?;
    let price = book.field(best, Field::Price);
    match (about_price, price) {
        (Some(quality), Some(price)) => {
            let kind = if quality.less { ActKind::TopCheapest } else { ActKind::TopDearest };
            answer.say(Act::plain(kind).with("product", name).with("price", price));
        }
        _ => {
            answer.say(Act::plain(ActKind::Recommend).with("product", name));
            answer.say(Act::plain(ActKind::RecommendCheapest).with_some("price", price));
        }
    }
    answer.acts.extend(say::stock(book, best));
    answer.cards.push(best);
    Some(best)
}
