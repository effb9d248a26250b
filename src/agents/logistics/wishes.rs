//! What exactly a customer wants changed: all of an order or a part, another day, or nothing after all.

use super::super::items;
use super::super::lookup::Findings;
use super::super::support;
use super::super::turn::{Answer, Step, Turn};
use super::super::understanding::day;
use super::status::status_act;
use crate::domain::act::ActKind;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::goal::Goal;
use crate::domain::heard::Word;
use crate::domain::order::Order;
use crate::domain::state::{ActionKind, ConversationState, Pending, TicketDraft};
use crate::domain::text::sentence;
use crate::domain::text::token::tokens;
use crate::domain::time::Day;

/// "Can I undo that, I want it after all": the order is to stay as it is.
pub fn takes_back(turn: &Turn<'_>) -> bool {
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let pair = |a: &[&str], b: &[&str]| said.windows(2).any(|w| a.contains(&w[0]) && b.contains(&w[1]));
    let undoes = said.iter().any(|w| matches!(*w, "undo" | "revert"))
        || pair(&["after"], &["all"])
        || pair(&["not", "no"], &["cancel", "canceled", "cancelled"]);
    let keeps = pair(&["keep"], &["it", "them", "the", "that", "my"]);
    // "Take the monitor off and keep the PC" keeps a part.
    let parts = said.iter().any(|w| matches!(*w, "remove" | "off" | "out" | "only" | "drop" | "without" | "except"));
    turn.goal == Goal::ChangeOrder && (undoes || keeps && !parts)
}

/// Tells those who have the request that it is taken back; where none was made, nothing has happened.
pub fn keep(
    turn: &Turn<'_>,
    found: &Findings,
    id: RecordId,
    number: &str,
    book: &mut FactBook,
    mut answer: Answer,
    state: &ConversationState,
) -> Step {
    let issue = Goal::CancelOrder.name();
    if support::ticket_there(issue, Some(number), None, found, book).is_some() {
        let sku = state.product().map(str::to_owned);
        let description = turn.text.to_owned();
        answer.opens = Some(TicketDraft { issue: issue.to_owned(), description, sku, order: Some(number.to_owned()), urgent: true });
        return answer.done();
    }
    answer.say_plain(ActKind::Declined);
    answer.acts.extend(status_act(id, book));
    answer.done()
}

/// Whether only some of the items of an order are named.
pub fn is_of_a_part(turn: &Turn<'_>, id: RecordId, order: &Order, book: &FactBook) -> bool {
    let own = Turn { continues: false, ..*turn };
    let named = items::meant(&own, &[id], book).len();
    let words = &turn.heard.words;
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.text.as_str()));
    // "My Alienware order" is called by what is in it, and meant whole; "the monitor from my order" is a part.
    let called = words.iter().enumerate().any(|(at, w)| {
        let from = words[at.saturating_sub(3)..at].iter().any(|w| matches!(w.text.as_str(), "from" | "of" | "in"));
        matches!(w.text.as_str(), "whole" | "all") || w.text == "order" && !from
    });
    let part = has(&["only", "just", "keep"]) && named > 0 || (1..order.items.len()).contains(&named) && !called;
    order.items.len() > 1 && part
}

/// The change of an order that was just offered to be asked for.
pub fn proposed(turn: &Turn<'_>) -> Option<TicketDraft> {
    let of = |pending: &Pending| match pending {
        Pending::Confirm(action) => {
            let ActionKind::OpenTicket(draft) = &action.kind;
            (draft.issue == turn.goal.name() && turn.goal != Goal::CancelOrder).then(|| draft.clone())
        }
        _ => None,
    };
    let state = turn.before;
    state.pending.as_ref().and_then(of).or_else(|| state.parked.as_ref().and_then(|parked| of(&parked.pending)))
}

/// A wish that goes on from the one just proposed: "5 December, is that possible?"
pub fn before(turn: &Turn<'_>, own: &str) -> Option<String> {
    let draft = proposed(turn)?.description;
    // What says all of it again needs no beginning.
    let whole = turn.heard.words.iter().any(|w| matches!(w.stem.as_str(), "chang" | "change" | "swap" | "address"));
    (!whole && !draft.contains(own)).then(|| format!("{draft} / {own}"))
}

