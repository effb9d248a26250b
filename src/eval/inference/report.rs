//! What a bench found, as a document and as a table.

use serde_json::{Value, json};

use super::Skipped;
use super::chats::Talked;
use super::figures::{Figures, Spread};
use super::machine::Machine;

/// Everything that was found.
#[derive(Debug)]
pub struct Report {
    /// Where.
    pub machine: Machine,
    /// The runs that were made.
    pub runs: Vec<Figures>,
    /// The runs that could not be made.
    pub skipped: Vec<Skipped>,
    /// What came of whole chats, a model each.
    pub chats: Vec<Talked>,
    /// Rounds counted of each run.
    pub rounds: u32,
    /// The shop's currency, of costs.
    pub currency: String,
}

impl Report {
    /// Gives each run what came of its model's chats.
    pub fn join(&mut self) {
        for run in &mut self.runs {
            if let Some(talked) = self.chats.iter().find(|talked| talked.provider == run.provider) {
                run.unsupported_claim_rate = talked.unsupported_claim_rate;
                run.cost_per_resolved_chat = talked.cost_per_resolved_chat;
            }
        }
    }

    /// The document.
    pub fn document(&self) -> Value {
        json!({
            "machine": self.machine,
            "rounds": self.rounds,
            "runs": self.runs,
            "skipped": self.skipped,
            "chats": self.chats,
            "currency": self.currency,
        })
    }

    /// The lines of a table, for people.
    pub fn table(&self) -> Vec<String> {
        let mut lines = vec![self.machine.line(), String::new()];
        lines.extend(aligned(&self.rows()));
        lines.push(String::new());
        lines.push(format!("times are p50/p95/p99 of {} rounds, rates medians; a tok is a token as the model counts them", self.rounds));
        lines.extend(self.runs.iter().filter_map(warm));
        lines.extend(self.runs.iter().filter_map(amiss));
        lines.extend(self.chats.iter().map(|talked| self.talked(talked)));
        lines.extend(self.skipped.iter().map(left_out));
        lines
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let heads = [
            "provider",
            "model",
            "prompt",
            "output",
            "at once",
            "first token ms",
            "prefill tok/s",
            "decode tok/s",
            "all tok/s",
            "turn ms",
            "peak MB",
        ];
        let row = |run: &Figures| {
            vec![
                run.provider.to_string(),
                run.model.clone(),
                run.prompt_tokens.to_string(),
                run.output_tokens.to_string(),
                run.concurrency.to_string(),
                spread(run.ttft_ms),
                number(run.prefill_tok_s),
                number(run.decode_tok_s),
                number(run.total_decode_tok_s),
                spread(run.turn_ms),
                number(run.peak_rss_mb),
            ]
        };
        std::iter::once(heads.map(str::to_owned).to_vec()).chain(self.runs.iter().map(row)).collect()
    }

    fn talked(&self, talked: &Talked) -> String {
        let rate = talked.unsupported_claim_rate.map_or_else(|| "no drafts".to_owned(), |rate| format!("{rate:.3} of them"));
        let cost = match talked.cost_per_resolved_chat {
            Some(cost) => format!("at {} {} each", if cost > 0.0 { format!("{cost:.6}") } else { "0".to_owned() }, self.currency),
            None => "no price known".to_owned(),
        };
        format!(
            "{} {}: {} of {} drafts refused ({rate}); {} of {} chats needed no person, {cost}",
            talked.provider, talked.model, talked.refused, talked.drafts, talked.resolved, talked.chats
        )
    }
}

/// The second turns of a run.
fn warm(run: &Figures) -> Option<String> {
    let warm = run.warm?;
    let anew = match warm.read_anew {
        0 => String::new(),
        n => format!("; {n} of {} answers are other tokens as text than as they were said, and were read anew", warm.told),
    };
    Some(format!(
        "{}: second turn of the same conversation, first token after {} ms, {} of the first turn's{anew}",
        named(run),
        spread(warm.ttft_ms),
        warm.ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"))
    ))
}

/// What else should be known of a run.
fn amiss(run: &Figures) -> Option<String> {
    let early = (run.ended_early > 0)
        .then(|| format!("{} of {} answers ended early; the median has {} tokens", run.ended_early, run.answers, number(run.tokens_out)));
    let failed = (run.failed > 0).then(|| format!("{} questions were not answered", run.failed));
    let all: Vec<String> = early.into_iter().chain(failed).collect();
    (!all.is_empty()).then(|| format!("{}: {}", named(run), all.join("; ")))
}

