//! Socket.IO (protocol 5) on Engine.IO 4.
//!
//! The Socket.IO layer is our own because socketioxide 0.18 refuses a connection without `data`, and a
//! client that cannot resume must be told the code. Below it, WebSockets are our own, too, because there
//! are many; polling and the change from polling to a WebSocket are engineioxide's.

mod link;
mod packet;
mod peer;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Uri};
use axum::middleware::{self, Next};
use axum::response::Response;
use engineioxide::config::EngineIoConfig;
use engineioxide::handler::EngineIoHandler;
use engineioxide::service::EngineIoService;
use engineioxide::{DisconnectReason, Socket, Str};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::Shared;
use super::caller::{Caller, Place};
use super::guard::SOCKET_IO;
use super::ws;
use crate::gateway::frame_bytes;
use link::{Direct, Link};
use peer::Peer;

/// Packets of a client that wait to be read; more at once is not a person.
const BACKLOG: usize = 64;
/// Packets for a client that wait to be sent.
const BUFFER: usize = 128;
/// Bytes read at once: small, because there are many connections.
const READ_BUFFER: usize = 1024;

/// How often a client is asked whether it is still there, and how long it may take to say so.
#[derive(Debug, Clone, Copy)]
struct Heartbeat {
    interval: Duration,
    patience: Duration,
}

impl Heartbeat {
    fn of(shared: &Shared) -> Self {
        let silence = Duration::from_secs(shared.gateway.limits().ping_timeout_s.max(2));
        Self { interval: silence * 5 / 9, patience: silence * 4 / 9 }
    }
}

/// The routes of Socket.IO.
pub fn routes(shared: Shared) -> Router {
    let bytes = frame_bytes(shared.gateway.limits());
    let heartbeat = Heartbeat::of(&shared);
    let config = EngineIoConfig::builder()
        .req_path("/socket.io")
        .ping_interval(heartbeat.interval)
        .ping_timeout(heartbeat.patience)
        .max_payload(bytes as u64)
        .max_buffer_size(BUFFER)
        .ws_read_buffer_size(READ_BUFFER)
        .ws_max_message_size(bytes)
        .ws_max_frame_size(bytes)
        .build();
    let engine = EngineIoService::with_config(Arc::new(Handler { shared: shared.clone() }), config);
    Router::new().route_service(SOCKET_IO, engine).layer(middleware::from_fn_with_state(shared, direct))
}

/// Takes WebSockets that do not begin as something else; the rest goes on to engineioxide.
async fn direct(State(shared): State<Shared>, caller: Caller, mut request: Request, next: Next) -> Response {
    let Some(key) = ws::handshake_key(request.headers()).filter(|_| begins(request.method(), request.uri())) else {
        own(&mut request);
        return next.run(request).await;
    };
    let place = request.extensions().get::<Place>().cloned();
    let upgrade = hyper::upgrade::on(&mut request);
    drop(request);
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        let heartbeat = Heartbeat::of(&shared);
        let socket = ws::socket(upgraded, shared.gateway.limits()).await;
        let open = packet::open(heartbeat.interval, heartbeat.patience, frame_bytes(shared.gateway.limits()));
        let link = Link::Direct(Box::new(Direct::new(socket, heartbeat.interval, heartbeat.patience)));
        Peer::new(shared, caller, link).serve(open).await;
        drop(place);
    });
    ws::switching(&key)
}

/// Whether a request opens a WebSocket at once, rather than going on with what began by polling.
fn begins(method: &Method, uri: &Uri) -> bool {
    let has = |wanted: fn(&str) -> bool| uri.query().is_some_and(|query| query.split('&').any(wanted));
    method == Method::GET
        && has(|part| part == "EIO=4")
        && has(|part| part == "transport=websocket")
        && !has(|part| part.starts_with("sid="))
}

/// Gives a request an address and headers of its own. As they came, each is a piece of the connection's
/// read buffer, and engineioxide keeps them, and so the buffer, for as long as the client is there.
fn own(request: &mut Request) {
    let copy = |value: &HeaderValue| HeaderValue::from_bytes(value.as_bytes()).ok();
    let headers: HeaderMap = request.headers().iter().filter_map(|(name, value)| Some((name.clone(), copy(value)?))).collect();
    *request.headers_mut() = headers;
    if let Ok(uri) = request.uri().to_string().parse() {
        *request.uri_mut() = uri;
    }
}

/// Hands what clients send to their tasks.
struct Handler {
    shared: Shared,
}

impl std::fmt::Debug for Handler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Handler")
    }
}

/// What a socket of engineioxide carries: the way to its task.
#[derive(Default)]
pub struct Wire {
    packets: OnceLock<mpsc::Sender<Received>>,
}

/// What came in.
pub enum Received {
    /// A text packet.
    Text(Str),
    /// One with the mark of Engine.IO still before it.
    Frame(Utf8Bytes),
    /// A binary one.
    Binary,
}

impl Received {
    /// The text; `None` for a binary packet.
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.as_ref()),
            Self::Frame(frame) => frame.get(1..),
            Self::Binary => None,
        }
    }
}

impl Handler {
    fn pass(socket: &Socket<Wire>, received: Received) {
        let taken = socket.data.packets.get().is_some_and(|packets| packets.try_send(received).is_ok());
        if !taken {
            socket.close(DisconnectReason::TransportError);
        }
    }
}

impl EngineIoHandler for Handler {
    type Data = Wire;

    fn on_connect(self: Arc<Self>, socket: Arc<Socket<Wire>>) {
        let (packets, received) = mpsc::channel(BACKLOG);
        let _ = socket.data.packets.set(packets);
        let caller = Caller::of(&socket.req_parts);
        let peer = Peer::new(self.shared.clone(), caller, Link::Engine { socket, received });
        tokio::spawn(peer.serve(String::new()));
    }

    fn on_disconnect(&self, _: Arc<Socket<Wire>>, _: DisconnectReason) {}

    fn on_message(self: &Arc<Self>, text: Str, socket: Arc<Socket<Wire>>) {
        Self::pass(&socket, Received::Text(text));
    }

    fn on_binary(self: &Arc<Self>, _: Bytes, socket: Arc<Socket<Wire>>) {
        Self::pass(&socket, Received::Binary);
    }
}
