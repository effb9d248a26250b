//! What only talk of offers and codes means: a code named, a discount asked for, and the short questions
//! that follow ("until when?", "and the Zenbook?") while an offer is on the table.

mod follow_up;

use super::orchestrator::Question;
use super::understanding::Understanding;
use crate::domain::agent::Intent;
use crate::domain::goal::Goal;
use crate::domain::heard::{Answered, Heard};
use crate::domain::knowledge::Domain;
use crate::domain::state::{ConversationState, Pending};
use crate::domain::text::fold::bare;

/// A rule of another kind of business speaks this clearly, and the message is not about offers.
const OTHER_BUSINESS: f32 = 4.0;
/// From this score on a rule about offers decides, where the words speak of offers at all.
const CLEAR: f32 = 4.0;
/// A follow-up is short; a longer message says itself what it is about.
const FOLLOW_UP: usize = 12;
/// From this probability, and share of the message, on an answer of the shop's is what was asked for.
const ANSWERED: f32 = 0.8;

/// The goal of a message that can only be about offers, and why.
pub fn settled(question: &Question<'_>) -> Option<(Goal, &'static str)> {
    let Question { heard, read, state, .. } = *question;
    if heard.orders.iter().any(|order| order.certain) || heard.tickets.iter().any(|ticket| ticket.certain) {
        return None;
    }
    if heard.codes.iter().any(|code| code.known) {
        let goal = if adds_to_it(heard, state) { Goal::CodeStacking } else { code_goal(heard, read) };
        return Some((goal, "names a code of the shop"));
    }
    if types_a_code(heard) {
        return Some((Goal::CodeCheck, "types what looks like a code"));
    }
    if let Some(goal) = goes_on_with_another(heard, read, state) {
        return Some((goal, "goes on with another offer"));
    }
    if prices_it_then(heard, read, state) {
        return Some((Goal::PromoPrice, "what a thing costs with the offer on the table"));
    }
    if let Some(goal) = by_words(heard, read, state) {
        return Some((goal, "speaks of offers"));
    }
    if calls_a_code(heard) && other_business(heard, read) < OTHER_BUSINESS {
        let priced = read.hint(Goal::PriceQuestion) > 0.0 || read.hint(Goal::PromoPrice) > 0.0;
        let beside = read.hint(Goal::CodeStacking) > 0.0 && state.focus.promotion.is_some();
        let goal = if beside {
            Goal::CodeStacking
        } else if priced {
            Goal::PromoPrice
        } else {
            Goal::CodeCheck
        };
        return Some((goal, "calls a code by what it is for"));
    }
    // "Come on, 500 cash": a bid, whatever a rule sees in its other words.
    let amount = !read.prices.amounts.is_empty() || heard.words.iter().any(|w| w.text.parse::<u32>().is_ok_and(|n| n >= 10));
    let bids = state.goal == Some(Goal::Haggling) && amount && heard.words.len() <= 8 && heard.products.is_empty();
    if bids {
        return Some((Goal::Haggling, "names a price of its own"));
    }
    if answers_elsewhere(heard) {
        return None;
    }
    let free = match &state.pending {
        Some(Pending::Ask { goal, .. }) => goal.intent() == Intent::Marketing,
        Some(Pending::Confirm(_)) => false,
        Some(Pending::Clarify { .. }) | None => true,
    };
    let on_table = state.intent == Some(Intent::Marketing) || points_at_offer(heard) && state.focus.promotion.is_some();
    // "That's too much", after a no to a bid: something cheaper is wanted.
    let too_dear = read.best_hint().is_some_and(|hint| hint.goal == Goal::RefineResults && hint.score >= 6.0);
    // "I was going to get the tablet, what would it cost then": with what was just said of the code.
    let then = heard.words.last().is_some_and(|w| w.text == "then") && heard.words.len() <= 2 * FOLLOW_UP;
    // "Can I pay that in instalments": the shop has an answer of its own, and not about offers.
    let answered =
        heard.answered.as_ref().is_some_and(|own| own.domain != Domain::Marketing && own.score >= ANSWERED && own.covers >= ANSWERED);
    if too_dear || !free || !on_table || answered || heard.words.len() > FOLLOW_UP && !then || other_business(heard, read) >= OTHER_BUSINESS
    {
        return None;
    }
    follow_up::goal(heard, read, state).map(|goal| (goal, "follows up on an offer"))
}

