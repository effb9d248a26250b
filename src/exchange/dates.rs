//! Dates as shops write them, made into ISO dates before the rows are read.
//!
//! `03/04/2026` alone says nothing of its order; its column does, as soon as one date in it has a part
//! over twelve. So the order is decided per column.

use std::collections::BTreeMap;

use serde_json::Value;

use super::rows::Row;
use crate::domain::time::Day;

/// Fields that hold dates, in any kind of record.
const FIELDS: &[&str] =
    &["order_date", "delivery_date", "start_date", "end_date", "created_at", "resolved_at", "valid_from", "valid_until"];
/// Dates within the parcels of an order.
const OF_PARCELS: &[&str] = &["shipped_at", "delivered_at"];

/// Which part of a date comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    DayFirst,
    MonthFirst,
}

/// A date with the year last (`31/12/2026`), taken apart.
struct Parts<'a> {
    first: u8,
    second: u8,
    year: u16,
    mark: char,
    time: &'a str,
}

impl Parts<'_> {
    /// What the date alone says of its order.
    fn says(&self) -> Option<Order> {
        match (self.mark, self.first > 12, self.second > 12) {
            ('.', _, _) | (_, true, false) => Some(Order::DayFirst),
            (_, false, true) => Some(Order::MonthFirst),
            _ => None,
        }
    }

    /// Whether it is the same day in either order.
    fn is_same_either_way(&self) -> bool {
        self.first == self.second
    }
}

/// Whether a shop of this locale writes the month first.
pub fn is_month_first(locale: &str) -> bool {
    locale.rsplit(['-', '_']).next().is_some_and(|region| region.eq_ignore_ascii_case("us"))
}

/// Rewrites the dates of all rows that are written another way as ISO dates. What stays as it is, is no
/// date that can be known. Returns what was guessed, a sentence a column.
pub fn straighten(rows: &mut [Row], month_first: bool) -> Vec<String> {
    let columns: BTreeMap<&str, Vec<Order>> = FIELDS.iter().map(|field| (*field, evidence(rows, field))).collect();
    let others: Vec<Order> = columns.values().flatten().copied().collect();
    let usual = if month_first { Order::MonthFirst } else { Order::DayFirst };
    let mut notes = Vec::new();
    for field in FIELDS {
        let own = columns.get(field).map(Vec::as_slice).unwrap_or_default();
        // A column that says nothing was written by whoever wrote the file's other columns.
        let (order, guessed) = match (one(own), own.is_empty(), one(&others)) {
            (Some(order), ..) => (Some(order), false),
            (None, true, Some(order)) => (Some(order), false),
            (None, true, None) => (Some(usual), true),
            // Both orders in one column: only dates that say their own order can be known.
            (None, false, _) => (None, false),
        };
        let mut example = None;
        for value in rows.iter_mut().filter_map(|row| row.fields.get_mut(*field)) {
            let Value::String(text) = value else { continue };
            if let Some(iso) = iso(text, order) {
                if guessed && parts(text).is_some_and(|parts| parts.says().is_none() && !parts.is_same_either_way()) {
                    example.get_or_insert_with(|| (text.clone(), iso.clone()));
                }
                *text = iso;
            }
        }
        if let Some((written, read)) = example {
            let way = if order == Some(Order::MonthFirst) { "month" } else { "day" };
            notes.push(format!(
                "{field}: no date tells whether day or month comes first; \"{written}\" was read as {read}, {way} first by [shop] locale. \
                 Write YYYY-MM-DD where that is wrong"
            ));
        }
    }
    parcels(rows, one(&others).unwrap_or(usual));
    notes
}

fn one(orders: &[Order]) -> Option<Order> {
    let first = orders.first()?;
    orders.iter().all(|order| order == first).then_some(*first)
}

fn evidence(rows: &[Row], field: &str) -> Vec<Order> {
    let texts = rows.iter().filter_map(|row| row.fields.get(field)?.as_str());
    // A dot says so for itself, not for the slashes of other dates.
    texts.filter_map(parts).filter(|parts| parts.mark != '.').filter_map(|parts| parts.says()).collect()
}

fn parcels(rows: &mut [Row], order: Order) {
    let lists = rows.iter_mut().filter_map(|row| row.fields.get_mut("fulfilments")?.as_array_mut());
    for parcel in lists.flatten() {
        for name in OF_PARCELS {
            if let Some(Value::String(text)) = parcel.get_mut(*name)
                && let Some(iso) = iso(text, Some(order))
            {
                *text = iso;
            }
        }
    }
}

/// A date that is written another way, as an ISO date.
fn iso(text: &str, order: Option<Order>) -> Option<String> {
    if let Some(iso) = year_first(text) {
        return Some(iso);
    }
    let parts = parts(text)?;
    let (day, month) = match parts.says().or(order)? {
        Order::DayFirst => (parts.first, parts.second),
        Order::MonthFirst => (parts.second, parts.first),
    };
    real(parts.year, month, day, parts.time)
}

/// The ISO date of a day there is.
fn real(year: u16, month: u8, day: u8, rest: &str) -> Option<String> {
    let date = format!("{year:04}-{month:02}-{day:02}");
    let time = time(rest)?;
    Day::parse(&date).map(|_| format!("{date}{time}"))
}

