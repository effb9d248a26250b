//! The tables of the embedded store and their keys.

use redb::{ReadableTable, Table, TableDefinition, WriteTransaction};

use crate::domain::record::RecordKind;
use crate::store::error::StoreError;

/// Version of the file's layout; raised when a table changes its key or meaning.
pub const FORMAT: u64 = 1;
/// Key of [`FORMAT`] in [`META`].
pub const FORMAT_KEY: &str = "format";

/// Key in [`META`] of how many rows were removed since the file was last written anew: free pages may still
/// hold their bytes.
pub const REMOVED_KEY: &str = "removed";

/// Plain numbers about the file itself.
pub const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
/// Session key to session.
pub const SESSIONS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("sessions");
/// Public name to session key.
pub const SESSION_IDS: TableDefinition<'_, &str, u64> = TableDefinition::new("session_ids");
/// Session key and sequence number to message.
pub const MESSAGES: TableDefinition<'_, (u64, u32), &[u8]> = TableDefinition::new("messages");
/// Session key to conversation state.
pub const STATES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("states");
/// Order of acceptance to the message that waits.
pub const INBOX: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("inbox");
/// Session key and the client's name for a message to its sequence number.
pub const CLIENT_IDS: TableDefinition<'_, (u64, &str), u32> = TableDefinition::new("client_ids");
/// Session key and sequence number of the message answered to the turn's record.
pub const TURNS: TableDefinition<'_, (u64, u32), &[u8]> = TableDefinition::new("turns");
/// Time, session key and sequence number to the turn's line in analytics.
pub const ANALYTICS: TableDefinition<'_, (i64, u64, u32), &[u8]> = TableDefinition::new("analytics");
/// Running number to audit row.
pub const AUDIT: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("audit");
/// Session key, sequence number and time to label.
pub const LABELS: TableDefinition<'_, (u64, u32, i64), &[u8]> = TableDefinition::new("labels");
/// Kind and identifier to a record: four bytes of version, then the record.
pub const RECORDS: TableDefinition<'_, (u8, &str), &[u8]> = TableDefinition::new("records");
/// Kind, identifier and version to a record as it was.
pub const VERSIONS: TableDefinition<'_, (u8, &str, u32), &[u8]> = TableDefinition::new("versions");
/// Versions that a turn record names: they are kept when the record changes.
pub const CITED: TableDefinition<'_, (u8, &str, u32), ()> = TableDefinition::new("cited");
/// Index, key and identifier.
pub const INDEX: TableDefinition<'_, (u8, &str, &str), ()> = TableDefinition::new("index");
/// Target and address to failed attempts.
pub const ATTEMPTS: TableDefinition<'_, (&str, &str), &[u8]> = TableDefinition::new("attempts");
/// Identifier to API token.
pub const TOKENS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("tokens");
/// Name to blob.
pub const BLOBS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("blobs");

/// Every table, open for writing in one transaction.
pub struct Tables<'t> {
    pub meta: Table<'t, &'static str, u64>,
    pub sessions: Table<'t, u64, &'static [u8]>,
    pub session_ids: Table<'t, &'static str, u64>,
    pub messages: Table<'t, (u64, u32), &'static [u8]>,
    pub states: Table<'t, u64, &'static [u8]>,
    pub inbox: Table<'t, u64, &'static [u8]>,
    pub client_ids: Table<'t, (u64, &'static str), u32>,
    pub turns: Table<'t, (u64, u32), &'static [u8]>,
    pub analytics: Table<'t, (i64, u64, u32), &'static [u8]>,
    pub audit: Table<'t, u64, &'static [u8]>,
    pub labels: Table<'t, (u64, u32, i64), &'static [u8]>,
    pub records: Table<'t, (u8, &'static str), &'static [u8]>,
    pub versions: Table<'t, (u8, &'static str, u32), &'static [u8]>,
    pub cited: Table<'t, (u8, &'static str, u32), ()>,
    pub index: Table<'t, (u8, &'static str, &'static str), ()>,
    pub attempts: Table<'t, (&'static str, &'static str), &'static [u8]>,
    pub tokens: Table<'t, &'static str, &'static [u8]>,
    pub blobs: Table<'t, &'static str, &'static [u8]>,
}

impl<'t> Tables<'t> {
    /// Opens every table, making those that are missing.
    pub fn open(transaction: &'t WriteTransaction) -> Result<Self, StoreError> {
        Ok(Self {
            meta: transaction.open_table(META).map_err(StoreError::io)?,
            sessions: transaction.open_table(SESSIONS).map_err(StoreError::io)?,
            session_ids: transaction.open_table(SESSION_IDS).map_err(StoreError::io)?,
            messages: transaction.open_table(MESSAGES).map_err(StoreError::io)?,
            states: transaction.open_table(STATES).map_err(StoreError::io)?,
            inbox: transaction.open_table(INBOX).map_err(StoreError::io)?,
            client_ids: transaction.open_table(CLIENT_IDS).map_err(StoreError::io)?,
            turns: transaction.open_table(TURNS).map_err(StoreError::io)?,
            analytics: transaction.open_table(ANALYTICS).map_err(StoreError::io)?,
            audit: transaction.open_table(AUDIT).map_err(StoreError::io)?,
            labels: transaction.open_table(LABELS).map_err(StoreError::io)?,
            records: transaction.open_table(RECORDS).map_err(StoreError::io)?,
            versions: transaction.open_table(VERSIONS).map_err(StoreError::io)?,
            cited: transaction.open_table(CITED).map_err(StoreError::io)?,
            index: transaction.open_table(INDEX).map_err(StoreError::io)?,
            attempts: transaction.open_table(ATTEMPTS).map_err(StoreError::io)?,
            tokens: transaction.open_table(TOKENS).map_err(StoreError::io)?,
            blobs: transaction.open_table(BLOBS).map_err(StoreError::io)?,
        })
    }

    /// Notes that rows were removed whose bytes are to leave the file.
    pub fn note_removed(&mut self, rows: u64) -> Result<(), StoreError> {
        if rows == 0 {
            return Ok(());
        }
        let before = self.meta.get(REMOVED_KEY).map_err(StoreError::io)?.map_or(0, |removed| removed.value());
        self.meta.insert(REMOVED_KEY, before + rows).map_err(StoreError::io)?;
        Ok(())
    }

    /// The number after the last one of a table that counts.
    pub fn next_number(table: &Table<'_, u64, &'static [u8]>) -> Result<u64, StoreError> {
        let last = table.last().map_err(StoreError::io)?;
        Ok(last.map_or(1, |(key, _)| key.value() + 1))
    }
}

/// The number a kind of record has in keys. Never reused, never renumbered.
pub fn kind_number(kind: RecordKind) -> u8 {
    match kind {
        RecordKind::Product => 1,
        RecordKind::Order => 2,
        RecordKind::Customer => 3,
        RecordKind::Promotion => 4,
        RecordKind::Ticket => 5,
        RecordKind::Knowledge => 6,
    }
}

/// A stored record: four bytes of version, then the payload.
pub fn with_version(version: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(4 + payload.len());
    bytes.extend_from_slice(&version.to_le_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

/// The version and payload of a stored record.
pub fn split_version(bytes: &[u8]) -> Result<(u32, &[u8]), StoreError> {
    let (version, payload) = bytes.split_first_chunk::<4>().ok_or(StoreError::Damaged { what: "record" })?;
    Ok((u32::from_le_bytes(*version), payload))
}
