//! What the loaded server says of its own memory.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The figure of `/metrics` that is read.
const FIGURE: &str = "process_resident_memory_bytes ";

/// Resident memory in bytes, where the server tells.
pub async fn resident(authority: &str) -> Option<f64> {
    let mut stream = TcpStream::connect(authority).await.ok()?;
    let request = format!("GET /metrics HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    answer.lines().find_map(|line| line.strip_prefix(FIGURE))?.trim().parse().ok()
}

/// The memory before and with all connections.
pub fn memory(before: f64, after: f64, connections: usize) -> Value {
    let megabytes = |bytes: f64| (bytes / 1e5).round() / 10.0;
    let each = (after - before) / connections.max(1) as f64 / 1e3;
    json!({
        "resident_mb_before": megabytes(before),
        "resident_mb": megabytes(after),
        "kb_per_connection": (each * 10.0).round() / 10.0,
    })
}
