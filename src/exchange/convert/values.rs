//! Single values of a row: text, numbers, amounts, dates, lists.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Context, Fault};
use crate::domain::money::{Currency, Money, MoneyError};
use crate::domain::record::RecordKind;
use crate::domain::time::{Day, Moment, When};
use crate::exchange::{columns, currency};

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

    /// A list of entries as an export writes them.
    pub fn exported<T: DeserializeOwned>(&self, name: &'static str) -> Result<Vec<T>, Fault> {
        let list = self.objects(name)?;
        let slip = |error| Fault::new(name, format!("an entry cannot be read: {error}"), "leave it as the export writes it, or empty");
        list.into_iter().map(|item| serde_json::from_value(item).map_err(slip)).collect()
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

    /// The currency of the row: its own word for it, else what is written beside its amounts, else the
    /// shop's.
    pub fn currency(&self, amounts: &[&str]) -> Result<Currency, Fault> {
        let shop = self.context.currency;
        let Some(text) = self.optional("currency")? else {
            let texts = amounts.iter().filter_map(|name| self.raw(name).and_then(plain));
            return Ok(texts.filter_map(|text| currency::of_amount(&text)?.currency(shop)).next().unwrap_or(shop));
        };
        Currency::parse(&text)
            .or_else(|error| currency::of_amount(&text).and_then(|named| named.currency(shop)).ok_or(error))
            .map_err(|error| Fault::new("currency", format!("\"{text}\" is no currency"), error.to_string()))
    }

    /// An amount of money, if it is there; never negative.
    pub fn money(&self, name: &str, currency: Currency) -> Result<Option<Money>, Fault> {
        let Some(text) = self.optional(name)? else { return Ok(None) };
        self.amount(name, &text, currency).map(Some)
    }

    /// Reads an amount.
    pub fn amount(&self, field: &str, text: &str, currency: Currency) -> Result<Money, Fault> {
        if let Some(named) = currency::of_amount(text).filter(|named| !named.may_be(currency)) {
            let reason = format!("\"{text}\" is written with {}, but would be read in {currency}", named.written);
            return Err(Fault::new(field, reason, "write its currency in a column \"currency\", or set [shop] currency"));
        }
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
        let is_digit = |c: char| c.is_ascii_digit();
        let (Some(first), Some(last)) = (text.find(is_digit), text.rfind(is_digit)) else { return String::new() };
        let (before, after) = (&text[..first], &text[last + 1..]);
        // The point of `.5`, but not the one of `Fr. 5`.
        let point = if before == "." || before.ends_with(" .") || before.ends_with("-.") { "." } else { "" };
        let sign = if before.contains('-') { "-" } else { "" };
        // `49,-` and `49.--` are whole amounts; a dash that follows the digits alone is no sign of one.
        let broken = if after.trim_start().starts_with('-') { "-" } else { "" };
        let kept: String = text[first..=last].chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-')).collect();
        let plain = if self.context.decimal_comma { kept.replace('.', "").replace(',', ".") } else { kept.replace(',', "") };
        format!("{sign}{point}{plain}{broken}")
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

#[cfg(test)]
mod tests {

    use super::*;

    fn amount(text: &str, written: &str, shop: &str, decimal_comma: bool) -> Result<String, Fault> {
        let currency = Currency::parse(shop).unwrap();
        let context = Context { currency, decimal_comma, ..Context::american(Moment(0)) };
        let row = [("price".to_owned(), Value::from(text)), ("currency".to_owned(), Value::from(written))].into_iter().collect();
        let fields = Fields::new(&row, &context);
        let money = fields.money("price", fields.currency(&["price"])?)?.unwrap();
        Ok(format!("{} {}", money.decimal(), money.currency))
    }

    #[test]
    fn amounts_are_read_as_shops_write_them() {
        for (text, decimal_comma, expected) in [
            ("49,-", true, "49.00 EUR"),
            ("49,-", false, "49.00 EUR"),
            ("€ 49,-", true, "49.00 EUR"),
            ("49,- €", true, "49.00 EUR"),
            ("49.-", false, "49.00 EUR"),
            ("49,--", true, "49.00 EUR"),
            ("49,–", true, "49.00 EUR"),
            ("1.299,-", true, "1299.00 EUR"),
            ("1.299,50", true, "1299.50 EUR"),
            ("1,299.50", false, "1299.50 EUR"),
            (".5", false, "0.50 EUR"),
            ("ca. 500", false, "500.00 EUR"),
        ] {
            assert_eq!(amount(text, "", "EUR", decimal_comma).as_deref(), Ok(expected), "{text}");
        }
        for text in ["-5", "5-", "12-15", "cheap", "1.2.3"] {
            assert!(amount(text, "", "EUR", false).is_err(), "{text}");
        }
    }

    #[test]
    fn no_amount_is_taken_for_another_currency() {
        for (text, written, shop, expected) in [
            ("€ 49,-", "", "USD", Some("49.00 EUR")),
            ("49 €", "EUR", "USD", Some("49.00 EUR")),
            ("49", "€", "USD", Some("49.00 EUR")),
            ("49", "", "USD", Some("49.00 USD")),
            ("$49", "", "CAD", Some("49.00 CAD")),
            ("Fr. 49.-", "", "CHF", Some("49.00 CHF")),
            ("€ 49", "USD", "USD", None),
            ("$49", "", "EUR", None),
            ("49", "galleons", "EUR", None),
        ] {
            assert_eq!(amount(text, written, shop, false).ok().as_deref(), expected, "{text} {written} {shop}");
        }
    }
}
