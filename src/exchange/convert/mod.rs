//! From rows to records: one file a kind, and the readers of single values they share.

mod customers;
mod knowledge;
mod orders;
mod products;
mod promotions;
mod tickets;
mod values;

use jiff::tz::TimeZone;

pub use customers::customer;
pub use knowledge::knowledge;
pub use orders::order;
pub use products::product;
pub use promotions::promotion;
pub use tickets::ticket;
pub use values::{Fields, is_empty, plain};

use crate::domain::money::Currency;
use crate::domain::time::{Day, Moment};

/// What values are read by.
#[derive(Debug, Clone)]
pub struct Context {
    /// Currency of amounts that name none.
    pub currency: Currency,
    /// Time zone of dates that name none.
    pub zone: TimeZone,
    /// Whether numbers have a decimal comma.
    pub decimal_comma: bool,
    /// Whether the shop writes the month before the day, where a file does not say.
    pub month_first: bool,
    /// When the records are written.
    pub now: Moment,
    /// The day that relative dates (`@-2d`) count from; only the demo shop has them.
    pub relative_to: Option<Day>,
}

#[cfg(test)]
impl Context {
    /// What tests read values by: an American shop that lives in UTC.
    pub fn american(now: Moment) -> Self {
        Self { currency: Currency::USD, zone: TimeZone::UTC, decimal_comma: false, month_first: true, now, relative_to: None }
    }
}

/// Why a value was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field.
    pub field: String,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub hint: String,
}

impl Fault {
    /// A fault of a field.
    pub fn new(field: &str, reason: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { field: field.to_owned(), reason: reason.into(), hint: hint.into() }
    }
}
