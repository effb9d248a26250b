//! The day a message asks about: "today", "on Saturday", "on December 24", "at Easter".

use crate::domain::heard::Word;
use crate::domain::hours::Holiday;
use crate::domain::text::number;
use crate::domain::time::{Day, MONTHS, WEEKDAYS};

/// A day asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedDay {
    /// The day.
    pub day: Day,
    /// Whether this very moment is meant.
    pub now: bool,
    /// Whether a holiday was named.
    pub holiday: bool,
    /// Whether it was named by its weekday alone: "on Friday".
    pub weekday: bool,
}

impl AskedDay {
    /// A day and nothing else about it.
    pub fn plain(day: Day) -> Self {
        Self { day, now: false, holiday: false, weekday: false }
    }
}

/// The day a message names, as seen from `today`; `None` where it names none.
pub fn asked(words: &[Word], today: Day) -> Option<AskedDay> {
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let plain = AskedDay::plain;
    if let Some((at, holiday)) = (0..texts.len()).find_map(|at| Holiday::at(&texts[at..]).map(|found| (at, found.0))) {
        // "The day after Thanksgiving".
        let beside = match texts.get(at.wrapping_sub(2)..at) {
            Some(["day", "after"]) => 1,
            Some(["day", "before"]) => -1,
            _ => 0,
        };
        let day = holiday.next(today.plus_days(-beside)).plus_days(beside);
        return Some(AskedDay { holiday: beside == 0, ..plain(day) });
    }
    if let Some(day) = date(&texts, today) {
        return Some(plain(day));
    }
    for (at, text) in texts.iter().enumerate() {
        let next = texts.get(at + 1).copied().unwrap_or_default();
        match *text {
            "tomorrow" if at > 1 && texts[at - 2..at] == ["day", "after"] => return Some(plain(today.plus_days(2))),
            "tomorrow" | "tmrw" | "tmr" => return Some(plain(today.plus_days(1))),
            "today" | "tonight" | "tonite" => return Some(plain(today)),
            "this" if matches!(next, "evening" | "afternoon" | "morning") => return Some(plain(today)),
            "now" | "currently" | "moment" => return Some(AskedDay { now: true, ..plain(today) }),
            "still" if matches!(next, "open" | "there") => return Some(AskedDay { now: true, ..plain(today) }),
            _ => {}
        }
    }
    texts.iter().enumerate().find_map(|(at, text)| {
        let weekday = weekday(text)?;
        let ahead = (weekday - i32::from(today.weekday())).rem_euclid(7);
        // "Next Friday", said on a Wednesday, is taken as the one to come; the date is said with it.
        let next_week = ahead == 0 && at > 0 && texts[at - 1] == "next";
        Some(AskedDay { weekday: true, ..plain(today.plus_days(if next_week { 7 } else { ahead })) })
    })
}

/// The days a message means in general, those of the next weeks: "and on Sundays?".
pub fn every(words: &[Word], today: Day) -> Vec<Day> {
    const WEEKS: i32 = 5;
    let plural = |text: &str| WEEKDAYS.iter().position(|name| text.strip_suffix('s') == Some(name));
    let Some(weekday) = words.iter().find_map(|word| plural(&word.text)).and_then(|at| i32::try_from(at).ok()) else { return Vec::new() };
    let ahead = (weekday - i32::from(today.weekday()) - 1).rem_euclid(7) + 1;
    (0..WEEKS).map(|week| today.plus_days(ahead + 7 * week)).collect()
}

/// "Sunday", and not "Sundays": every one of them is meant then.
fn weekday(word: &str) -> Option<i32> {
    let short = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().position(|short| *short == word);
    let found = WEEKDAYS.iter().position(|name| *name == word).or(short.filter(|i| !matches!(i, 5 | 6)))?;
    i32::try_from(found).ok()
}

/// `December 24`, `24 december`, `the 24th of december`, `dec 24`.
fn date(texts: &[&str], today: Day) -> Option<Day> {
    let month = |word: &str| {
        let at =
            MONTHS.iter().position(|name| *name == word || word.len() == 3 && word != "mar" && word != "may" && name.starts_with(word))?;
        i8::try_from(at + 1).ok()
    };
    let of_month = number::day_beside_month;
    let on = |month: i8, day: i8| {
        let year = today.date().year();
        let this = jiff::civil::Date::new(year, month, day).ok().map(Day::from_date)?;
        if this < today { jiff::civil::Date::new(year + 1, month, day).ok().map(Day::from_date) } else { Some(this) }
    };
    let with_a_month = (0..texts.len()).find_map(|at| {
        let named = month(texts[at])?;
        let before = match texts.get(at.wrapping_sub(1)) {
            Some(&"of") => at.checked_sub(2).and_then(|i| of_month(texts[i])),
            Some(word) => of_month(word),
            None => None,
        };
        // "December the sixth".
        let the = usize::from(texts.get(at + 1) == Some(&"the"));
        let after = texts.get(at + 1 + the).and_then(|word| of_month(word));
        on(named, before.or(after)?)
    });
    with_a_month.or_else(|| day_of_month(texts, today))
}

/// "The 24th", without a month: the next day of that number. "The 2nd one" is none.
fn day_of_month(texts: &[&str], today: Day) -> Option<Day> {
    const AHEAD: i32 = 62;
    let ends = |at: usize| texts.get(at + 1).is_none_or(|next| matches!(*next, "at" | "and" | "or" | "till" | "until" | "too"));
    let asked =
        (1..texts.len()).filter(|at| matches!(texts[at - 1], "the" | "on") && ends(*at)).find_map(|at| number::day_of_month(texts[at]))?;
    (0..AHEAD).map(|ahead| today.plus_days(ahead)).find(|day| day.date().day() == asked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::token::tokens;

    #[test]
    fn days_are_seen_from_today() {
        // A Thursday, and Thanksgiving.
        let today = Day::parse("2026-11-26").unwrap();
        for (text, expected) in [
            ("are you open today", Some("2026-11-26")),
            ("and tomorrow?", Some("2026-11-27")),
            ("open on saturday?", Some("2026-11-28")),
            ("are you open thursday", Some("2026-11-26")),
            ("next thursday", Some("2026-12-03")),
            ("open on christmas eve", Some("2026-12-24")),
            ("are you open on 24 december", Some("2026-12-24")),
            ("the 2nd of january", Some("2027-01-02")),
            ("open on december 24th", Some("2026-12-24")),
            ("are you open at easter", Some("2027-03-28")),
            ("are you open the day after thanksgiving", Some("2026-11-27")),
            ("open the day before christmas?", Some("2026-12-24")),
            ("the day after tomorrow?", Some("2026-11-28")),
            ("open on december the sixth", Some("2026-12-06")),
            ("november thirtieth around noon", Some("2026-11-30")),
            ("what time do you close on sundays", None),
            ("when are you open", None),
        ] {
            let words = Word::from_tokens(tokens(text));
            let found = asked(&words, today).map(|asked| asked.day.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
        let words = Word::from_tokens(tokens("are you still open"));
        assert!(asked(&words, today).unwrap().now);
        let words = Word::from_tokens(tokens("and on thursdays?"));
        assert_eq!(every(&words, today)[0].to_string(), "2026-12-03");
    }
}
