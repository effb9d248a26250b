//! Whether one thing goes with another: "will it work with my iPhone", "does the 990 PRO fit a PS5".

use super::super::lookup::{Findings, Lookup};
use super::super::resolve;
use super::super::say;
use super::super::turn::{Answer, Step, Turn};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::record::Field;
use crate::domain::state::ConversationState;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;

/// Answers whether what is meant goes with something the customer names; `None` when nothing of the kind is asked.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Option<Step> {
    if !asks(turn) {
        return None;
    }
    let mut meant = resolve::products(turn).skus;
    // "Does the CalDigit dock work with it": what is named by its maker and kind is looked for.
    let by_maker = meant.is_empty() && fits_it(turn) && !turn.heard.brands.is_empty() && !turn.before.focus.products.is_empty();
    if by_maker {
        let query = super::subject::query(turn);
        match found.searches.first() {
            None => return Some(Step::Look(vec![Lookup::Search { query, limit: 2 }])),
            Some(search) if search.complete && search.total == 1 => meant = say::skus(book, &search.products),
            Some(_) => return None,
        }
    }
    let mut owned = resolve::owned(turn);
    // "Does the other one fit in it": what was talked about is what it must fit.
    if owned.is_empty() && fits_it(turn) {
        owned = turn.before.focus.products.iter().filter(|sku| !meant.contains(sku)).cloned().collect();
    }
    let subject: Vec<String> = meant.into_iter().filter(|sku| !owned.contains(sku)).take(2).collect();
    if subject.is_empty() {
        return None;
    }
    if found.products.is_empty() {
        let wanted = subject.into_iter().chain(owned.iter().take(3).cloned()).collect();
        return Some(Step::Look(vec![Lookup::Products(wanted)]));
    }
    let is_owned = |id: &RecordId| say::product(book, *id).is_some_and(|p| owned.contains(&p.sku));
    let (others, subjects): (Vec<RecordId>, Vec<RecordId>) = found.products.iter().copied().partition(is_owned);
    state.focus.owned = if owned.is_empty() { state.focus.owned.clone() } else { owned };
    state.focus.products = say::skus(book, &subjects);
    let mut answer = Answer::default();
    for id in subjects {
        answer_for(turn, book, id, &others, &mut answer)?;
        answer.cards.push(id);
    }
    Some(answer.done())
}

/// "Work with", "fit", "compatible", "in my": asked of something and something else.
fn asks(turn: &Turn<'_>) -> bool {
    turn.heard.words.iter().any(|w| is_of_fitting(&w.stem))
}

fn is_of_fitting(stem: &str) -> bool {
    matches!(
        stem,
        "work" | "fit" | "compatibl" | "compatible" | "compatibility" | "pair" | "connect" | "suit" | "support" | "use" | "us" | "plug"
    )
}

/// "Fit in it", "work with that": what was talked about, behind the word that joins.
fn fits_it(turn: &Turn<'_>) -> bool {
    turn.heard.words.windows(2).any(|pair| {
        matches!(pair[0].text.as_str(), "in" | "with" | "on" | "into" | "inside" | "to")
            && matches!(pair[1].text.as_str(), "it" | "that" | "them")
    })
}

/// Says whether a product goes with any of the others, what its record lists, or that it does not say.
/// `None` when the record lists nothing and nothing else was named: the question is about something else.
fn answer_for(turn: &Turn<'_>, book: &mut FactBook, id: RecordId, others: &[RecordId], answer: &mut Answer) -> Option<()> {
    let product = say::product(book, id)?;
    let name = say::name(book, id)?;
    let fitting = others
        .iter()
        .copied()
        .find(|other| say::product(book, *other).is_some_and(|o| product.says_it_fits(&o) || o.says_it_fits(&product)));
    if let Some(other) = fitting {
        let other_name = say::name(book, other)?;
        answer.say(Act::plain(ActKind::FitsYes).with("product", name).with("other", other_name));
        notes(book, id, answer);
        return Some(());
    }
    let listed: Vec<usize> = product.fits().map(|(i, _)| i).collect();
    let named = named_in_specs(turn, book, id);
    let stated = listed.first().copied().or(named.map(|(index, _)| index));
    match (stated, others.first()) {
        (Some(index), _) => {
            let place = u16::try_from(index).ok()?;
            let value = book.field(id, Field::Spec(place))?;
            // All that was named stands there: that is a yes. Of a part of it the customer is told what stands there.
            let kind = match (listed.is_empty(), named) {
                (true, Some((_, true))) => ActKind::SpecHas,
                (true, _) => ActKind::Spec,
                (false, _) => ActKind::FitsListed,
            };
            let spec = book.field(id, Field::SpecName(place))?;
            answer.say(Act::plain(kind).with("product", name).with("spec", spec).with("value", value));
            notes(book, id, answer);
        }
        (None, Some(other)) => {
            let other = say::name(book, *other)?;
            answer.say(Act::plain(ActKind::FitsUnknown).with("product", name).with("other", other));
        }
        (None, None) => return None,
    }
    Some(())
}

/// The property that names most of what the customer asks about, "Voice assistants: Alexa, Apple Home" for "homekit
/// or alexa", and whether it names all of it. Words of the product's own name say nothing of what goes with it.
fn named_in_specs(turn: &Turn<'_>, book: &FactBook, id: RecordId) -> Option<(usize, bool)> {
    let product = say::product(book, id)?;
    let name: Vec<String> = tokens(&format!("{} {}", product.brand, product.name)).iter().map(|t| stem(&t.text)).collect();
    let said: Vec<&str> = turn
        .heard
        .words
        .iter()
        .filter(|w| w.is_telling() && w.text.len() > 2)
        .filter(|w| !is_of_fitting(&w.stem) && !name.contains(&w.stem))
        .map(|w| w.stem.as_str())
        .collect();
    let count = |text: String| {
        let own: Vec<String> = tokens(&text).iter().map(|t| stem(&t.text)).collect();
        said.iter().filter(|word| own.iter().any(|o| o == **word)).count()
    };
    let best = product.specs.iter().map(|spec| count(spec.value.text())).enumerate().max_by_key(|(i, count)| (*count, usize::MAX - i))?;
    (best.1 > 0).then_some((best.0, best.1 == said.len()))
}

/// Remarks on fitting that the record makes: "A PlayStation 5 needs a separate heatsink".
fn notes(book: &mut FactBook, id: RecordId, answer: &mut Answer) {
    let Some(product) = say::product(book, id) else { return };
    let note = product.specs.iter().position(|spec| spec.name.to_lowercase().contains("note"));
    let act = note.and_then(|i| super::question::spec(book, id, i, false));
    answer.acts.extend(act);
}
