//! Rows: what a file holds, before it is known to be any record.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;
use serde_json::Value;

use super::detect::{self, Form};

/// One row of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its number: the line of a table's row without its head, or the place of a JSON record; from 1.
    pub number: usize,
    /// Its fields by plain name.
    pub fields: BTreeMap<String, Value>,
}

/// A column of a file: a place in its first line, or a key of its JSON records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// As the file writes it.
    pub written: String,
    /// Its plain name, which is its key in the rows.
    pub plain: String,
}

/// A file as rows.
#[derive(Debug)]
pub struct Table {
    /// Its columns in their order.
    pub columns: Vec<Column>,
    /// The rows that could be read.
    pub rows: Vec<Row>,
    /// Rows that could not.
    pub broken: Vec<Rejected>,
    /// Encoding of the file.
    pub encoding: &'static str,
    /// Separator of a table.
    pub delimiter: Option<char>,
    /// Keys of JSON records that are columns already.
    seen: HashSet<String>,
}

/// A row that was not used, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// Its number.
    pub row: usize,
    /// The field at fault; empty when the whole row is.
    pub field: String,
    /// What is wrong.
    pub reason: String,
    /// What to do about it.
    pub hint: String,
}

/// A file that cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ReadError(pub String);

/// Reads a file's bytes as rows.
///
/// # Errors
/// When the bytes are no table, no JSON and no JSON Lines.
pub fn read(bytes: &[u8]) -> Result<Table, ReadError> {
    let text = detect::text(bytes).map_err(ReadError)?;
    let mut table =
        Table { columns: Vec::new(), rows: Vec::new(), broken: Vec::new(), encoding: text.encoding, delimiter: None, seen: HashSet::new() };
    match detect::form(&text.text) {
        Form::Json => json(&text.text, &mut table)?,
        Form::JsonLines => json_lines(&text.text, &mut table),
        Form::Csv { delimiter } => csv(&text.text, delimiter, &mut table)?,
    }
    Ok(table)
}

/// `Order Number`, `order-number` and `orderNumber` as `order_number`.
pub fn plain_name(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut lower_before = false;
    for c in name.trim().trim_start_matches('\u{feff}').chars() {
        if c.is_alphanumeric() {
            if c.is_uppercase() && lower_before {
                plain.push('_');
            }
            lower_before = c.is_lowercase() || c.is_ascii_digit();
            plain.extend(c.to_lowercase());
        } else if !plain.is_empty() && !plain.ends_with('_') {
            plain.push('_');
            lower_before = false;
        }
    }
    plain.trim_end_matches('_').to_owned()
}

impl Table {
    fn push(&mut self, number: usize, object: serde_json::Map<String, Value>) {
        let mut fields = BTreeMap::new();
        for (written, value) in object {
            let plain = plain_name(&written);
            if !self.seen.contains(&plain) {
                self.seen.insert(plain.clone());
                self.columns.push(Column { written, plain: plain.clone() });
            }
            fields.insert(plain, value);
        }
        self.rows.push(Row { number, fields });
    }
}

fn json(text: &str, table: &mut Table) -> Result<(), ReadError> {
    let document: Value = serde_json::from_str(text).map_err(|error| ReadError(format!("the file is not valid JSON: {error}")))?;
    let items = match document {
        Value::Array(items) => items,
        Value::Object(object) => match object.into_iter().find(|(_, value)| value.is_array()) {
            Some((_, Value::Array(items))) => items,
            _ => return Err(ReadError("the file holds no list of records".to_owned())),
        },
        _ => return Err(ReadError("the file holds no list of records".to_owned())),
    };
    for (i, item) in items.into_iter().enumerate() {
        match item {
            Value::Object(object) => table.push(i + 1, object),
            _ => table.broken.push(broken(i + 1, "is not an object", "each record is written as {\"field\": value, ...}")),
        }
    }
    Ok(())
}

fn json_lines(text: &str, table: &mut Table) {
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str(line) {
            Ok(Value::Object(object)) => table.push(i + 1, object),
            Ok(_) => table.broken.push(broken(i + 1, "is not an object", "each line is written as {\"field\": value, ...}")),
            Err(error) => table.broken.push(broken(i + 1, &format!("is not valid JSON: {error}"), "check quotes and commas of this line")),
        }
    }
}

