//! What a conversation has come to: everything a later message may lean on.
//!
//! Checkpointed with the result of every turn. The messages themselves, the session's epoch and its last
//! sequence number are rows of their own, because they also change between turns.

use serde::{Deserialize, Serialize};

use super::act::ActKind;
use super::agent::{Agent, Intent};
use super::asks::Slot;
use super::goal::Goal;
use super::message::Choice;
use super::named::named_enum;
use super::query::ProductQuery;
use super::time::{Day, Moment};

/// Everything known in a session beyond its messages.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ConversationState {
    /// Who answers until something else is wanted.
    pub active: Option<Agent>,
    /// What the last message was about.
    pub intent: Option<Intent>,
    /// What the last message was for.
    pub goal: Option<Goal>,
    /// What "it", "the second one" and "the order" mean.
    pub focus: Focus,
    /// What the last reply waits for.
    pub pending: Option<Pending>,
    /// A question of ours that a digression left open, for as long as an answer to it would be understood.
    pub parked: Option<Parked>,
    /// Who the customer has shown to be.
    pub identity: Identity,
    /// What the customer has said of themselves, so that nothing is asked twice.
    pub known: Known,
    /// Whether the last message was urgent: a second one in a row calls a person.
    pub last_urgent: bool,
    /// Whether the last reply asked what was meant: never twice in a row.
    pub clarified: bool,
    /// Changes of agent so far, oldest first, the last few only.
    pub handoffs: Vec<HandoffNote>,
    /// Ticket of an escalation that is already on its way to a person.
    pub escalated: Option<String>,
    /// Language of the session, two letters, once known.
    pub language: Option<String>,
    /// Acts of the last reply.
    pub last_acts: Vec<ActKind>,
    /// How many replies there have been: varies the wording.
    pub replies: u32,
}

/// What the conversation is about right now.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Focus {
    /// The product search so far.
    pub query: Option<ProductQuery>,
    /// Products as last listed, in that order.
    pub listed: Vec<String>,
    /// Products meant by "it", "this one", "both".
    pub products: Vec<String>,
    /// Products named or shown so far, newest first: "the Bose" means the one of these.
    pub recent: Vec<String>,
    /// Products the customer has already: what is bought must fit them.
    pub owned: Vec<String>,
    /// Names of the properties last asked for, in stems: "and the other one?" asks for them again.
    pub properties: Vec<String>,
    /// What is being priced together: "two of them and a charger".
    pub basket: Vec<Pieces>,
    /// The entry of the knowledge base last quoted.
    pub entry: Option<String>,
    /// What the customer asked when it was quoted.
    pub asked: Option<String>,
    /// Places of its sentences that were said: another question is not answered by the same again.
    pub told: Vec<u16>,
    /// The day the opening hours were last asked for.
    pub day: Option<Day>,
    /// The order meant by "it", "my order".
    pub order: Option<String>,
    /// Orders as last listed.
    pub orders: Vec<String>,
    /// The promotion meant by "it", "the code".
    pub promotion: Option<String>,
    /// The ticket meant by "it".
    pub ticket: Option<String>,
    /// Fault finding under way.
    pub fault: Option<Fault>,
    /// The country a delivery is asked about, by its code.
    #[serde(default)]
    pub country: Option<String>,
    /// Matters a ticket was offered for: not again and again.
    pub offered: Vec<String>,
}

/// Some pieces of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pieces {
    /// Which.
    pub sku: String,
    /// How many, from 1.
    pub count: u32,
}

/// Fault finding: one entry of the knowledge base, step by step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The entry.
    pub entry: String,
    /// The step last suggested, from 0.
    pub step: u16,
    /// Steps suggested or tried already.
    pub tried: Vec<u16>,
    /// The customer's words for the problem.
    pub problem: String,
    /// What they told of it since.
    pub reports: Vec<String>,
    /// Whether the thing must not be used: there is nothing more to try.
    pub stopped: bool,
    /// Whether the last step was to find out where the fault is, not to cure it.
    pub tests: bool,
}

