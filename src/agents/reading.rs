//! What a message is for, as the model reads it behind what was said before.
//!
//! Rules know the records and the state of the conversation, and are right about what they were written for. What nobody
//! wrote a rule for the model knows better, from conversations with strangers: where the rules decided by weighing
//! words, a goal it holds for likelier counts instead; where the conversation itself decided, one that it is sure of
//! while it rules the decided one out. What was given, and what was promised to be done, stays in any case. The limits
//! were chosen on conversations that neither had seen (`models/nano/data/goals_eval.jsonl`) and tried on others
//! (`goals_eval_2.jsonl`): see [`LIKELY`] and [`SURE`].

use super::orchestrator::{Decision, Question, Route};
use super::second_matter;
use super::wishes;
use crate::domain::agent::{Decider, Intent};
use crate::domain::goal::Goal;
use crate::domain::heard::{Heard, ServiceMeant};

/// From this share on a goal may count instead of one that words were weighed for ...
const LIKELY: f32 = 0.4;
/// ... if it is this many times as likely.
const LIKELIER: f32 = 2.0;
/// A rule that speaks clearly for what was decided gives way only to a goal that is likelier still.
const CLEAR: f32 = 4.0;
const CLEARLY: f32 = 0.6;
const CLEARLY_LIKELIER: f32 = 3.0;
/// A rule that speaks outright.
const OUTRIGHT: f32 = 5.5;
/// The same of what was decided by rules.
const RULED: f32 = 0.7;
const RULED_AT_MOST: f32 = 0.1;
/// From this share on the model is sure ...
const SURE: f32 = 0.9;
/// ... if what was decided has no more than this.
const RULED_OUT: f32 = 0.03;

/// From this probability on an answer is found for a message together with what it goes on with.
const GOES_ON: f32 = 0.5;
/// Words of a message that says nothing without what it goes on with.
const FEW: usize = 6;

/// The goal that counts instead of what was decided, where the model reads the message otherwise.
pub fn instead(question: &Question<'_>, decision: &Decision) -> Option<Decision> {
    let Question { read, .. } = *question;
    let model = question.model?;
    let (goal, share) = *model.goals.first()?;
    let same = goal == decision.goal || decision.also == Some(goal);
    let acts = matches!(decision.route, Route::Confirm(_)) || decision.proposed;
    if same || acts || wishes::is_given(question, decision) || !wishes::can_be_done(goal) {
        return None;
    }
    let decided = model.goals.iter().find(|(own, _)| *own == decision.goal).map_or(0.0, |(_, share)| *share);
    let sure = share >= SURE && decided <= RULED_OUT;
    let counts = sure || {
        let clear = read.hint(decision.goal) >= CLEAR;
        let (least, times) = if clear { (CLEARLY, CLEARLY_LIKELIER) } else { (LIKELY, LIKELIER) };
        let weighed = decision.decider == Decider::Encoder;
        let likelier = if weighed { share >= least && share >= times * decided } else { share >= RULED && decided <= RULED_AT_MOST };
        likelier && !stands(question, decision, goal)
    };
    (counts && !stands_in_any_case(question, decision, goal)).then(|| Decision {
        route: Route::Agent(goal.intent().agent()),
        intent: goal.intent(),
        confidence: if goal.intent() == decision.intent { decision.confidence } else { model.intents.0[goal.intent().index()] },
        goal,
        also: second_matter::goal(question, goal).filter(|also| *also != goal),
        decider: Decider::Encoder,
        reasoning: "the model reads it so behind what was said before".to_owned(),
        doubt: None,
        other: None,
        continues: false,
        held: false,
        ..decision.clone()
    })
}

/// Whether what was decided stands unless the model is sure: what goes on with something, or words that can hardly mean
/// anything else.
fn stands(question: &Question<'_>, decision: &Decision, goal: Goal) -> bool {
    let Question { heard, read, .. } = *question;
    // "How much", of shipping just told: what goes on with an answer is found in it.
    let goes_on = goes_on(heard);
    let outright = read.best_hint().is_some_and(|hint| hint.score >= OUTRIGHT && hint.goal != goal);
    let elsewhere = !matches!(decision.route, Route::Agent(_));
    let settled = wishes::is_settled(question, decision);
    // "The walls in our cellar are mouldy": what is sold for that is looked for.
    let needed = decision.goal == Goal::FindProduct && goal.intent() == Intent::Support && heard.need.is_some();
    // "How many cards did I order", of one order: its items are counted, not the orders.
    let counted = decision.goal == Goal::OrderStatus && goal == Goal::MyOrders && question.state.focus.order.is_some();
    needed
        || counted
        || goes_on
        || outright
        || elsewhere
        || settled
        || decision.held
        || decision.continues
        || wishes::is_told_apart(question, decision.goal, goal)
}

/// What stands however sure the model is: it does not know the records, nor what a matter on the table needs.
fn stands_in_any_case(question: &Question<'_>, decision: &Decision, goal: Goal) -> bool {
    let Question { heard, read, .. } = *question;
    let of_the_matter = decision.held && wishes::is_settled(question, decision);
    // "How much more is that", of a change: what it costs is part of it.
    let cost_of_it = decision.goal == Goal::ChangeOrder && goal == Goal::PriceQuestion && decision.held;
    // "Do you have the Sony in silver": a rule that speaks clearly of a version looks for it.
    let clear = read.hint(decision.goal) >= CLEAR && wishes::is_told_apart(question, decision.goal, goal);
    // "And earbuds", of a rule just told: the same rule for another thing.
    let same_rule = goes_on(heard) && goal.intent() == Intent::Sales && decision.intent != Intent::Sales;
    // "Does the driver connect it as well": a service is no property.
    let of_a_service = goal == Goal::ProductQuestion && heard.services.iter().any(ServiceMeant::is_sure);
    // "Open a ticket for the repair": who asks for one outright gets one.
    let for_a_ticket = decision.goal == Goal::OpenTicket && read.hint(Goal::OpenTicket) >= OUTRIGHT;
    of_the_matter || cost_of_it || clear || same_rule || of_a_service || for_a_ticket
}

/// Whether a message of few words finds its answer together with what it goes on with.
fn goes_on(heard: &Heard) -> bool {
    heard.words.len() <= FEW && heard.answered.as_ref().is_some_and(|a| a.joined.is_some() && a.score >= GOES_ON)
}
