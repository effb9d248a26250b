//! What is said of things on the table: "and a case for it", "which of them are quiet", "is the ink dear on that one".
//! Whoever asks of what was just shown is not asked back what it is about.

use super::evidence;
use super::evidence_offers::speaks_of_offers;
use super::orchestrator::{Decision, Question, by_words};
use super::understanding::Understanding;
use super::understanding::qualities::Wished;
use crate::domain::agent::Intent;
use crate::domain::goal::Goal;
use crate::domain::heard::{Heard, Word};
use crate::domain::query::Degree;
use crate::domain::text::colours;

/// From this score on the rules see what goes with a thing.
const CLEAR: f32 = 5.0;
/// A rule of another part of the shop speaks this clearly.
pub const ELSEWHERE: f32 = 4.0;

/// The decision, where the table makes it.
pub fn claim(question: &Question<'_>) -> Option<Decision> {
    let Question { heard, read, state, .. } = *question;
    let focus = &state.focus;
    let shown = !focus.products.is_empty() || !focus.listed.is_empty();
    // What the shop does beside selling was asked of the thing in hand.
    let spoken_of = matches!(state.intent, Some(Intent::Sales | Intent::Marketing)) || state.goal == Some(Goal::ShopServices);
    let sales = spoken_of && focus.fault.is_none() && focus.order.is_none();
    let numbered = heard.orders.iter().any(|n| n.certain) || read.contact.proves();
    if shown && sales && !numbered && state.pending.is_none() && compares_warranty(read) {
        let goal = if asks_for_most(read) { Goal::Recommend } else { Goal::RefineResults };
        return Some(by_words(goal, "compares the warranty of things"));
    }
    if !shown || !sales || numbered || state.pending.is_some() || elsewhere(question) >= ELSEWHERE {
        return None;
    }
    let goes_with = read.best_hint().is_some_and(|hint| hint.goal == Goal::Accessories && hint.score >= CLEAR);
    if (goes_with || names_what_goes_with_it(heard) || asks_what_fits(heard)) && !focus.products.is_empty() {
        return Some(by_words(Goal::Accessories, "what goes with the thing in hand"));
    }
    if asks_what_else_it_needs(heard) {
        return Some(by_words(Goal::ProductQuestion, "what else the thing in hand needs"));
    }
    if asks_what_it_needs(heard) && !focus.products.is_empty() {
        return Some(by_words(Goal::Accessories, "what the thing in hand needs"));
    }
    if asks_which_of_them(heard) {
        let goal = evidence::goal_within(question, Intent::Sales);
        // What nothing is known of is no reason to recommend one.
        let several = focus.listed.len() > 1 || focus.products.len() > 1;
        let chooses = several && (!read.wishes.is_empty() || read.hint(Goal::Recommend) >= ELSEWHERE);
        let of_it = goal == Goal::FindProduct || goal == Goal::Recommend && !chooses;
        let goal = if of_it { Goal::ProductQuestion } else { goal };
        return Some(by_words(goal, "which of those on the table"));
    }
    None
}

/// "That's way too expensive, something cheaper": another thing than what was shown, rather than a lower price for it.
pub fn claims_something_cheaper(question: &Question<'_>) -> Option<Decision> {
    let Question { heard, read, state, .. } = *question;
    let focus = &state.focus;
    let shown = !focus.products.is_empty() || !focus.listed.is_empty() || focus.query.is_some();
    let free = state.pending.is_none() && focus.fault.is_none() && focus.order.is_none() && !speaks_of_offers(heard);
    let others = matches!(state.intent, Some(Intent::Sales | Intent::Marketing | Intent::Support));
    let wants = wants_cheaper(heard) && shown && free && others && read.hint(Goal::PriceMatch) < ELSEWHERE;
    wants.then(|| by_words(Goal::RefineResults, "something cheaper of what is on the table"))
}

/// "One with a longer guarantee", "which has the longest warranty": of things, one property among others; the rules of
/// the warranty are not asked for.
pub fn compares_warranty(read: &Understanding) -> bool {
    let of_warranty =
        |wish: &&Wished| wish.quality.properties.iter().any(|name| matches!(name.as_str(), "warranty" | "guarante" | "guarantee"));
    read.wishes.iter().filter(of_warranty).any(|wish| wish.quality.degree > Degree::Wish)
}

fn asks_for_most(read: &Understanding) -> bool {
    read.wishes.iter().any(|wish| wish.quality.degree == Degree::Most)
}

/// Whether a message points at the one thing in hand, so that it is plain what it is about.
pub fn points_at_it(question: &Question<'_>) -> bool {
    let Question { heard, read, state, .. } = *question;
    // Its warranty was told: what is asked next is asked of the same thing.
    let of_it = state.intent == Some(Intent::Sales) || state.goal == Some(Goal::Warranty) && state.focus.order.is_none();
    let sales = of_it && state.focus.fault.is_none();
    let owned = heard.words.iter().any(|w| matches!(w.text.as_str(), "my" | "our" | "mine"));
    const BARE: usize = 4;
    // "Ok orange then".
    let version = heard.words.len() <= BARE && heard.words.iter().any(|w| colours::is_colour(&w.text));
    if heard.words.len() <= BARE && points_by_number(heard) && focus_is_free(question) {
        return true;
    }
    let hand = !state.focus.products.is_empty() && (read.reference.pronoun || read.reference.plural);
    sales && !owned && (hand || version && !(state.focus.listed.is_empty() && state.focus.products.is_empty()))
}

