//! Evidence from the shop's own words: an entry of the knowledge base answers the message, or is the procedure for the
//! trouble it tells of. The scores are calibrated probabilities, so they can be weighed against everything else.

use super::evidence_words;
use super::orchestrator::Question;
use super::understanding::Understanding;
use crate::domain::agent::Intent;
use crate::domain::goal::Goal;
use crate::domain::heard::{Answered, Heard};
use crate::domain::knowledge::Domain;

/// From this probability on a message asks what an entry of the knowledge base answers.
const KNOWN_QUESTION: f32 = 0.6;

/// From this one on the shop's answer outweighs what a model guesses, where no rule sees anything.
const SURELY: f32 = 0.7;

/// The goal under which the agent of a domain answers from the knowledge base.
fn answered_by(domain: Domain) -> Goal {
    match domain {
        Domain::Sales => Goal::PaymentMethods,
        Domain::Marketing => Goal::Loyalty,
        Domain::Support => Goal::SetupHelp,
        Domain::Logistics => Goal::ShippingPolicy,
        Domain::Store => Goal::StoreLocation,
    }
}

/// How likely an entry answers. What goes on with an answer is told by the answer before it, more than by its few words.
fn likely(answered: &Answered) -> f32 {
    const GOES_ON: f32 = 0.75;
    if answered.joined.is_some() { answered.score.max(GOES_ON) } else { answered.score }
}

/// The procedure for a trouble the message tells of. Whoever looks for a thing has no trouble with one yet: "record
/// player with bluetooth" speaks of more than its humming.
fn trouble<'h>(heard: &'h Heard, read: &Understanding) -> Option<&'h Answered> {
    const WHOLLY: f32 = 0.75;
    let guided = heard.guided.as_ref().filter(|guided| guided.score >= KNOWN_QUESTION)?;
    let told = guided.covers >= WHOLLY || read.hint(Goal::Troubleshoot) >= 3.0;
    (told && read.hint(Goal::FindProduct) < 3.0).then_some(guided)
}

/// The intent that has the shop's answer to a message, and how much that speaks for it: the log odds that it is one.
pub fn intent(heard: &Heard, read: &Understanding) -> Option<(Intent, f32)> {
    const MOST: f32 = 3.0;
    let known = |found: &&Answered| likely(found) >= KNOWN_QUESTION;
    let answered = heard.answered.as_ref().filter(known).filter(|_| heard.products.is_empty());
    let guided = trouble(heard, read).filter(|guided| answered.is_none_or(|answered| answered.score < guided.score));
    let (intent, score) = match guided {
        Some(guided) => (Intent::Support, guided.score),
        None => answered.map(|answered| (answered_by(answered.domain).intent(), likely(answered)))?,
    };
    let odds = (score / (1.0 - score).max(1e-3)).ln();
    Some((intent, odds.min(MOST)))
}

/// The goals under which the answer, or the procedure, is said.
pub fn goals(question: &Question<'_>) -> Vec<(Goal, f32)> {
    let Question { heard, read, .. } = *question;
    let mut found = Vec::new();
    if let Some(answered) = &heard.answered
        && likely(answered) >= KNOWN_QUESTION
        // Somebody who names a kind of thing and a price wants to see things.
        && (heard.categories.is_empty() || read.prices.is_empty() && read.hint(Goal::Recommend) < 3.0)
    {
        // "And to Germany?", "how much is it?" right after an answer, with no product on the table to mean.
        let goes_on = match (answered.joined.is_some(), question.state.focus.products.is_empty()) {
            (true, true) => 3.4,
            (true, false) => 1.2,
            (false, _) => 0.0,
        };
        // "Which frame do I need": a question that the shop answers surely is no wish for accessories.
        let asks = heard.products.is_empty() && read.hints.is_empty() && evidence_words::is_question(question.text);
        let surely = if answered.score >= SURELY && asks { 1.5 } else { 0.0 };
        found.push((answered_by(answered.domain), 2.2 + 3.0 * (likely(answered) - KNOWN_QUESTION) + goes_on + surely));
    }
    if let Some(guided) = trouble(heard, read) {
        found.push((Goal::Troubleshoot, 2.2 + 3.0 * (guided.score - KNOWN_QUESTION)));
    }
    found
}

/// "And a bike of 2899?", after what may be paid in parts: the same rule again, not a wish for bikes.
pub fn held_against_a_limit(question: &Question<'_>) -> Option<Goal> {
    let Question { heard, read, state, .. } = *question;
    let other = read.hints.iter().any(|hint| hint.score >= 4.0 && hint.goal != Goal::PriceQuestion);
    let held = heard.answered.as_ref().filter(|answered| answered.limited && !other && state.pending.is_none())?;
    // What somebody bought and sends back, or has a fault of, is looked at with its own dates.
    let of_an_order = !heard.orders.is_empty()
        || state.focus.fault.is_some()
        || matches!(
            state.goal,
            Some(Goal::ReturnRequest | Goal::ReturnPolicy | Goal::Warranty | Goal::DamagedOrWrongItem | Goal::RefundStatus)
        );
    (!of_an_order).then(|| answered_by(held.domain))
}

/// Whether the shop's answer is sure, and speaks of nearly all that was said.
pub fn is_surely_known(heard: &Heard) -> bool {
    const SURE: f32 = 0.85;
    const NEARLY_ALL: f32 = 0.8;
    heard.answered.as_ref().is_some_and(|answered| answered.score >= SURE && answered.covers >= NEARLY_ALL)
}

/// Whether the shop has an answer or a procedure: then nobody is asked what is meant.
pub fn is_known(heard: &Heard, read: &Understanding) -> bool {
    heard.answered.as_ref().is_some_and(|answered| likely(answered) >= KNOWN_QUESTION) || trouble(heard, read).is_some()
}
