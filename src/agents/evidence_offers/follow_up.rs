//! What a short message asks of the offer on the table.
//!
//! Some say it in words the rules know. All others are judged by what they hold: talk of offers and nothing
//! else, or a product named beside "it". A word about products ("bluetooth", "weigh") makes it a question
//! about the product.

use super::super::understanding::Understanding;
use super::super::understanding::form::Asks;
use super::{CLEAR, OFFERS, said};
use crate::domain::agent::Intent;
use crate::domain::goal::Goal;
use crate::domain::heard::Heard;
use crate::domain::knowledge::Domain;
use crate::domain::query::Degree;
use crate::domain::state::ConversationState;
use crate::domain::text::{number, words};

/// The conversation a message follows up on.
struct Table {
    /// What was asked last, if it was about offers.
    last: Option<Goal>,
    /// Whether one code is on the table.
    code: bool,
    /// The goal under which a rule of the shop was just quoted.
    rule: Option<Goal>,
}

/// The goal of a message that follows up on an offer.
pub fn goal(heard: &Heard, read: &Understanding, state: &ConversationState) -> Option<Goal> {
    if said(heard, &["student", "students", "pensioner", "pensioners", "senior", "seniors"]) && read.hint(Goal::CodeStacking) <= 0.0 {
        return Some(Goal::DiscountRequest);
    }
    // "Which laptop is the lightest": of the things again, not of their price.
    let most = read.wishes.iter().any(|wish| wish.quality.degree == Degree::Most);
    if most && !heard.categories.is_empty() && !super::speaks_of_offers(heard) {
        return None;
    }
    let last = state.goal.filter(|goal| goal.intent() == Intent::Marketing);
    let rule = last.and_then(|last| of_the_rule(last, state));
    let table = Table { last, code: state.focus.promotion.is_some(), rule };
    let known = by_rules(heard, read, state, &table).or_else(|| by_opening(heard, read, &table));
    known.or_else(|| by_what_it_holds(heard, read, &table))
}

/// By phrases of the rules, too weak to say alone what a message is for.
fn by_rules(heard: &Heard, read: &Understanding, state: &ConversationState, table: &Table) -> Option<Goal> {
    let asks = |goal: Goal| read.hint(goal) > 0.0;
    let of_rules = table.rule.is_some();
    let own_question = asks_of_products(heard, read);
    let named = names(heard, read);
    let priced = read.hint(Goal::PriceQuestion) >= CLEAR || asks(Goal::PromoPrice);
    if asks(Goal::Haggling) {
        return Some(Goal::Haggling);
    }
    if asks(Goal::CodeStacking) && (table.code || of_rules) && (!priced || read.hint(Goal::CodeStacking) >= CLEAR) {
        return Some(Goal::CodeStacking);
    }
    if asks(Goal::WhichCode) && !of_rules {
        return Some(Goal::WhichCode);
    }
    if asks(Goal::UpcomingOffers) && !(priced && named) {
        return Some(Goal::UpcomingOffers);
    }
    let of_terms = asks(Goal::OfferTerms) && !named && said(heard, &["minimum", "until", "end", "expire", "start"]);
    if table.code && !of_rules && of_terms && !own_question {
        return Some(Goal::OfferTerms);
    }
    if table.code && asks(Goal::CodeCheck) && said(heard, &["everything"]) {
        return Some(Goal::OfferTerms);
    }
    if table.code && !of_rules && (asks(Goal::CodeCheck) || is_why(heard)) {
        return Some(Goal::CodeCheck);
    }
    if !table.code && !of_rules && asks(Goal::CodeCheck) && named && !own_question {
        return Some(Goal::WhichCode);
    }
    if asks(Goal::OfferTerms) && !own_question && !named {
        return Some(table.rule.unwrap_or(Goal::OfferTerms));
    }
    if of_rules && asks(Goal::PriceQuestion) && !named && state.focus.products.is_empty() {
        return table.rule;
    }
    let points = table.rule == Some(Goal::Loyalty) && said(heard, &["many", "points"]);
    if (priced || asks(Goal::PriceQuestion)) && !points {
        return Some(Goal::PromoPrice);
    }
    if asks(Goal::CurrentPromotions) && !own_question {
        return table.last.map(|goal| match goal {
            Goal::UpcomingOffers | Goal::CurrentPromotions => Goal::CurrentPromotions,
            // "What is running this week?" asks for all of it.
            _ if read.hint(Goal::CurrentPromotions) >= CLEAR && !named => Goal::CurrentPromotions,
            _ => Goal::WhichCode,
        });
    }
    None
}

