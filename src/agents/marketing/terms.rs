//! The terms of an offer: until when, from when, from how much on, for what, for whom.

use super::super::turn::{Answer, Step, Turn};
use super::verdict::{condition, not_running};
use super::{Desk, running};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::promotion::{NotApplicable, Promotion};
use crate::domain::record::Field;
use crate::domain::state::ConversationState;

/// What of the terms is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Its last day.
    End,
    /// Its first day.
    Start,
    /// From how much on.
    Minimum,
    /// For what.
    Kinds,
    /// How much it takes off.
    Discount,
    /// For whom.
    Who,
    /// How often.
    Times,
}

/// The terms asked about, of the code meant.
pub fn step(desk: &Desk<'_>, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if desk.codes.known.is_empty() {
        return running::step(desk, book, state);
    }
    let asked = asked(desk.turn);
    let mut answer = Answer::default();
    for (id, promotion) in desk.codes.known.iter().take(2) {
        terms(desk.turn, &asked, *id, promotion, book, &mut answer);
        answer.cards.push(*id);
        state.focus.promotion = Some(promotion.code.clone());
    }
    answer.done()
}

/// What is asked of one promotion, or the whole of it.
pub fn terms(turn: &Turn<'_>, asked: &[Asked], id: RecordId, promotion: &Promotion, book: &mut FactBook, answer: &mut Answer) {
    if asked.is_empty() {
        whole(turn, id, promotion, book, answer);
    }
    let back = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "when" | "back" | "until" | "again"));
    if let Some(code) = book.field(id, Field::Number).filter(|_| back && !promotion.active) {
        answer.acts.retain(|act| act.kind != ActKind::CodeBackUnknown);
        answer.say(Act::plain(ActKind::CodeOff).with("code", code));
        answer.say(Act::plain(ActKind::CodeBackUnknown).with("code", code));
        answer.acts.dedup();
        return;
    }
    for one in asked.iter().take(2) {
        term(turn, *one, id, promotion, book, answer);
    }
    answer.acts.dedup();
}

/// Words that ask for a term.
const WORDS: [(Asked, &str); 7] = [
    (Asked::Minimum, "minimum min least spend"),
    (
        Asked::Who,
        "new customer customers eligible entitled qualify who already first second 2nd need proof bring brother sister wife husband friend someone anyone anybody somebody prove evidence show",
    ),
    (Asked::Times, "twice again once often times"),
    (Asked::Start, "start starts started begin begins began since"),
    (Asked::End, "until till end ends ended expire expires expired expiry expiration stop stops over finish last long out"),
    (Asked::Discount, "percent percentage give gives gave worth"),
    (Asked::Kinds, "everything cover covers include includes apply applies products items categories things kind kinds"),
];

/// The terms a message asks about.
pub fn asked(turn: &Turn<'_>) -> Vec<Asked> {
    let words: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let has = |list: &[&str]| list.iter().any(|word| words.contains(word));
    let pair = |a: &str, b: &str| words.windows(2).any(|w| w == [a, b]);
    let said = |list: &str| list.split(' ').any(|word| words.contains(&word));
    let mut found: Vec<Asked> = WORDS.iter().filter(|(_, list)| said(list)).map(|(asked, _)| *asked).collect();
    if pair("much", "off") || pair("much", "discount") || pair("i", "get") && has(&["what"]) {
        found.push(Asked::Discount);
    }
    if has(&["before"]) && has(&["ordered", "bought", "shopped"]) {
        found.push(Asked::Who);
    }
    // "How do I get it?" is for whom it is.
    if has(&["how"]) && pair("i", "get") {
        found.push(Asked::Who);
    }
    // "On what", "what is it for": not "I saw it on your site, what is that".
    let side = |word: &str| matches!(word, "for" | "on" | "to");
    let beside = words.windows(2).any(|w| side(w[0]) && matches!(w[1], "what" | "which") || matches!(w[0], "what" | "which") && side(w[1]));
    if found.is_empty() && has(&["what", "which"]) && (beside || words.last().is_some_and(|word| side(word))) {
        found.push(Asked::Kinds);
    }
    if found.is_empty() && has(&["basket", "cart"]) && pair("how", "much") {
        found.push(Asked::Minimum);
    }
    if found.is_empty() && has(&["date", "day"]) {
        found.push(if has(&["from"]) { Asked::Start } else { Asked::End });
    }
    // "When does it run?" asks for both ends.
    if found.is_empty() && has(&["when", "run", "runs"]) {
        found.push(Asked::End);
    }
    if pair("order", "before") {
        found.retain(|asked| *asked != Asked::Start);
    }
    found
}

