//! Evidence about a message: the rules', the conversation's, a model's, and what they add up to.

use super::orchestrator::Question;
use super::understanding::Understanding;
use super::understanding::affirm::Answer;
use super::understanding::day;
use super::understanding::form::{Asks, Form, Subject};
use super::understanding::needs;
use super::{evidence_answers, evidence_offers};
use crate::domain::agent::{Decider, Intent, IntentScores};
use crate::domain::asks::Slot;
use crate::domain::goal::Goal;
use crate::domain::heard::Heard;
use crate::domain::query::Degree;
use crate::domain::text::words;
use crate::domain::time::Day;

/// From this likeness on a need is told clearly.
const CLEAR: f32 = 0.55;

/// Evidence, weighed.
#[derive(Debug, Clone)]
pub struct Weighed {
    /// Calibrated scores of the intents.
    pub scores: IntentScores,
    /// Who decided.
    pub decider: Decider,
    /// Why, in a few words.
    pub reasoning: String,
}

/// What a rule's score of one is worth in log odds, with no model beside it. This and the next are
/// fitted on the public lines with `electromart eval intents --provider template`.
const RULE_ALONE: f32 = 1.15;
/// The same beside a model, which sees what the rules see and more.
const RULE_BESIDE_MODEL: f32 = 0.4;
/// Without any evidence a message is nobody's business in particular.
const GENERAL_BASE: f32 = 0.9;
/// How much of a model's log odds counts.
const MODEL: f32 = 1.0;
/// How much more a fragment belongs to what is talked about than to anything else, in log odds, and a short
/// sentence; with a model, which has read the conversation itself, half of it.
const FRAGMENT: f32 = 2.2;
const SHORT: f32 = 1.4;

/// Weighs everything known about a message.
pub fn weigh(question: &Question<'_>) -> Weighed {
    let rules = rule_scores(question);
    let continuing = continuity(question);
    let best_rule = Intent::ALL.iter().copied().max_by(|a, b| rules[a.index()].total_cmp(&rules[b.index()]));
    match question.model {
        Some(model) => {
            let mut logits = [0.0; 5];
            for (i, logit) in logits.iter_mut().enumerate() {
                *logit = MODEL * model.intents.0[i].max(1e-6).ln() + RULE_BESIDE_MODEL * rules[i] + 0.5 * continuing[i];
            }
            if let Some((intent, odds)) = evidence_answers::intent(question.heard, question.read) {
                logits[intent.index()] += odds;
            }
            let reasoning = format!("{} for {}, rules for {}", model.decider, model.intents.best().0, named(best_rule));
            Weighed { scores: IntentScores::softmax(logits, 1.0), decider: model.decider, reasoning }
        }
        None => {
            let mut logits = rules.map(|score| RULE_ALONE * score);
            logits[Intent::General.index()] += GENERAL_BASE;
            for (logit, more) in logits.iter_mut().zip(continuing) {
                *logit += more;
            }
            let reasoning = match question.read.best_hint() {
                Some(hint) => format!("rules: {} ({:.1})", hint.goal, hint.score),
                None => "rules: nothing recognised".to_owned(),
            };
            Weighed { scores: IntentScores::softmax(logits, 1.0), decider: Decider::Rules, reasoning }
        }
    }
}

/// What a message without a subject of its own gains for going on with what is talked about.
fn continuity(question: &Question<'_>) -> [f32; 5] {
    let Question { heard, read, state, .. } = *question;
    let mut more = [0.0; 5];
    let Some(intent) = state.intent.filter(|intent| *intent != Intent::General) else { return more };
    let own_subject = !heard.orders.is_empty() || !heard.tickets.is_empty() || heard.codes.iter().any(|c| c.known);
    let other = read.best_hint().is_some_and(|hint| hint.score >= 4.5 && hint.goal.intent() != intent);
    if own_subject || other {
        return more;
    }
    more[intent.index()] = match heard.words.len() {
        0..=4 => FRAGMENT,
        _ if read.form.subject == Subject::Pointed || heard.words.len() <= 9 => SHORT,
        _ => 0.0,
    };
    more
}

