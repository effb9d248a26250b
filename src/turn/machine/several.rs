//! Messages that ask several things: each is answered as if it had been said by itself, one after the other, and the
//! answers make one reply.

use super::Machine;
use crate::agents::lookup::Findings;
use crate::agents::understanding::Understanding;
use crate::domain::act::{Act, ActKind};
use crate::domain::heard::Heard;
use crate::domain::state::Pending;
use crate::domain::text::questions;

impl Machine {
    /// Finds out how many things the message asks, and begins with the first. Says whether there are several.
    ///
    /// An answer to our own question is one thing, and so is whatever comes with a proof: it belongs to all of it.
    pub(super) fn take_apart(&mut self, heard: &Heard) -> bool {
        self.rest = Some(Vec::new());
        if self.start.tap.is_none() && matches!(self.start.state.pending, Some(Pending::Confirm(_))) {
            return self.take_yes_apart(heard);
        }
        let start = &self.start;
        if start.tap.is_some() || start.state.pending.is_some() || heard.foreign {
            return false;
        }
        let mut parts = questions::split(&start.text);
        if parts.len() < 2 || !Understanding::read(&start.text, heard, &start.state, start.shop.currency).contact.is_empty() {
            return false;
        }
        // What needs a proof comes last, so that the question for it keeps no other answer back.
        let numbers: Vec<&str> = heard.orders.iter().chain(&heard.tickets).filter_map(|n| self.start.text.get(n.start..n.end)).collect();
        parts.sort_by_key(|part| numbers.iter().any(|number| part.contains(number)));
        self.start.text = parts.remove(0);
        self.several = true;
        self.rest = Some(parts);
        true
    }

    /// Whether another question is left, and nothing we asked stands in the way of it.
    pub(super) fn asks_more(&self) -> bool {
        let outcome = &self.outcome;
        let open = outcome.asks.is_empty() && outcome.state.pending.is_none() && outcome.escalation.is_none() && outcome.proposes.is_none();
        open && self.rest.as_ref().is_some_and(|rest| !rest.is_empty())
    }

    /// Takes up the next question, with the conversation as the answer before has left it.
    pub(super) fn next_question(&mut self) {
        let Some(next) = self.rest.as_mut().filter(|rest| !rest.is_empty()).map(|rest| rest.remove(0)) else { return };
        self.note_answered();
        self.before = self.outcome.acts.len();
        self.start.text = next;
        self.start.state = self.outcome.state.clone();
        // One thing has been answered: the other is answered as well as it can be, rather than asked back about.
        self.start.state.clarified = true;
        self.proposal = None;
        self.decision = None;
        self.continues = false;
        self.rounds = 0;
        self.found = Findings::default();
        self.wanted.clear();
        self.answer = None;
    }

    /// The agents on the way: a decision taken anew begins it anew, that on a further question goes on with it.
    pub(super) fn take_path(&mut self) {
        let path = &mut self.outcome.path;
        match path.last() {
            Some(last) if self.outcome.acts.is_empty() || *last == self.agent => {
                path.pop();
            }
            _ => {}
        }
        path.push(self.agent);
    }
}

/// Leaves out what the reply says already, and courtesies behind an answer.
pub(super) fn leave_said(said: &[Act], acts: &mut Vec<Act>) {
    use ActKind as A;
    let idle = |kind: ActKind| matches!(kind, A::NotUnderstood | A::Greet | A::SmallTalk | A::Capabilities | A::AnythingElse);
    // That a code fits has told the price with it.
    let fits = |act: &Act| {
        let told = |own: &Act| own.kind == A::CodeFits && own.one("code") == act.one("code") && own.one("product") == act.one("product");
        act.kind == A::PriceWith && said.iter().any(told)
    };
    // Which of two costs less, and by how much, was told.
    let compared = |act: &Act| {
        let same = |own: &Act| own.kind == act.kind && own.one("cheaper") == act.one("cheaper") && own.one("dearer") == act.one("dearer");
        act.kind == A::ComparePrice && said.iter().any(same)
    };
    acts.retain(|act| !fits(act) && !compared(act));
    acts.retain(|act| said.is_empty() || !said.contains(act) && !idle(act.kind));
}
