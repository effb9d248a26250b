//! Finding products by need, and narrowing down.

use super::super::lookup::{Findings, Lookup};
use super::super::say;
use super::super::turn::{Answer, Step, Turn, chip};
use super::super::understanding::needs;
use super::details;
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::asks::Slot;
use crate::domain::fact::{FactBook, Formula};
use crate::domain::goal::Goal;
use crate::domain::query::ProductQuery;
use crate::domain::state::{ConversationState, Pending};
use crate::domain::text::words;

/// Products shown at once.
const SHOWN: usize = 5;

/// Finds or narrows down.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    // "Do you have the iPhone 16?" names a product: it is asked for, not searched for.
    let named = turn.heard.products.iter().any(|p| p.coverage >= 0.3 && p.skus.len() <= 2);
    if named && turn.goal == Goal::FindProduct {
        return details::stock(turn, found, book, state);
    }
    let query = wanted(turn);
    if query.is_empty() && !query.in_stock && query.not_skus.is_empty() && query.sort == crate::domain::query::Sort::Relevance {
        return without_a_thing(turn, found, book, state);
    }
    match found.searches.as_slice() {
        [] => Step::Look(vec![Lookup::Search { query, limit: SHOWN }]),
        [first] if first.products.is_empty() => match relaxed(&first.query) {
            Some(query) => Step::Look(vec![Lookup::Search { query, limit: 3 }]),
            None => nothing(turn, found, book, state),
        },
        [_] => some(found, book, state),
        _ => nothing(turn, found, book, state),
    }
}

/// The query this message states, in the light of the one before.
fn wanted(turn: &Turn<'_>) -> ProductQuery {
    let mut new = needs::query(turn.text, turn.heard, turn.read);
    if turn.continues && !turn.said.is_empty() {
        new.said = format!("{} {}", turn.said, turn.text);
    }
    let Some(old) = &turn.before.focus.query else { return new };
    if turn.goal != Goal::RefineResults {
        return new;
    }
    let has = |word: &str| turn.heard.words.iter().any(|w| w.text == word);
    let prices = || {
        let table = if turn.before.focus.products.is_empty() { &turn.before.focus.listed } else { &turn.before.focus.products };
        turn.shown.iter().filter(|p| table.contains(&p.sku)).filter_map(|p| p.price)
    };
    let bounded = !turn.read.prices.is_empty();
    if !bounded && has("cheaper") || has("less") && has("expensive") {
        return needs::cheaper_than(&needs::merge(old, new), prices());
    }
    if !bounded && (has("pricier") || has("better") || (has("more") && has("expensive"))) && new.is_empty() {
        return needs::dearer_than(old, prices());
    }
    let more = has("more") || has("others") || has("else") || has("next") || has("other");
    if more && new.is_empty() {
        let mut query = old.clone();
        query.not_skus.extend(turn.before.focus.listed.iter().cloned());
        return query;
    }
    if has("lighter") {
        new.sort = crate::domain::query::Sort::WeightUp;
    }
    needs::merge(old, new)
}

