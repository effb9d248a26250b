//! What the phrases themselves assert, held against the record: "in stock", "has expired", "is late".

use super::offers;
use crate::domain::act::{Act, ActKind, Arg};
use crate::domain::fact::{FactBook, FactId, RecordId, Source};
use crate::domain::hours::{Plan, Schedule};
use crate::domain::order::{Order, OrderStatus, PaymentKind};
use crate::domain::product::{Availability, Product, SpecValue};
use crate::domain::record::{Field, Record};
use crate::domain::ticket::TicketStatus;
use crate::domain::time::Day;
use crate::domain::value::Value;

/// Whether everything an act asserts beyond its facts is true.
pub fn hold(act: &Act, book: &FactBook) -> Result<(), String> {
    let truth = match act.kind {
        ActKind::InStock | ActKind::CompareStock | ActKind::RecommendStock => {
            stock(act, book, |p| p.availability() == Availability::InStock)
        }
        ActKind::LowStock => stock(act, book, |p| p.stock.is_some_and(|n| n > 0)),
        ActKind::StockCount => stock(act, book, |p| p.stock.is_some_and(|n| n > 0)) && same_record(act, book, &["product", "stock"]),
        ActKind::OutOfStock | ActKind::ListItemOut | ActKind::RestockUnknown => {
            stock(act, book, |p| p.availability() == Availability::OutOfStock)
        }
        ActKind::StockUnknown => stock(act, book, |p| p.availability() == Availability::Unknown),
        ActKind::PriceUnknown => stock(act, book, |p| p.price.is_none()),
        ActKind::SpecYes | ActKind::SpecIs | ActKind::SpecFlagYes => flag(act, book, true),
        ActKind::SpecNo | ActKind::SpecIsNot | ActKind::SpecFlagNo => flag(act, book, false),
        ActKind::Price | ActKind::ListItem | ActKind::TopCheapest | ActKind::TopDearest | ActKind::PiecesTotal => {
            same_record(act, book, &["product", "price"])
        }
        ActKind::Spec
        | ActKind::SpecHas
        | ActKind::SpecOther
        | ActKind::Top
        | ActKind::NextBest
        | ActKind::ForComparison
        | ActKind::ListItemWith => same_record(act, book, &["product", "spec", "value"]),
        ActKind::ListItemWithOut => {
            stock(act, book, |p| p.availability() == Availability::OutOfStock) && same_record(act, book, &["product", "spec", "value"])
        }
        ActKind::FitsListed => same_record(act, book, &["product", "value"]),
        ActKind::FitsYes => fits(act, book),
        ActKind::ComparePrice => cheaper(act, book),
        ActKind::Late => late(act, book),
        ActKind::OrderPending => status(act, book, OrderStatus::Pending),
        ActKind::OrderConfirmed => status(act, book, OrderStatus::Confirmed),
        ActKind::OrderShipped => status(act, book, OrderStatus::Shipped),
        ActKind::OrderDelivered => status(act, book, OrderStatus::Delivered),
        ActKind::OrderReturnRequested => status(act, book, OrderStatus::ReturnRequested),
        ActKind::OrderExchangeRequested => status(act, book, OrderStatus::ExchangeRequested),
        ActKind::OrderCancelled => status(act, book, OrderStatus::Cancelled),
        ActKind::OrderReturned => status(act, book, OrderStatus::Returned),
        ActKind::WarrantyUntil => not_past(act, book, true),
        ActKind::WarrantyOver => not_past(act, book, false),
        ActKind::ReturnUntil | ActKind::ItemReturnUntil | ActKind::RestUntil | ActKind::ExchangeUntil | ActKind::WarrantyUntilSaid => {
            not_past(act, book, true)
        }
        ActKind::ReturnOver | ActKind::ItemReturnOver | ActKind::ExchangeOver | ActKind::WarrantyOverSaid => not_past(act, book, false),
        ActKind::WithinWindow => said_within(act, book, true),
        ActKind::BeyondWindow => said_within(act, book, false),
        ActKind::DamageLate => longer(act, "ago", "window", book),
        ActKind::ExpectedToday => days_off(act, book) == Some(0),
        ActKind::ExpectedTomorrow => days_off(act, book) == Some(1),
        ActKind::ComesByThen => comes_by(act, book) == Some(true),
        ActKind::ComesLater => comes_by(act, book) == Some(false),
        ActKind::OutToday => days_off(act, book) == Some(0) && out_for_delivery(act, book),
        ActKind::OutForDelivery => out_for_delivery(act, book),
        ActKind::NotKnownLost => order(act, "news", book, |o| !names_loss(o)),
        ActKind::CanStillChange | ActKind::CanStillCancel | ActKind::CanStillMove | ActKind::OfferCancel => {
            order(act, "order", book, Order::is_open)
        }
        ActKind::CannotChange | ActKind::CannotCancel | ActKind::CannotMove => order(act, "order", book, |o| !o.is_open()),
        ActKind::RefundNotRecorded => order(act, "order", book, |o| o.payments.iter().all(|p| p.kind != PaymentKind::Refund)),
        ActKind::RefundRecorded => same_record(act, book, &["order", "amount"]),
        ActKind::WarrantyNotBegun => order(act, "order", book, |o| !o.is_delivered()),
        ActKind::TicketThere => ticket_is_open(act, book),
        ActKind::OpenDay | ActKind::OpenHours | ActKind::OpensNext => open_on(act, book, true),
        ActKind::ClosedDay | ActKind::ClosedHours => open_on(act, book, false),
        ActKind::OpenNow => open_now(act, book) == Some(true),
        ActKind::ClosedNow => open_now(act, book) == Some(false),
        _ => offers::hold(act, book),
    };
    truth.then_some(()).ok_or_else(|| format!("the records do not say {}", act.kind))
}

