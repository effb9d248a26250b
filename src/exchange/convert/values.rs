//! Single values of a row: text, numbers, amounts, dates, lists.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Context, Fault};
use crate::domain::money::{Currency, Money, MoneyError};
use crate::domain::record::RecordKind;
use crate::domain::time::{Day, Moment, When};
use crate::exchange::columns;

/// Longest single value.
const LONGEST: usize = 20_000;

/// The fields of a row, with what they are read by.
pub struct Fields<'a> {
    fields: &'a BTreeMap<String, Value>,
    /// What values are read by.
    pub context: &'a Context,
}

impl<'a> Fields<'a> {
    /// A list of objects: as it is in JSON, written as JSON in the cell of a table.
    pub fn objects(&self, name: &'static str) -> Result<Vec<Value>, Fault> {
        match self.raw(name) {
            Some(Value::Array(items)) => Ok(items.clone()),
            Some(Value::String(text)) if !text.trim().is_empty() => serde_json::from_str(text)
                .map_err(|_| Fault::new(name, "this is not a JSON list", "write a list of objects, or leave it empty")),
            _ => Ok(Vec::new()),
        }
    }

    /// The fields of a row.
    pub fn new(fields: &'a BTreeMap<String, Value>, context: &'a Context) -> Self {
        Self { fields, context }
    }

