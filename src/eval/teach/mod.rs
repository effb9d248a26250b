//! Teaching the routing head a shop's own labels.
//!
//! The head is fitted to the shop's lines (`llm::encoder::fit`), held at what it says already by anchors and by a strength
//! that is chosen by cross-validation. Every figure is of the whole routing, rules and all, as `eval intents` gives it: on
//! the shop's lines while they are left out, and on a built-in check, conversations in another shop. A fit must gain on
//! the first and not lose on the second, both beyond chance.

mod set;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::intents::Router;
use super::{Guess, Line};
use crate::domain::agent::Intent;
use crate::llm::encoder::fit::{Example, Fit, Frame, curvature, temperature};
use crate::llm::encoder::{Adjustment, Encoder, EncoderError};
use set::{Item, Set};

/// 615 messages of 80 conversations, by a writer whose lines nothing was trained on or chosen by.
static CHECK: &str = include_str!("../../../models/nano/data/goals_eval_2.jsonl");

/// 685 messages by a further such writer, in the same shop: the anchors, whose labels only set the temperature.
static ANCHORS: &str = include_str!("../../../models/nano/data/goals_eval.jsonl");

/// Parts that the shop's lines are left out in, one after the other.
const FOLDS: usize = 5;
/// With fewer lines there is too little to leave out.
const FEWEST: usize = 20;
/// How strongly a fit is held at what the head says already, strongest first.
const STRENGTHS: [f32; 6] = [30.0, 10.0, 3.0, 1.0, 0.3, 0.1];

/// Everything a fit is made from and measured on.
struct Bench<'a> {
    router: &'a Router,
    encoder: &'a Encoder,
    shop: Set<'a>,
    check: Set<'a>,
    anchors: Set<'a>,
}

/// How the shop's lines and the check are routed.
struct Routed {
    shop: Vec<Guess>,
    check: Vec<Guess>,
}

/// A fit that was tried: with the shop's lines routed while each is left out.
struct Trial {
    strength: f32,
    adjustment: Adjustment,
    routed: Routed,
}

/// What came of teaching.
pub struct Lesson {
    /// The figures: `{n, labels, left_out, check, strength, temperature, refused}`.
    pub report: Value,
    /// What was learnt; where it is no good, the reason in one sentence.
    pub learnt: Result<Adjustment, String>,
}

/// The lines every lesson reads beside the shop's.
pub struct BuiltIn {
    check: Vec<Line>,
    anchors: Vec<Line>,
}

impl BuiltIn {
    /// From the files compiled in.
    ///
    /// # Errors
    /// None, with the files of this repository.
    pub fn read() -> Result<Self, String> {
        let labels: Vec<&str> = Intent::ALL.iter().map(|intent| intent.name()).collect();
        Ok(Self { check: super::lines(CHECK, &labels)?, anchors: super::lines(ANCHORS, &labels)? })
    }

    /// How many lines that are.
    pub fn count(&self) -> usize {
        self.check.len() + self.anchors.len()
    }
}

/// Teaches the head `lines`; `tick` is called after each line read, the built-in ones too.
///
/// # Errors
/// When the lines are too few or all alike, or the encoder fails.
pub fn teach(router: &Router, encoder: &Encoder, lines: &[Line], built_in: &BuiltIn, tick: &(dyn Fn() + Sync)) -> Result<Lesson, String> {
    enough(lines)?;
    let hear = |lines| Set::hear(router, encoder, lines, tick).map_err(|error: EncoderError| error.to_string());
    let bench = Bench { router, encoder, shop: hear(lines)?, check: hear(&built_in.check)?, anchors: hear(&built_in.anchors)? };
    let before = Routed { shop: bench.shop.route(router, encoder, |_| None), check: bench.check.route(router, encoder, |_| None) };
    let trials = bench.trials(&folds(lines));
    let (trial, refused) = bench.verdict(&trials, &before).ok_or("there was nothing to try")?;
    let report = json!({
        "n": lines.len(),
        "labels": counts(lines),
        "left_out": bench.shop.compare(&before.shop, &trial.routed.shop),
        "check": bench.check.compare(&before.check, &trial.routed.check),
        "strength": trial.strength,
        "temperature": trial.adjustment.temperature,
        "refused": refused,
    });
    Ok(Lesson { report, learnt: refused.map_or_else(|| Ok(trial.adjustment.clone()), Err) })
}

