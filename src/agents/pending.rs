//! The answer to a question of ours: a yes or no to what was proposed, a meaning chosen, a detail asked for.

use super::evidence;
use super::evidence_words;
use super::matter;
use super::orchestrator::{Decision, Question, Route, by_choice, by_words, settled};
use super::second_matter;
use super::understanding::affirm::{self, Answer};
use super::wishes;
use crate::domain::agent::Intent;
use crate::domain::asks::Slot;
use crate::domain::goal::Goal;
use crate::domain::message::Choice;
use crate::domain::state::{Action, ActionKind, Pending};

/// The answer to what the last reply asked.
pub fn claim(question: &Question<'_>) -> Option<Decision> {
    match question.state.pending.as_ref()? {
        Pending::Confirm(action) if wants_a_part(question, action) => {
            Some(Decision { confidence: 1.0, ..by_words(Goal::ChangeOrder, "wants a part of what was proposed") })
        }
        Pending::Confirm(action) => {
            // "Can you open a ticket, please" is a yes to the offer of one.
            let asks_for_it = question.read.hint(Goal::OpenTicket) >= 4.0 && question.heard.words.len() <= 10;
            let answer = question.read.answer.filter(|answer| *answer != Answer::YesBut).or_else(|| matter::agrees(question, action));
            let more = || tells_more_with_a_yes(question) || sends_for_somebody(question);
            let answer = answer.or_else(|| more().then_some(Answer::Yes));
            let yes = match answer.or(asks_for_it.then_some(Answer::Yes))? {
                Answer::Yes => true,
                Answer::No => false,
                Answer::YesBut => return None,
            };
            // "No, leave it. When will it ship?": no, and a matter of its own.
            if !yes && let Some(next) = after_a_no(question) {
                return Some(next);
            }
            let goal = question.state.goal.filter(|goal| goal.intent().agent() == action.agent).unwrap_or(Goal::OpenTicket);
            Some(settled(Route::Confirm(yes), goal, "answers the proposed action"))
        }
        Pending::Clarify { options, .. } => {
            let option = chosen_option(question, options)?;
            let intent = Intent::from_name(&option.id)?;
            Some(by_choice(question, intent))
        }
        // What came of a step is told in any words: the fault under way reads it.
        Pending::Ask { slot: Slot::Helped, .. } => None,
        Pending::Ask { slot, goal, agent, .. } => {
            // An order's number with what proves it is no answer to "which product?".
            let proves = question.read.contact.proves() && !question.heard.orders.is_empty();
            if proves && matches!(slot, Slot::Product | Slot::Item | Slot::Need | Slot::Code) {
                return None;
            }
            let gives = evidence::gives(question, *slot);
            // "Sorry, where is order 1007?", where a number was asked for a damage: another matter, number or not.
            let outright = *slot == Slot::OrderNumber
                && goal.intent() == Intent::Support
                && question.read.best_hint().is_some_and(|hint| hint.score >= 5.0 && hint.goal.intent() == Intent::Orders);
            // What only may be a name is less than clear words for something else.
            let clear =
                if *slot == Slot::Identity && !question.read.contact.proves() && question.heard.orders.is_empty() { 3.5 } else { 4.5 };
            let other_business =
                question.read.best_hint().is_some_and(|hint| hint.score >= clear && hint.goal.intent() != goal.intent() && !gives.certain);
            let other_wish = *slot == Slot::Wish && wishes_otherwise(question, *goal);
            // "Compare it to the ASUS", where it was asked which router is meant: another question.
            let asks = |hint: &Goal| matches!(hint, Goal::CompareProducts | Goal::Recommend | Goal::StockQuestion | Goal::PriceQuestion);
            let other_question = *slot == Slot::Product
                && question.read.best_hint().is_some_and(|hint| hint.score >= 4.5 && hint.goal != *goal && asks(&hint.goal));
            let wants_back = *slot == Slot::Problem
                && question.read.best_hint().is_some_and(|hint| {
                    hint.score >= 5.0 && matches!(hint.goal, Goal::ReturnRequest | Goal::ReturnPolicy | Goal::RefundStatus | Goal::Warranty)
                });
            if other_question || wants_back {
                return None;
            }
            if !gives.any || other_business || other_wish || outright || question.read.others {
                return None;
            }
            let mut decision = settled(Route::Agent(*agent), *goal, "gives what was asked for");
            decision.also = second_matter::goal(question, *goal);
            Some(decision)
        }
    }
}

/// "No, only the monitor has to go", "yes, but just the monitor", where a change of an order was proposed.
fn wants_a_part(question: &Question<'_>, action: &Action) -> bool {
    const LEAST: usize = 4;
    let ActionKind::OpenTicket(draft) = &action.kind;
    let of_an_order = [Goal::CancelOrder, Goal::ChangeOrder].iter().any(|goal| draft.issue == goal.name());
    let said = || question.heard.words.iter().map(|w| w.text.as_str());
    let of_a_part = said().any(|word| matches!(word, "only" | "just" | "keep" | "except")) && question.read.answer != Some(Answer::Yes);
    let of_an_address = said().any(|word| word == "address");
    of_an_order && of_a_part && !of_an_address && said().count() >= LEAST && !evidence_words::is_question(question.text)
}

