//! The store: everything the shop remembers, behind an asynchronous, batch-friendly seam.
//!
//! [`Store`] is what the rest of the program holds: typed records, a small cache of decoded ones, and
//! writes that return once they are on disk. What lies below is a [`backend::Backend`].

pub mod backend;
mod cache;
pub mod codec;
pub mod command;
pub mod embedded;
mod error;
mod grown;
mod index_keys;
mod pack;
pub mod record;
pub mod rows;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::oneshot;

pub use backend::{Backend, Index};
pub use error::StoreError;
pub use record::ShopRecord;

use crate::domain::ids::{Seq, SessionId, SessionKey};
use crate::domain::message::Stored;
use crate::domain::record::{Record, RecordKind, RecordRef, Version};
use crate::domain::spend::Spend;
use crate::domain::state::ConversationState;
use crate::domain::text::fold::bare;
use crate::domain::time::Moment;
use crate::telemetry;
use cache::Caches;
use command::{
    Accept, Accepted, Attempt, AttemptVerdict, Command, Expire, Expired, Fence, Fenced, Forget, Forgotten, OpenSession, Opened, PutOutcome,
    PutRecords, Reply, Settle, Settled, Waiting,
};
use rows::{AnalyticsRow, AuditRow, LabelRow, SessionRow, TokenRow, TurnRecord};

/// Name of the blob that holds what the newest day's remote model has cost.
pub const SPENT_BLOB: &str = "remote-spent";

/// Name of the blob that holds the text of the policy for actions, where the shop has one of its own.
pub const ACTIONS_BLOB: &str = "actions-policy";

/// Name of the blob that counts at how many starts each waiting message was found, by its ticket in the inbox.
const STARTS_BLOB: &str = "starts";

/// The shop's memory.
#[derive(Clone)]
pub struct Store {
    backend: Arc<dyn Backend>,
    caches: Arc<Caches>,
}

