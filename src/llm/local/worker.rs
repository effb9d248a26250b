//! The thread a model lives on.
//!
//! Nobody else touches the model: the others send jobs. A panic within a step ends that job alone; the
//! model then counts as degraded and is loaded again, once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::super::{Health, ModelError, Prompt, Said};
use super::engine::{Ended, Engine, Watch};
use super::error::LocalError;

/// Makes the model, at the start and after it broke.
pub(super) type Load = Box<dyn Fn() -> Result<Engine, LocalError> + Send>;

/// What the thread is asked.
pub(super) enum Job {
    Say { prompt: Box<Prompt>, watch: Watch, reply: Reply<Said> },
    Route { text: String, labels: Vec<String>, watch: Watch, reply: Reply<Vec<f32>> },
    Probe { reply: Reply<()> },
}

/// Where an answer goes.
pub(super) type Reply<T> = Arc<Mutex<Option<oneshot::Sender<Result<T, ModelError>>>>>;

/// The caller's side of a reply.
pub(super) struct Expected<T> {
    /// Whether the caller has gone away; for the thread.
    pub gone: Box<dyn Fn() -> bool + Send>,
    pub answer: oneshot::Receiver<Result<T, ModelError>>,
}

/// Makes the two ends of a reply.
pub(super) fn reply<T: Send + 'static>() -> (Reply<T>, Expected<T>) {
    let (to, answer) = oneshot::channel();
    let to = Arc::new(Mutex::new(Some(to)));
    let seen = Arc::clone(&to);
    let gone = Box::new(move || seen.lock().as_ref().is_none_or(oneshot::Sender::is_closed));
    (to, Expected { gone, answer })
}

fn answer<T>(reply: &Reply<T>, what: Result<T, ModelError>) {
    if let Some(to) = reply.lock().take() {
        // Who has gone away needs no answer.
        let _ = to.send(what);
    }
}

/// What others may know of the thread.
pub(super) struct Shared {
    health: Mutex<(Health, Option<String>)>,
}

impl Shared {
    pub(super) fn new() -> Self {
        Self { health: Mutex::new((Health::Loading, None)) }
    }

    pub(super) fn health(&self) -> Health {
        self.health.lock().0
    }

    /// Why it is not healthy.
    pub(super) fn problem(&self) -> Option<String> {
        self.health.lock().1.clone()
    }

    fn set(&self, health: Health, problem: Option<String>) {
        *self.health.lock() = (health, problem);
    }
}

/// The thread's work: until everybody who could send a job is gone.
pub(super) fn run(load: &Load, jobs: &Receiver<Job>, shared: &Shared) {
    let mut engine = start(load, shared);
    let mut again = true;
    while let Ok(job) = jobs.recv() {
        let Some(model) = engine.as_mut() else {
            refuse(&job);
            continue;
        };
        // The model is thrown away if the closure panics, so nothing half done is seen afterwards.
        let broke = match catch_unwind(AssertUnwindSafe(|| work(model, &job))) {
            Ok(Ok(())) => continue,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "a step of the model panicked".to_owned(),
        };
        tracing::error!(reason = %broke, again, "the local model failed");
        shared.set(Health::Degraded, Some(broke));
        engine = None;
        refuse(&job);
        if std::mem::take(&mut again) {
            engine = start(load, shared);
        }
    }
}

/// Loads the model and lets it make one small step.
fn start(load: &Load, shared: &Shared) -> Option<Engine> {
    let began = std::time::Instant::now();
    let loaded = catch_unwind(AssertUnwindSafe(|| {
        let mut engine = load()?;
        engine.probe()?;
        Ok::<_, LocalError>(engine)
    }));
    match loaded.unwrap_or(Err(LocalError::Broken)) {
        Ok(engine) => {
            tracing::info!(model = engine.name, ms = began.elapsed().as_millis(), "the local model is ready");
            shared.set(Health::Healthy, None);
            Some(engine)
        }
        Err(error) => {
            tracing::error!(%error, "the local model cannot be used");
            shared.set(Health::Degraded, Some(error.to_string()));
            None
        }
    }
}

fn refuse(job: &Job) {
    match job {
        Job::Say { reply, .. } => answer(reply, Err(ModelError::Failed)),
        Job::Route { reply, .. } => answer(reply, Err(ModelError::Failed)),
        Job::Probe { reply } => answer(reply, Err(ModelError::Failed)),
    }
}

/// Does a job; an error means that the model broke.
fn work(model: &mut Engine, job: &Job) -> Result<(), LocalError> {
    match job {
        Job::Say { prompt, watch, reply } => settle(watch.check().and_then(|()| model.say(prompt, watch)), reply),
        Job::Route { text, labels, watch, reply } => settle(watch.check().and_then(|()| model.route(text, labels, watch)), reply),
        Job::Probe { reply } => settle(model.probe().map_err(Ended::Broke), reply),
    }
}

fn settle<T>(end: Result<T, Ended>, reply: &Reply<T>) -> Result<(), LocalError> {
    match end {
        Ok(what) => answer(reply, Ok(what)),
        Err(Ended::Told(error)) => answer(reply, Err(error)),
        Err(Ended::Left) => {}
        Err(Ended::Broke(error)) => return Err(error),
    }
    Ok(())
}
