//! Messages as they are stored: what was said, by whom, and what a reply rests on.

use serde::{Deserialize, Serialize};

use super::act::ActKind;
use super::agent::{Agent, Intent, Provider};
use super::asks::Slot;
use super::fact::Formula;
use super::ids::Seq;
use super::money::Money;
use super::named::named_enum;
use super::record::{Field, RecordKind, RecordRef};
use super::sentiment::Sentiment;
use super::time::Moment;
use super::value::Value;

/// A stored message with its place in the session.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// Its sequence number.
    pub seq: Seq,
    /// What it is.
    pub body: Body,
}

/// What a stored message is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Body {
    /// From the customer.
    User(UserMessage),
    /// From an agent or a member of staff.
    Agent(Box<AgentMessage>),
    /// From the system: a handoff or a takeover.
    Notice(Notice),
}

/// What a customer wrote or tapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserMessage {
    /// The text; for a tap, the words on the button.
    pub text: String,
    /// The client's own name for it.
    pub client_id: Option<String>,
    /// The language the client says it is in.
    pub language: Option<String>,
    /// A tap rather than typed words.
    pub tap: Option<Tap>,
    /// When it was accepted.
    pub created_at: Moment,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tap {
    /// Yes or no to a proposed action.
    Confirm {
        /// The action asked about.
        action_id: String,
        /// The answer.
        yes: bool,
    },
    /// One of a reply's options.
    Choose {
        /// The reply that offered it.
        message: String,
        /// The option's identifier.
        option: String,
    },
}

/// A reply.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentMessage {
    /// The message answered; none for what staff say unasked.
    pub in_reply_to: Option<Seq>,
    /// Who speaks.
    pub agent: Agent,
    /// The words.
    pub text: String,
    /// What the message answered was about.
    pub intent: Option<Intent>,
    /// How sure that is, calibrated.
    pub confidence: Option<f32>,
    /// The mood of the message answered.
    pub sentiment: Option<Sentiment>,
    /// Who put it into words.
    pub provider: Provider,
    /// Records shown beside the text.
    pub cards: Vec<Card>,
    /// Chips below it.
    pub options: Vec<Choice>,
    /// An action that waits for a yes.
    pub pending_action: Option<PendingAction>,
    /// The records the evidence names.
    pub records: Vec<RecordRef>,
    /// What every claim rests on.
    pub evidence: Vec<Evidence>,
    /// What the reply does.
    pub acts: Vec<ActKind>,
    /// What it waits for.
    pub asks: Vec<Slot>,
    /// Number of a ticket opened with it.
    pub ticket: Option<String>,
    /// Whether a person was called.
    pub escalated: bool,
    /// From acceptance to the result's commit being handed to the store.
    pub latency_ms: u32,
    /// When it was made.
    pub created_at: Moment,
}

named_enum! {
    /// What a notice tells.
    NoticeKind {
        /// Another agent answers from here on.
        Handoff = "handoff",
        /// A person has taken over.
        Takeover = "takeover",
        /// The message above could not be answered.
        Failed = "failed",
    }
}

/// A line from the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What happened.
    pub kind: NoticeKind,
    /// Who spoke before.
    pub from: Option<Agent>,
    /// Who speaks now.
    pub to: Option<Agent>,
    /// Why, in words.
    pub reason: String,
    /// When.
    pub created_at: Moment,
}

/// A chip: a meaning that a tap chooses without any model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What the client sends back.
    pub id: String,
    /// The words on it, which are also what the tap says.
    pub label: String,
}

/// An action the customer is asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingAction {
    /// What `confirm` names.
    pub action_id: String,
    /// What will happen, in words.
    pub summary: String,
}

/// A record shown beside the text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Kind of the record: product, order, ticket or promotion.
    pub kind: RecordKind,
    /// Its identifier.
    pub reference: String,
    /// Heading.
    pub title: String,
    /// Price or total.
    pub money: Option<Money>,
    /// One word on where it stands.
    pub status: Option<String>,
    /// Picture.
    pub image: Option<String>,
    /// Further lines.
    pub fields: Vec<CardField>,
}

/// A line of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardField {
    /// What it is.
    pub label: String,
    /// What it says.
    pub value: String,
    /// Index into the reply's evidence.
    pub evidence: u16,
}

/// What one claim rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Where the value comes from.
    pub basis: Basis,
    /// Name of the field, for people: `price`, `specs.Memory`; empty where there is none.
    pub name: String,
    /// The value as it was.
    pub value: Value,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Basis {
    /// A field of one of the reply's records (by index).
    Record(u16, Field),
    /// Computed from other evidence (by index).
    Derived(Formula, Vec<u16>),
    /// The customer's own words.
    Said,
    /// The shop's configuration.
    Shop,
}
