//! Marketing: what runs now, what a code does and why not, what it comes to.

use super::lookup::{Findings, Lookup};
use super::turn::{Answer, Colleague, Step, Turn};
use super::{resolve, say};
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::asks::Slot;
use crate::domain::fact::{FactBook, FactId, Formula, RecordId};
use crate::domain::goal::Goal;
use crate::domain::money::Money;
use crate::domain::product::Product;
use crate::domain::promotion::{Discount, NotApplicable, Promotion, category_leaf};
use crate::domain::record::Field;
use crate::domain::state::{ConversationState, Pending};
use crate::domain::text::number;
use std::sync::Arc;

/// Promotions listed at once.
const LISTED: usize = 6;

/// The marketing agent.
pub struct Marketing;

impl Colleague for Marketing {
    fn agent(&self) -> Agent {
        Agent::Marketing
    }

    fn step(&self, turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
        match turn.goal {
            Goal::CurrentPromotions => current(turn, found, book, state),
            Goal::CodeCheck => code(turn, found, book, state),
            Goal::PromoPrice => promo_price(turn, found, book, state),
            goal if goal.intent().agent() == Agent::Marketing => knowledge_or_offers(turn, found, book, state),
            goal => Answer::hand_over(goal),
        }
    }
}

/// Loyalty, newsletter, gift cards, price match: the shop's own words; offers where it has none.
fn knowledge_or_offers(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if found.knowledge.is_empty() {
        return Step::Look(vec![say::knowledge_lookup(turn)]);
    }
    match say::best_entry(found, 0) {
        Some(hit) => {
            let mut answer = Answer::default();
            say::say_entry(book, hit.record, &mut answer);
            answer.done()
        }
        None if turn.goal == Goal::DiscountRequest => current(turn, found, book, state),
        None => Answer::of(vec![Act::plain(ActKind::NotInRecords)]).done(),
    }
}

/// What runs today: for what is meant, for a category, or at all.
fn current(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let meant = products_meant(turn);
    let Some(promotions) = &found.promotions else {
        let mut lookups = vec![Lookup::Promotions];
        if !meant.is_empty() {
            lookups.push(Lookup::Products(meant));
        }
        return Step::Look(lookups);
    };
    let today = book.today();
    let running: Vec<RecordId> =
        promotions.iter().copied().filter(|id| say::promotion(book, *id).is_some_and(|p| p.runs_on(today).is_ok())).collect();
    let basket = quantities(turn, found, book);
    match basket.as_slice() {
        [] => for_category_or_all(turn, &running, book, state),
        [(one, 1)] => for_product(*one, &running, book, state),
        several => for_basket(several, &running, book, state),
    }
}

/// Products a question about offers is about.
fn products_meant(turn: &Turn<'_>) -> Vec<String> {
    let about_category = turn.heard.products.is_empty()
        && (!turn.heard.categories.is_empty() || !turn.heard.brands.is_empty())
        && !turn.read.reference.is_exact();
    let in_general =
        !turn.read.reference.pronoun && !turn.read.reference.plural && !turn.read.reference.is_exact() && turn.heard.products.is_empty();
    if about_category || in_general {
        return Vec::new();
    }
    resolve::products(turn).skus.into_iter().take(4).collect()
}

/// Each product with how many are wanted: "two of the A and one B".
fn quantities(turn: &Turn<'_>, found: &Findings, book: &FactBook) -> Vec<(RecordId, u32)> {
    found
        .products
        .iter()
        .map(|id| {
            let sku = say::product(book, *id).map(|p| p.sku.clone()).unwrap_or_default();
            let mention = turn.heard.products.iter().find(|m| m.skus.contains(&sku));
            let before = mention.map_or(0, |m| m.words.start);
            let count = (before.saturating_sub(3)..before)
                .rev()
                .filter_map(|i| turn.heard.words.get(i))
                .find_map(|w| number::cardinal(w.text.trim_end_matches('x')))
                .filter(|n| (1..=99).contains(n));
            (*id, count.unwrap_or(1))
        })
        .collect()
}

fn for_product(id: RecordId, running: &[RecordId], book: &mut FactBook, state: &mut ConversationState) -> Step {
    let mut answer = Answer::default();
    let Some(product) = say::product(book, id) else { return answer.done() };
    let name = say::name(book, id);
    state.focus.products = vec![product.sku.clone()];
    let applying = best_first(applying(&product, product.price, running, book), product.price, book);
    answer.cards.push(id);
    if applying.is_empty() {
        answer.say(Act::plain(ActKind::NoPromotionFor).with_some("product", name));
        return answer.done();
    }
    for promotion in applying.iter().take(3) {
        announce(*promotion, book, &mut answer);
        if let Some(act) = price_with(id, *promotion, book) {
            answer.say(act);
        }
    }
    state.focus.promotion = applying.first().and_then(|id| say::promotion(book, *id)).map(|p| p.code.clone());
    answer.done()
}