/// How often a capable model names the right intent of a message that rules and encoder were unsure about.
/// A frontier model reached 0.965 without examples on all of the public lines (the targets' figure); those
/// left over here are the harder ones. Its own idea of how sure it is says little and is not asked for.
const RIGHT: f32 = 0.93;

/// The evidence with a capable model's vote: worth what such a vote is known to be worth.
pub fn with_vote(own: &Weighed, intent: Intent) -> Weighed {
    let wrong = (1.0 - RIGHT) / (Intent::ALL.len() - 1) as f32;
    let mut logits = own.scores.0.map(|score| score.max(1e-6).ln());
    logits[intent.index()] += (RIGHT / wrong).ln();
    let reasoning = format!("{} for {intent}, {}", Decider::Remote, own.reasoning);
    Weighed { scores: IntentScores::softmax(logits, 1.0), decider: Decider::Remote, reasoning }
}

fn named(intent: Option<Intent>) -> &'static str {
    intent.map_or("none", Intent::name)
}

/// For each intent, its strongest goal by rules and conversation.
fn rule_scores(question: &Question<'_>) -> [f32; 5] {
    let mut scores = [0.0_f32; 5];
    for (goal, score) in goal_scores(question) {
        let slot = &mut scores[goal.intent().index()];
        *slot = slot.max(score);
    }
    scores
}

/// Every goal with evidence: what the rules see, raised or lowered by the conversation.
pub(super) fn goal_scores(question: &Question<'_>) -> Vec<(Goal, f32)> {
    let mut scores: Vec<(Goal, f32)> = question.read.hints.iter().map(|hint| (hint.goal, hint.score)).collect();
    for (goal, score) in by_context(question) {
        match scores.iter_mut().find(|(own, _)| *own == goal) {
            Some((_, own)) => *own = own.max(score) + 0.3,
            None => scores.push((goal, score)),
        }
    }
    scores
}

/// Goals that follow from what was recognised and from what the conversation is about.
fn by_context(question: &Question<'_>) -> Vec<(Goal, f32)> {
    let Question { heard, read, state, .. } = *question;
    let mut found = Vec::new();
    let short = heard.words.len() <= 4;
    let certain_order = heard.orders.iter().any(|n| n.certain);
    if certain_order {
        // A number together with what proves it can only be about the order.
        let proven = read.contact.email.is_some() || read.contact.phone.is_some();
        let trouble = read.hints.iter().any(|hint| hint.score >= 3.5 && hint.goal.intent() == Intent::Support);
        found.push((
            Goal::OrderStatus,
            match (trouble, proven) {
                (true, _) => 1.0,
                (false, true) => 5.0,
                (false, false) => 3.2,
            },
        ));
    } else if !heard.orders.is_empty() && (short || read.hint(Goal::OrderStatus) > 0.0) {
        found.push((Goal::OrderStatus, 2.6));
    }
    if heard.tickets.iter().any(|n| n.certain) {
        found.push((Goal::TicketStatus, 4.0));
    }
    if heard.codes.iter().any(|c| c.known) {
        let goal = evidence_offers::code_goal(heard, read);
        found.push((goal, if goal == Goal::PromoPrice { 8.0 } else { 7.0 }));
    }
    if !heard.products.is_empty() {
        found.push((Goal::ProductQuestion, 2.4));
    }
    if !heard.categories.is_empty() || !heard.brands.is_empty() {
        found.push((Goal::FindProduct, 2.2));
    }
    if !read.prices.is_empty() || !read.measures.measures.is_empty() {
        found.push((Goal::FindProduct, 1.8));
    }
    if asks_of_another_day(question) {
        found.push((Goal::StoreHours, 6.0));
    }
    found.extend(needed(question));
    found.extend(asks_of_it(question));
    found.extend(on_the_table(question));
    // Within sales the form decides; for whose business it is, it is one hint among others.
    let of_products = state.intent == Some(Intent::Sales) && read.form.subject == Subject::Pointed;
    found.extend(by_form(question).into_iter().map(|(goal, score)| (goal, score.min(if of_products { 4.5 } else { 2.8 }))));
    found.extend(evidence_answers::goals(question));
    found
}

