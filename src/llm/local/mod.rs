//! A model in this process, from a GGUF file.
//!
//! llama, qwen2, qwen3, phi3 and gemma3 run on our own decoder: weights mapped from the file, several
//! conversations in a step, and what was read once is not read again. lfm2, glm4 and phi2, and weights of kinds that have no
//! product here (`Q2_K`, `Q3_K`), run on candle-transformers, one conversation at a time.
//!
//! Without a file there is the decoder that the program carries ([`LocalModel::embedded`]): 2 MB, learnt for
//! nothing but wording the shop's own points (`models/nano/DECODER.md`).
//!
//! The file's header is read and checked at once ([`LocalModel::open`]); weights are loaded on the
//! model's own thread, which makes the steps. Who finds no room waits in a short queue: customers' turns before others,
//! who also make room for them ([`Rank`]).
//!
//! Every [`Constraint`](super::Constraint) is kept while decoding, whatever the weights ([`Rule`]). A document of a
//! schema may still break off where the most tokens of the answer are reached.
//!
//! Our decoder runs on `[local] threads` threads of its own. candle takes its number of threads from `CANDLE_NUM_THREADS`,
//! else `RAYON_NUM_THREADS`, at its first use, and has no other setting; who starts the process sets them from the same
//! key ([`thread_variables`]).

mod answer;
mod caution;
mod constraint;
mod draft;
mod engine;
mod error;
mod gguf;
mod kept;
mod line;
mod network;
mod plan;
pub mod probe;
mod sampler;
mod template;
#[cfg(test)]
mod tests;
mod text;
mod tokenizer;
mod worker;

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, mpsc, oneshot};

use super::kernels::matrix::Bytes;
use super::{Brief, ChatModel, Health, ModelError, Prompt, Rank, Said, Saying};
use crate::config::Local;
use crate::domain::agent::Provider;
use answer::Watch;
use caution::Caution;
use engine::{Engine, Speech};
use gguf::Header;
use kept::Kept;
use line::Waiting;
use plan::Plan;
use template::Template;
use tokenizer::Tokenizer;
use worker::{Expected, Job, Shared};

pub use constraint::{Refused, Rule, Rules, check};
pub use engine::{CHUNK as PROMPT_STEP, Timing};
pub use error::LocalError;

/// Turns that may wait for the model, and as many others. It speaks some ten tokens a second on a small machine, so who
/// comes later would not be answered within any deadline.
const WAITING: usize = 16;

/// The weights the program carries.
static DECODER: &[u8] = include_bytes!("../../../models/nano/decoder.gguf");
/// What they are called in replies and in the log.
const DECODER_NAME: &str = "electromart-decoder";
/// Where the decoder finds no next piece likelier than this, the shop's phrases go on. Chosen on the replies held out
/// of its training (`models/nano/DECODER.md`).
const SURE: Caution = Caution { facts: 0.6, words: 0.25 };

/// Answers the embedded decoder makes at once: in a step of its size one more costs as much as the first.
const DECODER_AT_ONCE: usize = 4;

/// How a model's work is spread.
#[derive(Debug, Clone, Copy)]
struct Threads {
    /// Threads of its products.
    threads: usize,
    /// Answers at once.
    at_once: usize,
}

/// A model in this process. Cloning the `Arc` shares it; its thread ends with the last.
pub struct LocalModel {
    name: String,
    brief: Brief,
    context: usize,
    jobs: Sender<Waiting>,
    /// The places in the queue, by rank.
    places: [Arc<Semaphore>; 2],
    shared: Arc<Shared>,
}

impl std::fmt::Debug for LocalModel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalModel").field("name", &self.name).field("health", &self.health()).finish_non_exhaustive()
    }
}

/// The environment variables, with their values, by which candle is told `[local] threads`; empty for 0,
/// that is for as many as there are cores. They count only if set before candle's first use, so before
/// the process starts or as the first thing it does.
pub fn thread_variables(config: &Local) -> Vec<(&'static str, String)> {
    match config.threads {
        0 => Vec::new(),
        n => ["CANDLE_NUM_THREADS", "RAYON_NUM_THREADS"].into_iter().map(|name| (name, n.to_string())).collect(),
    }
}

