//! What needs no question back: messages that are plain as they stand, or say enough for their likeliest reading.

use super::orchestrator::{Doubt, Question};
use super::{evidence, evidence_answers, evidence_words};
use crate::domain::agent::Intent;
use crate::domain::goal::Goal;
use crate::domain::text::words;

/// What a decision by evidence leaves open. Courtesy and bare numbers have an answer whatever a model
/// thinks of them, and what a model has been asked is not asked again.
pub fn doubt(question: &Question<'_>, sure: bool) -> Option<Doubt> {
    if question.proposal.is_some() || question.tap.is_some() || is_courtesy(question) || is_bare(question) {
        return None;
    }
    match sure {
        false => Some(Doubt::Intent),
        true => (evidence::goal_scores(question).is_empty() && question.read.answer.is_none()).then_some(Doubt::Words),
    }
}

/// Messages that are never asked back: greetings, thanks, a bare number or code, a plain yes or no, a
/// product's name, one or two words of search.
pub fn is_plain(question: &Question<'_>) -> bool {
    let Question { heard, read, .. } = *question;
    let search = heard.words.len() <= 3 && (!heard.categories.is_empty() || !heard.brands.is_empty());
    // "Drill for concrete walls": a kind of thing and what it is for.
    let opens_with_a_thing = heard.words.len() <= 8 && heard.categories.iter().any(|c| c.words.start == 0 && !c.names.is_empty());
    let known = evidence_answers::is_known(heard, read);
    let asks_of_the_shop = evidence_words::asks_whether_there_is(heard) && heard.categories.is_empty() && heard.brands.is_empty();
    let certain_order = heard.orders.iter().any(|order| order.certain);
    let asks_for_things = heard
        .words
        .windows(3)
        .any(|w| w[0].text == "do" && w[1].text == "you" && matches!(w[2].text.as_str(), "sell" | "have" | "carry" | "stock" | "offer"));
    // "Not that one, the other": of what was shown.
    let points = read.reference.other && question.state.intent == Some(Intent::Sales);
    known
        || points
        || asks_of_the_shop
        || is_courtesy(question)
        || certain_order
        || asks_for_things
        || is_bare(question)
        || !heard.products.is_empty()
        || search
        || opens_with_a_thing
}

/// "Can I come with my wife?", unclear by itself, right after a rule of the shop was told: asked of that, and of nothing to
/// choose among.
pub fn goes_on_with_a_rule(question: &Question<'_>) -> Option<Goal> {
    const FEW: usize = 8;
    const CLEAR: f32 = 4.0;
    let Question { heard, read, state, text, .. } = *question;
    let names = !heard.products.is_empty() || !heard.categories.is_empty() || !heard.brands.is_empty() || !heard.orders.is_empty();
    let asks =
        evidence_words::is_question(text) || heard.words.first().is_some_and(|word| matches!(word.text.as_str(), "and" | "so" | "but"));
    let clear = read.best_hint().is_some_and(|hint| hint.score >= CLEAR);
    if names || clear || !asks || heard.words.len() > FEW || state.focus.entry.is_none() || state.pending.is_some() {
        return None;
    }
    // "What does it cost if I was closer": the fee that was told.
    if read.best_hint().is_some_and(|hint| hint.goal == Goal::PriceQuestion) {
        return Some(Goal::PriceQuestion);
    }
    match state.goal? {
        goal @ (Goal::PaymentMethods | Goal::ShippingPolicy | Goal::StoreLocation | Goal::ShopServices | Goal::Contact) => Some(goal),
        // Under these the shop's words on points and letters are said: what is asked on is no more about them.
        Goal::Loyalty | Goal::Newsletter | Goal::GiftCards | Goal::PriceMatch => Some(Goal::ShopServices),
        _ => None,
    }
}

/// Whether a message says enough for its likeliest reading to be answered: what it is about stands in it, and
/// no other reading comes near. A question back would only ask for what was said.
pub fn is_specific(question: &Question<'_>, ranked: &[(Intent, f32)]) -> bool {
    /// What people say when they have not said yet what it is about.
    const VAGUE: &[&str] = &[
        "help",
        "question",
        "questions",
        "problem",
        "problems",
        "issue",
        "issues",
        "thing",
        "things",
        "stuff",
        "something",
        "anything",
        "info",
        "information",
        "inquiry",
        "hey",
        "hello",
        "hi",
        "please",
        "need",
        "want",
        "know",
        "ask",
        "tell",
        "about",
        "matter",
        "support",
        "assistance",
    ];
    const LIKELY: f32 = 0.5;
    const APART: f32 = 0.2;
    let telling = |text: &str| !words::is_function(text) && !VAGUE.contains(&text) && text.len() > 1;
    let said = question.heard.words.iter().filter(|word| telling(&word.text)).count();
    let near = ranked.get(1).map_or(0.0, |(_, score)| *score);
    ranked.first().is_some_and(|(_, best)| *best >= LIKELY && *best - near >= APART) && said >= 2
}

/// Greetings, thanks, a plain yes or no, questions about the assistant.
fn is_courtesy(question: &Question<'_>) -> bool {
    question.read.best_hint().is_some_and(|hint| {
        matches!(
            hint.goal,
            Goal::Greeting
                | Goal::Thanks
                | Goal::Goodbye
                | Goal::SmallTalk
                | Goal::BotQuestion
                | Goal::Affirm
                | Goal::Deny
                | Goal::Capabilities
        )
    })
}

/// A number or code with hardly a word beside it, or no word at all.
fn is_bare(question: &Question<'_>) -> bool {
    let heard = question.heard;
    let number = !heard.orders.is_empty() || !heard.tickets.is_empty() || heard.codes.iter().any(|c| c.known);
    heard.words.is_empty() || number && heard.words.len() <= 4
}
