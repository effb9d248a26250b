//! What a turn does beside talking: calls a person, carries out what was agreed, writes to tickets.

use std::sync::Arc;

use super::{Effect, Machine};
use crate::agents::orchestrator::{Decision, Escalation, Route};
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::asks::Slot;
use crate::domain::fact::Versioned;
use crate::domain::goal::Goal;
use crate::domain::record::{Field, Record};
use crate::domain::state::{ActionKind, Pending, TicketDraft};
use crate::domain::ticket::Ticket;
use crate::store::ShopRecord as _;
use crate::store::command::Guard;
use crate::turn::tickets;

impl Machine {
    /// Calls a person: a ticket, once. Asked again, its number is told again.
    pub(super) fn escalate(&mut self) -> Option<Effect> {
        let Some(Decision { route: Route::Escalate(why), .. }) = &self.decision else { return None };
        let why = *why;
        self.outcome.escalation = Some(why);
        if why != Escalation::Asked {
            self.outcome.acts.push(Act::plain(ActKind::EscalationSorry));
        }
        let draft = TicketDraft {
            issue: format!("person_{}", why.name()),
            description: self.start.text.clone(),
            sku: self.start.state.product().map(str::to_owned),
            order: self.start.state.focus.order.clone(),
            urgent: why != Escalation::Asked || self.sentiment.is_urgent(),
        };
        self.draft = Some(draft);
        Some(Effect::Number)
    }

    /// Carries out, or drops, what was proposed.
    pub(super) fn act(&mut self) -> Option<Effect> {
        let Some(Decision { route: Route::Confirm(yes), .. }) = &self.decision else { return None };
        let Some(Pending::Confirm(action)) = &self.start.state.pending else { return None };
        if !yes {
            self.outcome.acts.push(Act::plain(ActKind::Declined));
            self.outcome.acts.push(Act::plain(ActKind::AnythingElse));
            return None;
        }
        self.agent = action.agent;
        if let Some(last) = self.outcome.path.last_mut() {
            *last = action.agent;
        }
        let ActionKind::OpenTicket(draft) = &action.kind;
        self.draft = Some(draft.clone());
        Some(Effect::Number)
    }

    pub(super) fn open_ticket(&mut self, number: String) {
        let Some(draft) = self.draft.take() else { return };
        let outcome = &mut self.outcome;
        let ticket = tickets::ticket(&draft, number.clone(), &self.start.session, &outcome.state, self.start.now);
        outcome.writes.push(ticket.write(Guard::Absent));
        let record = Versioned { record: Record::Ticket(Arc::new(ticket.clone())), version: 1 };
        let id = outcome.book.add(record);
        let kind = if outcome.escalation.is_some() { ActKind::HandedOver } else { ActKind::TicketOpened };
        let fact = outcome.book.field(id, Field::Number);
        outcome.acts.push(Act::plain(kind).with_some("ticket", fact));
        outcome.cards.push(id);
        outcome.state.focus.ticket = Some(crate::domain::text::fold::bare(&number));
        outcome.state.focus.fault = None;
        if outcome.escalation.is_some() {
            outcome.state.escalated = Some(number);
        }
        self.ask_contact(&ticket);
        self.outcome.tickets.push(ticket);
    }

    /// Somebody who cannot be reached is asked once how they can be.
    fn ask_contact(&mut self, ticket: &Ticket) {
        let state = &mut self.outcome.state;
        let reachable = ticket.customer.is_some() || ticket.contact.is_some();
        if reachable || state.known.asked_contact {
            return;
        }
        state.known.asked_contact = true;
        self.outcome.acts.push(Act::plain(ActKind::AskContact));
        self.outcome.asks.push(Slot::Contact);
        state.pending = Some(Pending::Ask {
            slot: Slot::Contact,
            goal: Goal::HumanRequest,
            agent: Agent::General,
            said: ticket.number.clone(),
            attempts: 1,
        });
    }

    /// Adds to the ticket just looked up how its sender can be reached.
    pub(super) fn amend_ticket(&mut self, contact: &str) {
        let found = self.found.ticket.flatten().and_then(|id| self.outcome.book.record(id));
        let Some(Versioned { record: Record::Ticket(ticket), version }) = found else { return };
        let amended = Ticket { contact: Some(contact.to_owned()), updated_at: self.start.now, ..(**ticket).clone() };
        self.outcome.writes.push(amended.write(Guard::At(*version)));
        self.outcome.state.known.contact = Some(contact.to_owned());
    }
}