fn for_category_or_all(turn: &Turn<'_>, running: &[RecordId], book: &mut FactBook, state: &mut ConversationState) -> Step {
    let mut answer = Answer::default();
    let categories: Vec<&String> = turn.heard.categories.iter().flat_map(|c| &c.names).collect();
    let covers = |promotion: &Promotion| {
        categories.is_empty()
            || promotion.categories.is_empty()
            || promotion.categories.iter().any(|own| categories.iter().any(|wanted| is_within(own, wanted)))
    };
    let mut shown: Vec<RecordId> = running.iter().copied().filter(|id| say::promotion(book, *id).is_some_and(|p| covers(&p))).collect();
    // Those bound to the category asked for come before those for everything.
    shown.sort_by_key(|id| say::promotion(book, *id).is_none_or(|p| p.categories.is_empty()) != categories.is_empty());
    if shown.is_empty() {
        answer.say_plain(ActKind::NoPromotions);
        return answer.done();
    }
    answer.say_plain(ActKind::PromotionsIntro);
    for id in shown.iter().take(LISTED) {
        announce(*id, book, &mut answer);
    }
    state.focus.promotion = match shown.as_slice() {
        [only] => say::promotion(book, *only).map(|p| p.code.clone()),
        _ => None,
    };
    answer.done()
}

fn for_basket(basket: &[(RecordId, u32)], running: &[RecordId], book: &mut FactBook, state: &mut ConversationState) -> Step {
    let mut answer = Answer::default();
    let mut lines: Vec<FactId> = Vec::new();
    for (id, count) in basket {
        let Some(price) = book.field(*id, Field::Price) else { continue };
        let quantity = book.derive(Formula::Matches(*count), &[]);
        let line = if *count == 1 { Some(price) } else { quantity.and_then(|q| book.derive(Formula::Times, &[price, q])) };
        lines.extend(line);
        answer.cards.push(*id);
    }
    let names: Vec<FactId> = basket.iter().filter_map(|(id, _)| say::name(book, *id)).collect();
    let Some(total) = book.derive(Formula::Sum, &lines) else { return for_product(basket[0].0, running, book, state) };
    answer.say(Act::plain(ActKind::BasketTotal).with_many("names", names).with("total", total));
    let amount = money(book, total);
    let products: Vec<Arc<Product>> = basket.iter().filter_map(|(id, _)| say::product(book, *id)).collect();
    let today = book.today();
    let whole: Vec<RecordId> = running
        .iter()
        .copied()
        .filter(|id| {
            say::promotion(book, *id)
                .zip(amount)
                .is_some_and(|(promotion, total)| products.iter().all(|product| promotion.applies(product, total, today).is_ok()))
        })
        .collect();
    let best = best_first(whole, amount, book);
    match best.first() {
        Some(promotion) => {
            announce(*promotion, book, &mut answer);
            let after = book.field(*promotion, Field::Discount).and_then(|off| book.derive(Formula::After, &[total, off]));
            let code = book.field(*promotion, Field::Number);
            if after.is_some() {
                answer.say(Act::plain(ActKind::TotalWith).with_some("code", code).with_some("after", after));
            }
        }
        None => {
            let mut any = false;
            for (id, _) in basket {
                let Some(product) = say::product(book, *id) else { continue };
                for promotion in applying(&product, product.price, running, book).into_iter().take(1) {
                    any = true;
                    announce(promotion, book, &mut answer);
                    answer.acts.extend(price_with(*id, promotion, book));
                }
            }
            if !any {
                answer.say_plain(ActKind::NoPromotions);
            }
        }
    }
    answer.done()
}

/// The running promotions that apply to a product at a total.
fn applying(product: &Product, total: Option<Money>, running: &[RecordId], book: &FactBook) -> Vec<RecordId> {
    let today = book.today();
    let applies = |promotion: &Promotion| total.is_some_and(|total| promotion.applies(product, total, today).is_ok());
    running.iter().copied().filter(|id| say::promotion(book, *id).is_some_and(|p| applies(&p))).collect()
}

