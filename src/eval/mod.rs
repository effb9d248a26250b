//! Evaluation: the shop's own models on lines somebody labelled, how fast models and server are, and would be.

pub mod doctor;
pub mod entities;
pub mod inference;
mod intents;
pub mod knowledge;
pub mod load;
mod moods;
mod score;
pub mod search;
pub mod teach;

use std::time::Instant;

use serde::Deserialize;
use serde::de::DeserializeOwned;
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
    checked(text, |line: &Line| match labels.contains(&line.label.as_str()) {
        true => Ok(()),
        false => Err(format!("the label {}; use {}", line.label, labels.join(", "))),
    })
}

/// Reads lines of JSON, at least one, each of which `check` accepts or says what it has that it should not have.
fn checked<T: DeserializeOwned>(text: &str, check: impl Fn(&T) -> Result<(), String>) -> Result<Vec<T>, String> {
    let accepted = |row: Result<(usize, T), String>| {
        let (number, line) = row?;
        check(&line).map_err(|wrong| format!("line {number} has {wrong}"))?;
        Ok(line)
    };
    let lines = rows(text).map(accepted).collect::<Result<Vec<T>, String>>()?;
    if lines.is_empty() { Err("there are no lines".to_owned()) } else { Ok(lines) }
}

/// Lines of JSON with their numbers, or which cannot be read; empty ones are passed over.
fn rows<T: DeserializeOwned>(text: &str) -> impl Iterator<Item = Result<(usize, T), String>> {
    text.lines().zip(1..).filter(|(row, _)| !row.trim().is_empty()).map(|(row, number)| match serde_json::from_str(row) {
        Ok(line) => Ok((number, line)),
        Err(error) => Err(format!("line {number} cannot be read: {error}")),
    })
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
