//! Power cuts: what was acknowledged is answered, exactly once, over whichever transport it came.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};

use crate::shop::{Shop, Start, full, note};
use crate::socket::{Protocol, Socket};

/// A session: its id and token.
type Session = (String, String);

/// What clients saw before the cuts.
#[derive(Default)]
struct Seen {
    /// Acknowledged: session and message.
    promised: Vec<(Session, String)>,
    /// Shown live: the reply and its words.
    shown: Vec<(Session, String, String)>,
    /// Sent and neither acknowledged nor refused: session, the client's name for it, and the words.
    unsure: Vec<(Session, String, String)>,
}

const LINES: [&str; 4] =
    ["is the ASUS TUF A15 in stock?", "show me gaming laptops under 1500", "what promotions are running?", "my headphones do not connect"];

#[test]
fn a_killed_shop_answers_everything_it_acknowledged_once() {
    let home = tempfile::tempdir().expect("a folder");
    let rounds = if full() { 200 } else { 5 };
    let seen = Mutex::new(Seen::default());
    let mut moments = Vec::new();
    for round in 0..rounds {
        // Turns with the encoder take longer and are cut in the middle; without it there are many more.
        let mode = if round % 2 == 0 { "template" } else { "auto" };
        let shop = Shop::in_folder(home.path(), &Start { settings: &[("ELECTROMART_PROVIDER_MODE", mode)], ..Start::default() });
        let address = shop.address;
        let moment = Duration::from_micros(rand::random_range(5_000..400_000));
        moments.push(moment);
        std::thread::scope(|scope| {
            for client in 0..4 {
                let seen = &seen;
                scope.spawn(move || burst_over_sse(address, round, client, seen));
            }
            for protocol in [Protocol::Ws, Protocol::SocketIo] {
                let seen = &seen;
                scope.spawn(move || burst_over_sockets(address, protocol, round, seen));
            }
            std::thread::sleep(moment);
            shop.kill();
        });
    }
    let seen = seen.into_inner().expect("what was seen");
    note(&format!(
        "measured: {rounds} kills, {} acknowledged messages, {} replies shown live, {} sent and never acknowledged",
        seen.promised.len(),
        seen.shown.len(),
        seen.unsure.len()
    ));
    assert!(!seen.promised.is_empty(), "nothing was acknowledged before the kills: {moments:?}");
    let shop = Shop::in_folder(home.path(), &Start::default());
    // Sent again under the same name, what was in doubt is there once, whether or not it had arrived.
    for (session, name, text) in &seen.unsure {
        let body = json!({ "session_id": session.0, "token": session.1, "text": text, "client_message_id": name });
        assert_eq!(shop.post("/api/chat", &body).status, 200, "{name}");
    }
    let sessions = Sessions::read(&shop, &seen);
    for (session, message) in &seen.promised {
        let replies = sessions.of(session).iter().filter(|m| m["in_reply_to"] == json!(message)).count();
        assert_eq!(replies, 1, "message {message} of {}; kills after {moments:?}", session.0);
    }
    for (session, message, text) in &seen.shown {
        let kept = sessions.of(session).iter().find(|m| m["message_id"] == json!(message));
        assert_eq!(kept.map(|m| &m["text"]), Some(&json!(text)), "{message} was shown and is not what is kept");
    }
    for (session, name, _) in &seen.unsure {
        let own: Vec<&Value> = sessions.of(session).iter().filter(|m| m["client_message_id"] == json!(name)).collect();
        assert_eq!(own.len(), 1, "{name} of {}", session.0);
        let replies = sessions.of(session).iter().filter(|m| m["in_reply_to"] == own[0]["message_id"]).count();
        assert_eq!(replies, 1, "the answer to {name} of {}", session.0);
    }
}

/// Every session once, as it is kept after the last start.
struct Sessions(HashMap<String, Vec<Value>>);

impl Sessions {
    fn read(shop: &Shop, seen: &Seen) -> Self {
        let named = seen.promised.iter().map(|(session, _)| session).chain(seen.unsure.iter().map(|(session, ..)| session));
        let mut sessions = HashMap::new();
        for (id, token) in named {
            if !sessions.contains_key(id) {
                sessions.insert(id.clone(), answered(shop, id, token));
            }
        }
        Self(sessions)
    }

    fn of(&self, session: &Session) -> &[Value] {
        self.0.get(&session.0).map_or(&[], Vec::as_slice)
    }
}