    /// The value of a field that is there and not empty.
    pub fn raw(&self, name: &str) -> Option<&'a Value> {
        self.fields.get(name).filter(|value| !is_empty(value))
    }

    /// Names and values of the row's columns that are no fields of the kind.
    pub fn others(&self, kind: RecordKind) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.fields.iter().filter(move |(name, _)| !columns::is_field(kind, name))
    }

    /// Text, or empty.
    pub fn text(&self, name: &str) -> Result<String, Fault> {
        let Some(value) = self.raw(name) else { return Ok(String::new()) };
        let text = plain(value).ok_or_else(|| Fault::new(name, "is not text", "write it as one value"))?;
        check_text(name, &text)?;
        Ok(text)
    }

    /// Text that must be there.
    pub fn required(&self, name: &str) -> Result<String, Fault> {
        let text = self.text(name)?;
        if text.is_empty() {
            return Err(Fault::new(name, "is missing", format!("every row needs a value for {name}")));
        }
        Ok(text)
    }

    /// Text, if it is there.
    pub fn optional(&self, name: &str) -> Result<Option<String>, Fault> {
        self.text(name).map(|text| (!text.is_empty()).then_some(text))
    }

    /// A whole number, if it is there.
    pub fn count(&self, name: &str) -> Result<Option<u32>, Fault> {
        let Some(text) = self.optional(name)? else { return Ok(None) };
        let number = self.decimal(&text);
        let whole = number.strip_suffix(".0").or_else(|| number.strip_suffix(".00")).unwrap_or(&number);
        whole.parse().map(Some).map_err(|_| Fault::new(name, format!("\"{text}\" is not a whole number"), "write 0 or more, without unit"))
    }

    /// Yes or no, if it is there.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Fault> {
        let Some(text) = self.optional(name)? else { return Ok(None) };
        match text.to_lowercase().as_str() {
            "true" | "yes" | "1" | "on" | "active" => Ok(Some(true)),
            "false" | "no" | "0" | "off" | "inactive" => Ok(Some(false)),
            _ => Err(Fault::new(name, format!("\"{text}\" is neither true nor false"), "write true or false")),
        }
    }

    /// The currency of the row.
    pub fn currency(&self) -> Result<Currency, Fault> {
        match self.optional("currency")? {
            None => Ok(self.context.currency),
            Some(text) => {
                Currency::parse(&text).map_err(|error| Fault::new("currency", format!("\"{text}\" is no currency"), error.to_string()))
            }
        }
    }

    /// An amount of money, if it is there; never negative.
    pub fn money(&self, name: &str, currency: Currency) -> Result<Option<Money>, Fault> {
        let Some(text) = self.optional(name)? else { return Ok(None) };
        self.amount(name, &text, currency).map(Some)
    }

    /// Reads an amount.
    pub fn amount(&self, field: &str, text: &str, currency: Currency) -> Result<Money, Fault> {
        let digits = self.decimal(text);
        let money = Money::parse_decimal(&digits, currency).map_err(|error| {
            let hint = match error {
                MoneyError::TooPrecise { .. } => "round it to the currency's smallest coin".to_owned(),
                _ => "write a plain number such as 1299.00".to_owned(),
            };
            Fault::new(field, format!("\"{text}\" is not an amount: {error}"), hint)
        })?;
        if money.minor < 0 {
            return Err(Fault::new(field, format!("\"{text}\" is negative"), "write 0 or more"));
        }
        Ok(money)
    }

    /// Hundredths of a per cent, if it is there.
    pub fn percent(&self, name: &str) -> Result<Option<u32>, Fault> {
        let Some(text) = self.optional(name)? else { return Ok(None) };
        let digits = self.decimal(text.trim_end_matches('%').trim());
        let fault = || Fault::new(name, format!("\"{text}\" is not a percentage"), "write a number from 0 to 100");
        // A currency of two places reads hundredths exactly.
        let money = Money::parse_decimal(&digits, Currency::USD).map_err(|_| fault())?;
        u32::try_from(money.minor).ok().filter(|hundredths| *hundredths <= 10_000).map(Some).ok_or_else(fault)
    }

    /// A number as a plain decimal: grouping, currency signs and the decimal comma taken away.
    fn decimal(&self, text: &str) -> String {
        let kept: String = text.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-')).collect();
        if self.context.decimal_comma { kept.replace('.', "").replace(',', ".") } else { kept.replace(',', "") }
    }

    /// A date, if it is there.
    pub fn when(&self, name: &str) -> Result<Option<When>, Fault> {
        let Some(text) = self.optional(name)? else { return Ok(None) };
        self.date(name, &text).map(Some)
    }

    /// Reads a date: a day, an instant, or, in the demo shop, an offset from the first day.
    pub fn date(&self, field: &str, text: &str) -> Result<When, Fault> {
        let read = match self.context.relative_to {
            Some(today) if text.starts_with('@') => self.offset(text, today),
            _ => When::parse(text, &self.context.zone),
        };
        read.ok_or_else(|| Fault::new(field, format!("\"{text}\" is not a date"), "write YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SSZ"))
    }

    /// `@-2d` or `@-2dT14:30`.
    fn offset(&self, text: &str, today: Day) -> Option<When> {
        let (days, time) = match text[1..].split_once('T') {
            Some((days, time)) => (days, Some(time)),
            None => (&text[1..], None),
        };
        let day = today.plus_days(days.strip_suffix('d')?.trim_start_matches('+').parse().ok()?);
        match time {
            None => Some(When::Day(day)),
            Some(time) => When::parse(&format!("{day}T{time}:00"), &self.context.zone),
        }
    }

    /// A day, if it is there.
    pub fn day(&self, name: &str) -> Result<Option<Day>, Fault> {
        Ok(self.when(name)?.map(|when| when.day(&self.context.zone)))
    }

    /// An instant, if it is there; a day begins at midnight.
    pub fn moment(&self, name: &str) -> Result<Option<Moment>, Fault> {
        Ok(self.when(name)?.map(|when| match when {
            When::Day(day) => day.start_in(&self.context.zone),
            When::At(moment) => moment,
        }))
    }

    /// A list: an array, or text with a separator.
    pub fn list(&self, name: &str, separator: &[char]) -> Result<Vec<String>, Fault> {
        let Some(value) = self.raw(name) else { return Ok(Vec::new()) };
        let items: Vec<String> = match value {
            Value::Array(items) => items.iter().filter_map(plain).collect(),
            other => plain(other).map(|text| text.split(separator).map(|part| part.trim().to_owned()).collect()).unwrap_or_default(),
        };
        for item in &items {
            check_text(name, item)?;
        }
        Ok(items.into_iter().filter(|item| !item.is_empty()).collect())
    }
}

/// Whether a value says nothing.
pub fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// A single value as text.
pub fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn check_text(field: &str, text: &str) -> Result<(), Fault> {
    if text.chars().count() > LONGEST {
        return Err(Fault::new(field, format!("is longer than {LONGEST} characters"), "shorten it"));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\r')) {
        return Err(Fault::new(field, "holds control characters", "remove them"));
    }
    Ok(())
}
