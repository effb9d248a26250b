//! Advice of the shop's own, and the things it leads to: "wifi upstairs is terrible, what do I need".

use super::super::lookup::{Findings, Lookup};
use super::super::say;
use super::super::turn::{Answer, Step, Turn};
use super::super::understanding::needs;
use super::find;
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, Formula};
use crate::domain::state::ConversationState;

/// Things shown with it.
const SHOWN: usize = 3;

/// The entry that answers; and what the shop sells for the need, where one is told clearly.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let asked_for = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "need" | "recommend" | "suggest" | "buy" | "get" | "want"));
    let need = needs::by_need(turn.text, turn.heard, turn.read).filter(|_| asked_for && needs::tells(turn.heard));
    let Some(query) = need else { return say::from_knowledge(turn, found, book) };
    if found.knowledge.is_empty() {
        let mut lookups = say::lookups(turn);
        lookups.push(Lookup::Search { query, limit: SHOWN });
        return Step::Look(lookups);
    }
    let mut answer = Answer::default();
    say::known(turn, found, book, &mut answer);
    let told = answer.acts.iter().any(|act| act.kind == ActKind::Knowledge);
    let Some(search) = found.searches.first().filter(|search| told && !search.products.is_empty()) else { return answer.done() };
    if let [_, _, ..] = search.products.as_slice() {
        let total = u32::try_from(search.total).unwrap_or(u32::MAX);
        let shown = u32::try_from(search.products.len()).unwrap_or(0);
        let (count, shown) = (book.derive(Formula::Matches(total), &[]), book.derive(Formula::Matches(shown), &[]));
        let kind = if search.total > search.products.len() { ActKind::FoundMore } else { ActKind::Found };
        answer.say(Act::plain(kind).with_some("count", count).with_some("shown", shown));
    }
    say::list(book, &search.products, &mut answer);
    find::remember(found, book, state);
    answer.done()
}
