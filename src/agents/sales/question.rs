//! What a product is like: the property asked about, a yes or no out of its record, or the main facts.

use super::super::evidence_answers::is_surely_known;
use super::super::lookup::{Findings, Lookup};
use super::super::say;
use super::super::turn::{Answer, Step, Turn};
use super::super::understanding::form::Asks;
use super::super::understanding::qualities;
use super::asked::{Asked, TOLD, asked_of};
use super::{beside, option, subject};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, RecordId};
use crate::domain::heard::Word;
use crate::domain::measure;
use crate::domain::product::SpecValue;
use crate::domain::query::Degree;
use crate::domain::record::Field;
use crate::domain::state::ConversationState;

/// Products described whole at once.
const MOST_DESCRIBED: usize = 2;
/// Main properties in a description.
const MAIN: usize = 5;

/// What it is like.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if let Some(step) = super::what_else::step(turn, found, book, state) {
        return step;
    }
    if let Some(step) = super::fit::step(turn, found, book, state) {
        return step;
    }
    let ids = match subject::products(turn, found, book, state) {
        Ok(ids) => ids,
        Err(step) => return step,
    };
    let mut answer = Answer::default();
    if option::tell_another(turn, book, &ids, &mut answer) {
        return answer.done();
    }
    let ids = option::narrowed(turn, book, ids);
    // One product in several colours is described once.
    let tells_apart =
        turn.heard.words.iter().any(|w| matches!(w.stem.as_str(), "colour" | "color" | "size" | "version" | "storag" | "storage"));
    let ids = if !tells_apart && subject::one_family(&ids, book).len() == ids.len() { &ids[..ids.len().min(1)] } else { &ids[..] };
    let asked: Vec<(RecordId, Asked)> =
        ids.iter().filter_map(|id| say::product(book, *id).map(|product| (*id, asked_of(turn, &product)))).collect();
    // What no record states and no property is called may still be a question the shop has an answer to.
    let known = is_surely_known(turn.heard) && turn.heard.answered.as_ref().is_some_and(|answered| answered.joined.is_none());
    let unsaid = |asked: &Asked| matches!(asked, Asked::Nothing) || known && matches!(asked, Asked::Unstated(_));
    if asked.iter().all(|(_, asked)| unsaid(asked)) {
        if found.knowledge.is_empty() {
            return Step::Look(vec![say::knowledge_lookup(turn), Lookup::Products(say::skus(book, ids))]);
        }
        if let Some(hit) = say::best_entry(found, 0) {
            let mut answer = Answer::default();
            say::say_entry(book, hit, &mut answer);
            return answer.done();
        }
    }
    state.focus.properties = properties(&asked, book);
    // Nothing in particular of many: not all that is known of each of them.
    if asked.len() > MOST_DESCRIBED && asked.iter().all(|(_, asked)| matches!(asked, Asked::Nothing)) {
        return super::ask_product(turn, state, &say::skus(book, ids));
    }
    let beside = match asked.as_slice() {
        [(id, Asked::Specs(specs))] if specs.len() == 1 => beside::query(turn, book, *id, specs[0].index),
        _ => None,
    };
    if let (Some(query), []) = (&beside, found.searches.as_slice()) {
        return Step::Look(vec![Lookup::Products(say::skus(book, ids)), Lookup::Search { query: query.clone(), limit: beside::LOOKED_AT }]);
    }
    // "Which of those is the lightest" is told as which it is, of one as of several.
    let which = turn.read.form.asks == Asks::Which;
    let the_most = which && turn.read.wishes.iter().any(|wish| wish.quality.degree == Degree::Most);
    if (asked.len() > 1 || the_most) && side_by_side(book, &asked, which, &mut answer) {
        return answer.done();
    }
    for (id, asked) in asked {
        answer.cards.push(id);
        if option::tell(turn, book, id, &mut answer) {
            continue;
        }
        tell(turn, book, id, &asked, &mut answer);
        if beside.is_some() {
            beside::tell(found, book, id, &asked, &mut answer);
        }
    }
    answer.done()
}

/// The names of the properties that were asked for.
fn properties(asked: &[(RecordId, Asked)], book: &FactBook) -> Vec<String> {
    let found = asked.iter().find_map(|(id, asked)| match asked {
        Asked::Specs(found) => Some((say::product(book, *id)?, found)),
        _ => None,
    });
    let Some((product, found)) = found else { return Vec::new() };
    found.iter().filter_map(|found| product.specs.get(found.index)).map(|spec| measure::stems(&spec.name)).collect()
}