impl LocalModel {
    /// Opens a model file: checks its header, sizes and tokenizer's kind and whether it fits into memory,
    /// and begins to load it. Until it is loaded its health is [`Health::Loading`].
    ///
    /// # Errors
    /// Says in one sentence what is wrong with the file, or why it cannot be run here.
    pub fn open(path: &Path, config: &Local) -> Result<Arc<Self>, LocalError> {
        let (file, plan) = examine(path, config.context_tokens)?;
        plan.fits(plan::available_memory())?;
        let name = path.file_stem().map_or_else(|| "model".to_owned(), |stem| stem.to_string_lossy().into_owned());
        let context = usize::try_from(plan.context).unwrap_or(0);
        let (path, label, tokens) = (path.to_owned(), name.clone(), config.context_tokens);
        let threads = Threads { threads: threads(config), at_once: config.max_sessions.max(1) };
        let mut first = Some((file, plan));
        let load = move || {
            // The header is not kept beside the loaded model: a second load reads it again.
            let (file, plan) = match first.take() {
                Some(read) => read,
                None => examine(&path, tokens)?,
            };
            assemble(&label, &file, &plan, &Bytes::map(&File::open(&path)?)?, threads)
        };
        let load = parking_lot::Mutex::new(load);
        Self::start(name, Brief::Full, context, threads.at_once, Box::new(move || (load.lock())()))
    }

    /// Checks a file as [`LocalModel::open`] does, but for the memory it would take here, and loads nothing.
    ///
    /// # Errors
    /// As [`LocalModel::open`].
    pub fn check(path: &Path) -> Result<(), LocalError> {
        examine(path, usize::MAX).map(drop)
    }

    /// The decoder the program carries.
    ///
    /// # Errors
    /// As [`LocalModel::open`]; with the file of this repository, none but that no thread can be started.
    pub fn embedded() -> Result<Arc<Self>, LocalError> {
        let read = || checked(DECODER, DECODER.len() as u64, usize::MAX);
        let context = usize::try_from(read()?.1.context).unwrap_or(0);
        // Its products are so small that a second thread makes them slower as soon as anything else runs.
        let threads = Threads { threads: 1, at_once: DECODER_AT_ONCE };
        let load = move || {
            let (file, plan) = read()?;
            let engine = assemble(DECODER_NAME, &file, &plan, &Bytes::Carried(DECODER), threads)?;
            Ok(Engine { speech: Speech { caution: Some(SURE), ..engine.speech }, ..engine })
        };
        Self::start(DECODER_NAME.to_owned(), Brief::Short, context, DECODER_AT_ONCE, Box::new(load))
    }

    /// Starts the thread of a model that `load` makes.
    fn start(name: String, brief: Brief, context: usize, at_once: usize, load: worker::Load) -> Result<Arc<Self>, LocalError> {
        let (jobs, to_do) = channel();
        let places = [WAITING; 2].map(|most| Arc::new(Semaphore::new(most)));
        let shared = Arc::new(Shared::new());
        let seen = Arc::clone(&shared);
        std::thread::Builder::new().name("local-model".to_owned()).spawn(move || worker::run(&load, &to_do, &seen, at_once))?;
        Ok(Arc::new(Self { name, brief, context, jobs, places, shared }))
    }

    /// Why the model is degraded, in one sentence for staff; `None` while it is well or loading.
    pub fn problem(&self) -> Option<String> {
        self.shared.problem()
    }

    /// Tokens of prompt and answer together that the model takes.
    pub fn context_tokens(&self) -> usize {
        self.context
    }

    /// Lets the model make one small step on its thread, after the work that waits there.
    ///
    /// # Errors
    /// [`ModelError::Busy`] while it loads or too many wait, [`ModelError::Timeout`] after `within`, and
    /// [`ModelError::Failed`] if it is broken.
    pub async fn probe(&self, within: Duration) -> Result<(), ModelError> {
        let (reply, Expected { answer, .. }) = worker::reply();
        self.send(Job::Probe { reply })?;
        wait(within, answer).await
    }

    /// Answers a prompt with nothing beside it, one token a step and none guessed ahead, and tells how long that took.
    ///
    /// # Errors
    /// As [`ChatModel::say`].
    pub async fn time(&self, prompt: &Prompt) -> Result<Timing, ModelError> {
        let (reply, Expected { gone, answer }) = worker::reply();
        let started = Arc::new(AtomicBool::new(false));
        let watch = Watch {
            rank: prompt.rank,
            began: Instant::now(),
            first_token: prompt.first_token,
            whole: prompt.whole,
            started,
            pieces: None,
            gone,
        };
        self.send(Job::Time { prompt: Box::new(prompt.clone()), watch, reply })?;
        wait(prompt.whole, answer).await
    }

