//! Damage, warranty and repair: the shop's rules applied to the order's dates, or to what the customer says.

use super::super::identity::OrderStep;
use super::super::lookup::{Findings, Lookup};
use super::super::turn::{Answer, Step, Turn};
use super::super::{evidence_words, policy, say};
use super::returns::{keep_item, name_of};
use super::warranty::{own_warranty, until_act};
use super::{offer_once, order_or_ask, wording};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, Formula, RecordId};
use crate::domain::goal::Goal;
use crate::domain::order::{Order, OrderStatus};
use crate::domain::record::{Field, RecordKind};
use crate::domain::state::{ConversationState, IdentityLevel};
use crate::domain::value::Value;

/// Whether an order is named, on the table, or the customer known.
pub fn has_an_order(turn: &Turn<'_>, state: &ConversationState) -> bool {
    turn.heard.orders.iter().any(|n| n.certain)
        || turn.read.contact.proves() && !turn.heard.orders.is_empty()
        || state.focus.order.is_some()
        || state.known.order_number.is_some()
        || state.identity.level != IdentityLevel::Anonymous
}

/// It came broken, or something else came.
pub fn damage(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    // The rule is worth more than a question: it comes first, and the order's number after it.
    if !has_an_order(turn, state) && !turn.continues && turn.before.goal != Some(Goal::DamagedOrWrongItem) {
        return damage_rule(turn, found, book, state);
    }
    if !has_an_order(turn, state) && turn.before.goal == Some(Goal::DamagedOrWrongItem) {
        return told_more(turn, found, book, state);
    }
    let id = match order_or_ask(turn, found, book, state) {
        OrderStep::First(step) => return step,
        OrderStep::Known(id) => id,
    };
    if found.knowledge.is_empty() {
        return Step::Look(vec![say::knowledge_lookup(turn), plain_damage(turn), policy::damaged_parcel_lookup(), Lookup::Tickets]);
    }
    let Some(order) = say::order(book, id) else { return Answer::default().done() };
    let mut answer = Answer::default();
    if is_hypothetical(turn) {
        return if_faulty(turn, found, id, &order, book);
    }
    // What was reported is known: a further question is answered by the sentence that speaks of it.
    let reported = turn.before.goal == Some(Goal::DamagedOrWrongItem) && turn.before.identity.customer.is_some();
    if reported
        && turn.heard.orders.is_empty()
        && let Some(hit) = damage_entry(found)
    {
        let wants = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "new" | "replacement" | "money" | "refund"));
        let hints: &[&str] = if wants { &["replacement", "refund", "new"] } else { &[] };
        wording::say_answer(turn, hints, hit.record, book, &mut answer);
        return answer.done();
    }
    if turn.before.last_acts.iter().all(|act| *act != ActKind::Sympathy) {
        answer.say_plain(ActKind::Sympathy);
    }
    let number = book.field(id, Field::Number);
    let delivered = delivered_fact(&order, id, book);
    let ago = delivered.and_then(|day| book.derive(Formula::DaysSince, &[day]));
    answer.say(Act::plain(ActKind::DamageReport).with_some("order", number).with_some("delivered", delivered).with_some("ago", ago));
    let window = policy::days(found, 1, book, &["damag", "arriv", "wrong"]);
    let over = window.zip(ago).is_some_and(|((_, window), ago)| longer(ago, window, book));
    match (over, window) {
        (true, Some((sentence, window))) => {
            answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence));
            answer.say(Act::plain(ActKind::DamageLate).with_some("ago", ago).with("window", window));
        }
        _ => {
            if let Some(hit) = damage_entry(found) {
                let seen = turn.before.focus.entry.as_deref().is_some_and(|id| say::entry(book, hit.record).is_some_and(|e| e.id == id));
                if seen {
                    wording::say_answer(turn, &["replacement", "refund", "new"], hit.record, book, &mut answer);
                } else {
                    say::say_entry(book, hit.record, &mut answer);
                }
            }
        }
    }
    answer.cards.push(id);
    keep_item(turn, &order, state);
    offer_once(turn, "damaged_or_wrong_item", found, book, &mut answer, state);
    answer.done()
}

