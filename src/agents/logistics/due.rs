//! Whether an order comes by the day a customer names: "before Christmas?", "will it be here by the 5th?".

use super::super::evidence_words;
use super::super::turn::Turn;
use super::super::understanding::day;
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, Formula, RecordId};
use crate::domain::order::Order;
use crate::domain::record::Field;
use crate::domain::text::token::tokens;
use crate::domain::time::Day;

/// Days of a week, counted from Monday.
const SATURDAY: i32 = 5;
const SUNDAY: i32 = 6;

/// The last day the message allows, as seen from `today`: "before" leaves the day itself out.
fn wanted_by(turn: &Turn<'_>, today: Day) -> Option<Day> {
    let has = |list: &[&str]| turn.heard.words.iter().any(|w| list.contains(&w.text.as_str()));
    // "When", "what day" ask for the day, and nothing can be said yes to.
    if !evidence_words::is_question(turn.text) || has(&["when", "which", "what", "why", "supposed"]) {
        return None;
    }
    // A weekend is over on Sunday, and begins on Saturday.
    let ahead = |weekday: i32| (weekday - i32::from(today.weekday())).rem_euclid(7);
    let weekend = has(&["weekend"]).then(|| today.plus_days(ahead(if has(&["before"]) { SATURDAY } else { SUNDAY })));
    let asked = weekend.or_else(|| day::asked(&turn.heard.words, today).filter(|asked| !asked.now).map(|asked| asked.day))?;
    Some(if has(&["before"]) { asked.plus_days(-1) } else { asked })
}

/// "Before the 5th", "by Saturday": a day that something is to be there by.
pub fn names_a_deadline(turn: &Turn<'_>) -> bool {
    let limits = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "before" | "by" | "until" | "till"));
    limits && wanted_by(turn, Day(0)).is_some()
}

/// Yes or no, with the day it is expected; nothing where no day is named or promised, where the promised one has gone
/// by, or where it is today or tomorrow, which says itself what is asked.
pub fn verdict(turn: &Turn<'_>, id: RecordId, order: &Order, book: &mut FactBook) -> Option<Act> {
    let by = wanted_by(turn, book.today())?;
    let promised = order.promised_day(book.zone()).filter(|day| *day > book.today().plus_days(1))?;
    let expected = book.field(id, Field::Delivery)?;
    let by_fact = book.derive(Formula::DayAhead(by.days_since(book.today())), &[])?;
    let kind = if promised <= by { ActKind::ComesByThen } else { ActKind::ComesLater };
    Some(Act::plain(kind).with("day", expected).with("by", by_fact))
}

/// "What time will it be here?": the hour is asked for, and not the day.
pub fn asks_the_hour(turn: &Turn<'_>) -> bool {
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    said.windows(2).any(|w| matches!(w, ["what" | "which" | "exact", "time" | "hour"] | ["time", "of" | "slot" | "window"]))
        || said.iter().any(|w| matches!(*w, "oclock" | "timeslot"))
}

/// Whether a note of a carrier gives an hour: "13:00-15:00".
pub fn tells_the_hour(note: &str) -> bool {
    let said = tokens(note);
    let clock = note.as_bytes().windows(4).any(|w| w[0].is_ascii_digit() && w[1] == b':' && w[2].is_ascii_digit() && w[3].is_ascii_digit());
    clock || said.windows(2).any(|w| w[0].text.bytes().all(|b| b.is_ascii_digit()) && matches!(w[1].text.as_str(), "am" | "pm"))
}

#[cfg(test)]
mod tests {
    use super::tells_the_hour;

    #[test]
    fn an_hour_is_told_from_a_day() {
        assert!(tells_the_hour("Delivery window 13:00-15:00 on 28 November"));
        assert!(tells_the_hour("Between 9 am and noon"));
        assert!(!tells_the_hour("At the Wilmington, MA station; signature required"));
        assert!(!tells_the_hour("Ratio 1:2 of 28 November"));
    }
}
