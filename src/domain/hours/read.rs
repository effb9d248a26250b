//! The hours in a text: words to items, items to a schedule.

use super::{Clock, Holiday, Plan, Said, Schedule, Special};
use crate::domain::text::fold::fold;
use crate::domain::time::{MONTHS, WEEKDAYS};

/// The smallest parts of a text about hours.
#[derive(Debug, Clone, PartialEq)]
enum Part {
    Word(String),
    Number(u32),
    Time(u16),
    Dash,
    Comma,
    Stop,
}

/// What the parts come to.
#[derive(Debug, Clone, PartialEq)]
enum Item {
    Weekdays(Vec<usize>),
    Special(Special),
    Says(Said),
    Comma,
    Stop,
}

/// What a text says of the days.
pub(super) fn schedule(text: &str) -> Schedule {
    let (parts, twelve) = parts(text);
    let mut building = Building { schedule: Schedule { twelve, ..Schedule::default() }, ..Building::default() };
    for item in items(&parts) {
        building.take(item);
    }
    building.schedule
}

/// Words, numbers, times and marks; and whether times are written with am and pm.
fn parts(text: &str) -> (Vec<Part>, bool) {
    let text = fold(text).replace("a.m.", "am").replace("p.m.", "pm");
    let mut parts = Vec::new();
    let mut twelve = false;
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let length = rest.find(|c: char| !c.is_alphanumeric() || c.is_ascii_digit() != first.is_ascii_digit()).unwrap_or(rest.len());
        if first.is_ascii_digit() {
            let (part, used, half) = number(rest, length);
            twelve |= half;
            parts.push(part);
            rest = &rest[used..];
            continue;
        }
        if first.is_alphanumeric() {
            // "Valentine's" is one word.
            let tail = rest[length..].strip_prefix("'s").map_or(0, |_| 2);
            parts.push(Part::Word(rest[..length].to_owned()));
            rest = &rest[length + tail..];
            continue;
        }
        match first {
            '-' => parts.push(Part::Dash),
            ',' | '(' | ')' | ':' | '/' | '&' => parts.push(Part::Comma),
            '.' | ';' | '\n' | '!' | '?' => parts.push(Part::Stop),
            _ => {}
        }
        rest = &rest[first.len_utf8()..];
    }
    (parts, twelve)
}

/// The number or time a text begins with, how much of the text it takes, and whether am or pm was written.
fn number(rest: &str, length: usize) -> (Part, usize, bool) {
    let hour: u32 = rest[..length].parse().unwrap_or(u32::MAX);
    let mut used = length;
    let mut minute = None;
    if let Some(tail) = rest[length..].strip_prefix([':', '.']) {
        let digits: String = tail.chars().take_while(char::is_ascii_digit).collect();
        if digits.len() == 2 && digits.parse::<u32>().is_ok_and(|m| m < 60) && hour <= 24 {
            // A point is no colon where money or a measure is spoken of.
            let plain = rest[length..].starts_with(':') || !tail[2..].trim_start().starts_with(['e', '%', 'k', 'u']);
            if plain {
                minute = digits.parse::<u16>().ok();
                used += 3;
            }
        }
    }
    let behind = rest[used..].trim_start();
    let half = ["am", "pm"].into_iter().find(|half| {
        let tail = behind.strip_prefix(half);
        tail.is_some_and(|tail| !tail.starts_with(char::is_alphanumeric)) && (1..=12).contains(&hour)
    });
    if let Some(half) = half {
        used = rest.len() - behind.len() + 2;
        let base = u16::try_from(hour % 12).unwrap_or(0) + if half == "pm" { 12 } else { 0 };
        return (Part::Time(base * 60 + minute.unwrap_or(0)), used, true);
    }
    match (minute, u16::try_from(hour)) {
        (Some(minute), Ok(hour)) => (Part::Time(hour * 60 + minute), used, false),
        _ => {
            let ordinal = ["st", "nd", "rd", "th"]
                .iter()
                .any(|end| rest[used..].starts_with(end) && !rest[used + 2..].starts_with(char::is_alphanumeric));
            (Part::Number(hour), used + if ordinal { 2 } else { 0 }, false)
        }
    }
}

fn weekday(word: &str) -> Option<usize> {
    let word = word.strip_suffix('s').filter(|base| base.ends_with("day")).unwrap_or(word);
    let short = matches!(word.len(), 3..=5);
    WEEKDAYS.iter().position(|name| {
        *name == word
            || short
                && matches!(word, "mon" | "tue" | "tues" | "wed" | "thu" | "thur" | "thurs" | "fri" | "sat" | "sun")
                && name.starts_with(word)
    })
}

