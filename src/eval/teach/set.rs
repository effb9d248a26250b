//! Labelled lines as they are fitted to and measured on: heard once, routed as often as there is something to try.

use std::time::Duration;

use serde_json::{Value, json};

use crate::domain::agent::Intent;
use crate::eval::intents::{Prepared, Router, history};
use crate::eval::{Guess, Line, Scored};
use crate::llm::encoder::{Adjustment, Encoder, EncoderError};

/// Lines with all that routing them takes.
pub struct Set<'a> {
    items: Vec<Item<'a>>,
}

/// A line with all that routing it takes.
pub struct Item<'a> {
    prepared: Prepared<'a>,
    /// What the encoder's heads see of it.
    pub features: Vec<f32>,
    /// The intent it should have.
    pub label: Intent,
}

impl<'a> Set<'a> {
    /// Hears the lines, on as many threads as the machine has; `tick` is called after each.
    ///
    /// # Errors
    /// As [`Encoder::features`].
    pub fn hear(router: &Router, encoder: &Encoder, lines: &'a [Line], tick: &(dyn Fn() + Sync)) -> Result<Self, EncoderError> {
        let hear = |line: &'a Line| {
            let features = encoder.features(&line.text, &history(line))?;
            tick();
            let label = Intent::from_name(&line.label).unwrap_or(Intent::General);
            Ok(Item { prepared: router.prepare(line), features, label })
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let heard: Vec<Result<Vec<Item<'a>>, EncoderError>> = std::thread::scope(|scope| {
            let parts = lines.chunks(lines.len().div_ceil(threads).max(1));
            let running: Vec<_> = parts.map(|part| scope.spawn(|| part.iter().map(hear).collect())).collect();
            running.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        let items = heard.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        Ok(Self { items })
    }

    /// The lines.
    pub fn items(&self) -> &[Item<'a>] {
        &self.items
    }

    /// Routes every line, with the adjustment that is chosen for its place.
    pub fn route<'b>(&self, router: &Router, encoder: &Encoder, with: impl Fn(usize) -> Option<&'b Adjustment>) -> Vec<Guess> {
        let routed = self.items.iter().enumerate().map(|(place, item)| {
            let scores = encoder.scores_with(&item.features, with(place));
            router.decide(&item.prepared, Some(&scores))
        });
        routed.collect()
    }

    /// How many guesses are right.
    pub fn right(&self, guesses: &[Guess]) -> usize {
        self.scored(guesses).right()
    }

    /// Two ways to route the set beside each other: `{n, before: {right, accuracy, ece}, after, set_right, set_wrong}`.
    pub fn compare(&self, before: &[Guess], after: &[Guess]) -> Value {
        let figures = |guesses: &[Guess]| {
            let scored = self.scored(guesses);
            let accuracy = scored.right() as f64 / self.items.len().max(1) as f64;
            json!({ "right": scored.right(), "accuracy": accuracy, "ece": scored.calibration_error() })
        };
        let (set_right, set_wrong) = self.changed(before, after);
        json!({ "n": self.items.len(), "before": figures(before), "after": figures(after), "set_right": set_right, "set_wrong": set_wrong })
    }

    fn scored(&self, guesses: &[Guess]) -> Scored {
        let labels: Vec<&str> = Intent::ALL.iter().map(|intent| intent.name()).collect();
        let mut scored = Scored::new(&labels);
        for (item, guess) in self.items.iter().zip(guesses) {
            scored.add(item.label.name(), guess, Duration::ZERO);
        }
        scored
    }

    /// Lines that only the second guesses have right, and lines that only the first have.
    pub fn changed(&self, before: &[Guess], after: &[Guess]) -> (usize, usize) {
        let mut counts = (0, 0);
        for ((item, before), after) in self.items.iter().zip(before).zip(after) {
            match (before.label == item.label.name(), after.label == item.label.name()) {
                (false, true) => counts.0 += 1,
                (true, false) => counts.1 += 1,
                _ => {}
            }
        }
        counts
    }
}
