//! Entities: the records a sentence can be about, and which one each part of it is about.

use std::collections::HashSet;

use super::words::{Slot, Word};
use crate::domain::fact::{Fact, FactBook, FactId, RecordId, Source};
use crate::domain::product::SpecValue;
use crate::domain::record::{Field, Record, RecordKind};
use crate::domain::text::fold::bare;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::text::{unit, words as lists};

/// A record of the turn as sentences speak of it.
#[derive(Debug)]
pub struct Entity {
    /// Its place in the book.
    pub record: RecordId,
    /// What it is.
    pub kind: RecordKind,
    /// Stems of its name, in order.
    pub name: Vec<String>,
    /// Letters and digits of its number, code or SKU.
    pub number: String,
    /// Stems of everything it states, false properties left out.
    pub states: HashSet<String>,
    /// Stems of the names of properties it has not.
    pub denies: HashSet<String>,
    /// Stems of the values of its properties, in order.
    pub values: Vec<Vec<String>>,
}

/// Entities mentioned at a place of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// First word.
    pub from: usize,
    /// One past the last word.
    pub to: usize,
    /// The entities the words fit.
    pub entities: Vec<usize>,
}

/// Everything sentences of a turn can be about.
#[derive(Debug, Default)]
pub struct Entities {
    /// The entities.
    pub all: Vec<Entity>,
}

impl Entities {
    /// The entities of a book.
    pub fn of(book: &FactBook) -> Self {
        let all = book.records().filter_map(|(id, versioned)| entity(id, &versioned.record)).collect();
        Self { all }
    }

    /// The mentions in a sentence. Words of a name count as explained where they tell the entity apart or
    /// stand beside one that does.
    pub fn mentions(&self, words: &mut [Word]) -> Vec<Mention> {
        let mut found: Vec<Mention> = Vec::new();
        let mut at = 0;
        while at < words.len() {
            match self.mention_at(words, at) {
                Some(mention) => {
                    let kind = mention.entities.first().and_then(|i| self.all.get(*i)).map(|entity| entity.kind);
                    for word in &mut words[mention.from..mention.to] {
                        word.explained = true;
                        word.slot = kind.map_or(Slot::Plain, Slot::Mention);
                    }
                    at = mention.to;
                    found.push(mention);
                }
                None => at += 1,
            }
        }
        found
    }

    fn mention_at(&self, words: &[Word], at: usize) -> Option<Mention> {
        if let Some(mention) = self.number_at(words, at) {
            return Some(mention);
        }
        let mut best: Option<(usize, usize, Vec<usize>)> = None;
        for (i, entity) in self.all.iter().enumerate() {
            let run = name_run(words, at, &entity.name);
            if run == 0 || !names(&words[at..at + run], &entity.name) {
                continue;
            }
            if run < entity.name.len() && self.begins_a_value(words, at, run) {
                continue;
            }
            match &mut best {
                Some((length, _, _)) if *length > run => {}
                Some((length, _, entities)) if *length == run => entities.push(i),
                _ => best = Some((run, run, vec![i])),
            }
        }
        let (run, _, entities) = best?;
        Some(Mention { from: at, to: at + run, entities })
    }

    /// Whether words go on to be the value of a property that begins like a name: "Roku OS" is no Roku.
    fn begins_a_value(&self, words: &[Word], at: usize, run: usize) -> bool {
        let Some(next) = words.get(at + run).filter(|w| w.part == words[at].part && !lists::is_function(&w.text)) else { return false };
        let said = words[at..at + run].iter().chain([next]).map(|w| &w.stem);
        self.all.iter().flat_map(|entity| &entity.values).any(|value| value.windows(run + 1).any(|own| own.iter().eq(said.clone())))
    }

    /// An order number, ticket number, promotion code or SKU, in up to four words.
    fn number_at(&self, words: &[Word], at: usize) -> Option<Mention> {
        for used in (1..=4.min(words.len() - at)).rev() {
            let joined: String = words[at..at + used].iter().map(|w| w.text.as_str()).collect();
            if joined.len() < 3 {
                continue;
            }
            if let Some(i) = self.all.iter().position(|e| !e.number.is_empty() && e.number == joined) {
                return Some(Mention { from: at, to: at + used, entities: vec![i] });
            }
        }
        None
    }
}