/// "Can I do that in installments?", with a code on the table: the shop has its answer under another head.
fn answers_elsewhere(heard: &Heard) -> bool {
    const SURELY: f32 = 0.85;
    const SPEAKS_OF: f32 = 0.5;
    const LIKELY: f32 = 0.6;
    const WHOLLY: f32 = 0.95;
    let known = |answered: &Answered| {
        let wholly = answered.score >= LIKELY && answered.covers >= WHOLLY && answered.joined.is_none();
        (answered.score >= SURELY && answered.covers >= SPEAKS_OF || wholly) && answered.domain != Domain::Marketing
    };
    heard.answered.as_ref().is_some_and(known) && heard.products.is_empty() && !speaks_of_offers(heard)
}

/// "Can I also use HARBOR15?", while another code or a discount is on the table.
fn adds_to_it(heard: &Heard, state: &ConversationState) -> bool {
    let added =
        heard.words.windows(2).any(|w| w[0].text == "also" && matches!(w[1].text.as_str(), "use" | "apply" | "add" | "take" | "get"));
    let on_table = state.focus.entry.is_some()
        || state.focus.promotion.as_deref().is_some_and(|code| !heard.codes.iter().any(|own| own.bare == bare(code)));
    let too = said(heard, &["use", "apply", "add"]) && said(heard, &["too", "well", "additionally", "addition", "extra"]);
    // "Can I use it with HARBOR15", of what was just told.
    let with = heard.words.windows(3).any(|w| {
        matches!(w[0].text.as_str(), "use" | "combine" | "apply" | "put")
            && matches!(w[1].text.as_str(), "it" | "that" | "them" | "this")
            && w[2].text == "with"
    });
    on_table && (state.intent == Some(Intent::Marketing) && (added || too) || with)
}

/// "I was gonna get the tablet, what would it cost then", right after a code: with that code.
fn prices_it_then(heard: &Heard, read: &Understanding, state: &ConversationState) -> bool {
    let last = heard.words.last().is_some_and(|word| word.text == "then");
    // "So what's the final price", of a code that was just worked out.
    let worked_out = state.focus.promotion.is_some()
        && matches!(state.goal, Some(Goal::WhichCode | Goal::PromoPrice | Goal::CodeStacking | Goal::CodeCheck));
    let final_price =
        heard.words.windows(2).any(|w| matches!(w[0].text.as_str(), "final" | "total" | "end" | "new") && w[1].text == "price");
    if worked_out && final_price && heard.words.len() <= FOLLOW_UP && heard.products.is_empty() {
        return true;
    }
    let with_it = heard.words.windows(2).any(|w| w[0].text == "with" && matches!(w[1].text.as_str(), "it" | "that" | "this"));
    let table = state.focus.promotion.is_some() && state.intent == Some(Intent::Marketing);
    table && (last || with_it) && read.hint(Goal::PriceQuestion) >= CLEAR && !heard.products.is_empty()
}

/// "And with points?", of what goes together; "what about the welcome one", of codes.
fn goes_on_with_another(heard: &Heard, read: &Understanding, state: &ConversationState) -> Option<Goal> {
    const SHORT: usize = 5;
    let words: Vec<&str> = heard.words.iter().map(|w| w.text.as_str()).collect();
    let opens = matches!(words.as_slice(), ["and" | "or" | "with", _, ..] | ["what" | "how", "about", _, ..]);
    let names = !heard.products.is_empty() || !heard.brands.is_empty() || !heard.categories.is_empty();
    // A shop's name for its points may hold that of a maker.
    let of_points = read.hint(Goal::Loyalty) >= CLEAR;
    if !opens || names && !of_points {
        return None;
    }
    match state.goal? {
        Goal::CodeStacking if words.len() <= SHORT => Some(Goal::CodeStacking),
        Goal::CodeStacking | Goal::WhichCode | Goal::CodeCheck | Goal::PromoPrice => {
            let at = words.iter().take(2 * SHORT).position(|word| *word == "the" || *word == "that")?;
            let one = words[at..].iter().take(SHORT).position(|word| *word == "one")?;
            (one > 1).then_some(if said(heard, &["ordered", "bought", "before"]) { Goal::OfferTerms } else { Goal::CodeCheck })
        }
        _ => None,
    }
}

/// "SUMMER99 does not work": capitals and digits that are neither a product's nor a fault's.
fn types_a_code(heard: &Heard) -> bool {
    let short = heard.words.len() <= 6;
    let works = said(heard, &["work", "works", "valid", "accepted", "apply", "applied", "expired", "redeem"]);
    let of_fault = said(heard, &["my", "error", "shows", "says", "display", "order", "ticket", "model"]);
    let typed = heard.codes.iter().any(|code| {
        let at = heard.words.iter().position(|w| w.start <= code.start && code.start < w.end);
        let product = at.is_some_and(|i| heard.products.iter().any(|p| p.words.contains(&i)) || heard.describing.get(i) == Some(&true));
        !code.known && !product
    });
    typed && (works && short && !of_fault || speaks_of_offers(heard) && said(heard, &["code", "coupon", "voucher", "promo"]))
}

