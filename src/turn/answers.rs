//! Whether the shop has an answer to a message: found before it is decided who answers.

use super::library::Listening;
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, Source};
use crate::domain::heard::Answered;
use crate::domain::record::Record;
use crate::domain::text::token::{Token, tokens};
use crate::retrieval::KnowledgeIndex;
use crate::retrieval::knowledge::{KnowledgeHit, Question};

/// From this probability on a message needs nothing before it to be understood.
const BY_ITSELF: f32 = 0.7;
/// The same for one that points at something.
const BY_ITSELF_POINTING: f32 = 0.95;
/// From this one on, joined with what it follows, it is taken to go on with that.
const JOINED: f32 = 0.5;
/// The same for an entry that says what the message itself does.
const SHARED: f32 = 0.2;
/// The same for another entry of the domain, where the message only points.
const BESIDE: f32 = 0.05;
/// Words that go on with what was talked about.
const OPENERS: &[&[&str]] =
    &[&["and"], &["or"], &["but"], &["what", "about"], &["how", "about"], &["what", "if"], &["also"], &["even"], &["to"], &["for"]];
/// Most words of a message that only goes on.
const SHORT: usize = 9;
/// Most words of one that goes on without a word that says so.
const FEW: usize = 6;
/// Entries looked at for the best answer and the best procedure.
const LOOKED_AT: usize = 6;

/// The likeliest answer, and the likeliest procedure.
pub fn of(index: &KnowledgeIndex, listening: &Listening<'_>) -> (Option<Answered>, Option<Answered>) {
    // Who gives an address asks nothing.
    if index.is_empty() || listening.text.contains('@') {
        return (None, None);
    }
    let hits = find(index, listening, listening.text, LOOKED_AT);
    let best = |procedure: bool| hits.iter().find(|hit| hit.procedure == procedure).map(|hit| answered(hit, None));
    let alone = best(false);
    // "Do they go bad?" is about what was just told, whatever else goes bad in this shop.
    let words = tokens(listening.text);
    let points = listening.follows.is_some() && words.iter().any(points);
    let sure = alone.as_ref().is_some_and(|found| found.score >= if points { BY_ITSELF_POINTING } else { BY_ITSELF });
    let joined = if sure { None } else { going_on(index, listening, &words, alone.as_ref()) };
    (joined.or(alone), best(true))
}

fn find(index: &KnowledgeIndex, listening: &Listening<'_>, text: &str, limit: usize) -> Vec<KnowledgeHit> {
    let vector = listening.meaning.and_then(|meaning| meaning.of(text));
    let question = Question { text, vector: vector.as_deref(), today: listening.today, procedures: None };
    index.find(&question, limit)
}

fn answered(hit: &KnowledgeHit, joined: Option<String>) -> Answered {
    Answered { entry: hit.id.clone(), domain: hit.domain, score: hit.score, covers: hit.covers, joined }
}

/// Whether a word stands for what was talked about.
fn stands_for_it(word: &Token) -> bool {
    matches!(word.text.as_str(), "it" | "that" | "this" | "they" | "them" | "those")
}

/// Whether a word points at what was talked about.
fn points(word: &Token) -> bool {
    stands_for_it(word) || word.text == "one"
}

/// "And to Germany?" after an answer about delivery: asked together with what that was the answer to.
fn going_on(index: &KnowledgeIndex, listening: &Listening<'_>, words: &[Token], alone: Option<&Answered>) -> Option<Answered> {
    let entry = listening.follows?;
    if words.len() > SHORT {
        return None;
    }
    let begins = |opener: &&[&str]| words.len() > opener.len() && opener.iter().zip(words).all(|(own, word)| *own == word.text);
    let opens = OPENERS.iter().any(begins);
    if !(opens || words.iter().any(points) || words.len() <= FEW) {
        return None;
    }
    let joined = format!("{} {}", index.asked(entry)?, listening.text);
    if let Some(found) = named_instead(index, listening, words, entry).filter(|found| alone.is_none_or(|alone| found.score > alone.score)) {
        return Some(found);
    }
    let hits = find(index, listening, &joined, LOOKED_AT);
    let mut answers = hits.iter().filter(|hit| !hit.procedure);
    // What the message itself says must be in the answer, even if the words before it have found another; or the
    // message points at it.
    let says = |hit: &&KnowledgeHit| index.shares(&hit.id, listening.text) && hit.score >= SHARED;
    let empty = !KnowledgeIndex::tells(listening.text);
    let domain = hits.iter().find(|hit| hit.id == entry).map(|hit| hit.domain);
    // "How much is it?" asks on about the same, or about another side of the same matter.
    let pointed = |hit: &&KnowledgeHit| {
        let same = hit.id == entry && hit.score >= JOINED;
        empty && (same || domain == Some(hit.domain) && hit.score >= BESIDE) && index.holds_kinds(&hit.id, listening.text)
    };
    let best = answers.clone().find(says).or_else(|| answers.find(pointed))?;
    let better = alone.is_none_or(|alone| best.score > alone.score) && index.holds_kinds(&best.id, listening.text);
    // Looked up again with the question of the entry found, so that it is found again.
    let again = format!("{} {}", index.asked(&best.id)?, listening.text);
    better.then(|| answered(best, Some(again)))
}

/// "Do they go bad?" after an answer about points: asked of what that answer is about.
fn named_instead(index: &KnowledgeIndex, listening: &Listening<'_>, words: &[Token], entry: &str) -> Option<Answered> {
    let topic = index.about(entry)?;
    let pointing = words.iter().find(|word| stands_for_it(word))?;
    let text = format!("{}{topic}{}", &listening.text[..pointing.start], &listening.text[pointing.end..]);
    let hits = find(index, listening, &text, LOOKED_AT);
    let domain = index.domain(entry)?;
    let best = hits.iter().find(|hit| !hit.procedure).filter(|hit| hit.domain == domain && hit.score >= JOINED)?;
    let found = answered(best, None);
    Some(Answered { joined: Some(text), ..found })
}

/// The entry of the knowledge base that acts quote first, or that a figure of theirs was read from: "549 points" rests
/// on the rule as much as its own sentence does.
pub fn quoted(acts: &[Act], book: &FactBook) -> Option<String> {
    let quotes = acts.iter().filter(|act| matches!(act.kind, ActKind::Knowledge | ActKind::KnowledgeMore)).flat_map(Act::facts);
    quotes.chain(acts.iter().flat_map(Act::facts)).find_map(|fact| entry_behind(fact, book))
}

fn entry_behind(fact: FactId, book: &FactBook) -> Option<String> {
    match &book.fact(fact)?.source {
        Source::Record(id, _) => match &book.record(*id)?.record {
            Record::Knowledge(entry) => Some(entry.id.clone()),
            _ => None,
        },
        Source::Derived(_, parts) => parts.iter().find_map(|part| entry_behind(*part, book)),
        _ => None,
    }
}
