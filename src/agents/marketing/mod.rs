//! Marketing: what runs now, what a code does and why not, what it comes to.

mod basket;
mod codes;
mod family;
mod haggle;
mod pieces;
mod points;
mod rules;
mod running;
mod stacking;
mod subject;
mod terms;
mod verdict;
mod which;

use super::delivered;
use super::lookup::{Findings, Lookup};
use super::say;
use super::turn::{Answer, Colleague, Step, Turn};
use super::understanding::quantity;
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::{Agent, Intent};
use crate::domain::asks::Slot;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::goal::Goal;
use crate::domain::knowledge::Domain;
use crate::domain::promotion::Promotion;
use crate::domain::state::{ConversationState, Pending};
use codes::Codes;
use std::sync::Arc;
use subject::Subject;

/// The marketing agent.
pub struct Marketing;

impl Colleague for Marketing {
    fn agent(&self) -> Agent {
        Agent::Marketing
    }

    fn step(&self, turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
        let step = match turn.goal {
            Goal::PromoPrice | Goal::DiscountRequest if asks_the_plain_price(turn) => {
                let cheaper = turn.heard.words.iter().any(|word| word.text == "cheaper");
                Answer::hand_over(if cheaper { Goal::RefineResults } else { Goal::PriceQuestion })
            }
            Goal::Loyalty | Goal::Newsletter | Goal::GiftCards | Goal::PriceMatch | Goal::DiscountRequest => {
                rules::step(turn, found, book, state)
            }
            goal if goal.intent().agent() == Agent::Marketing => offers(turn, found, book, state),
            goal => Answer::hand_over(goal),
        };
        delivered::add(turn, found, step, book)
    }
}

/// "So with the 256 GB card, what's that in total": no offer is spoken of, and none was.
fn asks_the_plain_price(turn: &Turn<'_>) -> bool {
    const OFFERS: [&str; 22] = [
        "code",
        "codes",
        "coupon",
        "coupons",
        "voucher",
        "promo",
        "promotion",
        "discount",
        "discounts",
        "discounted",
        "deal",
        "offer",
        "sale",
        "reduced",
        "reduction",
        "off",
        "save",
        "points",
        "percent",
        "credit",
        "trade",
        "student",
    ];
    let focus = &turn.before.focus;
    let of_sales = turn.before.intent == Some(Intent::Sales) && focus.promotion.is_none() && focus.entry.is_none();
    let things = !turn.heard.products.is_empty() || !focus.products.is_empty();
    let counts = turn.goal != Goal::DiscountRequest || counted(turn);
    of_sales && things && counts && turn.heard.codes.is_empty() && !turn.heard.words.iter().any(|word| OFFERS.contains(&word.text.as_str()))
}

/// A promotion with its place in the book.
type Found = (RecordId, Arc<Promotion>);

/// What an answer about offers is made from.
struct Desk<'a> {
    turn: &'a Turn<'a>,
    found: &'a Findings,
    /// Every promotion of the shop, running or not.
    promotions: Vec<Found>,
    codes: Codes,
    subject: Subject,
}

impl Desk<'_> {
    /// The promotions that run today.
    fn running(&self, book: &FactBook) -> Vec<Found> {
        let today = book.today();
        self.promotions.iter().filter(|(_, promotion)| promotion.runs_on(today).is_ok()).cloned().collect()
    }
}

/// The shop's promotions.
fn promotions(found: &Findings, book: &FactBook) -> Option<Vec<Found>> {
    let ids = found.promotions.as_ref()?;
    Some(ids.iter().filter_map(|id| Some((*id, say::promotion(book, *id)?))).collect())
}

/// Promotions, codes and prices with them.
fn offers(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if goes_on_with_a_rule(turn) || is_a_rule(turn) || terms_of_a_rule(turn) {
        return rules::step(turn, found, book, state);
    }
    let Some(promotions) = promotions(found, book) else {
        let products = subject::skus(turn);
        let products = (!products.is_empty()).then_some(Lookup::Products(products));
        return Step::Look(std::iter::once(Lookup::Promotions).chain(products).collect());
    };
    let codes = codes::meant(turn, &promotions);
    let subject = match subject::find(turn, found, book, &codes) {
        Ok(subject) => subject,
        Err(lookup) => return Step::Look(vec![*lookup]),
    };
    let desk = Desk { turn, found, promotions, codes, subject };
    if let Some(said) = desk.codes.unknown.clone().filter(|_| desk.codes.known.is_empty()) {
        return unknown_code(&desk, &said, book, state);
    }
    let step = match turn.goal {
        // "Is it part of the listening promotion?" asks about that one.
        Goal::CurrentPromotions | Goal::WhichCode if !desk.codes.words.is_empty() => verdict::step(&desk, book, state),
        Goal::CurrentPromotions | Goal::UpcomingOffers => running::step(&desk, book, state),
        Goal::CodeStacking => stacking::step(&desk, book, state),
        // "And if I buy two?" asks what becomes of the sum.
        Goal::OfferTerms if counted(turn) && !desk.codes.known.is_empty() && !desk.subject.is_nothing() => {
            verdict::step(&desk, book, state)
        }
        Goal::OfferTerms => terms::step(&desk, book, state),
        Goal::WhichCode => which::step(&desk, book, state),
        Goal::Haggling => haggle::step(&desk, book, state),
        Goal::PromoPrice if desk.codes.known.is_empty() => rules::price(&desk, book, state),
        _ if desk.codes.known.is_empty() => without_code(&desk, book, state),
        _ => verdict::step(&desk, book, state),
    };
    if matches!(step, Step::Say(_)) {
        subject::keep(&desk.subject, book, state);
    }
    step
}

