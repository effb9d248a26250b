//! The two heads: probabilities of the five intents and of the goals below them.

use super::super::kernels::rows::{dot, softmax};
use super::adjustment::Adjustment;
use super::error::EncoderError;
use super::gguf::Gguf;

/// The five intents, in the order of every score; a file with others is refused.
pub const INTENTS: [&str; 5] = ["sales", "marketing", "support", "orders", "general"];

/// Most goals a file may name.
const MAX_GOALS: usize = 1024;

/// What a message is for.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// Probability of each intent, in the order of [`INTENTS`]; they add up to 1. Calibrated on
    /// lines of sources left out: of the messages scored 0.9, about nine in ten are.
    pub intents: [f32; 5],
    /// Probability of each goal (the names of `domain::goal::Goal`), best first; they add up to 1.
    /// Their temperature was fitted like that of the intents, on fewer lines.
    pub goals: Vec<(String, f32)>,
}

impl Scores {
    /// The best intent and its probability.
    pub fn best(&self) -> (&'static str, f32) {
        self.named().fold((INTENTS[0], f32::NEG_INFINITY), |best, next| if next.1 > best.1 { next } else { best })
    }

    /// How much likelier the best intent is than the second, from 0 to 1.
    pub fn margin(&self) -> f32 {
        let mut sorted = self.intents;
        sorted.sort_by(|a, b| b.total_cmp(a));
        sorted[0] - sorted[1]
    }

    /// The probability of an intent by its name; 0 for any other name.
    pub fn intent(&self, name: &str) -> f32 {
        self.named().find(|(n, _)| *n == name).map_or(0.0, |(_, p)| p)
    }

    /// Every intent with its probability, in the order of [`INTENTS`].
    pub fn named(&self) -> impl Iterator<Item = (&'static str, f32)> {
        INTENTS.into_iter().zip(self.intents)
    }
}

struct Head {
    weight: Vec<f32>,
    bias: Vec<f32>,
    temperature: f32,
}

impl Head {
    fn read(file: &Gguf<'_>, name: &str, key: &str, inputs: usize, outputs: usize) -> Result<Self, EncoderError> {
        let temperature = positive(file, key)?;
        Ok(Self {
            weight: file.floats(&format!("{name}.weight"), &[inputs, outputs])?,
            bias: file.floats(&format!("{name}.bias"), &[outputs])?,
            temperature,
        })
    }

    fn probabilities(&self, input: &[f32]) -> Vec<f32> {
        let rows = self.weight.chunks_exact(input.len()).zip(&self.bias);
        let mut out: Vec<f32> = rows.map(|(row, b)| (dot(row, input) + b) / self.temperature).collect();
        softmax(&mut out);
        out
    }
}

/// A temperature of the file.
fn positive(file: &Gguf<'_>, key: &str) -> Result<f32, EncoderError> {
    let temperature = file.float(key)?;
    if temperature > 0.0 { Ok(temperature) } else { Err(EncoderError::Malformed(format!("{key} is {temperature}"))) }
}

/// Both heads with their calibration.
pub(super) struct Heads {
    intent: Head,
    goal: Head,
    goals: Vec<String>,
    /// Of each goal, the place of its intent.
    owners: Vec<usize>,
    /// Weight of the goals, summed up by intent, beside the intents' own head.
    share: f32,
    /// The temperature over both.
    last: f32,
}

impl Heads {
    pub(super) fn read(file: &Gguf<'_>, inputs: usize) -> Result<Self, EncoderError> {
        let labels = file.texts("electromart.intents")?;
        if labels != INTENTS {
            return Err(EncoderError::Labels(labels.iter().map(|s| (*s).to_owned()).collect()));
        }
        let goals: Vec<String> = file.texts("electromart.goals")?.iter().map(|s| (*s).to_owned()).collect();
        let owners: Vec<usize> =
            file.integers("electromart.goal_intents")?.iter().map(|n| usize::try_from(*n).unwrap_or(usize::MAX)).collect();
        let share = file.float("electromart.goal_share")?;
        if goals.len() > MAX_GOALS
            || owners.len() != goals.len()
            || owners.iter().any(|i| *i >= INTENTS.len())
            || !(0.0..=1.0).contains(&share)
        {
            return Err(EncoderError::Malformed("electromart.goals, their intents or their share".into()));
        }
        let intent = Head::read(file, "electromart.intent", "electromart.temperature", inputs, INTENTS.len())?;
        let goal = Head::read(file, "electromart.goal", "electromart.goal_temperature", inputs, goals.len())?;
        let last = positive(file, "electromart.final_temperature")?;
        Ok(Self { intent, goal, goals, owners, share, last })
    }

    pub(super) fn goals(&self) -> impl ExactSizeIterator<Item = &str> {
        self.goals.iter().map(String::as_str)
    }

    /// `input` is the row of `[CLS]` and the mean of all rows, one after the other. What an adjustment does to an
    /// intent it does to the goals below it, so that both agree.
    pub(super) fn score(&self, input: &[f32], adjustment: Option<&Adjustment>) -> Scores {
        let mut fine = self.goal.probabilities(input);
        let mut intents = [0f32; INTENTS.len()];
        for (to, p) in intents.iter_mut().zip(self.intent.probabilities(input)) {
            *to = (1.0 - self.share) * p;
        }
        for (owner, p) in self.owners.iter().zip(&fine) {
            intents[*owner] += self.share * p;
        }
        intents.iter_mut().for_each(|p| *p = p.powf(1.0 / self.last));
        let total: f32 = intents.iter().sum();
        intents.iter_mut().for_each(|p| *p /= total.max(f32::MIN_POSITIVE));
        if let Some(adjustment) = adjustment {
            let before = intents;
            intents = adjustment.apply(input, before);
            for (owner, p) in self.owners.iter().zip(&mut fine) {
                *p *= intents[*owner] / before[*owner].max(f32::MIN_POSITIVE);
            }
            let total: f32 = fine.iter().sum();
            fine.iter_mut().for_each(|p| *p /= total.max(f32::MIN_POSITIVE));
        }
        let mut goals: Vec<(String, f32)> = self.goals.iter().cloned().zip(fine).collect();
        goals.sort_by(|a, b| b.1.total_cmp(&a.1));
        Scores { intents, goals }
    }
}
