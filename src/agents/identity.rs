//! Whose order it is: which one is meant, and whether it may be shown.
//!
//! An order is shown to a session that gave its number together with what the policy asks for. Wrong,
//! unknown and locked get the same answer; the check itself is the driver's.

use super::lookup::{Claim, Findings, Lookup, Verdict};
use super::say;
use super::turn::{Answer, Step, Turn};
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::asks::Slot;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::record::Field;
use crate::domain::state::{ConversationState, IdentityLevel, Pending};
use crate::domain::text::fold::bare;

/// The way to an order.
pub enum OrderStep {
    /// It is known and may be shown.
    Known(RecordId),
    /// Something must be looked up or asked first.
    First(Step),
}

/// Finds the order a message is about and makes sure it may be shown.
pub fn order(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState, agent: Agent) -> OrderStep {
    note(turn, state);
    if let Some(verdict) = &found.identity {
        return after_verdict(turn, found, book, state, agent, verdict.clone());
    }
    let named = named_order(turn);
    if state.identity.level != IdentityLevel::Anonymous {
        return known_customer(turn, found, book, state, agent, named);
    }
    let number = named.or_else(|| state.known.order_number.clone());
    let Some(number) = number else {
        return OrderStep::First(ask(turn, state, agent, Slot::OrderNumber, ActKind::AskOrderNumber));
    };
    state.known.order_number = Some(number.clone());
    match claim(state, &number) {
        Some(claim) => OrderStep::First(Step::Look(vec![Lookup::Identity(claim)])),
        None => OrderStep::First(ask(turn, state, agent, Slot::Identity, ActKind::AskIdentity)),
    }
}

/// Keeps what the customer says of themselves, so that nothing is asked twice.
pub fn note(turn: &Turn<'_>, state: &mut ConversationState) {
    let contact = &turn.read.contact;
    let known = &mut state.known;
    for (slot, value) in [
        (&mut known.email, &contact.email),
        (&mut known.phone_tail, &contact.phone_tail),
        (&mut known.zip, &contact.zip),
        (&mut known.name, &contact.name),
    ] {
        if value.is_some() {
            slot.clone_from(value);
        }
    }
}

/// The order number in a message: one that can be nothing else, or any when an order is talked about.
fn named_order(turn: &Turn<'_>) -> Option<String> {
    let certain = turn.heard.orders.iter().find(|n| n.certain);
    // Digits that were just given as a telephone or postal code are no order number.
    let taken = |n: &&crate::domain::heard::NumberNamed| {
        let contact = &turn.read.contact;
        [&contact.phone_tail, &contact.zip].into_iter().flatten().any(|value| bare(value) == n.bare)
    };
    certain.or_else(|| turn.heard.orders.iter().find(|n| !taken(n))).map(|n| n.bare.clone())
}

/// What can be claimed with what is known, if it is enough to try: the driver holds it against the policy.
fn claim(state: &ConversationState, order: &str) -> Option<Claim> {
    let known = &state.known;
    let enough = known.email.is_some() || known.phone_tail.is_some() || (known.zip.is_some() && known.name.is_some());
    enough.then(|| Claim {
        order: order.to_owned(),
        email: known.email.clone(),
        phone_tail: known.phone_tail.clone(),
        zip: known.zip.clone(),
        name: known.name.clone(),
    })
}

fn after_verdict(
    turn: &Turn<'_>,
    found: &Findings,
    book: &mut FactBook,
    state: &mut ConversationState,
    agent: Agent,
    verdict: Verdict,
) -> OrderStep {
    match verdict {
        Verdict::Proven { customer, order } => {
            state.identity.level = IdentityLevel::Identified;
            state.identity.customer = Some(customer);
            state.known.order_number = None;
            match found.order {
                None => OrderStep::First(Step::Look(vec![Lookup::Order(bare(&order))])),
                Some(Some(id)) => known(id, book, state),
                Some(None) => OrderStep::First(failed(turn, state, agent)),
            }
        }
        Verdict::NotProven => OrderStep::First(failed(turn, state, agent)),
    }
}

