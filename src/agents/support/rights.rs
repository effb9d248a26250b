//! What the records allow somebody whose thing does not work: sending it back, the warranty, who pays for the
//! way, and somebody who takes care of it.

use super::super::identity::OrderStep;
use super::super::lookup::{Findings, Lookup};
use super::super::turn::{Answer, Step, Turn};
use super::super::{items, logistics, policy, say};
use super::claims::delivered_fact;
use super::returns::{Deadline, keep_item, name_of};
use super::warranty::{own_warranty, until_act};
use super::{offer_once, order_or_ask, steps, wording};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, Formula, RecordId};
use crate::domain::goal::Goal;
use crate::domain::order::Order;
use crate::domain::record::{Field, RecordKind};
use crate::domain::state::{ActionKind, ConversationState, IdentityLevel, Pending};

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
    if turn.heard.products.is_empty()
        && let Some(sku) = broken_item(&about, &order, book)
    {
        state.focus.products = vec![sku];
    }
    let back = matches!(turn.goal, Goal::ReturnRequest | Goal::ReturnPolicy | Goal::RefundStatus);
    match delivered_fact(&order, id, book) {
        Some(day) => allowed(
            found,
            id,
            &order,
            day,
            book,
            &mut answer,
            &Wanted { back, another: back && wants_another(turn), sku: state.product().map(str::to_owned) },
        ),
        None => answer.acts.extend(logistics::status_act(id, book)),
    }
    let told_of_ticket = turn.before.last_acts.iter().any(|act| matches!(act, ActKind::TicketThere | ActKind::TicketStatus));
    if back && told_of_ticket {
        propose_return(turn, &mut answer, state);
        return answer.done();
    }
    let problem = state.focus.fault.as_ref().map(steps::told);
    let told = Turn { text: problem.as_deref().unwrap_or(turn.text), continues: false, ..*turn };
    state.focus.offered.clear();
    offer_once(&told, "technical_fault", found, book, &mut answer, state);
    answer.done()
}

/// "Can I just get a new one?": an exchange rather than the money.
fn wants_another(turn: &Turn<'_>) -> bool {
    let has = |list: &[&str]| turn.heard.words.iter().any(|w| list.contains(&w.text.as_str()));
    has(&["new", "another", "replacement", "replace", "exchange", "swap"]) && !has(&["money", "refund"])
}

/// What is wanted of the rights.
struct Wanted {
    /// The way back rather than all of them.
    back: bool,
    /// Another one rather than the money.
    another: bool,
    /// The thing that does not work.
    sku: Option<String>,
}

/// The item a fault is of: of several the words fit, the dearest: a phone before its case.
fn broken_item(about: &Turn<'_>, order: &Order, book: &FactBook) -> Option<String> {
    let fit = order.items.iter().filter(|item| items::names(about, &item.sku, book));
    fit.max_by_key(|item| item.unit_price.map_or(0, |price| price.minor)).map(|item| item.sku.clone())
}

/// Where the ticket on the fault was just told of: the wish to send it back is a matter of its own.
fn propose_return(turn: &Turn<'_>, answer: &mut Answer, state: &mut ConversationState) {
    if state.escalated.is_none() && answer.acts.iter().any(|act| matches!(act.kind, ActKind::ReturnUntil | ActKind::ExchangeUntil)) {
        let issue = if wants_another(turn) { "exchange_request" } else { "return_request" };
        super::offer_ticket(turn, issue, answer, state);
    }
}

/// The way back while its time runs, the warranty, and that a faulty thing travels free.
fn allowed(found: &Findings, id: RecordId, order: &Order, day: FactId, book: &mut FactBook, answer: &mut Answer, wanted: &Wanted) {
    let number = book.field(id, Field::Number);
    if let Some((_, window)) = policy::days(found, WINDOW, book, &["return", "exchang"]) {
        let deadline = Deadline::of(day, window, book);
        let kind = match (wanted.another, deadline.over) {
            (true, false) => ActKind::ExchangeUntil,
            (true, true) => ActKind::ExchangeOver,
            (false, false) => ActKind::ReturnUntil,
            (false, true) => ActKind::ReturnOver,
        };
        answer.say(deadline.act(kind, number));
    }
    let runs = answer.acts.iter().any(|act| matches!(act.kind, ActKind::ReturnUntil | ActKind::ExchangeUntil));
    let general = policy::months(found, WARRANTY, book, &["warrant", "guarante", "cover"]);
    let meant = wanted.sku.clone().filter(|sku| order.items.iter().any(|item| item.sku == *sku));
    let skus = meant.map_or_else(|| order.items.iter().map(|item| item.sku.clone()).collect(), |sku| vec![sku]);
    for sku in skus.into_iter().filter(|_| !(wanted.back && runs)) {
        let Some(product) = book.find(RecordKind::Product, &sku) else { continue };
        let term = own_warranty(product, book).or_else(|| general.map(|(_, months)| months));
        let until = term.and_then(|term| book.derive(Formula::Later, &[day, term]));
        answer.acts.extend(until_act(name_of(&sku, book), until, term, book));
    }
    if wanted.back && runs && !wanted.another {
        let of_money = |text: &str| wording::stems(text).iter().any(|word| word == "refund") && text.to_lowercase().contains("day");
        let hits: Vec<RecordId> = say::plainly(found.knowledge.get(WINDOW).into_iter().flatten()).collect();
        let money = hits.into_iter().find_map(|id| say::sentence_where(id, book, of_money));
        answer.acts.extend(money.map(|fact| Act::plain(ActKind::Knowledge).with("sentence", fact)));
    }
    let kinds: Vec<String> = order
        .items
        .iter()
        .filter_map(|item| book.find(RecordKind::Product, &item.sku))
        .filter_map(|id| say::product(book, id))
        .flat_map(|product| product.category.clone())
        .collect();
    if let Some(sentence) = label(found, LABEL, &kinds, book).filter(|_| runs) {
        answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence));
    }
}

/// The sentence that says who pays for the way of what does not work; one about large things is not said of others.
pub fn label(found: &Findings, which: usize, kinds: &[String], book: &mut FactBook) -> Option<FactId> {
    let hits: Vec<RecordId> = say::plainly(found.knowledge.get(which)?).collect();
    let speaks = |sentence: &str| {
        let own = wording::stems(sentence);
        let has = |word: &str| own.iter().any(|s| wording::alike(word, s));
        let of_a_size = own.iter().any(|s| matches!(s.as_str(), "large" | "larg" | "big" | "heavy" | "bulky" | "small"));
        if of_a_size && !logistics::names_a_kind(sentence, kinds) {
            return false;
        }
        has("fault") && own.iter().any(|s| matches!(s.as_str(), "free" | "label" | "postag" | "postage" | "collect"))
    };
    hits.into_iter().find_map(|id| say::sentence_where(id, book, speaks))
}
