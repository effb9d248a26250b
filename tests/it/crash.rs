//! Power cuts: what was acknowledged is answered, exactly once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::shop::{Shop, Start, full};

/// What a client was promised: session, token and the acknowledged message.
type Promise = (String, String, String);

#[test]
fn a_killed_shop_answers_everything_it_acknowledged_once() {
    let home = tempfile::tempdir().expect("a folder");
    let rounds = if full() { 200 } else { 5 };
    let mut promised: Vec<Promise> = Vec::new();
    for round in 0..rounds {
        let shop = Shop::in_folder(home.path(), &Start::default());
        let address = shop.address;
        let seen: Arc<Mutex<Vec<Promise>>> = Arc::default();
        let clients: Vec<_> = (0..8)
            .map(|client| {
                let seen = Arc::clone(&seen);
                std::thread::spawn(move || burst(address, round, client, &seen))
            })
            .collect();
        // A different moment each time, without a random number that could not be repeated.
        std::thread::sleep(Duration::from_millis(40 + (round * 37) % 300));
        shop.kill();
        for client in clients {
            let _ = client.join();
        }
        promised.append(&mut seen.lock().expect("a list"));
    }
    assert!(!promised.is_empty(), "nothing was acknowledged before the kills");
    let shop = Shop::in_folder(home.path(), &Start::default());
    std::thread::sleep(Duration::from_millis(1_500));
    let mut sessions: HashMap<&str, Vec<Value>> = HashMap::new();
    for (session, token, _) in &promised {
        if !sessions.contains_key(session.as_str()) {
            let list = shop.get_with(&format!("/api/sessions/{session}/messages"), token).json();
            sessions.insert(session, list["messages"].as_array().expect("messages").clone());
        }
    }
    for (session, _, message) in &promised {
        let replies = sessions[session.as_str()].iter().filter(|m| m["in_reply_to"] == json!(message)).count();
        assert_eq!(replies, 1, "message {message} of {session}");
    }
    for messages in sessions.values() {
        let seqs: Vec<u64> = messages.iter().filter_map(|m| m["seq"].as_u64()).collect();
        assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>(), "no gaps, no repeats");
    }
}

/// Says things over server-sent events, whose first event is the acknowledgement, until the shop is gone.
fn burst(address: std::net::SocketAddr, round: u64, client: u64, seen: &Mutex<Vec<Promise>>) {
    use std::io::{BufRead as _, BufReader, Write as _};
    let mut session: Option<(String, String)> = None;
    for n in 0..200 {
        let mut body = json!({ "text": format!("is the ASUS TUF A15 in stock? {round}-{client}-{n}") });
        if let Some((id, token)) = &session {
            body["session_id"] = json!(id);
            body["token"] = json!(token);
        }
        let body = body.to_string();
        let Ok(mut stream) = std::net::TcpStream::connect(address) else { return };
        let head = format!(
            "POST /api/chat HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\naccept: text/event-stream\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        if stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).is_err() {
            return;
        }
        let mut acknowledged = false;
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let Some(data) = line.strip_prefix("data: ").filter(|_| !acknowledged) else { continue };
            let Ok(ack) = serde_json::from_str::<Value>(data) else { return };
            acknowledged = true;
            if let (Some(id), Some(token)) = (ack["session_id"].as_str(), ack["token"].as_str()) {
                session = Some((id.to_owned(), token.to_owned()));
            }
            if let (Some((id, token)), Some(message)) = (&session, ack["message_id"].as_str()) {
                seen.lock().expect("a list").push((id.clone(), token.clone(), message.to_owned()));
            }
        }
        if !acknowledged {
            return;
        }
    }
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
