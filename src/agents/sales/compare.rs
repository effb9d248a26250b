//! Products side by side.

use super::super::lookup::{Findings, Lookup};
use super::super::resolve;
use super::super::say;
use super::super::turn::{Answer, Step, Turn, chip};
use super::super::understanding::form::Asks;
use super::super::understanding::{needs, qualities};
use super::{ask_product, asked, goal, pick, question, wider};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, RecordId};
use crate::domain::heard::BrandNamed;
use crate::domain::product::{Availability, Product};
use crate::domain::query::ProductQuery;
use crate::domain::state::ConversationState;
use crate::domain::text::fold::fold;

/// Products compared at once.
const MOST: usize = 4;
/// Properties named.
const PROPERTIES: usize = 5;

/// From this share of its name on a product counts as named.
const NAMED: f32 = 0.3;

/// Compares what is meant: named, pointed at, or the first two on the table.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    // "The difference between OLED and QLED" is no question about two products.
    let barely = turn.heard.products.iter().all(|mention| mention.coverage < NAMED) && !turn.heard.products.is_empty();
    let of_the_table = !resolve::by_brand(turn).is_empty()
        || turn.heard.products.iter().any(|mention| mention.skus.iter().any(|sku| resolve::is_on_table(turn, sku)));
    if barely
        && !of_the_table
        && turn.heard.answered.as_ref().is_some_and(|answered| answered.score >= say::ANSWERS)
        && !turn.read.reference.is_exact()
    {
        return say::from_knowledge(turn, found, book);
    }
    // "Which has Bluetooth", of those just compared: the property alone is asked for.
    let again = turn.read.form.asks == Asks::Which && turn.heard.products.is_empty() && turn.read.wishes.is_empty();
    if again && asks_for_a_property(turn) {
        return question::step(turn, found, book, state);
    }
    let next = next_one(turn);
    let mut skus = if next.is_some() { turn.before.focus.products.clone() } else { meant(turn) };
    // "And the Samsung one, is that cheaper", of a list: than the others there.
    if goal::asks_whether_it_is_cheaper(turn) && turn.before.focus.products.is_empty() && turn.before.focus.listed.len() > skus.len() {
        skus.truncate(1);
        skus.extend(cheapest_beside(turn, &skus));
    }
    let of_makers = next.is_some() || skus.len() + outside_brands(turn).len() > 1 && !outside_brands(turn).is_empty();
    if skus.len() < 2 && !of_makers {
        skus = turn.before.focus.listed.iter().take(2).cloned().collect();
    }
    skus.truncate(MOST);
    if skus.len() < 2 && !of_makers && !resolve::feature(turn).is_empty() {
        return question::step(turn, found, book, state);
    }
    if skus.len() < 2 && !of_makers {
        return ask_product(turn, state, &turn.before.focus.listed);
    }
    if found.products.is_empty() && !skus.is_empty() {
        return Step::Look(vec![Lookup::Products(skus)]);
    }
    let mut compared = found.products.clone();
    let makers = next.map_or_else(|| makers(turn, book, &compared), |next| vec![next]);
    if let Some(query) = makers.get(found.searches.len()) {
        return Step::Look(vec![Lookup::Search { query: query.clone(), limit: 1 }]);
    }
    compared.extend(found.searches.iter().filter_map(|search| search.products.first()));
    compared.truncate(MOST);
    if compared.len() < 2 {
        return ask_product(turn, state, &turn.before.focus.listed);
    }
    state.focus.products = say::skus(book, &compared);
    state.focus.listed.clone_from(&state.focus.products);
    let mut answer = Answer::default();
    if by_property(turn, book, &compared, &mut answer) {
        answer.cards.extend(&compared);
        return answer.done();
    }
    say::price_gap(book, &compared, &mut answer);
    // "The difference in price" asks for nothing else.
    if asks_for_the_price_only(turn) || goal::asks_whether_it_is_cheaper(turn) {
        for id in &compared {
            let out = say::product(book, *id).is_some_and(|p| p.availability() == Availability::OutOfStock);
            answer.acts.extend(say::stock(book, *id).filter(|_| out));
        }
        answer.cards.extend(&compared);
        return answer.done();
    }
    differences(book, &compared, &mut answer);
    for id in &compared {
        let out = say::product(book, *id).is_some_and(|p| p.availability() == Availability::OutOfStock);
        if out {
            answer.acts.extend(say::stock(book, *id));
        }
        answer.cards.push(*id);
    }
    pick::verdict(turn, book, &compared, &mut answer);
    answer.options.push(chip("stock", "Is the cheaper one in stock?"));
    answer.options.push(chip("recommend", "Which one do you recommend?"));
    answer.done()
}

