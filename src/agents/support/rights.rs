//! What the records allow somebody whose thing does not work: sending it back, the warranty, who pays for the
//! way, and somebody who takes care of it.

use super::super::identity::OrderStep;
use super::super::lookup::{Findings, Lookup};
use super::super::turn::{Answer, Step, Turn};
use super::super::{logistics, policy, say};
use super::claims::{delivered_fact, own_warranty, until_act};
use super::returns::{keep_item, name_of};
use super::{offer_once, order_or_ask, steps, wording};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, Formula, RecordId};
use crate::domain::goal::Goal;
use crate::domain::order::Order;
use crate::domain::record::{Field, RecordKind};
use crate::domain::state::{ActionKind, ConversationState, IdentityLevel, Pending};
use crate::domain::value::Value;

/// Which look-up holds the window for sending back, the warranty, and who pays.
const WINDOW: usize = 0;
const WARRANTY: usize = 1;
const LABEL: usize = 2;

/// Whether what is talked about does not work: it was looked into, or a ticket says so.
pub fn is_faulty(before: &ConversationState) -> bool {
    let of_fault = |pending: &Pending| match pending {
        Pending::Confirm(action) => {
            let ActionKind::OpenTicket(draft) = &action.kind;
            matches!(draft.issue.as_str(), "technical_fault" | "damaged_or_wrong_item")
        }
        _ => false,
    };
    let offered = before.pending.as_ref().is_some_and(of_fault) || before.parked.as_ref().is_some_and(|p| of_fault(&p.pending));
    let told = before.goal == Some(Goal::Troubleshoot) || before.last_acts.contains(&ActKind::DamageReport);
    before.focus.fault.is_some() || offered || told
}

/// Whether a customer who is known, or shows who they are, speaks of a fault told before.
pub fn apply(turn: &Turn<'_>, found: &Findings) -> bool {
    let shows = found.identity.is_some() || turn.read.contact.proves() && turn.before.identity.level == IdentityLevel::Anonymous;
    shows && is_faulty(turn.before)
}

/// The rights on the order that a fault is of, and the offer of a colleague.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    // "Ben, zip 19147": what it is of was said with the fault.
    let problem = turn.before.focus.fault.as_ref().map(|fault| fault.problem.clone()).filter(|_| !turn.continues);
    let about = problem.as_deref().map_or(*turn, |said| Turn { continues: true, said, ..*turn });
    let id = match order_or_ask(&about, found, book, state) {
        OrderStep::First(step) => return step,
        OrderStep::Known(id) => id,
    };
    if found.knowledge.is_empty() {
        let label = Lookup::Knowledge { text: "Do I pay postage if the product is broken?".to_owned(), procedures: Some(false), limit: 2 };
        return Step::Look(vec![policy::return_lookup(), policy::warranty_lookup(), label, Lookup::Tickets]);
    }
    let Some(order) = say::order(book, id) else { return Answer::default().done() };
    let mut answer = Answer::default();
    if found.identity.is_some() {
        answer.say_plain(ActKind::IdentityOk);
    }
    answer.cards.push(id);
    keep_item(turn, &order, state);
    match delivered_fact(&order, id, book) {
        Some(day) => allowed(found, id, &order, day, book, &mut answer, state),
        None => answer.acts.extend(logistics::status_act(id, book)),
    }
    let problem = state.focus.fault.as_ref().map(steps::told);
    let told = Turn { text: problem.as_deref().unwrap_or(turn.text), continues: false, ..*turn };
    state.focus.offered.clear();
    offer_once(&told, "technical_fault", found, book, &mut answer, state);
    answer.done()
}

/// The way back while its time runs, the warranty, and that a faulty thing travels free.
fn allowed(
    found: &Findings,
    id: RecordId,
    order: &Order,
    day: FactId,
    book: &mut FactBook,
    answer: &mut Answer,
    state: &ConversationState,
) {
    let number = book.field(id, Field::Number);
    if let Some((_, window)) = policy::days(found, WINDOW, book, &["return", "exchang"]) {
        let until = book.derive(Formula::Later, &[day, window]);
        let left = until.and_then(|until| book.derive(Formula::DaysUntil, &[until]));
        let days = left.and_then(|left| match book.value(left) {
            Some(Value::Days(days)) => Some(*days),
            _ => None,
        });
        let kind = if days.is_some_and(|days| days < 0) { ActKind::ReturnOver } else { ActKind::ReturnUntil };
        let act = Act::plain(kind).with_some("order", number).with("delivered", day).with_some("until", until).with("window", window);
        answer.say(act.with_some("left", left.filter(|_| days.is_some_and(|days| days > 0))));
    }
    let general = policy::months(found, WARRANTY, book, &["warrant", "guarante", "cover"]);
    let meant = state.product().map(str::to_owned).filter(|sku| order.items.iter().any(|item| item.sku == *sku));
    let skus = meant.map_or_else(|| order.items.iter().map(|item| item.sku.clone()).collect(), |sku| vec![sku]);
    for sku in skus {
        let Some(product) = book.find(RecordKind::Product, &sku) else { continue };
        let term = own_warranty(product, book).or_else(|| general.map(|(_, months)| months));
        let until = term.and_then(|term| book.derive(Formula::Later, &[day, term]));
        answer.acts.extend(until_act(name_of(&sku, book), until, term, book));
    }
    let open = answer.acts.iter().any(|act| matches!(act.kind, ActKind::ReturnUntil | ActKind::WarrantyUntil));
    let kinds: Vec<String> = order
        .items
        .iter()
        .filter_map(|item| book.find(RecordKind::Product, &item.sku))
        .filter_map(|id| say::product(book, id))
        .flat_map(|product| product.category.clone())
        .collect();
    if let Some(sentence) = label(found, LABEL, &kinds, book).filter(|_| open) {
        answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence));
    }
}

/// The sentence that says who pays for the way of what does not work; one about large things is not said of others.
pub fn label(found: &Findings, which: usize, kinds: &[String], book: &mut FactBook) -> Option<FactId> {
    let hits: Vec<RecordId> = found.knowledge.get(which)?.iter().filter(|hit| hit.score >= say::PLAINLY).map(|hit| hit.record).collect();
    hits.into_iter().find_map(|id| {
        let entry = say::entry(book, id)?;
        let speaks = |sentence: &&str| {
            let own = wording::stems(sentence);
            let has = |word: &str| own.iter().any(|s| wording::alike(word, s));
            let of_a_size = own.iter().any(|s| matches!(s.as_str(), "large" | "larg" | "big" | "heavy" | "bulky" | "small"));
            if of_a_size && !logistics::names_a_kind(sentence, kinds) {
                return false;
            }
            has("fault") && own.iter().any(|s| matches!(s.as_str(), "free" | "label" | "postag" | "postage" | "collect"))
        };
        let at = entry.sentences().iter().position(speaks)?;
        book.field(id, Field::Sentence(u16::try_from(at).ok()?))
    })
}
