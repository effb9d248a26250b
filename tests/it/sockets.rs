//! `/ws`: real WebSockets against the real program.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::shop::{Shop, full};

struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    async fn open(shop: &Shop, path: &str) -> Self {
        let stream = TcpStream::connect(shop.address).await.expect("connects");
        let request = format!("ws://{}{path}", shop.address).into_client_request().expect("a request");
        let (socket, _) = tokio_tungstenite::client_async(request, stream).await.expect("upgrades");
        Self(socket)
    }

    async fn send(&mut self, body: &Value) {
        self.0.send(Message::text(body.to_string())).await.expect("sends");
    }

    /// The next event of this name.
    async fn until(&mut self, name: &str) -> Value {
        loop {
            let event = self.next().await.unwrap_or_else(|| panic!("closed before {name}"));
            if event["type"] == name {
                return event;
            }
        }
    }

    async fn next(&mut self) -> Option<Value> {
        let waiting = async {
            loop {
                match self.0.next().await? {
                    Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).expect("JSON")),
                    Ok(Message::Close(_)) | Err(_) => return None,
                    Ok(_) => {}
                }
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), waiting).await.expect("something within 20 s")
    }
}

#[tokio::test]
async fn the_plain_client_works_unchanged() {
    let shop = Shop::start();
    for body in [json!({ "type": "user_message", "text": "hello" }), json!({ "type": "user_message", "message": "hello" })] {
        let mut socket = Socket::open(&shop, "/ws").await;
        socket.until("session").await;
        socket.send(&body).await;
        let ack = socket.until("ack").await;
        let reply = socket.until("agent_message").await;
        assert_eq!(reply["in_reply_to"], ack["message_id"]);
        assert_eq!(reply["agent"], "general");
    }
}

#[tokio::test]
async fn bad_frames_get_an_error_and_the_connection_goes_on() {
    let shop = Shop::start();
    let mut socket = Socket::open(&shop, "/ws").await;
    socket.until("session").await;
    let bad = [
        Message::text("not json"),
        Message::text("[]"),
        Message::text("{}"),
        Message::text(json!({ "type": "nonsense" }).to_string()),
        Message::text(json!({ "type": "user_message" }).to_string()),
        Message::text(json!({ "type": "user_message", "text": "x".repeat(1_001), "client_message_id": "long" }).to_string()),
        Message::binary(vec![1, 2, 3]),
        Message::text(json!({ "type": "resume", "session_id": "nope-nope-nope", "token": "x", "last_seq": 0 }).to_string()),
    ];
    for frame in bad {
        let shown = format!("{frame:?}");
        socket.0.send(frame).await.expect("sends");
        let error = socket.until("error").await;
        let code = error["code"].as_str().unwrap_or_default();
        assert!(matches!(code, "invalid_message" | "invalid_session"), "{shown}: {error}");
        assert!(error["request_id"].is_string());
        if shown.contains("long") {
            assert_eq!(error["client_message_id"], "long");
        }
    }
    socket.send(&json!({ "type": "user_message", "text": "hello" })).await;
    socket.until("agent_message").await;
}

#[tokio::test]
async fn a_frame_that_is_too_large_ends_only_its_own_connection() {
    let shop = Shop::start();
    let mut large = Socket::open(&shop, "/ws").await;
    let mut other = Socket::open(&shop, "/ws").await;
    large.0.send(Message::text("x".repeat(66_000))).await.expect("sends");
    let mut told = false;
    while let Some(event) = large.next().await {
        told |= event["code"] == "payload_too_large";
    }
    assert!(told);
    other.send(&json!({ "type": "user_message", "text": "hello" })).await;
    other.until("agent_message").await;
}

#[tokio::test]
async fn a_session_is_resumed_without_loss_or_repeats() {
    let shop = Shop::start();
    let mut socket = Socket::open(&shop, "/ws").await;
    let session = socket.until("session").await;
    for text in ["hello", "show me headphones", "only sony"] {
        socket.send(&json!({ "type": "user_message", "text": text })).await;
        socket.until("agent_message").await;
    }
    let (id, token) = (session["session_id"].clone(), session["token"].clone());
    drop(socket);
    let mut total = 0;
    for last_seq in [0_u64, 1, 3, 6] {
        let mut socket = Socket::open(&shop, "/ws?resume").await;
        socket.send(&json!({ "type": "resume", "session_id": id, "token": token, "last_seq": last_seq })).await;
        let granted = socket.until("session").await;
        total = granted["last_seq"].as_u64().expect("a number");
        for expected in last_seq + 1..=total {
            let event = socket.next().await.expect("a stored message");
            assert_eq!(event["seq"].as_u64(), Some(expected), "{event}");
        }
    }
    assert!(total >= 6);
    let mut thief = Socket::open(&shop, "/ws").await;
    thief.until("session").await;
    thief.send(&json!({ "type": "user_message", "session_id": id, "text": "hello" })).await;
    assert_eq!(thief.until("error").await["code"], "unauthorized");
}

#[tokio::test]
async fn what_is_said_in_one_window_is_seen_in_the_other() {
    let shop = Shop::start();
    let mut one = Socket::open(&shop, "/ws").await;
    let session = one.until("session").await;
    let mut two = Socket::open(&shop, "/ws?resume").await;
    two.send(&json!({ "type": "resume", "session_id": session["session_id"], "token": session["token"], "last_seq": 0 })).await;
    two.until("session").await;
    one.send(&json!({ "type": "user_message", "text": "hello" })).await;
    assert_eq!(two.until("user_message").await["text"], "hello");
    two.until("agent_message").await;
    one.until("agent_message").await;
}

#[tokio::test]
async fn many_connections_at_once_are_all_served() {
    let shop = Shop::start();
    let many = if full() { 10_000 } else { 300 };
    let mut sockets = Vec::with_capacity(many);
    for _ in 0..many {
        let mut socket = Socket::open(&shop, "/ws").await;
        socket.until("session").await;
        sockets.push(socket);
    }
    for socket in sockets.iter_mut().step_by(many / 50) {
        socket.send(&json!({ "type": "user_message", "text": "hello" })).await;
        socket.until("agent_message").await;
    }
}
