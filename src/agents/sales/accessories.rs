//! What goes with a product: a case for the phone, a card for the camera.

use super::super::lookup::{Findings, Lookup};
use super::super::resolve;
use super::super::say;
use super::super::turn::{Answer, Step, Turn};
use super::{basket, find, stock, together};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::goal::Goal;
use crate::domain::measure;
use crate::domain::state::{ConversationState, Pieces};
use crate::domain::text::words;

/// Shown at once.
const SHOWN: usize = 4;

/// Things that say they fit what is meant.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    // "Spare brushes for it", said of nothing: the brushes themselves are all that is named.
    let of_nothing = turn.read.reference.pronoun && turn.before.focus.products.is_empty() && resolve::owned(turn).is_empty();
    if of_nothing && !turn.heard.products.is_empty() {
        return stock::step(turn, found, book, state);
    }
    let Some(sku) = target(turn) else { return find::search(turn, found, book, state) };
    let Some(fitting) = &found.accessories else {
        let words = kind(turn);
        return Step::Look(vec![Lookup::Products(vec![sku.clone()]), Lookup::Accessories { sku, words, limit: SHOWN }]);
    };
    // "A new TV, my son plays PS5 on it": the kind asked for is none of what fits.
    if !fitting.is_empty() && !any_of_kind(turn, fitting, book) {
        return find::search(turn, found, book, state);
    }
    let mut answer = Answer::default();
    let name = found.products.first().and_then(|id| say::name(book, *id));
    if fitting.is_empty() || !any_is_called(turn, fitting, book) {
        answer.say(Act::plain(ActKind::NoAccessories).with_some("product", name));
    } else {
        answer.say(Act::plain(ActKind::AccessoriesIntro).with_some("product", name));
        say::list(book, fitting, &mut answer);
        state.focus.listed = say::skus(book, fitting);
        // "And a memory card for it, total?": with the only one there is.
        if let ([own], [only], true) = (found.products.as_slice(), fitting.as_slice(), basket::asks_the_sum(turn)) {
            answer.acts.extend(together::sum(*own, *only, book));
            let skus = say::skus(book, &[*own, *only]).into_iter();
            state.focus.basket = skus.map(|sku| Pieces { sku, count: 1 }).collect();
        }
    }
    // The product stays on the table: "and does it have HDMI?" is about it, not about its case.
    state.focus.products = vec![sku];
    answer.done()
}

/// Whether some of what fits is of the kind that was named, where one was named by its full name.
fn any_of_kind(turn: &Turn<'_>, fitting: &[RecordId], book: &FactBook) -> bool {
    let wanted = |c: usize| turn.heard.categories[c].exact && turn.read.roles.wants_category(c);
    let mut kinds = (0..turn.heard.categories.len()).filter(|c| wanted(*c)).flat_map(|c| &turn.heard.categories[c].names).peekable();
    let lies_in = |kind: &String| fitting.iter().filter_map(|id| say::product(book, *id)).any(|product| product.category.contains(kind));
    kinds.peek().is_none() || kinds.any(lies_in)
}

/// "The ink for that one": whether any of what fits has to do with what is named right before "for it"; what is named
/// otherwise may be described in any words.
fn any_is_called(turn: &Turn<'_>, fitting: &[RecordId], book: &FactBook) -> bool {
    let words = &turn.heard.words;
    let points = |i: usize| words.get(i).is_some_and(|w| matches!(w.text.as_str(), "it" | "that" | "this" | "them"));
    let at = (1..words.len()).find(|i| words[*i].text == "for" && points(i + 1) && words[i - 1].is_telling());
    let Some(word) = at.map(|at| &words[at - 1]).filter(|word| word.text.len() > 2) else { return true };
    let generic =
        matches!(word.stem.as_str(), "accessori" | "accessory" | "extra" | "thing" | "stuff" | "els" | "else" | "replac" | "replacement");
    let speaks = |id: &RecordId| {
        say::product(book, *id).is_some_and(|p| {
            let specs = p.specs.iter().map(|spec| spec.value.text()).collect::<Vec<_>>().join(" ");
            measure::says(&measure::stems(&format!("{} {} {} {specs}", p.name, p.category.join(" "), p.description)), &word.stem)
        })
    };
    generic || fitting.iter().any(speaks)
}

