//! Which codes help: with a product, with a basket, with a kind of thing. The best first.

use super::super::say;
use super::super::turn::{Answer, Step};
use super::basket::{self, Basket};
use super::verdict::{condition, refusal};
use super::{Desk, Found, ask, running};
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Intent;
use crate::domain::asks::Slot;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::goal::Goal;
use crate::domain::promotion::{NotApplicable, Promotion};
use crate::domain::record::Field;
use crate::domain::state::ConversationState;

/// Which codes help with what is meant.
pub fn step(desk: &Desk<'_>, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let subject = &desk.subject;
    if subject.is_nothing() {
        // "Which one, then?" of codes that were just spoken of, on something that was not understood.
        let goes_on = desk.turn.before.intent == Some(Intent::Marketing) && desk.codes.before.is_some();
        if goes_on && desk.turn.goal == Goal::WhichCode && desk.turn.heard.words.len() <= 4 {
            let mut answer = Answer::of(vec![Act::plain(ActKind::AskProduct)]);
            ask(desk.turn, Slot::Product, Goal::WhichCode, &mut answer, state);
            return answer.done();
        }
        return running::step(desk, book, state);
    }
    let mut answer = Answer::default();
    if subject.is_kind() {
        for_kind(desk, book, &mut answer, state);
        return answer.done();
    }
    if subject.items.len() > 1 && !subject.together {
        one_by_one(desk, book, &mut answer, state);
        return answer.done();
    }
    answer.cards.extend(subject.items.iter().map(|(id, _)| *id).take(4));
    match Basket::of(&subject.items, book) {
        Some(basket) => for_basket(desk, &basket, book, &mut answer, state),
        None => {
            for (id, _) in &subject.items {
                answer.acts.extend(say::price(book, *id));
            }
        }
    }
    answer.done()
}

/// The running promotions that apply to a basket, those that depend on who buys last, and among the others
/// those that save most first.
fn applying(desk: &Desk<'_>, basket: &Basket, book: &FactBook) -> Vec<Found> {
    let today = book.today();
    let mut found: Vec<(Found, i64)> = desk
        .running(book)
        .into_iter()
        .filter_map(|(id, promotion)| {
            let covered = promotion.covered(&basket.products)?;
            promotion.applies_to(covered, today).ok()?;
            let saving = promotion.saving(covered.part).map_or(0, |money| money.minor);
            Some(((id, promotion), saving))
        })
        .collect();
    found.sort_by_cached_key(|((_, promotion), saving)| (promotion.is_personal(), std::cmp::Reverse(*saving)));
    found.into_iter().map(|(promotion, _)| promotion).collect()
}

/// The promotion that saves most and asks nothing of the customer.
pub fn best(desk: &Desk<'_>, basket: &Basket, book: &FactBook) -> Option<Found> {
    applying(desk, basket, book).into_iter().next()
}

/// For what is bought together, or for one thing.
fn for_basket(desk: &Desk<'_>, basket: &Basket, book: &mut FactBook, answer: &mut Answer, state: &mut ConversationState) {
    let current = other_than(desk);
    let found: Vec<Found> = applying(desk, basket, book).into_iter().filter(|(id, _)| Some(*id) != current).collect();
    let Some((best, promotion)) = found.first().cloned() else {
        none(desk, basket, current.is_some(), book, answer, state);
        return;
    };
    state.focus.promotion = Some(promotion.code.clone());
    state.focus.entry = None;
    answer.cards.push(best);
    let near = if promotion.is_personal() { nearly(desk, basket, book) } else { None };
    if let Some((id, _)) = near {
        answer.acts.extend(refusal(id, NotApplicable::BelowMinimum, basket, book).map(|act| Act { kind: ActKind::NearMiss, ..act }));
        answer.cards.push(id);
    }
    match basket.priced(best, &promotion, book) {
        Some(act) => answer.say(act),
        None => super::terms::whole(desk.turn, best, &promotion, book, answer),
    }
    if promotion.is_personal() {
        answer.acts.extend(condition(best, book));
    }
    answer.acts.extend(basket::shortage(&desk.subject.items, book));
    // One other way is enough: a better code to come, a second one, or one for those it is meant for.
    if better_soon(desk, basket, &promotion, book, answer) || near_is_told(answer) {
        return;
    }
    if let Some((id, other)) = found.get(1).filter(|(_, other)| !(promotion.is_personal() && other.is_personal()))
        && let (Some(priced), Some(code)) = (basket.with(*id, other, book), book.field(*id, Field::Number))
    {
        let words = if other.is_personal() { book.field(*id, Field::Description) } else { None };
        answer.say(Act::plain(ActKind::AlsoCode).with("code", code).with("after", priced.after).with_some("description", words));
        answer.cards.push(*id);
    }
}

fn near_is_told(answer: &Answer) -> bool {
    answer.acts.iter().any(|act| act.kind == ActKind::NearMiss)
}

