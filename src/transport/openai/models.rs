//! `GET /v1/models`: what can be asked.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::caller::Caller;
use super::super::{Shared, reply};
use super::fields::Fields;
use super::refusal::Refusal;
use crate::llm::ChatModel;

/// The encoder, which makes embeddings.
pub const ENCODER: &str = "electromart-encoder";

/// `GET /v1/models`
pub async fn list(State(shared): State<Shared>, caller: Caller) -> Response {
    match super::admit(&shared, &caller).await {
        Ok(()) => {
            let all: Vec<Value> = names(&shared).iter().map(|name| model(&shared, name)).collect();
            reply::json(StatusCode::OK, json!({ "object": "list", "data": all }).to_string())
        }
        Err(refusal) => refusal.response(),
    }
}

/// `GET /v1/models/{id}`
pub async fn one(State(shared): State<Shared>, caller: Caller, Path(id): Path<String>) -> Response {
    let found = async {
        super::admit(&shared, &caller).await?;
        if names(&shared).contains(&id) { Ok(model(&shared, &id)) } else { Err(unknown(&id)) }
    };
    match found.await {
        Ok(model) => reply::json(StatusCode::OK, model.to_string()),
        Err(refusal) => refusal.response(),
    }
}

fn names(shared: &Shared) -> Vec<String> {
    shared.voices.local().map(|local| local.name()).into_iter().chain([ENCODER.to_owned()]).collect()
}

fn model(shared: &Shared, name: &str) -> Value {
    json!({ "id": name, "object": "model", "created": shared.desk().since.unix_seconds(), "owned_by": "electromart" })
}

/// The model a request names.
///
/// # Errors
/// When it names none.
pub fn named(fields: Fields<'_>) -> Result<&str, Refusal> {
    fields.required("model")?;
    Ok(fields.text("model")?.unwrap_or_default())
}

/// The local model, if that is what the name means.
///
/// # Errors
/// `model_not_found`, also where there is no local model.
pub fn speaker(shared: &Shared, name: &str) -> Result<Arc<dyn ChatModel>, Refusal> {
    match shared.voices.local().filter(|local| local.name() == name) {
        Some(local) => Ok(local),
        None if name == ENCODER => Err(not_found("This model makes embeddings; it completes no chats.".to_owned())),
        None => Err(unknown(name)),
    }
}

/// Checks that a name means the encoder.
///
/// # Errors
/// `model_not_found`.
pub fn encoder(shared: &Shared, name: &str) -> Result<(), Refusal> {
    match name == ENCODER {
        true => Ok(()),
        false if names(shared).iter().any(|known| known == name) => {
            Err(not_found("This model completes chats; it makes no embeddings.".to_owned()))
        }
        false => Err(unknown(name)),
    }
}

fn unknown(name: &str) -> Refusal {
    let shown: String = name.chars().filter(|c| !c.is_control()).take(100).collect();
    not_found(format!("There is no model `{shown}` here; GET /v1/models lists those there are."))
}

fn not_found(message: String) -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "model_not_found", message).about("model")
}
