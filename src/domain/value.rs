//! Values: what a fact says, with its kind and unit.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::money::Money;
use super::time::Day;

/// What a fact says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// Words.
    Text(String),
    /// An amount.
    Money(Money),
    /// A number of things.
    Count(i64),
    /// Hundredths of a per cent.
    Percent(u32),
    /// A calendar day in the shop's time zone.
    Day(Day),
    /// A length of time in days.
    Days(i32),
    /// A length of time in months.
    Months(i32),
    /// Yes or no.
    Flag(bool),
}

impl fmt::Display for Value {
    /// As a customer reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Money(money) => money.fmt(f),
            Self::Count(count) => count.fmt(f),
            Self::Percent(hundredths) => write!(f, "{}%", percent_digits(*hundredths)),
            Self::Day(day) => f.write_str(&day.long()),
            Self::Days(days) => write!(f, "{days} {}", if *days == 1 { "day" } else { "days" }),
            Self::Months(months) => write!(f, "{months} {}", if *months == 1 { "month" } else { "months" }),
            Self::Flag(flag) => f.write_str(if *flag { "yes" } else { "no" }),
        }
    }
}

/// `1000` hundredths as `10`, `1250` as `12.5`.
pub fn percent_digits(hundredths: u32) -> String {
    let (whole, part) = (hundredths / 100, hundredths % 100);
    match part {
        0 => whole.to_string(),
        part if part % 10 == 0 => format!("{whole}.{}", part / 10),
        part => format!("{whole}.{part:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    #[test]
    fn values_read_as_a_person_would_write_them() {
        for (value, text) in [
            (Value::Money(Money::new(129_900, Currency::USD)), "$1,299.00"),
            (Value::Percent(1_000), "10%"),
            (Value::Percent(1_250), "12.5%"),
            (Value::Percent(1_205), "12.05%"),
            (Value::Days(1), "1 day"),
            (Value::Days(28), "28 days"),
            (Value::Months(24), "24 months"),
            (Value::Day(Day::parse("2026-11-02").unwrap()), "November 2, 2026"),
            (Value::Flag(false), "no"),
        ] {
            assert_eq!(value.to_string(), text);
        }
    }
}