/// What something must fit: a product the customer owns or names with "for", or else what is on the table.
fn target(turn: &Turn<'_>) -> Option<String> {
    let meant = || resolve::products(turn).skus.into_iter().next();
    // "And a charger for it", of a short list: for the first of it.
    let listed = || turn.before.focus.listed.first().filter(|_| turn.read.reference.pronoun).cloned();
    resolve::owned(turn).into_iter().next().or_else(meant).or_else(listed)
}

/// Whether a search is really for something that fits: "a case for my Galaxy", "do you have a card for it".
pub fn is_asked(turn: &Turn<'_>) -> bool {
    let owned = !resolve::owned(turn).is_empty() && !is_played_on(turn);
    let table = !turn.before.focus.products.is_empty();
    let text = |i: usize| turn.heard.words.get(i).map_or("", |w| w.text.as_str());
    let for_it = (1..turn.heard.words.len()).any(|i| {
        let pointing = matches!(text(i), "it" | "that" | "this" | "them" | "one");
        pointing && matches!(text(i - 1), "for" | "with" | "fit" | "fits" | "protect" | "to")
    });
    let fits_alone = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "fits" | "fit"));
    !kind(turn).is_empty() && (owned || table && (for_it || fits_alone && turn.heard.words.len() <= 8))
}

/// "A TV, my son plays PS5 on it": what something is used for is no reason to look for what goes with that.
fn is_played_on(turn: &Turn<'_>) -> bool {
    let text = |i: usize| turn.heard.words.get(i).map_or("", |w| w.text.as_str());
    let played = |at: usize| at > 0 && matches!(text(at - 1), "play" | "plays" | "playing");
    !turn.heard.products.is_empty() && turn.heard.products.iter().all(|mention| played(mention.words.start))
}

/// "Are there bags for it", "does the Tomtoc sleeve fit it": another kind of thing, asked for what is in hand.
pub fn goes_with_it(turn: &Turn<'_>) -> bool {
    let text = |i: usize| turn.heard.words.get(i).map_or("", |w| w.text.as_str());
    let for_it = (1..turn.heard.words.len())
        .any(|i| matches!(text(i), "it" | "that" | "this" | "them") && matches!(text(i - 1), "for" | "fit" | "fits"));
    let focus = &turn.before.focus;
    // "A descaler for it", of one of those listed.
    let hand = if focus.products.is_empty() { &focus.listed } else { &focus.products };
    let own = |name: &String| resolve::is_in_hand(turn, name);
    let other_kind = turn
        .heard
        .categories
        .iter()
        .enumerate()
        .any(|(i, named)| turn.read.roles.wants_category(i) && !named.names.is_empty() && !named.names.iter().any(own));
    let asked_for = turn.read.hints.iter().any(|hint| hint.goal == Goal::Accessories && hint.score >= 4.0);
    let wanted = turn.heard.products.iter().enumerate().any(|(i, _)| turn.read.roles.wants_product(i));
    for_it && !hand.is_empty() && !wanted && (other_kind || asked_for) && !kind(turn).is_empty()
}

/// Whether a message has words for a kind of thing.
pub fn names_a_kind(turn: &Turn<'_>) -> bool {
    !kind(turn).is_empty()
}

/// Words for the kind of thing: kinds and descriptions that are asked for, in the customer's words.
fn kind(turn: &Turn<'_>) -> Vec<String> {
    let heard = turn.heard;
    let wanted_kind =
        |i: usize| heard.categories.iter().enumerate().any(|(c, named)| named.words.contains(&i) && turn.read.roles.wants_category(c));
    let other_kind =
        |i: usize| heard.categories.iter().enumerate().any(|(c, named)| named.words.contains(&i) && !turn.read.roles.wants_category(c));
    let named = |i: usize| heard.products.iter().any(|p| p.words.contains(&i)) || heard.brands.iter().any(|b| b.words.contains(&i));
    heard
        .words
        .iter()
        .enumerate()
        .filter(|(i, word)| {
            let empty = words::is_function(&word.text) || words::is_request(&word.text, &word.stem);
            let describes = heard.describing.get(*i).copied().unwrap_or(false);
            wanted_kind(*i) || !empty && describes && !named(*i) && !other_kind(*i)
        })
        .map(|(_, word)| word.text.clone())
        .collect()
}
