//! Reads: each in a transaction of its own, done at once.

use std::sync::atomic::Ordering;

use redb::{ReadTransaction, ReadableDatabase as _, ReadableTable as _};
use tokio::sync::oneshot;

use super::Embedded;
use super::tables::{
    ANALYTICS, AUDIT, BLOBS, CLIENT_IDS, INBOX, INDEX, LABELS, MESSAGES, RECORDS, SESSION_IDS, SESSIONS, STATES, TOKENS, TURNS, VERSIONS,
    kind_number, split_version,
};
use super::writer::Job;
use crate::domain::ids::{Seq, SessionId, SessionKey};
use crate::domain::message::Stored;
use crate::domain::record::{RecordKind, RecordRef};
use crate::domain::state::ConversationState;
use crate::domain::time::Moment;
use crate::store::backend::{Backend, Compacted, Index, Payload, Read};
use crate::store::codec::{Row, decode};
use crate::store::command::{Command, Waiting};
use crate::store::error::StoreError;
use crate::store::rows::{AnalyticsRow, AuditRow, LabelRow, SessionRow, TokenRow, TurnRecord};

impl Embedded {
    /// Runs `work` on a snapshot of the store.
    fn read<T>(&self, work: impl FnOnce(&ReadTransaction) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let guard = self.shared.db.read();
        let db = guard.as_ref().ok_or(StoreError::Closed)?;
        let transaction = db.begin_read().map_err(StoreError::io)?;
        work(&transaction)
    }
}

/// A read whose result is already there.
fn now<'a, T: Send + 'a>(result: Result<T, StoreError>) -> Read<'a, T> {
    Box::pin(std::future::ready(result))
}

macro_rules! open {
    ($transaction:expr, $table:expr) => {
        $transaction.open_table($table).map_err(StoreError::io)?
    };
}

fn payload(bytes: &[u8]) -> Result<Payload, StoreError> {
    split_version(bytes).map(|(version, payload)| (version, payload.to_vec()))
}

fn decode_opt<T: Row>(bytes: Option<redb::AccessGuard<'_, &[u8]>>) -> Result<Option<T>, StoreError> {
    bytes.map(|bytes| decode(bytes.value())).transpose()
}

fn message(entry: Result<MessageEntry<'_>, redb::StorageError>) -> Result<Stored, StoreError> {
    let (key, bytes) = entry.map_err(StoreError::io)?;
    Ok(Stored { seq: key.value().1, body: decode(bytes.value())? })
}

type MessageEntry<'a> = (redb::AccessGuard<'a, (u64, u32)>, redb::AccessGuard<'a, &'static [u8]>);

impl Backend for Embedded {
    fn submit(&self, command: Command) -> Result<(), StoreError> {
        self.send(Job::Command(command))
    }

    fn session_by_id<'a>(&'a self, id: &'a SessionId) -> Read<'a, Option<(SessionKey, SessionRow)>> {
        now(self.read(|t| {
            let Some(key) = open!(t, SESSION_IDS).get(id.as_str()).map_err(StoreError::io)? else {
                return Ok(None);
            };
            let key = key.value();
            let row = decode_opt(open!(t, SESSIONS).get(key).map_err(StoreError::io)?)?;
            Ok(row.map(|row| (SessionKey(key), row)))
        }))
    }

