//! A client on a connection that lasts: its session, what it sends, and what it is sent, the same for
//! `/ws` and Socket.IO.

use std::time::Duration;

use serde_json::Value;

use super::Shared;
use super::caller::Caller;
use super::follow::Follower;
use super::inbound::{self, ClientEvent, Named};
use super::wire::{self, WireError, WireEvent};
use crate::domain::error::{ErrorCode, Rejected};
use crate::domain::event::SessionGrant;
use crate::domain::ids::Seq;
use crate::gateway::{Held, Inbound, Origin};
use crate::telemetry;

/// Between two attempts to read a store that failed.
const BREATH: Duration = Duration::from_secs(1);

/// A connected client.
pub struct Client {
    shared: Shared,
    caller: Caller,
    origin: Origin,
    /// The session the connection holds, with what it has been sent of it.
    live: Option<Follower>,
}

/// What became of an event.
pub struct Reaction {
    /// The answer to the event itself.
    pub answer: Result<Answer, Refusal>,
    /// Events that follow from it.
    pub events: Vec<WireEvent>,
}

/// An event was taken.
pub enum Answer {
    /// A message was accepted.
    Ack(WireEvent),
    /// Done; nothing is stored that the client would number.
    Done,
}

/// An event was refused.
pub struct Refusal {
    /// Why.
    pub rejected: Rejected,
    /// The client's name for it.
    pub client_id: Option<String>,
    /// Name of the request.
    pub request_id: String,
}

impl Refusal {
    /// As an `error` event.
    pub fn event(&self) -> WireEvent {
        self.wire().event()
    }

    /// As the answer of a callback.
    pub fn callback(&self) -> String {
        self.wire().callback()
    }

    fn wire(&self) -> WireError<'_> {
        WireError::new(&self.rejected, &self.request_id).about(self.client_id.as_deref(), None)
    }
}

impl Client {
    /// A client that has no session yet.
    pub fn new(shared: Shared, caller: Caller, transport: &'static str) -> Self {
        let origin = Origin { connection: shared.connection(), ..caller.origin(transport) };
        telemetry::connections(transport, 1.0);
        Self { shared, caller, origin, live: None }
    }

    /// A refusal of this client, counted and named.
    pub fn refuse(&self, rejected: Rejected, client_id: Option<String>) -> Refusal {
        telemetry::error(rejected.code.name());
        Refusal { rejected, client_id, request_id: self.caller.request_id.clone() }
    }

    /// Opens a session for it.
    ///
    /// # Errors
    /// Too many requests, or the store failed.
    pub async fn open(&mut self) -> Result<WireEvent, Refusal> {
        let opened = match self.shared.gateway.count(&self.origin, None) {
            Ok(()) => self.shared.gateway.open().await,
            Err(rejected) => Err(rejected),
        };
        match opened {
            Ok(grant) => Ok(self.hold_new(grant)),
            Err(rejected) => Err(self.refuse(rejected, None)),
        }
    }

    /// Goes on with a session: the grant, then every stored message the client has not seen.
    ///
    /// # Errors
    /// `unauthorized` without a token, `invalid_session`, `session_expired`.
    pub async fn resume(&mut self, named: &Named, last_seq: Seq) -> Result<Vec<WireEvent>, Refusal> {
        match self.try_resume(named, Some(last_seq)).await {
            Ok(events) => Ok(events),
            Err(rejected) => Err(self.refuse(rejected, None)),
        }
    }

    async fn try_resume(&mut self, named: &Named, last_seq: Option<Seq>) -> Result<Vec<WireEvent>, Rejected> {
        let token = named.token.as_deref().ok_or_else(|| Rejected::new(ErrorCode::Unauthorized, "A session is resumed with its token."))?;
        let grant = self.shared.gateway.authenticate(&named.id, token).await?;
        let seen = last_seq.unwrap_or(grant.last_seq).min(grant.last_seq);
        let mut events = vec![wire::session(&grant)];
        let held = Held { id: grant.id, key: grant.key };
        let live = self.live.insert(Follower::new(self.shared.clone(), held, self.origin.connection, seen));
        events.extend(live.stored().await?);
        Ok(events)
    }

