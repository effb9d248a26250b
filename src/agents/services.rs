//! What a shop may do beside selling: mounting, carrying up, taking the old one along, wrapping.
//!
//! Such a wish is known by its meaning, not by its words, which are those of products as well: "can you hang it on the
//! wall for us" asks for no property of the thing in hand. The shop's own entry answers, or nothing does.

use super::lookup::{Findings, KnowledgeFound, Lookup};
use super::orchestrator::{Decision, Question, by_words};
use super::say;
use super::turn::{Answer, Turn};
use super::understanding::rules::Hint;
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Intent;
use crate::domain::fact::FactBook;
use crate::domain::goal::Goal;
use crate::domain::heard::ServiceMeant;
use crate::domain::state::Pending;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;

/// A rule of another part of the shop speaks this clearly.
const ELSEWHERE: f32 = 5.0;
/// Sentences said of a service at most: what it is, and what it costs or how it is had.
const MOST_SENTENCES: usize = 2;
/// From this probability on, and this share of its words, an entry answers the plain question for a service.
const FITS: f32 = 0.25;
const SPEAKS_OF: f32 = 0.3;
/// A rule sees a thing looked for.
const LOOKS_FOR: f32 = 3.0;
/// From this probability on an entry found for the message itself answers it, whatever service it was taken for.
const ITSELF: f32 = 0.85;

/// The same for one that goes on with what was just told.
const GOES_ON: f32 = 0.5;

/// The decision, where a message asks for a service and for nothing of an order's, a fault's or an offer's.
pub fn claim(question: &Question<'_>) -> Option<Decision> {
    let Question { heard, read, state, .. } = *question;
    let surely = heard.services.iter().any(ServiceMeant::is_sure);
    // What is asked while a yes is waited for, and is none, leaves the question open.
    let free = match &state.pending {
        None => true,
        Some(Pending::Confirm(_)) => read.answer.is_none(),
        // What is surely a service is no answer to what was asked back.
        Some(_) => surely,
    };
    let asked = !heard.services.is_empty() && free && state.focus.fault.is_none();
    let of_an_order = heard.orders.iter().any(|n| n.certain) || heard.tickets.iter().any(|n| n.certain) || read.contact.proves();
    // Who looks for a thing wants no service, unless the words are surely those of one.
    let goes_on =
        state.goal == Some(Goal::ShopServices) && matches!(heard.words.first().map(|w| w.text.as_str()), Some("and" | "or" | "also"));
    let looks_for = !goes_on && (read.hint(Goal::FindProduct) >= LOOKS_FOR || heard.need.as_ref().is_some_and(|need| need.is_sold()));
    let of_a_code = heard.codes.iter().any(|code| code.known);
    let elsewhere = read.hints.iter().any(|hint| {
        let matter = matches!(hint.goal.intent(), Intent::Support | Intent::Marketing) && hint.goal != Goal::SetupHelp;
        hint.score >= ELSEWHERE
            && !is_of_a_service(question, hint)
            && (matter || matches!(hint.goal, Goal::HumanRequest | Goal::OtherLanguage | Goal::BotQuestion))
    });
    // "Can I try it first", which the shop has surely answered, needs no other question asked in its place.
    let answered = heard
        .answered
        .as_ref()
        .is_some_and(|own| own.score >= ITSELF && own.covers >= SPEAKS_OF || own.joined.is_some() && own.score >= GOES_ON && !surely);
    if let Some(decision) = asks_on(question) {
        return Some(decision);
    }
    (asked && !answered && (!looks_for || surely) && !of_an_order && !of_a_code && !elsewhere)
        .then(|| by_words(Goal::ShopServices, "something the shop does, or does not"))
}

