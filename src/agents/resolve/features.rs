//! Products told by what they have: "the one with the rotisserie", "the folding one".

use std::sync::Arc;

use super::super::turn::Turn;
use super::super::understanding::form::Asks;
use super::{fits_kind, names};
use crate::domain::heard::Word;
use crate::domain::product::{Product, SpecValue};
use crate::domain::text::stem::stem;
use crate::domain::text::{fold::fold, token::tokens};

/// "The one with the rotisserie", "which one has two cameras": of those on the table, those whose records speak of
/// what the one meant should have.
pub fn with_feature(turn: &Turn<'_>) -> Vec<String> {
    let said = feature(turn);
    let focus = &turn.before.focus;
    if said.is_empty() {
        return Vec::new();
    }
    // "Which has Bluetooth" is asked of the two that were compared.
    let compared = turn.read.form.asks == Asks::Which && focus.products.len() > 1;
    let tables: &[&Vec<String>] = if compared { &[&focus.products] } else { &[&focus.listed, &focus.products, &focus.recent] };
    let score = |p: &Product| said.iter().filter(|stem| speaks_of(p, stem)).count();
    for skus in tables {
        let table: Vec<&Arc<Product>> = turn.shown.iter().filter(|p| skus.contains(&p.sku) && fits_kind(turn, p)).collect();
        let best = table.iter().map(|p| score(p)).max().unwrap_or(0);
        let found: Vec<String> = table.iter().filter(|p| score(p) == best).map(|p| p.sku.clone()).collect();
        if best > 0 && found.len() < table.len() {
            return found;
        }
    }
    Vec::new()
}

/// Whether the one meant is told by what nothing on the table has.
pub(super) fn of_another(turn: &Turn<'_>) -> bool {
    let said = feature(turn);
    let focus = &turn.before.focus;
    // "Which has Bluetooth", of two that were compared: perhaps neither.
    if turn.read.form.asks == Asks::Which && focus.products.len() > 1 {
        return false;
    }
    let table = turn.shown.iter().filter(|p| focus.products.contains(&p.sku) || focus.listed.contains(&p.sku));
    !said.is_empty() && table.into_iter().all(|p| !said.iter().any(|stem| speaks_of(p, stem)))
}

/// The words that say which one is meant by what it has: behind "one with", "one that", "one for".
pub fn feature<'a>(turn: &'a Turn<'_>) -> Vec<&'a str> {
    const REACH: usize = 5;
    let words = &turn.heard.words;
    let text = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    // "Does that one have Ethernet" asks; "the one that has Ethernet" says which.
    let asked = |i: usize| (i.saturating_sub(3)..i).any(|j| matches!(text(j), "does" | "do" | "did" | "would" | "will" | "can"));
    let opens = |i: &usize| {
        if matches!(text(i + 1), "have" | "has") && asked(*i) {
            return false;
        }
        let which = text(*i) == "which" && !matches!(text(i + 1), "one" | "ones");
        // "The turntable with Bluetooth", where turntables were shown.
        let of_a_kind = turn.heard.categories.iter().any(|named| {
            let definite = named.words.start > 0 && matches!(text(named.words.start - 1), "the" | "that");
            definite && named.words.end == i + 1 && matches!(text(i + 1), "with" | "that")
        });
        (matches!(text(*i), "one" | "ones") || which || of_a_kind)
            && matches!(text(i + 1), "with" | "that" | "which" | "has" | "have" | "for" | "had" | "having")
    };
    let Some(at) = (0..words.len()).find(opens) else { return before_one(turn) };
    let from = at + 2;
    let ends = |i: &usize| matches!(text(*i), "and" | "or" | "but" | "can" | "is") || words[*i].start > words[i - 1].end + 1;
    let end = (from + 1..words.len().min(from + REACH)).find(ends).unwrap_or(words.len().min(from + REACH));
    let telling = |w: &&Word| w.is_telling() && w.text.len() > 1;
    words.get(from..end).unwrap_or_default().iter().filter(telling).map(|w| w.stem.as_str()).collect()
}

/// "The folding one", "the over ear ones": the words between "the" and "one" that some record has.
fn before_one<'a>(turn: &'a Turn<'_>) -> Vec<&'a str> {
    const REACH: usize = 3;
    let words = &turn.heard.words;
    let opens = |i: usize| matches!(words[i].text.as_str(), "the" | "that" | "those" | "these");
    let one = (2..words.len()).find(|i| matches!(words[*i].text.as_str(), "one" | "ones"));
    let Some((from, one)) = one.and_then(|one| Some(((one.saturating_sub(REACH + 1)..one - 1).rev().find(|i| opens(*i))?, one))) else {
        return Vec::new();
    };
    let telling = |word: &&Word| word.is_telling() && word.text.bytes().all(|b| b.is_ascii_alphabetic());
    let wished = |word: &&Word| turn.read.wishes.iter().any(|wish| words[wish.words.clone()].iter().any(|own| own.start == word.start));
    let pointed = turn.read.reference.is_exact();
    let named = |word: &&Word| {
        let spans = turn.heard.brands.iter().map(|b| &b.words).chain(turn.heard.products.iter().map(|p| &p.words));
        let mut spans = spans.chain(turn.heard.categories.iter().map(|c| &c.words));
        spans.any(|span| words[span.clone()].iter().any(|own| own.start == word.start))
    };
    let said = words[from + 1..one].iter().filter(|word| telling(word) && !named(word)).filter(|word| !pointed && !wished(word));
    said.map(|word| word.stem.as_str()).collect()
}

/// Whether a product's record speaks of something, other than to deny it.
pub(super) fn speaks_of(product: &Product, wanted: &str) -> bool {
    let has = |text: &str| tokens(&fold(text)).iter().any(|token| stem(&token.text) == wanted);
    names(product, wanted)
        || has(&product.description)
        || product.specs.iter().any(|spec| match &spec.value {
            SpecValue::Text(text) => has(text) || has(&spec.name),
            SpecValue::Flag(flag) => *flag && has(&spec.name),
            SpecValue::Number(_) => has(&spec.name),
        })
}
