//! Products.

use serde_json::Value;

use super::values::plain;
use super::{Fault, Fields};
use crate::domain::product::{Product, Spec, SpecValue};
use crate::domain::record::RecordKind;
use crate::exchange::columns;

/// The product of a row.
pub fn product(fields: &Fields<'_>) -> Result<Product, Fault> {
    let currency = fields.currency(&["price"])?;
    let mut specs = specs(fields)?;
    // A column the shop added is a property of its products.
    for (name, value) in fields.others(RecordKind::Product) {
        let text = match value {
            Value::Array(items) => items.iter().filter_map(plain).collect::<Vec<_>>().join(", "),
            other => plain(other).unwrap_or_default(),
        };
        if !text.is_empty() {
            specs.push(Spec { name: columns::spoken(name), value: SpecValue::from_text(&text) });
        }
    }
    Ok(Product {
        sku: fields.required("sku")?,
        name: fields.required("name")?,
        category: category(fields)?,
        brand: fields.text("brand")?,
        price: fields.money("price", currency)?,
        stock: fields.count("stock")?,
        description: fields.text("description")?,
        specs,
        variant_of: fields.optional("variant_of")?,
        options: pairs(fields, "options")?.into_iter().map(|(name, value)| (name, value.text())).collect(),
        image_url: fields.optional("image_url")?,
        updated_at: fields.context.now,
        uncounted: fields.flag("uncounted")?.unwrap_or_default(),
    })
}

/// `A > B > C`, or a list of names.
fn category(fields: &Fields<'_>) -> Result<Vec<String>, Fault> {
    fields.list("category", &['>'])
}

fn specs(fields: &Fields<'_>) -> Result<Vec<Spec>, Fault> {
    Ok(pairs(fields, "specs")?.into_iter().map(|(name, value)| Spec { name, value }).collect())
}

/// An object, JSON text of one, or `key: value; ...`.
fn pairs(fields: &Fields<'_>, field: &str) -> Result<Vec<(String, SpecValue)>, Fault> {
    let Some(value) = fields.raw(field) else { return Ok(Vec::new()) };
    let object = match value {
        Value::Object(object) => Some(object.clone()),
        Value::String(text) if text.trim_start().starts_with('{') => {
            let parsed: Value = serde_json::from_str(text).map_err(|error| {
                Fault::new(field, format!("is not valid JSON: {error}"), "write {\"key\": \"value\"} or key: value; key: value")
            })?;
            parsed.as_object().cloned()
        }
        _ => None,
    };
    if let Some(object) = object {
        return Ok(object.into_iter().filter_map(|(name, value)| Some((name.trim().to_owned(), spec_value(&value)?))).collect());
    }
    let text = plain(value).ok_or_else(|| Fault::new(field, "is a list", "write {\"key\": \"value\"} or key: value; key: value"))?;
    text.split([';', '\n'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part
                .split_once(':')
                .ok_or_else(|| Fault::new(field, format!("\"{part}\" has no colon"), "write key: value; key: value"))?;
            Ok((name.trim().to_owned(), SpecValue::from_text(value)))
        })
        .collect()
}

fn spec_value(value: &Value) -> Option<SpecValue> {
    Some(match value {
        Value::Bool(flag) => SpecValue::Flag(*flag),
        Value::Number(number) => SpecValue::Number(number.as_f64()?),
        // The same text means the same in an object as in `key: value`.
        Value::String(text) => SpecValue::from_text(text).filter_empty()?,
        Value::Array(items) => SpecValue::Text(items.iter().filter_map(plain).collect::<Vec<_>>().join(", ")).filter_empty()?,
        Value::Null | Value::Object(_) => return None,
    })
}

impl SpecValue {
    fn filter_empty(self) -> Option<Self> {
        match &self {
            Self::Text(text) if text.is_empty() => None,
            _ => Some(self),
        }
    }
}
