//! Words a model may use freely: they claim nothing about a product, an order, a price or a rule.
//!
//! The list is data, in `assets/nlu/harmless_words.txt`. What is not on it must be explained by a fact.

use std::collections::HashSet;
use std::sync::LazyLock;

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

/// Whether a word claims nothing.
pub fn is_harmless(text: &str, stemmed: &str) -> bool {
    words::is_function(text) || HARMLESS.contains(stemmed)
}
