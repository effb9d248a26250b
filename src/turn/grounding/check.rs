//! The check of free text: a model's sentence is taken apart, and every part must be borne out.
//!
//! In this order: what the sentence is about; the values in it (money, days, lengths of time, measures,
//! counts), each in the entity and the sense it is given; words that assert (in stock, shipped, cheaper,
//! valid); promises; and then each part of the sentence by itself: what is left of it must be glue, or
//! words that claim something and stand beside the very thing a record bears out ("costs" beside an
//! amount), or words that the record states in one and the same place. Otherwise the whole sentence must
//! say again a statement of the shop. A word nothing explains makes it unsupported: what cannot be taken
//! apart is not free.

mod asserted;
mod compared;
mod deeds;
mod places;
mod quoted;
mod rest;
mod values;

use super::dates::{self, DayClaim};
use super::knowledge::Statements;
use super::lexicon;
use super::scope::{Entities, Mention, Scope};
use super::words::{self, Slot, Word};
use super::{GroundedSentence, Promises, Unsupported};
use crate::domain::fact::{FactBook, FactId, RecordId, Source};
use crate::domain::money::Currency;
use crate::domain::record::{Field, Record, RecordKind};
use crate::domain::text::unit;

/// Checks the sentences of one reply, in order.
pub struct Checker<'a> {
    book: &'a FactBook,
    promises: &'a Promises,
    entities: Entities,
    statements: Statements,
    /// What the last sentence was about.
    about: Vec<usize>,
    /// The order that was last spoken of, where that was one alone.
    order: Option<RecordId>,
    /// What the shop recommends in this turn.
    recommended: Vec<RecordId>,
    currency: Currency,
}

/// What a reply is about before it has named anything.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// The records.
    pub about: Vec<RecordId>,
    /// Those the shop recommends.
    pub recommended: Vec<RecordId>,
}

/// A sentence while it is checked.
struct Sentence<'a> {
    text: &'a str,
    words: Vec<Word>,
    mentions: Vec<Mention>,
    days: Vec<DayClaim>,
    scope: Scope,
    mentioned: Vec<usize>,
    /// The order it speaks of.
    order: Option<RecordId>,
    facts: Vec<FactId>,
}

impl<'a> Checker<'a> {
    /// A checker for a reply that may rest on the facts of `book`. `subject` is what the reply is about
    /// before it has named anything.
    pub fn new(book: &'a FactBook, promises: &'a Promises, subject: &Subject, currency: Currency) -> Self {
        let entities = Entities::of(book);
        let about: Vec<usize> = (0..entities.all.len()).filter(|i| subject.about.contains(&entities.all[*i].record)).collect();
        let recommended = subject.recommended.clone();
        let mut checker = Self { book, promises, entities, statements: Statements::of(book), about, order: None, recommended, currency };
        checker.order = checker.one_order(&checker.about);
        checker
    }

    /// Checks the next sentence.
    ///
    /// # Errors
    /// What is unsupported in it; the sentence must not be shown.
    pub fn check(&mut self, text: &str) -> Result<GroundedSentence, Unsupported> {
        let fail = |reason: String| Unsupported { sentence: text.to_owned(), reason };
        let body = text.trim_start_matches(['-', '*', '•', ' ']);
        let mut words = words::split(body);
        let mentions = self.entities.mentions(&mut words);
        let scope = Scope::of(&words, &mentions, &self.about);
        let mentioned = mentions.iter().flat_map(|m| m.entities.clone()).collect();
        let order = self.order_of(&mentions);
        let days = dates::find(&words, body, self.book.today());
        let mut sentence = Sentence { text: body, words, mentions, days, scope, mentioned, order, facts: Vec::new() };
        if let Some(at) = run_together(&sentence) {
            return Err(fail(format!("two sentences run together at \"{at}\"")));
        }
        if words::denies_a_denial(&sentence.words) {
            return Err(fail("what it denies twice it says".to_owned()));
        }
        self.quoted(&mut sentence);
        self.promised(&mut sentence).map_err(fail)?;
        self.places(&sentence).map_err(fail)?;
        self.values(&mut sentence).map_err(fail)?;
        self.assertions(&mut sentence).map_err(fail)?;
        self.rest(&mut sentence).map_err(fail)?;
        self.about.clone_from(&sentence.scope.last);
        self.order = self.order_after(&sentence.mentioned);
        for i in &sentence.mentioned {
            let record = self.entities.all[*i].record;
            let name = self.book.facts().find(|(_, f)| matches!(f.source, Source::Record(r, Field::Name | Field::Number) if r == record));
            sentence.facts.extend(name.map(|(id, _)| id));
        }
        sentence.facts.sort_unstable();
        sentence.facts.dedup();
        Ok(GroundedSentence { text: text.trim().to_owned(), facts: sentence.facts })
    }

