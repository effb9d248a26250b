//! A code on what is meant: yes or no and why first, then the price.

use super::super::say;
use super::super::turn::{Answer, Step, Turn};
use super::basket::{self, Basket};
use super::{Desk, Found, ask, terms, which};
use crate::domain::act::{Act, ActKind};
use crate::domain::asks::Slot;
use crate::domain::fact::{FactBook, FactId, Formula, RecordId};
use crate::domain::goal::Goal;
use crate::domain::money::Money;
use crate::domain::promotion::{Covered, Discount, NotApplicable, Promotion};
use crate::domain::record::Field;
use crate::domain::state::ConversationState;
use std::sync::Arc;

/// Products listed with their prices at once.
const LISTED: usize = 5;

/// What the codes meant do for what is meant.
pub fn step(desk: &Desk<'_>, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let mut answer = Answer::default();
    if better_of_two(desk, book, &mut answer, state) {
        return answer.done();
    }
    for (id, promotion) in desk.codes.known.iter().take(2) {
        on(desk, *id, promotion, book, &mut answer, state);
        answer.cards.push(*id);
        state.focus.promotion = Some(promotion.code.clone());
        state.focus.entry = None;
    }
    if !desk.subject.is_kind() {
        answer.cards.extend(desk.subject.items.iter().map(|(id, _)| *id).take(LISTED));
    }
    answer.done()
}

/// "HOMENET12 or HARBOR15?": the one that saves more, then the other.
fn better_of_two(desk: &Desk<'_>, book: &mut FactBook, answer: &mut Answer, state: &mut ConversationState) -> bool {
    let one = desk.subject.items.len() == 1 || desk.subject.together;
    let Some(basket) = Basket::of(&desk.subject.items, book).filter(|_| one && !desk.subject.is_kind()) else { return false };
    let today = book.today();
    let saving = |promotion: &Promotion| {
        let covered = promotion.covered(&basket.products)?;
        promotion.applies_to(covered, today).ok()?;
        Some(promotion.saving(covered.part)?.minor)
    };
    let mut both: Vec<Found> = desk.codes.known.iter().filter(|(_, p)| saving(p).is_some()).cloned().collect();
    both.sort_by_key(|(_, p)| std::cmp::Reverse(saving(p)));
    let [(best, promotion), (other, less), ..] = both.as_slice() else { return false };
    answer.acts.extend(basket.priced(*best, promotion, book));
    if let (Some(priced), Some(code)) = (basket.with(*other, less, book), book.field(*other, Field::Number)) {
        let words = if less.is_personal() { book.field(*other, Field::Description) } else { None };
        answer.say(Act::plain(ActKind::AlsoCode).with("code", code).with("after", priced.after).with_some("description", words));
    }
    answer.cards.extend([*best, *other]);
    state.focus.promotion = Some(promotion.code.clone());
    state.focus.entry = None;
    true
}

fn on(desk: &Desk<'_>, id: RecordId, promotion: &Arc<Promotion>, book: &mut FactBook, answer: &mut Answer, state: &mut ConversationState) {
    let subject = &desk.subject;
    // "I have ordered before": whether that meets its condition is for who reads it, and no yes goes before it.
    if promotion.is_personal()
        && says_who_they_are(desk.turn)
        && let Some(condition) = condition(id, book)
    {
        answer.say(condition);
        return;
    }
    // "A 600 dollar TV": what such a thing would come to.
    let some_such = subject.is_kind() && desk.turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "a" | "an" | "one"));
    if some_such && on_amount(desk, id, promotion, book, answer) {
        return;
    }
    if subject.is_nothing() {
        plain(desk, id, promotion, book, answer, state);
        return;
    }
    if subject.is_kind() || subject.items.len() > 1 && !subject.together {
        each(desk, id, promotion, book, answer);
        return;
    }
    match Basket::of(&subject.items, book) {
        Some(basket) => on_basket(desk, id, promotion, &basket, book, answer),
        None => {
            terms::whole(desk.turn, id, promotion, book, answer);
            for (product, _) in &subject.items {
                answer.acts.extend(say::price(book, *product).filter(|act| act.kind == ActKind::PriceUnknown));
            }
        }
    }
}

/// "I'm already a subscriber", "I bought before", "I am not a new customer".
fn says_who_they_are(turn: &Turn<'_>) -> bool {
    let words: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let before =
        has(&["already", "before", "again"]) && has(&["subscriber", "subscribed", "bought", "ordered", "customer", "member", "signed"]);
    let new = words.windows(3).any(|w| matches!(w[0], "not" | "no") && (w[1] == "new" || w[2] == "new"));
    before || new
}

