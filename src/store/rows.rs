//! Rows that are not records of the shop: sessions, the inbox, turns, audit, analytics, tokens.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::codec::{Row, plain_row};
use super::error::StoreError;
use crate::domain::act::ActKind;
use crate::domain::agent::{Agent, Decider, Intent, Provider};
use crate::domain::goal::Goal;
use crate::domain::ids::{Seq, SessionId, SessionKey};
use crate::domain::message::Body;
use crate::domain::record::RecordRef;
use crate::domain::sentiment::Mood;
use crate::domain::state::ConversationState;
use crate::domain::time::Moment;

/// A session, apart from its messages and its state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionRow {
    /// Its public name.
    pub id: SessionId,
    /// SHA-256 of its token.
    pub token_hash: [u8; 32],
    /// When it was opened.
    pub opened_at: Moment,
    /// Last message in either direction.
    pub last_at: Moment,
    /// Sequence number of the newest message.
    pub last_seq: Seq,
    /// Goes up when a person takes over; automatic messages made before are refused.
    pub epoch: u32,
    /// Accepted messages without an answer.
    pub waiting: u16,
    /// The newest message of the customer, to recognise the same one sent twice without an id.
    pub last_user: Option<LastUser>,
    /// The customer it was shown to belong to.
    pub customer: Option<String>,
    /// Whether it was ended.
    pub closed: bool,
}

/// What is needed to recognise a repeated message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastUser {
    /// Its sequence number.
    pub seq: Seq,
    /// Hash of its text.
    pub text_hash: u64,
    /// When it was accepted.
    pub at: Moment,
}

/// An accepted message without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxRow {
    /// Its session.
    pub session: SessionKey,
    /// Its sequence number.
    pub seq: Seq,
    /// Its class in the queue.
    pub class: u8,
    /// When it was accepted.
    pub accepted_at: Moment,
}

/// What happened in one turn: enough to show why, and to build its prompts again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnRecord {
    /// The message answered.
    pub in_reply_to: Seq,
    /// When the turn ended.
    pub at: Moment,
    /// Agents that took part, in order.
    pub path: Vec<Agent>,
    /// What the message was taken to be about.
    pub intent: Intent,
    /// How sure, calibrated.
    pub confidence: f32,
    /// Who decided that.
    pub decider: Decider,
    /// What it was taken to be for.
    pub goal: Option<Goal>,
    /// Why, in a few words of our own.
    pub reasoning: String,
    /// Look-ups made, by name.
    pub lookups: Vec<String>,
    /// Records read, by the version they had.
    pub records: Vec<RecordRef>,
    /// What was said.
    pub acts: Vec<ActKind>,
    /// Who put it into words.
    pub provider: Provider,
    /// Which model, where there was one.
    pub model: Option<String>,
    /// Seed of a local model's sampling.
    pub seed: Option<u64>,
    /// Drafts of a model, also those that failed the check.
    pub drafts: Vec<Draft>,
    /// From acceptance to the end of the turn.
    pub latency_ms: u32,
    /// Time spent waiting for a worker.
    pub waited_ms: u32,
}

/// Text a model proposed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The model.
    pub model: String,
    /// What it wrote.
    pub text: String,
    /// Sentences of it that nothing supports.
    pub unsupported: Vec<String>,
}

/// One change of the shop's records, or one act towards a customer that must be explainable later.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditRow {
    /// When.
    pub at: Moment,
    /// Who: `agent:support`, `staff:name`, `import`, `task`.
    pub actor: String,
    /// What: `ticket.open`, `import.products`, `session.forget`.
    pub action: String,
    /// The session it happened in.
    pub session: Option<SessionKey>,
    /// The record it changed.
    pub record: Option<RecordRef>,
    /// Anything else worth knowing; no message text.
    pub note: String,
}

/// One turn as analytics counts it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnalyticsRow {
    /// The session.
    pub session: SessionKey,
    /// The message answered.
    pub seq: Seq,
    /// Who answered.
    pub agent: Agent,
    /// What it was about.
    pub intent: Intent,
    /// How sure, in per cent.
    pub confidence: u8,
    /// Who decided.
    pub decider: Decider,
    /// Who put it into words.
    pub provider: Provider,
    /// The mood of the message.
    pub mood: Mood,
    /// From acceptance to the end of the turn.
    pub latency_ms: u32,
    /// Changes of agent in this turn, as `(from, to)`.
    pub handoffs: Vec<(Agent, Agent)>,
    /// Whether a person was called.
    pub escalated: bool,
    /// The customer, when known: the same one coming back with the same topic was not helped.
    pub customer: Option<String>,
    /// Something known was asked again (it must not be).
    pub reasked: bool,
}

