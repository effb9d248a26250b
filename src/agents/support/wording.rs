//! The sentence that answers: which of an entry's sentences are said.

use super::super::say;
use super::super::turn::{Answer, Turn};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, RecordId};
use crate::domain::record::Field;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::text::words;

/// Content stems of a text.
pub fn stems(text: &str) -> Vec<String> {
    tokens(text).iter().filter(|t| !words::is_function(&t.text)).map(|t| stem(&t.text)).collect()
}

/// Whether two stems mean the same here.
pub fn alike(a: &str, b: &str) -> bool {
    /// Words of trouble that mean the same to a shop, though not to a catalogue.
    const SAME: &[&[&str]] = &[
        &["water", "liquid", "spill", "spilt", "coffee", "wet", "rain", "moisture", "toilet", "pool", "sea"],
        &["drop", "fall", "fell", "accident", "accidental", "crack", "cracked", "smash"],
        &["money", "refund", "back", "reimburs"],
        &["label", "postag", "postage"],
        &["pay", "cost", "free", "fee", "charg", "charge", "price", "deduct", "much", "expensiv", "usd", "euro"],
        &["open", "unpack", "unseal", "used", "us", "seal", "sealed", "packag", "packaging"],
        &["exchang", "exchange", "swap"],
        &["warranty", "guarante", "guarantee"],
        &["fault", "faulty", "defect", "defectiv", "defective", "broken", "broke"],
        &["fix", "repair"],
        &["wear", "worn"],
        &["day", "long", "time", "when", "until", "week"],
    ];
    a == b || words::synonyms(a).iter().any(|other| other == b) || SAME.iter().any(|group| group.contains(&a) && group.contains(&b))
}

/// How well a sentence answers: the share of what is asked that it speaks of.
fn score(asked: &[String], hints: &[&str], sentence: &str) -> f32 {
    let own = stems(sentence);
    let speaks = |word: &str| own.iter().any(|s| alike(word, s));
    let asked = asked.iter().filter(|word| speaks(word)).count() as f32;
    let raw: Vec<String> = tokens(sentence).into_iter().map(|t| t.text).collect();
    let hinted = hints.iter().filter(|hint| speaks(&stem(hint)) || raw.iter().any(|word| word == *hint)).count() as f32;
    asked + 1.2 * hinted
}

/// Says the sentence of an entry that answers best, with a second one only where it answers as well.
/// `hints` are words the answer is likely to hold.
pub fn say_answer(turn: &Turn<'_>, hints: &[&str], id: RecordId, book: &mut FactBook, answer: &mut Answer) {
    let asked = stems(&say::question_text(turn));
    for fact in best(&asked, hints, id, book) {
        answer.say(Act::plain(ActKind::Knowledge).with("sentence", fact));
    }
}

/// Says the sentence of an entry that speaks most of what the message itself asks.
pub fn say_asked(turn: &Turn<'_>, id: RecordId, book: &mut FactBook, answer: &mut Answer) {
    for fact in best(&stems(turn.text), &[], id, book).into_iter().take(1) {
        answer.say(Act::plain(ActKind::Knowledge).with("sentence", fact));
    }
}

/// Says the sentence of an entry that speaks most of what is hinted at.
pub fn say_hinted(hints: &[&str], id: RecordId, book: &mut FactBook, answer: &mut Answer) {
    for fact in best(&[], hints, id, book).into_iter().take(1) {
        answer.say(Act::plain(ActKind::Knowledge).with("sentence", fact));
    }
}

/// The first sentence of an entry that holds one of these words.
pub fn speaking_of(words: &[&str], id: RecordId, book: &mut FactBook) -> Option<FactId> {
    let wanted: Vec<String> = words.iter().map(|word| stem(word)).collect();
    say::sentence_where(id, book, |sentence| stems(sentence).iter().any(|own| wanted.contains(own)))
}

/// The sentences of an entry that answer best, in their order.
pub fn best(asked: &[String], hints: &[&str], id: RecordId, book: &mut FactBook) -> Vec<FactId> {
    const MOST: usize = 2;
    let Some(entry) = say::entry(book, id) else { return Vec::new() };
    let scored: Vec<f32> = entry.sentences().iter().map(|sentence| score(asked, hints, sentence)).collect();
    let most = scored.iter().copied().fold(0.0_f32, f32::max);
    let chosen = scored.iter().enumerate().filter(|(_, score)| **score >= most - 0.3).map(|(i, _)| i).take(MOST);
    chosen.filter_map(|i| book.field(id, Field::Sentence(u16::try_from(i).ok()?))).collect()
}

