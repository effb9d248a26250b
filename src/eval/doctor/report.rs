//! What the doctor found, as a document and for people.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Candidate, Curve, Held, Lengths, Times, recommend};
use crate::eval::inference::machine::Machine;
use crate::llm::models::EMBEDDED;

/// Per cent by which machines change from one second to the next without anybody's doing.
const DRIFTS: f64 = 10.0;

/// What is known of a model.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Row {
    /// What it is called.
    pub name: String,
    /// Whether it is one that can be pulled by its name.
    pub recommended: bool,
    /// Whether it is here.
    pub installed: bool,
    /// Whether it is the shop's.
    pub in_use: bool,
    /// Its weights.
    pub parameters: Option<u64>,
    /// Memory it takes, in megabytes (10^6 bytes).
    pub memory_mb: Option<u64>,
    /// Whether that is free.
    pub fits: Option<bool>,
    /// Tokens of this shop's prompts and replies.
    pub tokens: Option<Lengths>,
    /// What it would do.
    pub predicted: Option<Prediction>,
    /// What it did.
    pub measured: Option<Held>,
    /// How much slower the machine itself was behind that than before, in per cent of the time its steps took.
    pub drift_percent: Option<f64>,
    /// Why something of this is not known, in a sentence.
    pub reason: Option<String>,
}

/// What a model would do.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Prediction {
    /// The first reply since it was loaded: all of the prompt is read.
    pub first_reply: Times,
    /// A typical one: the rules that every prompt begins with are not read again.
    pub reply: Times,
    /// Tokens of a prompt read in a second.
    pub prefill_tok_s: f64,
    /// Tokens written in a second.
    pub decode_tok_s: f64,
}

impl Prediction {
    /// For the lengths of a shop. A reply ends with a step that finds its end.
    pub fn new(curve: &Curve, lengths: &Lengths) -> Self {
        let Lengths { prompt, kept, reply, .. } = *lengths;
        Self {
            first_reply: curve.reply(prompt, 0, reply),
            reply: curve.reply(prompt, kept, reply),
            prefill_tok_s: curve.prefill_tok_s(prompt),
            decode_tok_s: curve.decode_tok_s(prompt),
        }
    }
}

/// Everything that was found.
#[derive(Debug)]
pub struct Report {
    /// Where.
    pub machine: Machine,
    /// Threads of a model's products.
    pub threads: usize,
    /// Memory that is free, in megabytes (10^6 bytes).
    pub available_mb: Option<u64>,
    /// Memory read in a second, in gigabytes (10^9 bytes).
    pub bandwidth_gb_s: f64,
    /// Whose prompts they were, in a few words.
    pub prompts: String,
    /// Seconds a typical reply may take.
    pub budget_s: f64,
    /// The models.
    pub rows: Vec<Row>,
}

impl Report {
    /// The model the shop should have.
    pub fn recommended(&self) -> Option<&Row> {
        let known = self.rows.iter().filter(|row| row.name != EMBEDDED);
        let candidates: Vec<Candidate<'_>> = known
            .map(|row| Candidate {
                name: &row.name,
                parameters: row.parameters.unwrap_or(0),
                fits: row.fits == Some(true),
                whole_s: row.predicted.map(|predicted| predicted.reply.whole_s),
            })
            .collect();
        let best = recommend(&candidates, self.budget_s)?;
        self.rows.iter().find(|row| row.name == best.name)
    }

    /// What to do next, in a sentence or two.
    pub fn next(&self) -> String {
        let budget = self.budget_s;
        let Some(best) = self.recommended() else {
            let back = if self.rows.iter().any(|row| row.name == EMBEDDED && row.in_use) {
                "which is in use"
            } else {
                "which `electromart models use embedded` goes back to"
            };
            return format!(
                "No model is known to answer within {budget} s here; what does is the decoder in the program, {back}. A larger --budget finds others."
            );
        };
        let whole = best.predicted.map_or(0.0, |predicted| predicted.reply.whole_s);
        let name = &best.name;
        let what = format!("{name} is the largest that fits here and answers within {budget} s: a typical reply takes about {whole:.1} s");
        let then = match (best.in_use, best.installed) {
            (true, _) => "it is in use".to_owned(),
            (false, true) => format!("`electromart models use {name}` makes it the shop's"),
            (false, false) => format!("`electromart models pull {name}` and `electromart models use {name}` make it the shop's"),
        };
        format!("{what}; {then}.")
    }

    /// The document.
    pub fn document(&self) -> Value {
        json!({
            "machine": self.machine,
            "threads": self.threads,
            "available_mb": self.available_mb,
            "memory_bandwidth_gb_s": self.bandwidth_gb_s,
            "prompts": self.prompts,
            "budget_s": self.budget_s,
            "models": self.rows,
            "recommended": self.recommended().map(|row| &row.name),
            "next": self.next(),
        })
    }

    /// The lines for people.
    pub fn lines(&self) -> Vec<String> {
        let free = self.available_mb.map(|mb| format!(", {:.1} GB free", mb as f64 / 1e3)).unwrap_or_default();
        let mut lines = vec![
            self.machine.line(),
            format!("memory is read at {:.1} GB/s by {} threads{free}", self.bandwidth_gb_s, self.threads),
            format!("prompts: {}", self.prompts),
            String::new(),
            line(["MODEL", "STATE", "MEMORY", "FIRST REPLY", "LATER ONES", "READS", "WRITES"]),
        ];
        lines.extend(self.rows.iter().map(of_model));
        lines.push(String::new());
        lines.push("seconds to the first word and to the end, predicted; tokens a second read and written".to_owned());
        lines.extend(self.rows.iter().flat_map(measured));
        lines.extend(self.rows.iter().filter_map(drifted));
        lines.extend(self.rows.iter().filter_map(|row| row.reason.as_ref().map(|reason| format!("{}: {reason}", row.name))));
        lines.extend([String::new(), self.next()]);
        lines
    }
}

