//! Needs in everyday words, with the categories of the demo shop that serve them, or none: lines that were not looked at
//! when the kinds were written.

use super::Demo;
use crate::llm::encoder::Encoder;
use crate::retrieval::kinds;

/// The share of needs that must lead to the right shelf; those beside it are to lead to none.
const RIGHT: f32 = 0.6;
/// The share of needs that may lead to a wrong one.
const WRONG: f32 = 0.05;

#[tokio::test]
async fn a_need_leads_to_the_right_shelf_or_to_none() {
    let encoder = Encoder::embedded().unwrap();
    let kinds = kinds::of_model(encoder.fingerprint()).unwrap();
    let shop = Demo::open().await;
    let shelves = shop.engine.library.shelves();
    let (mut right, mut wrong, mut count) = (0.0_f32, Vec::new(), 0.0_f32);
    for line in include_str!("needs.txt").lines() {
        let (text, wanted) = line.split_once('|').unwrap();
        let need = shelves.catalogue.need(kinds, &encoder.embed(text).unwrap());
        let found = need.map(|need| need.categories).unwrap_or_default();
        let fits = found.iter().any(|category| wanted.split(',').any(|own| own == category));
        count += 1.0;
        right += f32::from(u8::from(fits || wanted == "none" && found.is_empty()));
        if !found.is_empty() && !fits {
            wrong.push(format!("{text}: {found:?}"));
        }
    }
    assert!(right / count >= RIGHT && wrong.len() as f32 / count <= WRONG, "{right} of {count} right, wrong: {wrong:#?}");
}
