//! Promotions.

use super::{Fault, Fields};
use crate::domain::promotion::{Discount, Promotion};

/// The promotion of a row.
pub fn promotion(fields: &Fields<'_>) -> Result<Promotion, Fault> {
    let currency = fields.currency(&["discount_amount", "minimum_total"])?;
    let percent = fields.percent("discount_percent")?.filter(|p| *p > 0);
    let amount = fields.money("discount_amount", currency)?.filter(|a| a.minor > 0);
    let discount = match (percent, amount) {
        (Some(_), Some(_)) => {
            return Err(Fault::new("discount_amount", "stands beside discount_percent", "a promotion takes off one of the two"));
        }
        (Some(hundredths), None) => Discount::Percent(hundredths),
        (None, Some(amount)) => Discount::Amount(amount),
        (None, None) => Discount::Words,
    };
    let (start, end) = (fields.day("start_date")?, fields.day("end_date")?);
    if let (Some(start), Some(end)) = (start, end)
        && end < start
    {
        return Err(Fault::new("end_date", format!("{end} lies before start_date {start}"), "swap the two dates"));
    }
    let code = fields.required("code")?;
    Ok(Promotion {
        name: fields.optional("name")?.unwrap_or_else(|| code.clone()),
        code,
        description: fields.text("description")?,
        discount,
        minimum_total: fields.money("minimum_total", currency)?.filter(|m| m.minor > 0),
        start,
        end,
        categories: fields.list("categories", &[';'])?,
        active: fields.flag("active")?.unwrap_or(true),
        updated_at: fields.context.now,
    })
}
