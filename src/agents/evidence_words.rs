//! Words by which a customer says that a step helped, or that it did not.

use super::understanding::Understanding;
use super::understanding::affirm::Answer;
use crate::domain::heard::Heard;

/// "Still nothing", "didn't help", "same problem", "what else can I try".
pub fn still_broken(heard: &Heard) -> bool {
    let words: Vec<&str> = heard.words.iter().map(|w| w.text.as_str()).collect();
    let has = |word: &str| words.contains(&word);
    let pair = |a: &str, b: &str| words.windows(2).any(|p| p == [a, b]);
    const PAIRS: &[(&str, &str)] = &[
        ("same", "problem"),
        ("same", "thing"),
        ("same", "issue"),
        ("not", "help"),
        ("not", "work"),
        ("not", "working"),
        ("did", "not"),
        ("does", "not"),
        ("already", "did"),
        ("already", "tried"),
        ("tried", "that"),
        ("done", "that"),
        ("did", "that"),
        ("no", "luck"),
        ("no", "change"),
        ("no", "difference"),
        ("no", "effect"),
        ("no", "good"),
        ("what", "else"),
        ("next", "step"),
        ("what", "next"),
        ("what", "now"),
        ("not", "fix"),
        ("anything", "else"),
        ("not", "fixed"),
        ("not", "solved"),
    ];
    has("still")
        || PAIRS.iter().any(|(a, b)| pair(a, b))
        || (words.len() <= 3 && (has("next") || has("nope")))
        || (words.len() <= 6 && has("nothing"))
}

/// "It works now", "that fixed it", "solved".
pub fn works_now(heard: &Heard) -> bool {
    const WORDS: &[&str] = &["works", "worked", "working", "fixed", "solved", "helped", "resolved", "sorted", "connected", "charging"];
    let words: Vec<&str> = heard.words.iter().map(|w| w.text.as_str()).collect();
    let denied = ["not", "still", "no", "never", "stopped"].iter().any(|w| words.contains(w));
    !denied && WORDS.iter().any(|w| words.contains(w))
}

/// A plain yes to "did that help?".
pub fn solved(read: &Understanding) -> bool {
    read.answer == Some(Answer::Yes)
}