/// A code bound to what is meant that only the amount is missing for.
fn nearly(desk: &Desk<'_>, basket: &Basket, book: &FactBook) -> Option<Found> {
    let today = book.today();
    let reason = |p: &Promotion| p.covered(&basket.products).and_then(|covered| p.applies_to(covered, today).err());
    let near = desk.running(book).into_iter().filter(|(_, p)| !p.categories.is_empty() && reason(p) == Some(NotApplicable::BelowMinimum));
    near.min_by_key(|(_, p)| p.minimum_total.map_or(0, |m| m.minor))
}

/// A promotion that starts within weeks and saves more than the best of today.
fn better_soon(desk: &Desk<'_>, basket: &Basket, best: &Promotion, book: &mut FactBook, answer: &mut Answer) -> bool {
    const SOON: i32 = 30;
    let today = book.today();
    let saved = |p: &Promotion| p.covered(&basket.products).and_then(|covered| p.saving(covered.part)).map_or(0, |money| money.minor);
    let better = desk.promotions.iter().find(|(_, p)| {
        let start = p.start.filter(|start| *start > today && start.days_since(today) <= SOON);
        let applies = start.zip(p.covered(&basket.products)).is_some_and(|(start, covered)| p.applies_to(covered, start).is_ok());
        applies && !p.is_personal() && saved(p) > saved(best)
    });
    let Some((id, _)) = better else { return false };
    answer.acts.extend(running::line(*id, ActKind::SoonCode, book));
    answer.cards.push(*id);
    true
}

/// The code that is known already, where another one is wanted.
fn other_than(desk: &Desk<'_>) -> Option<RecordId> {
    let words = &desk.turn.heard.words;
    let more = words.windows(2).any(|w| w[0].text == "more" && matches!(w[1].text.as_str(), "code" | "codes" | "discount" | "discounts"));
    let other = more || words.iter().any(|w| matches!(w.text.as_str(), "other" | "others" | "another" | "else" | "different" | "better"));
    desk.codes.before.as_ref().map(|(id, _)| *id).filter(|_| other && desk.turn.goal == Goal::WhichCode)
}

/// No code helps; the one that comes closest is named where there is one.
fn none(desk: &Desk<'_>, basket: &Basket, other: bool, book: &mut FactBook, answer: &mut Answer, state: &mut ConversationState) {
    let kind = if other { ActKind::NoOtherCode } else { ActKind::NoPromotionFor };
    answer.say(basket.named(Act::plain(kind)));
    let today = book.today();
    let reason = |promotion: &Promotion| promotion.covered(&basket.products).and_then(|covered| promotion.applies_to(covered, today).err());
    let near = desk.running(book).into_iter().filter(|(_, p)| reason(p) == Some(NotApplicable::BelowMinimum));
    let nearest = near.min_by_key(|(_, p)| (p.categories.is_empty(), p.minimum_total.map_or(0, |m| m.minor)));
    if let Some((id, promotion)) = nearest {
        answer.acts.extend(refusal(id, NotApplicable::BelowMinimum, basket, book).map(|act| Act { kind: ActKind::NearMiss, ..act }));
        answer.cards.push(id);
        state.focus.promotion = Some(promotion.code.clone());
        return;
    }
    let covers = |p: &Promotion| !p.categories.is_empty() && basket.products.iter().any(|(product, _)| p.covers(product));
    soon(desk, covers, book, answer, state);
}

/// The promotion that starts next among those that fit.
fn soon(
    desk: &Desk<'_>,
    fits: impl Fn(&Promotion) -> bool,
    book: &mut FactBook,
    answer: &mut Answer,
    state: &mut ConversationState,
) -> bool {
    let today = book.today();
    let coming = desk.promotions.iter().filter(|(_, p)| p.runs_on(today) == Err(NotApplicable::NotYet) && fits(p));
    let Some((id, promotion)) = coming.min_by_key(|(_, p)| p.start) else { return false };
    answer.acts.extend(running::line(*id, ActKind::SoonCode, book));
    answer.cards.push(*id);
    state.focus.promotion = Some(promotion.code.clone());
    true
}

/// For several things one by one: the best code of each.
fn one_by_one(desk: &Desk<'_>, book: &mut FactBook, answer: &mut Answer, state: &mut ConversationState) {
    let mut used: Vec<Found> = Vec::new();
    let mut without = Vec::new();
    for item in &desk.subject.items {
        answer.cards.push(item.0);
        let Some(basket) = Basket::of(std::slice::from_ref(item), book) else { continue };
        let Some((id, promotion)) = best(desk, &basket, book).filter(|(_, p)| !p.is_personal()) else {
            without.extend(say::name(book, item.0));
            continue;
        };
        if let (Some(priced), Some(code)) = (basket.with(id, &promotion, book), book.field(id, Field::Number)) {
            answer.say(basket.named(Act::plain(ActKind::BestLine)).with("code", code).with("after", priced.after));
        }
        if !used.iter().any(|(own, _)| *own == id) {
            used.push((id, promotion));
        }
    }
    if desk.turn.goal == Goal::PromoPrice {
        for item in &desk.subject.items {
            let told = say::name(book, item.0).is_some_and(|name| without.contains(&name));
            answer.acts.extend(say::list_item(book, item.0).filter(|_| told));
        }
    }
    if !without.is_empty() {
        answer.say(Act::plain(ActKind::NoPromotionFor).with_many("names", without));
    }
    state.focus.promotion = match used.as_slice() {
        [(_, only)] => Some(only.code.clone()),
        _ => None,
    };
    state.focus.entry = None;
    answer.cards.extend(used.iter().map(|(id, _)| *id));
}

