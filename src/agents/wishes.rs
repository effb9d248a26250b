//! What a message is for, by what others say who want the same in the same situation.
//!
//! Words decide first, and the conversation. Where what was decided differs from what the message is surely for, the
//! wish counts: a word in it pulled it to another topic.

use super::orchestrator::{Decision, Question, Route, by_words};
use super::table;
use super::understanding::form::Asks;
use super::understanding::needs;
use crate::domain::agent::Intent;
use crate::domain::asks::Slot;
use crate::domain::goal::Goal;
use crate::domain::heard::{Heard, PropertyMeant, ServiceMeant};
use crate::domain::state::{ConversationState, Pending};
use crate::domain::text::colours;
use crate::domain::wish::{self, Situation, Wish};

/// What is on the table.
fn situations(state: &ConversationState) -> Vec<Situation> {
    let focus = &state.focus;
    let shown = !focus.products.is_empty() || !focus.listed.is_empty();
    let of_an_order = focus.order.is_some() || !focus.orders.is_empty() || state.known.order_number.is_some();
    let of_a_ticket = matches!(state.goal, Some(Goal::OpenTicket | Goal::TicketStatus));
    let mut found = Vec::new();
    let mut add = |situation, there: bool| found.extend(there.then_some(situation));
    match state.intent {
        Some(Intent::Sales | Intent::Marketing) => {
            add(Situation::Points, state.goal == Some(Goal::Loyalty));
            add(Situation::Product, shown && state.goal != Some(Goal::Loyalty));
            add(Situation::Offer, state.intent == Some(Intent::Marketing) || focus.promotion.is_some());
        }
        Some(Intent::Support) => {
            add(Situation::Fault, focus.fault.is_some());
            add(Situation::Ticket, of_a_ticket);
            add(Situation::Returns, focus.fault.is_none() && !of_a_ticket);
            add(Situation::Order, focus.order.is_some());
        }
        Some(Intent::Orders) => add(Situation::Order, of_an_order || state.goal == Some(Goal::Pickup)),
        Some(Intent::General) | None => {
            add(Situation::Fault, focus.fault.is_some());
            add(Situation::Order, focus.order.is_some());
            add(Situation::Product, shown && focus.order.is_none());
        }
    }
    found
}

/// What a message is most likely for.
pub fn best(heard: &Heard, state: &ConversationState) -> Option<Wish> {
    wish::best(&heard.wishes, &situations(state))
}

/// Whether what was decided stays, however else the message may be heard.
fn is_kept(question: &Question<'_>, decision: &Decision) -> bool {
    is_given(question, decision) || is_settled(question, decision)
}

/// Whether something was given that cannot be read otherwise: a tap, a language, numbers and proofs, which belong to
/// what they were asked for.
pub fn is_given(question: &Question<'_>, decision: &Decision) -> bool {
    let Question { heard, read, .. } = *question;
    let numbered = heard.orders.iter().chain(&heard.tickets).any(|n| n.certain) || heard.codes.iter().any(|code| code.known);
    let apart = matches!(decision.goal, Goal::OtherLanguage | Goal::BotQuestion);
    question.tap.is_some() || numbered || apart || !read.contact.is_empty() || read.others
}

/// Whether what was said before settles what a follow-up is for, or a service is surely meant, which has a book of its own.
pub fn is_settled(question: &Question<'_>, decision: &Decision) -> bool {
    const SETTLES: f32 = 5.0;
    let Question { heard, read, .. } = *question;
    let settled = read.follow_ups.first().is_some_and(|hint| hint.score >= SETTLES && hint.goal == decision.goal);
    settled || decision.goal == Goal::ShopServices && heard.services.iter().any(ServiceMeant::is_sure)
}

