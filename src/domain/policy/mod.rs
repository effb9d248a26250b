//! What customers may have done, and on which terms: the shop's rules as data.
//!
//! Each rule stands beside the sentence it comes from, so that a shopkeeper who changes one finds the other.
//! An action the file does not name is not offered.

mod check;

use serde::Deserialize;

use super::action::ActionKind;
use super::money::{Currency, Money, MoneyError};
use super::order::{Address, OrderStatus};
use super::state::IdentityLevel;
pub use check::PolicyError;

/// A rule, and where it is stated.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule<T> {
    /// What holds.
    pub is: T,
    /// The sentence it comes from, in the words of the shop.
    #[serde(default)]
    pub from: String,
}

/// The rules for all actions; data, see `knowledge_base/policies/actions.json`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionPolicy {
    /// For the reader of the file.
    #[serde(default)]
    pub about: String,
    /// When money that goes back is there.
    pub arrival: Arrivals,
    /// Ending an order before it is sent.
    #[serde(default)]
    pub cancel_order: Option<CancelRules>,
    /// Other variants of what was ordered.
    #[serde(default)]
    pub change_items: Option<SwapRules>,
    /// Another way to pay for an order.
    #[serde(default)]
    pub change_payment: Option<PaymentRules>,
    /// Another address for an order.
    #[serde(default)]
    pub change_shipping: Option<ShippingRules>,
    /// Sending back what was delivered.
    #[serde(default)]
    pub return_items: Option<ReturnRules>,
    /// Other variants for what was delivered.
    #[serde(default)]
    pub exchange_items: Option<SwapRules>,
    /// An order that is picked up in the store.
    #[serde(default)]
    pub order_pick_up: Option<PickUpRules>,
    /// Another default address.
    #[serde(default)]
    pub change_address: Option<AddressRules>,
    /// What customers can agree to.
    #[serde(default)]
    pub set_consent: Option<ConsentRules>,
}

/// When money that goes back is there.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrivals {
    /// On a gift card.
    pub gift_card: Rule<Arrival>,
    /// By any other method.
    pub others: Rule<Arrival>,
}

/// How long money is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Arrival {
    /// It is there with the change itself.
    AtOnce,
    /// Days on which banks work.
    BusinessDays {
        /// The least.
        from: u16,
        /// The most.
        to: u16,
    },
}

/// Whether and how a gift card may pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GiftCardRule {
    /// It may, when it holds the whole amount.
    MustCover,
    /// It may not.
    NotAccepted,
}

/// What must be known of the stock of a variant that is to be had instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StockRule {
    /// The records say that it is there.
    InStock,
    /// The records do not say that it is gone.
    NotOut,
}

/// Where a refund may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundTo {
    /// The method the order was paid with.
    Original,
    /// A gift card the customer has.
    GiftCard,
}

/// Ending an order before it is sent.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelRules {
    /// Who may.
    pub level: Rule<IdentityLevel>,
    /// Where the order may stand.
    pub statuses: Rule<Vec<OrderStatus>>,
    /// Whether it is still possible when the items were changed.
    pub after_items_changed: Rule<bool>,
    /// The reasons that are accepted.
    pub reasons: Rule<Vec<String>>,
    /// Whether the items go back into the counted stock.
    pub restock: Rule<bool>,
}

/// Other variants of what was ordered or delivered.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwapRules {
    /// Who may.
    pub level: Rule<IdentityLevel>,
    /// Where the order may stand.
    pub statuses: Rule<Vec<OrderStatus>>,
    /// Whether it is possible once only.
    pub once: Rule<bool>,
    /// Days from delivery within which it is possible; without it, always.
    #[serde(default)]
    pub days: Option<Rule<u16>>,
    /// Whether the same variant may be had again.
    pub same_variant: Rule<bool>,
    /// What must be known of the new variant's stock.
    pub stock: Rule<StockRule>,
    /// Whether the counted stock changes with it.
    pub moves_stock: Rule<bool>,
    /// How a gift card may pay a difference.
    pub gift_card: Rule<GiftCardRule>,
    /// Categories that are left out, by name or path.
    #[serde(default)]
    pub except: Option<Rule<Vec<String>>>,
    /// The shop's own word for the order's status afterwards.
    #[serde(default)]
    pub status_word: Option<Rule<String>>,
}

/// Another way to pay for an order.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentRules {
    /// Who may.
    pub level: Rule<IdentityLevel>,
    /// Where the order may stand.
    pub statuses: Rule<Vec<OrderStatus>>,
    /// Whether it is still possible when the items were changed.
    pub after_items_changed: Rule<bool>,
    /// Whether it is possible once only.
    pub once: Rule<bool>,
    /// How a gift card may pay the total.
    pub gift_card: Rule<GiftCardRule>,
}

/// Another address for an order.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShippingRules {
    /// Who may.
    pub level: Rule<IdentityLevel>,
    /// Where the order may stand.
    pub statuses: Rule<Vec<OrderStatus>>,
    /// Whether it is still possible when the items were changed.
    pub after_items_changed: Rule<bool>,
    /// Whether the customer can take it back.
    pub undo: Rule<bool>,
}

