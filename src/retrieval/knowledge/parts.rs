//! The part of an entry that answers: the sentences which say what the question asks beyond its topic.

use super::{Asked, KnowledgeIndex, kinds};
use crate::domain::knowledge::Part;

/// The terms of a word of the question, and what it weighs.
type Beyond = (Vec<(u32, f32)>, f32);

/// Entries of so few sentences are read out whole unless one stands out clearly.
const SHORT: usize = 2;
/// How far ahead a sentence must be of another that is left out.
const LEAD: f32 = 0.22;
/// The same in an entry that is short.
const SHORT_LEAD: f32 = 0.4;
/// From this likeness on a question of the entry is just what is asked.
const SAME_QUESTION: f32 = 0.8;
/// An entry with so few questions does not tell which of their words are its topic.
const FEW_QUESTIONS: usize = 3;
/// What the share of the question's words counts that a sentence holds beyond the topic.
const WORDS: f32 = 1.5;
/// What likeness in meaning counts beside it.
const MEANING: f32 = 2.0;
/// What it counts that a sentence holds the kind of thing asked for.
const KIND: f32 = 0.5;
/// Share of what is asked that a word must be for a sentence to be said for its sake.
const OWN_WORD: f32 = 0.2;
/// Most sentences said together for the words they hold.
const TOGETHER: usize = 3;

impl KnowledgeIndex {
    /// The sentences of an entry that answer; all where nothing singles a part out.
    pub(super) fn part(&self, entry: usize, asked: &Asked) -> Part {
        let sentences: Vec<(usize, u8)> = self.entries[entry].sentences.clone().zip(0..=u8::MAX).collect();
        if sentences.len() < 2 {
            return Part::WHOLE;
        }
        let topic = self.topic(entry, asked);
        let beyond = self.beyond_topic(topic, &sentences, asked);
        // Whoever asks what the entry is the answer to, and nothing more, is told all of it.
        let goes_on = asked.before > 0;
        let of_a_kind = asked.kinds & if goes_on { u16::MAX } else { kinds::SAID_ONCE } != 0;
        if beyond.is_empty() && !of_a_kind && topic.is_some_and(|at| self.alike(at, asked) >= SAME_QUESTION) {
            return self.whole_or_first(topic, &sentences, asked);
        }
        let worth: Vec<f32> = sentences.iter().map(|(at, _)| self.worth(*at, &beyond, asked)).collect();
        let best = worth.iter().copied().fold(f32::MIN, f32::max);
        // Where no word of the question singles a sentence out, likeness alone must do so clearly.
        let vague = beyond.is_empty() && asked.kinds == 0;
        if vague && sentences.len() <= TOGETHER {
            return Part::WHOLE;
        }
        let lead = if vague || sentences.len() <= SHORT && !goes_on { SHORT_LEAD } else { LEAD };
        let mut chosen: Vec<bool> = worth.iter().map(|worth| best - worth < lead).collect();
        self.complete(&mut chosen, &sentences, &beyond, asked);
        // What begins with "it" or "after that" says nothing without the sentence before it.
        for i in (1..chosen.len()).rev() {
            chosen[i - 1] |= chosen[i] && self.texts[sentences[i].0].leans;
        }
        let places: Vec<u8> = sentences.iter().zip(&chosen).filter(|(_, chosen)| **chosen).map(|((_, place), _)| *place).collect();
        if places.len() == sentences.len() { Part::WHOLE } else { Part::of(&places) }
    }

    /// All of an answer; of a longer one to a question of yes or no, the sentence that is the answer.
    fn whole_or_first(&self, topic: Option<usize>, sentences: &[(usize, u8)], asked: &Asked) -> Part {
        // It is the first, where no other says more of the words asked by; what an earlier question said asks for nothing.
        let said = |at: usize| asked.slots.iter().filter(|slot| slot.telling && self.holds(at, &self.numbers(slot))).count();
        let first = sentences.first().map_or(0, |(at, _)| said(*at));
        let answers = asked.before == 0 && first >= asked.telling_words && sentences.iter().all(|(at, _)| said(*at) <= first);
        if sentences.len() <= SHORT || !answers || !topic.is_some_and(|at| self.texts[at].whether) {
            return Part::WHOLE;
        }
        let leaning = sentences.iter().skip(1).take_while(|(at, _)| self.texts[*at].leans);
        let places: Vec<u8> = sentences.iter().take(1).chain(leaning).map(|(_, place)| *place).collect();
        Part::of(&places)
    }

