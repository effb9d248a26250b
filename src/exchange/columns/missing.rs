//! A file without a column every record needs: said once, with the column that is likely meant.

use std::collections::HashSet;

use super::names::{self, Field};
use super::{Columns, is_empty, plain};
use crate::domain::record::RecordKind;
use crate::domain::text::edit;
use crate::exchange::rows::{Column, Table};

/// Longest value that may be a number or code.
const LONGEST_CODE: usize = 40;
/// Headers named in a sentence.
const MOST_NAMED: usize = 20;
/// Parts of the names numbers and codes go by, in a few languages of shops.
const CODE_WORDS: &[&str] =
    &["number", "nummer", "numero", "code", "kode", "reference", "nr", "no", "id", "ref", "art", "sku", "ean", "key"];
/// Parts of the names that names go by.
const NAME_WORDS: &[&str] = &["name", "naam", "titel", "title", "bezeichnung", "omschrijving", "nombre", "nom", "model"];

/// What no row can do without and no column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The field.
    pub field: &'static str,
    /// The column that is likely meant, as written.
    pub likely: Option<String>,
    /// The whole of it in one sentence.
    pub sentence: String,
}

impl Missing {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match &self.likely {
            Some(column) => format!("if \"{column}\" is it, call that column \"{}\"", self.field),
            None => format!("call the column that holds it \"{}\"", self.field),
        }
    }
}

/// The fields that no row can do without and no column holds.
pub fn missing(kind: RecordKind, table: &Table, columns: &Columns) -> Vec<Missing> {
    if table.rows.is_empty() {
        return Vec::new();
    }
    let fields = names::fields(kind);
    let absent = fields.iter().filter(|field| field.required && columns.fields.iter().all(|taken| taken.field != field.name));
    let free: Vec<&Column> =
        table.columns.iter().filter(|column| columns.fields.iter().all(|taken| taken.column != column.written)).collect();
    absent
        .map(|field| {
            let by_value = field.name == fields[0].name;
            let scored = free.iter().map(|column| (score(field, column, table, by_value), *column)).filter(|(score, _)| *score >= 3);
            // Of two equally likely ones, the first in the file.
            let likely = scored.rev().max_by_key(|(score, _)| *score).map(|(_, column)| column.written.clone());
            let mut missing = Missing { field: field.name, likely, sentence: String::new() };
            missing.sentence = format!("no column is the {}: the file has {}; {}", field.name, named(&table.columns), missing.hint());
            missing
        })
        .collect()
}

fn named(columns: &[Column]) -> String {
    let mut text = columns.iter().take(MOST_NAMED).map(|column| column.written.as_str()).collect::<Vec<_>>().join(", ");
    if columns.len() > MOST_NAMED {
        text.push_str(&format!(" and {} more", columns.len() - MOST_NAMED));
    }
    text
}

/// How likely a column is the field: by its name and, for what tells records apart, by its values.
fn score(field: &Field, column: &Column, table: &Table, by_value: bool) -> u32 {
    let squeezed = column.plain.replace('_', "");
    let near = |name: &str| edit::distance(&squeezed, name, edit::tolerance(name.len())).is_some();
    let spelling = if near(&field.name.replace('_', "")) || field.others.iter().any(|name| near(name)) { 4 } else { 0 };
    let words = match field.name {
        "name" => NAME_WORDS,
        _ if by_value => CODE_WORDS,
        _ => &[],
    };
    // A short one must stand alone: there is an "id" in "width".
    let stands = |word: &&&str| column.plain.split('_').any(|part| part == **word || (word.len() > 3 && part.contains(**word)));
    let word = if words.iter().any(|word| stands(&word)) { 3 } else { 0 };
    spelling + word + if by_value && tells_apart(column, table) { 3 } else { 0 }
}

/// Whether every row has a short value of its own in the column.
fn tells_apart(column: &Column, table: &Table) -> bool {
    let mut seen = HashSet::new();
    table.rows.iter().all(|row| {
        let text = row.fields.get(&column.plain).filter(|value| !is_empty(value)).and_then(plain).unwrap_or_default();
        let short = !text.is_empty() && text.len() <= LONGEST_CODE && !text.contains(' ');
        short && seen.insert(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use crate::exchange::{columns, rows};

    #[test]
    fn the_likeliest_column_is_named() {
        for (kind, text, field, likely) in [
            (RecordKind::Product, "Bestelling,Ref.,name\nA b,X1,One\nA b,X2,Two\n", "sku", Some("Ref.")),
            (RecordKind::Product, "Colour,name\nred,One\nred,Two\n", "sku", None),
            (RecordKind::Product, "Artikelnumer,name\nX,One\nX,Two\n", "sku", Some("Artikelnumer")),
            (RecordKind::Product, "sku,Modell,Farbe\nX,One,rot\n", "name", Some("Modell")),
            (RecordKind::Order, "Bestellnummer,customer_id\n1,C\n2,C\n", "order_number", Some("Bestellnummer")),
            (RecordKind::Customer, "id,Klant,email\n1,Jan,\n", "name", None),
        ] {
            let mut table = rows::read(text.as_bytes()).unwrap();
            let columns = columns::assign(kind, &mut table, Currency::USD);
            let found = missing(kind, &table, &columns).remove(0);
            assert_eq!((found.field, found.likely.as_deref()), (field, likely), "{text}");
            assert!(table.columns.iter().all(|column| found.sentence.contains(&column.written)), "{}", found.sentence);
        }
    }
}
