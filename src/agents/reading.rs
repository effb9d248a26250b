//! What a message is for, as the model reads it behind what was said before.
//!
//! Rules know the records and the state of the conversation, and are right about what they were written for. What nobody
//! wrote a rule for the model knows better, from conversations with strangers: where the rules decided by weighing
//! words, a goal it holds for much likelier counts instead; where the conversation itself decided, only one that it is
//! sure of while it rules the decided one out. The limits were chosen on conversations that neither had seen
//! (`models/nano/data/goals_eval.jsonl`): see [`MUCH_LIKELIER`] and [`SURE`].

use super::orchestrator::{Decision, Question, Route};
use super::second_matter;
use super::wishes;
use crate::domain::agent::Decider;

/// From this share on a goal may count instead of one that words were weighed for ...
const LIKELY: f32 = 0.5;
/// ... if it is this many times as likely.
const MUCH_LIKELIER: f32 = 3.0;
/// A rule that speaks clearly for what was decided gives way only to a goal that is likelier still.
const CLEAR: f32 = 4.0;
const LIKELIER: f32 = 0.75;
const FAR_LIKELIER: f32 = 5.0;
/// A rule that speaks outright.
const OUTRIGHT: f32 = 5.5;
/// From this share on a goal may count instead of one that the conversation settled ...
const SURE: f32 = 0.85;
/// ... if that one's share is no more than this.
const RULED_OUT: f32 = 0.05;

/// From this probability on an answer is found for a message together with what it goes on with.
const GOES_ON: f32 = 0.5;
/// Words of a message that says nothing without what it goes on with.
const FEW: usize = 6;

/// The goal that counts instead of what was decided, where the model reads the message otherwise.
pub fn instead(question: &Question<'_>, decision: &Decision) -> Option<Decision> {
    let Question { heard, read, .. } = *question;
    let model = question.model?;
    // "How much", of shipping just told: what goes on with an answer is found in it.
    let goes_on = heard.words.len() <= FEW && heard.answered.as_ref().is_some_and(|a| a.joined.is_some() && a.score >= GOES_ON);
    if wishes::is_kept(question, decision) || goes_on || decision.held || !matches!(decision.route, Route::Agent(_)) {
        return None;
    }
    let (goal, share) = *model.goals.first()?;
    if decision.continues || decision.proposed || goal == decision.goal || decision.also == Some(goal) || !wishes::can_be_done(goal) {
        return None;
    }
    // Words that can hardly mean anything else are not read against.
    if read.best_hint().is_some_and(|hint| hint.score >= OUTRIGHT && hint.goal != goal) {
        return None;
    }
    let decided = model.goals.iter().find(|(own, _)| *own == decision.goal).map_or(0.0, |(_, share)| *share);
    let weighed = decision.decider == Decider::Encoder;
    let (least, times) = if read.hint(decision.goal) < CLEAR { (LIKELY, MUCH_LIKELIER) } else { (LIKELIER, FAR_LIKELIER) };
    let counts = if weighed { share >= least && share >= times * decided } else { share >= SURE && decided <= RULED_OUT };
    (counts && !wishes::is_told_apart(question, decision.goal, goal)).then(|| Decision {
        route: Route::Agent(goal.intent().agent()),
        intent: goal.intent(),
        confidence: if goal.intent() == decision.intent { decision.confidence } else { model.intents.0[goal.intent().index()] },
        goal,
        also: second_matter::goal(question, goal).filter(|also| *also != goal),
        decider: Decider::Encoder,
        reasoning: "the model reads it so behind what was said before".to_owned(),
        doubt: None,
        other: None,
        ..decision.clone()
    })
}
