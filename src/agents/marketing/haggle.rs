//! A lower price for no reason the shop knows: a kind no, and what does lower it.

use super::super::lookup::{Findings, Lookup};
use super::super::turn::{Answer, Step, Turn};
use super::basket::Basket;
use super::codes::Codes;
use super::{Desk, promotions, running, subject, which};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::FactBook;
use crate::domain::goal::Goal;
use crate::domain::state::ConversationState;

/// No haggling; the best code, where there is one for what is meant.
pub fn step(desk: &Desk<'_>, book: &mut FactBook, state: &mut ConversationState) -> Step {
    // Who asks for a discount there may be is told that there is none; who asks for a lower price, that it
    // is not ours to change.
    let kind = if desk.turn.goal == Goal::DiscountRequest { ActKind::NoSuchDiscount } else { ActKind::NoHaggling };
    let mut answer = Answer::of(vec![Act::plain(kind)]);
    let subject = &desk.subject;
    if subject.is_kind() && kind == ActKind::NoSuchDiscount {
        which::for_kind(desk, book, &mut answer, state);
        return answer.done();
    }
    let one = subject.items.len() == 1 || subject.together;
    match Basket::of(&subject.items, book).filter(|_| one && !subject.is_kind()) {
        Some(basket) => {
            let best = which::best(desk, &basket, book);
            match best {
                Some((id, promotion)) => {
                    answer.acts.extend(basket.priced(id, &promotion, book));
                    if promotion.is_personal() {
                        answer.acts.extend(super::verdict::condition(id, book));
                    }
                    answer.cards.push(id);
                    state.focus.promotion = Some(promotion.code.clone());
                    state.focus.entry = None;
                }
                None => answer.say(basket.named(Act::plain(ActKind::NoPromotionFor))),
            }
        }
        None if desk.running(book).is_empty() => answer.say_plain(ActKind::NoPromotions),
        None => answer.say_plain(ActKind::HaggleHelp),
    }
    answer.done()
}

/// A discount the shop's rules know nothing of: a code may help, whoever asks.
pub fn without_rule(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let Some(promotions) = promotions(found, book) else { return Step::Look(vec![Lookup::Promotions]) };
    let codes = Codes::default();
    match subject::find(turn, found, book, &codes) {
        Ok(subject) => {
            let desk = Desk { turn, found, promotions, codes, subject };
            subject::keep(&desk.subject, book, state);
            let has = |list: &[&str]| turn.heard.words.iter().any(|w| list.contains(&w.text.as_str()));
            let first = has(&["new", "first"]) && has(&["customer", "customers", "order", "time", "purchase"]);
            let welcome: Vec<_> = desk.running(book).into_iter().filter(|(_, p)| p.is_for_first_orders()).collect();
            if first && !welcome.is_empty() {
                let mut answer = Answer::default();
                running::several(&welcome, book, &mut answer, state);
                return answer.done();
            }
            // "Can I get a discount on it?" names no reason of its own.
            if running::telling(turn).is_empty() && !desk.subject.is_nothing() {
                which::step(&desk, book, state)
            } else {
                step(&desk, book, state)
            }
        }
        Err(lookup) => Step::Look(vec![*lookup]),
    }
}
