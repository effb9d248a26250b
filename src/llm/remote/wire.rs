//! What is sent and what comes back, in the protocol's words.
//!
//! The answer's types are our own: servers that speak the protocol leave fields out, and only these few
//! matter.

use serde::Deserialize;
use serde_json::{Value, json};

use super::dialect::{Dialect, Part};
use crate::llm::{Constraint, Prompt, Role};

/// The body of a request for a streamed completion, in the server's dialect.
pub fn request(model: &str, prompt: &Prompt, dialect: Dialect) -> Value {
    let messages: Vec<Value> = prompt.messages.iter().map(|(role, text)| json!({ "role": role_name(*role), "content": text })).collect();
    let mut body = json!({ "model": model, "messages": messages, "stream": true });
    let length = if dialect.has(Part::MaxTokens) { "max_tokens" } else { "max_completion_tokens" };
    body[length] = json!(prompt.max_tokens);
    if !prompt.stop.is_empty() {
        body["stop"] = json!(prompt.stop);
    }
    for part in [Part::Temperature, Part::Usage, Part::Seed, Part::Schema] {
        match part {
            Part::Temperature if dialect.has(part) => body["temperature"] = json!(prompt.temperature),
            Part::Usage if dialect.has(part) => body["stream_options"] = json!({ "include_usage": true }),
            Part::Seed if dialect.has(part) && uses(prompt, part) => body["seed"] = json!(prompt.seed),
            // Placeholders and choices cannot be asked of a server as a constraint: what it writes is checked afterwards.
            Part::Schema if dialect.has(Part::Format) => match &prompt.constraint {
                Constraint::Schema { name, schema } if dialect.has(part) => {
                    body["response_format"] =
                        json!({ "type": "json_schema", "json_schema": { "name": name, "schema": schema, "strict": true } });
                }
                Constraint::Schema { .. } => body["response_format"] = json!({ "type": "json_object" }),
                Constraint::Free | Constraint::Placeholders(_) | Constraint::Named { .. } | Constraint::Choice(_) => {}
            },
            _ => {}
        }
    }
    body
}

/// Whether a prompt makes use of a part.
pub fn uses(prompt: &Prompt, part: Part) -> bool {
    match part {
        Part::Schema | Part::Format => matches!(prompt.constraint, Constraint::Schema { .. }),
        Part::Seed => prompt.seed.is_some(),
        Part::Usage | Part::MaxTokens | Part::Temperature => true,
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

/// Tokens a text has at a guess, where the server does not count: four characters to a token.
pub fn guess_tokens(text: &str) -> u32 {
    u32::try_from(text.chars().count().div_ceil(4)).unwrap_or(u32::MAX)
}

/// Tokens of a prompt, at a guess.
pub fn guess_prompt(prompt: &Prompt) -> u32 {
    prompt.messages.iter().fold(0, |sum, (_, text)| sum.saturating_add(guess_tokens(text)).saturating_add(4))
}

/// A piece of an answer.
#[derive(Debug, Deserialize)]
pub struct Chunk {
    /// One choice, or none in the piece that carries the usage.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// Counted by the server, in the last piece.
    #[serde(default)]
    pub usage: Option<Usage>,
    /// The model's own name.
    #[serde(default)]
    pub model: Option<String>,
}

/// A choice of a piece.
#[derive(Debug, Deserialize)]
pub struct Choice {
    /// What is added.
    #[serde(default)]
    pub delta: Delta,
    /// Why it ends, in the last piece of the text.
    #[serde(default)]
    pub finish_reason: Option<String>,
}

/// What a piece adds.
#[derive(Debug, Default, Deserialize)]
pub struct Delta {
    /// Text.
    #[serde(default)]
    pub content: Option<String>,
}

/// Tokens used.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct Usage {
    /// Of the prompt.
    #[serde(default)]
    pub prompt_tokens: u32,
    /// Of the answer.
    #[serde(default)]
    pub completion_tokens: u32,
}
