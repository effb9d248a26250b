//! A second matter in one sentence: "where is my parcel and can I still change the colour".

use super::orchestrator::Question;
use super::understanding::quantity;
use crate::domain::agent::Intent;
use crate::domain::goal::Goal;
use crate::domain::text::stem::stem;
use crate::domain::text::words;

/// A second thing a message clearly asks for, in another part of it.
pub fn goal(question: &Question<'_>, first: Goal) -> Option<Goal> {
    const CLEAR: f32 = 4.0;
    /// What a model must see of a second matter at least.
    const ALSO: f32 = 0.1;
    /// Words of orders and troubles often stand beside each other without being two matters.
    const CLEARER: f32 = 4.9;
    let at_first = question.read.hints.iter().find(|hint| hint.goal == first).map(|hint| hint.at);
    let joins = |from: usize, to: usize| {
        let words = &question.heard.words[from.min(to)..from.max(to)];
        let ends = |pair: &[crate::domain::heard::Word]| {
            question.text.get(pair[0].end..pair[1].start).is_some_and(|gap| gap.contains(['?', '.', '!', ';']))
        };
        words.iter().any(|w| matches!(w.text.as_str(), "and" | "also" | "plus")) || words.windows(2).any(ends)
    };
    let near = |goal: Goal| matches!(goal.intent(), Intent::Support | Intent::Orders);
    let told = |goal: Goal| {
        goal.intent() != Intent::General || matches!(goal, Goal::StoreHours | Goal::StoreLocation | Goal::Contact | Goal::ShopServices)
    };
    question
        .read
        .hints
        .iter()
        .find(|hint| {
            let apart = at_first.is_some_and(|at| at.abs_diff(hint.at) >= 3 && joins(at, hint.at));
            let seen = question.model.is_none_or(|model| model.intents.0[hint.goal.intent().index()] >= ALSO);
            hint.goal != first
                && !(hint.goal == Goal::Buy && near(first))
                && hint.score >= CLEAR
                && (hint.goal.intent() != first.intent() || near(hint.goal) && hint.score >= CLEARER && asks_apart(first, hint.goal))
                && told(hint.goal)
                && apart
                && seen
        })
        .map(|hint| hint.goal)
}

/// "2 of those, how much incl delivery?": what things cost, and what bringing them does.
pub fn asks_price_and_delivery(question: &Question<'_>) -> bool {
    let Question { heard, read, state, .. } = *question;
    let has = |texts: &[&str]| heard.words.iter().any(|w| texts.contains(&w.text.as_str()));
    let delivered = heard.words.iter().any(|w| matches!(stem(&w.text).as_str(), "ship" | "deliver" | "delivery" | "postage"));
    let much = heard.words.windows(2).any(|pair| pair[0].text == "how" && pair[1].text == "much");
    let summed = has(&["total", "altogether", "damage", "sum", "price", "cost", "pay"]) || much;
    let talks_of_sales = matches!(state.intent, None | Some(Intent::Sales | Intent::General | Intent::Marketing));
    let named = (0..heard.products.len()).any(|i| read.roles.wants_product(i)) && read.hint(Goal::ShippingPolicy) < ASKS_ONLY_DELIVERY;
    let counted = !state.focus.products.is_empty() && quantity::of_it(heard, &read.taken).is_some();
    // "With the code, delivered": what an offer makes of the price is told with the delivery.
    let of_offers = heard.words.iter().any(|w| words::is_of_offers(&w.stem));
    delivered && summed && talks_of_sales && !of_offers && heard.orders.is_empty() && (named || counted)
}

/// From this score on the rules see nothing but a question about delivery, where no pieces are counted.
const ASKS_ONLY_DELIVERY: f32 = 5.0;

/// Whether two matters of the same part of the shop are different questions, not two words for one.
fn asks_apart(a: Goal, b: Goal) -> bool {
    let kind = |goal: Goal| match goal {
        Goal::Warranty => 1,
        Goal::ReturnRequest | Goal::ReturnPolicy | Goal::RefundStatus => 2,
        Goal::Repair => 3,
        Goal::TicketStatus | Goal::OpenTicket => 4,
        Goal::Invoice => 5,
        Goal::CancelOrder | Goal::ChangeOrder => 6,
        Goal::ChangeAddress => 7,
        Goal::Pickup => 8,
        Goal::OrderStatus | Goal::Tracking | Goal::DeliveryDate | Goal::LateParcel | Goal::MissingParcel | Goal::MyOrders => 9,
        _ => 0,
    };
    kind(a) != kind(b) && kind(a) != 0 && kind(b) != 0
}
