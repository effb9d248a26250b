//! Well-known holidays: what they are called, and the day they fall on.

use std::collections::HashSet;
use std::sync::LazyLock;

use jiff::civil::Date;

use crate::domain::time::Day;

/// A holiday that shops keep, or are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holiday(usize);

/// How the day of a holiday is found.
#[derive(Debug, Clone, Copy)]
enum Rule {
    /// Month and day.
    Fixed(i8, i8),
    /// Month, weekday (Monday is 0), and which of them: from 1, or -1 for the last. Days added to it.
    Nth(i8, i8, i8, i32),
    /// Days after Easter Sunday.
    Easter(i32),
}

/// Name as it is said, the words that name it (alternatives split by `|`, a final `s` of a word is free), and its rule.
const ALL: &[(&str, &str, Rule)] = &[
    ("New Year's Eve", "new year eve|nye|silvester", Rule::Fixed(12, 31)),
    ("New Year's Day", "new year day|new year|first of january", Rule::Fixed(1, 1)),
    ("Martin Luther King Day", "martin luther king day|martin luther king|mlk day|mlk", Rule::Nth(1, 0, 3, 0)),
    ("Valentine's Day", "valentine day|valentine", Rule::Fixed(2, 14)),
    ("Presidents' Day", "president day", Rule::Nth(2, 0, 3, 0)),
    ("St. Patrick's Day", "st patrick day|saint patrick day", Rule::Fixed(3, 17)),
    ("Good Friday", "good friday", Rule::Easter(-2)),
    ("Easter Monday", "easter monday", Rule::Easter(1)),
    ("Easter", "easter sunday|easter", Rule::Easter(0)),
    ("King's Day", "king day|koningsdag", Rule::Fixed(4, 27)),
    ("Labour Day", "labour day|may day|first of may", Rule::Fixed(5, 1)),
    ("Liberation Day", "liberation day", Rule::Fixed(5, 5)),
    ("Mother's Day", "mother day", Rule::Nth(5, 6, 2, 0)),
    ("Ascension Day", "ascension day|ascension", Rule::Easter(39)),
    ("Whit Monday", "whit monday|pentecost monday", Rule::Easter(50)),
    ("Whit Sunday", "whit sunday|pentecost|whitsun", Rule::Easter(49)),
    ("Memorial Day", "memorial day", Rule::Nth(5, 0, -1, 0)),
    ("Juneteenth", "juneteenth", Rule::Fixed(6, 19)),
    ("Father's Day", "father day", Rule::Nth(6, 6, 3, 0)),
    ("Independence Day", "independence day|fourth of july|4th of july|4 july", Rule::Fixed(7, 4)),
    ("Bastille Day", "bastille day", Rule::Fixed(7, 14)),
    ("Labor Day", "labor day", Rule::Nth(9, 0, 1, 0)),
    ("German Unity Day", "unity day", Rule::Fixed(10, 3)),
    ("Columbus Day", "columbus day|indigenous people day", Rule::Nth(10, 0, 2, 0)),
    ("Halloween", "halloween", Rule::Fixed(10, 31)),
    ("All Saints' Day", "all saint day|all saint", Rule::Fixed(11, 1)),
    ("Veterans Day", "veteran day", Rule::Fixed(11, 11)),
    ("Black Friday", "black friday", Rule::Nth(11, 3, 4, 1)),
    ("Cyber Monday", "cyber monday", Rule::Nth(11, 3, 4, 4)),
    ("Thanksgiving", "thanksgiving day|thanksgiving", Rule::Nth(11, 3, 4, 0)),
    ("St. Nicholas' Eve", "st nicholas|saint nicholas|sinterklaas|pakjesavond", Rule::Fixed(12, 5)),
    ("Christmas Eve", "christmas eve|xmas eve", Rule::Fixed(12, 24)),
    ("Boxing Day", "boxing day|second christmas day|st stephen day", Rule::Fixed(12, 26)),
    ("Christmas Day", "christmas day|xmas day|first christmas day|christmas|xmas", Rule::Fixed(12, 25)),
];

/// First words of the names: hardly any word of a message is one.
static FIRST: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| ALL.iter().flat_map(|(_, names, _)| names.split('|')).filter_map(|name| name.split(' ').next()).collect());

