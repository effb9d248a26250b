//! Finding the entry of the knowledge base that answers a question, and the sentences of it that do.
//!
//! By words (numbers of stems in an inverted index, so that a question touches only what it shares a word
//! with) and, where an encoder has made vectors, by meaning. Scores are probabilities: see [`scoring`].

mod asked_again;
mod build;
mod counted;
mod kinds;
mod parts;
pub mod scoring;
mod terms;

use foldhash::HashMap;

use super::vectors::{self, Matrix, Vectors};
use crate::domain::knowledge::{Domain, Knowledge, Part};
use crate::domain::text::{edit, words};
use crate::domain::time::Day;
use build::Building;
pub use build::texts;
use counted::Counted;
use scoring::Features;
use terms::Slot;

/// What an own word of a text is worth where only another word of its matter is shared.
const OTHER_WORD: f32 = 0.85;
/// Entries a small shop is taken to have: how telling a word is depends on English, too.
const LEAST_ENTRIES: f32 = 100.0;
/// Answers less likely than this are not worth a look.
const WORTHLESS: f32 = 0.02;
/// Fit of an entry with which a message shares nothing but an ordinary word, at most.
const STRAY: f32 = -3.0;
/// From this share of common words on, small ones counted, one ordinary word is enough.
const SAME_SMALL_WORDS: f32 = 0.5;
/// Most entries that are given back.
const MOST: usize = 16;

/// An index over the knowledge base. Small: built whole whenever an entry changes.
#[derive(Debug, Clone, Default)]
pub struct KnowledgeIndex {
    entries: Vec<Entry>,
    terms: HashMap<String, u32>,
    /// The term of each matter that any text has.
    matters: Vec<Option<u32>>,
    /// Terms long enough to be misspelt, by their first letter.
    spelt: HashMap<u8, Vec<(String, u32)>>,
    /// How telling each term is.
    idf: Vec<f32>,
    /// Of each term, where its texts begin in `texts_of`; one longer than there are terms.
    starts: Vec<u32>,
    texts_of: Vec<u32>,
    /// Questions, sentences and tags of the entries, entry by entry.
    texts: Vec<Text>,
    /// Their vectors, where an encoder has made them.
    matrix: Matrix,
    /// Whether most texts have one.
    knows_meaning: bool,
    rarest: f32,
}

#[derive(Debug, Clone)]
struct Entry {
    id: String,
    domain: Domain,
    valid_from: Option<Day>,
    valid_until: Option<Day>,
    procedure: bool,
    hours: bool,
    /// Whether it says what delivery costs.
    delivery: bool,
    /// The question it is first of all the answer to.
    asked: String,
    /// The word most of its texts have: what it is about.
    topic: String,
    texts: std::ops::Range<usize>,
    /// Its questions: the first of its texts.
    questions: std::ops::Range<usize>,
    /// The sentences after them.
    sentences: std::ops::Range<usize>,
    /// Kinds of things these hold together.
    kinds: u16,
    /// Those of its sentences that state a limit.
    limits: Vec<String>,
}

/// What part an entry's text plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Question,
    /// A sentence or step.
    Sentence,
    Tags,
}

#[derive(Debug, Clone)]
struct Text {
    entry: u32,
    role: Role,
    /// What its words weigh together.
    weight: f32,
    /// How many they are.
    count: u16,
    /// Kinds of things it holds.
    kinds: u16,
    /// Whether it says nothing without the sentence before it.
    leans: bool,
    /// Whether it is a question to be answered with yes or no.
    whether: bool,
    key: u64,
}

/// An entry found.
#[derive(Debug, Clone, PartialEq)]
pub struct KnowledgeHit {
    /// The entry.
    pub id: String,
    /// Whose it is.
    pub domain: Domain,
    /// How likely it answers: a calibrated probability.
    pub score: f32,
    /// Whether its answer is a procedure.
    pub procedure: bool,
    /// The sentences of it that answer.
    pub part: Part,
    /// How much of what the question says the entry speaks of, 0 to 1.
    pub covers: f32,
    /// Whether a length of time is asked for, and the entry holds none.
    pub lacks: bool,
    /// Whether a telling word of the question stands in this entry alone, or in its questions alone.
    pub alone: bool,
}

/// A question as the index compares it.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The words.
    pub text: &'a str,
    /// Its sentence embedding, where there is one.
    pub vector: Option<&'a [f32]>,
    /// The day it is asked on: entries outside their dates are not found.
    pub today: Day,
    /// Only procedures, or only answers, where that is wanted.
    pub procedures: Option<bool>,
}