/// "The 256 one": a version of what was spoken of.
fn points_by_number(heard: &Heard) -> bool {
    let text = |i: usize| heard.words.get(i).map_or("", |w| w.text.as_str());
    let number = |i: usize| text(i).len() > 1 && text(i).starts_with(|c: char| c.is_ascii_digit());
    (1..heard.words.len())
        .any(|i| number(i) && matches!(text(i - 1), "the" | "that") && matches!(text(i + 1), "one" | "version" | "then" | ""))
}

/// Whether things for sale were spoken of last, and no order or fault.
fn focus_is_free(question: &Question<'_>) -> bool {
    let focus = &question.state.focus;
    focus.fault.is_none() && focus.order.is_none() && !(focus.products.is_empty() && focus.listed.is_empty())
}

/// How clearly the rules see a matter of another part of the shop.
pub fn elsewhere(question: &Question<'_>) -> f32 {
    let others = question.read.hints.iter().filter(|hint| {
        !matches!(hint.goal.intent(), Intent::Sales | Intent::Marketing) && !matches!(hint.goal, Goal::Affirm | Goal::Deny | Goal::Thanks)
    });
    others.map(|hint| hint.score).fold(0.0, f32::max)
}

/// "A memory card for it".
fn names_what_goes_with_it(heard: &Heard) -> bool {
    let text = |i: usize| heard.words.get(i).map_or("", |w| w.text.as_str());
    let for_it = |end: usize| text(end) == "for" && matches!(text(end + 1), "it" | "that" | "this" | "them" | "those");
    let needs = heard.need.as_ref().is_some_and(|need| need.is_sold()) && (1..heard.words.len()).any(for_it);
    // "Do I need to buy bags for it".
    let bought = (1..heard.words.len()).any(|i| {
        let buys = matches!(text(i), "buy" | "get" | "order") && text(i - 1) == "to" || text(i) == "need" && text(i + 1) != "to";
        buys && (i + 2..heard.words.len().min(i + 6)).any(for_it) && heard.words.get(i + 1).is_some_and(Word::is_telling)
    });
    bought
        || needs
        || heard.categories.iter().any(|named| for_it(named.words.end))
        || heard.products.iter().any(|named| for_it(named.words.end))
}

/// "Can I put in more storage, which one fits": of what is sold, what goes with the thing in hand.
fn asks_what_fits(heard: &Heard) -> bool {
    let text = |i: usize| heard.words.get(i).map_or("", |w| w.text.as_str());
    (0..heard.words.len()).any(|i| {
        let next = if matches!(text(i + 1), "one" | "ones") { i + 2 } else { i + 1 };
        matches!(text(i), "which" | "what")
            && matches!(text(next), "fit" | "fits")
            && !matches!(text(next + 1), "in" | "into" | "me" | "us")
    })
}

/// "What do I need to clean it", "what else do I need for it".
fn asks_what_it_needs(heard: &Heard) -> bool {
    let text = |i: usize| heard.words.get(i).map_or("", |w| w.text.as_str());
    let need = (1..heard.words.len()).find(|i| text(*i) == "need" && matches!(text(i - 1), "i" | "we" | "you"));
    let what = |at: usize| (0..at).any(|i| text(i) == "what" && !matches!(text(i + 1), "size" | "kind"));
    need.is_some_and(|at| what(at) && (at..heard.words.len()).any(|i| matches!(text(i), "it" | "them" | "that")))
}

/// "Does that need anything else to work", "do I need something extra for it".
pub fn asks_what_else_it_needs(heard: &Heard) -> bool {
    let text = |i: usize| heard.words.get(i).map_or("", |w| w.text.as_str());
    (0..heard.words.len()).any(|i| {
        matches!(text(i), "need" | "needs" | "require" | "requires")
            && matches!(text(i + 1), "anything" | "something")
            && (matches!(text(i + 2), "else" | "extra" | "more" | "special")
                || text(i + 2) == "to" && matches!(text(i + 3), "work" | "run"))
    })
}

/// "Something cheaper": than what was shown.
fn wants_cheaper(heard: &Heard) -> bool {
    let wants = |pair: &[Word]| {
        matches!(pair[0].text.as_str(), "something" | "anything" | "smth" | "sth" | "one" | "any") && pair[1].text == "cheaper"
    };
    heard.words.windows(2).any(wants) && heard.products.is_empty()
}

/// "Which of them", "which one of those".
fn asks_which_of_them(heard: &Heard) -> bool {
    let text = |w: Option<&Word>| w.map_or("", |w| w.text.as_str()).to_owned();
    (0..heard.words.len()).any(|i| {
        let of = if text(heard.words.get(i + 1)) == "one" { i + 2 } else { i + 1 };
        text(heard.words.get(i)) == "which"
            && text(heard.words.get(of)) == "of"
            && matches!(text(heard.words.get(of + 1)).as_str(), "them" | "these" | "those" | "the")
    })
}
