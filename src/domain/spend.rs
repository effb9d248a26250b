//! What a remote model has cost.

use serde::{Deserialize, Serialize};

use super::time::Day;

/// Money spent on one day of the shop, in millionths of its currency: an estimate of another company's
/// bill, never shown to a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spend {
    /// The day, in the shop's time zone.
    pub day: Day,
    /// How much.
    pub millionths: u64,
}

impl Spend {
    /// Both together, where they fall on one day; otherwise the later one.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        match self.day.cmp(&other.day) {
            std::cmp::Ordering::Equal => Self { day: self.day, millionths: self.millionths.saturating_add(other.millionths) },
            std::cmp::Ordering::Less => other,
            std::cmp::Ordering::Greater => self,
        }
    }
}