impl Holiday {
    /// Its name.
    pub fn name(self) -> &'static str {
        ALL[self.0].0
    }

    /// The day it falls on in a year.
    pub fn day(self, year: i16) -> Day {
        match ALL[self.0].2 {
            Rule::Fixed(month, day) => date(year, month, day),
            Rule::Nth(month, weekday, which, later) => nth(year, month, weekday, which).plus_days(later),
            Rule::Easter(later) => easter(year).plus_days(later),
        }
    }

    /// The next day it falls on, from `today` on.
    pub fn next(self, today: Day) -> Day {
        let year = today.date().year();
        let this = self.day(year);
        if this < today { self.day(year.saturating_add(1)) } else { this }
    }

    /// Whether it falls on a day.
    pub fn is_on(self, day: Day) -> bool {
        self.day(day.date().year()) == day
    }

    /// The holiday on a day, if there is one.
    pub fn on(day: Day) -> Option<Self> {
        (0..ALL.len()).map(Self).find(|holiday| holiday.is_on(day))
    }

    /// The holiday whose name begins a row of folded words, and how many of them it takes.
    pub fn at(words: &[&str]) -> Option<(Self, usize)> {
        let first = words.first()?;
        if !FIRST.contains(first) && !first.strip_suffix('s').is_some_and(|word| FIRST.contains(word)) {
            return None;
        }
        let alternatives = |i: usize| ALL[i].1.split('|').map(move |name| (i, name));
        let fits = |name: &str| {
            let mut count = 0;
            for (i, part) in name.split(' ').enumerate() {
                let word = words.get(i)?;
                if *word != part && word.strip_suffix('s') != Some(part) {
                    return None;
                }
                count = i + 1;
            }
            Some(count)
        };
        let found = (0..ALL.len()).flat_map(alternatives).filter_map(|(i, name)| fits(name).map(|used| (Self(i), used)));
        found.max_by_key(|(_, used)| *used)
    }
}

fn date(year: i16, month: i8, day: i8) -> Day {
    Date::new(year, month, day).map_or(Day(0), Day::from_date)
}

/// The `which`-th `weekday` of a month; -1 is the last.
fn nth(year: i16, month: i8, weekday: i8, which: i8) -> Day {
    let first = date(year, month, 1);
    if which < 0 {
        let last = first.plus_months(1).plus_days(-1);
        return last.plus_days(-i32::from((last.weekday() - weekday).rem_euclid(7)));
    }
    first.plus_days(i32::from((weekday - first.weekday()).rem_euclid(7)) + 7 * (i32::from(which) - 1))
}

/// Easter Sunday, by the anonymous Gregorian computus (Meeus, "Astronomical Algorithms", chapter 8).
fn easter(year: i16) -> Day {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    let part = |n: i32| i8::try_from(n).unwrap_or(1);
    date(year, part(n / 31), part(n % 31 + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holidays_fall_on_their_days() {
        for (words, year, day, name) in [
            ("thanksgiving", 2026, "2026-11-26", "Thanksgiving"),
            ("black friday", 2026, "2026-11-27", "Black Friday"),
            ("new years eve", 2026, "2026-12-31", "New Year's Eve"),
            ("new year", 2027, "2027-01-01", "New Year's Day"),
            ("easter monday", 2027, "2027-03-29", "Easter Monday"),
            ("easter", 2024, "2024-03-31", "Easter"),
            ("good friday", 2025, "2025-04-18", "Good Friday"),
            ("memorial day", 2026, "2026-05-25", "Memorial Day"),
            ("labor day", 2026, "2026-09-07", "Labor Day"),
            ("christmas", 2026, "2026-12-25", "Christmas Day"),
            ("christmas eve", 2026, "2026-12-24", "Christmas Eve"),
            ("kings day", 2026, "2026-04-27", "King's Day"),
        ] {
            let words: Vec<&str> = words.split(' ').collect();
            let (holiday, used) = Holiday::at(&words).unwrap_or_else(|| panic!("{words:?}"));
            assert_eq!((holiday.day(year).to_string().as_str(), holiday.name(), used), (day, name, words.len()));
        }
        assert_eq!(Holiday::at(&["the", "weekend"]), None);
    }

    #[test]
    fn the_next_one_may_be_next_year() {
        let today = Day::parse("2026-11-27").unwrap();
        let (holiday, _) = Holiday::at(&["thanksgiving"]).unwrap();
        assert_eq!(holiday.next(today).to_string(), "2027-11-25");
    }
}
