//! The driver: does what the machine asks for. The only place of a turn that waits.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::library::{Follows, Library, Listening, Shelves};
use super::lookups::{Asker, Outcome, Reader};
use super::machine::{Effect, Event, Machine, Sensed, Start};
use super::meaning::{Meaning, Vector};
use super::plan::Asked;
use super::speaker::{self, Spoken};
use super::tickets::TicketNumbers;
use super::write_up::{Timing, Written, write_up};
use crate::agents::lookup::Lookup;
use crate::agents::orchestrator::{ModelView, Thresholds};
use crate::domain::agent::{Agent, Decider, Intent, IntentScores};
use crate::domain::error::{ErrorCode, Rejected};
use crate::domain::event::{CancelReason, ServerEvent, Stage};
use crate::domain::goal::Goal;
use crate::domain::ids::{MessageId, Seq, SessionId, SessionKey};
use crate::domain::message::{Body, Notice, NoticeKind, Stored, UserMessage};
use crate::domain::product::Product;
use crate::domain::proof::IdentityPolicy;
use crate::domain::shop::Shop;
use crate::domain::state::ConversationState;
use crate::domain::time::Moment;
use crate::hub::Hub;
use crate::llm::Voices;
use crate::llm::encoder::{Encoder, Scores, Utterance};
use crate::sentiment::Analyzer;
use crate::store::command::{Fenced, Settle, Settled};
use crate::store::{Store, StoreError};
use crate::telemetry;

/// Everything a turn works with.
pub struct Engine {
    /// The records.
    pub store: Store,
    /// The indexes over them.
    pub library: Library,
    /// Watchers.
    pub hub: Hub,
    /// Mood and urgency.
    pub sentiment: Analyzer,
    /// What a message is for; without it the rules decide alone (the template tier).
    pub encoder: Option<Arc<Encoder>>,
    /// The shop.
    pub shop: Arc<Shop>,
    /// Whose an order is.
    pub policy: IdentityPolicy,
    /// Numbers of new tickets.
    pub tickets: TicketNumbers,
    /// When the orchestrator asks.
    pub thresholds: Thresholds,
    /// Most changes of agent in a turn.
    pub max_handoffs: usize,
    /// Models that put replies into words.
    pub voices: Voices,
    /// Messages of a conversation that a model is given.
    pub history: usize,
    /// From acceptance to the answer, at most.
    pub deadline: Duration,
    /// A failed proof of identity is answered this long after its message was accepted, whatever failed.
    pub identity_pause: Duration,
}

/// A message to be answered.
#[derive(Debug)]
pub struct Job {
    /// Its session.
    pub session: SessionKey,
    /// The session's public name.
    pub session_id: SessionId,
    /// Its place in the session.
    pub seq: Seq,
    /// Its ticket in the inbox.
    pub inbox: u64,
    /// The session's epoch when it was accepted.
    pub epoch: u32,
    /// The message.
    pub message: UserMessage,
    /// Where it came from, for counting attempts.
    pub address: String,
    /// Name of the request that brought it, for the log.
    pub request_id: String,
    /// When it was accepted (for messages found at boot: when the process started).
    pub accepted_at: Moment,
    /// How long it stood in line before its turn.
    pub waited: Duration,
    /// It was accepted before a restart.
    pub replayed: bool,
    /// It was found waiting at so many starts that it may be what ends the program: it is not tried again.
    pub suspect: bool,
}

/// A worker's place: held while a turn computes, given back while it waits.
#[derive(Debug, Default)]
pub struct Worker {
    permit: Option<OwnedSemaphorePermit>,
    places: Option<Arc<Semaphore>>,
}

impl Worker {
    /// A worker that holds a place.
    pub fn new(permit: OwnedSemaphorePermit) -> Self {
        Self { places: Some(Arc::clone(permit.semaphore())), permit: Some(permit) }
    }

    /// Gives the place to the next message; what follows only waits.
    pub fn step_out(&mut self) {
        self.permit = None;
    }

