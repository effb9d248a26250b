//! One customer: connects, says something, waits for the reply.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::{Message, WebSocketConfig};

use super::LINES;

/// The protocol a customer speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// `/ws`
    Ws,
    /// Socket.IO over WebSocket.
    SocketIo,
}

impl Transport {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ws => "ws",
            Self::SocketIo => "socketio",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Ws => "/ws",
            Self::SocketIo => "/socket.io/?EIO=4&transport=websocket",
        }
    }
}

/// What happened to a customer.
#[derive(Debug, Default)]
pub struct Tally {
    /// From sending a message to its reply.
    pub latencies: Vec<Duration>,
    /// Errors told, and connections lost.
    pub errors: u64,
    /// Messages acknowledged and not answered.
    pub lost: u64,
    /// Replies that came twice.
    pub repeated: u64,
}

impl Tally {
    /// Adds another's.
    pub fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.errors += other.errors;
        self.lost += other.lost;
        self.repeated += other.repeated;
    }
}

/// How long a reply is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connected customer.
pub struct Client {
    socket: WebSocketStream<TcpStream>,
    transport: Transport,
    replies: HashSet<String>,
}

impl Client {
    /// Connects and waits for the session.
    pub async fn connect(authority: &str, transport: Transport) -> Result<Self, String> {
        let stream = TcpStream::connect(authority).await.map_err(|error| error.to_string())?;
        let _ = stream.set_nodelay(true);
        let address = format!("ws://{authority}{}", transport.path());
        let request = address.into_client_request().map_err(|error| error.to_string())?;
        let config = WebSocketConfig::default().read_buffer_size(4 * 1024).write_buffer_size(0);
        let opened = tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await;
        let (socket, _) = opened.map_err(|error| error.to_string())?;
        let mut client = Self { socket, transport, replies: HashSet::new() };
        let session = async {
            if transport == Transport::SocketIo {
                client.raw().await?;
                client.write("40".to_owned()).await?;
            }
            loop {
                match client.event().await? {
                    Event::Session => return Some(()),
                    Event::Error => return None,
                    Event::Reply(_) | Event::Other => {}
                }
            }
        };
        match tokio::time::timeout(PATIENCE, session).await {
            Ok(Some(())) => Ok(client),
            _ => Err("no session was opened".to_owned()),
        }
    }

    /// Says its lines, one after the other.
    pub async fn talk(&mut self, number: usize, messages: usize) -> Tally {
        let mut tally = Tally::default();
        for n in 0..messages {
            let line = LINES[(number + n) % LINES.len()];
            let begun = Instant::now();
            let body = json!({ "text": line, "client_message_id": format!("{number}-{n}") });
            if self.send("user_message", body).await.is_none() {
                tally.errors += 1;
                return tally;
            }
            match tokio::time::timeout(PATIENCE, self.reply(&mut tally)).await {
                Ok(true) => tally.latencies.push(begun.elapsed()),
                Ok(false) => tally.errors += 1,
                Err(_) => tally.lost += 1,
            }
        }
        tally
    }

    /// Answers whether it is still there, until the connection ends.
    pub async fn idle(&mut self) {
        while self.event().await.is_some() {}
    }

    /// Waits for the reply; `false` when an error came instead.
    async fn reply(&mut self, tally: &mut Tally) -> bool {
        loop {
            match self.event().await {
                Some(Event::Reply(id)) => {
                    if self.replies.insert(id) {
                        return true;
                    }
                    tally.repeated += 1;
                }
                Some(Event::Error) | None => return false,
                Some(Event::Session | Event::Other) => {}
            }
        }
    }

    async fn send(&mut self, name: &str, mut body: Value) -> Option<()> {
        let text = match self.transport {
            Transport::Ws => {
                body["type"] = json!(name);
                body.to_string()
            }
            Transport::SocketIo => format!("42{}", json!([name, body])),
        };
        self.write(text).await
    }

    async fn write(&mut self, text: String) -> Option<()> {
        self.socket.send(Message::text(text)).await.ok()
    }

    /// The next text frame.
    async fn raw(&mut self) -> Option<String> {
        loop {
            match self.socket.next().await? {
                Ok(Message::Text(text)) => return Some(text.to_string()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// The next event.
    async fn event(&mut self) -> Option<Event> {
        loop {
            let text = self.raw().await?;
            match self.transport {
                Transport::Ws => {
                    let name = text.strip_prefix("{\"type\":\"").and_then(|rest| rest.split('"').next()).unwrap_or_default();
                    return Some(Event::read(name, &text));
                }
                Transport::SocketIo if text == "2" => self.write("3".to_owned()).await?,
                Transport::SocketIo => {
                    let Some(rest) = text.strip_prefix("42[\"") else { continue };
                    let (name, body) = rest.split_once("\",")?;
                    return Some(Event::read(name, body.strip_suffix(']').unwrap_or(body)));
                }
            }
        }
    }
}

/// An event, as far as a customer of ours looks at it: the generator shares the processor with what it measures.
enum Event {
    Session,
    /// A reply, by its name.
    Reply(String),
    Error,
    Other,
}

impl Event {
    fn read(name: &str, body: &str) -> Self {
        #[derive(Deserialize)]
        struct Reply {
            message_id: String,
        }
        match name {
            "session" => Self::Session,
            "error" => Self::Error,
            // A reply without a name counts as none: it is missed, and told as lost.
            "agent_message" => serde_json::from_str(body).map_or(Self::Other, |reply: Reply| Self::Reply(reply.message_id)),
            _ => Self::Other,
        }
    }
}