/// A question, taken apart and held against every text.
struct Asked {
    slots: Vec<Slot>,
    /// How many of them come from a question before the last: "How can I pay? Over how many months".
    before: usize,
    /// What each slot weighs.
    weights: Vec<f32>,
    counted: Counted,
    /// What its telling words weigh together, and how many they are.
    content: f32,
    telling_words: usize,
    kinds: u16,
    /// The entries that have a telling word of it to themselves.
    alone: Vec<u32>,
    likeness: Option<Vec<f32>>,
}

impl KnowledgeIndex {
    /// Builds the index over all entries.
    pub fn build(entries: &[Knowledge]) -> Self {
        let mut building = Building::default();
        for entry in entries {
            building.add(entry);
        }
        building.finish()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The names of all texts whose vectors are of use.
    pub fn wanted(&self) -> impl Iterator<Item = u64> + '_ {
        self.texts.iter().filter(|text| text.role != Role::Tags).map(|text| text.key)
    }

    /// Takes over the vectors of its texts.
    pub fn set_vectors(&mut self, vectors: &Vectors) {
        let keys: Vec<u64> = self.texts.iter().map(|text| text.key).collect();
        self.matrix = Matrix::of(&keys, vectors);
        let wanted = self.wanted().count();
        self.knows_meaning = wanted > 0 && self.matrix.there() * 10 >= wanted * 9;
    }

    /// Whether meaning can be compared: most of the texts have a vector.
    pub fn knows_meaning(&self) -> bool {
        self.knows_meaning
    }

