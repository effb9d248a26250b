//! Ending an order before it is sent.

use super::draft::Draft;
use super::gate;
use super::refusal::Refusal;
use crate::domain::action::OrderChange;
use crate::domain::action::{LineField, Side};
use crate::domain::order::{OrderStatus, PaymentKind};
use crate::domain::policy::CancelRules;
use crate::domain::text::fold::fold;

/// The order is cancelled, what was paid goes back the way it came, and counted stock comes back.
pub fn draft(draft: &mut Draft<'_>, rules: &CancelRules, reason: &str) -> Result<(), Refusal> {
    let order = draft.order()?;
    gate::status(order, &rules.statuses)?;
    gate::items_unchanged(order, &rules.after_items_changed)?;
    let accepted = rules.reasons.is.iter().find(|accepted| fold(accepted) == fold(reason.trim()));
    let reason = accepted.ok_or_else(|| Refusal::Reason { accepted: rules.reasons.is.clone() })?.clone();
    order.status = OrderStatus::Cancelled;
    order.source_status = None;
    let (paid, items) = (order.paid().ok_or(Refusal::Sum)?, order.items.clone());
    for (method, amount) in paid.into_iter().filter(|(_, amount)| amount.minor > 0) {
        draft.pay(PaymentKind::Refund, amount, &method)?;
    }
    if rules.restock.is {
        for item in &items {
            draft.put_back(&item.sku, item.quantity)?;
        }
    }
    draft.say(LineField::Reason, None, Some(Side::Text(reason.clone())))?;
    draft.leave(OrderChange::Cancelled { reason })
}