    /// Takes a place again, to go on computing after a wait.
    pub async fn step_in(&mut self) {
        if let (None, Some(places)) = (&self.permit, &self.places) {
            // The places are never closed while turns run.
            self.permit = Arc::clone(places).acquire_owned().await.ok();
        }
    }
}

/// How a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// With a reply.
    Replied,
    /// A person had taken over, or it was answered before.
    Refused,
    /// With an error message instead of a reply.
    Failed,
}

impl Engine {
    /// Runs one turn to its end. Whatever happens, the message is answered, answered with an error, or
    /// was answered by somebody else.
    pub async fn run(&self, job: &Job, mut worker: Worker) -> Ended {
        if job.replayed {
            let message = MessageId::reply_to(job.session, job.seq);
            self.hub.publish(job.session, &ServerEvent::Cancel { message, reason: CancelReason::Restarted });
        }
        if job.suspect {
            return Box::pin(self.fail(job, Rejected::internal())).await;
        }
        let left = self.deadline.saturating_sub(Moment::now().since(job.accepted_at));
        let outcome = tokio::time::timeout(left, Box::pin(self.turn(job, &mut worker))).await;
        worker.step_out();
        match outcome {
            Ok(Ok(ended)) => ended,
            Ok(Err(error)) => {
                tracing::error!(session = %job.session_id, %error, "the store failed in a turn");
                // Boxed, as it is rare: a turn's task is small without it.
                Box::pin(self.fail(job, Rejected::internal())).await
            }
            Err(_) => {
                let error = Rejected::new(ErrorCode::Timeout, "There was no answer in time. Please send it again.");
                Box::pin(self.fail(job, error)).await
            }
        }
    }

    async fn turn(&self, job: &Job, worker: &mut Worker) -> Result<Ended, StoreError> {
        let waited = Moment::now().since(job.accepted_at);
        let state = self.store.state(job.session).await?;
        let shelves = self.library.shelves();
        let mut asked = Asked::default();
        let machine = self.work_out(job, &state, &shelves, worker, &mut asked).await?;
        self.typing(job, machine.agent(), Stage::Writing);
        let mut spoken = match self.speak_with_models(job, &machine, &shelves, worker, &asked).await? {
            Some(spoken) => spoken,
            None => {
                let spoken = speaker::with_templates(&machine);
                self.stream(job, &machine, &spoken);
                spoken
            }
        };
        spoken.drafts.splice(0..0, asked.draft);
        if machine.outcome.identity_failed {
            worker.step_out();
            self.hold_back(job).await;
        }
        self.finish(job, machine, spoken, waited, worker).await
    }

    /// Runs the machine over a message until there is nothing left but to speak.
    pub(super) async fn work_out(
        &self,
        job: &Job,
        state: &ConversationState,
        shelves: &Shelves,
        worker: &mut Worker,
        asked: &mut Asked,
    ) -> Result<Box<Machine>, StoreError> {
        // Boxed: it is some kilobytes, and goes from hand to hand.
        let mut machine = Box::new(Machine::new(Start {
            text: job.message.text.clone(),
            tap: job.message.tap.clone(),
            session: job.session_id.to_string(),
            state: state.clone(),
            shop: Arc::clone(&self.shop),
            thresholds: self.thresholds,
            max_handoffs: self.max_handoffs,
            now: Moment::now(),
        }));
        self.typing(job, state.active.unwrap_or(Agent::Orchestrator), Stage::Understanding);
        let (mut view, before) = (None, self.before(job).await?);
        let mut meaning = self.meaning(None);
        let mut event = Event::Begin;
        loop {
            event = match machine.step(event) {
                Effect::Sense => {
                    let read = self.read(machine.text(), job, &before);
                    view = read.0;
                    meaning = self.meaning(read.1.map(|vector| (machine.text().to_owned(), vector)));
                    Event::Sensed(Box::new(self.sense(&machine, shelves, &meaning).await?))
                }
                Effect::Classify => Event::Classified(view.take()),
                Effect::LookUp(agent, lookups) => Event::Found(self.look_up(job, &machine, shelves, agent, &lookups, &meaning).await?),
                Effect::Propose => Event::Proposed(self.propose(job, &machine, shelves, worker, asked).await?),
                Effect::Number => Event::Numbered(self.tickets.take()),
                Effect::Finish => return Ok(machine),
            };
        }
    }

