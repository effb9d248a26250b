//! What is said of things on the table: "and a case for it", "which of them are quiet", "is the ink dear on that one".
//! Whoever asks of what was just shown is not asked back what it is about.

use super::evidence;
use super::orchestrator::{Decision, Question, by_words};
use crate::domain::agent::Intent;
use crate::domain::goal::Goal;
use crate::domain::heard::{Heard, Word};
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
    // What the shop does beside selling was asked of the same things.
    let sales = matches!(state.intent, Some(Intent::Sales | Intent::Marketing)) || state.goal == Some(Goal::ShopServices);
    let sales = sales && focus.fault.is_none() && focus.order.is_none();
    let numbered = heard.orders.iter().any(|n| n.certain) || read.contact.proves();
    if !shown || !sales || numbered || state.pending.is_some() || elsewhere(question) >= ELSEWHERE {
        return None;
    }
    let goes_with = read.best_hint().is_some_and(|hint| hint.goal == Goal::Accessories && hint.score >= CLEAR);
    if (goes_with || names_what_goes_with_it(heard)) && !focus.products.is_empty() {
        return Some(by_words(Goal::Accessories, "what goes with the thing in hand"));
    }
    if asks_what_it_needs(heard) && !focus.products.is_empty() {
        return Some(by_words(Goal::Accessories, "what the thing in hand needs"));
    }
    if wants_cheaper(heard) && focus.query.is_some() {
        return Some(by_words(Goal::RefineResults, "something cheaper of what is on the table"));
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
    let hand = !state.focus.products.is_empty() && (read.reference.pronoun || read.reference.plural);
    sales && !owned && (hand || version && !(state.focus.listed.is_empty() && state.focus.products.is_empty()))
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
    needs || heard.categories.iter().any(|named| for_it(named.words.end)) || heard.products.iter().any(|named| for_it(named.words.end))
}

/// "What do I need to clean it", "what else do I need for it".
fn asks_what_it_needs(heard: &Heard) -> bool {
    let text = |i: usize| heard.words.get(i).map_or("", |w| w.text.as_str());
    let need = (1..heard.words.len()).find(|i| text(*i) == "need" && matches!(text(i - 1), "i" | "we" | "you"));
    let what = |at: usize| (0..at).any(|i| text(i) == "what" && !matches!(text(i + 1), "size" | "kind"));
    need.is_some_and(|at| what(at) && (at..heard.words.len()).any(|i| matches!(text(i), "it" | "them" | "that")))
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
