//! Sales: finding, comparing, describing, recommending.

mod accessories;
mod advice;
mod asked;
mod basket;
mod beside;
mod buy;
mod compare;
mod find;
mod fit;
mod goal;
mod meant;
mod option;
mod pick;
mod price;
mod question;
mod size;
mod stock;
mod subject;
mod together;
mod what_else;
mod wider;

use super::delivered;
use super::lookup::{Findings, Lookup};
use super::resolve;
use super::say;
use super::turn::{Answer, Colleague, Step, Turn, chip};
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::asks::Slot;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::goal::Goal;
use crate::domain::heard::Word;
use crate::domain::state::{ConversationState, Pending};

/// The sales agent.
pub struct Sales;

impl Colleague for Sales {
    fn agent(&self) -> Agent {
        Agent::Sales
    }

    fn step(&self, turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
        let step = delivered::add(turn, found, answer(turn, found, book, state), book);
        if matches!(step, Step::Say(_)) {
            remember(turn, state);
        }
        step
    }
}

fn answer(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let turn = &Turn { goal: goal::of(turn), ..*turn };
    if let Some(step) = another_model(turn, found, book, state) {
        return step;
    }
    if let Some(step) = size::step(turn, found, book, state) {
        return step;
    }
    match turn.goal {
        Goal::FindProduct | Goal::RefineResults => find::step(turn, found, book, state),
        Goal::CompareProducts => compare::step(turn, found, book, state),
        Goal::ProductQuestion => question::step(turn, found, book, state),
        Goal::PriceQuestion => price::step(turn, found, book, state),
        Goal::StockQuestion => stock::step(turn, found, book, state),
        Goal::Recommend => pick::step(turn, found, book, state),
        Goal::Alternatives => alternatives(turn, found, book, state),
        Goal::Accessories => accessories::step(turn, found, book, state),
        Goal::BrowseCategories => assortment(turn, found, book),
        Goal::Buy if books_a_service(turn) => Answer::hand_over(Goal::ShopServices),
        Goal::Buy => buy::step(turn, found, book, state),
        goal if goal.intent().agent() == Agent::Sales => advice::step(turn, found, book, state),
        goal => Answer::hand_over(goal),
    }
}

/// "How do I book", of a service just told.
fn books_a_service(turn: &Turn<'_>) -> bool {
    let focus = &turn.before.focus;
    let told = focus.entry.is_some() && focus.products.is_empty() && turn.heard.products.is_empty();
    told && turn.heard.words.iter().any(|word| matches!(word.text.as_str(), "book" | "booking" | "arrange"))
}

