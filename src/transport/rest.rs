//! REST: sessions, chat, messages, evidence.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::caller::Caller;
use super::client::Answer;
use super::inbound::{self, ClientEvent, Named};
use super::wire::{self, WireError};
use super::{Shared, reply, sse};
use crate::domain::error::{ErrorCode, Rejected};
use crate::domain::event::{ServerEvent, SessionGrant};
use crate::domain::ids::{EvidenceId, MessageId, Seq};
use crate::domain::message::Body as Stuff;
use crate::gateway::{Acknowledged, Held, Inbound, frame_bytes};
use crate::hub::Watch;

/// How long a body may take to arrive.
const BODY: Duration = Duration::from_secs(20);
/// Most messages in one answer.
const PAGE: usize = 1_000;

/// Counts a request and, where it has a session, shows that it is the caller's.
async fn admit(shared: &Shared, caller: &Caller, session: Option<&Named>) -> Result<Option<SessionGrant>, Rejected> {
    let origin = caller.origin("rest");
    let per_session = shared.gateway.counts_sessions(caller.address) && session.is_some();
    if !per_session {
        shared.gateway.count(&origin, None)?;
    }
    let Some(named) = session else { return Ok(None) };
    let token = named.token.as_deref().or(caller.bearer.as_deref());
    let token = token.ok_or_else(|| Rejected::new(ErrorCode::Unauthorized, "This needs the session's token."))?;
    let grant = shared.gateway.authenticate(&named.id, token).await;
    if per_session {
        shared.gateway.count(&origin, grant.as_ref().ok().map(|grant| grant.key))?;
    }
    grant.map(Some)
}

/// The same for a session that must be there.
pub async fn admit_to(shared: &Shared, caller: &Caller, id: &str) -> Result<Held, Rejected> {
    let named = Named { id: id.to_owned(), token: None };
    let grant = admit(shared, caller, Some(&named)).await?.ok_or_else(Rejected::invalid_session)?;
    Ok(Held { id: grant.id, key: grant.key })
}

/// The body of a request, within the limit of the configuration.
///
/// # Errors
/// When it is larger, or takes too long to arrive.
pub async fn body(shared: &Shared, request: Request) -> Result<Bytes, Rejected> {
    let limit = frame_bytes(shared.gateway.limits());
    let too_large = || Rejected::new(ErrorCode::PayloadTooLarge, "The body is too large.");
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    match tokio::time::timeout(BODY, axum::body::to_bytes(request.into_body(), limit)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err(too_large()),
        Err(_) => Err(Rejected::new(ErrorCode::Timeout, "The body took too long to arrive.")),
    }
}

fn parse(bytes: &[u8]) -> Result<Value, Rejected> {
    serde_json::from_slice(bytes).map_err(|_| Rejected::new(ErrorCode::InvalidMessage, "The body is not JSON."))
}

/// `POST /api/sessions`
pub async fn open_session(State(shared): State<Shared>, caller: Caller) -> Response {
    let opened = async {
        admit(&shared, &caller, None).await?;
        shared.gateway.open().await
    };
    match opened.await {
        Ok(grant) => reply::json(StatusCode::CREATED, json!({ "session_id": grant.id.as_str(), "token": grant.token }).to_string()),
        Err(rejected) => reply::refuse(&rejected, &caller),
    }
}

/// A chat request that was admitted.
pub struct Chat {
    /// Its session.
    pub held: Held,
    /// The session, when it was opened for this.
    pub opened: Option<SessionGrant>,
    /// What is said.
    pub inbound: Inbound,
}

async fn chat_request(shared: &Shared, caller: &Caller, request: Request) -> Result<Chat, Rejected> {
    let read = match body(shared, request).await {
        Ok(bytes) => parse(&bytes).and_then(|body| inbound::read("user_message", &body)),
        Err(rejected) => Err(rejected),
    };
    let (inbound, session) = match read {
        Ok(ClientEvent::Inbound { inbound, session }) => (inbound, session),
        Ok(_) => return Err(Rejected::internal()),
        Err(rejected) => {
            // What cannot be read counts as well.
            admit(shared, caller, None).await?;
            return Err(rejected);
        }
    };
    match admit(shared, caller, session.as_ref()).await? {
        Some(grant) => Ok(Chat { held: Held { id: grant.id, key: grant.key }, opened: None, inbound }),
        None => {
            let grant = shared.gateway.open().await?;
            Ok(Chat { held: Held { id: grant.id.clone(), key: grant.key }, opened: Some(grant), inbound })
        }
    }
}

