//! One Socket.IO client: the handshake of the protocol, then its events and ours.

use std::time::Duration;

use futures_util::FutureExt as _;
use serde_json::Value;

use super::Received;
use super::link::Link;
use super::packet::{self, Packet};
use crate::domain::error::{ErrorCode, Rejected};
use crate::domain::ids::Seq;
use crate::transport::Shared;
use crate::transport::caller::Caller;
use crate::transport::client::{Answer, Client, Reaction, Refusal};
use crate::transport::inbound::Named;
use crate::transport::wire::WireEvent;
use crate::transport::ws::Over;

/// How long a client may take to open the namespace.
const HELLO: Duration = Duration::from_secs(20);

/// A client and its task.
pub struct Peer {
    link: Link,
    client: Client,
}

impl Peer {
    /// A client that has just connected.
    pub fn new(shared: Shared, caller: Caller, link: Link) -> Self {
        Self { client: Client::new(shared, caller, "socketio"), link }
    }

    /// Serves it until it goes; `open` is the first packet of a WebSocket.
    pub async fn serve(mut self, open: String) {
        let _ = self.run(open).await;
        self.link.close().await;
    }

    async fn run(&mut self, open: String) -> Result<(), Over> {
        self.link.open(open).await?;
        tokio::time::timeout(HELLO, self.hello()).await.map_err(|_| Over)??;
        loop {
            tokio::select! {
                received = self.link.next() => self.receive(&received.ok_or(Over)?).await?,
                event = self.client.next() => self.emit(&event).await?,
            }
            // What has happened meanwhile leaves in the same write.
            while let Some(event) = self.client.next().now_or_never() {
                self.emit(&event).await?;
            }
            self.link.flush().await?;
        }
    }

    /// Waits for the namespace to be opened, and opens or resumes the session.
    async fn hello(&mut self) -> Result<(), Over> {
        loop {
            self.link.flush().await?;
            let received = self.link.next().await.ok_or(Over)?;
            let (namespace, auth) = match packet::read(received.text().ok_or(Over)?) {
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
                    self.emit_all(&events).await?;
                    return self.link.flush().await;
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

    async fn receive(&mut self, received: &Received) -> Result<(), Over> {
        let Some(text) = received.text() else { return self.refuse("Binary messages are not understood; send JSON.").await };
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

    async fn emit_all(&mut self, events: &[WireEvent]) -> Result<(), Over> {
        for event in events {
            self.emit(event).await?;
        }
        Ok(())
    }

    async fn emit(&mut self, event: &WireEvent) -> Result<(), Over> {
        self.push(packet::emit(event.name, &event.body)).await
    }

    async fn push(&mut self, packet: String) -> Result<(), Over> {
        self.link.push(packet).await
    }
}
