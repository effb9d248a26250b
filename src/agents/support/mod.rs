//! Support: faults step by step, damage, warranty, returns, tickets.

mod eligibility;
mod faults;
mod tickets;

use super::identity;
use super::lookup::{Findings, Lookup};
use super::say;
use super::turn::{Answer, Colleague, Step, Turn};
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::fact::FactBook;
use crate::domain::goal::Goal;
use crate::domain::state::{Action, ActionKind, ConversationState, Pending, TicketDraft};

/// The support agent.
pub struct Support;

impl Colleague for Support {
    fn agent(&self) -> Agent {
        Agent::Support
    }

    fn step(&self, turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
        match turn.goal {
            Goal::Troubleshoot | Goal::SetupHelp => faults::step(turn, found, book, state),
            Goal::DamagedOrWrongItem => eligibility::damage(turn, found, book, state),
            Goal::Warranty => eligibility::warranty(turn, found, book, state),
            Goal::ReturnRequest => eligibility::returning(turn, found, book, state),
            Goal::RefundStatus => eligibility::refund(turn, found, book, state),
            Goal::OpenTicket | Goal::Complaint => tickets::open(turn, found, book, state),
            Goal::TicketStatus => tickets::status(turn, found, book, state),
            goal if goal.intent().agent() == Agent::Support => answer_or_ticket(turn, found, book),
            goal => Answer::hand_over(goal),
        }
    }
}

/// The shop's own words; where it has none, a colleague is offered.
fn answer_or_ticket(turn: &Turn<'_>, found: &Findings, book: &mut FactBook) -> Step {
    if found.knowledge.is_empty() {
        return Step::Look(vec![Lookup::Knowledge { text: say::question_text(turn), procedures: None, limit: 3 }]);
    }
    let mut answer = Answer::default();
    say::sympathise(turn, &mut answer);
    match say::best_entry(found, 0) {
        Some(hit) => say::say_entry(book, hit, &mut answer),
        None => {
            // It offers a colleague, which is the ticket.
            answer.say_plain(ActKind::NotInRecords);
            say::offer_nearest(found, book, &mut answer);
        }
    }
    answer.done()
}

/// Offers to open a ticket; nothing happens without a yes.
pub(crate) fn offer_ticket(turn: &Turn<'_>, issue: &str, answer: &mut Answer, state: &mut ConversationState) {
    let draft = TicketDraft {
        issue: issue.to_owned(),
        description: say::question_text(turn),
        sku: state.product().map(str::to_owned),
        order: state.focus.order.clone(),
        urgent: turn.sentiment.is_urgent(),
    };
    propose(draft, answer, state);
}

/// Proposes an action and keeps it until the customer has answered.
pub(super) fn propose(draft: TicketDraft, answer: &mut Answer, state: &mut ConversationState) {
    answer.say(Act::plain(ActKind::TicketOffer));
    let action = Action { id: format!("ticket-{}", state.replies + 1), kind: ActionKind::OpenTicket(draft), agent: Agent::Support };
    answer.asks.push(crate::domain::asks::Slot::Confirmation);
    state.pending = Some(Pending::Confirm(action.clone()));
    answer.proposes = Some(action);
}

/// The order the message is about, or the step that leads to it. `Ok(None)`: the customer may go on
/// without one.
pub(super) fn order_or_ask(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> identity::OrderStep {
    identity::order(turn, found, book, state, Agent::Support)
}
