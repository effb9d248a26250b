//! Questions while a fault is looked into: what a step means, where the part of it is, and what the shop says beside.

use super::super::lookup::Findings;
use super::super::turn::{Answer, Step, Turn};
use super::super::{evidence_words, say};
use super::faults::{ask_helped, safety};
use super::{steps, wording};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::goal::Goal;
use crate::domain::knowledge::Knowledge;
use crate::domain::record::Field;
use crate::domain::state::{ConversationState, Fault};
use crate::domain::text::sentence;

/// The sentence of a message that asks, or all of it.
pub fn part(text: &str) -> &str {
    sentence::split(text).find(|part| evidence_words::is_question(part)).unwrap_or(text)
}

fn say_step(id: RecordId, index: u16, book: &mut FactBook, answer: &mut Answer) {
    if let Some(step) = book.field(id, Field::Step(index)) {
        answer.say(Act::plain(ActKind::StepSays).with("step", step));
    }
}

/// A question about the fault or the step: the step that speaks of it answers, or the shop's words do.
pub fn question(
    turn: &Turn<'_>,
    id: RecordId,
    entry: &Knowledge,
    fault: Fault,
    found: &Findings,
    book: &mut FactBook,
    state: &mut ConversationState,
) -> Step {
    let mut answer = Answer::default();
    // The look-up for the question is the last of them.
    let words = say::best_entry(found, found.knowledge.len().saturating_sub(1));
    let speaks = steps::measuring(turn.text, &entry.steps(), fault.step)
        .or_else(|| steps::speaking_of(part(turn.text), &entry.steps(), &entry.tags))
        .or_else(|| steps::speaking_of(turn.text, &entry.steps(), &entry.tags));
    match (speaks, words) {
        (Some(index), _) if steps::asks_how_much(turn.text) => say_step(id, index, book, &mut answer),
        (_, Some(hit)) if hit.score >= 0.6 => wording::say_answer(turn, &[], hit.record, book, &mut answer),
        (Some(index), _) => say_step(id, index, book, &mut answer),
        (None, Some(hit)) => wording::say_answer(turn, &[], hit.record, book, &mut answer),
        // Perhaps the record of the product says.
        (None, None) if state.product().is_some() || !turn.heard.brands.is_empty() => return Answer::hand_over(Goal::ProductQuestion),
        (None, None) => answer.say_plain(ActKind::NotInRecords),
    }
    // All the steps were told at once: there is no last one to come back to.
    if fault.tried.len() >= entry.steps().len() && !fault.stopped {
        state.focus.fault = Some(fault);
        return answer.done();
    }
    ask_helped(fault, &mut answer, state, false);
    // What has nothing to do with the steps needs no way back to them, and asked once is enough.
    let asked = turn.before.last_acts.contains(&ActKind::BackToStep);
    if !asked && answer.acts.iter().any(|act| act.kind == ActKind::StepSays) {
        answer.say_plain(ActKind::BackToStep);
    }
    answer.done()
}

/// "How do I do that?": the step again; "where is that filter?", "which socket?": the step that speaks of it, with the
/// one before where only that says where. More than the steps say the records do not hold.
pub fn explain(
    turn: &Turn<'_>,
    id: RecordId,
    entry: &Knowledge,
    mut fault: Fault,
    book: &mut FactBook,
    state: &mut ConversationState,
) -> Step {
    if fault.stopped {
        return safety(id, fault.step, fault, book, state, Answer::default());
    }
    let own = entry.steps();
    let mut answer = Answer::default();
    let named = steps::naming(turn.text, &own, &entry.tags).filter(|index| *index != fault.step);
    let Some(index) = named else {
        if let Some(step) = book.field(id, Field::Step(fault.step)) {
            answer.say(Act::plain(ActKind::StepAgain).with("step", step));
        }
        answer.say_plain(ActKind::StepNoDetail);
        ask_helped(fault, &mut answer, state, false);
        return answer.done();
    };
    let place = usize::from(index);
    let leads = place > 0 && asks_where(turn) && !says_where(own[place]) && says_where(own[place - 1]);
    if leads {
        say_step(id, index - 1, book, &mut answer);
    }
    say_step(id, index, book, &mut answer);
    // Who asks for the part is at that step.
    fault.step = index;
    for at in if leads { index - 1..=index } else { index..=index } {
        if !fault.tried.contains(&at) {
            fault.tried.push(at);
        }
    }
    ask_helped(fault, &mut answer, state, true);
    answer.done()
}

fn asks_where(turn: &Turn<'_>) -> bool {
    turn.heard.words.iter().any(|word| matches!(word.text.as_str(), "where" | "wheres"))
}

/// Whether a step names a place on the thing.
fn says_where(step: &str) -> bool {
    const PLACES: &[&str] =
        &["bottom", "top", "back", "front", "rear", "behind", "under", "below", "inside", "left", "right", "beside", "above"];
    crate::domain::text::token::tokens(step).iter().any(|token| PLACES.contains(&token.text.as_str()))
}