    /// Notes what a sentence that needs no check is about, for the one that follows it.
    pub fn heed(&mut self, text: &str) {
        let mut words = words::split(text);
        let mentions = self.entities.mentions(&mut words);
        self.about = Scope::of(&words, &mentions, &self.about).last;
        let mentioned: Vec<usize> = mentions.iter().flat_map(|m| m.entities.clone()).collect();
        self.order = self.order_after(&mentioned);
    }

    /// Records in scope at a word.
    fn records(&self, sentence: &Sentence<'_>, at: usize) -> Vec<RecordId> {
        sentence.scope.at(at).iter().map(|i| self.entities.all[*i].record).collect()
    }

    fn said_by_the_shop(&self, sentence: &Sentence<'_>) -> bool {
        self.statements.supporting(&sentence.words).is_some()
    }

    fn kind(&self, record: RecordId) -> Option<RecordKind> {
        self.book.record(record).map(|r| r.record.kind())
    }

    /// The order that sentences speak of whose words name none: what is said of parcels and days is said of it.
    /// It is the only one the turn has read; among several, the one the sentence names or the reply spoke of
    /// last, if nothing else is spoken of but what is in that order.
    fn order_of(&self, mentions: &[Mention]) -> Option<RecordId> {
        let mut orders = self.book.records().filter(|(_, v)| v.record.kind() == RecordKind::Order).map(|(id, _)| id);
        let first = orders.next()?;
        if orders.next().is_none() {
            return Some(first);
        }
        let named: Vec<usize> = mentions.iter().flat_map(|m| m.entities.clone()).collect();
        let order = if self.names_orders(&named) { self.one_order(&named)? } else { self.order? };
        let belongs = |i: &usize| self.is_in(self.entities.all[*i].record, order);
        let of_it = mentions.iter().all(|m| m.entities.iter().any(belongs));
        let before = !mentions.is_empty() || self.about.iter().any(belongs);
        (of_it && before).then_some(order)
    }

    /// The order last spoken of, behind a sentence that names these.
    fn order_after(&self, named: &[usize]) -> Option<RecordId> {
        if self.names_orders(named) { self.one_order(named) } else { self.order }
    }

    fn names_orders(&self, named: &[usize]) -> bool {
        named.iter().any(|i| self.entities.all[*i].kind == RecordKind::Order)
    }

    /// The order among entities, if there is one and no other.
    fn one_order(&self, named: &[usize]) -> Option<RecordId> {
        let mut orders = named.iter().map(|i| &self.entities.all[*i]).filter(|e| e.kind == RecordKind::Order).map(|e| e.record);
        let first = orders.next()?;
        orders.all(|other| other == first).then_some(first)
    }

    /// Whether a record is the order itself or a product in it.
    fn is_in(&self, record: RecordId, order: RecordId) -> bool {
        match (self.book.record(record).map(|v| &v.record), self.book.record(order).map(|v| &v.record)) {
            (Some(Record::Product(product)), Some(Record::Order(order))) => order.items.iter().any(|item| item.sku == product.sku),
            _ => record == order,
        }
    }
}

/// Whether a sentence is a yes or a no and nothing else. It claims something, but what stands behind it says the same.
pub fn is_bare_answer(text: &str) -> bool {
    lexicon::is_bare_answer(&words::split(text))
}

/// A stop with no blank behind it, outside of names: what stands before it and behind it cannot be told
/// apart.
fn run_together<'s>(sentence: &Sentence<'s>) -> Option<&'s str> {
    sentence.words.windows(2).find_map(|pair| {
        let between = sentence.text.get(pair[0].end..pair[1].start)?;
        let stop = between.trim_end_matches(['"', '\'', ')', '\u{201d}', '\u{2019}']);
        let glued = matches!(stop, "." | "!" | "?") && sentence.text[pair[1].start..].starts_with(char::is_uppercase);
        let in_a_name = pair[0].explained && pair[1].explained;
        let initial = pair[0].end - pair[0].start == 1;
        (glued && !in_a_name && !initial).then(|| &sentence.text[pair[0].start..pair[1].end])
    })
}

/// Whether a folded word is a plain number.
fn unit_free(word: &str) -> bool {
    unit::is_number(word)
}

fn slice<'s>(sentence: &Sentence<'s>, span: &std::ops::Range<usize>) -> &'s str {
    let words = &sentence.words[span.start..span.end.min(sentence.words.len())];
    match (words.first(), words.last()) {
        (Some(first), Some(last)) => &sentence.text[first.start..last.end],
        _ => "",
    }
}

fn explain(sentence: &mut Sentence<'_>, span: std::ops::Range<usize>, slot: Slot, facts: Vec<FactId>) {
    let end = span.end.min(sentence.words.len());
    for word in &mut sentence.words[span.start..end] {
        word.explained = true;
        word.slot = slot;
    }
    sentence.facts.extend(facts);
}
