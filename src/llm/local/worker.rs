//! The thread a model lives on.
//!
//! Nobody else touches the model: the others send jobs. Answers share the steps of the network: whoever comes while others
//! speak joins at the next step, and who leaves is gone with it. How many speak at once is bounded by what their
//! conversations take; the others wait in the queue.
//!
//! A panic within a step ends the answers of that step; the model then counts as degraded and is loaded again, once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};

use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::super::{Health, ModelError, Prompt, Said};
use super::answer::{Ended, Watch};
use super::engine::{Engine, Talk, Timing};
use super::error::LocalError;
use super::network::PAGE;

/// Makes the model, at the start and after it broke.
pub(super) type Load = Box<dyn Fn() -> Result<Engine, LocalError> + Send>;

/// What the thread is asked.
pub(super) enum Job {
    Say { prompt: Box<Prompt>, watch: Watch, reply: Reply<Said> },
    Route { text: String, labels: Vec<String>, watch: Watch, reply: Reply<Vec<f32>> },
    Probe { reply: Reply<()> },
    Time { prompt: Box<Prompt>, watch: Watch, reply: Reply<Timing> },
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

/// An answer and where it goes.
type Spoken = Talk<Reply<Said>>;
/// Answers under way.
type Talks = Vec<Spoken>;

/// The thread's work: until everybody who could send a job is gone.
pub(super) fn run(load: &Load, jobs: &Receiver<Job>, shared: &Shared, at_once: usize) {
    let mut engine = start(load, shared);
    let mut again = true;
    let mut talks = Talks::new();
    // The answer that is begun and has no room beside the others yet.
    let mut waiting = None;
    loop {
        let Some(model) = engine.as_mut() else {
            match jobs.recv() {
                Ok(job) => refuse(&job),
                Err(_) => return,
            }
            continue;
        };
        // The model is thrown away if the closure panics, so nothing half done is seen afterwards.
        let turn = catch_unwind(AssertUnwindSafe(|| turn(model, jobs, &mut talks, &mut waiting, at_once)));
        let broke = match turn {
            Ok(Ok(true)) => continue,
            Ok(Ok(false)) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "a step of the model panicked".to_owned(),
        };
        tracing::error!(reason = %broke, again, "the local model failed");
        shared.set(Health::Degraded, Some(broke));
        engine = None;
        talks.drain(..).chain(waiting.take()).for_each(|talk| answer(&talk.whose, Err(ModelError::Failed)));
        if std::mem::take(&mut again) {
            engine = start(load, shared);
        }
    }
}

/// Takes in who waits, and makes one step; `false` when nobody is left who could ask.
fn turn(
    model: &mut Engine,
    jobs: &Receiver<Job>,
    talks: &mut Talks,
    waiting: &mut Option<Spoken>,
    at_once: usize,
) -> Result<bool, LocalError> {
    let at_once = if model.network.is_shared() { at_once.max(1) } else { 1 };
    while talks.len() < at_once {
        if let Some(talk) = waiting.take() {
            *waiting = seat(model, talk, talks)?;
            if waiting.is_some() {
                break;
            }
            continue;
        }
        let next = if talks.is_empty() { jobs.recv().map_err(|_| TryRecvError::Disconnected) } else { jobs.try_recv() };
        match next {
            Ok(job) => *waiting = take_in(model, job)?,
            Err(TryRecvError::Empty) => break,
            Err(TryRecvError::Disconnected) if talks.is_empty() => return Ok(false),
            Err(TryRecvError::Disconnected) => break,
        }
    }
    for (at, end) in model.step(talks)? {
        let talk = talks.remove(at);
        settle(end, &talk.whose)?;
        model.keep(talk.answer, reserved(talks));
    }
    Ok(true)
}

/// Positions that the answers under way may come to take.
fn reserved(talks: &Talks) -> usize {
    talks.iter().map(|talk| talk.answer.reach()).sum()
}

/// Gives an answer its place among those under way; gives it back where there is no room for it yet.
fn seat(model: &mut Engine, talk: Spoken, talks: &mut Talks) -> Result<Option<Spoken>, LocalError> {
    if let Err(end) = talk.watch.check() {
        settle::<Said>(Err(end), &talk.whose)?;
        return Ok(None);
    }
    let taken = reserved(talks) + talk.answer.reach();
    if !talks.is_empty() && taken > model.room {
        return Ok(Some(talk));
    }
    model.kept.shrink(model.room.saturating_sub(taken) / PAGE);
    talks.push(talk);
    Ok(None)
}

/// Does a small job, or begins an answer, which is given back to be seated.
fn take_in(model: &mut Engine, job: Job) -> Result<Option<Spoken>, LocalError> {
    match job {
        Job::Say { prompt, watch, reply } => match watch.check().and_then(|()| model.begin(&prompt)) {
            Ok(answer) => return Ok(Some(Talk { answer, watch, whose: reply })),
            Err(end) => settle(Err(end), &reply)?,
        },
        Job::Route { text, labels, watch, reply } => settle(watch.check().and_then(|()| model.route(&text, &labels, &watch)), &reply)?,
        Job::Time { prompt, watch, reply } => settle(watch.check().and_then(|()| model.time(&prompt, watch)), &reply)?,
        Job::Probe { reply } => settle(model.probe().map_err(Ended::Broke), &reply)?,
    }
    Ok(None)
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
            tracing::info!(model = engine.speech.name, ms = began.elapsed().as_millis(), "the local model is ready");
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
        Job::Time { reply, .. } => answer(reply, Err(ModelError::Failed)),
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
