//! Days named in a sentence: written out, in figures, or by their distance from today.

use super::words::Word;
use crate::domain::text::number;
use crate::domain::time::{Day, MONTHS};
use jiff::civil::{Date, Weekday};

/// A day named in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayClaim {
    /// The first word of it.
    pub at: usize,
    /// How many words it takes.
    pub used: usize,
    /// The days it may mean: a weekday means the last one and the next one.
    pub days: Vec<Day>,
}

/// The days a sentence names.
pub fn find(words: &[Word], sentence: &str, today: Day) -> Vec<DayClaim> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match claim_at(words, sentence, at, today) {
            Some(claim) => {
                at += claim.used;
                found.push(claim);
            }
            None => at += 1,
        }
    }
    found
}

fn claim_at(words: &[Word], sentence: &str, at: usize, today: Day) -> Option<DayClaim> {
    let word = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    let claim = |used, days| Some(DayClaim { at, used, days });
    if let Some(day) = iso(words, sentence, at) {
        return claim(3, vec![day]);
    }
    if let Some(month) = month(word(at)) {
        // "November 22, 2026", "November 22nd", "November 22"
        if let Some(day) = day_number(word(at + 1)) {
            let year = year(word(at + 2));
            return claim(2 + usize::from(year.is_some()), in_year(year, month, day, today));
        }
    }
    if let (Some(day), Some(month)) =
        (day_number(word(at)), month(word(at + 1)).or_else(|| if word(at + 1) == "of" { month(word(at + 2)) } else { None }))
    {
        let used = if word(at + 1) == "of" { 3 } else { 2 };
        let year = year(word(at + used));
        return claim(used + usize::from(year.is_some()), in_year(year, month, day, today));
    }
    match word(at) {
        "today" | "tonight" => return claim(1, vec![today]),
        "tomorrow" => return claim(1, vec![today.plus_days(1)]),
        "yesterday" => return claim(1, vec![today.plus_days(-1)]),
        _ => {}
    }
    if let Some(weekday) = weekday(word(at)) {
        let own = today.date().weekday();
        let ahead = i32::from(own.until(weekday));
        return claim(1, vec![today.plus_days(ahead), today.plus_days(ahead - 7)]);
    }
    relative(words, at, today)
}

/// "in three days", "two days ago", "next week" is no day.
fn relative(words: &[Word], at: usize, today: Day) -> Option<DayClaim> {
    let texts: Vec<&str> = words[at..].iter().map(|w| w.text.as_str()).collect();
    let (number, used) = number::phrase(&texts)?;
    let number = i32::try_from(number).ok()?;
    let unit = match texts.get(used)? {
        word if word.starts_with("day") => 1,
        word if word.starts_with("week") => 7,
        _ => return None,
    };
    let ago = texts.get(used + 1) == Some(&"ago");
    let ahead = at > 0 && words[at - 1].text == "in";
    let days = number.checked_mul(unit)?;
    let day = if ago {
        today.plus_days(-days)
    } else if ahead {
        today.plus_days(days)
    } else {
        return None;
    };
    Some(DayClaim { at, used: used + 1 + usize::from(ago), days: vec![day] })
}

/// `2026-11-22`, which the tokeniser takes apart.
fn iso(words: &[Word], sentence: &str, at: usize) -> Option<Day> {
    let (year, day) = (words.get(at)?, words.get(at + 2)?);
    let text = sentence.get(year.start..day.end)?;
    (year.text.len() == 4 && text.len() == 10).then(|| Day::parse(text)).flatten()
}

fn month(word: &str) -> Option<i8> {
    let at = MONTHS
        .iter()
        .position(|name| *name == word || (word.len() >= 3 && word.len() <= 4 && name.starts_with(word) && word != "may"))
        .or_else(|| (word == "may").then_some(4))?;
    i8::try_from(at + 1).ok()
}

fn day_number(word: &str) -> Option<i8> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = &word[digits.len()..];
    let day: i8 = digits.parse().ok()?;
    ((1..=31).contains(&day) && matches!(ending, "" | "st" | "nd" | "rd" | "th")).then_some(day)
}

fn year(word: &str) -> Option<i16> {
    let year: i16 = word.parse().ok()?;
    (1990..=2200).contains(&year).then_some(year)
}

/// The day in its year; without one, in the years around today.
fn in_year(year: Option<i16>, month: i8, day: i8, today: Day) -> Vec<Day> {
    let this = today.date().year();
    let years = year.map_or_else(|| vec![this - 1, this, this + 1], |year| vec![year]);
    years.into_iter().filter_map(|year| Date::new(year, month, day).ok()).map(Day::from_date).collect()
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word.trim_end_matches('s') {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::turn::grounding::words::split;

    #[test]
    fn days_are_read_in_every_form() {
        let today = Day::parse("2026-11-22").unwrap();
        for (text, day) in [
            ("on November 24, 2026", "2026-11-24"),
            ("on Nov 24", "2026-11-24"),
            ("by the 24th of November", "2026-11-24"),
            ("24 November 2026", "2026-11-24"),
            ("2026-11-24", "2026-11-24"),
            ("tomorrow", "2026-11-23"),
            ("two days ago", "2026-11-20"),
            ("in 3 days", "2026-11-25"),
            ("on Friday", "2026-11-27"),
        ] {
            let found = find(&split(text), text, today);
            assert!(found.first().is_some_and(|c| c.days.contains(&Day::parse(day).unwrap())), "{text} {found:?}");
        }
        for text in ["you may return it", "within 30 days", "the 24 inch screen"] {
            assert_eq!(find(&split(text), text, today), [], "{text}");
        }
    }
}
