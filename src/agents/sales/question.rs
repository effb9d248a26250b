//! What a product is like: the property asked about, a yes or no out of its record, or the main facts.

use super::super::lookup::{Findings, Lookup};
use super::super::say;
use super::super::turn::{Answer, Step, Turn};
use super::super::understanding::qualities;
use super::subject;
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, RecordId};
use crate::domain::measure;
use crate::domain::product::{Product, SpecValue};
use crate::domain::query::Measure;
use crate::domain::record::Field;
use crate::domain::state::ConversationState;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::text::{unit, words};

/// Properties told at once of one product.
const TOLD: usize = 3;
/// Main properties in a description.
const MAIN: usize = 5;

/// What it is like.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if let Some(step) = super::fit::step(turn, found, book, state) {
        return step;
    }
    let ids = match subject::products(turn, found, book, state) {
        Ok(ids) => ids,
        Err(step) => return step,
    };
    // One product in several colours is described once.
    let tells_apart =
        turn.heard.words.iter().any(|w| matches!(w.stem.as_str(), "colour" | "color" | "size" | "version" | "storag" | "storage"));
    let ids = if !tells_apart && subject::one_family(&ids, book).len() == ids.len() { &ids[..ids.len().min(1)] } else { &ids[..] };
    let asked: Vec<(RecordId, Asked)> =
        ids.iter().filter_map(|id| say::product(book, *id).map(|product| (*id, asked_of(turn, &product)))).collect();
    // What no record states and no property is called may still be a question the shop has an answer to.
    if asked.iter().all(|(_, asked)| matches!(asked, Asked::Nothing)) {
        if found.knowledge.is_empty() {
            return Step::Look(vec![say::knowledge_lookup(turn), Lookup::Products(say::skus(book, ids))]);
        }
        if let Some(hit) = say::best_entry(found, 0) {
            let mut answer = Answer::default();
            say::say_entry(book, hit, &mut answer);
            return answer.done();
        }
    }
    let mut answer = Answer::default();
    if asked.len() > 1 && side_by_side(book, &asked, &mut answer) {
        return answer.done();
    }
    for (id, asked) in asked {
        tell(turn, book, id, &asked, &mut answer);
        answer.cards.push(id);
    }
    answer.done()
}