/// `POST /api/chat`
pub async fn chat(State(shared): State<Shared>, caller: Caller, request: Request) -> Response {
    let streams = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/event-stream"));
    let chat = match chat_request(&shared, &caller, request).await {
        Ok(chat) => chat,
        Err(rejected) => return refuse_with_session(&shared, &caller, &rejected).await,
    };
    let transport = if streams { "sse" } else { "rest" };
    // Watching begins before the message is accepted, so that its reply cannot be missed.
    let watch = shared.gateway.watch(&chat.held);
    let acknowledged = match shared.gateway.accept(&caller.origin(transport), &chat.held, chat.inbound.clone()).await {
        Ok(acknowledged) => acknowledged,
        Err(rejected) => return refuse_with_session(&shared, &caller, &rejected).await,
    };
    if streams {
        return sse::turn(chat.held, chat.opened, acknowledged, watch);
    }
    answer(&shared, &caller, &chat, &acknowledged, watch).await
}

/// A refusal; where the session has ended, with a new one.
async fn refuse_with_session(shared: &Shared, caller: &Caller, rejected: &Rejected) -> Response {
    let mut response = reply::refuse(rejected, caller);
    if rejected.code == ErrorCode::SessionExpired
        && let Ok(grant) = shared.gateway.open().await
    {
        let error = serde_json::to_value(WireError::new(rejected, &caller.request_id)).unwrap_or_default();
        let document = json!({ "error": error, "session": { "session_id": grant.id.as_str(), "token": grant.token } });
        *response.body_mut() = Body::from(document.to_string());
    }
    response
}

async fn answer(shared: &Shared, caller: &Caller, chat: &Chat, acknowledged: &Acknowledged, mut watch: Watch) -> Response {
    let token = chat.opened.as_ref().and_then(|grant| grant.token.as_deref());
    if let Some(reply) = &acknowledged.reply {
        return reply::json(StatusCode::OK, wire::stored_with_token(chat.held.key, &chat.held.id, reply, token).body);
    }
    let fail = |error: &Rejected, message: MessageId| {
        let wire = WireError::new(error, &caller.request_id).about(acknowledged.client_id.as_deref(), Some(message));
        reply::refuse_with(reply::status(error.code), &wire, error)
    };
    loop {
        let event = watch.next().await;
        match event.as_deref() {
            Some(ServerEvent::Message(stored)) => {
                if matches!(&stored.body, Stuff::Agent(reply) if reply.in_reply_to == Some(acknowledged.seq)) {
                    return reply::json(StatusCode::OK, wire::stored_with_token(chat.held.key, &chat.held.id, stored, token).body);
                }
            }
            Some(ServerEvent::Failed { message, error, .. }) if *message == acknowledged.message => return fail(error, *message),
            Some(_) => {}
            None => {
                // Too slow for the hub: the reply may be in the store by now.
                watch = shared.gateway.watch(&chat.held);
                if let Ok(Some(stored)) = shared.gateway.reply_to(chat.held.key, acknowledged.seq).await {
                    return reply::json(StatusCode::OK, wire::stored_with_token(chat.held.key, &chat.held.id, &stored, token).body);
                }
            }
        }
    }
}

/// `?after=SEQ`
#[derive(Debug, Deserialize)]
pub struct After {
    /// The last sequence number seen.
    pub after: Option<Seq>,
}

/// `GET /api/sessions/{id}/messages`
pub async fn messages(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    query: Result<Query<After>, QueryRejection>,
) -> Response {
    let read = async {
        let held = admit_to(&shared, &caller, &id).await?;
        let after = match &query {
            Ok(Query(after)) => after.after.unwrap_or(0),
            Err(_) => return Err(Rejected::new(ErrorCode::InvalidMessage, "after must be a whole number.")),
        };
        let list = shared.gateway.messages(&held, after, PAGE).await?;
        Ok(wire::messages(held.key, &held.id, &list))
    };
    match read.await {
        Ok(document) => reply::json(StatusCode::OK, document),
        Err(rejected) => reply::refuse(&rejected, &caller),
    }
}