/// What a code of the shop is asked for.
pub fn code_goal(heard: &Heard, read: &Understanding) -> Goal {
    let several = heard.codes.iter().filter(|code| code.known).count() > 1;
    let priced = read.hint(Goal::PriceQuestion) > 0.0 || read.hint(Goal::PromoPrice) > 0.0;
    // "LEVELUP10 and the harbor one together": the other code is called by a word of its name.
    let another = read.hint(Goal::CodeStacking) >= 3.0 && !priced;
    if read.hint(Goal::CodeStacking) >= CLEAR || another || several && read.hint(Goal::CodeStacking) > 0.0 {
        return Goal::CodeStacking;
    }
    let something = !heard.products.is_empty() || !heard.categories.is_empty() || !heard.brands.is_empty() || read.reference.pronoun;
    if priced && something { Goal::PromoPrice } else { Goal::CodeCheck }
}

/// The strongest rule of a business that has nothing to do with offers. What is asked of products may well
/// be asked about their offers.
fn other_business(heard: &Heard, read: &Understanding) -> f32 {
    let minimum = heard.words.iter().any(|w| w.text == "minimum");
    let others = read.hints.iter().filter(|hint| !matches!(hint.goal.intent(), Intent::Marketing | Intent::Sales));
    let others = others.filter(|hint| match hint.goal {
        Goal::Affirm | Goal::Deny | Goal::Thanks | Goal::Greeting | Goal::SetupHelp => false,
        Goal::ShippingPolicy => !minimum,
        // "Until when" alone is asked of the offer, not of the shop's doors.
        Goal::StoreHours => {
            said(heard, &["you", "open", "opened", "close", "closed", "closing", "opening", "hours", "shop", "store", "someone", "anyone"])
        }
        _ => true,
    });
    others.map(|hint| hint.score).fold(0.0, f32::max)
}

/// Words that speak of offers, with a rule that says what is wanted of them.
fn by_words(heard: &Heard, read: &Understanding, state: &ConversationState) -> Option<Goal> {
    // "How much cheaper is it with the winter deal", of an offer on the table: it is no other to come.
    let of_this_one = |goal: Goal| goal == Goal::UpcomingOffers && state.focus.promotion.is_some() && read.hint(Goal::PromoPrice) >= CLEAR;
    let clear = |goal: Goal| read.hints.iter().find(|hint| hint.goal == goal && hint.score >= CLEAR && !of_this_one(goal));
    // Those say more than that offers are spoken of.
    let special = [Goal::CodeStacking, Goal::UpcomingOffers, Goal::Haggling, Goal::DiscountRequest].into_iter().find_map(clear);
    let hint = special.or_else(|| {
        read.hints.iter().find(|hint| hint.goal.intent() == Intent::Marketing && hint.score >= CLEAR && !of_this_one(hint.goal))
    })?;
    // "Can I put the newsletter one on top", "can he use it with the harbor code": of two that are on the table or named.
    let joins = (read.hint(Goal::CodeStacking) > 0.0 || used_with_it(heard)) && read.hint(Goal::PriceQuestion) <= 0.0;
    let beside = state.focus.promotion.is_some() || state.focus.entry.is_some();
    let discount = hint.goal == Goal::DiscountRequest && state.focus.promotion.is_some();
    if joins && beside && (discount || matches!(hint.goal, Goal::Newsletter | Goal::PromoPrice | Goal::CodeCheck)) {
        return Some(Goal::CodeStacking);
    }
    // "Does it work with my points", of a code on the table.
    let discounted = state.focus.promotion.is_some() || state.goal == Some(Goal::DiscountRequest);
    let with_points = hint.goal == Goal::Loyalty && discounted;
    if with_points
        && said(heard, &["with", "top", "together"])
        && said(heard, &["work", "works", "use", "combine", "apply", "put", "goes", "pay"])
    {
        return Some(Goal::CodeStacking);
    }
    let own = matches!(hint.goal, Goal::Haggling | Goal::UpcomingOffers | Goal::Loyalty | Goal::GiftCards | Goal::Newsletter);
    let elsewhere = hint.goal == Goal::PriceMatch && hint.score >= 5.0;
    // "Can I get it cheaper?", "anything off on these?", "the student thing": no word for an offer is needed.
    let plain = matches!(hint.goal, Goal::WhichCode) && !said(heard, &["code", "codes"]);
    let student = hint.goal == Goal::DiscountRequest && said(heard, &["thing", "price", "prices", "rate", "less", "cheaper"]);
    let speaks = own || elsewhere || plain || student || speaks_of_offers(heard);
    let clear = speaks && other_business(heard, read) < hint.score.max(OTHER_BUSINESS);
    // What Black Friday brings is a question about offers; what else a rule sees in one word is not settled by it.
    clear.then_some(hint.goal)
}

