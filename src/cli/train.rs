//! `electromart train`: the shop teaches the routing head its own labels, or takes back what it taught.

use std::time::Instant;

use serde_json::{Value, json};

use super::args::{Global, Train};
use super::outcome::{Failure, document, line, number, read_text};
use super::progress::Progress;
use super::reach;
use crate::agents::orchestrator::Thresholds;
use crate::app::Fill;
use crate::app::commands::Request;
use crate::app::taught::Fits;
use crate::config::{Config, ProviderMode};
use crate::domain::agent::Intent;
use crate::eval::teach::{self, BuiltIn, Lesson};
use crate::eval::{self, Router};
use crate::llm::encoder::{Encoder, EncoderError};

/// Teaches, measures, or undoes.
pub fn run(global: &Global, args: &Train) -> Result<(), Failure> {
    let config = reach::prepare(global)?;
    let Some(file) = args.file.as_deref().filter(|_| !args.undo) else { return undo(global, config) };
    if config.provider.mode == ProviderMode::Template {
        return Err(Failure::Said(
            "a shop without a model (provider template) has no routing head to teach; use another provider".to_owned(),
        ));
    }
    let text = read_text(file)?;
    let labels: Vec<&str> = Intent::ALL.iter().map(|intent| intent.name()).collect();
    let lines = eval::lines(&text, &labels).map_err(|error| Failure::Said(format!("{}: {error}", file.display())))?;
    let begun = Instant::now();
    let encoder = Encoder::embedded().map_err(|error: EncoderError| Failure::Said(error.to_string()))?;
    let Lesson { mut report, learnt } = teach(global, &config, &encoder, &lines)?;
    let taken = learnt.is_ok() && !args.dry_run;
    if let (Ok(adjustment), true) = (&learnt, taken) {
        let fits = Fits { encoder: encoder.fingerprint().to_owned(), taught: vec![adjustment.clone()] };
        reach::once_in(config, Fill::Demo, Request::RoutingTake, &fits.bytes())?;
    }
    report["taken"] = json!(taken);
    report["seconds"] = json!((begun.elapsed().as_secs_f64() * 100.0).round() / 100.0);
    if global.json {
        document(&report);
    } else if !global.quiet {
        show(&report);
    }
    learnt.map(|_| ()).map_err(Failure::Said)
}

fn teach(global: &Global, config: &Config, encoder: &Encoder, lines: &[eval::Line]) -> Result<Lesson, Failure> {
    let built_in = BuiltIn::read().map_err(Failure::Said)?;
    let (progress, all) = (Progress::new("reading lines", global.quiet), lines.len() + built_in.count());
    teach::teach(&Router::new(Thresholds::from(&config.routing), None), encoder, lines, &built_in, &|| progress.tick(all))
        .map_err(Failure::Said)
}

fn undo(global: &Global, config: Config) -> Result<(), Failure> {
    let done = reach::once_in(config, Fill::Demo, Request::RoutingUndo, &[])?.document;
    if global.json {
        document(&done);
    } else {
        let now = if done["left"] == 0 { "as it was shipped" } else { "as it was taught before" };
        line(&format!("the routing is again {now}"));
    }
    Ok(())
}

fn show(report: &Value) {
    let change = |of: &Value| {
        let figures = ["accuracy", "ece"].map(|figure| (number(&of["before"][figure]), number(&of["after"][figure])));
        let [(accuracy, new_accuracy), (error, new_error)] = figures;
        format!("accuracy {accuracy:.3} -> {new_accuracy:.3}, calibration error {error:.3} -> {new_error:.3}")
    };
    let left_out = &report["left_out"];
    line(&format!("{} lines in {:.1} s", report["n"], number(&report["seconds"])));
    line(&format!(
        "  yours, left out in turn: {} ({} set right, {} set wrong)",
        change(left_out),
        left_out["set_right"],
        left_out["set_wrong"]
    ));
    line(&format!("  built-in check of {}: {}", report["check"]["n"], change(&report["check"])));
    match (report["taken"] == true, report["refused"].is_null()) {
        (true, _) => line("  taken into use; `electromart train intents --undo` takes it back"),
        (false, true) => line("  would be taken into use"),
        // The reason is the command's error.
        (false, false) => {}
    }
}
