//! Cancel, change, another address: asked for here, done by a person.
//!
//! What the customer wants is passed on as a ticket after a yes; until somebody has done it, it is said to
//! be asked for and no more.

use super::super::identity::{self, OrderStep};
use super::super::lookup::{Findings, Lookup};
use super::super::say;
use super::super::support;
use super::super::turn::{Answer, Step, Turn};
use super::status::status_act;
use super::{about_own, wishes};
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::asks::Slot;
use crate::domain::fact::{FactBook, FactId, RecordId};
use crate::domain::goal::Goal;
use crate::domain::order::{Order, OrderStatus};
use crate::domain::record::{Field, RecordKind};
use crate::domain::state::{ConversationState, Pending, TicketDraft};

/// The shop's rule, applied to where the order stands; then the wish as a ticket.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let mine = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "my" | "mine" | "this" | "that"));
    if !about_own(turn, state) && (!mine || is_a_question_of_rules(turn)) {
        return rules(turn, found, book, state);
    }
    let id = match identity::order(turn, found, book, state, Agent::Logistics) {
        OrderStep::First(step) => return step,
        OrderStep::Known(id) => id,
    };
    let Some(order) = say::order(book, id) else { return Answer::default().done() };
    // "Can I swap them for the Bose?", of what has come: an exchange.
    let swaps = turn.goal == Goal::ChangeOrder
        && turn.heard.words.iter().any(|w| matches!(w.stem.as_str(), "swap" | "exchang" | "exchange" | "switch"));
    let asks_how_much_more = asks_more(turn);
    if found.knowledge.is_empty() {
        let mut lookups = vec![rule_lookup(turn.goal, false), rule_lookup(turn.goal, true), Lookup::Tickets];
        lookups.extend(what_costs_more(turn, swaps, asks_how_much_more, &order, state, book));
        return Step::Look(lookups);
    }
    if order.is_delivered() && swaps {
        return Answer::hand_over(Goal::ReturnRequest);
    }
    if let [only] = order.items.as_slice() {
        state.focus.products = vec![only.sku.clone()];
    }
    let number = book.field(id, Field::Number);
    let mut answer = Answer::default();
    if turn.read.mourning {
        answer.say_plain(ActKind::Condolence);
    }
    answer.cards.push(id);
    if !order.is_open() {
        closed(turn, found, id, &order, book, &mut answer);
        return answer.done();
    }
    if wishes::takes_back(turn) {
        return wishes::keep(turn, found, id, &order.number, book, answer, state);
    }
    // "Only the monitor": what is left of the order stays.
    let part = matches!(turn.goal, Goal::CancelOrder | Goal::ChangeOrder) && wishes::is_of_a_part(turn, id, &order, book);
    let turn = &Turn { goal: if part { Goal::ChangeOrder } else { turn.goal }, ..*turn };
    answer.say(Act::plain(can(turn.goal)).with_some("order", number));
    let there = support::ticket_there(turn.goal.name(), Some(&order.number), None, found, book);
    // "How much would I lose?"
    let asks_cost =
        turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "much" | "cost" | "costs" | "lose" | "fee" | "free" | "charge"));
    if let Some(hit) = say::plain_entry(found, 0).filter(|_| asks_cost) {
        support::say_hinted(&["free", "charge", "fee", "cancel"], hit.record, book, &mut answer);
    }
    if asks_how_much_more {
        answer.acts.clear();
        gap_told(turn, book, &mut answer);
    } else if swaps && !asks_cost {
        support::exchange::difference(turn, found, &order, book, &mut answer, state);
    }
    if asks_cost && let Some(draft) = wishes::proposed(turn) {
        // "Is it free?", of what was just offered: the offer stands.
        answer.acts.retain(|act| matches!(act.kind, ActKind::Knowledge | ActKind::ComparePrice | ActKind::CompareSamePrice));
        let offer = Act::plain(ActKind::OfferChange).with("wish", book.said(draft.description.trim()));
        support::propose(draft, offer, &mut answer, state);
        return answer.done();
    }
    // What is to be called off once need not be asked for twice; another change is added to the ticket.
    if let Some(ticket) = there.filter(|_| turn.goal == Goal::CancelOrder) {
        answer.acts.extend(ticket);
        return answer.done();
    }
    propose(turn, number, &order.number, part, book, &mut answer, state);
    answer.done()
}

/// What has left the shop or was called off: how it stands, and what is possible then.
fn closed(turn: &Turn<'_>, found: &Findings, id: RecordId, order: &Order, book: &mut FactBook, answer: &mut Answer) {
    let settled = matches!(order.status, OrderStatus::Cancelled | OrderStatus::Returned | OrderStatus::ReturnRequested);
    answer.acts.extend(status_act(id, book));
    if !settled {
        let number = book.field(id, Field::Number);
        answer.say(Act::plain(cannot(turn.goal)).with_some("order", number));
        let after = usize::from(say::plain_entry(found, 1).is_some());
        if let Some(hit) = say::plain_entry(found, after) {
            support::say_hinted(&["after", "return", "once", "refuse"], hit.record, book, answer);
        }
    }
}

