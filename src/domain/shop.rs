//! The shop itself, as configured.

use jiff::tz::TimeZone;

use super::money::Currency;

/// What every reply needs to know of the shop.
#[derive(Debug, Clone)]
pub struct Shop {
    /// Name shown to customers.
    pub name: String,
    /// Currency of prices that name none.
    pub currency: Currency,
    /// Language and region, such as `en-US`.
    pub locale: String,
    /// Where a day begins and ends.
    pub zone: TimeZone,
    /// Opening hours in words, when configured; otherwise the knowledge base answers.
    pub hours: Option<String>,
}

impl Shop {
    /// The two-letter language of the locale.
    pub fn language(&self) -> &str {
        self.locale.split(['-', '_']).next().unwrap_or("en")
    }
}
