//! Support tickets.

use serde::{Deserialize, Serialize};

use super::named::named_enum;
use super::time::Moment;

/// A note for a person to act on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Number the customer is told.
    pub number: String,
    /// The customer, when known.
    pub customer: Option<String>,
    /// The product, when known.
    pub sku: Option<String>,
    /// The order, when known.
    pub order: Option<String>,
    /// The session it came from, when it came from one.
    pub session: Option<String>,
    /// What it is about, such as `damaged_on_arrival`.
    pub issue: String,
    /// In words.
    pub description: String,
    /// How to reach somebody who is not a known customer.
    pub contact: Option<String>,
    /// Where it stands.
    pub status: TicketStatus,
    /// How soon.
    pub priority: Priority,
    /// When it was opened.
    pub created_at: Moment,
    /// When it was settled.
    pub resolved_at: Option<Moment>,
    /// Last change.
    pub updated_at: Moment,
}

named_enum! {
    /// Where a ticket stands.
    TicketStatus {
        /// Nobody has looked yet.
        Open = "open",
        /// Somebody works on it.
        InProgress = "in_progress",
        /// Settled; the customer may still object.
        Resolved = "resolved",
        /// Done.
        Closed = "closed",
    }
}

named_enum! {
    /// How soon a ticket wants attention.
    Priority {
        /// When there is time.
        Low = "low",
        /// In turn.
        Normal = "normal",
        /// Before others.
        High = "high",
        /// Now.
        Urgent = "urgent",
    }
}
