//! Yes and no.

use crate::domain::heard::Word;

/// An answer to a question of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Yes, and nothing that takes it back.
    Yes,
    /// No.
    No,
    /// "Yes, but ...": no consent to anything.
    YesBut,
}

const YES: &[&str] = &[
    "yes",
    "yeah",
    "yep",
    "yup",
    "yea",
    "ya",
    "y",
    "sure",
    "ok",
    "okay",
    "absolutely",
    "definitely",
    "certainly",
    "correct",
    "affirmative",
    "indeed",
    "aye",
    "please",
    "confirm",
    "confirmed",
    "agreed",
    "exactly",
    "right",
    "fine",
    "perfect",
    "great",
];
const NO: &[&str] = &["no", "nope", "nah", "n", "nay", "negative", "never", "nothing"];
/// Words that may stand beside a yes without changing it.
const BESIDE_YES: &[&str] = &[
    "yes",
    "please",
    "do",
    "it",
    "that",
    "go",
    "ahead",
    "sure",
    "of",
    "course",
    "ok",
    "okay",
    "thanks",
    "thank",
    "you",
    "i",
    "am",
    "want",
    "would",
    "like",
    "to",
    "be",
    "great",
    "good",
    "sounds",
    "is",
    "the",
    "one",
    "lets",
    "let",
    "us",
    "open",
    "ticket",
    "a",
    "make",
    "so",
    "very",
    "much",
    "will",
    "works",
    "for",
    "me",
    "yeah",
    "yep",
    "yup",
    "correct",
    "right",
    "fine",
    "perfect",
    "just",
    "can",
    "could",
    "need",
    "then",
    "well",
    "oh",
    "hm",
    "hmm",
    "um",
    "uh",
    "definitely",
    "absolutely",
    "all",
    "confirm",
    "can",
    "this",
    "now",
    "create",
    "raise",
    "help",
    "nice",
    "did",
    "has",
    "worked",
    "helped",
    "add",
    "them",
    "note",
    "again",
];
const BUT: &[&str] =
    &["but", "except", "only", "if", "however", "though", "wait", "not", "instead", "first", "unless", "before", "actually", "hold"];

/// Whether a word takes a yes back or sets a condition.
pub fn limits(word: &str) -> bool {
    BUT.contains(&word)
}

/// Reads a message as an answer.
pub fn read(words: &[Word]) -> Option<Answer> {
    of(&words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>())
}

/// Reads a message as the answer to a proposal about these things: "yes please, cancel it" agrees to a
/// cancellation, and to nothing else.
pub fn read_about(words: &[Word], things: &[&str]) -> Option<Answer> {
    of(&words.iter().map(|w| w.text.as_str()).filter(|word| !things.contains(word)).collect::<Vec<_>>())
}

fn of(texts: &[&str]) -> Option<Answer> {
    let first = *texts.first()?;
    let starts_yes = YES.contains(&first)
        || starts_with(texts, &["go", "ahead"])
        || starts_with(texts, &["do", "it"])
        || starts_with(texts, &["of", "course"])
        || starts_with(texts, &["please", "do"])
        || starts_with(texts, &["sounds", "good"])
        || starts_with(texts, &["why", "not"])
        || starts_with(texts, &["i", "do"]) && texts.get(2) != Some(&"not")
        || starts_with(texts, &["i", "am", "sure"]);
    let starts_no = (NO.contains(&first) && !starts_with(texts, &["no", "problem"]))
        || starts_with(texts, &["do", "not"])
        || starts_with(texts, &["not", "really"])
        || starts_with(texts, &["not", "now"])
        || starts_with(texts, &["not", "yet"])
        || starts_with(texts, &["forget", "it"])
        || starts_with(texts, &["leave", "it"])
        || starts_with(texts, &["cancel", "that"])
        || starts_with(texts, &["i", "do", "not"])
            && matches!(texts.get(3), None | Some(&"want" | &"need" | &"think" | &"like" | &"wish" | &"care"))
        || starts_with(texts, &["rather", "not"]);
    if starts_no && !starts_with(texts, &["why", "not"]) {
        return Some(Answer::No);
    }
    if !starts_yes {
        return None;
    }
    let rest = &texts[1..];
    if rest.iter().any(|word| BUT.contains(word)) && !starts_with(texts, &["why", "not"]) {
        return Some(Answer::YesBut);
    }
    let plain = rest.iter().all(|word| BESIDE_YES.contains(word));
    // A yes with a request behind it answers and asks; it consents only when it is nothing but a yes.
    Some(if plain { Answer::Yes } else { Answer::YesBut })
}

fn starts_with(texts: &[&str], phrase: &[&str]) -> bool {
    texts.len() >= phrase.len() && texts.iter().zip(phrase).all(|(a, b)| a == b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::token::tokens;

    #[test]
    fn a_yes_is_only_a_yes_when_nothing_takes_it_back() {
        for (text, expected) in [
            ("yes", Some(Answer::Yes)),
            ("Yes please, do it", Some(Answer::Yes)),
            ("sure, go ahead", Some(Answer::Yes)),
            ("ok", Some(Answer::Yes)),
            ("of course", Some(Answer::Yes)),
            ("yes, but change the address first", Some(Answer::YesBut)),
            ("yes if it is free", Some(Answer::YesBut)),
            ("yes and where is my parcel", Some(Answer::YesBut)),
            ("no", Some(Answer::No)),
            ("no thanks", Some(Answer::No)),
            ("don't", Some(Answer::No)),
            ("not yet", Some(Answer::No)),
            ("I don't want that", Some(Answer::No)),
            ("I don't know the order number", None),
            ("yes please cancel it", Some(Answer::YesBut)),
            ("forget it", Some(Answer::No)),
            ("where is my order", None),
            ("", None),
        ] {
            assert_eq!(read(&Word::from_tokens(tokens(text))), expected, "{text}");
        }
        let cancel = Word::from_tokens(tokens("yes please cancel my order"));
        assert_eq!(read_about(&cancel, &["cancel", "my", "order"]), Some(Answer::Yes));
    }
}
