//! What is pointed at only to be turned down: "not that one", "not the big one", "i don't want the first".

use std::ops::Range;

use crate::domain::heard::Word;
use crate::domain::text::number;

/// Words it may take to point at one thing.
const LONGEST: usize = 6;

/// The words that point at what is turned down.
pub fn span(words: &[Word]) -> Option<Range<usize>> {
    let text = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    let refuses = |i: usize| matches!(text(i), "not" | "dont" | "t" | "didnt");
    let behind = |i: usize| match text(i) {
        "not" => Some(i + 1),
        "want" | "like" | "fancy" if i > 0 && refuses(i - 1) => Some(i + 1),
        _ => None,
    };
    // "Why not that one" and "is it not the same one" turn nothing down.
    let asked = matches!(text(0), "why" | "is" | "are" | "was" | "does" | "do" | "did" | "whats" | "what" | "can" | "if");
    if asked {
        return None;
    }
    (0..words.len()).filter_map(behind).find_map(|from| pointing(words, from))
}

/// The words from a place on that point at something: "that", "the big one", "the first".
fn pointing(words: &[Word], from: usize) -> Option<Range<usize>> {
    let text = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    if !matches!(text(from), "the" | "that" | "this" | "those" | "these") {
        return None;
    }
    let gap = |i: usize| i > 0 && i < words.len() && words[i].start > words[i - 1].end + 1;
    let ends = |i: &usize| *i == words.len() || gap(*i) || matches!(text(*i), "but" | "and" | "please" | "pls" | "for" | "either");
    let end = (from + 1..=words.len().min(from + LONGEST)).find(ends)?;
    let last = text(end - 1);
    let placed = (from..end).any(|i| number::ordinal(text(i)).is_some() || matches!(text(i), "cheapest" | "dearest" | "last"));
    let bare = end == from + 1 && text(from) != "the";
    (bare || placed || matches!(last, "one" | "ones" | "thing")).then_some(from..end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::token::tokens;

    #[test]
    fn what_is_turned_down_is_told_from_what_is_asked() {
        for (said, denied) in [
            ("not that one", Some("that one")),
            ("no not the big one", Some("the big one")),
            ("not that one, the other", Some("that one")),
            ("i dont want the first one", Some("the first one")),
            ("nah not the cheapest", Some("the cheapest")),
            ("hmm not that", Some("that")),
            ("why not that one", None),
            ("not that expensive", None),
            ("not the same as before", None),
            ("is that not the one with a pen", None),
        ] {
            let words = Word::from_tokens(tokens(said));
            let found = span(&words).map(|span| &said[words[span.start].start..words[span.end - 1].end]);
            assert_eq!(found, denied, "{said}");
        }
    }
}