/// "Can I use the newsletter one with it", "the newsletter thing as well".
fn used_with_it(heard: &Heard) -> bool {
    let too = heard.words.last().is_some_and(|word| matches!(word.text.as_str(), "too" | "well" | "top" | "also"));
    let with_it = |w: &[crate::domain::heard::Word]| w[0].text == "with" && matches!(w[1].text.as_str(), "it" | "that" | "this");
    said(heard, &["use", "combine", "apply", "add", "throw"]) && (too || heard.words.windows(2).any(with_it))
}

/// Words by which customers call an offer.
const OFFERS: [&str; 26] = [
    "code",
    "codes",
    "coupon",
    "coupons",
    "voucher",
    "vouchers",
    "promocode",
    "promo",
    "promos",
    "promotion",
    "promotions",
    "discount",
    "discounts",
    "discounted",
    "deal",
    "deals",
    "offer",
    "offers",
    "sale",
    "sales",
    "specials",
    "bargains",
    "reduced",
    "reduction",
    "reductions",
    "friday",
];

/// Whether a message speaks of offers; "error code" and "do you offer repairs" do not.
pub fn speaks_of_offers(heard: &Heard) -> bool {
    // "What's on for headphones?"
    let on_for = heard.words.windows(3).any(|w| {
        matches!(w[0].text.as_str(), "is" | "anything" | "what" | "whats")
            && matches!(w[1].text.as_str(), "on" | "running")
            && w[2].text == "for"
    });
    on_for || heard.words.iter().enumerate().any(|(i, word)| OFFERS.contains(&word.text.as_str()) && !is_something_else(heard, i))
}

/// "The TV deal", "that laptop code": called by what it is for.
fn calls_a_code(heard: &Heard) -> bool {
    const REACH: usize = 4;
    heard.words.iter().enumerate().any(|(i, word)| {
        let noun = matches!(word.text.as_str(), "code" | "coupon" | "voucher" | "deal" | "promo" | "promotion");
        let from = (i.saturating_sub(REACH)..i).rev().find(|j| matches!(heard.words[*j].text.as_str(), "the" | "that" | "your"));
        noun && !is_something_else(heard, i) && from.is_some_and(|from| i - from > 1)
    })
}

/// "The code", "that offer", "this discount": the one on the table.
fn points_at_offer(heard: &Heard) -> bool {
    const REACH: usize = 4;
    heard.words.iter().enumerate().any(|(i, word)| {
        let before = heard.words[i.saturating_sub(REACH)..i].iter();
        let points = before.rev().any(|w| matches!(w.text.as_str(), "the" | "that" | "this" | "your" | "my"));
        points && OFFERS.contains(&word.text.as_str()) && !is_something_else(heard, i)
    })
}

/// Codes that are no promotion codes, and verbs that look like an offer.
fn is_something_else(heard: &Heard, at: usize) -> bool {
    const CODES: [&str; 24] = [
        "error",
        "fault",
        "zip",
        "post",
        "postal",
        "area",
        "country",
        "dress",
        "qr",
        "bar",
        "pin",
        "security",
        "access",
        "verification",
        "activation",
        "confirmation",
        "login",
        "reset",
        "tracking",
        "pickup",
        "source",
        "door",
        "unlock",
        "puk",
    ];
    let before = at.checked_sub(1).map_or("", |i| heard.words[i].text.as_str());
    match heard.words[at].text.as_str() {
        "code" | "codes" => CODES.contains(&before),
        "offer" => matches!(before, "you" | "they" | "we" | "shop" | "store" | "not"),
        "sale" => before == "for",
        "deal" => matches!(before, "to" | "i" | "big"),
        "friday" => before != "black",
        _ => false,
    }
}

