//! What a shop taught the intents' head: a correction of its scores, kept apart from the weights.

use serde::{Deserialize, Serialize};

use super::super::kernels::rows::{dot, softmax};
use super::scores::INTENTS;

/// No probability is taken for less before its logarithm.
const LEAST: f32 = 1e-6;

/// `p' = softmax((ln p + W f + b) / T)` over the five intents: `p` what the head of the file says, `f` the
/// encoder's features of the message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adjustment {
    /// `W`, a row for each intent in the order of [`INTENTS`], as many numbers in each as there are features.
    pub weight: Vec<f32>,
    /// `b`, in the same order.
    pub bias: [f32; 5],
    /// `T`, above 0: over 1 makes the scores less sure.
    pub temperature: f32,
}

impl Adjustment {
    /// The corrected probabilities of a message.
    pub fn apply(&self, features: &[f32], intents: [f32; 5]) -> [f32; 5] {
        let mut out = logits(intents);
        let rows = self.weight.chunks_exact(features.len().max(1));
        for ((x, row), b) in out.iter_mut().zip(rows).zip(self.bias) {
            *x = (*x + dot(row, features) + b) / self.temperature;
        }
        softmax(&mut out);
        out
    }

    /// Whether it is one for so many features, and of numbers that can be computed with.
    pub fn is_for(&self, features: usize) -> bool {
        let finite = self.weight.iter().chain(&self.bias).all(|x| x.is_finite());
        self.weight.len() == features * INTENTS.len() && finite && self.temperature.is_finite() && self.temperature > 0.0
    }
}

/// Logarithms of probabilities.
pub(super) fn logits(intents: [f32; 5]) -> [f32; 5] {
    intents.map(|p| p.max(LEAST).ln())
}