/// "And the Zenbook?", "the Wi-Fi one": the last question again, of something else.
fn by_opening(heard: &Heard, read: &Understanding, table: &Table) -> Option<Goal> {
    if matches!(table.last, Some(Goal::CurrentPromotions | Goal::UpcomingOffers)) && picks_one(heard) {
        return Some(Goal::WhichCode);
    }
    if continues_with_another(heard, read) {
        return table.last.map(|goal| match goal {
            Goal::OfferTerms => Goal::CodeCheck,
            Goal::Haggling | Goal::CodeStacking => Goal::WhichCode,
            other => other,
        });
    }
    let amount = !heard.products.is_empty() || !read.prices.amounts.is_empty();
    if table.rule == Some(Goal::Loyalty) && amount && said(heard, &["many", "much", "earn", "get", "gets", "bring", "what"]) {
        return table.rule;
    }
    None
}

/// By what it is made of, whatever its verb.
fn by_what_it_holds(heard: &Heard, read: &Understanding, table: &Table) -> Option<Goal> {
    if is_courtesy(read) || is_sales(read) || said(heard, &["show", "find", "looking", "search", "see", "compare"]) {
        return None;
    }
    let loose = loose_words(heard);
    let of_products = loose.iter().any(|i| heard.describing.get(*i) == Some(&true));
    let refers = read.reference.pronoun || read.reference.plural || said(heard, &["then", "too", "also", "there"]);
    let named = names(heard, read);
    let stays = loose.is_empty() && (named || heard.words.len() <= 8) || refers && !of_products && heard.words.len() <= 10;
    if !stays {
        let known = heard.answered.as_ref().is_some_and(|own| own.domain == Domain::Marketing && own.score >= 0.45);
        return table.rule.filter(|_| !asks_of_products(heard, read) && heard.words.len() <= 9 && (known || asks_about_it(heard)));
    }
    if table.rule.is_some() {
        return if named && pays(heard) { Some(Goal::PromoPrice) } else { table.rule };
    }
    match (table.code, named) {
        _ if pays(heard) => Some(Goal::PromoPrice),
        // "What's missing?" is about the thing it did not work on.
        (true, _) if named || said(heard, &["missing", "short", "far", "lack"]) => Some(Goal::CodeCheck),
        (false, true) => Some(Goal::WhichCode),
        (true, _) => Some(Goal::OfferTerms),
        (false, false) => table.last.filter(|goal| matches!(goal, Goal::CurrentPromotions | Goal::WhichCode | Goal::UpcomingOffers)),
    }
}

/// Words of paying.
fn pays(heard: &Heard) -> bool {
    said(heard, &["pay", "cost", "costs", "price", "total", "left", "save", "come", "comes", "be"])
        && said(heard, &["what", "whats", "how", "so", "then", "price", "total", "i"])
}

/// Words that are neither part of a name nor talk of offers.
fn loose_words(heard: &Heard) -> Vec<usize> {
    let named = |i: usize| {
        let ranges = heard.categories.iter().map(|c| &c.words).chain(heard.brands.iter().map(|b| &b.words));
        ranges.chain(heard.products.iter().map(|p| &p.words)).any(|words| words.contains(&i))
    };
    let counts = |text: &str| number::cardinal(text).is_some() || number::ordinal(text).is_some();
    let is_loose = |i: &usize| {
        let word = &heard.words[*i];
        !words::is_function(&word.text) && !words::is_of_offers(&word.stem) && !counts(&word.text) && !named(*i)
    };
    (0..heard.words.len()).filter(is_loose).collect()
}

/// Yes, no, thanks and hello are answered as such.
fn is_courtesy(read: &Understanding) -> bool {
    read.best_hint().is_some_and(|hint| {
        matches!(hint.goal, Goal::Affirm | Goal::Deny | Goal::Thanks | Goal::Greeting | Goal::Goodbye | Goal::SmallTalk)
            && hint.score >= 3.0
    })
}

/// Business of sales that no offer is asked about: stock, a comparison, something else instead.
fn is_sales(read: &Understanding) -> bool {
    let goals = [
        Goal::CompareProducts,
        Goal::StockQuestion,
        Goal::Recommend,
        Goal::Alternatives,
        Goal::Accessories,
        Goal::BrowseCategories,
        Goal::PaymentMethods,
    ];
    goals.iter().any(|goal| read.hint(*goal) >= CLEAR) || matches!(read.form.asks, Asks::HowMuchOf | Asks::Property | Asks::Count)
}