/// "Can I also change the day", "actually cancel the whole thing", where something else was asked for: another wish.
fn wishes_otherwise(question: &Question<'_>, asked: Goal) -> bool {
    const OUTRIGHT: f32 = 5.0;
    let follows = question.read.follow_ups.first().filter(|hint| hint.goal == Goal::ChangeOrder);
    let cancels = question.read.best_hint().filter(|hint| hint.goal == Goal::CancelOrder);
    // "When will it be here?" is no address.
    let asks = evidence_words::is_question(question.text);
    if asks && asked == Goal::ChangeAddress && !question.text.bytes().any(|b| b.is_ascii_digit()) {
        return true;
    }
    let elsewhere = question.read.follow_ups.first().filter(|hint| asks && !matches!(hint.goal, Goal::ChangeOrder | Goal::ChangeAddress));
    follows.into_iter().copied().chain(cancels).chain(elsewhere.copied()).any(|hint| hint.score >= OUTRIGHT && hint.goal != asked)
}

/// What a message that declines an action asks for beside.
fn after_a_no(question: &Question<'_>) -> Option<Decision> {
    let hints = question.read.hints.iter().filter(|hint| !matches!(hint.goal, Goal::Deny | Goal::Affirm | Goal::Thanks));
    // What is asked beside the no is most often about what is on the table.
    let Some(hint) = hints.chain(&question.read.follow_ups).max_by(|a, b| a.score.total_cmp(&b.score)) else {
        return asked_in_other_words(question);
    };
    // "I don't want a new one, I want my money back": no to the one, and the other is the wish.
    let wishes =
        matches!(hint.goal, Goal::ReturnRequest | Goal::RefundStatus | Goal::CancelOrder | Goal::ChangeAddress) && hint.score >= 4.0;
    let asks =
        question.heard.words.len() > 4 && hint.score >= 3.0 && hint.at >= 2 && (wishes || evidence_words::is_question(question.text));
    asks.then(|| Decision { confidence: 1.0, ..by_words(hint.goal, "declines, and asks for something else") })
}

/// "Yes, its like new, still have the box": a yes with more told of the matter, and no condition or wish beside it.
fn tells_more_with_a_yes(question: &Question<'_>) -> bool {
    const OTHER: f32 = 3.5;
    let said: Vec<&str> = question.heard.words.iter().map(|w| w.text.as_str()).collect();
    let tells = matches!(said.get(1), Some(&"it" | &"its" | &"i" | &"im" | &"ive" | &"they" | &"the" | &"my" | &"that"));
    let limits = said.iter().any(|word| affirm::limits(word) || *word == "and");
    let other = question.read.hints.iter().any(|hint| hint.score >= OTHER && !matches!(hint.goal, Goal::Affirm | Goal::OutOfScope));
    let asks = evidence_words::is_question(question.text);
    let proves = !question.read.contact.is_empty() || !question.heard.orders.is_empty();
    begins_with_yes(&said) && tells && !limits && !other && !asks && !proves
}

/// "Yes ask a colleague please about the gift wrap": a yes to the offer of a person, told again.
pub fn sends_for_somebody(question: &Question<'_>) -> bool {
    const NEAR: usize = 4;
    let said: Vec<&str> = question.heard.words.iter().map(|w| w.text.as_str()).collect();
    let somebody = |word: &&str| matches!(*word, "colleague" | "person" | "human" | "somebody" | "someone" | "team");
    let sends = said.iter().position(|word| matches!(*word, "ask" | "get" | "call" | "have" | "send"));
    let limits = said.iter().any(|word| affirm::limits(word));
    begins_with_yes(&said) && !limits && sends.is_some_and(|at| said[at..].iter().take(NEAR).any(somebody))
}

fn begins_with_yes(said: &[&str]) -> bool {
    matches!(said.first(), Some(&"yes" | &"yeah" | &"yep" | &"yup"))
}

/// "No wait, can I get it before the 5th of December": a question in words no rule knows is for what others ask so.
fn asked_in_other_words(question: &Question<'_>) -> Option<Decision> {
    const LIKELY: f32 = 0.55;
    const LEAST: usize = 6;
    let wish = wishes::best(question.heard, question.state).filter(|wish| wish.score >= LIKELY && !wish.goal.is_courtesy())?;
    let asks = question.heard.words.len() >= LEAST && evidence_words::is_question(question.text);
    asks.then(|| Decision { confidence: 1.0, ..by_words(wish.goal, "declines, and asks for something else") })
}

/// The option a message chooses in words: its label, its place, or the intent's name.
fn chosen_option<'a>(question: &Question<'_>, options: &'a [Choice]) -> Option<&'a Choice> {
    let said: Vec<&str> = question.heard.words.iter().map(|w| w.text.as_str()).collect();
    if let [place] = question.read.reference.places.as_slice()
        && said.len() <= 4
    {
        return options.get(place - 1);
    }
    options.iter().find(|option| {
        let label = crate::domain::text::token::tokens(&option.label);
        let label: Vec<&str> = label.iter().map(|t| t.text.as_str()).collect();
        said == label || (said.len() <= 2 && said.contains(&option.id.as_str()))
    })
}
