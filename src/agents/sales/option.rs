//! "Does it come in silver", "in sand colour?": a version of a thing asked for by its option. Yes, and whether it is there.

use super::super::resolve;
use super::super::say;
use super::super::turn::{Answer, Turn};
use super::super::understanding::form::Asks;
use super::question::asks_whether;
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::measure::{self, Measured};
use crate::domain::product::{Product, Spec, SpecValue};
use crate::domain::query::Bound;
use crate::domain::text::colours;
use crate::domain::text::fold::fold;
use crate::domain::text::token::tokens;

/// Says yes and whether it is there, where nothing else is asked; `false` where no option is asked for.
pub fn tell(turn: &Turn<'_>, book: &mut FactBook, id: RecordId, answer: &mut Answer) -> bool {
    let asked = is_asked(turn);
    let Some(place) = say::product(book, id).filter(|_| asked).and_then(|product| said(turn, &product)) else { return false };
    let Some((name, spec, value)) = say::stated(book, id, place) else { return false };
    answer.say(Act::plain(ActKind::SpecHas).with("product", name).with("spec", spec).with("value", value));
    answer.acts.extend(say::stock(book, id));
    true
}

/// "Do you have it in black", of what is only there in green, "in 256 GB" of what has 128: no, and what it is instead;
/// `false` where neither is asked for, or a record has it.
pub fn tell_another(turn: &Turn<'_>, book: &mut FactBook, ids: &[RecordId], answer: &mut Answer) -> bool {
    const MOST: usize = 4;
    if !is_asked(turn) || ids.is_empty() || ids.len() > MOST {
        return false;
    }
    let all = |place: &dyn Fn(&Product) -> Option<usize>| -> Option<Vec<usize>> {
        ids.iter().map(|id| place(&*say::product(book, *id)?)).collect()
    };
    let Some(places) = all(&|product| of_another_colour(turn, product)).or_else(|| all(&|product| of_another_size(turn, product))) else {
        return false;
    };
    for (id, place) in ids.iter().zip(places) {
        let Some((name, spec, value)) = say::stated(book, *id, place) else { continue };
        let kind = if answer.acts.is_empty() { ActKind::SpecOther } else { ActKind::Spec };
        answer.say(Act::plain(kind).with("product", name).with("spec", spec).with("value", value));
        answer.cards.push(*id);
    }
    !answer.acts.is_empty()
}

/// The property that holds the colour of a product, where a message names another.
fn of_another_colour(turn: &Turn<'_>, product: &Product) -> Option<usize> {
    let colour = turn.heard.words.iter().find(|w| colours::is_colour(&w.text))?;
    let at = product.specs.iter().position(|spec| is_colour_property(&spec.name))?;
    let spec = &product.specs[at];
    let own = resolve::names(product, &colour.stem) || is_option(product, &spec.name, &spec.value, &colour.text);
    (!own).then_some(at)
}

/// The measured property that a product's own name tells ("128 GB"), where a message asks for another measure of the kind and
/// no property has that.
fn of_another_size(turn: &Turn<'_>, product: &Product) -> Option<usize> {
    let wanted = turn.read.measures.measures.iter().find(|wanted| wanted.bound == Bound::About)?;
    let unit = measure::in_base_unit(1.0, &wanted.unit).1;
    let named: Vec<Measured> = measure::measures(&product.name).into_iter().filter(|own| own.unit == unit).collect();
    let told = |spec: &Spec| measure::of_spec(spec).is_some_and(|own| named.contains(&own));
    product.specs.iter().position(told).filter(|_| !measure::meets(product, wanted))
}

/// Of the versions of a thing, those with an option the message names: "does the Pixel come in Iris?"
pub fn narrowed(turn: &Turn<'_>, book: &FactBook, ids: Vec<RecordId>) -> Vec<RecordId> {
    let words = || turn.heard.words.iter().filter(|word| word.is_telling());
    let has = |id: &RecordId| say::product(book, *id).is_some_and(|own| words().any(|word| resolve::is_option(&own, &word.text)));
    let own: Vec<RecordId> = ids.iter().copied().filter(has).collect();
    if own.is_empty() { ids } else { own }
}

/// Whether a message asks for a yes or a no.
pub fn is_asked(turn: &Turn<'_>) -> bool {
    asks_whether(turn) || matches!(turn.read.form.asks, Asks::Have | Asks::Whether)
}

/// The everyday colour a message names.
pub fn colour_said<'a>(turn: &'a Turn<'_>) -> Option<&'a str> {
    turn.heard.words.iter().map(|w| w.text.as_str()).find(|word| colours::is_colour(word))
}

/// The property that holds the option the message asks for, where it asks for nothing else.
fn said(turn: &Turn<'_>, product: &Product) -> Option<usize> {
    let heard = turn.heard;
    let own = |stem: &str| resolve::names(product, stem) || resolve::fits_kind_word(product, stem);
    let behind_in = |at: usize| (at.saturating_sub(3)..at).any(|i| heard.words[i].text == "in");
    let names_it = |at: usize| matches!(heard.words[at].stem.as_str(), "colour" | "color" | "size" | "version" | "come" | "too" | "also");
    let mut place = None;
    for (at, word) in heard.words.iter().enumerate() {
        if !word.is_telling() || names_it(at) {
            continue;
        }
        let option = product.specs.iter().position(|spec| is_option(product, &spec.name, &spec.value, &word.text));
        match option {
            Some(found) if colours::is_colour(&word.text) || behind_in(at) || resolve::is_option(product, &word.text) => {
                place = Some(found);
            }
            _ if own(&word.stem) => {}
            _ => return None,
        }
    }
    place
}

/// Whether a property is called the colour.
fn is_colour_property(name: &str) -> bool {
    matches!(fold(name).as_str(), "colour" | "color")
}

/// Whether a property is the colour of a product, or one it has as an option, and a word means what it states.
fn is_option(product: &Product, name: &str, value: &SpecValue, word: &str) -> bool {
    let option = is_colour_property(name) || product.options.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
    let SpecValue::Text(text) = value else { return false };
    option && tokens(&fold(text)).iter().any(|token| token.text == word || colours::means(word, &token.text))
}
