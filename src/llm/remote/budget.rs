//! The day's budget: what the remote model may cost from one midnight of the shop to the next.
//!
//! Counted in memory: a restart begins the day anew.

use jiff::tz::TimeZone;
use parking_lot::Mutex;

use crate::domain::time::{Day, Moment};
use crate::llm::ModelError;

/// Tokens in a price: prices are for a million.
const PRICED: f64 = 1_000_000.0;

/// What was spent today, and what may be. Amounts are in the shop's currency; floats will do, because
/// they are estimates of another company's bill and never shown to a customer.
#[derive(Debug)]
pub struct Budget {
    limit: f64,
    price_in: f64,
    price_out: f64,
    zone: TimeZone,
    spent: Mutex<Spent>,
}

#[derive(Debug)]
struct Spent {
    day: Day,
    amount: f64,
}

/// Money set aside for an answer under way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reserved {
    day: Day,
    amount: f64,
}

impl Budget {
    /// A budget of `limit` a day (0: none) at prices for a million tokens; days begin in `zone`.
    pub fn new(limit: f64, price_in: f64, price_out: f64, zone: TimeZone) -> Self {
        let spent = Mutex::new(Spent { day: Moment::now().day_in(&zone), amount: 0.0 });
        Self { limit, price_in, price_out, zone, spent }
    }

    /// Sets aside what an answer may cost at most.
    ///
    /// # Errors
    /// [`ModelError::Budget`] when the day's budget is spent, or what is left of it would not do.
    pub fn reserve(&self, tokens_in: u32, tokens_out: u32) -> Result<Reserved, ModelError> {
        self.reserve_on(Moment::now().day_in(&self.zone), tokens_in, tokens_out)
    }

    fn reserve_on(&self, day: Day, tokens_in: u32, tokens_out: u32) -> Result<Reserved, ModelError> {
        let amount = self.cost(tokens_in, tokens_out);
        let mut spent = self.spent.lock();
        if spent.day != day {
            *spent = Spent { day, amount: 0.0 };
        }
        if self.limit > 0.0 && spent.amount + amount > self.limit {
            return Err(ModelError::Budget);
        }
        spent.amount += amount;
        Ok(Reserved { day, amount })
    }

    /// Replaces what was set aside by what it came to; `None` when nothing was answered.
    pub fn settle(&self, reserved: Reserved, used: Option<(u32, u32)>) {
        let cost = used.map_or(0.0, |(tokens_in, tokens_out)| self.cost(tokens_in, tokens_out));
        let mut spent = self.spent.lock();
        if spent.day == reserved.day {
            spent.amount = (spent.amount - reserved.amount + cost).max(0.0);
        }
    }

    /// Whether today's budget is spent.
    pub fn is_spent(&self) -> bool {
        let today = Moment::now().day_in(&self.zone);
        let spent = self.spent.lock();
        self.limit > 0.0 && spent.day == today && spent.amount >= self.limit
    }

    fn cost(&self, tokens_in: u32, tokens_out: u32) -> f64 {
        (f64::from(tokens_in) * self.price_in + f64::from(tokens_out) * self.price_out) / PRICED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_costs_no_more_than_its_budget() {
        let budget = Budget::new(1.0, 100.0, 200.0, TimeZone::UTC);
        let (today, tomorrow) = (Day::parse("2026-11-22").unwrap(), Day::parse("2026-11-23").unwrap());
        // 4,000 tokens in and 1,000 out: 0.4 + 0.2.
        let first = budget.reserve_on(today, 4_000, 1_000).unwrap();
        assert_eq!(budget.reserve_on(today, 4_000, 1_000), Err(ModelError::Budget));
        budget.settle(first, Some((4_000, 0)));
        let second = budget.reserve_on(today, 4_000, 1_000).unwrap();
        budget.settle(second, None);
        budget.reserve_on(today, 4_000, 1_000).unwrap();
        assert_eq!(budget.reserve_on(today, 1, 0), Err(ModelError::Budget), "0.4 + 0.6 is all there is");
        budget.reserve_on(tomorrow, 4_000, 1_000).unwrap();
        budget.settle(first, Some((9_000_000, 0)));
        assert!(budget.reserve_on(tomorrow, 4_000, 0).is_ok(), "yesterday's bill is not today's");
    }

    #[test]
    fn without_a_limit_nothing_is_refused() {
        let budget = Budget::new(0.0, 100.0, 200.0, TimeZone::UTC);
        assert!(budget.reserve(u32::MAX, u32::MAX).is_ok());
        assert!(!budget.is_spent());
    }
}
