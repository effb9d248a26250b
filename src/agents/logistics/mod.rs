//! Logistics: where an order is, when it comes, what can still be changed.

mod status;

use super::identity::{self, OrderStep};
use super::lookup::{Findings, Lookup};
use super::support;
use super::turn::{Answer, Colleague, Step, Turn, chip};
use super::{hours, say};
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::goal::Goal;
use crate::domain::record::Field;
use crate::domain::state::{ConversationState, IdentityLevel};

pub use status::status_act;

/// The logistics agent.
pub struct Logistics;

impl Colleague for Logistics {
    fn agent(&self) -> Agent {
        Agent::Logistics
    }

    fn step(&self, turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
        match turn.goal {
            Goal::OrderStatus | Goal::Tracking | Goal::LateParcel => order(turn, found, book, state),
            Goal::DeliveryDate => delivery_date(turn, found, book, state),
            Goal::MissingParcel => missing(turn, found, book, state),
            Goal::MyOrders => my_orders(turn, found, book, state),
            Goal::CancelOrder | Goal::ChangeOrder | Goal::ChangeAddress => change(turn, found, book, state),
            Goal::Pickup => hours::pickup(turn, found, book),
            goal if goal.intent().agent() == Agent::Logistics => say::from_knowledge(turn, found, book),
            goal => Answer::hand_over(goal),
        }
    }
}

/// Where one order stands.
fn order(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    match identity::order(turn, found, book, state, Agent::Logistics) {
        OrderStep::First(step) => step,
        OrderStep::Known(id) => tell(turn, id, found, book, state),
    }
}

fn tell(turn: &Turn<'_>, id: RecordId, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let Some(order) = say::order(book, id) else { return Answer::default().done() };
    if found.products.is_empty() && !order.items.is_empty() {
        return Step::Look(vec![Lookup::Products(order.items.iter().map(|item| item.sku.clone()).collect())]);
    }
    let mut answer = Answer::default();
    if found.identity.is_some() {
        answer.say_plain(ActKind::IdentityOk);
    }
    status::tell(turn, id, &order, &found.products, book, &mut answer);
    answer.cards.push(id);
    state.focus.order = Some(order.number.clone());
    state.focus.products = order.items.iter().map(|item| item.sku.clone()).collect();
    if order.days_late(book.today(), book.zone()).is_some() {
        support::offer_ticket(turn, "late_parcel", &mut answer, state);
    } else if order.is_delivered() {
        answer.options.push(chip("return", "Can I still return it?"));
        answer.options.push(chip("damaged", "It arrived damaged"));
    }
    answer.done()
}

/// When it comes: of an order, if one is meant; otherwise how long delivery takes.
fn delivery_date(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let own = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "my" | "it" | "mine" | "parcel" | "package" | "order"));
    let known = state.focus.order.is_some() || state.identity.level != IdentityLevel::Anonymous || !turn.heard.orders.is_empty();
    if own || known || turn.continues {
        return order(turn, found, book, state);
    }
    say::from_knowledge(turn, found, book)
}

/// Said to be delivered, but not there.
fn missing(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let id = match identity::order(turn, found, book, state, Agent::Logistics) {
        OrderStep::First(step) => return step,
        OrderStep::Known(id) => id,
    };
    if found.knowledge.is_empty() {
        return Step::Look(vec![say::knowledge_lookup(turn), lost_lookup()]);
    }
    let mut answer = Answer::of(vec![Act::plain(ActKind::Sympathy)]);
    answer.acts.extend(status_act(id, book));
    let which = usize::from(say::best_entry(found, 1).is_some());
    if let Some(hit) = say::best_entry(found, which) {
        say::say_entry(book, hit, &mut answer);
    }
    answer.cards.push(id);
    support::offer_ticket(turn, "missing_parcel", &mut answer, state);
    answer.done()
}

fn lost_lookup() -> Lookup {
    let text = "My parcel is shown as delivered but it is not here. My parcel is lost.".to_owned();
    Lookup::Knowledge { text, procedures: Some(false), limit: 2 }
}

/// All orders of the customer.
fn my_orders(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if state.identity.level == IdentityLevel::Anonymous || found.identity.is_some() {
        match identity::order(turn, found, book, state, Agent::Logistics) {
            OrderStep::First(step) => return step,
            OrderStep::Known(_) => {}
        }
    }
    let Some(orders) = &found.orders else { return Step::Look(vec![Lookup::OrdersOfCustomer]) };
    let mut answer = Answer::default();
    answer.say_plain(ActKind::OrdersIntro);
    identity::list_orders(orders, book, &mut answer, state);
    state.focus.order = None;
    answer.done()
}

/// Cancel, change, other address: the shop's rule, applied to where the order stands.
fn change(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let about_one =
        !turn.heard.orders.is_empty() || state.focus.order.is_some() || turn.continues || state.identity.level != IdentityLevel::Anonymous;
    let mine = turn.heard.words.iter().any(|w| w.text == "my" || w.text == "i" || w.text == "it");
    if !about_one && !mine {
        return say::from_knowledge(turn, found, book);
    }
    let id = match identity::order(turn, found, book, state, Agent::Logistics) {
        OrderStep::First(step) => return step,
        OrderStep::Known(id) => id,
    };
    if found.knowledge.is_empty() {
        return Step::Look(vec![say::knowledge_lookup(turn)]);
    }
    let Some(order) = say::order(book, id) else { return Answer::default().done() };
    let mut answer = Answer::default();
    answer.acts.extend(status_act(id, book));
    let number = book.field(id, Field::Number);
    let kind = if order.is_open() { ActKind::CanStillChange } else { ActKind::CannotChange };
    answer.say(Act::plain(kind).with_some("order", number));
    if let Some(hit) = say::best_entry(found, 0) {
        say::say_entry(book, hit, &mut answer);
    }
    answer.cards.push(id);
    if order.is_open() {
        support::offer_ticket(turn, turn.goal.name(), &mut answer, state);
    }
    answer.done()
}
