//! `electromart bench`: how fast models answer, here and behind a server; and load on a running shop.

mod apart;
mod order;
mod serve;
pub(super) mod shop;

use std::path::Path;

use super::args::{Bench, Global, Sweep};
use super::outcome::{Failure, document, line};
use super::progress::Progress;
use super::{reach, system};
use crate::config::Config;
use crate::domain::agent::Provider;
use crate::eval::inference::machine::Machine;
use crate::eval::inference::report::Report;
use crate::eval::inference::{self, Skipped, chart, chats};
use crate::telemetry::LogFormat;
use apart::Apart;
use order::{Done, Order, Subject};

/// Tokens of prompt and answer where nothing else is asked for.
const LENGTHS: (u32, u32) = (256, 64);
/// The same where the decoder the program carries is among the models: it was made for short briefs.
const SHORT_LENGTHS: (u32, u32) = (64, 16);
const CONCURRENCY: u32 = 1;
/// Rounds enough for a median.
const ROUNDS: u32 = 5;

/// Measures, and prints what came of it.
pub fn run(global: &Global, args: &Bench) -> Result<(), Failure> {
    let sweep = &args.sweep;
    match (&args.what, sweep.given()) {
        (Some(_), Some(option)) => return Err(Failure::Usage(format!("{option} is an option of `electromart bench` alone"))),
        (Some(load), None) => return serve::run(global, load),
        (None, _) => {}
    }
    let providers = providers(global.provider.as_deref())?;
    // The mode of serving has other words; what is measured is told by the list.
    let global = Global { provider: None, ..global.clone() };
    if sweep.order {
        return obey(&global);
    }
    let to_stdout = sweep.chart.as_deref().is_some_and(|path| path == Path::new("-"));
    if to_stdout && global.json {
        return Err(Failure::Usage("--chart - and --json both write to standard output; give the chart a file".to_owned()));
    }
    let config = reach::prepare(&global)?;
    let report = reach::block_on(Box::pin(measure(&global, sweep, &config, &providers)))?;
    let drawn = chart::svg(&report.runs, &report.machine.line());
    match &sweep.chart {
        Some(_) if to_stdout => line(drawn.trim_end()),
        Some(path) => {
            std::fs::write(path, drawn).map_err(|error| Failure::Said(format!("{} cannot be written: {error}", path.display())))?
        }
        None => {}
    }
    if global.json {
        document(&report.document());
    } else if !to_stdout {
        report.table().iter().for_each(|text| line(text));
    }
    match report.skipped.first() {
        Some(skipped) if report.runs.is_empty() => Err(Failure::Said(format!("nothing could be measured: {}", skipped.reason))),
        _ => Ok(()),
    }
}

/// Which models are measured, in the order named.
fn providers(list: Option<&str>) -> Result<Vec<Provider>, Failure> {
    let known = |name: &str| match Provider::from_name(name.trim()) {
        Some(provider @ (Provider::Local | Provider::Remote)) => Ok(provider),
        _ => Err(Failure::Usage(format!("{name} cannot be measured; use --provider local, remote, or local,remote"))),
    };
    list.unwrap_or(Provider::Local.name()).split(',').map(known).collect()
}

/// A run in a process of its own: its order comes in, and what came of it goes out.
fn obey(global: &Global) -> Result<(), Failure> {
    reach::log(global, tracing::Level::WARN, LogFormat::Readable);
    let config = reach::load(global, &[])?.config;
    system::set_model_threads(&config);
    let order: Order = serde_json::from_reader(std::io::stdin().lock())
        .map_err(|error| Failure::Said(format!("the order on standard input cannot be read: {error}")))?;
    let done = reach::block_on(Box::pin(async {
        let subject = Subject::local(&config).await.map_err(Failure::Said)?;
        Ok(Box::pin(order::carry_out(&subject, &config, order)).await)
    }));
    let done: Result<Done, String> = match done {
        Ok(done) => done,
        Err(Failure::Said(sentence)) => Err(sentence),
        Err(other) => return Err(other),
    };
    line(&serde_json::to_string(&done).map_err(|error| Failure::Said(error.to_string()))?);
    Ok(())
}

/// Makes every run, and holds the chats with every model.
async fn measure(global: &Global, sweep: &Sweep, config: &Config, providers: &[Provider]) -> Result<Report, Failure> {
    let or = |given: &[u32], usual| if given.is_empty() { vec![usual] } else { given.to_vec() };
    let short = providers.contains(&Provider::Local) && config.local.model.is_none();
    let (prompt, output) = if short { SHORT_LENGTHS } else { LENGTHS };
    let at_once = or(&sweep.concurrency, CONCURRENCY);
    let runs = inference::plan(providers, &or(&sweep.prompt_tokens, prompt), &or(&sweep.output_tokens, output), &at_once);
    let remote = match providers.contains(&Provider::Remote) {
        true => Some(Subject::remote(config, at_once.iter().copied().max().unwrap_or(CONCURRENCY)).map_err(Failure::Said)?),
        false => None,
    };
    let places = Places { remote, local: Apart::of(global), config };
    let rounds = sweep.rounds.unwrap_or(ROUNDS);
    let most = sweep.chats.unwrap_or(usize::MAX).min(chats::chats().len());
    let progress = Progress::new("runs", global.quiet);
    let all = runs.len() + if most > 0 { providers.len() } else { 0 };
    let texts = shop::texts(config).await.map_err(Failure::Said)?;
    let mut report = Report {
        machine: Machine::here(),
        runs: Vec::new(),
        skipped: Vec::new(),
        chats: Vec::new(),
        rounds,
        currency: config.shop.currency.code().to_owned(),
    };
    for run in runs {
        let order = Order::Time { run, texts: texts.clone(), rounds, warm: sweep.warm };
        match places.carry_out(run.provider, order).await {
            Ok(Done::Timed(figures)) => report.runs.push(*figures),
            Ok(Done::Talked(_)) => {}
            Err(reason) => report.skipped.push(Skipped { run, reason }),
        }
        progress.tick(all);
    }
    let mut asked: Vec<Provider> = Vec::new();
    for provider in providers.iter().copied().filter(|_| most > 0) {
        // With a model that answers nothing there is no chat.
        if asked.contains(&provider) || !report.runs.iter().any(|run| run.provider == provider) {
            continue;
        }
        asked.push(provider);
        match places.carry_out(provider, Order::Talk { most }).await {
            Ok(Done::Talked(talked)) => report.chats.push(talked),
            Ok(Done::Timed(_)) => {}
            Err(reason) => tracing::warn!(%reason, %provider, "no chats were held"),
        }
        progress.tick(all);
    }
    report.join();
    Ok(report)
}

/// Where orders are carried out: a server's in this process, a local model's each in one of its own, since
/// the most memory a process had never falls.
struct Places<'a> {
    remote: Option<Subject>,
    local: Apart,
    config: &'a Config,
}

impl Places<'_> {
    async fn carry_out(&self, provider: Provider, order: Order) -> Result<Done, String> {
        match &self.remote {
            Some(subject) if provider == Provider::Remote => Box::pin(order::carry_out(subject, self.config, order)).await,
            _ => self.local.carry_out(&order).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_models_that_can_be_measured_are() {
        for (list, expected) in [
            (None, Some(vec![Provider::Local])),
            (Some("remote"), Some(vec![Provider::Remote])),
            (Some("local, remote"), Some(vec![Provider::Local, Provider::Remote])),
            (Some("template"), None),
            (Some("auto"), None),
            (Some(""), None),
            (Some("local,"), None),
        ] {
            assert_eq!(providers(list).ok(), expected, "{list:?}");
        }
    }
}
