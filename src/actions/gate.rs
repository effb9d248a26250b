//! What several actions look at before they change anything.

use super::draft::Draft;
use super::refusal::Refusal;
use crate::domain::action::ActionKind;
use crate::domain::customer::PaymentMethod;
use crate::domain::money::Money;
use crate::domain::order::{Order, OrderStatus};
use crate::domain::policy::{GiftCardRule, Rule};
use crate::domain::product::Product;
use crate::domain::time::Day;

/// Whether the order stands where the action is allowed.
pub fn status(order: &Order, allowed: &Rule<Vec<OrderStatus>>) -> Result<(), Refusal> {
    if allowed.is.contains(&order.status) {
        return Ok(());
    }
    Err(Refusal::Status { status: order.status, word: order.source_status.clone(), allowed: allowed.is.clone() })
}

/// Whether the order is sent at all: one that is picked up goes nowhere, and is paid where it is picked up.
pub fn is_sent(order: &Order, action: ActionKind) -> Result<(), Refusal> {
    if order.done(ActionKind::OrderPickUp).is_some() { Err(Refusal::NotOffered { action }) } else { Ok(()) }
}

/// Whether the order's items are as they were bought, where that matters.
pub fn items_unchanged(order: &Order, allowed_after: &Rule<bool>) -> Result<(), Refusal> {
    match order.done(ActionKind::ChangeItems) {
        Some(event) if !allowed_after.is => Err(Refusal::ItemsChanged { at: event.at }),
        _ => Ok(()),
    }
}

/// Whether the action was not done to the order yet, where it is possible once only.
pub fn once(order: &Order, once: &Rule<bool>, action: ActionKind) -> Result<(), Refusal> {
    match order.done(action) {
        Some(event) if once.is => Err(Refusal::OnlyOnce { action, at: event.at }),
        _ => Ok(()),
    }
}

/// Whether so many days have not yet gone by since the delivery. The last of them counts.
pub fn window(draft: &mut Draft<'_>, days: u16) -> Result<(), Refusal> {
    let now = draft.now;
    let delivered = draft.order()?.delivered_day(now.zone).ok_or(Refusal::DeliveryDayUnknown)?;
    let until: Day = delivered.plus_days(i32::from(days));
    if now.at.day_in(now.zone) > until { Err(Refusal::WindowOver { until }) } else { Ok(()) }
}

/// Whether a product is of no category that is left out.
pub fn not_left_out(product: &Product, except: Option<&Rule<Vec<String>>>) -> Result<(), Refusal> {
    match except.into_iter().flat_map(|rule| &rule.is).find(|category| product.is_in_category(category)) {
        Some(category) => Err(Refusal::LeftOut { sku: product.sku.clone(), category: category.clone() }),
        None => Ok(()),
    }
}

/// The name of a method of the customer.
pub fn own_method(draft: &Draft<'_>, name: &str) -> Result<String, Refusal> {
    let method = draft.customer.method(name).map(PaymentMethod::name);
    method.ok_or_else(|| Refusal::UnknownMethod { known: draft.customer.payment_methods.iter().map(PaymentMethod::name).collect() })
}

/// The name of the method the order was paid with first and not given back, or is to be paid with; as the
/// records write it, where the customer no longer has it.
pub fn original_method(draft: &mut Draft<'_>) -> Result<Option<String>, Refusal> {
    let order = draft.order()?;
    let paid = order.paid().ok_or(Refusal::Sum)?;
    let first = paid.iter().find(|(_, amount)| amount.minor > 0).or_else(|| paid.first()).map(|(method, _)| method.clone());
    let written = first.or_else(|| (!order.payment_method.is_empty()).then(|| order.payment_method.clone()));
    Ok(written.map(|written| draft.customer.method(&written).map_or(written, PaymentMethod::name)))
}

/// Whether a gift card may pay an amount: at all, and with what it holds.
pub fn gift_card(draft: &Draft<'_>, rule: &Rule<GiftCardRule>, method: &str, amount: Money) -> Result<(), Refusal> {
    if amount.minor <= 0 || !draft.is_gift_card(method) {
        return Ok(());
    }
    match rule.is {
        GiftCardRule::NotAccepted => Err(Refusal::GiftCardNotAccepted),
        GiftCardRule::MustCover => draft.must_cover(method, amount),
    }
}

/// The sum of amounts of one currency; `None` of nothing.
pub fn sum(amounts: impl IntoIterator<Item = Money>) -> Result<Option<Money>, Refusal> {
    let mut amounts = amounts.into_iter();
    let Some(first) = amounts.next() else { return Ok(None) };
    amounts.try_fold(first, |sum, amount| sum.checked_add(amount)).map(Some).ok_or(Refusal::Sum)
}
