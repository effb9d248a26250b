//! Which column of a file is which field of a record.
//!
//! It is decided once for the whole file and said in the report: a price that silently became a property
//! would leave a shop without prices.

mod missing;
mod names;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::convert::{is_empty, plain};
use super::currency;
use super::rows::{Column, Row, Table};
use crate::domain::money::Currency;
use crate::domain::record::RecordKind;
pub use missing::{Missing, missing};
use names::{Field, Holds};

/// Fields of an export that are the store's own affair.
const OURS: &[&str] = &["updated_at"];
/// Longest name of a property in packed text: what is longer is a sentence with a colon.
const LONGEST_KEY: usize = 60;

/// How a file's columns were understood.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Columns {
    /// Columns that are fields, in the file's order.
    pub fields: Vec<Taken>,
    /// Columns that became properties of the products, as written.
    pub specs: Vec<String>,
    /// Columns that were not used, as written.
    pub ignored: Vec<String>,
}

/// A column that is a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// The column, as written.
    pub column: String,
    /// The field.
    pub field: String,
}

/// A column's claim to a field; the least claim wins.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Claim {
    /// How far its name is from the field's own: 0 is that name, 1 the same name spelled another way.
    distance: usize,
    /// Of a price in two currencies, the shop's own is wanted.
    foreign: bool,
    column: usize,
    field: usize,
}

/// Whether a plain name is a field of the kind.
pub fn is_field(kind: RecordKind, name: &str) -> bool {
    OURS.contains(&name) || names::fields(kind).iter().any(|field| field.name == name)
}

/// Whether a field holds an amount of money.
pub fn amounts(kind: RecordKind) -> impl Iterator<Item = &'static str> {
    names::fields(kind).iter().filter(|field| field.holds == Holds::Amounts).map(|field| field.name)
}

/// `release_date` as `Release date`.
pub fn spoken(name: &str) -> String {
    let text = name.replace('_', " ");
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Gives each column to its field and renames the values in the rows accordingly.
pub fn assign(kind: RecordKind, table: &mut Table, shop: Currency) -> Columns {
    let fields = names::fields(kind);
    let mut taken: BTreeMap<usize, Claim> = BTreeMap::new();
    for claim in claims(fields, table, shop) {
        let field_is_free = taken.values().all(|other| other.field != claim.field);
        if field_is_free && !taken.contains_key(&claim.column) {
            taken.insert(claim.column, claim);
        }
    }
    let mut columns = Columns::default();
    for (i, column) in table.columns.iter().enumerate() {
        match taken.get(&i) {
            Some(claim) => {
                let field = &fields[claim.field];
                columns.fields.push(Taken { column: column.written.clone(), field: field.name.to_owned() });
                table.rows.iter_mut().for_each(|row| rename(row, column, field, claim.distance > 1));
            }
            None if kind == RecordKind::Product && !is_field(kind, &column.plain) => columns.specs.push(column.written.clone()),
            None => columns.ignored.push(column.written.clone()),
        }
    }
    columns
}

fn claims(fields: &[Field], table: &Table, shop: Currency) -> Vec<Claim> {
    let mut claims = Vec::new();
    for (i, column) in table.columns.iter().enumerate() {
        let currency = currency::of_column(&column.written);
        let foreign = currency.as_ref().is_some_and(|named| !named.may_be(shop));
        for (j, field) in fields.iter().enumerate() {
            let with_currency = field.holds == Holds::Amounts && currency.is_some();
            let distance = distance(field, &column.plain)
                .or_else(|| with_currency.then(|| distance(field, &without_currency(&column.plain)).map(|far| far.max(1)))?);
            let Some(distance) = distance else { continue };
            if distance < 2 || holds(field, table.rows.iter().filter_map(|row| row.fields.get(&column.plain))) {
                claims.push(Claim { distance, foreign: with_currency && foreign, column: i, field: j });
            }
        }
    }
    claims.sort_unstable();
    claims
}

/// How far a column's name is from a field's.
fn distance(field: &Field, plain: &str) -> Option<usize> {
    if plain == field.name {
        return Some(0);
    }
    let squeezed = plain.replace('_', "");
    if squeezed == field.name.replace('_', "") {
        return Some(1);
    }
    field.others.iter().position(|other| *other == squeezed).map(|place| place + 2)
}

/// `price_eur` as `price`.
fn without_currency(plain: &str) -> String {
    plain.split('_').filter(|word| currency::of_column(word).is_none()).collect::<Vec<_>>().join("_")
}

/// Whether most of a column's values are what the field holds.
fn holds<'a>(field: &Field, values: impl Iterator<Item = &'a Value>) -> bool {
    let fits = |text: &str| match field.holds {
        Holds::Anything | Holds::Pairs => true,
        Holds::Amounts => text.chars().any(|c| c.is_ascii_digit()),
        Holds::Counts => {
            let first = text.split_whitespace().next().unwrap_or_default();
            first.starts_with(|c: char| c.is_ascii_digit()) && first.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
        }
    };
    let (mut good, mut bad) = (0_usize, 0_usize);
    for value in values.filter(|value| !is_empty(value)) {
        let fitting = match plain(value) {
            Some(text) => fits(&text),
            None => matches!(field.holds, Holds::Anything | Holds::Pairs),
        };
        if fitting { good += 1 } else { bad += 1 }
    }
    good >= bad
}