/// "Can I use them with a code?", of points just spoken of: a rule of the shop answers, and no code is asked about.
fn goes_on_with_a_rule(turn: &Turn<'_>) -> bool {
    let joined = turn.heard.answered.as_ref().filter(|answered| answered.joined.is_some() && answered.score >= rules::GOES_ON);
    let of_a_code = turn.before.focus.promotion.is_some() || turn.heard.codes.iter().any(|code| code.known);
    let names = !turn.heard.products.is_empty() || !turn.heard.categories.is_empty() || !turn.heard.brands.is_empty();
    joined.is_some_and(|answered| answered.domain == Domain::Marketing) && !of_a_code && !names && turn.goal != Goal::CodeStacking
}

/// "Does it expire", of gift cards or points just told of: no offer is on the table whose terms could be meant.
fn terms_of_a_rule(turn: &Turn<'_>) -> bool {
    let focus = &turn.before.focus;
    let of_a_rule = focus.entry.is_some() && focus.promotion.is_none() && turn.before.intent == Some(Intent::Marketing);
    let names = !turn.heard.products.is_empty() || !turn.heard.categories.is_empty() || !turn.heard.codes.is_empty();
    turn.goal == Goal::OfferTerms && of_a_rule && !names
}

/// "When is the real sale", which no rule takes for a question about codes: the shop's own words on it.
fn is_a_rule(turn: &Turn<'_>) -> bool {
    const SURELY: f32 = 0.7;
    const LIKELY: f32 = 0.55;
    const CLEAR: f32 = 4.0;
    let lists = matches!(turn.goal, Goal::CurrentPromotions | Goal::UpcomingOffers);
    let answered = turn.heard.answered.as_ref().is_some_and(|own| own.domain == Domain::Marketing && own.score >= SURELY);
    let names = !turn.heard.products.is_empty() || !turn.heard.categories.is_empty() || !turn.heard.codes.is_empty();
    // Where no rule sees anything, less is enough: it was a guess.
    let likely = turn.heard.answered.as_ref().is_some_and(|own| own.domain == Domain::Marketing && own.score >= LIKELY);
    let answered = answered || likely && turn.read.hint(turn.goal) <= 0.0;
    lists && answered && !names && turn.read.hint(turn.goal) < CLEAR
}

/// Whether a short message does nothing but change how many are bought.
fn counted(turn: &Turn<'_>) -> bool {
    const SHORT: usize = 7;
    turn.heard.words.len() <= SHORT && quantity::of_it(turn.heard, &turn.read.taken).is_some()
}

/// A code nobody knows: said so, with the one that is spelled nearly so.
fn unknown_code(desk: &Desk<'_>, said: &str, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let mut answer = Answer::default();
    let code = book.said(said);
    answer.say(Act::plain(ActKind::CodeUnknown).with("code", code));
    if let Some((id, promotion)) = codes::nearest(said, &desk.promotions) {
        let near = book.field(*id, crate::domain::record::Field::Number);
        answer.say(Act::plain(ActKind::CodeGuess).with_some("code", near));
        answer.cards.push(*id);
        state.focus.promotion = Some(promotion.code.clone());
    }
    answer.done()
}

/// Asked about codes without naming one: what helps with the thing on the table, else the shop's words on
/// codes, else which code it is.
fn without_code(desk: &Desk<'_>, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if !desk.subject.is_nothing() {
        return which::step(desk, book, state);
    }
    // "My son is in high school, does he count?", of a discount just told: no code is spoken of.
    let of_a_rule = desk.turn.before.focus.entry.is_some() && desk.turn.before.intent == Some(Intent::Marketing);
    let code = |text: &str| matches!(text, "code" | "codes" | "coupon" | "voucher" | "promo");
    let speaks_of_codes = !desk.turn.heard.codes.is_empty() || desk.turn.heard.words.iter().any(|word| code(&word.text));
    if of_a_rule && !speaks_of_codes {
        return rules::step(desk.turn, desk.found, book, state);
    }
    let Some(hits) = desk.found.knowledge.first() else {
        return Step::Look(vec![say::knowledge_lookup(desk.turn)]);
    };
    let mut answer = Answer::default();
    if let Some(hit) = hits.iter().find(|hit| hit.score >= say::ANSWERS) {
        rules::say_answer(*hit, book, &mut answer, state);
        return answer.done();
    }
    answer.say_plain(ActKind::AskCode);
    ask(desk.turn, Slot::Code, Goal::CodeCheck, &mut answer, state);
    answer.done()
}

/// Waits for what is missing.
fn ask(turn: &Turn<'_>, slot: Slot, goal: Goal, answer: &mut Answer, state: &mut ConversationState) {
    answer.asks.push(slot);
    state.pending = Some(Pending::Ask { slot, goal, agent: Agent::Marketing, said: turn.text.to_owned(), attempts: 1 });
}
