//! What is asked beside the matter under way: the cost of a change just proposed, a delivery to another country.

use super::super::orchestrator::{Decision, Question, by_words};
use super::{starts, words};
use crate::domain::goal::Goal;
use crate::domain::state::{ActionKind, Pending};
use crate::domain::text::places;

/// "How much more is that", of the change of an order that was just proposed.
pub(super) fn cost_of_a_change(question: &Question<'_>) -> Option<Decision> {
    const FEW: usize = 8;
    let Question { heard, state, .. } = *question;
    let Some(Pending::Confirm(action)) = &state.pending else { return None };
    let ActionKind::OpenTicket(draft) = &action.kind;
    let asks =
        starts(question, &[&["how", "much"], &["what", "is", "the", "difference"], &["is", "that", "more"], &["what", "does", "that"]]);
    let changes = draft.issue == Goal::ChangeOrder.name() && state.focus.listed.len() == 2;
    (changes && asks && heard.words.len() <= FEW && heard.products.is_empty()).then(|| by_words(Goal::ChangeOrder, "what the change costs"))
}

/// "Whats the cost to Oslo for a pair of headphones": what goes to a country is a delivery, whatever it is; and what is
/// asked next in a few words is about the same country.
pub(super) fn abroad(question: &Question<'_>) -> Option<Decision> {
    const FEW: usize = 4;
    const CLEAR: f32 = 4.0;
    let Question { heard, read, state, .. } = *question;
    let said = words(question);
    let other = read.hints.iter().any(|hint| {
        let of_delivery = matches!(hint.goal, Goal::ShippingPolicy | Goal::DeliveryDate | Goal::PriceQuestion | Goal::ProductQuestion);
        hint.score >= CLEAR && !of_delivery && hint.goal != Goal::OutOfScope && hint.goal != Goal::ReturnPolicy
    });
    if other || heard.orders.iter().any(|n| n.certain) || read.contact.proves() {
        return None;
    }
    let has = |list: &[&str]| said.iter().any(|w| list.contains(w));
    let sends = has(&["ship", "shipping", "deliver", "delivery", "send", "cost", "costs", "possible", "much", "long"])
        || said.first().is_some_and(|w| matches!(*w, "and" | "to" | "what"));
    let to_a_place = has(&["to"]) && places::named(&said).is_some() && sends && !has(&["back", "return", "returns"]);
    let of_a_country = state.goal == Some(Goal::ShippingPolicy) && state.focus.country.is_some();
    let goes_on = of_a_country
        && heard.words.len() <= FEW
        && (starts(question, &[&["how", "long"], &["how", "much"], &["how", "fast"], &["what", "does", "it", "cost"]]));
    // "And a dishwasher too?", after whether parcels go to a country.
    let another =
        of_a_country && !heard.categories.is_empty() && heard.words.len() <= FEW + 1 && said.first().is_some_and(|word| *word == "and");
    (to_a_place || goes_on || another).then(|| by_words(Goal::ShippingPolicy, "delivery to another country"))
}
