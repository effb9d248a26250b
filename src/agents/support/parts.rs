//! Spare parts asked for while a fault is looked into: "the brush is finished, do you sell them?" means the one that
//! goes with the thing that does not work, and no other thing with a brush.

use super::super::lookup::{Findings, Lookup};
use super::super::say;
use super::super::turn::{Answer, Step, Turn};
use super::wording;
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::goal::Goal;
use crate::domain::heard::Word;
use crate::domain::knowledge::Knowledge;
use crate::domain::product::Product;
use crate::domain::query::ProductQuery;
use crate::domain::state::{ConversationState, Fault};
use crate::domain::text::stem::stem;
use crate::domain::text::token::{Token, tokens};
use crate::domain::text::words;

/// Most words of the conversation that are looked for among the parts.
const TRIED: usize = 4;
/// Parts of one name that are looked at.
const LOOKED_AT: usize = 6;
/// Parts that are shown.
const SHOWN: usize = 3;

/// Whether a message asks to buy what was just spoken of.
pub fn asked(turn: &Turn<'_>) -> bool {
    asks(&turn.heard.words) && turn.heard.products.is_empty()
}

/// "Do you sell them", "have you got new ones", "where can I get a new one".
pub fn asks(words: &[Word]) -> bool {
    let said: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
    let them = |word: &str| {
        matches!(word, "them" | "those" | "these" | "ones" | "one" | "it" | "that" | "spare" | "spares" | "replacement" | "replacements")
    };
    let offers = said.windows(2).enumerate().find_map(|(at, w)| {
        let you = matches!(w[0], "you" | "u" | "guys") && matches!(w[1], "sell" | "have" | "stock" | "carry" | "got");
        // "Can I get a new one?" is no wish to buy it.
        let get = matches!(w[0], "i" | "we") && (matches!(w[1], "buy" | "order") || w[1] == "get" && said.contains(&"where"));
        (you || get).then_some(at + 2)
    });
    // "How much is a new filter for it": a price of something new, with no word of selling.
    let priced =
        said.windows(2).any(|w| matches!(w, ["how", "much"])) || said.iter().any(|word| matches!(*word, "price" | "cost" | "costs"));
    let new = said.windows(2).any(|w| matches!(w[0], "new" | "spare" | "replacement") && !matches!(w[1], "one" | "ones"));
    if priced && new {
        return true;
    }
    let Some(after) = offers else { return false };
    // "... a new brush for it? what does that cost": the second question says nothing of the first.
    let rest = &said[after.min(said.len())..];
    let next = rest.iter().skip(1).position(|word| matches!(*word, "what" | "how" | "and" | "which"));
    let rest = &rest[..next.map_or(rest.len(), |at| at + 1)];
    rest.len() <= 5 && rest.iter().any(|word| them(word)) && !rest.contains(&"back")
}

/// The parts that fit, with the sentence of the procedure that names them.
pub fn step(
    turn: &Turn<'_>,
    entry: &Knowledge,
    fault: Fault,
    found: &Findings,
    book: &mut FactBook,
    state: &mut ConversationState,
) -> Step {
    if found.searches.is_empty() {
        let words = candidates(turn, entry, &fault).into_iter().map(|word| vec![word]);
        let lookups: Vec<Lookup> = names_in(&entry.answer).into_iter().chain(words).map(look).collect();
        if lookups.is_empty() {
            return Answer::hand_over(Goal::FindProduct);
        }
        return Step::Look(lookups);
    }
    let devices: Vec<String> = entry.tags.iter().chain(&entry.questions).flat_map(|text| wording::stems(text)).collect();
    let told: Vec<String> =
        fault.reports.iter().map(String::as_str).chain([fault.problem.as_str(), turn.text]).flat_map(wording::stems).collect();
    let goes_with = |id: &RecordId| {
        say::product(book, *id).is_some_and(|product| {
            let specs: Vec<String> = product.specs.iter().map(|spec| spec.value.text()).collect();
            let text = format!("{} {} {}", product.name, product.description, specs.join(" "));
            is_named_in(&product.name, &entry.answer)
                || fits_what_was_told(&product, &told)
                || shares_device(&wording::stems(&text), &entry.tags, &devices)
        })
    };
    let fitting: Option<Vec<RecordId>> = found.searches.iter().find_map(|search| {
        let fit: Vec<RecordId> = search.products.iter().copied().filter(goes_with).take(SHOWN).collect();
        (!fit.is_empty()).then_some(fit)
    });
    let Some(fitting) = fitting else {
        state.focus.fault = Some(fault);
        return Answer::of(vec![Act::plain(ActKind::NotInRecords)]).done();
    };
    let mut answer = Answer::default();
    let id = found.entry.flatten();
    for part in &fitting {
        answer.acts.extend(say::price(book, *part));
        answer.acts.extend(say::stock(book, *part));
        answer.cards.push(*part);
        let Some(name) = say::product(book, *part).map(|product| product.name.clone()) else { continue };
        let fact = id.and_then(|id| say::sentence_where(id, book, |sentence| is_named_in(&name, sentence)));
        answer.acts.extend(fact.map(|fact| Act::plain(ActKind::Knowledge).with("sentence", fact)));
    }
    let skus = say::skus(book, &fitting);
    state.focus.listed.clone_from(&skus);
    state.focus.products = skus;
    state.focus.fault = Some(fault);
    answer.done()
}