/// The record a fact of the act comes from.
pub(super) fn record_of(act: &Act, name: &str, book: &FactBook) -> Option<RecordId> {
    source(act.one(name)?, book)
}

pub(super) fn source(fact: FactId, book: &FactBook) -> Option<RecordId> {
    match book.fact(fact)?.source {
        Source::Record(record, _) => Some(record),
        _ => None,
    }
}

fn stock(act: &Act, book: &FactBook, holds: impl Fn(&Product) -> bool) -> bool {
    let record = record_of(act, "product", book).and_then(|id| book.record(id));
    matches!(record.map(|r| &r.record), Some(Record::Product(product)) if holds(product))
}

fn flag(act: &Act, book: &FactBook, wanted: bool) -> bool {
    let Some(fact) = act.one("value").and_then(|id| book.fact(id)) else { return false };
    let Source::Record(record, Field::Spec(index)) = fact.source else { return false };
    let record = book.record(record).map(|r| &r.record);
    let flag = match record {
        Some(Record::Product(product)) => product.specs.get(usize::from(index)).map(|spec| &spec.value),
        _ => None,
    };
    flag == Some(&SpecValue::Flag(wanted)) && same_record(act, book, &["product", "spec", "value"])
}

/// Whether one of the two products says in its specifications that it fits the other, or its kind.
fn fits(act: &Act, book: &FactBook) -> bool {
    let product = |name: &str| match record_of(act, name, book).and_then(|id| book.record(id)).map(|r| &r.record) {
        Some(Record::Product(product)) => Some(product),
        _ => None,
    };
    match (product("product"), product("other")) {
        (Some(a), Some(b)) => a.says_it_fits(b) || b.says_it_fits(a),
        _ => false,
    }
}

pub(super) fn same_record(act: &Act, book: &FactBook, names: &[&str]) -> bool {
    let mut records = names.iter().map(|name| record_of(act, name, book));
    let Some(Some(first)) = records.next() else { return false };
    records.all(|record| record == Some(first))
}

fn cheaper(act: &Act, book: &FactBook) -> bool {
    let money = |name: &str| match act.one(name).and_then(|id| book.value(id)) {
        Some(Value::Money(money)) => Some(*money),
        _ => None,
    };
    let belongs =
        record_of(act, "cheaper", book) == record_of(act, "low", book) && record_of(act, "dearer", book) == record_of(act, "high", book);
    match (money("low"), money("high")) {
        (Some(low), Some(high)) => belongs && low.currency == high.currency && low.minor < high.minor,
        _ => false,
    }
}

fn late(act: &Act, book: &FactBook) -> bool {
    let record = record_of(act, "promised", book).and_then(|id| book.record(id));
    matches!(record.map(|r| &r.record), Some(Record::Order(order)) if order.days_late(book.today(), book.zone()).is_some())
}

