//! Removing what has outlived its time.

use std::collections::HashSet;

use redb::ReadableTable;

use super::attempts;
use super::tables::{Tables, kind_number};
use crate::domain::ids::SessionKey;
use crate::domain::time::Moment;
use crate::store::codec::decode;
use crate::store::command::{Expire, Expired};
use crate::store::error::StoreError;
use crate::store::rows::{SessionRow, TurnRecord};

/// Removes old sessions, old turn records, and versions of records that nothing names any more.
pub fn expire(tables: &mut Tables<'_>, expire: &Expire) -> Result<Expired, StoreError> {
    let mut done = Expired::default();
    let old = old_sessions(tables, expire.sessions_before, expire.limit)?;
    for key in &old {
        remove_session(tables, *key)?;
    }
    done.sessions = u32::try_from(old.len()).unwrap_or(u32::MAX);
    done.more = old.len() == expire.limit;
    prune_analytics(tables, expire.sessions_before)?;
    if !done.more {
        done.turns = prune_turns(tables, expire.turns_before)?;
        done.versions = prune_versions(tables)?;
        attempts::prune(tables, expire.now)?;
    }
    tables.note_removed(u64::from(done.sessions) + u64::from(done.turns) + u64::from(done.versions))?;
    Ok(done)
}

fn old_sessions(tables: &Tables<'_>, before: Moment, limit: usize) -> Result<Vec<SessionKey>, StoreError> {
    let mut old = Vec::new();
    for entry in tables.sessions.iter().map_err(StoreError::io)? {
        let (key, bytes) = entry.map_err(StoreError::io)?;
        let row: SessionRow = decode(bytes.value())?;
        // Keys grow with the time of opening: from here on no session can be old enough.
        if row.opened_at > before || old.len() == limit {
            break;
        }
        if row.last_at < before && row.waiting == 0 {
            old.push(SessionKey(key.value()));
        }
    }
    Ok(old)
}

/// What removing a session took with it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Removed {
    /// Messages.
    pub messages: u32,
    /// States: 0 or 1.
    pub states: u32,
    /// Turn records.
    pub turns: u32,
    /// Labels.
    pub labels: u32,
}

/// Removes a session with its messages, state, turn records, labels and names of messages.
pub fn remove_session(tables: &mut Tables<'_>, key: SessionKey) -> Result<Removed, StoreError> {
    let mut removed = Removed::default();
    let first = (key.0, 0);
    let last = (key.0, u32::MAX);
    let row = tables.sessions.remove(key.0).map_err(StoreError::io)?.map(|bytes| decode(bytes.value()));
    if let Some(row) = row {
        let row: SessionRow = row?;
        tables.session_ids.remove(row.id.as_str()).map_err(StoreError::io)?;
    }
    tables
        .messages
        .retain_in(first..=last, |_, _| {
            removed.messages += 1;
            false
        })
        .map_err(StoreError::io)?;
    tables
        .turns
        .retain_in(first..=last, |_, _| {
            removed.turns += 1;
            false
        })
        .map_err(StoreError::io)?;
    let label_span = (key.0, 0, i64::MIN)..=(key.0, u32::MAX, i64::MAX);
    tables
        .labels
        .retain_in(label_span, |_, _| {
            removed.labels += 1;
            false
        })
        .map_err(StoreError::io)?;
    let names = (key.0, "")..(key.0.saturating_add(1), "");
    tables.client_ids.retain_in(names, |_, _| false).map_err(StoreError::io)?;
    removed.states = u32::from(tables.states.remove(key.0).map_err(StoreError::io)?.is_some());
    Ok(removed)
}

fn prune_analytics(tables: &mut Tables<'_>, before: Moment) -> Result<(), StoreError> {
    let old = (i64::MIN, 0, 0)..(before.0, 0, 0);
    tables.analytics.retain_in(old, |_, _| false).map_err(StoreError::io)
}

/// Removes turn records older than `before`; analytics is in order of time and leads to them.
fn prune_turns(tables: &mut Tables<'_>, before: Moment) -> Result<u32, StoreError> {
    let mut old = Vec::new();
    for entry in tables.analytics.range((i64::MIN, 0, 0)..(before.0, 0, 0)).map_err(StoreError::io)? {
        let (key, _) = entry.map_err(StoreError::io)?;
        let (_, session, seq) = key.value();
        old.push((session, seq));
    }
    let mut removed = 0;
    for key in old {
        removed += u32::from(tables.turns.remove(key).map_err(StoreError::io)?.is_some());
    }
    Ok(removed)
}

/// Removes old versions that no remaining turn record names.
fn prune_versions(tables: &mut Tables<'_>) -> Result<u32, StoreError> {
    let mut named = HashSet::new();
    for entry in tables.turns.iter().map_err(StoreError::io)? {
        let (_, bytes) = entry.map_err(StoreError::io)?;
        let turn: TurnRecord = decode(bytes.value())?;
        named.extend(turn.records.into_iter().map(|r| (kind_number(r.kind), r.id, r.version)));
    }
    let keep = |kind: u8, id: &str, version: u32| named.contains(&(kind, id.to_owned(), version));
    let mut removed = 0;
    tables
        .versions
        .retain(|(kind, id, version), _| {
            let kept = keep(kind, id, version);
            removed += u32::from(!kept);
            kept
        })
        .map_err(StoreError::io)?;
    tables.cited.retain(|(kind, id, version), ()| keep(kind, id, version)).map_err(StoreError::io)?;
    Ok(removed)
}