    /// Adds the sentences that alone hold a word of the question: "can I pay with PayPal in the shop" asks of both. Where
    /// a kind of thing is asked for, only those that hold it.
    fn complete(&self, chosen: &mut [bool], sentences: &[(usize, u8)], beyond: &[Beyond], asked: &Asked) {
        let content = asked.content.max(f32::EPSILON);
        let of_kind = |at: usize| self.texts[at].kinds & asked.kinds != 0;
        let needs_kind = sentences.iter().any(|(at, _)| of_kind(*at));
        for (known, _) in beyond.iter().filter(|(_, weight)| weight / content >= OWN_WORD) {
            let said = sentences.iter().zip(chosen.iter()).any(|((at, _), chosen)| *chosen && self.holds(*at, known));
            let with = sentences.iter().position(|(at, _)| self.holds(*at, known) && (!needs_kind || of_kind(*at)));
            if let Some(at) = with.filter(|_| !said && chosen.iter().filter(|chosen| **chosen).count() < TOGETHER) {
                chosen[at] = true;
            }
        }
    }

    /// The question of an entry that is asked here.
    fn topic(&self, entry: usize, asked: &Asked) -> Option<usize> {
        self.entries[entry].questions.clone().max_by(|a, b| self.alike(*a, asked).total_cmp(&self.alike(*b, asked)))
    }

    /// Whether a word stands in more than one question of an entry; of an entry with hardly any, in the one asked here.
    fn is_topic(&self, topic: Option<usize>, known: &[(u32, f32)]) -> bool {
        let Some(asked) = topic else { return false };
        let questions = self.entries[self.texts[asked].entry as usize].questions.clone();
        let with = questions.clone().filter(|at| self.holds(*at, known)).count();
        if questions.len() <= FEW_QUESTIONS { self.holds(asked, known) } else { with > 1 }
    }

    /// Whether any question of a question's entry has a word.
    fn asks_by(&self, question: usize, known: &[(u32, f32)]) -> bool {
        self.entries[self.texts[question].entry as usize].questions.clone().any(|at| self.holds(at, known))
    }

    /// How alike a question of an entry and the one asked are: the better of words and meaning.
    fn alike(&self, at: usize, asked: &Asked) -> f32 {
        let words = (asked.counted.shared[at] / self.texts[at].weight.max(f32::EPSILON)).min(1.0);
        asked.likeness.as_ref().map_or(words, |all| words.max(all[at]))
    }

    /// What is asked beyond the topic of an entry, with its weight: words of the question it is the answer to single
    /// no sentence out, nor do those that most sentences hold.
    fn beyond_topic(&self, topic: Option<usize>, sentences: &[(usize, u8)], asked: &Asked) -> Vec<Beyond> {
        let telling = asked.slots.iter().zip(&asked.weights).enumerate().filter(|(_, (slot, _))| slot.telling);
        telling
            .filter_map(|(at, (slot, weight))| {
                let mut known = self.numbers(slot);
                // What an earlier question said is what is talked about, where the entry is asked for by it.
                if at < asked.before && topic.is_some_and(|topic| self.asks_by(topic, &known)) {
                    return None;
                }
                let own: Vec<(u32, f32)> = known.iter().copied().filter(|(_, worth)| *worth >= 1.0).collect();
                let in_topic = |known: &[(u32, f32)]| self.is_topic(topic, known);
                // The very word says more than another of its matter: "Norway" beside "abroad".
                let very = !in_topic(&own) && sentences.iter().any(|(at, _)| self.holds(*at, &own));
                if very {
                    known = own;
                } else if in_topic(&known) {
                    return None;
                }
                let with = sentences.iter().filter(|(at, _)| self.holds(*at, &known)).count();
                let common = with.saturating_sub(1) as f32 / (sentences.len() - 1) as f32;
                (with > 0).then_some((known, weight * (1.0 - 0.8 * common)))
            })
            .collect()
    }

    /// How much a sentence says of what is asked.
    fn worth(&self, at: usize, beyond: &[Beyond], asked: &Asked) -> f32 {
        let said: f32 = beyond.iter().filter(|(known, _)| self.holds(at, known)).map(|(_, weight)| weight).sum();
        let words = WORDS * said / asked.content.max(f32::EPSILON);
        let meaning = asked.likeness.as_ref().map_or(0.0, |likeness| likeness[at].max(0.0));
        let kind = if asked.kinds & self.texts[at].kinds != 0 { KIND } else { 0.0 };
        words + MEANING * meaning + kind
    }

    /// Whether a text holds any of a word's terms.
    fn holds(&self, at: usize, known: &[(u32, f32)]) -> bool {
        known.iter().any(|(term, _)| self.texts_with(*term).binary_search(&(at as u32)).is_ok())
    }
}
