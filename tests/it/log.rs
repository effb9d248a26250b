//! The log: what happened, never what was said.

use crate::shop::{Shop, Start};

#[test]
fn nothing_that_was_said_is_in_the_log() {
    let home = tempfile::tempdir().expect("a folder");
    let log = home.path().join("log");
    let shop = Shop::in_folder(home.path(), &Start { flags: &["-vv", "--log-json"], log: Some(&log), ..Start::default() });
    let session = shop.session();
    let mut said = vec![session.1.clone()];
    for text in [
        "show me purple gaming laptops under 1500 please",
        "where is my order ORD-1007?",
        "maya.thornton@example.com",
        "it arrived broken, I am furious",
        "my number is 207-555-0142 and I live at 12 Nowhere Lane",
    ] {
        let reply = shop.say(&session, text);
        said.push(text.to_owned());
        said.extend(reply["text"].as_str().into_iter().flat_map(str::lines).filter(|line| line.len() > 12).map(str::to_owned));
    }
    shop.get(&format!("/api/sessions/{}/messages?token={}", session.0, session.1));
    shop.stop();
    let log = std::fs::read_to_string(&log).expect("a log");
    assert!(log.lines().count() > 5);
    for text in said.iter().map(String::as_str).chain(["maya", "Thornton", "207-555", "Nowhere"]) {
        assert!(!log.contains(text), "the log holds {text:?}");
    }
    let turns: Vec<serde_json::Value> = log
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|line: &serde_json::Value| line["message"] == "replied")
        .collect();
    assert_eq!(turns.len(), 5);
    for turn in turns {
        for field in ["level", "session", "intent", "agent", "sentiment", "processing_time_ms", "request_id"] {
            assert!(!turn[field].is_null(), "{field} is missing: {turn}");
        }
    }
}