    fn session(&self, key: SessionKey) -> Read<'_, Option<SessionRow>> {
        now(self.read(|t| decode_opt(open!(t, SESSIONS).get(key.0).map_err(StoreError::io)?)))
    }

    fn sessions_of<'a>(&'a self, customer: &'a str) -> Read<'a, Vec<SessionKey>> {
        now(self.read(|t| {
            let mut found = Vec::new();
            for entry in open!(t, SESSIONS).iter().map_err(StoreError::io)? {
                let (key, bytes) = entry.map_err(StoreError::io)?;
                let row: SessionRow = decode(bytes.value())?;
                if row.customer.as_deref() == Some(customer) {
                    found.push(SessionKey(key.value()));
                }
            }
            Ok(found)
        }))
    }

    fn messages(&self, session: SessionKey, after: Seq, limit: usize) -> Read<'_, Vec<Stored>> {
        now(self.read(|t| {
            let table = open!(t, MESSAGES);
            let Some(first) = after.checked_add(1) else { return Ok(Vec::new()) };
            let span = table.range((session.0, first)..=(session.0, u32::MAX)).map_err(StoreError::io)?;
            span.take(limit).map(message).collect()
        }))
    }

    fn history(&self, session: SessionKey, upto: Seq, limit: usize) -> Read<'_, Vec<Stored>> {
        now(self.read(|t| {
            let table = open!(t, MESSAGES);
            let span = table.range((session.0, 0)..=(session.0, upto)).map_err(StoreError::io)?;
            let mut newest: Vec<Stored> = span.rev().take(limit).map(message).collect::<Result<_, _>>()?;
            newest.reverse();
            Ok(newest)
        }))
    }

    fn by_client_id<'a>(&'a self, session: SessionKey, client_id: &'a str) -> Read<'a, Option<Seq>> {
        now(self.read(|t| {
            let seq = open!(t, CLIENT_IDS).get((session.0, client_id)).map_err(StoreError::io)?;
            Ok(seq.map(|seq| seq.value()))
        }))
    }

    fn state(&self, session: SessionKey) -> Read<'_, Option<ConversationState>> {
        now(self.read(|t| decode_opt(open!(t, STATES).get(session.0).map_err(StoreError::io)?)))
    }

    fn inbox(&self) -> Read<'_, Vec<Waiting>> {
        now(self.read(|t| {
            let mut waiting = Vec::new();
            for entry in open!(t, INBOX).iter().map_err(StoreError::io)? {
                let (ticket, bytes) = entry.map_err(StoreError::io)?;
                waiting.push((ticket.value(), decode(bytes.value())?));
            }
            Ok(waiting)
        }))
    }

    fn turn(&self, session: SessionKey, seq: Seq) -> Read<'_, Option<TurnRecord>> {
        now(self.read(|t| decode_opt(open!(t, TURNS).get((session.0, seq)).map_err(StoreError::io)?)))
    }

    fn record<'a>(&'a self, kind: RecordKind, id: &'a str) -> Read<'a, Option<Payload>> {
        now(self.read(|t| {
            let bytes = open!(t, RECORDS).get((kind_number(kind), id)).map_err(StoreError::io)?;
            bytes.map(|bytes| payload(bytes.value())).transpose()
        }))
    }

    fn records<'a>(&'a self, kind: RecordKind, ids: &'a [String]) -> Read<'a, Vec<Payload>> {
        now(self.read(|t| {
            let table = open!(t, RECORDS);
            let mut found = Vec::with_capacity(ids.len());
            for id in ids {
                if let Some(bytes) = table.get((kind_number(kind), id.as_str())).map_err(StoreError::io)? {
                    found.push(payload(bytes.value())?);
                }
            }
            Ok(found)
        }))
    }

    fn list<'a>(&'a self, kind: RecordKind, after: Option<&'a str>, limit: usize) -> Read<'a, Vec<(String, Payload)>> {
        now(self.read(|t| {
            let table = open!(t, RECORDS);
            let kind = kind_number(kind);
            let from = (kind, after.unwrap_or(""));
            let mut found = Vec::new();
            for entry in table.range(from..(kind + 1, "")).map_err(StoreError::io)? {
                if found.len() == limit {
                    break;
                }
                let (key, bytes) = entry.map_err(StoreError::io)?;
                let id = key.value().1;
                if Some(id) != after {
                    found.push((id.to_owned(), payload(bytes.value())?));
                }
            }
            Ok(found)
        }))
    }

    fn count(&self, kind: RecordKind) -> Read<'_, u64> {
        now(self.read(|t| {
            let kind = kind_number(kind);
            let table = open!(t, RECORDS);
            let span = table.range((kind, "")..(kind + 1, "")).map_err(StoreError::io)?;
            Ok(span.count() as u64)
        }))
    }

    fn version<'a>(&'a self, record: &'a RecordRef) -> Read<'a, Option<Vec<u8>>> {
        now(self.read(|t| {
            let kind = kind_number(record.kind);
            if let Some(bytes) = open!(t, RECORDS).get((kind, record.id.as_str())).map_err(StoreError::io)? {
                let (version, payload) = split_version(bytes.value())?;
                if version == record.version {
                    return Ok(Some(payload.to_vec()));
                }
            }
            let key = (kind, record.id.as_str(), record.version);
            let old = open!(t, VERSIONS).get(key).map_err(StoreError::io)?;
            Ok(old.map(|bytes| bytes.value().to_vec()))
        }))
    }

    fn index<'a>(&'a self, index: Index, key: &'a str, limit: usize) -> Read<'a, Vec<String>> {
        now(self.read(|t| {
            let table = open!(t, INDEX);
            let mut found = Vec::new();
            for entry in table.range((index as u8, key, "")..).map_err(StoreError::io)? {
                let (entry, ()) = entry.map(|(k, v)| (k, v.value())).map_err(StoreError::io)?;
                let (which, own, id) = entry.value();
                if which != index as u8 || own != key || found.len() == limit {
                    break;
                }
                found.push(id.to_owned());
            }
            Ok(found)
        }))
    }

    fn index_keys(&self, index: Index, limit: usize) -> Read<'_, Vec<String>> {
        now(self.read(|t| {
            let table = open!(t, INDEX);
            let span = table.range((index as u8, "", "")..(index as u8 + 1, "", "")).map_err(StoreError::io)?;
            span.take(limit).map(|entry| entry.map(|(key, _)| key.value().1.to_owned()).map_err(StoreError::io)).collect()
        }))
    }

    fn tokens(&self) -> Read<'_, Vec<TokenRow>> {
        now(self.read(|t| {
            let table = open!(t, TOKENS);
            let rows = table.iter().map_err(StoreError::io)?;
            rows.map(|entry| decode(entry.map_err(StoreError::io)?.1.value())).collect()
        }))
    }

    fn labels(&self) -> Read<'_, Vec<LabelRow>> {
        now(self.read(|t| {
            let table = open!(t, LABELS);
            let rows = table.iter().map_err(StoreError::io)?;
            rows.map(|entry| decode(entry.map_err(StoreError::io)?.1.value())).collect()
        }))
    }

    fn analytics(&self, from: Moment, to: Moment) -> Read<'_, Vec<(Moment, AnalyticsRow)>> {
        now(self.read(|t| {
            let table = open!(t, ANALYTICS);
            let span = table.range((from.0, 0, 0)..(to.0, 0, 0)).map_err(StoreError::io)?;
            span.map(|entry| {
                let (key, bytes) = entry.map_err(StoreError::io)?;
                Ok((Moment(key.value().0), decode(bytes.value())?))
            })
            .collect()
        }))
    }

    fn audit(&self, limit: usize) -> Read<'_, Vec<AuditRow>> {
        now(self.read(|t| {
            let table = open!(t, AUDIT);
            let rows = table.iter().map_err(StoreError::io)?;
            rows.rev().take(limit).map(|entry| decode(entry.map_err(StoreError::io)?.1.value())).collect()
        }))
    }

    fn blob<'a>(&'a self, name: &'a str) -> Read<'a, Option<Vec<u8>>> {
        now(self.read(|t| {
            let bytes = open!(t, BLOBS).get(name).map_err(StoreError::io)?;
            Ok(bytes.map(|bytes| bytes.value().to_vec()))
        }))
    }

    fn writable(&self) -> bool {
        self.shared.writable.load(Ordering::Relaxed)
    }

    fn compact(&self, only_if_removed: bool) -> Read<'_, Option<Compacted>> {
        let (reply, outcome) = oneshot::channel();
        let sent = self.send(Job::Compact { only_if_removed, reply });
        Box::pin(async move {
            sent?;
            outcome.await.map_err(|_| StoreError::Closed)?
        })
    }

    fn close(&self) -> Read<'_, ()> {
        let (reply, outcome) = oneshot::channel();
        let sent = self.send(Job::Close(reply));
        Box::pin(async move {
            sent?;
            outcome.await.map_err(|_| StoreError::Closed)??;
            self.jobs.lock().take();
            // Dropping the database marks the file as closed in good order.
            self.shared.db.write().take();
            Ok(())
        })
    }
}
