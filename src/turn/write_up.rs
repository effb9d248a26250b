//! The result of a turn, written up: the messages, the record of how they came about, the figures.

use std::time::Duration;

use super::assemble::{self, Proof};
use super::driver::Job;
use super::machine::{Machine, TurnResult};
use super::speaker::Spoken;
use crate::agents::orchestrator::{Decision, Escalation};
use crate::domain::agent::{Agent, Decider, Intent, Provider};
use crate::domain::goal::Goal;
use crate::domain::message::{AgentMessage, Body, Choice, Notice, NoticeKind, PendingAction};
use crate::domain::record::{RecordKind, RecordRef, Version};
use crate::domain::sentiment::{Mood, Sentiment};
use crate::domain::state::ConversationState;
use crate::domain::ticket::Ticket;
use crate::domain::time::Moment;
use crate::store::codec;
use crate::store::command::Settle;
use crate::store::rows::{AnalyticsRow, AuditRow, TurnRecord};
use crate::telemetry;

/// A result, ready to be stored, with what is published once it is.
pub struct Written {
    /// The batch.
    pub settle: Settle,
    /// Its messages.
    pub bodies: Vec<Body>,
    /// The state after the turn.
    pub state: ConversationState,
    /// What metrics and the log are told.
    pub summary: Summary,
}

/// When a turn happened and how long it took.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// Now.
    pub now: Moment,
    /// Since the message was accepted.
    pub latency: Duration,
    /// Of that, waiting for a worker.
    pub waited: Duration,
}

impl Timing {
    fn latency_ms(&self) -> u32 {
        millis(self.latency)
    }
}

fn millis(span: Duration) -> u32 {
    u32::try_from(span.as_millis()).unwrap_or(u32::MAX)
}

/// What was decided about the message, in the form it is stored.
struct Decided {
    intent: Intent,
    confidence: f32,
    decider: Decider,
    reasoning: String,
    agent: Agent,
    goal: Goal,
    sentiment: Sentiment,
}

impl Decided {
    fn of(machine: &Machine) -> Self {
        let decision: Option<&Decision> = machine.decision();
        Self {
            intent: decision.map_or(Intent::General, |d| d.intent),
            confidence: decision.map_or(0.0, |d| d.confidence),
            decider: decision.map_or(Decider::Rules, |d| d.decider),
            reasoning: decision.map(|d| d.reasoning.clone()).unwrap_or_default(),
            agent: machine.agent(),
            goal: machine.goal(),
            sentiment: machine.sentiment(),
        }
    }
}

/// Writes a turn up.
pub fn write_up(job: &Job, machine: Machine, spoken: Spoken, timing: Timing) -> Written {
    let decided = Decided::of(&machine);
    let mut outcome = machine.outcome;
    let proof = assemble::prove(&spoken.words, &outcome.cards, &mut outcome.book);
    let cited = proof.records.clone();
    let summary = Summary {
        agent: decided.agent,
        intent: decided.intent,
        provider: spoken.provider,
        mood: decided.sentiment.label,
        handoffs: outcome.handoffs.iter().map(|(from, to, _)| (*from, *to)).collect(),
        escalation: outcome.escalation.map(Escalation::name),
    };
    let mut bodies = notices(&outcome, timing.now);
    bodies.push(Body::Agent(Box::new(message(job, &decided, &outcome, proof, &spoken, timing))));
    let analytics = analytics(job, &decided, &outcome, &summary, timing);
    let turn = record(job, decided, &outcome, spoken, timing);
    let agent = summary.agent;
    let settle = Settle {
        session: job.session,
        in_reply_to: job.seq,
        inbox: job.inbox,
        epoch: job.epoch,
        at: timing.now,
        bodies: bodies.iter().map(Settle::body).collect(),
        state: Some(Settle::state(&outcome.state)),
        customer: outcome.state.identity.customer.clone(),
        audit: outcome
            .tickets
            .iter()
            .map(|ticket| audit(job, agent, ticket, timing.now))
            .chain(outcome.amended.iter().map(|(number, version)| amended(job, agent, number, *version, timing.now)))
            .collect(),
        records: outcome.writes,
        cited,
        proven: outcome.proven,
        turn: Some(codec::encode(&turn)),
        analytics: Some(analytics),
        spent: None,
    };
    Written { settle, bodies, state: outcome.state, summary }
}

fn notices(outcome: &TurnResult, now: Moment) -> Vec<Body> {
    let notice = |(from, to, reason): &(Agent, Agent, String)| Notice {
        kind: NoticeKind::Handoff,
        from: Some(*from),
        to: Some(*to),
        reason: reason.clone(),
        created_at: now,
    };
    outcome.handoffs.iter().map(|handoff| Body::Notice(notice(handoff))).collect()
}

