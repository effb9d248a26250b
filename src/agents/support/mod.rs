//! Support: faults step by step, damage, warranty, returns, repairs, tickets.

mod asides;
mod asked;
mod claims;
mod diagnosis;
pub mod exchange;
mod faults;
mod money;
mod parts;
mod plan;
mod repair;
mod reports;
mod returns;
mod rights;
mod steps;
mod tickets;
mod warranty;
mod wording;

use super::evidence_words;
use super::identity;
use super::lookup::{Findings, Lookup};
use super::say;
use super::turn::{Answer, Colleague, Step, Turn};
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::fact::FactBook;
use crate::domain::goal::Goal;
use crate::domain::state::{Action, ActionKind, ConversationState, Pending, TicketDraft};

pub use diagnosis::{troubles as faults_told, works_wrongly};
pub use money::refund_acts;
pub use parts::asks as asks_for_a_part;
pub use tickets::{is_request, same_matter, there as ticket_there};
pub use warranty::note_day;
pub use wording::{say_asked, say_hinted, speaking_of};

/// The support agent.
pub struct Support;

impl Colleague for Support {
    fn agent(&self) -> Agent {
        Agent::Support
    }

    fn step(&self, turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
        match turn.goal {
            // "How long does it take?", of a repair just spoken of: a rule of the shop, and nothing to set up.
            Goal::SetupHelp if goes_on_with_a_rule(turn) => answer_or_ticket(turn, found, book),
            Goal::Troubleshoot | Goal::SetupHelp => faults::step(turn, found, book, state),
            Goal::DamagedOrWrongItem if diagnosis::is_an_accident(turn) => faults::step(turn, found, book, state),
            Goal::DamagedOrWrongItem
                if !diagnosis::came_so(turn)
                    && turn.before.goal != Some(Goal::DamagedOrWrongItem)
                    && !claims::is_hypothetical(turn)
                    // "And it is scratched", of an order on the table: it came so, where nothing of it does not work.
                    && (turn.before.focus.order.is_none() || !diagnosis::troubles(turn.text).is_empty())
                    && !turn.before.last_acts.contains(&ActKind::DamageReport) =>
            {
                faults::step(turn, found, book, state)
            }
            Goal::DamagedOrWrongItem => claims::damage(turn, found, book, state),
            Goal::Warranty => warranty::warranty(turn, found, book, state),
            Goal::Repair => repair::repair(turn, found, book, state),
            Goal::ReturnRequest | Goal::ReturnPolicy => returns::returning(turn, found, book, state),
            Goal::RefundStatus => money::refund(turn, found, book, state),
            // "I already complained, is something happening with that?"
            Goal::Complaint if turn.read.hint(Goal::TicketStatus) >= 5.0 && evidence_words::is_question(turn.text) => {
                tickets::status(turn, found, book, state)
            }
            Goal::OpenTicket | Goal::Complaint => tickets::open(turn, found, book, state),
            Goal::TicketStatus => tickets::status(turn, found, book, state),
            goal if goal.intent().agent() == Agent::Support => answer_or_ticket(turn, found, book),
            goal => Answer::hand_over(goal),
        }
    }
}

/// Whether a message goes on with an answer of the shop's, outside of any fault.
fn goes_on_with_a_rule(turn: &Turn<'_>) -> bool {
    let joined = turn.heard.answered.as_ref().is_some_and(|answered| answered.joined.is_some());
    joined && turn.before.focus.fault.is_none() && !turn.continues
}

/// The shop's own words; where it has none, a colleague is offered.
fn answer_or_ticket(turn: &Turn<'_>, found: &Findings, book: &mut FactBook) -> Step {
    if found.knowledge.is_empty() {
        let asked = |text: String| Lookup::Knowledge { text, procedures: Some(false), limit: 3 };
        let plain = plain_question(turn).map(|text| asked(text.to_owned()));
        return Step::Look(std::iter::once(asked(say::question_text(turn))).chain(plain).collect());
    }
    let mut answer = Answer::default();
    say::sympathise(turn, &mut answer);
    match say::best_entry(found, 1).or_else(|| say::best_entry(found, 0)) {
        Some(hit) => say::say_entry(book, hit, &mut answer),
        None => {
            // It offers a colleague, which is the ticket.
            answer.say_plain(ActKind::NotInRecords);
            say::offer_nearest(found, book, &mut answer);
        }
    }
    answer.done()
}

