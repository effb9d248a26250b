//! The day's budget: what the remote model may cost from one midnight of the shop to the next.
//!
//! Counted here, and stored with the results of turns: what was spent and not yet stored is handed out
//! with the next result, and what was stored before a restart is counted in again. A power cut loses
//! the cost of answers that were under way, as it loses the answers.

use jiff::tz::TimeZone;
use parking_lot::Mutex;

use crate::domain::spend::Spend;
use crate::domain::time::{Day, Moment};
use crate::llm::ModelError;

/// Millionths in one: a price for a million tokens is, in millionths, the price of one token.
const MILLION: f64 = 1_000_000.0;

/// What was spent today, and what may be.
#[derive(Debug)]
pub struct Budget {
    /// In millionths of the shop's currency; 0 for none.
    limit: u64,
    price_in: f64,
    price_out: f64,
    zone: TimeZone,
    today: Mutex<Today>,
}

/// Amounts of one day, in millionths.
#[derive(Debug)]
struct Today {
    day: Day,
    /// Spent, and set aside for answers under way.
    amount: u64,
    /// Spent, but not stored yet.
    unsaved: u64,
    /// The smallest answer there was no money left for.
    refused: Option<u64>,
}

impl Today {
    fn new(day: Day) -> Self {
        Self { day, amount: 0, unsaved: 0, refused: None }
    }
}

/// Money set aside for an answer under way. Dropped, it becomes what the answer came to.
#[derive(Debug)]
pub struct Reserved<'a> {
    budget: &'a Budget,
    day: Day,
    amount: u64,
    /// Tokens read and written so far; nothing while nothing was answered.
    pub used: Option<(u32, u32)>,
}

impl Budget {
    /// A budget of `limit` a day (0: none) at prices for a million tokens; days begin in `zone`.
    pub fn new(limit: f64, price_in: f64, price_out: f64, zone: TimeZone) -> Self {
        let today = Mutex::new(Today::new(Moment::now().day_in(&zone)));
        Self { limit: (limit.max(0.0) * MILLION).ceil() as u64, price_in, price_out, zone, today }
    }