/// What the last reply waits for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Pending {
    /// A value the agent needs to go on.
    Ask {
        /// What was asked.
        slot: Slot,
        /// What it is needed for.
        goal: Goal,
        /// Who asked.
        agent: Agent,
        /// The message that set the goal, looked at again once the value is there.
        said: String,
        /// How often it was asked.
        attempts: u8,
    },
    /// A yes to an action.
    Confirm(Action),
    /// A tap or word that says which meaning was meant.
    Clarify {
        /// The meanings offered.
        options: Vec<Choice>,
        /// The message that was unclear.
        said: String,
    },
}

/// A question left open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parked {
    /// The question.
    pub pending: Pending,
    /// The reply that asked it, counted as [`ConversationState::replies`] counts.
    pub asked_at: u32,
}

/// An action proposed to the customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// What `confirm` names.
    pub id: String,
    /// What will be done.
    pub kind: ActionKind,
    /// Who proposed it.
    pub agent: Agent,
}

/// What the assistant can do to the shop's records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ActionKind {
    /// Open a ticket.
    OpenTicket(TicketDraft),
}

/// A ticket about to be opened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketDraft {
    /// What it is about.
    pub issue: String,
    /// In the customer's words.
    pub description: String,
    /// The product, if any.
    pub sku: Option<String>,
    /// The order, if any.
    pub order: Option<String>,
    /// Whether it goes before others.
    pub urgent: bool,
}

named_enum! {
    /// How far a session has shown whose it is.
    IdentityLevel {
        /// Nobody known.
        Anonymous = "anonymous",
        /// May read the orders of one customer.
        Identified = "identified",
        /// May change them.
        Verified = "verified",
    }
}

/// Who the session belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// How far.
    pub level: IdentityLevel,
    /// The customer, from identified on.
    pub customer: Option<String>,
    /// Failed attempts in this session.
    pub failures: u16,
}

impl Default for Identity {
    fn default() -> Self {
        Self { level: IdentityLevel::Anonymous, customer: None, failures: 0 }
    }
}

/// What the customer has told of themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// An order number they named, proven or not.
    pub order_number: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// The last four digits of their telephone number.
    pub phone_tail: Option<String>,
    /// Their postal code.
    pub zip: Option<String>,
    /// Their name.
    pub name: Option<String>,
    /// How to reach them, when they are no known customer.
    pub contact: Option<String>,
    /// Whether they were asked for it: once only.
    pub asked_contact: bool,
    /// Whether what is known was tried as a proof and did not hold: it is not tried again until something
    /// new is said.
    pub refused: bool,
    /// Numbers and proofs they said are somebody else's.
    pub of_others: Vec<String>,
    /// Whether they lost somebody: what was theirs is the customer's business now.
    pub mourning: bool,
    /// Their own words on since when they have what is talked about.
    #[serde(default)]
    pub bought: Option<String>,
}

/// A change of agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoffNote {
    /// Who spoke before.
    pub from: Agent,
    /// Who speaks now.
    pub to: Agent,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Moment,
}

impl Focus {
    /// Notes products named or shown, newest first; the last sixteen are kept.
    pub fn note(&mut self, skus: impl IntoIterator<Item = String>) {
        const KEPT: usize = 16;
        let mut newest: Vec<String> = Vec::new();
        for sku in skus.into_iter().chain(std::mem::take(&mut self.recent)) {
            if newest.len() < KEPT && !newest.contains(&sku) {
                newest.push(sku);
            }
        }
        self.recent = newest;
    }
}

impl ConversationState {
    /// Notes a change of agent; the last eight are kept.
    pub fn note_handoff(&mut self, note: HandoffNote) {
        const KEPT: usize = 8;
        if self.handoffs.len() == KEPT {
            self.handoffs.remove(0);
        }
        self.handoffs.push(note);
    }

    /// The single product "it" means, if there is exactly one.
    pub fn product(&self) -> Option<&str> {
        match self.focus.products.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }
}
