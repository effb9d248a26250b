//! What a message feels like: its mood, how much of an opinion it is, and how much it presses.
//!
//! A small network (word vectors, one convolution, a dense layer, hashed features beside it) trained by
//! `models/nano/train/sentiment` and carried in the binary; `models/nano/SENTIMENT.md` is its card. It
//! works on any text, knows English best, and costs tens of microseconds.

mod features;
mod model;
mod network;
mod reader;
#[cfg(test)]
mod tests;
mod tokens;

use std::sync::LazyLock;

use crate::domain::sentiment::{Mood, Sentiment};
use model::Model;
use network::{Logits, MOODS};

/// The trained model (written by `models/nano/train/sentiment/export.py`).
static FILE: &[u8] = include_bytes!("../../models/nano/sentiment.bin");

/// Read once, at the first analyzer. `None` only if the file in the binary is damaged.
static MODEL: LazyLock<Option<Model>> = LazyLock::new(|| Model::parse(FILE).ok());

/// Polarity of a certain negative; a certain very negative is -1 (`export.py`, `NEGATIVE_POLARITY`).
const NEGATIVE_POLARITY: f32 = 0.6;

/// Answers with the [`Sentiment`] of a text. Cheap to make and to share.
#[derive(Debug, Clone, Copy)]
pub struct Analyzer {
    model: Option<&'static Model>,
}

impl Analyzer {
    /// The analyzer with the model carried in the binary.
    ///
    /// With a damaged model every text is [`Sentiment::NEUTRAL`]: a shop that cannot feel a mood still
    /// answers. A unit test keeps the carried file readable.
    pub fn embedded() -> Self {
        Self { model: MODEL.as_ref() }
    }

    /// The sentiment of a text. Only its first 4,000 characters and 160 tokens count; a text without a
    /// known word, emoji or emoticon is [`Sentiment::NEUTRAL`].
    pub fn analyze(&self, text: &str) -> Sentiment {
        let Some(model) = self.model else { return Sentiment::NEUTRAL };
        let tokens = tokens::Tokens::of(text);
        if features::says_nothing(model, &tokens) {
            return Sentiment::NEUTRAL;
        }
        judge(model, &network::logits(model, &tokens))
    }
}

/// Turns the network's numbers into an answer.
fn judge(model: &Model, logits: &Logits) -> Sentiment {
    let [positive, neutral, negative, very] = softmax(logits);
    let displeased = negative + very;
    let label = if positive >= neutral && positive >= displeased {
        Mood::Positive
    } else if neutral >= displeased {
        Mood::Neutral
    } else if very >= model.very_negative {
        Mood::VeryNegative
    } else {
        Mood::Negative
    };
    Sentiment {
        label,
        polarity: (positive - NEGATIVE_POLARITY * negative - very).clamp(-1.0, 1.0),
        subjectivity: (1.0 - neutral).clamp(0.0, 1.0),
        urgency: 1.0 / (1.0 + (-(logits[MOODS] + model.urgency_shift)).exp()),
    }
}

/// The probabilities of the four moods, best first.
fn softmax(logits: &Logits) -> [f32; MOODS] {
    let mut shares = [0.0; MOODS];
    let most = logits.iter().take(MOODS).copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for (share, logit) in shares.iter_mut().zip(logits) {
        *share = (logit - most).exp();
        sum += *share;
    }
    shares.map(|share| share / sum)
}
