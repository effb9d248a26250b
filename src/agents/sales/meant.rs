//! The property a question asks for by its meaning, where no word of it names one: "can I plug my old earphones in".

use super::super::turn::Turn;
use super::asked::{Asked, Found, by_name, states};
use crate::domain::heard::PropertyMeant;
use crate::domain::measure;
use crate::domain::product::{Product, SpecValue};
use crate::domain::text::{sentence, unit};

/// From this likeness on a question can hardly be for anything else.
pub const PLAIN: f32 = 0.66;

/// What a record states of the property that is meant: under a name of its own, in the value of another one, or in its
/// description; otherwise that it is not stated.
pub fn of(turn: &Turn<'_>, product: &Product) -> Option<Asked> {
    if let Some(asked) = power(turn, product) {
        return Some(asked);
    }
    let meant = turn.heard.property.as_ref()?;
    if let Some(found) = meant.names.iter().find_map(|name| by_name(product, &measure::stems(name))) {
        let stated = |found: Found| Found { by_value: states(product, found.index) && is_of(turn, meant, product, found.index), ..found };
        return Some(Asked::Specs(found.into_iter().map(stated).take(1).collect()));
    }
    if let Some(index) = in_a_value(meant, product) {
        return Some(Asked::Specs(vec![Found { index, by_value: true }]));
    }
    let told = |text: &str| meant.values.iter().chain(&meant.names).any(|word| says(text, word));
    let sentence = sentence::split(&product.description).position(told).and_then(|i| u16::try_from(i).ok());
    if let Some(sentence) = sentence {
        return Some(Asked::Said(sentence));
    }
    // That a record does not state it is said only where nothing else can be meant.
    (meant.score >= PLAIN).then(|| Asked::Unstated(meant.names.first().map(|name| (*name).to_owned())))
}

/// Whether a property that is meant speaks of what is asked, so that stating it is a yes: "Functions: Print" is none
/// to "does it scan".
fn is_of(turn: &Turn<'_>, meant: &PropertyMeant, product: &Product, index: usize) -> bool {
    let Some(spec) = product.specs.get(index) else { return false };
    let SpecValue::Text(value) = &spec.value else { return true };
    let asked = turn.heard.words.iter().filter(|word| word.is_telling()).map(|word| word.text.as_str());
    asked.chain(meant.values.iter().copied()).any(|word| says(value, word) || says(&spec.name, word))
}

/// "Does it need a plug", "does it have to be plugged in": what runs it, by whatever the record says of that.
fn power(turn: &Turn<'_>, product: &Product) -> Option<Asked> {
    const RUNS_ON: &[&str] = &["rechargeable", "cordless", "battery", "batteries", "mains", "plug", "socket", "solar"];
    let words = &turn.heard.words;
    let needs = words.iter().position(|w| matches!(w.text.as_str(), "need" | "needs" | "have" | "has"))?;
    let socket = words[needs..]
        .iter()
        .take(6)
        .any(|w| matches!(w.text.as_str(), "plug" | "plugged" | "socket" | "outlet" | "mains" | "electricity"));
    let of_it =
        socket && !words.iter().any(|w| matches!(w.text.as_str(), "adapter" | "adaptor" | "what" | "which" | "charger" | "headphone"));
    if !of_it {
        return None;
    }
    let told = sentence::split(&product.description).position(|text| RUNS_ON.iter().any(|word| says(text, word)));
    if let Some(sentence) = told.and_then(|i| u16::try_from(i).ok()) {
        return Some(Asked::Said(sentence));
    }
    let named = ["power source", "power supply", "battery life", "battery", "runtime", "power"]
        .iter()
        .find_map(|name| by_name(product, &measure::stems(name)));
    named.map(|found| Asked::Specs(found.into_iter().map(|found| Found { by_value: false, ..found }).take(1).collect()))
}

/// The property in whose value the one that is meant stands.
fn in_a_value(meant: &PropertyMeant, product: &Product) -> Option<usize> {
    // "kg" stands in what it weighs and in what it carries.
    let telling = |word: &&&str| word.len() > 2 && unit::canonical(word).is_none();
    let words: Vec<&str> = meant.values.iter().filter(telling).copied().collect();
    let holds = |spec: &SpecValue| matches!(spec, SpecValue::Text(text) if words.iter().any(|word| says(text, word)));
    product.specs.iter().position(|spec| holds(&spec.value))
}

/// Whether a text has a word or a phrase.
fn says(text: &str, phrase: &str) -> bool {
    let (own, wanted) = (measure::stems(text), measure::stems(phrase));
    format!(" {own} ").contains(&format!(" {wanted} "))
}
