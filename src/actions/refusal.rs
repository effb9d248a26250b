//! Why an action is not done.

use crate::domain::action::ActionKind;
use crate::domain::action::Shown;
use crate::domain::money::Money;
use crate::domain::order::OrderStatus;
use crate::domain::policy::RefundTo;
use crate::domain::state::IdentityLevel;
use crate::domain::time::{Day, Moment};

/// Why an action is not done, with what is needed to say it. The sentences are for the shop's own eyes: what a
/// customer is told is put into words elsewhere.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The shop does not offer it.
    #[error("the shop does not offer {action}")]
    NotOffered {
        /// What.
        action: ActionKind,
    },
    /// The session has not shown enough of whose it is.
    #[error("the session must be {needed}")]
    Identity {
        /// What it takes.
        needed: IdentityLevel,
    },
    /// There is no such order of this customer: one answer for "nobody's" and "somebody else's".
    #[error("the customer has no such record")]
    NotYours,
    /// The very action was done before.
    #[error("the action was done before")]
    AlreadyDone {
        /// When.
        at: Moment,
    },
    /// Another action of the kind was done before, and one is all.
    #[error("{action} was done before and is possible once")]
    OnlyOnce {
        /// Which.
        action: ActionKind,
        /// When.
        at: Moment,
    },
    /// The order stands elsewhere.
    #[error("the order is {status}")]
    Status {
        /// Where it stands.
        status: OrderStatus,
        /// The source's own word for it.
        word: Option<String>,
        /// Where it would have to stand.
        allowed: Vec<OrderStatus>,
    },
    /// The order's items were changed, and after that it is closed to this.
    #[error("the order's items were changed")]
    ItemsChanged {
        /// When.
        at: Moment,
    },
    /// The reason is none that is accepted, or none was given.
    #[error("the reason is not accepted")]
    Reason {
        /// Those that are.
        accepted: Vec<String>,
    },
    /// It is too late.
    #[error("it was possible until {until}")]
    WindowOver {
        /// The last day it was possible.
        until: Day,
    },
    /// The records do not say when the order was delivered, so nobody can say whether it is too late.
    #[error("the records do not say when the order was delivered")]
    DeliveryDayUnknown,
    /// The product is of a kind that does not come back.
    #[error("{sku} is of a category that is left out: {category}")]
    LeftOut {
        /// Which.
        sku: String,
        /// The category.
        category: String,
    },
    /// The order holds fewer pieces of it, or none.
    #[error("the order holds {ordered} of {sku}")]
    NotInOrder {
        /// Which.
        sku: String,
        /// How many it holds.
        ordered: u32,
    },
    /// Nothing would change.
    #[error("nothing would change")]
    Nothing,
    /// The catalogue does not have it.
    #[error("{sku} is not in the catalogue")]
    UnknownProduct {
        /// Which.
        sku: String,
    },
    /// It is not a variant of the same product.
    #[error("{new_sku} is not a variant of the same product as {sku}")]
    OtherProduct {
        /// What was bought.
        sku: String,
        /// What was wanted instead.
        new_sku: String,
    },
    /// It is the same variant.
    #[error("{sku} is the same variant")]
    SameVariant {
        /// Which.
        sku: String,
    },
    /// Too few are there.
    #[error("{sku} is not available")]
    NotAvailable {
        /// Which.
        sku: String,
        /// How many are there, where they are counted.
        stock: Option<u32>,
    },
    /// The records hold no price for it.
    #[error("the price of {sku} is not in the records")]
    PriceUnknown {
        /// Which.
        sku: String,
    },
    /// The order's total is not in the records.
    #[error("what the order costs is not in the records")]
    TotalUnknown,
    /// The customer has no such payment method.
    #[error("the customer has no such payment method")]
    UnknownMethod {
        /// The names of those they have.
        known: Vec<String>,
    },
    /// The order is paid that way already.
    #[error("the order is paid with {method} already")]
    SameMethod {
        /// How.
        method: String,
    },
    /// A gift card may not pay this.
    #[error("a gift card may not pay this")]
    GiftCardNotAccepted,
    /// The gift card holds too little.
    #[error("the gift card does not cover {amount}")]
    GiftCardShort {
        /// Which.
        method: String,
        /// What it holds, where that is known.
        balance: Option<Money>,
        /// What it would have to pay.
        amount: Money,
    },
    /// A refund does not go there.
    #[error("a refund does not go there")]
    RefundNotThere {
        /// Where it may go.
        allowed: Vec<RefundTo>,
        /// The method the order was paid with.
        original: Option<String>,
    },
    /// There are too many pieces for one order.
    #[error("an order has at most {most} pieces")]
    TooMany {
        /// The most.
        most: u16,
    },
    /// The number for a new order is another's.
    #[error("the number is another order's")]
    NumberTaken,
    /// The address lacks its line or its postal code.
    #[error("the address is not complete")]
    AddressIncomplete,
    /// The shop knows no such consent.
    #[error("the shop asks for no such consent")]
    UnknownConsent {
        /// Those it asks for.
        known: Vec<String>,
    },
    /// It cannot be taken back: the policy does not allow it, something came after it, or it was taken back before.
    #[error("it cannot be taken back")]
    NotUndoable,
    /// The amounts do not add up: two currencies, or more than a number holds.
    #[error("the amounts do not add up")]
    Sum,
    /// It would no longer be what was shown.
    #[error("it would no longer be what was shown")]
    Changed {
        /// What it would be now.
        now: Box<Shown>,
    },
}
