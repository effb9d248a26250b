//! The plan that adds to a warranty: whether it can still be bought for a thing the customer has.

use super::super::identity::OrderStep;
use super::super::lookup::{Findings, Lookup};
use super::super::turn::{Answer, Step, Turn};
use super::super::{policy, say};
use super::claims::{delivered_fact, has_an_order};
use super::{order_or_ask, warranty, wording};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, Formula};
use crate::domain::state::ConversationState;

/// Whether a message asks to add such a plan: it names one, and speaks of buying it.
pub fn asks(turn: &Turn<'_>) -> bool {
    let has = |list: &[&str]| turn.heard.words.iter().any(|w| list.contains(&w.text.as_str()));
    let names = has(&["plan", "care", "protection", "insurance", "cover", "coverage", "extension", "extended", "electrocare"]);
    names && has(&["buy", "get", "add", "purchase", "take", "order"]) && has(&["still", "now", "later", "afterwards", "late", "already"])
}

/// The rule, held against the day the thing came or was bought as far as that is known.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    // What is known of an order counts more than what is told.
    let order = match has_an_order(turn, state).then(|| order_or_ask(turn, found, book, state)) {
        Some(OrderStep::First(step @ Step::Look(_))) => return step,
        Some(OrderStep::Known(id)) => Some(id),
        Some(OrderStep::First(_)) | None => None,
    };
    if found.knowledge.is_empty() {
        let asked = |text: &str| Lookup::Knowledge { text: text.to_owned(), procedures: Some(false), limit: 3 };
        return Step::Look(vec![policy::extension_lookup(), asked("Until when can I buy the extended warranty or protection plan?")]);
    }
    let came = order.and_then(|id| delivered_fact(&*say::order(book, id)?, id, book));
    let day = came.or_else(|| warranty::known_day(turn, book));
    let since = day.and_then(|day| book.derive(Formula::DaysSince, &[day]));
    let window = [0, 1].into_iter().find_map(|which| policy::days(found, which, book, &["bought", "buy", "plan", "extend"]));
    let mut answer = Answer::default();
    if let (Some(said), Some((_, window))) = (since, window)
        && let (Some(days), Some(limit)) = (policy::length(said, book), policy::length(window, book))
        && days != limit
    {
        let kind = if days < limit { ActKind::WithinWindow } else { ActKind::BeyondWindow };
        answer.say(Act::plain(kind).with("said", said).with("window", window));
    }
    match (window, say::plain_entry(found, 0)) {
        (Some((sentence, _)), _) => answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence)),
        (None, Some(hit)) => wording::say_answer(turn, &["bought", "plan"], hit.record, book, &mut answer),
        (None, None) => answer.say_plain(ActKind::NotInRecords),
    }
    answer.done()
}
