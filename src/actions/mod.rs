//! What the shop can do to its records at a customer's wish: a policy and the records as they are, in; the
//! records as they would be and what a person reads of the difference, out.
//!
//! Layer 1, and pure: no clock, no randomness, no store. A preview is shown, a person says yes, and the same
//! preview is made again on the records of that moment ([`confirm`]): what then differs from what was shown is
//! refused, what does not is written under the versions it was made from. An action's identifier stands in the
//! history of what it changed, so that asked for twice it is done once.

mod address;
mod cancel;
mod consent;
mod draft;
mod gate;
mod items;
mod payment;
mod pick_up;
mod preview;
mod records;
mod refusal;
mod returns;
mod undo;

#[cfg(test)]
mod tests;

pub use preview::{Preview, Touched};
pub use records::{Now, Records, Versioned};
pub use refusal::Refusal;

use crate::domain::action::{ActionKind, Request, Shown, Wish};
use crate::domain::policy::ActionPolicy;
use crate::domain::state::{Identity, IdentityLevel};
use draft::Draft;

/// What doing as asked would change, or why it cannot be done.
///
/// # Errors
/// The first reason against it. Who asks is looked at before what they ask for, so that nobody learns of an
/// order that is not theirs.
pub fn preview(request: &Request, records: &Records, policy: &ActionPolicy, who: &Identity, now: &Now<'_>) -> Result<Preview, Refusal> {
    let kind = request.wish.kind();
    let needed = policy.level(kind).ok_or(Refusal::NotOffered { action: kind })?;
    if who.level < needed || who.level == IdentityLevel::Anonymous {
        return Err(Refusal::Identity { needed });
    }
    let mut draft = Draft::open(request, records, policy, who, now)?;
    match &request.wish {
        Wish::CancelOrder { reason, .. } => cancel::draft(&mut draft, offered(&policy.cancel_order, kind)?, reason)?,
        Wish::ChangeItems { swaps, method, .. } => {
            items::change(&mut draft, offered(&policy.change_items, kind)?, swaps, method.as_deref())?;
        }
        Wish::ChangePayment { method, .. } => payment::draft(&mut draft, offered(&policy.change_payment, kind)?, method)?,
        Wish::ChangeShipping { address, .. } => address::shipping(&mut draft, offered(&policy.change_shipping, kind)?, address)?,
        Wish::ReturnItems { items, reason, method, .. } => {
            let rules = offered(&policy.return_items, kind)?;
            returns::draft(&mut draft, rules, items, reason.as_deref(), method.as_deref())?;
        }
        Wish::ExchangeItems { swaps, method, .. } => {
            items::exchange(&mut draft, offered(&policy.exchange_items, kind)?, swaps, method.as_deref())?;
        }
        Wish::OrderPickUp { order, items } => pick_up::draft(&mut draft, offered(&policy.order_pick_up, kind)?, order, items)?,
        Wish::ChangeAddress { address } => address::default(&mut draft, address)?,
        Wish::SetConsent { consent, given } => consent::draft(&mut draft, offered(&policy.set_consent, kind)?, consent, *given)?,
        Wish::Undo { action, .. } => undo::draft(&mut draft, action)?,
    }
    draft.finish()
}

/// The preview to write, when doing it now is what was shown.
///
/// # Errors
/// As [`preview`], and [`Refusal::Changed`] with what it would be now.
pub fn confirm(
    shown: &Shown,
    request: &Request,
    records: &Records,
    policy: &ActionPolicy,
    who: &Identity,
    now: &Now<'_>,
) -> Result<Preview, Refusal> {
    let preview = preview(request, records, policy, who, now)?;
    if preview.shown == *shown { Ok(preview) } else { Err(Refusal::Changed { now: Box::new(preview.shown) }) }
}

fn offered<T>(rules: &Option<T>, action: ActionKind) -> Result<&T, Refusal> {
    rules.as_ref().ok_or(Refusal::NotOffered { action })
}