    /// The same answer after the same time, whether the number, the proof or the lock was at fault.
    async fn hold_back(&self, job: &Job) {
        let left = self.identity_pause.saturating_sub(Moment::now().since(job.accepted_at));
        tokio::time::sleep(left).await;
    }

    async fn sense(&self, machine: &Machine, shelves: &Shelves, meaning: &Meaning<'_>) -> Result<Sensed, StoreError> {
        let (text, state) = (machine.text(), machine.before());
        let asked = state.focus.asked.as_deref();
        let follows = state.focus.entry.as_deref().map(|entry| Follows { entry, asked });
        let today = Moment::now().day_in(&self.shop.zone);
        let in_hand = self.in_hand(state).await?;
        let heard = shelves.listen(&Listening { text, today, meaning: Some(meaning), follows, in_hand: in_hand.as_deref() });
        let mut shown: Vec<Arc<Product>> = Vec::new();
        let focus = &state.focus;
        let on_table = focus.listed.iter().chain(&focus.products).chain(&focus.recent).chain(&focus.owned);
        for sku in on_table {
            if shown.iter().any(|product| product.sku == *sku) {
                continue;
            }
            shown.extend(self.store.get::<Product>(sku).await?.map(|(_, product)| product));
        }
        // "Ok black then": what is in hand may be wanted in another of its versions.
        const IN_HAND: usize = 3;
        for present in focus.products.iter().take(IN_HAND) {
            shown.extend(self.versions(present, shelves, &shown).await?);
        }
        Ok(Sensed { sentiment: self.sentiment.analyze(text), heard, shown })
    }

    /// The kind of what is in hand: of the one product on the table, or of the first of several.
    async fn in_hand(&self, state: &ConversationState) -> Result<Option<String>, StoreError> {
        let Some(sku) = state.focus.products.first().or_else(|| state.focus.listed.first()) else { return Ok(None) };
        let product = self.store.get::<Product>(sku).await?.map(|(_, product)| product);
        Ok(product.and_then(|product| product.leaf_category().map(str::to_owned)))
    }

    /// The versions of a product shown that were not.
    async fn versions(&self, sku: &str, shelves: &Shelves, shown: &[Arc<Product>]) -> Result<Vec<Arc<Product>>, StoreError> {
        let Some(own) = shown.iter().find(|product| product.sku == sku) else { return Ok(Vec::new()) };
        let mut versions = Vec::new();
        for sku in shelves.catalogue.named_alike(sku) {
            if shown.iter().any(|product| product.sku == sku) {
                continue;
            }
            let other = self.store.get::<Product>(&sku).await?.map(|(_, product)| product);
            versions.extend(other.filter(|product| product.family() == own.family()));
        }
        Ok(versions)
    }

    /// The messages before one, where anything reads them.
    async fn before(&self, job: &Job) -> Result<Vec<Stored>, StoreError> {
        let wanted = self.encoder.is_some() && job.message.tap.is_none();
        match job.seq {
            seq if wanted && seq > 1 => self.store.history(job.session, seq - 1, HISTORY).await,
            _ => Ok(Vec::new()),
        }
    }

