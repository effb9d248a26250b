//! `/ws`: one JSON object a text frame.

use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{CapacityError, Error, ProtocolError};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message, Role, WebSocketConfig};

use super::Shared;
use super::caller::{Caller, Place};
use super::client::{Answer, Client, Reaction};
use super::reply;
use super::wire::WireEvent;
use crate::config::Limits;
use crate::domain::error::{ErrorCode, Rejected};
use crate::gateway::frame_bytes;

/// Buffers of an idle connection: small, because there are many.
const READ_BUFFER: usize = 1024;
/// Bytes of frames that are gathered before they are written without being asked to.
const GATHERED: usize = 4096;
/// Bytes a client may be behind before it counts as gone.
const WRITE_BUFFER: usize = 1024 * 1024;
/// How long a frame may take to leave.
pub const SEND: Duration = Duration::from_secs(10);

/// A WebSocket.
pub type Socket = WebSocketStream<TokioIo<hyper::upgrade::Upgraded>>;

/// Answers the handshake and hands the connection to its own task.
pub async fn upgrade(State(shared): State<Shared>, caller: Caller, mut request: Request) -> Response {
    let Some(key) = handshake_key(request.headers()) else {
        let rejected = Rejected::new(ErrorCode::InvalidMessage, "This address speaks WebSocket (version 13).");
        return reply::refuse(&rejected, &caller);
    };
    // A client that is going to resume says so, and no session is opened that nobody needs.
    let resumes = request.uri().query().is_some_and(|query| query.split('&').any(|part| part == "resume" || part == "resume=1"));
    let place = request.extensions().get::<Place>().cloned();
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        let socket = socket(upgraded, shared.gateway.limits()).await;
        let patience = Duration::from_secs(shared.gateway.limits().ping_timeout_s.max(2));
        let client = Client::new(shared, caller, "ws");
        Connection { socket, client, patience }.serve(resumes).await;
        drop(place);
    });
    switching(&key)
}

/// A WebSocket on a connection that has been upgraded.
pub async fn socket(upgraded: hyper::upgrade::Upgraded, limits: &Limits) -> Socket {
    let limit = frame_bytes(limits);
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(GATHERED)
        .max_write_buffer_size(WRITE_BUFFER)
        .max_message_size(Some(limit))
        .max_frame_size(Some(limit));
    WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await
}

/// The answer that accepts a WebSocket.
pub fn switching(key: &str) -> Response {
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let headers = response.headers_mut();
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    if let Ok(value) = HeaderValue::from_str(key) {
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, value);
    }
    response
}

/// The answer to the key of a handshake, if it is one.
pub fn handshake_key(headers: &HeaderMap) -> Option<String> {
    let has = |name: header::HeaderName, word: &str| {
        headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .any(|value| value.split(',').any(|part| part.trim().eq_ignore_ascii_case(word)))
    };
    let fits = has(header::UPGRADE, "websocket") && has(header::CONNECTION, "upgrade") && has(header::SEC_WEBSOCKET_VERSION, "13");
    let key = headers.get(header::SEC_WEBSOCKET_KEY)?;
    fits.then(|| derive_accept_key(key.as_bytes()))
}

struct Connection {
    socket: Socket,
    client: Client,
    /// Without a sign of life for this long, the other end is gone.
    patience: Duration,
}

/// The connection is over.
pub struct Over;

/// Waits for frames to leave; a client that does not read for a while is let go.
pub async fn in_time(leaving: impl Future<Output = Result<(), Error>>) -> Result<(), Over> {
    match tokio::time::timeout(SEND, leaving).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(Over),
    }
}

impl Connection {
    async fn serve(mut self, resumes: bool) {
        // An error is the end of the connection, however it came about.
        let _ = self.run(resumes).await;
    }