/// No product is meant: what the code does, and which product it is about where a price was wanted.
fn plain(desk: &Desk<'_>, id: RecordId, promotion: &Promotion, book: &mut FactBook, answer: &mut Answer, state: &mut ConversationState) {
    if on_amount(desk, id, promotion, book, answer) {
        return;
    }
    terms::terms(desk.turn, &terms::asked(desk.turn), id, promotion, book, answer);
    if desk.turn.goal == Goal::PromoPrice && promotion.runs_on(book.today()).is_ok() {
        answer.say_plain(ActKind::AskProduct);
        ask(desk.turn, Slot::Product, Goal::PromoPrice, answer, state);
    }
}

/// An amount that is to be paid: with its currency, or a bare number beside "basket", "one for 450".
fn amount_named(turn: &Turn<'_>) -> Option<Money> {
    let read = &turn.read.prices;
    let parse = |i: usize| turn.heard.words.get(i).and_then(|w| Money::parse_decimal(&w.text, turn.shop.currency).ok());
    let bounds = read.min.is_some() != read.max.is_some();
    if let Some((at, _)) = read.amounts.first().filter(|_| !bounds) {
        return parse(*at);
    }
    let has = |list: &[&str]| turn.heard.words.iter().any(|w| list.contains(&w.text.as_str()));
    let of_basket = has(&["basket", "cart", "order", "total", "one", "worth", "spend", "spending"]);
    let number = turn.heard.words.iter().enumerate().filter(|(i, _)| !turn.heard.products.iter().any(|p| p.words.contains(i)));
    let number = number.filter(|(_, w)| w.text.parse::<f64>().is_ok_and(|n| n >= 20.0)).map(|(i, _)| i).next();
    number.filter(|_| of_basket && !turn.heard.codes.iter().any(|code| code.known)).and_then(parse)
}

/// On an amount the customer names: "my 140 dollar basket".
fn on_amount(desk: &Desk<'_>, id: RecordId, promotion: &Promotion, book: &mut FactBook, answer: &mut Answer) -> bool {
    let amount = amount_named(desk.turn);
    let Some(amount) = amount.filter(|_| promotion.runs_on(book.today()).is_ok()) else { return false };
    let (Some(code), Some(off)) = (book.field(id, Field::Number), book.field(id, Field::Discount)) else { return false };
    let total = book.said_amount(amount);
    if let Some(minimum) = book.field(id, Field::MinimumTotal).filter(|_| !promotion.reaches_minimum(amount)) {
        let missing = book.derive(Formula::Difference, &[minimum, total]);
        let act = Act::plain(ActKind::CodeMinimum).with("code", code).with("minimum", minimum).with("total", total);
        answer.say(act.with_some("missing", missing));
        return true;
    }
    let (Some(after), Some(saving)) = (book.derive(Formula::After, &[total, off]), book.derive(Formula::Saving, &[total, off])) else {
        return false;
    };
    answer.say(Act::plain(ActKind::TotalWith).with("code", code).with("total", total).with("after", after).with("saving", saving));
    let kinds = book.field(id, Field::Category);
    answer.acts.extend(kinds.map(|kinds| Act::plain(ActKind::CodeFor).with("code", code).with("categories", kinds)));
    true
}

/// On what is bought together, or on one piece of one thing.
fn on_basket(desk: &Desk<'_>, id: RecordId, promotion: &Promotion, basket: &Basket, book: &mut FactBook, answer: &mut Answer) {
    let Some(covered) = promotion.covered(&basket.products) else { return };
    let today = book.today();
    match promotion.applies_to(covered, today) {
        Ok(()) => {
            fits(desk, id, promotion, basket, book, answer);
        }
        Err(reason) => no(desk, id, promotion, (reason, covered), basket, book, answer),
    }
}

/// It does not apply: why, and what does.
fn no(
    desk: &Desk<'_>,
    id: RecordId,
    promotion: &Promotion,
    (reason, covered): (NotApplicable, Covered),
    basket: &Basket,
    book: &mut FactBook,
    answer: &mut Answer,
) {
    let starts = promotion.start.filter(|_| reason == NotApplicable::NotYet);
    match starts.map(|start| promotion.applies_to(covered, start)) {
        Some(Ok(())) => answer.acts.extend(later(id, promotion, basket, book)),
        // Even once it runs it will not apply: that is the answer.
        Some(Err(also)) => answer.acts.extend(refusal(id, also, basket, book)),
        None => answer.acts.extend(refusal(id, reason, basket, book)),
    }
    let other = which::best(desk, basket, book).filter(|(other, promotion)| *other != id && !promotion.is_personal());
    match other {
        Some((other, promotion)) => {
            let act = basket.priced(other, &promotion, book);
            answer.acts.extend(act.map(|act| Act { kind: ActKind::CodeInstead, ..act }));
        }
        None if is_about_price(desk) && !matches!(reason, NotApplicable::BelowMinimum | NotApplicable::NotYet) => {
            answer.acts.extend(desk.subject.single().and_then(|product| say::price(book, product)));
        }
        None => {}
    }
}

