//! How to get it.

use super::super::lookup::{Findings, Lookup};
use super::super::resolve;
use super::super::say;
use super::super::turn::{Answer, Step, Turn};
use super::subject;
use crate::domain::act::ActKind;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::state::ConversationState;

/// Whether it is there, what it costs, and how an order is placed.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let meant = resolve::products(turn);
    if found.knowledge.is_empty() {
        let mut lookups =
            vec![Lookup::Knowledge { text: "How do I place an order? How can I buy something?".to_owned(), procedures: None, limit: 2 }];
        if !meant.is_none() {
            lookups.push(Lookup::Products(meant.skus.iter().take(subject::AT_ONCE).cloned().collect()));
        }
        return Step::Look(lookups);
    }
    if meant.is_none() && !resolve::feature(turn).is_empty() {
        return match subject::products(turn, found, book, state) {
            Ok(ids) => order(found, ids, book),
            Err(step) => step,
        };
    }
    if meant.is_none() && (!turn.heard.categories.is_empty() || !turn.heard.brands.is_empty()) {
        return subject::find_anyway(turn, found, book, state);
    }
    if !meant.is_none() {
        subject::keep_on_table(&meant, state);
    }
    order(found, found.products.clone(), book)
}

/// Stock and price of what is to be ordered, and how an order is placed.
fn order(found: &Findings, ids: Vec<RecordId>, book: &mut FactBook) -> Step {
    let mut answer = Answer::default();
    for id in ids {
        answer.acts.extend(say::stock(book, id));
        answer.acts.extend(say::price(book, id));
        answer.cards.push(id);
    }
    match say::best_entry(found, 0) {
        Some(hit) => say::say_entry(book, hit, &mut answer),
        None => answer.say_plain(ActKind::Buy),
    }
    answer.done()
}