    /// Sets aside what an answer may cost at most.
    ///
    /// # Errors
    /// [`ModelError::Budget`] when the day's budget is spent, or what is left of it would not do.
    pub fn reserve(&self, tokens_in: u32, tokens_out: u32) -> Result<Reserved<'_>, ModelError> {
        self.reserve_on(Moment::now().day_in(&self.zone), tokens_in, tokens_out)
    }

    fn reserve_on(&self, day: Day, tokens_in: u32, tokens_out: u32) -> Result<Reserved<'_>, ModelError> {
        let amount = self.cost(tokens_in, tokens_out);
        let mut today = self.today.lock();
        if today.day != day {
            *today = Today::new(day);
        }
        if self.limit > 0 && today.amount.saturating_add(amount) > self.limit {
            today.refused = Some(today.refused.map_or(amount, |least| least.min(amount)));
            return Err(ModelError::Budget);
        }
        today.amount = today.amount.saturating_add(amount);
        Ok(Reserved { budget: self, day, amount, used: None })
    }

    /// Whether today's budget is spent: nothing is left of it, or less than an answer costs.
    pub fn is_spent(&self) -> bool {
        let day = Moment::now().day_in(&self.zone);
        let today = self.today.lock();
        let short = today.refused.is_some_and(|amount| today.amount.saturating_add(amount) > self.limit);
        self.limit > 0 && today.day == day && (short || today.amount >= self.limit)
    }

    /// Counts in what was spent before this process began.
    pub fn note(&self, spent: Spend) {
        let mut today = self.today.lock();
        if today.day == spent.day {
            today.amount = today.amount.saturating_add(spent.millionths);
        }
    }

    /// What was spent and is to be stored now.
    pub fn take_unsaved(&self) -> Option<Spend> {
        let mut today = self.today.lock();
        let millionths = std::mem::take(&mut today.unsaved);
        (millionths > 0).then_some(Spend { day: today.day, millionths })
    }

    /// Takes back what could not be stored.
    pub fn give_back(&self, spent: Spend) {
        let mut today = self.today.lock();
        if today.day == spent.day {
            today.unsaved = today.unsaved.saturating_add(spent.millionths);
        }
    }

    fn cost(&self, tokens_in: u32, tokens_out: u32) -> u64 {
        (f64::from(tokens_in) * self.price_in + f64::from(tokens_out) * self.price_out).max(0.0).ceil() as u64
    }
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        let cost = self.used.map_or(0, |(tokens_in, tokens_out)| self.budget.cost(tokens_in, tokens_out));
        let mut today = self.budget.today.lock();
        // Yesterday's bill is not today's.
        if today.day == self.day {
            today.amount = today.amount.saturating_sub(self.amount).saturating_add(cost);
            today.unsaved = today.unsaved.saturating_add(cost);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(reserved: Result<Reserved<'_>, ModelError>, used: Option<(u32, u32)>) {
        reserved.unwrap().used = used;
    }

    #[test]
    fn a_day_costs_no_more_than_its_budget() {
        let budget = Budget::new(1.0, 100.0, 200.0, TimeZone::UTC);
        let (today, tomorrow) = (Day::parse("2026-11-22").unwrap(), Day::parse("2026-11-23").unwrap());
        let ask = |day, tokens_in, tokens_out| budget.reserve_on(day, tokens_in, tokens_out);
        // 4,000 tokens in and 1,000 out: 0.4 + 0.2.
        let first = ask(today, 4_000, 1_000);
        assert_eq!(ask(today, 4_000, 1_000).err(), Some(ModelError::Budget));
        answered(first, Some((4_000, 0)));
        answered(ask(today, 4_000, 1_000), None);
        let second = ask(today, 4_000, 1_000);
        assert_eq!(ask(today, 1, 0).err(), Some(ModelError::Budget), "0.4 + 0.6 is all there is");
        assert_eq!(budget.take_unsaved(), Some(Spend { day: today, millionths: 400_000 }));
        assert_eq!(budget.take_unsaved(), None, "handed out once");
        drop(ask(tomorrow, 4_000, 1_000).unwrap());
        answered(second, Some((9_000_000, 0)));
        assert!(ask(tomorrow, 4_000, 0).is_ok(), "yesterday's bill is not today's");
    }

    #[test]
    fn what_was_stored_counts_again_after_a_restart_until_midnight() {
        let zone = TimeZone::UTC;
        let now = Moment::now().day_in(&zone);
        let restarted = |day: Day| {
            let budget = Budget::new(1.0, 1.0, 1.0, zone.clone());
            budget.note(Spend { day, millionths: 1_000_000 });
            budget
        };
        assert!(restarted(now).is_spent() && restarted(now).reserve(1, 1).is_err());
        assert!(!restarted(now.plus_days(-1)).is_spent() && restarted(now.plus_days(-1)).reserve(1, 1).is_ok());
        assert_eq!(restarted(now).take_unsaved(), None, "it is stored already");
        let budget = restarted(now);
        budget.give_back(Spend { day: now, millionths: 5 });
        budget.give_back(Spend { day: now.plus_days(-1), millionths: 7 });
        assert_eq!(budget.take_unsaved(), Some(Spend { day: now, millionths: 5 }));
    }

    #[test]
    fn a_budget_too_small_for_an_answer_is_spent_until_there_is_room_again() {
        let budget = Budget::new(1.0, 1_000.0, 1_000.0, TimeZone::UTC);
        let first = budget.reserve(900, 0).unwrap();
        assert!(!budget.is_spent());
        assert!(budget.reserve(200, 0).is_err() && budget.is_spent());
        drop(first);
        assert!(!budget.is_spent(), "the first one came to nothing");
    }

    #[test]
    fn without_a_limit_nothing_is_refused() {
        let budget = Budget::new(0.0, 100.0, 200.0, TimeZone::UTC);
        assert!(budget.reserve(u32::MAX, u32::MAX).is_ok());
        assert!(!budget.is_spent());
    }
}
