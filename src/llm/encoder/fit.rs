//! Fits an [`Adjustment`] to labelled messages: multinomial logistic regression on top of what the head says
//! already, with a normal prior around no change at all.
//!
//! Minimised is the sum over the examples of the cross-entropy of `p'`, and `strength / 2` times the squares of `W` and
//! `b`, by Nesterov's accelerated gradient descent with the step and momentum of a smooth, strongly convex function
//! (*Introductory Lectures on Convex Optimization*, 2.2). A labelled message pulls towards its label. An anchor, a message
//! of another shop, pulls towards what the head says of it already (Li and Hoiem, *Learning without Forgetting*, 2016).
//! No randomness: the same examples give the same fit.

use super::super::kernels::rows::{add_scaled, dot, softmax};
use super::adjustment::{Adjustment, logits};
use super::scores::INTENTS;

/// Intents.
const K: usize = INTENTS.len();
/// Passes over the examples, at most.
const MOST_PASSES: usize = 400;
/// The gradient is small enough at this part of what it was where nothing is changed.
const SMALL: f32 = 3e-3;
/// The feature that is the same for all messages: small beside the others (their squares sum up to 1), so that a
/// shop's words are learnt rather than that one intent is common in what it labelled.
const CONSTANT: f32 = 0.3;

/// Where features are measured from, and in what unit: the mean of messages of any shop, and their mean distance
/// from it. What is peculiar to a shop's words is then a direction of its own, and a change there leaves other messages alone.
pub struct Frame {
    mean: Vec<f32>,
    scale: f32,
}

/// A message as it is fitted to.
pub struct Example {
    /// Features in the frame, and [`CONSTANT`] for the bias.
    x: Vec<f32>,
    /// What the head says, as logits.
    base: [f32; K],
    /// What it should say.
    target: [f32; K],
}

/// A fit in its frame: a row for each intent, of one number a feature and one for the bias.
#[derive(Clone)]
pub struct Fit {
    rows: Vec<f32>,
}

impl Frame {
    /// The frame of messages that were scored; `rows` are their features, all of the same width.
    pub fn of(rows: &[&[f32]]) -> Self {
        let width = rows.first().map_or(0, |row| row.len());
        let mut mean = vec![0f32; width];
        for row in rows {
            add_scaled(&mut mean, row, 1.0 / rows.len() as f32);
        }
        let mut frame = Self { mean, scale: 1.0 };
        let squares: f32 = rows.iter().map(|row| frame.moved(row)).map(|x| dot(&x, &x)).sum();
        frame.scale = (rows.len() as f32 / squares.max(f32::MIN_POSITIVE)).sqrt();
        frame
    }

    fn moved(&self, features: &[f32]) -> Vec<f32> {
        features.iter().zip(&self.mean).map(|(f, m)| self.scale * (f - m)).collect()
    }

    /// A labelled message: its features, the head's probabilities, and the place of the right intent in [`INTENTS`].
    pub fn example(&self, features: &[f32], intents: [f32; 5], label: usize) -> Example {
        let mut target = [0.0; K];
        target.iter_mut().skip(label).take(1).for_each(|p| *p = 1.0);
        Example { target, ..self.anchor(features, intents) }
    }

    /// A message that should go on being scored as it is.
    pub fn anchor(&self, features: &[f32], intents: [f32; 5]) -> Example {
        let mut x = self.moved(features);
        x.push(CONSTANT);
        Example { x, base: logits(intents), target: intents }
    }

    /// The fit as it is applied to features outside the frame.
    pub fn adjustment(&self, fit: &Fit, temperature: f32) -> Adjustment {
        let mut weight = Vec::with_capacity(K * self.mean.len());
        let mut bias = [0f32; K];
        for (row, b) in fit.rows.chunks_exact(self.mean.len() + 1).zip(&mut bias) {
            let (constant, row) = row.split_last().unwrap_or((&0.0, &[]));
            let row: Vec<f32> = row.iter().map(|w| w * self.scale).collect();
            *b = constant * CONSTANT - dot(&row, &self.mean);
            weight.extend(row);
        }
        Adjustment { weight, bias, temperature }
    }
}