fn month(word: &str) -> Option<i8> {
    let at =
        MONTHS.iter().position(|name| *name == word || word.len() >= 3 && word.len() <= 4 && word != "mar" && name.starts_with(word))?;
    i8::try_from(at + 1).ok()
}

/// Reads items until the parts are used up. What is none is passed over.
fn items(parts: &[Part]) -> Vec<Item> {
    let mut items = Vec::new();
    let mut at = 0;
    // "We close at 16:00, on 24 December at 15:00": the verb is not said again.
    let mut closing = false;
    while at < parts.len() {
        if let Some((found, used)) = days(&parts[at..]) {
            items.extend(found);
            at += used;
        } else if let Some((said, used)) = times(&parts[at..], &items, &mut closing) {
            items.push(Item::Says(said));
            at += used;
        } else {
            match &parts[at] {
                Part::Stop => {
                    items.push(Item::Stop);
                    closing = false;
                }
                Part::Comma => items.push(Item::Comma),
                // "Every first Saturday of the month" is no weekday of the hours.
                Part::Word(word) if matches!(word.as_str(), "first" | "second" | "third" | "last") && names_a_day(parts.get(at + 1)) => {
                    at += 1
                }
                Part::Word(word) if matches!(word.as_str(), "close" | "closes" | "closing" | "shut") => closing = true,
                _ => {}
            }
            at += 1;
        }
    }
    items
}

fn names_a_day(part: Option<&Part>) -> bool {
    matches!(part, Some(Part::Word(word)) if weekday(word).is_some())
}

fn word(part: Option<&Part>) -> &str {
    match part {
        Some(Part::Word(word)) => word,
        Some(Part::Dash) => "-",
        _ => "",
    }
}

fn joins(part: Option<&Part>) -> bool {
    matches!(word(part), "-" | "to" | "through" | "thru" | "until" | "till" | "til")
}

/// Weekdays, dates and holidays at the beginning of the parts.
fn days(parts: &[Part]) -> Option<(Vec<Item>, usize)> {
    let first = word(parts.first());
    let whole = |days: std::ops::Range<usize>, used| Some((vec![Item::Weekdays(days.collect())], used));
    match first {
        "weekdays" | "weekday" => return whole(0..5, 1),
        "weekends" | "weekend" => return whole(5..7, 1),
        "daily" => return whole(0..7, 1),
        "every" if word(parts.get(1)) == "day" => return whole(0..7, 2),
        _ => {}
    }
    // "Black Friday" before "Friday".
    let words: Vec<&str> = parts.iter().take(4).map(|part| word(Some(part))).take_while(|word| !word.is_empty()).collect();
    if let Some((holiday, used)) = Holiday::at(&words) {
        return Some((vec![Item::Special(Special::Holiday(holiday))], used));
    }
    if let Some(from) = weekday(first) {
        if joins(parts.get(1))
            && let Some(to) = weekday(word(parts.get(2)))
        {
            let count = (to + 7 - from) % 7 + 1;
            return Some((vec![Item::Weekdays((0..count).map(|i| (from + i) % 7).collect())], 3));
        }
        return Some((vec![Item::Weekdays(vec![from])], 1));
    }
    dates(parts)
}

/// `December 25`, `25 and 26 December`, `27 December 2026`.
fn dates(parts: &[Part]) -> Option<(Vec<Item>, usize)> {
    let of_month = |part: Option<&Part>| match part {
        Some(Part::Number(n)) if (1..=31).contains(n) => i8::try_from(*n).ok(),
        _ => None,
    };
    let year = |part: Option<&Part>| match part {
        Some(Part::Number(n)) if (2000..2100).contains(n) => i16::try_from(*n).ok(),
        _ => None,
    };
    let date = |month, day, year| Item::Special(Special::Date(month, day, year));
    if let (Some(month), Some(day)) = (month(word(parts.first())), of_month(parts.get(1))) {
        let comma = usize::from(parts.get(2) == Some(&Part::Comma) && year(parts.get(3)).is_some());
        let year = year(parts.get(2 + comma));
        let used = 2 + if year.is_some() { 1 + comma } else { 0 };
        return Some((vec![date(month, day, year)], used));
    }
    let mut numbers = vec![of_month(parts.first())?];
    let mut at = 1;
    loop {
        if word(parts.get(at)) == "of" {
            at += 1;
        }
        if let Some(month) = month(word(parts.get(at))) {
            let year = year(parts.get(at + 1));
            let items = numbers.into_iter().map(|day| date(month, day, year)).collect();
            return Some((items, at + 1 + usize::from(year.is_some())));
        }
        let listed = matches!(parts.get(at), Some(Part::Comma)) || word(parts.get(at)) == "and";
        numbers.push(of_month(parts.get(at + 1)).filter(|_| listed)?);
        at += 2;
    }
}

