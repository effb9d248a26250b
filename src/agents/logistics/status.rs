//! The status of an order in acts.

use super::super::identity::item_name;
use super::super::items;
use super::super::say;
use super::super::turn::Answer;
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, Formula, RecordId};
use crate::domain::order::{Order, OrderStatus};
use crate::domain::record::Field;
use crate::domain::text::fold::fold;

/// Everything a customer asks when they ask where their order is.
pub fn whole(id: RecordId, order: &Order, book: &mut FactBook, answer: &mut Answer) {
    answer.acts.extend(out_for_delivery(id, order, book));
    answer.acts.extend(status_act(id, book));
    contents(id, order, book, answer);
    if out_for_delivery(id, order, book).is_none() {
        answer.acts.extend(date_act(id, order, book));
    }
    parcels(id, order, false, book, answer);
}

/// When it comes: the day first, then how it stands.
pub fn when(id: RecordId, order: &Order, book: &mut FactBook, answer: &mut Answer) {
    let dated = out_for_delivery(id, order, book).or_else(|| date_act(id, order, book));
    let settled = dated.is_none() || order.is_open();
    answer.acts.extend(dated);
    if settled {
        answer.acts.extend(status_act(id, book));
    }
    parcels(id, order, false, book, answer);
}

/// The parcel an item travels in, and when it comes.
pub fn item(id: RecordId, order: &Order, sku: &str, book: &mut FactBook, answer: &mut Answer) {
    let name = item_name(sku, book);
    let within = items::parcels_with(order, sku);
    let [only] = within.as_slice() else {
        return when(id, order, book, answer);
    };
    let Ok(index) = u16::try_from(*only) else { return };
    let carrier = book.field(id, Field::Carrier(index));
    let tracking = book.field(id, Field::Tracking(index));
    let arrived = book.field(id, Field::ParcelDelivered(index));
    let state = book.field(id, Field::ParcelStatus(index));
    let kind = if arrived.is_some() { ActKind::ItemDelivered } else { ActKind::ItemInParcel };
    if arrived.is_none() {
        answer.acts.extend(out_for_delivery(id, order, book).or_else(|| date_act(id, order, book)));
    }
    let act = Act::plain(kind).with_some("item", name).with_some("carrier", carrier).with_some("tracking", tracking);
    answer.say(act.with_some("day", arrived).with_some("state", state.filter(|_| arrived.is_none())));
    if let Some(note) = book.field(id, Field::ParcelNote(index)) {
        answer.say(Act::plain(ActKind::ParcelNote).with("note", note));
    }
}

/// The day it is promised for, or by how much that has gone by.
pub fn date_act(id: RecordId, order: &Order, book: &mut FactBook) -> Option<Act> {
    if order.days_late(book.today(), book.zone()).is_some() {
        let promised = book.field(id, Field::Delivery)?;
        let days = book.derive(Formula::DaysSince, &[promised]);
        return Some(Act::plain(ActKind::Late).with("promised", promised).with_some("days", days));
    }
    if let Some(day) = order.promised_day(book.zone()) {
        let kind = match day.days_since(book.today()) {
            0 => ActKind::ExpectedToday,
            1 => ActKind::ExpectedTomorrow,
            _ => ActKind::Expected,
        };
        let expected = book.field(id, Field::Delivery)?;
        return Some(Act::plain(kind).with("day", expected));
    }
    (order.is_open() || order.status == OrderStatus::Shipped).then(|| Act::plain(ActKind::NoDate))
}

