//! What carries a client's packets: Engine.IO over a WebSocket of our own, or a socket of engineioxide
//! where the client began by polling.
//!
//! A client that opens a WebSocket at once, as most do, is one task and a few kilobytes here; in
//! engineioxide it is four tasks and as many channels. Polling, and the change from polling to a
//! WebSocket, are engineioxide's.

use std::sync::Arc;
use std::time::Duration;

use engineioxide::{DisconnectReason, Socket};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tokio_tungstenite::tungstenite::Message;

use super::{Received, Wire};
use crate::transport::ws::{self, Over, SEND};

/// Between two looks at a full buffer.
const LOOK: Duration = Duration::from_millis(5);

/// What carries packets.
pub enum Link {
    /// A WebSocket.
    Direct(Box<Direct>),
    /// A socket of engineioxide.
    Engine {
        /// Packets go out here.
        socket: Arc<Socket<Wire>>,
        /// Packets come in here.
        received: mpsc::Receiver<Received>,
    },
}

/// A WebSocket with the heartbeat of Engine.IO.
pub struct Direct {
    socket: ws::Socket,
    pulse: Interval,
    patience: Duration,
    /// A heartbeat that was not answered yet, and since when.
    asked: Option<Instant>,
}

impl Direct {
    /// A WebSocket on which nothing was sent yet. It is asked every `interval` whether it is still there,
    /// and must answer within `patience`.
    pub fn new(socket: ws::Socket, interval: Duration, patience: Duration) -> Self {
        let mut pulse = interval_at(Instant::now() + interval, interval);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { socket, pulse, patience, asked: None }
    }

    async fn next(&mut self) -> Option<Received> {
        loop {
            let due = self.asked.map(|asked| asked + self.patience);
            tokio::select! {
                frame = self.socket.next() => match frame?.ok()? {
                    Message::Text(text) => match text.as_bytes().first()? {
                        b'4' => return Some(Received::Frame(text)),
                        b'3' => self.asked = None,
                        b'2' => self.send(format!("3{}", &text[1..])).await.ok()?,
                        b'6' => {}
                        _ => return None,
                    },
                    Message::Binary(_) => return Some(Received::Binary),
                    Message::Close(_) => return None,
                    Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
                },
                () = until(due) => return None,
                _ = self.pulse.tick(), if due.is_none() => {
                    self.asked = Some(Instant::now());
                    self.send("2".to_owned()).await.ok()?;
                }
            }
        }
    }

    async fn send(&mut self, packet: String) -> Result<(), Over> {
        ws::in_time(self.socket.send(Message::Text(packet.into()))).await
    }
}

/// Waits until a moment; for ever where there is none.
async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

impl Link {
    /// The next packet; `None` once the connection is over. May be broken off.
    pub async fn next(&mut self) -> Option<Received> {
        match self {
            Self::Direct(direct) => direct.next().await,
            Self::Engine { socket, received } => {
                let socket = Arc::clone(socket);
                tokio::select! {
                    next = received.recv() => next,
                    () = socket.closed() => None,
                }
            }
        }
    }

    /// Sends an Engine.IO packet as it is; only the first of a WebSocket is no message.
    pub async fn open(&mut self, packet: String) -> Result<(), Over> {
        match self {
            Self::Direct(direct) => direct.send(packet).await,
            Self::Engine { .. } => Ok(()),
        }
    }

    /// Puts a packet with those that leave next; a client that does not read for a while is let go.
    pub async fn push(&mut self, packet: String) -> Result<(), Over> {
        match self {
            Self::Direct(direct) => {
                let mut message = String::with_capacity(packet.len() + 1);
                message.push('4');
                message.push_str(&packet);
                ws::in_time(direct.socket.feed(Message::Text(message.into()))).await
            }
            Self::Engine { socket, .. } => {
                let waiting = async {
                    let mut packet: engineioxide::Str = packet.into();
                    loop {
                        match socket.emit(packet) {
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
    }

    /// Lets what was put there leave.
    pub async fn flush(&mut self) -> Result<(), Over> {
        match self {
            Self::Direct(direct) => ws::in_time(direct.socket.flush()).await,
            Self::Engine { .. } => Ok(()),
        }
    }

    /// Ends the connection.
    pub async fn close(mut self) {
        match &mut self {
            Self::Direct(direct) => {
                let _ = tokio::time::timeout(SEND, direct.socket.close(None)).await;
            }
            Self::Engine { socket, .. } if !socket.is_closed() => socket.close(DisconnectReason::TransportClose),
            Self::Engine { .. } => {}
        }
    }
}
