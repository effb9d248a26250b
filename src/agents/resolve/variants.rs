//! The product in hand in another colour or size: "ok black then. do they fold?", "do you have it in purple".

use std::sync::Arc;

use super::super::turn::Turn;
use super::super::understanding::needs;
use crate::domain::product::Product;
use crate::domain::text::{colours, fold::fold, token::tokens, words};

/// The version of the one product in hand that the message picks.
pub fn variant(turn: &Turn<'_>) -> Vec<String> {
    let heard = turn.heard;
    let focus = &turn.before.focus;
    let table = if focus.products.is_empty() { &focus.listed } else { &focus.products };
    if table.is_empty() || !heard.products.is_empty() || !heard.brands.is_empty() {
        return Vec::new();
    }
    let present: Vec<&Arc<Product>> = turn.shown.iter().filter(|p| table.contains(&p.sku)).collect();
    let kin: Vec<&Arc<Product>> = turn.shown.iter().filter(|p| present.iter().any(|own| own.family() == p.family())).collect();
    let of_a_kind = |at: usize| heard.categories.iter().any(|named| named.words.contains(&at));
    let may = |at: &usize| !of_a_kind(*at) && picks(turn, *at);
    let (not, said): (Vec<usize>, Vec<usize>) = (0..heard.words.len()).filter(may).partition(|at| needs::is_excluded(heard, *at));
    let says = |p: &Product, at: &[usize]| at.iter().any(|at| is_of(p, &heard.words[*at].text));
    // "Does it come in another colour": any but what is in hand.
    if not.is_empty() && asks_for_another(turn) {
        return kin.iter().filter(|p| !table.contains(&p.sku)).map(|p| p.sku.clone()).collect();
    }
    // "I said other than black": any that is not.
    let fits = |p: &Product| if said.is_empty() { !not.is_empty() && !says(p, &not) } else { says(p, &said) && !says(p, &not) };
    let found: Vec<String> = kin.iter().filter(|p| fits(p)).map(|p| p.sku.clone()).collect();
    if found.len() < kin.len() { found } else { Vec::new() }
}

/// "Another colour", "a different version".
fn asks_for_another(turn: &Turn<'_>) -> bool {
    let other = |word: &str| matches!(word, "another" | "other" | "different");
    let of = |word: &str| matches!(word, "colour" | "color" | "colours" | "colors" | "version" | "versions");
    turn.heard.words.windows(2).any(|pair| other(&pair[0].text) && of(&pair[1].text))
}

/// Whether a word is an option of a product, or an everyday word for its colour.
pub fn is_of(product: &Product, word: &str) -> bool {
    product.options.iter().any(|(_, value)| tokens(&fold(value)).iter().any(|token| colours::means(word, &token.text)))
}

/// Whether a word may pick: behind "in" or "the", before "one" or "colour", as all of a clause, or a colour anyhow.
fn picks(turn: &Turn<'_>, at: usize) -> bool {
    let said = &turn.heard.words;
    let text = |i: usize| said.get(i).map_or("", |w| w.text.as_str());
    let own = text(at);
    if words::is_function(own) || own.len() < 3 {
        return false;
    }
    let before = at.checked_sub(1).map_or("", text);
    let beside = matches!(before, "in" | "the") || matches!(text(at + 1), "one" | "ones" | "colour" | "color" | "version");
    beside || colours::is_colour(own) || alone(turn, at)
}

/// "Then obsidian... is there a case for it": nothing else in its clause says anything.
fn alone(turn: &Turn<'_>, at: usize) -> bool {
    let said = &turn.heard.words;
    let parted =
        |i: usize| turn.text.get(said[i - 1].end..said[i].start).is_some_and(|gap| gap.trim().chars().any(|c| !c.is_alphanumeric()));
    let from = (1..=at).rev().find(|i| parted(*i)).unwrap_or(0);
    let end = (at + 1..said.len()).find(|i| parted(*i)).unwrap_or(said.len());
    (from..end).all(|i| i == at || !said[i].is_telling() || said[i].text == "ok")
}
