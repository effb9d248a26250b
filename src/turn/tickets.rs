//! Tickets: their numbers, and a draft made into a record.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::domain::state::{ConversationState, TicketDraft};
use crate::domain::ticket::{Priority, Ticket, TicketStatus};
use crate::domain::time::Moment;

/// Hands out ticket numbers that look like those the shop already has and come after them.
#[derive(Debug)]
pub struct TicketNumbers {
    prefix: String,
    width: usize,
    next: AtomicU64,
}

/// Prefix of a shop that has no tickets yet.
const FIRST_PREFIX: &str = "T-";
/// First number of a shop that has no tickets yet.
const FIRST: u64 = 1_001;

impl TicketNumbers {
    /// Learns from the numbers there are; the highest decides how new ones look.
    pub fn learn<'a>(numbers: impl Iterator<Item = &'a str>) -> Self {
        let mut best: Option<(u64, &str, usize)> = None;
        for number in numbers {
            let digits = number.bytes().rev().take_while(u8::is_ascii_digit).count();
            let (prefix, tail) = number.split_at(number.len() - digits);
            let Ok(value) = tail.parse::<u64>() else { continue };
            if best.is_none_or(|(most, _, _)| value > most) {
                best = Some((value, prefix, digits));
            }
        }
        match best {
            Some((most, prefix, width)) => Self { prefix: prefix.to_owned(), width, next: AtomicU64::new(most + 1) },
            None => Self { prefix: FIRST_PREFIX.to_owned(), width: 0, next: AtomicU64::new(FIRST) },
        }
    }

    /// The next number. One that is not used after all leaves a gap, which harms nothing.
    pub fn take(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        format!("{}{number:0width$}", self.prefix, width = self.width)
    }
}

/// The record of a draft.
pub fn ticket(draft: &TicketDraft, number: String, session: &str, state: &ConversationState, now: Moment) -> Ticket {
    Ticket {
        number,
        customer: state.identity.customer.clone(),
        sku: draft.sku.clone(),
        order: draft.order.clone(),
        session: Some(session.to_owned()),
        issue: draft.issue.clone(),
        description: draft.description.clone(),
        contact: state.known.contact.clone().or_else(|| state.known.email.clone()),
        status: TicketStatus::Open,
        priority: if draft.urgent { Priority::Urgent } else { Priority::Normal },
        created_at: now,
        resolved_at: None,
        updated_at: now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_numbers_look_like_the_shops_own() {
        for (there, next) in [(&["TCK-2001", "TCK-2025"][..], "TCK-2026"), (&["0099"], "0100"), (&[], "T-1001"), (&["none"], "T-1001")] {
            assert_eq!(TicketNumbers::learn(there.iter().copied()).take(), next);
        }
    }
}
