//! Tickets: opened after a yes, read by those they belong to.

use super::super::identity::{self, OrderStep};
use super::super::lookup::{Findings, Lookup};
use super::super::say;
use super::super::turn::{Answer, Step, Turn};
use super::offer_ticket;
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::asks::Slot;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::record::Field;
use crate::domain::state::{ConversationState, IdentityLevel, Pending};

/// Offers a ticket; asks for the problem where none was told.
pub fn open(turn: &Turn<'_>, _found: &Findings, _book: &mut FactBook, state: &mut ConversationState) -> Step {
    const TELLS_SOMETHING: usize = 6;
    let mut answer = Answer::default();
    say::sympathise(turn, &mut answer);
    let told = turn.heard.words.len() > TELLS_SOMETHING || turn.continues || state.focus.fault.is_some();
    if !told {
        answer.say_plain(ActKind::AskProblem);
        answer.asks.push(Slot::Problem);
        state.pending =
            Some(Pending::Ask { slot: Slot::Problem, goal: turn.goal, agent: Agent::Support, said: turn.text.to_owned(), attempts: 1 });
        return answer.done();
    }
    let told = Turn { text: turn.text, continues: false, ..*turn };
    offer_ticket(&told, turn.goal.name(), &mut answer, state);
    answer.done()
}

/// How a ticket stands.
pub fn status(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let number = turn.heard.tickets.first().map(|n| n.bare.clone()).or_else(|| state.focus.ticket.clone());
    if let Some(number) = number {
        return match found.ticket {
            None => Step::Look(vec![Lookup::Ticket(number)]),
            Some(Some(id)) => tell(&[id], book, state),
            Some(None) => not_theirs(turn, found, book, state),
        };
    }
    match &found.tickets {
        None => Step::Look(vec![Lookup::Tickets]),
        Some(tickets) if !tickets.is_empty() => tell(tickets, book, state),
        Some(_) if state.identity.level == IdentityLevel::Anonymous => not_theirs(turn, found, book, state),
        Some(_) => Answer::of(vec![Act::plain(ActKind::NoTickets)]).done(),
    }
}

/// Not to be shown, or not there: who is asking must be known first; then there is none.
fn not_theirs(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if state.identity.level != IdentityLevel::Anonymous && found.identity.is_none() {
        return Answer::of(vec![Act::plain(ActKind::TicketUnknown)]).done();
    }
    match identity::order(turn, found, book, state, Agent::Support) {
        OrderStep::First(step) => step,
        OrderStep::Known(_) => match &found.tickets {
            None => Step::Look(vec![Lookup::Tickets]),
            Some(tickets) if tickets.is_empty() => Answer::of(vec![Act::plain(ActKind::NoTickets)]).done(),
            Some(tickets) => tell(tickets, book, state),
        },
    }
}

fn tell(ids: &[RecordId], book: &mut FactBook, state: &mut ConversationState) -> Step {
    const SHOWN: usize = 5;
    let mut answer = Answer::default();
    for id in ids.iter().take(SHOWN) {
        let facts = [Field::Number, Field::Status, Field::Issue, Field::Created, Field::Resolved].map(|f| book.field(*id, f));
        let [number, status, issue, created, resolved] = facts;
        let kind = if ids.len() == 1 { ActKind::TicketStatus } else { ActKind::TicketListItem };
        answer.say(
            Act::plain(kind)
                .with_some("ticket", number)
                .with_some("status", status)
                .with_some("issue", issue)
                .with_some("created", created)
                .with_some("resolved", resolved),
        );
        answer.cards.push(*id);
    }
    if let [only] = ids {
        state.focus.ticket = say::ticket(book, *only).map(|t| crate::domain::text::fold::bare(&t.number));
    }
    answer.done()
}
