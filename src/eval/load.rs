//! The load generator: real connections to a running server, each a customer who waits for every reply.

mod client;
mod server;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::Barrier;

pub use client::Transport;
use client::{Client, Tally};

/// What is loaded, and how hard.
#[derive(Debug, Clone)]
pub struct Load {
    /// Where the server listens: `host:port`.
    pub authority: String,
    /// The protocol spoken.
    pub transport: Transport,
    /// Customers at once.
    pub clients: usize,
    /// Messages each sends, one after the other.
    pub messages: usize,
    /// How long every connection is kept after the last message.
    pub hold: Duration,
}

/// What customers say, in turn: each agent gets some.
pub const LINES: &[&str] = &[
    "hello",
    "do you have headphones under 100?",
    "what promotions are running?",
    "how long does shipping take?",
    "which ones do you recommend?",
    "my headphones do not connect",
    "can i pay with paypal?",
    "thanks",
];
/// Connections opened at once, so that the server's backlog is not what is measured.
const OPENING: usize = 64;

/// Runs the load.
///
/// # Errors
/// In one sentence, when no connection can be made.
pub async fn run(load: &Load) -> Result<Value, String> {
    let before = server::resident(&load.authority).await;
    let clients = connect(load).await?;
    let connected = clients.len();
    let refused = load.clients - connected;
    let start = Arc::new(Barrier::new(connected + 1));
    let mut running = tokio::task::JoinSet::new();
    for (number, mut client) in clients.into_iter().enumerate() {
        let (start, messages) = (Arc::clone(&start), load.messages);
        running.spawn(async move {
            start.wait().await;
            let tally = client.talk(number, messages).await;
            (client, tally)
        });
    }
    start.wait().await;
    let begun = Instant::now();
    let mut tally = Tally::default();
    let mut talked = Vec::with_capacity(connected);
    while let Some(done) = running.join_next().await {
        match done {
            Ok((client, own)) => {
                tally.add(own);
                talked.push(client);
            }
            Err(_) => tally.errors += 1,
        }
    }
    let took = begun.elapsed();
    tally.errors += refused as u64;
    let (kept, lost) = hold(talked, load.hold).await;
    tally.errors += lost;
    let after = if load.hold.is_zero() { None } else { server::resident(&load.authority).await };
    let mut report = report(load, connected, &mut tally, took);
    if let Some((before, after)) = before.zip(after) {
        report["server"] = server::memory(before, after, connected);
    }
    drop(kept);
    Ok(report)
}

/// Keeps connections that only answer whether they are still there; returns them and how many were lost.
async fn hold(clients: Vec<Client>, span: Duration) -> (Vec<Client>, u64) {
    let mut held = tokio::task::JoinSet::new();
    for mut client in clients {
        held.spawn(async move {
            // An idle client hears nothing but the heartbeat, which is answered on the way.
            let lost = tokio::time::timeout(span, client.idle()).await.is_ok();
            (client, lost)
        });
    }
    let (mut kept, mut lost) = (Vec::new(), 0);
    while let Some(done) = held.join_next().await {
        if let Ok((client, gone)) = done {
            kept.push(client);
            lost += u64::from(gone);
        }
    }
    (kept, lost)
}

async fn connect(load: &Load) -> Result<Vec<Client>, String> {
    let mut clients = Vec::with_capacity(load.clients);
    let mut failed = None;
    while clients.len() < load.clients && failed.is_none() {
        let batch = (load.clients - clients.len()).min(OPENING);
        let opened = futures_util::future::join_all((0..batch).map(|_| Client::connect(&load.authority, load.transport))).await;
        for client in opened {
            match client {
                Ok(client) => clients.push(client),
                Err(reason) => failed = Some(reason),
            }
        }
    }
    match failed {
        Some(reason) if clients.is_empty() => Err(format!("no connection to {}: {reason}", load.authority)),
        _ => Ok(clients),
    }
}

fn report(load: &Load, connected: usize, tally: &mut Tally, took: Duration) -> Value {
    tally.latencies.sort_unstable();
    let at = |quantile: f64| {
        let place = ((tally.latencies.len() as f64 * quantile) as usize).min(tally.latencies.len().saturating_sub(1));
        tally.latencies.get(place).map(|took| (took.as_secs_f64() * 1e5).round() / 100.0)
    };
    let turns = tally.latencies.len();
    json!({
        "transport": load.transport.name(),
        "clients": connected,
        "messages": load.messages,
        "turns": turns,
        "turns_per_s": (turns as f64 / took.as_secs_f64()).round(),
        "seconds": (took.as_secs_f64() * 1000.0).round() / 1000.0,
        "latency_ms": { "p50": at(0.5), "p95": at(0.95), "p99": at(0.99) },
        "errors": tally.errors,
        "lost": tally.lost,
        "repeated": tally.repeated,
    })
}