/// The session belongs to a customer: their orders may be looked up by number, or listed.
fn known_customer(
    turn: &Turn<'_>,
    found: &Findings,
    book: &mut FactBook,
    state: &mut ConversationState,
    agent: Agent,
    named: Option<String>,
) -> OrderStep {
    if let Some(number) = named.or_else(|| pointed(turn)) {
        return match found.order {
            None => OrderStep::First(Step::Look(vec![Lookup::Order(number)])),
            Some(Some(id)) => known(id, book, state),
            // Not theirs or not there: the same words as for a failed proof.
            Some(None) => OrderStep::First(failed(turn, state, agent)),
        };
    }
    if let Some(number) = state.focus.order.clone() {
        return match found.order {
            None => OrderStep::First(Step::Look(vec![Lookup::Order(bare(&number))])),
            Some(Some(id)) => known(id, book, state),
            Some(None) => OrderStep::First(failed(turn, state, agent)),
        };
    }
    match &found.orders {
        None => OrderStep::First(Step::Look(vec![Lookup::OrdersOfCustomer])),
        Some(orders) => match orders.as_slice() {
            [only] => known(*only, book, state),
            several => OrderStep::First(which(turn, several, book, state, agent)),
        },
    }
}

/// An order pointed at in the list just shown.
fn pointed(turn: &Turn<'_>) -> Option<String> {
    let orders = &turn.before.focus.orders;
    let reference = &turn.read.reference;
    let place = reference.places.first().copied().or_else(|| reference.last.then_some(orders.len()))?;
    orders.get(place.checked_sub(1)?).map(|number| bare(number))
}

fn known(id: RecordId, book: &FactBook, state: &mut ConversationState) -> OrderStep {
    if let Some(order) = say::order(book, id) {
        state.focus.order = Some(order.number.clone());
        if let [item] = order.items.as_slice() {
            state.focus.products = vec![item.sku.clone()];
        }
    }
    OrderStep::Known(id)
}

/// Lists the customer's orders and asks which one.
fn which(turn: &Turn<'_>, orders: &[RecordId], book: &mut FactBook, state: &mut ConversationState, agent: Agent) -> Step {
    let mut step = ask(turn, state, agent, Slot::OrderNumber, ActKind::AskWhichOrder);
    if let Step::Say(answer) = &mut step {
        list_orders(orders, book, answer, state);
    }
    step
}

/// Lists orders, newest first, and keeps their order for "the second one".
pub fn list_orders(orders: &[RecordId], book: &mut FactBook, answer: &mut Answer, state: &mut ConversationState) {
    const LISTED: usize = 6;
    let shown: Vec<RecordId> = orders.iter().copied().take(LISTED).collect();
    for id in &shown {
        let facts = [Field::Number, Field::Status, Field::Created, Field::Total].map(|field| book.field(*id, field));
        let [number, status, ordered, total] = facts;
        answer.say(
            Act::plain(ActKind::OrderListItem)
                .with_some("order", number)
                .with_some("status", status)
                .with_some("ordered", ordered)
                .with_some("total", total),
        );
        answer.cards.push(*id);
    }
    state.focus.orders = shown.iter().filter_map(|id| say::order(book, *id)).map(|o| o.number.clone()).collect();
}

fn ask(turn: &Turn<'_>, state: &mut ConversationState, agent: Agent, slot: Slot, kind: ActKind) -> Step {
    let attempts = match &state.pending {
        Some(Pending::Ask { slot: old, attempts, .. }) if *old == slot => attempts.saturating_add(1),
        _ => 1,
    };
    let mut answer = Answer::default();
    if attempts == 1 {
        say::sympathise(turn, &mut answer);
    }
    answer.say_plain(kind);
    answer.asks.push(slot);
    state.pending = Some(Pending::Ask { slot, goal: turn.goal, agent, said: say::question_text(turn), attempts });
    answer.done()
}

/// The claim failed; one sentence for every reason. What was claimed is forgotten, so that the next
/// attempt stands by itself.
fn failed(turn: &Turn<'_>, state: &mut ConversationState, agent: Agent) -> Step {
    state.identity.failures = state.identity.failures.saturating_add(1);
    let known = &mut state.known;
    (known.order_number, known.email, known.phone_tail, known.zip, known.name) = (None, None, None, None, None);
    let mut answer = Answer::of(vec![Act::plain(ActKind::IdentityFailed)]);
    answer.asks.push(Slot::OrderNumber);
    answer.options.push(super::turn::chip("human", "Talk to a person"));
    state.pending = Some(Pending::Ask { slot: Slot::OrderNumber, goal: turn.goal, agent, said: say::question_text(turn), attempts: 1 });
    answer.done()
}
