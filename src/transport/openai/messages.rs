//! The messages of a request, as a model is given them.

use serde_json::Value;

use super::fields::{Fields, mistyped};
use super::refusal::Refusal;
use super::unsupported;
use crate::llm::Role;

/// The conversation of a request; at least one message.
pub fn read(fields: Fields<'_>) -> Result<Vec<(Role, String)>, Refusal> {
    let Some(list) = fields.required("messages")?.as_array() else { return Err(mistyped("messages", "an array")) };
    if list.is_empty() {
        return Err(Refusal::value("messages", "at least one message"));
    }
    list.iter().enumerate().map(|(at, message)| one(message, &format!("messages[{at}]"))).collect()
}

fn one(message: &Value, path: &str) -> Result<(Role, String), Refusal> {
    let Some(object) = message.as_object() else { return Err(mistyped(path, "an object")) };
    let inside = format!("{path}.");
    let fields = Fields::within(object, &inside);
    fields.required("role")?;
    let role = match fields.text("role")? {
        Some("system" | "developer") => Role::System,
        Some("user") => Role::User,
        Some("assistant") => Role::Assistant,
        Some("tool" | "function") => return Err(Refusal::unsupported(&fields.path("role"))),
        _ => return Err(Refusal::value(&fields.path("role"), "system, developer, user or assistant")),
    };
    unsupported::of_message(fields)?;
    let content = match fields.required("content")? {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            parts.iter().enumerate().map(|(at, part)| text_of(part, &format!("{path}.content[{at}]"))).collect::<Result<_, _>>()?
        }
        _ => return Err(mistyped(&fields.path("content"), "a string or an array of text parts")),
    };
    Ok((role, content))
}

/// The text of a part; pictures, sound and files are no part of what these models read.
fn text_of(part: &Value, path: &str) -> Result<String, Refusal> {
    let Some(object) = part.as_object() else { return Err(mistyped(path, "an object")) };
    let inside = format!("{path}.");
    let fields = Fields::within(object, &inside);
    fields.required("type")?;
    match fields.text("type")? {
        Some("text") => {
            fields.required("text")?;
            Ok(fields.text("text")?.unwrap_or_default().to_owned())
        }
        Some(kind @ ("image_url" | "input_audio" | "file" | "refusal")) => {
            let message = format!("{path} is of the type {kind}, which is not supported by this server; text is.");
            Err(Refusal::field(fields.path("type"), "unsupported_parameter", message))
        }
        _ => Err(Refusal::value(&fields.path("type"), "text")),
    }
}