fn line([name, state, memory, first, later, reads, writes]: [&str; 7]) -> String {
    format!("{name:<26} {state:<10} {memory:>9} {first:>14} {later:>14} {reads:>7} {writes:>7}").trim_end().to_owned()
}

fn of_model(row: &Row) -> String {
    let state = match (row.in_use, row.installed) {
        (true, _) => "in use",
        (false, true) => "installed",
        (false, false) => "-",
    };
    let known = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let memory = known(row.memory_mb.map(|mb| format!("{mb} MB")));
    let times = |times: Times| format!("{:.1} / {:.1} s", times.first_word_s, times.whole_s);
    let [first, later] = [known(row.predicted.map(|p| times(p.first_reply))), known(row.predicted.map(|p| times(p.reply)))];
    let [reads, writes] =
        [known(row.predicted.map(|p| format!("{:.0}", p.prefill_tok_s))), known(row.predicted.map(|p| format!("{:.1}", p.decode_tok_s)))];
    line([&row.name, state, &memory, &first, &later, &reads, &writes])
}

/// What was measured of a model, a line for its first reply and one for those behind it.
fn measured(row: &Row) -> Vec<String> {
    let Some(held) = &row.measured else { return Vec::new() };
    let all = [("first reply", Some(&held.first_reply)), ("later ones", held.reply.as_ref())];
    let one = |(which, beside): (&str, Option<&super::held::Beside>)| {
        let beside = beside?;
        let Times { first_word_s, whole_s } = beside.measured;
        let predicted = beside.predicted.zip(beside.off_percent).map(|(times, off)| {
            let Times { first_word_s, whole_s } = times;
            format!("; predicted {first_word_s:.2} / {whole_s:.2} s ({:+.0} % / {:+.0} %)", off.first_word, off.whole)
        });
        let tokens = format!("{:.0} tokens in, {:.0} of them kept, {:.0} steps", beside.prompt_tokens, beside.kept_tokens, beside.steps);
        let predicted = predicted.unwrap_or_default();
        Some(format!("{}, {which}, measured: {first_word_s:.2} / {whole_s:.2} s{predicted}; {tokens}", row.name))
    };
    all.into_iter().filter_map(one).collect()
}

/// What is said where the machine changed its speed between what was predicted and what was measured.
fn drifted(row: &Row) -> Option<String> {
    let drift = row.drift_percent.filter(|drift| drift.abs() >= DRIFTS)?;
    let how = if drift > 0.0 { "slower" } else { "faster" };
    Some(format!(
        "{}: meanwhile the machine itself became {:.0} % {how}, so that much of the difference is not the prediction's; \
         run it again when nothing else runs",
        row.name,
        drift.abs()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(rows: Vec<Row>, budget_s: f64) -> Report {
        Report {
            machine: Machine::here(),
            threads: 2,
            available_mb: Some(8_000),
            bandwidth_gb_s: 12.5,
            prompts: "of a test".to_owned(),
            budget_s,
            rows,
        }
    }

    fn row(name: &str, parameters: u64, whole_s: f64, [fits, installed, in_use]: [bool; 3]) -> Row {
        let times = Times { first_word_s: whole_s / 2.0, whole_s };
        let predicted = Prediction { first_reply: times, reply: times, prefill_tok_s: 100.0, decode_tok_s: 20.0 };
        Row {
            name: name.to_owned(),
            parameters: Some(parameters),
            fits: Some(fits),
            installed,
            in_use,
            predicted: Some(predicted),
            ..Row::default()
        }
    }

    #[test]
    fn a_machine_that_changed_is_told_of() {
        for (drift_percent, says) in
            [(Some(45.2), Some("45 % slower")), (Some(-30.0), Some("30 % faster")), (Some(9.0), None), (None, None)]
        {
            let lines = report(vec![Row { drift_percent, ..row("a", 5, 2.0, [true; 3]) }], 9.0).lines();
            let told = lines.iter().find(|line| line.contains("the machine itself"));
            assert_eq!(told.is_some(), says.is_some(), "{lines:#?}");
            assert!(says.is_none_or(|says| told.is_some_and(|told| told.contains(says))), "{lines:#?}");
        }
    }

    #[test]
    fn what_to_do_next_is_said() {
        let embedded = |in_use| Row { name: EMBEDDED.to_owned(), installed: true, in_use, ..Row::default() };
        for (rows, budget, best, says) in [
            (
                vec![embedded(true), row("a", 5, 2.0, [true, false, false])],
                10.0,
                Some("a"),
                "models pull a` and `electromart models use a`",
            ),
            (vec![embedded(true), row("a", 5, 2.0, [true, true, false])], 10.0, Some("a"), "`electromart models use a` makes"),
            (vec![embedded(false), row("a", 5, 2.0, [true, true, true])], 2.0, Some("a"), "it is in use"),
            (vec![embedded(true), row("a", 5, 2.0, [true, true, false])], 1.0, None, "in the program, which is in use"),
            (vec![embedded(false), row("a", 5, 2.0, [false, true, true])], 9.0, None, "models use embedded`"),
        ] {
            let report = report(rows, budget);
            assert_eq!(report.document()["recommended"], json!(best));
            assert!(report.next().contains(says), "{}", report.next());
            let lines = report.lines();
            assert!(
                lines.iter().any(|line| line.contains("12.5 GB/s")) && lines.iter().any(|line| line.starts_with("embedded")),
                "{lines:#?}"
            );
        }
    }
}
