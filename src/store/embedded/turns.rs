//! Ending a turn: everything it changed, or nothing.

use redb::ReadableTable;

use super::tables::{Tables, kind_number};
use super::writer::{Counters, append_audit};
use super::{attempts, records, sessions};
use crate::domain::spend::Spend;
use crate::store::SPENT_BLOB;
use crate::store::codec::{decode, encode};
use crate::store::command::{Settle, Settled};
use crate::store::error::StoreError;

/// Stores the result of a turn, unless the turn has lost its right to speak.
pub fn settle(tables: &mut Tables<'_>, counters: &mut Counters, settle: &Settle) -> Result<Settled, StoreError> {
    let waiting = tables.inbox.get(settle.inbox).map_err(StoreError::io)?.is_some();
    let Some(mut row) = sessions::load(tables, settle.session)? else {
        return Ok(Settled::AlreadyAnswered);
    };
    if row.epoch != settle.epoch {
        return Ok(Settled::Fenced);
    }
    if !waiting {
        return Ok(Settled::AlreadyAnswered);
    }
    if !records::guards_hold(tables, &settle.records)? {
        return Ok(Settled::Conflict);
    }
    let session = settle.session.0;
    let mut seqs = Vec::with_capacity(settle.bodies.len());
    for body in &settle.bodies {
        row.last_seq += 1;
        tables.messages.insert((session, row.last_seq), body.as_slice()).map_err(StoreError::io)?;
        seqs.push(row.last_seq);
    }
    row.waiting = row.waiting.saturating_sub(1);
    sessions::touch(&mut row, settle.at);
    if settle.customer.is_some() {
        row.customer.clone_from(&settle.customer);
    }
    sessions::save(tables, settle.session, &row)?;
    tables.inbox.remove(settle.inbox).map_err(StoreError::io)?;
    if let Some(state) = &settle.state {
        tables.states.insert(session, state.as_slice()).map_err(StoreError::io)?;
    }
    if let Some(turn) = &settle.turn {
        tables.turns.insert((session, settle.in_reply_to), turn.as_slice()).map_err(StoreError::io)?;
    }
    if let Some(line) = &settle.analytics {
        let key = (settle.at.0, session, settle.in_reply_to);
        tables.analytics.insert(key, encode(line).as_slice()).map_err(StoreError::io)?;
    }
    for write in &settle.records {
        records::write(tables, write)?;
    }
    cite(tables, counters, settle)?;
    if let Some(proven) = &settle.proven {
        attempts::forgive(tables, proven)?;
    }
    for row in &settle.audit {
        append_audit(tables, counters, row)?;
    }
    if let Some(spent) = settle.spent {
        spend(tables, spent)?;
    }
    Ok(Settled::Done(seqs))
}

/// Adds to what the day has cost; a new day begins at nothing.
fn spend(tables: &mut Tables<'_>, spent: Spend) -> Result<(), StoreError> {
    let before = tables.blobs.get(SPENT_BLOB).map_err(StoreError::io)?.map(|bytes| decode::<Spend>(bytes.value())).transpose()?;
    let total = before.map_or(spent, |before| before.with(spent));
    tables.blobs.insert(SPENT_BLOB, encode(&total).as_slice()).map_err(StoreError::io)?;
    Ok(())
}

/// Notes the versions a reply rests on, so that they are kept when their records change.
fn cite(tables: &mut Tables<'_>, counters: &mut Counters, settle: &Settle) -> Result<(), StoreError> {
    /// Enough for a day's popular products; beyond it the set starts over.
    const REMEMBERED: usize = 50_000;
    for cited in &settle.cited {
        if counters.cited.contains(cited) {
            continue;
        }
        let key = (kind_number(cited.kind), cited.id.as_str(), cited.version);
        if tables.cited.get(key).map_err(StoreError::io)?.is_none() {
            tables.cited.insert(key, ()).map_err(StoreError::io)?;
        }
        if counters.cited.len() >= REMEMBERED {
            counters.cited.clear();
        }
        counters.cited.insert(cited.clone());
    }
    Ok(())
}
