//! Tickets.

use super::{Fault, Fields};
use crate::domain::ticket::{Priority, Ticket, TicketStatus};

/// The ticket of a row.
pub fn ticket(fields: &Fields<'_>) -> Result<Ticket, Fault> {
    let word = |text: &str| text.to_lowercase().replace([' ', '-'], "_");
    let status = fields.text("status")?;
    let status = match status.as_str() {
        "" => TicketStatus::Open,
        text => TicketStatus::from_name(&word(text))
            .ok_or_else(|| Fault::new("status", format!("\"{text}\" is not known"), "write open, in_progress, resolved or closed"))?,
    };
    let priority = fields.text("priority")?;
    let priority = match priority.as_str() {
        "" => Priority::Normal,
        text => Priority::from_name(&word(text))
            .ok_or_else(|| Fault::new("priority", format!("\"{text}\" is not known"), "write low, normal, high or urgent"))?,
    };
    Ok(Ticket {
        number: fields.required("ticket_number")?,
        customer: fields.optional("customer_id")?,
        sku: fields.optional("sku")?,
        order: fields.optional("order_number")?,
        session: fields.optional("session")?,
        issue: fields.text("issue_type")?,
        description: fields.text("description")?,
        contact: fields.optional("contact")?,
        status,
        priority,
        created_at: fields.moment("created_at")?.unwrap_or(fields.context.now),
        resolved_at: fields.moment("resolved_at")?,
        updated_at: fields.context.now,
    })
}