impl Fit {
    /// Nothing changed.
    pub fn none(frame: &Frame) -> Self {
        Self { rows: vec![0.0; K * (frame.mean.len() + 1)] }
    }

    /// The fit to `examples`, held at nothing by `strength` (above 0), looked for from `self` on. `curvature` is
    /// that of the examples or of a set that holds them: see [`curvature`].
    pub fn refit(&self, examples: &[&Example], strength: f32, curvature: f32) -> Self {
        // The softmax adds a factor of a half at most to the curvature of the squares.
        let steepest = 0.5 * curvature + strength;
        let root = (steepest / strength).sqrt();
        let momentum = (root - 1.0) / (root + 1.0);
        let none = vec![0.0; self.rows.len()];
        let small = SMALL * norm(&gradient(examples, strength, &none));
        let (mut at, mut ahead) = (self.rows.clone(), self.rows.clone());
        for _ in 0..MOST_PASSES {
            let slope = gradient(examples, strength, &ahead);
            let mut next = ahead;
            add_scaled(&mut next, &slope, -1.0 / steepest);
            if norm(&slope) <= small {
                return Self { rows: next };
            }
            ahead = next.iter().zip(&at).map(|(new, old)| new + momentum * (new - old)).collect();
            at = next;
        }
        Self { rows: at }
    }

    /// Logits of an example, before any temperature.
    pub fn logits(&self, example: &Example) -> [f32; K] {
        scored(&self.rows, example)
    }
}

/// The largest eigenvalue of the sum of `x x'` over the examples, by power iteration, and a tenth more because that
/// comes from below.
pub fn curvature<'a>(examples: impl Iterator<Item = &'a Example> + Clone) -> f32 {
    const PASSES: usize = 12;
    let mut vector: Vec<f32> = examples.clone().next().map(|example| example.x.clone()).unwrap_or_default();
    let mut largest = 0.0;
    for _ in 0..PASSES {
        let length = norm(&vector).max(f32::MIN_POSITIVE);
        vector.iter_mut().for_each(|v| *v /= length);
        let mut next = vec![0f32; vector.len()];
        for example in examples.clone() {
            add_scaled(&mut next, &example.x, dot(&example.x, &vector));
        }
        largest = norm(&next);
        vector = next;
    }
    1.1 * largest
}

/// The temperature at which logits say best how sure they are: the least mean of `-ln p(label)`, by golden section.
pub fn temperature(logits: &[([f32; 5], usize)]) -> f32 {
    const LEAST: f32 = -0.7;
    const MOST: f32 = 1.1;
    let golden = (5f32.sqrt() - 1.0) / 2.0;
    let loss = |ln: f32| logits.iter().map(|(z, label)| surprise(z, *label, ln.exp())).sum::<f32>();
    let (mut low, mut high) = (LEAST, MOST);
    for _ in 0..24 {
        let span = golden * (high - low);
        let (left, right) = (high - span, low + span);
        if loss(left) <= loss(right) { high = right } else { low = left }
    }
    f32::midpoint(low, high).exp()
}

/// `-ln p(label)` at a temperature.
fn surprise(logits: &[f32; 5], label: usize, temperature: f32) -> f32 {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let total: f32 = logits.iter().map(|z| ((z - top) / temperature).exp()).sum();
    total.ln() - logits.get(label).map_or(0.0, |z| (z - top) / temperature)
}

fn scored(rows: &[f32], example: &Example) -> [f32; K] {
    let mut out = example.base;
    for (z, row) in out.iter_mut().zip(rows.chunks_exact(example.x.len())) {
        *z += dot(row, &example.x);
    }
    out
}

fn gradient(examples: &[&Example], strength: f32, rows: &[f32]) -> Vec<f32> {
    let mut slope: Vec<f32> = rows.iter().map(|w| strength * w).collect();
    for example in examples {
        let mut p = scored(rows, example);
        softmax(&mut p);
        for ((to, p), target) in slope.chunks_exact_mut(example.x.len()).zip(p).zip(example.target) {
            add_scaled(to, &example.x, p - target);
        }
    }
    slope
}

fn norm(row: &[f32]) -> f32 {
    dot(row, row).sqrt()
}
