//! What things come to with their delivery: "what's that with the code, shipped to Portland?", "and with express?".

use super::lookup::{Findings, Lookup};
use super::say;
use super::turn::{Answer, Step, Turn};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, Formula};
use crate::domain::goal::Goal;
use crate::domain::text::delivery;

/// Adds to an answer that says what things cost what they come to with delivery, where the message asks for it and the
/// shop's words tell what it costs.
pub fn add(turn: &Turn<'_>, found: &Findings, step: Step, book: &mut FactBook) -> Step {
    let Step::Say(mut answer) = step else { return step };
    let Some(total) = to_pay(&answer).filter(|_| is_asked(turn)) else { return Step::Say(answer) };
    let Some(entries) = &found.delivery else { return Step::Look(vec![Lookup::Delivery]) };
    let express = turn.heard.words.iter().any(|w| delivery::is_express(&w.text));
    let wanted = |sentence: &str| delivery::fee(sentence).is_some_and(|fee| fee.express == express);
    if let Some(act) = entries.iter().find_map(|id| with_delivery(say::sentence_where(*id, book, wanted)?, total, express, book)) {
        answer.say(act);
    }
    Step::Say(answer)
}

/// "Shipped", "with delivery", "w express", in a question about what is paid.
fn is_asked(turn: &Turn<'_>) -> bool {
    let of_prices = matches!(
        turn.goal,
        Goal::PriceQuestion | Goal::PromoPrice | Goal::WhichCode | Goal::CodeCheck | Goal::Buy | Goal::ShippingPolicy | Goal::StockQuestion
    );
    let words = &turn.heard.words;
    // "Can be delivered", "fast shipping deals": a word that is part of a sum stands behind another.
    let delivered = words.iter().skip(1).any(|w| delivery::speaks_of_it(&w.text) || w.text == "express");
    of_prices && delivered
}

/// The one amount an answer ends with.
fn to_pay(answer: &Answer) -> Option<FactId> {
    let mut prices = answer.acts.iter().filter_map(|act| match act.kind {
        ActKind::PriceWith | ActKind::TotalWith | ActKind::CodeFits => Some((act.one("after")?, true)),
        ActKind::BasketTotal | ActKind::PiecesTotal => Some((act.one("total")?, true)),
        ActKind::Price => Some((act.one("price")?, false)),
        _ => None,
    });
    let first = prices.next()?;
    // A sum is the last word; of several prices without one none is.
    match prices.next_back() {
        None => Some(first.0),
        Some((last, sum)) => sum.then_some(last),
    }
}

fn with_delivery(sentence: FactId, total: FactId, express: bool, book: &mut FactBook) -> Option<Act> {
    let fee = book.derive(Formula::DeliveryFee, &[sentence])?;
    let with = book.derive(Formula::Delivered, &[total, sentence])?;
    let free = book.value(with) == book.value(total);
    let kind = match (free, express) {
        (true, _) => return Some(Act::plain(ActKind::DeliveryFree).with("total", with)),
        (false, true) => ActKind::WithExpress,
        (false, false) => ActKind::WithDelivery,
    };
    Some(Act::plain(kind).with("fee", fee).with("total", with))
}
