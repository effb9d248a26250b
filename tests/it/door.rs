//! Bad input at every door: a clear error, and the shop runs on.

use serde_json::{Value, json};

use crate::http;
use crate::shop::{Shop, Start};

const JSON: (&str, &str) = ("content-type", "application/json");

#[test]
fn requests_that_make_no_sense_are_refused_by_name() {
    let shop = Shop::start();
    let long = "x".repeat(1_001);
    let huge = format!("{{\"text\":\"{}\"}}", "x".repeat(70_000));
    let text = |text: &str| json!({ "text": text }).to_string().into_bytes();
    type Case<'a> = (&'a str, &'a str, Vec<(&'a str, &'a str)>, Vec<u8>, u16, &'a str);
    let cases: Vec<Case<'_>> = vec![
        ("POST", "/api/chat", vec![JSON], b"not json".to_vec(), 400, "invalid_message"),
        ("POST", "/api/chat", vec![JSON], b"[]".to_vec(), 400, "invalid_message"),
        ("POST", "/api/chat", vec![JSON], b"{}".to_vec(), 400, "invalid_message"),
        ("POST", "/api/chat", vec![JSON], b"".to_vec(), 400, "invalid_message"),
        ("POST", "/api/chat", vec![JSON], b"{\"text\":5}".to_vec(), 400, "invalid_message"),
        ("POST", "/api/chat", vec![JSON], b"{\"text\":\"\xff\xfe\"}".to_vec(), 400, "invalid_message"),
        ("POST", "/api/chat", vec![JSON], text(""), 400, "invalid_message"),
        ("POST", "/api/chat", vec![JSON], text("  \n\t "), 400, "invalid_message"),
        ("POST", "/api/chat", vec![JSON], text(&long), 400, "invalid_message"),
        ("POST", "/api/chat", vec![JSON], text("a\u{0}b"), 400, "invalid_message"),
        ("POST", "/api/chat", vec![JSON], text("a\u{1b}[31mb"), 400, "invalid_message"),
        ("POST", "/api/chat", vec![JSON], huge.into_bytes(), 413, "payload_too_large"),
        ("POST", "/api/chat", vec![("content-type", "text/plain")], text("hi"), 415, "unsupported_media_type"),
        ("POST", "/api/chat", vec![JSON, ("origin", "https://evil.example")], text("hi"), 403, "forbidden"),
        ("POST", "/api/chat", vec![JSON, ("origin", "null")], text("hi"), 403, "forbidden"),
        ("POST", "/api/chat", vec![JSON, ("host", "evil.example")], text("hi"), 421, "forbidden"),
        (
            "POST",
            "/api/chat",
            vec![JSON],
            json!({"text": "hi", "session_id": "nope-nope-nope"}).to_string().into_bytes(),
            401,
            "unauthorized",
        ),
        (
            "POST",
            "/api/chat",
            vec![JSON],
            json!({"text": "hi", "session_id": "nope-nope-nope", "token": "x"}).to_string().into_bytes(),
            400,
            "invalid_session",
        ),
        ("GET", "/api/sessions/nope-nope-nope/messages", vec![], vec![], 401, "unauthorized"),
        ("GET", "/api/sessions/nope-nope-nope/messages", vec![("authorization", "Bearer x")], vec![], 400, "invalid_session"),
        ("GET", "/api/evidence/nope", vec![], vec![], 401, "unauthorized"),
        ("GET", "/api/evidence/nope", vec![("authorization", "Bearer x")], vec![], 404, "not_found"),
        ("GET", "/analytics/agents", vec![], vec![], 401, "unauthorized"),
        ("GET", "/analytics/agents", vec![("authorization", "Bearer emt_x")], vec![], 403, "forbidden"),
        ("GET", "/nothing-here", vec![], vec![], 404, "not_found"),
        ("GET", "/admin", vec![], vec![], 404, "not_found"),
        ("GET", "/assets/../Cargo.toml", vec![], vec![], 404, "not_found"),
        ("DELETE", "/api/chat", vec![], vec![], 405, "not_found"),
        ("GET", "/ws", vec![], vec![], 400, "invalid_message"),
    ];
    for (method, path, headers, body, status, code) in cases {
        let answer = http::send(shop.address, method, path, &headers, &body);
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{method} {path} {headers:?} {shown}");
        assert!(answer.header("x-request-id").is_some_and(|id| !id.is_empty()), "{path}");
        assert_eq!(answer.json()["error"]["request_id"].as_str(), answer.header("x-request-id"), "{path}");
    }
    assert_eq!(shop.get("/health/ready").status, 200);
}

#[test]
fn every_answer_is_protected_and_named() {
    let shop = Shop::start();
    for path in ["/", "/health", "/api/config", "/nothing", "/docs", "/openapi.json"] {
        let answer = http::send(shop.address, "GET", path, &[("x-request-id", "my-request.1")], b"");
        let policy = answer.header("content-security-policy").unwrap_or_default().to_owned();
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert_eq!(answer.header("x-request-id"), Some("my-request.1"), "{path}");
    }
}

#[test]
fn too_many_requests_are_told_when_to_come_back() {
    let shop = Shop::with(&Start { settings: &[("ELECTROMART_LIMITS_REQUESTS_PER_MINUTE", "5")], ..Start::default() });
    let answers: Vec<_> = (0..8).map(|_| shop.post("/api/sessions", &json!({}))).collect();
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!((2..=4).contains(&refused.len()), "{}", refused.len());
    for answer in refused {
        assert_eq!(answer.code(), "rate_limited");
        assert!(answer.header("retry-after").is_some_and(|seconds| seconds.parse::<u64>().is_ok_and(|s| s >= 1)));
        assert!(answer.json()["error"]["retry_after_ms"].as_u64().is_some_and(|ms| ms > 0));
    }
    assert_eq!(shop.get("/health").status, 200, "health is not counted");
}

#[test]
fn naughty_strings_are_answered_or_refused() {
    let Some(data) = crate::shop::public_data() else { return };
    let shop = Shop::start();
    let list: Vec<String> =
        serde_json::from_slice(&std::fs::read(data.join("redteam/blns.json")).expect("the list")).expect("a list of strings");
    let session = shop.session();
    for text in list {
        let answer = shop.post_with("/api/chat", &session.1, &json!({ "session_id": session.0, "text": text }));
        let fine = match answer.status {
            200 => !answer.json()["text"].as_str().unwrap_or_default().is_empty(),
            400 => answer.code() == "invalid_message",
            _ => false,
        };
        assert!(fine, "{text:?}: {} {}", answer.status, answer.text());
    }
}

#[test]
fn evidence_is_shown_to_its_own_session_only() {
    let shop = Shop::start();
    let (own, other) = (shop.session(), shop.session());
    let reply = shop.say(&own, "show me gaming laptops under 1500");
    let pieces: Vec<&Value> = reply["evidence"].as_array().expect("evidence").iter().filter(|e| e["kind"] == "product").collect();
    assert!(!pieces.is_empty());
    for piece in pieces {
        let path = format!("/api/evidence/{}", piece["id"].as_str().expect("an id"));
        let shown = shop.get_with(&path, &own.1);
        assert_eq!(shown.status, 200);
        assert_eq!(shown.json()["record"]["sku"], piece["ref"], "{path}");
        assert_eq!(shop.get_with(&path, &other.1).code(), "not_found");
        assert_eq!(shop.get(&path).code(), "unauthorized");
    }
}
