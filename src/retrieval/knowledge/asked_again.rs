//! What an entry says to a further question: whether it holds what is asked for, and in which sentences.

use super::terms::Slot;
use super::{KnowledgeHit, KnowledgeIndex, Question, Role, kinds, scoring, terms};
use crate::domain::text::{limit, words};
use crate::domain::time::Day;

impl KnowledgeIndex {
    /// Whether the answer of an entry holds the kinds of things a text asks for: an amount, a time, a place.
    pub fn holds_kinds(&self, id: &str, text: &str) -> bool {
        let wanted = kinds::asked(text) & kinds::HARD;
        wanted & !self.held(id) == 0
    }

    /// Whether an entry holds what a text asks for, of any kind, and says every telling word of it.
    pub fn answers_again(&self, id: &str, text: &str) -> bool {
        let wanted = kinds::asked(text);
        let slots = terms::slots(text);
        let telling = slots.iter().filter(|slot| slot.telling && !names_a_kind(slot));
        // "Where can I see them" says nothing but where.
        let mut telling = telling.filter(|slot| !words::is_request(&slot.own, &slot.own));
        wanted != 0 && wanted & !self.held(id) == 0 && telling.all(|slot| self.says(id, slot))
    }

    /// Whether a text says anything by itself, rather than only pointing at something.
    ///
    /// What only names the kind of answer wanted ("what does that cost", "over how long") says nothing by itself.
    pub fn tells(text: &str) -> bool {
        terms::slots(text).iter().any(|slot| slot.telling && !names_a_kind(slot))
    }

    /// How many telling words of a question a text says, and how many there are.
    pub fn says_of(text: &str, question: &str) -> (usize, usize) {
        let (asked, own) = (terms::slots(question), terms::slots(text));
        let asked: Vec<&Slot> = asked.iter().filter(|slot| slot.telling && !names_a_kind(slot)).collect();
        let meets = |slot: &&&Slot| own.iter().any(|o| o.own == slot.own || o.matters.iter().any(|m| slot.matters.contains(m)));
        (asked.iter().filter(meets).count(), asked.len())
    }

    /// How many of the kinds of things a question asks for a sentence holds.
    pub fn kinds_of(sentence: &str, question: &str) -> usize {
        (kinds::asked(question) & kinds::held(sentence)).count_ones() as usize
    }

    /// Whether what a text tells of lies inside a limit that an entry states.
    pub fn limits(&self, id: &str, text: &str, today: Day) -> Option<bool> {
        let sentences = &self.entry(id)?.limits;
        sentences.iter().find_map(|sentence| limit::holds(sentence, text, today.date().year()))
    }

    /// Whether a sentence says as much of a text as any other: "cash up to 1000" says nothing of Klarna.
    pub fn is_of<'a>(sentence: &str, text: &str, others: impl IntoIterator<Item = &'a str>) -> bool {
        let said = Self::says_of(sentence, text).0;
        others.into_iter().all(|other| Self::says_of(other, text).0 <= said)
    }

    /// Whether an entry says any telling word of a text.
    pub fn shares(&self, id: &str, text: &str) -> bool {
        let slots = terms::slots(text);
        let telling: Vec<&Slot> = slots.iter().filter(|slot| slot.telling).collect();
        // "How long till it's on my card": what only names the kind of answer proves no entry, beside a word that does.
        let named = telling.iter().any(|slot| !names_a_kind(slot));
        telling.into_iter().filter(|slot| !(named && names_a_kind(slot))).any(|slot| self.says(id, slot))
    }

    /// Whether an entry says every telling word of a text.
    pub fn says_all(&self, id: &str, text: &str) -> bool {
        let slots = terms::slots(text);
        let mut telling = slots.iter().filter(|slot| slot.telling).peekable();
        telling.peek().is_some() && telling.all(|slot| self.says(id, slot))
    }

    /// The entries that have a telling word of a question to themselves, or have it alone in their questions.
    pub(super) fn alone(&self, slots: &[Slot]) -> Vec<u32> {
        let mut alone = Vec::new();
        for slot in slots.iter().filter(|slot| slot.telling && !words::is_request(&slot.own, &slot.own)) {
            let known = self.numbers(slot);
            let texts = || known.iter().flat_map(|(term, _)| self.texts_with(*term)).map(|at| &self.texts[*at as usize]);
            alone.extend(only(texts().map(|text| text.entry)));
            alone.extend(only(texts().filter(|text| text.role == Role::Question).map(|text| text.entry)));
        }
        alone
    }

    /// The kinds of things the answer of an entry holds.
    fn held(&self, id: &str) -> u16 {
        self.entry(id).map_or(0, |entry| entry.kinds)
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
        Some(KnowledgeHit { part: self.part_of(i, &asked), ..self.hit(i, score, &asked) })
    }
}

/// The one entry there is among some.
fn only(mut entries: impl Iterator<Item = u32>) -> Option<u32> {
    let first = entries.next()?;
    entries.all(|entry| entry == first).then_some(first)
}

/// Whether a word only names the kind of answer wanted: "cost", "long".
fn names_a_kind(slot: &Slot) -> bool {
    const KINDS: [&str; 18] = [
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
        "amount",
        "minimum",
        "maximum",
    ];
    KINDS.contains(&slot.own.as_str())
}
