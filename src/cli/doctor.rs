//! `electromart doctor`: how fast models would answer on this machine, and which one the shop should have.

use std::path::{Path, PathBuf};

use super::args::{Doctor as Args, Global};
use super::bench::shop::{self, Told};
use super::outcome::{Failure, document, line, read_text};
use super::progress::Progress;
use super::reach::{self, Shop};
use super::system;
use crate::app::commands::Request;
use crate::app::{Fill, Purpose};
use crate::config::{Config, Local};
use crate::eval::doctor::{Asked, Curve, Lengths, Prediction, Report, Row, hold};
use crate::eval::inference::machine::Machine;
use crate::eval::inference::own::{KINDS, Own};
use crate::llm::local::probe::{Outline, Probe, Shape, Vocabulary, bandwidth, beyond_caches};
use crate::llm::local::{LocalError, LocalModel, threads};
use crate::llm::models::{Choice, EMBEDDED, Manifest, Models, Record};
use crate::store::Store;
use crate::telemetry::LogFormat;

/// Bytes in a megabyte.
const MB: u64 = 1_000_000;
/// A quick measurement makes up a share of what is beyond the caches.
const QUICK_SHARE: u64 = 4;
/// Rounds in which memory is read.
const ROUNDS: usize = 5;
/// Replies of a shop by which the usual length can be told.
const FEWEST: usize = 6;
/// Most tokens of the program's own decoder, which ends by itself.
const OWN_MOST: usize = 200;

/// Measures, and says what came of it.
pub fn run(global: &Global, args: &Args) -> Result<(), Failure> {
    reach::log(global, tracing::Level::WARN, LogFormat::Readable);
    let config = reach::configure(global, &[])?;
    system::set_large_model_threads(&config);
    let manifest = match &args.manifest {
        Some(file) => Manifest::read(&read_text(file)?)?,
        None => Manifest::recommended()?,
    };
    let models = Models::of(&config.server.data_dir);
    let (record, choice) = (models.record()?, models.choice(&config.local)?);
    let subjects = subjects(&manifest, &models, &record, &choice);
    let progress = Progress::new("measured", global.quiet);
    let desk = Desk { config, quick: args.quick, budget_s: args.budget, progress, all: subjects.len() + 2 };
    let report = reach::block_on(Box::pin(desk.examine(subjects)))?;
    drop(desk);
    if global.json {
        document(&report.document());
    } else {
        report.lines().iter().for_each(|text| line(text));
    }
    Ok(())
}

/// A model, and what is known of it before anything is measured.
struct Subject {
    row: Row,
    /// Its file, where it is here.
    file: Option<PathBuf>,
    shape: Option<Shape>,
}

/// The models of the manifest, those that are installed beside them, and the shop's own wherever it is.
fn subjects(manifest: &Manifest, models: &Models, record: &Record, choice: &Choice) -> Vec<Subject> {
    let subject = |name: &str, recommended: bool, file: Option<PathBuf>, shape: Option<Shape>| {
        let row = Row { name: name.to_owned(), recommended, installed: file.is_some(), in_use: choice.name() == name, ..Row::default() };
        Subject { row, file, shape }
    };
    let installed = |name: &str| record.find(name).is_ok().then(|| models.file(name));
    let of_manifest = manifest.models.iter().map(|entry| subject(&entry.name, true, installed(&entry.name), entry.shape.clone()));
    let others = record.models.iter().filter(|model| manifest.find(&model.name).is_err());
    let others = others.map(|model| subject(&model.name, false, installed(&model.name), None));
    let elsewhere = match choice {
        Choice::File(path) => Some(subject(&choice.name(), false, Some(path.clone()), None)),
        Choice::Embedded | Choice::Installed(_) => None,
    };
    of_manifest.chain(others).chain(elsewhere).collect()
}

/// What every measurement has at hand.
struct Desk {
    config: Config,
    quick: bool,
    budget_s: f64,
    progress: Progress,
    /// Steps until all is measured.
    all: usize,
}

impl Desk {
    async fn examine(&self, subjects: Vec<Subject>) -> Result<Report, Failure> {
        let (whose, told) = self.told().await?;
        let threads = threads(&self.config.local);
        let rounds = if self.quick { 1 } else { ROUNDS };
        let read = apart(move || bandwidth(threads, rounds)).await?;
        let read = read.map_err(|error| Failure::Said(format!("memory cannot be measured: {error}")))?;
        self.progress.tick(self.all);
        let in_use = !subjects.iter().any(|subject| subject.row.in_use);
        let mut rows = vec![self.embedded(&told.short, in_use).await];
        self.progress.tick(self.all);
        for subject in subjects {
            rows.push(self.subject(subject, &told.full).await?);
            self.progress.tick(self.all);
        }
        Ok(Report {
            machine: Machine::here(),
            threads,
            available_mb: Outline::available().map(|bytes| bytes / MB),
            bandwidth_gb_s: (read / 1e7).round() / 100.0,
            prompts: format!("{} replies in {} chats with {whose}", told.full.len(), told.chats),
            budget_s: self.budget_s,
            rows,
        })
    }

    /// What a copy of this shop tells its models when it is asked about what it has; of a folder without one, and of a shop
    /// that has little to tell, the demo shop.
    async fn told(&self) -> Result<(&'static str, Told), Failure> {
        if let Some(own) = own(&self.config).await? {
            let told = shop::told(&self.config, Some(&own)).await.map_err(Failure::Said)?;
            if told.full.len() >= FEWEST && !told.short.is_empty() {
                return Ok(("this shop", told));
            }
        }
        let told = shop::told(&self.config, None).await.map_err(Failure::Said)?;
        if told.full.is_empty() {
            return Err(Failure::Said("the shop told its models nothing in its chats; look at it with `electromart check`".to_owned()));
        }
        Ok(("the demo shop", told))
    }

