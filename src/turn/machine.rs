//! The machine: runs the workflow over one message. No waiting, no clock, no chance: events in, effects
//! out, the same every time.

mod actions;
mod first;
mod open;

use std::sync::Arc;

use super::graph::{self, Node, When};
use super::grounding::Promises;
use super::handoff::{self, Packet};
use super::lookups::{self, Outcome};
use crate::agents::identity;
use crate::agents::lookup::{Findings, Lookup};
use crate::agents::orchestrator::{self, Decision, Escalation, ModelView, Question, Route, Thresholds};
use crate::agents::speech::Manner;
use crate::agents::turn::{Answer, Step, Turn};
use crate::agents::understanding::Understanding;
use crate::agents::understanding::affirm::Answer as Answering;
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::asks::Slot;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::goal::Goal;
use crate::domain::heard::Heard;
use crate::domain::message::{Choice, Tap};
use crate::domain::product::Product;
use crate::domain::record::Version;
use crate::domain::sentiment::Sentiment;
use crate::domain::shop::Shop;
use crate::domain::state::{Action, ConversationState, Pending, TicketDraft};
use crate::domain::ticket::Ticket;
use crate::domain::time::Moment;
use crate::store::command::{Proven, RecordWrite};

/// Rounds of look-ups an agent may ask for in one plan.
const ROUNDS: usize = 6;

/// What a turn begins with.
#[derive(Debug, Clone)]
pub struct Start {
    /// What the customer wrote.
    pub text: String,
    /// The button it is, if it is one.
    pub tap: Option<Tap>,
    /// Public name of the session.
    pub session: String,
    /// The conversation so far.
    pub state: ConversationState,
    /// The shop.
    pub shop: Arc<Shop>,
    /// When the orchestrator asks rather than routes.
    pub thresholds: Thresholds,
    /// Most changes of agent within the turn.
    pub max_handoffs: usize,
    /// Now.
    pub now: Moment,
}

/// What the driver reports.
#[derive(Debug)]
pub enum Event {
    /// Begin.
    Begin,
    /// The message was sensed.
    Sensed(Box<Sensed>),
    /// A model looked at it, or there is none.
    Classified(Option<ModelView>),
    /// Look-ups came back, in the order asked.
    Found(Vec<Outcome>),
    /// A ticket number was taken.
    Numbered(String),
}

/// What sensing finds.
#[derive(Debug)]
pub struct Sensed {
    /// Mood and urgency.
    pub sentiment: Sentiment,
    /// Names and numbers of the shop.
    pub heard: Heard,
    /// The products on the table.
    pub shown: Vec<Arc<Product>>,
}

/// What the driver is to do next.
#[derive(Debug)]
pub enum Effect {
    /// Sense the message.
    Sense,
    /// Let a model look at it, if there is one.
    Classify,
    /// Make look-ups for an agent.
    LookUp(Agent, Vec<Lookup>),
    /// Take a ticket number.
    Number,
    /// Put the acts into words, check them, and store everything.
    Finish,
}

/// The machine in the middle of a turn.
pub struct Machine {
    start: Start,
    node: Node,
    heard: Heard,
    read: Understanding,
    shown: Vec<Arc<Product>>,
    sentiment: Sentiment,
    decision: Option<Decision>,
    agent: Agent,
    goal: Goal,
    continues: bool,
    hops: usize,
    rounds: usize,
    found: Findings,
    wanted: Vec<Lookup>,
    answer: Option<Answer>,
    /// An answer that waits for the shop's own to be looked up.
    held: Option<Answer>,
    draft: Option<TicketDraft>,
    /// What the reply will be made of.
    pub outcome: TurnResult,
}

