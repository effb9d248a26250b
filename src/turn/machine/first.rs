//! The shop's own answer comes first: before a question of ours, and instead of things nobody asked for.

use super::Machine;
use crate::agents::lookup::Lookup;
use crate::agents::say;
use crate::agents::turn::Answer;
use crate::domain::act::{Act, ActKind};
use crate::domain::goal::Goal;
use crate::domain::heard::Answered;
use crate::domain::knowledge::Domain;

/// From this probability on an answer is said before a question of ours.
const BEFORE_A_QUESTION: f32 = 0.6;
/// From this one on, where the entry speaks of most that was said, an answer goes before a list of products.
const BEFORE_A_LIST: f32 = 0.85;
/// How much of the message that is.
const SPEAKS_OF: f32 = 0.6;

impl Machine {
    /// Takes an agent's answer, unless the shop's own is looked up first.
    pub(super) fn consider(&mut self, answer: Answer) {
        let Some(text) = self.goes_first(&answer).map(|answered| answered.joined.clone().unwrap_or_else(|| self.start.text.clone())) else {
            self.answer = Some(answer);
            return;
        };
        self.held = Some(answer);
        self.wanted = vec![Lookup::Knowledge { text, procedures: Some(false), limit: 1 }];
        self.outcome.lookups.push("knowledge".to_owned());
    }

    /// The answer held back, with the shop's own before it or instead of it.
    pub(super) fn with_own_answer(&mut self, mut held: Answer) -> Answer {
        let hit = self.found.knowledge.last().and_then(|hits| hits.first()).copied();
        let Some(hit) = hit.filter(|hit| hit.score >= BEFORE_A_QUESTION) else { return held };
        let mut own = Answer::default();
        say::say_entry(&mut self.outcome.book, hit, &mut own);
        let nothing = held.acts.iter().any(|act| act.kind == ActKind::FoundNone);
        if lists(&held.acts) && (nothing || hit.domain != Domain::Sales) {
            // What is not shown is not on the table.
            let before = &self.start.state.focus;
            let focus = &mut self.outcome.state.focus;
            focus.query.clone_from(&before.query);
            focus.listed.clone_from(&before.listed);
            focus.products.clone_from(&before.products);
            return own;
        }
        // Which thing is meant need not be asked where the shop has answered in general.
        let of_a_thing = |act: &Act| matches!(act.kind, ActKind::AskProduct | ActKind::AskWhichProduct | ActKind::AskNeed);
        if hit.domain != Domain::Support && held.acts.iter().all(|act| of_a_thing(act) || act.kind == ActKind::Sympathy) {
            self.outcome.state.pending = None;
            return own;
        }
        own.acts.extend(held.acts.drain(..).filter(|act| act.kind != ActKind::Sympathy));
        held.acts = own.acts;
        held
    }

    /// The shop's answer to the message, where it should be said before what an agent has to say.
    fn goes_first(&self, answer: &Answer) -> Option<&Answered> {
        let answered = self.heard.answered.as_ref()?;
        let about_records = !self.heard.products.is_empty() || !self.heard.orders.is_empty() || !self.read.contact.is_empty();
        if self.continues || self.start.tap.is_some() || about_records || answer.handoff.is_some() || answer.acts.is_empty() {
            return None;
        }
        let of_a_rule = self.asks_for_a_rule();
        let before_question = asks(&answer.acts) && of_a_rule && answered.score >= BEFORE_A_QUESTION;
        let wholly = answered.score >= BEFORE_A_LIST && answered.covers >= SPEAKS_OF;
        // "Show me laptops for college" wants to see them, whatever advice there is.
        let to_see = answered.domain == Domain::Sales && self.read.hint(Goal::FindProduct) >= 3.8;
        // Where nothing fits, what the shop says of it is the better answer.
        let nothing = answer.acts.iter().any(|act| act.kind == ActKind::FoundNone) && answered.score >= BEFORE_A_QUESTION;
        let wholly = wholly || nothing && answered.covers >= SPEAKS_OF;
        let before_list = lists(&answer.acts) && self.goal == Goal::FindProduct && wholly && !to_see;
        (before_question || before_list).then_some(answered)
    }

    /// Whether a message can be answered by what holds for everybody, rather than only by the customer's own order.
    fn asks_for_a_rule(&self) -> bool {
        const OF_ONE_ORDER: [Goal; 7] = [
            Goal::OrderStatus,
            Goal::Tracking,
            Goal::DeliveryDate,
            Goal::LateParcel,
            Goal::MissingParcel,
            Goal::MyOrders,
            Goal::TicketStatus,
        ];
        let own = self.heard.words.iter().any(|word| matches!(word.text.as_str(), "my" | "mine" | "our" | "it" | "i" | "we"));
        !(own && OF_ONE_ORDER.contains(&self.goal))
    }
}

/// Whether acts only ask back.
fn asks(acts: &[Act]) -> bool {
    use ActKind as A;
    acts.iter()
        .all(|act| matches!(act.kind, A::Sympathy | A::AskOrderNumber | A::AskProduct | A::AskWhichProduct | A::AskNeed | A::AskProblem))
}

/// Whether acts only show products, or that there are none.
fn lists(acts: &[Act]) -> bool {
    use ActKind as A;
    acts.iter().all(|act| {
        matches!(
            act.kind,
            A::Found
                | A::FoundOne
                | A::FoundMore
                | A::FoundNone
                | A::FoundNearest
                | A::FoundRanked
                | A::FoundUnchecked
                | A::ListItem
                | A::ListItemOut
                | A::ListItemPlain
                | A::Categories
        )
    })
}
