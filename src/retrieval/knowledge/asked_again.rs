//! What an entry says to a further question: whether it holds what is asked for, and in which sentences.

use super::terms::Slot;
use super::{Entry, KnowledgeHit, KnowledgeIndex, Question, kinds, scoring, terms};

impl KnowledgeIndex {
    /// Whether the answer of an entry holds the kinds of things a text asks for: an amount, a time, a place.
    pub fn holds_kinds(&self, id: &str, text: &str) -> bool {
        let wanted = kinds::asked(text) & kinds::HARD;
        wanted & !self.entry(id).map_or(0, |entry| self.held(entry)) == 0
    }

    /// Whether an entry holds what a text asks for, of any kind, and says every telling word of it.
    pub fn answers_again(&self, id: &str, text: &str) -> bool {
        let wanted = kinds::asked(text);
        let held = self.entry(id).map_or(0, |entry| self.held(entry));
        let telling = terms::slots(text).into_iter().filter(|slot| slot.telling && !names_a_kind(slot));
        wanted != 0 && wanted & !held == 0 && telling.into_iter().all(|slot| self.says(id, &slot))
    }

    /// Whether a text says anything by itself, rather than only pointing at something.
    ///
    /// What only names the kind of answer wanted ("what does that cost", "over how long") says nothing by itself.
    pub fn tells(text: &str) -> bool {
        terms::slots(text).iter().any(|slot| slot.telling && !names_a_kind(slot))
    }

    /// Whether an entry says any telling word of a text.
    pub fn shares(&self, id: &str, text: &str) -> bool {
        terms::slots(text).iter().filter(|slot| slot.telling).any(|slot| self.says(id, slot))
    }

    /// The kinds of things the answer of an entry holds.
    pub(super) fn held(&self, entry: &Entry) -> u8 {
        self.texts[entry.texts.clone()].iter().fold(0, |kinds, text| kinds | text.kinds)
    }

    fn says(&self, id: &str, slot: &Slot) -> bool {
        let Some(entry) = self.entry(id) else { return false };
        let known = self.numbers(slot);
        known.iter().flat_map(|(term, _)| self.texts_with(*term)).any(|at| entry.texts.contains(&(*at as usize)))
    }

    /// An entry that is asked again, with the sentences of it that answer.
    pub fn within(&self, id: &str, question: &Question<'_>) -> Option<KnowledgeHit> {
        let i = self.entries.iter().position(|entry| entry.id == id)?;
        let asked = self.take_apart(question);
        let score = scoring::probability(self.fit(i, &asked), f32::MIN.max(-4.0), self.by_meaning(i, &asked));
        Some(self.hit(i, score, &asked))
    }
}

/// Whether a word only names the kind of answer wanted: "cost", "long".
fn names_a_kind(slot: &Slot) -> bool {
    const KINDS: [&str; 15] = [
        "cost",
        "price",
        "charg",
        "fee",
        "pay",
        "expensiv",
        "expensive",
        "long",
        "take",
        "much",
        "total",
        "time",
        "dollar",
        "euro",
        "month",
    ];
    KINDS.contains(&slot.own.as_str())
}
