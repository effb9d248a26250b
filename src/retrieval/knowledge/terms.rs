//! From words to what they mean in questions of service: "bring it back" and "return" are one matter.

use crate::domain::text::token::tokens;
use std::rc::Rc;
use std::sync::LazyLock;

use foldhash::HashMap;

use crate::domain::heard::Word;
use crate::domain::text::recent::Recent;
use crate::domain::text::stem::stem;
use crate::domain::text::words;
use crate::retrieval::analysis;

/// What a function word weighs beside a word that says something.
const FUNCTION: f32 = 0.15;
/// What an ordinary word ("first", "back") weighs beside a rarer one, however rare it is in this shop.
const ORDINARY: f32 = 0.8;
/// A word or phrase of a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Slot {
    /// The stem, or the stems of a phrase.
    pub own: String,
    /// Matters it belongs to.
    pub matters: &'static [u32],
    /// What it weighs beside others as rare.
    pub share: f32,
    /// Whether it says anything by itself.
    pub telling: bool,
}

/// Matters by the words and phrases that name them.
struct Matters {
    of: HashMap<String, Vec<u32>>,
    /// Stems that phrases begin with, and how many words the longest of them has.
    begins: HashMap<String, usize>,
}

static MATTERS: LazyLock<Matters> = LazyLock::new(|| {
    let lists = [include_str!("../../../assets/nlu/service_words.txt"), include_str!("../../../assets/nlu/synonyms.txt")];
    let groups = lists.into_iter().flat_map(str::lines).map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut matters = Matters { of: HashMap::default(), begins: HashMap::default() };
    for (group, number) in groups.zip(0..) {
        for phrase in group.split_whitespace() {
            let stems: Vec<String> = phrase.split('_').map(stem).collect();
            let longest = matters.begins.entry(stems[0].clone()).or_default();
            *longest = (*longest).max(stems.len());
            matters.of.entry(stems.join(" ")).or_default().push(number);
        }
    }
    matters
});

/// How many words and phrases a text has before the last of several questions.
pub(super) fn before_the_last(text: &str) -> usize {
    let end = text.trim_end_matches(['?', ' ']).rfind('?');
    end.map_or(0, |end| slots(&text[..end]).len())
}

/// The words and phrases of a text, each once, in order.
pub(super) fn slots(text: &str) -> Rc<[Slot]> {
    thread_local! {
        static KEPT: Recent<Rc<[Slot]>> = const { Recent::new() };
    }
    KEPT.with(|kept| kept.of(text, |text| taken_apart(text).into()))
}

/// The same, of a text that is looked at once.
pub(super) fn taken_apart(text: &str) -> Vec<Slot> {
    let words = analysis::words(text);
    let matters = &*MATTERS;
    let mut slots: Vec<Slot> = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let (slot, used) = phrase(&words[at..], matters).unwrap_or_else(|| (single(&words[at], matters), 1));
        if !slots.iter().any(|known| known.own == slot.own) {
            slots.push(slot);
        }
        at += used;
    }
    slots
}

fn single(word: &Word, matters: &'static Matters) -> Slot {
    let telling = !words::is_function(&word.text);
    let of = matters.of.get(&word.stem).filter(|_| telling).map_or(&[][..], Vec::as_slice);
    let share = match telling {
        false => FUNCTION,
        true if words::is_common(&word.text) => ORDINARY,
        true => 1.0,
    };
    Slot { own: word.stem.clone(), matters: of, share, telling }
}

/// The phrase that begins a row of words, and how many of them it takes. What stands inside a phrase of
/// two words may be small: "bring it back".
fn phrase(words: &[Word], matters: &'static Matters) -> Option<(Slot, usize)> {
    let longest = matters.begins.get(&words.first()?.stem).copied().unwrap_or(1).min(words.len());
    let known = |parts: &[&Word], used| {
        let joined = parts.iter().map(|word| word.stem.as_str()).collect::<Vec<_>>().join(" ");
        let of = matters.of.get(&joined)?;
        Some((Slot { own: joined, matters: of, share: 1.0, telling: true }, used))
    };
    let whole = (2..=longest).rev().find_map(|length| known(&words[..length].iter().collect::<Vec<_>>(), length));
    whole.or_else(|| {
        let apart = |second: usize| words[1..second].iter().all(|word| words::is_function(&word.text));
        let mut seconds = (2..words.len().min(4)).filter(|second| longest >= 2 && apart(*second));
        seconds.find_map(|second| known(&[&words[0], &words[second]], second + 1))
    })
}

/// Whether a question is one to be answered with yes or no: "Do gift cards expire?"
pub(super) fn asks_whether(text: &str) -> bool {
    const OPEN: [&str; 12] = ["do", "does", "is", "are", "can", "could", "will", "would", "may", "must", "have", "has"];
    tokens(text).first().is_some_and(|first| OPEN.contains(&first.text.as_str()))
}

/// Whether a sentence points back at the one before it.
pub(super) fn leans(sentence: &str) -> bool {
    let words: Vec<String> = analysis::words(sentence).into_iter().take(5).map(|word| word.text).collect();
    let first = words.first().map_or("", String::as_str);
    let points = matches!(
        first,
        "it" | "they" | "this" | "these" | "those" | "that" | "then" | "otherwise" | "such" | "both" | "also" | "them" | "afterwards"
    );
    let after_that =
        words.windows(2).take(2).any(|pair| matches!(pair[0].as_str(), "after" | "above" | "below" | "besides") && pair[1] == "that");
    points || after_that || words.iter().any(|word| word == "also" || word == "instead")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matter(phrase: &str) -> u32 {
        MATTERS.of[phrase][0]
    }

    #[test]
    fn words_of_one_matter_meet() {
        for (a, b) in [
            ("can i bring it back", "give back"),
            ("please send the thing back", "return"),
            ("which courier", "carrier"),
            ("is there a guarantee", "warranty"),
            ("pay in instalments", "financing"),
        ] {
            let b = slots(b);
            let shared = slots(a).iter().any(|slot| b.iter().any(|other| slot.matters.iter().any(|m| other.matters.contains(m))));
            assert!(shared, "{a}");
        }
        assert!(slots("a gift card please").iter().any(|slot| slot.own == "gift card" && slot.matters.contains(&matter("gift card"))));
        assert!(slots("what is the").iter().all(|slot| !slot.telling && slot.matters.is_empty()));
    }
}