impl Store {
    /// Opens the embedded store in `folder`.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let embedded = embedded::Embedded::open(folder, embedded::EmbeddedOptions::default())?;
        Ok(Self::on(Arc::new(embedded)))
    }

    /// Whether a folder holds a store.
    pub fn exists(folder: &Path) -> bool {
        folder.join(embedded::FILE).exists()
    }

    /// A store on any backend.
    pub fn on(backend: Arc<dyn Backend>) -> Self {
        Self { backend, caches: Arc::new(Caches::default()) }
    }

    /// The backend itself, for what has no typed form.
    pub fn backend(&self) -> &dyn Backend {
        &*self.backend
    }

    /// Hands a write over and waits until it is on disk, which is timed under the operation's name.
    async fn write<T>(&self, operation: &'static str, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, StoreError> {
        let begun = Instant::now();
        let (reply, outcome) = oneshot::channel();
        self.backend.submit(command(reply))?;
        let outcome = outcome.await.map_err(|_| StoreError::Closed)?;
        telemetry::store(operation, begun.elapsed());
        outcome
    }

    // Sessions and messages.

    /// Opens a session; returns once it is on disk.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open_session(&self, open: OpenSession) -> Result<Opened, StoreError> {
        self.write("open_session", |reply| Command::OpenSession(open, reply)).await
    }

    /// Accepts a message; returns once it is on disk.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn accept(&self, accept: Accept) -> Result<Accepted, StoreError> {
        self.write("accept", |reply| Command::Accept(Box::new(accept), reply)).await
    }

    /// Ends a turn; returns once its result is on disk.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn settle(&self, settle: Settle, state: Option<ConversationState>) -> Result<Settled, StoreError> {
        let session = settle.session;
        let touched: Vec<(RecordKind, String)> = settle.records.iter().map(|w| (w.kind, w.id.clone())).collect();
        let outcome = self.write("settle", |reply| Command::Settle(Box::new(settle), reply)).await?;
        self.caches.records.forget(&touched);
        match (&outcome, state) {
            (Settled::Done(_), Some(state)) => self.caches.states.insert(session, Arc::new(state)),
            _ => self.caches.states.remove(session),
        }
        Ok(outcome)
    }

    /// Takes a session out of the hands of every turn that is under way or waits; `None` when there is no
    /// such session. Returns once it is on disk: no automatic message is stored after that.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn fence(&self, session: SessionKey) -> Result<Option<Fenced>, StoreError> {
        self.write("fence", |reply| Command::Fence(Fence { session }, reply)).await
    }

    /// The session of a public name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn session_by_id(&self, id: &SessionId) -> Result<Option<(SessionKey, SessionRow)>, StoreError> {
        self.backend.session_by_id(id).await
    }

    /// The session of a key.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn session(&self, key: SessionKey) -> Result<Option<SessionRow>, StoreError> {
        self.backend.session(key).await
    }

    /// Messages with `seq > after`, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn messages(&self, session: SessionKey, after: Seq, limit: usize) -> Result<Vec<Stored>, StoreError> {
        self.backend.messages(session, after, limit).await
    }

    /// The newest `limit` messages up to and including `upto`, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn history(&self, session: SessionKey, upto: Seq, limit: usize) -> Result<Vec<Stored>, StoreError> {
        self.backend.history(session, upto, limit).await
    }

    /// The message at `seq`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn message(&self, session: SessionKey, seq: Seq) -> Result<Option<Stored>, StoreError> {
        let found = self.backend.messages(session, seq.saturating_sub(1), 1).await?;
        Ok(found.into_iter().find(|stored| stored.seq == seq))
    }

    /// The state of a session; a fresh one where there is none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn state(&self, session: SessionKey) -> Result<Arc<ConversationState>, StoreError> {
        if let Some(state) = self.caches.states.get(session) {
            return Ok(state);
        }
        let state = Arc::new(self.backend.state(session).await?.unwrap_or_default());
        self.caches.states.insert(session, Arc::clone(&state));
        Ok(state)
    }

    /// Accepted messages without an answer, in the order they were accepted.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn inbox(&self) -> Result<Vec<Waiting>, StoreError> {
        self.backend.inbox().await
    }

    /// The record of the turn that answered a message.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn turn(&self, session: SessionKey, seq: Seq) -> Result<Option<TurnRecord>, StoreError> {
        self.backend.turn(session, seq).await
    }

    // Records of the shop.

    /// A record with its version.
    ///
    /// # Errors
    /// When the store fails or the record cannot be read.
    pub async fn get<T: ShopRecord>(&self, id: &str) -> Result<Option<(Version, Arc<T>)>, StoreError> {
        if let Some((version, record)) = self.caches.records.get(T::KIND, id) {
            return Ok(T::from_record(record).map(|record| (version, record)));
        }
        let seen = self.caches.records.generation();
        let Some((version, payload)) = self.backend.record(T::KIND, id).await? else { return Ok(None) };
        let record: Arc<T> = Arc::new(codec::decode(&payload)?);
        self.caches.records.insert(seen, version, T::into_record(Arc::clone(&record)));
        Ok(Some((version, record)))
    }

    /// All records of a kind, in order of identifier, a page at a time through `each`.
    ///
    /// # Errors
    /// When the store fails or a record cannot be read.
    pub async fn for_each<T: ShopRecord>(&self, mut each: impl FnMut(Version, T)) -> Result<(), StoreError> {
        const PAGE: usize = 1_000;
        let mut after: Option<String> = None;
        loop {
            let page = self.backend.list(T::KIND, after.as_deref(), PAGE).await?;
            let full = page.len() == PAGE;
            for (id, (version, payload)) in page {
                each(version, codec::decode(&payload)?);
                after = Some(id);
            }
            if !full {
                return Ok(());
            }
        }
    }

    /// How many records of a kind there are.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn count(&self, kind: RecordKind) -> Result<u64, StoreError> {
        self.backend.count(kind).await
    }

    /// A record as it was at one version.
    ///
    /// # Errors
    /// When the store fails or the record cannot be read.
    pub async fn version(&self, reference: &RecordRef) -> Result<Option<Record>, StoreError> {
        let payload = self.backend.version(reference).await?;
        payload.map(|payload| record::decode_any(reference.kind, &payload)).transpose()
    }

    /// Identifiers an index leads to; number indexes compare letters and digits only.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn find(&self, index: Index, key: &str, limit: usize) -> Result<Vec<String>, StoreError> {
        let key = match index {
            Index::OrderByNumber | Index::TicketByNumber | Index::PromotionByCode | Index::OrderByTracking => bare(key),
            Index::OrderByDigits => index_keys::digits(key),
            Index::CustomerByEmail => crate::domain::text::fold::fold(key.trim()),
            Index::OrderByCustomer | Index::TicketByCustomer => key.to_owned(),
        };
        self.backend.index(index, &key, limit).await
    }

    /// Whether a write would change its record: `None` when there is none yet.
    ///
    /// # Errors
    /// When the store fails or a record cannot be read.
    pub async fn differs(&self, write: &command::RecordWrite) -> Result<Option<bool>, StoreError> {
        let Some((_, old)) = self.backend.record(write.kind, &write.id).await? else { return Ok(None) };
        match &write.payload {
            None => Ok(Some(true)),
            Some(new) if *new == old => Ok(Some(false)),
            Some(new) => index_keys::same_but_for_time(write.kind, &old, new).map(|same| Some(!same)),
        }
    }

    /// Writes records, all or none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put(&self, put: PutRecords) -> Result<PutOutcome, StoreError> {
        let touched: Vec<(RecordKind, String)> = put.writes.iter().map(|w| (w.kind, w.id.clone())).collect();
        let outcome = self.write("put_records", |reply| Command::PutRecords(put, reply)).await?;
        self.caches.records.forget(&touched);
        Ok(outcome)
    }

    // Identity, tokens, labels, upkeep.

    /// Counts an attempt to show whose an order is.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn attempt(&self, attempt: Attempt) -> Result<AttemptVerdict, StoreError> {
        self.write("attempt", |reply| Command::Attempt(attempt, reply)).await
    }

    /// Writes an API token.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put_token(&self, token: TokenRow) -> Result<(), StoreError> {
        self.write("put_token", |reply| Command::PutToken(token, reply)).await
    }

    /// Writes a label.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put_label(&self, label: LabelRow) -> Result<(), StoreError> {
        self.write("put_label", |reply| Command::PutLabel(label, reply)).await
    }

    /// Writes a blob.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put_blob(&self, name: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.write("put_blob", |reply| Command::PutBlob(name.to_owned(), bytes, reply)).await
    }

    /// A blob.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn blob(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.backend.blob(name).await
    }

    /// What the remote model has cost on the newest day it was used.
    ///
    /// # Errors
    /// When the store fails or the row cannot be read.
    pub async fn spent(&self) -> Result<Option<Spend>, StoreError> {
        self.blob(SPENT_BLOB).await?.map(|bytes| codec::decode(&bytes)).transpose()
    }

    /// Adds to what a day has cost, outside of any turn: only while no turn ends.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn add_spent(&self, spent: Spend) -> Result<(), StoreError> {
        let total = self.spent().await?.map_or(spent, |before| before.with(spent));
        self.put_blob(SPENT_BLOB, codec::encode(&total)).await
    }

    /// At how many starts each message that waits was found, by its ticket in the inbox.
    ///
    /// # Errors
    /// When the store fails or the row cannot be read.
    pub async fn starts(&self) -> Result<BTreeMap<u64, u32>, StoreError> {
        Ok(self.blob(STARTS_BLOB).await?.map(|bytes| codec::decode(&bytes)).transpose()?.unwrap_or_default())
    }

    /// Keeps at how many starts each message that waits was found.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put_starts(&self, starts: &BTreeMap<u64, u32>) -> Result<(), StoreError> {
        self.put_blob(STARTS_BLOB, codec::encode(starts)).await
    }

    /// Analytics rows of a span of time.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn analytics(&self, from: Moment, to: Moment) -> Result<Vec<(Moment, AnalyticsRow)>, StoreError> {
        self.backend.analytics(from, to).await
    }

    /// The newest audit rows, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn audit(&self, limit: usize) -> Result<Vec<AuditRow>, StoreError> {
        self.backend.audit(limit).await
    }

    /// Removes what has outlived its time.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn expire(&self, expire: Expire) -> Result<Expired, StoreError> {
        let outcome = self.write("expire", |reply| Command::Expire(expire, reply)).await?;
        self.caches.states.clear();
        Ok(outcome)
    }

    /// Removes a person.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn forget(&self, forget: Forget) -> Result<Forgotten, StoreError> {
        let outcome = self.write("forget", |reply| Command::Forget(forget, reply)).await?;
        self.caches.clear();
        Ok(outcome)
    }

    /// Finishes waiting writes and closes the store.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.backend.close().await
    }
}
