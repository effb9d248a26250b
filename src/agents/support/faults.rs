//! Fault finding: the knowledge base's steps, one at a time, remembering what was tried.

use super::super::evidence_words;
use super::super::lookup::{Findings, KnowledgeFound, Lookup};
use super::super::say;
use super::super::turn::{Answer, Step, Turn};
use super::offer_ticket;
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::asks::Slot;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::goal::Goal;
use crate::domain::record::Field;
use crate::domain::state::{ConversationState, Fault, Pending};
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::text::words;

/// Begins, goes on, or ends.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    match state.focus.fault.clone() {
        Some(fault) if goes_on(turn) => next(turn, fault, found, book, state),
        _ => begin(turn, found, book, state),
    }
}

/// Whether the message is about the fault already under way, rather than a new one.
fn goes_on(turn: &Turn<'_>) -> bool {
    turn.continues
        || evidence_words::works_now(turn.heard)
        || evidence_words::still_broken(turn.heard)
        || turn.heard.words.len() <= 5 && names_nothing(turn)
}

/// No device and no product: it can only be about the one already talked about.
fn names_nothing(turn: &Turn<'_>) -> bool {
    turn.heard.categories.is_empty() && turn.heard.products.is_empty()
}

fn begin(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if found.knowledge.is_empty() {
        let text = problem(turn);
        return Step::Look(vec![
            Lookup::Knowledge { text: text.clone(), procedures: Some(true), limit: 3 },
            Lookup::Knowledge { text, procedures: Some(false), limit: 2 },
        ]);
    }
    let procedure = say::best_entry(found, 0);
    let words = say::best_entry(found, 1);
    let better_words = words.filter(|w| procedure.is_none_or(|p| w.score > p.score + 0.12));
    let mut answer = Answer::default();
    if let Some(hit) = better_words {
        say::sympathise(turn, &mut answer);
        say::say_entry(book, hit, &mut answer);
        return answer.done();
    }
    match procedure.or_else(|| likely(found)) {
        Some(hit) => first_step(turn, hit.record, book, state),
        None => no_procedure(turn, state),
    }
}

/// A procedure that fits somewhat: good enough once the customer has described the problem twice.
fn likely(found: &Findings) -> Option<KnowledgeFound> {
    const SOMEWHAT: f32 = 0.36;
    found.knowledge.first()?.iter().copied().find(|hit| hit.score >= SOMEWHAT)
}

/// The problem in words: the message, with what it continues and what is on the table.
fn problem(turn: &Turn<'_>) -> String {
    let mut text = if turn.continues { format!("{} {}", turn.said, turn.text) } else { say::question_text(turn) };
    let names_a_device = !turn.heard.categories.is_empty() || !turn.heard.products.is_empty();
    if let (false, [only]) = (names_a_device, turn.shown)
        && let Some(category) = only.leaf_category()
    {
        text.push(' ');
        text.push_str(category);
    }
    for mention in turn.heard.products.iter().filter_map(|m| m.skus.first()) {
        if let Some(product) = turn.shown.iter().find(|p| p.sku == *mention) {
            text.push(' ');
            text.push_str(product.leaf_category().unwrap_or_default());
        }
    }
    text
}

fn first_step(turn: &Turn<'_>, id: RecordId, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let Some(entry) = say::entry(book, id) else { return no_procedure(turn, state) };
    let mut fault = Fault { entry: entry.id.clone(), step: 0, tried: Vec::new(), problem: turn.text.to_owned() };
    skip_tried(turn, &entry.steps(), &mut fault);
    let mut answer = Answer::of(vec![Act::plain(ActKind::Sympathy)]);
    suggest(turn, id, &entry.steps(), fault, book, state, &mut answer, ActKind::Step);
    answer.done()
}

