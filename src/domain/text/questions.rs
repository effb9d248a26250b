//! Messages that ask more than one thing.

use super::sentence;
use super::token::tokens;

/// Words that open a question whatever follows.
const WORDS: &[&str] = &["what", "whats", "which", "who", "whose", "when", "where", "wheres", "how", "why"];
/// Words that open a question before its subject.
const AUXILIARIES: &[&str] = &[
    "do", "does", "did", "is", "are", "was", "were", "can", "could", "will", "would", "should", "may", "has", "have", "any", "isnt",
    "arent", "dont", "doesnt",
];
/// Subjects, and words that begin one.
const SUBJECTS: &[&str] = &[
    "i", "you", "u", "we", "it", "they", "he", "she", "there", "that", "this", "these", "those", "the", "my", "your", "our", "one",
    "anyone", "someone", "anybody", "somebody", "shipping", "delivery",
];
/// Words that may stand before a question without being part of it.
const BEFORE: &[&str] = &[
    "and", "also", "so", "ok", "okay", "but", "plus", "oh", "btw", "then", "hi", "hello", "hey", "well", "or", "um", "next", "great",
    "cool", "nice", "good", "perfect", "right", "alright", "fine", "thanks", "yes", "no", "hm", "hmm", "lol", "first", "firstly", "second",
    "secondly",
];
/// Ways to ask without a question: "I need to know if ...".
const ASKING: &[&[&str]] = &[
    &["need", "to", "know"],
    &["want", "to", "know"],
    &["like", "to", "know"],
    &["tell", "me"],
    &["let", "me", "know"],
    &["i", "wonder"],
    &["wondering"],
];
/// Words a question has at least to stand alone: "really?" goes with what is before it.
const LEAST: usize = 3;
/// And behind a comma: "does it fold, is it light" hangs together.
const LEAST_BEHIND_COMMA: usize = 5;
/// Questions one reply takes up at most; what is asked beyond them stays with the last.
const MOST: usize = 3;

/// The questions of a message, each with what is told before it, in order. One part where it asks one thing, or none.
///
/// A question begins with a sentence, or behind "and" where what follows opens one.
pub fn split(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut told = String::new();
    for piece in sentence::split(text).map(without_announcement).flat_map(at_conjunctions) {
        let stands = asks(piece) && tokens(piece).len() >= LEAST;
        let room = parts.len() < MOST;
        match parts.last_mut() {
            _ if stands && room => parts.push(join(&std::mem::take(&mut told), piece)),
            Some(last) if asks(piece) => *last = join(last, piece),
            _ => told = join(&told, piece),
        }
    }
    match parts.last_mut() {
        Some(last) if !told.is_empty() => *last = join(last, &told),
        None => parts.push(told),
        Some(_) => {}
    }
    parts
}

/// "Two things, do you ...": a sentence without the words that only say that questions follow.
fn without_announcement(sentence: &str) -> &str {
    const ANNOUNCING: &[&str] = &["a", "one", "two", "three", "couple", "few", "some", "of", "quick", "i", "have", "got", "for", "you"];
    let Some((head, rest)) = sentence.split_once([',', ';', ':']) else { return sentence };
    let said = tokens(head);
    let named = |word: &str| matches!(word, "thing" | "things" | "question" | "questions");
    let only = said.iter().map(|t| t.text.as_str()).all(|word| named(word) || ANNOUNCING.contains(&word) || BEFORE.contains(&word));
    if only && said.iter().any(|t| named(&t.text)) { rest.trim_start() } else { sentence }
}

fn join(a: &str, b: &str) -> String {
    if a.is_empty() { b.to_owned() } else { format!("{a} {b}") }
}

/// Whether a piece asks something.
fn asks(piece: &str) -> bool {
    let words: Vec<String> = tokens(piece).into_iter().map(|t| t.text).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).skip_while(|w| BEFORE.contains(w)).collect();
    piece.trim_end().ends_with('?')
        || opens(&words)
        || asks_within(&words)
        || asks_of_a_thing(&words)
        || ASKING.iter().any(|way| words.windows(way.len()).any(|w| w == *way))
}

