//! What a message feels like.

use serde::{Deserialize, Serialize};

/// The mood of a message in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mood {
    /// Pleased.
    Positive,
    /// Neither.
    Neutral,
    /// Displeased.
    Negative,
    /// Furious or desperate: a person should look.
    VeryNegative,
}

impl Mood {
    /// All moods, best first.
    pub const ALL: [Self; 4] = [Self::Positive, Self::Neutral, Self::Negative, Self::VeryNegative];

    /// The name used on the wire and in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Neutral => "neutral",
            Self::Negative => "negative",
            Self::VeryNegative => "very_negative",
        }
    }
}

/// The sentiment of one message.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sentiment {
    /// The mood in one word.
    pub label: Mood,
    /// From -1 (very negative) to 1 (very positive).
    pub polarity: f32,
    /// From 0 (plain fact) to 1 (opinion).
    pub subjectivity: f32,
    /// From 0 (whenever) to 1 (now).
    pub urgency: f32,
}

/// From this urgency on a message counts as urgent (design, section 4).
pub const URGENT: f32 = 0.7;

impl Sentiment {
    /// Plain, calm, without opinion.
    pub const NEUTRAL: Self = Self { label: Mood::Neutral, polarity: 0.0, subjectivity: 0.0, urgency: 0.0 };

    /// Whether the message counts as urgent.
    pub fn is_urgent(&self) -> bool {
        self.urgency >= URGENT
    }
}
