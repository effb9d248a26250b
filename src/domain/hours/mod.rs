//! Opening hours: read from the shop's own words, asked for one day.
//!
//! Shops write their hours in sentences ("Monday to Friday from 9:00 to 19:00", "closed on January 1 and
//! Thanksgiving"). What is read here is only used for a day the words speak of; for any other day nothing
//! is known, and the words themselves are quoted.

mod holiday;
mod read;

pub use holiday::Holiday;

use jiff::tz::TimeZone;

use super::time::{Day, Moment};

/// A time of day in minutes, and whether it is written with am and pm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Clock(pub u16);

impl Clock {
    /// The time of day at a moment in `zone`.
    pub fn of(moment: Moment, zone: &TimeZone) -> Self {
        let time = moment.timestamp().to_zoned(zone.clone()).time();
        Self(u16::try_from(i32::from(time.hour()) * 60 + i32::from(time.minute())).unwrap_or(0))
    }

    /// As the shop writes it: `19:00`, or `7 pm`.
    pub fn text(self, twelve: bool) -> String {
        let (hour, minute) = (self.0 / 60, self.0 % 60);
        if !twelve {
            return format!("{hour}:{minute:02}");
        }
        let half = if hour % 24 < 12 { "am" } else { "pm" };
        let short = if hour.is_multiple_of(12) { 12 } else { hour % 12 };
        if minute == 0 { format!("{short} {half}") } else { format!("{short}:{minute:02} {half}") }
    }
}

/// One day of a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Closed all day.
    Closed,
    /// Open from the first to the second.
    Open(Clock, Clock),
}

/// What a text says of a day: the whole, or one end of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Closed,
    Span(Clock, Clock),
    From(Clock),
    Until(Clock),
}

impl Said {
    /// The plan of a day of which `usual` is known already.
    fn over(self, usual: Option<Plan>) -> Option<Plan> {
        match (self, usual) {
            (Self::Closed, _) => Some(Plan::Closed),
            (Self::Span(from, until), _) => Some(Plan::Open(from, until)),
            (Self::From(from), Some(Plan::Open(_, until))) => Some(Plan::Open(from, until)),
            (Self::Until(until), Some(Plan::Open(from, _))) => Some(Plan::Open(from, until)),
            _ => None,
        }
    }
}

/// A day with a rule of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Special {
    /// Month and day, and the year where it was written.
    Date(i8, i8, Option<i16>),
    Holiday(Holiday),
}

impl Special {
    fn is_on(self, day: Day) -> bool {
        match self {
            Self::Date(month, of_month, year) => {
                let date = day.date();
                date.month() == month && date.day() == of_month && year.is_none_or(|year| date.year() == year)
            }
            Self::Holiday(holiday) => holiday.is_on(day),
        }
    }
}

/// The hours of a shop, as far as its words tell them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schedule {
    /// Monday first.
    week: [Option<Plan>; 7],
    special: Vec<(Special, Said)>,
    /// Whether times are written with am and pm.
    twelve: bool,
}

impl Schedule {
    /// Reads texts, the weightiest first: what an earlier one says of a weekday stands.
    pub fn read<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut whole = Self::default();
        for text in texts {
            let own = read::schedule(text);
            for (known, new) in whole.week.iter_mut().zip(own.week) {
                *known = known.or(new);
            }
            whole.special.extend(own.special);
            whole.twelve |= own.twelve;
        }
        whole
    }

    /// The plan of a day; `None` where the words do not tell.
    pub fn on(&self, day: Day) -> Option<Plan> {
        let usual = usize::try_from(day.weekday()).ok().and_then(|i| self.week.get(i).copied().flatten());
        match self.special.iter().find(|(special, _)| special.is_on(day)) {
            Some((_, said)) => said.over(usual),
            None => usual,
        }
    }

    /// Whether the words give a day a rule of its own.
    pub fn is_special(&self, day: Day) -> bool {
        self.special.iter().any(|(special, _)| special.is_on(day))
    }

    /// The next open day after `day`, within two weeks.
    pub fn next_open(&self, day: Day) -> Option<Day> {
        (1..=14).map(|n| day.plus_days(n)).find(|later| matches!(self.on(*later), Some(Plan::Open(..))))
    }

    /// When it opens on a day, as the shop writes times.
    pub fn opens(&self, day: Day) -> Option<String> {
        match self.on(day)? {
            Plan::Open(from, _) => Some(from.text(self.twelve)),
            Plan::Closed => None,
        }
    }

    /// When it closes on a day, as the shop writes times.
    pub fn closes(&self, day: Day) -> Option<String> {
        match self.on(day)? {
            Plan::Open(_, until) => Some(until.text(self.twelve)),
            Plan::Closed => None,
        }
    }
}