    async fn run(&mut self, resumes: bool) -> Result<(), Over> {
        if !resumes {
            match self.client.open().await {
                Ok(event) => self.send(&event).await?,
                Err(refusal) => {
                    self.send(&refusal.event()).await?;
                    return self.close(CloseCode::Again, "try again later").await;
                }
            }
            self.flush().await?;
        }
        let mut heard = Instant::now();
        let mut pulse = tokio::time::interval(self.patience / 2);
        pulse.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        pulse.tick().await;
        loop {
            tokio::select! {
                message = self.socket.next() => {
                    heard = Instant::now();
                    match message {
                        Some(Ok(message)) => self.receive(message).await?,
                        Some(Err(error)) => return self.broken(&error).await,
                        None => return Ok(()),
                    }
                }
                event = self.client.next() => self.send(&event).await?,
                _ = pulse.tick() => {
                    if heard.elapsed() >= self.patience {
                        return self.close(CloseCode::Away, "no sign of life").await;
                    }
                    self.push(Message::Ping(axum::body::Bytes::new())).await?;
                }
            }
            // What has happened meanwhile leaves in the same write.
            while let Some(event) = self.client.next().now_or_never() {
                self.send(&event).await?;
            }
            self.flush().await?;
        }
    }

    async fn receive(&mut self, message: Message) -> Result<(), Over> {
        match message {
            Message::Text(text) => match serde_json::from_str::<Value>(&text) {
                Ok(body) => {
                    let name = body.get("type").and_then(Value::as_str).unwrap_or("").to_owned();
                    let reaction = self.client.handle(&name, &body).await;
                    self.answer(reaction).await
                }
                Err(_) => self.refuse("The frame is not JSON.").await,
            },
            Message::Binary(_) => self.refuse("Binary frames are not understood; send JSON as text.").await,
            Message::Close(_) => Err(Over),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => Ok(()),
        }
    }

    async fn answer(&mut self, reaction: Reaction) -> Result<(), Over> {
        match reaction.answer {
            Ok(Answer::Ack(ack)) => self.send(&ack).await?,
            Ok(Answer::Done) => {}
            Err(refusal) => self.send(&refusal.event()).await?,
        }
        for event in &reaction.events {
            self.send(event).await?;
        }
        Ok(())
    }

    async fn refuse(&mut self, why: &str) -> Result<(), Over> {
        let refusal = self.client.refuse(Rejected::new(ErrorCode::InvalidMessage, why), None);
        self.send(&refusal.event()).await
    }

    /// Says why the connection cannot go on, where the protocol allows it.
    async fn broken(&mut self, error: &Error) -> Result<(), Over> {
        match error {
            Error::Capacity(CapacityError::MessageTooLong { .. }) => {
                let rejected = Rejected::new(ErrorCode::PayloadTooLarge, "The frame is too large.");
                let refusal = self.client.refuse(rejected, None);
                self.send(&refusal.event()).await?;
                self.close(CloseCode::Size, "too large").await
            }
            Error::Utf8(_) => {
                self.refuse("The frame is not valid UTF-8.").await?;
                self.close(CloseCode::Invalid, "not UTF-8").await
            }
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Ok(()),
            Error::Protocol(_) => self.close(CloseCode::Protocol, "protocol error").await,
            _ => Ok(()),
        }
    }

    async fn close(&mut self, code: CloseCode, reason: &'static str) -> Result<(), Over> {
        let frame = CloseFrame { code, reason: reason.into() };
        let _ = tokio::time::timeout(SEND, self.socket.close(Some(frame))).await;
        Ok(())
    }

    async fn send(&mut self, event: &WireEvent) -> Result<(), Over> {
        self.push(Message::Text(event.frame().into())).await
    }

    /// Puts a frame with those that leave next.
    async fn push(&mut self, message: Message) -> Result<(), Over> {
        in_time(self.socket.feed(message)).await
    }

    async fn flush(&mut self) -> Result<(), Over> {
        in_time(self.socket.flush()).await
    }
}
