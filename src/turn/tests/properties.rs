//! Questions in everyday words, with the property they ask for, or none: lines that were not looked at when the
//! properties were written.

use crate::domain::heard::PropertyMeant;
use crate::llm::encoder::Encoder;
use crate::retrieval::properties;

/// The share of questions whose property must be found.
const RIGHT: f32 = 0.6;
/// The share of lines that may be taken for a question for another property.
const WRONG: f32 = 0.06;

#[test]
fn a_question_leads_to_the_property_it_asks_for_or_to_none() {
    let encoder = Encoder::embedded().unwrap();
    let book = properties::of_model(encoder.fingerprint()).unwrap();
    let (mut right, mut wrong, mut count) = (0.0_f32, Vec::new(), 0.0_f32);
    for line in include_str!("properties.txt").lines() {
        let (text, wanted) = line.split_once('|').unwrap();
        let any = properties::meant(book, &encoder.embed(text).unwrap());
        let found = any.as_ref().filter(|meant: &&PropertyMeant| meant.is_clear());
        let fits = found.is_some_and(|meant| wanted.split(',').any(|own| meant.names.contains(&own)));
        count += 1.0;
        right += f32::from(u8::from(fits || wanted == "-" && found.is_none()));
        if let Some(meant) = found.filter(|_| !fits) {
            wrong.push(format!("{text}: {:?}", meant.names));
        }
    }
    assert!(right / count >= RIGHT && wrong.len() as f32 / count <= WRONG, "{right} of {count} right, wrong: {wrong:#?}");
}