fn is_about_price(desk: &Desk<'_>) -> bool {
    desk.turn.goal == Goal::PromoPrice || desk.turn.read.hint(Goal::PriceQuestion) > 0.0 || desk.turn.read.hint(Goal::PromoPrice) > 0.0
}

/// It applies: the price with it.
fn fits(desk: &Desk<'_>, id: RecordId, promotion: &Promotion, basket: &Basket, book: &mut FactBook, answer: &mut Answer) {
    match basket.priced(id, promotion, book) {
        Some(mut act) => {
            if act.kind == ActKind::PriceWith && !is_about_price(desk) {
                act.kind = ActKind::CodeFits;
            }
            answer.say(act);
            let part = basket.part(promotion);
            if let (false, Some(code)) = (part.is_empty(), book.field(id, Field::Number)) {
                answer.say(Act::plain(ActKind::CodePart).with("code", code).with_many("names", part));
            }
        }
        None => terms::whole(desk.turn, id, promotion, book, answer),
    }
    if promotion.is_personal() && promotion.discount != Discount::Words {
        answer.acts.extend(condition(id, book));
    }
    answer.acts.extend(saves_more(desk, id, promotion, basket, book));
    answer.acts.extend(basket::shortage(&desk.subject.items, book));
}

/// Another code that asks nothing of the customer and saves more.
fn saves_more(desk: &Desk<'_>, id: RecordId, promotion: &Promotion, basket: &Basket, book: &mut FactBook) -> Option<Act> {
    let (other, better) = which::best(desk, basket, book).filter(|(other, p)| *other != id && !p.is_personal())?;
    let part = |p: &Promotion| Some(p.saving(p.covered(&basket.products)?.part)?.minor);
    if part(&better)? <= part(promotion)? {
        return None;
    }
    let priced = basket.with(other, &better, book)?;
    let code = book.field(other, Field::Number)?;
    Some(Act::plain(ActKind::AlsoCode).with("code", code).with("after", priced.after))
}

/// What its own words tie it to.
pub fn condition(id: RecordId, book: &mut FactBook) -> Option<Act> {
    let code = book.field(id, Field::Number)?;
    let words = book.field(id, Field::Description)?;
    Some(Act::plain(ActKind::CodeCondition).with("code", code).with("description", words))
}

/// What it will come to once the code runs.
fn later(id: RecordId, promotion: &Promotion, basket: &Basket, book: &mut FactBook) -> Option<Act> {
    let priced = basket.with(id, promotion, book)?;
    let (code, start) = (book.field(id, Field::Number)?, book.field(id, Field::Start)?);
    let act = Act::plain(ActKind::PriceLater).with("code", code).with("start", start);
    Some(basket.named(act).with("after", priced.after))
}

/// Why a code does nothing for a basket.
pub fn refusal(id: RecordId, reason: NotApplicable, basket: &Basket, book: &mut FactBook) -> Option<Act> {
    let code = book.field(id, Field::Number)?;
    Some(match reason {
        NotApplicable::SwitchedOff | NotApplicable::NotYet | NotApplicable::Expired => not_running(id, reason, book)?,
        NotApplicable::WrongCategory => {
            let categories = book.field(id, Field::Category);
            basket.named(Act::plain(ActKind::CodeWrongCategory)).with("code", code).with_some("categories", categories)
        }
        NotApplicable::BelowMinimum => {
            let minimum = book.field(id, Field::MinimumTotal);
            let missing = minimum.and_then(|minimum| book.derive(Formula::Difference, &[minimum, basket.total]));
            let act = basket.named(Act::plain(ActKind::CodeMinimum)).with("code", code);
            act.with_some("minimum", minimum).with_some("missing", missing)
        }
    })
}

/// A code that does not run today, whatever it is used on.
pub fn not_running(id: RecordId, reason: NotApplicable, book: &mut FactBook) -> Option<Act> {
    let code = book.field(id, Field::Number)?;
    let (kind, name, field) = match reason {
        NotApplicable::NotYet => (ActKind::CodeNotYet, "start", Field::Start),
        NotApplicable::Expired => (ActKind::CodeExpired, "end", Field::End),
        _ => (ActKind::CodeOff, "end", Field::Description),
    };
    let fact = if kind == ActKind::CodeOff { None } else { book.field(id, field) };
    let until = if kind == ActKind::CodeNotYet { book.field(id, Field::End) } else { None };
    Some(Act::plain(kind).with("code", code).with_some(name, fact).with_some("until", until))
}

