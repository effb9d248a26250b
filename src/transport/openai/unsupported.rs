//! Fields of the protocol that would change the answer, and that this server does not support.
//!
//! They are refused by name rather than passed over: an answer without what was asked for would be taken for
//! one with it. Hints that change no answer (`user`, `metadata`, `service_tier`, ...) and fields that the
//! protocol does not know are passed over.

use serde_json::{Value, json};

use super::fields::Fields;
use super::refusal::Refusal;

/// A field, and whether a value of it asks for nothing: what clients send that fill in every default.
type Unsupported = (&'static str, fn(&Value) -> bool);

const OF_CHAT: &[Unsupported] = &[
    ("n", |n| n.as_f64() == Some(1.0)),
    ("tools", is_empty),
    ("tool_choice", |choice| choice == "none"),
    ("functions", is_empty),
    ("function_call", |choice| choice == "none"),
    ("logprobs", |wanted| wanted == false),
    ("top_logprobs", is_zero),
    ("logit_bias", is_empty),
    ("frequency_penalty", is_zero),
    ("presence_penalty", is_zero),
    ("top_p", |share| share.as_f64() == Some(1.0)),
    ("modalities", |kinds| *kinds == json!(["text"])),
    ("audio", |_| false),
    ("web_search_options", |_| false),
    ("reasoning_effort", |effort| effort == "none"),
    ("verbosity", |words| words == "medium"),
    ("store", |wanted| wanted == false),
];

/// Within a message.
const OF_MESSAGE: &[Unsupported] = &[("tool_calls", is_empty), ("function_call", |_| false), ("audio", |_| false)];

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(all) => all.is_empty(),
        Value::Object(all) => all.is_empty(),
        _ => false,
    }
}

fn is_zero(value: &Value) -> bool {
    value.as_f64() == Some(0.0)
}

/// Refuses a request for a completion that asks for more than there is.
pub fn of_chat(fields: Fields<'_>) -> Result<(), Refusal> {
    refuse(fields, OF_CHAT)
}

/// Refuses a message with more than text.
pub fn of_message(fields: Fields<'_>) -> Result<(), Refusal> {
    refuse(fields, OF_MESSAGE)
}

fn refuse(fields: Fields<'_>, known: &[Unsupported]) -> Result<(), Refusal> {
    let asked = known.iter().find(|(name, asks_nothing)| fields.get(name).is_some_and(|value| !asks_nothing(value)));
    asked.map_or(Ok(()), |(name, _)| match *name {
        "n" => Err(Refusal::field(fields.path(name), "unsupported_value", "n must be 1: this server gives one choice.")),
        name => Err(Refusal::unsupported(&fields.path(name))),
    })
}
