//! Server-sent events: a turn's, and a session's.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::{Stream, StreamExt as _, stream};

use super::caller::Caller;
use super::follow::Follower;
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
/// An event in the form of the stream.
fn form(event: &WireEvent) -> Bytes {
    let id = event.seq.map(|seq| format!("id: {seq}\n")).unwrap_or_default();
    Bytes::from(format!("{id}event: {}\ndata: {}\n\n", event.name, event.body))
}

/// An answer of events, sent as they come.
pub fn response(events: impl Stream<Item = Bytes> + Send + 'static) -> Response {
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
            match &*event {
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
    let start = Follower::new(shared, held, 0, after);
    let hello = stream::once(async { Bytes::from_static(b"retry: 2000\n\n") });
    response(hello.chain(stream::unfold(start, |mut follower| async move {
        let bytes = match tokio::time::timeout(COMMENT, follower.next()).await {
            Err(_) => Bytes::from_static(b": waiting\n\n"),
            Ok(Ok(event)) => form(&event),
            // The store cannot be read: the client comes back with the last number it saw.
            Ok(Err(_)) => return None,
        };
        Some((bytes, follower))
    })))
}
