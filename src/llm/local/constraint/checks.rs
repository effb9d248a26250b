//! What is known of the tokens of a vocabulary before any answer.

use super::super::tokenizer::{Bytes, Class, Vocab};

/// How a token is checked while digits are forbidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Check {
    /// Whole characters without numbers and braces: good anywhere outside a placeholder or a name.
    Good,
    /// Has to be gone through byte by byte.
    Walk,
    /// Structure; never part of a text.
    Never,
}

/// Around the thoughts of reasoning models, which are no part of an answer.
const THOUGHTS: [&str; 2] = ["<think>", "</think>"];

/// The tokens of a vocabulary.
#[derive(Debug)]
pub(super) struct Checks {
    tokens: Vec<Check>,
    /// Bytes that are a token of their own.
    single: [bool; 256],
}

impl Checks {
    /// Goes through a vocabulary once.
    pub(super) fn new(vocab: &Vocab, bytes: &Bytes) -> Self {
        let mut single = [false; 256];
        let tokens = (0u32..).zip(vocab.names.iter().zip(&vocab.classes)).map(|(id, (name, class))| {
            let text = bytes.of(id);
            let of_text = matches!(class, Class::Normal | Class::Byte | Class::UserDefined);
            if text.is_empty() || !of_text || THOUGHTS.contains(&name.as_str()) {
                return Check::Never;
            }
            if let [byte] = text {
                single[usize::from(*byte)] = true;
            }
            match std::str::from_utf8(text) {
                Ok(text) if !text.chars().any(|c| c.is_numeric() || matches!(c, '{' | '}')) => Check::Good,
                _ => Check::Walk,
            }
        });
        let tokens = tokens.collect();
        Self { tokens, single }
    }

    /// How a token is checked; [`Check::Never`] for numbers that are no token.
    pub(super) fn of(&self, id: u32) -> Check {
        self.tokens.get(id as usize).copied().unwrap_or(Check::Never)
    }

    /// Whether a text can be written byte by byte, so that one which was begun can always be finished.
    pub(super) fn spell(&self, text: &str) -> bool {
        text.bytes().all(|byte| self.single[usize::from(byte)])
    }
}
