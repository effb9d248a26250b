//! `electromart eval`: the models on labelled lines.

use std::time::Instant;

use serde_json::{Value, json};

use super::args::{Eval, Global};
use super::outcome::{Failure, document, line, number, read_text};
use super::progress::Progress;
use super::reach;
use crate::agents::orchestrator::Thresholds;
use crate::app::commands::Request;
use crate::app::taught::Fits;
use crate::app::{App, Fill, Purpose};
use crate::config::{Config, ProviderMode};
use crate::domain::agent::Intent;
use crate::domain::time::Moment;
use crate::eval::{self, Router};
use crate::llm::encoder::Encoder;
use crate::sentiment::Analyzer;
use crate::store::Store;
use crate::turn::product_vectors::Pace;

/// Measures and prints.
pub fn run(global: &Global, args: &Eval) -> Result<(), Failure> {
    let config = reach::configure(global, &[])?;
    super::system::set_model_threads(&config);
    let text = &read_text(&args.file)?;
    let (report, show): (Value, fn(&Value)) = match args.what.as_str() {
        "knowledge" => (knowledge(args, config, text)?, show_knowledge),
        "entities" => (entities(config, text)?, show_entities),
        "search" => (search(global, config, text)?, show_search),
        "intents" => (intents(config, text)?, show),
        "sentiment" => {
            let labels = ["positive", "neutral", "negative"];
            let analyzer = Analyzer::embedded();
            (eval::evaluate(&lines(text, &labels)?, &labels, None, |line| eval::sentiment(&analyzer, line)), show)
        }
        _ => {
            let labels = ["urgent", "normal"];
            let analyzer = Analyzer::embedded();
            (eval::evaluate(&lines(text, &labels)?, &labels, None, |line| eval::urgency(&analyzer, line)), show)
        }
    };
    if global.json {
        document(&report);
    } else {
        show(&report);
    }
    Ok(())
}

/// Routes the labelled messages.
fn intents(config: Config, text: &str) -> Result<Value, Failure> {
    let labels: Vec<&str> = Intent::ALL.iter().map(|intent| intent.name()).collect();
    let lines = lines(text, &labels)?;
    let thresholds = Thresholds::from(&config.routing);
    let router = Router::new(thresholds, encoder(config)?);
    Ok(eval::evaluate(&lines, &labels, Some(thresholds.confidence), |line| router.guess(line)))
}

/// The encoder with what the shop of the data folder taught it; none where the shop runs without a model.
fn encoder(config: Config) -> Result<Option<Encoder>, Failure> {
    if config.provider.mode == ProviderMode::Template {
        return Ok(None);
    }
    let said = |error: &dyn std::error::Error| Failure::Said(error.to_string());
    let encoder = Encoder::embedded().map_err(|error| said(&error))?;
    // Measuring makes no shop.
    if Store::exists(&config.server.data_dir) {
        let kept = reach::once_in(config, Fill::Demo, Request::RoutingFits, &[])?.payload;
        let fits = Fits::read(&kept).map_err(|error| said(&error))?;
        encoder.adjust(fits.used_by(encoder.fingerprint())).map_err(|error| said(&error))?;
    }
    Ok(Some(encoder))
}

/// Measures with the shop of the data folder.
fn with_shop(config: Config, measure: impl AsyncFnOnce(&App) -> Result<Value, Failure>) -> Result<Value, Failure> {
    reach::block_on(async {
        let app = App::open(config, Fill::Demo, Purpose::Talk).await?;
        let report = measure(&app).await;
        app.close().await;
        report
    })
}

/// Asks the shop the labelled questions.
fn knowledge(args: &Eval, config: Config, text: &str) -> Result<Value, Failure> {
    let asked = eval::knowledge::questions(text).map_err(Failure::Said)?;
    with_shop(config, async |app| {
        app.engine.learn_meaning().await.map_err(|error| Failure::Said(error.to_string()))?;
        let shelves = app.engine.library.shelves();
        let today = Moment::now().day_in(&app.engine.shop.zone);
        Ok(eval::knowledge::find_all(&shelves.knowledge, app.engine.encoder.as_deref(), &asked, today, args.features))
    })
}