    /// What the encoder makes of the message and the two before it, and the vector of the message alone. A
    /// failure leaves both to the rules and the words.
    fn read(&self, text: &str, job: &Job, before: &[Stored]) -> (Option<ModelView>, Option<Vector>) {
        let Some(encoder) = self.encoder.as_deref().filter(|_| job.message.tap.is_none()) else { return (None, None) };
        let history: Vec<Utterance<'_>> = before
            .iter()
            .filter_map(|stored| match &stored.body {
                Body::User(message) => Some(Utterance { from_customer: true, text: &message.text }),
                Body::Agent(message) => Some(Utterance { from_customer: false, text: &message.text }),
                Body::Notice(_) => None,
            })
            .collect();
        let begun = std::time::Instant::now();
        let looked = encoder.look(text, &history);
        telemetry::model("local", "classify", begun.elapsed());
        let Ok((scores, vector)) = looked else {
            telemetry::model_failure("local", "classify");
            return (None, None);
        };
        let vector = vector.or_else(|| encoder.embed(text).ok());
        (Some(view(&scores)), vector.map(Into::into))
    }

    async fn look_up(
        &self,
        job: &Job,
        machine: &Machine,
        shelves: &Shelves,
        agent: Agent,
        lookups: &[Lookup],
        meaning: &Meaning<'_>,
    ) -> Result<Vec<Outcome>, StoreError> {
        self.typing(job, agent, Stage::LookingUp);
        let now = Moment::now();
        let reader = Reader {
            store: &self.store,
            shelves,
            policy: &self.policy,
            today: now.day_in(&self.shop.zone),
            now,
            meaning: meaning.clone(),
            plainer: machine.plainer(),
        };
        let identity = &machine.outcome.state.identity;
        let asker = Asker {
            customer: identity.customer.clone(),
            level: identity.level,
            session: job.session_id.to_string(),
            address: job.address.clone(),
        };
        let mut outcomes = Vec::with_capacity(lookups.len());
        for lookup in lookups {
            if !super::handoff::may_look_up(agent, lookup.name()) {
                tracing::error!(%agent, lookup = lookup.name(), "a look-up outside the agent's charter was refused");
                continue;
            }
            outcomes.push(reader.run(lookup, &asker).await?);
        }
        Ok(outcomes)
    }

    /// Publishes verified sentences before their commit, but for a turn that writes: its promises wait.
    fn stream(&self, job: &Job, machine: &Machine, spoken: &Spoken) {
        let outcome = &machine.outcome;
        if !outcome.writes.is_empty() || outcome.identity_failed || is_late(job) || !self.hub.is_watched(job.session) {
            return;
        }
        let message = MessageId::reply_to(job.session, job.seq);
        let mut said = String::new();
        for (sentence, index) in spoken.words.sentences().iter().zip(0_u32..) {
            let separator = super::grounding::separator(&said, sentence.text());
            let text = format!("{separator}{}", sentence.text());
            said.push_str(&text);
            self.hub.publish(job.session, &ServerEvent::Delta { message, index, text, epoch: job.epoch });
        }
    }

    fn typing(&self, job: &Job, agent: Agent, stage: Stage) {
        if is_late(job) {
            return;
        }
        self.hub.publish(job.session, &ServerEvent::Typing { agent, stage });
    }

    /// Stores the result in one batch, then publishes it.
    async fn finish(
        &self,
        job: &Job,
        machine: Box<Machine>,
        spoken: Spoken,
        waited: Duration,
        worker: &mut Worker,
    ) -> Result<Ended, StoreError> {
        let now = Moment::now();
        let latency = now.since(job.accepted_at);
        let Written { settle, bodies, state, summary } = write_up(job, *machine, spoken, Timing { now, latency, waited });
        worker.step_out();
        match self.settle(settle, Some(state)).await? {
            Settled::Done(seqs) => {
                summary.tell(job, latency);
                for (seq, body) in seqs.into_iter().zip(bodies) {
                    self.hub.publish(job.session, &ServerEvent::Message(Arc::new(Stored { seq, body })));
                }
                Ok(Ended::Replied)
            }
            Settled::Fenced => {
                let message = MessageId::reply_to(job.session, job.seq);
                self.hub.publish(job.session, &ServerEvent::Cancel { message, reason: CancelReason::TakenOver });
                Ok(Ended::Refused)
            }
            Settled::AlreadyAnswered => Ok(Ended::Refused),
            Settled::Conflict => {
                let error = Rejected::new(ErrorCode::Conflict, "Something changed in between. Please send it again.");
                Ok(Box::pin(self.fail(job, error)).await)
            }
        }
    }

