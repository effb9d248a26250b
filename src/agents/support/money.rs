//! The money of what is sent back or called off: whether it was taken, how much comes back, when, and by what.

use super::super::identity::OrderStep;
use super::super::lookup::{Findings, Lookup};
use super::super::turn::{Answer, Step, Turn};
use super::super::{logistics, policy, say};
use super::returns::{Side, about_an_order, plain_lookup, rules};
use super::{offer_once, order_or_ask, rights, wording};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::goal::Goal;
use crate::domain::order::{Order, OrderStatus, PaymentKind};
use crate::domain::record::Field;
use crate::domain::state::ConversationState;

/// Where the money is.
pub fn refund(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let waits = said.iter().any(|w| matches!(*w, "where" | "wheres" | "still" | "yet" | "waiting" | "received" | "status"));
    if !waits && !turn.continues && !about_an_order(turn, state) {
        return rules(turn, found, Side::Money, book, state);
    }
    let id = match order_or_ask(turn, found, book, state) {
        OrderStep::First(step) => return step,
        OrderStep::Known(id) => id,
    };
    let Some(order) = say::order(book, id) else { return Answer::default().done() };
    let late = order.days_late(book.today(), book.zone()).is_some();
    if order.is_open() && !late {
        return money_of_open(found, id, book);
    }
    // "When would I have my money?", asked of sending it back, is no question of the parcel.
    let of_a_return = matches!(turn.before.goal, Some(Goal::ReturnPolicy | Goal::ReturnRequest));
    if late && of_a_return {
        return rules(turn, found, Side::Money, book, state);
    }
    if late {
        return Answer::hand_over(Goal::LateParcel);
    }
    // "I want my money back" for what was never sent back: whether it still can be.
    let when = said.iter().any(|w| matches!(*w, "when" | "long" | "soon" | "days")) || waits;
    let went_back = order.payments.iter().any(|payment| payment.kind == PaymentKind::Refund);
    if order.status == OrderStatus::Delivered && !when && !went_back && !asks_by_what(turn) {
        return Answer::hand_over(Goal::ReturnRequest);
    }
    if found.knowledge.is_empty() {
        return Step::Look(vec![policy::return_lookup(), plain_lookup(Side::Money), Lookup::Tickets]);
    }
    let mut answer = Answer::default();
    if asks_by_what(turn)
        && let Some(hit) = say::plain_entry(found, 1)
    {
        wording::say_hinted(&["method", "payment", "account", "original"], hit.record, book, &mut answer);
        return answer.done();
    }
    if found.identity.is_none() && !turn.continues {
        say::sympathise(turn, &mut answer);
    }
    answer.cards.push(id);
    let before = answer.acts.len();
    let sent_back = !matches!(order.status, OrderStatus::Delivered | OrderStatus::Shipped | OrderStatus::Pending | OrderStatus::Confirmed);
    answer.acts.extend(refund_acts(id, &order, book).into_iter().filter(|act| sent_back || act.kind == ActKind::RefundRecorded));
    if sent_back {
        answer.acts.extend(logistics::status_act(id, book));
    }
    let note = (0..order.fulfilments.len()).filter_map(|i| u16::try_from(i).ok()).find_map(|i| {
        let note = order.fulfilments.get(usize::from(i))?.note.to_lowercase();
        note.contains("refund").then(|| book.field(id, Field::ParcelNote(i))).flatten()
    });
    if let Some(note) = note {
        answer.acts.drain(before..);
        answer.acts.extend(logistics::status_act(id, book));
        answer.say(Act::plain(ActKind::OrderNote).with("note", note));
        return answer.done();
    }
    if !matches!(order.status, OrderStatus::Cancelled)
        && let Some(hit) = say::plain_entry(found, 1)
    {
        wording::say_answer(turn, Side::Money.plain().1, hit.record, book, &mut answer);
    }
    let recorded = answer.acts.iter().any(|act| act.kind == ActKind::RefundRecorded);
    if recorded {
        return answer.done();
    }
    let open = matches!(order.status, OrderStatus::ReturnRequested | OrderStatus::ExchangeRequested | OrderStatus::Returned);
    if open || order.status == OrderStatus::Cancelled {
        offer_once(turn, "refund", found, book, &mut answer, state);
    }
    answer.done()
}

/// "Is it going back on the same card?"
fn asks_by_what(turn: &Turn<'_>) -> bool {
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let way = said.iter().any(|w| matches!(*w, "card" | "account" | "paypal" | "method" | "bank"));
    way && said.len() <= 3
        || way && said.iter().any(|w| matches!(*w, "same" | "which" | "what" | "original" | "other")) && !said.contains(&"long")
}