/// Moves a column's value in a row to its field.
fn rename(row: &mut Row, column: &Column, field: &Field, by_other_name: bool) {
    let Some(mut value) = row.fields.remove(&column.plain) else { return };
    if field.holds == Holds::Amounts {
        with_currency(&mut value, &column.written);
    }
    // `Specifications` is as strict as `specs`; what stands under freer names may be free text.
    if field.holds == Holds::Pairs && by_other_name && column.plain != "specifications" && !is_empty(&value) {
        value = as_pairs(value, &column.plain);
    }
    row.fields.insert(field.name.to_owned(), value);
}

/// The currency in the name of a column stands beside each of its amounts that names none.
fn with_currency(value: &mut Value, written: &str) {
    let Some(named) = currency::of_column(written) else { return };
    if let Some(text) = plain(value).filter(|text| !text.is_empty() && currency::of_amount(text).is_none()) {
        *value = Value::String(format!("{text} {}", named.written));
    }
}

/// Packed text and objects as they are; anything else is one property by the column's name.
fn as_pairs(value: Value, column: &str) -> Value {
    let one = |text: String| Value::Object(Map::from_iter([(spoken(column), Value::String(text))]));
    match value {
        Value::Object(_) => value,
        Value::Array(items) => match items.iter().map(pair).collect::<Option<Map<_, _>>>() {
            Some(object) => Value::Object(object),
            None => one(items.iter().filter_map(plain).collect::<Vec<_>>().join(", ")),
        },
        other => {
            let text = plain(&other).unwrap_or_default();
            if is_packed(&text) { Value::String(text) } else { one(text) }
        }
    }
}

/// `{"name": "Colour", "value": "red"}`.
fn pair(item: &Value) -> Option<(String, Value)> {
    let first = |names: &[&str]| names.iter().find_map(|name| item.get(*name));
    Some((plain(first(&["name", "key", "label"])?)?, first(&["value", "values"])?.clone()))
}

