//! What a message is for, by what others say who want the same in the same situation.

use super::orchestrator::Question;
use crate::domain::agent::Intent;
use crate::domain::goal::Goal;
use crate::domain::state::ConversationState;
use crate::domain::wish::{self, Situation, Wish};

/// What is on the table.
pub fn situations(state: &ConversationState) -> Vec<Situation> {
    let focus = &state.focus;
    let shown = !focus.products.is_empty() || !focus.listed.is_empty();
    let mut found = Vec::new();
    let mut add = |situation, there: bool| found.extend(there.then_some(situation));
    match state.intent {
        Some(Intent::Sales | Intent::Marketing) => {
            add(Situation::Product, shown);
            add(Situation::Offer, state.intent == Some(Intent::Marketing) || focus.promotion.is_some());
        }
        Some(Intent::Support) => {
            add(Situation::Fault, focus.fault.is_some());
            add(Situation::Ticket, matches!(state.goal, Some(Goal::OpenTicket | Goal::TicketStatus)));
            add(Situation::Returns, focus.fault.is_none() && !matches!(state.goal, Some(Goal::OpenTicket | Goal::TicketStatus)));
            add(Situation::Order, focus.order.is_some());
        }
        Some(Intent::Orders) => add(Situation::Order, true),
        Some(Intent::General) | None => {
            add(Situation::Fault, focus.fault.is_some());
            add(Situation::Order, focus.order.is_some());
            add(Situation::Product, shown && focus.order.is_none());
        }
    }
    found
}

/// What a message is most likely for.
pub fn best(question: &Question<'_>) -> Option<Wish> {
    wish::best(&question.heard.wishes, &situations(question.state))
}
