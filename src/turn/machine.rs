//! The machine: runs the workflow over one message. No waiting, no clock, no chance: events in, effects
//! out, the same every time.

mod actions;
mod again;
mod agreed;
mod bare;
mod first;
mod limits;
mod open;
mod parts;
mod several;

use std::sync::Arc;

use super::bearing::Bearing;
use super::graph::{self, Node, When};
use super::grounding::Promises;
use super::handoff::{self, Packet};
use super::lookups::{self, Outcome};
use crate::agents::identity;
use crate::agents::lookup::{Findings, Lookup};
use crate::agents::orchestrator::{self, Decision, ModelView, Question, Route};
use crate::agents::proposal::Proposal;
use crate::agents::speech::Manner;
use crate::agents::support::note_day;
use crate::agents::turn::{Answer, Step, Turn};
use crate::agents::understanding::Understanding;
use crate::agents::understanding::affirm::Answer as Answering;
use crate::agents::understanding::contact::Contact;
use crate::agents::understanding::property;
use crate::agents::wishes;
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::asks::Slot;
use crate::domain::fact::FactBook;
use crate::domain::goal::Goal;
use crate::domain::heard::Heard;
use crate::domain::product::Product;
use crate::domain::sentiment::Sentiment;
use crate::domain::state::{ConversationState, Pending, TicketDraft};
pub use parts::{Effect, Event, Sensed, Start, TurnResult};

/// Rounds of look-ups an agent may ask for in one plan.
const ROUNDS: usize = 6;

/// The machine in the middle of a turn.
pub struct Machine {
    start: Start,
    node: Node,
    heard: Heard,
    read: Understanding,
    shown: Vec<Arc<Product>>,
    sentiment: Sentiment,
    view: Option<ModelView>,
    asked: bool,
    proposal: Option<Box<Proposal>>,
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
    /// What else the message asks, after what is being answered; `None` before that is known.
    rest: Option<Vec<String>>,
    /// Whether the message asks several things.
    several: bool,
    /// What is told behind an agreement, for who carries it out.
    told_with_yes: Option<String>,
    /// How many acts answer the questions before the one in hand.
    before: usize,
    /// What the reply will be made of.
    pub outcome: TurnResult,
}

impl Machine {
    /// A machine at the beginning of a turn.
    pub fn new(start: Start) -> Self {
        let book = FactBook::at(start.now, start.shop.zone.clone());
        let mut state = start.state.clone();
        state.pending = None;
        let outcome = TurnResult::new(book, state);
        Self {
            start,
            node: Node::Receive,
            heard: Heard::default(),
            read: Understanding::default(),
            shown: Vec::new(),
            sentiment: Sentiment::NEUTRAL,
            view: None,
            asked: false,
            proposal: None,
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
            rest: None,
            several: false,
            told_with_yes: None,
            before: 0,
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

    /// What is being answered: the message, or one question of several.
    pub fn text(&self) -> &str {
        &self.start.text
    }

    /// The conversation before the message.
    pub fn before(&self) -> &ConversationState {
        &self.start.state
    }

    /// What the customer says of themselves in the message.
    pub fn contact(&self) -> &Contact {
        &self.read.contact
    }

    /// The products on the table.
    pub fn shown(&self) -> &[Arc<Product>] {
        &self.shown
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
                if self.rest.is_none() {
                    self.sentiment = sensed.sentiment;
                    if self.take_apart(&sensed.heard) {
                        return Effect::Sense;
                    }
                }
                self.heard = sensed.heard;
                property::settle(&mut self.heard, &self.start.state);
                self.read = Understanding::read(&self.start.text, &self.heard, &self.start.state, self.start.shop.currency);
                identity::leave_names(&mut self.heard, &self.read, &self.start.text);
                identity::note(&self.heard, &self.read, &mut self.outcome.state);
                note_day(&self.start.text, &self.heard, self.outcome.book.today(), &mut self.outcome.state);
                self.shown = sensed.shown;
                return Effect::Classify;
            }
            Event::Classified(view) => {
                self.view = view;
                self.decide();
            }
            Event::Proposed(proposal) => self.weigh_proposal(proposal),
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
                Node::Sense => {
                    if self.decision.is_some() {
                        self.next_question();
                    }
                    return Effect::Sense;
                }
                Node::Propose => {
                    self.asked = true;
                    return Effect::Propose;
                }
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
                Node::Answer => {
                    self.take_answer();
                    if let Some(effect) = self.open_at_once() {
                        return effect;
                    }
                }
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
            When::Doubtful => !self.asked && self.decision.as_ref().is_some_and(|d| d.doubt.is_some()),
            When::Unclear => matches!(route, Some(Route::Clarify(_))),
            When::NeedsPerson => matches!(route, Some(Route::Escalate(_))),
            When::AnswersAction => matches!(route, Some(Route::Confirm(_))),
            When::Routed => matches!(route, Some(Route::Agent(_))),
            When::NeedsFacts => !self.wanted.is_empty(),
            When::HasAnswer => self.wanted.is_empty(),
            When::OtherAgent => handoff.is_some() && self.hops < self.start.max_handoffs,
            When::NoHopsLeft => handoff.is_some() && self.hops >= self.start.max_handoffs,
            When::MoreAsked => handoff.is_none() && self.asks_more(),
            When::Complete => handoff.is_none(),
            When::Stored | When::Refused => false,
        }
    }