fn status(act: &Act, book: &FactBook, wanted: OrderStatus) -> bool {
    let record = record_of(act, "order", book).and_then(|id| book.record(id));
    matches!(record.map(|r| &r.record), Some(Record::Order(order)) if order.status == wanted)
}

/// The hours an act rests on, and the day it speaks of.
fn hours_of(act: &Act, book: &FactBook) -> Option<(Schedule, Day)> {
    let Some(Value::Day(day)) = act.one("date").and_then(|id| book.value(id)) else { return None };
    let Some(Arg::Many(words)) = act.arg("words") else { return None };
    Some((book.schedule(words), *day))
}

fn open_on(act: &Act, book: &FactBook, wanted: bool) -> bool {
    hours_of(act, book).and_then(|(schedule, day)| schedule.on(day)).is_some_and(|plan| (plan != Plan::Closed) == wanted)
}

fn open_now(act: &Act, book: &FactBook) -> Option<bool> {
    let (schedule, day) = hours_of(act, book).filter(|(_, day)| *day == book.today())?;
    let now = book.clock()?;
    Some(match schedule.on(day)? {
        Plan::Closed => false,
        Plan::Open(from, until) => from <= now && now < until,
    })
}

/// Whether the order a fact comes from is as wanted; an act without the fact asserts nothing of it.
fn order(act: &Act, name: &str, book: &FactBook, holds: impl Fn(&Order) -> bool) -> bool {
    match record_of(act, name, book).and_then(|id| book.record(id)).map(|r| &r.record) {
        Some(Record::Order(order)) => holds(order),
        _ => act.one(name).is_none(),
    }
}

fn names_loss(order: &Order) -> bool {
    order
        .fulfilments
        .iter()
        .any(|parcel| parcel.delivered.is_none() && format!("{} {}", parcel.status, parcel.note).to_lowercase().contains("lost"))
}

fn ticket_is_open(act: &Act, book: &FactBook) -> bool {
    let record = record_of(act, "ticket", book).and_then(|id| book.record(id));
    matches!(record.map(|r| &r.record), Some(Record::Ticket(t)) if matches!(t.status, TicketStatus::Open | TicketStatus::InProgress))
}

/// Days from the turn's day to the day of the act.
fn days_off(act: &Act, book: &FactBook) -> Option<i32> {
    match book.value(act.one("day")?)? {
        Value::Day(day) => Some(day.days_since(book.today())),
        _ => None,
    }
}

/// Whether the day an order is expected on is within the one named, and neither has gone by.
fn comes_by(act: &Act, book: &FactBook) -> Option<bool> {
    let day = |name: &str| match book.value(act.one(name)?)? {
        Value::Day(day) => Some(*day),
        _ => None,
    };
    let (expected, by) = (day("day")?, day("by")?);
    (expected >= book.today()).then_some(expected <= by)
}

fn out_for_delivery(act: &Act, book: &FactBook) -> bool {
    act.one("state").and_then(|id| book.value(id)).is_some_and(|value| value.to_string().to_lowercase().contains("out for delivery"))
}

/// A length of time in days, a month as thirty.
fn length(act: &Act, name: &str, book: &FactBook) -> Option<i32> {
    match book.value(act.one(name)?)? {
        Value::Days(days) => Some(*days),
        Value::Months(months) => Some(months * 30),
        _ => None,
    }
}

fn longer(act: &Act, a: &str, b: &str, book: &FactBook) -> bool {
    matches!((length(act, a, book), length(act, b, book)), (Some(a), Some(b)) if a > b)
}

/// Whether what the customer says lies within the shop's window, as wanted.
fn said_within(act: &Act, book: &FactBook, wanted: bool) -> bool {
    matches!((length(act, "said", book), length(act, "window", book)), (Some(said), Some(window)) if (said < window) == wanted && said != window)
}

/// Whether the day in `until` still lies ahead (or is today), as wanted.
fn not_past(act: &Act, book: &FactBook, wanted: bool) -> bool {
    match act.one("until").and_then(|id| book.value(id)) {
        Some(Value::Day(day)) => (*day >= book.today()) == wanted,
        _ => false,
    }
}