/// Those that save most first.
fn best_first(mut ids: Vec<RecordId>, total: Option<Money>, book: &FactBook) -> Vec<RecordId> {
    let saving = |id: &RecordId| say::promotion(book, *id).zip(total).and_then(|(p, t)| p.saving(t)).map_or(0, |m| m.minor);
    ids.sort_by_key(|id| std::cmp::Reverse(saving(id)));
    ids
}

/// What a promotion is: name, discount, code, minimum, last day.
fn announce(id: RecordId, book: &mut FactBook, answer: &mut Answer) {
    let (Some(name), Some(code)) = (say::name(book, id), book.field(id, Field::Number)) else { return };
    match book.field(id, Field::Discount) {
        Some(discount) => answer.say(Act::plain(ActKind::Promotion).with("name", name).with("discount", discount).with("code", code)),
        None => {
            let words = book.field(id, Field::Description);
            answer.say(Act::plain(ActKind::PromotionWords).with("name", name).with_some("description", words).with("code", code));
        }
    }
    if let Some(minimum) = book.field(id, Field::MinimumTotal) {
        answer.say(Act::plain(ActKind::PromotionMinimum).with("minimum", minimum));
    }
    if let Some(categories) = book.field(id, Field::Category) {
        answer.say(Act::plain(ActKind::PromotionCategories).with("categories", categories));
    }
    if let Some(end) = book.field(id, Field::End) {
        answer.say(Act::plain(ActKind::PromotionUntil).with("end", end));
    }
    answer.cards.push(id);
}

/// What a product costs with a promotion.
fn price_with(product: RecordId, promotion: RecordId, book: &mut FactBook) -> Option<Act> {
    let name = say::name(book, product)?;
    let price = book.field(product, Field::Price)?;
    let off = book.field(promotion, Field::Discount)?;
    let code = book.field(promotion, Field::Number)?;
    let after = book.derive(Formula::After, &[price, off])?;
    let saving = book.derive(Formula::Saving, &[price, off])?;
    Some(
        Act::plain(ActKind::PriceWith)
            .with("product", name)
            .with("code", code)
            .with("after", after)
            .with("saving", saving)
            .with("price", price),
    )
}

/// The price of what is meant with a code, or with the best promotion.
fn promo_price(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if turn.heard.codes.is_empty() && turn.before.focus.promotion.is_none() {
        return current(turn, found, book, state);
    }
    code(turn, found, book, state)
}

/// What a code does for what is meant, or why it does nothing.
fn code(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let asked = turn.heard.codes.first();
    let bare = asked.map(|c| c.bare.clone()).or_else(|| turn.before.focus.promotion.clone().filter(|_| points_back(turn)));
    let Some(bare) = bare else { return without_code(turn, found, book, state) };
    let Some(promotion) = found.code else {
        let mut lookups = vec![Lookup::Code(bare)];
        let meant = resolve::products(turn).skus;
        if !meant.is_empty() {
            lookups.push(Lookup::Products(meant.into_iter().take(2).collect()));
        }
        return Step::Look(lookups);
    };
    let mut answer = Answer::default();
    let Some(id) = promotion else {
        let said = asked.map_or(turn.text, |c| c.said.as_str());
        let code = book.said(said);
        answer.say(Act::plain(ActKind::CodeUnknown).with("code", code));
        return answer.done();
    };
    let Some(record) = say::promotion(book, id) else { return answer.done() };
    state.focus.promotion = Some(record.code.clone());
    let product = found.products.first().copied();
    match outside_category(turn, &record).filter(|_| product.is_none() && record.runs_on(book.today()).is_ok()) {
        Some(category) => {
            let (code, category) = (book.field(id, Field::Number), book.shop(&category));
            let categories = book.field(id, Field::Category);
            answer.say(
                Act::plain(ActKind::CodeWrongCategory)
                    .with_some("code", code)
                    .with("product", category)
                    .with_some("categories", categories),
            );
        }
        None => explain(id, &record, product, book, &mut answer),
    }
    answer.cards.push(id);
    answer.cards.extend(product);
    answer.done()
}

/// Whether a category asked about is the one at the end of a path, or on the way to it.
fn is_within(path: &str, wanted: &str) -> bool {
    wanted.eq_ignore_ascii_case(category_leaf(path)) || path.to_lowercase().contains(&wanted.to_lowercase())
}

