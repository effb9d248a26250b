//! Short messages that go on with the answer before them: "and to Germany?", "how much is it?", "do they go bad".
//!
//! What they leave out is in the question that was asked and in the entry that answered it. So they are asked again
//! with either, and the entry itself is looked through.

use super::answers::{answered, hits};
use super::library::{Follows, Listening};
use crate::domain::heard::{Answered, Word};
use crate::domain::knowledge::Domain;
use crate::domain::text::token::{Token, tokens};
use crate::retrieval::KnowledgeIndex;
use crate::retrieval::knowledge::KnowledgeHit;

/// From this one on, joined with what it follows, it is taken to go on with that.
const JOINED: f32 = 0.5;
/// The same for an entry that says what the message itself does.
const SHARED: f32 = 0.2;
/// The same for another entry of the domain, where the message only points.
const BESIDE: f32 = 0.05;
/// Words that go on with what was talked about.
const OPENERS: &[&[&str]] =
    &[&["and"], &["or"], &["but"], &["what", "about"], &["how", "about"], &["what", "if"], &["also"], &["even"], &["to"], &["for"]];
/// Most words of a question in a longer message that goes on.
const QUESTION: usize = 12;
/// Most words of a message that only goes on.
const SHORT: usize = 9;
/// Most words of one that goes on without a word that says so.
pub const FEW: usize = 6;

/// Whether a word stands for what was talked about.
fn stands_for_it(word: &Token) -> bool {
    matches!(word.text.as_str(), "it" | "that" | "this" | "they" | "them" | "those")
}

/// Whether a word points at what was talked about.
pub fn points(word: &Token) -> bool {
    stands_for_it(word) || word.text == "one"
}

/// The answer to a message that goes on with the one before it, where it is a better one than the message finds `alone`.
pub fn find(index: &KnowledgeIndex, listening: &Listening<'_>, words: &[Token], alone: Option<&Answered>) -> Option<Answered> {
    let follows = listening.follows?;
    if words.len() > SHORT {
        return by_its_question(index, listening, alone);
    }
    let begins = |opener: &&[&str]| words.len() > opener.len() && opener.iter().zip(words).all(|(own, word)| *own == word.text);
    let opens = OPENERS.iter().any(begins);
    if !(opens || words.iter().any(points) || words.len() <= FEW) {
        return None;
    }
    let tells = KnowledgeIndex::tells(listening.text);
    // "How long till it's on my card?" shares no word with what it finds alone, and points at what was told.
    let strange = words.iter().any(points) && alone.is_some_and(|alone| !index.shares(&alone.entry, listening.text));
    let better = |found: &Answered| {
        let same = strange && found.entry == follows.entry;
        same || alone.is_none_or(|alone| is_better(found, alone, follows.entry, tells, words.len()))
    };
    named_instead(index, listening, words, follows.entry)
        .filter(better)
        .or_else(|| after_its_question(index, listening, follows.entry).filter(better))
        .or_else(|| after_what_was_asked(index, listening, follows).filter(better))
        .or_else(|| in_the_same(index, listening, follows.entry))
        .or_else(|| the_same_again(index, listening, words, alone, follows.entry))
}

/// "Mine is 6 years old", "and a bike of 2899?": what is told is held against a limit that the entry just told states.
pub fn against_its_limit(index: &KnowledgeIndex, listening: &Listening<'_>, words: &[Token]) -> Option<Answered> {
    const SURE: f32 = 0.9;
    let follows = listening.follows.filter(|_| words.len() <= QUESTION)?;
    // "Do you have one under 300" looks for something.
    let seeks = words.iter().any(|word| matches!(word.text.as_str(), "under" | "below" | "less" | "max" | "between" | "show"));
    let held = !seeks && index.limits(follows.entry, listening.text, listening.today).is_some();
    let joined = format!("{} {}", index.asked(follows.entry)?, listening.text);
    held.then(|| Answered {
        entry: follows.entry.to_owned(),
        domain: index.domain(follows.entry).unwrap_or(Domain::Store),
        score: SURE,
        covers: 1.0,
        joined: Some(joined),
        limited: true,
    })
}