/// Whether words of the message are names of properties.
fn asks_for_a_property(turn: &Turn<'_>) -> bool {
    let named = |p: &std::sync::Arc<Product>| matches!(asked::asked_of(turn, p), asked::Asked::Specs(_));
    let meant = resolve::products(turn).skus;
    meant.len() > 1 && turn.shown.iter().filter(|p| meant.contains(&p.sku)).any(named)
}

/// What is compared: what is pointed at, what is named, the makers' products on the table; and what was talked about,
/// where that is only one.
fn meant(turn: &Turn<'_>) -> Vec<String> {
    let heard = turn.heard;
    let mut skus: Vec<String> = if turn.read.reference.is_exact() { resolve::pointed_at(turn) } else { Vec::new() };
    // Each name means one product, though it may come in several colours or name its case as well.
    let named = heard.products.iter().enumerate().filter(|(i, _)| heard.products.len() > 1 || turn.read.roles.wants_product(*i));
    for (_, mention) in named {
        let shown = |sku: &&String| resolve::is_on_table(turn, sku);
        let free = || mention.skus.iter().filter(|sku| !skus.contains(sku));
        // "The two Twists", "both Twists": all of the name that are on the table.
        let several =
            heard.products.len() == 1 && turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "two" | "both" | "three" | "2" | "3"));
        if several && free().filter(shown).count() > 1 {
            let all: Vec<String> = free().filter(shown).cloned().collect();
            skus.extend(all);
            continue;
        }
        let one = free().find(shown).or_else(|| free().next()).cloned();
        skus.extend(one);
    }
    // "The cheapest of those and the one with the app".
    let featured = resolve::with_feature(turn).into_iter().filter(|_| skus.len() == 1).find(|sku| *sku != skus[0]);
    skus.extend(featured);
    for sku in resolve::by_brand(turn) {
        if !skus.contains(&sku) {
            skus.push(sku);
        }
    }
    if skus.is_empty() && !outside_brands(turn).is_empty() {
        // "Compared to the Apple one?": a maker's own beside what is talked about.
        skus.extend(turn.before.focus.products.iter().filter(|_| outside_brands(turn).len() == 1).take(1).cloned());
    } else if skus.is_empty() {
        skus = resolve::products(turn).skus;
    }
    // "How does it compare to the Legion?" has one in the message and one on the table, which is another thing rather
    // than the same in another size.
    if skus.len() == 1 && outside_brands(turn).iter().all(|brand| turn.shown.iter().any(|p| skus.contains(&p.sku) && p.brand == brand.name))
    {
        let focus = &turn.before.focus;
        let others = || focus.products.iter().chain(&focus.recent).chain(&focus.listed).filter(|sku| **sku != skus[0]);
        let meant = heard.products.iter().flat_map(|mention| &mention.skus).collect::<Vec<_>>();
        let other = others().find(|sku| !meant.contains(sku)).or_else(|| others().next()).cloned();
        skus.extend(other.filter(|_| turn.read.reference.pronoun || heard.products.len() < 2));
    }
    // "Those two", of a longer list: the two talked about last.
    let two = skus.len() > 2 && heard.products.is_empty() && heard.words.iter().any(|w| w.text == "two");
    let last: Vec<String> = turn.before.focus.recent.iter().filter(|sku| skus.contains(sku)).take(2).cloned().collect();
    if two && last.len() == 2 { last } else { skus }
}

