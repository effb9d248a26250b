//! What a delivery costs by the shop's own words: "Standard shipping costs 4.99 USD, and it is free for orders of 50 USD or
//! more."

use super::super::money::Money;
use super::rates::{amount_at, currency_at};
use super::stem::stem;
use super::token::{Token, tokens};

/// What one kind of delivery costs within the shop's country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fee {
    /// What it costs.
    pub cost: Money,
    /// From this total on it costs nothing.
    pub free_from: Option<Money>,
    /// Whether it is the quick kind.
    pub express: bool,
}

impl Fee {
    /// What things of that total come to with it; `None` in another currency.
    pub fn added_to(self, total: Money) -> Option<Money> {
        if total.currency != self.cost.currency {
            return None;
        }
        if self.free_from.is_some_and(|least| least.currency == total.currency && total.minor >= least.minor) {
            return Some(total);
        }
        total.checked_add(self.cost)
    }
}

/// Tokens looked at before an amount for what it is.
const BEFORE: usize = 4;
/// Words before an amount that is a limit and no price.
const LIMITS: [&str; 10] = ["over", "above", "from", "orders", "order", "least", "minimum", "exceeding", "beyond", "spend"];
/// Words before a limit below which something holds: what then costs is not all there is to know.
const BELOW: [&str; 4] = ["under", "below", "less", "until"];
/// Words of deliveries that are not every customer's.
const FAR: [&str; 12] = [
    "canada",
    "international",
    "internationally",
    "abroad",
    "overseas",
    "countries",
    "country",
    "islands",
    "bulky",
    "oversized",
    "return",
    "returns",
];

/// The fee that a sentence states, if it states one and says all that bears on it.
pub fn fee(sentence: &str) -> Option<Fee> {
    let found = tokens(sentence);
    let has = |words: &[&str]| found.iter().any(|t| words.contains(&t.text.as_str()));
    if !found.iter().any(|t| speaks_of_it(&t.text)) || has(&FAR) {
        return None;
    }
    let (mut cost, mut free_from) = (None, None);
    for at in 0..found.len() {
        let Some(amount) = currency_at(sentence, &found, at).and_then(|currency| amount_at(sentence, &found, at, currency)) else {
            continue;
        };
        let before = |words: &[&str]| found[at.saturating_sub(BEFORE)..at].iter().any(|t| words.contains(&t.text.as_str()));
        let slot = match () {
            () if before(&BELOW) => return None,
            () if before(&LIMITS) && !priced(&found, at) => &mut free_from,
            () => &mut cost,
        };
        if slot.replace(amount).is_some_and(|other| other != amount) {
            return None;
        }
    }
    let free_from = free_from.filter(|_| has(&["free"]));
    Some(Fee { cost: cost?, free_from, express: found.iter().any(|t| is_express(&t.text)) })
}

/// Whether a word speaks of deliveries.
pub fn speaks_of_it(word: &str) -> bool {
    matches!(stem(word).as_str(), "ship" | "deliver" | "delivery" | "postag" | "postage")
}

/// Whether a word speaks of the quick kind.
pub fn is_express(word: &str) -> bool {
    matches!(word, "express" | "overnight" | "priority")
}

/// "Costs 4.99": said of the amount itself.
fn priced(found: &[Token], at: usize) -> bool {
    at.checked_sub(1).and_then(|i| found.get(i)).is_some_and(|t| matches!(t.text.as_str(), "costs" | "cost" | "is" | "for"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    #[test]
    fn a_fee_is_read_with_the_total_from_which_there_is_none() {
        for (sentence, expected) in [
            (
                "Standard shipping takes 3-5 business days and costs 4.99 USD, and it is free for orders of 50 USD or more.",
                Some((499, Some(5_000), false)),
            ),
            ("Express shipping takes 1-2 business days and costs 14.99 USD.", Some((1_499, None, true))),
            ("Delivery is 6.50 USD and free from 80 USD.", Some((650, Some(8_000), false))),
            ("For orders under 50 USD, Standard shipping costs 4.99 USD.", None),
            ("Shipping to Canada takes 5-8 business days and costs 19.99 USD.", None),
            ("Shipping costs 4.99 USD, or 9.99 USD for two parcels.", None),
            ("Standard shipping takes 3-5 business days.", None),
            ("A signature is required for orders over 500 USD.", None),
            ("Return shipping costs 6.95 USD.", None),
        ] {
            let read = fee(sentence).map(|fee| (fee.cost.minor, fee.free_from.map(|least| least.minor), fee.express));
            assert_eq!(read, expected, "{sentence}");
        }
    }

    #[test]
    fn it_is_added_below_the_limit_and_not_from_it_on() {
        let usd = |minor| Money::new(minor, Currency::USD);
        let fee = Fee { cost: usd(499), free_from: Some(usd(5_000)), express: false };
        for (total, with) in [(1_999, 2_498), (4_999, 5_498), (5_000, 5_000), (90_000, 90_000)] {
            assert_eq!(fee.added_to(usd(total)), Some(usd(with)));
        }
        assert_eq!(fee.added_to(Money::new(1_999, Currency::parse("EUR").unwrap())), None);
    }
}