/// "And what about a fridge?": the rule just told, asked of another kind of thing, which it names, or the wider kind.
pub fn of_another_kind<'a>(
    index: &KnowledgeIndex,
    listening: &Listening<'_>,
    words: &[Word],
    mut kinds: impl Iterator<Item = &'a str>,
) -> Option<Answered> {
    const SURE: f32 = 0.9;
    let follows = listening.follows.filter(|_| words.len() <= FEW)?;
    let mut said = words.iter().map(|word| word.text.as_str()).skip_while(|word| matches!(*word, "ok" | "and" | "so" | "but"));
    let opens = matches!((said.next(), said.next()), (Some("what" | "how"), Some("about")));
    let kind = kinds.find(|kind| opens && index.says_all(follows.entry, kind))?;
    Some(Answered {
        entry: follows.entry.to_owned(),
        domain: index.domain(follows.entry)?,
        score: SURE,
        covers: 1.0,
        joined: Some(format!("{} {kind}", index.asked(follows.entry)?)),
        limited: true,
    })
}

/// "Can I still get that plan now? The phone came on Monday": of a longer message, the one question in it goes on.
fn by_its_question(index: &KnowledgeIndex, listening: &Listening<'_>, alone: Option<&Answered>) -> Option<Answered> {
    let (question, rest) = listening.text.split_once('?')?;
    let words = tokens(question);
    if rest.contains('?') || words.len() > QUESTION || !words.iter().any(points) {
        return None;
    }
    let hits = hits(index, listening, question);
    let own = hits.iter().find(|hit| !hit.procedure).map(|hit| answered(hit, None));
    let shorter = Listening { text: question, ..*listening };
    find(index, &shorter, &words, own.as_ref()).filter(|found| alone.is_none_or(|alone| alone.score < found.score))
}

/// Whether what is found together with the words before is to be taken rather than what a message finds alone.
fn is_better(found: &Answered, alone: &Answered, entry: &str, tells: bool, words: usize) -> bool {
    /// From this one on a longer message has an answer of its own.
    const OF_ITS_OWN: f32 = 0.4;
    // The entry's own question speaks for the entry: where a message says much itself, that proves little.
    let own = tells && words > FEW && alone.entry != entry && alone.score >= OF_ITS_OWN;
    // "How much?" finds hardly anything alone, and what it finds is chance.
    let chance = !tells && alone.score < JOINED;
    !(own && found.entry == entry) && (chance || found.score > alone.score)
}

/// Asked together with what the entry before is the answer to.
fn after_its_question(index: &KnowledgeIndex, listening: &Listening<'_>, entry: &str) -> Option<Answered> {
    let text = listening.text;
    let joined = format!("{} {text}", index.asked(entry)?);
    let hits = hits(index, listening, &joined);
    let mut answers = hits.iter().filter(|hit| !hit.procedure);
    // What the message itself says must be in the answer, even if the words before it have found another; or the
    // message points at it.
    let says = |hit: &&KnowledgeHit| index.shares(&hit.id, text) && hit.score >= SHARED;
    let empty = !KnowledgeIndex::tells(text);
    let domain = hits.iter().find(|hit| hit.id == entry).map(|hit| hit.domain);
    // "How much is it?" asks on about the same, or about another side of the same matter.
    let pointed = |hit: &&KnowledgeHit| {
        let same = hit.id == entry && hit.score >= JOINED;
        empty && (same || domain == Some(hit.domain) && hit.score >= BESIDE) && index.holds_kinds(&hit.id, text)
    };
    let best = answers.clone().find(says).or_else(|| answers.find(pointed))?;
    // Looked up again with the question of the entry found, so that it is found again.
    let again = format!("{} {text}", index.asked(&best.id)?);
    index.holds_kinds(&best.id, text).then(|| answered(best, Some(again)))
}

