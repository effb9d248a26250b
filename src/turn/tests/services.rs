//! Wishes for a service in everyday words: lines that were not looked at when the services were written.

use crate::domain::heard::ServiceMeant;
use crate::llm::encoder::Encoder;
use crate::retrieval::services;

/// The share of lines that must be understood.
const RIGHT: f32 = 0.75;
/// The share of lines that may be taken for another service than meant.
const WRONG: f32 = 0.06;

#[test]
fn a_wish_leads_to_the_service_it_is_for_or_to_none() {
    let encoder = Encoder::embedded().unwrap();
    let book = services::of_model(encoder.fingerprint()).unwrap();
    let (mut right, mut wrong, mut count) = (0.0_f32, Vec::new(), 0.0_f32);
    for line in include_str!("services.txt").lines() {
        let (text, wanted) = line.split_once('|').unwrap();
        let any = services::meant(book, &encoder.embed(text).unwrap());
        let found = any.as_ref().filter(|meant: &&ServiceMeant| meant.is_clear());
        let named = |meant: &ServiceMeant| wanted.split(',').any(|word| meant.question.to_lowercase().contains(word));
        count += 1.0;
        right += f32::from(u8::from(found.map_or(wanted == "-", named)));
        if let Some(meant) = found.filter(|meant| !named(meant)) {
            wrong.push(format!("{text}: {}", meant.question));
        }
    }
    assert!(right / count >= RIGHT && wrong.len() as f32 / count <= WRONG, "{right} of {count} right, wrong: {wrong:#?}");
}
