//! Requests as tables: what a model is asked, or which field is at fault.

use serde_json::{Map, Value, json};

use super::super::fields::Fields;
use super::super::{chat, embeddings};
use crate::llm::{Constraint, Rank, Role};

/// A request for "hi" with further fields.
fn with(fields: Value) -> Map<String, Value> {
    let mut body = json!({ "messages": [{ "role": "user", "content": "hi" }] });
    let (Some(body), Value::Object(fields)) = (body.as_object_mut(), fields) else { panic!("an object") };
    body.extend(fields);
    std::mem::take(body)
}

fn said(messages: Value) -> Map<String, Value> {
    with(json!({ "messages": messages }))
}

#[test]
fn what_is_supported_reaches_the_model() {
    let prompt = |fields: Value| chat::read(Fields::of(&with(fields))).unwrap().prompt;
    let plain = prompt(json!({ "unheard_of": { "x": [1] }, "user": "u", "seed": null, "stop": null, "tools": [], "n": 1, "top_p": 1.0 }));
    assert_eq!((plain.temperature, plain.seed, plain.stop.len(), &plain.constraint), (1.0, None, 0, &Constraint::Free));
    assert!(plain.max_tokens > 100_000, "the model's own room is the bound");
    assert_eq!(plain.rank, Rank::Aside, "customers go first");
    let full = prompt(json!({ "temperature": 0, "seed": -1, "stop": ["a", "b"], "max_tokens": 7, "max_completion_tokens": 5 }));
    assert_eq!((full.temperature, full.seed, full.max_tokens), (0.0, Some(u64::MAX), 5));
    assert_eq!(full.stop, ["a", "b"]);
    assert_eq!(prompt(json!({ "stop": "###", "max_tokens": 7 })).stop, ["###"]);
    for (format, expected) in [
        (json!({ "type": "text" }), Constraint::Free),
        (json!({ "type": "json_object" }), Constraint::Schema { name: "object".into(), schema: json!({ "type": "object" }) }),
        (
            json!({ "type": "json_schema", "json_schema": { "name": "x", "strict": true, "schema": { "type": "array" } } }),
            Constraint::Schema { name: "x".into(), schema: json!({ "type": "array" }) },
        ),
    ] {
        assert_eq!(prompt(json!({ "response_format": format })).constraint, expected);
    }
    let talk = said(json!([
        { "role": "developer", "content": "Rules." },
        { "role": "user", "content": [{ "type": "text", "text": "a " }, { "type": "text", "text": "b" }], "name": "x" },
        { "role": "assistant", "content": "c", "tool_calls": null, "refusal": null },
        { "role": "user", "content": "" },
    ]));
    let expected = [(Role::System, "Rules."), (Role::User, "a b"), (Role::Assistant, "c"), (Role::User, "")];
    let read = chat::read(Fields::of(&talk)).unwrap().prompt.messages;
    assert_eq!(read, expected.map(|(role, text)| (role, text.to_owned())));
    let asked = chat::read(Fields::of(&with(json!({ "stream": true, "stream_options": { "include_usage": true } })))).unwrap();
    assert!(asked.stream && asked.usage);
}

