//! A day that lies behind, as customers say it: "in April", "last year August", "on the 19th", "this morning".

use super::token::tokens;
use super::{duration, number};
use crate::domain::time::{Day, MONTHS, WEEKDAYS};
use crate::domain::value::Value;

/// The day a text speaks of as past, seen from `today`: the first of a month where no day of it is named.
pub fn day(text: &str, today: Day) -> Option<Day> {
    told(text, today).map(|(day, _)| day)
}

/// The same where the very day is told: "on the 19th", "ten days ago", and not "in April" or "two years old".
pub fn exact_day(text: &str, today: Day) -> Option<Day> {
    told(text, today).filter(|(_, exact)| *exact).map(|(day, _)| day)
}

/// The day, and whether it is told exactly.
fn told(text: &str, today: Day) -> Option<(Day, bool)> {
    let found = tokens(text);
    let words: Vec<&str> = found.iter().map(|t| t.text.as_str()).collect();
    let exact = |day| (day, true);
    let about = |day| (day, false);
    written(text, today)
        .or_else(|| of_month(&words, today, true))
        .map(exact)
        .or_else(|| ago(text, &words, today))
        .or_else(|| of_month(&words, today, false).or_else(|| of_year(&words, today)).map(about))
        .or_else(|| near(&words, today).or_else(|| numbered(&words, today)).map(exact))
}

/// "8 months ago", "three years old", "had it two weeks"; only days ago are exact.
fn ago(text: &str, words: &[&str], today: Day) -> Option<(Day, bool)> {
    let behind = words.iter().any(|w| matches!(*w, "ago" | "bought" | "had" | "have" | "purchased" | "old" | "got" | "since" | "after"));
    match duration::first(text).filter(|_| behind)? {
        Value::Days(days) => Some((today.plus_days(days.checked_neg()?), words.contains(&"ago"))),
        Value::Months(months) => Some((today.plus_months(months.checked_neg()?), false)),
        _ => None,
    }
}

/// "2026-11-18", "24.11.2026", "10/28/2026", "delivered 11/24": between strokes the month comes first, as in the shop's
/// country, unless it can only be the day. Without a year it takes a word before it: "24/7" is no day.
fn written(text: &str, today: Day) -> Option<Day> {
    const BEFORE: &[&str] = &["on", "delivered", "arrived", "came", "received", "bought", "ordered", "purchased", "shipped", "since"];
    let mut before = "";
    text.split_whitespace().find_map(|word| {
        let announced = BEFORE.iter().any(|cue| before.eq_ignore_ascii_case(cue));
        before = word;
        let part = word.trim_matches(|c: char| !c.is_ascii_digit());
        let mark = part.chars().find(|c| !c.is_ascii_digit()).filter(|mark| matches!(mark, '-' | '.' | '/'))?;
        let numbers: Vec<i16> = part.split(mark).map(str::parse).collect::<Result<_, _>>().ok()?;
        let (first, second, year) = match numbers[..] {
            [year, month, day] if mark == '-' && (2000..=2099).contains(&year) => return civil(year, month, day),
            [first, second, year] if mark != '-' && (2000..=2099).contains(&year) => (first, second, Some(year)),
            [first, second] if mark == '/' && announced => (first, second, None),
            _ => return None,
        };
        let (month, day) = if mark == '.' || first > 12 { (second, first) } else { (first, second) };
        let this = today.date().year();
        match year {
            Some(year) => civil(year, month, day),
            None => civil(this, month, day).filter(|day| *day <= today).or_else(|| civil(this - 1, month, day)),
        }
    })
}

fn civil(year: i16, month: i16, day: i16) -> Option<Day> {
    jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok().map(Day::from_date)
}

/// The number of a month, with how many of its letters leave no doubt: "may" and "march" are words of their own.
fn month(word: &str) -> Option<i8> {
    let short = |name: &str| matches!(word.len(), 3 | 4) && name.starts_with(word) && !matches!(word, "mar" | "dece");
    let at = MONTHS.iter().position(|name| *name == word || short(name))?;
    i8::try_from(at + 1).ok()
}

fn year(word: &str) -> Option<i16> {
    word.parse().ok().filter(|year| (2000..=2099).contains(year))
}

/// "August last year", "on 23 November", "in April"; with `exact` only with a day of it.
fn of_month(words: &[&str], today: Day, exact: bool) -> Option<Day> {
    let last_year = words.windows(2).any(|w| w == ["last", "year"]);
    (0..words.len()).find_map(|at| {
        let named = month(words[at])?;
        let before = match words.get(at.wrapping_sub(1)) {
            Some(&"of") => at.checked_sub(2).and_then(|i| number::day_beside_month(words[i])),
            Some(word) => number::day_beside_month(word),
            None => None,
        };
        // "December the sixth".
        let the = usize::from(words.get(at + 1) == Some(&"the"));
        let own_day = before.or_else(|| words.get(at + 1 + the).and_then(|word| number::day_beside_month(word)));
        if exact && own_day.is_none() {
            return None;
        }
        let led = at > 0 && matches!(words[at - 1], "in" | "last" | "since" | "of" | "early" | "late" | "mid" | "year" | "around");
        if matches!(words[at], "may" | "march" | "sun") && !led && own_day.is_none() {
            return None;
        }
        let this = today.date().year();
        let day = |year: i16| jiff::civil::Date::new(year, named, own_day.unwrap_or(1)).ok().map(Day::from_date);
        let written = words.iter().skip(at + 1).take(2).find_map(|word| year(word));
        match written {
            Some(written) => day(written),
            None if last_year => day(this - 1),
            None => day(this).filter(|day| *day <= today).or_else(|| day(this - 1)),
        }
    })
}

