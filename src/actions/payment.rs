//! Another way to pay for an order.

use super::draft::Draft;
use super::gate;
use super::refusal::Refusal;
use crate::domain::action::{ActionKind, OrderChange};
use crate::domain::customer::PaymentMethod;
use crate::domain::order::PaymentKind;
use crate::domain::policy::PaymentRules;

/// The new method pays what was paid, and the old ones get it back. Of an order that was not charged yet only
/// the method changes.
pub fn draft(draft: &mut Draft<'_>, rules: &PaymentRules, method: &str) -> Result<(), Refusal> {
    let order = draft.order()?;
    gate::status(order, &rules.statuses)?;
    gate::is_sent(order, ActionKind::ChangePayment)?;
    gate::items_unchanged(order, &rules.after_items_changed)?;
    gate::once(order, &rules.once, ActionKind::ChangePayment)?;
    let (mut paid, total) = (order.paid().ok_or(Refusal::Sum)?, order.total);
    paid.retain(|(_, amount)| amount.minor > 0);
    let before = gate::original_method(draft)?.unwrap_or_default();
    let method = gate::own_method(draft, method)?;
    let same = |name: &str| name == method || draft.customer.method(name).is_some_and(|own| own.name() == method);
    if same(&before) || paid.iter().any(|(name, _)| same(name)) {
        return Err(Refusal::SameMethod { method });
    }
    let amount = gate::sum(paid.iter().map(|(_, amount)| *amount))?.or(total).ok_or(Refusal::TotalUnknown)?;
    gate::gift_card(draft, &rules.gift_card, &method, amount)?;
    if !paid.is_empty() {
        draft.pay(PaymentKind::Payment, amount, &method)?;
        for (old, amount) in paid {
            draft.pay(PaymentKind::Refund, amount, &old)?;
        }
    }
    let words = draft.customer.method(&method).map(PaymentMethod::words);
    draft.order()?.payment_method = words.unwrap_or_else(|| method.clone());
    draft.leave(OrderChange::PaymentChanged { before, method })
}
