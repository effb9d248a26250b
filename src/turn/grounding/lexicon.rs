//! Words a model may use freely: they claim nothing about a product, an order, a price or a rule.
//!
//! The lists are data, in `assets/grounding`. What is not on them must be explained by a fact.

use std::sync::LazyLock;

use foldhash::{HashMap, HashSet};

use super::words::Word;
use crate::domain::text::stem::stem;
use crate::domain::text::words;

static HARMLESS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    include_str!("../../../assets/grounding/harmless_words.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .map(stem)
        .collect()
});

static GLUE: LazyLock<HashSet<&'static str>> = LazyLock::new(|| listed(include_str!("../../../assets/grounding/glue.txt")));

/// Phrases by their words, the longest first.
static INTERJECTIONS: LazyLock<Vec<Vec<&'static str>>> = LazyLock::new(|| {
    let lines = include_str!("../../../assets/grounding/interjections.txt").lines().filter(|line| !line.starts_with('#'));
    let mut phrases: Vec<Vec<&str>> = lines.map(|line| line.split_whitespace().collect()).collect();
    phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    phrases
});

static FRAMES: LazyLock<HashMap<&'static str, Vec<Frame>>> = LazyLock::new(|| {
    let mut frames: HashMap<&str, Vec<Frame>> = HashMap::default();
    let lines = include_str!("../../../assets/grounding/frames.txt").lines().filter(|line| !line.starts_with('#'));
    for (kind, words) in lines.filter_map(|line| line.split_once(':')) {
        for word in words.split_whitespace() {
            frames.entry(word).or_default().extend(Frame::from_name(kind));
        }
    }
    frames
});

/// What a word needs beside it for its claim to be a record's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// An amount of money.
    Money,
    /// A property or its value.
    Property,
    /// In stock or not.
    Stock,
    /// An order's status, day, parcel or sum.
    Order,
    /// A promotion's share, sum, day, kind or validity.
    Promo,
    /// The end of a warranty or of the time for returns.
    Term,
    /// How many there are.
    Count,
    /// The product that is recommended.
    Pick,
    /// A ticket's state or day.
    Ticket,
    /// Kinds and brands the shop lists.
    Listed,
    /// The colon of a list that follows.
    Intro,
    /// That two things agree.
    Same,
    /// A comparison.
    Comparison,
}

impl Frame {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "money" => Self::Money,
            "property" => Self::Property,
            "stock" => Self::Stock,
            "order" => Self::Order,
            "promo" => Self::Promo,
            "term" => Self::Term,
            "count" => Self::Count,
            "pick" => Self::Pick,
            "ticket" => Self::Ticket,
            "listed" => Self::Listed,
            "intro" => Self::Intro,
            "same" => Self::Same,
            "comparison" => Self::Comparison,
            _ => return None,
        })
    }
}

static COURTESY: LazyLock<HashSet<&'static str>> = LazyLock::new(|| listed(include_str!("../../../assets/grounding/courtesy_words.txt")));

fn listed(text: &'static str) -> HashSet<&'static str> {
    text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect()
}

/// Whether a word only joins others.
pub fn is_glue(text: &str) -> bool {
    GLUE.contains(text)
}

/// Whether words are a yes or a no and nothing else: an answer that only the records may give.
pub fn is_bare_answer(words: &[Word]) -> bool {
    const ANSWERS: &str = "yes no sure certainly absolutely definitely of course indeed right correct exactly";
    words.iter().all(|w| ANSWERS.split_whitespace().any(|own| own == w.text))
}

/// Whether a word means something else in other company: a "free" side of a desk is no free mouse.
pub fn turns(text: &str) -> bool {
    const TURNING: &str =
        "free new half full best sale discount bonus gift extra double latest soon tomorrow today popular only all every any each no";
    TURNING.split_whitespace().any(|own| own == text)
}

/// What a word needs beside it; nothing for words that are no claims of this kind.
pub fn frames(text: &str) -> &'static [Frame] {
    FRAMES.get(text).map_or(&[], Vec::as_slice)
}

/// How many words at the beginning are an interjection: "yes", "good news", "I am afraid".
pub fn interjection(words: &[Word]) -> usize {
    let fits = |phrase: &&Vec<&str>| phrase.len() <= words.len() && phrase.iter().zip(words).all(|(own, word)| *own == word.text);
    INTERJECTIONS.iter().find(fits).map_or(0, Vec::len)
}

/// Whether a sentence is courtesy alone: only words of courtesy, and one of them begins it. Such a
/// sentence needs no fact, because there is nothing in it to bear out.
pub fn is_courtesy(words: &[Word]) -> bool {
    const HEADS: &str = "hello hi hey welcome thanks thank sorry apologies glad happy pleased sure certainly absolutely of okay alright great good \
        i let one the please here these this following below you enjoy take goodbye bye have is hope understood yes my feel just";
    if is_bare_answer(words) {
        return false;
    }
    let head = words.first().is_some_and(|w| HEADS.split_whitespace().any(|own| own == w.text));
    head && words.iter().all(|w| COURTESY.contains(w.text.as_str()))
}

/// Whether a word claims nothing.
pub fn is_harmless(text: &str, stemmed: &str) -> bool {
    words::is_function(text) || HARMLESS.contains(stemmed)
}