/// "In 2023", "last summer", "last year": the middle of it.
fn of_year(words: &[&str], today: Day) -> Option<Day> {
    let this = today.date().year();
    let middle = |year: i16, month: i8| jiff::civil::Date::new(year, month, 1).ok().map(Day::from_date);
    let latest = |month: i8| middle(this, month).filter(|day| *day <= today).or_else(|| middle(this - 1, month));
    words.windows(2).find_map(|w| match (w[0], w[1]) {
        ("in" | "since" | "from", written) => middle(year(written)?, 7),
        ("last" | "this", "summer") => latest(7),
        ("last" | "this", "spring") => latest(4),
        ("last" | "this", "autumn" | "fall") => latest(10),
        ("last" | "this", "winter") => latest(1),
        ("last", "christmas") => latest(12),
        ("last", "year") => Some(today.plus_months(-12)),
        ("last", "month") => Some(today.plus_months(-1)),
        ("last", "week") => Some(today.plus_days(-7)),
        _ => None,
    })
}

/// "Yesterday", "this morning", "last Friday", "on Tuesday".
fn near(words: &[&str], today: Day) -> Option<Day> {
    let pair = |a: &str, b: &[&str]| words.windows(2).any(|w| w[0] == a && b.contains(&w[1]));
    if pair("day", &["before"]) && words.contains(&"yesterday") {
        return Some(today.plus_days(-2));
    }
    if words.contains(&"yesterday") || pair("last", &["night"]) {
        return Some(today.plus_days(-1));
    }
    if words.contains(&"today") || pair("this", &["morning", "afternoon", "evening"]) || pair("just", &["now", "came", "arrived"]) {
        return Some(today);
    }
    words.iter().enumerate().find_map(|(i, word)| {
        let at = i32::try_from(WEEKDAYS.iter().position(|name| name == word)?).ok()?;
        let back = (i32::from(today.weekday()) - at - 1).rem_euclid(7) + 1;
        // Nobody calls yesterday "last Thursday".
        let last = back == 1 && i > 0 && words[i - 1] == "last";
        Some(today.plus_days(if last { -8 } else { -back }))
    })
}

/// "On the 19th": the latest one.
fn numbered(words: &[&str], today: Day) -> Option<Day> {
    let at = words.windows(2).find_map(|w| if w[0] == "the" { number::day_of_month(w[1]) } else { None })?;
    let of = |back: i32| {
        let date = today.plus_months(-back).date();
        jiff::civil::Date::new(date.year(), date.month(), at).ok().map(Day::from_date)
    };
    of(0).filter(|day| *day <= today).or_else(|| of(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_behind_are_read_as_customers_say_them() {
        // A Friday.
        let today = Day::parse("2026-11-27").unwrap();
        for (text, expected) in [
            ("bought it last year august", Some("2025-08-01")),
            ("i got it in august last year", Some("2025-08-01")),
            ("got it in april", Some("2026-04-01")),
            ("bought in december", Some("2025-12-01")),
            ("since may", Some("2026-05-01")),
            ("it may be broken", None),
            ("the phone came on nov 23", Some("2026-11-23")),
            ("on 3 march 2024", Some("2024-03-03")),
            ("it arrived on the 19th", Some("2026-11-19")),
            ("came on the 30th", Some("2026-10-30")),
            ("last summer", Some("2026-07-01")),
            ("its from 2023", Some("2023-07-01")),
            ("it came this morning", Some("2026-11-27")),
            ("delivered yesterday", Some("2026-11-26")),
            ("it came on tuesday", Some("2026-11-24")),
            ("came last friday", Some("2026-11-20")),
            ("its only 8 months old", Some("2026-03-27")),
            ("bought maybe 5 months ago", Some("2026-06-27")),
            ("bought 24.11.2026 in the shop", Some("2026-11-24")),
            ("received 10/28/2026", Some("2026-10-28")),
            ("delivered 11/24, screen cracked", Some("2026-11-24")),
            ("the receipt says 2026-11-18", Some("2026-11-18")),
            ("came on 24/11", Some("2026-11-24")),
            ("ordered last thursday", Some("2026-11-19")),
            ("bought on august 31, and twelve weeks later it broke", Some("2026-08-31")),
            ("bought 5 months ago, and today it died", Some("2026-06-27")),
            ("since november the sixth", Some("2026-11-06")),
            ("open 24/7", None),
            ("usb 3.2 and 1/2 inch", None),
            ("a 24 month warranty", None),
            ("it does not spin", None),
        ] {
            assert_eq!(day(text, today).map(|day| day.to_string()).as_deref(), expected, "{text}");
        }
    }
    #[test]
    fn only_a_day_that_is_told_is_exact() {
        let today = Day::parse("2026-11-27").unwrap();
        for (text, exact) in [
            ("ten days ago", true),
            ("on the 19th", true),
            ("on 3 march 2024", true),
            ("delivered yesterday", true),
            ("got it in april", false),
            ("its only 8 months old", false),
            ("last summer", false),
        ] {
            assert_eq!(exact_day(text, today).is_some(), exact, "{text}");
        }
    }
}
