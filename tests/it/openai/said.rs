//! What the model says, whole and streamed.

use serde_json::{Value, json};

use super::{Desk, question};
use crate::recital::TOKENS;

/// Tokens of the prompt: of ChatML around "hello", a token a byte but for structure.
const PROMPT: u64 = 3 + "user\n".len() as u64 + "hello".len() as u64 + "\nassistant\n".len() as u64;

/// The data of a stream's events.
fn events(text: &str) -> Vec<&str> {
    text.split_terminator("\n\n").map(|event| event.strip_prefix("data: ").unwrap_or_else(|| panic!("no event: {event:?}"))).collect()
}

#[test]
fn whole_and_streamed_it_says_the_same_and_counts_it() {
    let desk = Desk::open();
    let all = TOKENS.concat();
    // Every token of it must follow, whatever the model would recite.
    let form = json!({ "type": "object", "properties": { "size": { "enum": ["small"] } }, "required": ["size"],
        "additionalProperties": false });
    for (fields, content, reason, made) in [
        (json!({}), all.as_str(), "stop", Some(11)),
        (json!({ "max_tokens": 2 }), "{\"numbers\": [\"one\"", "length", Some(2)),
        (json!({ "max_tokens": 11, "max_completion_tokens": 1 }), "{\"numbers\": [", "length", Some(1)),
        // A stop that begins in one token and ends in the next: what is before it was held back until then.
        (json!({ "stop": ["never", "one\", \"tw"] }), "{\"numbers\": [\"", "stop", None),
        (json!({ "stop": ", \"three\"" }), "{\"numbers\": [\"one\", \"two\"", "stop", None),
        (json!({ "stop": "]}" }), all.trim_end_matches("]}"), "stop", None),
        (json!({ "response_format": { "type": "json_object" } }), all.as_str(), "stop", Some(11)),
        (
            json!({ "response_format": { "type": "json_schema", "json_schema": { "name": "sizes", "schema": form, "strict": true } } }),
            "{\"size\": \"small\"}",
            "stop",
            None,
        ),
        (json!({ "unheard_of": true, "user": "u" }), all.as_str(), "stop", Some(11)),
    ] {
        let answer = desk.ask(&fields);
        assert_eq!(answer.status, 200, "{fields}: {}", answer.text());
        let whole = answer.json();
        let choice = &whole["choices"][0];
        assert_eq!((&choice["message"]["content"], &choice["finish_reason"]), (&json!(content), &json!(reason)), "{fields}");
        let usage = &whole["usage"];
        let count = |name: &str| usage[name].as_u64().expect("a count");
        assert_eq!((count("prompt_tokens"), count("total_tokens")), (PROMPT, PROMPT + count("completion_tokens")), "{fields}");
        assert!(made.is_none_or(|made| count("completion_tokens") == made), "{fields}: {usage}");
        assert!(whole["system_fingerprint"].as_str().is_some_and(|name| name.starts_with("fp_")));

        let mut streamed = fields.clone();
        streamed["stream"] = json!(true);
        streamed["stream_options"] = json!({ "include_usage": true });
        let answer = desk.ask(&streamed);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/event-stream")), "{}", answer.text());
        let text = answer.text();
        let mut events = events(&text);
        assert_eq!(events.pop(), Some("[DONE]"), "{fields}");
        let chunks: Vec<Value> = events.iter().map(|event| serde_json::from_str(event).expect("JSON")).collect();
        let said: String = chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str()).collect();
        let (last, before) = chunks.split_last().expect("chunks");
        assert_eq!((said.as_str(), &last["usage"], &last["choices"]), (content, usage, &json!([])), "{fields}");
        assert_eq!(before.last().map(|chunk| &chunk["choices"][0]["finish_reason"]), Some(&json!(reason)), "{fields}");
        if fields == json!({}) {
            assert!(chunks.len() >= TOKENS.len(), "it comes in pieces, not at once: {}", chunks.len());
        }
    }
}

#[test]
fn the_same_seed_says_the_same() {
    let desk = Desk::open();
    let say = |seed: i64| {
        let answer = desk.ask(&json!({ "seed": seed, "temperature": 1.2, "max_tokens": 40 })).json();
        answer["choices"][0]["message"]["content"].as_str().expect("words").to_owned()
    };
    for seed in [1, -7] {
        assert_eq!(say(seed), say(seed));
    }
    assert_ne!(say(1), say(-7));
}

#[test]
fn the_decoder_in_the_program_completes_too() {
    let desk = Desk::start(&crate::shop::Start::default());
    let listed = desk.shop.get_with("/v1/models", &desk.key).json();
    let names: Vec<&str> = listed["data"].as_array().expect("a list").iter().filter_map(|model| model["id"].as_str()).collect();
    assert_eq!(names, ["electromart-decoder", "electromart-encoder"]);
    // A brief as it has learnt them: it is heard to its end here, sure or not.
    let brief = "where is it\nOrder {F1} has been shipped.\nIt was promised for {F25} and is {F30} late.";
    let messages = json!([{ "role": "user", "content": brief }]);
    let answer = desk.ask(&json!({ "model": names[0], "messages": messages })).json();
    let choice = &answer["choices"][0];
    assert_eq!(choice["finish_reason"], "stop", "{answer}");
    assert!(choice["message"]["content"].as_str().is_some_and(|text| text.contains("{F1}")), "{answer}");
}

#[test]
fn a_closed_connection_ends_the_work() {
    let desk = Desk::open();
    let done = || {
        let metrics = desk.shop.get("/metrics").text();
        let name = "electromart_model_duration_seconds_count{provider=\"local\",operation=\"completion\"} ";
        metrics.lines().find_map(|line| line.strip_prefix(name)?.parse::<u32>().ok()).unwrap_or(0)
    };
    // It strays at this temperature, and so goes on until there is no more room.
    let mut long = question(&json!({ "temperature": 2, "seed": 3 }));
    let begun = std::time::Instant::now();
    let whole = desk.post(super::CHAT, &long).json();
    let took = begun.elapsed();
    assert_eq!((whole["choices"][0]["finish_reason"].as_str(), done()), (Some("length"), 1), "{whole}");
    long["stream"] = json!(true);
    // On a busy machine one of them may come late.
    let ends_early = |_| {
        let before = done();
        let began = std::time::Instant::now();
        begin_and_leave(&desk, &long);
        while done() == before {
            std::thread::sleep(took / 100);
        }
        began.elapsed() < took / 2
    };
    assert!((0..3).any(ends_early), "it goes on for nobody; the whole takes {took:?}");
}

/// Asks, waits for the first words, and closes the connection.
fn begin_and_leave(desk: &Desk, body: &Value) {
    use std::io::{Read as _, Write as _};
    let body = body.to_string();
    let bearer = format!("Bearer {}", desk.key);
    let headers = [("content-type", "application/json"), ("authorization", bearer.as_str())];
    let mut stream = std::net::TcpStream::connect(desk.shop.address).expect("connects");
    stream.write_all(&crate::http::head("127.0.0.1", "POST", super::CHAT, &headers, body.len())).expect("writes");
    stream.write_all(body.as_bytes()).expect("writes");
    let mut first = [0; 64];
    stream.read_exact(&mut first).expect("it begins");
}