    /// Holds a session that was just opened.
    fn hold_new(&mut self, grant: SessionGrant) -> WireEvent {
        let event = wire::session(&grant);
        let held = Held { id: grant.id, key: grant.key };
        self.live = Some(Follower::of_new(self.shared.clone(), held, self.origin.connection));
        event
    }

    /// Takes an event of the client.
    pub async fn handle(&mut self, name: &str, body: &Value) -> Reaction {
        let client_id = inbound::client_id(body);
        let counted = !matches!(name, "typing" | "resume");
        let session = self.live.as_ref().map(|live| live.held.key);
        if counted && let Err(rejected) = self.shared.gateway.count(&self.origin, session) {
            return Reaction { answer: Err(self.refuse(rejected, client_id)), events: Vec::new() };
        }
        let mut events = Vec::new();
        let answer = match inbound::read(name, body) {
            Ok(event) => self.react(event, &mut events).await,
            Err(rejected) => Err(rejected),
        };
        let answer = match answer {
            Ok(answer) => Ok(answer),
            Err(rejected) => {
                if rejected.code == ErrorCode::SessionExpired
                    && let Ok(fresh) = self.shared.gateway.open().await
                {
                    events.push(self.hold_new(fresh));
                }
                Err(self.refuse(rejected, client_id))
            }
        };
        Reaction { answer, events }
    }

    async fn react(&mut self, event: ClientEvent, events: &mut Vec<WireEvent>) -> Result<Answer, Rejected> {
        match event {
            ClientEvent::Typing => Ok(Answer::Done),
            ClientEvent::Resume { session, last_seq } => {
                events.extend(self.try_resume(&session, Some(last_seq)).await?);
                Ok(Answer::Done)
            }
            ClientEvent::Feedback { message_id, up, text } => {
                let held = self.held(None, events).await?;
                self.shared.gateway.feedback(&held, &message_id, up, text).await?;
                Ok(Answer::Done)
            }
            ClientEvent::Inbound { inbound, session } => {
                let held = self.held(session, events).await?;
                self.accept(&held, inbound, events).await
            }
        }
    }

    async fn accept(&self, held: &Held, inbound: Inbound, events: &mut Vec<WireEvent>) -> Result<Answer, Rejected> {
        let acknowledged = self.shared.gateway.accept(&self.origin, held, inbound).await?;
        if let Some(reply) = &acknowledged.reply {
            events.push(wire::stored(held.key, &held.id, reply));
        }
        Ok(Answer::Ack(wire::ack(&acknowledged, None)))
    }

    /// The session an event is about: the connection's own, or another one that is proven, to which the
    /// connection then changes. A connection without one gets one.
    async fn held(&mut self, named: Option<Named>, events: &mut Vec<WireEvent>) -> Result<Held, Rejected> {
        let own = self.live.as_ref().map(|live| live.held.clone());
        match (named, own) {
            (None, Some(held)) => Ok(held),
            (Some(named), Some(held)) if named.id == held.id.as_str() => Ok(held),
            (Some(named), _) => {
                events.extend(self.try_resume(&named, None).await?);
                self.live.as_ref().map(|live| live.held.clone()).ok_or_else(Rejected::invalid_session)
            }
            (None, None) => {
                let grant = self.shared.gateway.open().await?;
                let held = Held { id: grant.id.clone(), key: grant.key };
                events.push(self.hold_new(grant));
                Ok(held)
            }
        }
    }

    /// What there is to send next; waits for it. Never ends while the connection lives. May be broken off.
    pub async fn next(&mut self) -> WireEvent {
        let Some(live) = &mut self.live else { return std::future::pending().await };
        loop {
            match live.next().await {
                Ok(event) => return event,
                // The failure is in the log; a store that cannot be read is not asked without a pause.
                Err(_) => tokio::time::sleep(BREATH).await,
            }
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        telemetry::connections(self.origin.transport, -1.0);
    }
}
