//! A reply that would say word for word what the one before it said, to another question: another part of the entry
//! answers, or the records say no more.

use super::Machine;
use crate::agents::evidence_words::is_question;
use crate::agents::say;
use crate::agents::turn::Answer;
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Intent;
use crate::domain::fact::{FactId, RecordId, Source};
use crate::domain::goal::Goal;
use crate::domain::record::Field;
use crate::retrieval::KnowledgeIndex;

impl Machine {
    /// Puts what the entry says of the question, or that the records do not say, in the place of what was just said.
    pub(super) fn leave_repeated(&mut self) {
        let Some((record, told, whole)) = self.repeated() else { return };
        let text = self.start.text.clone();
        let Some(entry) = say::entry(&self.outcome.book, record) else { return };
        let sentences = entry.sentences();
        let said: String = told.iter().filter_map(|at| sentences.get(usize::from(*at)).copied()).collect::<Vec<_>>().join(" ");
        let (known, asked) = KnowledgeIndex::says_of(&said, &text);
        // "And after it shipped?" asks for what holds then, if what was told held until then.
        let later = self.heard.words.iter().any(|word| word.text == "after") && !begins_later(&said);
        let after = (0..sentences.len()).filter(|at| later && begins_later(sentences[*at])).find_map(|at| u16::try_from(at).ok());
        if let Some(sentence) = after.and_then(|at| self.outcome.book.field(record, Field::Sentence(at))) {
            self.outcome.acts = vec![Act::plain(ActKind::Knowledge).with("sentence", sentence)];
            return;
        }
        // "So it is free?" is answered by the same again.
        let holds = KnowledgeIndex::kinds_of(&said, &text) > 0 && told.len() == 1;
        if holds || !whole || asked == 0 || known * 2 >= asked {
            return;
        }
        // Of what was said whole, one sentence may be meant now.
        let place = |at: usize| u16::try_from(at).ok().filter(|at| told.len() > 1 || !told.contains(at));
        let worth = |at: u16| {
            let sentence = sentences[usize::from(at)];
            KnowledgeIndex::says_of(sentence, &text).0 + 2 * KnowledgeIndex::kinds_of(sentence, &text)
        };
        let best = (0..sentences.len()).filter_map(place).filter(|at| worth(*at) > 0).max_by_key(|at| worth(*at));
        let mut answer = Answer::default();
        match best.and_then(|at| self.outcome.book.field(record, Field::Sentence(at))) {
            Some(sentence) => answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence)),
            // Of a damage or a fault the rule is what can be said, whatever of it is asked.
            None if self.goal.intent() == Intent::Support => return,
            None if self.goal == Goal::ShopServices && !self.heard.services.is_empty() => answer.say_plain(ActKind::NotInRecords),
            None => answer.say_plain(ActKind::RestUnknown),
        }
        self.outcome.acts = answer.acts;
    }

    /// The entry and the sentences, where the reply says nothing that the one before it did not; and whether it says all
    /// of that.
    fn repeated(&self) -> Option<(RecordId, Vec<u16>, bool)> {
        let focus = &self.start.state.focus;
        let same_question = focus.asked.as_deref().is_none_or(|asked| asked.eq_ignore_ascii_case(self.start.text.trim()));
        // A wish said once more is no other question.
        let asks = |text: &str| matches!(text, "do" | "does" | "did" | "is" | "are" | "can" | "will" | "would" | "has" | "have");
        let opens = self.heard.words.first().is_some_and(|word| asks(&word.text));
        if !opens && !is_question(&self.start.text) {
            return None;
        }
        if self.several || self.start.tap.is_some() || focus.told.is_empty() || same_question {
            return None;
        }
        let quotes: Option<Vec<(RecordId, u16)>> = self.outcome.acts.iter().map(|act| self.quote(act)).collect();
        let quotes = quotes.filter(|quotes| !quotes.is_empty())?;
        let record = quotes[0].0;
        let entry = say::entry(&self.outcome.book, record)?;
        let same = focus.entry.as_deref() == Some(entry.id.as_str())
            && quotes.iter().all(|(own, _)| *own == record)
            && quotes.iter().all(|(_, at)| focus.told.contains(at));
        let told = quotes.iter().map(|(_, at)| *at).collect();
        same.then_some((record, told, quotes.len() == focus.told.len()))
    }

    /// The sentence an act quotes, where it does nothing else.
    fn quote(&self, act: &Act) -> Option<(RecordId, u16)> {
        let mut facts = act.facts();
        let fact: FactId = facts.next().filter(|_| act.kind == ActKind::Knowledge)?;
        match &self.outcome.book.fact(fact)?.source {
            Source::Record(record, Field::Sentence(at)) if facts.next().is_none() => Some((*record, *at)),
            _ => None,
        }
    }
}

/// Whether a sentence begins with what holds afterwards.
fn begins_later(sentence: &str) -> bool {
    ["After ", "Afterwards", "Later", "Once "].iter().any(|word| sentence.starts_with(word))
}
