//! Evaluation: the shop's own models on lines somebody labelled.

pub mod entities;
mod intents;
pub mod knowledge;
pub mod load;
mod moods;
mod score;
pub mod search;
pub mod teach;

use std::time::Instant;

use serde::Deserialize;
use serde_json::Value;

pub use intents::Router;
pub use moods::{sentiment, urgency};
pub use score::{Guess, Scored};

/// A labelled line.
#[derive(Debug, Clone, Deserialize)]
pub struct Line {
    /// The message.
    pub text: String,
    /// What it is.
    pub label: String,
    /// What was said before it, oldest first.
    #[serde(default)]
    pub history: Vec<Said>,
    /// The agent who was serving the customer.
    pub agent: Option<String>,
}

/// Something said before.
#[derive(Debug, Clone, Deserialize)]
pub struct Said {
    /// `user` or `agent`.
    pub role: String,
    /// The words.
    pub text: String,
}

/// Reads lines of JSON; every label must be one of `labels`.
///
/// # Errors
/// Naming the first line that is no such line.
pub fn lines(text: &str, labels: &[&str]) -> Result<Vec<Line>, String> {
    let mut lines = Vec::new();
    for (index, row) in text.lines().enumerate().filter(|(_, row)| !row.trim().is_empty()) {
        let number = index + 1;
        let line: Line = serde_json::from_str(row).map_err(|error| format!("line {number} cannot be read: {error}"))?;
        if !labels.contains(&line.label.as_str()) {
            return Err(format!("line {number} has the label {}; use {}", line.label, labels.join(", ")));
        }
        lines.push(line);
    }
    if lines.is_empty() { Err("there are no lines".to_owned()) } else { Ok(lines) }
}

/// Guesses every line, timing each, and scores the guesses.
pub fn evaluate(lines: &[Line], labels: &[&str], threshold: Option<f32>, mut guess: impl FnMut(&Line) -> Guess) -> Value {
    let mut scored = Scored::new(labels);
    for line in lines {
        let begun = Instant::now();
        let guess = guess(line);
        scored.add(&line.label, &guess, begun.elapsed());
    }
    scored.report(threshold)
}