/// Makers named, and not as part of the names of products.
fn outside_brands<'a>(turn: &'a Turn<'_>) -> Vec<&'a BrandNamed> {
    let heard = turn.heard;
    let outside = |brand: &BrandNamed| !heard.products.iter().any(|p| p.words.start <= brand.words.end && brand.words.start <= p.words.end);
    heard.brands.iter().enumerate().filter(|(i, brand)| turn.read.roles.wants_brand(*i) && outside(brand)).map(|(_, brand)| brand).collect()
}

/// The cheapest of the others that are listed.
fn cheapest_beside(turn: &Turn<'_>, named: &[String]) -> Option<String> {
    let listed = turn.shown.iter().filter(|p| turn.before.focus.listed.contains(&p.sku) && !named.contains(&p.sku));
    listed.filter_map(|p| Some((p.price?.minor, p))).min_by_key(|(minor, _)| *minor).map(|(_, p)| p.sku.clone())
}

/// "And the next one up, what's the difference": beside the one in hand, the next of its kind in price.
fn next_one(turn: &Turn<'_>) -> Option<ProductQuery> {
    let way = goal::next_in_price(turn)?;
    let focus = &turn.before.focus;
    let [present] = focus.products.as_slice() else { return None };
    let old = focus.query.clone().unwrap_or_default();
    let price = turn.shown.iter().filter(|p| p.sku == *present).filter_map(|p| p.price);
    let wanted = wider::of_the_kind(turn, &old);
    Some(if way == std::cmp::Ordering::Greater { needs::dearer_than(&wanted, price) } else { needs::cheaper_than(&wanted, price) })
}

/// The kinds of things talked about: "the TCL and the Sony" are televisions, where televisions are.
fn of_the_table(turn: &Turn<'_>) -> Option<Vec<String>> {
    let focus = &turn.before.focus;
    let leaf = || focus.products.iter().chain(&focus.listed).find_map(|sku| resolve::kind_of(turn, sku));
    let searched = focus.query.as_ref().map(|query| query.categories.clone()).filter(|kinds| !kinds.is_empty());
    leaf().map(|leaf| vec![leaf.to_owned()]).or(searched)
}

/// "The Glide 20 and the Brühl stick": a maker named beside a product means the maker's own of the same kind.
fn makers(turn: &Turn<'_>, book: &FactBook, compared: &[RecordId]) -> Vec<ProductQuery> {
    let products: Vec<_> = compared.iter().filter_map(|id| say::product(book, *id)).collect();
    let named = || turn.heard.categories.first().map(|named| named.names.clone());
    let kind =
        products.iter().find_map(|p| p.leaf_category().map(|leaf| vec![leaf.to_owned()])).or_else(named).or_else(|| of_the_table(turn));
    outside_brands(turn)
        .into_iter()
        .filter(|brand| !products.iter().any(|p| p.brand.eq_ignore_ascii_case(&brand.name)))
        .map(|brand| ProductQuery {
            brands: vec![brand.name.clone()],
            categories: kind.clone().unwrap_or_default(),
            ..ProductQuery::default()
        })
        .collect()
}

/// Compares by the one property the message asks about: "which has the better battery", "the weight?".
fn by_property(turn: &Turn<'_>, book: &mut FactBook, ids: &[RecordId], answer: &mut Answer) -> bool {
    let asked = qualities::asked(turn.heard);
    // "The difference with the bigger one": the wish says which, and asks for nothing.
    let pointing = resolve::pointing_wish(turn).filter(|_| turn.read.form.asks != Asks::Which);
    let wishes = turn.read.wishes.iter().filter(|wish| pointing != Some(*wish));
    let wish = wishes.map(|wish| &wish.quality).find(|quality| !needs::is_price(quality)).or(asked.as_ref());
    let products: Vec<_> = ids.iter().filter_map(|id| say::product(book, *id)).collect();
    let wished = wish.is_some() && wish != asked.as_ref();
    if let Some(quality) = wish
        && let Some(ranked) = resolve::ranking(&products, quality)
        && let Some((best, spec, _)) = ranked.first()
    {
        // "How loud is it compared to the other" wants both numbers, and neither comes first.
        if !wished && ranked.len() == products.len() {
            return stated_by_each(book, ids, ranked, answer);
        }
        let ties = ranked.windows(2).all(|pair| (pair[0].2 - pair[1].2).abs() < f64::EPSILON) && ranked.len() > 1;
        if !ties {
            answer.acts.extend(super::question::spec(book, ids[*best], *spec, false).map(|act| Act { kind: ActKind::Top, ..act }));
        }
        for (i, spec, _) in ranked.iter().skip(usize::from(!ties)) {
            answer.acts.extend(super::question::spec(book, ids[*i], *spec, false).map(|act| Act { kind: ActKind::NextBest, ..act }));
        }
        for (_, id) in ids.iter().enumerate().filter(|(i, _)| !ranked.iter().any(|(own, _, _)| own == i)) {
            unstated(book, *id, quality.properties.first(), answer);
        }
        return true;
    }
    false
}