/// For a kind of thing: what is bound to it; else what holds for everything, and what is still to come.
pub fn for_kind(desk: &Desk<'_>, book: &mut FactBook, answer: &mut Answer, state: &mut ConversationState) {
    let products = desk.subject.products(book);
    let covers = |p: &Promotion| !p.categories.is_empty() && products.iter().any(|(product, _)| p.covers(product));
    let by_brand = !desk.turn.heard.brands.is_empty();
    let today = book.today();
    // What a maker's own products are too cheap for helps nobody who asks for the maker.
    let reaches = |p: &Promotion| {
        !by_brand || products.iter().any(|item| p.covered(std::slice::from_ref(item)).is_some_and(|c| p.applies_to(c, today).is_ok()))
    };
    let bound: Vec<Found> = desk.running(book).into_iter().filter(|(_, p)| covers(p) && reaches(p)).collect();
    // "Which earbuds?", "which are under 100 with it?"
    let heard = desk.turn.heard;
    let before = |start: usize| start.checked_sub(1).map_or("", |i| heard.words[i].text.as_str());
    let lists = desk.turn.read.prices.max.is_some() || heard.categories.iter().any(|c| matches!(before(c.words.start), "which" | "other"));
    if let ([(id, promotion)], true, false) = (bound.as_slice(), lists, by_brand) {
        super::verdict::each(desk, *id, promotion, book, answer);
        state.focus.promotion = Some(promotion.code.clone());
        state.focus.entry = None;
        answer.cards.push(*id);
        return;
    }
    if !bound.is_empty() {
        running::several(&bound, book, answer, state);
        if let ([(id, promotion)], true) = (bound.as_slice(), by_brand) {
            covered_lines(desk, *id, promotion, book, answer);
        }
        return;
    }
    let kinds = desk.subject.kind.iter().map(|kind| book.shop(kind)).collect();
    let brands: Vec<_> = desk.turn.heard.brands.iter().map(|brand| book.shop(&brand.name)).collect();
    let told = if ended(desk, covers, book, answer, state) {
        true
    } else {
        answer.say(Act::plain(ActKind::NoOfferFor).with_many("names", if desk.subject.kind.is_empty() { brands } else { kinds }));
        soon(desk, covers, book, answer, state)
    };
    let general = desk.running(book).into_iter().find(|(_, p)| p.categories.is_empty() && !p.is_personal());
    if let Some((id, promotion)) = general {
        answer.acts.extend(running::line(id, ActKind::OfferAny, book));
        answer.cards.push(id);
        if !told {
            state.focus.promotion = Some(promotion.code.clone());
        }
    }
}

/// The products of a maker that a promotion is for, with their prices.
fn covered_lines(desk: &Desk<'_>, id: RecordId, promotion: &Promotion, book: &mut FactBook, answer: &mut Answer) {
    const SHOWN: usize = 3;
    let items = desk.subject.items.clone();
    let mut said = 0;
    for item in items {
        let Some(basket) = Basket::of(&[item], book).filter(|_| said < SHOWN) else { continue };
        let applies = promotion.covered(&basket.products).is_some_and(|covered| promotion.applies_to(covered, book.today()).is_ok());
        let Some(priced) = basket.with(id, promotion, book).filter(|_| applies) else { continue };
        let Some(code) = book.field(id, Field::Number) else { return };
        let out = basket.products.iter().any(|(product, _)| basket::is_out(product));
        let kind = if out { ActKind::PriceWithLineOut } else { ActKind::PriceWithLine };
        answer.say(basket.named(Act::plain(kind)).with("code", code).with("after", priced.after));
        answer.cards.push(item.0);
        said += 1;
    }
}

/// The promotion for it that ended last, where that was not long ago.
fn ended(
    desk: &Desk<'_>,
    fits: impl Fn(&Promotion) -> bool,
    book: &mut FactBook,
    answer: &mut Answer,
    state: &mut ConversationState,
) -> bool {
    const LATELY: i32 = 14;
    let today = book.today();
    let over = |p: &Promotion| p.runs_on(today) == Err(NotApplicable::Expired) && p.end.is_some_and(|end| today.days_since(end) <= LATELY);
    let Some((id, promotion)) = desk.promotions.iter().filter(|(_, p)| over(p) && fits(p)).max_by_key(|(_, p)| p.end) else { return false };
    answer.acts.extend(super::verdict::not_running(*id, NotApplicable::Expired, book));
    answer.cards.push(*id);
    state.focus.promotion = Some(promotion.code.clone());
    true
}