/// How many words from `at` on follow the name in its order; gaps in the name are allowed, gaps in the
/// sentence are not.
fn name_run(words: &[Word], at: usize, name: &[String]) -> usize {
    let mut next = 0;
    let mut run = 0;
    for word in &words[at..] {
        let Some(skip) = name[next..].iter().position(|part| *part == word.stem || *part == word.text) else { break };
        next += skip + 1;
        run += 1;
    }
    run
}

/// Whether words out of a name name: the whole of it, most of it, its beginning, or the model in it. Others
/// of its words may be anybody's: there is a size, a plug, a kind of thing in many names.
fn names(said: &[Word], name: &[String]) -> bool {
    // A whole name of several words names, however ordinary they are.
    let whole = said.len() > 1 && said.len() == name.len();
    let begins = name.first().is_some_and(|first| said[0].stem == *first || said[0].text == *first);
    let most = said.len() * 5 >= name.len() * 3;
    let telling = said.iter().any(tells);
    whole || telling && (begins || most) || said.iter().any(is_model)
}

/// Whether a word of a name tells something: not an ordinary word, not a number, not a measure.
fn tells(word: &Word) -> bool {
    let plain = word.text.bytes().all(|b| b.is_ascii_digit()) || unit::split(&word.text).is_some();
    !lists::is_common(&word.text) && word.text.len() > 1 && !plain
}

/// Letters and digits in one word that are no measure: `v16`, `wh1000xm5`.
fn is_model(word: &Word) -> bool {
    let (digits, letters) = (word.text.bytes().any(|b| b.is_ascii_digit()), word.text.bytes().any(|b| b.is_ascii_alphabetic()));
    digits && letters && tells(word)
}

fn entity(id: RecordId, record: &Record) -> Option<Entity> {
    let kind = record.kind();
    let (name, number) = match record {
        Record::Product(product) => (stems(&product.name), bare(&product.sku)),
        Record::Order(order) => (Vec::new(), bare(&order.number)),
        Record::Promotion(promotion) => (stems(&promotion.name), bare(&promotion.code)),
        Record::Ticket(ticket) => (Vec::new(), bare(&ticket.number)),
        Record::Knowledge(_) | Record::Customer(_) => return None,
    };
    let (states, denies) = vocabulary(record);
    let values = match record {
        Record::Product(product) => product.specs.iter().map(|spec| stems(&spec.value.text())).collect(),
        _ => Vec::new(),
    };
    Some(Entity { record: id, kind, name, number, states, denies, values })
}

/// Stems of a text, numbers joined with their units, hyphenated words also closed.
pub fn stems(text: &str) -> Vec<String> {
    unit::merge(tokens(text), text).into_iter().map(|t| stem(&t.text)).collect()
}

fn vocabulary(record: &Record) -> (HashSet<String>, HashSet<String>) {
    let mut states = HashSet::new();
    let mut denies = HashSet::new();
    let mut add = |text: &str| {
        let parts = stems(text);
        for pair in parts.windows(2) {
            states.insert(format!("{}{}", pair[0], pair[1]));
        }
        states.extend(parts);
    };
    match record {
        Record::Product(product) => {
            add(&product.name);
            add(&product.brand);
            add(&product.description);
            product.category.iter().for_each(|c| add(c));
            product.options.iter().for_each(|(name, value)| {
                add(name);
                add(value);
            });
            for spec in &product.specs {
                match &spec.value {
                    SpecValue::Flag(false) => denies.extend(stems(&spec.name)),
                    value => {
                        add(&spec.name);
                        add(&value.text());
                    }
                }
            }
        }
        Record::Order(order) => {
            for parcel in &order.fulfilments {
                add(&parcel.carrier);
                add(&parcel.tracking);
                // A carrier's remark and the way of paying may be quoted, but their words say nothing one by one.
                add(&parcel.status);
            }
        }
        Record::Promotion(promotion) => {
            add(&promotion.name);
            add(&promotion.description);
            promotion.categories.iter().for_each(|c| add(c));
        }
        Record::Ticket(ticket) => {
            add(&ticket.issue.replace('_', " "));
            add(ticket.priority.name());
        }
        Record::Knowledge(_) | Record::Customer(_) => {}
    }
    (states, denies)
}

