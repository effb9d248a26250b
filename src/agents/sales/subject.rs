//! The products a question is about: looked up, kept on the table, or asked for.

use super::super::evidence_words;
use super::super::lookup::{Findings, Lookup};
use super::super::resolve::{self, How, Meant};
use super::super::say;
use super::super::turn::{Answer, Step, Turn};
use super::super::understanding::form::{Asks, Subject};
use super::super::understanding::needs;
use super::{ask_product, find};
use crate::domain::act::ActKind;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::goal::Goal;
use crate::domain::heard::Word;
use crate::domain::product::Availability;
use crate::domain::query::ProductQuery;
use crate::domain::state::ConversationState;

/// Products answered for at once.
pub const AT_ONCE: usize = 5;
/// A brand or kind that leads to this many products names them.
const FEW: usize = 3;

/// The products a message means, looked up; or the step that must come first.
pub fn products(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Result<Vec<RecordId>, Step> {
    let meant = resolve::products(turn);
    if meant.is_none() {
        return by_search(turn, found, book, state);
    }
    if found.products.is_empty() {
        return Err(Step::Look(vec![Lookup::Products(meant.skus.iter().take(6).cloned().collect())]));
    }
    if !meant.ambiguous || found.products.len() <= 1 {
        keep_on_table(&meant, state);
        return Ok(found.products.iter().copied().take(AT_ONCE).collect());
    }
    if turn.heard.products.len() > 1 {
        let chosen = one_each(turn, &found.products, book);
        keep_on_table(&Meant { skus: say::skus(book, &chosen), how: meant.how, ambiguous: false }, state);
        return Ok(chosen);
    }
    let fitting = fitting_words(turn, &found.products, book);
    let alike = one_family(&fitting, book);
    if alike.len() > AT_ONCE || alike.is_empty() {
        return Err(which(turn, &fitting, book, state));
    }
    let skus = say::skus(book, &alike);
    keep_on_table(&Meant { skus, how: meant.how, ambiguous: false }, state);
    Ok(alike)
}

/// A brand or a kind of thing instead of a name: "is the Garmin in stock", "the mushroom lamp".
fn by_search(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Result<Vec<RecordId>, Step> {
    let query = query(turn);
    // "Does that one fold", said of a list: the words tell what it should do, not what is meant.
    let form = turn.read.form;
    let of_it = form.subject == Subject::Pointed
        || form.subject == Subject::None && matches!(form.asks, Asks::HowMuchOf | Asks::Property | Asks::Whether)
        || turn.heard.property.is_some() && turn.goal == Goal::ProductQuestion;
    let pointed = of_it && (turn.heard.brands.is_empty() && turn.heard.categories.is_empty() || asks_what_comes_with_it(turn));
    // What none of the list has is looked for among all of its kind.
    let elsewhere = turn.heard.property.is_none() && !resolve::feature(turn).is_empty() && query.names_a_thing();
    if pointed && !elsewhere && turn.before.focus.listed.len() > 1 {
        return of_the_list(turn, found, book, state);
    }
    if !query.names_a_thing() && query.brands.is_empty() {
        return Err(unknown(turn, found, book, state));
    }
    let Some(search) = found.searches.first() else { return Err(Step::Look(vec![Lookup::Search { query, limit: AT_ONCE }])) };
    // "Is the Garmin back", when phones were talked about: a maker of other things means those.
    let elsewhere = turn.heard.categories.is_empty() && !query.brands.is_empty() && !query.categories.is_empty();
    let search = match (elsewhere && (search.products.is_empty() || !search.complete), found.searches.get(1)) {
        (false, _) => search,
        (true, Some(second)) => second,
        (true, None) => {
            let query = ProductQuery { brands: query.brands, terms: query.terms, ..ProductQuery::default() };
            return Err(Step::Look(vec![Lookup::Search { query, limit: AT_ONCE }]));
        }
    };
    if search.complete && !search.products.is_empty() && search.total <= FEW {
        let meant = Meant { skus: say::skus(book, &search.products), how: How::Named, ambiguous: false };
        keep_on_table(&meant, state);
        return Ok(search.products.clone());
    }
    Err(find_anyway(turn, found, book, state))
}

/// "Does it come with a cable", "does it include a case": of what is meant, whatever is named.
fn asks_what_comes_with_it(turn: &Turn<'_>) -> bool {
    let words = &turn.heard.words;
    let text = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    let comes = |i: usize| matches!(text(i), "come" | "comes") && text(i + 1) == "with" || matches!(text(i), "include" | "includes");
    turn.read.form.subject == Subject::Pointed && (0..words.len()).any(comes)
}

/// Something is asked of "it" where a list is on the table: a short list is answered for, of a long one it is
/// asked which.
fn of_the_list(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Result<Vec<RecordId>, Step> {
    let listed = &turn.before.focus.listed;
    if found.products.is_empty() {
        return Err(Step::Look(vec![Lookup::Products(listed.iter().take(AT_ONCE).cloned().collect())]));
    }
    if listed.len() <= AT_ONCE {
        return Ok(found.products.clone());
    }
    Err(which(turn, &found.products, book, state))
}

/// The query of a question that names no product; a brand alone stays within the kind of thing talked about.
pub fn query(turn: &Turn<'_>) -> ProductQuery {
    // Whether it is there is what is asked, not what it must be.
    let mut query = of_the_same_maker(turn, ProductQuery { in_stock: false, ..needs::query(turn.text, turn.heard, turn.read) });
    let by_feature = !resolve::feature(turn).is_empty();
    if by_feature && query.categories.is_empty() {
        let hints = std::mem::take(&mut query.hints);
        query.terms.extend(hints);
    }
    if query.categories.is_empty() && (!query.brands.is_empty() || by_feature) {
        let focus = &turn.before.focus;
        let leaf = |sku: &String| resolve::kind_of(turn, sku).map(str::to_owned);
        let of_table = || focus.products.iter().chain(&focus.listed).find_map(leaf).filter(|_| by_feature);
        match &focus.query {
            Some(old) => query.categories.clone_from(&old.categories),
            None => query.categories.extend(of_table()),
        }
    }
    query
}

/// "The dryer from the same brand": the maker of what is in hand, or of the first that was shown.
pub fn of_the_same_maker(turn: &Turn<'_>, mut query: ProductQuery) -> ProductQuery {
    let words = &turn.heard.words;
    let same = words.windows(2).any(|pair| {
        pair[0].text == "same"
            && matches!(pair[1].stem.as_str(), "brand" | "maker" | "make" | "compani" | "company" | "manufactur" | "manufacturer")
    });
    let focus = &turn.before.focus;
    let first = focus.products.iter().chain(&focus.listed).chain(&focus.recent).find_map(|sku| turn.shown.iter().find(|p| p.sku == *sku));
    if let (true, Some(product), true) = (same, first, query.brands.is_empty()) {
        query.brands.push(product.brand.clone());
        query.hints.clear();
    }
    query
}

/// A kind of thing was named rather than a product: show what there is.
pub fn find_anyway(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let turn = Turn { goal: Goal::FindProduct, ..turn.pass_on() };
    find::step(&turn, found, book, state)
}

/// Of several products a name fits, those that other words of the message speak of: "in silver", "the 55 inch".
fn fitting_words(turn: &Turn<'_>, ids: &[RecordId], book: &FactBook) -> Vec<RecordId> {
    let says = |id: &RecordId| {
        let Some(product) = say::product(book, *id) else { return 0 };
        let named: Vec<String> = product.options.iter().map(|(_, value)| value.to_lowercase()).collect();
        // "In purple" is the one its maker calls violet.
        let option = |w: &Word| named.iter().any(|n| n.contains(&w.text)) || resolve::is_option(&product, &w.text);
        let telling = |w: &Word| w.text.len() > 1 && option(w) || resolve::names(&product, &w.stem);
        let told = turn.heard.words.iter().enumerate().filter(|(_, w)| telling(w));
        // "Other than black": what it is to be not speaks against it.
        told.map(|(at, _)| if needs::is_excluded(turn.heard, at) { -1 } else { 1 }).sum::<i32>()
    };
    let best = ids.iter().map(says).max().unwrap_or(0);
    ids.iter().copied().filter(|id| says(id) == best).collect()
}

/// Of several names each one product, the one in stock where it comes in several colours.
fn one_each(turn: &Turn<'_>, ids: &[RecordId], book: &FactBook) -> Vec<RecordId> {
    let fits = |id: &RecordId, skus: &[String]| say::product(book, *id).is_some_and(|p| skus.contains(&p.sku));
    let there = |id: &RecordId| say::product(book, *id).is_some_and(|p| p.availability() != Availability::OutOfStock);
    turn.heard
        .products
        .iter()
        .enumerate()
        .filter(|(i, _)| turn.read.roles.wants_product(*i))
        .filter_map(|(_, mention)| {
            let fitting: Vec<RecordId> = ids.iter().copied().filter(|id| fits(id, &mention.skus)).collect();
            fitting.iter().copied().find(there).or(fitting.first().copied())
        })
        .collect()
}

/// Products a name fits that are one product in several colours or sizes, those in stock first; empty
/// when they are different products. What merely goes with it (a case for it) is left aside.
pub fn one_family(ids: &[RecordId], book: &FactBook) -> Vec<RecordId> {
    let leaf = |id: &RecordId| say::product(book, *id).and_then(|p| p.leaf_category().map(str::to_owned));
    let Some(first) = ids.first().and_then(leaf) else { return Vec::new() };
    let goes_with_it = |id: &RecordId| say::product(book, *id).is_some_and(|p| p.fits().next().is_some());
    let mut family: Vec<RecordId> = ids.iter().copied().filter(|id| leaf(id).as_ref() == Some(&first)).collect();
    // Headphones and earbuds of one model number are two products.
    if ids.iter().any(|id| leaf(id).as_ref() != Some(&first) && !goes_with_it(id)) {
        return Vec::new();
    }
    let products: Vec<_> = family.iter().filter_map(|id| say::product(book, *id)).collect();
    let related = products.windows(2).all(|pair| pair[0].family() == pair[1].family())
        || products.windows(2).all(|pair| pair[0].brand == pair[1].brand && pair[0].price == pair[1].price && !pair[0].options.is_empty());
    if !related {
        return Vec::new();
    }
    family.sort_by_key(|id| say::product(book, *id).is_none_or(|p| p.availability() == Availability::OutOfStock));
    family
}

/// No product is meant: perhaps the shop has an answer of its own; otherwise ask.
fn unknown(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if found.knowledge.is_empty() {
        return Step::Look(vec![say::knowledge_lookup(turn)]);
    }
    if let Some(hit) = say::best_entry(found, 0) {
        let mut answer = Answer::default();
        say::say_entry(book, hit, &mut answer);
        return answer.done();
    }
    let listed = state.focus.listed.clone();
    // "Is there a play area?" was understood, and is about nothing on sale.
    let heard = turn.heard;
    let of_things = !heard.categories.is_empty() || !heard.brands.is_empty() || heard.describing.iter().any(|known| *known);
    if evidence_words::asks_whether_there_is(heard) && !of_things && listed.is_empty() && !turn.read.reference.pronoun {
        return Answer::hand_over(Goal::ShopServices);
    }
    ask_product(turn, state, &listed)
}

/// The name fits several products: list them and ask.
fn which(turn: &Turn<'_>, ids: &[RecordId], book: &mut FactBook, state: &mut ConversationState) -> Step {
    let skus = say::skus(book, ids);
    let mut step = ask_product(turn, state, &skus);
    if let Step::Say(answer) = &mut step {
        say::list(book, ids, answer);
    }
    state.focus.listed = skus;
    state.focus.products.clear();
    step
}

/// Keeps what a message means on the table for the next.
pub fn keep_on_table(meant: &Meant, state: &mut ConversationState) {
    // What was shown to go with a thing is spoken of beside it: the thing stays in hand.
    let beside = meant.how == How::Context && meant.skus == state.focus.listed && state.last_acts.contains(&ActKind::AccessoriesIntro);
    if beside && meant.skus.len() > 1 {
        return;
    }
    state.focus.products.clone_from(&meant.skus);
    // A product named out of the blue begins a new list; one pointed at keeps the old.
    if meant.how == How::Named && !meant.skus.iter().all(|sku| state.focus.listed.contains(sku)) {
        state.focus.listed.clone_from(&meant.skus);
    }
}