fn named(run: &Figures) -> String {
    format!("{} {}/{} x{}", run.provider, run.prompt_tokens, run.output_tokens, run.concurrency)
}

fn left_out(skipped: &Skipped) -> String {
    let run = skipped.run;
    let (prompt, output, at_once) = (run.prompt_tokens, run.output_tokens, run.concurrency);
    format!("left out: {} {prompt}/{output} x{at_once}: {}", run.provider, skipped.reason)
}

/// Three digits at least, and no more than can be read.
fn number(value: Option<f64>) -> String {
    match value {
        None => "-".to_owned(),
        Some(value) if value >= 100.0 => format!("{value:.0}"),
        Some(value) if value >= 10.0 => format!("{value:.1}"),
        Some(value) => format!("{value:.2}"),
    }
}

fn spread(times: Spread) -> String {
    [times.p50, times.p95, times.p99].map(number).join("/")
}

/// Rows as lines, their columns one below the other; numbers end together.
fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let line = |row: &Vec<String>| {
        let cells = row.iter().enumerate().map(|(column, cell)| match column {
            0 | 1 => format!("{cell:<0$}", width(column)),
            _ => format!("{cell:>0$}", width(column)),
        });
        cells.collect::<Vec<_>>().join("  ")
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Run;
    use super::super::figures::Warm;
    use super::*;
    use crate::domain::agent::Provider;

    fn figures(provider: Provider) -> Figures {
        let times = Spread { p50: Some(12.345), p95: Some(150.2), p99: None };
        Figures {
            provider,
            model: "m".to_owned(),
            prompt_tokens: 64,
            output_tokens: 8,
            concurrency: 2,
            ttft_ms: times,
            prefill_tok_s: Some(5_000.0),
            decode_tok_s: Some(38.25),
            total_decode_tok_s: None,
            turn_ms: times,
            peak_rss_mb: None,
            unsupported_claim_rate: None,
            cost_per_resolved_chat: None,
            tokens_in: Some(63.0),
            tokens_out: Some(5.0),
            answers: 10,
            ended_early: 4,
            failed: 1,
            warm: Some(Warm { ttft_ms: times, ratio: Some(0.251), read_anew: 3, told: 10 }),
        }
    }

    #[test]
    fn a_report_says_everything_once() {
        let talked = Talked {
            provider: Provider::Remote,
            model: "r".to_owned(),
            chats: 6,
            resolved: 5,
            drafts: 8,
            refused: 2,
            unsupported_claim_rate: Some(0.25),
            cost_per_resolved_chat: Some(0.001_5),
        };
        let run = Run { provider: Provider::Local, prompt_tokens: 9_999, output_tokens: 8, concurrency: 1 };
        let mut report = Report {
            machine: Machine::here(),
            runs: vec![figures(Provider::Local), figures(Provider::Remote)],
            skipped: vec![Skipped { run, reason: "too much".to_owned() }],
            chats: vec![talked],
            rounds: 5,
            currency: "USD".to_owned(),
        };
        report.join();
        let document = report.document();
        assert_eq!(document["runs"][0]["unsupported_claim_rate"], Value::Null);
        assert_eq!(document["runs"][1]["unsupported_claim_rate"], 0.25);
        assert_eq!(document["runs"][1]["cost_per_resolved_chat"], 0.001_5);
        assert_eq!(document["runs"][0]["ttft_ms"], json!({ "p50": 12.345, "p95": 150.2, "p99": null }));
        assert_eq!(
            document["skipped"][0],
            json!({ "provider": "local", "prompt_tokens": 9_999, "output_tokens": 8, "concurrency": 1, "reason": "too much" })
        );
        let table = report.table();
        for (line, count) in [
            ("local     m          64", 1),
            ("12.3/150/-", 6),
            ("local 64/8 x2: 4 of 10 answers ended early; the median has 5.00 tokens; 1 questions were not answered", 1),
            (
                "second turn of the same conversation, first token after 12.3/150/- ms, 0.25 of the first turn's; 3 of 10 answers are other tokens",
                2,
            ),
            ("remote r: 2 of 8 drafts refused (0.250 of them); 5 of 6 chats needed no person, at 0.001500 USD each", 1),
            ("left out: local 9999/8 x1: too much", 1),
        ] {
            let found: usize = table.iter().map(|other| other.matches(line).count()).sum();
            assert_eq!(found, count, "{line}: {table:#?}");
        }
        let widths: Vec<usize> = table[2..5].iter().map(|line| line.chars().count()).collect();
        assert!(widths.windows(2).all(|pair| pair[0] == pair[1]), "{table:#?}");
    }
}
