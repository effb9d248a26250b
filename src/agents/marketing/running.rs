//! What is on offer at all, and what comes next.

use super::super::lookup::Lookup;
use super::super::say;
use super::super::turn::{Answer, Step, Turn};
use super::{Desk, Found, rules, which};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, Formula, RecordId};
use crate::domain::goal::Goal;
use crate::domain::promotion::{NotApplicable, Promotion};
use crate::domain::record::Field;
use crate::domain::state::ConversationState;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::text::words;

/// Promotions listed at once.
const LISTED: usize = 6;

/// What runs, for what is meant or at all; or what comes next.
pub fn step(desk: &Desk<'_>, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if desk.turn.goal == Goal::UpcomingOffers {
        return upcoming(desk, book, state);
    }
    let mut answer = Answer::default();
    let telling = telling(desk.turn);
    if !telling.is_empty() {
        let Some(hits) = desk.found.knowledge.first() else { return Step::Look(vec![say::knowledge_lookup(desk.turn)]) };
        let fits =
            |id: RecordId| rules::is_of_offers(id, book) && rules::speaks_of(id, &telling, book) && rules::asks_any(id, &telling, book);
        if let Some(hit) = hits.iter().find(|hit| hit.score >= say::ANSWERS && fits(hit.record)) {
            rules::say_answer(*hit, book, &mut answer, state);
            return answer.done();
        }
    }
    if !desk.subject.is_nothing() {
        return which::step(desk, book, state);
    }
    let named: Vec<Found> = desk.running(book).into_iter().filter(|(_, p)| !telling.is_empty() && speaks_of(p, &telling)).collect();
    if !named.is_empty() {
        several(&named, book, &mut answer, state);
        return answer.done();
    }
    let mut running = desk.running(book);
    if running.is_empty() {
        answer.say_plain(ActKind::NoPromotions);
        return answer.done();
    }
    running.sort_by_cached_key(|(_, promotion)| (promotion.is_personal(), promotion.end));
    if let Some(days) = ending_within(desk.turn) {
        let last = book.today().plus_days(days);
        running.retain(|(_, promotion)| promotion.end.is_some_and(|end| end <= last));
        if running.is_empty() {
            answer.say_plain(ActKind::NoneEnding);
            return answer.done();
        }
    }
    answer.say_plain(ActKind::PromotionsIntro);
    list(&running, ActKind::Promotion, book, &mut answer);
    state.focus.entry = None;
    state.focus.promotion = only(&running);
    answer.done()
}

/// "Which of them end this week?": within so many days.
fn ending_within(turn: &Turn<'_>) -> Option<i32> {
    let has = |list: &[&str]| turn.heard.words.iter().any(|w| list.contains(&w.text.as_str()));
    if turn.heard.words.windows(3).any(|w| w[0].text == "about" && w[1].text == "to" && matches!(w[2].text.as_str(), "end" | "expire")) {
        return Some(7);
    }
    if !has(&["end", "ends", "ending", "expire", "expires", "expiring", "last"]) {
        return None;
    }
    let spans: [(&[&str], i32); 4] = [(&["today", "tonight"], 0), (&["tomorrow"], 1), (&["week", "weekend", "soon"], 7), (&["month"], 31)];
    spans.iter().find(|(words, _)| has(words)).map(|(_, days)| *days)
}

/// Words of a message that say which offers are meant, beside those that speak of offers at all.
pub fn telling(turn: &Turn<'_>) -> Vec<String> {
    const OF_OFFERS: &str = "code coupon voucher promo promotion discount deal offer sale special bargain price money save off reduced \
        current currently now today right moment run running week weekend month online store shop active available good best great latest \
        new product item stuff cheap interesting going kind list work valid apply applicable buy order purchase pay left still next";
    let general: Vec<String> = OF_OFFERS.split_whitespace().map(stem).collect();
    let heard = turn.heard;
    let named = |i: usize| {
        let ranges = heard.categories.iter().map(|c| &c.words).chain(heard.brands.iter().map(|b| &b.words));
        ranges.chain(heard.products.iter().map(|p| &p.words)).any(|words| words.contains(&i))
    };
    let words = heard.words.iter().enumerate().filter(|(i, w)| !words::is_function(&w.text) && !general.contains(&w.stem) && !named(*i));
    words.filter(|(_, w)| w.text.len() > 2).map(|(_, w)| w.stem.clone()).collect()
}

/// Whether a promotion's name, kinds or words have what was said.
fn speaks_of(promotion: &Promotion, telling: &[String]) -> bool {
    let texts =
        [promotion.name.as_str(), promotion.description.as_str()].into_iter().chain(promotion.categories.iter().map(String::as_str));
    let own: Vec<String> = texts.flat_map(tokens).map(|token| stem(&token.text)).collect();
    let kinds: Vec<String> = promotion.categories.iter().flat_map(|path| tokens(path)).map(|token| stem(&token.text)).collect();
    telling.iter().all(|word| {
        // "Amps" and "cams" are short for what the kinds are called.
        let short = word.len() >= 3 && kinds.iter().any(|kind| kind.starts_with(word.as_str()));
        short || own.contains(word) || words::synonyms(word).iter().any(|other| own.contains(other))
    })
}