fn message(job: &Job, decided: &Decided, outcome: &TurnResult, proof: Proof, spoken: &Spoken, timing: Timing) -> AgentMessage {
    let pending = outcome.proposes.as_ref();
    AgentMessage {
        in_reply_to: Some(job.seq),
        agent: decided.agent,
        text: spoken.words.text(),
        intent: Some(decided.intent),
        confidence: Some(decided.confidence),
        sentiment: Some(decided.sentiment),
        provider: spoken.provider,
        cards: proof.cards,
        options: told_apart(&outcome.options),
        pending_action: pending
            .map(|action| PendingAction { action_id: action.id.clone(), summary: "Open a ticket for our team".to_owned() }),
        records: proof.records,
        evidence: proof.evidence,
        acts: outcome.acts.iter().map(|act| act.kind).collect(),
        asks: outcome.asks.clone(),
        ticket: outcome.tickets.first().map(|ticket| &ticket.number).or(outcome.amended.first().map(|(number, _)| number)).cloned(),
        escalated: outcome.escalation.is_some(),
        latency_ms: timing.latency_ms(),
        created_at: timing.now,
    }
}

/// Options with an identifier each. Those named after an intent keep it: a tap on one is a label.
fn told_apart(options: &[Choice]) -> Vec<Choice> {
    let own = |(place, option): (usize, &Choice)| match Intent::from_name(&option.id) {
        Some(_) => option.clone(),
        None => Choice { id: format!("{}-{}", option.id, place + 1), label: option.label.clone() },
    };
    options.iter().enumerate().map(own).collect()
}

fn record(job: &Job, decided: Decided, outcome: &TurnResult, spoken: Spoken, timing: Timing) -> TurnRecord {
    TurnRecord {
        in_reply_to: job.seq,
        at: timing.now,
        path: outcome.path.clone(),
        intent: decided.intent,
        confidence: decided.confidence,
        decider: decided.decider,
        goal: Some(decided.goal),
        reasoning: decided.reasoning,
        lookups: outcome.lookups.clone(),
        records: assemble::all_records(&outcome.book),
        acts: outcome.acts.iter().map(|act| act.kind).collect(),
        provider: spoken.provider,
        model: spoken.model,
        seed: None,
        drafts: spoken.drafts,
        latency_ms: timing.latency_ms(),
        waited_ms: millis(timing.waited),
    }
}

fn analytics(job: &Job, decided: &Decided, outcome: &TurnResult, summary: &Summary, timing: Timing) -> AnalyticsRow {
    AnalyticsRow {
        session: job.session,
        seq: job.seq,
        agent: decided.agent,
        intent: decided.intent,
        confidence: (decided.confidence * 100.0).round() as u8,
        decider: decided.decider,
        provider: summary.provider,
        mood: decided.sentiment.label,
        latency_ms: timing.latency_ms(),
        handoffs: summary.handoffs.clone(),
        escalated: outcome.escalation.is_some(),
        customer: outcome.state.identity.customer.clone(),
        reasked: outcome.reasked,
    }
}

fn audit(job: &Job, agent: Agent, ticket: &Ticket, now: Moment) -> AuditRow {
    AuditRow {
        at: now,
        actor: format!("agent:{agent}"),
        action: "ticket.open".to_owned(),
        session: Some(job.session),
        record: Some(RecordRef { kind: RecordKind::Ticket, id: ticket.number.clone(), version: 1 }),
        note: ticket.issue.clone(),
    }
}

/// A note added to a ticket that was there already.
fn amended(job: &Job, agent: Agent, number: &str, version: Version, now: Moment) -> AuditRow {
    AuditRow {
        at: now,
        actor: format!("agent:{agent}"),
        action: "ticket.amend".to_owned(),
        session: Some(job.session),
        record: Some(RecordRef { kind: RecordKind::Ticket, id: number.to_owned(), version }),
        note: String::new(),
    }
}

/// What metrics and the log are told of a turn: names and numbers, never words.
pub struct Summary {
    agent: Agent,
    intent: Intent,
    provider: Provider,
    mood: Mood,
    handoffs: Vec<(Agent, Agent)>,
    escalation: Option<&'static str>,
}

impl Summary {
    /// Tells them.
    pub fn tell(&self, job: &Job, latency: Duration) {
        telemetry::turn(self.agent, self.intent, self.provider, "replied", latency);
        telemetry::mood(self.mood);
        for (from, to) in &self.handoffs {
            telemetry::handoff(*from, *to);
        }
        if let Some(reason) = self.escalation {
            telemetry::escalation(reason);
        }
        tracing::info!(
            request_id = job.request_id,
            session = %job.session_id,
            intent = %self.intent,
            agent = %self.agent,
            sentiment = self.mood.name(),
            provider = %self.provider,
            processing_time_ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX),
            "replied"
        );
    }
}
