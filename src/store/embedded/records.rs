//! Writing records of the shop, with their versions and indexes.

use redb::ReadableTable;

use super::tables::{Tables, kind_number, split_version, with_version};
use super::writer::{Counters, append_audit};
use crate::store::command::{Guard, PutOutcome, PutRecords, RecordWrite};
use crate::store::error::StoreError;
use crate::store::index_keys;

/// What one write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was not there.
    New,
    /// It was different.
    Changed,
    /// It was the same, or was to be removed and not there.
    Unchanged,
}

/// Writes all records, or none when a guard does not hold.
pub fn put(tables: &mut Tables<'_>, counters: &mut Counters, put: &PutRecords) -> Result<PutOutcome, StoreError> {
    let mut outcome = PutOutcome::default();
    for write in &put.writes {
        if !guard_holds(tables, write)? {
            outcome.refused += 1;
        }
    }
    if outcome.refused > 0 {
        return Ok(outcome);
    }
    for record in &put.writes {
        match write(tables, record)? {
            Change::New => outcome.new += 1,
            Change::Changed => outcome.changed += 1,
            Change::Unchanged => outcome.unchanged += 1,
        }
    }
    for (name, bytes) in &put.blobs {
        tables.blobs.insert(name.as_str(), bytes.as_slice()).map_err(StoreError::io)?;
    }
    for row in &put.audit {
        append_audit(tables, counters, row)?;
    }
    Ok(outcome)
}

/// Whether every guard holds.
pub fn guards_hold(tables: &Tables<'_>, writes: &[RecordWrite]) -> Result<bool, StoreError> {
    for write in writes {
        if !guard_holds(tables, write)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn guard_holds(tables: &Tables<'_>, write: &RecordWrite) -> Result<bool, StoreError> {
    if write.guard == Guard::Any {
        return Ok(true);
    }
    let current = tables.records.get((kind_number(write.kind), write.id.as_str())).map_err(StoreError::io)?;
    let version = current.map(|bytes| split_version(bytes.value()).map(|(version, _)| version)).transpose()?;
    Ok(match write.guard {
        Guard::Any => true,
        Guard::Absent => version.is_none(),
        Guard::At(wanted) => version == Some(wanted),
    })
}

/// Writes or removes one record; a version something names is kept, indexes follow.
pub fn write(tables: &mut Tables<'_>, write: &RecordWrite) -> Result<Change, StoreError> {
    let kind = kind_number(write.kind);
    let id = write.id.as_str();
    let old = tables.records.get((kind, id)).map_err(StoreError::io)?.map(|bytes| bytes.value().to_vec());
    let before = old.as_deref().map(split_version).transpose()?;
    match (before, &write.payload) {
        (None, None) => return Ok(Change::Unchanged),
        (Some((_, old)), Some(new)) if same(write, old, new)? => return Ok(Change::Unchanged),
        _ => {}
    }
    if let Some((version, payload)) = before {
        if tables.cited.get((kind, id, version)).map_err(StoreError::io)?.is_some() {
            tables.versions.insert((kind, id, version), payload).map_err(StoreError::io)?;
        }
        for (index, key) in index_keys::of(write.kind, payload)? {
            tables.index.remove((index as u8, key.as_str(), id)).map_err(StoreError::io)?;
        }
    }
    match &write.payload {
        Some(payload) => {
            let version = before.map_or(1, |(version, _)| version + 1);
            tables.records.insert((kind, id), with_version(version, payload).as_slice()).map_err(StoreError::io)?;
            for (index, key) in index_keys::of(write.kind, payload)? {
                tables.index.insert((index as u8, key.as_str(), id), ()).map_err(StoreError::io)?;
            }
        }
        None => {
            tables.records.remove((kind, id)).map_err(StoreError::io)?;
        }
    }
    Ok(if before.is_some() { Change::Changed } else { Change::New })
}

/// Whether a write would change nothing but the time of the last change.
fn same(write: &RecordWrite, old: &[u8], new: &[u8]) -> Result<bool, StoreError> {
    if old == new {
        return Ok(true);
    }
    index_keys::same_but_for_time(write.kind, old, new)
}