/// A query without its narrowest bounds, to have something to show: first without words and measures,
/// then without the price.
pub fn relaxed(query: &ProductQuery) -> Option<ProductQuery> {
    let mut wider = query.clone();
    if !wider.categories.is_empty() && (!wider.terms.is_empty() || !wider.measures.is_empty()) {
        wider.terms.clear();
        wider.measures.clear();
        return Some(wider);
    }
    let bounded = wider.min_price.is_some() || wider.max_price.is_some();
    if bounded && wider.names_a_thing() {
        wider.sort = if wider.max_price.is_some() { crate::domain::query::Sort::PriceUp } else { crate::domain::query::Sort::PriceDown };
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

/// Something was found.
fn some(found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let Some(search) = found.searches.first() else { return Answer::default().done() };
    let mut answer = Answer::default();
    let shown = &search.products;
    let total = u32::try_from(search.total).unwrap_or(u32::MAX);
    let count = book.derive(Formula::Matches(total), &[]);
    let narrowed = state.goal == Some(Goal::RefineResults);
    let kind = match (search.total, search.total > shown.len()) {
        (1, _) => ActKind::FoundOne,
        (_, true) => ActKind::FoundMore,
        _ => ActKind::Found,
    };
    let listed = book.derive(Formula::Matches(u32::try_from(shown.len()).unwrap_or(0)), &[]);
    answer.say(Act::plain(kind).with_some("count", count).with_some("shown", listed));
    if let (1, Some(only)) = (search.total, shown.first()) {
        answer.acts.extend(say::list_item(book, *only));
        answer.cards.push(*only);
        answer.acts.extend(say::stock(book, *only).filter(|act| act.kind != ActKind::OutOfStock));
    } else {
        say::list(book, shown, &mut answer);
    }
    remember(found, book, state);
    if shown.len() > 1 {
        answer.options.push(chip("compare", "Compare the first two"));
        if search.query.max_price.is_none() && !narrowed {
            answer.options.push(chip("cheaper", "Show me cheaper ones"));
        }
        if search.total > shown.len() {
            answer.options.push(chip("more", "Show me more"));
        }
    }
    answer.done()
}

/// Nothing fits; the nearest is shown, where there is any.
fn nothing(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let mut answer = Answer::default();
    let asked = found.searches.first();
    let cheaper = turn.goal == Goal::RefineResults && turn.read.prices.is_empty() && turn.heard.words.iter().any(|w| w.text == "cheaper");
    if cheaper || asked.is_some_and(|search| !search.query.not_skus.is_empty()) {
        answer.say_plain(ActKind::NoMore);
        return answer.done();
    }
    let nearest = found.searches.get(1).filter(|search| !search.products.is_empty());
    // A need in words nobody sells by may still be a question the shop has answered.
    if nearest.is_none() {
        if found.knowledge.is_empty() {
            return Step::Look(vec![say::knowledge_lookup(turn), Lookup::Assortment]);
        }
        if let Some(hit) = say::best_entry(found, 0) {
            say::say_entry(book, hit.record, &mut answer);
            return answer.done();
        }
    }
    let unknown = asked.map(|search| search.unknown.as_slice()).unwrap_or_default();
    let words = if unknown.is_empty() { None } else { Some(book.said(&unknown.join(" "))) };
    answer.say(Act::plain(ActKind::FoundNone).with_some("words", words));
    match nearest {
        Some(nearest) => {
            answer.say_plain(ActKind::FoundNearest);
            let ids = nearest.products.clone();
            say::list(book, &ids, &mut answer);
            state.focus.listed = say::skus(book, &ids);
            state.focus.products.clear();
            state.focus.query = Some(nearest.query.clone());
        }
        None => {
            let names: Vec<_> = found.categories.iter().take(12).map(|(name, _)| book.shop(name)).collect();
            if !names.is_empty() {
                answer.say(Act::plain(ActKind::Categories).with_many("names", names));
            }
        }
    }
    answer.done()
}

/// The message names no kind of thing: it is asked what is needed, or answered from the knowledge base.
fn without_a_thing(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if found.knowledge.is_empty() {
        return Step::Look(vec![say::knowledge_lookup(turn), Lookup::Assortment]);
    }
    let mut answer = Answer::default();
    if let Some(hit) = say::best_entry(found, 0) {
        say::say_entry(book, hit.record, &mut answer);
        return answer.done();
    }
    answer.say_plain(ActKind::AskNeed);
    answer.asks.push(Slot::Need);
    for (name, _) in found.categories.iter().take(3) {
        answer.options.push(chip("say", name));
    }
    state.pending =
        Some(Pending::Ask { slot: Slot::Need, goal: Goal::FindProduct, agent: Agent::Sales, said: turn.text.to_owned(), attempts: 1 });
    answer.done()
}

/// Keeps the search and its results for what comes next.
pub fn remember(found: &Findings, book: &FactBook, state: &mut ConversationState) {
    let Some(search) = found.searches.first() else { return };
    let mut query = search.query.clone();
    if query.categories.is_empty() {
        // Results that all lie in one category make it the topic, so that "only Sony" stays within it.
        let products: Vec<_> = search.products.iter().filter_map(|id| say::product(book, *id)).collect();
        let first = products.first().and_then(|p| p.leaf_category().map(str::to_owned));
        query.categories.extend(first.filter(|leaf| products.iter().all(|p| p.leaf_category() == Some(leaf))));
    }
    state.focus.listed = say::skus(book, &search.products);
    state.focus.products = if search.products.len() == 1 { state.focus.listed.clone() } else { Vec::new() };
    state.focus.query = Some(query);
}

/// Words that say which kind of accessory is wanted.
pub fn accessory_words(turn: &Turn<'_>) -> Vec<String> {
    let named: Vec<bool> = {
        let mut named = vec![false; turn.heard.words.len()];
        for product in &turn.heard.products {
            named[product.words.clone()].fill(true);
        }
        named
    };
    turn.heard
        .words
        .iter()
        .enumerate()
        .filter(|(i, word)| !named[*i] && !words::is_function(&word.text))
        .filter(|(i, _)| turn.heard.describing.get(*i).copied().unwrap_or(false))
        .map(|(_, word)| word.text.clone())
        .collect()
}