/// The plainest question about what came wrong.
fn plain_damage(turn: &Turn<'_>) -> Lookup {
    let text = say::question_text(turn);
    let said = wording::stems(&text);
    let has = |list: &[&str]| said.iter().any(|word| list.contains(&word.as_str()));
    let asked = |text: &str| Lookup::Knowledge { text: text.to_owned(), procedures: Some(false), limit: 4 };
    if has(&["wrong", "different"]) {
        asked("I got the wrong item")
    } else if has(&["miss", "missing", "incomplet", "incomplete", "lack"]) || text.contains("without") {
        asked("An item is missing from the box")
    } else {
        policy::damage_lookup()
    }
}

/// The entry on damage: by the customer's own words, or by the plainest question about it.
fn damage_entry(found: &Findings) -> Option<super::super::lookup::KnowledgeFound> {
    /// Own words that hardly leave a doubt: "wrong colour in the box".
    const OWN: f32 = 0.7;
    say::best_entry(found, 0)
        .filter(|hit| hit.score >= OWN)
        .or_else(|| (1..3).find_map(|i| say::plain_entry(found, i)).or_else(|| say::best_entry(found, 0)))
}

/// What the shop does about damage, and the question which order it is.
fn damage_rule(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if found.knowledge.is_empty() {
        return Step::Look(vec![say::knowledge_lookup(turn), plain_damage(turn), policy::damaged_parcel_lookup()]);
    }
    let mut answer = Answer::default();
    let hypothetical = is_hypothetical(turn);
    if !hypothetical {
        answer.say_plain(ActKind::Sympathy);
    }
    if let Some(hit) = damage_entry(found) {
        say::say_entry(book, hit.record, &mut answer);
        state.focus.entry = say::entry(book, hit.record).map(|entry| entry.id.clone());
    }
    if !hypothetical && let OrderStep::First(Step::Say(asked)) = order_or_ask(turn, found, book, state) {
        answer.acts.extend(asked.acts.into_iter().filter(|act| act.kind != ActKind::Sympathy));
        answer.asks.extend(asked.asks);
    }
    answer.done()
}

/// More of a damage reported before whose order is not known yet: the day it came is held against the time there is, a
/// question is answered by the rule. The number is asked for once more at most, and not again in the next reply.
fn told_more(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if found.knowledge.is_empty() {
        let mut lookups = vec![say::knowledge_lookup(turn), policy::damage_lookup(), policy::damaged_parcel_lookup()];
        lookups.extend(turn.before.focus.entry.clone().map(Lookup::Entry));
        return Step::Look(lookups);
    }
    let mut answer = Answer::default();
    let said = book.said(turn.text);
    let came = book.derive(Formula::PastDay, &[said]);
    let ago = came.and_then(|day| book.derive(Formula::DaysSince, &[day]));
    let window = [1, 2].into_iter().find_map(|which| policy::days(found, which, book, &["damag", "arriv", "wrong"]));
    // It was told of: what is asked next is asked of the damage, whatever other rule the words are near to.
    let entry = (1..3).find_map(|i| say::plain_entry(found, i)).or_else(|| damage_entry(found));
    // The rule told before: a wrong item is no damaged one.
    let entry = entry.map(|hit| found.entry.flatten().map_or(hit, |record| super::super::lookup::KnowledgeFound { record, ..hit }));
    match (ago, window, entry) {
        (Some(ago), Some((_, window)), _) if longer(ago, window, book) => {
            answer.say(Act::plain(ActKind::DamageLate).with("ago", ago).with("window", window));
        }
        (Some(_), Some((sentence, _)), _) => {
            answer.say_plain(ActKind::InTime);
            answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence));
        }
        (_, _, Some(hit)) => {
            let wants = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "new" | "replacement" | "money" | "refund"));
            let asks = evidence_words::is_question(turn.text);
            let way = turn.heard.words.iter().any(|w| {
                matches!(w.text.as_str(), "bring" | "back" | "label" | "postage" | "collect" | "collected" | "pick" | "fetch" | "return")
            });
            match (wants, asks) {
                (false, true) if way => wording::say_hinted(&["collect", "label", "return"], hit.record, book, &mut answer),
                (true, _) => wording::say_hinted(&["replacement", "refund", "new"], hit.record, book, &mut answer),
                (false, true) => wording::say_answer(turn, &["photos", "report"], hit.record, book, &mut answer),
                (false, false) if turn.read.contact.is_empty() => answer.say_plain(ActKind::Noted),
                (false, false) => {}
            }
        }
        _ => answer.say_plain(ActKind::NotInRecords),
    }
    if let OrderStep::First(Step::Say(asked)) = order_or_ask(turn, found, book, state) {
        let again = turn.before.last_acts.iter().any(|act| matches!(act, ActKind::AskOrderNumber | ActKind::AskNumberToo));
        answer.acts.extend(asked.acts.into_iter().filter(|act| act.kind != ActKind::Sympathy && !again));
        answer.asks.extend(asked.asks);
    }
    answer.done()
}

