//! What is refused, and in which form.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::{CHAT, Desk, question, refusal, token};
use crate::http;

const JSON: (&str, &str) = ("content-type", "application/json");

#[test]
fn every_refusal_has_the_form_of_the_protocol() {
    let desk = Desk::open();
    let own = format!("Bearer {}", desk.key);
    let read = format!("Bearer {}", token(desk.home.path(), "read"));
    let own = [JSON, ("authorization", own.as_str())];
    let read = [("authorization", read.as_str())];
    let ask = |fields: serde_json::Value| question(&fields).to_string().into_bytes();
    let huge = ask(json!({ "messages": [{ "role": "user", "content": "x".repeat(70_000) }] }));
    let long = ask(json!({ "messages": [{ "role": "user", "content": "x".repeat(5_000) }] }));
    let embed = |fields: serde_json::Value| fields.to_string().into_bytes();
    type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], Vec<u8>, u16, &'a str, &'a str);
    let cases: Vec<Case<'_>> = vec![
        ("GET", "/v1/models", &[], vec![], 401, "invalid_api_key", "-"),
        ("GET", "/v1/models", &[("authorization", "Bearer emt_x")], vec![], 401, "invalid_api_key", "-"),
        ("GET", "/v1/models", &[("authorization", "Bearer sk-x")], vec![], 401, "invalid_api_key", "-"),
        ("GET", "/v1/models", &read, vec![], 403, "insufficient_permissions", "-"),
        ("GET", "/v1/models/gpt-4o", &own, vec![], 404, "model_not_found", "model"),
        ("GET", "/v1/files", &own, vec![], 404, "unknown_url", "-"),
        ("GET", CHAT, &own, vec![], 405, "method_not_allowed", "-"),
        ("POST", CHAT, &[JSON], ask(json!({})), 401, "invalid_api_key", "-"),
        ("POST", CHAT, &[("content-type", "text/plain")], ask(json!({})), 415, "unsupported_media_type", "-"),
        ("POST", CHAT, &own, b"{".to_vec(), 400, "invalid_json", "-"),
        ("POST", CHAT, &own, b"[]".to_vec(), 400, "invalid_type", "-"),
        ("POST", CHAT, &own, b"{}".to_vec(), 400, "missing_required_parameter", "model"),
        ("POST", CHAT, &own, ask(json!({ "model": 5 })), 400, "invalid_type", "model"),
        ("POST", CHAT, &own, ask(json!({ "model": "gpt-4o" })), 404, "model_not_found", "model"),
        ("POST", CHAT, &own, ask(json!({ "model": "electromart-encoder" })), 404, "model_not_found", "model"),
        ("POST", CHAT, &own, ask(json!({ "n": 2 })), 400, "unsupported_value", "n"),
        ("POST", CHAT, &own, ask(json!({ "tools": [{}], "stream": true })), 400, "unsupported_parameter", "tools"),
        ("POST", CHAT, &own, huge, 413, "payload_too_large", "-"),
        ("POST", CHAT, &own, long, 400, "context_length_exceeded", "messages"),
        ("POST", "/v1/embeddings", &own, embed(json!({ "model": "recital", "input": "a" })), 404, "model_not_found", "model"),
        ("POST", "/v1/embeddings", &own, embed(json!({ "model": "electromart-encoder" })), 400, "missing_required_parameter", "input"),
    ];
    for (method, path, headers, body, status, code, param) in cases {
        let answer = http::send(desk.shop.address, method, path, headers, &body);
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        assert_eq!(refusal(&answer), (status, code.to_owned(), param.to_owned()), "{method} {path} {shown}");
    }
}

#[test]
fn a_token_taken_back_opens_nothing_more() {
    let desk = Desk::open();
    assert_eq!(desk.shop.get_with("/v1/models", &desk.key).status, 200);
    let tokens = crate::shop::run_json(desk.home.path(), &["token", "list", "--data-dir", "data"]);
    let id = tokens[0]["id"].as_str().expect("an id");
    crate::shop::run_json(desk.home.path(), &["token", "revoke", id, "--data-dir", "data"]);
    assert_eq!(refusal(&desk.shop.get_with("/v1/models", &desk.key)).0, 401);
}

#[test]
fn requests_are_counted_like_all_others() {
    let desk = Desk::with(&[("ELECTROMART_LIMITS_REQUESTS_PER_MINUTE", "6")]);
    let answers: Vec<_> = (0..8).map(|_| desk.shop.get_with("/v1/models", &desk.key)).collect();
    let last = answers.last().expect("answers");
    assert_eq!(refusal(last), (429, "rate_limit_exceeded".to_owned(), "-".to_owned()));
    assert!(last.header("retry-after").is_some_and(|seconds| seconds.parse::<u64>().is_ok_and(|s| s >= 1)));
}

/// One worker and a crowd before it: while messages wait, nobody else is served.
#[test]
fn customers_go_first() {
    let desk = Desk::with(&[("ELECTROMART_LIMITS_WORKERS", "1")]);
    let over = AtomicBool::new(false);
    let refused = std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                let session = desk.shop.session();
                while !over.load(Ordering::Relaxed) {
                    desk.shop.say(&session, "show me gaming laptops under 1500");
                }
            });
        }
        let refused = (0..200).map(|_| desk.ask(&json!({ "max_tokens": 1 }))).find(|answer| answer.status != 200);
        over.store(true, Ordering::Relaxed);
        refused
    });
    let refused = refused.expect("a crowd waits, and it is served all the same");
    assert_eq!(refusal(&refused), (503, "busy".to_owned(), "-".to_owned()));
    assert!(refused.header("retry-after").is_some());
    assert_eq!(desk.ask(&json!({ "max_tokens": 1 })).status, 200, "afterwards it is served again");
}
