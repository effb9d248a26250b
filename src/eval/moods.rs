//! Sentiment and urgency.

use super::{Guess, Line};
use crate::domain::sentiment::Mood;
use crate::sentiment::Analyzer;

/// The mood of a line; `very_negative` counts as negative.
pub fn sentiment(analyzer: &Analyzer, line: &Line) -> Guess {
    let sentiment = analyzer.analyze(&line.text);
    let label = match sentiment.label {
        Mood::Positive => "positive",
        Mood::Neutral => "neutral",
        Mood::Negative | Mood::VeryNegative => "negative",
    };
    let sure = match sentiment.label {
        Mood::Neutral => 1.0 - sentiment.polarity.abs(),
        _ => sentiment.polarity.abs(),
    };
    Guess { label, confidence: sure.clamp(0.0, 1.0) }
}

/// Whether a line is urgent.
pub fn urgency(analyzer: &Analyzer, line: &Line) -> Guess {
    let sentiment = analyzer.analyze(&line.text);
    let urgent = sentiment.is_urgent();
    let confidence = if urgent { sentiment.urgency } else { 1.0 - sentiment.urgency };
    Guess { label: if urgent { "urgent" } else { "normal" }, confidence }
}