/// "What if it were faulty?": asked in case, nothing has happened.
pub fn is_hypothetical(turn: &Turn<'_>) -> bool {
    turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "if" | "policy" | "would" | "suppose"))
}

/// What holds for an order if something were wrong with it: the rule on damage while its time runs, the
/// warranty after that.
fn if_faulty(turn: &Turn<'_>, found: &Findings, id: RecordId, order: &Order, book: &mut FactBook) -> Step {
    if found.knowledge.len() < 4 {
        return Step::Look(vec![
            policy::warranty_lookup(),
            Lookup::Knowledge { text: "Do I pay postage if the product is broken?".to_owned(), procedures: Some(false), limit: 2 },
        ]);
    }
    let mut answer = Answer::default();
    let delivered = delivered_fact(order, id, book);
    let ago = delivered.and_then(|day| book.derive(Formula::DaysSince, &[day]));
    let window = policy::days(found, 1, book, &["damag", "arriv", "wrong"]);
    let within = window.zip(ago).is_some_and(|((_, window), ago)| !longer(ago, window, book));
    if within && let Some(hit) = say::plain_entry(found, 1) {
        say::say_entry(book, hit.record, &mut answer);
        return answer.done();
    }
    let general = policy::months(found, 3, book, &["warrant", "guarante", "cover"]);
    if let Some(day) = delivered {
        for sku in order.items.iter().map(|item| item.sku.clone()) {
            let Some(product) = book.find(RecordKind::Product, &sku) else { continue };
            let term = own_warranty(product, book).or_else(|| general.map(|(_, months)| months));
            let until = term.and_then(|term| book.derive(Formula::Later, &[day, term]));
            answer.acts.extend(until_act(name_of(&sku, book), until, term, book));
        }
    }
    if let Some(hit) = say::plain_entry(found, 4) {
        wording::say_answer(turn, &["faulty", "free"], hit.record, book, &mut answer);
    }
    if answer.acts.is_empty() {
        rules(found, 1, book, &mut answer);
    }
    answer.done()
}

/// Whether one length of time is longer than another.
fn longer(a: FactId, b: FactId, book: &FactBook) -> bool {
    match (book.value(a), book.value(b)) {
        (Some(Value::Days(a)), Some(Value::Days(b))) => a > b,
        _ => false,
    }
}

/// The shop's words on a matter, or that there are none.
pub fn rules(found: &Findings, which: usize, book: &mut FactBook, answer: &mut Answer) {
    match say::plain_entry(found, which) {
        Some(hit) => say::say_entry(book, hit.record, answer),
        None if answer.acts.is_empty() => answer.say_plain(ActKind::NotInRecords),
        None => {}
    }
}

/// The day an order was delivered, as a fact: the order's own date once it is delivered.
pub fn delivered_fact(order: &Order, id: RecordId, book: &mut FactBook) -> Option<FactId> {
    let delivered = order.is_delivered() || order.status == OrderStatus::Returned;
    if !delivered {
        return None;
    }
    book.field(id, Field::Delivery).or_else(|| {
        let parcel = order.fulfilments.iter().position(|f| f.delivered.is_some())?;
        book.field(id, Field::ParcelDelivered(u16::try_from(parcel).ok()?))
    })
}

/// The day the parcel with an item came, where an order travels apart: the item is there though the order is not.
pub fn item_came(order: &Order, sku: &str, id: RecordId, book: &mut FactBook) -> Option<FactId> {
    if order.is_delivered() || !order.is_split() {
        return None;
    }
    let within = super::super::items::parcels_with(&std::sync::Arc::new(order.clone()), sku);
    let [only] = within.as_slice() else { return None };
    book.field(id, Field::ParcelDelivered(u16::try_from(*only).ok()?))
}