/// "And on Saturdays?", right after the opening hours of another day.
fn asks_of_another_day(question: &Question<'_>) -> bool {
    let words = &question.heard.words;
    let today = Day(0);
    let names_a_day = day::asked(words, today).is_some() || !day::every(words, today).is_empty() || super::hours::is_day_after(words);
    question.state.goal == Some(Goal::StoreHours) && words.len() <= 6 && names_a_day && question.heard.orders.is_empty()
}

/// "My cellar is damp", "I want to bake bread": who tells of a need that the shop has something for wants to see it,
/// unless the words speak of another business or of a trouble with something bought.
fn needed(question: &Question<'_>) -> Option<(Goal, f32)> {
    const ANSWERED: f32 = 0.6;
    let Question { heard, read, .. } = *question;
    let elsewhere = read.hints.iter().any(|hint| hint.score >= 3.0 && !matches!(hint.goal.intent(), Intent::Sales | Intent::General));
    let answered = heard.answered.as_ref().is_some_and(|known| known.score >= ANSWERED);
    if elsewhere || answered || !heard.orders.is_empty() {
        return None;
    }
    // "Which one has the bigger screen", of two that were shown, needs no monitor.
    let focus = &question.state.focus;
    let of_them = read.form.asks == Asks::Which && !read.wishes.is_empty() && focus.listed.len() + focus.products.len() > 1;
    let need = needs::sold(heard).filter(|_| !of_them)?;
    Some((Goal::FindProduct, if need.score >= CLEAR { 12.0 } else { 2.5 }))
}

/// "Does it have a headphone jack, she still uses the old wired ones": a question for a property of the thing in hand,
/// whatever shelf its words are the name of.
fn asks_of_it(question: &Question<'_>) -> Option<(Goal, f32)> {
    const PLAIN: f32 = 0.7;
    let Question { heard, read, .. } = *question;
    let property = heard.property.as_ref()?;
    let pointed = read.reference.pronoun || read.form.subject == Subject::Pointed;
    // "Can you hang it on the wall for us" asks for something the shop does.
    let service = read.form.subject == Subject::Shop && read.hint(Goal::ShopServices) >= 5.0;
    let of_it = !service && (heard.categories.is_empty() || pointed && property.score >= PLAIN);
    (of_it || !heard.products.is_empty()).then_some((Goal::ProductQuestion, 9.0))
}

