//! What a message names, on lines somebody labelled: products, numbers, amounts, days, codes and ways to reach a customer.

mod entity;
mod reader;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};

use super::score::{micros, ratio};
use crate::domain::time::Day;
pub use entity::Entity;
pub use reader::Reader;

/// A labelled line.
#[derive(Debug, Clone, Deserialize)]
pub struct Line {
    /// The message.
    pub text: String,
    /// The day it was written, as an ISO date, where it says a day relative to it.
    pub today: Option<String>,
    /// What it names.
    pub entities: Vec<Labelled>,
}

/// An entity with the words for it.
#[derive(Debug, Clone, Deserialize)]
pub struct Labelled {
    /// The words, as they stand in the message.
    pub text: String,
    /// What they name.
    #[serde(flatten)]
    pub entity: Entity,
}

/// Reads lines of JSON.
///
/// # Errors
/// Naming the first line that is no such line, or whose words do not stand in its message.
pub fn lines(text: &str) -> Result<Vec<Line>, String> {
    super::checked(text, |line: &Line| {
        if let Some(lost) = line.entities.iter().find(|labelled| !line.text.contains(&labelled.text)) {
            return Err(format!("no words \"{}\"", lost.text));
        }
        let days = line.entities.iter().filter_map(|labelled| if let Entity::Date(day) = &labelled.entity { Some(day) } else { None });
        match days.chain(&line.today).find(|day| Day::parse(day).is_none()) {
            Some(wrong) => Err(format!("the day {wrong}; write it as 2026-11-27")),
            None => Ok(()),
        }
    })
}

/// Reads every line as the shop does, timing each; an entity is right when its value is, wherever it stands. `today` is
/// the day of lines that say none.
pub fn evaluate(reader: &Reader<'_>, lines: &[Line], today: Day) -> Value {
    let mut counts: BTreeMap<&'static str, Counts> = Entity::KINDS.iter().map(|kind| (*kind, Counts::default())).collect();
    let mut times: Vec<Duration> = Vec::new();
    let mut mistakes: Vec<Value> = Vec::new();
    for line in lines {
        let day = line.today.as_deref().and_then(Day::parse).unwrap_or(today);
        let begun = Instant::now();
        let mut wrong = reader.read(&line.text, day);
        times.push(begun.elapsed());
        let mut missed: Vec<Entity> = Vec::new();
        for truth in each_once(&line.entities) {
            let count = counts.entry(truth.kind()).or_default();
            match wrong.iter().position(|read| truth.is_met_by(read)) {
                Some(at) => {
                    wrong.swap_remove(at);
                    count.right += 1;
                }
                None => {
                    count.missed += 1;
                    missed.push(truth.clone());
                }
            }
        }
        for read in &wrong {
            counts.entry(read.kind()).or_default().wrong += 1;
        }
        if !missed.is_empty() || !wrong.is_empty() {
            mistakes.push(json!({ "text": line.text, "missed": missed, "wrong": wrong }));
        }
    }
    times.sort_unstable();
    json!({
        "n": lines.len(),
        "lines_right": lines.len() - mistakes.len(),
        "per_kind": counts.into_iter().map(|(kind, count)| (kind.to_owned(), count.report())).collect::<serde_json::Map<_, _>>(),
        "p50_us": micros(&times, 0.5),
        "p99_us": micros(&times, 0.99),
        "mistakes": mistakes,
    })
}

/// What a line names; what is said twice is named once.
fn each_once(labelled: &[Labelled]) -> Vec<&Entity> {
    let mut each: Vec<&Entity> = Vec::new();
    for Labelled { entity, .. } in labelled {
        if !each.contains(&entity) {
            each.push(entity);
        }
    }
    each
}

/// What came of one kind.
#[derive(Debug, Default)]
struct Counts {
    right: usize,
    missed: usize,
    wrong: usize,
}

impl Counts {
    fn report(&self) -> Value {
        let (named, read) = (self.right + self.missed, self.right + self.wrong);
        json!({
            "n": named,
            "precision": ratio(self.right, read),
            "recall": ratio(self.right, named),
            "f1": ratio(2 * self.right, named + read),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_contradict_themselves_are_named() {
        let day = r#"{"text": "on friday", "today": "27/11", "entities": []}"#;
        let lost = r#"{"text": "two", "entities": [{"kind": "quantity", "text": "three", "value": 3}]}"#;
        let kind = r#"{"text": "two", "entities": [{"kind": "colour", "text": "two", "value": 2}]}"#;
        for (row, said) in [(day, "27/11"), (lost, "three"), (kind, "colour"), ("", "no lines")] {
            let error = lines(row).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn figures_of_a_kind_are_right() {
        let report = Counts { right: 3, missed: 1, wrong: 2 }.report();
        assert_eq!((report["precision"].as_f64(), report["recall"].as_f64()), (Some(0.6), Some(0.75)));
        assert_eq!(report["f1"].as_f64(), Some(6.0 / 9.0));
    }
}
