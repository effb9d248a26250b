//! What conversations cost on disk and to read: 10,000 sessions of ten turns each, made by the engine from
//! the dialogues of the tests, then compacted.
//!
//! `cargo bench --bench sessions`; `ELECTROMART_BENCH_SESSIONS=1000` makes fewer. With `--test`, ten.

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::time::{Duration, Instant};

use criterion::Criterion;
use electromart::app::{App, Fill, Purpose};
use electromart::config::{Config, ProviderMode};
use electromart::domain::event::ServerEvent;
use electromart::domain::ids::SessionKey;
use electromart::domain::message::Body;
use electromart::gateway::{Held, Inbound, Origin};
use electromart::store::Store;
use electromart::store::embedded::FILE;
use futures_util::StreamExt as _;
use rand::seq::IndexedRandom as _;
use redb::{Database, ReadableDatabase as _, ReadableTableMetadata as _, TableHandle as _};
use serde_json::Value;

/// The program's own allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Turns of a session.
const TURNS: usize = 10;
/// Conversations going on at once.
const AT_ONCE: usize = 256;
/// Sessions read for the percentiles.
const READS: usize = 20_000;

type Failure = Box<dyn std::error::Error>;

/// What is said in the dialogues of the tests, one list a dialogue.
fn dialogues() -> Result<Vec<Vec<String>>, Failure> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialogues"))? {
        let file: Value = serde_json::from_slice(&std::fs::read(entry?.path())?)?;
        for dialogue in file.as_array().into_iter().flatten() {
            let turns = dialogue["turns"].as_array().into_iter().flatten();
            found.push(turns.filter_map(|turn| turn["say"].as_str()).map(str::to_owned).collect());
        }
    }
    Ok(found)
}

/// A customer who has one conversation after the other until ten messages are answered.
async fn converse(app: &App, dialogues: &[Vec<String>]) -> Result<SessionKey, Failure> {
    let grant = app.gateway.open().await?;
    let held = Held { id: grant.id, key: grant.key };
    let origin = Origin { transport: "ws", address: IpAddr::V4(Ipv4Addr::LOCALHOST), request_id: String::new(), connection: 0 };
    let mut watch = app.gateway.watch(&held);
    let mut lines: Vec<String> = Vec::new();
    while lines.len() < TURNS {
        lines.extend(dialogues.choose(&mut rand::rng()).cloned().unwrap_or_default());
    }
    for text in lines.into_iter().take(TURNS) {
        let inbound = Inbound::Message { text, client_id: Some(uuid::Uuid::new_v4().to_string()), language: None };
        let seq = app.gateway.accept(&origin, &held, inbound).await?.seq;
        loop {
            match watch.next().await.as_deref() {
                Some(ServerEvent::Message(stored)) if matches!(&stored.body, Body::Agent(reply) if reply.in_reply_to == Some(seq)) => break,
                Some(ServerEvent::Failed { error, .. }) => return Err(error.message.clone().into()),
                Some(_) => {}
                None => return Err("the watch ended".into()),
            }
        }
    }
    Ok(grant.key)
}

/// Makes the sessions and compacts the file.
async fn fill(folder: &Path, sessions: usize) -> Result<Vec<SessionKey>, Failure> {
    let dialogues = dialogues()?;
    let mut config = Config::default();
    config.server.data_dir = folder.to_owned();
    config.provider.mode = ProviderMode::Template;
    let app = App::open(config, Fill::Demo, Purpose::Talk).await?;
    tokio::spawn(app.queue.clone().work());
    let begun = Instant::now();
    let mut keys = Vec::with_capacity(sessions);
    let mut all = futures_util::stream::iter(0..sessions).map(|_| converse(&app, &dialogues)).buffer_unordered(AT_ONCE);
    while let Some(key) = all.next().await {
        keys.push(key?);
    }
    drop(all);
    let took = begun.elapsed();
    println!("{sessions} sessions of {TURNS} turns in {:.1} s", took.as_secs_f64());
    let begun = Instant::now();
    if let Some(file) = app.engine.store.backend().compact(false).await? {
        let mb = |bytes: u64| bytes as f64 / 1e6;
        println!("{:.1} MB, written anew in {:.2} s: {:.1} MB", mb(file.before), begun.elapsed().as_secs_f64(), mb(file.after));
    }
    app.close().await;
    Ok(keys)
}

/// Where the bytes are.
fn show_tables(folder: &Path) -> Result<(), Failure> {
    let db = Database::open(folder.join(FILE))?;
    let read = db.begin_read()?;
    let mut lines = Vec::new();
    for handle in read.list_tables()? {
        let name = handle.name().to_owned();
        let table = read.open_untyped_table(handle)?;
        let (rows, stats) = (table.len()?, table.stats()?);
        lines.push((stats.stored_bytes(), stats.metadata_bytes(), stats.fragmented_bytes(), rows, name));
    }
    lines.sort_unstable_by(|a, b| b.cmp(a));
    println!("{:>12} {:>10} {:>10} {:>9}  table", "stored", "metadata", "empty", "rows");
    for (stored, metadata, empty, rows, name) in lines {
        println!("{stored:>12} {metadata:>10} {empty:>10} {rows:>9}  {name}");
    }
    Ok(())
}

/// How long a session's messages take to read, each session at random. On a machine that does other things,
/// too, the time on the clock is also theirs; the processor's is ours alone.
async fn show_reads(store: &Store, keys: &[SessionKey]) -> Result<(), Failure> {
    let (mut clock, mut processor) = (Vec::with_capacity(READS), Vec::with_capacity(READS));
    for _ in 0..READS {
        let Some(key) = keys.choose(&mut rand::rng()) else { return Ok(()) };
        let (begun, used) = (Instant::now(), processor_time());
        black_box(store.messages(*key, 0, usize::MAX).await?);
        processor.push(processor_time().saturating_sub(used));
        clock.push(begun.elapsed());
    }
    for (name, took) in [("on the clock", &mut clock), ("of the processor", &mut processor)] {
        took.sort_unstable();
        let at = |quantile: f64| took[((took.len() as f64 * quantile) as usize).min(took.len() - 1)].as_micros();
        println!("messages of a session read, {name}: p50 {} us, p99 {} us, p99.9 {} us", at(0.5), at(0.99), at(0.999));
    }
    Ok(())
}

/// Time this thread has had of the processor.
fn processor_time() -> Duration {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(spent.tv_sec.unsigned_abs(), u32::try_from(spent.tv_nsec).unwrap_or(0))
}

fn measure() -> Result<(), Failure> {
    let trial = std::env::args().any(|argument| argument == "--test");
    let wanted = std::env::var("ELECTROMART_BENCH_SESSIONS").ok().and_then(|text| text.parse().ok());
    let sessions = if trial { 10 } else { wanted.unwrap_or(10_000) };
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let keys = runtime.block_on(fill(folder.path(), sessions))?;
    show_tables(folder.path())?;
    let store = Store::open(folder.path())?;
    runtime.block_on(show_reads(&store, &keys))?;
    let mut criterion = Criterion::default().configure_from_args();
    criterion.bench_function("the messages of a session, read", |b| {
        b.iter(|| keys.choose(&mut rand::rng()).map(|key| runtime.block_on(store.messages(*key, 0, usize::MAX)).is_ok()));
    });
    criterion.final_summary();
    Ok(())
}

fn main() {
    if let Err(failure) = measure() {
        eprintln!("{failure}");
        std::process::exit(1);
    }
}