/// The messages of a session once all are answered; numbered without gaps or repeats.
fn answered(shop: &Shop, id: &str, token: &str) -> Vec<Value> {
    for _ in 0..200 {
        let list = shop.get_with(&format!("/api/sessions/{id}/messages"), token).json();
        let messages = list["messages"].as_array().expect("messages").clone();
        let asked = messages.iter().filter(|m| m["role"] == "user").count();
        let replied = messages.iter().filter(|m| m["role"] == "agent").count();
        if replied >= asked {
            let seqs: Vec<u64> = messages.iter().filter_map(|m| m["seq"].as_u64()).collect();
            assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>(), "no gaps, no repeats in {id}");
            return messages;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("a message of {id} has no answer");
}

/// Says things over server-sent events, whose first event is the acknowledgement, until the shop is gone.
fn burst_over_sse(address: SocketAddr, round: u64, client: u64, seen: &Mutex<Seen>) {
    use std::io::{BufRead as _, BufReader, Write as _};
    let mut session: Option<Session> = None;
    for n in 0..200 {
        let (text, name) = (format!("{} {n}", LINES[n % LINES.len()]), format!("sse-{round}-{client}-{n}"));
        let mut body = json!({ "text": text, "client_message_id": name });
        if let Some((id, token)) = &session {
            body["session_id"] = json!(id);
            body["token"] = json!(token);
        }
        let body = body.to_string();
        let Ok(mut stream) = std::net::TcpStream::connect(address) else { return };
        let headers = [("content-type", "application/json"), ("accept", "text/event-stream")];
        let head = crate::http::head(&address.to_string(), "POST", "/api/chat", &headers, body.len());
        if stream.write_all(&head).and_then(|()| stream.write_all(body.as_bytes())).is_err() {
            return;
        }
        let mut acknowledged = false;
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let Some(data) = line.strip_prefix("data: ") else { continue };
            let Ok(event) = serde_json::from_str::<Value>(data) else { break };
            if let (Some(id), Some(token)) = (event["session_id"].as_str(), event["token"].as_str()) {
                session = Some((id.to_owned(), token.to_owned()));
            }
            let Some(session) = session.clone() else { break };
            let mut seen = seen.lock().expect("what was seen");
            match event["message_id"].as_str() {
                Some(message) if !acknowledged => seen.promised.push((session, message.to_owned())),
                Some(message) if event["in_reply_to"].is_string() => {
                    seen.shown.push((session, message.to_owned(), event["text"].as_str().unwrap_or_default().to_owned()));
                }
                _ => {}
            }
            acknowledged = true;
        }
        if !acknowledged {
            if let Some(session) = session {
                seen.lock().expect("what was seen").unsure.push((session, name, text));
            }
            return;
        }
    }
}

/// Four clients of a socket that send without waiting for replies, until the shop is gone.
fn burst_over_sockets(address: SocketAddr, protocol: Protocol, round: u64, seen: &Mutex<Seen>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let clients = (0..4).map(|client| talk(address, protocol, format!("{protocol:?}-{round}-{client}"), seen));
        futures_util::future::join_all(clients).await;
    });
}

async fn talk(address: SocketAddr, protocol: Protocol, name: String, seen: &Mutex<Seen>) {
    let Some(mut socket) = Socket::try_open(address, protocol).await else { return };
    let Some(opened) = socket.find("session").await else { return };
    let text = |event: &Value, field: &str| event[field].as_str().unwrap_or_default().to_owned();
    let session = (text(&opened, "session_id"), text(&opened, "token"));
    let mut unsure: HashMap<String, String> = HashMap::new();
    let mut sent = 0;
    loop {
        // A few are always under way.
        while unsure.len() < 3 {
            let (own, said) = (format!("{name}-{sent}"), format!("{} {sent}", LINES[sent % LINES.len()]));
            unsure.insert(own.clone(), said.clone());
            sent += 1;
            if socket.send("user_message", json!({ "text": said, "client_message_id": own })).await.is_none() {
                break;
            }
        }
        let Some((event, body)) = socket.next().await else { break };
        let mut seen = seen.lock().expect("what was seen");
        match event.as_str() {
            "ack" => {
                unsure.remove(&text(&body, "client_message_id"));
                seen.promised.push((session.clone(), text(&body, "message_id")));
            }
            "agent_message" => seen.shown.push((session.clone(), text(&body, "message_id"), text(&body, "text"))),
            // Refused: too many of the session's messages wait. It is not there and need not be.
            "error" => drop(unsure.remove(&text(&body, "client_message_id"))),
            _ => {}
        }
    }
    seen.lock().expect("what was seen").unsure.extend(unsure.into_iter().map(|(name, said)| (session.clone(), name, said)));
}

#[test]
fn a_shop_that_is_told_to_end_ends_in_order() {
    let home = tempfile::tempdir().expect("a folder");
    let shop = Shop::in_folder(home.path(), &Start::default());
    let session = shop.session();
    shop.say(&session, "hello");
    let socket = shop.folder.join("electromart.sock");
    assert!(socket.exists());
    assert!(shop.stop());
    assert!(!socket.exists());
    let shop = Shop::in_folder(home.path(), &Start::default());
    let list = shop.get_with(&format!("/api/sessions/{}/messages", session.0), &session.1).json();
    assert_eq!(list["messages"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_second_process_is_refused_and_commands_go_to_the_first() {
    let home = tempfile::tempdir().expect("a folder");
    let shop = Shop::in_folder(home.path(), &Start::default());
    let second = crate::shop::run(home.path(), &["serve", "--listen", "127.0.0.1:0", "--data-dir", "data"]);
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(1));
    assert!(said.contains(&shop.process().to_string()), "{said}");
    let reply = crate::shop::run_json(home.path(), &["ask", "hello", "--data-dir", "data"]);
    assert_eq!(reply["agent"], "general");
}