/// `POST /api/sessions/{id}/events`
pub async fn client_event(State(shared): State<Shared>, caller: Caller, Path(id): Path<String>, request: Request) -> Response {
    let done = async {
        let held = admit_to(&shared, &caller, &id).await?;
        let body = parse(&body(&shared, request).await?)?;
        let name = body.get("type").and_then(Value::as_str).unwrap_or_default();
        if !matches!(name, "confirm" | "choose" | "feedback" | "typing") {
            return Err(Rejected::new(ErrorCode::InvalidMessage, "type must be confirm, choose, feedback or typing."));
        }
        match inbound::read(name, &body)? {
            ClientEvent::Inbound { inbound, .. } => {
                let acknowledged = shared.gateway.accept(&caller.origin("rest"), &held, inbound).await?;
                Ok(Answer::Ack(wire::ack(&acknowledged, None)))
            }
            ClientEvent::Feedback { message_id, up, text } => {
                shared.gateway.feedback(&held, &message_id, up, text).await?;
                Ok(Answer::Done)
            }
            ClientEvent::Typing | ClientEvent::Resume { .. } => Ok(Answer::Done),
        }
    };
    match done.await {
        Ok(Answer::Ack(ack)) => reply::json(StatusCode::OK, ack.body),
        Ok(Answer::Done) => reply::json(StatusCode::OK, "{\"ok\":true}".to_owned()),
        Err(rejected) => reply::refuse(&rejected, &caller),
    }
}

/// `GET /api/evidence/{id}`: the record behind a claim, as it was.
pub async fn evidence(State(shared): State<Shared>, caller: Caller, Path(id): Path<String>) -> Response {
    match find_evidence(&shared, &caller, &id).await {
        Ok(document) => reply::json(StatusCode::OK, document.to_string()),
        Err(rejected) => reply::refuse(&rejected, &caller),
    }
}

async fn find_evidence(shared: &Shared, caller: &Caller, id: &str) -> Result<Value, Rejected> {
    shared.gateway.count(&caller.origin("rest"), None)?;
    let not_found = || Rejected::new(ErrorCode::NotFound, "There is no such evidence.");
    let token = caller.bearer.as_deref().ok_or_else(|| Rejected::new(ErrorCode::Unauthorized, "This needs the session's token."))?;
    let id: EvidenceId = id.parse().map_err(|_| not_found())?;
    let key = id.message.session;
    let row = shared.gateway.store().session(key).await.map_err(crate::gateway::failed)?.ok_or_else(not_found)?;
    let own = shared.gateway.authenticate(row.id.as_str(), token).await.is_ok();
    if !own && !super::console::is_staff(shared, token, &["read", "admin"]).await {
        return Err(not_found());
    }
    let stored = match id.message.reply {
        true => shared.gateway.reply_to(key, id.message.seq).await.map_err(crate::gateway::failed)?,
        false => shared.gateway.store().message(key, id.message.seq).await.map_err(crate::gateway::failed)?.map(std::sync::Arc::new),
    };
    let Some(stored) = stored else { return Err(not_found()) };
    let Stuff::Agent(message) = &stored.body else { return Err(not_found()) };
    let piece = message.evidence.get(usize::from(id.index)).ok_or_else(not_found)?;
    let mut document = serde_json::to_value(wire::wire_evidence(piece, id.to_string(), message)).map_err(|_| Rejected::internal())?;
    if let crate::domain::message::Basis::Record(place, _) = &piece.basis
        && let Some(reference) = message.records.get(usize::from(*place))
        && let Some(record) = shared.gateway.store().version(reference).await.map_err(crate::gateway::failed)?
    {
        document["version"] = json!(reference.version);
        document["record"] = crate::exchange::export::record_json(&record);
    }
    Ok(document)
}

/// `GET /api/config`: what the page needs.
pub async fn config(State(shared): State<Shared>) -> Response {
    let config = &shared.config;
    let limits = &config.limits;
    let document = json!({
        "shop": {
            "name": config.shop.name,
            "currency": config.shop.currency.code(),
            "locale": config.shop.locale,
            "time_zone": config.shop.time_zone.0.iana_name().unwrap_or("UTC"),
            "hours": config.shop.hours,
        },
        "languages": [config.shop.locale.split(['-', '_']).next().unwrap_or("en")],
        "currency": config.shop.currency.code(),
        "limits": {
            "message_chars": limits.message_chars,
            "frame_kib": limits.frame_kib,
            "requests_per_minute": limits.requests_per_minute,
            "session_waiting": limits.session_waiting,
            "session_ttl_h": limits.session_ttl_h,
        },
        "provider": shared.provider(),
        "offline": config.provider.offline,
        "cloud_voice": config.shop.cloud_voice && !config.provider.offline,
        "version": env!("CARGO_PKG_VERSION"),
    });
    reply::json(StatusCode::OK, document.to_string())
}