/// What several products state of what was asked, a line for each property; `false` where none states any.
fn side_by_side(book: &mut FactBook, asked: &[(RecordId, Asked)], which: bool, answer: &mut Answer) -> bool {
    let mut lines: Vec<(FactId, Vec<FactId>, Vec<FactId>, String)> = Vec::new();
    for (id, asked) in asked {
        let Asked::Specs(found) = asked else { continue };
        for property in found {
            let Some((name, spec, value)) = say::stated(book, *id, property.index) else { continue };
            let title = book.value(spec).map(|v| v.to_string().to_lowercase()).unwrap_or_default();
            match lines.iter_mut().find(|(_, _, _, own)| *own == title) {
                Some((_, names, values, _)) => {
                    names.push(name);
                    values.push(value);
                }
                None => lines.push((spec, vec![name], vec![value], title)),
            }
        }
    }
    for (spec, names, values, _) in lines.into_iter().take(TOLD) {
        // "Which survives rain": the one whose record says so.
        if let ([name], [value]) = (names.as_slice(), values.as_slice()) {
            let kind = if which { ActKind::Top } else { ActKind::Spec };
            answer.say(Act::plain(kind).with("product", *name).with("spec", spec).with("value", *value));
            continue;
        }
        answer.say(Act::plain(ActKind::CompareSpec).with("spec", spec).with_many("products", names).with_many("values", values));
    }
    if answer.acts.is_empty() {
        return false;
    }
    answer.cards.extend(asked.iter().filter(|(_, asked)| matches!(asked, Asked::Specs(_))).map(|(id, _)| *id));
    true
}

fn tell(turn: &Turn<'_>, book: &mut FactBook, id: RecordId, asked: &Asked, answer: &mut Answer) {
    let Some(name) = say::name(book, id) else { return };
    match asked {
        Asked::Specs(found) => {
            let enough = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "enough" | "sufficient" | "good"));
            // "In another colour", "with a second controller": what it has is no yes.
            let another = turn.heard.words.windows(2).any(|pair| {
                let other =
                    matches!(pair[0].text.as_str(), "another" | "other" | "different" | "second" | "extra" | "spare" | "additional");
                other && !matches!(pair[1].text.as_str(), "one" | "two")
            });
            let yes_no = (asks_whether(turn) || turn.read.form.asks == Asks::Whether) && !enough && !another;
            for property in found {
                let yes_no = yes_no && !is_judged(turn, book, id, property.index) && !leaves_it_open(turn, book, id, property.index);
                if let Some(act) = spec(book, id, property.index, yes_no && property.by_value) {
                    answer.say(act);
                }
            }
        }
        Asked::Said(sentence) => {
            let said = book.field(id, Field::Sentence(*sentence));
            answer.say(Act::plain(ActKind::Description).with("product", name).with_some("description", said));
        }
        Asked::Unstated(word) => {
            let word = word.as_ref().map(|word| book.said(word));
            answer.say(Act::plain(ActKind::SpecUnknown).with("product", name).with_some("word", word));
        }
        // "Does it come in white", of what states no colour.
        Asked::Nothing if option::is_asked(turn) && option::colour_said(turn).is_some() => {
            let word = option::colour_said(turn).map(|word| book.said(word));
            answer.say(Act::plain(ActKind::SpecUnknown).with("product", name).with_some("word", word));
        }
        Asked::Nothing => overview(book, id, answer),
    }
}

/// "Is it heavy", "is it loud?", of what states so many kilos or decibels: the number tells, and a yes would judge.
pub fn is_judged(turn: &Turn<'_>, book: &FactBook, id: RecordId, index: usize) -> bool {
    let judges = turn.read.wishes.iter().any(|wish| wish.quality.degree == Degree::Wish) || qualities::asked(turn.heard).is_some();
    let numbers = turn.heard.words.iter().any(|w| w.text.starts_with(|c: char| c.is_ascii_digit()));
    let value = say::product(book, id).and_then(|p| p.specs.get(index).map(|spec| spec.value.text())).unwrap_or_default();
    judges && !numbers && !measure::measures(&value).is_empty()
}

