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
    /// A procedure has at least two numbered lines, or is one text numbered from one on. What stands before the
    /// first step is its introduction and belongs to none.
    pub fn steps(&self) -> Vec<&str> {
        let lines: Vec<&str> = self.answer.lines().filter_map(step_text).collect();
        let steps = if lines.len() > 1 { lines } else { numbered(&self.answer) };
        if steps.len() > 1 { steps } else { Vec::new() }
    }

    /// The sentences of an answer that is not a procedure.
    pub fn sentences(&self) -> Vec<&str> {
        super::text::sentence::split(&self.answer).collect()
    }
}

/// Which sentences of an answer are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Part(u64);

impl Part {
    /// All of them.
    pub const WHOLE: Self = Self(0);

    /// These; those beyond the sixty-fourth cannot be picked out.
    pub fn of(sentences: &[u8]) -> Self {
        Self(sentences.iter().filter(|place| **place < 64).fold(0, |bits, place| bits | 1 << place))
    }

    /// Whether a sentence is meant.
    pub fn has(self, sentence: u16) -> bool {
        self.0 == 0 || sentence < 64 && self.0 >> sentence & 1 == 1
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

/// The steps of `"1. Do this. 2. Do that."`: every number must follow the one before it, and begin a sentence.
fn numbered(answer: &str) -> Vec<&str> {
    let mut marks: Vec<(usize, usize)> = Vec::new();
    let mut from = 0;
    for number in 1_usize.. {
        let found = ["{}. ", "{}) "].into_iter().filter_map(|form| {
            let mark = form.replace("{}", &number.to_string());
            let begins = |at: usize| {
                let before = answer[..at].trim_end();
                before.is_empty() || at > before.len() && before.ends_with(['.', '!', '?', ':', ')', '"'])
            };
            answer[from..].match_indices(&mark).map(|(at, _)| from + at).find(|at| begins(*at)).map(|at| (at, at + mark.len()))
        });
        let Some(mark) = found.min() else { break };
        from = mark.1;
        marks.push(mark);
    }
    let ends = marks.iter().skip(1).map(|(begin, _)| *begin).chain(std::iter::once(answer.len()));
    marks.iter().zip(ends).map(|((_, begin), end)| answer[*begin..end].trim()).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An entry with an answer and nothing else.
    pub(crate) fn sample(id: &str, domain: Domain, answer: &str) -> Knowledge {
        Knowledge {
            id: id.into(),
            domain,
            questions: Vec::new(),
            answer: answer.into(),
            tags: Vec::new(),
            valid_from: None,
            valid_until: None,
            language: "en".into(),
            updated_at: Moment(0),
        }
    }

    fn entry(answer: &str) -> Knowledge {
        Knowledge { valid_from: Day::parse("2026-11-01"), ..sample("k", Domain::Support, answer) }
    }

    #[test]
    fn numbered_lines_are_steps() {
        let steps = entry("Try this:\n1. Restart it.\n 2) Charge it.\n\n10. Call us.");
        assert_eq!(steps.steps(), ["Restart it.", "Charge it.", "Call us."]);
        let counted = entry("1. Switch it off. 2. Open the flap at 1.5 bar. 3. Run a rinse. If it comes back, call us.");
        assert_eq!(counted.steps(), ["Switch it off.", "Open the flap at 1.5 bar.", "Run a rinse. If it comes back, call us."]);
        assert!(entry("We have 2. Floor and 1. Floor shops.").steps().is_empty());
        assert!(entry("1. Only one line.").steps().is_empty());
        let inline = entry("Do this: 1. Switch it off (wait 2 min). 2. Open the flap. 3. Run a rinse. If E18 comes back, call us.");
        assert_eq!(inline.steps(), ["Switch it off (wait 2 min).", "Open the flap.", "Run a rinse. If E18 comes back, call us."]);
        assert!(entry("We opened in 1. 2. is no step").steps().is_empty());
        assert!(entry("Delivery costs 1. 50 euro is the least.").steps().is_empty());
        assert!(entry("We open at 9.\n30 days to return.").steps().is_empty());
    }

    #[test]
    fn a_part_is_some_of_the_sentences_or_all() {
        assert!(Part::WHOLE.has(0) && Part::WHOLE.has(200));
        let part = Part::of(&[1, 3]);
        assert_eq!((0..5).filter(|i| part.has(*i)).collect::<Vec<_>>(), [1, 3]);
    }

    #[test]
    fn entries_hold_within_their_dates() {
        let entry = entry("x");
        assert!(entry.holds_on(Day::parse("2026-11-01").unwrap()));
        assert!(!entry.holds_on(Day::parse("2026-10-31").unwrap()));
    }
}