#[test]
fn what_is_not_is_refused_by_name() {
    let mut wrong = Vec::new();
    for (body, param, code) in [
        (with(json!({ "tools": [{ "type": "function" }] })), "tools", "unsupported_parameter"),
        (with(json!({ "tool_choice": "auto" })), "tool_choice", "unsupported_parameter"),
        (with(json!({ "functions": [{}] })), "functions", "unsupported_parameter"),
        (with(json!({ "n": 2 })), "n", "unsupported_value"),
        (with(json!({ "logprobs": true })), "logprobs", "unsupported_parameter"),
        (with(json!({ "top_logprobs": 3 })), "top_logprobs", "unsupported_parameter"),
        (with(json!({ "logit_bias": { "50": -100 } })), "logit_bias", "unsupported_parameter"),
        (with(json!({ "frequency_penalty": 0.5 })), "frequency_penalty", "unsupported_parameter"),
        (with(json!({ "presence_penalty": -1 })), "presence_penalty", "unsupported_parameter"),
        (with(json!({ "top_p": 0.5 })), "top_p", "unsupported_parameter"),
        (with(json!({ "modalities": ["text", "audio"] })), "modalities", "unsupported_parameter"),
        (with(json!({ "audio": { "voice": "x" } })), "audio", "unsupported_parameter"),
        (with(json!({ "web_search_options": {} })), "web_search_options", "unsupported_parameter"),
        (with(json!({ "reasoning_effort": "high" })), "reasoning_effort", "unsupported_parameter"),
        (with(json!({ "store": true })), "store", "unsupported_parameter"),
        (with(json!({ "temperature": "hot" })), "temperature", "invalid_type"),
        (with(json!({ "temperature": 2.5 })), "temperature", "invalid_value"),
        (with(json!({ "seed": 1.5 })), "seed", "invalid_type"),
        (with(json!({ "max_tokens": 0 })), "max_tokens", "invalid_value"),
        (with(json!({ "max_tokens": -1 })), "max_tokens", "invalid_type"),
        (with(json!({ "max_completion_tokens": "5" })), "max_completion_tokens", "invalid_type"),
        (with(json!({ "stop": ["1", "2", "3", "4", "5"] })), "stop", "invalid_value"),
        (with(json!({ "stop": "" })), "stop", "invalid_value"),
        (with(json!({ "stop": [1] })), "stop", "invalid_type"),
        (with(json!({ "stream": "yes" })), "stream", "invalid_type"),
        (with(json!({ "stream_options": true })), "stream_options", "invalid_type"),
        (with(json!({ "stream_options": { "include_usage": 1 } })), "stream_options.include_usage", "invalid_type"),
        (with(json!({ "response_format": "json" })), "response_format", "invalid_type"),
        (with(json!({ "response_format": {} })), "response_format.type", "missing_required_parameter"),
        (with(json!({ "response_format": { "type": "xml" } })), "response_format.type", "invalid_value"),
        (with(json!({ "response_format": { "type": "json_schema" } })), "response_format.json_schema", "missing_required_parameter"),
        (
            with(json!({ "response_format": { "type": "json_schema", "json_schema": { "schema": {} } } })),
            "response_format.json_schema.name",
            "missing_required_parameter",
        ),
        (
            with(json!({ "response_format": { "type": "json_schema", "json_schema": { "name": "a b", "schema": {} } } })),
            "response_format.json_schema.name",
            "invalid_value",
        ),
        (
            with(json!({ "response_format": { "type": "json_schema", "json_schema": { "name": "a", "schema": [] } } })),
            "response_format.json_schema.schema",
            "invalid_type",
        ),
        (Map::new(), "messages", "missing_required_parameter"),
        (said(json!([])), "messages", "invalid_value"),
        (said(json!("hi")), "messages", "invalid_type"),
        (said(json!(["hi"])), "messages[0]", "invalid_type"),
        (said(json!([{ "content": "hi" }])), "messages[0].role", "missing_required_parameter"),
        (said(json!([{ "role": "tool", "content": "hi" }])), "messages[0].role", "unsupported_parameter"),
        (said(json!([{ "role": "king", "content": "hi" }])), "messages[0].role", "invalid_value"),
        (said(json!([{ "role": "user", "content": "hi" }, { "role": "user" }])), "messages[1].content", "missing_required_parameter"),
        (said(json!([{ "role": "user", "content": 5 }])), "messages[0].content", "invalid_type"),
        (said(json!([{ "role": "assistant", "content": null, "tool_calls": [{}] }])), "messages[0].tool_calls", "unsupported_parameter"),
        (
            said(json!([{ "role": "user", "content": [{ "type": "image_url", "image_url": { "url": "x" } }] }])),
            "messages[0].content[0].type",
            "unsupported_parameter",
        ),
        (said(json!([{ "role": "user", "content": [{ "type": "text" }] }])), "messages[0].content[0].text", "missing_required_parameter"),
    ] {
        let refused = chat::read(Fields::of(&body)).map_err(|refusal| (refusal.status.as_u16(), refusal.param, refusal.code));
        let expected = (400, Some(param.to_owned()), code);
        if refused.as_ref().err() != Some(&expected) {
            wrong.push(format!("{}: {refused:?}", Value::Object(body)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn texts_to_embed_are_a_string_or_some() {
    let read = |body: &Value| embeddings::read(Fields::of(body.as_object().unwrap()));
    let many = |n: usize| Value::from(vec!["x"; n]);
    for (body, texts, packed) in [
        (json!({ "input": "a" }), 1, false),
        (json!({ "input": ["a", "b"], "encoding_format": "float", "user": "u" }), 2, false),
        (json!({ "input": many(64), "encoding_format": "base64" }), 64, true),
    ] {
        let asked = read(&body).unwrap();
        assert_eq!((asked.texts.len(), asked.packed), (texts, packed));
    }
    for (body, param, code) in [
        (json!({}), "input", "missing_required_parameter"),
        (json!({ "input": "" }), "input", "invalid_value"),
        (json!({ "input": [] }), "input", "invalid_value"),
        (json!({ "input": ["a", ""] }), "input", "invalid_value"),
        (json!({ "input": many(65) }), "input", "invalid_value"),
        (json!({ "input": [1, 2] }), "input", "invalid_type"),
        (json!({ "input": 5 }), "input", "invalid_type"),
        (json!({ "input": "a", "encoding_format": "int8" }), "encoding_format", "invalid_value"),
        (json!({ "input": "a", "dimensions": "many" }), "dimensions", "invalid_type"),
    ] {
        let refused = read(&body).unwrap_err();
        assert_eq!((refused.param.as_deref(), refused.code), (Some(param), code), "{body}");
    }
}