/// What the turn has come to.
#[derive(Debug)]
pub struct TurnResult {
    /// Facts of the turn.
    pub book: FactBook,
    /// Acts, in order.
    pub acts: Vec<Act>,
    /// Records shown.
    pub cards: Vec<RecordId>,
    /// Chips.
    pub options: Vec<Choice>,
    /// What the reply waits for.
    pub asks: Vec<Slot>,
    /// An action that waits for a yes.
    pub proposes: Option<Action>,
    /// The state after the turn.
    pub state: ConversationState,
    /// Agents that took part.
    pub path: Vec<Agent>,
    /// Changes of agent within the turn, and from the last turn's to this one's.
    pub handoffs: Vec<(Agent, Agent, String)>,
    /// Packets that went with them.
    pub packets: Vec<Packet>,
    /// Names of look-ups made.
    pub lookups: Vec<String>,
    /// Records to write.
    pub writes: Vec<RecordWrite>,
    /// Tickets among them.
    pub tickets: Vec<Ticket>,
    /// Numbers of tickets that were there already and are added to, with their new version.
    pub amended: Vec<(String, Version)>,
    /// Why a person was called, if one was.
    pub escalation: Option<Escalation>,
    /// A good proof of identity, to be stored with the result.
    pub proven: Option<Proven>,
    /// Whether identity was tried and not shown: the answer is held back a fixed time.
    pub identity_failed: bool,
    /// Something known was asked for again.
    pub reasked: bool,
}

impl Machine {
    /// A machine at the beginning of a turn.
    pub fn new(start: Start) -> Self {
        let book = FactBook::at(start.now, start.shop.zone.clone());
        let mut state = start.state.clone();
        state.pending = None;
        let outcome = TurnResult {
            book,
            acts: Vec::new(),
            cards: Vec::new(),
            options: Vec::new(),
            asks: Vec::new(),
            proposes: None,
            state,
            path: Vec::new(),
            handoffs: Vec::new(),
            packets: Vec::new(),
            lookups: Vec::new(),
            writes: Vec::new(),
            tickets: Vec::new(),
            amended: Vec::new(),
            escalation: None,
            proven: None,
            identity_failed: false,
            reasked: false,
        };
        Self {
            start,
            node: Node::Receive,
            heard: Heard::default(),
            read: Understanding::default(),
            shown: Vec::new(),
            sentiment: Sentiment::NEUTRAL,
            decision: None,
            agent: Agent::General,
            goal: Goal::OutOfScope,
            continues: false,
            hops: 0,
            rounds: 0,
            found: Findings::default(),
            wanted: Vec::new(),
            answer: None,
            held: None,
            draft: None,
            outcome,
        }
    }

    /// Who is at work.
    pub fn agent(&self) -> Agent {
        self.agent
    }

    /// The orchestrator's decision, once there is one.
    pub fn decision(&self) -> Option<&Decision> {
        self.decision.as_ref()
    }

    /// Whether the message's meaning was clear enough to answer without asking.
    pub fn is_sure(&self) -> bool {
        self.decision.as_ref().is_some_and(|d| d.confidence >= self.start.thresholds.confidence)
    }

    /// The mood of the message.
    pub fn sentiment(&self) -> Sentiment {
        self.sentiment
    }

    /// What the message was taken to be for.
    pub fn goal(&self) -> Goal {
        self.goal
    }

    /// What was recognised in the message.
    pub fn heard(&self) -> &Heard {
        &self.heard
    }

    /// How the reply should sound.
    pub fn manner(&self) -> Manner {
        Manner { mood: self.sentiment.label, turn: self.start.state.replies }
    }

    /// The promises the reply may make.
    pub fn promises(&self) -> Promises {
        let mut promises = Promises::of_tickets(self.outcome.tickets.iter());
        for (number, _) in &self.outcome.amended {
            promises.add_kept(number);
        }
        if let Some(kept) = &self.start.state.escalated {
            promises.add_kept(kept);
        }
        promises
    }