/// Asked together with the customer's own words before: "Klarna?", "over how many months".
fn after_what_was_asked(index: &KnowledgeIndex, listening: &Listening<'_>, follows: Follows<'_>) -> Option<Answered> {
    let text = listening.text;
    let joined = format!("{}? {text}", follows.asked?.trim_end_matches('?'));
    let domain = index.domain(follows.entry)?;
    let hits = hits(index, listening, &joined);
    let fits = |hit: &&KnowledgeHit| !hit.procedure && hit.domain == domain && hit.score >= JOINED && index.holds_kinds(&hit.id, text);
    let best = hits.iter().find(fits)?;
    (!KnowledgeIndex::tells(text) || index.shares(&best.id, text)).then(|| answered(best, Some(joined.clone())))
}

/// "Can I still add it?": what the message finds by itself, however unlikely, is the entry just told, or one beside it.
fn the_same_again(
    index: &KnowledgeIndex,
    listening: &Listening<'_>,
    words: &[Token],
    alone: Option<&Answered>,
    entry: &str,
) -> Option<Answered> {
    let same = |alone: &&Answered| alone.entry == entry && alone.score >= SHARED && words.iter().any(points);
    // "How much?", after an answer that holds no amount: another entry of the domain does.
    let beside = |alone: &&Answered| {
        let of_it = index.domain(entry) == Some(alone.domain) && alone.score >= SHARED;
        of_it && !KnowledgeIndex::tells(listening.text) && index.holds_kinds(&alone.entry, listening.text)
    };
    let found = alone.filter(|alone| same(alone) || beside(alone))?;
    let joined = format!("{} {}", index.asked(&found.entry)?, listening.text);
    Some(Answered { joined: Some(joined), score: found.score.max(JOINED), ..found.clone() })
}

/// Asked of the entry itself: it holds the kind of thing that is asked for, and every word the message says.
fn in_the_same(index: &KnowledgeIndex, listening: &Listening<'_>, entry: &str) -> Option<Answered> {
    let text = listening.text;
    if !index.answers_again(entry, text) {
        return None;
    }
    let joined = format!("{} {text}", index.asked(entry)?);
    let hits = hits(index, listening, &joined);
    let same = hits.iter().find(|hit| hit.id == entry)?;
    let found = answered(same, Some(joined));
    Some(Answered { score: found.score.max(JOINED), ..found })
}

/// "Can I try it on Saturday?", with a bike in hand: asked of bikes, which the answer must speak of.
pub fn of_the_thing(index: &KnowledgeIndex, listening: &Listening<'_>, words: &[Token], alone: Option<&Answered>) -> Option<Answered> {
    const SURELY: f32 = 0.6;
    let kind = listening.in_hand.filter(|_| words.len() <= SHORT)?;
    let pointing = words.iter().find(|word| stands_for_it(word))?;
    let text = format!("{}{kind}{}", &listening.text[..pointing.start], &listening.text[pointing.end..]);
    let hits = hits(index, listening, &text);
    let best = hits.iter().find(|hit| !hit.procedure).filter(|hit| hit.score >= SURELY)?;
    let speaks = index.shares(&best.id, kind) && index.shares(&best.id, listening.text);
    let better = alone.is_none_or(|alone| alone.score < best.score);
    let found = answered(best, None);
    (speaks && better).then_some(Answered { joined: Some(text), ..found })
}

/// "Do they go bad?" after an answer about points: asked of what that answer is about.
fn named_instead(index: &KnowledgeIndex, listening: &Listening<'_>, words: &[Token], entry: &str) -> Option<Answered> {
    let topic = index.about(entry)?;
    let pointing = words.iter().find(|word| stands_for_it(word))?;
    let text = format!("{}{topic}{}", &listening.text[..pointing.start], &listening.text[pointing.end..]);
    let hits = hits(index, listening, &text);
    let domain = index.domain(entry)?;
    let best = hits.iter().find(|hit| !hit.procedure).filter(|hit| hit.domain == domain && hit.score >= JOINED)?;
    let found = answered(best, None);
    Some(Answered { joined: Some(text), ..found })
}