/// Which entities each word of a sentence is about.
#[derive(Debug)]
pub struct Scope {
    /// For each word, the entities in scope.
    at: Vec<Vec<usize>>,
    /// The entities of the last mention, for the sentence that follows.
    pub last: Vec<usize>,
}

impl Scope {
    /// Lays out the scope of a sentence. `before` is what the previous sentence was about.
    ///
    /// A word is about the nearest mention before it; a value introduced by "for" is about the mention
    /// behind it ("$899 for the V16"); before any mention, about the first one to come; without any,
    /// about what the previous sentence was about.
    pub fn of(words: &[Word], mentions: &[Mention], before: &[usize]) -> Self {
        let mut at: Vec<Vec<usize>> = Vec::with_capacity(words.len());
        for i in 0..words.len() {
            at.push(scope_of(words, mentions, before, i));
        }
        let last = mentions.last().map_or_else(|| before.to_vec(), |m| m.entities.clone());
        Self { at, last }
    }

    /// The entities in scope at a word.
    pub fn at(&self, word: usize) -> &[usize] {
        self.at.get(word).map_or(&[], Vec::as_slice)
    }
}

fn scope_of(words: &[Word], mentions: &[Mention], before: &[usize], i: usize) -> Vec<usize> {
    let previous = mentions.iter().rev().find(|m| m.to <= i || (m.from <= i && i < m.to));
    let next = mentions.iter().find(|m| m.from > i);
    if let Some(next) = next {
        let between = &words[i + 1..next.from];
        let introduced = between.iter().any(|w| w.text == "for")
            && between.len() <= 4
            && between.iter().all(|w| lists::is_function(&w.text) || is_money_word(&w.text));
        if introduced {
            return next.entities.clone();
        }
    }
    match (previous, next) {
        (Some(previous), _) => together(mentions, previous, words),
        (None, Some(next)) => next.entities.clone(),
        (None, None) => before.to_vec(),
    }
}

fn is_money_word(word: &str) -> bool {
    matches!(word, "dollars" | "usd" | "euros")
}

/// "A and B cost $100 each": mentions joined without a word between them that says something stand
/// together.
fn together(mentions: &[Mention], last: &Mention, words: &[Word]) -> Vec<usize> {
    let mut entities = last.entities.clone();
    let mut from = last.from;
    for mention in mentions.iter().rev().filter(|m| m.to <= last.from) {
        let between = &words[mention.to..from];
        let joined =
            !between.is_empty() && between.len() <= 2 && between.iter().all(|w| matches!(w.text.as_str(), "and" | "the" | "both" | "or"));
        if !joined {
            break;
        }
        entities.extend(mention.entities.iter().copied().filter(|e| !entities.contains(e)).collect::<Vec<_>>());
        from = mention.from;
    }
    entities
}

/// The records a fact is about: its own, or those of its sources.
pub fn records_of(fact: &Fact, book: &FactBook) -> Vec<RecordId> {
    match &fact.source {
        Source::Record(record, _) => vec![*record],
        Source::Derived(_, from) => {
            let mut records: Vec<RecordId> = from.iter().filter_map(|id| book.fact(*id)).flat_map(|f| records_of(f, book)).collect();
            records.sort_unstable();
            records.dedup();
            records
        }
        Source::Said | Source::Shop => Vec::new(),
    }
}

/// The field a fact is read from, where it is read rather than computed.
pub fn field_of(id: FactId, book: &FactBook) -> Option<Field> {
    match book.fact(id)?.source {
        Source::Record(_, field) => Some(field),
        _ => None,
    }
}
