//! Completions in the protocol's form.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::super::reply;
use super::refusal::Refusal;
use super::running::{Finished, Running};
use crate::domain::time::Moment;
use crate::llm::{Constraint, Ended};

/// What a completion, or every chunk of one, begins with.
#[derive(Debug, Clone)]
pub struct Head {
    id: String,
    created: i64,
    model: String,
    fingerprint: String,
}

impl Head {
    /// Of a new completion by a model.
    pub fn new(model: &str) -> Self {
        let id = format!("chatcmpl-{}", uuid::Uuid::new_v4().simple());
        Self { id, created: Moment::now().unix_seconds(), model: model.to_owned(), fingerprint: fingerprint(model) }
    }

    /// A completion.
    fn completion(&self, finished: &Finished) -> Value {
        json!({
            "id": self.id,
            "object": "chat.completion",
            "created": self.created,
            "model": self.model,
            "choices": [{
                "index": 0,
                "message": { "role": "assistant", "content": finished.text, "refusal": null },
                "logprobs": null,
                "finish_reason": reason(finished.ended),
            }],
            "usage": usage(finished),
            "system_fingerprint": self.fingerprint,
        })
    }

    /// A chunk of one that is streamed.
    pub fn chunk(&self, choices: Value) -> Value {
        json!({
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "system_fingerprint": self.fingerprint,
            "choices": choices,
        })
    }
}

/// Names what an answer to a seed depends on: this build, and the model.
fn fingerprint(model: &str) -> String {
    let digest = Sha256::digest(concat!(env!("CARGO_PKG_VERSION"), " ", env!("BUILT_FROM_COMMIT"), " ").to_owned() + model);
    digest.iter().take(5).fold("fp_".to_owned(), |name, byte| format!("{name}{byte:02x}"))
}

/// Why it ended, in the protocol's words.
pub fn reason(ended: Ended) -> &'static str {
    match ended {
        Ended::Stop => "stop",
        Ended::Length => "length",
    }
}

/// Tokens used.
pub fn usage(finished: &Finished) -> Value {
    let total = finished.tokens_in.saturating_add(finished.tokens_out);
    json!({ "prompt_tokens": finished.tokens_in, "completion_tokens": finished.tokens_out, "total_tokens": total })
}

/// Whether a completion that came to its end is what was asked for. One that was cut off is as it is.
pub fn check(finished: &Finished, constraint: &Constraint) -> Result<(), Refusal> {
    let json = matches!(constraint, Constraint::Schema { .. });
    if json && finished.ended == Ended::Stop && serde_json::from_str::<Value>(&finished.text).is_err() {
        let refusal = Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "invalid_output", "The model did not keep to response_format.");
        return Err(refusal.about("response_format"));
    }
    Ok(())
}

/// Answers with the whole completion.
///
/// # Errors
/// Why there is none.
pub async fn whole(running: Running, head: &Head, constraint: &Constraint) -> Result<Response, Refusal> {
    let finished = running.finish().await?;
    check(&finished, constraint)?;
    Ok(reply::json(StatusCode::OK, head.completion(&finished).to_string()))
}
