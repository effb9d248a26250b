//! Figures over guesses: accuracy, F1, confusion, calibration, time.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

/// A guess with how sure it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess {
    /// The label guessed.
    pub label: &'static str,
    /// How sure, 0 to 1.
    pub confidence: f32,
}

/// Guesses so far.
pub struct Scored {
    labels: Vec<String>,
    rows: Vec<Row>,
}

struct Row {
    truth: usize,
    guess: usize,
    confidence: f32,
    took: Duration,
}

/// Bins of the expected calibration error (Guo et al., 2017, use 15; ten are easier to read).
const BINS: usize = 10;

impl Scored {
    /// No guesses yet.
    pub fn new(labels: &[&str]) -> Self {
        Self { labels: labels.iter().map(|label| (*label).to_owned()).collect(), rows: Vec::new() }
    }

    /// Adds a guess for a line.
    pub fn add(&mut self, truth: &str, guess: &Guess, took: Duration) {
        let place = |label: &str| self.labels.iter().position(|known| known == label).unwrap_or(usize::MAX);
        self.rows.push(Row { truth: place(truth), guess: place(guess.label), confidence: guess.confidence, took });
    }

    /// The figures; `threshold` adds what routing at it would do.
    pub fn report(&self, threshold: Option<f32>) -> Value {
        let count = |which: &dyn Fn(&Row) -> bool| self.rows.iter().filter(|row| which(row)).count();
        let mut per_label = BTreeMap::new();
        let mut confusion = BTreeMap::new();
        let mut f1_sum = 0.0;
        let mut present = 0;
        for (i, label) in self.labels.iter().enumerate() {
            let support = count(&|row| row.truth == i);
            let guessed = count(&|row| row.guess == i);
            let right = count(&|row| row.truth == i && row.guess == i);
            let (precision, recall) = (ratio(right, guessed), ratio(right, support));
            let f1 = if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
            if support > 0 {
                f1_sum += f1;
                present += 1;
            }
            per_label.insert(label, json!({ "precision": precision, "recall": recall, "f1": f1, "n": support }));
            let row: BTreeMap<&String, usize> =
                self.labels.iter().enumerate().map(|(j, other)| (other, count(&|row| row.truth == i && row.guess == j))).collect();
            confusion.insert(label, row);
        }
        let mut times: Vec<Duration> = self.rows.iter().map(|row| row.took).collect();
        times.sort_unstable();
        let mut report = json!({
            "n": self.rows.len(),
            "accuracy": ratio(self.right(), self.rows.len()),
            "macro_f1": if present == 0 { 0.0 } else { f1_sum / f64::from(present) },
            "per_label": per_label,
            "confusion": confusion,
            "ece": self.calibration_error(),
            "p50_us": micros(&times, 0.5),
            "p99_us": micros(&times, 0.99),
        });
        if let Some(threshold) = threshold {
            let above: Vec<&Row> = self.rows.iter().filter(|row| row.confidence >= threshold).collect();
            let right = above.iter().filter(|row| row.truth == row.guess).count();
            report["at_threshold"] = json!({
                "threshold": f64::from((threshold * 1e4).round()) / 1e4,
                "coverage": ratio(above.len(), self.rows.len()),
                "precision": ratio(right, above.len()),
            });
        }
        report
    }

    /// How many guesses are right.
    pub fn right(&self) -> usize {
        self.rows.iter().filter(|row| row.truth == row.guess).count()
    }

    /// Expected calibration error: how far confidence is from accuracy, bin by bin.
    pub fn calibration_error(&self) -> f64 {
        let mut bins = [(0_usize, 0.0_f64, 0_usize); BINS];
        for row in &self.rows {
            let bin = ((row.confidence * BINS as f32) as usize).min(BINS - 1);
            bins[bin].0 += 1;
            bins[bin].1 += f64::from(row.confidence);
            bins[bin].2 += usize::from(row.truth == row.guess);
        }
        let all = self.rows.len().max(1) as f64;
        bins.iter().filter(|bin| bin.0 > 0).map(|(n, sure, right)| (sure - *right as f64).abs() / *n as f64 * (*n as f64 / all)).sum()
    }
}

/// A part of a whole; nothing of nothing is 0.
pub(super) fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A quantile of sorted times, in microseconds.
pub(super) fn micros(sorted: &[Duration], quantile: f64) -> f64 {
    let place = ((sorted.len() as f64 * quantile) as usize).min(sorted.len().saturating_sub(1));
    sorted.get(place).map_or(0.0, |took| took.as_nanos() as f64 / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_a_small_set_are_right() {
        let mut scored = Scored::new(&["a", "b"]);
        for (truth, guess, confidence) in [("a", "a", 0.9), ("a", "b", 0.6), ("b", "b", 1.0), ("b", "b", 0.95)] {
            scored.add(truth, &Guess { label: guess, confidence }, Duration::from_micros(5));
        }
        let report = scored.report(Some(0.85));
        assert_eq!(report["accuracy"], 0.75);
        assert_eq!(report["per_label"]["a"]["recall"], 0.5);
        assert_eq!(report["confusion"]["a"]["b"], 1);
        assert_eq!(report["at_threshold"]["coverage"], 0.75);
        assert_eq!(report["at_threshold"]["precision"], 1.0);
        // Bins: 0.6 wrong (gap 0.6), 0.9 0.95 1.0 right (gap 0.05 in the mean).
        let ece = report["ece"].as_f64().unwrap();
        assert!((ece - (0.6 + 0.15) / 4.0).abs() < 1e-6, "{ece}");
    }
}
