//! What a customer asks to have done.

use serde::{Deserialize, Serialize};

use crate::domain::action::ActionKind;
use crate::domain::order::{Address, Order};
use crate::domain::state::Pieces;

/// An action that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its identifier: the same one is the same action, done at most once.
    pub id: String,
    /// What is wanted.
    pub wish: Wish,
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wish {
    /// End an order before it is sent.
    CancelOrder {
        /// Number of the order.
        order: String,
        /// One of the reasons the shop accepts.
        reason: String,
    },
    /// Other variants of what was ordered.
    ChangeItems {
        /// Number of the order.
        order: String,
        /// All that is to be changed.
        swaps: Vec<SwapWish>,
        /// The method that pays or gets back the difference; `None` is the one the order was paid with.
        method: Option<String>,
    },
    /// Another way to pay for an order.
    ChangePayment {
        /// Number of the order.
        order: String,
        /// The method from now on.
        method: String,
    },
    /// Another address for an order.
    ChangeShipping {
        /// Number of the order.
        order: String,
        /// The address from now on.
        address: Address,
    },
    /// Send back what was delivered.
    ReturnItems {
        /// Number of the order.
        order: String,
        /// All that comes back.
        items: Vec<Pieces>,
        /// Why, where the shop asks.
        reason: Option<String>,
        /// The method the refund goes to; `None` is the one the order was paid with.
        method: Option<String>,
    },
    /// Other variants for what was delivered.
    ExchangeItems {
        /// Number of the order.
        order: String,
        /// All that is to be exchanged.
        swaps: Vec<SwapWish>,
        /// The method that pays or gets back the difference; `None` is the one the order was paid with.
        method: Option<String>,
    },
    /// A new order that is picked up in the store.
    OrderPickUp {
        /// The number it gets: the caller's to choose, and nobody's yet.
        order: String,
        /// All that is wanted.
        items: Vec<Pieces>,
    },
    /// Another default address.
    ChangeAddress {
        /// The address from now on.
        address: Address,
    },
    /// Agree to something, or no longer.
    SetConsent {
        /// To what.
        consent: String,
        /// Whether they agree.
        given: bool,
    },
    /// Take an earlier action back.
    Undo {
        /// Identifier of that action.
        action: String,
        /// Number of the order it was done to; `None` when it was done to the customer's own record.
        order: Option<String>,
    },
}

/// Pieces of one product that are to be another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwapWish {
    /// What was bought.
    pub sku: String,
    /// What is wanted instead.
    pub new_sku: String,
    /// How many, from 1.
    pub quantity: u32,
}

impl Wish {
    /// Its kind.
    pub fn kind(&self) -> ActionKind {
        match self {
            Self::CancelOrder { .. } => ActionKind::CancelOrder,
            Self::ChangeItems { .. } => ActionKind::ChangeItems,
            Self::ChangePayment { .. } => ActionKind::ChangePayment,
            Self::ChangeShipping { .. } => ActionKind::ChangeShipping,
            Self::ReturnItems { .. } => ActionKind::ReturnItems,
            Self::ExchangeItems { .. } => ActionKind::ExchangeItems,
            Self::OrderPickUp { .. } => ActionKind::OrderPickUp,
            Self::ChangeAddress { .. } => ActionKind::ChangeAddress,
            Self::SetConsent { .. } => ActionKind::SetConsent,
            Self::Undo { .. } => ActionKind::Undo,
        }
    }

    /// Number of the order it is about.
    pub fn order(&self) -> Option<&str> {
        match self {
            Self::CancelOrder { order, .. }
            | Self::ChangeItems { order, .. }
            | Self::ChangePayment { order, .. }
            | Self::ChangeShipping { order, .. }
            | Self::ReturnItems { order, .. }
            | Self::ExchangeItems { order, .. }
            | Self::OrderPickUp { order, .. } => Some(order),
            Self::Undo { order, .. } => order.as_deref(),
            Self::ChangeAddress { .. } | Self::SetConsent { .. } => None,
        }
    }
}

impl Request {
    /// The SKUs of the products it has to be looked at with, each once.
    pub fn products(&self, order: Option<&Order>) -> Vec<String> {
        let mut skus: Vec<String> = match &self.wish {
            Wish::CancelOrder { .. } => order.into_iter().flat_map(|order| &order.items).map(|item| item.sku.clone()).collect(),
            Wish::ChangeItems { swaps, .. } | Wish::ExchangeItems { swaps, .. } => {
                swaps.iter().flat_map(|swap| [swap.sku.clone(), swap.new_sku.clone()]).collect()
            }
            Wish::ReturnItems { items, .. } | Wish::OrderPickUp { items, .. } => items.iter().map(|item| item.sku.clone()).collect(),
            _ => Vec::new(),
        };
        skus.sort_unstable();
        skus.dedup();
        skus
    }
}