fn is_packed(text: &str) -> bool {
    if text.starts_with('{') {
        return serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_object());
    }
    let mut parts = text.split([';', '\n']).map(str::trim).filter(|part| !part.is_empty());
    parts.all(|part| part.split_once(':').is_some_and(|(key, value)| key.len() <= LONGEST_KEY && !value.starts_with("//")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::exchange::rows;

    fn assigned(kind: RecordKind, text: &str) -> (Columns, Table) {
        let mut table = rows::read(text.as_bytes()).unwrap();
        let columns = assign(kind, &mut table, Currency::USD);
        (columns, table)
    }

    /// Header, first row, and what each column is: `column=field`, a property where there is no field.
    #[test]
    fn columns_are_known_by_their_usual_names() {
        for (head, row, expected) in [
            ("Article number,Title,Selling price,Qty", "A,One,1,2", "Article number=sku Title=name Selling price=price Qty=stock"),
            ("Artikelnummer;Product;Price EUR;On hand", "A;One;1;2", "Artikelnummer=sku Product=name Price EUR=price On hand=stock"),
            ("ITEM_NUMBER,name,RRP,Stock Level", "A,One,1,2", "ITEM_NUMBER=sku name=name RRP=price Stock Level=stock"),
            ("Part number,name,Make,Product type", "A,One,X,Y", "Part number=sku name=name Make=brand Product type=category"),
            ("Code,Item,Vendor,Department", "A,One,X,Y", "Code=sku Item=name Vendor=brand Department=category"),
            ("Item,Name,Body,Group", "A,One,X,Y", "Item=sku Name=name Body=description Group=category"),
            // A field's own name wins over another, the surer of two others wins, and the loser is a property.
            (
                "sku,Code,name,RRP,Price,Type,Category",
                "A,B,One,9,8,T,C",
                "sku=sku Code= name=name RRP= Price=price Type= Category=category",
            ),
            ("id,Product code,name,RRP,Unit price", "1,A,One,9,8", "id= Product code=sku name=name RRP= Unit price=price"),
            ("sku,name,Manufacturer,Vendor", "A,One,X,Y", "sku=sku name=name Manufacturer=brand Vendor="),
            // What cannot be a count or an amount is none.
            ("sku,name,In stock,Available", "A,One,yes,2026-11-22", "sku=sku name=name In stock= Available="),
            ("sku,name,In stock,Quantity per box", "A,One,12,6", "sku=sku name=name In stock=stock Quantity per box="),
            ("sku,name,Price EUR,Price USD", "A,One,1,2", "sku=sku name=name Price EUR= Price USD=price"),
            ("sku,name,Price,price", "A,One,1,2", "sku=sku name=name Price=price price="),
            ("sku,name,Parent SKU,Option", "A,One,P,red", "sku=sku name=name Parent SKU=variant_of Option=options"),
        ] {
            let (columns, table) = assigned(RecordKind::Product, &format!("{head}\n{row}\n"));
            let mut got: Vec<String> = Vec::new();
            for column in &table.columns {
                let field = columns.fields.iter().find(|taken| taken.column == column.written);
                let lost = columns.specs.contains(&column.written);
                assert!(field.is_some() || lost, "{head}: {}", column.written);
                got.push(format!("{}={}", column.written, field.map(|taken| taken.field.as_str()).unwrap_or_default()));
            }
            assert_eq!(got.join(" "), expected, "{head}");
        }
    }

    #[test]
    fn packed_and_free_text_of_a_column_become_properties() {
        for (column, value, field, expected) in [
            ("Attributes", json!("Colour: red; Size: L"), "specs", json!("Colour: red; Size: L")),
            ("Technical data", json!({"Colour": "red"}), "specs", json!({"Colour": "red"})),
            ("Properties", json!([{"name": "Colour", "value": "red"}]), "specs", json!({"Colour": "red"})),
            ("Features", json!("Waterproof; light"), "specs", json!({"Features": "Waterproof; light"})),
            ("Features", json!(["Waterproof", "light"]), "specs", json!({"Features": "Waterproof, light"})),
            ("Variant", json!("Red"), "options", json!({"Variant": "Red"})),
            ("Option", json!("Colour: red"), "options", json!("Colour: red")),
            ("Price (€)", json!(12.5), "price", json!("12.5 €")),
            ("Price EUR", json!("£1"), "price", json!("£1")),
        ] {
            let (_, table) = assigned(RecordKind::Product, &json!([{ column: value }]).to_string());
            assert_eq!(table.rows[0].fields[field], expected, "{column}");
        }
    }

    #[test]
    fn columns_of_other_records_that_are_not_used_are_named() {
        let (columns, _) = assigned(RecordKind::Order, "Order ID,Customer,Order status,Line items,Colour\n1,C,new,A,red\n");
        let fields: Vec<&str> = columns.fields.iter().map(|taken| taken.field.as_str()).collect();
        assert_eq!(fields, ["order_number", "customer_id", "status", "items"]);
        assert_eq!((columns.specs, columns.ignored), (Vec::new(), vec!["Colour".to_owned()]));
    }
}
