//! Writes: typed commands, each with its preconditions, each all or nothing.
//!
//! Commands of many sessions share one transaction and one sync to disk. A command checks everything it
//! depends on before it changes anything, so a refused one leaves no trace and harms no other. Bytes are
//! encoded by the caller: the one writer only looks up, compares and stores.

use std::time::Duration;

use tokio::sync::oneshot;

use super::codec;
use super::error::StoreError;
use super::rows::{AnalyticsRow, AuditRow, InboxRow, LabelRow, SessionRow, TokenRow};
use crate::domain::ids::{Seq, SessionId, SessionKey};
use crate::domain::message::Body;
use crate::domain::record::{RecordKind, RecordRef, Version};
use crate::domain::spend::Spend;
use crate::domain::state::ConversationState;
use crate::domain::time::Moment;

/// Where the outcome of a command goes, once the transaction is on disk.
pub type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// A write.
pub enum Command {
    /// Opens a session.
    OpenSession(OpenSession, Reply<Opened>),
    /// Accepts a customer's message.
    Accept(Box<Accept>, Reply<Accepted>),
    /// Takes a session out of the automatic turns' hands.
    Fence(Fence, Reply<Option<Fenced>>),
    /// Ends a turn.
    Settle(Box<Settle>, Reply<Settled>),
    /// Writes records of the shop.
    PutRecords(PutRecords, Reply<PutOutcome>),
    /// Counts an attempt to show whose an order is.
    Attempt(Attempt, Reply<AttemptVerdict>),
    /// Writes, replaces or takes back an API token.
    PutToken(TokenRow, Reply<()>),
    /// Writes a label.
    PutLabel(LabelRow, Reply<()>),
    /// Writes a blob: an index, a key.
    PutBlob(String, Vec<u8>, Reply<()>),
    /// Removes what has outlived its time.
    Expire(Expire, Reply<Expired>),
    /// Removes a person.
    Forget(Forget, Reply<Forgotten>),
}

/// Opens a session.
pub struct OpenSession {
    /// Its public name.
    pub id: SessionId,
    /// Where its rows go, unless taken.
    pub key: SessionKey,
    /// SHA-256 of its token.
    pub token_hash: [u8; 32],
    /// Now.
    pub at: Moment,
    /// A session of that name that is still alive is continued, where this is set (`ask --session`).
    pub or_continue: Option<Duration>,
}

/// A session that is open.
pub struct Opened {
    /// Its row.
    pub row: SessionRow,
    /// Its key.
    pub key: SessionKey,
    /// Whether it was there before.
    pub continued: bool,
}

/// Accepts a customer's message.
pub struct Accept {
    /// The session.
    pub session: SessionKey,
    /// The message, encoded.
    pub body: Vec<u8>,
    /// The client's own name for the message.
    pub client_id: Option<String>,
    /// Hash of the text, for messages without one.
    pub text_hash: u64,
    /// Now.
    pub at: Moment,
    /// Class in the queue.
    pub class: u8,
    /// The rules it is taken by.
    pub rules: AcceptRules,
}

/// The rules a message is taken by; from the configuration.
#[derive(Debug, Clone, Copy)]
pub struct AcceptRules {
    /// How long a session lives after its last message.
    pub ttl: Duration,
    /// How long the same text counts as the same message.
    pub duplicate_window: Duration,
    /// How many messages may wait in one session.
    pub waiting: u16,
}

/// What became of a message.
#[derive(Debug)]
pub enum Accepted {
    /// Stored; it will be answered.
    New {
        /// Its sequence number.
        seq: Seq,
        /// Its ticket in the inbox.
        inbox: u64,
        /// The session's epoch.
        epoch: u32,
    },
    /// Stored before.
    Duplicate {
        /// Sequence number of the first.
        seq: Seq,
    },
    /// There is no such session.
    NoSession,
    /// The session has ended.
    Expired,
    /// Too many of the session's messages wait already.
    TooManyWaiting,
}

/// Takes a session out of the hands of every turn that is under way or waits.
#[derive(Debug, Clone, Copy)]
pub struct Fence {
    /// The session.
    pub session: SessionKey,
}

/// A session that was fenced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fenced {
    /// Its epoch from now on.
    pub epoch: u32,
    /// Its newest message: what is appended after it comes from a person, or from turns that began later.
    pub last_seq: Seq,
    /// Accepted messages that will get no automatic answer.
    pub waiting: u16,
}

