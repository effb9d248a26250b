//! What a turn does beside talking: calls a person, carries out what was agreed, writes to tickets.

use std::sync::Arc;

use super::{Effect, Machine};
use crate::agents::identity;
use crate::agents::lookup::{Lookup, Verdict};
use crate::agents::orchestrator::{Decision, Escalation, Route};
use crate::agents::say;
use crate::agents::support::{is_request, same_matter};
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::asks::Slot;
use crate::domain::fact::{RecordId, Versioned};
use crate::domain::goal::Goal;
use crate::domain::record::{Field, Record};
use crate::domain::state::{Action, ActionKind, IdentityLevel, Pending, TicketDraft};
use crate::domain::ticket::Ticket;
use crate::store::ShopRecord as _;
use crate::store::command::Guard;
use crate::turn::tickets;

/// Issue of a ticket by which a person is called.
const CALL: &str = "help_from_a_person";
/// A sentence with fewer digits names no telephone number.
const DIGITS_OF_A_NUMBER: usize = 7;

impl Machine {
    /// Calls a person: a ticket, once. Asked again, its number is told again.
    pub(super) fn escalate(&mut self) -> Option<Effect> {
        let Some(Decision { route: Route::Escalate(why), .. }) = &self.decision else { return None };
        let why = *why;
        self.outcome.escalation = Some(why);
        if why != Escalation::Asked {
            self.outcome.acts.push(Act::plain(ActKind::EscalationSorry));
        }
        if let Some(kept) = &self.start.state.escalated {
            let number = crate::domain::text::fold::bare(kept);
            return Some(self.look_up(vec![Lookup::Ticket(number)]));
        }
        let state = &self.start.state;
        let fault = state.focus.fault.as_ref().map(|fault| fault.problem.as_str());
        let text = &self.start.text;
        let mut description = fault.map_or_else(|| text.clone(), |fault| format!("{fault} / {text}"));
        if let Some(number) = &self.outcome.state.known.order_number {
            description.push_str(&format!(" [order named: {number}]"));
        }
        self.draft = Some(TicketDraft {
            issue: CALL.to_owned(),
            description,
            sku: state.product().map(str::to_owned),
            order: state.focus.order.clone(),
            urgent: why != Escalation::Asked || self.sentiment.is_urgent(),
        });
        Some(self.prepare())
    }

    /// Carries out, or drops, what was proposed.
    pub(super) fn act(&mut self) -> Option<Effect> {
        let Some(Decision { route: Route::Confirm(yes), .. }) = &self.decision else { return None };
        let action = self.proposed()?.clone();
        if !yes {
            self.outcome.acts.push(Act::plain(ActKind::Declined));
            // "No thank you. Ok bye" wants nothing else.
            let leaves = self.read.hint(Goal::Goodbye) > 0.0;
            self.outcome.acts.push(Act::plain(if leaves { ActKind::Farewell } else { ActKind::AnythingElse }));
            return None;
        }
        self.agent = action.agent;
        if let Some(last) = self.outcome.path.last_mut() {
            *last = action.agent;
        }
        let ActionKind::OpenTicket(mut draft) = action.kind;
        if let Some(told) = self.told_with_yes.take() {
            draft.description = format!("{}\n{told}", draft.description);
        }
        self.draft = Some(draft);
        Some(self.prepare())
    }

    /// The action waiting for a yes: of the last reply, or from before a digression.
    fn proposed(&self) -> Option<&Action> {
        let action = |pending: &'_ Pending| matches!(pending, Pending::Confirm(_));
        let state = &self.start.state;
        let pending = state.pending.as_ref().filter(|p| action(p)).or(state.parked.as_ref().map(|parked| &parked.pending));
        match pending {
            Some(Pending::Confirm(action)) => Some(action),
            _ => None,
        }
    }

    /// Writes the ticket that an answer says was asked for outright.
    pub(super) fn open_at_once(&mut self) -> Option<Effect> {
        let answer = self.answer.as_mut()?;
        self.draft = answer.opens.take();
        if let Some(id) = answer.adds.take() {
            self.draft = Some(TicketDraft { description: self.start.text.clone(), ..TicketDraft::default() });
            self.add_to(id);
        }
        if let Some(id) = self.ticket_there() {
            self.add_to(id);
        }
        self.draft.is_some().then(|| self.prepare())
    }

    fn look_up(&mut self, lookups: Vec<Lookup>) -> Effect {
        self.outcome.lookups.extend(lookups.iter().map(|l| l.name().to_owned()));
        Effect::LookUp(Agent::Support, lookups)
    }

    /// What must be known before a ticket is written: whose it is, where that was shown along with the yes,
    /// and whether there is one already.
    fn prepare(&mut self) -> Effect {
        let state = &self.outcome.state;
        let known = state.identity.level != IdentityLevel::Anonymous;
        let mut lookups = match identity::claim_of(state).filter(|_| !known && self.found.identity.is_none()) {
            Some(claim) => vec![Lookup::Identity(claim)],
            None if known && self.found.tickets.is_none() => vec![Lookup::Tickets],
            None => Vec::new(),
        };
        if self.outcome.escalation.is_some() && self.found.knowledge.is_empty() {
            let text = "What is your phone number? Can I call you?".to_owned();
            lookups.push(Lookup::Knowledge { text, procedures: Some(false), limit: 2 });
        }
        if lookups.is_empty() { Effect::Number } else { self.look_up(lookups) }
    }