    fn decide(&mut self) {
        let question = Question {
            text: &self.start.text,
            heard: &self.heard,
            read: &self.read,
            state: &self.start.state,
            sentiment: self.sentiment,
            tap: self.start.tap.as_ref(),
            model: self.view.as_ref(),
            proposal: self.proposal.as_deref(),
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
        if declined && self.proposal.is_none() && matches!(decision.route, Route::Agent(_)) {
            self.outcome.acts.push(Act::plain(ActKind::Declined));
        }
        self.take_path();
        self.trace(&decision);
        self.decision = Some(decision);
    }

    /// What others say who say the like.
    fn wish(&self) -> Option<String> {
        let wish = wishes::best(&self.heard, self.before())?;
        Some(format!("{} {:.2} {:.2}", wish.goal, wish.score, wish.margin))
    }

    /// What was decided and on which evidence, at debug level. None of the customer's words are in it.
    fn trace(&self, decision: &Decision) {
        if !tracing::enabled!(tracing::Level::DEBUG) {
            return;
        }
        let hints: Vec<String> =
            self.read.hints.iter().take(4).map(|hint| format!("{} {:.1} at {}", hint.goal.name(), hint.score, hint.at)).collect();
        let known = self.heard.answered.as_ref().map(|a| format!("{} {:.2} {:.2}", a.entry, a.score, a.covers)).unwrap_or_default();
        let need = self.heard.need.as_ref().map(|need| format!("{} {:.2} {}", need.kind, need.score, need.categories.join(", ")));
        let need = need.unwrap_or_default();
        tracing::debug!(
            goal = decision.goal.name(),
            decider = %decision.decider,
            reasoning = decision.reasoning,
            continues = decision.continues,
            hints = hints.join(", "),
            known,
            need,
            wish = self.wish().unwrap_or_default(),
            reading = self.reading(),
            property = self.heard.property.as_ref().map(|p| format!("{} {:.2} {:.2}", p.names.join("/"), p.score, p.margin)).unwrap_or_default(),
            services = self.heard.services.iter().map(|s| format!("{} {:.2} {:.2}", s.question, s.score, s.margin)).collect::<Vec<_>>().join(", "),
            "decided"
        );
    }

    /// The goals the model holds for likeliest, for the log.
    fn reading(&self) -> String {
        const SHOWN: usize = 3;
        let goals = self.view.as_ref().map_or(&[][..], |view| view.goals.as_slice());
        goals.iter().take(SHOWN).map(|(goal, share)| format!("{goal} {share:.2}")).collect::<Vec<_>>().join(", ")
    }

    /// Decides anew in the light of what a capable model proposed. Its names count only where its goal
    /// does: otherwise the turn goes on as without it.
    fn weigh_proposal(&mut self, proposal: Option<Box<Proposal>>) {
        if proposal.is_none() {
            return;
        }
        self.proposal = proposal;
        self.decide();
        let followed = self.decision.as_ref().is_some_and(|d| d.proposed && matches!(d.route, Route::Agent(_)));
        match &mut self.proposal {
            Some(proposal) if followed => self.heard.absorb(std::mem::take(&mut proposal.named)),
            proposal => *proposal = None,
        }
    }

    /// The message's question in plainer words, where a capable model gave them and was followed.
    pub fn plainer(&self) -> Option<&str> {
        self.proposal.as_ref()?.question.as_deref()
    }

    fn enter(&mut self, outcomes: Vec<Outcome>) {
        for mut outcome in outcomes {
            if let Outcome::Knowledge(entries) = &mut outcome {
                let (heard, shown, state) = (&self.heard, self.shown.as_slice(), &self.start.state);
                let bearing = Bearing { heard, shown, state, locale: &self.start.shop.locale };
                entries.iter_mut().for_each(|found| bearing.narrow(found));
            }
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
            passed_on: false,
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
        let limited = self.heard.answered.as_ref().is_some_and(|answered| answered.limited);
        limits::hold(&mut answer.acts, &self.start.text, &self.heard.words, limited, &mut outcome.book);
        several::leave_said(&outcome.acts, &mut answer.acts);
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
