//! Finding answers: questions somebody labelled with the entries that answer them, or with none.

use std::time::Instant;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::time::Day;
use crate::llm::encoder::Encoder;
use crate::retrieval::KnowledgeIndex;
use crate::retrieval::knowledge::Question;

/// A labelled question.
#[derive(Debug, Clone, Deserialize)]
pub struct Asked {
    /// The message.
    pub text: String,
    /// Entries any of which answers it; none where the shop has no answer.
    #[serde(default)]
    pub entries: Vec<String>,
}

/// From this probability on an entry is taken to answer.
pub const THRESHOLD: f32 = 0.5;

/// Reads lines of JSON.
///
/// # Errors
/// Naming the first line that is no such line, or an entry nobody has.
pub fn questions(text: &str) -> Result<Vec<Asked>, String> {
    super::rows(text).map(|row| row.map(|(_, asked)| asked)).collect()
}

/// Asks every question; with an encoder by meaning too. `features` adds what the weights are fitted on.
pub fn find_all(index: &KnowledgeIndex, encoder: Option<&Encoder>, asked: &[Asked], today: Day, features: bool) -> Value {
    let mut figures = Figures::default();
    let mut lines = Vec::new();
    for line in asked {
        let vector = encoder.filter(|_| index.knows_meaning()).and_then(|encoder| encoder.embed(&line.text).ok());
        let question = Question { text: &line.text, vector: vector.as_deref(), today, procedures: None };
        let begun = Instant::now();
        let hits = index.find(&question, 1);
        let took = begun.elapsed();
        let (best, score) = hits.first().map_or(("", 0.0), |hit| (hit.id.as_str(), hit.score));
        let right = line.entries.iter().any(|id| id == best);
        figures.add(!line.entries.is_empty(), right, score);
        figures.times_us.push(took.as_secs_f64() * 1e6);
        let mut row = json!({ "text": line.text, "entries": line.entries, "best": best, "score": score, "right": right, "covers": hits.first().map_or(0.0, |hit| hit.covers) });
        if features {
            let all = index.all_features(&question);
            row["features"] = all.into_iter().map(|(id, found)| (id.to_owned(), json!(found.array()))).collect();
        }
        lines.push(row);
    }
    let mut report = figures.report();
    report["tier"] = if encoder.is_some() && index.knows_meaning() { "words and meaning" } else { "words" }.into();
    report["lines"] = lines.into();
    report
}

/// What came of the questions.
#[derive(Default)]
struct Figures {
    /// For each question: whether it has an answer, whether the best entry is one, and its score.
    rows: Vec<(bool, bool, f32)>,
    times_us: Vec<f64>,
}

impl Figures {
    fn add(&mut self, answerable: bool, right: bool, score: f32) {
        self.rows.push((answerable, right, score));
    }

    fn report(&mut self) -> Value {
        let count = |which: &dyn Fn(&(bool, bool, f32)) -> bool| self.rows.iter().filter(|row| which(row)).count();
        let ratio = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        let answerable = count(&|row| row.0);
        let at = |threshold: f32| {
            let said = count(&|row| row.2 >= threshold);
            let right = count(&|row| row.1 && row.2 >= threshold);
            let uncalled = count(&|row| !row.0 && row.2 >= threshold);
            json!({
                "threshold": (f64::from(threshold) * 100.0).round() / 100.0,
                "recall": ratio(right, answerable),
                "precision": ratio(right, said),
                "answered_without_answer": uncalled,
            })
        };
        let steps: Vec<Value> = [0.3, 0.4, THRESHOLD, 0.6, 0.7, 0.8].map(at).to_vec();
        let first = count(&|row| row.1);
        self.times_us.sort_by(f64::total_cmp);
        let middle = self.times_us.get(self.times_us.len() / 2).copied().unwrap_or_default();
        json!({
            "n": self.rows.len(),
            "with_answer": answerable,
            "best_entry_right": ratio(first, answerable),
            "at": steps,
            "p50_us": middle,
        })
    }
}
