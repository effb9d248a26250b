//! The transports: HTTP, WebSocket, Socket.IO and server-sent events, all on one gateway; and beside them `/v1`,
//! which is for models and not for conversations.
//!
//! Here is the only place that knows HTTP. Nothing here decides anything about a conversation: wire JSON
//! becomes an [`crate::gateway::Inbound`], events become wire JSON.

mod analytics;
mod caller;
mod client;
mod console;
mod follow;
mod guard;
mod health;
pub mod inbound;
pub mod listen;
mod openai;
mod openapi;
mod pages;
mod reply;
mod rest;
mod socketio;
mod sse;
pub mod tls;
pub mod wire;
mod ws;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use axum::Router;
use axum::routing::{get, post};
use metrics_exporter_prometheus::PrometheusHandle;

use crate::config::Config;
use crate::gateway::Gateway;
use crate::llm::Voices;
use crate::llm::encoder::Encoder;
use crate::queue::Queue;

/// What the transports stand on.
pub struct Parts {
    /// The door.
    pub gateway: Gateway,
    /// The queue, for what health tells.
    pub queue: Queue,
    /// The configuration.
    pub config: Arc<Config>,
    /// The models that speak, for what health and pages tell, and for `/v1`.
    pub voices: Voices,
    /// The encoder, where the shop has one, for `/v1`.
    pub encoder: Option<Arc<Encoder>>,
    /// Metrics, when they are gathered.
    pub metrics: Option<PrometheusHandle>,
    /// When the process began.
    pub started: Instant,
}

/// The parts, shared by all requests.
#[derive(Clone)]
pub struct Shared {
    inner: Arc<Inner>,
}

struct Inner {
    parts: Parts,
    sites: guard::Sites,
    desk: openai::Desk,
    draining: AtomicBool,
    connections: AtomicU64,
}

impl std::ops::Deref for Shared {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.inner.parts
    }
}

impl Shared {
    /// Shares the parts.
    pub fn new(parts: Parts) -> Self {
        let sites = guard::Sites::new(&parts.config.server);
        let desk = openai::Desk::new(parts.encoder.clone());
        Self { inner: Arc::new(Inner { parts, sites, desk, draining: AtomicBool::new(false), connections: AtomicU64::new(0) }) }
    }

    /// From now on `/health/ready` says that no new work is wanted.
    pub fn drain(&self) {
        self.inner.draining.store(true, Ordering::Release);
    }

    fn is_draining(&self) -> bool {
        self.inner.draining.load(Ordering::Acquire)
    }

    fn sites(&self) -> &guard::Sites {
        &self.inner.sites
    }

    fn desk(&self) -> &openai::Desk {
        &self.inner.desk
    }

    /// Who puts replies into words first, as pages show it.
    fn provider(&self) -> &'static str {
        let first = self.voices.order(false).first().map(|voice| voice.provider());
        first.unwrap_or(crate::domain::agent::Provider::Template).name()
    }

    /// A number for a connection, never 0.
    fn connection(&self) -> u64 {
        self.inner.connections.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// Who a listener is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Customers only.
    Public,
    /// Staff.
    Console,
    /// Both, on a loopback address.
    Both,
}

/// The routes of a listener.
pub fn router(shared: Shared, face: Face) -> Router {
    let customers = Router::new()
        .route("/api/sessions", post(rest::open_session))
        .route("/api/sessions/{id}/events", get(sse::events).post(rest::client_event))
        .route("/api/sessions/{id}/messages", get(rest::messages))
        .route("/api/chat", post(rest::chat))
        .route("/api/evidence/{id}", get(rest::evidence))
        .route("/api/config", get(rest::config))
        .route("/ws", get(ws::upgrade))
        .merge(health::routes())
        .merge(pages::routes());
    let routes = if face == Face::Public { customers } else { customers.merge(console::routes()).nest(openai::PREFIX, openai::routes()) };
    let routes = routes
        .fallback(reply::not_found)
        .method_not_allowed_fallback(reply::method_not_allowed)
        .with_state(shared.clone())
        .merge(socketio::routes(shared.clone()));
    guard::around(routes, shared)
}