/// A model the shop does not have, by the name of one it has: said so first, before those it has are shown. Nothing is
/// shown for one the customer owns: what fits the one need not fit the other.
fn another_model(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Option<Step> {
    const SHOWN: usize = 3;
    let asked = matches!(
        turn.goal,
        Goal::FindProduct
            | Goal::RefineResults
            | Goal::ProductQuestion
            | Goal::PriceQuestion
            | Goal::StockQuestion
            | Goal::Buy
            | Goal::Recommend
            | Goal::Accessories
    );
    let (i, named) = turn.heard.products.iter().enumerate().find(|(_, named)| asked && named.other_model.is_some())?;
    let at = named.other_model.clone()?;
    let wanted = turn.read.roles.wants_product(i) && turn.goal != Goal::Accessories;
    if wanted && found.products.is_empty() {
        return Some(Step::Look(vec![Lookup::Products(named.skus.iter().take(SHOWN).cloned().collect())]));
    }
    let words = &turn.heard.words;
    let telling = |w: &Word| w.is_telling();
    let from = if wanted { at.start } else { words.iter().position(telling).unwrap_or(at.start).min(at.start) };
    let said = book.said(turn.text.get(words[from].start..words[at.end - 1].end)?);
    let mut answer = Answer::of(vec![Act::plain(ActKind::FoundNone).with("words", said)]);
    if wanted {
        answer.say_plain(ActKind::FoundNearest);
        say::list(book, &found.products, &mut answer);
        state.focus.listed = say::skus(book, &found.products);
        state.focus.products.clone_from(&state.focus.listed);
    }
    Some(answer.done())
}

/// Keeps what was named or shown, and what the customer owns, for later messages.
fn remember(turn: &Turn<'_>, state: &mut ConversationState) {
    // The newest first: what is talked about, what was before, and a list only when it is new.
    let new_list: &[String] = if state.focus.listed == turn.before.focus.listed { &[] } else { &state.focus.listed };
    let shown = state.focus.products.iter().chain(&turn.before.focus.products).chain(new_list).cloned().collect::<Vec<_>>();
    let named =
        turn.heard.products.iter().filter(|mention| mention.skus.len() <= 2).flat_map(|mention| mention.skus.iter().take(1).cloned());
    state.focus.note(shown.into_iter().chain(named));
    let owned: Vec<String> = turn
        .heard
        .products
        .iter()
        .enumerate()
        .filter(|(i, _)| !turn.read.roles.wants_product(*i))
        .flat_map(|(_, mention)| mention.skus.iter().take(2).cloned())
        .collect();
    if !owned.is_empty() {
        state.focus.owned = owned;
    }
}

/// Asks which product is meant; of those on the table, if there are any.
pub(super) fn ask_product(turn: &Turn<'_>, state: &mut ConversationState, choices: &[String]) -> Step {
    let kind = if choices.len() > 1 { ActKind::AskWhichProduct } else { ActKind::AskProduct };
    let mut answer = Answer::of(vec![Act::plain(kind)]);
    answer.asks.push(Slot::Product);
    answer.reasked = matches!(&state.pending, Some(Pending::Ask { slot: Slot::Product, .. })) && turn.continues;
    state.pending =
        Some(Pending::Ask { slot: Slot::Product, goal: turn.goal, agent: Agent::Sales, said: say::question_text(turn), attempts: 1 });
    answer.done()
}

/// Others shown at once, and how many are looked at for cheaper ones.
const OTHERS: usize = 3;
const AMONG: usize = 12;

/// Something else of the same kind.
fn alternatives(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let meant = resolve::products(turn);
    let Some(sku) = meant.skus.first().cloned() else { return find::search(&turn.pass_on(), found, book, state) };
    let Some(others) = &found.alternatives else {
        let limit = if goal::wants_cheaper(turn) { AMONG } else { OTHERS };
        return Step::Look(vec![Lookup::Products(vec![sku.clone()]), Lookup::Alternatives { sku, limit }]);
    };
    let mut answer = Answer::default();
    let name = found.products.first().and_then(|id| say::name(book, *id));
    let own = found.products.first().and_then(|id| say::product(book, *id)).and_then(|product| product.price);
    let cheaper = goal::wants_cheaper(turn) || turn.heard.words.iter().any(|w| w.text == "less");
    let fits = |id: &RecordId| {
        !cheaper || say::product(book, *id).and_then(|p| p.price).zip(own).is_some_and(|(price, own)| price.minor < own.minor)
    };
    let others: Vec<RecordId> = others.iter().copied().filter(fits).take(OTHERS).collect();
    if others.is_empty() {
        answer.say(Act::plain(ActKind::NoAlternatives).with_some("product", name));
    } else {
        answer.say(Act::plain(ActKind::AlternativesIntro).with_some("product", name));
        say::list(book, &others, &mut answer);
        state.focus.listed = say::skus(book, &others);
        state.focus.products.clear();
        answer.options.push(chip("compare", "Compare the first two"));
    }
    answer.done()
}

/// What the shop sells at all.
fn assortment(turn: &Turn<'_>, found: &Findings, book: &mut FactBook) -> Step {
    if found.categories.is_empty() && found.brands.is_empty() {
        return Step::Look(vec![Lookup::Assortment]);
    }
    let mut answer = Answer::default();
    let brands_wanted = turn.heard.words.iter().any(|w| w.stem == "brand" || w.stem == "maker" || w.text == "makes");
    let mut named: Vec<&str> = if brands_wanted {
        found.brands.iter().map(String::as_str).collect()
    } else {
        found.categories.iter().map(|(name, _)| name.as_str()).collect()
    };
    named.truncate(if brands_wanted { 24 } else { 18 });
    let facts = named.iter().map(|name| book.shop(name)).collect();
    let kind = if brands_wanted { ActKind::Brands } else { ActKind::Categories };
    answer.say(Act::plain(kind).with_many("names", facts));
    for name in named.iter().take(3).filter(|_| !brands_wanted) {
        answer.options.push(chip("say", name));
    }
    answer.done()
}