/// "Is the ink included", of what states which ink it takes: that is no yes.
fn leaves_it_open(turn: &Turn<'_>, book: &FactBook, id: RecordId, index: usize) -> bool {
    let words = &turn.heard.words;
    let comes = |pair: &[Word]| matches!(pair[0].text.as_str(), "come" | "comes") && pair[1].text == "with";
    let included = words.iter().any(|w| matches!(w.text.as_str(), "included" | "include" | "includes")) || words.windows(2).any(comes);
    let product = say::product(book, id);
    let Some(spec) = product.as_ref().and_then(|p| p.specs.get(index)).filter(|_| included) else { return false };
    let text = format!("{} {}", spec.name, spec.value.text()).to_lowercase();
    !["includ", "in the box", "in box", "supplied", "content"].iter().any(|own| text.contains(own))
}

/// "Does it have", "is it", "can it": a question for yes or no.
pub fn asks_whether(turn: &Turn<'_>) -> bool {
    const OPENING: &[&str] = &["does", "do", "is", "are", "can", "could", "will", "would", "has", "have", "did"];
    let first = turn
        .heard
        .words
        .iter()
        .find(|w| !matches!(w.text.as_str(), "and" | "ok" | "so" | "but" | "well" | "hi" | "hey" | "also" | "oh" | "great"));
    let open = |w: &str| matches!(w, "what" | "which" | "how" | "when" | "where" | "who" | "why");
    first.is_some_and(|w| OPENING.contains(&w.text.as_str()))
        || !turn.heard.words.iter().any(|w| open(&w.text)) && turn.text.trim_end().ends_with('?')
}

/// A property as an act; `whether` it is there was asked.
pub fn spec(book: &mut FactBook, id: RecordId, index: usize, whether: bool) -> Option<Act> {
    let product = say::product(book, id)?;
    let own = product.specs.get(index)?;
    let kind = match &own.value {
        SpecValue::Flag(flag) => flag_kind(&own.name, *flag),
        _ if whether => ActKind::SpecHas,
        _ => ActKind::Spec,
    };
    let (name, spec, value) = say::stated(book, id, index)?;
    Some(Act::plain(kind).with("product", name).with("spec", spec).with("value", value))
}

/// How a yes or no is said: a product *has* a touchscreen, *is* portable, and "keyboard included: no".
fn flag_kind(name: &str, flag: bool) -> ActKind {
    const ADJECTIVES: &[&str] =
        &["portable", "curved", "wireless", "waterproof", "foldable", "dimmable", "rechargeable", "unlocked", "removable"];
    let lower = name.to_lowercase();
    let last = lower.rsplit(' ').next().unwrap_or_default();
    let is = ADJECTIVES.contains(&last) || last.ends_with("able") || last.ends_with("proof");
    let clause = last.ends_with("ed") || matches!(last, "only" | "through" | "on" | "body");
    match (is && !clause, clause, flag) {
        (true, _, true) => ActKind::SpecIs,
        (true, _, false) => ActKind::SpecIsNot,
        (_, true, true) => ActKind::SpecFlagYes,
        (_, true, false) => ActKind::SpecFlagNo,
        (_, _, true) => ActKind::SpecYes,
        (_, _, false) => ActKind::SpecNo,
    }
}

/// The description, the main properties, price and stock.
pub fn overview(book: &mut FactBook, id: RecordId, answer: &mut Answer) {
    let (Some(product), Some(name)) = (say::product(book, id), say::name(book, id)) else { return };
    if let Some(text) = book.field(id, Field::Description) {
        answer.say(Act::plain(ActKind::Description).with("product", name).with("description", text));
    }
    let main: Vec<u16> = product
        .specs
        .iter()
        .enumerate()
        .filter(|(_, spec)| matches!(spec.value, SpecValue::Text(_)))
        .filter_map(|(i, _)| u16::try_from(i).ok())
        .take(MAIN)
        .collect();
    let specs: Vec<_> = main.iter().filter_map(|i| book.field(id, Field::SpecName(*i))).collect();
    let values: Vec<_> = main.iter().filter_map(|i| book.field(id, Field::Spec(*i))).collect();
    if !specs.is_empty() && specs.len() == values.len() {
        answer.say(Act::plain(ActKind::Overview).with("product", name).with_many("specs", specs).with_many("values", values));
    }
    answer.acts.extend(say::price(book, id));
    answer.acts.extend(say::stock(book, id));
}
