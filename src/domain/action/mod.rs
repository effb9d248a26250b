//! What customers have done to their records: what is asked for, what is shown of it, and what it leaves behind.
//!
//! A record carries its own history: an action that is asked for twice is known again by its identifier,
//! "once per order" is a look at the list, and what may be undone says what was there before.

mod request;
mod shown;

use serde::{Deserialize, Serialize};

use super::money::Money;
use super::named::named_enum;
use super::order::{Address, OrderItem};
use super::time::Moment;
pub use request::{Request, SwapWish, Wish};
pub use shown::{Line, LineField, Movement, Shown, Side};

named_enum! {
    /// What a customer can have done to the shop's records.
    ActionKind {
        /// End an order before it is sent.
        CancelOrder = "cancel_order",
        /// Other variants of what was ordered, before it is sent.
        ChangeItems = "change_items",
        /// Another way to pay for an order.
        ChangePayment = "change_payment",
        /// Another address for an order.
        ChangeShipping = "change_shipping",
        /// Send back what was delivered.
        ReturnItems = "return_items",
        /// Other variants for what was delivered.
        ExchangeItems = "exchange_items",
        /// An order that is picked up in the store.
        OrderPickUp = "order_pick_up",
        /// Another default address of the customer.
        ChangeAddress = "change_address",
        /// Agree to something, or no longer.
        SetConsent = "set_consent",
        /// Take an earlier action back.
        Undo = "undo",
    }
}

/// An action that was done to an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderEvent {
    /// Identifier of the action.
    pub action: String,
    /// When.
    pub at: Moment,
    /// What it left behind.
    pub change: OrderChange,
}

/// What an action left behind on an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum OrderChange {
    /// It was cancelled.
    Cancelled {
        /// Why.
        reason: String,
    },
    /// Its items were changed.
    ItemsChanged {
        /// Which for which.
        swaps: Vec<Swap>,
        /// The method that paid or got back the difference.
        method: String,
        /// How much dearer it became; negative when cheaper.
        difference: Money,
    },
    /// It is paid another way.
    PaymentChanged {
        /// The method before.
        before: String,
        /// The method now.
        method: String,
    },
    /// It goes to another address.
    ShippingChanged {
        /// Where it went before.
        before: Address,
    },
    /// Items of it are to come back.
    ReturnRequested {
        /// Which, with the price each was bought at.
        items: Vec<OrderItem>,
        /// Why, where the shop asks.
        reason: Option<String>,
        /// The method the refund goes to.
        method: String,
        /// The refund once they are back.
        refund: Money,
    },
    /// Items of it are to be exchanged.
    ExchangeRequested {
        /// Which for which.
        swaps: Vec<Swap>,
        /// The method that pays or gets back the difference.
        method: String,
        /// How much dearer it becomes; negative when cheaper.
        difference: Money,
    },
    /// An earlier action was taken back.
    Undone {
        /// Identifier of that action.
        undone: String,
    },
    /// It was placed, to be picked up in the store.
    PickUpOrdered,
}

/// Pieces of one product in the place of another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Swap {
    /// What was bought.
    pub sku: String,
    /// What comes instead.
    pub new_sku: String,
    /// How many.
    pub quantity: u32,
    /// Price of one when it was bought.
    pub unit_price: Money,
    /// Price of one that comes instead.
    pub new_price: Money,
}

/// An action that was done to a customer's own record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerEvent {
    /// Identifier of the action.
    pub action: String,
    /// When.
    pub at: Moment,
    /// What it left behind.
    pub change: CustomerChange,
}

/// What an action left behind on a customer's record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CustomerChange {
    /// Another default address.
    AddressChanged {
        /// The default address before, if there was one.
        before: Option<Address>,
    },
    /// They agreed to something, or no longer do.
    ConsentSet {
        /// To what.
        consent: String,
        /// Whether they agree now.
        given: bool,
    },
    /// An earlier action was taken back.
    Undone {
        /// Identifier of that action.
        undone: String,
    },
}

impl OrderChange {
    /// The kind of action that leaves this behind.
    pub fn kind(&self) -> ActionKind {
        match self {
            Self::Cancelled { .. } => ActionKind::CancelOrder,
            Self::ItemsChanged { .. } => ActionKind::ChangeItems,
            Self::PaymentChanged { .. } => ActionKind::ChangePayment,
            Self::ShippingChanged { .. } => ActionKind::ChangeShipping,
            Self::ReturnRequested { .. } => ActionKind::ReturnItems,
            Self::ExchangeRequested { .. } => ActionKind::ExchangeItems,
            Self::Undone { .. } => ActionKind::Undo,
            Self::PickUpOrdered => ActionKind::OrderPickUp,
        }
    }
}

impl CustomerChange {
    /// The kind of action that leaves this behind.
    pub fn kind(&self) -> ActionKind {
        match self {
            Self::AddressChanged { .. } => ActionKind::ChangeAddress,
            Self::ConsentSet { .. } => ActionKind::SetConsent,
            Self::Undone { .. } => ActionKind::Undo,
        }
    }
}
