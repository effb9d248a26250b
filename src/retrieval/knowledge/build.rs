//! Building the index: every text of every entry, its words numbered and weighed.

use super::terms::Slot;
use super::{Entry, KnowledgeIndex, LEAST_ENTRIES, Role, Text, kinds, terms, vectors};
use crate::domain::knowledge::{Domain, Knowledge};
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::text::words;
use crate::domain::text::{delivery, limit};

/// The steps of a procedure, the sentences of any other answer.
fn said(entry: &Knowledge) -> Vec<&str> {
    let steps = entry.steps();
    if steps.is_empty() { entry.sentences() } else { steps }
}

/// The texts of an entry whose vectors are of use: its questions, and what it says.
pub fn texts(entry: &Knowledge) -> impl Iterator<Item = &str> {
    entry.questions.iter().map(String::as_str).chain(said(entry))
}

/// The word that most questions and sentences of an entry have.
fn topic(entry: &Knowledge) -> String {
    let mut counted: Vec<(String, String, usize)> = Vec::new();
    for text in entry.questions.iter().map(String::as_str).chain(said(entry)) {
        let mut seen: Vec<String> = Vec::new();
        for token in tokens(text).into_iter().filter(|token| !words::is_function(&token.text) && token.text.len() > 2) {
            let stem = stem(&token.text);
            if seen.contains(&stem) {
                continue;
            }
            match counted.iter_mut().find(|(own, ..)| *own == stem) {
                Some((.., count)) => *count += 1,
                None => counted.push((stem.clone(), token.text, 1)),
            }
            seen.push(stem);
        }
    }
    // The first of several that are as frequent: it stands in the first question.
    counted.into_iter().rev().max_by_key(|(.., count)| *count).map(|(_, word, _)| word).unwrap_or_default()
}

/// Sentences of an entry that something can be held against.
fn limits(entry: &Knowledge) -> Vec<String> {
    entry.sentences().into_iter().filter(|sentence| limit::states(sentence)).map(str::to_owned).collect()
}

/// An index while it is built.
#[derive(Default)]
pub(super) struct Building {
    index: KnowledgeIndex,
    /// Of each text, its terms with their share.
    slots: Vec<Vec<Slot>>,
    by_term: Vec<Vec<u32>>,
}

impl Building {
    pub(super) fn add(&mut self, entry: &Knowledge) {
        let from = self.index.texts.len();
        for question in &entry.questions {
            self.text(Role::Question, question);
        }
        let asked = self.index.texts.len();
        // A part of an entry names its sentences in a byte.
        for sentence in said(entry).into_iter().take(usize::from(u8::MAX) + 1) {
            self.text(Role::Sentence, sentence);
        }
        let said = self.index.texts.len();
        if !entry.tags.is_empty() {
            self.text(Role::Tags, &entry.tags.join(" "));
        }
        let procedure = !entry.steps().is_empty();
        self.index.entries.push(Entry {
            id: entry.id.clone(),
            domain: entry.domain,
            valid_from: entry.valid_from,
            valid_until: entry.valid_until,
            procedure,
            limits: if procedure { Vec::new() } else { limits(entry) },
            topic: topic(entry),
            asked: entry.questions.first().cloned().unwrap_or_default(),
            hours: entry.domain == Domain::Store && !procedure && entry.questions.iter().any(|question| asks_for_hours(question)),
            delivery: !procedure && entry.sentences().into_iter().any(|sentence| delivery::fee(sentence).is_some()),
            questions: from..asked,
            sentences: asked..said,
            kinds: self.index.texts[asked..said].iter().fold(0, |kinds, text| kinds | text.kinds),
            texts: from..self.index.texts.len(),
        });
    }

    fn text(&mut self, role: Role, text: &str) {
        let number = self.index.texts.len();
        let slots = terms::taken_apart(text);
        for slot in &slots {
            let own = self.own_term(&slot.own);
            self.file(own, number);
            for matter in slot.matters {
                let matter = self.matter_term(*matter as usize);
                self.file(matter, number);
            }
        }
        let kinds = if role == Role::Sentence { kinds::held(text) } else { 0 };
        let entry = self.index.entries.len() as u32;
        let leans = role == Role::Sentence && terms::leans(text);
        self.index.texts.push(Text {
            entry,
            role,
            weight: 0.0,
            count: slots.len().min(1_000) as u16,
            kinds,
            leans,
            whether: role == Role::Question && terms::asks_whether(text),
            key: vectors::key(text),
        });
        self.slots.push(slots);
    }

    fn own_term(&mut self, word: &str) -> u32 {
        let next = self.by_term.len() as u32;
        let term = *self.index.terms.entry(word.to_owned()).or_insert(next);
        if term == next {
            self.by_term.push(Vec::new());
        }
        term
    }

    fn matter_term(&mut self, matter: usize) -> u32 {
        if self.index.matters.len() <= matter {
            self.index.matters.resize(matter + 1, None);
        }
        let next = self.by_term.len() as u32;
        let term = *self.index.matters[matter].get_or_insert(next);
        if term == next {
            self.by_term.push(Vec::new());
        }
        term
    }

    /// Notes that a text holds a term.
    fn file(&mut self, term: u32, text: usize) {
        let texts = &mut self.by_term[term as usize];
        if texts.last() != Some(&(text as u32)) {
            texts.push(text as u32);
        }
    }

    pub(super) fn finish(mut self) -> KnowledgeIndex {
        let index = &mut self.index;
        let count = (index.entries.len() as f32).max(LEAST_ENTRIES);
        let idf = |entries: f32| (1.0 + (count - entries + 0.5) / (entries + 0.5)).ln();
        index.rarest = idf(0.0);
        index.starts.push(0);
        for texts in &self.by_term {
            let mut entries: Vec<u32> = texts.iter().map(|text| index.texts[*text as usize].entry).collect();
            entries.dedup();
            index.idf.push(idf(entries.len() as f32));
            index.texts_of.extend(texts);
            index.starts.push(index.texts_of.len() as u32);
        }
        for (at, slots) in self.slots.iter().enumerate() {
            let weight = |slot: &Slot| {
                let known = index.numbers(slot);
                slot.share * known.iter().map(|(term, _)| index.idf[*term as usize]).fold(index.rarest, f32::min)
            };
            let whole = slots.iter().map(weight).sum();
            index.texts[at].weight = whole;
        }
        for (term, number) in &index.terms {
            if term.len() >= 5 && term.bytes().all(|b| b.is_ascii_lowercase()) {
                index.spelt.entry(term.as_bytes()[0]).or_default().push((term.clone(), *number));
            }
        }
        for terms in index.spelt.values_mut() {
            terms.sort_unstable();
        }
        self.index
    }
}

/// Whether a question is about when the shop is open.
fn asks_for_hours(question: &str) -> bool {
    let found = crate::retrieval::analysis::words(question);
    let has = |list: &[&str]| found.iter().any(|word| list.contains(&word.text.as_str()));
    has(&["open", "opening", "close", "closed", "closing"]) && !has(&["box", "package", "parcel", "door"])
}
