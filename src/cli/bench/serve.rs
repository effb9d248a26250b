//! `electromart bench serve`: load on a running server.

use std::time::Duration;

use crate::cli::args::{BenchVerb, Global};
use crate::cli::outcome::{Failure, document, line};
use crate::cli::{reach, system};
use crate::eval::load::{self, Load, Transport};

/// Runs the load and prints what came of it.
pub fn run(global: &Global, load: &BenchVerb) -> Result<(), Failure> {
    let BenchVerb::Serve { url, clients, messages, transport, hold } = load;
    let authority = url.trim_end_matches('/').strip_prefix("http://").ok_or_else(|| {
        Failure::Usage(format!("{url} is not an address such as http://127.0.0.1:8080 (load over TLS would measure the encryption)"))
    })?;
    let transport = if transport == "ws" { Transport::Ws } else { Transport::SocketIo };
    let load =
        Load { authority: authority.to_owned(), transport, clients: *clients, messages: *messages, hold: Duration::from_secs(*hold) };
    let files = system::raise_file_limit();
    if !global.quiet && !global.json {
        line(&format!("{clients} clients, {messages} messages each, over {}; {files} open files allowed", transport.name()));
    }
    let report = reach::block_on(async { load::run(&load).await.map_err(Failure::Said) })?;
    if global.json {
        let mut report = report;
        report["open_files"] = files.into();
        document(&report);
        return Ok(());
    }
    line(&format!(
        "{} turns in {} s: {} turns/s; p50 {} ms, p95 {} ms, p99 {} ms; errors {}, lost {}, repeated {}",
        report["turns"],
        report["seconds"],
        report["turns_per_s"],
        report["latency_ms"]["p50"],
        report["latency_ms"]["p95"],
        report["latency_ms"]["p99"],
        report["errors"],
        report["lost"],
        report["repeated"],
    ));
    if let Some(memory) = report["server"].as_object() {
        line(&format!(
            "the server: {} MB resident before, {} MB with {} connections: {} KB each",
            memory["resident_mb_before"], memory["resident_mb"], report["clients"], memory["kb_per_connection"]
        ));
    }
    Ok(())
}