/// The result of a turn.
pub struct Settle {
    /// The session.
    pub session: SessionKey,
    /// The message answered.
    pub in_reply_to: Seq,
    /// Its ticket in the inbox.
    pub inbox: u64,
    /// The epoch the turn began in.
    pub epoch: u32,
    /// Now.
    pub at: Moment,
    /// Messages to append, encoded, in order.
    pub bodies: Vec<Vec<u8>>,
    /// The state after the turn, encoded.
    pub state: Option<Vec<u8>>,
    /// The customer the session now belongs to.
    pub customer: Option<String>,
    /// Records written by the turn.
    pub records: Vec<RecordWrite>,
    /// Versions the reply rests on.
    pub cited: Vec<RecordRef>,
    /// Successful proof of identity: the failures for this target and address are forgiven.
    pub proven: Option<Proven>,
    /// Audit rows.
    pub audit: Vec<AuditRow>,
    /// The turn record, encoded.
    pub turn: Option<Vec<u8>>,
    /// The analytics row.
    pub analytics: Option<AnalyticsRow>,
    /// What was spent on a remote model since the last result, to be added to its day.
    pub spent: Option<Spend>,
}

/// What became of a result.
#[derive(Debug, PartialEq, Eq)]
pub enum Settled {
    /// Stored, with the sequence numbers of its messages.
    Done(Vec<Seq>),
    /// A person has taken the session over since the turn began.
    Fenced,
    /// The message was answered before.
    AlreadyAnswered,
    /// A record changed under the turn.
    Conflict,
}

/// One record to write.
#[derive(Debug, Clone)]
pub struct RecordWrite {
    /// Its kind.
    pub kind: RecordKind,
    /// Its identifier.
    pub id: String,
    /// The record, encoded; `None` removes it.
    pub payload: Option<Vec<u8>>,
    /// What it must be before.
    pub guard: Guard,
}

/// What a record must be before it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Anything.
    Any,
    /// Not there.
    Absent,
    /// At this version.
    At(Version),
}

/// Writes records of the shop.
pub struct PutRecords {
    /// The records.
    pub writes: Vec<RecordWrite>,
    /// Blobs that go with them, such as the search index over them.
    pub blobs: Vec<(String, Vec<u8>)>,
    /// Why.
    pub audit: Vec<AuditRow>,
}

/// What became of the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PutOutcome {
    /// Records that were not there before.
    pub new: u32,
    /// Records that differ from what was there.
    pub changed: u32,
    /// Records equal to what was there.
    pub unchanged: u32,
    /// Records whose guard did not hold; if any, nothing was written.
    pub refused: u32,
}

/// An attempt to show whose an order is.
pub struct Attempt {
    /// The order or customer named, in compared form.
    pub target: String,
    /// Where the attempt comes from.
    pub address: String,
    /// Now.
    pub at: Moment,
    /// The rules.
    pub rules: AttemptRules,
}

/// How many attempts are too many.
#[derive(Debug, Clone, Copy)]
pub struct AttemptRules {
    /// Failures of one address at one target before it is locked out of it.
    pub per_address: u16,
    /// For how long.
    pub lock: Duration,
    /// Failures at one target in a day, from anywhere, before only a person can help.
    pub per_day: u16,
}

/// Whether an attempt may be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptVerdict {
    /// It may. It has been counted as a failure until a result forgives it.
    Counted,
    /// It may not.
    Locked,
}

/// A successful proof of identity.
#[derive(Debug, Clone)]
pub struct Proven {
    /// The target.
    pub target: String,
    /// The address.
    pub address: String,
    /// When the attempt was counted.
    pub at: Moment,
}

/// What has outlived its time.
pub struct Expire {
    /// Now.
    pub now: Moment,
    /// Sessions whose last message is older go with all that belongs to them.
    pub sessions_before: Moment,
    /// Turn records older than this go.
    pub turns_before: Moment,
    /// At most this many sessions at once, so that turns wait no longer than a moment.
    pub limit: usize,
}

/// What was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Expired {
    /// Sessions.
    pub sessions: u32,
    /// Turn records.
    pub turns: u32,
    /// Old versions of records that nothing names any more.
    pub versions: u32,
    /// Whether there may be more.
    pub more: bool,
}

/// Whom to forget.
pub struct Forget {
    /// The sessions.
    pub sessions: Vec<SessionKey>,
    /// Records to rewrite or remove with them.
    pub writes: Vec<RecordWrite>,
    /// What stays in the audit trail.
    pub audit: AuditRow,
}

/// What was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Forgotten {
    /// Sessions.
    pub sessions: u32,
    /// Messages.
    pub messages: u32,
    /// Conversation states.
    pub states: u32,
    /// Turn records.
    pub turns: u32,
    /// Labels.
    pub labels: u32,
    /// Analytics rows that named the person.
    pub analytics: u32,
    /// Audit rows that named the person.
    pub audit: u32,
    /// Old versions of records that held the person's data.
    pub versions: u32,
}

impl Settle {
    /// Encodes a message for [`Settle::bodies`].
    pub fn body(body: &Body) -> Vec<u8> {
        codec::encode(body)
    }

    /// Encodes a state for [`Settle::state`].
    pub fn state(state: &ConversationState) -> Vec<u8> {
        codec::encode(state)
    }
}

/// A message that waits in the inbox, with its ticket.
pub type Waiting = (u64, InboxRow);
