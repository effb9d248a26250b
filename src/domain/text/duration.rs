//! Lengths of time in running text: "30 days", "two years", "24-month".

use super::super::value::Value;
use super::number;
use super::token::tokens;

/// The first length of time in `text`, as days or months.
///
/// Weeks become days and years become months. Business days are no calendar length and are passed
/// over, as are minutes and hours that make no whole days.
pub fn first(text: &str) -> Option<Value> {
    all(text).into_iter().next()
}

/// Every length of time in `text`, in order.
pub fn all(text: &str) -> Vec<Value> {
    let found = tokens(text);
    let words: Vec<&str> = found.iter().map(|t| t.text.as_str()).collect();
    let mut out = Vec::new();
    for (i, unit) in words.iter().enumerate() {
        let Some((number, unit)) = quantity(&words[..i], unit) else { continue };
        let value = match unit {
            "day" => Value::Days(number),
            // "Within 48 hours" is two days.
            "hour" if number > 0 && number % 24 == 0 => Value::Days(number / 24),
            "week" | "wk" => Value::Days(number.saturating_mul(7)),
            "month" | "mth" => Value::Months(number),
            "year" | "yr" => Value::Months(number.saturating_mul(12)),
            _ => continue,
        };
        out.push(value);
    }
    out
}

/// The number before a unit, with the unit's singular.
fn quantity<'a>(before: &[&str], unit: &'a str) -> Option<(i32, &'a str)> {
    let singular = unit.strip_suffix('s').unwrap_or(unit);
    let last = before.last()?;
    let start = before.len().saturating_sub(4);
    let read = (start..before.len()).find_map(|i| {
        let (value, used) = number::phrase(&before[i..])?;
        (i + used == before.len()).then_some(value)
    });
    let value = match (read, *last) {
        (Some(value), _) => value,
        (None, "a" | "an") => 1,
        (None, _) => return None,
    };
    i32::try_from(value).ok().map(|n| (n, singular))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        for (text, expected) in [
            ("within 30 days of delivery", Some(Value::Days(30))),
            ("a 24-month warranty", Some(Value::Months(24))),
            ("two years", Some(Value::Months(24))),
            ("2 Years (parts)", Some(Value::Months(24))),
            ("a year", Some(Value::Months(12))),
            ("one week", Some(Value::Days(7))),
            ("within 5 business days", None),
            ("30 seconds", None),
            ("every day", None),
            ("within 48 hours", Some(Value::Days(2))),
            ("ready after 2 hours", None),
            ("after 3 yrs", Some(Value::Months(36))),
        ] {
            assert_eq!(first(text), expected, "{text}");
        }
    }
}