fn show_knowledge(report: &Value) {
    line(&format!(
        "{} questions, {} with an answer, by {}: the best entry is right for {:.3}; {:.0} us each",
        report["n"],
        report["with_answer"],
        report["tier"].as_str().unwrap_or_default(),
        number(&report["best_entry_right"]),
        number(&report["p50_us"]),
    ));
    for at in report["at"].as_array().into_iter().flatten() {
        line(&format!(
            "  at {:.1}: recall {:.3}, precision {:.3}; {} answered that have no answer",
            number(&at["threshold"]),
            number(&at["recall"]),
            number(&at["precision"]),
            at["answered_without_answer"],
        ));
    }
}

/// Reads what the labelled lines name, as the shop does.
fn entities(config: Config, text: &str) -> Result<Value, Failure> {
    let lines = eval::entities::lines(text).map_err(Failure::Said)?;
    with_shop(config, async |app| {
        let shelves = app.engine.library.shelves();
        let today = Moment::now().day_in(&app.engine.shop.zone);
        let reader = eval::entities::Reader::new(&shelves, app.engine.shop.currency, app.engine.thresholds);
        Ok(eval::entities::evaluate(&reader, &lines, today))
    })
}

fn show_entities(report: &Value) {
    line(&format!(
        "{} lines, all right in {}; p50 {:.0} us, p99 {:.0} us",
        report["n"],
        report["lines_right"],
        number(&report["p50_us"]),
        number(&report["p99_us"]),
    ));
    show_each(&report["per_kind"]);
}

/// Searches the shop's catalogue, once every product has its vector.
fn search(global: &Global, config: Config, text: &str) -> Result<Value, Failure> {
    let judged = eval::search::judged(text).map_err(Failure::Said)?;
    with_shop(config, async |app| {
        let begun = Instant::now();
        let progress = Progress::new("vectors of products", global.quiet);
        let made = app.engine.learn_products(Pace::Pressing, |there, all| progress.at(there, all)).await;
        drop(progress);
        let made = made.map_err(|error| Failure::Said(error.to_string()))?;
        let seconds = begun.elapsed().as_secs_f64();
        let shelves = app.engine.library.shelves();
        let mut report = eval::search::search_all(&shelves, app.engine.encoder.as_deref(), &judged);
        report["vectors"] = json!({ "products": shelves.products.there(), "made": made, "seconds": seconds });
        Ok(report)
    })
}

fn show_search(report: &Value) {
    line(&format!("{} queries, {} products with a vector", report["n"], report["vectors"]["products"]));
    let alone = ["words", "meaning"].into_iter().filter_map(|name| Some((name, report.get(name)?)));
    for (name, figures) in alone.chain([("both", report)]) {
        line(&format!(
            "  {name:<8} nDCG@10 {:.3}  recall@50 {:.3}  MRR {:.3}  p50 {:.0} us  p99 {:.0} us",
            number(&figures["ndcg_at_10"]),
            number(&figures["recall_at_50"]),
            number(&figures["mrr"]),
            number(&figures["p50_us"]),
            number(&figures["p99_us"]),
        ));
    }
}

fn lines(text: &str, labels: &[&str]) -> Result<Vec<eval::Line>, Failure> {
    eval::lines(text, labels).map_err(Failure::Said)
}

fn show(report: &Value) {
    line(&format!(
        "{} lines: accuracy {:.3}, macro F1 {:.3}, calibration error {:.3}, p50 {:.0} us, p99 {:.0} us",
        report["n"],
        number(&report["accuracy"]),
        number(&report["macro_f1"]),
        number(&report["ece"]),
        number(&report["p50_us"]),
        number(&report["p99_us"]),
    ));
    show_each(&report["per_label"]);
    if let Some(at) = report.get("at_threshold") {
        let (threshold, coverage, precision) = (number(&at["threshold"]), number(&at["coverage"]), number(&at["precision"]));
        line(&format!("  at {threshold:.2}: coverage {coverage:.3}, precision {precision:.3}"));
    }
}

/// A line for each label or kind.
fn show_each(figures: &Value) {
    for (name, figures) in figures.as_object().into_iter().flatten() {
        line(&format!(
            "  {name:<10} precision {:.3}  recall {:.3}  F1 {:.3}  of {}",
            number(&figures["precision"]),
            number(&figures["recall"]),
            number(&figures["f1"]),
            figures["n"],
        ));
    }
}