/// What has to be read for the difference: the two things told of before, or the ordered and the wanted one.
fn what_costs_more(turn: &Turn<'_>, swaps: bool, again: bool, order: &Order, state: &ConversationState, book: &FactBook) -> Vec<Lookup> {
    match (swaps, again) {
        (_, true) => vec![Lookup::Products(turn.before.focus.listed.clone())],
        (true, _) => support::exchange::lookups(turn, order, state, book),
        _ => Vec::new(),
    }
}

/// What lies between the prices of the two things told of before.
fn gap_told(turn: &Turn<'_>, book: &mut FactBook, answer: &mut Answer) {
    let both: Vec<RecordId> = turn.before.focus.listed.iter().filter_map(|sku| book.find(RecordKind::Product, sku)).collect();
    say::price_gap(book, &both, answer);
}

/// "How much more is that?", "what is the difference?"
fn asks_more(turn: &Turn<'_>) -> bool {
    let proposed = turn.goal == Goal::ChangeOrder && turn.before.focus.listed.len() == 2 && wishes::proposed(turn).is_some();
    proposed && turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "much" | "difference" | "extra" | "cost" | "costs" | "price"))
}

/// "How long can an order be cancelled?" asks for the rule, whoever's order it is.
fn is_a_question_of_rules(turn: &Turn<'_>) -> bool {
    turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "an" | "orders" | "policy" | "rules" | "fee" | "possible"))
}

/// The rule in the shop's words, for somebody who may have no order.
fn rules(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if found.knowledge.is_empty() {
        return Step::Look(vec![say::knowledge_lookup(turn), rule_lookup(turn.goal, false)]);
    }
    let mut answer = Answer::default();
    match say::best_entry(found, 0).or_else(|| say::plain_entry(found, 1)) {
        Some(hit) => say::say_entry(book, hit.record, &mut answer),
        None => answer.say_plain(ActKind::NotInRecords),
    }
    // The question for the number comes after the rule, so that an answer stands even when it is not taken up.
    let wants = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "i" | "please" | "need"));
    if wants && let OrderStep::First(Step::Say(asked)) = identity::order(turn, found, book, state, Agent::Logistics) {
        answer.acts.extend(asked.acts.into_iter().filter(|act| act.kind != ActKind::Sympathy));
        answer.asks.extend(asked.asks);
    }
    answer.done()
}

fn rule_lookup(goal: Goal, shipped: bool) -> Lookup {
    let text = match (goal, shipped) {
        (Goal::CancelOrder, false) => "Can I cancel my order? How long can an order be cancelled?",
        (Goal::CancelOrder, true) => "My order has shipped, can I still cancel? What if I want to cancel after it left?",
        (Goal::ChangeAddress, _) => "Can I change the delivery address of my order?",
        _ => "Can I change my order?",
    };
    Lookup::Knowledge { text: text.to_owned(), procedures: Some(false), limit: 2 }
}

fn can(goal: Goal) -> ActKind {
    match goal {
        Goal::CancelOrder => ActKind::CanStillCancel,
        Goal::ChangeAddress => ActKind::CanStillMove,
        _ => ActKind::CanStillChange,
    }
}

fn cannot(goal: Goal) -> ActKind {
    match goal {
        Goal::CancelOrder => ActKind::CannotCancel,
        Goal::ChangeAddress => ActKind::CannotMove,
        _ => ActKind::CannotChange,
    }
}

/// Proposes the ticket; a change without its aim is asked for first.
fn propose(
    turn: &Turn<'_>,
    fact: Option<FactId>,
    number: &str,
    told: bool,
    book: &mut FactBook,
    answer: &mut Answer,
    state: &mut ConversationState,
) {
    let asked = matches!(&turn.before.pending, Some(Pending::Ask { slot: Slot::Wish, .. }));
    let own = if asked { turn.text.to_owned() } else { say::question_text(turn) };
    let own = wishes::clean(&wishes::without_proofs(turn, own), turn.goal);
    let wish = wishes::before(turn, &own).unwrap_or_else(|| own.clone());
    let told = told || asked || wishes::tells_the_aim(turn, &wish, book.today());
    if turn.goal != Goal::CancelOrder && !told {
        let kind = if turn.goal == Goal::ChangeAddress { ActKind::AskAddress } else { ActKind::AskWish };
        answer.say_plain(kind);
        answer.asks.push(Slot::Wish);
        state.pending = Some(Pending::Ask { slot: Slot::Wish, goal: turn.goal, agent: Agent::Logistics, said: wish, attempts: 1 });
        return;
    }
    let offer = if turn.goal == Goal::CancelOrder {
        Act::plain(ActKind::OfferCancel).with_some("order", fact)
    } else {
        Act::plain(ActKind::OfferChange).with("wish", book.said(wish.trim()))
    };
    // "5 December" alone tells a colleague little: what it is an answer to goes with it.
    let wish = if asked && !turn.said.is_empty() { format!("{} / {wish}", turn.said) } else { wish };
    let draft = TicketDraft {
        issue: turn.goal.name().to_owned(),
        description: wish,
        sku: state.product().map(str::to_owned),
        order: Some(number.to_owned()),
        urgent: false,
    };
    support::propose(draft, offer, answer, state);
}