/// A day as it is spoken of from `today`: `today`, `tomorrow`, `on Saturday`, `on Saturday, December 26`.
pub fn spoken(day: Day, today: Day) -> String {
    let weekday = day.date().strftime("%A").to_string();
    match day.days_since(today) {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        2..=6 => format!("on {weekday}"),
        _ => format!("on {weekday}, {}", day.date().strftime("%B %-d")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    /// The text, a day, and what it says of it: `-` closed, `?` nothing.
    #[test]
    fn hours_are_read_as_a_person_would() {
        const DEMO: &str = "The store is open Monday to Friday from 9:00 to 19:00. On Saturday the store is open from 10:00 to 18:00. On Sunday \
            the store is open from 11:00 to 16:00. The store is closed on January 1, Thanksgiving and December 25.";
        const ROTTERDAM: &str = "Tuesday to Saturday 10:00-18:00 (Friday until 21:00), Sunday 12:00-17:00, Monday closed. Closed on 25 and 26 December \
            and 1 January. On 5 December we close at 16:00, on 24 and 31 December at 15:00.";
        const SHORT: &str = "Mon-Fri 9am-7pm; Sat 10-6; closed Sunday";
        const LISTED: &str = "Monday, Wednesday and Thursday: 9.30 am to 5 pm\nTuesday: closed\nWeekends 11 to 4";
        for (text, on, expected) in [
            (DEMO, "2026-11-25", "9:00-19:00"),
            (DEMO, "2026-11-26", "-"),
            (DEMO, "2026-11-28", "10:00-18:00"),
            (DEMO, "2026-11-29", "11:00-16:00"),
            (DEMO, "2026-12-25", "-"),
            (DEMO, "2027-01-01", "-"),
            (DEMO, "2026-12-24", "9:00-19:00"),
            (ROTTERDAM, "2026-11-27", "10:00-21:00"),
            (ROTTERDAM, "2026-11-28", "10:00-18:00"),
            (ROTTERDAM, "2026-11-29", "12:00-17:00"),
            (ROTTERDAM, "2026-11-30", "-"),
            (ROTTERDAM, "2026-12-05", "10:00-16:00"),
            (ROTTERDAM, "2026-12-24", "10:00-15:00"),
            (ROTTERDAM, "2026-12-31", "10:00-15:00"),
            (ROTTERDAM, "2026-12-26", "-"),
            (ROTTERDAM, "2027-01-01", "-"),
            (SHORT, "2026-11-27", "9 am-7 pm"),
            (SHORT, "2026-11-28", "10 am-6 pm"),
            (SHORT, "2026-11-29", "-"),
            (LISTED, "2026-11-26", "9:30 am-5 pm"),
            (LISTED, "2026-11-24", "-"),
            (LISTED, "2026-11-27", "?"),
            (LISTED, "2026-11-28", "11 am-4 pm"),
            ("Open daily from 8:00 to 20:00, Sundays until 18:00.", "2026-11-29", "8:00-18:00"),
            ("Closed Sunday, Monday 9:00-17:00.", "2026-11-30", "9:00-17:00"),
            ("For other days, call 207-555-0100.", "2026-11-30", "?"),
            ("Every first Saturday of the month at 11:00 there is a workshop.", "2026-12-05", "?"),
        ] {
            let schedule = Schedule::read([text]);
            let found = match schedule.on(day(on)) {
                None => "?".to_owned(),
                Some(Plan::Closed) => "-".to_owned(),
                Some(Plan::Open(from, until)) => format!("{}-{}", from.text(schedule.twelve), until.text(schedule.twelve)),
            };
            assert_eq!(found, expected, "{on} in {text} {schedule:?}");
        }
    }

    #[test]
    fn an_earlier_text_stands_and_a_later_one_adds() {
        let schedule = Schedule::read(["Monday to Sunday 10:00-18:00", "Open Monday 8:00 to 20:00. Closed on Thanksgiving."]);
        assert_eq!(schedule.opens(day("2026-11-23")).as_deref(), Some("10:00"));
        assert_eq!(schedule.on(day("2026-11-26")), Some(Plan::Closed));
        assert_eq!(schedule.next_open(day("2026-11-26")), Some(day("2026-11-27")));
        assert!(schedule.is_special(day("2026-11-26")) && !schedule.is_special(day("2026-11-25")));
    }

    #[test]
    fn days_are_spoken_of_from_today() {
        let today = day("2026-11-26");
        for (text, expected) in
            [("2026-11-26", "today"), ("2026-11-27", "tomorrow"), ("2026-11-29", "on Sunday"), ("2026-12-25", "on Friday, December 25")]
        {
            assert_eq!(spoken(day(text), today), expected);
        }
    }
}
