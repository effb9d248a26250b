//! `/v1`: the bare local model and the encoder, by the protocol that OpenAI's clients speak.
//!
//! This is not the shop's assistant: nothing of the shop's is in the prompt, and nothing that is said is held
//! against records. So it takes a token of scope `inference`, is served where staff are served, and gives way
//! to customers: who asks while a customer's message waits is told to come back, and the model puts an answer aside for
//! a customer's turn that finds no place ([`Rank::Aside`](crate::llm::Rank)).

mod answer;
mod chat;
mod desk;
mod embeddings;
mod fields;
mod format;
mod messages;
mod models;
mod refusal;
mod running;
mod stream;
#[cfg(test)]
mod tests;
mod unsupported;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Map, Value};

use super::caller::Caller;
use super::{Shared, console, rest};
use crate::domain::error::Rejected;
pub use desk::Desk;
use refusal::Refusal;

/// Where the endpoint lives.
pub const PREFIX: &str = "/v1";
/// What a token must be for.
const SCOPE: &str = "inference";

/// The routes below [`PREFIX`].
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/models", get(models::list))
        .route("/models/{id}", get(models::one))
        .route("/chat/completions", post(chat::create))
        .route("/embeddings", post(embeddings::create))
        .fallback(unknown)
        .method_not_allowed_fallback(other_method)
}

/// Whether an address belongs to the endpoint, whose errors have a form of their own.
pub fn owns(path: &str) -> bool {
    path.strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A refusal of the guard in the form of the endpoint.
pub fn refuse(status: StatusCode, rejected: &Rejected) -> Response {
    Refusal::of_status(status, rejected).response()
}

async fn unknown() -> Response {
    Refusal::new(StatusCode::NOT_FOUND, "unknown_url", "There is nothing at this address.").response()
}

async fn other_method() -> Response {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This address does not take that method.").response()
}

/// Lets those through who may use the models.
async fn admit(shared: &Shared, caller: &Caller) -> Result<(), Refusal> {
    shared.gateway.count(&caller.origin("v1"), None)?;
    let Some(token) = caller.bearer.as_deref() else {
        return Err(Refusal::unauthorized("This needs a token as the API key: electromart token create NAME --scope inference."));
    };
    match console::scope(shared, token).await.as_deref() {
        Some(SCOPE) => Ok(()),
        Some(_) => Err(Refusal::new(StatusCode::FORBIDDEN, "insufficient_permissions", "This token is not of the scope inference.")),
        None => Err(Refusal::unauthorized("This API key is not a token of this shop, has ended or was taken back.")),
    }
}

/// The body of a request: a JSON object.
async fn object(shared: &Shared, request: Request) -> Result<Map<String, Value>, Refusal> {
    let body = rest::body(shared, request).await?;
    match serde_json::from_slice(&body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Refusal::new(StatusCode::BAD_REQUEST, "invalid_type", "The body must be a JSON object.")),
        Err(_) => Err(Refusal::new(StatusCode::BAD_REQUEST, "invalid_json", "The body is not JSON.")),
    }
}
