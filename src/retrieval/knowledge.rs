//! Finding the entry of the knowledge base that answers a question.

use std::collections::{HashMap, HashSet};

use super::analysis;
use crate::domain::knowledge::{Domain, Knowledge};
use crate::domain::text::words;
use crate::domain::time::Day;

/// An index over the knowledge base. Small: built whole whenever an entry changes.
#[derive(Debug, Default)]
pub struct KnowledgeIndex {
    entries: Vec<Indexed>,
    /// How telling each stem is among all questions.
    idf: HashMap<String, f32>,
    rarest: f32,
}

#[derive(Debug)]
struct Indexed {
    id: String,
    domain: Domain,
    valid_from: Option<Day>,
    valid_until: Option<Day>,
    language: String,
    procedure: bool,
    questions: Vec<HashSet<String>>,
    tags: HashSet<String>,
    answer: HashSet<String>,
    /// Sentence embeddings of the questions, where an encoder has made them.
    vectors: Vec<Vec<f32>>,
}

/// An entry found.
#[derive(Debug, Clone, PartialEq)]
pub struct KnowledgeHit {
    /// The entry.
    pub id: String,
    /// Whose it is.
    pub domain: Domain,
    /// How well it answers, 0 to 1.
    pub score: f32,
    /// Whether its answer is a procedure.
    pub procedure: bool,
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

impl KnowledgeIndex {
    /// Builds the index over all entries.
    pub fn build(entries: &[Knowledge]) -> Self {
        let mut index = Self { entries: entries.iter().map(indexed).collect(), ..Self::default() };
        let questions: Vec<&HashSet<String>> = index.entries.iter().flat_map(|e| &e.questions).collect();
        let count = questions.len().max(1) as f32;
        let mut frequency: HashMap<&str, f32> = HashMap::new();
        for question in &questions {
            for stem in *question {
                *frequency.entry(stem).or_default() += 1.0;
            }
        }
        index.idf = frequency.into_iter().map(|(stem, n)| (stem.to_owned(), (1.0 + count / (n + 1.0)).ln())).collect();
        index.rarest = (1.0 + count).ln();
        index
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Gives the entries the embeddings of their questions; `vector_of` returns one for a question.
    pub fn set_vectors(&mut self, entries: &[Knowledge], vector_of: impl Fn(&str) -> Option<Vec<f32>>) {
        for (indexed, entry) in self.entries.iter_mut().zip(entries) {
            indexed.vectors = entry.questions.iter().filter_map(|q| vector_of(q)).collect();
        }
    }

    /// The entries that answer a question, best first, at most `limit`.
    pub fn find(&self, question: &Question<'_>, limit: usize) -> Vec<KnowledgeHit> {
        let stems = content(question.text);
        let mut hits: Vec<KnowledgeHit> = self
            .entries
            .iter()
            .filter(|e| e.holds_on(question.today) && question.procedures.is_none_or(|p| p == e.procedure))
            .map(|entry| KnowledgeHit {
                id: entry.id.clone(),
                domain: entry.domain,
                score: self.score(entry, &stems, question.vector),
                procedure: entry.procedure,
            })
            .filter(|hit| hit.score > 0.15)
            .collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.id.cmp(&b.id)));
        hits.truncate(limit);
        hits
    }

    /// Words first; meaning lifts an entry whose question says the same in other words.
    fn score(&self, entry: &Indexed, stems: &HashSet<String>, vector: Option<&[f32]>) -> f32 {
        let words = self.words_score(entry, stems);
        let Some(vector) = vector else { return words };
        let meaning = entry.vectors.iter().map(|own| cosine(own, vector)).fold(0.0_f32, f32::max);
        // Below 0.4 a MiniLM similarity says nothing; 0.85 is the same question.
        let meaning = ((meaning - 0.4) / 0.45).clamp(0.0, 1.0);
        (0.5 * words + 0.5 * meaning).max(words * 0.9).max(meaning * 0.85)
    }