/// What a question asks for by its form, of what is on the table or named with an article.
fn by_form(question: &Question<'_>) -> Vec<(Goal, f32)> {
    let Question { heard, read, state, .. } = *question;
    let focus = &state.focus;
    let table = !focus.products.is_empty() || !focus.listed.is_empty();
    let named =
        (0..heard.products.len()).any(|i| read.roles.wants_product(i)) || (0..heard.brands.len()).any(|i| read.roles.wants_brand(i));
    let Form { asks, subject } = read.form;
    let pointed = table && subject == Subject::Pointed || subject == Subject::Named && (table || named);
    let has = |words: &[&str]| heard.words.iter().any(|w| words.contains(&w.text.as_str()));
    let stock = has(&["stock", "available", "availability"]);
    if read.hint(Goal::CompareProducts) >= 4.0 {
        return Vec::new();
    }
    // "So what else do you have that's in stock?" asks for others.
    let others =
        heard.words.windows(2).any(|w| matches!((w[0].text.as_str(), w[1].text.as_str()), ("what" | "anything" | "something", "else")));
    if others && focus.query.is_some() && heard.categories.is_empty() && heard.products.is_empty() {
        return vec![(Goal::RefineResults, 9.0)];
    }
    // "Is there something quieter?" narrows down.
    let wishes_more = read.wishes.iter().any(|wish| wish.quality.degree == Degree::More) && has(&["something", "anything", "any"]);
    if wishes_more && focus.query.is_some() && heard.categories.is_empty() && heard.products.is_empty() {
        return vec![(Goal::RefineResults, 9.0)];
    }
    let goal = match asks {
        Asks::Whether if (pointed || table) && stock => Goal::StockQuestion,
        Asks::Whether | Asks::HowMuchOf if pointed || table && subject == Subject::None && heard.categories.is_empty() => {
            Goal::ProductQuestion
        }
        Asks::HowMuchOf | Asks::Property if table && heard.categories.is_empty() || named => Goal::ProductQuestion,
        Asks::Count => Goal::StockQuestion,
        Asks::Price if pointed || table && heard.categories.is_empty() || named => Goal::PriceQuestion,
        Asks::Which if table && heard.categories.is_empty() && stock => Goal::StockQuestion,
        Asks::Which if focus.listed.len() + focus.products.len() + focus.recent.len() > 1 && heard.categories.is_empty() => {
            if read.wishes.is_empty() { return Vec::new() } else { Goal::Recommend }
        }
        _ => return Vec::new(),
    };
    vec![(goal, 9.0)]
}

/// Goals that follow from what is on the table: a narrowing word refines, a pointing one asks about it.
fn on_the_table(question: &Question<'_>) -> Vec<(Goal, f32)> {
    let Question { heard, read, state, .. } = *question;
    let focus = &state.focus;
    let mut found = Vec::new();
    let short = heard.words.len() <= 4;
    if let Some(old) = &focus.query {
        let new = needs::query("", heard, read);
        let about_products = state.intent.is_none_or(|intent| matches!(intent, Intent::Sales | Intent::Marketing));
        let other_business = read.best_hint().is_some_and(|hint| hint.score >= 3.5 && hint.goal.intent() != Intent::Sales);
        if about_products && !other_business && needs::refines(&new, old) && heard.words.len() <= 9 {
            found.push((Goal::RefineResults, if new.names_a_thing() { 2.6 } else { 3.4 }));
        }
    }
    if read.reference.places.len() > 1 && read.hint(Goal::CompareProducts) > 0.0 {
        found.push((Goal::CompareProducts, 6.0));
    }
    let cheaper =
        heard.words.iter().any(|w| w.text == "cheaper") || heard.words.windows(2).any(|w| w[0].text == "less" && w[1].text == "expensive");
    if cheaper && focus.query.is_some() && heard.products.is_empty() && !read.reference.is_exact() && heard.words.len() <= 7 {
        found.push((Goal::RefineResults, 8.0));
    }
    // "Which is the lightest?" of what is listed, not of everything there is.
    if read.reference.extreme.is_some()
        && focus.listed.len() > 1
        && heard.categories.is_empty()
        && heard.products.is_empty()
        && heard.words.len() <= 6
    {
        found.push((Goal::ProductQuestion, 8.0));
    }
    if read.reference.pronoun && !focus.products.is_empty() && heard.products.is_empty() && asks_about_it(heard) && about_its_nature(read) {
        found.push((Goal::ProductQuestion, 7.0));
    }
    // "Anything from Samsung?" "Phones." The kind narrows the brand down.
    let kind_only = heard.words.len() <= 3 && !heard.categories.is_empty() && heard.brands.is_empty();
    if kind_only && focus.query.as_ref().is_some_and(|query| query.categories.is_empty() && !query.brands.is_empty()) {
        found.push((Goal::RefineResults, 5.0));
    }
    if of_those(heard) && focus.listed.len() > 1 {
        found.push((Goal::ProductQuestion, 8.0));
    }
    // "Why is it split?", said of an order on the table.
    if read.reference.pronoun && focus.order.is_some() && state.intent == Some(Intent::Orders) && heard.words.len() <= 7 {
        found.push((state.goal.filter(|goal| goal.intent() == Intent::Orders).unwrap_or(Goal::OrderStatus), 2.8));
    }
    if read.reference.is_exact() && !focus.listed.is_empty() {
        found.push((Goal::ProductQuestion, if short { 3.2 } else { 2.2 }));
    }
    if let Some(goal) = same_again(question) {
        found.push((goal, 3.4));
    }
    found
}

