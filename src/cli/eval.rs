//! `electromart eval`: the models on labelled lines.

use std::time::Instant;

use serde_json::{Value, json};

use super::args::{Eval, Global};
use super::outcome::{Failure, document, line, progress, read_text};
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
    match args.what.as_str() {
        "knowledge" => return knowledge(global, args, config, text),
        "entities" => return entities(global, config, text),
        "search" => return search(global, config, text),
        _ => {}
    }
    let report = match args.what.as_str() {
        "intents" => {
            let labels: Vec<&str> = Intent::ALL.iter().map(|intent| intent.name()).collect();
            let lines = lines(text, &labels)?;
            let thresholds = thresholds(&config);
            let router = Router::new(thresholds, encoder(config)?);
            eval::evaluate(&lines, &labels, Some(thresholds.confidence), |line| router.guess(line))
        }
        "sentiment" => {
            let labels = ["positive", "neutral", "negative"];
            let analyzer = Analyzer::embedded();
            eval::evaluate(&lines(text, &labels)?, &labels, None, |line| eval::sentiment(&analyzer, line))
        }
        _ => {
            let labels = ["urgent", "normal"];
            let analyzer = Analyzer::embedded();
            eval::evaluate(&lines(text, &labels)?, &labels, None, |line| eval::urgency(&analyzer, line))
        }
    };
    if global.json {
        document(&report);
    } else {
        show(&report);
    }
    Ok(())
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

/// Asks the shop of the data folder the labelled questions.
fn knowledge(global: &Global, args: &Eval, config: Config, text: &str) -> Result<(), Failure> {
    let asked = eval::knowledge::questions(text).map_err(Failure::Said)?;
    let report = reach::block_on(async {
        let app = App::open(config, Fill::Demo, Purpose::Talk).await?;
        app.engine.learn_meaning().await.map_err(|error| Failure::Said(error.to_string()))?;
        let shelves = app.engine.library.shelves();
        let today = Moment::now().day_in(&app.engine.shop.zone);
        let encoder = app.engine.encoder.as_deref();
        let report = eval::knowledge::find_all(&shelves.knowledge, encoder, &asked, today, args.features);
        app.close().await;
        Ok(report)
    })?;
    if global.json {
        document(&report);
        return Ok(());
    }
    let number = |value: &Value| value.as_f64().unwrap_or_default();
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
    Ok(())
}

/// Reads what the labelled lines name with the shop of the data folder.
fn entities(global: &Global, config: Config, text: &str) -> Result<(), Failure> {
    let lines = eval::entities::lines(text).map_err(Failure::Said)?;
    let thresholds = thresholds(&config);
    let report = reach::block_on(async {
        let app = App::open(config, Fill::Demo, Purpose::Talk).await?;
        let shelves = app.engine.library.shelves();
        let today = Moment::now().day_in(&app.engine.shop.zone);
        let reader = eval::entities::Reader::new(&shelves, app.engine.shop.currency, thresholds);
        let report = eval::entities::evaluate(&reader, &lines, today);
        app.close().await;
        Ok(report)
    })?;
    if global.json {
        document(&report);
        return Ok(());
    }
    let number = |value: &Value| value.as_f64().unwrap_or_default();
    line(&format!(
        "{} lines, all right in {}; p50 {:.0} us, p99 {:.0} us",
        report["n"],
        report["lines_right"],
        number(&report["p50_us"]),
        number(&report["p99_us"]),
    ));
    show_each(&report["per_kind"]);
    Ok(())
}

/// Searches the catalogue of the data folder, once every product has its vector.
fn search(global: &Global, config: Config, text: &str) -> Result<(), Failure> {
    let judged = eval::search::judged(text).map_err(Failure::Said)?;
    let report = reach::block_on(async {
        let app = App::open(config, Fill::Demo, Purpose::Talk).await?;
        let begun = Instant::now();
        let made = app.engine.learn_products(Pace::Pressing, |there, all| progress(global, "vectors of products", there, all)).await;
        let made = made.map_err(|error| Failure::Said(error.to_string()))?;
        let seconds = begun.elapsed().as_secs_f64();
        let shelves = app.engine.library.shelves();
        let mut report = eval::search::search_all(&shelves, app.engine.encoder.as_deref(), &judged);
        report["vectors"] = json!({ "products": shelves.products.there(), "made": made, "seconds": seconds });
        app.close().await;
        Ok(report)
    })?;
    if global.json {
        document(&report);
        return Ok(());
    }
    let number = |value: &Value| value.as_f64().unwrap_or_default();
    line(&format!("{} queries, {} products with a vector", report["n"], report["vectors"]["products"]));
    let alone = ["words", "meaning"].into_iter().filter_map(|name| Some((name, report.get(name)?)));
    for (name, figures) in alone.chain([("both", &report)]) {
        line(&format!(
            "  {name:<8} nDCG@10 {:.3}  recall@50 {:.3}  MRR {:.3}  p50 {:.0} us  p99 {:.0} us",
            number(&figures["ndcg_at_10"]),
            number(&figures["recall_at_50"]),
            number(&figures["mrr"]),
            number(&figures["p50_us"]),
            number(&figures["p99_us"]),
        ));
    }
    Ok(())
}

fn thresholds(config: &Config) -> Thresholds {
    Thresholds { confidence: config.routing.threshold.0, margin: config.routing.margin.0 }
}

fn lines(text: &str, labels: &[&str]) -> Result<Vec<eval::Line>, Failure> {
    eval::lines(text, labels).map_err(Failure::Said)
}

fn show(report: &Value) {
    let number = |value: &Value| value.as_f64().unwrap_or_default();
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
    let number = |value: &Value| value.as_f64().unwrap_or_default();
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
