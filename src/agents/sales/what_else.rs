//! What a thing needs beside itself: "does that need anything else to work". What its record says of that; else what
//! goes with it.

use super::super::lookup::{Findings, Lookup};
use super::super::resolve;
use super::super::say;
use super::super::table;
use super::super::turn::{Answer, Step, Turn};
use super::{accessories, question};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::product::{Spec, SpecValue};
use crate::domain::record::Field;
use crate::domain::state::ConversationState;
use crate::domain::text::fold::fold;
use crate::domain::text::sentence;

/// Things looked at.
const MOST: usize = 4;

/// What the records say; `None` where nothing of the kind is asked.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Option<Step> {
    if !table::asks_what_else_it_needs(turn.heard) {
        return None;
    }
    let focus = &turn.before.focus;
    // Of what was just shown to go with a thing the same may be asked.
    let beside: &[String] = if turn.before.last_acts.contains(&ActKind::AccessoriesIntro) { &focus.listed } else { &[] };
    let mut skus: Vec<String> = resolve::products(turn).skus.into_iter().chain(beside.iter().cloned()).collect();
    skus.truncate(MOST + 1);
    if skus.is_empty() {
        return None;
    }
    if found.products_asked == 0 {
        return Some(Step::Look(vec![Lookup::Products(skus)]));
    }
    let mut answer = Answer::default();
    for id in found.products.clone() {
        answer.acts.extend(needed(book, id));
        answer.cards.push(id);
    }
    if answer.acts.is_empty() {
        return Some(accessories::step(turn, found, book, state));
    }
    Some(answer.done())
}

/// What a record says is needed or not in the box.
fn needed(book: &mut FactBook, id: RecordId) -> Option<Act> {
    let product = say::product(book, id)?;
    if let Some(at) = product.specs.iter().position(tells) {
        return question::spec(book, id, at, false);
    }
    let at = sentence::split(&product.description).position(asks_for_more).and_then(|at| u16::try_from(at).ok())?;
    let (name, said) = (say::name(book, id)?, book.field(id, Field::Sentence(at))?);
    Some(Act::plain(ActKind::Description).with("product", name).with("description", said))
}

/// Whether a property tells of something that must be there as well.
fn tells(spec: &Spec) -> bool {
    let name = fold(&spec.name);
    match &spec.value {
        SpecValue::Flag(flag) => !flag && name.ends_with("included"),
        SpecValue::Text(text) => asks_for_more(text) || name.contains("requires") || name.contains("required"),
        SpecValue::Number(_) => false,
    }
}

/// Whether a text says that something is needed, or not in the box.
fn asks_for_more(text: &str) -> bool {
    let text = fold(text);
    ["needs ", "requires ", "not included", "sold separately", "required", "you need "].iter().any(|own| text.contains(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_tell_what_must_be_there_as_well() {
        let with = |name: &str, value: SpecValue| Spec { name: name.into(), value };
        assert!(tells(&with("Fitting note", SpecValue::Text("A console needs a separate heatsink".into()))));
        assert!(tells(&with("Battery included", SpecValue::Flag(false))));
        assert!(tells(&with("Batteries", SpecValue::Text("2 AA, not included".into()))));
        assert!(!tells(&with("Battery included", SpecValue::Flag(true))));
        assert!(!tells(&with("Weight", SpecValue::Text("3 kg".into()))));
    }
}
