//! Word lists of shoppers' English: what carries no content, what is too ordinary to name a product,
//! and what means the same. The lists are data, in `assets/nlu`.

use std::sync::LazyLock;

use foldhash::{HashMap, HashSet};

use super::stem::stem;

static FUNCTION: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| lines(include_str!("../../../assets/nlu/function_words.txt")).flat_map(str::split_whitespace).collect());

static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| lines(include_str!("../../../assets/nlu/common_words.txt")).collect());

static ENGLISH: LazyLock<HashSet<&'static str>> = LazyLock::new(|| lines(include_str!("../../../assets/nlu/english_words.txt")).collect());

/// Their stems: "commute" is as good a word as "commuted".
static ENGLISH_STEMS: LazyLock<HashSet<String>> = LazyLock::new(|| ENGLISH.iter().map(|word| stem(word)).collect());

static REQUEST: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| lines(include_str!("../../../assets/nlu/request_words.txt")).flat_map(str::split_whitespace).collect());

static OFFERS: LazyLock<HashSet<String>> =
    LazyLock::new(|| lines(include_str!("../../../assets/nlu/offer_words.txt")).flat_map(str::split_whitespace).map(stem).collect());

static SYNONYMS: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(|| {
    let mut groups: HashMap<String, Vec<String>> = HashMap::default();
    for line in lines(include_str!("../../../assets/nlu/synonyms.txt")) {
        let words: Vec<String> = line.split_whitespace().map(phrase_stem).collect();
        for word in &words {
            let others = words.iter().filter(|other| *other != word).cloned();
            groups.entry(word.clone()).or_default().extend(others);
        }
    }
    groups
});

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// `security_cameras` as `security camera`: each word stemmed, one space between.
fn phrase_stem(phrase: &str) -> String {
    phrase.split('_').map(stem).collect::<Vec<_>>().join(" ")
}

/// Whether a folded word carries no content of its own.
pub fn is_function(word: &str) -> bool {
    FUNCTION.contains(word)
}

/// Whether a folded word is too ordinary to name a product by itself, or to be a misspelling of one.
pub fn is_common(word: &str) -> bool {
    COMMON.contains(word) || FUNCTION.contains(word)
}

/// Whether a folded word is spelt as meant: a word of English, whatever the shop sells.
pub fn is_english(word: &str) -> bool {
    // Of short words the stems of slips of the pen are too often words themselves.
    const LONG: usize = 6;
    let formed = || word.len() >= LONG && ENGLISH_STEMS.contains(&stem(word));
    ENGLISH.contains(word) || REQUEST.contains(word) || is_common(word) || formed() || is_compared(word)
}

/// "Lightest", "quieter", "thinnest": a word of English compared.
fn is_compared(word: &str) -> bool {
    let base = word.strip_suffix("est").or_else(|| word.strip_suffix("er")).filter(|base| base.len() > 2);
    base.is_some_and(|base| {
        let doubled = matches!(base.as_bytes(), [.., a, b] if a == b);
        ENGLISH.contains(base) || doubled && ENGLISH.contains(&base[..base.len() - 1])
    })
}

/// Whether a word (folded, or its stem) belongs to asking rather than to what is asked for.
pub fn is_request(text: &str, stem: &str) -> bool {
    REQUEST.contains(text) || REQUEST.contains(stem)
}

/// Whether a stem belongs to talk of offers and says nothing about products.
pub fn is_of_offers(stemmed: &str) -> bool {
    OFFERS.contains(stemmed)
}

/// Stems (or phrases of stems) that mean the same as a stem or phrase of stems.
pub fn synonyms(stemmed: &str) -> &'static [String] {
    SYNONYMS.get(stemmed).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_hold_what_they_should() {
        assert!(is_function("the") && !is_function("laptop"));
        assert!(is_common("home") && !is_common("zephyrus"));
        assert!(is_english("sick") && is_english("campus") && !is_english("moniter"));
        assert!(is_english("lightest") && is_english("thinnest"));
        assert!(is_english("commute") && is_english("commuting") && !is_english("headfones") && !is_english("labtops"));
        assert!(synonyms("laptop").contains(&"notebook".to_owned()));
        assert!(synonyms("tv").iter().any(|s| s == "television"));
        assert!(synonyms("zephyrus").is_empty());
    }
}
