//! Damage, warranty, returns and refunds: the shop's rules applied to the order's dates.

use super::super::identity::OrderStep;
use super::super::lookup::{Findings, Lookup};
use super::super::turn::{Answer, Step, Turn};
use super::super::{policy, say};
use super::{offer_ticket, order_or_ask};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, Formula, RecordId};
use crate::domain::goal::Goal;
use crate::domain::order::{Order, OrderStatus};
use crate::domain::record::Field;
use crate::domain::state::{ConversationState, IdentityLevel};
use crate::domain::value::Value;
use std::sync::Arc;

/// From this probability on a message about returning is the question an entry answers.
const SURELY_A_DETAIL: f32 = 0.55;

/// Whether the message is about one order rather than the rules: one is named, on the table, or the
/// customer speaks of something they have.
fn about_an_order(turn: &Turn<'_>, state: &ConversationState) -> bool {
    let named = turn.heard.orders.iter().any(|n| n.certain) || state.focus.order.is_some() || state.known.order_number.is_some();
    named
        || (turn.continues && turn.read.contact != super::super::understanding::contact::Contact::default())
        || state.identity.level != IdentityLevel::Anonymous
}

/// It came broken, or something else came.
pub fn damage(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let id = match order_or_ask(turn, found, book, state) {
        OrderStep::Known(id) => id,
        OrderStep::First(step) => return step,
    };
    if found.knowledge.is_empty() {
        return Step::Look(vec![policy::damage_lookup()]);
    }
    let Some(order) = say::order(book, id) else { return Answer::default().done() };
    let mut answer = Answer::of(vec![Act::plain(ActKind::Sympathy)]);
    let number = book.field(id, Field::Number);
    let delivered = delivered_fact(&order, id, book);
    let ago = delivered.and_then(|day| book.derive(Formula::DaysSince, &[day]));
    answer.say(Act::plain(ActKind::DamageReport).with_some("order", number).with_some("delivered", delivered).with_some("ago", ago));
    if let Some(hit) = say::best_entry(found, 0) {
        say::say_entry(book, hit, &mut answer);
    }
    answer.cards.push(id);
    keep_item(turn, &order, state);
    offer_ticket(turn, "damaged_or_wrong_item", &mut answer, state);
    answer.done()
}

/// Keeps which line of the order is meant: the one named, or the only one.
fn keep_item(turn: &Turn<'_>, order: &Order, state: &mut ConversationState) {
    let named = turn.heard.products.iter().flat_map(|m| &m.skus).find(|sku| order.items.iter().any(|item| item.sku == **sku));
    let only = match order.items.as_slice() {
        [item] => Some(&item.sku),
        _ => None,
    };
    if let Some(sku) = named.or(only) {
        state.focus.products = vec![sku.clone()];
    }
}

/// Until when it is under warranty.
pub fn warranty(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if !about_an_order(turn, state) {
        return warranty_of_product(turn, found, book);
    }
    let id = match order_or_ask(turn, found, book, state) {
        OrderStep::Known(id) => id,
        OrderStep::First(step) => return step,
    };
    let Some(order) = say::order(book, id) else { return Answer::default().done() };
    if found.knowledge.is_empty() {
        let skus = order.items.iter().map(|item| item.sku.clone()).collect();
        return Step::Look(vec![policy::warranty_lookup(), Lookup::Products(skus)]);
    }
    let mut answer = Answer::default();
    let general = policy::months(found, 0, book, &["warrant", "guarante", "cover"]);
    match delivered_fact(&order, id, book) {
        None => {
            let number = book.field(id, Field::Number);
            answer.say(Act::plain(ActKind::ReturnNotDelivered).with_some("order", number));
        }
        Some(day) => {
            for product in found.products.clone() {
                let term = own_warranty(product, book).or_else(|| general.map(|(_, months)| months));
                let name = say::name(book, product);
                let until = term.and_then(|term| book.derive(Formula::Later, &[day, term]));
                let over = until.and_then(|fact| book.value(fact)).is_some_and(|v| matches!(v, Value::Day(end) if *end < book.today()));
                let kind = if over { ActKind::WarrantyOver } else { ActKind::WarrantyUntil };
                if until.is_some() {
                    answer.say(Act::plain(kind).with_some("product", name).with_some("until", until).with_some("term", term));
                }
            }
        }
    }
    if answer.acts.is_empty() {
        rules(found, 0, book, &mut answer);
    }
    answer.cards.push(id);
    answer.done()
}

/// The term of a product, and the shop's own words.
fn warranty_of_product(turn: &Turn<'_>, found: &Findings, book: &mut FactBook) -> Step {
    if found.knowledge.is_empty() {
        let meant = super::super::resolve::products(turn).skus;
        let mut lookups = vec![say::knowledge_lookup(turn)];
        if !meant.is_empty() {
            lookups.push(Lookup::Products(meant.into_iter().take(2).collect()));
        }
        return Step::Look(lookups);
    }
    let mut answer = Answer::default();
    for id in found.products.clone() {
        let name = say::name(book, id);
        if let Some(spec) = warranty_spec(id, book) {
            answer.say(Act::plain(ActKind::WarrantyTerm).with_some("product", name).with("term", spec));
            answer.cards.push(id);
        }
    }
    rules(found, 0, book, &mut answer);
    answer.done()
}