    /// Goes on with a ticket once a look-up made for it is there; `None` when none is being written.
    pub(super) fn before_a_ticket(&mut self) -> Option<Effect> {
        if self.draft.is_none() {
            if self.outcome.escalation.is_some() {
                self.tell_of_the_call();
            }
            return None;
        }
        if let Some(verdict) = &self.found.identity
            && self.outcome.state.identity.level == IdentityLevel::Anonymous
        {
            match verdict {
                Verdict::Proven { customer, order } => {
                    self.outcome.state.identity.level = IdentityLevel::Identified;
                    self.outcome.state.identity.customer = Some(customer.clone());
                    self.outcome.state.known.order_number = None;
                    if order.is_some() {
                        self.outcome.state.focus.order.clone_from(order);
                    }
                    if let Some(draft) = &mut self.draft {
                        draft.order = order.clone().or(draft.order.take());
                    }
                }
                Verdict::NotProven => {
                    self.outcome.state.known.refused = true;
                    return Some(Effect::Number);
                }
            }
        }
        if self.found.tickets.is_none() && self.outcome.state.identity.level != IdentityLevel::Anonymous {
            return Some(self.look_up(vec![Lookup::Tickets]));
        }
        match self.ticket_there() {
            Some(id) => {
                self.add_to(id);
                None
            }
            None => Some(Effect::Number),
        }
    }

    /// The open ticket of the customer that is about the same matter.
    fn ticket_there(&self) -> Option<RecordId> {
        let draft = self.draft.as_ref()?;
        let about = |id: &RecordId| match self.outcome.book.record(*id).map(|v| &v.record) {
            Some(Record::Ticket(ticket)) => same_matter(draft, ticket),
            _ => false,
        };
        self.found.tickets.iter().flatten().copied().find(about)
    }

    /// Adds what the customer says to the ticket there already is, rather than opening another.
    fn add_to(&mut self, id: RecordId) {
        let Some(draft) = self.draft.take() else { return };
        let Some(Versioned { record: Record::Ticket(ticket), version }) = self.outcome.book.record(id) else { return };
        let version = *version;
        let description = format!("{}\nThe customer writes: {}", ticket.description, draft.description);
        let amended = Ticket { description, updated_at: self.start.now, ..(**ticket).clone() };
        self.outcome.writes.push(amended.write(Guard::At(version)));
        self.outcome.amended.push((amended.number.clone(), version + 1));
        let number = self.outcome.book.field(id, Field::Number);
        // Who asked for a person hears that one comes, whichever ticket it is noted on.
        let called = self.outcome.escalation.is_some();
        let kind = if called { ActKind::HandedOver } else { ActKind::AddedToTicket };
        self.outcome.acts.push(Act::plain(kind).with_some("ticket", number));
        self.outcome.cards.push(id);
        self.tell_how_to_reach_one();
        self.kept(amended.number);
    }

    /// The shop's sentence on being called, for who asked for a person: a ticket alone is a wait.
    fn tell_how_to_reach_one(&mut self) {
        if self.outcome.escalation.is_none() {
            return;
        }
        let hit = say::plain_entry(&self.found, 0);
        let by_phone = |text: &str| text.bytes().filter(u8::is_ascii_digit).count() >= DIGITS_OF_A_NUMBER;
        let book = &mut self.outcome.book;
        let fact = hit.and_then(|hit| say::sentence_where(hit.record, book, by_phone));
        self.outcome.acts.extend(fact.map(|fact| Act::plain(ActKind::Knowledge).with("sentence", fact)));
    }

    /// A person was called before: the number again, and no second ticket.
    fn tell_of_the_call(&mut self) {
        let Some(id) = self.found.ticket.flatten() else { return };
        let number = self.outcome.book.field(id, Field::Number);
        self.outcome.acts.push(Act::plain(ActKind::StillHandedOver).with_some("ticket", number));
        self.outcome.cards.push(id);
        if let Some(Record::Ticket(ticket)) = self.outcome.book.record(id).map(|v| v.record.clone()) {
            self.ask_contact(&ticket);
        }
    }

    fn kept(&mut self, number: String) {
        let state = &mut self.outcome.state;
        state.focus.ticket = Some(crate::domain::text::fold::bare(&number));
        state.focus.fault = None;
        if self.outcome.escalation.is_some() {
            state.escalated = Some(number);
        }
    }

    pub(super) fn open_ticket(&mut self, number: String) {
        let Some(draft) = self.draft.take() else { return };
        let outcome = &mut self.outcome;
        let ticket = tickets::ticket(&draft, number.clone(), &self.start.session, &outcome.state, self.start.now);
        outcome.writes.push(ticket.write(Guard::Absent));
        let record = Versioned { record: Record::Ticket(Arc::new(ticket.clone())), version: 1 };
        let id = outcome.book.add(record);
        let kind = match (outcome.escalation.is_some(), is_request(&draft.issue)) {
            (true, _) => ActKind::HandedOver,
            (false, true) => ActKind::RequestOpened,
            (false, false) => ActKind::TicketOpened,
        };
        let fact = outcome.book.field(id, Field::Number);
        outcome.acts.push(Act::plain(kind).with_some("ticket", fact));
        if let (true, Some(order)) = (outcome.escalation.is_some(), &ticket.order) {
            let order = outcome.book.said(order);
            outcome.acts.push(Act::plain(ActKind::NotedFor).with("order", order));
        }
        outcome.cards.push(id);
        self.tell_how_to_reach_one();
        self.kept(number);
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
