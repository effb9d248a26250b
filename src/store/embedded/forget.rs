//! Removing a person.

use std::collections::HashSet;

use redb::ReadableTable;

use super::expire::remove_session;
use super::tables::{Tables, kind_number};
use super::writer::{Counters, append_audit};
use super::{attempts, records};
use crate::domain::record::RecordKind;
use crate::store::codec::{decode, encode};
use crate::store::command::{Forget, Forgotten};
use crate::store::error::StoreError;
use crate::store::rows::{AnalyticsRow, AuditRow};

/// Removes sessions and rewrites records; nothing that was removed stays in an old version.
pub fn forget(tables: &mut Tables<'_>, counters: &mut Counters, forget: &Forget) -> Result<Forgotten, StoreError> {
    let mut done = Forgotten::default();
    let sessions: HashSet<u64> = forget.sessions.iter().map(|key| key.0).collect();
    for key in &forget.sessions {
        let removed = remove_session(tables, *key)?;
        done.sessions += 1;
        done.messages += removed.messages;
        done.states += removed.states;
        done.turns += removed.turns;
        done.labels += removed.labels;
    }
    done.analytics = blank_analytics(tables, &sessions)?;
    done.audit = blank_audit(tables, &sessions)?;
    remove_from_inbox(tables, &sessions)?;
    for write in &forget.writes {
        records::write(tables, write)?;
        let id = write.id.as_str();
        let kind = kind_number(write.kind);
        let all = (kind, id, 0)..=(kind, id, u32::MAX);
        tables
            .versions
            .retain_in(all.clone(), |_, _| {
                done.versions += 1;
                false
            })
            .map_err(StoreError::io)?;
        tables.cited.retain_in(all, |_, ()| false).map_err(StoreError::io)?;
        counters.cited.retain(|cited| cited.kind != write.kind || cited.id != write.id);
        if write.kind == RecordKind::Order {
            attempts::remove(tables, id)?;
        }
    }
    append_audit(tables, counters, &forget.audit)?;
    // Counted whether or not there was much: the command promises that nothing stays in the file.
    tables.note_removed(u64::from(done.messages) + forget.writes.len() as u64 + 1)?;
    Ok(done)
}

/// Turns stay counted, but no longer lead to a person.
fn blank_analytics(tables: &mut Tables<'_>, sessions: &HashSet<u64>) -> Result<u32, StoreError> {
    let mut blanked = Vec::new();
    for entry in tables.analytics.iter().map_err(StoreError::io)? {
        let (key, bytes) = entry.map_err(StoreError::io)?;
        let key = key.value();
        let mut row: AnalyticsRow = decode(bytes.value())?;
        if sessions.contains(&key.1) && row.customer.take().is_some() {
            blanked.push((key, encode(&row)));
        }
    }
    for (key, row) in &blanked {
        tables.analytics.insert(*key, row.as_slice()).map_err(StoreError::io)?;
    }
    Ok(u32::try_from(blanked.len()).unwrap_or(u32::MAX))
}

/// What was done stays on record, but not in which session.
fn blank_audit(tables: &mut Tables<'_>, sessions: &HashSet<u64>) -> Result<u32, StoreError> {
    let mut blanked = Vec::new();
    for entry in tables.audit.iter().map_err(StoreError::io)? {
        let (key, bytes) = entry.map_err(StoreError::io)?;
        let mut row: AuditRow = decode(bytes.value())?;
        if row.session.is_some_and(|session| sessions.contains(&session.0)) {
            row.session = None;
            blanked.push((key.value(), encode(&row)));
        }
    }
    for (key, row) in &blanked {
        tables.audit.insert(*key, row.as_slice()).map_err(StoreError::io)?;
    }
    Ok(u32::try_from(blanked.len()).unwrap_or(u32::MAX))
}

fn remove_from_inbox(tables: &mut Tables<'_>, sessions: &HashSet<u64>) -> Result<(), StoreError> {
    tables
        .inbox
        .retain(|_, bytes| decode::<crate::store::rows::InboxRow>(bytes).map_or(true, |row| !sessions.contains(&row.session.0)))
        .map_err(StoreError::io)
}
