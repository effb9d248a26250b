//! What customers ask of a thing: from a question in everyday words to the property that answers it.
//!
//! `assets/nlu/properties.txt` lists properties with the names that records file them under, the words that stand in
//! another property's value where it is there, and what customers say who ask for it: "can I plug my old earphones in"
//! asks for a headphone jack, which a record may state as "Ports: USB-C, 3.5 mm audio". A message is held against all
//! of them by sentence vector. Questions that ask for no property stand there too, so that they are known for what
//! they are.

use std::sync::{LazyLock, OnceLock};

use super::phrasebook::{self, Phrasebook, list};
use crate::domain::heard::PropertyMeant;

/// The vectors of the properties' texts, made when they were written.
static MADE: &[u8] = include_bytes!("../../assets/nlu/properties.vectors");
static PROPERTIES: LazyLock<Vec<Property>> = LazyLock::new(|| parse(include_str!("../../assets/nlu/properties.txt")));

/// Below this likeness a message asks for no property.
const LEAST: f32 = 0.5;
/// The names of what is no property.
const NONE: &str = "-";

/// A property of things.
struct Property {
    /// What records call it, the likeliest first; none where a question asks for no property.
    names: Vec<&'static str>,
    /// Words in the value of another property that tell of it.
    values: Vec<&'static str>,
    /// What one says who asks for it.
    asks: Vec<&'static str>,
}

fn parse(text: &'static str) -> Vec<Property> {
    let property = |(filed, asks): (&'static str, &'static str)| {
        let (names, values) = filed.split_once('|').unwrap_or((filed, ""));
        let names = list(names, ',').into_iter().filter(|name| *name != NONE).collect();
        Property { names, values: list(values, ','), asks: list(asks, ';') }
    };
    phrasebook::lines(text).map(property).collect()
}

/// What stands for a property: its name and the questions for it.
fn phrases(property: &Property) -> impl Iterator<Item = &'static str> {
    property.names.first().copied().into_iter().chain(property.asks.iter().copied())
}

/// Every text that a question is held against.
pub fn texts() -> impl Iterator<Item = &'static str> {
    PROPERTIES.iter().flat_map(phrases)
}

/// What a message is held against, where the program brings vectors of this model.
pub fn of_model(model: &str) -> Option<&'static Phrasebook> {
    static KEPT: OnceLock<Option<Phrasebook>> = OnceLock::new();
    phrasebook::brought(&KEPT, MADE, model, PROPERTIES.iter().map(phrases))
}

/// The property that a message asks for, by its sentence vector.
pub fn meant(book: &Phrasebook, vector: &[f32]) -> Option<PropertyMeant> {
    let (nearest, score, margin) = book.told(vector, LEAST, |group| PROPERTIES[group].names.is_empty())?;
    let property = &PROPERTIES[nearest];
    Some(PropertyMeant { names: property.names.clone(), values: property.values.clone(), score, margin })
}
