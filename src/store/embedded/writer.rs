//! The one writer: applies the waiting commands of many sessions in one transaction, syncs once, and
//! only then answers.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use redb::{ReadableTableMetadata as _, WriteTransaction};
use tokio::sync::oneshot;

use super::Shared;
use super::tables::Tables;
use super::{attempts, expire, forget, records, rewrite, sessions, turns};
use crate::store::backend::Compacted;
use crate::store::codec::encode;
use crate::store::command::{Command, Reply};
use crate::store::error::StoreError;
use crate::store::rows::AuditRow;

/// Most commands in one transaction: bounds how long the first of them waits for the last.
const MOST_COMMANDS: usize = 2_048;

/// From so many unanswered messages on it is the processor that they wait for, and a commit is put off for a moment: it
/// costs as much for few commands as for many.
const CROWD: u64 = 128;
/// How long. Two of them, for the message and for its reply, are a small part of how long it takes to answer a crowd.
const GATHER: Duration = Duration::from_millis(8);

/// What reaches the writer.
pub enum Job {
    /// A command.
    Command(Command),
    /// Give space back to the disk.
    Compact {
        /// Only when something was removed since the last time.
        only_if_removed: bool,
        /// Where the outcome goes.
        reply: Reply<Option<Compacted>>,
    },
    /// Finish and stop.
    Close(oneshot::Sender<Result<(), StoreError>>),
}

/// An answer that waits for its transaction to be on disk.
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// Numbers that go up with every row, and what this process knows to be on disk already.
pub struct Counters {
    /// Next ticket in the inbox.
    pub inbox: u64,
    /// Next audit row.
    pub audit: u64,
    /// Messages accepted and not yet answered.
    pub waiting: u64,
    /// Versions known to be in the table of cited ones.
    pub cited: std::collections::HashSet<crate::domain::record::RecordRef>,
}

/// Runs until told to close, or until every sender is gone.
pub fn run(shared: &Arc<Shared>, jobs: &Receiver<Job>) {
    let mut counters: Option<Counters> = None;
    let mut held: Option<Job> = None;
    // Kept from one transaction to the next: it grows to the size of the largest.
    let mut batch: Vec<Command> = Vec::new();
    loop {
        let Some(first) = held.take().or_else(|| jobs.recv().ok()) else { return };
        match first {
            Job::Command(command) => {
                batch.push(command);
                if counters.as_ref().is_some_and(|counters| counters.waiting >= CROWD) {
                    std::thread::sleep(GATHER);
                }
                while batch.len() < MOST_COMMANDS {
                    match jobs.recv_timeout(Duration::ZERO) {
                        Ok(Job::Command(command)) => batch.push(command),
                        Ok(other) => {
                            held = Some(other);
                            break;
                        }
                        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
                    }
                }
                write(shared, &mut counters, &mut batch);
            }
            Job::Compact { only_if_removed, reply } => {
                let _ = reply.send(rewrite::compact(shared, only_if_removed));
            }
            Job::Close(reply) => {
                let _ = reply.send(Ok(()));
                return;
            }
        }
    }
}

/// One transaction. When it fails, every command in it is told so and none has happened.
fn write(shared: &Shared, counters: &mut Option<Counters>, batch: &mut Vec<Command>) {
    let mut answers: Vec<Answer> = Vec::with_capacity(batch.len());
    let outcome = transact(shared, counters, batch, &mut answers);
    if outcome.is_err() {
        // The numbers handed out were not kept.
        *counters = None;
    }
    shared.writable.store(outcome.is_ok(), Ordering::Relaxed);
    for answer in answers {
        answer(outcome.clone());
    }
}

fn transact(
    shared: &Shared,
    counters: &mut Option<Counters>,
    batch: &mut Vec<Command>,
    answers: &mut Vec<Answer>,
) -> Result<(), StoreError> {
    let guard = shared.db.read();
    let db = guard.as_ref().ok_or(StoreError::Closed);
    let started = db.and_then(|db| begin(db, shared.quick_repair));
    let transaction = match started {
        Ok(transaction) => transaction,
        Err(error) => {
            for command in batch.drain(..) {
                refuse(command, &error);
            }
            return Err(error);
        }
    };
    let applied = apply_all(&transaction, counters, batch, answers);
    match applied {
        Ok(()) => transaction.commit().map_err(StoreError::io),
        Err(error) => {
            let _ = transaction.abort();
            Err(error)
        }
    }
}

fn begin(db: &redb::Database, quick_repair: bool) -> Result<WriteTransaction, StoreError> {
    let mut transaction = db.begin_write().map_err(StoreError::io)?;
    transaction.set_quick_repair(quick_repair);
    Ok(transaction)
}

