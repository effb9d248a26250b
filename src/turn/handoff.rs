//! Handoff: who takes over, and everything they need to know. Typed; nothing known is asked again.

use serde::Serialize;

use crate::agents::general::General;
use crate::agents::logistics::Logistics;
use crate::agents::marketing::Marketing;
use crate::agents::sales::Sales;
use crate::agents::support::Support;
use crate::agents::turn::Colleague;
use crate::domain::agent::Agent;
use crate::domain::asks::Slot;
use crate::domain::goal::Goal;
use crate::domain::state::{ConversationState, IdentityLevel, Pending};

/// The agent of a name; what no single agent serves is general.
pub fn colleague(agent: Agent) -> &'static dyn Colleague {
    match agent {
        Agent::Sales => &Sales,
        Agent::Marketing => &Marketing,
        Agent::Support => &Support,
        Agent::Logistics => &Logistics,
        Agent::Orchestrator | Agent::General | Agent::Human => &General,
    }
}

/// Look-ups an agent may make. A look-up outside its charter is a fault of the program, which the driver
/// refuses and counts.
pub fn may_look_up(agent: Agent, name: &str) -> bool {
    let own: &[&str] = match agent {
        Agent::Sales => &["search", "products", "alternatives", "accessories", "assortment", "knowledge", "delivery"],
        Agent::Marketing => &["promotions", "code", "products", "search", "assortment", "knowledge", "entry", "delivery"],
        Agent::Support => &["knowledge", "entry", "order", "orders", "products", "search", "ticket", "tickets", "identity"],
        Agent::Logistics => &["order", "orders", "products", "search", "knowledge", "hours", "identity", "tickets"],
        Agent::General => &["knowledge", "hours", "ticket"],
        Agent::Orchestrator | Agent::Human => &[],
    };
    own.contains(&name)
}

/// What goes with a conversation from one agent to the next.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Packet {
    /// Who hands over.
    pub from: Agent,
    /// Who takes over.
    pub to: Agent,
    /// What for.
    pub goal: Goal,
    /// Why.
    pub reason: String,
    /// How far the customer has shown who they are.
    pub identity: IdentityLevel,
    /// Products on the table.
    pub products: Vec<String>,
    /// The order talked about.
    pub order: Option<String>,
    /// The promotion talked about.
    pub promotion: Option<String>,
    /// What the customer has told of themselves, by name only.
    pub known: Vec<&'static str>,
    /// What was asked and not yet answered.
    pub open_question: Option<Slot>,
    /// Steps of fault finding already tried.
    pub attempts: usize,
    /// Tickets promised.
    pub promises: Vec<String>,
    /// Language of the session.
    pub language: Option<String>,
}

impl Packet {
    /// The packet for a change of agent in a conversation.
    pub fn new(from: Agent, to: Agent, goal: Goal, reason: &str, state: &ConversationState) -> Self {
        let known = [
            ("order_number", state.known.order_number.is_some()),
            ("email", state.known.email.is_some()),
            ("phone", state.known.phone_tail.is_some()),
            ("zip", state.known.zip.is_some()),
            ("name", state.known.name.is_some()),
            ("contact", state.known.contact.is_some()),
        ];
        Self {
            from,
            to,
            goal,
            reason: reason.to_owned(),
            identity: state.identity.level,
            products: state.focus.products.clone(),
            order: state.focus.order.clone(),
            promotion: state.focus.promotion.clone(),
            known: known.iter().filter(|(_, there)| *there).map(|(name, _)| *name).collect(),
            open_question: match &state.pending {
                Some(Pending::Ask { slot, .. }) => Some(*slot),
                Some(Pending::Confirm(_)) => Some(Slot::Confirmation),
                Some(Pending::Clarify { .. }) => Some(Slot::Intent),
                None => None,
            },
            attempts: state.focus.fault.as_ref().map_or(0, |fault| fault.tried.len()),
            promises: state.escalated.iter().cloned().collect(),
            language: state.language.clone(),
        }
    }
}