/// What several products state of what was asked, a line for each property; `false` where none states any.
fn side_by_side(book: &mut FactBook, asked: &[(RecordId, Asked)], answer: &mut Answer) -> bool {
    let mut lines: Vec<(FactId, Vec<FactId>, Vec<FactId>, String)> = Vec::new();
    for (id, asked) in asked {
        let Asked::Specs(found) = asked else { continue };
        for property in found {
            let Some(place) = u16::try_from(property.index).ok() else { continue };
            let facts = (say::name(book, *id), book.field(*id, Field::SpecName(place)), book.field(*id, Field::Spec(place)));
            let (Some(name), Some(spec), Some(value)) = facts else { continue };
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
        answer.say(Act::plain(ActKind::CompareSpec).with("spec", spec).with_many("products", names).with_many("values", values));
    }
    if answer.acts.is_empty() {
        return false;
    }
    answer.cards.extend(asked.iter().filter(|(_, asked)| matches!(asked, Asked::Specs(_))).map(|(id, _)| *id));
    true
}

/// What a message asks of a product.
enum Asked {
    /// Properties, by their place, and whether the message asks whether it has them.
    Specs(Vec<Found>),
    /// Something a property is called by, which this record does not state.
    Unstated(String),
    /// Nothing in particular: "tell me more".
    Nothing,
}

/// A property that answers.
struct Found {
    index: usize,
    /// Whether the word asked for stands in its value: "Ethernet" in "Ports: ... Ethernet".
    by_value: bool,
}

/// Words for what is done with a thing: they stand in the names of properties, but ask for none of them.
const DEEDS: [&str; 20] = [
    "use", "used", "fit", "fits", "charge", "charges", "back", "left", "work", "works", "need", "go", "goes", "come", "comes", "take",
    "get", "keep", "start", "run",
];

fn asked_of(turn: &Turn<'_>, product: &Product) -> Asked {
    let mut found: Vec<Found> = Vec::new();
    let mut add = |more: Vec<Found>| {
        for new in more {
            if !found.iter().any(|old| old.index == new.index) {
                found.push(new);
            }
        }
    };
    if let Some(quality) = qualities::asked(turn.heard) {
        add(quality.properties.iter().find_map(|property| by_name(product, property)).unwrap_or_default());
    }
    for wish in &turn.read.wishes {
        add(wish.quality.properties.iter().find_map(|property| by_name(product, property)).unwrap_or_default());
    }
    for measure in &turn.read.measures.measures {
        add(by_measure(product, measure));
    }
    // "How many gigs", "how many watts": the unit names what is asked.
    for unit in
        turn.heard.words.iter().filter_map(|w| unit::canonical(&w.text)).filter(|unit| !matches!(*unit, "in" | "m" | "g" | "h" | "l"))
    {
        add(in_unit(product, unit));
    }
    let said = telling(turn, product);
    let mut unstated: Option<String> = None;
    for (at, word) in &said {
        match find(product, &turn.heard.words[*at].stem) {
            Some(specs) => add(specs),
            None if !DEEDS.contains(&word.as_str()) && turn.heard.properties.get(*at).copied().unwrap_or(false) => {
                unstated = unstated.or_else(|| Some(word.clone()))
            }
            None => {}
        }
    }
    if !found.is_empty() {
        found.truncate(TOLD);
        return Asked::Specs(found);
    }
    match unstated {
        Some(word) => Asked::Unstated(word),
        None => Asked::Nothing,
    }
}

/// Stems that ask for nothing in particular: "tell me more about the first one".
const NOTHING_IN_PARTICULAR: &str = "\
    detail info information spec specification specificat more about tell describe describ product model \
    first second third last two three both come support include includ run plug play handle option version kind \
    laptop phone long much many need how what which number say said mean possible possibl able";

/// Words of a message that may ask for a property: not its name, brand or kind, and not empty talk.
fn telling(turn: &Turn<'_>, product: &Product) -> Vec<(usize, String)> {
    let stems = |text: &str| tokens(text).iter().map(|t| stem(&t.text)).collect::<Vec<_>>();
    let mut own = stems(&product.name);
    own.extend(stems(&product.brand));
    own.extend(product.category.iter().flat_map(|c| stems(c)));
    turn.heard
        .words
        .iter()
        .enumerate()
        .filter(|(i, word)| {
            let empty = words::is_function(&word.text)
                || words::is_request(&word.text, &word.stem) && !turn.heard.properties.get(*i).copied().unwrap_or(false)
                || word.text.bytes().all(|b| b.is_ascii_digit())
                || NOTHING_IN_PARTICULAR.split(' ').any(|stem| stem == word.stem);
            !empty && !own.contains(&word.stem)
        })
        .map(|(i, word)| (i, word.text.clone()))
        .collect()
}

/// Properties a word asks for: by their name first, then by what they state.
fn find(product: &Product, wanted: &str) -> Option<Vec<Found>> {
    by_name(product, wanted).or_else(|| {
        let found: Vec<Found> = indexes(product, |spec| matches!(spec, SpecValue::Text(text) if holds(text, wanted)))
            .map(|index| Found { index, by_value: true })
            .take(1)
            .collect();
        (!found.is_empty()).then_some(found)
    })
}

fn by_name(product: &Product, wanted: &str) -> Option<Vec<Found>> {
    let found: Vec<Found> = product
        .specs
        .iter()
        .enumerate()
        .filter(|(_, spec)| holds(&spec.name, wanted))
        .map(|(index, _)| Found { index, by_value: false })
        .take(2)
        .collect();
    (!found.is_empty()).then_some(found)
}

/// "Is it the 42 mm one", "does it shoot 4K at 60": a measure that stands in a property.
fn by_measure(product: &Product, wanted: &Measure) -> Vec<Found> {
    let (number, unit) = measure::in_base_unit(wanted.number, &wanted.unit);
    let has = |value: &SpecValue| match value {
        SpecValue::Text(text) => measure::measures(text).iter().any(|m| m.unit == unit && (m.number - number).abs() <= number * 0.02),
        _ => false,
    };
    let exact: Vec<Found> = indexes(product, has).map(|index| Found { index, by_value: true }).take(1).collect();
    if !exact.is_empty() {
        return exact;
    }
    // Another number of the same kind answers as well: what it has instead.
    in_unit(product, &wanted.unit)
}

/// The first property that is counted in a unit.
fn in_unit(product: &Product, unit: &str) -> Vec<Found> {
    let (_, unit) = measure::in_base_unit(1.0, unit);
    let like = |value: &SpecValue| matches!(value, SpecValue::Text(text) if measure::measures(text).iter().any(|m| m.unit == unit));
    indexes(product, like).map(|index| Found { index, by_value: false }).take(1).collect()
}

fn indexes<'a>(product: &'a Product, keep: impl Fn(&SpecValue) -> bool + 'a) -> impl Iterator<Item = usize> + 'a {
    product.specs.iter().enumerate().filter(move |(_, spec)| keep(&spec.value)).map(|(i, _)| i)
}

/// Whether a text holds a stem, another word for it, or it written without its hyphens.
fn holds(text: &str, wanted: &str) -> bool {
    let own: Vec<String> = tokens(text).iter().map(|t| stem(&t.text)).collect();
    let has = |phrase: &str| phrase.split(' ').all(|part| own.iter().any(|o| o == part));
    has(wanted)
        || words::synonyms(wanted).iter().any(|other| has(other))
        || wanted.len() > 3 && text.to_lowercase().replace('-', "").split(' ').any(|word| word == wanted)
}

fn tell(turn: &Turn<'_>, book: &mut FactBook, id: RecordId, asked: &Asked, answer: &mut Answer) {
    let Some(name) = say::name(book, id) else { return };
    match asked {
        Asked::Specs(found) => {
            let yes_no = asks_whether(turn);
            for property in found {
                if let Some(act) = spec(book, id, property.index, yes_no && property.by_value) {
                    answer.say(act);
                }
            }
        }
        Asked::Unstated(word) => {
            let word = book.said(word);
            answer.say(Act::plain(ActKind::SpecUnknown).with("product", name).with("word", word));
        }
        Asked::Nothing => overview(book, id, answer),
    }
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
    let place = u16::try_from(index).ok()?;
    let own = product.specs.get(index)?;
    let name = say::name(book, id)?;
    let kind = match &own.value {
        SpecValue::Flag(flag) => flag_kind(&own.name, *flag),
        _ if whether => ActKind::SpecHas,
        _ => ActKind::Spec,
    };
    let (spec, value) = (book.field(id, Field::SpecName(place))?, book.field(id, Field::Spec(place))?);
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