/// A message without the order's number and the address that prove whose it is: they are known.
pub fn without_proofs(turn: &Turn<'_>, own: String) -> String {
    if own != turn.text {
        return own;
    }
    let numbers = turn.heard.orders.iter().filter(|n| n.certain).map(|n| (n.start, n.end));
    let mut kept = String::new();
    let mut from = 0;
    for (start, end) in numbers {
        kept.push_str(own.get(from..start).unwrap_or_default());
        from = end;
    }
    kept.push_str(own.get(from..).unwrap_or_default());
    // What proves whose it is says nothing of the wish, unless the wish is an address.
    let contact = &turn.read.contact;
    let proofs: Vec<String> = match (&contact.zip, turn.goal) {
        (Some(zip), goal) if goal != Goal::ChangeAddress => {
            let name = contact.name.iter().flat_map(|name| tokens(name)).map(|token| token.text);
            ["zip".to_owned(), zip.to_lowercase()].into_iter().chain(name).collect()
        }
        _ => Vec::new(),
    };
    let proves = |word: &str| word.contains('@') || proofs.contains(&word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase());
    let words = kept.split_whitespace().filter(|word| !proves(word));
    let joined = words.collect::<Vec<_>>().join(" ");
    joined.trim_matches(|c: char| c == ',' || c == ' ').to_owned()
}

/// A wish as it is passed on: without what was said of other things, and without the words that lead to it.
pub fn clean(wish: &str, goal: Goal) -> String {
    const LEADS: &[&str] = &[
        "actually", "no", "yes", "ok", "okay", "but", "and", "so", "oh", "hm", "hmm", "wait", "please", "pls", "hi", "hello", "hey",
        "sorry", "just", "can", "could", "you", "u", "i", "we", "well", "then", "still",
    ];
    let parts: Vec<&str> = sentence::split(wish).collect();
    // An address has a number; what stands beside it is talk.
    let numbered = |part: &&str| part.bytes().any(|b| b.is_ascii_digit());
    let own: Vec<&str> = parts.iter().copied().filter(|part| goal != Goal::ChangeAddress || numbered(part)).collect();
    let own = if own.is_empty() { parts } else { own };
    let joined = own.join(" ");
    // "Wait before you do that, can I ...": what leads to the wish is no part of it.
    let leads = |clause: &str| tokens(clause).iter().any(|t| matches!(t.text.as_str(), "before" | "wait" | "hold" | "stop"));
    let joined = match joined.split_once(',') {
        Some((clause, rest)) if leads(clause) && tokens(rest).len() > 3 => rest.trim().to_owned(),
        _ => joined,
    };
    let start = tokens(&joined).iter().find(|token| !LEADS.contains(&token.text.as_str())).map_or(0, |token| token.start);
    let rest = joined.get(start..).unwrap_or_default().trim();
    let few = tokens(rest).len() < 2;
    let whole = if few { wish.trim() } else { rest };
    // It is quoted within a question.
    whole.trim_end_matches(['?', ' ', '.', ',']).to_owned()
}

/// Whether a wish says what it should become: an address with its number, a day, "to the 512", "instead of".
pub fn tells_the_aim(turn: &Turn<'_>, wish: &str, today: Day) -> bool {
    let said = tokens(wish);
    let texts: Vec<&str> = said.iter().map(|t| t.text.as_str()).collect();
    let zip = turn.read.contact.zip.as_deref().unwrap_or_default();
    let own_number = |text: &str| turn.heard.orders.iter().any(|o| o.bare.contains(text)) || zip == text;
    let numbered = texts.iter().any(|text| text.bytes().all(|b| b.is_ascii_digit()) && !own_number(text));
    if turn.goal == Goal::ChangeAddress {
        return numbered && texts.len() > 4;
    }
    if texts.iter().any(|text| matches!(*text, "day" | "date" | "later" | "earlier")) {
        return day::asked(&Word::from_tokens(said.clone()), today).is_some();
    }
    // "I want to change it" says that, and not to what.
    let wants = |at: usize| at > 0 && matches!(texts[at - 1], "want" | "need" | "like" | "have" | "wish" | "able" | "possible" | "love");
    let to = texts.iter().enumerate().any(|(at, text)| *text == "to" && !wants(at));
    let aims = to || texts.iter().any(|text| matches!(*text, "instead" | "into" | "add" | "remove" | "another" | "for"));
    // "Add a descaler" says all of it.
    let adds = texts.windows(3).any(|w| matches!(w[0], "add" | "remove") && w[1..].iter().all(|word| !matches!(*word, "something" | "it")));
    aims && texts.len() > 5 || adds
}