    fn words_score(&self, entry: &Indexed, stems: &HashSet<String>) -> f32 {
        let weight = |stem: &String| self.idf.get(stem).copied().unwrap_or(self.rarest);
        let asked: f32 = stems.iter().map(weight).sum();
        if asked <= 0.0 {
            return 0.0;
        }
        let alike = |question: &HashSet<String>| {
            let common: f32 = stems.iter().filter(|s| has(question, s)).map(weight).sum();
            let own: f32 = question.iter().map(weight).sum();
            // Between the share of the asked words and the share of both: a short question that is
            // part of a longer one still matches.
            let both = asked + own - common;
            0.6 * common / asked + 0.4 * common / both.max(f32::EPSILON)
        };
        let question = entry.questions.iter().map(alike).fold(0.0_f32, f32::max);
        let elsewhere: f32 = stems
            .iter()
            .filter(|s| has(&entry.tags, s) || has(&entry.answer, s) || entry.questions.iter().any(|q| has(q, s)))
            .map(weight)
            .sum();
        0.75 * question + 0.25 * elsewhere / asked
    }
}

impl Indexed {
    fn holds_on(&self, today: Day) -> bool {
        self.valid_from.is_none_or(|from| from <= today) && self.valid_until.is_none_or(|until| today <= until)
    }

    /// The language of the answer.
    #[allow(dead_code)]
    fn language(&self) -> &str {
        &self.language
    }
}

fn indexed(entry: &Knowledge) -> Indexed {
    Indexed {
        id: entry.id.clone(),
        domain: entry.domain,
        valid_from: entry.valid_from,
        valid_until: entry.valid_until,
        language: entry.language.clone(),
        procedure: !entry.steps().is_empty(),
        questions: entry.questions.iter().map(|q| content(q)).filter(|q| !q.is_empty()).collect(),
        tags: entry.tags.iter().flat_map(|tag| content(tag)).collect(),
        answer: content(&entry.answer),
        vectors: Vec::new(),
    }
}

/// The stems of a text that carry content; all of them where none does.
fn content(text: &str) -> HashSet<String> {
    let all = analysis::words(text);
    let content: HashSet<String> = all.iter().filter(|w| !words::is_function(&w.text)).map(|w| w.stem.clone()).collect();
    if content.is_empty() { all.into_iter().map(|w| w.stem).collect() } else { content }
}

/// Whether a set has a stem or another word for it.
fn has(set: &HashSet<String>, stem: &str) -> bool {
    set.contains(stem) || words::synonyms(stem).iter().any(|other| set.contains(other))
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    // Embeddings have length one.
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Moment;

    fn entry(id: &str, domain: Domain, questions: &[&str], answer: &str) -> Knowledge {
        Knowledge {
            id: id.into(),
            domain,
            questions: questions.iter().map(|q| (*q).to_owned()).collect(),
            answer: answer.into(),
            tags: Vec::new(),
            valid_from: None,
            valid_until: None,
            language: "en".into(),
            updated_at: Moment(0),
        }
    }

    fn index() -> KnowledgeIndex {
        let expired = Knowledge {
            valid_until: Day::parse("2026-01-01"),
            ..entry("storm", Domain::Logistics, &["Are deliveries delayed by the storm?"], "Yes.")
        };
        KnowledgeIndex::build(&[
            entry(
                "returns",
                Domain::Support,
                &["What is your return policy?", "How long can I send things back?"],
                "You can return an item within 30 days.",
            ),
            entry("hours", Domain::Store, &["When are you open?", "What are your opening hours?"], "We open at 9."),
            entry("wifi", Domain::Support, &["My laptop does not connect to wifi"], "1. Restart the router.\n2. Forget the network."),
            expired,
        ])
    }

    #[test]
    fn questions_find_their_answer() {
        let today = Day::parse("2026-11-22").unwrap();
        let index = index();
        for (text, procedures, expected) in [
            ("what's the return policy", None, Some("returns")),
            ("can i send it back", None, Some("returns")),
            ("opening hours?", None, Some("hours")),
            ("laptop wont connect to the wi-fi", None, Some("wifi")),
            ("laptop wont connect to the wi-fi", Some(false), None),
            ("delayed by storm", None, None),
            ("purple elephants", None, None),
        ] {
            let question = Question { text, vector: None, today, procedures };
            let hits = index.find(&question, 1);
            assert_eq!(hits.first().map(|h| h.id.as_str()), expected, "{text} {hits:?}");
        }
    }
}
