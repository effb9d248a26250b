//! What a shop may do beside selling: from a wish in everyday words to the plain question its entry answers.
//!
//! `assets/nlu/services.txt` lists services with what customers say who ask for them: "can somebody carry it up", "will
//! they take the old one along". A message is held against all of them by sentence vector. Messages that ask for no
//! service stand there too, so that they are known for what they are.

use std::sync::{LazyLock, OnceLock};

use super::phrasebook::{self, Phrasebook, list};
use crate::domain::heard::ServiceMeant;

/// The vectors of the services' texts, made when they were written.
static MADE: &[u8] = include_bytes!("../../assets/nlu/services.vectors");
static SERVICES: LazyLock<Vec<Service>> = LazyLock::new(|| parse(include_str!("../../assets/nlu/services.txt")));

/// Below this likeness a message asks for no service.
const LEAST: f32 = 0.5;
/// The name of what is no service.
const NONE: &str = "-";

/// Something a shop may do.
struct Service {
    /// How one plainly asks for it; none where a message asks for no service.
    question: Option<&'static str>,
    /// What one says who asks for it.
    asks: Vec<&'static str>,
}

fn parse(text: &'static str) -> Vec<Service> {
    let service = |(name, asks): (&'static str, &'static str)| Service {
        question: Some(name.trim()).filter(|name| *name != NONE),
        asks: list(asks, ';'),
    };
    phrasebook::lines(text).map(service).collect()
}

/// Every text that a message is held against.
pub fn texts() -> impl Iterator<Item = &'static str> {
    SERVICES.iter().flat_map(|service| service.asks.iter().copied())
}

/// What a message is held against, where the program brings vectors of this model.
pub fn of_model(model: &str) -> Option<&'static Phrasebook> {
    static KEPT: OnceLock<Option<Phrasebook>> = OnceLock::new();
    phrasebook::brought(&KEPT, MADE, model, SERVICES.iter().map(|service| service.asks.iter().copied()))
}

/// The service that a message asks for, by its sentence vector.
pub fn meant(book: &Phrasebook, vector: &[f32]) -> Option<ServiceMeant> {
    let (nearest, score, margin) = book.told(vector, LEAST, |group| SERVICES[group].question.is_none())?;
    Some(ServiceMeant { question: SERVICES[nearest].question?, score, margin })
}