/// What is asked of a service just told of, or just not known: "it still works, what do I get for it", "what's that cost".
fn asks_on(question: &Question<'_>) -> Option<Decision> {
    let Question { heard, read, state, .. } = *question;
    let names = !heard.products.is_empty() || !heard.brands.is_empty() || !heard.categories.is_empty();
    if state.goal != Some(Goal::ShopServices) || state.pending.is_some() || names {
        return None;
    }
    let has = |list: &[&str]| heard.words.iter().any(|word| list.contains(&word.text.as_str()));
    let receives = has(&["get", "worth"]) && has(&["what", "whats", "how"]);
    let told = state.focus.entry.is_some();
    let unknown = !told && state.last_acts.iter().all(|act| *act == ActKind::NotInRecords);
    let costs = read.best_hint().is_some_and(|hint| hint.goal == Goal::PriceQuestion) && read.reference.pronoun;
    if told && receives && heard.services.is_empty() {
        return Some(by_words(Goal::PriceQuestion, "what one gets for it"));
    }
    (unknown && costs && state.focus.products.is_empty()).then(|| by_words(Goal::ShopServices, "asks on of what the shop does not say"))
}

/// "Leave the price off the receipt": the word that speaks for another matter is one of a service surely meant, which is
/// about something else.
fn is_of_a_service(question: &Question<'_>, hint: &Hint) -> bool {
    const WIDELY: f32 = 0.4;
    let Some(word) = question.heard.words.get(hint.at) else { return false };
    let other = |service: &ServiceMeant| !tokens(service.question).iter().any(|own| stem(&own.text) == word.stem);
    let sure = question.heard.services.iter().filter(|service| service.is_sure() && service.margin >= WIDELY);
    hint.goal != Goal::HumanRequest && sure.into_iter().any(other)
}

/// The plain questions for what a message wants done, one look-up each.
pub fn lookups(turn: &Turn<'_>) -> Vec<Lookup> {
    let plain = |question: &str| Lookup::Knowledge { text: question.to_owned(), procedures: Some(false), limit: 2 };
    turn.heard.services.iter().map(|service| plain(service.question)).collect()
}

/// Says what the shop does of what is wanted, each thing once, and whether its records say nothing of one.
pub fn known(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, answer: &mut Answer) {
    let mut silent = false;
    for at in 0..turn.heard.services.len() {
        match entry(turn, found, at) {
            Some(hit) => {
                let mut own = Answer::default();
                say::say_entry(book, hit, &mut own);
                let new = |act: &Act| !answer.acts.iter().any(|said| said.one(SENTENCE) == act.one(SENTENCE));
                let new: Vec<Act> = own.acts.into_iter().filter(new).take(MOST_SENTENCES).collect();
                answer.acts.extend(new);
            }
            None => silent = true,
        }
    }
    if silent && answer.acts.is_empty() {
        answer.say_plain(ActKind::NotInRecords);
    }
}

/// The role of a quoted sentence in its act.
const SENTENCE: &str = "sentence";

/// The entry on one of the services: the one found for the plain question, else what surely answers the message itself.
fn entry(turn: &Turn<'_>, found: &Findings, at: usize) -> Option<KnowledgeFound> {
    let named = |hit: &KnowledgeFound| found.knowledge.first().is_some_and(|own| own.iter().any(|other| other.record == hit.record));
    let fits = |hit: &KnowledgeFound| hit.score >= FITS && (hit.covers >= SPEAKS_OF || named(hit));
    let plain = found.knowledge.get(at + 1)?.iter().copied().find(fits);
    let only = turn.heard.services.len() == 1;
    // What was told before answers no new wish, however well the two go together.
    let joined = turn.heard.answered.as_ref().is_some_and(|own| own.joined.is_some());
    let own = say::best_entry(found, 0).filter(|hit| only && !joined && hit.score >= ITSELF);
    // Found both ways, the words of the customer tell which of its sentences are meant.
    let both = plain.and_then(|plain| found.knowledge.first()?.iter().copied().find(|hit| hit.record == plain.record)).filter(|_| only);
    own.or(both).or(plain)
}
