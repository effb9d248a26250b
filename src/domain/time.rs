//! Time: instants in UTC, calendar days in the shop's time zone.

use std::fmt;
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Moment(pub i64);

impl Moment {
    /// The present, from the system's clock.
    pub fn now() -> Self {
        Self(Timestamp::now().as_millisecond())
    }

    /// Later by `span`; saturates at the end of time.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// Earlier by `span`; saturates at the beginning of time.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long ago `earlier` was; zero when it lies in the future (clocks may step back).
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Whole seconds since 1970.
    pub fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The calendar day at this instant in `zone`.
    pub fn day_in(self, zone: &TimeZone) -> Day {
        Day::from_date(self.timestamp().to_zoned(zone.clone()).date())
    }

    /// As a jiff timestamp, clamped to its range.
    pub fn timestamp(self) -> Timestamp {
        let limit = if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Timestamp::from_millisecond(self.0).unwrap_or(limit)
    }

    /// Reads RFC 3339 (`2026-11-22T10:00:00Z`).
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<Timestamp>().ok().map(|t| Self(t.as_millisecond()))
    }
}

impl fmt::Display for Moment {
    /// RFC 3339 in UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.timestamp())
    }
}

/// A calendar day: days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Day(pub i32);

/// The months in English, January first.
pub const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
/// The days of the week in English, Monday first.
pub const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const EPOCH: Date = Date::constant(1970, 1, 1);

impl Day {
    /// The day of a civil date.
    pub fn from_date(date: Date) -> Self {
        let span = EPOCH.until(date).unwrap_or_default();
        Self(span.get_days())
    }

    /// The civil date, clamped to the calendar's range.
    pub fn date(self) -> Date {
        let limit = if self.0 < 0 { Date::MIN } else { Date::MAX };
        let span = Span::new().try_days(self.0);
        span.and_then(|span| EPOCH.checked_add(span)).unwrap_or(limit)
    }

    /// `days` later (or earlier, when negative).
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// `months` later, at the end of the month where the day does not exist there.
    #[must_use]
    pub fn plus_months(self, months: i32) -> Self {
        let span = Span::new().try_months(months);
        span.and_then(|span| self.date().checked_add(span)).map_or(self, Self::from_date)
    }

    /// Whole days from `earlier` to this day; negative when it lies before.
    pub fn days_since(self, earlier: Self) -> i32 {
        self.0.saturating_sub(earlier.0)
    }

    /// The first instant of the day in `zone`.
    pub fn start_in(self, zone: &TimeZone) -> Moment {
        self.date().to_zoned(zone.clone()).map_or(Moment(i64::from(self.0) * 86_400_000), |z| Moment(z.timestamp().as_millisecond()))
    }

    /// The day of the week: Monday is 0.
    pub fn weekday(self) -> i8 {
        self.date().weekday().to_monday_zero_offset()
    }

    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<Date>().ok().map(Self::from_date)
    }

    /// `November 22, 2026`.
    pub fn long(self) -> String {
        self.date().strftime("%B %-d, %Y").to_string()
    }
}

impl fmt::Display for Day {
    /// `2026-11-22`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date())
    }
}

/// A date as records carry it: some sources give a day, others an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum When {
    /// The whole day, in the shop's time zone.
    Day(Day),
    /// An instant.
    At(Moment),
}

impl When {
    /// The day it falls on in `zone`.
    pub fn day(self, zone: &TimeZone) -> Day {
        match self {
            Self::Day(day) => day,
            Self::At(moment) => moment.day_in(zone),
        }
    }

    /// Reads a day, an RFC 3339 instant, or a local date and time, which is taken to be in `zone`.
    pub fn parse(text: &str, zone: &TimeZone) -> Option<Self> {
        let text = text.trim();
        if let Some(moment) = Moment::parse(text) {
            return Some(Self::At(moment));
        }
        if text.len() <= "2026-11-22".len() {
            return Day::parse(text).map(Self::Day);
        }
        let local: jiff::civil::DateTime = text.parse().ok()?;
        let zoned = local.to_zoned(zone.clone()).ok()?;
        Some(Self::At(Moment(zoned.timestamp().as_millisecond())))
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::At(moment) => moment.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_york() -> TimeZone {
        TimeZone::get("America/New_York").expect("the time zone database is compiled in")
    }

    #[test]
    fn days_count_from_1970_both_ways() {
        for (text, number) in [("1970-01-01", 0), ("1969-12-31", -1), ("2026-11-22", 20_779)] {
            let day = Day::parse(text).unwrap();
            assert_eq!(day.0, number);
            assert_eq!(day.to_string(), text);
        }
        assert_eq!(Day::parse("2026-02-30"), None);
    }

    #[test]
    fn days_beyond_the_calendar_are_its_last() {
        for days in [i32::MIN, -7_300_000, 7_320_779, i32::MAX] {
            let edge = Day(days).date();
            assert!(edge == Date::MIN || edge == Date::MAX, "{edge}");
        }
        assert_eq!(Day(0).plus_months(i32::MAX), Day(0));
    }

    #[test]
    fn a_day_is_the_shops_day() {
        let zone = new_york();
        let late_evening = Moment::parse("2026-11-23T02:30:00Z").unwrap();
        assert_eq!(late_evening.day_in(&zone).to_string(), "2026-11-22");
        let day = Day::parse("2026-11-22").unwrap();
        assert_eq!(day.start_in(&zone).to_string(), "2026-11-22T05:00:00Z");
    }

    #[test]
    fn dates_are_read_as_day_instant_or_local_time() {
        let zone = new_york();
        for (text, day) in [
            ("2026-11-22", "2026-11-22"),
            ("2026-11-23T02:30:00Z", "2026-11-22"),
            ("2026-11-22T23:30:00", "2026-11-22"),
            ("2026-11-22 08:00", "2026-11-22"),
        ] {
            let when = When::parse(text, &zone).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(when.day(&zone).to_string(), day, "{text}");
        }
        for bad in ["", "yesterday", "22/11/2026", "2026-13-01"] {
            assert_eq!(When::parse(bad, &zone), None, "{bad}");
        }
    }

    #[test]
    fn months_end_where_the_month_does() {
        assert_eq!(Day::parse("2026-01-31").unwrap().plus_months(1).to_string(), "2026-02-28");
    }
}
