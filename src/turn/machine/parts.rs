//! What goes into a turn and comes out of it: events, effects, the result.

use std::sync::Arc;

use crate::agents::lookup::Lookup;
use crate::agents::orchestrator::{Escalation, ModelView, Thresholds};
use crate::agents::proposal::Proposal;
use crate::domain::act::Act;
use crate::domain::agent::Agent;
use crate::domain::asks::Slot;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::heard::Heard;
use crate::domain::message::{Choice, Tap};
use crate::domain::product::Product;
use crate::domain::record::Version;
use crate::domain::sentiment::Sentiment;
use crate::domain::shop::Shop;
use crate::domain::state::{Action, ConversationState};
use crate::domain::ticket::Ticket;
use crate::domain::time::Moment;
use crate::store::command::{Proven, RecordWrite};
use crate::turn::handoff::Packet;
use crate::turn::lookups::Outcome;

/// What a turn begins with.
#[derive(Debug, Clone)]
pub struct Start {
    /// What the customer wrote.
    pub text: String,
    /// The button it is, if it is one.
    pub tap: Option<Tap>,
    /// Public name of the session.
    pub session: String,
    /// The conversation so far.
    pub state: ConversationState,
    /// The shop.
    pub shop: Arc<Shop>,
    /// When the orchestrator asks rather than routes.
    pub thresholds: Thresholds,
    /// Most changes of agent within the turn.
    pub max_handoffs: usize,
    /// Now.
    pub now: Moment,
}

/// What the driver reports.
#[derive(Debug)]
pub enum Event {
    /// Begin.
    Begin,
    /// The message was sensed.
    Sensed(Box<Sensed>),
    /// A model looked at it, or there is none.
    Classified(Option<ModelView>),
    /// A capable model was asked, or there is none; what it said has been checked.
    Proposed(Option<Box<Proposal>>),
    /// Look-ups came back, in the order asked.
    Found(Vec<Outcome>),
    /// A ticket number was taken.
    Numbered(String),
}

/// What sensing finds.
#[derive(Debug)]
pub struct Sensed {
    /// Mood and urgency.
    pub sentiment: Sentiment,
    /// Names and numbers of the shop.
    pub heard: Heard,
    /// The products on the table.
    pub shown: Vec<Arc<Product>>,
}

/// What the driver is to do next.
#[derive(Debug)]
pub enum Effect {
    /// Sense the message.
    Sense,
    /// Let a model look at it, if there is one.
    Classify,
    /// Ask a capable model what is wanted, if there is one.
    Propose,
    /// Make look-ups for an agent.
    LookUp(Agent, Vec<Lookup>),
    /// Take a ticket number.
    Number,
    /// Put the acts into words, check them, and store everything.
    Finish,
}

/// What the turn has come to.
#[derive(Debug)]
pub struct TurnResult {
    /// Facts of the turn.
    pub book: FactBook,
    /// Acts, in order.
    pub acts: Vec<Act>,
    /// Records shown.
    pub cards: Vec<RecordId>,
    /// Chips.
    pub options: Vec<Choice>,
    /// What the reply waits for.
    pub asks: Vec<Slot>,
    /// An action that waits for a yes.
    pub proposes: Option<Action>,
    /// The state after the turn.
    pub state: ConversationState,
    /// Agents that took part.
    pub path: Vec<Agent>,
    /// Changes of agent within the turn, and from the last turn's to this one's.
    pub handoffs: Vec<(Agent, Agent, String)>,
    /// Packets that went with them.
    pub packets: Vec<Packet>,
    /// Names of look-ups made.
    pub lookups: Vec<String>,
    /// Records to write.
    pub writes: Vec<RecordWrite>,
    /// Tickets among them.
    pub tickets: Vec<Ticket>,
    /// Numbers of tickets that were there already and are added to, with their new version.
    pub amended: Vec<(String, Version)>,
    /// Why a person was called, if one was.
    pub escalation: Option<Escalation>,
    /// A good proof of identity, to be stored with the result.
    pub proven: Option<Proven>,
    /// Whether identity was tried and not shown: the answer is held back a fixed time.
    pub identity_failed: bool,
    /// Something known was asked for again.
    pub reasked: bool,
}

impl TurnResult {
    /// A turn that has come to nothing yet.
    pub(super) fn new(book: FactBook, state: ConversationState) -> Self {
        Self {
            book,
            acts: Vec::new(),
            cards: Vec::new(),
            options: Vec::new(),
            asks: Vec::new(),
            proposes: None,
            state,
            path: Vec::new(),
            handoffs: Vec::new(),
            packets: Vec::new(),
            lookups: Vec::new(),
            writes: Vec::new(),
            tickets: Vec::new(),
            amended: Vec::new(),
            escalation: None,
            proven: None,
            identity_failed: false,
            reasked: false,
        }
    }
}
