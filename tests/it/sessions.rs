//! Sessions: order, duplicates, resuming, expiry.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::shop::{Shop, Start};

fn messages(shop: &Shop, session: &(String, String), after: u64) -> Vec<Value> {
    let list = shop.get_with(&format!("/api/sessions/{}/messages?after={after}", session.0), &session.1).json();
    list["messages"].as_array().expect("messages").clone()
}

#[test]
fn messages_are_numbered_without_gaps_and_in_order() {
    let shop = Shop::start();
    let session = shop.session();
    for text in ["hello", "show me monitors", "is the cheapest in stock?", "thanks"] {
        shop.say(&session, text);
    }
    let all = messages(&shop, &session, 0);
    let seqs: Vec<u64> = all.iter().filter_map(|m| m["seq"].as_u64()).collect();
    assert_eq!(seqs, (1..=all.len() as u64).collect::<Vec<_>>());
    assert_eq!(messages(&shop, &session, seqs.len() as u64 - 1).len(), 1);
    for message in all.iter().filter(|m| m["role"] == "agent") {
        let about = message["in_reply_to"].as_str().expect("an answer");
        assert!(all.iter().any(|m| m["message_id"] == json!(about) && m["role"] == "user"));
    }
}

#[test]
fn the_same_message_twice_is_one_message() {
    let shop = Shop::start();
    let session = shop.session();
    let body = json!({ "session_id": session.0, "token": session.1, "text": "do you sell drones?", "client_message_id": "m-1" });
    let first = shop.post("/api/chat", &body).json();
    let again = shop.post("/api/chat", &body).json();
    assert_eq!(first["message_id"], again["message_id"]);
    assert_eq!(messages(&shop, &session, 0).iter().filter(|m| m["role"] == "user").count(), 1);
    // Without an id, the same words are another message once the assistant has spoken in between.
    shop.say(&session, "yes");
    shop.say(&session, "yes");
    assert_eq!(messages(&shop, &session, 0).iter().filter(|m| m["text"] == "yes").count(), 2);
}

#[test]
fn an_old_session_is_replaced_by_a_new_one() {
    let shop = Shop::with(&Start { settings: &[("ELECTROMART_LIMITS_SESSION_TTL_H", "0")], ..Start::default() });
    let session = shop.session();
    std::thread::sleep(Duration::from_millis(30));
    let answer = shop.post_with("/api/chat", &session.1, &json!({ "session_id": session.0, "text": "still there?" }));
    assert_eq!((answer.status, answer.code().as_str()), (410, "session_expired"));
    assert!(answer.json()["session"]["token"].as_str().is_some_and(|token| token.len() == 64));
}

/// One server-sent event: its name, data and number.
type Event = (String, Value, Option<u64>);

/// Reads server-sent events until `enough`.
fn events(stream: TcpStream, mut enough: impl FnMut(&[Event]) -> bool) -> Vec<Event> {
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("set");
    let mut found = Vec::new();
    let (mut name, mut id) = (String::new(), None);
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        if let Some(value) = line.strip_prefix("event: ") {
            name = value.to_owned();
        } else if let Some(value) = line.strip_prefix("id: ") {
            id = value.parse().ok();
        } else if let Some(value) = line.strip_prefix("data: ") {
            found.push((std::mem::take(&mut name), serde_json::from_str(value).expect("JSON"), id.take()));
            if enough(&found) {
                break;
            }
        }
    }
    found
}

fn open(shop: &Shop, head: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(shop.address).expect("connects");
    let request = format!("{head}host: {}\r\ncontent-length: {}\r\n\r\n{body}", shop.address, body.len());
    stream.write_all(request.as_bytes()).expect("writes");
    stream
}

#[test]
fn a_turn_streams_its_acknowledgement_first_and_its_reply_last() {
    let shop = Shop::start();
    let head = "POST /api/chat HTTP/1.1\r\naccept: text/event-stream\r\ncontent-type: application/json\r\n";
    let ask = || {
        let stream = open(&shop, head, &json!({ "text": "show me gaming laptops under 1500" }).to_string());
        events(stream, |found| found.iter().any(|(name, ..)| name == "agent_message"))
    };
    // A turn that is late has no time to stream its sentences, as the first one of a slow machine may be.
    const TRIES: usize = 10;
    let streams = |found: &Vec<Event>| found.iter().any(|(name, ..)| name == "agent_delta");
    let found = std::iter::repeat_with(ask).take(TRIES).find(streams).expect("a turn that streams its sentences");
    let names: Vec<&str> = found.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!((names.first(), names.last()), (Some(&"ack"), Some(&"agent_message")), "{names:?}");
    assert!(found[0].1["token"].is_string());
    let reply = &found.last().expect("a reply").1;
    let deltas: String = found.iter().filter(|(name, ..)| name == "agent_delta").filter_map(|(_, body, _)| body["text"].as_str()).collect();
    assert!(reply["text"].as_str().is_some_and(|text| text.starts_with(&deltas)));
    assert_eq!(found.last().and_then(|(.., id)| *id), reply["seq"].as_u64());
}

#[test]
fn a_stream_of_events_resumes_where_it_was_cut() {
    let shop = Shop::start();
    let session = shop.session();
    shop.say(&session, "hello");
    shop.say(&session, "show me headphones");
    let total = messages(&shop, &session, 0).len() as u64;
    for after in 0..total {
        let head =
            format!("GET /api/sessions/{}/events HTTP/1.1\r\nauthorization: Bearer {}\r\nlast-event-id: {after}\r\n", session.0, session.1);
        let found = events(open(&shop, &head, ""), |found| found.iter().filter(|(.., id)| id.is_some()).count() as u64 == total - after);
        let ids: Vec<u64> = found.iter().filter_map(|(.., id)| *id).collect();
        assert_eq!(ids, (after + 1..=total).collect::<Vec<_>>());
    }
}

#[test]
fn taps_and_judgements_work_without_a_socket() {
    let shop = Shop::start();
    let session = shop.session();
    let reply = shop.say(&session, "show me gaming laptops under 1500");
    let events = format!("/api/sessions/{}/events", session.0);
    let judged = shop.post_with(&events, &session.1, &json!({ "type": "feedback", "message_id": reply["message_id"], "rating": "up" }));
    assert_eq!(judged.status, 200, "{}", judged.text());
    let option = reply["options"][0]["id"].clone();
    let tapped = shop.post_with(&events, &session.1, &json!({ "type": "choose", "message_id": reply["message_id"], "option": option }));
    assert_eq!(tapped.status, 200, "{}", tapped.text());
    assert!(tapped.json()["seq"].as_u64().is_some());
    for (body, code) in [
        (json!({ "type": "choose", "message_id": reply["message_id"], "option": "nope" }), "not_found"),
        (json!({ "type": "choose", "message_id": "nope", "option": option }), "not_found"),
        (json!({ "type": "confirm", "action_id": "nope", "yes": true }), "conflict"),
        (json!({ "type": "feedback", "message_id": reply["message_id"], "rating": "meh" }), "invalid_message"),
        (json!({ "type": "user_message", "text": "hi" }), "invalid_message"),
    ] {
        assert_eq!(shop.post_with(&events, &session.1, &body).code(), code, "{body}");
    }
}