/// The shop's words on a matter, or that there are none.
fn rules(found: &Findings, which: usize, book: &mut FactBook, answer: &mut Answer) {
    match say::best_entry(found, which) {
        Some(hit) => say::say_entry(book, hit, answer),
        None if answer.acts.is_empty() => answer.say_plain(ActKind::NotInRecords),
        None => {}
    }
}

fn warranty_spec(id: RecordId, book: &mut FactBook) -> Option<FactId> {
    let product = say::product(book, id)?;
    let index = product.specs.iter().position(|spec| {
        let name = spec.name.to_lowercase();
        name.contains("warranty") || name.contains("guarantee")
    })?;
    book.field(id, Field::Spec(u16::try_from(index).ok()?))
}

fn own_warranty(id: RecordId, book: &mut FactBook) -> Option<FactId> {
    let spec = warranty_spec(id, book)?;
    book.derive(Formula::Duration, &[spec])
}

/// Whether and until when it can go back.
pub fn returning(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if !about_an_order(turn, state) {
        return return_rules(turn, found, book, state);
    }
    let id = match order_or_ask(turn, found, book, state) {
        OrderStep::Known(id) => id,
        OrderStep::First(step) => return step,
    };
    if found.knowledge.is_empty() {
        return Step::Look(vec![policy::return_lookup()]);
    }
    let Some(order) = say::order(book, id) else { return Answer::default().done() };
    let mut answer = Answer::default();
    // On its way back already: how that stands is what counts.
    if matches!(order.status, OrderStatus::ReturnRequested | OrderStatus::ExchangeRequested | OrderStatus::Returned) {
        answer.acts.extend(super::super::logistics::status_act(id, book));
        rules(found, 0, book, &mut answer);
        answer.cards.push(id);
        return answer.done();
    }
    let number = book.field(id, Field::Number);
    let window = policy::days(found, 0, book, &["return", "exchang"]);
    let day = delivered_fact(&order, id, book);
    match (day, window) {
        (None, _) => answer.say(Act::plain(ActKind::ReturnNotDelivered).with_some("order", number)),
        (Some(_), None) => rules(found, 0, book, &mut answer),
        (Some(day), Some((sentence, window))) => {
            let until = book.derive(Formula::Later, &[day, window]);
            let left = until.and_then(|until| book.derive(Formula::DaysUntil, &[until]));
            let over = left.and_then(|left| book.value(left)).is_some_and(|v| matches!(v, Value::Days(n) if *n < 0));
            let kind = if over { ActKind::ReturnOver } else { ActKind::ReturnUntil };
            let left = left.filter(|_| !over);
            answer.say(
                Act::plain(kind)
                    .with_some("order", number)
                    .with("delivered", day)
                    .with_some("until", until)
                    .with("window", window)
                    .with_some("left", left),
            );
            answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence));
            if !over {
                keep_item(turn, &order, state);
                offer_ticket(turn, "return_request", &mut answer, state);
            }
        }
    }
    answer.cards.push(id);
    answer.done()
}

/// The rules for returning, and that an order number would tell more.
fn return_rules(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if found.knowledge.is_empty() {
        return Step::Look(vec![say::knowledge_lookup(turn), policy::return_lookup()]);
    }
    let mut answer = Answer::default();
    say::sympathise(turn, &mut answer);
    // Somebody who wants to send something back needs the rule itself; a question may be about a detail.
    let detail = say::best_entry(found, 0).is_some_and(|own| own.score >= SURELY_A_DETAIL);
    let rule_first = turn.goal == Goal::ReturnRequest && say::best_entry(found, 1).is_some() && !detail;
    let which = usize::from(rule_first || say::best_entry(found, 0).is_none());
    rules(found, which, book, &mut answer);
    let step = match order_or_ask(turn, found, book, state) {
        OrderStep::First(Step::Say(asked)) => Some(asked),
        _ => None,
    };
    // The question comes after the rule, so that an answer stands even when it is not taken up.
    if let Some(asked) = step {
        answer.acts.extend(asked.acts.into_iter().filter(|act| act.kind != ActKind::Sympathy));
        answer.asks.extend(asked.asks);
    }
    answer.done()
}

/// Where the money is.
pub fn refund(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let id = match order_or_ask(turn, found, book, state) {
        OrderStep::Known(id) => id,
        OrderStep::First(step) => return step,
    };
    if found.knowledge.is_empty() {
        let text = "How long does a refund take? When do I get my money back?".to_owned();
        return Step::Look(vec![Lookup::Knowledge { text, procedures: Some(false), limit: 2 }]);
    }
    let mut answer = Answer::default();
    say::sympathise(turn, &mut answer);
    answer.acts.extend(super::super::logistics::status_act(id, book));
    rules(found, 0, book, &mut answer);
    answer.cards.push(id);
    offer_ticket(turn, "refund", &mut answer, state);
    answer.done()
}

/// The day an order was delivered, as a fact: the order's own date once it is delivered.
pub fn delivered_fact(order: &Arc<Order>, id: RecordId, book: &mut FactBook) -> Option<FactId> {
    let delivered = order.is_delivered() || order.status == OrderStatus::Returned;
    if !delivered {
        return None;
    }
    book.field(id, Field::Delivery).or_else(|| {
        let parcel = order.fulfilments.iter().position(|f| f.delivered.is_some())?;
        book.field(id, Field::ParcelDelivered(u16::try_from(parcel).ok()?))
    })
}
