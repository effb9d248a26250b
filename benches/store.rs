//! The store alone: turns that 500 sessions bring at once, each two durable batches.
//!
//! `cargo bench --bench store`. With quick repair every commit also saves which pages are free, so that
//! opening after a power cut need not walk the file.

use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use electromart::domain::ids::{SessionId, SessionKey};
use electromart::domain::time::Moment;
use electromart::store::command::{Accept, AcceptRules, Accepted, OpenSession, Settle};
use electromart::store::embedded::{Embedded, EmbeddedOptions};
use electromart::store::{Store, StoreError};

/// The program's own allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sessions that talk at once.
const SESSIONS: u64 = 500;
/// Bytes of a customer's message, a reply, a state and a turn record, as conversations have them.
const MESSAGE: usize = 60;
const REPLY: usize = 1_200;
const STATE: usize = 400;
const RECORD: usize = 300;

fn accept(session: SessionKey) -> Accept {
    let hour = Duration::from_secs(3_600);
    Accept {
        session,
        body: vec![1; MESSAGE],
        client_id: None,
        text_hash: rand::random(),
        at: Moment::now(),
        class: 2,
        rules: AcceptRules { ttl: hour, duplicate_window: Duration::ZERO, waiting: 20 },
    }
}

async fn turn(store: &Store, session: SessionKey) -> Result<(), StoreError> {
    let Accepted::New { seq, inbox, epoch } = store.accept(accept(session)).await? else { return Ok(()) };
    let settle = Settle {
        session,
        in_reply_to: seq,
        inbox,
        epoch,
        at: Moment::now(),
        bodies: vec![vec![1; REPLY]],
        state: Some(vec![1; STATE]),
        customer: None,
        records: Vec::new(),
        cited: Vec::new(),
        proven: None,
        audit: Vec::new(),
        turn: Some(vec![1; RECORD]),
        analytics: None,
        spent: None,
    };
    store.settle(settle, None).await.map(|_| ())
}

async fn open(store: &Store, number: u64) -> Result<SessionKey, StoreError> {
    let open = OpenSession { id: SessionId::random(), key: SessionKey(number), token_hash: [0; 32], at: Moment::now(), or_continue: None };
    store.open_session(open).await.map(|opened| opened.key)
}

/// One turn of every session, all at once.
async fn round(store: &Store, sessions: &[SessionKey]) {
    let turns = sessions.iter().map(|session| {
        let (store, session) = (store.clone(), *session);
        tokio::spawn(async move { turn(&store, session).await.is_ok() })
    });
    futures_util::future::join_all(turns).await;
}

fn batches(criterion: &mut Criterion) {
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().enable_all().build() else { return };
    let mut group = criterion.benchmark_group("500 turns, stored");
    group.throughput(Throughput::Elements(SESSIONS)).sample_size(20);
    for (name, quick_repair) in [("with quick repair", true), ("without", false)] {
        let Ok(folder) = tempfile::tempdir() else { return };
        let options = EmbeddedOptions { quick_repair, ..EmbeddedOptions::default() };
        let Ok(embedded) = Embedded::open(folder.path(), options) else { return };
        let store = Store::on(Arc::new(embedded));
        let opening = futures_util::future::join_all((1..=SESSIONS).map(|number| open(&store, number)));
        let sessions: Vec<SessionKey> = runtime.block_on(opening).into_iter().flatten().collect();
        group.bench_function(name, |b| {
            b.iter_custom(|rounds| {
                let begun = Instant::now();
                for _ in 0..rounds {
                    runtime.block_on(round(&store, &sessions));
                }
                begun.elapsed()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, batches);
criterion_main!(benches);
