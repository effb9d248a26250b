//! Promotions and when they apply.

use serde::{Deserialize, Serialize};

use super::money::Money;
use super::product::Product;
use super::time::{Day, Moment};

/// A promotion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Promotion {
    /// What the customer types; the promotion's identifier.
    pub code: String,
    /// Name as advertised.
    pub name: String,
    /// Free text.
    pub description: String,
    /// What is taken off.
    pub discount: Discount,
    /// Least total it needs.
    pub minimum_total: Option<Money>,
    /// First day; open when absent.
    pub start: Option<Day>,
    /// Last day, included; open when absent.
    pub end: Option<Day>,
    /// Categories it is bound to, each a leaf or a path; empty means everything.
    pub categories: Vec<String>,
    /// Whether the shop has it switched on.
    pub active: bool,
    /// Last change.
    pub updated_at: Moment,
}

/// What is taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Discount {
    /// Hundredths of a per cent: 1,000 is 10 %.
    Percent(u32),
    /// A fixed amount.
    Amount(Money),
    /// Nothing that can be computed, only words.
    Words,
}

/// Why a promotion does not apply, most basic reason first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotApplicable {
    /// Switched off by the shop.
    SwitchedOff,
    /// Begins on a later day.
    NotYet,
    /// Ended on an earlier day.
    Expired,
    /// The product lies in none of its categories.
    WrongCategory,
    /// The total is below its minimum.
    BelowMinimum,
}

/// The last name of a category written as a path: `Televisions` of `TV > Televisions`.
pub fn category_leaf(path: &str) -> &str {
    path.rsplit('>').next().unwrap_or(path).trim()
}

impl Promotion {
    /// Whether it runs on `today`: switched on and within its dates.
    ///
    /// # Errors
    /// The reason it does not.
    pub fn runs_on(&self, today: Day) -> Result<(), NotApplicable> {
        if !self.active {
            Err(NotApplicable::SwitchedOff)
        } else if self.start.is_some_and(|start| today < start) {
            Err(NotApplicable::NotYet)
        } else if self.end.is_some_and(|end| today > end) {
            Err(NotApplicable::Expired)
        } else {
            Ok(())
        }
    }

    /// Whether the product is one it is for.
    pub fn covers(&self, product: &Product) -> bool {
        self.categories.is_empty() || self.categories.iter().any(|c| product.is_in_category(c))
    }

    /// Whether it applies to `total` worth of `product` on `today`.
    ///
    /// # Errors
    /// The first reason it does not.
    pub fn applies(&self, product: &Product, total: Money, today: Day) -> Result<(), NotApplicable> {
        self.runs_on(today)?;
        if !self.covers(product) {
            return Err(NotApplicable::WrongCategory);
        }
        self.reaches_minimum(total).then_some(()).ok_or(NotApplicable::BelowMinimum)
    }

    /// Whether `total` is enough for it; a minimum in another currency is never reached.
    pub fn reaches_minimum(&self, total: Money) -> bool {
        self.minimum_total.is_none_or(|least| least.currency == total.currency && total.minor >= least.minor)
    }

    /// What it takes off `total`, never more than the total; `None` when it cannot be computed.
    pub fn saving(&self, total: Money) -> Option<Money> {
        let off = match self.discount {
            Discount::Percent(hundredths) => total.percent(hundredths),
            Discount::Amount(amount) if amount.currency == total.currency => amount,
            Discount::Amount(_) | Discount::Words => return None,
        };
        Some(Money::new(off.minor.min(total.minor), total.currency))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use crate::domain::product::tests::sample as product;

    /// 10 % off laptops from 100 dollars in November 2026.
    pub(crate) fn sample() -> Promotion {
        Promotion {
            code: "NOV10".into(),
            name: "November".into(),
            description: String::new(),
            discount: Discount::Percent(1_000),
            minimum_total: Some(Money::new(10_000, Currency::USD)),
            start: Day::parse("2026-11-01"),
            end: Day::parse("2026-11-30"),
            categories: vec!["Laptops".into()],
            active: true,
            updated_at: Moment(0),
        }
    }

    #[test]
    fn the_first_reason_against_is_named() {
        let laptop = product("A", "Acme One", 50_000, Some(1));
        let mut phone = product("B", "Acme Two", 50_000, Some(1));
        phone.category = vec!["Phones".into()];
        let off = Promotion { active: false, ..sample() };
        let usd = |minor| Money::new(minor, Currency::USD);
        for (promotion, product, total, day, expected) in [
            (&sample(), &laptop, usd(10_000), "2026-11-30", Ok(())),
            (&sample(), &laptop, usd(9_999), "2026-11-01", Err(NotApplicable::BelowMinimum)),
            (&sample(), &phone, usd(9_999), "2026-11-01", Err(NotApplicable::WrongCategory)),
            (&sample(), &laptop, usd(10_000), "2026-12-01", Err(NotApplicable::Expired)),
            (&sample(), &laptop, usd(10_000), "2026-10-31", Err(NotApplicable::NotYet)),
            (&off, &laptop, usd(10_000), "2026-12-01", Err(NotApplicable::SwitchedOff)),
        ] {
            assert_eq!(promotion.applies(product, total, Day::parse(day).unwrap()), expected, "{day}");
        }
    }

    #[test]
    fn a_saving_never_exceeds_the_total() {
        let usd = |minor| Money::new(minor, Currency::USD);
        let amount = Promotion { discount: Discount::Amount(usd(5_000)), ..sample() };
        assert_eq!(amount.saving(usd(3_000)), Some(usd(3_000)));
        assert_eq!(sample().saving(usd(129_999)), Some(usd(13_000)));
        let euros = Money::new(5_000, Currency::parse("EUR").unwrap());
        assert_eq!(Promotion { discount: Discount::Amount(euros), ..sample() }.saving(usd(1)), None);
    }
}