/// The category asked about, where a promotion is for others only.
fn outside_category(turn: &Turn<'_>, promotion: &Promotion) -> Option<String> {
    let asked: Vec<&String> = turn.heard.categories.iter().flat_map(|named| &named.names).collect();
    let first = (*asked.first()?).clone();
    let covered = |name: &&String| {
        let wider = |own: &String| name.to_lowercase().contains(&category_leaf(own).to_lowercase());
        promotion.categories.iter().any(|own| is_within(own, name) || wider(own))
    };
    (!promotion.categories.is_empty() && !asked.iter().any(covered)).then_some(first)
}

/// Whether a message without a code means the one just talked about.
fn points_back(turn: &Turn<'_>) -> bool {
    turn.read.reference.pronoun
        || turn
            .heard
            .words
            .iter()
            .any(|w| matches!(w.stem.as_str(), "code" | "cod" | "coupon" | "promotion" | "discount" | "offer" | "deal"))
}

/// Asked about codes without naming one: the shop's words on codes, else which code it is.
fn without_code(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    // "Anything off on it with a coupon?" is about the thing on the table.
    if !products_meant(turn).is_empty() {
        return current(turn, found, book, state);
    }
    if found.knowledge.is_empty() {
        return Step::Look(vec![say::knowledge_lookup(turn)]);
    }
    let mut answer = Answer::default();
    if let Some(hit) = say::best_entry(found, 0) {
        say::say_entry(book, hit.record, &mut answer);
        return answer.done();
    }
    answer.say_plain(ActKind::AskCode);
    answer.asks.push(Slot::Code);
    state.pending =
        Some(Pending::Ask { slot: Slot::Code, goal: Goal::CodeCheck, agent: Agent::Marketing, said: turn.text.to_owned(), attempts: 1 });
    answer.done()
}

/// Says what a promotion does for a product, or the first reason it does not.
fn explain(id: RecordId, promotion: &Promotion, product: Option<RecordId>, book: &mut FactBook, answer: &mut Answer) {
    let today = book.today();
    let Some(code) = book.field(id, Field::Number) else { return };
    let subject = product.and_then(|id| say::product(book, id));
    let outcome = match subject.as_deref().and_then(|p| p.price.map(|price| (p, price))) {
        Some((product, price)) => promotion.applies(product, price, today),
        None => promotion.runs_on(today),
    };
    let fact = |book: &mut FactBook, field| book.field(id, field);
    let act = match outcome {
        Ok(()) => {
            let discount = fact(book, Field::Discount);
            let act = Act::plain(ActKind::CodeWorks).with("code", code).with_some("discount", discount);
            answer.say(act);
            if let (Some(product), Discount::Percent(_) | Discount::Amount(_)) = (product, promotion.discount) {
                answer.acts.extend(price_with(product, id, book));
            }
            if product.is_none() {
                conditions(id, book, answer);
            }
            return;
        }
        Err(NotApplicable::SwitchedOff) => Act::plain(ActKind::CodeOff).with("code", code),
        Err(NotApplicable::NotYet) => Act::plain(ActKind::CodeNotYet).with("code", code).with_some("start", fact(book, Field::Start)),
        Err(NotApplicable::Expired) => Act::plain(ActKind::CodeExpired).with("code", code).with_some("end", fact(book, Field::End)),
        Err(NotApplicable::WrongCategory) => {
            let name = product.and_then(|p| say::name(book, p));
            let categories = fact(book, Field::Category);
            Act::plain(ActKind::CodeWrongCategory).with("code", code).with_some("product", name).with_some("categories", categories)
        }
        Err(NotApplicable::BelowMinimum) => {
            let minimum = fact(book, Field::MinimumTotal);
            let price = product.and_then(|p| book.field(p, Field::Price));
            let missing = minimum.zip(price).and_then(|(m, p)| book.derive(Formula::Difference, &[m, p]));
            Act::plain(ActKind::CodeMinimum).with("code", code).with_some("minimum", minimum).with_some("missing", missing)
        }
    };
    answer.say(act);
}

/// Minimum, categories and last day of a promotion.
fn conditions(id: RecordId, book: &mut FactBook, answer: &mut Answer) {
    let facts = [
        (ActKind::PromotionMinimum, "minimum", Field::MinimumTotal),
        (ActKind::PromotionCategories, "categories", Field::Category),
        (ActKind::PromotionUntil, "end", Field::End),
    ];
    for (kind, name, field) in facts {
        if let Some(fact) = book.field(id, field) {
            answer.say(Act::plain(kind).with(name, fact));
        }
    }
}

fn money(book: &FactBook, id: FactId) -> Option<Money> {
    match book.value(id)? {
        crate::domain::value::Value::Money(money) => Some(*money),
        _ => None,
    }
}
