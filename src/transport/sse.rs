//! Server-sent events: a turn's, and a session's.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::{Stream, stream};

use super::caller::Caller;
use super::rest::{After, admit_to};
use super::wire::{self, WireEvent};
use super::{Shared, reply};
use crate::domain::event::{ServerEvent, SessionGrant};
use crate::domain::ids::Seq;
use crate::domain::message::{Body as Stuff, Stored};
use crate::gateway::{Acknowledged, Held};
use crate::hub::Watch;

/// Between two comments that keep the connection alive.
const COMMENT: Duration = Duration::from_secs(15);
/// Messages read from the store at once.
const PAGE: usize = 200;

/// An event in the form of the stream.
fn form(event: &WireEvent) -> Bytes {
    let id = event.seq.map(|seq| format!("id: {seq}\n")).unwrap_or_default();
    Bytes::from(format!("{id}event: {}\ndata: {}\n\n", event.name, event.body))
}

fn response(events: impl Stream<Item = Bytes> + Send + 'static) -> Response {
    use futures_util::StreamExt as _;
    let mut response = Response::new(Body::from_stream(events.map(Ok::<_, Infallible>)));
    *response.status_mut() = StatusCode::OK;
    for (name, value) in [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // Proxies that gather answers would hold the events back.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The events of one turn, `ack` first and `agent_message` last.
pub fn turn(held: Held, opened: Option<SessionGrant>, acknowledged: Acknowledged, watch: Watch) -> Response {
    let first = vec![form(&wire::ack(&acknowledged, opened.as_ref()))];
    let replied = acknowledged.reply.clone();
    let start = Turn { held, acknowledged, watch, queued: first, replied, over: false };
    response(stream::unfold(start, |mut turn| async move {
        let bytes = turn.next().await?;
        Some((bytes, turn))
    }))
}

struct Turn {
    held: Held,
    acknowledged: Acknowledged,
    watch: Watch,
    queued: Vec<Bytes>,
    replied: Option<std::sync::Arc<Stored>>,
    over: bool,
}

impl Turn {
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(bytes) = self.queued.pop() {
            return Some(bytes);
        }
        if self.over {
            return None;
        }
        if let Some(reply) = self.replied.take() {
            self.over = true;
            return Some(form(&wire::stored(self.held.key, &self.held.id, &reply)));
        }
        loop {
            let event = match tokio::time::timeout(COMMENT, self.watch.next()).await {
                Err(_) => return Some(Bytes::from_static(b": waiting\n\n")),
                Ok(None) => return None,
                Ok(Some(event)) => event,
            };
            match &event {
                // What the customer said is known to the one who said it.
                ServerEvent::Said { .. } => continue,
                ServerEvent::Message(stored) => {
                    self.over = matches!(&stored.body, Stuff::Agent(reply) if reply.in_reply_to == Some(self.acknowledged.seq));
                }
                ServerEvent::Failed { message, .. } => self.over = *message == self.acknowledged.message,
                ServerEvent::Typing { .. } | ServerEvent::Delta { .. } | ServerEvent::Cancel { .. } => {}
            }
            if let Some(event) = wire::event(self.held.key, &self.held.id, &event, 0) {
                return Some(form(&event));
            }
        }
    }
}

/// `GET /api/sessions/{id}/events`
pub async fn events(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    query: Result<Query<After>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let held = match admit_to(&shared, &caller, &id).await {
        Ok(held) => held,
        Err(rejected) => return reply::refuse(&rejected, &caller),
    };
    let last_id = headers.get("last-event-id").and_then(|value| value.to_str().ok()).and_then(|value| value.trim().parse::<Seq>().ok());
    let after = last_id.or(query.ok().and_then(|Query(after)| after.after)).unwrap_or(0);
    // Watching begins before the store is read, so nothing falls in between.
    let watch = shared.gateway.watch(&held);
    let start = Session { shared, held, watch, next: after.saturating_add(1), behind: true, queued: std::collections::VecDeque::new() };
    let hello = stream::once(async { Bytes::from_static(b"retry: 2000\n\n") });
    use futures_util::StreamExt as _;
    response(hello.chain(stream::unfold(start, |mut session| async move {
        let bytes = session.next().await?;
        Some((bytes, session))
    })))
}

struct Session {
    shared: Shared,
    held: Held,
    watch: Watch,
    next: Seq,
    /// There may be stored messages that were not sent.
    behind: bool,
    queued: std::collections::VecDeque<Bytes>,
}

impl Session {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(bytes) = self.queued.pop_front() {
                return Some(bytes);
            }
            if self.behind {
                self.read().await?;
                continue;
            }
            match tokio::time::timeout(COMMENT, self.watch.next()).await {
                Err(_) => return Some(Bytes::from_static(b": waiting\n\n")),
                Ok(None) => {
                    self.watch = self.shared.gateway.watch(&self.held);
                    self.behind = true;
                }
                Ok(Some(event)) => self.take(&event),
            }
        }
    }

    /// A page from the store; `None` ends the stream when the store cannot be read.
    async fn read(&mut self) -> Option<()> {
        let page = self.shared.gateway.messages(&self.held, self.next.saturating_sub(1), PAGE).await.ok()?;
        self.behind = page.len() == PAGE;
        for stored in &page {
            self.queued.push_back(form(&wire::stored(self.held.key, &self.held.id, stored)));
            self.next = stored.seq + 1;
        }
        Some(())
    }

    fn take(&mut self, event: &ServerEvent) {
        if let ServerEvent::Message(stored) | ServerEvent::Said { stored, .. } = event {
            if stored.seq != self.next {
                self.behind |= stored.seq > self.next;
                return;
            }
            self.next = stored.seq + 1;
        }
        self.queued.extend(wire::event(self.held.key, &self.held.id, event, 0).as_ref().map(form));
    }
}