/// The wish that counts instead of what was decided, where the message is surely for something else.
pub fn instead(question: &Question<'_>, decision: &Decision) -> Option<Decision> {
    let Question { heard, read, state, .. } = *question;
    // Words that speak outright for what was decided give way to a wish far apart from others only.
    const OUTRIGHT: f32 = 4.5;
    const APART: f32 = 0.11;
    /// From this weight on a yes or no was said.
    const SAYS: f32 = 4.0;
    let answers =
        decision.continues && !matches!(&state.pending, Some(Pending::Ask { slot: Slot::Helped | Slot::Wish | Slot::Problem, .. }));
    // "Yeah charged them", of a step: what was done answers our question, whatever else the word may mean.
    let reports = decision.continues
        && matches!(&state.pending, Some(Pending::Ask { slot: Slot::Helped, .. }))
        && (read.answer.is_some() || read.hint(Goal::Affirm).max(read.hint(Goal::Deny)) >= SAYS);
    let elsewhere = matches!(decision.route, Route::Escalate(_) | Route::Confirm(_));
    if is_kept(question, decision) || answers || elsewhere {
        return None;
    }
    let outright = read.hint(decision.goal) >= OUTRIGHT;
    let named = |goal: Goal| read.hint(goal) > 0.0 || read.follow_ups.iter().any(|hint| hint.goal == goal);
    let wish = best(heard, state).filter(|wish| wish.is_sure() && can_be_done(wish.goal))?;
    if reports && !named(wish.goal) {
        return None;
    }
    if outright && wish.margin < APART {
        return None;
    }
    if is_told_apart(question, decision.goal, wish.goal) {
        return None;
    }
    let same = wish.goal == decision.goal || decision.also == Some(wish.goal);
    (!same).then(|| by_words(wish.goal, "what others say who want this"))
}

/// Among wishes for a thing, what the words name is heard better than what they sound like: a property, a colour, the
/// name of another thing.
pub fn is_told_apart(question: &Question<'_>, decided: Goal, wished: Goal) -> bool {
    let Question { heard, read, .. } = *question;
    let of_a_thing = decided.intent() == Intent::Sales && wished.intent() == Intent::Sales;
    let property = heard.property.as_ref().is_some_and(PropertyMeant::is_clear);
    let pointed = property || read.reference.extreme.is_some() || read.reference.is_exact();
    let version = !heard.products.is_empty() || heard.words.iter().any(|word| colours::is_colour(&word.text));
    // "And points?", right after what goes together: whether they do too.
    let goes_together = decided == Goal::CodeStacking && question.state.goal == Some(Goal::CodeStacking);
    // The price asked for among offers is the one with them.
    let price = decided == Goal::PromoPrice && wished == Goal::PriceQuestion;
    // "Do you have a coffee machine" asks for nothing to be done.
    let thing = decided == Goal::FindProduct && wished == Goal::ShopServices && read.form.asks == Asks::Have && names_only_a_thing(heard);
    // "One with a longer guarantee" looks for a thing.
    let warranty = decided.intent() == Intent::Sales && table::compares_warranty(read);
    // "Not that one then, what's the next one up" speaks of what was shown.
    let denied = decided.intent() == Intent::Sales && read.reference.denied.is_some();
    // "Do you have a hedge trimmer too", which nobody here sells, goes with nothing.
    let unknown = matches!(wished, Goal::Accessories | Goal::Alternatives) && needs::lacking(heard).is_some();
    // "Something cheaper in 27": of what was shown, and nobody else's price.
    let cheaper = decided == Goal::RefineResults && wished == Goal::PriceMatch;
    // "How do I book", of a service just told.
    let booked = wished == Goal::Buy && question.state.goal == Some(Goal::ShopServices);
    // "What's it cost if I was closer", of the same.
    let of_a_rule = question.state.focus.entry.is_some() && question.state.intent == Some(Intent::General);
    let fee = decided == Goal::PriceQuestion && of_a_rule;
    // "Cancel nothing, just tell me when it comes."
    let kept = wished == Goal::CancelOrder && read.keeps_order;
    price
        || fee
        || kept
        || unknown
        || booked
        || cheaper
        || thing
        || warranty
        || denied
        || goes_together
        || of_a_thing && (decided == Goal::ProductQuestion && pointed || wished == Goal::StockQuestion && version)
}

/// Whether all that a message tells is what a thing here is called.
fn names_only_a_thing(heard: &Heard) -> bool {
    let kind = |i: usize| heard.categories.iter().any(|named| named.words.contains(&i));
    let mut telling = heard.words.iter().enumerate().filter(|(_, word)| word.is_telling()).map(|(i, _)| i).peekable();
    let called = |i: usize| kind(i) || heard.describing.get(i) == Some(&true) || heard.lacking.get(i) == Some(&true);
    telling.peek().is_some() && (needs::lacking(heard).is_some() || telling.all(called))
}

/// Yes, no, thanks and chat mean what they follow; a person is called by plain words only.
pub fn can_be_done(goal: Goal) -> bool {
    !goal.is_courtesy() && !matches!(goal, Goal::Goodbye | Goal::Capabilities | Goal::OutOfScope | Goal::HumanRequest)
}
