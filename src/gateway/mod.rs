//! The gateway: the only door. Whoever brings a message, it is validated, counted, recognised if it came
//! before, made durable, and put in the queue here.

mod rate;
mod sessions;
mod validate;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::config::Limits;
use crate::domain::agent::Intent;
use crate::domain::error::{ErrorCode, Rejected};
use crate::domain::event::{ServerEvent, SessionGrant};
use crate::domain::ids::{MessageId, Seq, SessionId, SessionKey};
use crate::domain::message::{AgentMessage, Body, Stored, Tap, UserMessage};
use crate::domain::state::Pending;
use crate::domain::time::Moment;
use crate::hub::{Hub, Watch};
use crate::queue::{Class, Queue};
use crate::store::command::{Accept, AcceptRules, Accepted};
use crate::store::rows::{Label, LabelRow};
use crate::store::{Store, StoreError};
use crate::telemetry;
use crate::turn::driver::Job;
use rate::RateLimiter;
pub use sessions::{Token, hash};

/// Where a request comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The way it came: `ws`, `socketio`, `rest`, `sse`, `terminal`.
    pub transport: &'static str,
    /// The client's address.
    pub address: IpAddr,
    /// Name of the request, for the log.
    pub request_id: String,
    /// The connection, so that it is not told what it said itself; 0 when there is none.
    pub connection: u64,
}

/// A session somebody has shown to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its public name.
    pub id: SessionId,
    /// Its name in the store.
    pub key: SessionKey,
}

/// What a client sends.
#[derive(Debug, Clone)]
pub enum Inbound {
    /// A message.
    Message {
        /// The text.
        text: String,
        /// The client's name for it.
        client_id: Option<String>,
        /// The language it is said to be in.
        language: Option<String>,
    },
    /// Yes or no to an action.
    Confirm {
        /// The action.
        action_id: String,
        /// The answer.
        yes: bool,
        /// The client's name for it.
        client_id: Option<String>,
    },
    /// A chip.
    Choose {
        /// The reply that offered it.
        message_id: String,
        /// The chip.
        option: String,
        /// The client's name for it.
        client_id: Option<String>,
    },
}

/// An accepted message.
#[derive(Debug, Clone)]
pub struct Acknowledged {
    /// Its identifier.
    pub message: MessageId,
    /// Its sequence number.
    pub seq: Seq,
    /// How many wait before it.
    pub position: usize,
    /// The client's name for it.
    pub client_id: Option<String>,
    /// Accepted before.
    pub duplicate: bool,
    /// Its reply, where it was accepted and answered before.
    pub reply: Option<Arc<Stored>>,
}

/// The door.
#[derive(Clone)]
pub struct Gateway {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    queue: Queue,
    hub: Hub,
    rate: RateLimiter,
    limits: Limits,
}

impl Gateway {
    /// A door to a store and its queue.
    pub fn new(store: Store, queue: Queue, hub: Hub, limits: Limits) -> Self {
        let rate = RateLimiter::new(limits.requests_per_minute, limits.rate_limit_addresses, limits.shared_networks.clone());
        Self { inner: Arc::new(Inner { store, queue, hub, rate, limits }) }
    }

    /// Counts a request of a client; refused ones count too.
    ///
    /// # Errors
    /// `rate_limited`, with when to come back.
    pub fn count(&self, origin: &Origin, session: Option<SessionKey>) -> Result<(), Rejected> {
        self.inner
            .rate
            .count(origin.address, session, std::time::Instant::now())
            .map_err(|after| Rejected::retry(ErrorCode::RateLimited, "Too many requests. Please wait a moment and try again.", after))
    }

    /// Whether requests from an address are counted per session.
    pub fn counts_sessions(&self, address: IpAddr) -> bool {
        self.inner.rate.is_shared(address)
    }

