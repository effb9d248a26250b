//! Fault finding: a dialogue over the knowledge base's steps, one at a time, remembering what was tried.

use super::super::evidence_words::{self, Report};
use super::super::identity::{self, OrderStep};
use super::super::lookup::{Findings, Lookup};
use super::super::say;
use super::super::turn::{Answer, Step, Turn};
use super::{asides, asked, diagnosis, offer_once, parts, propose, rights, steps, tickets, wording};
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::asks::Slot;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::goal::Goal;
use crate::domain::query::ProductQuery;
use crate::domain::record::{Field, RecordKind};
use crate::domain::state::{ConversationState, Fault, IdentityLevel, Pending, TicketDraft};

/// From this probability on a procedure is the one that is asked for.
const GUIDES: f32 = 0.5;

/// Begins, goes on, or ends.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    // Who shows whose it is while a fault is looked into wants to know what can be done for them.
    if rights::apply(turn, found) && diagnosis::troubles(turn.text).is_empty() {
        return rights::step(turn, found, book, state);
    }
    // "How do I descale it?", in the middle of another procedure: that of its own.
    let other = |fault: &Fault| {
        steps::asks_for_all(turn) && turn.heard.guided.as_ref().is_some_and(|guided| guided.entry != fault.entry && guided.score >= GUIDES)
    };
    match state.focus.fault.clone() {
        Some(fault) if other(&fault) => begin(turn, found, book, state),
        Some(fault) if goes_on(turn) => match another(turn, &fault, found, book, state) {
            Some(step) => step,
            None => next(turn, fault, found, book, state),
        },
        _ => begin(turn, found, book, state),
    }
}

/// "The coffee is still lukewarm", while another trouble is looked into: a procedure of its own, if there is one
/// that fits beyond doubt.
fn another(turn: &Turn<'_>, fault: &Fault, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Option<Step> {
    const BEYOND_DOUBT: f32 = 0.8;
    let told = diagnosis::troubles(&steps::told(fault));
    let new: Vec<&str> = diagnosis::troubles(turn.text).into_iter().filter(|kind| !told.contains(kind)).collect();
    let aside = asides::is_one(turn, evidence_words::report(turn.heard, turn.read, turn.text));
    if fault.stopped || new.is_empty() || found.entry.is_some() || is_a_question(turn) || aside {
        return None;
    }
    let named = diagnosis::named(turn, book);
    let (devices, sure) = diagnosis::devices(turn, book, &named);
    if found.knowledge.is_empty() {
        return Some(Step::Look(diagnosis::lookups(turn, turn.text, &devices)));
    }
    let thing = diagnosis::Thing { devices: &devices, sure, kinds: &diagnosis::kinds(turn, book, &named) };
    let (id, _) = diagnosis::best(turn.text, &thing, found, book).filter(|(_, score)| *score >= BEYOND_DOUBT)?;
    let entry = say::entry(book, id)?;
    let of_it = entry.questions.iter().any(|question| diagnosis::troubles(question).iter().any(|kind| new.contains(kind)));
    (of_it && entry.id != fault.entry).then(|| first_step(turn, id, turn.text.to_owned(), book, state, Answer::default()))
}

/// Whether the message is about the fault already under way, rather than a new one.
fn goes_on(turn: &Turn<'_>) -> bool {
    turn.continues || names_nothing(turn) || diagnosis::troubles(turn.text).is_empty()
}

/// No device and no product: it can only be about the one already talked about.
fn names_nothing(turn: &Turn<'_>) -> bool {
    turn.heard.categories.is_empty() && turn.heard.products.is_empty()
}

/// The problem in words: the message, with what it continues.
fn problem(turn: &Turn<'_>) -> String {
    if turn.continues && !turn.said.is_empty() { format!("{} {}", turn.said, turn.text) } else { turn.text.to_owned() }
}