/// "Does it have", "is it", "can it": a question about the thing on the table.
fn asks_about_it(heard: &Heard) -> bool {
    heard.words.windows(2).any(|w| matches!(w[0].text.as_str(), "does" | "is" | "can" | "has" | "will") && w[1].text == "it")
}

/// Neither its price nor whether it is there, and no other business: what it is like.
fn about_its_nature(read: &Understanding) -> bool {
    read.best_hint()
        .is_none_or(|hint| hint.score < 3.0 || matches!(hint.goal, Goal::ProductQuestion | Goal::FindProduct | Goal::RefineResults))
}

/// "Which of them", "which of these two": asked of what is on the table.
fn of_those(heard: &Heard) -> bool {
    heard.words.windows(3).any(|w| {
        matches!(w[0].text.as_str(), "which" | "any" | "either" | "all" | "one")
            && w[1].text == "of"
            && matches!(w[2].text.as_str(), "them" | "these" | "those" | "the")
    })
}

/// "What about the Legion?" asks the last question again of something else.
fn same_again(question: &Question<'_>) -> Option<Goal> {
    let Question { heard, read, state, .. } = *question;
    let words: Vec<&str> = heard.words.iter().map(|w| w.text.as_str()).collect();
    let opens = matches!(words.as_slice(), ["what" | "how", "about", ..] | ["and" | "or" | "for", ..]);
    let names = !heard.products.is_empty() || read.reference.is_exact();
    let last = state.goal?;
    let repeatable = matches!(
        last,
        Goal::PriceQuestion
            | Goal::StockQuestion
            | Goal::ProductQuestion
            | Goal::CurrentPromotions
            | Goal::PromoPrice
            | Goal::Accessories
            | Goal::Alternatives
    );
    (opens && names && repeatable && words.len() <= 8).then_some(last)
}

/// What the answer to a question of ours gives.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gives {
    /// Anything that may be it.
    pub any: bool,
    /// Something that can hardly be anything else.
    pub certain: bool,
}

/// Whether a message gives what was asked for.
pub fn gives(question: &Question<'_>, slot: Slot) -> Gives {
    let Question { heard, read, .. } = *question;
    let short = heard.words.len() <= 6;
    let contact = &read.contact;
    let unsure = |any: bool| Gives { any, certain: false };
    match slot {
        Slot::OrderNumber => {
            let numbered = !heard.orders.is_empty() || !heard.tickets.is_empty();
            let none = super::identity::has_no_number(heard);
            Gives {
                any: numbered || contact.proves() || contact.name.is_some() || none,
                certain: heard.orders.iter().chain(&heard.tickets).any(|n| n.certain) || (short && numbered) || none,
            }
        }
        Slot::Identity => Gives {
            any: !contact.is_empty() || !heard.orders.is_empty(),
            certain: contact.email.is_some() || short && (contact.proves() || !heard.orders.is_empty()),
        },
        Slot::TicketNumber => unsure(!heard.tickets.is_empty()),
        Slot::Product => Gives {
            any: !heard.products.is_empty()
                || read.reference.is_exact()
                || (short && (!heard.categories.is_empty() || !heard.brands.is_empty() || describes(question))),
            certain: !heard.products.is_empty() && short,
        },
        Slot::Item => Gives {
            any: !heard.products.is_empty() || read.reference.is_exact() || !heard.categories.is_empty() || (short && describes(question)),
            certain: short,
        },
        Slot::Need => unsure(short || !heard.categories.is_empty() || read.hint(Goal::FindProduct) > 0.0),
        Slot::Code => Gives { any: !heard.codes.is_empty(), certain: heard.codes.iter().any(|c| c.known) },
        // The fault under way reads reports itself.
        Slot::Helped => Gives::default(),
        Slot::Problem => {
            unsure(!heard.words.is_empty() && read.best_hint().is_none_or(|h| h.goal.intent() == Intent::Support || h.score < 4.0))
        }
        Slot::Contact => unsure(contact.email.is_some() || contact.phone.is_some() || read.answer == Some(Answer::No)),
        Slot::Confirmation => unsure(read.answer.is_some()),
        // Anything that is no other business: what an order should become is told in any words.
        Slot::Wish => Gives {
            any: read.answer != Some(Answer::No)
                && read.best_hint().is_none_or(|h| h.goal.intent() == Intent::Orders || h.score < 4.0 || heard.words.len() > 5),
            certain: false,
        },
        Slot::Intent => unsure(false),
    }
}

