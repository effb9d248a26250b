//! Words a model may use freely: they claim nothing about a product, an order, a price or a rule.
//!
//! The lists are data, in `assets/nlu`. What is not on them must be explained by a fact.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::words::Word;
use crate::domain::text::stem::stem;
use crate::domain::text::words;

static HARMLESS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    include_str!("../../../assets/nlu/harmless_words.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .map(stem)
        .collect()
});

static WEIGHTY: LazyLock<HashSet<&'static str>> = LazyLock::new(|| listed(include_str!("../../../assets/nlu/weighty_words.txt")));

static COURTESY: LazyLock<HashSet<&'static str>> = LazyLock::new(|| listed(include_str!("../../../assets/nlu/courtesy_words.txt")));

fn listed(text: &'static str) -> HashSet<&'static str> {
    text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect()
}

/// Whether a word that joins facts would claim something of its own.
pub fn is_weighty(text: &str) -> bool {
    WEIGHTY.contains(text)
}

/// Whether a word speaks of a promotion.
pub fn is_of_promotions(text: &str) -> bool {
    matches!(
        text,
        "offer"
            | "offers"
            | "deal"
            | "deals"
            | "discount"
            | "discounts"
            | "promotion"
            | "promotions"
            | "promo"
            | "sale"
            | "code"
            | "codes"
            | "reduction"
    )
}

/// Whether a sentence is courtesy alone: only words of courtesy, and one of them begins it. Such a
/// sentence needs no fact, because there is nothing in it to bear out.
pub fn is_courtesy(words: &[Word]) -> bool {
    const HEADS: &str = "hello hi hey welcome thanks thank sorry apologies glad happy pleased sure certainly absolutely of okay alright great good \
        i let one the please here these this following below you enjoy take goodbye bye have is hope understood yes my feel just";
    let head = words.first().is_some_and(|w| HEADS.split_whitespace().any(|own| own == w.text));
    head && words.iter().all(|w| COURTESY.contains(w.text.as_str()))
}

/// Whether a word claims nothing.
pub fn is_harmless(text: &str, stemmed: &str) -> bool {
    words::is_function(text) || HARMLESS.contains(stemmed)
}
