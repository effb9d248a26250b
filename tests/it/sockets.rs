//! `/ws`: real WebSockets against the real program.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::shop::{Shop, full};
use crate::socket::{Protocol, Socket};

async fn open(shop: &Shop) -> Socket {
    Socket::open(shop.address, Protocol::Ws).await
}

/// A connection that has resumed a session, or was told why not.
async fn resume(shop: &Shop, session: &Value, last_seq: u64) -> Socket {
    let mut socket = Socket::open(shop.address, Protocol::WsResume).await;
    let body = json!({ "session_id": session["session_id"], "token": session["token"], "last_seq": last_seq });
    socket.send("resume", body).await.expect("sends");
    socket
}

#[tokio::test]
async fn the_plain_client_works_unchanged() {
    let shop = Shop::start();
    for body in [json!({ "text": "hello" }), json!({ "message": "hello" })] {
        let mut socket = open(&shop).await;
        socket.until("session").await;
        socket.send("user_message", body).await.expect("sends");
        let ack = socket.until("ack").await;
        let reply = socket.until("agent_message").await;
        assert_eq!(reply["in_reply_to"], ack["message_id"]);
        assert_eq!(reply["agent"], "general");
    }
}

#[tokio::test]
async fn bad_frames_get_an_error_and_the_connection_goes_on() {
    let shop = Shop::start();
    let mut socket = open(&shop).await;
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
        socket.frame(frame).await.expect("sends");
        let error = socket.until("error").await;
        let code = error["code"].as_str().unwrap_or_default();
        assert!(matches!(code, "invalid_message" | "invalid_session"), "{shown}: {error}");
        assert!(error["request_id"].is_string());
        if shown.contains("long") {
            assert_eq!(error["client_message_id"], "long");
        }
    }
    socket.say("hello").await.expect("sends");
    socket.until("agent_message").await;
}

#[tokio::test]
async fn a_frame_that_is_too_large_ends_only_its_own_connection() {
    let shop = Shop::start();
    let mut large = open(&shop).await;
    let mut other = open(&shop).await;
    large.frame(Message::text("x".repeat(66_000))).await.expect("sends");
    let mut told = false;
    while let Some((_, event)) = large.next().await {
        told |= event["code"] == "payload_too_large";
    }
    assert!(told);
    other.say("hello").await.expect("sends");
    other.until("agent_message").await;
}

#[tokio::test]
async fn a_session_is_resumed_without_loss_or_repeats() {
    let shop = Shop::start();
    let mut socket = open(&shop).await;
    let session = socket.until("session").await;
    for text in ["hello", "show me headphones", "only sony"] {
        socket.say(text).await.expect("sends");
        socket.until("agent_message").await;
    }
    drop(socket);
    let mut total = 0;
    for last_seq in [0_u64, 1, 3, 6] {
        let mut socket = resume(&shop, &session, last_seq).await;
        let granted = socket.until("session").await;
        total = granted["last_seq"].as_u64().expect("a number");
        for expected in last_seq + 1..=total {
            let (_, event) = socket.next().await.expect("a stored message");
            assert_eq!(event["seq"].as_u64(), Some(expected), "{event}");
        }
    }
    assert!(total >= 6);
    let mut thief = open(&shop).await;
    thief.until("session").await;
    thief.send("user_message", json!({ "session_id": session["session_id"], "text": "hello" })).await.expect("sends");
    assert_eq!(thief.until("error").await["code"], "unauthorized");
}

#[tokio::test]
async fn what_is_said_in_one_window_is_seen_in_the_other() {
    let shop = Shop::start();
    let mut one = open(&shop).await;
    let session = one.until("session").await;
    let mut two = resume(&shop, &session, 0).await;
    two.until("session").await;
    one.say("hello").await.expect("sends");
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
        let mut socket = open(&shop).await;
        socket.until("session").await;
        sockets.push(socket);
    }
    for socket in sockets.iter_mut().step_by(many / 50) {
        socket.say("hello").await.expect("sends");
        socket.until("agent_message").await;
    }
}
