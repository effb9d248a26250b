//! Socket.IO (protocol 5) on Engine.IO 4: packets here, polling, heartbeats and upgrades in engineioxide.
//!
//! The Socket.IO layer is our own because socketioxide 0.18 refuses a connection without `data`, and a
//! client that cannot resume must be told the code; it is also one task and one small buffer a client.

mod packet;
mod peer;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::body::Bytes;
use engineioxide::config::EngineIoConfig;
use engineioxide::handler::EngineIoHandler;
use engineioxide::service::EngineIoService;
use engineioxide::{DisconnectReason, Socket, Str};
use tokio::sync::mpsc;

use super::Shared;
use crate::gateway::frame_bytes;
use peer::Peer;

/// Packets of a client that wait to be read; more at once is not a person.
const BACKLOG: usize = 64;
/// Packets for a client that wait to be sent.
const BUFFER: usize = 128;
/// Bytes read at once: small, because there are many connections.
const READ_BUFFER: usize = 2 * 1024;

/// The service behind `/socket.io/`.
pub fn service(shared: Shared) -> EngineIoService<Handler> {
    let limits = shared.gateway.limits();
    let bytes = frame_bytes(limits);
    let patience = Duration::from_secs(limits.ping_timeout_s.max(2));
    let config = EngineIoConfig::builder()
        .req_path("/socket.io")
        .ping_interval(patience * 5 / 9)
        .ping_timeout(patience * 4 / 9)
        .max_payload(bytes as u64)
        .max_buffer_size(BUFFER)
        .ws_read_buffer_size(READ_BUFFER)
        .ws_max_message_size(bytes)
        .ws_max_frame_size(bytes)
        .build();
    EngineIoService::with_config(Arc::new(Handler { shared }), config)
}

/// Hands what clients send to their tasks.
pub struct Handler {
    shared: Shared,
}

impl std::fmt::Debug for Handler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Handler")
    }
}

/// What an Engine.IO socket carries: the way to its task.
#[derive(Default)]
pub struct Wire {
    packets: OnceLock<mpsc::Sender<Received>>,
}

/// What came in.
pub enum Received {
    /// A text packet.
    Text(Str),
    /// A binary one.
    Binary,
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
        let peer = Peer::new(self.shared.clone(), socket, received);
        tokio::spawn(peer.serve());
    }

    fn on_disconnect(&self, _: Arc<Socket<Wire>>, _: DisconnectReason) {}

    fn on_message(self: &Arc<Self>, text: Str, socket: Arc<Socket<Wire>>) {
        Self::pass(&socket, Received::Text(text));
    }

    fn on_binary(self: &Arc<Self>, _: Bytes, socket: Arc<Socket<Wire>>) {
        Self::pass(&socket, Received::Binary);
    }
}
