//! Several codes or discounts at once: the rule of the shop, and which of them saves more.

use super::super::lookup::Lookup;
use super::super::say;
use super::super::turn::{Answer, Step};
use super::basket::Basket;
use super::{Desk, Found, rules};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::promotion::{Promotion, allows_one_code};
use crate::domain::record::Field;
use crate::domain::state::ConversationState;

/// Words that say what beside a code is to be used.
const BESIDES: [&str; 12] =
    ["shipp", "delivery", "point", "gift", "card", "student", "reward", "voucher", "referral", "trade", "credit", "newsletter"];

/// Those that are discounts themselves: what holds for codes holds for them.
const CODES: [&str; 3] = ["student", "voucher", "newsletter"];
/// Those that have rules of their own, whatever codes there are.
const OWN_RULES: [&str; 2] = ["shipp", "delivery"];

/// Whether they go together, and what is best if not.
pub fn step(desk: &Desk<'_>, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if desk.found.knowledge.is_empty() {
        let rule = "Can I combine discount codes? How many codes can I use on one order?";
        let told = desk.turn.before.focus.entry.clone().map(Lookup::Entry);
        let asked = Lookup::Knowledge { text: rule.to_owned(), procedures: Some(false), limit: 3 };
        return Step::Look([say::knowledge_lookup(desk.turn), asked].into_iter().chain(told).collect());
    }
    let mut answer = Answer::default();
    let rule = rule(desk, book);
    let own_rules = besides(desk).iter().all(|word| OWN_RULES.contains(&word.as_str()));
    if rule.is_none()
        && own_rules
        && let Some(hit) = say::best_entry(desk.found, 0)
    {
        rules::say_answer(hit, book, &mut answer, state);
        return answer.done();
    }
    match rule {
        Some((record, index, forbids)) => {
            let sentence = book.field(record, Field::Sentence(index));
            let kind = if forbids { ActKind::StackNo } else { ActKind::Knowledge };
            answer.say(Act::plain(kind).with_some("sentence", sentence));
        }
        None => answer.say_plain(ActKind::NotInRecords),
    }
    // "Can he use it with the harbor code?", of a discount just told: no, so the discount stays on the table.
    let of_a_rule = desk.turn.before.focus.entry.is_some() && desk.turn.before.focus.promotion.is_none();
    if let Some((_, promotion)) = desk.codes.known.first().filter(|_| !of_a_rule) {
        state.focus.promotion = Some(promotion.code.clone());
    }
    better(desk, book, &mut answer, state);
    answer.done()
}

/// What is to be used beside a code.
fn besides(desk: &Desk<'_>) -> Vec<String> {
    let of_these = |words: Vec<String>| words.into_iter().filter(|word| BESIDES.contains(&word.as_str())).collect::<Vec<_>>();
    let named = of_these(rules::telling(desk.turn));
    // "Can I use them with a code?", of points.
    if named.is_empty() { of_these(rules::stems(&say::question_text(desk.turn))) } else { named }
}

/// The sentence that answers: of the entry just quoted where it says so, else of those found.
fn rule(desk: &Desk<'_>, book: &FactBook) -> Option<(RecordId, u16, bool)> {
    let told = desk.found.entry.flatten();
    let hits = desk.found.knowledge.iter().flatten().filter(|hit| hit.score >= 0.3).map(|hit| hit.record);
    let records: Vec<RecordId> = told.into_iter().chain(hits).collect();
    let asked = besides(desk);
    let find = |wanted: &dyn Fn(&str) -> bool| {
        records.iter().find_map(|record| {
            let entry = say::entry(book, *record)?;
            let at = entry.sentences().iter().position(|text| wanted(text))?;
            Some((*record, u16::try_from(at).ok()?, allows_one_code(entry.sentences()[at])))
        })
    };
    let joins =
        |text: &str| ["together", "combin", "stack", "not a promotion code", "in addition", "on top"].iter().any(|w| text.contains(w));
    let special = |text: &str| {
        let lower = text.to_lowercase();
        asked.iter().all(|word| lower.contains(word.as_str())) && joins(&lower)
    };
    let by_topic = if asked.is_empty() { None } else { find(&special) };
    // Whether delivery is free beside a code is no question of how many codes there may be.
    if by_topic.is_none() && asked.iter().any(|word| !CODES.contains(&word.as_str())) {
        return None;
    }
    by_topic.or_else(|| find(&|text| allows_one_code(text))).or_else(|| find(&|text| joins(&text.to_lowercase())))
}

/// Of the codes meant, the one that saves more on what is meant.
fn better(desk: &Desk<'_>, book: &mut FactBook, answer: &mut Answer, state: &mut ConversationState) {
    let subject = &desk.subject;
    let single = subject.items.len() == 1 || subject.together;
    let Some(basket) = Basket::of(&subject.items, book).filter(|_| single && !subject.is_kind()) else { return };
    let mut codes: Vec<Found> = desk.codes.known.clone();
    codes.extend(desk.codes.before.clone().filter(|(id, _)| !codes.iter().any(|(own, _)| own == id)));
    let today = book.today();
    let saving = |promotion: &Promotion| {
        let covered = promotion.covered(&basket.products)?;
        promotion.applies_to(covered, today).ok()?;
        Some(promotion.saving(covered.part)?.minor)
    };
    let Some((id, promotion)) = codes.iter().filter(|(_, p)| saving(p).is_some()).max_by_key(|(_, p)| saving(p)).cloned() else { return };
    if codes.len() > 1 {
        answer.acts.extend(basket.priced(id, &promotion, book));
        answer.cards.push(id);
    }
    state.focus.promotion = Some(promotion.code.clone());
}
