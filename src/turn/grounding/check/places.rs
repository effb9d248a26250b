//! Where a value or a name stands: the words before it say what it is taken for.
//!
//! "Placed on the laptop", "with the 27th in it", "returns ended" of a day that is still to come: every value is one of the
//! record's, and the sentence is not so.

use super::{Checker, Sentence, slice};
use crate::domain::text::duration;
use crate::turn::grounding::dates::DayClaim;

/// Before a day these say that it is a thing or an amount.
const NOT_BEFORE_DAYS: [&str; 9] = ["with", "than", "least", "most", "at", "cost", "costs", "only", "the"];
/// Before a name these say that it is a day.
const NOT_BEFORE_NAMES: [&str; 3] = ["until", "till", "since"];
/// What is said of these to be on something is on a day.
const ON_A_DAY: [&str; 9] = ["placed", "ordered", "bought", "delivered", "arrived", "shipped", "expected", "promised", "ended"];
/// What is said to be over.
const OVER: [&str; 6] = ["ended", "expired", "lapsed", "elapsed", "passed", "ran"];
/// What may have been said of a day that is over, too.
const WAS: [&str; 5] = ["was", "were", "had", "ran", "could"];

impl Checker<'_> {
    /// No value and no name may stand where something of another kind belongs, no day that is to come behind what is over,
    /// and none that is over behind what still holds.
    pub(super) fn places(&self, sentence: &Sentence<'_>) -> Result<(), String> {
        let word = |at: usize, back: usize| at.checked_sub(back).map_or("", |i| sentence.words[i].text.as_str());
        let odd =
            |at: usize, span: std::ops::Range<usize>| Err(format!("\"{} {}\" is no place for it", word(at, 1), slice(sentence, &span)));
        for claim in &sentence.days {
            let span = claim.at..claim.at + claim.used;
            let of_a_month = sentence.words[claim.at].text.starts_with(|c: char| c.is_alphabetic());
            if claim.used > 1 && of_a_month && NOT_BEFORE_DAYS.contains(&word(claim.at, 1)) {
                return odd(claim.at, span);
            }
            self.tense(sentence, claim)?;
        }
        for at in 0..sentence.words.len() {
            let span = at..(at + 2).min(sentence.words.len());
            // "On orders of at least Laptops": what is least is a figure.
            let named = sentence.text[sentence.words[at].start..].starts_with(char::is_uppercase);
            if matches!(word(at, 1), "least" | "most") && word(at, 2) == "at" && named {
                return odd(at, at..at + 1);
            }
            if word(at, 1) == "on" && !sentence.words[at].explained && duration::first(slice(sentence, &span)).is_some() {
                return odd(at, span);
            }
        }
        for mention in &sentence.mentions {
            let (before, verb) = (word(mention.from, 1), word(mention.from, 2));
            if NOT_BEFORE_NAMES.contains(&before) || before == "on" && ON_A_DAY.contains(&verb) {
                return odd(mention.from, mention.from..mention.to);
            }
        }
        Ok(())
    }

    /// "The 30 days ended on" a day to come, "can be returned until" one that is over.
    fn tense(&self, sentence: &Sentence<'_>, claim: &DayClaim) -> Result<(), String> {
        let today = self.book.today();
        let at = &sentence.words[claim.at];
        let before = claim.at.checked_sub(1).map_or("", |i| sentence.words[i].text.as_str());
        let beside = || sentence.words[..claim.at].iter().filter(|w| w.clause == at.clause).map(|w| w.text.as_str());
        let span = claim.at..claim.at + claim.used;
        if before == "on" && beside().any(|w| OVER.contains(&w)) && claim.days.iter().all(|day| *day > today) {
            return Err(format!("{} is still to come", slice(sentence, &span)));
        }
        let lasts = matches!(before, "until" | "till" | "through") && !beside().any(|w| WAS.contains(&w));
        if lasts && claim.days.iter().all(|day| *day < today) {
            return Err(format!("{} is over", slice(sentence, &span)));
        }
        Ok(())
    }
}
