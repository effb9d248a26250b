//! Orders, their parcels and their payments.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::action::{ActionKind, OrderEvent};
use super::money::Money;
use super::named::named_enum;
use super::time::{Day, Moment, When};

/// An order as the shop's own system has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Number as printed on the confirmation.
    pub number: String,
    /// Identifier of the customer.
    pub customer: String,
    /// Where it stands.
    pub status: OrderStatus,
    /// The source system's own word for the status, where it differs.
    pub source_status: Option<String>,
    /// What was bought.
    pub items: Vec<OrderItem>,
    /// Where it goes.
    pub ship_to: Address,
    /// Parcels.
    pub fulfilments: Vec<Fulfilment>,
    /// When it was placed.
    pub ordered: Option<When>,
    /// The promised day until delivered, then the day it was.
    pub delivery: Option<When>,
    /// What was charged.
    pub total: Option<Money>,
    /// How it was paid, in words.
    pub payment_method: String,
    /// Money moved for the order, oldest first.
    pub payments: Vec<Payment>,
    /// Last change.
    pub updated_at: Moment,
    /// What was done to it at the customer's wish, oldest first.
    pub history: Vec<OrderEvent>,
}

named_enum! {
    /// Where an order stands.
    OrderStatus {
        /// Placed, nothing done yet.
        Pending = "pending",
        /// Accepted and being prepared.
        Confirmed = "confirmed",
        /// On its way.
        Shipped = "shipped",
        /// Arrived.
        Delivered = "delivered",
        /// The customer asked to send it back.
        ReturnRequested = "return_requested",
        /// The customer asked for another one instead.
        ExchangeRequested = "exchange_requested",
        /// Ended before shipping.
        Cancelled = "cancelled",
        /// Came back.
        Returned = "returned",
    }
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderItem {
    /// The product.
    pub sku: String,
    /// How many.
    pub quantity: u32,
    /// Price of one when it was bought.
    pub unit_price: Option<Money>,
}

/// An address: one line of text and the postal code identity checks compare.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Address {
    /// Street, city, state.
    pub line: String,
    /// Postal code.
    pub zip: String,
}

/// One parcel of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fulfilment {
    /// Who carries it; empty when unknown.
    pub carrier: String,
    /// The carrier's number; empty until there is one.
    pub tracking: String,
    /// What is inside; empty means the whole order.
    pub skus: Vec<String>,
    /// The carrier's word, such as "in transit".
    pub status: String,
    /// When it left.
    pub shipped: Option<When>,
    /// When it arrived.
    pub delivered: Option<When>,
    /// Anything the source adds.
    pub note: String,
}

/// Money that moved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Payment {
    /// Paid in or given back.
    pub kind: PaymentKind,
    /// How much.
    pub amount: Money,
    /// By which method, in words or by its identifier.
    pub method: String,
}

named_enum! {
    /// Direction of a payment.
    PaymentKind {
        /// From the customer.
        Payment = "payment",
        /// To the customer.
        Refund = "refund",
    }
}

impl OrderItem {
    /// Adds it to lines, to one that is the same but for the number where there is one; `None` when that is too
    /// large a number.
    pub fn add_to(self, lines: &mut Vec<Self>) -> Option<()> {
        match lines.iter_mut().find(|line| line.sku == self.sku && line.unit_price == self.unit_price) {
            Some(same) => same.quantity = same.quantity.checked_add(self.quantity)?,
            None => lines.push(self),
        }
        Some(())
    }
}

impl Order {
    /// Whether any of it has reached the customer and may still be there.
    pub fn is_delivered(&self) -> bool {
        matches!(self.status, OrderStatus::Delivered | OrderStatus::ReturnRequested | OrderStatus::ExchangeRequested)
    }

    /// Whether it has not left the shop and was not ended.
    pub fn is_open(&self) -> bool {
        matches!(self.status, OrderStatus::Pending | OrderStatus::Confirmed)
    }

    /// The day it was delivered, if it was.
    pub fn delivered_day(&self, zone: &TimeZone) -> Option<Day> {
        if !self.is_delivered() && self.status != OrderStatus::Returned {
            return None;
        }
        let from_parcels = self.fulfilments.iter().filter_map(|f| f.delivered).map(|w| w.day(zone)).max();
        self.delivery.map(|when| when.day(zone)).or(from_parcels)
    }

    /// The day it is promised for, while it is still expected.
    pub fn promised_day(&self, zone: &TimeZone) -> Option<Day> {
        let expected = self.is_open() || self.status == OrderStatus::Shipped;
        expected.then(|| self.delivery.map(|when| when.day(zone))).flatten()
    }

    /// Days past the promised day, when that has gone by and the order has not arrived.
    pub fn days_late(&self, today: Day, zone: &TimeZone) -> Option<i32> {
        let late = today.days_since(self.promised_day(zone)?);
        (late > 0).then_some(late)
    }

    /// The last time an action of the kind was done to it, if ever.
    pub fn done(&self, kind: ActionKind) -> Option<&OrderEvent> {
        self.history.iter().rev().find(|event| event.change.kind() == kind)
    }

    /// What was paid and not given back, by method, in the order the methods first paid; `None` when amounts
    /// do not add up in one currency.
    pub fn paid(&self) -> Option<Vec<(String, Money)>> {
        let mut paid: Vec<(String, Money)> = Vec::new();
        for payment in &self.payments {
            let amount = match payment.kind {
                PaymentKind::Payment => payment.amount,
                PaymentKind::Refund => Money::new(0, payment.amount.currency).checked_sub(payment.amount)?,
            };
            match paid.iter_mut().find(|(method, _)| *method == payment.method) {
                Some((_, sum)) => *sum = sum.checked_add(amount)?,
                None => paid.push((payment.method.clone(), amount)),
            }
        }
        Some(paid)
    }

    /// Whether its parcels travel apart.
    pub fn is_split(&self) -> bool {
        self.fulfilments.len() > 1
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A small order for tests of other modules.
    pub(crate) fn sample(number: &str, status: OrderStatus, delivery: &str) -> Order {
        Order {
            number: number.to_owned(),
            customer: "C1".to_owned(),
            status,
            source_status: None,
            items: vec![OrderItem { sku: "A".into(), quantity: 1, unit_price: None }],
            ship_to: Address { line: "1 Main Street".into(), zip: "04101".into() },
            fulfilments: Vec::new(),
            ordered: None,
            delivery: Day::parse(delivery).map(When::Day),
            total: None,
            payment_method: String::new(),
            payments: Vec::new(),
            updated_at: Moment(0),
            history: Vec::new(),
        }
    }

    #[test]
    fn an_order_is_late_only_while_it_is_expected() {
        let today = Day::parse("2026-11-22").unwrap();
        for (status, delivery, late) in [
            (OrderStatus::Shipped, "2026-11-20", Some(2)),
            (OrderStatus::Shipped, "2026-11-22", None),
            (OrderStatus::Confirmed, "2026-11-21", Some(1)),
            (OrderStatus::Delivered, "2026-11-20", None),
            (OrderStatus::Cancelled, "2026-11-20", None),
        ] {
            let order = sample("1", status, delivery);
            assert_eq!(order.days_late(today, &TimeZone::UTC), late, "{status}");
        }
    }
}