fn begin(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if let Some(step) = own_order(turn, found, book, state) {
        return step;
    }
    let skus: Vec<String> = turn.heard.products.iter().filter_map(|m| m.skus.first().cloned()).take(2).collect();
    if found.products_asked == 0 && !skus.is_empty() {
        return Step::Look(vec![Lookup::Products(skus)]);
    }
    let problem = problem(turn);
    let mut named = diagnosis::named(turn, book);
    // Of an order that holds one thing, that is what does not work.
    let ordered = state.product().filter(|_| named.is_empty() && turn.heard.categories.is_empty() && found.identity.is_some());
    named.extend(ordered.and_then(|sku| book.find(RecordKind::Product, sku)));
    // "The left airpod": a word that only products have names the kind of thing.
    if let Some(terms) = diagnosis::called(turn).filter(|_| named.is_empty()) {
        let Some(search) = found.searches.first() else {
            return Step::Look(vec![Lookup::Search { query: ProductQuery { terms, ..ProductQuery::default() }, limit: 1 }]);
        };
        named.extend(search.products.first());
    }
    let (devices, sure) = diagnosis::devices(turn, book, &named);
    if found.knowledge.is_empty() {
        let mut lookups = diagnosis::lookups(turn, &problem, &devices);
        if state.identity.level != IdentityLevel::Anonymous && found.tickets.is_none() {
            lookups.push(Lookup::Tickets);
        }
        return Step::Look(lookups);
    }
    keep_product(turn, state);
    let mut answer = Answer::default();
    if found.identity.is_some() {
        answer.say_plain(ActKind::IdentityOk);
    } else if turn.before.last_acts.iter().all(|act| *act != ActKind::Sympathy) {
        say::sympathise(turn, &mut answer);
    }
    if tickets::there("technical_fault", state.focus.order.as_deref(), state.product(), found, book).is_some() {
        // Somebody is at it already.
        offer_once(turn, "technical_fault", found, book, &mut answer, state);
        return answer.done();
    }
    if let Some(acts) = on_the_order(found, book, state) {
        answer.acts.extend(acts);
        propose(super::draft(turn, "technical_fault", state), Act::plain(ActKind::OfferToAdd), &mut answer, state);
        return answer.done();
    }
    if let Some((id, index)) = diagnosis::danger(&problem, &devices, found, book) {
        let entry = say::entry(book, id).map(|entry| entry.id.clone()).unwrap_or_default();
        return safety(id, index, Fault { entry, problem, ..Fault::default() }, book, state, answer);
    }
    let thing = diagnosis::Thing { devices: &devices, sure, kinds: &diagnosis::kinds(turn, book, &named) };
    let procedure = diagnosis::best(&problem, &thing, found, book);
    let words = found.knowledge.get(diagnosis::WORDS).and_then(|hits| hits.first()).copied().filter(|hit| hit.score >= say::ANSWERS);
    // More told of what there are no steps for is no question that some other rule answers.
    let words = words.filter(|_| is_a_question(turn) || !turn.before.last_acts.contains(&ActKind::NoProcedure));
    match (procedure.filter(|(_, score)| *score >= diagnosis::FITS), words) {
        (Some((id, score)), words) if words.is_none_or(|w| score > w.score + 0.1 || !is_a_question(turn)) => {
            first_step(turn, id, problem, book, state, answer)
        }
        (_, Some(hit)) => {
            wording::say_answer(turn, &[], hit.record, book, &mut answer);
            answer.done()
        }
        _ => no_procedure(turn, &devices, state, answer),
    }
}

fn is_a_question(turn: &Turn<'_>) -> bool {
    turn.text.trim_end().ends_with('?')
}

/// The ticket there is on what was ordered, where the order is known and the item is not.
fn on_the_order(found: &Findings, book: &mut FactBook, state: &ConversationState) -> Option<Vec<Act>> {
    let number = state.focus.order.as_deref().filter(|_| state.product().is_none())?;
    let order = book.find(RecordKind::Order, number).and_then(|id| say::order(book, id))?;
    tickets::on_an_item(&order, found, book)
}