impl Bench<'_> {
    /// Fits with every strength, each from the fit before on.
    fn trials(&self, folds: &[usize]) -> Vec<Trial> {
        let Self { router, encoder, shop, check, anchors } = self;
        let shipped = |item: &Item<'_>| encoder.scores_with(&item.features, None).intents;
        let frame = Frame::of(&anchors.items().iter().map(|item| item.features.as_slice()).collect::<Vec<_>>());
        let own: Vec<Example> = shop.items().iter().map(|item| frame.example(&item.features, shipped(item), item.label.index())).collect();
        let fixed: Vec<Example> = anchors.items().iter().map(|item| frame.anchor(&item.features, shipped(item))).collect();
        let curvature = curvature(own.iter().chain(&fixed));
        // One without each part, and the last with all lines.
        let mut fits = vec![Fit::none(&frame); FOLDS + 1];
        let mut trials = Vec::new();
        for strength in STRENGTHS {
            let without = |part: usize| own.iter().zip(folds).filter(move |(_, fold)| **fold != part).map(|(example, _)| example);
            fits = refit(&fits, |part, fit| fit.refit(&without(part).chain(&fixed).collect::<Vec<_>>(), strength, curvature));
            let left_out = own.iter().zip(folds).filter_map(|(example, fold)| Some(fits.get(*fold)?.logits(example)));
            let anchored = fixed.iter().filter_map(|example| Some(fits.last()?.logits(example)));
            let labels = shop.items().iter().chain(anchors.items()).map(|item| item.label.index());
            let temperature = temperature(&left_out.chain(anchored).zip(labels).collect::<Vec<_>>());
            let mut adjustments: Vec<Adjustment> = fits.iter().map(|fit| frame.adjustment(fit, temperature)).collect();
            let routed = shop.route(router, encoder, |place| adjustments.get(*folds.get(place)?));
            let Some(adjustment) = adjustments.pop() else { break };
            let routed = Routed { shop: routed, check: check.route(router, encoder, |_| Some(&adjustment)) };
            trials.push(Trial { strength, adjustment, routed });
        }
        trials
    }

    /// The trial with the most lines right among those that lose nothing on the check. Where that one gains nothing, the
    /// one with the most of the shop's lines right, and why it is refused.
    fn verdict<'a>(&self, trials: &'a [Trial], before: &Routed) -> Option<(&'a Trial, Option<String>)> {
        let own = |trial: &Trial| self.shop.right(&trial.routed.shop);
        let all = |trial: &Trial| own(trial) + self.check.right(&trial.routed.check);
        let loses = |trial: &Trial| outweighs(self.check.changed(&trial.routed.check, &before.check));
        // Of equal ones the first, which is held most.
        let good = trials.iter().filter(|trial| !loses(trial)).min_by_key(|trial| Reverse(all(trial)));
        match good.filter(|trial| self.gains(trial, before)) {
            Some(trial) => Some((trial, None)),
            None => {
                let trial = trials.iter().min_by_key(|trial| Reverse(own(trial)))?;
                Some((trial, Some(self.refusal(trial, before))))
            }
        }
    }

    fn gains(&self, trial: &Trial, before: &Routed) -> bool {
        outweighs(self.shop.changed(&before.shop, &trial.routed.shop))
    }

    fn refusal(&self, trial: &Trial, before: &Routed) -> String {
        let change = |set: &Set<'_>, before: &[Guess], after: &[Guess]| {
            let (before, after) = (set.right(before), set.right(after));
            let points = 100.0 * (after as f64 - before as f64) / set.items().len().max(1) as f64;
            format!("{after} of {} instead of {before} ({points:+.1} points)", set.items().len())
        };
        let why = if self.gains(trial, before) { "it would make other messages worse" } else { "it would gain nothing beyond chance" };
        let own = change(&self.shop, &before.shop, &trial.routed.shop);
        let check = change(&self.check, &before.check, &trial.routed.check);
        format!("refused, for {why}: right would be, of your lines left out in turn, {own}; of the built-in check, {check}")
    }
}

/// Whether so many lines set right outweigh so many set wrong beyond chance: a sign test, one-sided at 0.05
/// (McNemar, 1947).
fn outweighs((right, wrong): (usize, usize)) -> bool {
    const ONE_IN_TWENTY: f64 = 1.645;
    let (right, wrong) = (right as f64, wrong as f64);
    right - wrong > ONE_IN_TWENTY * (right + wrong).sqrt()
}

/// Every fit anew, each on a thread of its own.
fn refit(fits: &[Fit], of: impl Fn(usize, &Fit) -> Fit + Sync) -> Vec<Fit> {
    let of = &of;
    std::thread::scope(|scope| {
        let running: Vec<_> = fits.iter().enumerate().map(|(part, fit)| scope.spawn(move || of(part, fit))).collect();
        running.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}

fn counts(lines: &[Line]) -> BTreeMap<&str, usize> {
    lines.iter().fold(BTreeMap::new(), |mut counts, line| {
        *counts.entry(line.label.as_str()).or_default() += 1;
        counts
    })
}

fn enough(lines: &[Line]) -> Result<(), String> {
    if lines.len() < FEWEST {
        return Err(format!("{} lines are too few to learn from; give at least {FEWEST}", lines.len()));
    }
    match lines.windows(2).any(|pair| pair[0].label != pair[1].label) {
        true => Ok(()),
        false => Err(format!("all lines are labelled {}; give some of another label too", lines[0].label)),
    }
}

/// The part each line is left out in: even for every label, and the same for lines of the same text.
fn folds(lines: &[Line]) -> Vec<usize> {
    let mut parts: HashMap<String, usize> = HashMap::new();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    lines
        .iter()
        .map(|line| {
            *parts.entry(line.text.trim().to_lowercase()).or_insert_with(|| {
                let count = counts.entry(&line.label).or_default();
                *count += 1;
                *count % FOLDS
            })
        })
        .collect()
}