/// Sending back what was delivered.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnRules {
    /// Who may.
    pub level: Rule<IdentityLevel>,
    /// Where the order may stand.
    pub statuses: Rule<Vec<OrderStatus>>,
    /// Days from delivery within which it is possible; without it, always.
    #[serde(default)]
    pub days: Option<Rule<u16>>,
    /// The reasons that are accepted; without it, none is asked for.
    #[serde(default)]
    pub reasons: Option<Rule<Vec<ReturnReason>>>,
    /// Where the refund may go.
    pub refund_to: Rule<Vec<RefundTo>>,
    /// Categories that are left out, by name or path.
    #[serde(default)]
    pub except: Option<Rule<Vec<String>>>,
    /// What is taken off the refund for the label, unless the reason makes it free.
    #[serde(default)]
    pub label_fee: Option<Rule<Fee>>,
}

/// A reason for a return.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnReason {
    /// In words.
    pub name: String,
    /// Days from delivery within which it is accepted, where it is fewer than for others.
    #[serde(default)]
    pub days: Option<u16>,
    /// Whether the label is free.
    #[serde(default)]
    pub free_label: bool,
}

/// An amount as it is written in the file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    /// A plain decimal number.
    pub amount: String,
    /// Its currency.
    pub currency: Currency,
}

/// An order that is picked up in the store.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PickUpRules {
    /// Who may.
    pub level: Rule<IdentityLevel>,
    /// The most pieces in one order.
    pub most_pieces: Rule<u16>,
    /// Where the store is.
    pub store: Rule<Address>,
    /// How it is paid, in words.
    pub paid: Rule<String>,
}

/// Another default address.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressRules {
    /// Who may.
    pub level: Rule<IdentityLevel>,
    /// Whether the customer can take it back.
    pub undo: Rule<bool>,
}

/// What customers can agree to.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentRules {
    /// Who may.
    pub level: Rule<IdentityLevel>,
    /// The names of what can be agreed to.
    pub names: Rule<Vec<String>>,
    /// Whether the customer can take it back.
    pub undo: Rule<bool>,
}

impl Fee {
    /// The amount.
    ///
    /// # Errors
    /// When it is no amount of its currency; a policy that was checked has none such.
    pub fn money(&self) -> Result<Money, MoneyError> {
        Money::parse_decimal(&self.amount, self.currency)
    }
}

impl ActionPolicy {
    /// The demo shop's policy, compiled into the program.
    ///
    /// # Errors
    /// When the file is no policy; a test reads it, so this does not happen in a released program.
    pub fn built_in() -> Result<Self, PolicyError> {
        Self::parse(Self::built_in_text())
    }

    /// The text of the demo shop's policy.
    pub fn built_in_text() -> &'static str {
        include_str!("../../../knowledge_base/policies/actions.json")
    }

    /// The text of the policy of the tau2-bench retail shop, which is imported with that shop.
    pub fn tau2_retail_text() -> &'static str {
        include_str!("../../../knowledge_base/policies/tau2_retail.json")
    }

    /// Reads a policy and checks it.
    ///
    /// # Errors
    /// With the field that is wrong.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let mut json = serde_json::Deserializer::from_str(text);
        let policy: Self = serde_path_to_error::deserialize(&mut json)
            .map_err(|error| PolicyError { field: error.path().to_string(), reason: error.inner().to_string() })?;
        check::check(&policy)?;
        Ok(policy)
    }

    /// Who may have an action done; `None` when the shop does not offer it. To take an action back needs what
    /// that action itself needs, which is looked at once it is known which it was.
    pub fn level(&self, kind: ActionKind) -> Option<IdentityLevel> {
        match kind {
            ActionKind::CancelOrder => self.cancel_order.as_ref().map(|rules| rules.level.is),
            ActionKind::ChangeItems => self.change_items.as_ref().map(|rules| rules.level.is),
            ActionKind::ChangePayment => self.change_payment.as_ref().map(|rules| rules.level.is),
            ActionKind::ChangeShipping => self.change_shipping.as_ref().map(|rules| rules.level.is),
            ActionKind::ReturnItems => self.return_items.as_ref().map(|rules| rules.level.is),
            ActionKind::ExchangeItems => self.exchange_items.as_ref().map(|rules| rules.level.is),
            ActionKind::OrderPickUp => self.order_pick_up.as_ref().map(|rules| rules.level.is),
            ActionKind::ChangeAddress => self.change_address.as_ref().map(|rules| rules.level.is),
            ActionKind::SetConsent => self.set_consent.as_ref().map(|rules| rules.level.is),
            ActionKind::Undo => Some(IdentityLevel::Identified),
        }
    }

    /// Whether a customer can take an action of the kind back.
    pub fn can_undo(&self, kind: ActionKind) -> bool {
        match kind {
            ActionKind::ChangeShipping => self.change_shipping.as_ref().is_some_and(|rules| rules.undo.is),
            ActionKind::ChangeAddress => self.change_address.as_ref().is_some_and(|rules| rules.undo.is),
            ActionKind::SetConsent => self.set_consent.as_ref().is_some_and(|rules| rules.undo.is),
            _ => false,
        }
    }
}
