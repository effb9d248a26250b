//! Which size fits somebody so tall: "i'm 1.72, which frame do i need for it". The version whose record names the height.

use super::super::lookup::{Findings, Lookup};
use super::super::resolve;
use super::super::say;
use super::super::turn::{Answer, Step, Turn};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::product::{Product, SpecValue};
use crate::domain::record::Field;
use crate::domain::state::ConversationState;
use crate::domain::text::sentence;

/// Heights of people, in centimetres.
const PEOPLE: std::ops::RangeInclusive<f64> = 60.0..=230.0;
/// Versions looked at.
const MOST: usize = 8;

/// The version for somebody's height; `None` where none is told or no record speaks of heights.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Option<Step> {
    let height = height(turn).filter(|_| asks_for_a_size(turn))?;
    let versions = versions(turn);
    if versions.is_empty() {
        return None;
    }
    if found.products_asked == 0 {
        return Some(Step::Look(vec![Lookup::Products(versions)]));
    }
    let fits = |id: &RecordId| say::product(book, *id).is_some_and(|p| speaks_of(&p, height));
    let fitting: Vec<RecordId> = found.products.iter().copied().filter(fits).collect();
    let first = *fitting.first()?;
    let mut answer = Answer::default();
    for id in &fitting {
        let product = say::product(book, *id)?;
        let at = sentence::split(&product.description).position(|text| within(text, height)).and_then(|at| u16::try_from(at).ok());
        let (name, said) = (say::name(book, *id)?, at.and_then(|at| book.field(*id, Field::Sentence(at))));
        answer.say(Act::plain(ActKind::Recommend).with("product", name));
        if let Some(said) = said {
            answer.say(Act::plain(ActKind::Description).with("product", name).with("description", said));
        }
        answer.acts.extend(say::stock(book, *id));
        answer.cards.push(*id);
    }
    state.focus.products = say::skus(book, &[first]);
    state.focus.listed = say::skus(book, &found.products);
    Some(answer.done())
}

/// "Which size", "what frame", "is it big enough for me".
fn asks_for_a_size(turn: &Turn<'_>) -> bool {
    turn.heard.words.iter().any(|w| matches!(w.stem.as_str(), "size" | "frame" | "fit" | "tall" | "height" | "big" | "small"))
}

/// The products meant, in all their versions.
fn versions(turn: &Turn<'_>) -> Vec<String> {
    let named = turn.heard.products.iter().flat_map(|mention| mention.skus.iter().cloned());
    let meant: Vec<String> = named.chain(resolve::products(turn).skus).collect();
    let of_family = |p: &Product| turn.shown.iter().any(|own| meant.contains(&own.sku) && own.family() == p.family());
    let kin = turn.shown.iter().filter(|p| of_family(p)).map(|p| p.sku.clone());
    let mut all: Vec<String> = Vec::new();
    for sku in meant.iter().cloned().chain(kin) {
        if !all.contains(&sku) {
            all.push(sku);
        }
    }
    all.truncate(MOST);
    all
}

/// How tall somebody is: "i'm 1.72", "he is 180 cm", "1m72 tall".
fn height(turn: &Turn<'_>) -> Option<f64> {
    let text = |i: usize| turn.heard.words.get(i).map_or("", |w| w.text.as_str());
    let number = |i: usize| {
        let own = text(i).trim_end_matches(|c: char| c.is_alphabetic());
        own.replace('m', ".").parse::<f64>().ok().filter(|_| text(i).starts_with(|c: char| c.is_ascii_digit()))
    };
    let of_somebody = |i: usize| (i.saturating_sub(3)..i).any(|j| matches!(text(j), "i" | "im" | "m" | "am" | "he" | "she" | "is" | "s"));
    let said = |i: &usize| of_somebody(*i) || matches!(text(i + 1), "tall" | "cm") && text(i + 2) != "deep";
    let places = (0..turn.heard.words.len()).filter(said).filter_map(number);
    places.map(|n| if n < 3.0 { n * 100.0 } else { n }).find(|n| PEOPLE.contains(n))
}

/// Whether a product's record names a range of heights that holds one.
fn speaks_of(product: &Product, height: f64) -> bool {
    let states = |value: &SpecValue| matches!(value, SpecValue::Text(text) if within(text, height));
    within(&product.description, height) || product.specs.iter().any(|spec| states(&spec.value))
}

/// Whether a text names a range in centimetres that holds a height: "155-168 cm".
fn within(text: &str, height: f64) -> bool {
    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_digit() && c != '-' && c != '\u{2013}').collect();
    let range = |part: &&str| {
        let (low, high) = part.split_once(['-', '\u{2013}'])?;
        Some((low.parse::<f64>().ok()?, high.parse::<f64>().ok()?))
    };
    let holds = |(low, high): (f64, f64)| PEOPLE.contains(&low) && PEOPLE.contains(&high) && low <= height && height <= high;
    text.contains("cm") && parts.iter().filter_map(range).any(holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_heights_holds_a_height() {
        for (text, height, expected) in [
            ("Frame for 155-168 cm tall.", 160.0, true),
            ("Frame for 155-168 cm tall.", 172.0, false),
            ("For rooms of 40-60 m\u{b2}", 50.0, false),
            ("Folds to 60 x 70 cm", 65.0, false),
        ] {
            assert_eq!(within(text, height), expected, "{text} {height}");
        }
    }
}