    /// Takes a session out of the hands of turns: when this returns, no automatic message will be stored or
    /// shown that was begun before. `None` when there is no such session.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn fence(&self, session: SessionKey) -> Result<Option<Fenced>, StoreError> {
        let fenced = self.store.fence(session).await?;
        if let Some(fenced) = fenced {
            self.hub.fence(session, fenced.epoch);
        }
        Ok(fenced)
    }

    /// Stores a result, with whatever remote models have cost since the last one that was stored: it needs
    /// no write of its own.
    async fn settle(&self, mut settle: Settle, state: Option<ConversationState>) -> Result<Settled, StoreError> {
        settle.spent = self.voices.take_spent();
        let spent = settle.spent;
        let outcome = self.store.settle(settle, state).await;
        if !matches!(outcome, Ok(Settled::Done(_))) {
            spent.into_iter().for_each(|spent| self.voices.give_back_spent(spent));
        }
        outcome
    }

    /// Answers a message with an error, so that it does not wait for ever.
    async fn fail(&self, job: &Job, error: Rejected) -> Ended {
        let now = Moment::now();
        let notice = Notice { kind: NoticeKind::Failed, from: None, to: None, reason: error.message.clone(), created_at: now };
        let body = Body::Notice(notice);
        let settle = Settle {
            session: job.session,
            in_reply_to: job.seq,
            inbox: job.inbox,
            epoch: job.epoch,
            at: now,
            bodies: vec![Settle::body(&body)],
            state: None,
            customer: None,
            records: Vec::new(),
            cited: Vec::new(),
            proven: None,
            audit: Vec::new(),
            turn: None,
            analytics: None,
            spent: None,
        };
        match self.settle(settle, None).await {
            Ok(Settled::Done(seqs)) => {
                for seq in seqs {
                    self.hub.publish(job.session, &ServerEvent::Message(Arc::new(Stored { seq, body: body.clone() })));
                }
            }
            Ok(Settled::Fenced) => {
                // A person answers; that a turn failed behind their back is nobody's business.
                let message = MessageId::reply_to(job.session, job.seq);
                self.hub.publish(job.session, &ServerEvent::Cancel { message, reason: CancelReason::TakenOver });
                return Ended::Refused;
            }
            Ok(Settled::AlreadyAnswered) => return Ended::Refused,
            Ok(Settled::Conflict) | Err(_) => {}
        }
        let message = MessageId::at(job.session, job.seq);
        self.hub.publish(job.session, &ServerEvent::Failed { message, client_id: job.message.client_id.clone(), error });
        Ended::Failed
    }
}

/// A message that is this old is answered at once rather than piece by piece: "is typing" would come with the
/// reply itself.
const LATE: Duration = Duration::from_millis(100);
/// So is one that stood in line this long, a turn of the shop's own phrases many times over: the machine has enough to do.
const LONG_IN_LINE: Duration = Duration::from_millis(30);

fn is_late(job: &Job) -> bool {
    job.waited > LONG_IN_LINE || Moment::now().since(job.accepted_at) > LATE
}

/// Messages before the one to be classified that the encoder reads.
const HISTORY: usize = 2;

/// The encoder's scores as the orchestrator takes them.
pub fn view(scores: &Scores) -> ModelView {
    let mut intents = [0.0; 5];
    for (name, score) in scores.named() {
        if let Some(intent) = Intent::from_name(name) {
            intents[intent.index()] = score;
        }
    }
    let goals = scores.goals.iter().filter_map(|(name, share)| Some((Goal::from_name(name)?, *share))).collect();
    ModelView { intents: IntentScores(intents), goals, decider: Decider::Encoder }
}