/// Times, or "closed", at the beginning of the parts.
fn times(parts: &[Part], before: &[Item], closing: &mut bool) -> Option<(Said, usize)> {
    let time = |part: Option<&Part>| match part {
        Some(Part::Time(minutes)) => Some(*minutes),
        Some(Part::Word(word)) if word == "noon" => Some(12 * 60),
        Some(Part::Word(word)) if word == "midnight" => Some(24 * 60),
        _ => None,
    };
    match word(parts.first()) {
        "closed" if !matches!(word(parts.get(1)), "at" | "from") => return Some((Said::Closed, 1)),
        "until" | "till" | "til" => return time(parts.get(1)).map(|until| (Said::Until(Clock(until)), 2)),
        _ => {}
    }
    if let Some(from) = time(parts.first()) {
        if (joins(parts.get(1)) || word(parts.get(1)) == "and")
            && let Some(until) = time(parts.get(2))
        {
            return Some((Said::Span(Clock(from), Clock(until)), 3));
        }
        let said = if std::mem::take(closing) { Said::Until(Clock(from)) } else { Said::From(Clock(from)) };
        *closing = matches!(said, Said::Until(_));
        return Some((said, 1));
    }
    // "Sat 10-6": bare numbers are times only right behind a day.
    let (Some(Part::Number(from)), Some(Part::Number(until))) = (parts.first(), parts.get(2)) else { return None };
    let behind_a_day = matches!(before.iter().rev().find(|item| **item != Item::Comma), Some(Item::Weekdays(_)));
    let last = !matches!(parts.get(3), Some(Part::Dash | Part::Number(_)));
    if !behind_a_day || !last || !joins(parts.get(1)) || *from > 24 || *until > 24 {
        return None;
    }
    let until = if until <= from { until + 12 } else { *until };
    let clock = |hour: u32| u16::try_from(hour * 60).ok().map(Clock);
    Some((Said::Span(clock(*from)?, clock(until)?), 3))
}

/// The day or days spoken of.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Subject {
    Weekday(usize),
    Special(Special),
}

/// Puts days and what is said of them together.
#[derive(Default)]
struct Building {
    schedule: Schedule,
    subjects: Vec<Subject>,
    /// Whether something has been said of the subjects.
    told: bool,
    /// Said before the days it is said of: "closed on ...".
    ahead: Option<Said>,
    /// How many subjects came since the last comma.
    newest: usize,
}

impl Building {
    fn take(&mut self, item: Item) {
        match item {
            Item::Weekdays(days) => self.subjects(days.into_iter().map(Subject::Weekday)),
            Item::Special(special) => self.subjects(std::iter::once(Subject::Special(special))),
            Item::Says(said) => self.say(said),
            Item::Comma => self.newest = 0,
            Item::Stop => {
                self.subjects.clear();
                (self.told, self.ahead, self.newest) = (false, None, 0);
            }
        }
    }

    fn subjects(&mut self, new: impl Iterator<Item = Subject>) {
        if self.told && self.ahead.is_none() {
            self.subjects.clear();
            self.told = false;
        }
        for subject in new {
            self.subjects.push(subject);
            self.newest += 1;
            if let Some(said) = self.ahead {
                self.enter(subject, said);
                self.told = true;
            }
        }
    }

    fn say(&mut self, said: Said) {
        // "Closed Sunday, Monday 9-5": the hours are Monday's alone.
        if self.ahead.is_some() && self.newest > 0 && said != Said::Closed {
            self.subjects.drain(..self.subjects.len() - self.newest);
            self.ahead = None;
            self.told = false;
        }
        if self.subjects.is_empty() || self.told && said == Said::Closed {
            self.ahead = Some(said);
            return;
        }
        if self.told {
            return;
        }
        self.told = true;
        for subject in self.subjects.clone() {
            self.enter(subject, said);
        }
    }

    fn enter(&mut self, subject: Subject, said: Said) {
        match subject {
            Subject::Weekday(day) => {
                let old: Option<Plan> = self.schedule.week[day];
                self.schedule.week[day] = said.over(old).or(old);
            }
            Subject::Special(special) => {
                self.schedule.special.retain(|(known, _)| *known != special);
                self.schedule.special.push((special, said));
            }
        }
    }
}
