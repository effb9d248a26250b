//! Whether the shop has an answer to a message: found before it is decided who answers.

use super::going_on;
use super::library::Listening;
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, Source};
use crate::domain::heard::Answered;
use crate::domain::record::{Field, Record};
use crate::domain::text::token::tokens;
use crate::retrieval::KnowledgeIndex;
use crate::retrieval::knowledge::{KnowledgeHit, Question};

/// From this probability on a message needs nothing before it to be understood.
const BY_ITSELF: f32 = 0.7;
/// The same for one that points at something.
const BY_ITSELF_POINTING: f32 = 0.95;
/// The same for one that says more in its own words.
const BY_ITSELF_LONGER: f32 = 0.65;
/// Entries looked at for the best answer and the best procedure.
const LOOKED_AT: usize = 6;

/// The likeliest answer, and the likeliest procedure.
pub fn of(index: &KnowledgeIndex, listening: &Listening<'_>) -> (Option<Answered>, Option<Answered>) {
    // Who gives an address asks nothing.
    if index.is_empty() || listening.text.contains('@') {
        return (None, None);
    }
    let hits = hits(index, listening, listening.text);
    let best = |procedure: bool| hits.iter().find(|hit| hit.procedure == procedure).map(|hit| answered(hit, None));
    let alone = best(false);
    // "Do they go bad?" is about what was just told, whatever else goes bad in this shop.
    let words = tokens(listening.text);
    let points = listening.follows.is_some() && words.iter().any(going_on::points);
    let needed = match (points, words.len() > going_on::FEW) {
        (true, false) => BY_ITSELF_POINTING,
        (false, false) => BY_ITSELF,
        (_, true) => BY_ITSELF_LONGER,
    };
    // "What does it cost and how long" names only the kind of answer: what of is said by the answer before it.
    let tells = listening.follows.is_none() || KnowledgeIndex::tells(listening.text);
    let sure = tells && alone.as_ref().is_some_and(|found| found.score >= needed);
    if let Some(held) = going_on::against_its_limit(index, listening, &words) {
        return (Some(held), best(true));
    }
    let joined = if sure { None } else { going_on::find(index, listening, &words, alone.as_ref()) };
    let joined = joined.or_else(|| if sure { None } else { going_on::of_the_thing(index, listening, &words, alone.as_ref()) });
    (joined.or(alone), best(true))
}

/// What is found for some words; which sentences are told is found out when they are.
pub(super) fn hits(index: &KnowledgeIndex, listening: &Listening<'_>, text: &str) -> Vec<KnowledgeHit> {
    let vector = listening.meaning.filter(|_| index.knows_meaning()).and_then(|meaning| meaning.of(text));
    let question = Question { text, vector: vector.as_deref(), today: listening.today, procedures: None };
    index.find_whole(&question, LOOKED_AT)
}

/// An entry found, and the words to find it by again.
pub(super) fn answered(hit: &KnowledgeHit, joined: Option<String>) -> Answered {
    Answered { entry: hit.id.clone(), domain: hit.domain, score: hit.score, covers: hit.covers, joined, limited: false }
}

/// The entry of the knowledge base that acts quote first, or that a figure of theirs was read from: "549 points" rests
/// on the rule as much as its own sentence does.
pub fn quoted(acts: &[Act], book: &FactBook) -> Option<String> {
    let quotes = acts.iter().filter(|act| matches!(act.kind, ActKind::Knowledge | ActKind::KnowledgeMore)).flat_map(Act::facts);
    quotes.chain(acts.iter().flat_map(Act::facts)).find_map(|fact| entry_behind(fact, book))
}

/// The places of an entry's sentences that acts quote.
pub fn places(acts: &[Act], id: &str, book: &FactBook) -> Vec<u16> {
    let of = |fact: FactId| match &book.fact(fact)?.source {
        Source::Record(record, Field::Sentence(place)) => match &book.record(*record)?.record {
            Record::Knowledge(entry) if entry.id == id => Some(*place),
            _ => None,
        },
        _ => None,
    };
    let quotes = |act: &&Act| matches!(act.kind, ActKind::Knowledge | ActKind::KnowledgeBare | ActKind::LimitHolds | ActKind::LimitPassed);
    acts.iter().filter(quotes).flat_map(Act::facts).filter_map(of).collect()
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