fn next(turn: &Turn<'_>, mut fault: Fault, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if evidence_words::works_now(turn.heard) || evidence_words::solved(turn.read) && !evidence_words::still_broken(turn.heard) {
        state.focus.fault = None;
        return Answer::of(vec![Act::plain(ActKind::GladItWorks)]).done();
    }
    let Some(entry) = found.entry else { return Step::Look(vec![Lookup::Entry(fault.entry)]) };
    let Some((id, record)) = entry.and_then(|id| say::entry(book, id).map(|record| (id, record))) else {
        state.focus.fault = None;
        return no_procedure(turn, state);
    };
    let steps = record.steps();
    skip_tried(turn, &steps, &mut fault);
    let mut answer = Answer::default();
    suggest(turn, id, &steps, fault, book, state, &mut answer, ActKind::StepNext);
    answer.done()
}

/// Marks steps the customer says they have tried: those that share most of their telling words.
fn skip_tried(turn: &Turn<'_>, steps: &[&str], fault: &mut Fault) {
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.stem.as_str()).collect();
    let tells = said.iter().any(|w| matches!(*w, "tri" | "try" | "tried" | "already" | "did" | "done" | "restart" | "reset" | "replac"));
    if !tells {
        return;
    }
    for (i, step) in steps.iter().enumerate() {
        let Ok(i) = u16::try_from(i) else { continue };
        let first = tokens(step).into_iter().take(8).filter(|t| !words::is_function(&t.text)).map(|t| stem(&t.text));
        let telling: Vec<String> = first.collect();
        let shared = telling.iter().filter(|t| said.contains(&t.as_str())).count();
        if shared >= 2 || (shared == 1 && telling.len() <= 2) {
            fault.tried.push(i);
        }
    }
}

/// Suggests the next step that was not tried, or offers a ticket after the last.
#[allow(clippy::too_many_arguments)]
fn suggest(
    turn: &Turn<'_>,
    id: RecordId,
    steps: &[&str],
    mut fault: Fault,
    book: &mut FactBook,
    state: &mut ConversationState,
    answer: &mut Answer,
    kind: ActKind,
) {
    let left = (0_u16..).take(steps.len()).find(|i| !fault.tried.contains(i));
    let Some(index) = left else {
        answer.say_plain(ActKind::StepsDone);
        offer_ticket(&Turn { text: &fault.problem, continues: false, ..*turn }, "technical_fault", answer, state);
        return;
    };
    let last = usize::from(index) + 1 == steps.len();
    if let Some(step) = book.field(id, Field::Step(index)) {
        answer.say(Act::plain(kind).with("step", step));
    }
    fault.step = index;
    fault.tried.push(index);
    if last {
        // The last step says that a person must look: offering the ticket is what helps now.
        offer_ticket(&Turn { text: &fault.problem, continues: false, ..*turn }, "technical_fault", answer, state);
        state.focus.fault = Some(fault);
        return;
    }
    answer.say_plain(ActKind::AskHelped);
    answer.asks.push(Slot::Helped);
    let said = fault.problem.clone();
    state.focus.fault = Some(fault);
    state.pending = Some(Pending::Ask { slot: Slot::Helped, goal: Goal::Troubleshoot, agent: Agent::Support, said, attempts: 1 });
}

/// No procedure fits: the problem is asked for in other words once, then a ticket is offered.
fn no_procedure(turn: &Turn<'_>, state: &mut ConversationState) -> Step {
    let mut answer = Answer::of(vec![Act::plain(ActKind::Sympathy)]);
    let asked = matches!(&turn.before.pending, Some(Pending::Ask { slot: Slot::Problem, .. }));
    if asked || turn.heard.words.len() > 12 {
        offer_ticket(turn, "technical_fault", &mut answer, state);
        return answer.done();
    }
    answer.say_plain(ActKind::AskProblem);
    answer.asks.push(Slot::Problem);
    state.pending = Some(Pending::Ask {
        slot: Slot::Problem,
        goal: Goal::Troubleshoot,
        agent: Agent::Support,
        said: turn.text.to_owned(),
        attempts: 1,
    });
    answer.done()
}
