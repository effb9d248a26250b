//! Knowledge: what the shop says about itself, entry by entry.

use serde::{Deserialize, Serialize};

use super::named::named_enum;
use super::time::{Day, Moment};

named_enum! {
    /// Which part of the shop an entry speaks for.
    Domain {
        /// Buying advice and paying.
        Sales = "sales",
        /// Offers and loyalty.
        Marketing = "marketing",
        /// Faults, returns, warranty, accounts.
        Support = "support",
        /// Delivery.
        Logistics = "logistics",
        /// The shop itself.
        Store = "store",
    }
}

/// An answer the shop has written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Knowledge {
    /// Identifier.
    pub id: String,
    /// Whose it is.
    pub domain: Domain,
    /// Ways customers ask for it.
    pub questions: Vec<String>,
    /// The answer; numbered lines are steps to be taken one at a time.
    pub answer: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// First day it holds.
    pub valid_from: Option<Day>,
    /// Last day it holds.
    pub valid_until: Option<Day>,
    /// Language of the answer.
    pub language: String,
    /// Last change.
    pub updated_at: Moment,
}

impl Knowledge {
    /// Whether it holds on `today`.
    pub fn holds_on(&self, today: Day) -> bool {
        self.valid_from.is_none_or(|from| from <= today) && self.valid_until.is_none_or(|until| today <= until)
    }

    /// The numbered steps of the answer, without their numbers; empty when it is not a procedure.
    ///
    /// A procedure has at least two numbered lines. Unnumbered lines before the first step are its
    /// introduction and belong to none.
    pub fn steps(&self) -> Vec<&str> {
        let steps: Vec<&str> = self.answer.lines().filter_map(step_text).collect();
        if steps.len() > 1 { steps } else { Vec::new() }
    }

    /// The sentences of an answer that is not a procedure.
    pub fn sentences(&self) -> Vec<&str> {
        super::text::sentence::split(&self.answer).collect()
    }
}

/// `"2. Do this"` or `"2) Do this"` as `"Do this"`.
fn step_text(line: &str) -> Option<&str> {
    let line = line.trim();
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = line.get(digits..)?;
    let text = rest.strip_prefix(['.', ')'])?.trim_start();
    (digits > 0 && digits <= 2 && !text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(answer: &str) -> Knowledge {
        Knowledge {
            id: "k".into(),
            domain: Domain::Support,
            questions: Vec::new(),
            answer: answer.into(),
            tags: Vec::new(),
            valid_from: Day::parse("2026-11-01"),
            valid_until: None,
            language: "en".into(),
            updated_at: Moment(0),
        }
    }

    #[test]
    fn numbered_lines_are_steps() {
        let steps = entry("Try this:\n1. Restart it.\n 2) Charge it.\n\n10. Call us.");
        assert_eq!(steps.steps(), ["Restart it.", "Charge it.", "Call us."]);
        assert!(entry("1. Only one line.").steps().is_empty());
        assert!(entry("We open at 9.\n30 days to return.").steps().is_empty());
    }

    #[test]
    fn entries_hold_within_their_dates() {
        let entry = entry("x");
        assert!(entry.holds_on(Day::parse("2026-11-01").unwrap()));
        assert!(!entry.holds_on(Day::parse("2026-10-31").unwrap()));
    }
}