/// The goal under which a rule of the shop, just quoted, is asked about again.
fn of_the_rule(last: Goal, state: &ConversationState) -> Option<Goal> {
    match last {
        // A code was spoken of since.
        _ if state.focus.promotion.is_some() => None,
        Goal::Loyalty | Goal::Newsletter | Goal::GiftCards | Goal::PriceMatch | Goal::DiscountRequest => Some(last),
        _ if state.focus.entry.is_some() => Some(Goal::DiscountRequest),
        _ => None,
    }
}

/// A question about products, with a word in it that no offer is asked about.
fn asks_of_products(heard: &Heard, read: &Understanding) -> bool {
    let clear = read.hints.iter().any(|h| h.goal.intent() == Intent::Sales && h.score >= CLEAR && h.goal != Goal::PriceQuestion);
    clear && !loose_words(heard).is_empty()
}

fn is_why(heard: &Heard) -> bool {
    let words: Vec<&str> = heard.words.iter().map(|w| w.text.as_str()).collect();
    matches!(words.as_slice(), ["why"] | ["why", "not"] | ["why", "is", "that"] | ["how", "come"] | ["but", "why"] | ["why", "not", "it"])
}

fn names(heard: &Heard, read: &Understanding) -> bool {
    // "The tablet one" says which offer, not what it is for.
    let of_offer = |end: usize| heard.words.get(end).is_some_and(|w| w.text == "one" || OFFERS.contains(&w.text.as_str()));
    !heard.products.is_empty()
        || heard.categories.iter().any(|c| !of_offer(c.words.end))
        || !heard.brands.is_empty()
        || read.reference.is_exact()
        || read.wishes.iter().any(|_| said(heard, &["one", "ones"]))
}

/// "And the Zenbook?", "what about headphones", "the cheaper one?": the same question of something else.
fn continues_with_another(heard: &Heard, read: &Understanding) -> bool {
    let fillers = heard
        .words
        .iter()
        .take_while(|w| matches!(w.text.as_str(), "ok" | "okay" | "so" | "right" | "alright" | "cool" | "great" | "thanks" | "hmm" | "hm"));
    let words: Vec<&str> = heard.words.iter().skip(fillers.count()).map(|w| w.text.as_str()).collect();
    let opens = matches!(words.as_slice(), ["what" | "how", "about" | "if", ..] | ["and" | "or" | "but" | "same", ..]);
    let counted = words.iter().any(|w| number::cardinal(w).is_some());
    let short = words.len() <= 5;
    let asks_sales = read.hints.iter().any(|hint| {
        hint.goal.intent() == Intent::Sales
            && hint.score >= 3.0
            && !matches!(
                hint.goal,
                Goal::ProductQuestion | Goal::FindProduct | Goal::RefineResults | Goal::PriceQuestion | Goal::Buy | Goal::Recommend
            )
    });
    let tells = words.len() <= 8 && said(heard, &["buying", "buy", "getting", "want", "ordering"]) && names(heard, read);
    let loose = loose_words(heard);
    let of_products = loose.iter().any(|i| heard.describing.get(*i) == Some(&true));
    let asks_nature = of_products && matches!(read.form.asks, Asks::Whether | Asks::HowMuchOf | Asks::Property | Asks::Have);
    !asks_sales
        && !asks_nature
        && (tells
            || opens && words.len() <= 10 && (names(heard, read) || counted)
            || short && (names(heard, read) || counted && words.len() <= 3))
}

/// "The Wi-Fi one", "that TV deal".
fn picks_one(heard: &Heard) -> bool {
    let first = heard.words.first().is_some_and(|w| matches!(w.text.as_str(), "the" | "that"));
    let one = heard.words.iter().take(6).any(|w| w.text == "one" || OFFERS.contains(&w.text.as_str()));
    first && one && (3..=8).contains(&heard.words.len())
}

/// "How do I prove it?", "do they expire?": asked about what a rule of the shop just said.
fn asks_about_it(heard: &Heard) -> bool {
    let asks = |word: &str| {
        matches!(
            word,
            "how"
                | "what"
                | "where"
                | "when"
                | "who"
                | "why"
                | "which"
                | "do"
                | "does"
                | "is"
                | "are"
                | "can"
                | "will"
                | "would"
                | "and"
                | "so"
                | "but"
                | "ok"
        )
    };
    const REFERS: [&str; 11] = ["it", "they", "them", "that", "those", "these", "this", "one", "points", "card", "cards"];
    heard.words.first().is_some_and(|w| asks(&w.text)) && said(heard, &REFERS)
}