/// Somebody who gives their order and what proves it along with the fault is known first.
fn own_order(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Option<Step> {
    let proves = turn.read.contact.proves() && !turn.heard.orders.is_empty();
    let known = state.identity.level != IdentityLevel::Anonymous;
    let verdict = found.identity.is_some();
    let theirs = proves || verdict || known && state.focus.order.is_some();
    if !theirs {
        return None;
    }
    match identity::order(turn, found, book, state, Agent::Support) {
        OrderStep::First(Step::Look(lookups)) => Some(Step::Look(lookups)),
        // Details that do not fit, or several orders: the fault is looked into all the same.
        OrderStep::First(Step::Say(_)) | OrderStep::Known(_) => {
            if matches!(state.pending, Some(Pending::Ask { .. })) {
                state.pending = None;
            }
            None
        }
    }
}

/// The product the fault is of, where one is named.
fn keep_product(turn: &Turn<'_>, state: &mut ConversationState) {
    if let [mention] = turn.heard.products.as_slice()
        && let [only] = mention.skus.as_slice()
        && !is_of_another(turn, mention, only)
    {
        state.focus.products = vec![only.clone()];
    }
}

/// "My TV has no sound, I have the soundbar from you hooked up to it": the kind of thing named first is what it is of.
fn is_of_another(turn: &Turn<'_>, mention: &crate::domain::heard::ProductNamed, sku: &str) -> bool {
    let kinds = turn.shown.iter().find(|product| product.sku == sku).map(|product| product.category.clone());
    turn.heard.categories.iter().any(|category| {
        let first = category.words.end <= mention.words.start;
        first && kinds.as_ref().is_none_or(|kinds| !category.names.iter().any(|name| kinds.contains(name)))
    })
}

fn first_step(
    turn: &Turn<'_>,
    id: RecordId,
    problem: String,
    book: &mut FactBook,
    state: &mut ConversationState,
    mut answer: Answer,
) -> Step {
    let Some(entry) = say::entry(book, id) else { return no_procedure(turn, &[], state, answer) };
    let own = entry.steps();
    let mut fault = Fault { entry: entry.id.clone(), problem: problem.clone(), ..Fault::default() };
    if let Some(index) = steps::safety(&problem, &own) {
        return safety(id, index, fault, book, state, answer);
    }
    if steps::asks_for_all(turn) {
        return guide(id, own.len(), fault, book, state, answer);
    }
    steps::mark(turn, &own, &steps::words_of(&entry), &mut fault);
    suggest(id, &own, fault, book, state, &mut answer, ActKind::Step);
    answer.done()
}

/// "How do I descale it?": nothing is broken, and all of the steps are the answer.
fn guide(id: RecordId, count: usize, mut fault: Fault, book: &mut FactBook, state: &mut ConversationState, mut answer: Answer) -> Step {
    answer.acts.retain(|act| act.kind != ActKind::Sympathy);
    for index in (0_u16..).take(count) {
        if let Some(step) = book.field(id, Field::Step(index)) {
            answer.say(Act::plain(ActKind::StepSays).with("step", step));
        }
        fault.tried.push(index);
    }
    state.focus.fault = Some(fault);
    answer.done()
}

/// What keeps people safe is said first, and nothing to try after it.
pub fn safety(id: RecordId, index: u16, mut fault: Fault, book: &mut FactBook, state: &mut ConversationState, mut answer: Answer) -> Step {
    if let Some(step) = book.field(id, Field::Step(index)) {
        answer.acts.retain(|act| act.kind != ActKind::Sympathy);
        answer.say(Act::plain(ActKind::SafetyFirst).with("step", step));
    }
    fault.step = index;
    fault.stopped = true;
    offer(&fault, &mut answer, state);
    state.focus.fault = Some(fault);
    answer.done()
}

fn next(turn: &Turn<'_>, mut fault: Fault, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let report = evidence_words::report(turn.heard, turn.read, turn.text);
    if report == Report::Solved && !fault.tests || has_ceased(turn, &fault) || says_so_outright(turn) {
        state.focus.fault = None;
        return Answer::of(vec![Act::plain(ActKind::GladItWorks)]).done();
    }
    let Some(entry) = found.entry else {
        // Only what is asked here is answered by the first of the look-ups.
        let own = Lookup::Knowledge { text: asked::part(turn.text).to_owned(), procedures: Some(false), limit: 2 };
        return Step::Look(vec![Lookup::Entry(fault.entry), own]);
    };
    let Some((id, record)) = entry.and_then(|id| say::entry(book, id).map(|record| (id, record))) else {
        state.focus.fault = None;
        return no_procedure(turn, &[], state, Answer::default());
    };
    let own = record.steps();
    keep_product(turn, state);
    fault.reports.push(turn.text.to_owned());
    if let Some(index) = steps::safety(turn.text, &own) {
        return safety(id, index, fault, book, state, Answer::default());
    }
    if parts::asked(turn) {
        return parts::step(turn, &record, fault, found, book, state);
    }
    if !fault.stopped && asides::is_one(turn, report) {
        fault.reports.pop();
        return match asides::answer(turn, found, book, state) {
            Ok(answer) => back(fault, answer, state),
            Err(look) => look,
        };
    }
    match report {
        Report::Question => return asked::question(turn, id, &record, fault, found, book, state),
        Report::Explain => return asked::explain(turn, id, &record, fault, book, state),
        Report::Waits => {
            let mut answer = Answer::of(vec![Act::plain(ActKind::StepWait)]);
            ask_helped(fault, &mut answer, state, false);
            return answer.done();
        }
        _ => {}
    }
    let mut answer = Answer::default();
    let concludes = consequence(turn, id, &record, &fault, book, &mut answer);
    if fault.stopped || concludes {
        // It is not to be used any more, or the steps have come to their end: somebody has to look at it.
        offer(&fault, &mut answer, state);
        state.focus.fault = Some(fault);
        return answer.done();
    }
    steps::mark(turn, &own, &steps::words_of(&record), &mut fault);
    if steps::tried_all(turn) {
        let tried = (0_u16..).take(own.len()).filter(|i| !steps::is_conclusion(own[usize::from(*i)]));
        fault.tried = fault.tried.iter().copied().chain(tried).collect();
    }
    suggest(id, &own, fault, book, state, &mut answer, ActKind::StepNext);
    answer.done()
}

/// After an aside: the step is still the one, or the offer still stands.
fn back(fault: Fault, mut answer: Answer, state: &mut ConversationState) -> Step {
    let offered = matches!(&state.pending, Some(Pending::Confirm(_))) || state.last_acts.contains(&ActKind::TicketOffer);
    if offered {
        offer(&fault, &mut answer, state);
        state.focus.fault = Some(fault);
        return answer.done();
    }
    answer.say_plain(ActKind::BackToStep);
    ask_helped(fault, &mut answer, state, false);
    answer.done()
}

/// What the entry says of a thing the customer saw, before the next step. Whether that was the end of the steps.
fn consequence(
    turn: &Turn<'_>,
    id: RecordId,
    entry: &crate::domain::knowledge::Knowledge,
    fault: &Fault,
    book: &mut FactBook,
    answer: &mut Answer,
) -> bool {
    let own = entry.steps();
    let told = fault.tried.last().and_then(|last| own.get(usize::from(*last)).map(|step| (*step).to_owned()));
    let Some(text) = steps::consequence(turn, entry).filter(|text| !told.is_some_and(|told| told.contains(text.as_str()))) else {
        return false;
    };
    let at = entry.sentences().iter().position(|sentence| *sentence == text).and_then(|i| u16::try_from(i).ok());
    let Some(fact) = at.and_then(|i| book.field(id, Field::Sentence(i))) else { return false };
    answer.say(Act::plain(ActKind::StepSays).with("step", fact));
    own.last().is_some_and(|last| last.contains(text.as_str()))
}

/// "It works again": what works is the thing itself, whatever the last step was to find out.
fn says_so_outright(turn: &Turn<'_>) -> bool {
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let whole = said.iter().any(|w| matches!(*w, "again" | "fixed" | "solved" | "resolved"))
        || said.windows(2).any(|w| matches!(w, ["works" | "working", "now"]));
    whole && evidence_words::works_now(turn.heard)
}

/// Whether a step only finds out where the fault is: that something works then is no cure.
fn is_a_test(step: &str) -> bool {
    let step = step.to_lowercase();
    ["to see wh", "find out", "test with", "rule out", "is at fault", "on another", "another computer", "another phone"]
        .iter()
        .any(|mark| step.contains(mark))
}

/// "It stopped!": good news where the trouble is something that should not be there.
fn has_ceased(turn: &Turn<'_>, fault: &Fault) -> bool {
    const UNWANTED: &[&str] =
        &["noise", "crackle", "flicker", "leak", "shake", "smell", "drift", "error", "offline", "hot", "restart", "crash"];
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let ceased = said.windows(2).any(|w| {
        matches!(
            w,
            ["it" | "that" | "noise" | "problem" | "hum" | "message" | "error", "stopped" | "disappeared"]
                | ["is" | "has" | "are", "gone"]
                | ["went", "away"]
                | ["quiet" | "silent", "now"]
        )
    });
    let denied = said.iter().any(|w| matches!(*w, "not" | "but" | "working" | "still" | "until" | "then"));
    ceased && !denied && diagnosis::troubles(&fault.problem).iter().any(|kind| UNWANTED.contains(kind))
}

/// Suggests the next step that was not tried, or offers a ticket after the last.
fn suggest(
    id: RecordId,
    own: &[&str],
    mut fault: Fault,
    book: &mut FactBook,
    state: &mut ConversationState,
    answer: &mut Answer,
    kind: ActKind,
) {
    let left = (0_u16..).take(own.len()).find(|i| !fault.tried.contains(i));
    let Some(index) = left else {
        let told = state.last_acts.iter().any(|act| matches!(act, ActKind::StepsDone | ActKind::StepLast));
        if !told && answer.acts.is_empty() {
            answer.say_plain(ActKind::StepsDone);
        }
        offer(&fault, answer, state);
        state.focus.fault = Some(fault);
        return;
    };
    let last = usize::from(index) + 1 == own.len();
    let concludes = last && steps::is_conclusion(own[usize::from(index)]);
    let said = |act: &Act, book: &FactBook| {
        act.one("step").and_then(|fact| book.value(fact)).is_some_and(|v| own[usize::from(index)].contains(v.to_string().as_str()))
    };
    answer.acts.retain(|act| !(act.kind == ActKind::StepSays && said(act, book)));
    if let Some(step) = book.field(id, Field::Step(index)) {
        let kind = if concludes { ActKind::StepLast } else { kind };
        answer.say(Act::plain(kind).with("step", step));
    }
    fault.step = index;
    fault.tests = is_a_test(own[usize::from(index)]);
    fault.tried.push(index);
    if concludes {
        // The last step says that a person must look: offering the ticket is what helps now.
        offer(&fault, answer, state);
        state.focus.fault = Some(fault);
        return;
    }
    ask_helped(fault, answer, state, true);
}

/// Asks whether it helped, and keeps the fault open.
pub fn ask_helped(fault: Fault, answer: &mut Answer, state: &mut ConversationState, aloud: bool) {
    if aloud {
        answer.say_plain(ActKind::AskHelped);
    }
    answer.asks.push(Slot::Helped);
    let said = fault.problem.clone();
    state.focus.fault = Some(fault);
    state.pending = Some(Pending::Ask { slot: Slot::Helped, goal: Goal::Troubleshoot, agent: Agent::Support, said, attempts: 1 });
}

/// Offers a ticket that says what is wrong and what was tried.
fn offer(fault: &Fault, answer: &mut Answer, state: &mut ConversationState) {
    let draft = TicketDraft {
        issue: "technical_fault".to_owned(),
        description: steps::told(fault),
        sku: state.product().map(str::to_owned),
        order: state.focus.order.clone(),
        urgent: fault.stopped,
    };
    propose(draft, Act::plain(ActKind::TicketOffer), answer, state);
}

/// No procedure fits: the problem is asked for in other words once, where the thing or the trouble is not
/// known; then a ticket is offered.
fn no_procedure(turn: &Turn<'_>, devices: &[String], state: &mut ConversationState, mut answer: Answer) -> Step {
    let asked = matches!(&turn.before.pending, Some(Pending::Ask { slot: Slot::Problem, .. }));
    let problem = problem(turn);
    // What broke in use, or had something spilt over it, is a matter of the warranty.
    let troubles = diagnosis::troubles(&problem);
    if (troubles.contains(&"broken") || troubles.contains(&diagnosis::SPILT)) && !asked {
        return Answer::hand_over(Goal::Warranty);
    }
    let both = !devices.is_empty() && !diagnosis::troubles(&problem).is_empty();
    // More told of what there are no steps for: that was said, and who can help is all that is left.
    let again = turn.before.last_acts.contains(&ActKind::NoProcedure);
    if asked || both || again {
        if !again {
            answer.say_plain(ActKind::NoProcedure);
        }
        let fault = Fault { problem, ..Fault::default() };
        offer(&fault, &mut answer, state);
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
