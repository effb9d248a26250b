//! Taking an earlier action back, where the shop allows it and nothing came after it.

use super::consent;
use super::draft::Draft;
use super::gate;
use super::refusal::Refusal;
use crate::domain::action::{ActionKind, CustomerChange, OrderChange};

/// Puts back what an action changed.
pub fn draft(draft: &mut Draft<'_>, action: &str) -> Result<(), Refusal> {
    let on_order = draft.order().ok().and_then(|order| order.history.iter().rev().find(|event| event.action == action).cloned());
    match on_order {
        Some(event) => order(draft, action, &event.change),
        None => customer(draft, action),
    }
}

/// Whether an action of the kind can be taken back at all, and by whoever may do it.
fn allowed(draft: &Draft<'_>, kind: ActionKind) -> Result<(), Refusal> {
    match draft.policy.level(kind) {
        Some(needed) if draft.policy.can_undo(kind) && draft.level < needed => Err(Refusal::Identity { needed }),
        Some(_) if draft.policy.can_undo(kind) => Ok(()),
        _ => Err(Refusal::NotUndoable),
    }
}

fn order(draft: &mut Draft<'_>, action: &str, change: &OrderChange) -> Result<(), Refusal> {
    let OrderChange::ShippingChanged { before } = change else { return Err(Refusal::NotUndoable) };
    allowed(draft, change.kind())?;
    let rules = draft.policy.change_shipping.as_ref().ok_or(Refusal::NotUndoable)?;
    let order = draft.order()?;
    gate::status(order, &rules.statuses)?;
    gate::items_unchanged(order, &rules.after_items_changed)?;
    let is_last = order.done(ActionKind::ChangeShipping).is_some_and(|event| event.action == action);
    let is_undone = order.history.iter().any(|event| matches!(&event.change, OrderChange::Undone { undone } if undone == action));
    if !is_last || is_undone {
        return Err(Refusal::NotUndoable);
    }
    order.ship_to = before.clone();
    draft.leave(OrderChange::Undone { undone: action.to_owned() })
}

fn customer(draft: &mut Draft<'_>, action: &str) -> Result<(), Refusal> {
    let history = &draft.customer.history;
    let event = history.iter().rev().find(|event| event.action == action).ok_or(Refusal::NotYours)?.clone();
    allowed(draft, event.change.kind())?;
    let alike = |other: &CustomerChange| match (other, &event.change) {
        (CustomerChange::ConsentSet { consent, .. }, CustomerChange::ConsentSet { consent: own, .. }) => consent == own,
        (other, own) => other.kind() == own.kind(),
    };
    let is_last = history.iter().rev().find(|other| alike(&other.change)).is_some_and(|last| last.action == action);
    let is_undone = history.iter().any(|other| matches!(&other.change, CustomerChange::Undone { undone } if undone == action));
    if !is_last || is_undone {
        return Err(Refusal::NotUndoable);
    }
    match &event.change {
        CustomerChange::AddressChanged { before } => {
            let addresses = &mut draft.customer.addresses;
            match (addresses.first_mut(), before) {
                (Some(first), Some(before)) => *first = before.clone(),
                (Some(_), None) => drop(addresses.remove(0)),
                (None, Some(before)) => addresses.push(before.clone()),
                (None, None) => {}
            }
        }
        CustomerChange::ConsentSet { consent, given } => consent::set(draft, consent, !given)?,
        CustomerChange::Undone { .. } => return Err(Refusal::NotUndoable),
    }
    draft.leave_on_customer(CustomerChange::Undone { undone: action.to_owned() });
    Ok(())
}
