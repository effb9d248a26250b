//! What a product costs, whether it is there, and what it is like.

use super::super::lookup::{Findings, Lookup};
use super::super::resolve::{self, How, Meant};
use super::super::say;
use super::super::turn::{Answer, Step, Turn, chip};
use super::{ask_product, find};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::product::{Availability, Product, SpecValue};
use crate::domain::record::Field;
use crate::domain::state::ConversationState;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::text::words;

/// Products answered for at once.
const AT_ONCE: usize = 5;

/// The products a message means, looked up; or the step that must come first.
fn products(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Result<Vec<RecordId>, Step> {
    let meant = resolve::products(turn);
    if meant.is_none() {
        // "The PS5": no product's name, but another word for one.
        let described = turn.heard.words.iter().zip(&turn.heard.describing).any(|(w, d)| *d && !words::is_common(&w.text));
        let searchable = !turn.heard.categories.is_empty() || !turn.heard.brands.is_empty() || described;
        return Err(if searchable { find_anyway(turn, found, book, state) } else { unknown(turn, found, book, state) });
    }
    if found.products.is_empty() {
        return Err(Step::Look(vec![Lookup::Products(meant.skus.iter().take(6).cloned().collect())]));
    }
    if !meant.ambiguous || found.products.len() <= 1 {
        keep_on_table(&meant, state);
        return Ok(found.products.iter().copied().take(AT_ONCE).collect());
    }
    if turn.heard.products.len() > 1 {
        let chosen = one_each(turn, &found.products, book);
        keep_on_table(&Meant { skus: say::skus(book, &chosen), how: meant.how, ambiguous: false }, state);
        return Ok(chosen);
    }
    let alike = one_family(&found.products, book);
    if alike.len() > AT_ONCE || alike.is_empty() {
        return Err(which(turn, found, book, state));
    }
    let skus = say::skus(book, &alike);
    keep_on_table(&Meant { skus, how: meant.how, ambiguous: false }, state);
    Ok(alike)
}

/// Of several names each one product, the one in stock where it comes in several colours.
fn one_each(turn: &Turn<'_>, ids: &[RecordId], book: &FactBook) -> Vec<RecordId> {
    let fits = |id: &RecordId, skus: &[String]| say::product(book, *id).is_some_and(|p| skus.contains(&p.sku));
    let there = |id: &RecordId| say::product(book, *id).is_some_and(|p| p.availability() != Availability::OutOfStock);
    turn.heard
        .products
        .iter()
        .filter_map(|mention| {
            let fitting: Vec<RecordId> = ids.iter().copied().filter(|id| fits(id, &mention.skus)).collect();
            fitting.iter().copied().find(there).or(fitting.first().copied())
        })
        .collect()
}

/// Products a name fits that are one product in several colours or sizes, those in stock first; empty
/// when they are different products. What merely goes with it (a case for it) is left aside.
fn one_family(ids: &[RecordId], book: &FactBook) -> Vec<RecordId> {
    let leaf = |id: &RecordId| say::product(book, *id).and_then(|p| p.leaf_category().map(str::to_owned));
    let Some(first) = ids.first().and_then(leaf) else { return Vec::new() };
    let mut family: Vec<RecordId> = ids.iter().copied().filter(|id| leaf(id).as_ref() == Some(&first)).collect();
    let products: Vec<_> = family.iter().filter_map(|id| say::product(book, *id)).collect();
    let root = |p: &Product| p.variant_of.clone().unwrap_or_else(|| p.sku.clone());
    let roots: Vec<String> = products.iter().map(|p| root(p)).collect();
    let related = roots.iter().all(|own| *own == roots[0])
        || products.windows(2).all(|pair| pair[0].brand == pair[1].brand && pair[0].price == pair[1].price && !pair[0].options.is_empty());
    if !related {
        return Vec::new();
    }
    family.sort_by_key(|id| say::product(book, *id).is_none_or(|p| p.availability() == Availability::OutOfStock));
    family
}

/// A kind of thing was named rather than a product: show what there is.
fn find_anyway(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let turn = Turn { goal: crate::domain::goal::Goal::FindProduct, ..*turn };
    find::step(&turn, found, book, state)
}

/// No product is meant: perhaps the shop has an answer of its own; otherwise ask.
fn unknown(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if found.knowledge.is_empty() {
        return Step::Look(vec![say::knowledge_lookup(turn)]);
    }
    if let Some(hit) = say::best_entry(found, 0) {
        let mut answer = Answer::default();
        say::say_entry(book, hit.record, &mut answer);
        return answer.done();
    }
    let listed = state.focus.listed.clone();
    ask_product(turn, state, &listed)
}

/// The name fits several products: list them and ask.
fn which(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let skus = say::skus(book, &found.products);
    let mut step = ask_product(turn, state, &skus);
    if let Step::Say(answer) = &mut step {
        say::list(book, &found.products, answer);
    }
    state.focus.listed = skus;
    state.focus.products.clear();
    step
}

fn keep_on_table(meant: &Meant, state: &mut ConversationState) {
    state.focus.products.clone_from(&meant.skus);
    // A product named out of the blue begins a new list; one pointed at keeps the old.
    if meant.how == How::Named && !meant.skus.iter().all(|sku| state.focus.listed.contains(sku)) {
        state.focus.listed.clone_from(&meant.skus);
    }
}

/// What it costs.
pub fn price(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let ids = match products(turn, found, book, state) {
        Ok(ids) => ids,
        Err(step) => return step,
    };
    let mut answer = Answer::default();
    for id in ids {
        answer.acts.extend(say::price(book, id));
        let out = say::product(book, id).is_some_and(|p| p.availability() == Availability::OutOfStock);
        if out {
            answer.acts.extend(say::stock(book, id));
        }
        answer.cards.push(id);
    }
    answer.options.push(chip("promo", "Any promotion on it?"));
    answer.done()
}

/// Whether it is there; something else, where it is not.
pub fn stock(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let ids = match products(turn, found, book, state) {
        Ok(ids) => ids,
        Err(step) => return step,
    };
    let out: Option<String> = match ids.as_slice() {
        [only] => say::product(book, *only).filter(|p| p.availability() == Availability::OutOfStock).map(|p| p.sku.clone()),
        _ => None,
    };
    if let (Some(sku), None) = (&out, &found.alternatives) {
        return Step::Look(vec![Lookup::Alternatives { sku: sku.clone(), limit: 2 }]);
    }
    let mut answer = Answer::default();
    for id in ids {
        answer.acts.extend(say::stock(book, id));
        answer.acts.extend(say::price(book, id).filter(|act| act.kind == ActKind::Price && out.is_none()));
        answer.cards.push(id);
    }
    if let Some(others) = found.alternatives.as_ref().filter(|others| out.is_some() && !others.is_empty()) {
        answer.say_plain(ActKind::AlternativesIntro);
        say::list(book, others, &mut answer);
        state.focus.listed = say::skus(book, others);
    }
    answer.done()
}

/// What it is like: the property asked about, or the main ones.
pub fn question(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let ids = match products(turn, found, book, state) {
        Ok(ids) => ids,
        Err(step) => return step,
    };
    let mut answer = Answer::default();
    // One product in several colours is described once.
    let tells_apart =
        turn.heard.words.iter().any(|w| matches!(w.stem.as_str(), "colour" | "color" | "size" | "version" | "storag" | "storage"));
    let ids = if !tells_apart && one_family(&ids, book).len() == ids.len() { &ids[..ids.len().min(1)] } else { &ids[..] };
    for id in ids {
        let Some(product) = say::product(book, *id) else { continue };
        let asked = asked_properties(turn, &product);
        if asked.is_empty() {
            overview(book, *id, &product, &mut answer);
        } else {
            properties(book, *id, &product, &asked, &mut answer);
        }
        answer.cards.push(*id);
    }
    answer.done()
}

/// How to get it.
pub fn buy(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let meant = resolve::products(turn);
    if found.knowledge.is_empty() {
        let mut lookups =
            vec![Lookup::Knowledge { text: "How do I place an order? How can I buy something?".to_owned(), procedures: None, limit: 2 }];
        if !meant.is_none() {
            lookups.push(Lookup::Products(meant.skus.iter().take(AT_ONCE).cloned().collect()));
        }
        return Step::Look(lookups);
    }
    if meant.is_none() && (!turn.heard.categories.is_empty() || !turn.heard.brands.is_empty()) {
        return find_anyway(turn, found, book, state);
    }
    let mut answer = Answer::default();
    for id in found.products.clone() {
        answer.acts.extend(say::stock(book, id));
        answer.acts.extend(say::price(book, id));
        answer.cards.push(id);
    }
    match say::best_entry(found, 0) {
        Some(hit) => say::say_entry(book, hit.record, &mut answer),
        None => answer.say_plain(ActKind::Buy),
    }
    if !meant.is_none() {
        keep_on_table(&meant, state);
    }
    answer.done()
}

/// A word of the message that asks about a property, with the properties it may mean.
struct Asked {
    /// As the customer wrote it.
    word: String,
    /// Indexes of properties whose name or value holds it, names first.
    specs: Vec<usize>,
    /// Whether a property is named by it, rather than merely holding it.
    by_name: bool,
}

/// Stems that ask for nothing in particular: "tell me more about the first one".
const NOTHING_IN_PARTICULAR: &str = "\
    detail info information spec specification specificat feature featur more about tell describe describ \
    product model good first second third last two three both work fit come support include includ run use us \
    connect plug play handle option version available availabl kind type laptop phone compatible compatibl \
    long much many big size any need quality how what which number";

/// The properties a message asks about. Words that are part of the product's name or ask for nothing in
/// particular ("tell me more") do not count.
fn asked_properties(turn: &Turn<'_>, product: &Product) -> Vec<Asked> {
    let name: Vec<String> = tokens(&product.name).iter().map(|t| stem(&t.text)).collect();
    let brand: Vec<String> = tokens(&product.brand).iter().map(|t| stem(&t.text)).collect();
    let category: Vec<String> = product.category.iter().flat_map(|c| tokens(c)).map(|t| stem(&t.text)).collect();
    let implied = implied_property(turn);
    let mut asked: Vec<Asked> = implied.into_iter().filter_map(|property| find_specs(product, property, property)).collect();
    for word in &turn.heard.words {
        let passes = !words::is_function(&word.text)
            && !NOTHING_IN_PARTICULAR.split(' ').any(|stem| stem == word.stem)
            && !name.contains(&word.stem)
            && !brand.contains(&word.stem)
            && !category.contains(&word.stem);
        if !passes {
            continue;
        }
        if let Some(found) = find_specs(product, &word.stem, &word.text) {
            if !asked.iter().any(|a| a.specs == found.specs) {
                asked.push(found);
            }
        } else if !words::is_common(&word.text) || is_property_word(turn, &word.stem) {
            asked.push(Asked { word: word.text.clone(), specs: Vec::new(), by_name: false });
        }
    }
    // What is known answers; what is not known is only said where nothing else was asked.
    if asked.iter().any(|a| !a.specs.is_empty()) {
        asked.retain(|a| !a.specs.is_empty());
    }
    asked.truncate(3);
    asked
}

/// A property a phrase asks about without naming it: "how heavy" is the weight.
fn implied_property(turn: &Turn<'_>) -> Option<&'static str> {
    let has = |word: &str| turn.heard.words.iter().any(|w| w.text == word);
    if has("heavy") || has("weigh") || has("weighs") || has("light") && !has("lighting") {
        Some("weight")
    } else if has("long") && (has("last") || has("battery") || has("charge")) {
        Some("battery")
    } else if has("waterproof") || has("water") || has("rain") || has("swim") || has("shower") {
        Some("water")
    } else if has("big") || has("inch") || has("inches") || has("size") {
        Some("display")
    } else if has("guarantee") {
        Some("warranty")
    } else {
        None
    }
}

/// Words the rules know as properties.
fn is_property_word(turn: &Turn<'_>, stem: &str) -> bool {
    !words::synonyms(stem).is_empty() || turn.heard.words.iter().zip(&turn.heard.describing).any(|(w, d)| *d && w.stem == stem)
}

fn find_specs(product: &Product, wanted: &str, word: &str) -> Option<Asked> {
    let alike = |text: &str| {
        let own: Vec<String> = tokens(text).iter().map(|t| stem(&t.text)).collect();
        let has = |phrase: &str| phrase.split(' ').all(|part| own.iter().any(|o| o == part));
        has(wanted) || words::synonyms(wanted).iter().any(|other| has(other)) || joined(text).contains(wanted) && wanted.len() > 3
    };
    let by_name: Vec<usize> = indexes(product, |i| alike(&product.specs[i].name));
    if !by_name.is_empty() {
        return Some(Asked { word: word.to_owned(), specs: by_name.into_iter().take(2).collect(), by_name: true });
    }
    let by_value: Vec<usize> = indexes(product, |i| matches!(&product.specs[i].value, SpecValue::Text(text) if alike(text)));
    (!by_value.is_empty()).then(|| Asked { word: word.to_owned(), specs: by_value.into_iter().take(1).collect(), by_name: false })
}

/// `Wi-Fi 6E, USB-C` as `wifi 6e usbc`: hyphens closed, for words written without them.
fn joined(text: &str) -> String {
    text.to_lowercase().replace('-', "")
}

fn indexes(product: &Product, keep: impl Fn(usize) -> bool) -> Vec<usize> {
    (0..product.specs.len()).filter(|i| keep(*i)).collect()
}

fn properties(book: &mut FactBook, id: RecordId, product: &Product, asked: &[Asked], answer: &mut Answer) {
    let Some(name) = say::name(book, id) else { return };
    for question in asked {
        if question.specs.is_empty() {
            let word = book.said(&question.word);
            answer.say(Act::plain(ActKind::SpecUnknown).with("product", name).with("word", word));
        }
        for &i in &question.specs {
            let Ok(index) = u16::try_from(i) else { continue };
            let (Some(spec), Some(value)) = (book.field(id, Field::SpecName(index)), book.field(id, Field::Spec(index))) else {
                continue;
            };
            let kind = match &product.specs[i].value {
                SpecValue::Flag(true) => ActKind::SpecYes,
                SpecValue::Flag(false) => ActKind::SpecNo,
                _ => ActKind::Spec,
            };
            let _ = question.by_name;
            answer.say(Act::plain(kind).with("product", name).with("spec", spec).with("value", value));
        }
    }
}

/// The description, the main properties, price and stock.
fn overview(book: &mut FactBook, id: RecordId, product: &Product, answer: &mut Answer) {
    let Some(name) = say::name(book, id) else { return };
    if let Some(text) = book.field(id, Field::Description) {
        answer.say(Act::plain(ActKind::Description).with("product", name).with("description", text));
    }
    let main = product.specs.iter().enumerate().filter(|(_, spec)| matches!(spec.value, SpecValue::Text(_))).take(4);
    for (i, _) in main {
        let Ok(index) = u16::try_from(i) else { continue };
        if let (Some(spec), Some(value)) = (book.field(id, Field::SpecName(index)), book.field(id, Field::Spec(index))) {
            answer.say(Act::plain(ActKind::Spec).with("product", name).with("spec", spec).with("value", value));
        }
    }
    answer.acts.extend(say::price(book, id));
    answer.acts.extend(say::stock(book, id));
}
