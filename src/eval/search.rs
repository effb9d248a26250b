//! Finding products: queries somebody judged, ranked by words alone, by meaning alone and by both.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};

use super::score::micros;
use crate::llm::encoder::Encoder;
use crate::retrieval::ranking::{By, query};
use crate::turn::library::Shelves;

/// Results that nDCG looks at.
const FIRST: usize = 10;
/// Results that recall looks at.
const DEEP: usize = 50;

/// A judged query.
#[derive(Debug, Clone, Deserialize)]
pub struct Judged {
    /// What is searched for.
    pub query: String,
    /// What finding a product is worth, by SKU; what nobody judged is worth nothing.
    pub judgments: HashMap<String, f64>,
}

/// Reads lines of JSON.
///
/// # Errors
/// Naming the first line that is no such line, or that judges nothing to be worth finding.
pub fn judged(text: &str) -> Result<Vec<Judged>, String> {
    super::checked(text, |judged: &Judged| match judged.judgments.values().any(|gain| *gain > 0.0) {
        true => Ok(()),
        false => Err("no product with a gain above 0".to_owned()),
    })
}

/// Ranks for every query, and measures: both at the top, beside it words and meaning alone. Without an encoder
/// words are all there is.
pub fn search_all(shelves: &Shelves, encoder: Option<&Encoder>, judged: &[Judged]) -> Value {
    let measured = |by: By| {
        let mut figures = Figures::default();
        for line in judged {
            let begun = Instant::now();
            let vector = encoder.filter(|_| by != By::Words).and_then(|encoder| encoder.embed(&line.query).ok());
            let likeness = vector.and_then(|vector| shelves.products.likeness(&vector));
            let hits = shelves.catalogue.rank(&query(&line.query), likeness.as_deref(), by, DEEP);
            let took = begun.elapsed();
            let gains: Vec<f64> = hits.iter().map(|hit| line.judgments.get(&hit.sku).copied().unwrap_or_default()).collect();
            figures.add(&gains, line, took);
        }
        figures.report()
    };
    let words = measured(By::Words);
    if encoder.is_none() {
        return words;
    }
    let mut report = measured(By::Both);
    report["words"] = words;
    report["meaning"] = measured(By::Meaning);
    report
}

/// What came of the queries: sums of each measure.
#[derive(Default)]
struct Figures {
    ndcg: f64,
    recall: f64,
    reciprocal_rank: f64,
    times: Vec<Duration>,
}

impl Figures {
    fn add(&mut self, gains: &[f64], line: &Judged, took: Duration) {
        let discounted = |gains: &[f64]| gains.iter().take(FIRST).zip(2..).map(|(gain, rank)| gain / f64::from(rank).log2()).sum::<f64>();
        let mut ideal: Vec<f64> = line.judgments.values().copied().collect();
        ideal.sort_by(|a, b| b.total_cmp(a));
        let is_worth = |gain: &&f64| **gain > 0.0;
        self.ndcg += discounted(gains) / discounted(&ideal);
        self.recall += gains.iter().filter(is_worth).count() as f64 / ideal.iter().filter(is_worth).count() as f64;
        self.reciprocal_rank += gains.iter().position(|gain| *gain > 0.0).map_or(0.0, |at| 1.0 / (at + 1) as f64);
        self.times.push(took);
    }

    fn report(mut self) -> Value {
        let count = self.times.len() as f64;
        self.times.sort();
        json!({
            "n": self.times.len(),
            "ndcg_at_10": self.ndcg / count,
            "recall_at_50": self.recall / count,
            "mrr": self.reciprocal_rank / count,
            "p50_us": micros(&self.times, 0.5),
            "p99_us": micros(&self.times, 0.99),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_those_of_the_textbook() {
        let lines = judged(r#"{"query": "lamp", "judgments": {"A": 3, "B": 1, "C": 0}}"#).unwrap();
        let ideal = 3.0 + 1.0 / 3.0_f64.log2();
        for (gains, ndcg, recall, mrr) in [
            (vec![3.0, 1.0], 1.0, 1.0, 1.0),
            (vec![0.0, 1.0, 3.0], (1.0 / 3.0_f64.log2() + 3.0 / 2.0) / ideal, 1.0, 0.5),
            (vec![0.0, 0.0], 0.0, 0.0, 0.0),
        ] {
            let mut figures = Figures::default();
            figures.add(&gains, &lines[0], Duration::from_micros(7));
            let report = figures.report();
            for (name, wanted) in [("ndcg_at_10", ndcg), ("recall_at_50", recall), ("mrr", mrr), ("p50_us", 7.0), ("p99_us", 7.0)] {
                let found = report[name].as_f64().unwrap();
                assert!((found - wanted).abs() < 1e-9, "{gains:?} {name}: {found}, not {wanted}");
            }
        }
    }

    #[test]
    fn lines_that_measure_nothing_are_refused() {
        for (text, wanted) in [
            ("", "there are no lines"),
            ("\n{\"query\": 1}", "line 2 cannot be read"),
            ("{\"query\": \"lamp\", \"judgments\": {\"A\": 0}}", "line 1 has no product"),
        ] {
            assert!(judged(text).unwrap_err().starts_with(wanted), "{text}");
        }
    }
}