    /// Takes an event and says what is to be done next.
    pub fn step(&mut self, event: Event) -> Effect {
        match event {
            Event::Begin => {}
            Event::Sensed(sensed) => {
                self.read = Understanding::read(&self.start.text, &sensed.heard, &self.start.state, self.start.shop.currency);
                self.heard = sensed.heard;
                identity::leave_names(&mut self.heard, &self.read, &self.start.text);
                identity::note(&self.heard, &self.read, &mut self.outcome.state);
                self.shown = sensed.shown;
                self.sentiment = sensed.sentiment;
                return Effect::Classify;
            }
            Event::Classified(view) => self.decide(view.as_ref()),
            Event::Found(outcomes) => {
                self.enter(outcomes);
                if let Some(effect) = self.before_a_ticket() {
                    return effect;
                }
            }
            Event::Numbered(number) => self.open_ticket(number),
        }
        self.advance()
    }

    /// Follows the workflow until something must be done outside.
    fn advance(&mut self) -> Effect {
        loop {
            let Some(next) = graph::next(self.node, |when| self.holds(when)) else { return Effect::Finish };
            self.node = next;
            match next {
                Node::Sense => return Effect::Sense,
                Node::Clarify => self.clarify(),
                Node::Escalate => {
                    if let Some(effect) = self.escalate() {
                        return effect;
                    }
                }
                Node::Act => {
                    if let Some(effect) = self.act() {
                        return effect;
                    }
                }
                Node::Plan => self.plan(),
                Node::LookUp => return Effect::LookUp(self.agent, self.wanted.clone()),
                Node::Answer => self.take_answer(),
                Node::Handoff => self.hand_over(),
                Node::Speak => {
                    self.conclude();
                    return Effect::Finish;
                }
                Node::Receive | Node::Orchestrate | Node::Commit | Node::Reply | Node::Drop => {}
            }
        }
    }

    fn holds(&self, when: When) -> bool {
        let route = self.decision.as_ref().map(|d| &d.route);
        let handoff = self.answer.as_ref().and_then(|a| a.handoff.as_ref());
        match when {
            When::Always => true,
            When::Unclear => matches!(route, Some(Route::Clarify(_))),
            When::NeedsPerson => matches!(route, Some(Route::Escalate(_))),
            When::AnswersAction => matches!(route, Some(Route::Confirm(_))),
            When::Routed => matches!(route, Some(Route::Agent(_))),
            When::NeedsFacts => !self.wanted.is_empty(),
            When::HasAnswer => self.wanted.is_empty(),
            When::OtherAgent => handoff.is_some() && self.hops < self.start.max_handoffs,
            When::NoHopsLeft => handoff.is_some() && self.hops >= self.start.max_handoffs,
            When::Complete => handoff.is_none(),
            When::Stored | When::Refused => false,
        }
    }

    fn decide(&mut self, view: Option<&ModelView>) {
        let question = Question {
            text: &self.start.text,
            heard: &self.heard,
            read: &self.read,
            state: &self.start.state,
            sentiment: self.sentiment,
            tap: self.start.tap.as_ref(),
            model: view,
        };
        let decision = orchestrator::decide(&question, self.start.thresholds);
        self.goal = decision.goal;
        self.continues = decision.continues;
        self.agent = match &decision.route {
            Route::Agent(agent) => *agent,
            Route::Clarify(_) => Agent::Orchestrator,
            Route::Escalate(_) | Route::Confirm(_) => decision.goal.intent().agent(),
        };
        // "No, leave it. When will it ship?"
        let declined = matches!(&self.start.state.pending, Some(Pending::Confirm(_))) && self.read.answer == Some(Answering::No);
        if declined && matches!(decision.route, Route::Agent(_)) {
            self.outcome.acts.push(Act::plain(ActKind::Declined));
        }
        self.outcome.path.push(self.agent);
        self.decision = Some(decision);
    }

    fn enter(&mut self, outcomes: Vec<Outcome>) {
        for outcome in outcomes {
            if let Outcome::Identity { verdict, proven } = &outcome {
                self.outcome.proven = proven.clone().or_else(|| self.outcome.proven.take());
                self.outcome.identity_failed |= *verdict == crate::agents::lookup::Verdict::NotProven;
            }
            lookups::enter(outcome, &mut self.outcome.book, &mut self.found);
        }
    }

