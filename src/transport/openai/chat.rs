//! `POST /v1/chat/completions`

use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::Value;

use super::super::Shared;
use super::super::caller::Caller;
use super::answer::{self, Head};
use super::fields::{Fields, mistyped};
use super::refusal::Refusal;
use super::running::Running;
use super::{format, messages, models, stream, unsupported};
use crate::llm::{Prompt, Rank};

/// The temperature unless a request names one, as the protocol has it.
const TEMPERATURE: f64 = 1.0;
/// Tokens of an answer at most: more than any model here has room for, so that its context is the bound.
const MOST_TOKENS: u32 = 1 << 20;
/// Most texts that may end an answer.
const MOST_STOPS: usize = 4;
/// How long the first token may take: a long prompt on a small machine.
const FIRST_TOKEN: Duration = Duration::from_secs(120);
/// How long an answer may take: as long as OpenAI's clients wait unless told otherwise.
const WHOLE: Duration = Duration::from_secs(600);

/// A request for a completion.
#[derive(Debug)]
pub struct Asked {
    /// What the model is asked.
    pub prompt: Prompt,
    /// Whether the answer is sent as it comes.
    pub stream: bool,
    /// Whether a stream ends with the tokens used.
    pub usage: bool,
}

/// Answers with a completion, whole or as a stream.
pub async fn create(State(shared): State<Shared>, caller: Caller, request: Request) -> Response {
    completion(&shared, &caller, request).await.unwrap_or_else(|refusal| refusal.response())
}

async fn completion(shared: &Shared, caller: &Caller, request: Request) -> Result<Response, Refusal> {
    super::admit(shared, caller).await?;
    let body = super::object(shared, request).await?;
    let fields = Fields::of(&body);
    let model = models::speaker(shared, models::named(fields)?)?;
    let asked = read(fields)?;
    let place = shared.desk().place(shared).await?;
    let head = Head::new(&model.name());
    let constraint = asked.prompt.constraint.clone();
    let running = Running::start(model, asked.prompt, place);
    match asked.stream {
        true => stream::answer(running, head, constraint, asked.usage).await,
        false => answer::whole(running, &head, &constraint).await,
    }
}

/// Reads a request but for its model.
pub fn read(fields: Fields<'_>) -> Result<Asked, Refusal> {
    unsupported::of_chat(fields)?;
    let most = fields.count("max_completion_tokens")?.or(fields.count("max_tokens")?);
    #[allow(clippy::cast_possible_truncation)] // A temperature needs no more than 32 bits.
    let temperature = fields.number("temperature", 0.0..=2.0)?.unwrap_or(TEMPERATURE) as f32;
    let prompt = Prompt {
        messages: messages::read(fields)?,
        rank: Rank::Aside,
        max_tokens: most.and_then(|most| u32::try_from(most).ok()).unwrap_or(MOST_TOKENS).min(MOST_TOKENS),
        temperature,
        seed: seed(fields)?,
        stop: stops(fields)?,
        constraint: format::read(fields)?,
        first_token: FIRST_TOKEN,
        whole: WHOLE,
    };
    let options = fields.object("stream_options")?;
    let usage = options.map(|options| Fields::within(options, "stream_options.").flag("include_usage")).transpose()?;
    Ok(Asked { prompt, stream: fields.flag("stream")?, usage: usage.unwrap_or(false) })
}

/// A seed may be negative: what counts is that the same one is the same.
fn seed(fields: Fields<'_>) -> Result<Option<u64>, Refusal> {
    let Some(seed) = fields.get("seed") else { return Ok(None) };
    let read = seed.as_u64().or_else(|| seed.as_i64().map(i64::cast_unsigned));
    read.map(Some).ok_or_else(|| mistyped("seed", "a whole number of 64 bits"))
}

fn stops(fields: Fields<'_>) -> Result<Vec<String>, Refusal> {
    let texts: Option<Vec<&str>> = match fields.get("stop") {
        None => return Ok(Vec::new()),
        Some(Value::String(text)) => Some(vec![text]),
        Some(Value::Array(list)) => list.iter().map(Value::as_str).collect(),
        Some(_) => None,
    };
    let texts = texts.ok_or_else(|| mistyped("stop", "a string or an array of strings"))?;
    if texts.len() > MOST_STOPS {
        return Err(Refusal::value("stop", "at most 4 strings"));
    }
    if texts.contains(&"") {
        return Err(Refusal::value("stop", "a string that is not empty, or several"));
    }
    Ok(texts.into_iter().map(str::to_owned).collect())
}
