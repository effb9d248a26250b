//! The end of a turn, and what the next message will lean on: who spoke, which question is open, what a
//! digression leaves behind, and the way back to it.

use super::{Machine, Packet};
use crate::agents::orchestrator::{self, Route};
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::{Agent, Intent};
use crate::domain::asks::Slot;
use crate::domain::goal::Goal;
use crate::domain::message::Choice;
use crate::domain::state::{HandoffNote, Parked, Pending};
use crate::turn::answers;

/// Replies after which a question is no longer remembered.
const REMEMBERED: u32 = 6;

impl Machine {
    /// Closes the turn: what the next message will lean on.
    pub(super) fn conclude(&mut self) {
        // Whatever happens in an agent, nobody is answered with nothing.
        if self.outcome.acts.is_empty() {
            self.outcome.acts.push(Act::plain(ActKind::NotUnderstood));
        }
        self.leave_repeated();
        self.leave_yes_out();
        self.keep_open();
        self.excuse_english();
        let decision = self.decision.as_ref();
        if let Some(other) = decision.and_then(|d| d.other).filter(|_| !self.several) {
            self.outcome.acts.push(Act::plain(ActKind::OfferOther));
            let label = orchestrator::label(other);
            self.outcome.options.push(Choice { id: other.name().to_owned(), label: label.to_owned() });
        }
        self.note_answered();
        let decision = self.decision.as_ref();
        let state = &mut self.outcome.state;
        state.clarified = matches!(decision.map(|d| &d.route), Some(Route::Clarify(_)));
        state.last_urgent = orchestrator::presses(&self.start.text, &self.heard, self.sentiment);
        state.last_acts = self.outcome.acts.iter().map(|act| act.kind).collect();
        state.replies = state.replies.saturating_add(1);
    }

    /// Notes who answered what, for what comes next in this message or after it.
    pub(super) fn note_answered(&mut self) {
        let intent = self.decision.as_ref().map_or(Intent::General, |d| d.intent);
        let speaker = self.agent;
        if let Some(before) = self.start.state.active {
            let first = self.outcome.path.first().copied().unwrap_or(speaker);
            if before != first && before != Agent::Orchestrator && first != Agent::Orchestrator {
                let reason = format!("the message is about {}", first.intent().map_or("something else", words_of));
                self.outcome.packets.insert(0, Packet::new(before, first, self.goal, &reason, &self.outcome.state));
                self.outcome.handoffs.insert(0, (before, first, reason));
            }
        }
        let acts = self.outcome.acts.get(self.before..).unwrap_or_default();
        let quoted = answers::quoted(acts, &self.outcome.book);
        // What the records do not say leaves on the table what they said before; of a service nobody offers nothing is left.
        let denied = acts.iter().all(|act| matches!(act.kind, ActKind::NotInRecords | ActKind::RestUnknown | ActKind::Clarify));
        let told = quoted.as_ref().map_or_else(Vec::new, |id| answers::places(acts, id, &self.outcome.book));
        let state = &mut self.outcome.state;
        let denied = denied && self.goal != Goal::ShopServices;
        if quoted.is_some() || !self.goal.is_courtesy() && !denied {
            state.focus.asked = quoted.as_ref().map(|_| self.start.text.clone());
            state.focus.told = told;
            state.focus.entry = quoted;
        }
        for (from, to, reason) in &self.outcome.handoffs {
            state.note_handoff(HandoffNote { from: *from, to: *to, reason: reason.clone(), at: self.start.now });
        }
        if speaker != Agent::Orchestrator {
            state.active = Some(speaker);
            state.goal = Some(self.goal);
            state.intent = Some(intent);
        }
    }

    /// An order asked about in another language is told in English: said once, before the answer.
    fn excuse_english(&mut self) {
        let of_an_order = matches!(self.goal.intent(), Intent::Orders | Intent::Support) && !self.outcome.acts.is_empty();
        let told = self.start.state.last_acts.contains(&ActKind::InEnglish);
        if self.heard.foreign && of_an_order && !told {
            self.outcome.acts.insert(0, Act::plain(ActKind::InEnglish));
        }
    }

    /// What a message that only continues something was first said for: the question just asked, or one
    /// from before a digression.
    pub(super) fn said(&self) -> String {
        let said = |pending: &Pending| match pending {
            Pending::Ask { said, .. } | Pending::Clarify { said, .. } => Some(said.clone()),
            Pending::Confirm(_) => None,
        };
        let state = &self.start.state;
        let parked = state.parked.as_ref().filter(|_| self.continues).and_then(|parked| said(&parked.pending));
        state.pending.as_ref().and_then(said).or(parked).unwrap_or_default()
    }

    /// Keeps a question that a digression left open, and comes back to the fault under way.
    pub(super) fn keep_open(&mut self) {
        let before = &self.start.state;
        let answered = self.continues || matches!(self.decision.as_ref().map(|d| &d.route), Some(Route::Confirm(_)));
        let state = &mut self.outcome.state;
        let lasts = |parked: &Parked| before.replies.saturating_sub(parked.asked_at) < REMEMBERED;
        state.parked = match (&before.pending, answered) {
            (Some(pending @ (Pending::Ask { .. } | Pending::Confirm(_))), false) => {
                let parked = Parked { pending: pending.clone(), asked_at: before.replies };
                // What is asked anew need not be kept as well.
                let again = match (pending, &state.pending) {
                    (Pending::Ask { slot: old, .. }, Some(Pending::Ask { slot: new, .. })) => old == new,
                    (Pending::Confirm(_), Some(Pending::Confirm(_))) => true,
                    _ => false,
                };
                (!again).then_some(parked)
            }
            (None, true) => None,
            _ => before.parked.clone().filter(|_| !answered).filter(lasts),
        };
        self.come_back();
    }

    /// After a question about something else the step last suggested is still to be reported.
    fn come_back(&mut self) {
        let outcome = &mut self.outcome;
        let Some(fault) = &outcome.state.focus.fault else { return };
        let asked = matches!(&self.start.state.pending, Some(Pending::Ask { slot: Slot::Helped, .. }));
        let courtesy = matches!(
            self.goal,
            Goal::Thanks | Goal::Goodbye | Goal::Greeting | Goal::SmallTalk | Goal::Deny | Goal::Affirm | Goal::HumanRequest
        );
        let routed = matches!(self.decision.as_ref().map(|d| &d.route), Some(Route::Agent(_)));
        let digressed = asked && routed && !courtesy && !fault.stopped && self.goal != Goal::Troubleshoot && outcome.asks.is_empty();
        if !digressed || outcome.state.pending.is_some() {
            return;
        }
        let said = fault.problem.clone();
        // Not asked aloud: under an answer about opening hours "did the last step help?" is a nuisance.
        outcome.asks.push(Slot::Helped);
        outcome.state.pending =
            Some(Pending::Ask { slot: Slot::Helped, goal: Goal::Troubleshoot, agent: Agent::Support, said, attempts: 1 });
        outcome.state.parked = None;
    }
}

fn words_of(intent: Intent) -> &'static str {
    match intent {
        Intent::Sales => "products",
        Intent::Marketing => "offers",
        Intent::Support => "help with something bought",
        Intent::Orders => "an order",
        Intent::General => "the shop itself",
    }
}