fn said(heard: &Heard, list: &[&str]) -> bool {
    heard.words.iter().any(|w| list.contains(&w.text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::heard::{CodeNamed, ProductNamed, Word};
    use crate::domain::money::Currency;
    use crate::domain::sentiment::Sentiment;
    use crate::domain::text::token::tokens;

    /// What a message means in a conversation; `[WORD]` is a product, capitals with digits a code.
    fn goal_of(text: &str, state: &ConversationState, known: bool) -> Option<Goal> {
        let plain = text.replace(['[', ']'], "");
        let words = Word::from_tokens(tokens(&plain));
        let mut heard = Heard { words, ..Heard::default() };
        let named = text.split(' ').position(|word| word.starts_with('['));
        heard.products.extend(named.map(|at| ProductNamed { skus: vec!["A".into()], words: at..at + 1, coverage: 1.0, other_model: None }));
        for word in &heard.words {
            let said = &plain[word.start..word.end];
            let code = said.len() > 4 && said.bytes().any(|b| b.is_ascii_digit()) && said.bytes().all(|b| !b.is_ascii_lowercase());
            let named = CodeNamed { bare: bare(said), said: said.into(), known, start: word.start, end: word.end };
            heard.codes.extend(code.then_some(named));
        }
        let read = Understanding::read(&plain, &heard, state, Currency::USD);
        let question = Question {
            text: &plain,
            heard: &heard,
            read: &read,
            state,
            sentiment: Sentiment::NEUTRAL,
            tap: None,
            model: None,
            proposal: None,
        };
        settled(&question).map(|(goal, _)| goal)
    }

    #[test]
    fn talk_of_offers_is_known_by_its_words() {
        let fresh = ConversationState::default();
        for (text, known, expected) in [
            ("does AUTUMN20 work on the [kettle]", true, Some(Goal::CodeCheck)),
            ("how much is the [kettle] with AUTUMN20", true, Some(Goal::PromoPrice)),
            ("can i combine AUTUMN20 and TEA10", true, Some(Goal::CodeStacking)),
            ("AUTUMN20 does not work", false, Some(Goal::CodeCheck)),
            ("any deals on kettles?", false, Some(Goal::CurrentPromotions)),
            ("which code works on the [kettle]", false, Some(Goal::WhichCode)),
            ("when is your next sale", false, Some(Goal::UpcomingOffers)),
            ("could you knock ten dollars off the [kettle]", false, Some(Goal::Haggling)),
            ("how many points do i get", false, Some(Goal::Loyalty)),
            ("the machine shows error code E1850", false, None),
            ("what is the zip code of the shop", false, None),
            ("do you offer repairs", false, None),
            ("is the [kettle] in stock", false, None),
            ("until when are you open", false, None),
        ] {
            assert_eq!(goal_of(text, &fresh, known), expected, "{text}");
        }
    }

    #[test]
    fn short_questions_follow_the_code_on_the_table() {
        let mut state = ConversationState { intent: Some(Intent::Marketing), goal: Some(Goal::CodeCheck), ..ConversationState::default() };
        state.focus.promotion = Some("AUTUMN20".into());
        for (text, expected) in [
            ("until when", Some(Goal::OfferTerms)),
            ("what's the minimum", Some(Goal::OfferTerms)),
            ("how long can i use it", Some(Goal::OfferTerms)),
            ("so what would i pay", Some(Goal::PromoPrice)),
            ("how much is it then", Some(Goal::PromoPrice)),
            ("does it work on the [kettle] too?", Some(Goal::CodeCheck)),
            ("and the [kettle]?", Some(Goal::CodeCheck)),
            ("any other code i could use", Some(Goal::WhichCode)),
            ("can i use both", Some(Goal::CodeStacking)),
            ("can't you make an exception", Some(Goal::Haggling)),
            ("why not", Some(Goal::CodeCheck)),
            ("where is my parcel", None),
            ("until when are you open", None),
            ("does the [kettle] fall under it", Some(Goal::CodeCheck)),
            ("would the [kettle] be in it as well", Some(Goal::CodeCheck)),
            ("on what then", Some(Goal::OfferTerms)),
            ("from what date", Some(Goal::OfferTerms)),
            ("is it on everything", Some(Goal::OfferTerms)),
            ("the [kettle], what's left to pay", Some(Goal::PromoPrice)),
            ("how heavy is it", None),
            ("is it in stock", None),
            ("thanks, that is all", None),
            ("ok great", None),
            ("are you hiring", None),
            ("can i return it later", None),
            ("do you deliver to norway", None),
            ("show me something cheaper", None),
        ] {
            assert_eq!(goal_of(text, &state, true), expected, "{text}");
        }
    }
}
