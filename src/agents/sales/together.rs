//! What a thing comes to with what was just shown to go with it: "how much is that together".

use super::super::lookup::{Findings, Lookup};
use super::super::resolve;
use super::super::say;
use super::super::turn::{Answer, Step, Turn, chip};
use super::super::understanding::quantity;
use super::{accessories, basket};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, Formula, RecordId};
use crate::domain::product::Availability;
use crate::domain::record::Field;
use crate::domain::state::{ConversationState, Pieces};

/// Sums told at once.
const MOST: usize = 3;

/// The sums; `None` where none is asked for, or nothing was shown to go with the thing in hand.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Option<Step> {
    let (main, others) = asked(turn)?;
    if found.products_asked == 0 {
        return Some(Step::Look(vec![Lookup::Products(std::iter::once(main).chain(others).collect())]));
    }
    let is_main = |id: &RecordId| say::product(book, *id).is_some_and(|p| p.sku == main);
    let own = found.products.iter().copied().find(is_main)?;
    let rest: Vec<RecordId> = found.products.iter().copied().filter(|id| *id != own).collect();
    // Nothing comes to anything with what has no price.
    book.field(own, Field::Price)?;
    let mut answer = Answer::default();
    for id in &rest {
        answer.say(sum(own, *id, book)?);
        if say::product(book, *id).is_some_and(|p| p.availability() == Availability::OutOfStock) {
            answer.acts.extend(say::stock(book, *id));
        }
    }
    answer.cards.push(own);
    answer.cards.extend(&rest);
    state.focus.products = if shown_for_it(turn, &main) { vec![main.clone()] } else { say::skus(book, &found.products) };
    if let [only] = rest.as_slice() {
        let skus = std::iter::once(main).chain(say::skus(book, &[*only]));
        state.focus.basket = skus.map(|sku| Pieces { sku, count: 1 }).collect();
    }
    answer.options.push(chip("promo", "Any promotion on it?"));
    Some(answer.done())
}

/// What two things come to.
pub fn sum(first: RecordId, second: RecordId, book: &mut FactBook) -> Option<Act> {
    let names = vec![say::name(book, first)?, say::name(book, second)?];
    let prices = [book.field(first, Field::Price)?, book.field(second, Field::Price)?];
    let total = book.derive(Formula::Sum, &prices)?;
    Some(Act::plain(ActKind::BasketTotal).with_many("names", names).with("total", total))
}

/// Whether a sum of such things is asked for.
pub fn is_asked(turn: &Turn<'_>) -> bool {
    asked(turn).is_some()
}

/// Whether what is listed was shown to go with the thing in hand.
fn shown_for_it(turn: &Turn<'_>, main: &String) -> bool {
    let focus = &turn.before.focus;
    let goes_with = |sku: &String| turn.shown.iter().any(|p| p.sku == *sku && p.fits().next().is_some());
    turn.before.last_acts.contains(&ActKind::AccessoriesIntro)
        || !focus.listed.contains(main) && !focus.listed.is_empty() && focus.listed.iter().all(goes_with) && !goes_with(main)
}

/// "How much is that together", of the dryer in hand and the washing machine talked about before it: the last thing of
/// another kind. One of its own kind would be instead of it.
fn beside(turn: &Turn<'_>, main: &str) -> Option<(String, Vec<String>)> {
    const SHORT: usize = 9;
    let focus = &turn.before.focus;
    let names = !turn.heard.categories.is_empty() || !turn.heard.brands.is_empty() || accessories::names_a_kind(turn);
    let bare = !names && turn.heard.words.len() <= SHORT;
    let together = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "together" | "altogether" | "both" | "total"));
    if !bare || !together || focus.basket.len() > 1 {
        return None;
    }
    let kind = resolve::kind_of(turn, main)?;
    let other = focus.recent.iter().find(|sku| sku.as_str() != main && resolve::kind_of(turn, sku).is_some_and(|own| own != kind))?;
    Some((main.to_owned(), vec![other.clone()]))
}

/// The thing in hand and what was shown for it, of which the message may single some out.
fn asked(turn: &Turn<'_>) -> Option<(String, Vec<String>)> {
    let focus = &turn.before.focus;
    let [main] = focus.products.as_slice() else { return None };
    let sums = turn.heard.words.iter().any(|w| {
        matches!(
            w.text.as_str(),
            "together" | "altogether" | "alltogether" | "total" | "both" | "sum" | "all" | "combined" | "with" | "plus"
        )
    });
    let counted = quantity::of_it(turn.heard, &turn.read.taken).is_some_and(|count| count > 1);
    if !sums || counted || !basket::asks_the_sum(turn) || !turn.heard.products.is_empty() {
        return None;
    }
    if !shown_for_it(turn, main) {
        return beside(turn, main);
    }
    let others: Vec<String> = focus.listed.iter().filter(|sku| *sku != main).cloned().collect();
    let others = resolve::told_apart(turn, &others).unwrap_or(others);
    (!others.is_empty() && others.len() <= MOST + 1).then(|| (main.clone(), others.into_iter().take(MOST).collect()))
}
