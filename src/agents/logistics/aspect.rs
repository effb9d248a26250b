//! What of an order a message asks for.

use super::super::turn::Turn;
use super::due;
use crate::domain::act::ActKind;
use crate::domain::goal::Goal;
use crate::domain::text::token::tokens;

/// A side of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aspect {
    /// Everything a customer asks when they ask where their order is.
    Whole,
    /// When it comes.
    When,
    /// Carrier and tracking number.
    Tracking,
    /// What is in it.
    Contents,
    /// What is in one of its parcels, counted from 1; 0 is the one still on its way.
    Parcel(usize),
    /// What it cost and how it was paid.
    Payment,
    /// Where it goes.
    Address,
    /// Whether it is lost.
    Lost,
    /// Whether somebody must be at home.
    Home,
    /// Where the carrier keeps it.
    Depot,
    /// What is done about a late one.
    Next,
}

/// The words a message, and the one it continues, are made of.
fn words(turn: &Turn<'_>) -> Vec<String> {
    let own = turn.heard.words.iter().map(|w| w.text.clone());
    let before = if turn.continues { tokens(turn.said) } else { Vec::new() };
    before.into_iter().map(|t| t.text).chain(own).collect()
}

/// What a message asks of an order.
pub fn of(turn: &Turn<'_>) -> Aspect {
    let said = words(turn);
    let has = |list: &[&str]| said.iter().any(|w| list.contains(&w.as_str()));
    let pair = |a: &[&str], b: &[&str]| said.windows(2).any(|w| a.contains(&w[0].as_str()) && b.contains(&w[1].as_str()));
    let parcels = has(&["parcel", "parcels", "package", "packages", "box", "boxes", "shipment"]);
    if let Some(place) = turn.read.reference.places.first().filter(|_| parcels) {
        return Aspect::Parcel(*place);
    }
    if pair(&["how"], &["many"]) {
        return Aspect::Contents;
    }
    if pair(&["other", "missing", "remaining"], &["parcel", "package", "box", "part"]) {
        return Aspect::Parcel(0);
    }
    if has(&["missing", "coming"]) && pair(&["which", "what"], &["part", "one", "item", "thing", "is"]) {
        return Aspect::Parcel(0);
    }
    if turn.goal == Goal::Pickup {
        return Aspect::Depot;
    }
    let when = due::names_a_deadline(turn) || has(&["today", "tomorrow", "tonight", "when", "evening", "morning", "afternoon"]);
    if turn.goal == Goal::Tracking && !when || has(&["tracking", "track", "carrier", "courier", "trackingnumber"]) {
        return Aspect::Tracking;
    }
    if has(&["lost", "missing", "stolen", "disappeared", "vanished"]) {
        return Aspect::Lost;
    }
    if has(&["home"]) && has(&["nobody", "noone"])
        || has(&["leave", "put"]) && has(&["door", "garage", "outside"])
        || has(&["sign", "signature", "signed", "neighbor", "neighbour", "neighbors", "neighbours", "porch", "doorstep"])
        // "It was supposed to be there on Tuesday" is said of the parcel.
        || pair(&["be", "at", "am", "not"], &["home", "in", "there"])
            && (has(&["home"]) || has(&["there"]) && turn.goal != Goal::LateParcel && !pair(&["it", "they", "that", "order"], &["be"]))
    {
        return Aspect::Home;
    }
    if turn.goal == Goal::LateParcel && asks_what_is_done(&said) {
        return Aspect::Next;
    }
    if pair(&["ship", "shipping", "delivery", "which", "what", "the", "my"], &["address"])
        || pair(&["going", "sent", "send", "ship"], &["to"]) && !has(&["when"]) && !pair(&["to"], &["be", "come", "arrive", "get", "make"])
    {
        return Aspect::Address;
    }
    if pair(&["which", "what", "same"], &["card", "account", "method"])
        || has(&["paid", "pay", "charged", "charge", "cost", "costs", "total", "payment"])
        || pair(&["how"], &["much"])
    {
        return Aspect::Payment;
    }
    if when
        || was_due(turn)
        || has(&["eta", "soon", "latest", "earliest"])
        || pair(&["what", "which"], &["day", "time", "date"])
        || turn.goal == Goal::DeliveryDate
    {
        return Aspect::When;
    }
    if asks_what_is_in_it(turn) || is_checking(turn) { Aspect::Contents } else { Aspect::Whole }
}

/// "What did I order again?", "what is in it?"
pub fn asks_what_is_in_it(turn: &Turn<'_>) -> bool {
    let said = words(turn);
    let has = |list: &[&str]| said.iter().any(|w| list.contains(&w.as_str()));
    let pair = |a: &[&str], b: &[&str]| said.windows(2).any(|w| a.contains(&w[0].as_str()) && b.contains(&w[1].as_str()));
    pair(&["in"], &["it", "the", "there", "that", "this", "my", "order"]) && has(&["what", "whats", "which"])
        || pair(&["did"], &["i", "we"]) && has(&["order", "buy", "get"])
        || has(&["contents", "contain", "contains", "items", "quantity"])
        || pair(&["the", "a"], &["right"])
}

/// "What happens now?", "how long till you know?", "send me a new one", of what is late.
fn asks_what_is_done(said: &[String]) -> bool {
    /// Words of what is done, or wanted instead.
    const DONE: &[&str] = &[
        "happens",
        "happen",
        "next",
        "why",
        "never",
        "money",
        "refund",
        "replacement",
        "investigation",
        "investigate",
        "search",
        "trace",
        "doing",
        "know",
        "hear",
        "new",
        "another",
        "look",
        "looking",
        "going",
        "wait",
    ];
    let pair = |a: &[&str], b: &[&str]| said.windows(2).any(|w| a.contains(&w[0].as_str()) && b.contains(&w[1].as_str()));
    said.iter().any(|word| DONE.contains(&word.as_str()))
        || pair(&["what"], &["now", "can", "do", "should"])
        || pair(&["do", "doing"], &["about"])
        || pair(&["now", "then"], &["what"])
        || pair(&["how"], &["long"])
}

/// "It should have been here on Tuesday, no?": the day is what is asked, the rest was told.
fn was_due(turn: &Turn<'_>) -> bool {
    let words = &turn.heard.words;
    let due = words.windows(2).any(|w| w[0].text == "should" && matches!(w[1].text.as_str(), "have" | "be"))
        || words.iter().any(|w| matches!(w.text.as_str(), "supposed" | "promised"));
    due && turn.before.last_acts.iter().any(|act| matches!(act, ActKind::OrderItems | ActKind::Late | ActKind::Parcel))
}

/// "Is it the 42 mm one", "256 GB, right?": the customer makes sure what was ordered.
fn is_checking(turn: &Turn<'_>) -> bool {
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let asks = matches!(said.as_slice(), ["is" | "was", "it" | "that", ..] | ["and", "is" | "was", "it" | "that", ..]);
    let measured = said.iter().any(|w| w.bytes().any(|b| b.is_ascii_digit())) && turn.heard.orders.is_empty();
    measured && (asks || said.last() == Some(&"right"))
}
