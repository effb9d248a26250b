//! The status of an order in acts.

use super::super::say;
use super::super::turn::{Answer, Turn};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, Formula, RecordId};
use crate::domain::goal::Goal;
use crate::domain::order::{Order, OrderStatus};
use crate::domain::record::Field;

/// Everything a customer asks when they ask where their order is.
pub fn tell(turn: &Turn<'_>, id: RecordId, order: &Order, products: &[RecordId], book: &mut FactBook, answer: &mut Answer) {
    answer.acts.extend(status_act(id, book));
    items(id, order, products, book, answer);
    let late = order.days_late(book.today(), book.zone()).is_some();
    if late {
        let promised = book.field(id, Field::Delivery);
        let days = promised.and_then(|day| book.derive(Formula::DaysSince, &[day]));
        answer.say(Act::plain(ActKind::Late).with_some("promised", promised).with_some("days", days));
    } else if order.promised_day(book.zone()).is_some() {
        let expected = book.field(id, Field::Delivery);
        answer.say(Act::plain(ActKind::Expected).with_some("day", expected));
    } else if order.is_open() || order.status == OrderStatus::Shipped {
        answer.say_plain(ActKind::NoDate);
    }
    parcels(turn, id, order, book, answer);
}

/// One sentence on where an order stands.
pub fn status_act(id: RecordId, book: &mut FactBook) -> Option<Act> {
    let order = say::order(book, id)?;
    let number = book.field(id, Field::Number)?;
    let kind = match order.status {
        OrderStatus::Pending => ActKind::OrderPending,
        OrderStatus::Confirmed => ActKind::OrderConfirmed,
        OrderStatus::Shipped => ActKind::OrderShipped,
        OrderStatus::Delivered => ActKind::OrderDelivered,
        OrderStatus::ReturnRequested => ActKind::OrderReturnRequested,
        OrderStatus::ExchangeRequested => ActKind::OrderExchangeRequested,
        OrderStatus::Cancelled => ActKind::OrderCancelled,
        OrderStatus::Returned => ActKind::OrderReturned,
    };
    let day = if order.status == OrderStatus::Delivered { book.field(id, Field::Delivery) } else { None };
    let ordered = book.field(id, Field::Created);
    let mut act = Act::plain(kind).with("order", number);
    if kind == ActKind::OrderDelivered {
        act = act.with_some("day", day);
    } else if matches!(kind, ActKind::OrderPending | ActKind::OrderConfirmed) {
        act = act.with_some("ordered", ordered);
    }
    Some(act)
}

fn items(id: RecordId, order: &Order, products: &[RecordId], book: &mut FactBook, answer: &mut Answer) {
    let names: Vec<FactId> = products.iter().filter_map(|product| say::name(book, *product)).collect();
    if names.is_empty() {
        return;
    }
    let several = order.items.iter().any(|item| item.quantity > 1);
    let quantities: Vec<FactId> = if several && names.len() == order.items.len() {
        (0..order.items.len()).filter_map(|i| book.field(id, Field::Quantity(u16::try_from(i).ok()?))).collect()
    } else {
        Vec::new()
    };
    let mut act = Act::plain(ActKind::OrderItems).with_many("names", names);
    if !quantities.is_empty() {
        act = act.with_many("quantities", quantities);
    }
    answer.say(act);
}

/// Each parcel with its carrier, number and state; what the customer asked about decides how much.
fn parcels(turn: &Turn<'_>, id: RecordId, order: &Order, book: &mut FactBook, answer: &mut Answer) {
    if order.fulfilments.is_empty() {
        if turn.goal == Goal::Tracking {
            answer.say_plain(ActKind::NoTracking);
        }
        return;
    }
    if order.is_split() {
        let count = book.derive(Formula::Matches(u32::try_from(order.fulfilments.len()).unwrap_or(0)), &[]);
        answer.say(Act::plain(ActKind::SplitParcels).with_some("count", count));
    }
    let settled = matches!(order.status, OrderStatus::Cancelled | OrderStatus::Returned);
    for (i, parcel) in order.fulfilments.iter().enumerate() {
        let Ok(index) = u16::try_from(i) else { continue };
        if settled {
            continue;
        }
        let carrier = book.field(id, Field::Carrier(index));
        let tracking = book.field(id, Field::Tracking(index));
        let arrived = book.field(id, Field::ParcelDelivered(index));
        let state = book.field(id, Field::ParcelStatus(index));
        match (arrived, state) {
            (Some(day), _) if order.is_split() || turn.goal == Goal::Tracking => {
                answer.say(
                    Act::plain(ActKind::ParcelDelivered).with_some("carrier", carrier).with_some("tracking", tracking).with("day", day),
                );
            }
            (Some(_), _) => {}
            (None, Some(state)) => {
                answer.say(Act::plain(ActKind::Parcel).with_some("carrier", carrier).with_some("tracking", tracking).with("state", state));
            }
            (None, None) if tracking.is_some() => {
                answer.say(Act::plain(ActKind::ParcelTracking).with_some("carrier", carrier).with_some("tracking", tracking));
            }
            (None, None) => {}
        }
        let telling = parcel.delivered.is_none() || turn.goal == Goal::MissingParcel;
        if let Some(note) = book.field(id, Field::ParcelNote(index)).filter(|_| telling) {
            answer.say(Act::plain(ActKind::ParcelNote).with("note", note));
        }
    }
}