/// Whether any word of a message describes products of the shop.
fn describes(question: &Question<'_>) -> bool {
    question.heard.words.iter().zip(&question.heard.describing).any(|(word, describes)| *describes && !words::is_function(&word.text))
}

/// The likeliest goal within an intent, by the rules, the conversation and the model.
pub fn goal_within(question: &Question<'_>, intent: Intent) -> Goal {
    const MODEL_GOAL: f32 = 5.0;
    /// As much as clear words: only clearer ones outweigh it.
    const PROPOSED: f32 = 4.0;
    let mut scores: Vec<(Goal, f32)> = goal_scores(question).into_iter().filter(|(goal, _)| goal.intent() == intent).collect();
    for (goal, score) in by_form(question).into_iter().filter(|(goal, _)| goal.intent() == intent) {
        match scores.iter_mut().find(|(own, _)| *own == goal) {
            Some((_, own)) => *own = own.max(score),
            None => scores.push((goal, score)),
        }
    }
    for (goal, share) in question.model.map_or(&[][..], |m| m.goals.as_slice()) {
        if goal.intent() != intent {
            continue;
        }
        match scores.iter_mut().find(|(own, _)| own == goal) {
            Some((_, own)) => *own += MODEL_GOAL * share,
            None => scores.push((*goal, MODEL_GOAL * share)),
        }
    }
    if let Some(goal) = question.proposal.map(|proposal| proposal.goal).filter(|goal| goal.intent() == intent) {
        match scores.iter_mut().find(|(own, _)| *own == goal) {
            Some((_, own)) => *own += PROPOSED,
            None => scores.push((goal, PROPOSED)),
        }
    }
    let best = scores.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map_or(default_goal(intent), |(goal, _)| goal);
    same_matter(question, best).unwrap_or(best)
}

/// "And a keyboard, used it two days", while sending back is talked about: where nothing is said to be broken, a
/// message that looks like support is about the matter on the table.
fn same_matter(question: &Question<'_>, best: Goal) -> Option<Goal> {
    const SAID: f32 = 3.0;
    let Question { heard, read, state, text, .. } = *question;
    let told = read.hint(Goal::Troubleshoot) >= SAID
        || read.hint(Goal::SetupHelp) >= SAID
        || heard.guided.is_some()
        || !super::support::faults_told(text).is_empty();
    if told || !matches!(best, Goal::Troubleshoot | Goal::SetupHelp) || state.focus.fault.is_some() {
        return None;
    }
    state.goal.filter(|goal| matches!(goal, Goal::ReturnRequest | Goal::ReturnPolicy | Goal::RefundStatus | Goal::Warranty | Goal::Repair))
}

/// What an intent is most often for, when nothing says more.
fn default_goal(intent: Intent) -> Goal {
    match intent {
        Intent::Sales => Goal::FindProduct,
        Intent::Marketing => Goal::CurrentPromotions,
        Intent::Support => Goal::Troubleshoot,
        Intent::Orders => Goal::OrderStatus,
        Intent::General => Goal::OutOfScope,
    }
}
