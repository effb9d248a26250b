//! How a command ends, and what it writes.

use std::io::{IsTerminal as _, Write as _};

use serde_json::Value;

use crate::app::AppError;
use crate::app::commands::CommandError;
use crate::config::ConfigError;
use crate::llm::models::ModelsError;

/// A command that did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// With one plain sentence.
    Said(String),
    /// It was called in a way that makes no sense.
    Usage(String),
    /// What there is to say was written already.
    Silent,
    /// By the person at the terminal.
    Interrupted,
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        Self::Said(error.to_string())
    }
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        Self::Said(error.to_string())
    }
}

impl From<ModelsError> for Failure {
    fn from(error: ModelsError) -> Self {
        Self::Said(error.to_string())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Said(error.to_string())
    }
}

/// Writes a line to standard output. A reader that went away (`| head`) is no failure.
pub fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}");
}

/// Writes a JSON document: indented for people, on one line in a pipe.
pub fn document(value: &Value) {
    let text = if std::io::stdout().is_terminal() { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
    line(&text.unwrap_or_default());
}

/// Whether colours are wanted.
pub fn colours() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// A number of a report; what is none is 0.
pub fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_default()
}

/// Reads a file, or standard input for `-`.
pub fn read(path: &std::path::Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = if path.as_os_str() == "-" {
        std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    read.map_err(|error| Failure::Said(format!("{} cannot be read: {error}", path.display())))
}

/// Reads a file of text, or standard input for `-`.
pub fn read_text(path: &std::path::Path) -> Result<String, Failure> {
    String::from_utf8(read(path)?).map_err(|_| Failure::Said(format!("{} is not UTF-8 text", path.display())))
}