fn apply_all(
    transaction: &WriteTransaction,
    counters: &mut Option<Counters>,
    batch: &mut Vec<Command>,
    answers: &mut Vec<Answer>,
) -> Result<(), StoreError> {
    let mut commands = batch.drain(..);
    let result = (|| {
        let mut tables = Tables::open(transaction)?;
        let counters = match counters {
            Some(counters) => counters,
            None => counters.insert(Counters {
                inbox: Tables::next_number(&tables.inbox)?,
                audit: Tables::next_number(&tables.audit)?,
                waiting: 0,
                cited: std::collections::HashSet::new(),
            }),
        };
        for command in commands.by_ref() {
            apply(&mut tables, counters, command, answers)?;
        }
        counters.waiting = tables.inbox.len().map_err(StoreError::io)?;
        Ok(())
    })();
    if let Err(error) = &result {
        for command in commands {
            refuse(command, error);
        }
    }
    result
}

/// Applies one command and keeps its answer until the transaction is on disk.
fn apply(tables: &mut Tables<'_>, counters: &mut Counters, command: Command, answers: &mut Vec<Answer>) -> Result<(), StoreError> {
    match command {
        Command::OpenSession(open, reply) => answer(answers, reply, sessions::open(tables, open)),
        Command::Accept(accept, reply) => answer(answers, reply, sessions::accept(tables, counters, &accept)),
        Command::Fence(fence, reply) => answer(answers, reply, sessions::fence(tables, fence.session)),
        Command::Settle(settle, reply) => answer(answers, reply, turns::settle(tables, counters, &settle)),
        Command::PutRecords(put, reply) => answer(answers, reply, records::put(tables, counters, &put)),
        Command::Attempt(attempt, reply) => answer(answers, reply, attempts::count(tables, &attempt)),
        Command::PutToken(token, reply) => {
            let outcome = tables.tokens.insert(token.id.as_str(), encode(&token).as_slice());
            answer(answers, reply, outcome.map(|_| ()).map_err(StoreError::io))
        }
        Command::PutLabel(label, reply) => {
            let key = (label.session.0, label.seq, label.at.0);
            let outcome = tables.labels.insert(key, encode(&label).as_slice());
            answer(answers, reply, outcome.map(|_| ()).map_err(StoreError::io))
        }
        Command::PutBlob(name, bytes, reply) => {
            let outcome = tables.blobs.insert(name.as_str(), bytes.as_slice());
            answer(answers, reply, outcome.map(|_| ()).map_err(StoreError::io))
        }
        Command::Expire(expire, reply) => {
            let outcome = expire::expire(tables, &expire);
            // Pruned versions must be noted anew when they are cited again.
            counters.cited.clear();
            answer(answers, reply, outcome)
        }
        Command::Forget(forget, reply) => answer(answers, reply, forget::forget(tables, counters, &forget)),
    }
}

/// Keeps the answer for later, or passes the failure on to end the transaction.
fn answer<T: Send + 'static>(answers: &mut Vec<Answer>, reply: Reply<T>, outcome: Result<T, StoreError>) -> Result<(), StoreError> {
    let failed = outcome.as_ref().err().cloned();
    answers.push(Box::new(move |committed| {
        // Nobody listens any more when a client has gone; the write stands all the same.
        let _ = reply.send(committed.and(outcome));
    }));
    failed.map_or(Ok(()), Err)
}

/// Tells a command that was never tried why.
fn refuse(command: Command, error: &StoreError) {
    match command {
        Command::OpenSession(_, reply) => drop(reply.send(Err(error.clone()))),
        Command::Accept(_, reply) => drop(reply.send(Err(error.clone()))),
        Command::Fence(_, reply) => drop(reply.send(Err(error.clone()))),
        Command::Settle(_, reply) => drop(reply.send(Err(error.clone()))),
        Command::PutRecords(_, reply) => drop(reply.send(Err(error.clone()))),
        Command::Attempt(_, reply) => drop(reply.send(Err(error.clone()))),
        Command::PutToken(_, reply) | Command::PutLabel(_, reply) | Command::PutBlob(_, _, reply) => {
            drop(reply.send(Err(error.clone())));
        }
        Command::Expire(_, reply) => drop(reply.send(Err(error.clone()))),
        Command::Forget(_, reply) => drop(reply.send(Err(error.clone()))),
    }
}

/// Appends an audit row.
pub fn append_audit(tables: &mut Tables<'_>, counters: &mut Counters, row: &AuditRow) -> Result<(), StoreError> {
    tables.audit.insert(counters.audit, encode(row).as_slice()).map_err(StoreError::io)?;
    counters.audit += 1;
    Ok(())
}