    /// The entries that say when the shop is open.
    pub fn about_hours(&self, today: Day) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(move |entry| entry.hours && entry.holds_on(today)).map(|entry| entry.id.as_str())
    }

    /// Entries that say what delivery costs.
    pub fn about_delivery(&self, today: Day) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(move |entry| entry.delivery && entry.holds_on(today)).map(|entry| entry.id.as_str())
    }

    fn entry(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// The question an entry is first of all the answer to.
    pub fn asked(&self, id: &str) -> Option<&str> {
        self.entry(id).map(|entry| entry.asked.as_str()).filter(|asked| !asked.is_empty())
    }

    /// Whose an entry is.
    pub fn domain(&self, id: &str) -> Option<Domain> {
        self.entry(id).map(|entry| entry.domain)
    }

    /// What an entry is about, in a word.
    pub fn about(&self, id: &str) -> Option<&str> {
        self.entry(id).map(|entry| entry.topic.as_str()).filter(|topic| !topic.is_empty())
    }

    /// The entries that answer a question, best first, at most `limit`.
    pub fn find(&self, question: &Question<'_>, limit: usize) -> Vec<KnowledgeHit> {
        let asked = self.take_apart(question);
        let ranked = self.ranked(question, &asked, limit);
        let hit = |(score, i)| KnowledgeHit { part: self.part_of(i, &asked), ..self.hit(i, score, &asked) };
        let hits = ranked.into_iter().map(hit).collect();
        asked.counted.give_back();
        hits
    }

    /// The same, where it is not asked which of their sentences answer.
    pub fn find_whole(&self, question: &Question<'_>, limit: usize) -> Vec<KnowledgeHit> {
        let asked = self.take_apart(question);
        let hits = self.ranked(question, &asked, limit).into_iter().map(|(score, i)| self.hit(i, score, &asked)).collect();
        asked.counted.give_back();
        hits
    }

    /// The likeliest entries, best first, with how likely they are.
    fn ranked(&self, question: &Question<'_>, asked: &Asked, limit: usize) -> Vec<(f32, usize)> {
        // Most entries share no word with the question: by words they fit alike, but for the kinds of things they hold.
        let mut strange: Vec<(u16, f32)> = Vec::new();
        let mut fit = |i: usize| {
            if asked.counted.touched[i] || asked.likeness.is_some() {
                return self.fit(i, asked);
            }
            let kinds = self.entries[i].kinds;
            let known = strange.iter().find(|(own, _)| *own == kinds).map(|(_, fit)| *fit);
            known.unwrap_or_else(|| {
                let fit = self.fit(i, asked);
                strange.push((kinds, fit));
                fit
            })
        };
        let mut ranked: Vec<(f32, usize)> = self.candidates(question).map(|i| (fit(i), i)).collect();
        let limit = limit.min(MOST);
        let kept = ranked.len().min(limit.max(2));
        if kept < ranked.len() {
            ranked.select_nth_unstable_by(kept, |a, b| b.0.total_cmp(&a.0));
            ranked.truncate(kept);
        }
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let best = ranked.first().map_or(f32::MIN, |(fit, _)| *fit);
        let second = ranked.get(1).map_or(best - 4.0, |(fit, _)| *fit);
        ranked
            .iter()
            .enumerate()
            .map(|(place, (fit, i))| {
                let other = if place == 0 { second } else { best };
                (scoring::probability(*fit, other, self.by_meaning(*i, asked)), *i)
            })
            .filter(|(score, _)| *score > WORTHLESS)
            .take(limit)
            .collect()
    }

    /// How well an entry fits: by meaning, or by words alone where it is so new that it has no vectors yet.
    fn fit(&self, i: usize, asked: &Asked) -> f32 {
        let fit = scoring::fit(&self.features(i, asked), self.by_meaning(i, asked));
        if self.is_stray(i, asked) { fit.min(STRAY) } else { fit }
    }

    /// Whether all that a message shares with an entry is one ordinary word, and the small words around it are others
    /// than in its questions: "what would I pay" is not "how can I pay".
    fn is_stray(&self, i: usize, asked: &Asked) -> bool {
        if asked.telling_words != 1 {
            return false;
        }
        let Some(only) = asked.slots.iter().find(|slot| slot.telling) else { return false };
        let said = asked.slots.len() as f32;
        let alike = |at: usize| {
            let (common, count) = (f32::from(asked.counted.common[at]), f32::from(self.texts[at].count));
            common / (said + count - common).max(1.0)
        };
        only.share < 1.0 && said > 2.0 && self.entries[i].questions.clone().map(alike).fold(0.0, f32::max) < SAME_SMALL_WORDS
    }

    fn by_meaning(&self, i: usize, asked: &Asked) -> bool {
        asked.likeness.is_some() && self.entries[i].texts.clone().any(|at| self.matrix.has(at))
    }

    /// The features of every entry for a question, for fitting the weights.
    pub fn all_features(&self, question: &Question<'_>) -> Vec<(&str, Features)> {
        let asked = self.take_apart(question);
        self.candidates(question).map(|i| (self.entries[i].id.as_str(), self.features(i, &asked))).collect()
    }

    fn candidates(&self, question: &Question<'_>) -> impl Iterator<Item = usize> + '_ {
        let (today, procedures) = (question.today, question.procedures);
        let fits = move |entry: &Entry| entry.holds_on(today) && procedures.is_none_or(|wanted| wanted == entry.procedure);
        self.entries.iter().enumerate().filter(move |(_, entry)| fits(entry)).map(|(i, _)| i)
    }

    /// The sentences of an entry that answer; of a procedure all.
    fn part_of(&self, i: usize, asked: &Asked) -> Part {
        if self.entries[i].procedure { Part::WHOLE } else { self.part(i, asked) }
    }

    /// An entry found, whole.
    fn hit(&self, i: usize, score: f32, asked: &Asked) -> KnowledgeHit {
        let entry = &self.entries[i];
        let covers = if asked.content > 0.0 { asked.counted.evidence[i] / asked.content } else { 1.0 };
        let lacks = asked.kinds & kinds::SPAN != 0 && entry.kinds & kinds::SPAN == 0;
        KnowledgeHit {
            id: entry.id.clone(),
            domain: entry.domain,
            score,
            procedure: entry.procedure,
            part: Part::WHOLE,
            covers,
            lacks,
            alone: asked.alone.iter().any(|entry| *entry as usize == i),
        }
    }

    fn take_apart(&self, question: &Question<'_>) -> Asked {
        let mut slots = terms::slots(question.text).to_vec();
        for slot in &mut slots {
            self.mend(slot);
        }
        let numbers = |slot: &Slot| self.numbers(slot);
        let known: Vec<Vec<(u32, f32)>> = slots.iter().map(numbers).collect();
        let weight = |slot: &Slot, known: &[(u32, f32)]| {
            let idf = known.iter().map(|(term, _)| self.idf[*term as usize]).fold(self.rarest, f32::min);
            slot.share * idf
        };
        let weights: Vec<f32> = slots.iter().zip(&known).map(|(slot, known)| weight(slot, known)).collect();
        let mut counted = Counted::new(self.texts.len(), self.entries.len());
        for (n, (slot, known)) in (0_u32..).zip(slots.iter().zip(&known)) {
            for (term, worth) in known {
                for text in self.texts_with(*term) {
                    let (text, entry) = (*text as usize, self.texts[*text as usize].entry as usize);
                    if counted.text_seen[text] == n {
                        continue;
                    }
                    counted.text_seen[text] = n;
                    counted.touched[entry] = true;
                    let weight = weights[n as usize] * worth;
                    counted.shared[text] += weight;
                    counted.common[text] += 1;
                    if slot.telling {
                        counted.telling[text] += weight;
                        if counted.entry_seen[entry] != n {
                            counted.entry_seen[entry] = n;
                            counted.evidence[entry] += weights[n as usize];
                        }
                    }
                }
            }
        }
        let likeness = question.vector.filter(|_| self.knows_meaning()).and_then(|vector| self.matrix.likeness(vector));
        let said = slots.iter().zip(&weights).filter(|(slot, _)| slot.telling);
        let (content, telling_words) = (said.clone().map(|(_, weight)| weight).sum(), said.count());
        let kinds = kinds::asked(question.text);
        let alone = self.alone(&slots);
        Asked { before: terms::before_the_last(question.text), slots, weights, counted, content, telling_words, kinds, alone, likeness }
    }

    /// The numbers of a slot's terms: its own first, then those of its matters.
    fn numbers(&self, slot: &Slot) -> Vec<(u32, f32)> {
        let own = self.terms.get(&slot.own).map(|term| (*term, 1.0));
        let matters = slot.matters.iter().filter_map(|matter| self.matters.get(*matter as usize).copied().flatten());
        own.into_iter().chain(matters.map(|term| (term, OTHER_WORD))).collect()
    }

    /// A word nobody knows may be a slip of the pen for one of the knowledge base.
    fn mend(&self, slot: &mut Slot) {
        const LEAST_LETTERS: usize = 5;
        let unknown = slot.telling && slot.matters.is_empty() && !slot.own.contains(' ') && !self.terms.contains_key(&slot.own);
        if !unknown || slot.own.len() < LEAST_LETTERS || words::is_common(&slot.own) || slot.own.bytes().any(|b| b.is_ascii_digit()) {
            return;
        }
        let first = slot.own.as_bytes().first().copied().unwrap_or_default();
        let near = self.spelt.get(&first).into_iter().flatten().find(|(term, _)| edit::distance(&slot.own, term, 1).is_some());
        if let Some((term, _)) = near
            && let Some(meant) = terms::slots(term).last()
        {
            slot.clone_from(meant);
        }
    }

    fn texts_with(&self, term: u32) -> &[u32] {
        let at = term as usize;
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(from), Some(to)) => &self.texts_of[*from as usize..*to as usize],
            _ => &[],
        }
    }

    fn features(&self, i: usize, asked: &Asked) -> Features {
        const LONG: usize = 6;
        let entry = &self.entries[i];
        let wanted = [kinds::COST, kinds::TIME, kinds::PLACE].into_iter().filter(|kind| asked.kinds & kind != 0);
        let held = |at: usize| (asked.counted.shared[at] / self.texts[at].weight.max(f32::EPSILON)).min(1.0);
        let mut features = Features {
            question: entry.questions.clone().map(held).fold(0.0, f32::max),
            sentence: asked.counted.telling[entry.sentences.clone()].iter().copied().fold(0.0, f32::max) / asked.content.max(f32::EPSILON),
            evidence: (asked.counted.evidence[i] / (1.5 * self.rarest)).min(1.5),
            kind: wanted.map(|kind| if entry.kinds & kind != 0 { 1.0 } else { -1.0 }).sum(),
            length: asked.telling_words.min(LONG) as f32 / LONG as f32,
            ..Features::default()
        };
        if let Some(likeness) = &asked.likeness {
            features.says = likeness[entry.sentences.clone()].iter().copied().fold(0.0, f32::max);
            (features.asks, features.about) = likest(&likeness[entry.questions.clone()]);
        }
        features
    }
}

/// The likeliest of an entry's questions, and the mean of its three likeliest.
fn likest(questions: &[f32]) -> (f32, f32) {
    let mut best = [0.0_f32; 3];
    for alike in questions {
        if let Some(place) = best.iter().position(|known| alike > known) {
            best[place..].rotate_right(1);
            best[place] = *alike;
        }
    }
    (best[0], best.iter().sum::<f32>() / questions.len().clamp(1, 3) as f32)
}

impl Entry {
    fn holds_on(&self, today: Day) -> bool {
        self.valid_from.is_none_or(|from| from <= today) && self.valid_until.is_none_or(|until| today <= until)
    }
}

#[cfg(test)]
mod tests;
