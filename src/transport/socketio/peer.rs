//! One Socket.IO client: the handshake of the protocol, then its events and ours.

use std::sync::Arc;
use std::time::Duration;

use engineioxide::{DisconnectReason, Socket};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::packet::{self, Packet};
use super::{Received, Wire};
use crate::domain::error::{ErrorCode, Rejected};
use crate::domain::ids::Seq;
use crate::transport::Shared;
use crate::transport::caller::Caller;
use crate::transport::client::{Answer, Client, Reaction, Refusal};
use crate::transport::inbound::Named;
use crate::transport::wire::WireEvent;

/// How long a client may take to open the namespace.
const HELLO: Duration = Duration::from_secs(20);
/// How long a full buffer is waited for.
const SEND: Duration = Duration::from_secs(10);
/// Between two looks at a full buffer.
const LOOK: Duration = Duration::from_millis(5);

/// A client and its task.
pub struct Peer {
    socket: Arc<Socket<Wire>>,
    received: mpsc::Receiver<Received>,
    client: Client,
}

/// The connection is over.
struct Over;

impl Peer {
    /// A client that has just connected.
    pub fn new(shared: Shared, socket: Arc<Socket<Wire>>, received: mpsc::Receiver<Received>) -> Self {
        let caller = socket.req_parts.extensions.get::<Caller>().cloned().unwrap_or_else(|| Caller {
            address: std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED),
            request_id: uuid::Uuid::new_v4().to_string(),
            bearer: None,
        });
        Self { client: Client::new(shared, caller, "socketio"), socket, received }
    }

    /// Serves it until it goes.
    pub async fn serve(mut self) {
        let _ = self.run().await;
        if !self.socket.is_closed() {
            self.socket.close(DisconnectReason::TransportClose);
        }
    }

    async fn run(&mut self) -> Result<(), Over> {
        tokio::time::timeout(HELLO, self.hello()).await.map_err(|_| Over)??;
        let socket = Arc::clone(&self.socket);
        let closed = socket.closed();
        tokio::pin!(closed);
        loop {
            tokio::select! {
                received = self.received.recv() => match received {
                    Some(Received::Text(text)) => self.receive(&text).await?,
                    Some(Received::Binary) => self.refuse("Binary messages are not understood; send JSON.").await?,
                    None => return Ok(()),
                },
                event = self.client.next() => self.emit(&event).await?,
                () = &mut closed => return Ok(()),
            }
        }
    }

    /// Waits for the namespace to be opened, and opens or resumes the session.
    async fn hello(&mut self) -> Result<(), Over> {
        loop {
            let Some(Received::Text(text)) = self.received.recv().await else { return Err(Over) };
            let (namespace, auth) = match packet::read(&text) {
                Ok(Packet::Connect { namespace, auth }) => (namespace, auth),
                _ => return Err(Over),
            };
            if namespace != "/" {
                self.push(packet::refused(&namespace, "There is no such namespace.", ErrorCode::NotFound.name())).await?;
                continue;
            }
            match self.begin(&auth).await {
                Ok(events) => {
                    let sid = uuid::Uuid::new_v4().simple().to_string();
                    self.push(packet::connected(&sid)).await?;
                    return self.emit_all(&events).await;
                }
                Err(refusal) => {
                    let rejected = &refusal.rejected;
                    self.push(packet::refused("/", &rejected.message, rejected.code.name())).await?;
                    // The client may try again on the same connection, without the session that ended.
                }
            }
        }
    }

    async fn begin(&mut self, auth: &Value) -> Result<Vec<WireEvent>, Refusal> {
        let text = |name: &str| auth.get(name).and_then(Value::as_str).map(str::to_owned);
        match text("session_id") {
            None => Ok(vec![self.client.open().await?]),
            Some(id) => {
                let last_seq = auth.get("last_seq").and_then(Value::as_u64).and_then(|seq| Seq::try_from(seq).ok()).unwrap_or(0);
                self.client.resume(&Named { id, token: text("token") }, last_seq).await
            }
        }
    }

    async fn receive(&mut self, text: &str) -> Result<(), Over> {
        match packet::read(text) {
            Ok(Packet::Event { name, body, callback }) => {
                let reaction = self.client.handle(&name, &body).await;
                self.answer(reaction, callback).await
            }
            Ok(Packet::Ack) => Ok(()),
            Ok(Packet::Connect { namespace, .. }) if namespace != "/" => {
                self.push(packet::refused(&namespace, "There is no such namespace.", ErrorCode::NotFound.name())).await
            }
            Ok(Packet::Connect { .. }) => self.refuse("The namespace is open already.").await,
            Ok(Packet::Disconnect) => Err(Over),
            Err(unreadable) => self.refuse(unreadable.0).await,
        }
    }

    /// A callback is answered exactly once, and then no event says the same.
    async fn answer(&mut self, reaction: Reaction, callback: Option<u64>) -> Result<(), Over> {
        match (reaction.answer, callback) {
            (Ok(Answer::Ack(ack)), Some(callback)) => self.push(packet::answer(callback, &ack.body)).await?,
            (Ok(Answer::Ack(ack)), None) => self.emit(&ack).await?,
            (Ok(Answer::Done), Some(callback)) => self.push(packet::answer(callback, "{\"ok\":true}")).await?,
            (Ok(Answer::Done), None) => {}
            (Err(refusal), Some(callback)) => self.push(packet::answer(callback, &refusal.callback())).await?,
            (Err(refusal), None) => self.emit(&refusal.event()).await?,
        }
        self.emit_all(&reaction.events).await
    }

    async fn refuse(&mut self, why: &str) -> Result<(), Over> {
        let refusal = self.client.refuse(Rejected::new(ErrorCode::InvalidMessage, why), None);
        self.emit(&refusal.event()).await
    }

    async fn emit_all(&self, events: &[WireEvent]) -> Result<(), Over> {
        for event in events {
            self.emit(event).await?;
        }
        Ok(())
    }

    async fn emit(&self, event: &WireEvent) -> Result<(), Over> {
        self.push(packet::emit(event.name, &event.body)).await
    }

    /// Sends a packet; a client that does not read for a while is let go.
    async fn push(&self, packet: String) -> Result<(), Over> {
        let waiting = async {
            let mut packet: engineioxide::Str = packet.into();
            loop {
                match self.socket.emit(packet) {
                    Ok(()) => return Ok(()),
                    Err(TrySendError::Full(back)) => packet = back,
                    Err(TrySendError::Closed(_)) => return Err(Over),
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(SEND, waiting).await.unwrap_or(Err(Over))
    }
}
