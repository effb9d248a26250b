//! Whether the shop works.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};

use super::caller::Caller;
use super::{Shared, console, reply};
use crate::llm::Health;

/// The routes of health.
pub fn routes() -> Router<Shared> {
    Router::new().route("/health", get(health)).route("/health/live", get(live)).route("/health/ready", get(ready))
}

/// The process answers.
async fn live() -> Response {
    reply::json(StatusCode::OK, json!({ "status": "alive" }).to_string())
}

/// Messages are taken.
async fn ready(State(shared): State<Shared>) -> Response {
    let ready = !shared.is_draining() && shared.gateway.store().backend().writable();
    let (status, word) = if ready { (StatusCode::OK, "ready") } else { (StatusCode::SERVICE_UNAVAILABLE, "not_ready") };
    reply::json(status, json!({ "status": word }).to_string())
}

/// How things are; details only for this machine and staff.
async fn health(State(shared): State<Shared>, caller: Caller) -> Response {
    let writable = shared.gateway.store().backend().writable();
    let waiting = shared.queue.len();
    let full = waiting >= shared.config.limits.queue_messages * 19 / 20;
    let remote = shared.voices.remote_health();
    let resting = remote.is_some_and(|health| health != Health::Healthy);
    let overall = match (writable, full || resting || shared.is_draining()) {
        (false, _) => "unhealthy",
        (true, true) => "degraded",
        (true, false) => "healthy",
    };
    let status = if writable { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut document = json!({ "status": overall });
    let token = caller.bearer.as_deref().unwrap_or_default();
    if caller.address.is_loopback() || console::is_staff(&shared, token, &["read", "admin"]).await {
        document["version"] = json!(env!("CARGO_PKG_VERSION"));
        document["uptime_s"] = json!(shared.started.elapsed().as_secs());
        document["checks"] = checks(&shared, writable, waiting, full);
    }
    reply::json(status, document.to_string())
}

/// How a model is, in the words of the contract.
fn model(health: Option<Health>) -> &'static str {
    match health {
        None => "not_configured",
        Some(Health::Healthy) => "healthy",
        Some(Health::Degraded) => "degraded",
        Some(Health::Loading) => "loading",
    }
}

fn checks(shared: &Shared, writable: bool, waiting: usize, full: bool) -> Value {
    json!({
        "store": { "status": if writable { "healthy" } else { "unhealthy" } },
        "queue": { "status": if full { "degraded" } else { "healthy" }, "waiting": waiting },
        "local_model": { "status": model(shared.voices.local_health()), "model": shared.voices.local_name() },
        "remote_model": { "status": model(shared.voices.remote_health()) },
    })
}
