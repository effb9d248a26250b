//! Knowledge entries.

use super::{Fault, Fields};
use crate::domain::knowledge::{Domain, Knowledge};

/// The entry of a row.
pub fn knowledge(fields: &Fields<'_>) -> Result<Knowledge, Fault> {
    let said = fields.text("domain")?;
    let domain = match said.to_lowercase().as_str() {
        "" => Domain::Store,
        "orders" | "shipping" | "delivery" => Domain::Logistics,
        "general" => Domain::Store,
        word => Domain::from_name(word).ok_or_else(|| {
            Fault::new("domain", format!("\"{said}\" is not known"), "write sales, marketing, support, logistics or store")
        })?,
    };
    let (valid_from, valid_until) = (fields.day("valid_from")?, fields.day("valid_until")?);
    if let (Some(from), Some(until)) = (valid_from, valid_until)
        && until < from
    {
        return Err(Fault::new("valid_until", format!("{until} lies before valid_from {from}"), "swap the two dates"));
    }
    Ok(Knowledge {
        id: fields.required("id")?,
        domain,
        questions: fields.list("questions", &['|'])?,
        answer: fields.required("answer")?,
        tags: fields.list("tags", &['|', ','])?,
        valid_from,
        valid_until,
        language: fields.optional("language")?.unwrap_or_else(|| "en".to_owned()),
        updated_at: fields.context.now,
    })
}
