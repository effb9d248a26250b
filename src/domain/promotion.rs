//! Promotions and when they apply.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::money::Money;
use super::product::Product;
use super::text::token::{Token, tokens};
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

/// What a promotion is held against: what is to be bought, and what it comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Covered {
    /// What all of it costs.
    pub total: Money,
    /// What the things cost that the promotion is for.
    pub part: Money,
}

/// Whether a rule of the shop, in its own words, allows one code for an order and no more.
pub fn allows_one_code(rule: &str) -> bool {
    let said = tokens(rule);
    let words: Vec<&str> = said.iter().map(|t| t.text.as_str()).collect();
    let is_code = |word: &str| matches!(word, "code" | "codes" | "coupon" | "coupons" | "voucher" | "vouchers" | "promotion" | "discount");
    let one = words.iter().enumerate().any(|(i, word)| {
        let counted = matches!(*word, "one" | "single" | "1");
        let limited = i > 0 && matches!(words[i - 1], "only" | "just" | "than") || words[i..].windows(2).any(|w| w == ["per", "order"]);
        counted && limited && words[i + 1..].iter().take(4).any(|w| is_code(w))
    });
    let denied = words.windows(2).any(|w| matches!(w, ["can" | "may" | "be", "not"] | ["not", "be"]));
    let joined = words.iter().any(|w| matches!(*w, "combined" | "combine" | "stacked" | "stack"));
    one || denied && joined && words.iter().any(|w| is_code(w))
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

    /// What it is held against in a basket on `today`: products with how many of each. `None` where a price
    /// is missing or the currencies differ.
    pub fn covered(&self, basket: &[(Arc<Product>, u32)]) -> Option<Covered> {
        let mut sums: Option<Covered> = None;
        for (product, count) in basket {
            let line = product.price?.times(*count)?;
            let part = if self.covers(product) { line } else { Money::new(0, line.currency) };
            sums = Some(match sums {
                None => Covered { total: line, part },
                Some(sum) => Covered { total: sum.total.checked_add(line)?, part: sum.part.checked_add(part)? },
            });
        }
        sums
    }

    /// Whether it applies to what is `covered` on `today`.
    ///
    /// # Errors
    /// The first reason it does not.
    pub fn applies_to(&self, covered: Covered, today: Day) -> Result<(), NotApplicable> {
        self.runs_on(today)?;
        if covered.part.minor <= 0 {
            return Err(NotApplicable::WrongCategory);
        }
        self.reaches_minimum(covered.total).then_some(()).ok_or(NotApplicable::BelowMinimum)
    }

    /// Whether its own words tie it to who buys or how often, which the records of an order do not show:
    /// a first order, subscribers, students, a proof.
    pub fn is_personal(&self) -> bool {
        const WHO: [&str; 17] = [
            "subscriber",
            "subscribers",
            "newsletter",
            "member",
            "members",
            "student",
            "students",
            "employee",
            "employees",
            "staff",
            "teachers",
            "seniors",
            "parents",
            "birthday",
            "proof",
            "invited",
            "referred",
        ];
        let said = tokens(&self.description);
        said.iter().any(|t| WHO.contains(&t.text.as_str())) || of_first_orders(&said)
    }

    /// Whether its own words tie it to a customer's first order.
    pub fn is_for_first_orders(&self) -> bool {
        of_first_orders(&tokens(&self.description))
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

/// Whether a description's words tie it to a customer's first order.
fn of_first_orders(said: &[Token]) -> bool {
    said.windows(2).any(|w| match w[0].text.as_str() {
        "first" => matches!(w[1].text.as_str(), "order" | "orders" | "purchase"),
        "new" => matches!(w[1].text.as_str(), "customer" | "customers" | "clients"),
        _ => false,
    })
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
    fn in_a_basket_the_minimum_is_the_orders_and_the_discount_the_covered_part() {
        let laptop = Arc::new(product("A", "Acme One", 6_000, Some(1)));
        let mut phone = product("B", "Acme Two", 5_000, Some(1));
        phone.category = vec!["Phones".into()];
        let phone = Arc::new(phone);
        let today = Day::parse("2026-11-10").unwrap();
        for (basket, total, part, expected) in [
            (vec![(laptop.clone(), 1), (phone.clone(), 1)], 11_000, 6_000, Ok(())),
            (vec![(laptop.clone(), 2)], 12_000, 12_000, Ok(())),
            (vec![(laptop, 1)], 6_000, 6_000, Err(NotApplicable::BelowMinimum)),
            (vec![(phone, 3)], 15_000, 0, Err(NotApplicable::WrongCategory)),
        ] {
            let covered = sample().covered(&basket).unwrap();
            assert_eq!((covered.total.minor, covered.part.minor), (total, part));
            assert_eq!(sample().applies_to(covered, today), expected);
        }
        assert_eq!(sample().covered(&[]), None);
    }

    #[test]
    fn its_words_say_whom_it_is_for() {
        for (description, personal) in [
            ("5 % off the first order for new newsletter subscribers", true),
            ("10% off baby monitors, with proof of birth or due date in store.", true),
            ("10 % off for new customers", true),
            ("15 USD off any order of 150 USD or more.", false),
            ("New: 10 % off gaming laptops of every brand on orders of 800 USD or more.", false),
        ] {
            let promotion = Promotion { description: description.into(), ..sample() };
            assert_eq!(promotion.is_personal(), personal, "{description}");
        }
    }

    #[test]
    fn rules_that_allow_one_code() {
        for (rule, one) in [
            ("Only one promotion code can be used per order.", true),
            ("Only one code per order.", true),
            ("You can use a single voucher per order.", true),
            ("Codes cannot be combined.", true),
            ("No more than one discount code is taken.", true),
            ("Volt Points may be used together with a code.", false),
            ("Up to two codes can be combined.", false),
            ("Each code has one start date.", false),
        ] {
            assert_eq!(allows_one_code(rule), one, "{rule}");
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
