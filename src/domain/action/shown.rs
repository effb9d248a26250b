//! What a person is shown of an action before and after it: data, no prose.

use serde::{Deserialize, Serialize};

use crate::domain::action::ActionKind;
use crate::domain::money::Money;
use crate::domain::named::named_enum;
use crate::domain::order::{Address, OrderStatus, PaymentKind};
use crate::domain::policy::Arrival;
use crate::domain::record::RecordKind;

/// What is shown, and said yes to. Two that are equal are the same promise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// What is done.
    pub action: ActionKind,
    /// Number of the order it is done to.
    pub order: Option<String>,
    /// Money that moves with it.
    pub money: Vec<Movement>,
    /// Money that moves later, once the goods are back.
    pub later: Vec<Movement>,
    /// What changes.
    pub lines: Vec<Line>,
}

/// Money that moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// From the customer, or to them.
    pub kind: PaymentKind,
    /// How much; never negative.
    pub amount: Money,
    /// Name of the payment method.
    pub method: String,
    /// When it is there.
    pub arrives: Arrival,
}

/// One thing that changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Kind of the record.
    pub kind: RecordKind,
    /// Its identifier.
    pub id: String,
    /// What of it.
    pub field: LineField,
    /// What it is now.
    pub before: Option<Side>,
    /// What it will be.
    pub after: Option<Side>,
}

named_enum! {
    /// What of a record changes.
    LineField {
        /// Where an order stands.
        Status = "status",
        /// Why an order is ended or comes back.
        Reason = "reason",
        /// Pieces of an order.
        Item = "item",
        /// Pieces that are to come back.
        ReturnItem = "return_item",
        /// Pieces that are to be exchanged.
        ExchangeItem = "exchange_item",
        /// How an order is paid.
        PaymentMethod = "payment_method",
        /// What an order costs.
        Total = "total",
        /// Where an order goes.
        ShipTo = "ship_to",
        /// What a gift card holds.
        Balance = "balance",
        /// The customer's default address.
        Address = "address",
        /// Whether the customer agrees to something.
        Consent = "consent",
        /// Pieces of a product at hand.
        Stock = "stock",
    }
}

/// One side of a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Side {
    /// A status.
    Status(OrderStatus),
    /// Pieces of a product with the price of one, where it is known.
    Pieces {
        /// Which.
        sku: String,
        /// How many.
        quantity: u32,
        /// Price of one.
        unit_price: Option<Money>,
    },
    /// An amount.
    Money(Money),
    /// A payment method by name, with what it holds.
    Balance {
        /// Which.
        method: String,
        /// What it holds.
        balance: Money,
    },
    /// An address.
    Address(Address),
    /// A number of pieces.
    Count(u32),
    /// Words of the records.
    Text(String),
    /// Given or not.
    Consent {
        /// To what.
        consent: String,
        /// Whether.
        given: bool,
    },
}

impl Side {
    /// For the books of the shop: nothing of a person stands in it.
    fn note(&self) -> String {
        match self {
            Self::Status(status) => status.to_string(),
            Self::Pieces { sku, quantity, unit_price } => {
                let price = unit_price.map(|price| format!(" at {price}")).unwrap_or_default();
                format!("{quantity} x {sku}{price}")
            }
            Self::Money(amount) => amount.to_string(),
            Self::Balance { method, balance } => format!("{method} {balance}"),
            Self::Address(_) => "(an address)".to_owned(),
            Self::Count(count) => count.to_string(),
            Self::Text(text) => text.clone(),
            Self::Consent { consent, given } => format!("{consent} {}", if *given { "yes" } else { "no" }),
        }
    }
}

impl Line {
    /// For the books of the shop.
    pub fn note(&self) -> String {
        let side = |side: &Option<Side>| side.as_ref().map_or("none".to_owned(), Side::note);
        format!("{} {} -> {}", self.field, side(&self.before), side(&self.after))
    }
}

impl Movement {
    /// For the books of the shop.
    pub fn note(&self) -> String {
        format!("{} {} by {}", self.kind, self.amount, self.method)
    }
}