    /// Opens a session. Does not count the request: whoever calls this has.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open(&self) -> Result<SessionGrant, Rejected> {
        sessions::open(&self.inner.store).await.map_err(failed)
    }

    /// Opens a session of a chosen name, or continues the living one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open_named(&self, id: SessionId) -> Result<SessionGrant, Rejected> {
        sessions::open_named(&self.inner.store, id, self.ttl()).await.map_err(failed)
    }

    /// The session of a public name and its token.
    ///
    /// # Errors
    /// `invalid_session` for an unknown name and for a wrong token alike; `session_expired`.
    pub async fn authenticate(&self, id: &str, token: &str) -> Result<SessionGrant, Rejected> {
        sessions::authenticate(&self.inner.store, id, token, self.ttl(), Moment::now()).await
    }

    /// Accepts what a client sends: durable when this returns.
    ///
    /// The work goes on when the caller goes away: a message must not be left between the disk and the
    /// queue because a browser closed its connection in between.
    ///
    /// # Errors
    /// Why it was not taken.
    pub async fn accept(&self, origin: &Origin, held: &Held, inbound: Inbound) -> Result<Acknowledged, Rejected> {
        let (door, from, session) = (self.clone(), origin.clone(), held.clone());
        let taken = tokio::spawn(async move { door.take(&from, &session, inbound).await });
        let outcome = taken.await.unwrap_or_else(|_| Err(Rejected::internal()));
        match &outcome {
            Ok(_) => telemetry::message(origin.transport, "accepted"),
            Err(rejected) => {
                telemetry::message(origin.transport, rejected.code.name());
                telemetry::error(rejected.code.name());
            }
        }
        outcome
    }

    async fn take(&self, origin: &Origin, held: &Held, inbound: Inbound) -> Result<Acknowledged, Rejected> {
        if self.inner.queue.is_draining() {
            return Err(busy());
        }
        let (message, class, label) = self.message(held, inbound).await?;
        let urgent = self.inner.store.state(held.key).await.map_err(failed)?.last_urgent;
        let class = if class == Class::Usual && urgent { Class::Urgent } else { class };
        let Some(slot) = self.inner.queue.reserve(class) else { return Err(busy()) };
        let accept = Accept {
            session: held.key,
            body: crate::store::codec::encode(&Body::User(message.clone())),
            client_id: message.client_id.clone(),
            text_hash: validate::text_hash(&message.text),
            at: message.created_at,
            class: class as u8,
            rules: self.rules(),
        };
        match self.inner.store.accept(accept).await.map_err(failed)? {
            Accepted::New { seq, inbox, epoch } => {
                if let Some(label) = label {
                    // A label that cannot be kept costs a training line, not the customer's tap.
                    let _ = self.inner.store.put_label(label).await;
                }
                let stored = Arc::new(Stored { seq, body: Body::User(message.clone()) });
                self.inner.hub.publish(held.key, &ServerEvent::Said { stored, origin: origin.connection });
                let client_id = message.client_id.clone();
                let accepted_at = message.created_at;
                let job = Job {
                    session: held.key,
                    session_id: held.id.clone(),
                    seq,
                    inbox,
                    epoch,
                    message,
                    address: origin.address.to_string(),
                    request_id: origin.request_id.clone(),
                    accepted_at,
                    waited: Duration::ZERO,
                    replayed: false,
                    suspect: false,
                };
                let position = slot.submit(job, class);
                Ok(Acknowledged { message: MessageId::at(held.key, seq), seq, position, client_id, duplicate: false, reply: None })
            }
            Accepted::Duplicate { seq } => {
                let reply = self.reply_to(held.key, seq).await.map_err(failed)?;
                let client_id = message.client_id;
                Ok(Acknowledged { message: MessageId::at(held.key, seq), seq, position: 0, client_id, duplicate: true, reply })
            }
            Accepted::NoSession => Err(Rejected::invalid_session()),
            Accepted::Expired => Err(expired()),
            Accepted::TooManyWaiting => Err(Rejected::retry(
                ErrorCode::Busy,
                "Your earlier messages are still being answered. Please wait for a reply.",
                Duration::from_secs(2),
            )),
        }
    }

    /// The message of an inbound event, its class, and the label a tap gives.
    async fn message(&self, held: &Held, inbound: Inbound) -> Result<(UserMessage, Class, Option<LabelRow>), Rejected> {
        let now = Moment::now();
        match inbound {
            Inbound::Message { text, client_id, language } => {
                let text = validate::text(&text, self.inner.limits.message_chars)?;
                let client_id = client_id.map(|id| validate::client_id(&id)).transpose()?;
                let language = language.map(|code| validate::language(&code)).transpose()?;
                Ok((UserMessage { text, client_id, language, tap: None, created_at: now }, Class::Usual, None))
            }
            Inbound::Confirm { action_id, yes, client_id } => {
                let client_id = client_id.map(|id| validate::client_id(&id)).transpose()?;
                let known = match &client_id {
                    Some(id) => self.inner.store.backend().by_client_id(held.key, id).await.map_err(failed)?.is_some(),
                    None => false,
                };
                let state = self.inner.store.state(held.key).await.map_err(failed)?;
                let pending = matches!(&state.pending, Some(Pending::Confirm(action)) if action.id == action_id);
                if !pending && !known {
                    return Err(Rejected::new(ErrorCode::Conflict, "That is no longer open: it was done, changed or has expired."));
                }
                let text = if yes { "Yes" } else { "No" }.to_owned();
                let tap = Some(Tap::Confirm { action_id, yes });
                Ok((UserMessage { text, client_id, language: None, tap, created_at: now }, Class::Control, None))
            }
            Inbound::Choose { message_id, option, client_id } => {
                let client_id = client_id.map(|id| validate::client_id(&id)).transpose()?;
                let (_, reply) = self.own_reply(held, &message_id).await?;
                let choice = reply
                    .options
                    .iter()
                    .find(|choice| choice.id == option)
                    .ok_or_else(|| Rejected::new(ErrorCode::NotFound, "There is no such option."))?;
                let label = Intent::from_name(&option).zip(reply.in_reply_to).map(|(intent, about)| LabelRow {
                    session: held.key,
                    seq: about,
                    at: now,
                    label: Label::Intent(intent),
                });
                let tap = Some(Tap::Choose { message: message_id, option });
                Ok((UserMessage { text: choice.label.clone(), client_id, language: None, tap, created_at: now }, Class::Control, label))
            }
        }
    }

    /// Takes a judgement of a reply.
    ///
    /// # Errors
    /// When the reply is not one of the session's.
    pub async fn feedback(&self, held: &Held, message_id: &str, up: bool, text: Option<String>) -> Result<(), Rejected> {
        let (seq, _) = self.own_reply(held, message_id).await?;
        let text = text.map(|text| validate::text(&text, self.inner.limits.message_chars)).transpose()?;
        let label = LabelRow { session: held.key, seq, at: Moment::now(), label: Label::Feedback { up, text } };
        self.inner.store.put_label(label).await.map_err(failed)
    }

    /// A reply of the session by its identifier.
    async fn own_reply(&self, held: &Held, message_id: &str) -> Result<(Seq, AgentMessage), Rejected> {
        let not_found = || Rejected::new(ErrorCode::NotFound, "There is no such message in this session.");
        let id: MessageId = message_id.parse().map_err(|_| not_found())?;
        if id.session != held.key {
            return Err(not_found());
        }
        let stored = if id.reply {
            self.reply_to(held.key, id.seq).await.map_err(failed)?
        } else {
            self.inner.store.message(held.key, id.seq).await.map_err(failed)?.map(Arc::new)
        };
        match stored.as_deref() {
            Some(Stored { seq, body: Body::Agent(reply) }) => Ok((*seq, (**reply).clone())),
            _ => Err(not_found()),
        }
    }

    /// The reply to a message, if there is one: a few messages after it at most, as each session has few
    /// waiting.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn reply_to(&self, session: SessionKey, seq: Seq) -> Result<Option<Arc<Stored>>, StoreError> {
        let reach = 3 * usize::from(self.inner.limits.session_waiting) + 8;
        let after = self.inner.store.messages(session, seq, reach).await?;
        let found = after.into_iter().find(|stored| match &stored.body {
            Body::Agent(reply) => reply.in_reply_to == Some(seq),
            _ => false,
        });
        Ok(found.map(Arc::new))
    }

    /// Watches a session.
    pub fn watch(&self, held: &Held) -> Watch {
        self.inner.hub.watch(held.key)
    }

    /// Stored messages after a sequence number.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn messages(&self, held: &Held, after: Seq, limit: usize) -> Result<Vec<Stored>, Rejected> {
        self.inner.store.messages(held.key, after, limit).await.map_err(failed)
    }

    /// The store behind the door, for reading.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The limits clients are told.
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    fn ttl(&self) -> Duration {
        Duration::from_secs(self.inner.limits.session_ttl_h * 3_600)
    }

    fn rules(&self) -> AcceptRules {
        AcceptRules {
            ttl: self.ttl(),
            duplicate_window: Duration::from_secs(self.inner.limits.duplicate_window_s),
            waiting: self.inner.limits.session_waiting,
        }
    }
}

fn busy() -> Rejected {
    Rejected::retry(ErrorCode::Busy, "There is a lot to do just now. Please try again in a moment.", Duration::from_secs(1))
}

fn expired() -> Rejected {
    Rejected::new(ErrorCode::SessionExpired, "This session has ended. A new one can be opened.")
}

/// A failure of the store: logged here, told as our fault.
pub fn failed(error: StoreError) -> Rejected {
    tracing::error!(%error, "the store failed");
    Rejected::internal()
}

/// What the sizes of frames and bodies are limited to, in bytes.
pub fn frame_bytes(limits: &Limits) -> usize {
    limits.frame_kib.saturating_mul(1024)
}
