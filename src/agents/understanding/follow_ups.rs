//! What a message is for after something was said: the rules of `assets/nlu/follow_ups.txt`, by context.

use std::sync::LazyLock;

use super::rules::{Hint, Line, RuleError, Rules};
use crate::domain::act::ActKind;
use crate::domain::agent::Intent;
use crate::domain::goal::Goal;
use crate::domain::state::{ConversationState, IdentityLevel};

/// What a follow-up can follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Context {
    /// An order of the customer's is on the table.
    Order,
    /// How its parcels stand was just told.
    Parcels,
    /// It was said to be late.
    Late,
    /// It was said to have come, and has not.
    Missing,
    /// A ticket is on the table.
    Ticket,
    /// It was just told.
    TicketTold,
    /// Sending back was talked about.
    Returns,
    /// Damage was.
    Damage,
    /// The warranty was.
    Warranty,
    /// The rule was against the customer.
    Refused,
    /// An order could not be changed any more.
    Cannot,
    /// Repairs were talked about.
    Repair,
    /// Something is broken.
    Trouble,
}

/// The contexts by the names the file uses.
const NAMES: [(&str, Context); 13] = [
    ("order", Context::Order),
    ("parcels", Context::Parcels),
    ("late", Context::Late),
    ("missing", Context::Missing),
    ("ticket", Context::Ticket),
    ("ticket_told", Context::TicketTold),
    ("returns", Context::Returns),
    ("damage", Context::Damage),
    ("warranty", Context::Warranty),
    ("refused", Context::Refused),
    ("cannot", Context::Cannot),
    ("repair", Context::Repair),
    ("trouble", Context::Trouble),
];

static BUILT_IN: LazyLock<Vec<(Context, Rules)>> =
    LazyLock::new(|| parse(include_str!("../../../assets/nlu/follow_ups.txt")).unwrap_or_default());

/// Reads the file. A test does, so it is never empty here.
fn parse(text: &str) -> Result<Vec<(Context, Rules)>, RuleError> {
    let mut parts = text.split("\n== ");
    parts.next();
    let read = |part: &str| {
        let (name, rules) = part.split_once('\n').unwrap_or((part, ""));
        let named = NAMES.iter().find(|(own, _)| *own == name.trim());
        let (_, context) = named.ok_or_else(|| RuleError { line: 0, reason: format!("no context {name}") })?;
        Ok((*context, Rules::parse(rules)?))
    };
    parts.map(read).collect()
}

/// Whether a conversation is in a context.
fn holds(context: Context, state: &ConversationState) -> bool {
    let acted = |kinds: &[ActKind]| state.last_acts.iter().any(|act| kinds.contains(act));
    let of = |goals: &[Goal]| state.goal.is_some_and(|goal| goals.contains(&goal));
    // A word of courtesy does not end a matter.
    let recent = matches!(state.intent, Some(Intent::Orders | Intent::Support))
        || of(&[Goal::Affirm, Goal::Deny, Goal::Thanks, Goal::SmallTalk, Goal::HumanRequest]);
    let identified = state.identity.level != IdentityLevel::Anonymous;
    match context {
        // Also one that is still to be proven: what is asked of it is what the proof is for.
        Context::Order => {
            let named = state.known.order_number.is_some() && !identified;
            recent && (named || identified && (state.focus.order.is_some() || !state.focus.orders.is_empty()))
        }
        Context::Parcels => recent && identified && acted(&[ActKind::Parcel, ActKind::ParcelDelivered, ActKind::ParcelTracking]),
        Context::Late => recent && (acted(&[ActKind::Late]) || told_late(state)),
        Context::Missing => of(&[Goal::MissingParcel]) && state.focus.order.is_some(),
        Context::Ticket => recent && (state.focus.ticket.is_some() || acted(&[ActKind::TicketThere])),
        Context::TicketTold => of(&[Goal::TicketStatus]) && state.focus.ticket.is_some(),
        Context::Returns => of(&[Goal::ReturnRequest, Goal::ReturnPolicy, Goal::RefundStatus]),
        Context::Damage => of(&[Goal::DamagedOrWrongItem]),
        Context::Warranty => of(&[Goal::Warranty]),
        Context::Refused => {
            acted(&[ActKind::ReturnOver, ActKind::ExchangeOver, ActKind::WarrantyOver, ActKind::WarrantyOverSaid, ActKind::BeyondWindow])
        }
        Context::Cannot => acted(&[ActKind::CannotCancel, ActKind::CannotChange, ActKind::CannotMove]),
        Context::Repair => {
            of(&[Goal::Repair])
                || acted(&[ActKind::WarrantyOver, ActKind::WarrantyOverSaid, ActKind::StepLast, ActKind::StepsDone])
                    && of(&[Goal::Warranty, Goal::Troubleshoot])
        }
        Context::Trouble => of(&[Goal::Warranty, Goal::Troubleshoot, Goal::DamagedOrWrongItem]),
    }
}

/// Whether the order on the table was said to be late, some replies ago.
fn told_late(state: &ConversationState) -> bool {
    let order = state.focus.order.as_deref();
    order.is_some_and(|order| state.focus.offered.iter().any(|matter| matter.starts_with("late_parcel") && matter.ends_with(order)))
}

/// What a message is for, given what was said before it; strongest first.
pub fn read(line: &Line<'_>, state: &ConversationState) -> Vec<Hint> {
    let mut found: Vec<Hint> =
        BUILT_IN.iter().filter(|(context, _)| holds(*context, state)).flat_map(|(_, rules)| rules.hints(line)).collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.goal.cmp(&b.goal)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_follow_ups_can_be_read_and_every_context_has_some() {
        let read = parse(include_str!("../../../assets/nlu/follow_ups.txt")).unwrap();
        for (name, context) in NAMES {
            assert!(read.iter().any(|(own, _)| *own == context), "{name}");
        }
    }
}