/// On several things one by one: those it works on with their prices, and why not on the others.
pub fn each(desk: &Desk<'_>, id: RecordId, promotion: &Promotion, book: &mut FactBook, answer: &mut Answer) {
    let Some(code) = book.field(id, Field::Number) else { return };
    let today = book.today();
    if let Err(reason) = promotion.runs_on(today) {
        answer.acts.extend(not_running(id, reason, book));
        if reason != NotApplicable::NotYet {
            return;
        }
    }
    let day = promotion.start.filter(|start| *start > today).unwrap_or(today);
    let mut works = Vec::new();
    let mut small = Vec::new();
    let mut other = Vec::new();
    for item in &desk.subject.items {
        let Some(basket) = Basket::of(std::slice::from_ref(item), book) else { continue };
        let covered = promotion.covered(&basket.products);
        match covered.map(|covered| promotion.applies_to(covered, day)) {
            Some(Ok(())) => works.push((item.0, basket)),
            Some(Err(NotApplicable::BelowMinimum)) => small.extend(say::name(book, item.0)),
            _ => other.extend(say::name(book, item.0)),
        }
    }
    // "Which are under 200 with it?"
    if let Some(most) = desk.turn.read.prices.max.filter(|_| desk.subject.is_kind()) {
        let after = |basket: &Basket| {
            let covered = promotion.covered(&basket.products)?;
            covered.total.checked_sub(promotion.saving(covered.part)?)
        };
        works.retain(|(_, basket)| after(basket).is_some_and(|money| money.minor <= most.minor));
    }
    if works.is_empty() {
        on_none(desk, id, &small, book, answer);
        return;
    }
    if day <= today {
        answer.say(Act::plain(ActKind::CodeFitsThese).with("code", code));
    }
    // What can be had first.
    works.sort_by_key(|(_, basket)| basket.products.iter().any(|(product, _)| basket::is_out(product)));
    let rest = works.len().saturating_sub(LISTED);
    for (product, basket) in works.into_iter().take(LISTED) {
        if let Some(priced) = basket.with(id, promotion, book) {
            let out = basket.products.iter().any(|(product, _)| basket::is_out(product));
            let kind = if out { ActKind::PriceWithLineOut } else { ActKind::PriceWithLine };
            answer.say(basket.named(Act::plain(kind)).with("code", code).with("after", priced.after));
        }
        if desk.subject.is_kind() {
            answer.cards.push(product);
        }
    }
    more(rest, book, answer);
    let categories = book.field(id, Field::Category);
    let minimum = book.field(id, Field::MinimumTotal);
    if promotion.is_personal() {
        answer.acts.extend(condition(id, book));
    }
    not_on(&small, ("minimum", minimum), code, answer);
    not_on(&other, ("categories", categories), code, answer);
}

/// How many more there are than are listed.
fn more(rest: usize, book: &mut FactBook, answer: &mut Answer) {
    if rest > 0 {
        let count = book.derive(Formula::Matches(u32::try_from(rest).unwrap_or(u32::MAX)), &[]);
        answer.say(Act::plain(ActKind::MoreLikeThese).with_some("count", count));
    }
}

fn not_on(names: &[FactId], because: (&'static str, Option<FactId>), code: FactId, answer: &mut Answer) {
    if let (1..=4, Some(fact)) = (names.len(), because.1) {
        answer.say(Act::plain(ActKind::CodeNotOn).with("code", code).with_many("names", names.to_vec()).with(because.0, fact));
    }
}

/// It works on none of them.
fn on_none(desk: &Desk<'_>, id: RecordId, small: &[FactId], book: &mut FactBook, answer: &mut Answer) {
    let Some(code) = book.field(id, Field::Number) else { return };
    if !small.is_empty() {
        let minimum = book.field(id, Field::MinimumTotal);
        answer.say(Act::plain(ActKind::CodeMinimum).with("code", code).with_some("minimum", minimum));
        return;
    }
    let categories = book.field(id, Field::Category);
    let kinds: Vec<FactId> = desk.subject.kind.iter().map(|kind| book.shop(kind)).collect();
    let act = Act::plain(ActKind::CodeWrongCategory).with("code", code).with_some("categories", categories);
    answer.say(match (kinds.as_slice(), desk.subject.items.as_slice()) {
        ([], items) => act.with_many("names", items.iter().filter_map(|(id, _)| say::name(book, *id)).take(4).collect()),
        (kinds, _) => act.with_many("names", kinds.to_vec()),
    });
}
