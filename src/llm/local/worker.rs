//! The thread a model lives on.
//!
//! Nobody else touches the model: the others send jobs. Answers share the steps of the network: whoever comes while others
//! speak joins at the next step, and who leaves is gone with it. How many speak at once is bounded by what their
//! conversations take; the others wait in the queue. For a customer's turn, answers of a lower rank are put aside where
//! there is no place otherwise: they go on, with the same words, when there is one again.
//!
//! A panic within a step ends the answers of that step; the model then counts as degraded and is loaded again, once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::super::{Health, ModelError, Prompt, Rank, Said};
use super::answer::{Ended, Watch};
use super::engine::{Engine, Talk, Timing};
use super::error::LocalError;
use super::line::{Line, Waiting};
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

impl Job {
    pub(super) fn rank(&self) -> Rank {
        match self {
            Self::Say { watch, .. } | Self::Route { watch, .. } | Self::Time { watch, .. } => watch.rank,
            Self::Probe { .. } => Rank::Turn,
        }
    }

    /// Whether nobody waits for it any more.
    pub(super) fn is_left(&self) -> bool {
        match self {
            Self::Say { watch, .. } | Self::Route { watch, .. } | Self::Time { watch, .. } => (watch.gone)(),
            Self::Probe { reply } => reply.lock().as_ref().is_none_or(oneshot::Sender::is_closed),
        }
    }
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
pub(super) type Spoken = Talk<Reply<Said>>;
/// Answers under way.
type Talks = Vec<Spoken>;

/// The thread's work: until everybody who could send a job is gone.
pub(super) fn run(load: &Load, jobs: &Receiver<Waiting>, shared: &Shared, at_once: usize) {
    let mut engine = start(load, shared);
    let mut again = true;
    let mut talks = Talks::new();
    let mut line = Line::default();
    loop {
        let Some(model) = engine.as_mut() else {
            if !line.fill(jobs, true) {
                return;
            }
            line.empty().for_each(|waiting| refuse(&waiting));
            continue;
        };
        // The model is thrown away if the closure panics, so nothing half done is seen afterwards.
        let turn = catch_unwind(AssertUnwindSafe(|| turn(model, jobs, &mut talks, &mut line, at_once)));
        let broke = match turn {
            Ok(Ok(true)) => continue,
            Ok(Ok(false)) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "a step of the model panicked".to_owned(),
        };
        tracing::error!(reason = %broke, again, "the local model failed");
        shared.set(Health::Degraded, Some(broke));
        engine = None;
        talks.drain(..).for_each(|talk| answer(&talk.whose, Err(ModelError::Failed)));
        line.begun().iter().for_each(refuse);
        if std::mem::take(&mut again) {
            engine = start(load, shared);
        }
    }
}

/// Takes in who waits, and makes one step; `false` when nobody is left who could ask.
fn turn(model: &mut Engine, jobs: &Receiver<Waiting>, talks: &mut Talks, line: &mut Line, at_once: usize) -> Result<bool, LocalError> {
    let at_once = if model.network.is_shared() { at_once.max(1) } else { 1 };
    if !line.fill(jobs, talks.is_empty()) {
        return Ok(false);
    }
    while let Some(next) = line.take(|rank| talks.len() < at_once || talks.iter().any(|talk| talk.watch.rank > rank)) {
        let begun = match next {
            Waiting::Asked { job, .. } => take_in(model, job)?,
            Waiting::Begun(talk) => Some(*talk),
        };
        let Some(talk) = begun else { continue };
        if let Some(talk) = seat(model, talk, talks, line, at_once)? {
            line.put_back(talk);
            break;
        }
    }
    for (at, end) in model.step(talks)? {
        let mut talk = talks.remove(at);
        settle(end, &talk.whose)?;
        model.keep(&mut talk.answer, reserved(&*talks));
    }
    Ok(true)
}

/// Positions that answers may come to take.
fn reserved<'a>(talks: impl IntoIterator<Item = &'a Spoken>) -> usize {
    talks.into_iter().map(|talk| talk.answer.reach()).sum()
}

/// Gives an answer its place among those under way, for which others of a lower rank are put aside; gives it back where
/// there is no place for it yet.
fn seat(model: &mut Engine, mut talk: Spoken, talks: &mut Talks, line: &mut Line, at_once: usize) -> Result<Option<Spoken>, LocalError> {
    if let Err(end) = talk.watch.check() {
        settle::<Said>(Err(end), &talk.whose)?;
        return Ok(None);
    }
    let (rank, reach, room) = (talk.watch.rank, talk.answer.reach(), model.room);
    let fits = |count: usize, taken: usize| count == 0 || count < at_once && taken + reach <= room;
    let staying = || talks.iter().filter(|other| other.watch.rank <= rank);
    if !fits(staying().count(), reserved(staying())) {
        return Ok(Some(talk));
    }
    while !fits(talks.len(), reserved(&*talks)) {
        // Who came last goes first.
        let Some(at) = talks.iter().rposition(|other| other.watch.rank > rank) else { break };
        let mut other = talks.remove(at);
        model.keep(&mut other.answer, reserved(&*talks));
        line.put_back(other);
    }
    model.resume(&mut talk.answer);
    model.kept.shrink(room.saturating_sub(reserved(&*talks) + reach) / PAGE);
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

fn refuse(waiting: &Waiting) {
    match waiting {
        Waiting::Begun(talk) => answer(&talk.whose, Err(ModelError::Failed)),
        Waiting::Asked { job: Job::Say { reply, .. }, .. } => answer(reply, Err(ModelError::Failed)),
        Waiting::Asked { job: Job::Route { reply, .. }, .. } => answer(reply, Err(ModelError::Failed)),
        Waiting::Asked { job: Job::Probe { reply }, .. } => answer(reply, Err(ModelError::Failed)),
        Waiting::Asked { job: Job::Time { reply, .. }, .. } => answer(reply, Err(ModelError::Failed)),
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