/// `2026/11/22` and `2026.11.22`, whose order nobody doubts.
fn year_first(text: &str) -> Option<String> {
    let text = text.trim();
    let (date, rest) = text.split_at_checked(text.find([' ', 'T', ',']).unwrap_or(text.len()))?;
    let mark = date.chars().find(|c| !c.is_ascii_digit()).filter(|mark| matches!(mark, '/' | '.'))?;
    let mut numbers = date.split(mark);
    let year: u16 = numbers.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let (month, day) = (short(numbers.next()?)?, short(numbers.next()?)?);
    if numbers.next().is_some() {
        return None;
    }
    real(year, month, day, rest)
}

fn parts(text: &str) -> Option<Parts<'_>> {
    let text = text.trim();
    let (date, time) = text.split_at_checked(text.find([' ', 'T', ',']).unwrap_or(text.len()))?;
    let mark = date.chars().find(|c| !c.is_ascii_digit()).filter(|mark| matches!(mark, '-' | '/' | '.'))?;
    let mut numbers = date.split(mark);
    let (first, second) = (short(numbers.next()?)?, short(numbers.next()?)?);
    let year = numbers.next().filter(|year| year.len() == 4)?.parse().ok()?;
    numbers.next().is_none().then_some(Parts { first, second, year, mark, time })
}

fn short(number: &str) -> Option<u8> {
    number.parse().ok().filter(|_| number.len() <= 2)
}

/// What follows the date, as `T14:30:00` and perhaps an offset; empty where nothing follows.
fn time(text: &str) -> Option<String> {
    let text = text.trim_start_matches([',', ' ', 'T']).trim();
    if text.is_empty() {
        return Some(String::new());
    }
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.')).unwrap_or(text.len());
    let (clock, rest) = text.split_at_checked(end)?;
    let mut numbers = clock.splitn(3, ':');
    let (mut hour, minute) = (short(numbers.next()?)?, short(numbers.next()?)?);
    let second = numbers.next().unwrap_or("00");
    let offset = match rest.trim().to_lowercase().as_str() {
        half @ ("am" | "pm" | "a.m." | "p.m.") => {
            hour = hour % 12 + if half.starts_with('p') { 12 } else { 0 };
            String::new()
        }
        zone => zone.to_uppercase(),
    };
    Some(format!("T{hour:02}:{minute:02}:{second}{offset}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(dates: &[&str], month_first: bool) -> (Vec<String>, Vec<String>) {
        let row = |text: &&str| Row { number: 1, fields: [("order_date".to_owned(), Value::from(*text))].into_iter().collect() };
        let mut rows: Vec<Row> = dates.iter().map(row).collect();
        let notes = straighten(&mut rows, month_first);
        (rows.iter().map(|row| row.fields["order_date"].as_str().unwrap().to_owned()).collect(), notes)
    }

    #[test]
    fn the_column_says_whether_the_day_comes_first() {
        for (dates, month_first, expected, notes) in [
            (&["03/04/2026", "31/12/2026"][..], true, &["2026-04-03", "2026-12-31"][..], 0),
            (&["03/04/2026", "12/31/2026"], false, &["2026-03-04", "2026-12-31"], 0),
            (&["3-4-2026", "31-12-2026"], true, &["2026-04-03", "2026-12-31"], 0),
            (&["03.04.2026"], true, &["2026-04-03"], 0),
            // Nothing to go by but where the shop is.
            (&["03/04/2026"], true, &["2026-03-04"], 1),
            (&["03/04/2026"], false, &["2026-04-03"], 1),
            (&["05/05/2026"], true, &["2026-05-05"], 0),
            // Two orders in one column: what cannot be known is left, and rejected later.
            (&["31/12/2026", "12/31/2026", "03/04/2026"], true, &["2026-12-31", "2026-12-31", "03/04/2026"], 0),
            (&["2026/11/22", "2026-11-22", "2026.11.22"], true, &["2026-11-22", "2026-11-22", "2026-11-22"], 0),
            (&["31/12/2026 14:30", "31-12-2026 9:05:07"], true, &["2026-12-31T14:30:00", "2026-12-31T09:05:07"], 0),
            (&["31/12/2026, 2:30 PM", "31/12/2026 12:05 am"], true, &["2026-12-31T14:30:00", "2026-12-31T00:05:00"], 0),
            (&["31.12.2026T14:30:00Z", "31.12.2026 14:30:00+02:00"], true, &["2026-12-31T14:30:00Z", "2026-12-31T14:30:00+02:00"], 0),
            (&["soon", "", "@-2d", "1/2", "3/4/26", "99/99/2026"], true, &["soon", "", "@-2d", "1/2", "3/4/26", "99/99/2026"], 0),
        ] {
            let (read, said) = read(dates, month_first);
            assert_eq!((read, said.len()), (expected.iter().map(|s| (*s).to_owned()).collect(), notes), "{dates:?} {said:?}");
        }
    }

    #[test]
    fn a_silent_column_goes_by_the_others_of_its_file() {
        let fields = |ordered: &str, delivered: &str| {
            let pairs = [("order_date".to_owned(), Value::from(ordered)), ("delivery_date".to_owned(), Value::from(delivered))];
            Row { number: 1, fields: pairs.into_iter().collect() }
        };
        let mut rows = [fields("03/04/2026", "25/04/2026")];
        assert_eq!(straighten(&mut rows, true), Vec::<String>::new());
        assert_eq!(rows[0].fields["order_date"], "2026-04-03");
    }

    #[test]
    fn only_shops_of_the_united_states_write_the_month_first() {
        for (locale, expected) in [("en-US", true), ("en_us", true), ("en-GB", false), ("de-DE", false), ("nl", false), ("en", false)] {
            assert_eq!(is_month_first(locale), expected, "{locale}");
        }
    }
}
