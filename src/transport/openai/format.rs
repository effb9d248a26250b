//! `response_format`: the form an answer must have.

use serde_json::json;

use super::fields::Fields;
use super::refusal::Refusal;
use crate::llm::Constraint;

/// Longest name of a schema, as the protocol has it.
const LONGEST_NAME: usize = 64;

/// What must hold for the answer.
pub fn read(fields: Fields<'_>) -> Result<Constraint, Refusal> {
    let Some(format) = fields.object("response_format")? else { return Ok(Constraint::Free) };
    let fields = Fields::within(format, "response_format.");
    fields.required("type")?;
    match fields.text("type")? {
        Some("text") => Ok(Constraint::Free),
        Some("json_object") => Ok(Constraint::Schema { name: "object".to_owned(), schema: json!({ "type": "object" }) }),
        Some("json_schema") => schema(fields),
        _ => Err(Refusal::value("response_format.type", "text, json_object or json_schema")),
    }
}

fn schema(format: Fields<'_>) -> Result<Constraint, Refusal> {
    format.required("json_schema")?;
    let Some(described) = format.object("json_schema")? else { return Ok(Constraint::Free) };
    let fields = Fields::within(described, "response_format.json_schema.");
    fields.required("name")?;
    let fits = |name: &&str| {
        (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
    };
    let name = fields.text("name")?.filter(fits);
    let name = name.ok_or_else(|| Refusal::value(&fields.path("name"), "1 to 64 letters, digits, _ or -"))?;
    fields.object("schema")?;
    Ok(Constraint::Schema { name: name.to_owned(), schema: fields.required("schema")?.clone() })
}
