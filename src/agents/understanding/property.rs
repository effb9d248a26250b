//! A question for a property of the thing in hand, in everyday words.
//!
//! "Can I put a memory card in that" asks for no memory cards: the words of a property are the names of shelves as
//! well.

use super::form::{self, Asks};
use super::roles::Roles;
use crate::domain::heard::{Heard, PropertyMeant};
use crate::domain::measure;
use crate::domain::state::ConversationState;

/// Words that a question for a property has where its form says nothing.
const OF_QUESTIONS: [&str; 12] = ["does", "do", "is", "are", "can", "has", "will", "would", "how", "what", "which", "could"];

/// Keeps the property that is meant only where it is clear and asked of something, and leaves out the shelves and
/// things that its words are the names of.
pub fn settle(heard: &mut Heard, state: &ConversationState) {
    let table = !state.focus.products.is_empty() || !state.focus.listed.is_empty();
    let clear = heard.property.as_ref().is_some_and(PropertyMeant::is_clear);
    let of_nothing = !table && heard.products.is_empty();
    if !clear || of_nothing || !asks(heard) {
        heard.property = None;
        return;
    }
    let Some(property) = heard.property.as_ref().filter(|_| table) else { return };
    let own: Vec<String> = property.names.iter().chain(&property.values).map(|text| measure::stems(text)).collect();
    let of_it = |stem: &String| own.iter().any(|text| text.split(' ').any(|part| part == stem));
    let words = &heard.words;
    let aside = |span: &std::ops::Range<usize>| words[span.clone()].iter().all(|word| of_it(&word.stem));
    heard.categories.retain(|named| !aside(&named.words));
    heard.products.retain(|named| !aside(&named.words));
    heard.need = None;
}

/// Whether a message asks something of a thing, rather than for its price, its stock or what else there is.
fn asks(heard: &Heard) -> bool {
    match form::read(heard, &Roles::read(heard)).asks {
        Asks::Whether | Asks::HowMuchOf | Asks::Property => true,
        Asks::Which | Asks::Other => heard.words.iter().any(|word| OF_QUESTIONS.contains(&word.text.as_str())),
        Asks::Price | Asks::Count | Asks::Have => false,
    }
}
