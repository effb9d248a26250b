//! Opening sessions and accepting messages.

use redb::ReadableTable;

use super::tables::Tables;
use super::writer::Counters;
use crate::domain::ids::SessionKey;
use crate::domain::time::Moment;
use crate::store::codec::{decode, encode};
use crate::store::command::{Accept, Accepted, Fenced, OpenSession, Opened};
use crate::store::error::StoreError;
use crate::store::rows::{InboxRow, LastUser, SessionRow};

/// Opens a session, or continues the living one of the same name where that is wanted.
pub fn open(tables: &mut Tables<'_>, open: OpenSession) -> Result<Opened, StoreError> {
    let known = tables.session_ids.get(open.id.as_str()).map_err(StoreError::io)?.map(|key| key.value());
    if let (Some(key), Some(ttl)) = (known, open.or_continue)
        && let Some(row) = load(tables, SessionKey(key))?
        && !row.closed
        && open.at.since(row.last_at) <= ttl
    {
        return Ok(Opened { row, key: SessionKey(key), continued: true });
    }
    let mut key = open.key;
    while tables.sessions.get(key.0).map_err(StoreError::io)?.is_some() {
        key = SessionKey(key.0.wrapping_add(1));
    }
    let row = SessionRow {
        id: open.id,
        token_hash: open.token_hash,
        opened_at: open.at,
        last_at: open.at,
        last_seq: 0,
        epoch: 0,
        waiting: 0,
        last_user: None,
        customer: None,
        closed: false,
    };
    tables.session_ids.insert(row.id.as_str(), key.0).map_err(StoreError::io)?;
    save(tables, key, &row)?;
    Ok(Opened { row, key, continued: false })
}

/// Accepts a message, recognises a repeated one, or says why not.
pub fn accept(tables: &mut Tables<'_>, counters: &mut Counters, accept: &Accept) -> Result<Accepted, StoreError> {
    let Some(mut row) = load(tables, accept.session)? else { return Ok(Accepted::NoSession) };
    if row.closed || accept.at.since(row.last_at) > accept.rules.ttl {
        return Ok(Accepted::Expired);
    }
    if let Some(seq) = repeated(tables, accept, &row)? {
        return Ok(Accepted::Duplicate { seq });
    }
    if row.waiting >= accept.rules.waiting {
        return Ok(Accepted::TooManyWaiting);
    }
    let seq = row.last_seq + 1;
    let inbox = counters.inbox;
    let waiting = InboxRow { session: accept.session, seq, class: accept.class, accepted_at: accept.at };
    tables.messages.insert((accept.session.0, seq), accept.body.as_slice()).map_err(StoreError::io)?;
    tables.inbox.insert(inbox, encode(&waiting).as_slice()).map_err(StoreError::io)?;
    if let Some(client_id) = &accept.client_id {
        tables.client_ids.insert((accept.session.0, client_id.as_str()), seq).map_err(StoreError::io)?;
    }
    counters.inbox += 1;
    row.last_seq = seq;
    row.last_at = accept.at;
    row.waiting += 1;
    row.last_user = Some(LastUser { seq, text_hash: accept.text_hash, at: accept.at });
    let epoch = row.epoch;
    save(tables, accept.session, &row)?;
    Ok(Accepted::New { seq, inbox, epoch })
}

/// Raises the epoch of a session: results of turns that began before are refused. Its waiting messages are
/// no longer taken up, not after a restart either: who raised the epoch answers them.
pub fn fence(tables: &mut Tables<'_>, session: SessionKey) -> Result<Option<Fenced>, StoreError> {
    let Some(mut row) = load(tables, session)? else { return Ok(None) };
    row.epoch += 1;
    let fenced = Fenced { epoch: row.epoch, last_seq: row.last_seq, waiting: row.waiting };
    row.waiting = 0;
    save(tables, session, &row)?;
    let others = |bytes: &[u8]| decode::<InboxRow>(bytes).map_or(true, |waiting| waiting.session != session);
    tables.inbox.retain(|_, bytes| others(bytes)).map_err(StoreError::io)?;
    Ok(Some(fenced))
}

/// The same message again: by the client's name for it, or by the same text right after itself.
fn repeated(tables: &Tables<'_>, accept: &Accept, row: &SessionRow) -> Result<Option<u32>, StoreError> {
    if let Some(client_id) = &accept.client_id {
        let key = (accept.session.0, client_id.as_str());
        let seq = tables.client_ids.get(key).map_err(StoreError::io)?;
        return Ok(seq.map(|seq| seq.value()));
    }
    let same = row.last_user.filter(|last| {
        let nothing_since = last.seq == row.last_seq;
        nothing_since && last.text_hash == accept.text_hash && accept.at.since(last.at) <= accept.rules.duplicate_window
    });
    Ok(same.map(|last| last.seq))
}

/// Reads a session.
pub fn load(tables: &Tables<'_>, key: SessionKey) -> Result<Option<SessionRow>, StoreError> {
    let bytes = tables.sessions.get(key.0).map_err(StoreError::io)?;
    bytes.map(|bytes| decode(bytes.value())).transpose()
}

/// Writes a session.
pub fn save(tables: &mut Tables<'_>, key: SessionKey, row: &SessionRow) -> Result<(), StoreError> {
    tables.sessions.insert(key.0, encode(row).as_slice()).map_err(StoreError::io)?;
    Ok(())
}

/// Notes that something was said in a session.
pub fn touch(row: &mut SessionRow, at: Moment) {
    row.last_at = row.last_at.max(at);
}
