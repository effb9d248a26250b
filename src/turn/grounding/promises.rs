//! Promises: only what a row of the same transaction keeps.

use crate::domain::act::Act;
use crate::domain::fact::FactBook;
use crate::domain::record::RecordKind;
use crate::domain::ticket::Ticket;

/// What the turn is about to write, and may therefore say that it has done.
#[derive(Debug, Clone, Default)]
pub struct Promises {
    tickets: Vec<String>,
}

impl Promises {
    /// The promises that tickets about to be stored keep, and those that already were.
    pub fn of_tickets<'a>(tickets: impl Iterator<Item = &'a Ticket>) -> Self {
        Self { tickets: tickets.map(|ticket| ticket.number.clone()).collect() }
    }

    /// Adds a ticket that was stored in an earlier turn of the session.
    pub fn add_kept(&mut self, number: &str) {
        self.tickets.push(number.to_owned());
    }

    /// Whether there is any.
    pub fn is_empty(&self) -> bool {
        self.tickets.is_empty()
    }

    /// Whether a ticket of that number is written.
    pub fn has_ticket(&self, number: &str) -> bool {
        self.tickets.iter().any(|own| own.eq_ignore_ascii_case(number))
    }

    /// Whether an act that speaks of a ticket rests on one that is written.
    pub(super) fn cover(&self, act: &Act, book: &FactBook) -> Result<(), String> {
        let number = act.one("ticket").and_then(|id| book.value(id)).map(ToString::to_string);
        let written = number.as_deref().is_some_and(|number| self.has_ticket(number) && book.find(RecordKind::Ticket, number).is_some());
        written.then_some(()).ok_or_else(|| "it promises a ticket that is not written".to_owned())
    }
}