/// A label a customer or member of staff gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelRow {
    /// The session.
    pub session: SessionKey,
    /// The message it is about.
    pub seq: Seq,
    /// When.
    pub at: Moment,
    /// What it says.
    pub label: Label,
}

/// What a label says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Label {
    /// The customer tapped the meaning of an unclear message.
    Intent(Intent),
    /// The customer's judgement of a reply.
    Feedback {
        /// Thumb up rather than down.
        up: bool,
        /// Their words.
        text: Option<String>,
    },
}

/// An API token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRow {
    /// Its public identifier.
    pub id: String,
    /// What the shopkeeper calls it.
    pub name: String,
    /// What it allows: `read`, `admin` or `inference`.
    pub scope: String,
    /// SHA-256 of the secret.
    pub hash: [u8; 32],
    /// When it was made.
    pub created_at: Moment,
    /// When it ends.
    pub expires_at: Moment,
    /// When it was taken back.
    pub revoked_at: Option<Moment>,
}

/// Failed attempts to show whose an order is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptRow {
    /// Failures, oldest first; those older than a day are dropped at the next attempt.
    pub failures: Vec<Moment>,
}

/// Rows of text: packed since version 2.
macro_rules! packed_rows {
    ($($type:ty => $name:literal),+ $(,)?) => { $(
        impl Row for $type {
            const NAME: &'static str = $name;
            const VERSION: u8 = 2;
            const PACKED: bool = true;

            fn decode_old(version: u8, bytes: &[u8]) -> Result<Self, StoreError> {
                match version {
                    1 => plain_row(bytes),
                    found => Err(StoreError::NewerEncoding { what: Self::NAME, found, known: Self::VERSION }),
                }
            }
        }
    )+ };
}

packed_rows! {
    Body => "message",
    TurnRecord => "turn record",
}

macro_rules! rows {
    ($($type:ty => $name:literal),+ $(,)?) => { $(impl Row for $type { const NAME: &'static str = $name; })+ };
}

impl Row for ConversationState {
    const NAME: &'static str = "conversation state";
    const VERSION: u8 = 4;

    /// What a conversation leant on before this version is not taken over: it goes on as after a long
    /// pause, with all its messages.
    fn decode_old(version: u8, _: &[u8]) -> Result<Self, StoreError> {
        match version {
            1..=3 => Ok(Self::default()),
            found => Err(StoreError::NewerEncoding { what: Self::NAME, found, known: Self::VERSION }),
        }
    }
}

rows! {
    SessionRow => "session",
    InboxRow => "waiting message",
    AuditRow => "audit row",
    AnalyticsRow => "analytics row",
    LabelRow => "label",
    TokenRow => "API token",
    AttemptRow => "attempt row",
    crate::domain::spend::Spend => "day's spending",
    BTreeMap<u64, u32> => "count of starts",
    crate::domain::promotion::Promotion => "promotion",
    crate::domain::ticket::Ticket => "ticket",
    crate::domain::knowledge::Knowledge => "knowledge entry",
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::UserMessage;
    use crate::store::codec::{decode, encode};

    #[test]
    fn messages_written_before_they_were_packed_are_read() {
        let message = |text: &str| {
            Body::User(UserMessage { text: text.to_owned(), client_id: None, language: None, tap: None, created_at: Moment(7) })
        };
        for body in [message("hello"), message(&"is it in stock? ".repeat(30))] {
            let old = [vec![1], postcard::to_stdvec(&body).unwrap()].concat();
            assert_eq!(decode::<Body>(&old).unwrap(), body);
            let new = encode(&body);
            assert!(new.len() <= old.len() + 1);
            assert_eq!(decode::<Body>(&new).unwrap(), body);
        }
        assert!(matches!(decode::<Body>(&[3, 0]), Err(StoreError::NewerEncoding { found: 3, known: 2, .. })));
    }
}
