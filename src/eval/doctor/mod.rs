//! How fast models would answer this shop's customers on this machine, whether they are here or not.
//!
//! The shop is driven through its scripted chats ([`super::inference::chats`]), and what it tells a model is noted with what
//! its own phrases say in that model's place ([`Asked`]): so the lengths of prompts and replies are known ([`Lengths`]). Of
//! every model a network of the same sizes is made up and timed ([`Curve`]), and from that follows when a reply begins and
//! ends ([`Times`]): a prompt is read in steps of [`PROMPT_STEP`](crate::llm::local::PROMPT_STEP) tokens, as the model's own
//! thread does, from where what was kept of earlier ones ends; then a step makes a token. Tokens guessed ahead, which make a
//! reply faster that repeats its prompt, are not counted on.
//!
//! A model that is here and in use is also run ([`Held`]), so that everybody sees how far the prediction holds.

mod advice;
mod curve;
mod held;
mod lengths;
mod report;

pub use advice::{Candidate, recommend};
pub use curve::{Curve, Times};
pub use held::{Held, hold};
pub use lengths::{Asked, Lengths};
pub use report::{Prediction, Report, Row};

/// The middle one; of an even number the upper of the two; 0 of none.
fn median<T: Ord + Copy + Default>(mut values: Vec<T>) -> T {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// To a thousandth: more is noise.
fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}