/// One promotion as a sentence or a line.
pub fn line(id: RecordId, kind: ActKind, book: &mut FactBook) -> Option<Act> {
    let (name, code) = (say::name(book, id)?, book.field(id, Field::Number)?);
    let mut act = Act::plain(kind).with("name", name).with("code", code);
    let fields = [
        ("discount", Field::Discount),
        ("categories", Field::Category),
        ("minimum", Field::MinimumTotal),
        ("start", Field::Start),
        ("end", Field::End),
    ];
    for (name, field) in fields {
        act = act.with_some(name, book.field(id, field));
    }
    if act.one("discount").is_none() {
        act = act.with_some("description", book.field(id, Field::Description));
        if kind == ActKind::Promotion {
            act.kind = ActKind::PromotionWords;
        }
    }
    Some(act)
}

/// The promotions for what was asked: one in a sentence, several in a list.
pub fn several(found: &[Found], book: &mut FactBook, answer: &mut Answer, state: &mut ConversationState) {
    state.focus.promotion = only(found);
    state.focus.entry = None;
    match found {
        [(id, promotion)] if book.field(*id, Field::Discount).is_some() => {
            answer.acts.extend(line(*id, ActKind::OfferFor, book));
            if promotion.is_personal() {
                answer.acts.extend(super::verdict::condition(*id, book));
            }
            answer.cards.push(*id);
        }
        found => {
            answer.say_plain(ActKind::PromotionsIntro);
            list(found, ActKind::Promotion, book, answer);
        }
    }
}

fn only(found: &[Found]) -> Option<String> {
    match found {
        [(_, only)] => Some(only.code.clone()),
        _ => None,
    }
}

/// Lines of promotions, and how many more there are.
fn list(found: &[Found], kind: ActKind, book: &mut FactBook, answer: &mut Answer) {
    for (id, _) in found.iter().take(LISTED) {
        answer.acts.extend(line(*id, kind, book));
        answer.cards.push(*id);
    }
    if let Some(rest) = found.get(LISTED..).filter(|rest| !rest.is_empty()) {
        let names: Vec<_> = rest.iter().filter_map(|(id, _)| say::name(book, *id)).collect();
        if let Some(count) = book.derive(Formula::Count, &names) {
            answer.say(Act::plain(ActKind::MorePromotions).with("count", count));
        }
    }
}

/// What comes next: the shop's own words, else the promotions that start later.
fn upcoming(desk: &Desk<'_>, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let Some(hits) = desk.found.knowledge.first() else {
        let asked =
            Lookup::Knowledge { text: "When is your next sale? When does the sale start?".to_owned(), procedures: Some(false), limit: 3 };
        return Step::Look(vec![say::knowledge_lookup(desk.turn), asked]);
    };
    let mut answer = Answer::default();
    let coming = ["next", "start", "begin", "upcom", "upcoming"].map(str::to_owned);
    let asked = desk.found.knowledge.get(1).into_iter().flatten();
    let own = hits
        .iter()
        .chain(asked)
        .find(|hit| hit.score >= say::ANSWERS && rules::is_of_offers(hit.record, book) && rules::asks_any(hit.record, &coming, book));
    // What the shop says of sales at large is no answer about bikes where a promotion for bikes is coming.
    let coming_for_it = !desk.subject.is_nothing()
        && desk.promotions.iter().any(|(_, p)| {
            let covers = desk.subject.products(book).iter().any(|(product, _)| p.covers(product));
            p.runs_on(book.today()) == Err(NotApplicable::NotYet) && covers && !p.categories.is_empty()
        });
    if let Some(hit) = own.filter(|_| !coming_for_it) {
        rules::say_answer(*hit, book, &mut answer, state);
    }
    let today = book.today();
    let fits = |p: &Promotion| {
        let products = desk.subject.products(book);
        desk.subject.is_nothing() || p.categories.is_empty() || products.iter().any(|(product, _)| p.covers(product))
    };
    let mut future: Vec<Found> =
        desk.promotions.iter().filter(|(_, p)| p.runs_on(today) == Err(NotApplicable::NotYet) && fits(p)).cloned().collect();
    future.sort_by_key(|(_, promotion)| promotion.start);
    match future.as_slice() {
        [] if own.is_none() => {
            answer.say_plain(ActKind::NoUpcoming);
            let products = desk.subject.products(book);
            let now = desk
                .running(book)
                .into_iter()
                .find(|(_, p)| !p.categories.is_empty() && products.iter().any(|(product, _)| p.covers(product)));
            if let Some((id, promotion)) = now {
                answer.acts.extend(line(id, ActKind::OfferNow, book));
                answer.cards.push(id);
                state.focus.promotion = Some(promotion.code.clone());
            }
        }
        [] => {}
        found => {
            answer.say_plain(ActKind::UpcomingIntro);
            list(found, ActKind::Upcoming, book, &mut answer);
            state.focus.promotion = only(found);
        }
    }
    answer.done()
}
