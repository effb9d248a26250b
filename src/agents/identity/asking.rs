//! What is asked of somebody whose order is wanted: a number, what proves it is theirs, and what will do instead.

use super::super::say;
use super::super::turn::{Answer, Step, Turn, chip};
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::asks::Slot;
use crate::domain::fact::FactBook;
use crate::domain::heard::Heard;
use crate::domain::proof::IdentityPolicy;
use crate::domain::state::{ConversationState, Pending};

/// Asks for a number: what was given with it is kept, and said to be. Who has none hears what is needed, and
/// is offered a person.
pub fn ask_number(turn: &Turn<'_>, book: &mut FactBook, state: &mut ConversationState, agent: Agent) -> Step {
    let told = turn.before.last_acts.contains(&ActKind::NumberNeeded);
    if has_no_number(turn.heard) && !told {
        return explain(turn, book, state, agent);
    }
    // Asked in vain: somebody else must find it.
    let asked = |pending: &Pending| matches!(pending, Pending::Ask { slot: Slot::OrderNumber, attempts, .. } if *attempts >= 3);
    let before = &turn.before;
    if told || before.pending.as_ref().is_some_and(asked) || before.parked.as_ref().is_some_and(|parked| asked(&parked.pending)) {
        let mut answer = Answer::of(vec![Act::plain(ActKind::NoNumber)]);
        super::super::support::offer_ticket(turn, "find_order", &mut answer, state);
        return answer.done();
    }
    let known = &state.known;
    if turn.read.contact.is_empty() && known.email.is_none() && known.name.is_none() {
        return ask(turn, state, agent, Slot::OrderNumber, ActKind::AskOrderNumber, Answer::default());
    }
    // The number was asked for beside what they gave, and they give another detail: now they hear why.
    if turn.before.last_acts.contains(&ActKind::AskNumberToo) {
        return explain(turn, book, state, agent);
    }
    ask(turn, state, agent, Slot::OrderNumber, ActKind::AskNumberToo, Answer::default())
}

/// Says what is needed, as the policy has it, and offers a person.
fn explain(turn: &Turn<'_>, book: &mut FactBook, state: &mut ConversationState, agent: Agent) -> Step {
    let mut answer = Answer::default();
    answer.options.push(chip("human", "Talk to a person"));
    let mut step = ask(turn, state, agent, Slot::OrderNumber, ActKind::NumberNeeded, answer);
    if let (Step::Say(answer), Some(policy)) = (&mut step, IdentityPolicy::shared()) {
        let numbers = policy.numbers().into_iter().map(|words| book.shop(words)).collect();
        let proofs = policy.beside_any_number().iter().map(|words| book.shop(words)).collect();
        let told = Act::plain(ActKind::NumberNeeded).with_many("numbers", numbers).with_many("proofs", proofs);
        answer.acts.iter_mut().filter(|act| act.kind == ActKind::NumberNeeded).for_each(|act| act.clone_from(&told));
    }
    step
}

/// "I don't know the order number", "I have no number on me", "lost the confirmation".
pub fn has_no_number(heard: &Heard) -> bool {
    let said: Vec<&str> = heard.words.iter().map(|w| w.text.as_str()).collect();
    let about = said.iter().any(|w| matches!(*w, "number" | "confirmation" | "it" | "that" | "idea" | "receipt"));
    let lacks = said.windows(2).any(|w| {
        matches!(
            w,
            ["do" | "did" | "can" | "could", "not"] | ["no", "order" | "number" | "idea" | "confirmation"] | ["lost" | "deleted", _]
        )
    });
    let verb =
        said.iter().any(|w| matches!(*w, "know" | "have" | "find" | "remember" | "got" | "get" | "lost" | "deleted" | "no" | "keep"));
    about && lacks && verb && said.len() <= 30
}

/// Asks for what is still missing of a proof, not for what was given.
pub fn ask_proof(turn: &Turn<'_>, state: &mut ConversationState, agent: Agent) -> Step {
    let known = &state.known;
    let kind = match (&known.name, &known.zip) {
        _ if known.refused => ActKind::AskIdentityAgain,
        (Some(_), None) => ActKind::AskZip,
        (None, Some(_)) => ActKind::AskName,
        _ => ActKind::AskIdentity,
    };
    ask(turn, state, agent, Slot::Identity, kind, Answer::default())
}

/// Ends an answer with a question that leads to the order, and keeps what it is for.
pub fn ask(turn: &Turn<'_>, state: &mut ConversationState, agent: Agent, slot: Slot, kind: ActKind, mut answer: Answer) -> Step {
    let before = turn.before.pending.as_ref().or(turn.before.parked.as_ref().map(|parked| &parked.pending));
    let attempts = match before {
        Some(Pending::Ask { slot: old, attempts, .. }) if *old == slot => attempts.saturating_add(1),
        _ => 1,
    };
    if turn.read.mourning {
        answer.acts.insert(0, Act::plain(ActKind::Condolence));
    } else if attempts == 1 && !turn.continues {
        say::sympathise(turn, &mut answer);
    }
    // A list comes after the question it answers.
    let at = answer.acts.iter().position(|act| act.kind == ActKind::OrderListItem).unwrap_or(answer.acts.len());
    answer.acts.insert(at, Act::plain(kind));
    answer.asks.push(slot);
    state.pending = Some(Pending::Ask { slot, goal: turn.goal, agent, said: say::question_text(turn), attempts });
    answer.done()
}

/// The claim failed; one sentence for every reason. The number is kept: most often it is the detail that
/// was mistyped, and whichever is said anew replaces the old one.
pub fn failed(turn: &Turn<'_>, state: &mut ConversationState, agent: Agent) -> Step {
    state.identity.failures = state.identity.failures.saturating_add(1);
    state.known.refused = true;
    let mut answer = Answer::of(vec![Act::plain(ActKind::IdentityFailed)]);
    answer.asks.push(Slot::Identity);
    answer.options.push(chip("human", "Talk to a person"));
    state.pending = Some(Pending::Ask { slot: Slot::Identity, goal: turn.goal, agent, said: say::question_text(turn), attempts: 1 });
    answer.done()
}