/// "Out for delivery", where the carrier says so of a parcel that has not arrived.
pub fn out_for_delivery(id: RecordId, order: &Order, book: &mut FactBook) -> Option<Act> {
    let (index, field) =
        order.fulfilments.iter().enumerate().filter(|(_, parcel)| parcel.delivered.is_none()).find_map(|(i, parcel)| {
            let i = u16::try_from(i).ok()?;
            let said = |text: &str| fold(text).contains("out for delivery");
            if said(&parcel.status) { Some((i, Field::ParcelStatus(i))) } else { said(&parcel.note).then_some((i, Field::ParcelNote(i))) }
        })?;
    let state = book.field(id, field)?;
    let carrier = book.field(id, Field::Carrier(index));
    let today = order.promised_day(book.zone()).is_some_and(|day| day == book.today());
    let kind = if today { ActKind::OutToday } else { ActKind::OutForDelivery };
    let day = book.field(id, Field::Delivery).filter(|_| today);
    Some(Act::plain(kind).with("state", state).with_some("carrier", carrier).with_some("day", day))
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

/// What is in it, with how many of each where that is not one.
pub fn contents(id: RecordId, order: &Order, book: &mut FactBook, answer: &mut Answer) {
    let mut names: Vec<FactId> = Vec::new();
    let mut quantities: Vec<FactId> = Vec::new();
    for (i, item) in order.items.iter().enumerate() {
        let Ok(index) = u16::try_from(i) else { continue };
        let (Some(name), Some(quantity)) = (item_name(&item.sku, book), book.field(id, Field::Quantity(index))) else { continue };
        names.push(name);
        quantities.push(quantity);
    }
    if names.is_empty() {
        return;
    }
    let several = order.items.iter().any(|item| item.quantity > 1);
    let act = Act::plain(if several { ActKind::OrderItemsCounted } else { ActKind::OrderItems }).with_many("names", names);
    answer.say(if several { act.with_many("quantities", quantities) } else { act });
}

/// Names of what a parcel holds, where the record says it and the order travels apart.
fn held(order: &Order, index: usize, book: &mut FactBook) -> Vec<FactId> {
    let skus = order.fulfilments.get(index).map(|parcel| parcel.skus.clone()).unwrap_or_default();
    skus.iter().filter_map(|sku| item_name(sku, book)).collect()
}

/// Each parcel with its carrier, number, contents and state. Those that arrived are told of an order that
/// travels apart, or where `all` are asked for.
pub fn parcels(id: RecordId, order: &Order, all: bool, book: &mut FactBook, answer: &mut Answer) {
    if matches!(order.status, OrderStatus::Cancelled | OrderStatus::Returned) {
        return;
    }
    if order.is_split() {
        let count = book.derive(Formula::Matches(u32::try_from(order.fulfilments.len()).unwrap_or(0)), &[]);
        answer.say(Act::plain(ActKind::SplitParcels).with_some("count", count));
    }
    for i in 0..order.fulfilments.len() {
        parcel(id, order, i, all || order.is_split(), book, answer);
    }
}

/// What has not come: the day, and the parcels on their way.
pub fn coming(id: RecordId, order: &Order, book: &mut FactBook, answer: &mut Answer) {
    answer.acts.extend(out_for_delivery(id, order, book).or_else(|| date_act(id, order, book)));
    for i in (0..order.fulfilments.len()).filter(|i| order.fulfilments[*i].delivered.is_none()) {
        parcel(id, order, i, false, book, answer);
    }
}

/// One parcel.
pub fn parcel(id: RecordId, order: &Order, i: usize, arrived_too: bool, book: &mut FactBook, answer: &mut Answer) {
    let (Ok(index), Some(parcel)) = (u16::try_from(i), order.fulfilments.get(i)) else { return };
    let carrier = book.field(id, Field::Carrier(index));
    let tracking = book.field(id, Field::Tracking(index));
    let arrived = book.field(id, Field::ParcelDelivered(index));
    let state = book.field(id, Field::ParcelStatus(index));
    let holds = if order.is_split() { held(order, i, book) } else { Vec::new() };
    let kind = match (arrived, state) {
        (Some(_), _) if arrived_too => ActKind::ParcelDelivered,
        (Some(_), _) => return,
        (None, Some(_)) => ActKind::Parcel,
        (None, None) if tracking.is_some() => ActKind::ParcelTracking,
        (None, None) => return,
    };
    let mut act = Act::plain(kind).with_some("carrier", carrier).with_some("tracking", tracking);
    if !holds.is_empty() {
        act = act.with_many("names", holds);
    }
    answer.say(act.with_some("day", arrived).with_some("state", state.filter(|_| arrived.is_none())));
    let said_already = answer.acts.iter().any(|act| matches!(act.kind, ActKind::OutToday | ActKind::OutForDelivery));
    if let Some(note) = book.field(id, Field::ParcelNote(index)).filter(|_| parcel.delivered.is_none() && !said_already) {
        answer.say(Act::plain(ActKind::ParcelNote).with("note", note));
    }
}
