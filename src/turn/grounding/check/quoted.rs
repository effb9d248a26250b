//! Quotations: longer texts of a record that a sentence repeats word for word, and names the shop lists.

use super::{Checker, Sentence, explain};
use crate::domain::fact::{FactId, Source};
use crate::domain::product::SpecValue;
use crate::domain::record::{Field, Record};
use crate::domain::text::sentence;
use crate::domain::value::Value;
use crate::turn::grounding::words::{self, Slot, Word};

/// Words from which on a repeated text is a quotation rather than chance.
const QUOTED: usize = 4;

impl Checker<'_> {
    /// Marks what is quoted from the records in scope, and names from the shop's own lists.
    pub(super) fn quoted(&self, sentence: &mut Sentence<'_>) {
        self.paid(sentence);
        let mut entities: Vec<usize> = (0..sentence.words.len()).flat_map(|at| sentence.scope.at(at).to_vec()).collect();
        entities.sort_unstable();
        entities.dedup();
        let mut records: Vec<_> = entities.into_iter().map(|i| self.entities.all[i].record).collect();
        records.extend(sentence.order);
        for id in records {
            let Some(versioned) = self.book.record(id) else { continue };
            for (field, text) in texts(&versioned.record) {
                let quote = words::split(&text);
                let Some(at) = (quote.len() >= QUOTED).then(|| place(&sentence.words, &quote)).flatten() else { continue };
                // Said of several things it must stand in the record of each.
                let of_it_alone = sentence.scope.at(at).iter().all(|i| self.entities.all[*i].record == id);
                let of_each = sentence.scope.at(at).iter().all(|i| self.has_text(self.entities.all[*i].record, &text));
                if !of_it_alone && !of_each && sentence.order != Some(id) {
                    continue;
                }
                // A sentence of a description comes alone or with the whole.
                let whole = matches!(field, Field::Sentence(_));
                let of =
                    |source: &Source| *source == Source::Record(id, field) || whole && *source == Source::Record(id, Field::Description);
                let fact = self.book.facts().find(|(_, f)| of(&f.source)).map(|(id, _)| id);
                explain(sentence, at..at + quote.len(), Slot::Quote, fact.into_iter().collect());
            }
        }
        self.listed(sentence);
    }

    /// "Paid with Visa ending 4242": how an order was paid, in however few words.
    fn paid(&self, sentence: &mut Sentence<'_>) {
        let Some(id) = sentence.order else { return };
        let Some(Record::Order(order)) = self.book.record(id).map(|v| &v.record) else { return };
        let method = words::split(&order.payment_method);
        let Some(at) = place(&sentence.words, &method) else { return };
        let before = |n: usize| at.checked_sub(n).map_or("", |i| sentence.words[i].text.as_str());
        // "Can be paid with" says something else.
        if before(1) != "with" || before(2) != "paid" || matches!(before(3), "be" | "being") {
            return;
        }
        let fact = self.book.facts().find(|(_, f)| f.source == Source::Record(id, Field::PaymentMethod)).map(|(id, _)| id);
        explain(sentence, at - 2..at + method.len(), Slot::Quote, fact.into_iter().collect());
    }

    fn has_text(&self, record: crate::domain::fact::RecordId, wanted: &str) -> bool {
        self.book.record(record).is_some_and(|v| texts(&v.record).iter().any(|(_, text)| text == wanted))
    }

    fn listed(&self, sentence: &mut Sentence<'_>) {
        let mut listed: Vec<(FactId, Vec<Word>)> = self
            .book
            .facts()
            .filter_map(|(id, fact)| match (&fact.source, &fact.value) {
                (Source::Shop, Value::Text(text)) => Some((id, words::split(text))),
                _ => None,
            })
            .collect();
        // Longer names first: "Gaming Laptops" is not "Gaming" and a word.
        listed.sort_by_key(|(_, name)| std::cmp::Reverse(name.len()));
        for (fact, name) in listed {
            while let Some(at) = place(&sentence.words, &name) {
                explain(sentence, at..at + name.len(), Slot::Listed, vec![fact]);
            }
        }
    }
}

/// The texts of a record that may be quoted.
fn texts(record: &Record) -> Vec<(Field, String)> {
    let numbered = |i: usize| u16::try_from(i).unwrap_or(u16::MAX);
    match record {
        Record::Product(product) => {
            let specs = product.specs.iter().enumerate().filter_map(|(i, spec)| match &spec.value {
                SpecValue::Text(text) => Some((Field::Spec(numbered(i)), text.clone())),
                _ => None,
            });
            let description = sentence::split(&product.description).enumerate().map(|(i, s)| (Field::Sentence(numbered(i)), s.to_owned()));
            specs.chain(description).collect()
        }
        Record::Order(order) => {
            let notes = order.fulfilments.iter().enumerate();
            let notes = notes.map(|(i, parcel)| (Field::ParcelNote(numbered(i)), parcel.note.clone()));
            notes.chain([(Field::PaymentMethod, order.payment_method.clone())]).collect()
        }
        Record::Promotion(promotion) => sentence::split(&promotion.description).map(|s| (Field::Description, s.to_owned())).collect(),
        _ => Vec::new(),
    }
}

/// Where a run of words stands in a sentence, not accounted for yet.
fn place(words: &[Word], quote: &[Word]) -> Option<usize> {
    if quote.is_empty() {
        return None;
    }
    let open = |word: &Word| !word.explained || matches!(word.slot, Slot::Mention(_));
    words
        .windows(quote.len())
        .position(|run| run.iter().zip(quote).all(|(a, b)| a.text == b.text && open(a)) && run.iter().any(|w| !w.explained))
}