/// The sentence of an entry that excludes something the words speak of: "ear tips cannot be returned".
pub fn exclusion(spoken: &[String], id: RecordId, book: &mut FactBook) -> Option<FactId> {
    let entry = say::entry(book, id)?;
    let sentences = entry.sentences();
    let named = sentences.iter().position(|sentence| excludes(sentence) && speaks_of(spoken, sentence));
    // An entry whose questions name the thing speaks of it by another word: "I opened the game" is about software.
    let asked = entry.questions.iter().any(|question| excludes_by_name(spoken, question));
    let at = named.or_else(|| sentences.iter().position(|sentence| excludes(sentence)).filter(|_| asked))?;
    book.field(id, Field::Sentence(u16::try_from(at).ok()?))
}

fn excludes(sentence: &str) -> bool {
    let said: Vec<String> = tokens(sentence).into_iter().map(|t| t.text).collect();
    let has = |word: &str| said.iter().any(|w| w == word);
    let limit = said.windows(2).any(|w| w[0] == "up" && w[1] == "to");
    let denies = has("not") || has("except") || has("excluded") || has("cannot") || has("never") || limit;
    denies || has("only") && (has("sealed") || has("unopened") || has("packaging"))
}

/// Whether a way to ask an entry names a thing among the words, as opened or used.
fn excludes_by_name(spoken: &[String], question: &str) -> bool {
    let opened = |words: &[String]| words.iter().any(|w| matches!(w.as_str(), "open" | "us" | "unseal" | "returnable"));
    let own = stems(question);
    opened(&own) && opened(spoken) && speaks_of(spoken, question)
}

/// Words that every sentence on sending back has.
const USUAL: &[&str] = &[
    "return",
    "item",
    "day",
    "refund",
    "open",
    "us",
    "used",
    "new",
    "box",
    "packag",
    "packaging",
    "gift",
    "card",
    "product",
    "back",
    "give",
    "given",
    "send",
    "sent",
    "still",
];

/// Whether words say that something was opened or used, and not what it is.
pub fn only_opened(spoken: &[String]) -> bool {
    spoken.iter().any(|word| alike(word, "open")) && spoken.iter().all(|word| USUAL.contains(&word.as_str()) || alike(word, "open"))
}

/// The words of a sentence that stand side by side, with no function word or mark between them: what names one thing.
fn runs(sentence: &str) -> Vec<Vec<String>> {
    let mut runs: Vec<Vec<String>> = Vec::new();
    let mut end = None;
    for token in tokens(sentence) {
        let beside = end.and_then(|end: usize| sentence.get(end..token.start)).is_some_and(|between| matches!(between, " " | "-"));
        end = if words::is_function(&token.text) { None } else { Some(token.end) };
        let word = stem(&token.text);
        match runs.last_mut() {
            _ if end.is_none() || USUAL.contains(&word.as_str()) || word.len() <= 2 => {}
            Some(run) if beside => run.push(word),
            _ => runs.push(vec![word]),
        }
    }
    runs
}

/// Whether the words speak of what a run names: of all of it, as "ear tips" is neither an ear nor over one; of two words
/// of a longer one; or of it written as one word.
fn names(spoken: &[String], run: &[String]) -> bool {
    let said = |word: &String| spoken.iter().any(|own| own == word || words::synonyms(own).contains(word));
    let known = run.iter().filter(|word| said(word)).count();
    let joined = run.windows(2).any(|pair| spoken.contains(&stem(&pair.concat())));
    known == run.len() || known > 1 || joined
}

/// Whether a sentence names a kind of thing among the words, beyond the words every such sentence has.
fn speaks_of(spoken: &[String], sentence: &str) -> bool {
    let by_word = runs(sentence).iter().any(|run| names(spoken, run));
    // Earbuds are "in-ear hygiene items": another word for a thing may be two.
    let raw: Vec<String> = tokens(sentence).into_iter().map(|t| stem(&t.text)).collect();
    let by_phrase = |other: &String| {
        let parts: Vec<&str> = other.split(' ').collect();
        parts.len() > 1 && raw.windows(parts.len()).any(|run| run.iter().zip(&parts).all(|(a, b)| a == b))
    };
    by_word || spoken.iter().any(|word| words::synonyms(word).iter().any(by_phrase))
}
