//! Repairs: what they cost, how long they take, how one is booked.

use super::super::lookup::{Findings, Lookup};
use super::super::turn::{Answer, Step, Turn};
use super::super::understanding::day;
use super::super::{policy, say};
use super::warranty::warranty_spec;
use super::{warranty, wording};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::goal::Goal;
use crate::domain::record::RecordKind;
use crate::domain::state::ConversationState;
use crate::domain::text::stem::stem;

/// What a repair costs and how long it takes.
pub fn repair(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let own = turn.heard.products.first().and_then(|mention| mention.skus.first().cloned()).or_else(|| state.product().map(str::to_owned));
    // "Can I bring it in on Sunday?" asks when the shop is open.
    let brings = turn.heard.words.iter().any(|word| matches!(word.text.as_str(), "bring" | "drop"));
    if brings && day::asked(&turn.heard.words, book.today()).is_some() {
        return Answer::hand_over(Goal::StoreHours);
    }
    if let Some(sku) = own.clone().filter(|_| found.products_asked == 0) {
        return Step::Look(vec![Lookup::Products(vec![sku])]);
    }
    if found.knowledge.is_empty() {
        let asked = |text: &str| Lookup::Knowledge { text: text.to_owned(), procedures: Some(false), limit: 2 };
        let plain =
            ["How much does a repair cost?", "How long does a repair take?", "How do I book a repair?", "How long is the warranty?"]
                .map(asked);
        return Step::Look(std::iter::once(say::knowledge_lookup(turn)).chain(plain).collect());
    }
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let has = |list: &[&str]| said.iter().any(|word| list.contains(word));
    let supposed = warranty::supposes_it_is_over(turn);
    let price = supposed || has(&["cost", "costs", "price", "much", "pay", "pays", "fee", "charge", "charged", "expensive", "free"]);
    let time = has(&["long", "when", "days", "weeks", "take", "takes", "ready"]);
    let comes = has(&["someone", "somebody", "anyone", "mechanic", "technician"]) && has(&["look", "come", "fix", "repair", "check"]);
    let books = (comes || has(&["book", "appointment", "arrange", "schedule", "plan", "bring", "drop"])) && !price && !time;
    let by_words = say::best_entry(found, 0).filter(|hit| hit.score >= 0.6 && !hit.procedure);
    // What takes how long in this shop says nothing of repairs where it does not speak of them.
    let of_time = say::plain_entry(found, TIME).filter(|hit| !hit.lacks && speaks_of_repairs(hit.record, book));
    let order = if books { [BOOKING, COST, TIME] } else { [COST, TIME, BOOKING] };
    let of_any = order.into_iter().find_map(|which| say::plain_entry(found, which)).or(by_words);
    let Some(hit) = (if time && !price { of_time } else { of_any }) else {
        return Answer::of(vec![Act::plain(ActKind::NotInRecords)]).done();
    };
    let mut answer = Answer::default();
    // "Who pays for the mechanic?": how long the maker does is half of the answer, where it was not just said.
    let told =
        turn.before.last_acts.iter().any(|act| matches!(act, ActKind::WarrantyUntil | ActKind::WarrantyUntilSaid | ActKind::WarrantyTerm));
    let id = own.filter(|_| price && !told && !supposed).and_then(|sku| book.find(RecordKind::Product, &sku));
    let runs = if price && !told && !supposed { until(turn, found, id, book) } else { None };
    let dated = runs.is_some();
    answer.acts.extend(runs);
    if let Some((id, term)) = id.filter(|_| !dated).and_then(|id| Some((id, warranty_spec(id, book)?))) {
        let name = say::name(book, id);
        answer.say(Act::plain(ActKind::WarrantyTerm).with_some("product", name).with("term", term));
    }
    let cost: &[&str] = if has(&["free", "charged"]) { &["cost", "fee", "waived", "warranty"] } else { &["cost", "fee", "visit"] };
    match (price, time) {
        (true, _) => wording::say_answer(turn, cost, hit.record, book, &mut answer),
        (false, true) => wording::say_answer(turn, &["take", "days"], hit.record, book, &mut answer),
        _ if books && !booking(turn, hit.record, book, &mut answer) => return by_ticket(turn, found, book, state, answer),
        _ if books => {}
        _ => say::say_entry(book, hit.record, &mut answer),
    }
    if let Some(hit) = of_time.filter(|_| price && time) {
        wording::say_hinted(&["take", "days"], hit.record, book, &mut answer);
    }
    answer.done()
}

/// Until when the warranty of what is broken runs, by the day the customer has it from: that says who pays.
fn until(turn: &Turn<'_>, found: &Findings, id: Option<RecordId>, book: &mut FactBook) -> Option<Act> {
    let day = warranty::known_day(turn, book)?;
    let general = policy::months(found, WARRANTY, book, &["warrant", "guarante", "cover"]).map(|(_, months)| months);
    let term = id.and_then(|id| warranty::own_warranty(id, book)).or(general)?;
    let name = id.and_then(|id| say::name(book, id));
    warranty::said_act(name, day, term, book)
}

/// No entry says how one is booked: what it costs, and the offer that a colleague arranges it.
fn by_ticket(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState, mut answer: Answer) -> Step {
    if let Some(hit) = say::plain_entry(found, COST) {
        wording::say_hinted(&["cost", "fee", "visit"], hit.record, book, &mut answer);
    }
    let told = state.focus.fault.as_ref().map(super::steps::told);
    let turn = Turn { text: told.as_deref().unwrap_or(turn.text), continues: false, ..*turn };
    super::offer_ticket(&turn, "technical_fault", &mut answer, state);
    answer.done()
}

/// How one is booked: the first of the entry, without what it costs. Whether the entry says it.
fn booking(turn: &Turn<'_>, id: RecordId, book: &mut FactBook, answer: &mut Answer) -> bool {
    let brings = turn.heard.words.iter().any(|word| matches!(word.text.as_str(), "bring" | "drop"));
    let of_booking = ["book", "appointment", "bring", "workshop", "phone", "call"];
    if wording::speaking_of(&of_booking, id, book).is_none() {
        return false;
    }
    let hints: &[&str] = if brings { &["bring", "workshop", "store"] } else { &["book", "phone"] };
    wording::say_hinted(hints, id, book, answer);
    if brings && let Some(fact) = wording::speaking_of(&["book", "call"], id, book) {
        answer.say(Act::plain(ActKind::Knowledge).with("sentence", fact));
    }
    true
}

/// The places of the plain questions among the look-ups.
const COST: usize = 1;
const TIME: usize = 2;
const BOOKING: usize = 3;
const WARRANTY: usize = 4;

fn speaks_of_repairs(record: RecordId, book: &FactBook) -> bool {
    say::entry(book, record).is_some_and(|entry| entry.questions.iter().any(|question| wording::stems(question).contains(&stem("repair"))))
}