fn look(terms: Vec<String>) -> Lookup {
    Lookup::Search { query: ProductQuery { terms, ..ProductQuery::default() }, limit: LOOKED_AT }
}

/// The words that may name the part: those of the message before those of what was told before, and only those that
/// the procedure speaks of too.
fn candidates(turn: &Turn<'_>, entry: &Knowledge, fault: &Fault) -> Vec<String> {
    let spoken: Vec<String> =
        wording::stems(&entry.answer).into_iter().chain(entry.questions.iter().flat_map(|q| wording::stems(q))).collect();
    let told = fault.reports.iter().rev().map(String::as_str).chain([fault.problem.as_str()]);
    let mut found: Vec<String> = Vec::new();
    for token in std::iter::once(turn.text).chain(told).flat_map(tokens) {
        let common = words::is_function(&token.text) || words::is_common(&token.text) && !spoken.contains(&stem(&token.text));
        let tags = entry.tags.iter().any(|tag| wording::stems(tag).contains(&stem(&token.text)) && tag.contains(' '));
        if !common && !tags && spoken.contains(&stem(&token.text)) && !found.contains(&token.text) {
            found.push(token.text);
        }
    }
    found.truncate(TRIED);
    found
}

/// Names in running text: words that begin with a capital beside each other, as in "use our Aurelia Descaler".
fn names_in(text: &str) -> Vec<Vec<String>> {
    let capital = |token: &Token| text.get(token.start..).and_then(|rest| rest.chars().next()).is_some_and(char::is_uppercase);
    let found = tokens(text);
    let pairs = found.windows(2).filter(|pair| capital(&pair[0]) && capital(&pair[1]) && text.get(pair[0].end..pair[1].start) == Some(" "));
    pairs.map(|pair| pair.iter().map(|token| token.text.clone()).collect()).take(TRIED).collect()
}

/// Whether a text names a product by its whole name; how much of it there is is no part of that.
fn is_named_in(name: &str, text: &str) -> bool {
    let said: Vec<String> = tokens(text).into_iter().map(|token| stem(&token.text)).collect();
    let measures = |word: &str| word.len() <= 2 || word.bytes().any(|b| b.is_ascii_digit());
    let own: Vec<String> = tokens(name).into_iter().filter(|token| !measures(&token.text)).map(|token| stem(&token.text)).collect();
    own.len() > 1 && own.iter().all(|word| said.contains(word))
}

/// Whether a part's record says that it fits what the customer called their thing: "Fits: Aurelia Prima".
fn fits_what_was_told(part: &Product, told: &[String]) -> bool {
    let fits = part
        .specs
        .iter()
        .filter(|spec| stem(&spec.name.to_lowercase()).starts_with("fit") || spec.name.to_lowercase().contains("compatib"));
    let named: Vec<String> = fits.flat_map(|spec| wording::stems(&spec.value.text())).collect();
    named.iter().any(|word| word.len() > 3 && !words::is_common(word) && told.contains(word))
}

/// Whether a part speaks of the thing: by a whole tag of the procedure, or by a telling word of one.
fn shares_device(part: &[String], tags: &[String], devices: &[String]) -> bool {
    tags.iter().map(|tag| wording::stems(tag)).any(|tag| {
        tag.len() > 1 && tag.iter().all(|word| part.contains(word))
            || tag.len() > 1 && tag.first().is_some_and(|word| devices.contains(word) && part.contains(word))
    })
}