/// One term.
fn term(turn: &Turn<'_>, asked: Asked, id: RecordId, promotion: &Promotion, book: &mut FactBook, answer: &mut Answer) {
    let Some(code) = book.field(id, Field::Number) else { return };
    let running = promotion.runs_on(book.today());
    let fact = |book: &mut FactBook, field| book.field(id, field);
    let act = match asked {
        Asked::End | Asked::Start
            if matches!(running, Err(NotApplicable::NotYet | NotApplicable::Expired | NotApplicable::SwitchedOff)) =>
        {
            let act = running.err().and_then(|reason| not_running(id, reason, book));
            answer.acts.extend(act.filter(|act| !answer.acts.contains(act)));
            return;
        }
        Asked::End => match fact(book, Field::End) {
            Some(end) => Act::plain(ActKind::CodeUntil).with("code", code).with("end", end),
            None => Act::plain(ActKind::CodeNoEnd).with("code", code),
        },
        Asked::Start => {
            let end = fact(book, Field::End);
            match fact(book, Field::Start) {
                Some(start) => Act::plain(ActKind::CodeSince).with("code", code).with("start", start).with_some("end", end),
                None => return whole(turn, id, promotion, book, answer),
            }
        }
        Asked::Minimum => match fact(book, Field::MinimumTotal) {
            Some(minimum) => Act::plain(ActKind::CodeNeeds).with("code", code).with("minimum", minimum),
            None => Act::plain(ActKind::CodeNoMinimum).with("code", code),
        },
        Asked::Kinds => match fact(book, Field::Category) {
            Some(categories) => Act::plain(ActKind::CodeFor).with("code", code).with("categories", categories),
            None => Act::plain(ActKind::CodeForAll).with("code", code),
        },
        Asked::Discount => match fact(book, Field::Discount) {
            Some(discount) => Act::plain(ActKind::CodeTakes).with("code", code).with("discount", discount),
            None => return whole(turn, id, promotion, book, answer),
        },
        Asked::Who => match condition(id, book).filter(|_| promotion.is_personal()) {
            Some(act) if says_bought_before(turn) && promotion.is_for_first_orders() => Act { kind: ActKind::CodeNotAgain, ..act },
            Some(act) => act,
            // That it is for anybody helps nobody once it is over.
            None if promotion.runs_on(book.today()).is_err() => return whole(turn, id, promotion, book, answer),
            None => Act::plain(ActKind::CodeForAnyone).with("code", code),
        },
        Asked::Times => match condition(id, book).filter(|_| promotion.is_for_first_orders()) {
            Some(act) if says_bought_before(turn) => Act { kind: ActKind::CodeNotAgain, ..act },
            Some(act) => act,
            None => Act::plain(ActKind::CodeTimesUnknown).with("code", code),
        },
    };
    answer.say(act);
}

/// "I ordered in June already": no first order.
fn says_bought_before(turn: &Turn<'_>) -> bool {
    let has = |list: &[&str]| turn.heard.words.iter().any(|w| list.contains(&w.text.as_str()));
    let bought = has(&["bought", "ordered", "shopped", "purchased", "existing", "regular", "twice", "again"])
        || turn.heard.words.windows(2).any(|w| {
            matches!(w[0].text.as_str(), "second" | "2nd" | "third" | "3rd") && matches!(w[1].text.as_str(), "order" | "purchase")
        });
    let denies = turn.heard.words.windows(2).any(|w| w[0].text == "not" && matches!(w[1].text.as_str(), "bought" | "ordered" | "shopped"));
    let never = has(&["never"]);
    bought && !denies && !never && !has(&["new"]) || turn.heard.words.windows(2).any(|w| w[0].text == "not" && w[1].text == "new")
}

/// The whole of it in one sentence, or why it does nothing.
pub fn whole(turn: &Turn<'_>, id: RecordId, promotion: &Promotion, book: &mut FactBook, answer: &mut Answer) {
    if let Err(reason) = promotion.runs_on(book.today()) {
        answer.acts.extend(not_running(id, reason, book));
        return;
    }
    let Some(code) = book.field(id, Field::Number) else { return };
    let mut act = Act::plain(ActKind::CodeWorks).with("code", code);
    for (name, field) in
        [("discount", Field::Discount), ("categories", Field::Category), ("minimum", Field::MinimumTotal), ("end", Field::End)]
    {
        act = act.with_some(name, book.field(id, field));
    }
    answer.say(act);
    let again = promotion.is_for_first_orders() && says_bought_before(turn);
    if let Some(act) = condition(id, book).filter(|_| again) {
        answer.acts.clear();
        answer.say(Act { kind: ActKind::CodeNotAgain, ..act });
    } else if promotion.is_personal() || book.field(id, Field::Discount).is_none() {
        answer.acts.extend(condition(id, book));
    }
}
