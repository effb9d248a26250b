//! How well an entry answers: a few features of words and vectors, and one calibrated probability.
//!
//! The weights are fitted on `models/nano/data/knowledge_eval_*.jsonl` by
//! `models/nano/train/knowledge/fit.py`, which reads the features from `electromart eval knowledge --features`;
//! words alone and words with vectors apart. So a score of 0.7 means: of ten such answers seven are right.

/// What is known of an entry and a message. All are about 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Features {
    /// How much of one of its questions the message holds.
    pub question: f32,
    /// How much of the message one sentence of its answer holds.
    pub sentence: f32,
    /// How much the words say that are in both.
    pub evidence: f32,
    /// Whether its answer holds the kind of thing asked for: an amount, a time, a place. -1 where it does not.
    pub kind: f32,
    /// How long the message is.
    pub length: f32,
    /// How alike the message and its likeliest question are in meaning.
    pub asks: f32,
    /// The same for its likeliest sentence.
    pub says: f32,
    /// The same for the mean of its three likeliest questions.
    pub about: f32,
}

impl Features {
    /// In the order of the weights.
    pub fn array(&self) -> [f32; 8] {
        [self.question, self.sentence, self.evidence, self.kind, self.length, self.asks, self.says, self.about]
    }
}

/// Weights of one tier.
struct Weights {
    features: [f32; 8],
    bias: f32,
    /// Of the best entry's sum, of its lead over the second, and what is added: to a probability.
    best: f32,
    lead: f32,
    shift: f32,
}

/// Without vectors.
const WORDS: Weights =
    Weights { features: [4.16, 0.86, 5.44, 0.49, -1.38, 0.0, 0.0, 0.0], bias: -5.53, best: 0.874, lead: 0.365, shift: 0.156 };
/// With vectors.
const MEANING: Weights =
    Weights { features: [1.40, 0.30, 4.93, 0.42, -1.77, 5.77, 2.44, 3.23], bias: -8.91, best: 0.745, lead: 0.573, shift: 0.066 };

fn weights(meaning: bool) -> &'static Weights {
    if meaning { &MEANING } else { &WORDS }
}

/// How well an entry fits, by itself.
pub(super) fn fit(features: &Features, meaning: bool) -> f32 {
    let weights = weights(meaning);
    weights.features.iter().zip(features.array()).map(|(weight, feature)| weight * feature).sum::<f32>() + weights.bias
}

/// The probability that an entry answers, from its fit and the best fit of any other.
pub(super) fn probability(fit: f32, other: f32, meaning: bool) -> f32 {
    let weights = weights(meaning);
    let sum = weights.best * fit + weights.lead * (fit - other) + weights.shift;
    1.0 / (1.0 + (-sum).exp())
}