    fn plan(&mut self) {
        self.wanted.clear();
        if let Some(held) = self.held.take() {
            self.answer = Some(self.with_own_answer(held));
            return;
        }
        let said = self.said();
        // The customer tapped or named a meaning: the message that was unclear is what counts.
        let chosen = matches!(&self.start.state.pending, Some(Pending::Clarify { .. }))
            && self.decision.as_ref().is_some_and(|d| d.decider == crate::domain::agent::Decider::Context);
        let turn = Turn {
            text: if chosen { &said } else { &self.start.text },
            heard: &self.heard,
            read: &self.read,
            goal: self.goal,
            continues: self.continues,
            said: &said,
            before: &self.start.state,
            shown: &self.shown,
            sentiment: self.sentiment,
            shop: &self.start.shop,
        };
        self.rounds += 1;
        let step = handoff::colleague(self.agent).step(&turn, &self.found, &mut self.outcome.book, &mut self.outcome.state);
        match step {
            Step::Look(lookups) if self.rounds <= ROUNDS => {
                self.outcome.lookups.extend(lookups.iter().map(|l| l.name().to_owned()));
                self.wanted = lookups;
            }
            Step::Look(_) => self.answer = Some(Answer::of(vec![Act::plain(ActKind::NotInRecords)])),
            Step::Say(answer) => self.consider(*answer),
        }
    }

    /// Takes over what an agent has to say. A second thing the message asks for goes to its agent next.
    fn take_answer(&mut self) {
        let Some(answer) = &mut self.answer else { return };
        let also = self.decision.as_mut().and_then(|d| d.also.take());
        if let (None, Some(goal)) = (&answer.handoff, also) {
            let to = goal.intent().agent();
            answer.handoff = Some(crate::agents::turn::Handoff { to, goal, reason: crate::agents::turn::HandoffReason::AlsoAsked });
        }
        let outcome = &mut self.outcome;
        // What answers comes before what asks, whichever was said first.
        let at = if outcome.asks.is_empty() { outcome.acts.len() } else { 0 };
        outcome.acts.splice(at..at, answer.acts.drain(..));
        for card in answer.cards.drain(..) {
            if !outcome.cards.contains(&card) {
                outcome.cards.push(card);
            }
        }
        outcome.options.append(&mut answer.options);
        outcome.asks.append(&mut answer.asks);
        outcome.proposes = answer.proposes.take().or_else(|| outcome.proposes.take());
        outcome.reasked |= answer.reasked;
        if let Some(contact) = answer.amends.take() {
            self.amend_ticket(&contact);
        }
    }

    fn hand_over(&mut self) {
        let Some(handoff) = self.answer.take().and_then(|a| a.handoff) else { return };
        self.hops += 1;
        let from = self.agent;
        let reason = handoff.reason.words();
        // A second matter of the same agent changes nobody.
        if from != handoff.to {
            self.outcome.packets.push(Packet::new(from, handoff.to, handoff.goal, reason, &self.outcome.state));
            self.outcome.handoffs.push((from, handoff.to, reason.to_owned()));
            self.outcome.path.push(handoff.to);
        }
        self.agent = handoff.to;
        self.goal = handoff.goal;
        self.continues = false;
        self.rounds = 0;
        // What was looked up for one goal answers no other; records stay in the book.
        self.found = Findings::default();
    }

    fn clarify(&mut self) {
        let Some(Decision { route: Route::Clarify(options), .. }) = &self.decision else { return };
        self.outcome.options.clone_from(options);
        self.outcome.acts.push(Act::plain(ActKind::Clarify));
        self.outcome.asks.push(Slot::Intent);
        self.outcome.state.pending = Some(Pending::Clarify { options: options.clone(), said: self.start.text.clone() });
    }
}

impl std::fmt::Debug for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Machine").field("node", &self.node).field("agent", &self.agent).field("goal", &self.goal).finish_non_exhaustive()
    }
}