/// "Is shipping free", "are cables included": a sentence that begins so asks.
fn asks_of_a_thing(words: &[&str]) -> bool {
    words.len() >= LEAST && matches!(words[0], "is" | "are" | "does") && words[1] != "not"
}

/// "With the case whats that together": told first, and asked in the same breath.
fn asks_within(words: &[&str]) -> bool {
    words.windows(2).any(|pair| matches!(pair, ["how", "much" | "many" | "long"] | ["whats", _] | ["what", "is" | "does" | "would" | "do"]))
}

/// Whether words open a question.
fn opens(words: &[&str]) -> bool {
    match words {
        [first, ..] if WORDS.contains(first) => true,
        [first, second, ..] => AUXILIARIES.contains(first) && SUBJECTS.contains(second),
        _ => false,
    }
}

/// A sentence, taken apart where "and" or a comma joins two questions.
fn at_conjunctions(sentence: &str) -> Vec<&str> {
    let words = tokens(sentence);
    let mut pieces = Vec::new();
    let mut from = 0;
    for (i, word) in words.iter().enumerate() {
        let joins = matches!(word.text.as_str(), "and" | "also" | "plus");
        let comma = !joins && sentence[..word.start].trim_end().ends_with([',', ';']);
        if !(joins || comma) || word.start <= from {
            continue;
        }
        let behind = words[if joins { i + 1 } else { i }..].iter().map(|w| w.text.as_str());
        let after: Vec<&str> = behind.skip_while(|w| BEFORE.contains(w)).collect();
        let before = &sentence[from..word.start];
        // What stands behind a comma is more often an aside ("is it quiet, can you say") than a question of its own.
        let least = if comma { LEAST_BEHIND_COMMA } else { LEAST };
        // "What about Canada, do you ship there" asks one thing.
        // "What if it does not help, can I bring it back" supposes and then asks.
        let supposes = tokens(before).windows(2).any(|w| w[0].text == "what" && w[1].text == "if");
        let names =
            supposes || comma && tokens(before).windows(2).any(|w| matches!(w[0].text.as_str(), "what" | "how") && w[1].text == "about");
        if opens(&after) && !names && asks(before) && tokens(before).len() >= LEAST && after.len() >= least {
            pieces.push(before.trim_end_matches([' ', ',', ';']));
            from = word.start;
        }
    }
    pieces.push(&sentence[from..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_apart_is_taken_apart() {
        for (text, parts) in [
            ("do you ship to norway and how much is it", vec!["do you ship to norway", "and how much is it"]),
            ("is it quiet and does it have wifi?", vec!["is it quiet", "and does it have wifi?"]),
            ("My dog comes along. Is that ok? And where can I park?", vec!["My dog comes along. Is that ok?", "And where can I park?"]),
            (
                "What's the price of the Era? And do you have 2 in stock? I need to know also if they pair",
                vec!["What's the price of the Era?", "And do you have 2 in stock?", "I need to know also if they pair"],
            ),
            (
                "do you have a kettle that whistles, whats the warranty on it, and can i get it by saturday",
                vec!["do you have a kettle that whistles", "whats the warranty on it", "and can i get it by saturday"],
            ),
            (
                "ok with the filter whats that total.. and is shipping free",
                vec!["ok with the filter whats that total..", "and is shipping free"],
            ),
            (
                "two things, do you buy old machines and when does the course start",
                vec!["do you buy old machines", "and when does the course start"],
            ),
            ("one for flights, gotta be quiet, not over 300", vec!["one for flights, gotta be quiet, not over 300"]),
            ("ok, what does it cost", vec!["ok, what does it cost"]),
            ("ok great can you wrap it and will it be here on time", vec!["ok great can you wrap it", "and will it be here on time"]),
            ("whats your number and is someone there on sunday", vec!["whats your number", "and is someone there on sunday"]),
            ("what about canada, do you ship there", vec!["what about canada, do you ship there"]),
            ("which one is lighter and has more memory", vec!["which one is lighter and has more memory"]),
            ("Is it any good? Really?", vec!["Is it any good? Really?"]),
            ("i need a laptop and a mouse", vec!["i need a laptop and a mouse"]),
            ("it does not work, what now", vec!["it does not work, what now"]),
            ("", vec![""]),
        ] {
            assert_eq!(split(text), parts, "{text}");
        }
    }
}
