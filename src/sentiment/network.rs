//! The forward pass: vectors, convolution, pooling, dense layer, and the hashed features beside it.

use super::features;
use super::model::{DENSE, DIM, Layer, Model, OUT, POOLED, SIGNALS, WIDTH, WINDOW};
use super::tokens::Tokens;

/// How many of the outputs are moods; the one after is urgency.
pub const MOODS: usize = 4;

/// Positive, neutral, negative, very negative, urgency, before any squashing.
pub type Logits = [f32; OUT];

/// Outputs summed at once: few enough for the registers of a plain x86-64.
const LANES: usize = 32;
const _: () = assert!(WIDTH.is_multiple_of(LANES), "the convolution is summed in whole blocks");

/// The outputs of the network for a text of at least one token.
pub fn logits(model: &Model, tokens: &Tokens) -> Logits {
    let vectors = vectors(model, tokens);
    let pooled = pool(model, &vectors, &features::signals(tokens));
    let mut dense = [0.0; DENSE];
    apply(&model.dense, &pooled, &mut dense);
    for value in &mut dense {
        *value = value.max(0.0);
    }
    let mut out = [0.0; OUT];
    apply(&model.out, &dense, &mut out);
    let (steps, count) = hashed(model, tokens);
    let share = 1.0 / (count.max(1) as f32).sqrt();
    for ((value, step), scale) in out.iter_mut().zip(steps).zip(model.hashed_scale) {
        *value += step as f32 * scale * share;
    }
    out
}

/// The vectors of all tokens in one row, with an empty one before and after.
fn vectors(model: &Model, tokens: &Tokens) -> Vec<f32> {
    let mut all = Vec::with_capacity((tokens.len() + WINDOW) * DIM);
    all.extend([0.0; DIM]);
    for token in tokens.iter() {
        let mut vector = model.vector(features::row(model, token.text));
        if token.capitals {
            for (value, more) in vector.iter_mut().zip(model.capitals) {
                *value += more;
            }
        }
        all.extend(vector);
    }
    all.extend([0.0; DIM]);
    all
}

/// Greatest and mean of the convolution over the tokens, the mean vector, and the signals.
fn pool(model: &Model, vectors: &[f32], signals: &[f32; SIGNALS]) -> [f32; POOLED] {
    let mut most = [0.0_f32; WIDTH];
    let mut sum = [0.0_f32; WIDTH];
    let mut mean = [0.0_f32; DIM];
    let mut count = 0.0_f32;
    let (rows, _) = vectors.as_chunks::<DIM>();
    for (at, vector) in rows.iter().enumerate().skip(1).take(rows.len().saturating_sub(2)) {
        let seen = vectors.get((at - 1) * DIM..(at + 2) * DIM).unwrap_or_default();
        let mut hidden = [0.0; WIDTH];
        convolve(&model.conv, seen, &mut hidden);
        for ((most, sum), value) in most.iter_mut().zip(&mut sum).zip(hidden) {
            let value = value.max(0.0);
            *most = most.max(value);
            *sum += value;
        }
        for (mean, value) in mean.iter_mut().zip(vector) {
            *mean += value;
        }
        count += 1.0;
    }
    let share = 1.0 / count.max(1.0);
    let mut pooled = [0.0; POOLED];
    let parts = most.into_iter().chain(sum.map(|s| s * share)).chain(mean.map(|m| m * share)).chain(*signals);
    for (to, from) in pooled.iter_mut().zip(parts) {
        *to = from;
    }
    pooled
}

/// One step of the convolution, in blocks that stay in registers.
fn convolve(layer: &Layer<WIDTH>, seen: &[f32], hidden: &mut [f32; WIDTH]) {
    let offsets = layer.offset.as_chunks::<LANES>().0;
    for (block, out) in hidden.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
        let mut sums = offsets.get(block).copied().unwrap_or([0.0; LANES]);
        for (value, row) in seen.iter().zip(&layer.rows) {
            if let Some(weights) = row.as_chunks::<LANES>().0.get(block) {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += value * weight;
                }
            }
        }
        *out = sums;
    }
}

/// A plain layer.
fn apply<const N: usize>(layer: &Layer<N>, input: &[f32], out: &mut [f32; N]) {
    *out = layer.offset;
    for (value, weights) in input.iter().zip(&layer.rows) {
        for (sum, weight) in out.iter_mut().zip(weights) {
            *sum += value * weight;
        }
    }
}

/// The sum of all hashed features and their number.
fn hashed(model: &Model, tokens: &Tokens) -> ([i32; OUT], u32) {
    let mut steps = [0; OUT];
    let mut count = 0;
    features::hashes(tokens, |hash| {
        for (sum, step) in steps.iter_mut().zip(model.hashed(hash)) {
            *sum += step;
        }
        count += 1;
    });
    (steps, count)
}
