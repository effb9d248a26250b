//! Sending back what was delivered: asked for here; the money moves once the goods are back.

use super::draft::Draft;
use super::gate;
use super::items::Lines;
use super::refusal::Refusal;
use crate::domain::action::OrderChange;
use crate::domain::action::{LineField, Side};
use crate::domain::money::Money;
use crate::domain::order::{OrderItem, OrderStatus, PaymentKind};
use crate::domain::policy::{RefundTo, ReturnReason, ReturnRules};
use crate::domain::state::Pieces;
use crate::domain::text::fold::fold;

/// A return is asked for.
pub fn draft(
    draft: &mut Draft<'_>,
    rules: &ReturnRules,
    items: &[Pieces],
    reason: Option<&str>,
    method: Option<&str>,
) -> Result<(), Refusal> {
    gate::status(draft.order()?, &rules.statuses)?;
    if let Some(days) = &rules.days {
        gate::window(draft, days.is)?;
    }
    let reason = accepted(rules, reason)?;
    if let Some(days) = reason.and_then(|reason| reason.days) {
        gate::window(draft, days)?;
    }
    let taken = taken(draft, rules, items)?;
    let mut refund = refund(&taken)?;
    if let Some(fee) = rules.label_fee.as_ref().filter(|_| !reason.is_some_and(|reason| reason.free_label)) {
        let left = refund.checked_sub(fee.is.money().map_err(|_| Refusal::Sum)?).ok_or(Refusal::Sum)?;
        refund = Money::new(left.minor.max(0), left.currency);
    }
    let method = destination(draft, rules, method)?;
    for item in &taken {
        let pieces = Side::Pieces { sku: item.sku.clone(), quantity: item.quantity, unit_price: item.unit_price };
        draft.say(LineField::ReturnItem, Some(pieces), None)?;
    }
    let reason = reason.map(|reason| reason.name.clone());
    if let Some(reason) = &reason {
        draft.say(LineField::Reason, None, Some(Side::Text(reason.clone())))?;
    }
    let order = draft.order()?;
    order.status = OrderStatus::ReturnRequested;
    order.source_status = None;
    draft.pay_later(PaymentKind::Refund, refund, &method);
    draft.leave(OrderChange::ReturnRequested { items: taken, reason, method, refund })
}

/// The reason as the policy has it, where the shop asks for one.
fn accepted<'r>(rules: &'r ReturnRules, reason: Option<&str>) -> Result<Option<&'r ReturnReason>, Refusal> {
    let Some(reasons) = &rules.reasons else { return Ok(None) };
    let found = reason.and_then(|reason| reasons.is.iter().find(|accepted| fold(&accepted.name) == fold(reason.trim())));
    let names = || reasons.is.iter().map(|reason| reason.name.clone()).collect();
    found.map(Some).ok_or_else(|| Refusal::Reason { accepted: names() })
}

/// The pieces that come back, with the price each was bought at.
fn taken(draft: &mut Draft<'_>, rules: &ReturnRules, items: &[Pieces]) -> Result<Vec<OrderItem>, Refusal> {
    let mut lines = Lines::of(&draft.order()?.items);
    let mut taken = Vec::new();
    for pieces in items.iter().filter(|pieces| pieces.count > 0) {
        if let Some(product) = draft.products.get(&pieces.sku) {
            gate::not_left_out(product, rules.except.as_ref())?;
        }
        taken.extend(lines.take(&pieces.sku, pieces.count)?.into_iter().map(|(_, item)| item));
    }
    if taken.is_empty() { Err(Refusal::Nothing) } else { Ok(taken) }
}

fn refund(taken: &[OrderItem]) -> Result<Money, Refusal> {
    let amounts = taken.iter().map(|item| {
        let price = item.unit_price.ok_or_else(|| Refusal::PriceUnknown { sku: item.sku.clone() })?;
        price.times(item.quantity).ok_or(Refusal::Sum)
    });
    gate::sum(amounts.collect::<Result<Vec<_>, _>>()?)?.ok_or(Refusal::Nothing)
}

/// The method the refund goes to, where the policy lets it go there.
fn destination(draft: &mut Draft<'_>, rules: &ReturnRules, method: Option<&str>) -> Result<String, Refusal> {
    let original = gate::original_method(draft)?;
    let to = |way: RefundTo| rules.refund_to.is.contains(&way);
    let wanted = match method {
        None => original.clone().ok_or_else(|| Refusal::UnknownMethod { known: Vec::new() })?,
        Some(name) if original.as_deref() == Some(name) => name.to_owned(),
        Some(name) => gate::own_method(draft, name)?,
    };
    let is_original = original.as_ref() == Some(&wanted);
    if (is_original && to(RefundTo::Original)) || (draft.is_gift_card(&wanted) && to(RefundTo::GiftCard)) {
        return Ok(wanted);
    }
    Err(Refusal::RefundNotThere { allowed: rules.refund_to.is.clone(), original })
}
