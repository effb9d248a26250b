//! A client of `/ws` and of Socket.IO over WebSocket, over any stream.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

/// The protocol spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Ws,
    /// For a client that is going to resume a session.
    WsResume,
    SocketIo,
}

impl Protocol {
    fn path(self) -> &'static str {
        match self {
            Self::Ws => "/ws",
            Self::WsResume => "/ws?resume",
            Self::SocketIo => "/socket.io/?EIO=4&transport=websocket",
        }
    }
}

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connected client.
pub struct Socket<S = TcpStream> {
    stream: WebSocketStream<S>,
    protocol: Protocol,
}

impl Socket {
    pub async fn open(address: SocketAddr, protocol: Protocol) -> Self {
        Self::try_open(address, protocol).await.expect("connects")
    }

    /// A client that may find the shop gone.
    pub async fn try_open(address: SocketAddr, protocol: Protocol) -> Option<Self> {
        let stream = TcpStream::connect(address).await.ok()?;
        Self::over(stream, &address.to_string(), protocol).await
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    pub async fn over(stream: S, authority: &str, protocol: Protocol) -> Option<Self> {
        let request = format!("ws://{authority}{}", protocol.path()).into_client_request().expect("a request");
        let (stream, _) = tokio::time::timeout(PATIENCE, tokio_tungstenite::client_async(request, stream)).await.ok()?.ok()?;
        let mut socket = Self { stream, protocol };
        if protocol == Protocol::SocketIo {
            socket.text().await.filter(|text| text.starts_with('0'))?;
            socket.frame(Message::text("40")).await?;
        }
        Some(socket)
    }

    /// Sends a frame as it is.
    pub async fn frame(&mut self, frame: Message) -> Option<()> {
        self.stream.send(frame).await.ok()
    }

    /// Sends an event.
    pub async fn send(&mut self, name: &str, mut body: Value) -> Option<()> {
        let text = match self.protocol {
            Protocol::SocketIo => format!("42{}", json!([name, body])),
            Protocol::Ws | Protocol::WsResume => {
                body["type"] = json!(name);
                body.to_string()
            }
        };
        self.frame(Message::text(text)).await
    }

    /// Says something.
    pub async fn say(&mut self, text: &str) -> Option<()> {
        self.send("user_message", json!({ "text": text })).await
    }

    /// The next event of this name.
    pub async fn until(&mut self, name: &str) -> Value {
        self.find(name).await.unwrap_or_else(|| panic!("closed before {name}"))
    }

    /// The next event of this name; none when the connection ends first.
    pub async fn find(&mut self, name: &str) -> Option<Value> {
        loop {
            let (own, body) = self.next().await?;
            if own == name {
                return Some(body);
            }
        }
    }

    /// The next event with its name; none when the connection ends.
    pub async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            let text = self.text().await?;
            let event: Value = match self.protocol {
                Protocol::SocketIo => match text.strip_prefix("42") {
                    Some(json) => serde_json::from_str(json).expect("JSON"),
                    None if text == "2" => {
                        self.frame(Message::text("3")).await?;
                        continue;
                    }
                    None => continue,
                },
                Protocol::Ws | Protocol::WsResume => serde_json::from_str(&text).expect("JSON"),
            };
            let named = match self.protocol {
                Protocol::SocketIo => (event[0].clone(), event[1].clone()),
                Protocol::Ws | Protocol::WsResume => (event["type"].clone(), event),
            };
            return Some((named.0.as_str().unwrap_or_default().to_owned(), named.1));
        }
    }

    async fn text(&mut self) -> Option<String> {
        let waiting = async {
            loop {
                match self.stream.next().await? {
                    Ok(Message::Text(text)) => return Some(text.to_string()),
                    Ok(Message::Close(_)) | Err(_) => return None,
                    Ok(_) => {}
                }
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("something within 30 s")
    }
}
