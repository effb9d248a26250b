//! `/ws`: real WebSockets against the real program.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::shop::{Shop, Start, full, note, run_json};
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

/// Connections of a load that the system's limit on open files allows, on both ends.
fn allowed(wanted: u64, files: u64) -> u64 {
    /// Files a shop and a load have open beside their connections.
    const BESIDE: u64 = 100;
    wanted.min(files.saturating_sub(BESIDE))
}

#[test]
fn many_connections_at_once_are_all_answered() {
    let wanted = if full() { 10_000 } else { 1_000 };
    // As many messages wait as there are customers, which a shop would refuse by default.
    let settings = [("ELECTROMART_LIMITS_QUEUE_MESSAGES", "20000"), ("ELECTROMART_PROVIDER_MODE", "template")];
    let shop = Shop::with(&Start { settings: &settings, ..Start::default() });
    let url = format!("http://{}", shop.address);
    let load = |clients: u64, messages: &str, transport: &str| {
        let clients = clients.to_string();
        let what =
            ["bench", "serve", "--url", &url, "--clients", &clients, "--messages", messages, "--transport", transport, "--hold", "2"];
        run_json(&shop.folder, &what)
    };
    let files = load(1, "0", "ws")["open_files"].as_u64().expect("a number");
    let clients = allowed(wanted, files);
    if clients < wanted {
        note(&format!("left out: {wanted} connections, {clients} instead ({files} open files are allowed here)"));
    }
    for (transport, messages) in [("socketio", "1"), ("ws", "0")] {
        let report = load(clients, messages, transport);
        let turns = if messages == "1" { clients } else { 0 };
        for (name, expected) in [("clients", clients), ("turns", turns), ("errors", 0), ("lost", 0), ("repeated", 0)] {
            assert_eq!(report[name].as_u64(), Some(expected), "{name}: {report}");
        }
        let memory = report["server"]["kb_per_connection"].as_f64().expect("a figure");
        note(&format!("measured: {clients} connections over {transport}, {messages} message each: {memory} KB of the shop's memory each"));
        // 20,000 in 800 MB; with fewer, what a shop needs once is shared among too few to be a measure.
        assert!(!full() || memory <= 40.0, "{report}");
    }
}