    /// The decoder the program carries, which is always here: it is only measured.
    async fn embedded(&self, asked: &[Asked], in_use: bool) -> Row {
        let held = match LocalModel::embedded() {
            Ok(model) => hold(&model, asked, OWN_MOST, None).await,
            Err(error) => Err(error.to_string()),
        };
        let (measured, reason) = (held.as_ref().ok().cloned(), held.err());
        Row { name: EMBEDDED.to_owned(), installed: true, in_use, fits: Some(true), measured, reason, ..Row::default() }
    }

    /// Predicts a model, and measures it as well where it is the shop's.
    async fn subject(&self, subject: Subject, asked: &[Asked]) -> Result<Row, Failure> {
        let Subject { mut row, file, shape } = subject;
        let (local, quick, texts, path) = (self.config.local.clone(), self.quick, asked.to_vec(), file.clone());
        let made = apart(move || Guess::new(path.as_deref(), shape.as_ref(), &texts, &local, quick)).await?;
        let guess = match made {
            Ok(guess) => guess,
            Err(reason) => return Ok(Row { reason: Some(reason), ..row }),
        };
        row.parameters = Some(guess.parameters);
        row.memory_mb = Some(guess.memory.div_ceil(MB));
        row.fits = Outline::available().map(|free| guess.memory <= free).or(Some(true));
        row.tokens = Some(guess.lengths);
        let curve = guess.curve.as_ref().ok();
        row.predicted = curve.map(|curve| Prediction::new(curve, &guess.lengths));
        row.reason = guess.curve.as_ref().err().cloned();
        let Some(path) = file.filter(|_| row.in_use) else { return Ok(row) };
        let held = match LocalModel::open(&path, &self.config.local) {
            Ok(model) => hold(&model, asked, guess.lengths.reply, curve).await.map_err(|reason| format!("it was not measured: {reason}")),
            Err(error) => Err(error.to_string()),
        };
        match held {
            Ok(held) => row.measured = Some(held),
            Err(reason) => row.reason = Some(reason),
        }
        if let Some(before) = curve.copied().filter(|_| row.measured.is_some()) {
            let (local, lengths, outline) = (self.config.local.clone(), guess.lengths, guess.outline);
            let after = apart(move || timed(&outline, &lengths, &local, quick)).await?;
            row.drift_percent = after.ok().map(|after| before.drift_percent(&after, &lengths));
        }
        Ok(row)
    }
}

/// What the shop of the data folder has, where there is one, running or not.
async fn own(config: &Config) -> Result<Option<Own>, Failure> {
    if !Store::exists(&config.server.data_dir) {
        return Ok(None);
    }
    let shop = Shop::reach(config.clone(), Fill::Empty, Purpose::Records).await?;
    let mut exports = Vec::new();
    for kind in KINDS {
        let request = Request::Export { kind: kind.to_owned(), name: format!("{kind}.json") };
        exports.push(shop.ask(request, &[]).await?.payload);
    }
    shop.close().await;
    Ok(Own::of(&exports))
}

/// What is found out about a model without running it.
struct Guess {
    parameters: u64,
    memory: u64,
    outline: Outline,
    lengths: Lengths,
    /// What its steps take, or why that is not known.
    curve: Result<Curve, String>,
}

impl Guess {
    fn new(file: Option<&Path>, shape: Option<&Shape>, asked: &[Asked], config: &Local, quick: bool) -> Result<Self, String> {
        let said = |error: LocalError| error.to_string();
        let (outline, vocabulary) = match (file, shape) {
            (Some(path), _) => (Outline::of_file(path, config), Vocabulary::of_file(path)),
            (None, Some(shape)) => (Outline::of_shape(shape, config), Vocabulary::of_shape(shape)),
            (None, None) => return Err("the manifest has no shape of it, so that nothing is known before it is pulled".to_owned()),
        };
        let outline = outline.map_err(said)?;
        let lengths = Lengths::of(asked, &vocabulary.map_err(said)?).map_err(said)?;
        let curve = if lengths.prompt + lengths.reply > outline.context() {
            let (needed, context) = (lengths.prompt + lengths.reply, outline.context());
            Err(format!("a typical prompt with its reply is {needed} tokens, and it reads {context}"))
        } else {
            timed(&outline, &lengths, config, quick).map_err(said)
        };
        Ok(Self { parameters: outline.parameters(), memory: outline.memory(), outline, lengths, curve })
    }
}

/// Makes up a network and times its steps.
fn timed(outline: &Outline, lengths: &Lengths, config: &Local, quick: bool) -> Result<Curve, LocalError> {
    let bytes = if quick { beyond_caches() / QUICK_SHARE } else { beyond_caches() };
    Curve::measure(&mut Probe::new(outline, bytes, config)?, lengths.prompt, quick)
}

/// Does work that takes seconds on a thread of its own, so that an interruption ends the program at once.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let (to, done) = tokio::sync::oneshot::channel();
    let thread = std::thread::Builder::new().name("doctor".to_owned()).spawn(move || {
        // Whoever was interrupted needs no answer.
        let _ = to.send(work());
    });
    thread.map_err(|error| Failure::Said(format!("no thread can be started to measure on: {error}")))?;
    done.await.map_err(|_| Failure::Said("a measurement broke off; --verbose says more".to_owned()))
}
