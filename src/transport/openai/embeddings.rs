//! `POST /v1/embeddings`: where texts lie among others, by the embedded encoder.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use serde_json::Value;

use super::super::caller::Caller;
use super::super::{Shared, reply};
use super::fields::{Fields, mistyped};
use super::refusal::Refusal;
use super::{desk, models};
use crate::domain::agent::Provider;
use crate::llm::ModelError;
use crate::llm::encoder::{EMBEDDED_PIECES, Encoder};
use crate::telemetry;

/// Most texts of a request.
const MOST_TEXTS: usize = 64;

/// A request for embeddings.
#[derive(Debug, PartialEq, Eq)]
pub struct Asked {
    /// The texts, at least one; none is empty.
    pub texts: Vec<String>,
    /// Whether the numbers are packed as base64.
    pub packed: bool,
    /// How many numbers each must have, where that is said.
    pub dimensions: Option<u64>,
}

#[derive(Serialize)]
struct List {
    object: &'static str,
    data: Vec<Embedding>,
    model: &'static str,
    usage: Usage,
}

#[derive(Serialize)]
struct Embedding {
    object: &'static str,
    index: usize,
    embedding: Numbers,
}

/// 32-bit floats, or their bytes, least significant first, as base64.
#[derive(Serialize)]
#[serde(untagged)]
enum Numbers {
    Plain(Vec<f32>),
    Packed(String),
}

#[derive(Serialize)]
struct Usage {
    prompt_tokens: usize,
    total_tokens: usize,
}

/// Answers with a vector for each text.
pub async fn create(State(shared): State<Shared>, caller: Caller, request: Request) -> Response {
    match embeddings(&shared, &caller, request).await {
        Ok(list) => reply::json(StatusCode::OK, serde_json::to_string(&list).unwrap_or_default()),
        Err(refusal) => refusal.response(),
    }
}

async fn embeddings(shared: &Shared, caller: &Caller, request: Request) -> Result<List, Refusal> {
    super::admit(shared, caller).await?;
    let body = super::object(shared, request).await?;
    let fields = Fields::of(&body);
    models::encoder(shared, models::named(fields)?)?;
    let asked = read(fields)?;
    let _place = shared.desk().place(shared).await?;
    let desk = shared.clone();
    let encoder = aside(move || desk.desk().encoder()).await??;
    let width = encoder.width();
    if asked.dimensions.is_some_and(|wanted| wanted != width as u64) {
        let message = format!("dimensions must be {width}, or left out: this model's vectors have no other length.");
        return Err(Refusal::field("dimensions", "unsupported_value", message));
    }
    let tokens = tokens(&encoder, &asked.texts)?;
    let begun = Instant::now();
    let mut data = Vec::with_capacity(asked.texts.len());
    for (index, text) in asked.texts.into_iter().enumerate() {
        // One by one: a closed connection ends the work behind the text it is at, and customers go first.
        desk::give_way(shared).await;
        let encoder = Arc::clone(&encoder);
        let vector = aside(move || encoder.embed(&text)).await?.map_err(|_| ModelError::Failed)?;
        data.push(Embedding { object: "embedding", index, embedding: numbers(vector, asked.packed) });
    }
    telemetry::model(Provider::Local.name(), "embedding", begun.elapsed());
    let usage = Usage { prompt_tokens: tokens, total_tokens: tokens };
    Ok(List { object: "list", data, model: models::ENCODER, usage })
}

/// Computes something away from the threads that wait for others.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Refusal::of_model(ModelError::Failed))
}

/// The tokens of all texts, if each can be read whole.
fn tokens(encoder: &Encoder, texts: &[String]) -> Result<usize, Refusal> {
    let count = |(at, text): (usize, &String)| {
        encoder.pieces(text).ok_or_else(|| {
            let message = format!("input[{at}] is longer than the {EMBEDDED_PIECES} tokens this model reads. Cut it into parts.");
            Refusal::field(format!("input[{at}]"), "context_length_exceeded", message)
        })
    };
    texts.iter().enumerate().map(count).sum()
}

fn numbers(vector: Vec<f32>, packed: bool) -> Numbers {
    match packed {
        true => Numbers::Packed(BASE64_STANDARD.encode(vector.into_iter().flat_map(f32::to_le_bytes).collect::<Vec<u8>>())),
        false => Numbers::Plain(vector),
    }
}

/// Reads a request but for its model.
pub fn read(fields: Fields<'_>) -> Result<Asked, Refusal> {
    let texts: Option<Vec<&str>> = match fields.required("input")? {
        Value::String(text) => Some(vec![text]),
        Value::Array(list) => list.iter().map(Value::as_str).collect(),
        _ => None,
    };
    let texts = texts.ok_or_else(|| mistyped("input", "a string or an array of strings; numbers of tokens are not supported"))?;
    if !(1..=MOST_TEXTS).contains(&texts.len()) {
        return Err(Refusal::value("input", "1 to 64 strings"));
    }
    if texts.contains(&"") {
        return Err(Refusal::value("input", "without empty strings"));
    }
    let packed = match fields.text("encoding_format")? {
        None | Some("float") => false,
        Some("base64") => true,
        Some(_) => return Err(Refusal::value("encoding_format", "float or base64")),
    };
    let texts = texts.into_iter().map(str::to_owned).collect();
    Ok(Asked { texts, packed, dimensions: fields.count("dimensions")? })
}
