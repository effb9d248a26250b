//! The seam: what a backend must be able to do.
//!
//! Writes are typed commands that a backend applies in order, many in one transaction; reads are by key
//! or by short range. Everything is asynchronous, because the next backend is another machine. One
//! conformance suite (`tests/it/store`) runs against every implementation.

use std::future::Future;
use std::pin::Pin;

use super::command::{Command, Waiting};
use super::error::StoreError;
use super::rows::{AnalyticsRow, AuditRow, LabelRow, SessionRow, TokenRow, TurnRecord};
use crate::domain::ids::{Seq, SessionId, SessionKey};
use crate::domain::message::Stored;
use crate::domain::record::{RecordKind, RecordRef, Version};
use crate::domain::state::ConversationState;
use crate::domain::time::Moment;

/// A read under way.
pub type Read<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A record's encoded payload with its version.
pub type Payload = (Version, Vec<u8>);

/// What compacting came to, in bytes of the data file; zeros where there is no file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Before.
    pub before: u64,
    /// After.
    pub after: u64,
}

/// Secondary indexes over records: from a compared form to identifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Index {
    /// Letters and digits of an order number to the order.
    OrderByNumber = 1,
    /// Digits alone of an order number to the order.
    OrderByDigits = 2,
    /// Customer to orders.
    OrderByCustomer = 3,
    /// Customer to tickets.
    TicketByCustomer = 4,
    /// E-mail address to customers.
    CustomerByEmail = 5,
    /// Letters and digits of a ticket number to the ticket.
    TicketByNumber = 6,
    /// Letters and digits of a promotion code to the promotion.
    PromotionByCode = 7,
    /// Letters and digits of a parcel's tracking number to the order.
    OrderByTracking = 8,
}

/// Where the shop's data lives.
pub trait Backend: Send + Sync + 'static {
    /// Hands a write over; its outcome arrives where the command says.
    ///
    /// # Errors
    /// [`StoreError::Closed`] once the backend has shut down.
    fn submit(&self, command: Command) -> Result<(), StoreError>;

    /// The session of a public name.
    fn session_by_id<'a>(&'a self, id: &'a SessionId) -> Read<'a, Option<(SessionKey, SessionRow)>>;
    /// The session of a key.
    fn session(&self, key: SessionKey) -> Read<'_, Option<SessionRow>>;
    /// Sessions of a customer, by scanning; for removal, not for turns.
    fn sessions_of<'a>(&'a self, customer: &'a str) -> Read<'a, Vec<SessionKey>>;
    /// Messages with `seq > after`, oldest first, at most `limit`.
    fn messages(&self, session: SessionKey, after: Seq, limit: usize) -> Read<'_, Vec<Stored>>;
    /// The newest `limit` messages up to and including `upto`, oldest first.
    fn history(&self, session: SessionKey, upto: Seq, limit: usize) -> Read<'_, Vec<Stored>>;
    /// The message a client called by this name.
    fn by_client_id<'a>(&'a self, session: SessionKey, client_id: &'a str) -> Read<'a, Option<Seq>>;
    /// The state of a session.
    fn state(&self, session: SessionKey) -> Read<'_, Option<ConversationState>>;
    /// Accepted messages without an answer, in the order they were accepted.
    fn inbox(&self) -> Read<'_, Vec<Waiting>>;
    /// The record of the turn that answered a message.
    fn turn(&self, session: SessionKey, seq: Seq) -> Read<'_, Option<TurnRecord>>;

    /// A record's newest version.
    fn record<'a>(&'a self, kind: RecordKind, id: &'a str) -> Read<'a, Option<Payload>>;
    /// Several records of a kind; those that are not there are left out.
    fn records<'a>(&'a self, kind: RecordKind, ids: &'a [String]) -> Read<'a, Vec<Payload>>;
    /// All records of a kind with identifiers above `after`, in order, at most `limit`.
    fn list<'a>(&'a self, kind: RecordKind, after: Option<&'a str>, limit: usize) -> Read<'a, Vec<(String, Payload)>>;
    /// How many records of a kind there are.
    fn count(&self, kind: RecordKind) -> Read<'_, u64>;
    /// A record at one version, also an old one that something still names.
    fn version<'a>(&'a self, record: &'a RecordRef) -> Read<'a, Option<Vec<u8>>>;
    /// Identifiers an index leads to from `key`, at most `limit`.
    fn index<'a>(&'a self, index: Index, key: &'a str, limit: usize) -> Read<'a, Vec<String>>;
    /// Keys of an index, for learning what they look like; at most `limit`.
    fn index_keys(&self, index: Index, limit: usize) -> Read<'_, Vec<String>>;

    /// All API tokens.
    fn tokens(&self) -> Read<'_, Vec<TokenRow>>;
    /// Labels, oldest first.
    fn labels(&self) -> Read<'_, Vec<LabelRow>>;
    /// Analytics rows of a span of time.
    fn analytics(&self, from: Moment, to: Moment) -> Read<'_, Vec<(Moment, AnalyticsRow)>>;
    /// The newest audit rows, newest first.
    fn audit(&self, limit: usize) -> Read<'_, Vec<AuditRow>>;
    /// A blob.
    fn blob<'a>(&'a self, name: &'a str) -> Read<'a, Option<Vec<u8>>>;
    /// Whether a write reached the disk lately, or none was tried.
    fn writable(&self) -> bool;
    /// Gives free space back to the disk, with the bytes of whatever was removed; reads go on meanwhile,
    /// writes wait. With `only_if_removed`, only when something was removed since the last time; `None`
    /// says that nothing was.
    fn compact(&self, only_if_removed: bool) -> Read<'_, Option<Compacted>>;
    /// Finishes waiting writes and closes.
    fn close(&self) -> Read<'_, ()>;
}