    /// How likely each of `labels` is as the kind of a customer's message, as shares that add up to 1, in
    /// the order of the labels.
    ///
    /// The model reads a fixed prompt with the message, and each label's score is the mean log-probability
    /// of its tokens as the answer. The prompt is read once (by a network that cannot go back: once more for
    /// each further label of more than one token). The shares say which label the model prefers; they are
    /// not calibrated.
    ///
    /// # Errors
    /// As [`ChatModel::say`]: busy, too late, too long, or broken.
    pub async fn route(&self, text: &str, labels: &[&str], within: Duration) -> Result<Vec<f32>, ModelError> {
        if labels.is_empty() {
            return Ok(Vec::new());
        }
        let (reply, Expected { gone, answer }) = worker::reply();
        let watch = Watch {
            rank: Rank::Turn,
            began: Instant::now(),
            first_token: within,
            whole: within,
            started: Arc::new(AtomicBool::new(false)),
            pieces: None,
            gone,
        };
        let labels = labels.iter().map(|l| (*l).to_owned()).collect();
        self.send(Job::Route { text: text.to_owned(), labels, watch, reply })?;
        wait(within, answer).await
    }

    fn send(&self, job: Job) -> Result<(), ModelError> {
        if self.shared.health() == Health::Loading {
            return Err(ModelError::Busy);
        }
        let places = &self.places[usize::from(job.rank() == Rank::Aside)];
        let _place = Arc::clone(places).try_acquire_owned().map_err(|_| ModelError::Busy)?;
        self.jobs.send(Waiting::Asked { job, _place }).map_err(|_| ModelError::Failed)
    }

    async fn ask(&self, prompt: &Prompt, pieces: Option<mpsc::UnboundedSender<String>>) -> Result<Said, ModelError> {
        let (reply, Expected { gone, mut answer }) = worker::reply();
        let started = Arc::new(AtomicBool::new(false));
        let began = Instant::now();
        let (first_token, whole) = (prompt.first_token, prompt.whole);
        let watch = Watch { rank: prompt.rank, began, first_token, whole, started: Arc::clone(&started), pieces, gone };
        self.send(Job::Say { prompt: Box::new(prompt.clone()), watch, reply })?;
        // The thread looks at the clock between steps; here it is looked at whatever a step takes.
        match tokio::time::timeout(prompt.first_token.min(prompt.whole), &mut answer).await {
            Ok(said) => said.unwrap_or(Err(ModelError::Failed)),
            Err(_) if !started.load(Ordering::Relaxed) => Err(ModelError::Timeout),
            Err(_) => wait(prompt.whole.saturating_sub(began.elapsed()), answer).await,
        }
    }
}

impl ChatModel for LocalModel {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn provider(&self) -> Provider {
        Provider::Local
    }

    fn brief(&self) -> Brief {
        self.brief
    }

    /// While the model loads, [`ModelError::Busy`].
    fn say<'a>(&'a self, prompt: &'a Prompt, pieces: Option<mpsc::UnboundedSender<String>>) -> Saying<'a> {
        Box::pin(self.ask(prompt, pieces))
    }

    fn health(&self) -> Health {
        self.shared.health()
    }
}

async fn wait<T>(within: Duration, answer: oneshot::Receiver<Result<T, ModelError>>) -> Result<T, ModelError> {
    match tokio::time::timeout(within, answer).await {
        Ok(said) => said.unwrap_or(Err(ModelError::Failed)),
        Err(_) => Err(ModelError::Timeout),
    }
}

/// Reads and checks a file's header.
fn examine(path: &Path, context_tokens: usize) -> Result<(Header, Plan), LocalError> {
    let file = File::open(path)?;
    let len = file.metadata()?.len();
    checked(BufReader::new(file), len, context_tokens)
}

fn checked(from: impl Read, len: u64, context_tokens: usize) -> Result<(Header, Plan), LocalError> {
    let file = Header::read(from, len)?;
    let plan = Plan::read(&file, context_tokens)?;
    Tokenizer::check(&file)?;
    Ok((file, plan))
}

/// The threads of a model file's products: as many as configured, else as there are cores.
pub fn threads(config: &Local) -> usize {
    if config.threads == 0 { std::thread::available_parallelism().map_or(1, usize::from) } else { config.threads }
}

/// Makes a model of a file. It keeps as many conversations as told, of its whole context each, as long as they take no more
/// than a quarter of the memory that is free; one always has room.
fn assemble(name: &str, file: &Header, plan: &Plan, bytes: &Bytes, threads: Threads) -> Result<Engine, LocalError> {
    let tokenizer = Arc::new(Tokenizer::read(file, plan.rows)?);
    let template = Template::read(file, &tokenizer);
    let rules = Rules::new(Arc::clone(&tokenizer));
    let network = network::load(plan, file, bytes, threads.threads)?;
    let context = usize::try_from(plan.context).unwrap_or(0);
    let spare = plan::available_memory().map_or(u64::MAX, |free| free / 4);
    let affordable = usize::try_from(spare).unwrap_or(usize::MAX) / network.position_bytes().max(1);
    let room = context.saturating_mul(threads.at_once).min(affordable).max(context);
    let speech = Speech { tokenizer, template, rules, name: name.to_owned(), caution: None };
    Ok(Engine { network, speech, context, room, kept: Kept::default() })
}
