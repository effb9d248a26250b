//! Events that leave the process, before any transport gives them its form.

use std::sync::Arc;

use super::agent::Agent;
use super::error::Rejected;
use super::ids::{MessageId, Seq, SessionId, SessionKey};
use super::message::Stored;
use super::named::named_enum;

named_enum! {
    /// What an agent is doing, for the "typing" line.
    Stage {
        /// Reading the message.
        Understanding = "understanding",
        /// Reading the records.
        LookingUp = "looking_up",
        /// Putting the answer into words.
        Writing = "writing",
    }
}

named_enum! {
    /// Why provisional text is taken back.
    CancelReason {
        /// The turn is done again after a restart.
        Restarted = "restarted",
        /// A person took the chat over.
        TakenOver = "taken_over",
        /// The customer called it off, or nobody is left to read it.
        Cancelled = "cancelled",
        /// The turn ended without this text.
        Replaced = "replaced",
    }
}

/// What subscribers of a session receive.
#[derive(Debug, Clone)]
pub enum ServerEvent {
    /// An agent is busy.
    Typing {
        /// Who.
        agent: Agent,
        /// With what.
        stage: Stage,
    },
    /// A verified sentence, before its commit.
    Delta {
        /// The reply it will be part of.
        message: MessageId,
        /// Its place in the reply, from 0.
        index: u32,
        /// The sentence, with the space that follows it.
        text: String,
        /// The session's epoch when it was made; stale ones are dropped.
        epoch: u32,
    },
    /// Provisional text is taken back.
    Cancel {
        /// The reply it would have been part of.
        message: MessageId,
        /// Why.
        reason: CancelReason,
    },
    /// A stored message of an agent, a member of staff or the system.
    Message(Arc<Stored>),
    /// A stored message of the customer, for those who did not send it.
    Said {
        /// The message.
        stored: Arc<Stored>,
        /// The connection it came from.
        origin: u64,
    },
    /// A message could not be answered.
    Failed {
        /// The message.
        message: MessageId,
        /// The client's own name for it.
        client_id: Option<String>,
        /// What the client is told.
        error: Rejected,
    },
}

/// A session as its holder gets to know it.
#[derive(Debug, Clone)]
pub struct SessionGrant {
    /// Its public name.
    pub id: SessionId,
    /// Its name in the store.
    pub key: SessionKey,
    /// The secret; `None` where the holder already has it.
    pub token: Option<String>,
    /// Sequence number of the newest stored message.
    pub last_seq: Seq,
}