fn csv(text: &str, delimiter: u8, table: &mut Table) -> Result<(), ReadError> {
    table.delimiter = Some(char::from(delimiter));
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    table.columns = match reader.headers() {
        Ok(names) => columns(names),
        Err(error) => return Err(ReadError(format!("the file's first line cannot be read: {error}"))),
    };
    let names: Vec<String> = table.columns.iter().map(|column| column.plain.clone()).collect();
    if names.iter().all(String::is_empty) {
        return Err(ReadError("the file is empty".to_owned()));
    }
    for (i, record) in reader.records().enumerate() {
        let number = i + 1;
        match record {
            Ok(record) if record.len() > names.len() && record.iter().skip(names.len()).any(|v| !v.is_empty()) => {
                table.broken.push(broken(
                    number,
                    "has more values than the first line has names",
                    "put values that hold the separator in quotes",
                ));
            }
            Ok(record) if record.iter().all(str::is_empty) => {}
            Ok(record) => {
                let fields = names.iter().cloned().zip(record.iter().map(|value| Value::String(value.to_owned())));
                table.rows.push(Row { number, fields: fields.filter(|(name, _)| !name.is_empty()).collect() });
            }
            Err(error) => table.broken.push(broken(number, &format!("cannot be read: {error}"), "check the quotes of this line")),
        }
    }
    table.columns.retain(|column| !column.plain.is_empty());
    Ok(())
}

/// The columns of a first line. A name that stands there twice is told apart by a number: neither column
/// is lost.
fn columns(names: &csv::StringRecord) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::with_capacity(names.len());
    for name in names {
        let first = plain_name(name);
        let mut plain = first.clone();
        let mut count = 1;
        while !plain.is_empty() && columns.iter().any(|column| column.plain == plain) {
            count += 1;
            plain = format!("{first}_{count}");
        }
        columns.push(Column { written: name.trim().trim_start_matches('\u{feff}').to_owned(), plain });
    }
    columns
}

fn broken(row: usize, reason: &str, hint: &str) -> Rejected {
    Rejected { row, field: String::new(), reason: format!("the row {reason}"), hint: hint.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns_are_plain() {
        for (name, plain) in [
            ("Order Number", "order_number"),
            ("orderNumber", "order_number"),
            (" SKU ", "sku"),
            ("discount-percent", "discount_percent"),
            ("\u{feff}id", "id"),
            ("Price (USD)", "price_usd"),
        ] {
            assert_eq!(plain_name(name), plain);
        }
    }

    #[test]
    fn a_bad_row_spoils_no_other() {
        let table = read(b"sku,name\nA,One\nB,Two,Three\n\nC,\"Four, Five\"\n").unwrap();
        assert_eq!(table.rows.len(), 2);
        assert_eq!(table.broken[0].row, 2);
        let table = read(b"{\"sku\":\"A\"}\nnonsense\n{\"sku\":\"B\"}\n").unwrap();
        assert_eq!((table.rows.len(), table.broken[0].row), (2, 2));
        let table = read(b"[{\"sku\":\"A\"}, 5]").unwrap();
        assert_eq!((table.rows.len(), table.broken[0].row), (1, 2));
        assert!(read(b"[{]").is_err());
        assert!(read(b"").is_err());
    }

    proptest::proptest! {
        /// Bytes of any kind are rows, or a reason.
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
            let _ = read(&bytes);
        }

        /// So is text that nearly is a file.
        #[test]
        fn any_text_is_read_or_refused(text in "[a-c0-9 \"',;|\t{}\\[\\]:.\r\n\u{feff}\u{e9}\\\\]{0,200}", head in "(sku,name\n|\\[|\\{\"a\":|)") {
            if let Ok(table) = read(format!("{head}{text}").as_bytes()) {
                let mut numbers: Vec<usize> = table.rows.iter().map(|row| row.number).chain(table.broken.iter().map(|row| row.row)).collect();
                let all = numbers.len();
                numbers.sort_unstable();
                numbers.dedup();
                proptest::prop_assert_eq!(numbers.len(), all, "a row counts once");
            }
        }
    }
}