/// What each of several products states of one property, in the order they are meant.
fn stated_by_each(book: &mut FactBook, ids: &[RecordId], mut ranked: Vec<(usize, usize, f64)>, answer: &mut Answer) -> bool {
    ranked.sort_by_key(|(i, _, _)| *i);
    let mut title = None;
    let (mut products, mut values) = (Vec::new(), Vec::new());
    for (i, spec, _) in ranked {
        let Some((name, spec, value)) = say::stated(book, ids[i], spec) else { return false };
        title = title.or(Some(spec));
        products.push(name);
        values.push(value);
    }
    let Some(spec) = title else { return false };
    answer.say(Act::plain(ActKind::CompareSpec).with("spec", spec).with_many("products", products).with_many("values", values));
    true
}

/// Says that a product's record does not state a property.
fn unstated(book: &mut FactBook, id: RecordId, property: Option<&String>, answer: &mut Answer) {
    if let (Some(name), Some(property)) = (say::name(book, id), property) {
        let word = book.said(property);
        answer.say(Act::plain(ActKind::SpecUnknown).with("product", name).with("word", word));
    }
}

/// "What's the difference in price", "how much cheaper is it", without "what would I lose".
fn asks_for_the_price_only(turn: &Turn<'_>) -> bool {
    let words = &turn.heard.words;
    let text = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    let of_price = |i: usize| {
        text(i) == "price" && (matches!(text(i + 1), "difference" | "gap") || i > 0 && matches!(text(i - 1), "in" | "of" | "the"))
            || matches!(text(i), "cheaper" | "dearer") && i >= 2 && text(i - 1) == "much" && text(i - 2) == "how"
    };
    (0..words.len()).any(of_price) && !words.iter().any(|w| matches!(w.stem.as_str(), "worth" | "lose" | "else" | "why" | "specs"))
}

/// The properties all of them state, differing ones first.
fn differences(book: &mut FactBook, ids: &[RecordId], answer: &mut Answer) {
    let Some(first) = ids.first().and_then(|id| say::product(book, *id)) else { return };
    let mut same: Option<Act> = None;
    let mut named = 0;
    for spec in &first.specs {
        if named == PROPERTIES {
            break;
        }
        let found: Option<Vec<(FactId, FactId, FactId, String)>> = ids.iter().map(|id| of(book, *id, &spec.name)).collect();
        let Some(found) = found else { continue };
        let products: Vec<FactId> = found.iter().map(|(name, _, _, _)| *name).collect();
        let values: Vec<FactId> = found.iter().map(|(_, _, value, _)| *value).collect();
        let property = found[0].1;
        let alike = found.iter().all(|(_, _, _, text)| *text == found[0].3);
        if alike {
            same.get_or_insert_with(|| Act::plain(ActKind::CompareSame).with("spec", property).with("value", values[0]));
            continue;
        }
        answer.say(Act::plain(ActKind::CompareSpec).with("spec", property).with_many("products", products).with_many("values", values));
        named += 1;
    }
    if named == 0 {
        answer.acts.extend(same);
    }
}

/// Name, property and value of a product's property, with the value folded for comparing.
fn of(book: &mut FactBook, id: RecordId, property: &str) -> Option<(FactId, FactId, FactId, String)> {
    let product = say::product(book, id)?;
    let i = product.specs.iter().position(|spec| spec.name.eq_ignore_ascii_case(property))?;
    let (name, spec, value) = say::stated(book, id, i)?;
    Some((name, spec, value, fold(&product.specs[i].value.text())))
}