/// The money of an order known to be under way or asked about: the rule, with what is recorded.
pub fn told(turn: &Turn<'_>, found: &Findings, id: RecordId, order: &Order, book: &mut FactBook, mut answer: Answer) -> Step {
    if let Some(hit) = say::plain_entry(found, 1) {
        wording::say_answer(turn, Side::Money.plain().1, hit.record, book, &mut answer);
    }
    let back = matches!(order.status, OrderStatus::ReturnRequested | OrderStatus::Returned | OrderStatus::Cancelled);
    answer.acts.extend(refund_acts(id, order, book).into_iter().filter(|act| back || act.kind == ActKind::RefundRecorded));
    if answer.acts.is_empty() {
        answer.say_plain(ActKind::NotInRecords);
    }
    answer.done()
}

/// How much comes back: what was paid, and what the way costs.
pub fn amount(
    turn: &Turn<'_>,
    found: &Findings,
    id: RecordId,
    order: &Order,
    book: &mut FactBook,
    mut answer: Answer,
    state: &ConversationState,
) -> Step {
    let back = refund_acts(id, order, book).into_iter().filter(|act| act.kind == ActKind::RefundRecorded);
    answer.acts.extend(back);
    if answer.acts.is_empty() {
        answer.say(paid(id, order, book, state));
        let faulty = rights::is_faulty(turn.before).then(|| rights::label(found, 1, &[], book)).flatten();
        match (faulty, say::plain_entry(found, 1)) {
            (Some(sentence), _) => answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence)),
            (None, Some(hit)) => wording::say_hinted(Side::Amount.plain().1, hit.record, book, &mut answer),
            (None, None) => {}
        }
    }
    let when = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "when" | "long" | "soon"));
    if when && let Some(hit) = say::plain_entry(found, WINDOW) {
        wording::say_hinted(&["refund", "method", "days", "original"], hit.record, book, &mut answer);
    }
    answer.done()
}

/// The place of the look-up for the rules on sending back.
const WINDOW: usize = 0;

/// What was paid for the one item of an order that is meant, or for all of it.
fn paid(id: RecordId, order: &Order, book: &mut FactBook, state: &ConversationState) -> Act {
    let method = book.field(id, Field::PaymentMethod);
    let at = order.items.iter().position(|item| state.product() == Some(item.sku.as_str())).filter(|_| order.items.len() > 1);
    let price = at.and_then(|at| u16::try_from(at).ok()).and_then(|at| book.field(id, Field::UnitPrice(at)));
    let name = at.and_then(|at| super::super::identity::item_name(&order.items[at].sku, book));
    if let (Some(price), Some(name)) = (price, name) {
        return Act::plain(ActKind::ItemPaid).with("price", price).with("product", name).with_some("method", method);
    }
    let total = book.field(id, Field::Total);
    let kind = if total.is_some() { ActKind::OrderTotal } else { ActKind::NotInRecords };
    Act::plain(kind).with_some("total", total).with_some("method", method)
}

/// The money for what has not left the shop: whether any was taken yet.
fn money_of_open(found: &Findings, id: RecordId, book: &mut FactBook) -> Step {
    const CHARGED: usize = 0;
    let Some(hits) = found.knowledge.get(CHARGED) else {
        let asked = |text: &str| Lookup::Knowledge { text: text.to_owned(), procedures: Some(false), limit: 2 };
        let back = asked("When do I get my money back if I cancel an order?");
        return Step::Look(vec![asked("When is my card charged? Is my card billed before the order ships?"), back, Lookup::Tickets]);
    };
    let mut answer = Answer::default();
    answer.cards.push(id);
    // An entry on paying says when the money is taken; one on returns says nothing of it.
    let of_charging =
        |text: &str| wording::stems(text).iter().any(|s| matches!(s.as_str(), "charg" | "charge" | "debit" | "bill" | "billed"));
    let likely = hits.iter().filter(|hit| hit.score >= say::PLAINLY);
    let charged = likely.map(|hit| hit.record).find_map(|id| say::sentence_where(id, book, of_charging));
    match (charged, say::plain_entry(found, 1)) {
        (Some(sentence), _) => {
            answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence));
            answer.acts.extend(logistics::status_act(id, book));
        }
        (None, Some(hit)) => wording::say_hinted(Side::Money.plain().1, hit.record, book, &mut answer),
        (None, None) => answer.say_plain(ActKind::NotInRecords),
    }
    answer.done()
}

/// What of the money has gone back, as far as the record says.
pub fn refund_acts(id: RecordId, order: &Order, book: &mut FactBook) -> Vec<Act> {
    let number = book.field(id, Field::Number);
    let refunds: Vec<u16> = (0_u16..).zip(&order.payments).filter(|(_, p)| p.kind == PaymentKind::Refund).map(|(i, _)| i).collect();
    if refunds.is_empty() {
        return vec![Act::plain(ActKind::RefundNotRecorded).with_some("order", number)];
    }
    let told = refunds.into_iter().filter_map(|i| {
        let amount = book.field(id, Field::Refund(i))?;
        let method = book.field(id, Field::PaymentVia(i));
        Some(Act::plain(ActKind::RefundRecorded).with_some("order", number).with("amount", amount).with_some("method", method))
    });
    told.collect()
}