/// The plainest way to ask about a trouble with money, for messages in words no entry knows.
fn plain_question(turn: &Turn<'_>) -> Option<&'static str> {
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let has = |list: &[&str]| said.iter().any(|w| list.contains(w));
    match turn.goal {
        Goal::PaymentProblem if has(&["twice", "double", "two", "2", "again", "duplicate"]) => Some("I was charged twice"),
        Goal::PaymentProblem if has(&["when", "yet", "already", "nothing", "not"]) && has(&["charged", "billed", "debited", "taken"]) => {
            Some("When is my card charged?")
        }
        Goal::PaymentProblem if has(&["declined", "rejected", "refused", "fails", "failed"]) => Some("My payment was declined"),
        Goal::Invoice => Some("Can I get an invoice? I need a receipt"),
        _ => None,
    }
}

/// The look-up of the customer's tickets, before one is offered: unless it was made.
pub fn tickets_first(found: &Findings) -> Option<Step> {
    found.tickets.is_none().then(|| Step::Look(vec![Lookup::Tickets]))
}

/// Offers a ticket, unless there is one for the matter already or it was offered before.
pub fn offer_once(turn: &Turn<'_>, issue: &str, found: &Findings, book: &mut FactBook, answer: &mut Answer, state: &mut ConversationState) {
    let order = state.focus.order.clone();
    let sku = state.product().map(str::to_owned);
    let matter = format!("{issue} {}", order.clone().unwrap_or_default());
    if let Some(acts) = tickets::there(issue, order.as_deref(), sku.as_deref(), found, book) {
        answer.acts.extend(acts);
        if !state.focus.offered.contains(&matter) {
            state.focus.offered.push(matter);
        }
        // What is told of it now is worth a line on the ticket; that it is late, my colleagues know.
        let news = !matches!(issue, "late_parcel" | "refund_of_late_order" | "refund");
        if news && state.escalated.is_none() {
            propose(draft(turn, issue, state), Act::plain(ActKind::OfferToAdd), answer, state);
        }
        return;
    }
    // Once a person has been called they look at all of it.
    if state.escalated.is_some() || state.focus.offered.contains(&matter) {
        return;
    }
    state.focus.offered.push(matter);
    offer_ticket(turn, issue, answer, state);
}

/// Offers to open a ticket; nothing happens without a yes.
pub fn offer_ticket(turn: &Turn<'_>, issue: &str, answer: &mut Answer, state: &mut ConversationState) {
    propose(draft(turn, issue, state), Act::plain(ActKind::TicketOffer), answer, state);
}

fn draft(turn: &Turn<'_>, issue: &str, state: &ConversationState) -> TicketDraft {
    TicketDraft {
        issue: issue.to_owned(),
        description: say::question_text(turn),
        sku: state.product().map(str::to_owned),
        order: state.focus.order.clone(),
        urgent: turn.sentiment.is_urgent(),
    }
}

/// Proposes an action and keeps it until the customer has answered.
pub fn propose(draft: TicketDraft, offer: Act, answer: &mut Answer, state: &mut ConversationState) {
    answer.say(offer);
    let action = Action { id: format!("ticket-{}", state.replies + 1), kind: ActionKind::OpenTicket(draft), agent: Agent::Support };
    answer.asks.push(crate::domain::asks::Slot::Confirmation);
    state.pending = Some(Pending::Confirm(action.clone()));
    answer.proposes = Some(action);
}

/// The order the message is about, or the step that leads to it.
fn order_or_ask(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> identity::OrderStep {
    identity::order(turn, found, book, state, Agent::Support)
}
