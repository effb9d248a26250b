//! A remote model that breaks off in the middle of its answer: no turn is lost, nothing is said twice.

use serde_json::Value;

use super::fake::{self, Fake, Step};
use super::{speechless, text};
use crate::http;
use crate::shop::{Shop, full};

/// The server breaks off this often for each time it does not, so that it is not left alone for good.
const CUT_OF: usize = 3;

/// The events of a reply over SSE.
fn events(shop: &Shop, session: &(String, String), said: &str) -> Vec<(String, Value)> {
    let body = serde_json::json!({ "session_id": session.0, "text": said }).to_string();
    let bearer = format!("Bearer {}", session.1);
    let headers = [("content-type", "application/json"), ("accept", "text/event-stream"), ("authorization", bearer.as_str())];
    let answer = http::send(shop.address, "POST", "/api/chat", &headers, body.as_bytes());
    assert_eq!(answer.status, 200, "{said}: {}", answer.text());
    let text = answer.text();
    let event = |block: &str| {
        let line = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        Some((line("event: ")?, serde_json::from_str(&line("data: ")?).ok()?))
    };
    text.split("\n\n").filter_map(event).collect()
}

#[test]
fn a_model_cut_mid_stream_loses_no_turn() {
    let wanted = if full() { 200 } else { 20 };
    let fake = Fake::start(|request, before| {
        let whole = fake::obedient(request);
        if before % CUT_OF == CUT_OF - 1 || fake::is_plan(request) {
            return fake::say(&whole);
        }
        // After another piece each time, with the connection ended in order or in the middle of a piece.
        let pieces = fake::pieces(&whole);
        let at = before.wrapping_mul(7) % pieces.len().max(1);
        let torn = Step::Send(b"data: {\"choices\": [{\"index\": 0, \"delta\": {\"cont".to_vec());
        let rest = if before.is_multiple_of(2) { vec![torn] } else { Vec::new() };
        std::iter::once(fake::head()).chain(pieces.into_iter().take(at)).chain(rest).collect()
    });
    let (shop, alone) = (super::shop(&fake), speechless());
    let said =
        ["do you have the ASUS Gaming V16 in stock", "show me gaming laptops under 1500", "when are you open", "does LEVELUP10 work"];
    let mut cuts = 0;
    for round in 0.. {
        let (session, other) = (shop.session(), alone.session());
        for said in said {
            let before = fake.count();
            let events = events(&shop, &session, said);
            cuts += (before..fake.count()).filter(|n| n % CUT_OF != CUT_OF - 1).count();
            let expected = alone.say(&other, said);
            let (last, reply) = events.last().expect("events");
            assert_eq!((last.as_str(), text(reply)), ("agent_message", text(&expected)), "round {round}: {said}");
            let shown: String =
                events.iter().filter(|(name, _)| name == "agent_delta").filter_map(|(_, data)| data["text"].as_str()).collect();
            assert!(text(reply).starts_with(&shown), "round {round}: {said}: shown {shown:?}, then {:?}", text(reply));
        }
        let list = shop.get_with(&format!("/api/sessions/{}/messages", session.0), &session.1).json();
        let replies = list["messages"].as_array().expect("messages").iter().filter(|message| message["role"] == "agent").count();
        assert_eq!(replies, said.len(), "each answered once");
        if cuts >= wanted {
            break;
        }
    }
    eprintln!("{cuts} cuts, no turn lost");
}
