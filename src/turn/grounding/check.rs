//! The check of free text: a model's sentence is taken apart, and every part must be borne out.
//!
//! In this order: what the sentence is about; the values in it (money, days, lengths of time, measures,
//! counts), each in the entity and the sense it is given; words that assert (in stock, shipped, cheaper,
//! valid); promises; denials; and at last every remaining word, which must be stated by the entity, be
//! part of one statement of the shop, or be harmless. A word nothing explains makes the whole sentence
//! unsupported: what cannot be taken apart is not free.

use super::claims::{self, Sense};
use super::knowledge::{self, Statements};
use super::lexicon;
use super::scope::{Entities, Scope};
use super::words::{self, Word, is_negation};
use super::{GroundedSentence, Promises, Unsupported, dates};
use crate::domain::fact::{FactBook, FactId, RecordId};
use crate::domain::money::{Currency, Money};
use crate::domain::order::OrderStatus;
use crate::domain::product::Availability;
use crate::domain::record::{Field, Record, RecordKind};
use crate::domain::text::token::tokens;
use crate::domain::text::{duration, unit};
use crate::domain::value::Value;

/// Checks the sentences of one reply, in order.
pub struct Checker<'a> {
    book: &'a FactBook,
    promises: &'a Promises,
    entities: Entities,
    statements: Statements,
    /// What the last sentence was about.
    about: Vec<usize>,
    currency: Currency,
}

/// A sentence while it is checked.
struct Sentence<'a> {
    text: &'a str,
    words: Vec<Word>,
    scope: Scope,
    mentioned: Vec<usize>,
    facts: Vec<FactId>,
}

impl<'a> Checker<'a> {
    /// A checker for a reply that may rest on the facts of `book`. `subject` is what the reply is about
    /// before it has named anything.
    pub fn new(book: &'a FactBook, promises: &'a Promises, subject: &[RecordId], currency: Currency) -> Self {
        let entities = Entities::of(book);
        let about = (0..entities.all.len()).filter(|i| subject.contains(&entities.all[*i].record)).collect();
        Self { book, promises, entities, statements: Statements::of(book), about, currency }
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
        let mut sentence = Sentence { text: body, words, scope, mentioned, facts: Vec::new() };
        self.promised(&mut sentence).map_err(fail)?;
        self.values(&mut sentence).map_err(fail)?;
        self.assertions(&mut sentence).map_err(fail)?;
        self.rest(&mut sentence).map_err(fail)?;
        self.about.clone_from(&sentence.scope.last);
        for i in &sentence.mentioned {
            let record = self.entities.all[*i].record;
            let name = self
                .book
                .facts()
                .find(|(_, f)| matches!(f.source, crate::domain::fact::Source::Record(r, Field::Name | Field::Number) if r == record));
            sentence.facts.extend(name.map(|(id, _)| id));
        }
        sentence.facts.sort_unstable();
        sentence.facts.dedup();
        Ok(GroundedSentence { text: text.trim().to_owned(), facts: sentence.facts })
    }

    /// Records in scope at a word.
    fn records(&self, sentence: &Sentence<'_>, at: usize) -> Vec<RecordId> {
        sentence.scope.at(at).iter().map(|i| self.entities.all[*i].record).collect()
    }

    /// Past or future deeds of ours: only what a row of this turn keeps.
    fn promised(&self, sentence: &mut Sentence<'_>) -> Result<(), String> {
        const DEEDS: &[&str] = &[
            "refund",
            "credit",
            "ship",
            "send",
            "sent",
            "deliver",
            "cancel",
            "replac",
            "exchang",
            "repair",
            "reserv",
            "hold",
            "held",
            "book",
            "schedul",
            "call",
            "email",
            "contact",
            "escalat",
            "forward",
            "pass",
            "open",
            "creat",
            "updat",
            "chang",
            "extend",
            "waiv",
            "compensat",
            "guarante",
            "promis",
            "ensur",
            "appli",
            "apply",
            "process",
            "issu",
            "arrang",
            "notifi",
            "notify",
            "report",
            "submit",
            "add",
            "remov",
            "confirm",
            "upgrad",
            "reimburs",
            "return",
            "expedit",
            "priorit",
            "look",
            "investigat",
            "fix",
            "resolv",
            "order",
            "charg",
            "reply",
            "respond",
            "answer",
            "transfer",
            "connect",
            "approv",
            "grant",
            "give",
            "paid",
            "pay",
            "log",
            "rais",
            "fil",
        ];
        let texts: Vec<&str> = sentence.words.iter().map(|w| w.text.as_str()).collect();
        let question = sentence.text.trim_end().ends_with('?');
        for (i, word) in sentence.words.iter().enumerate() {
            let deed = DEEDS.iter().any(|d| word.stem == *d || word.stem.strip_suffix('e') == Some(d));
            if !deed || question {
                continue;
            }
            let before = &texts[i.saturating_sub(5)..i];
            let first_person = before.iter().any(|w| matches!(*w, "i" | "we"));
            let done = before.iter().any(|w| matches!(*w, "have" | "has" | "had" | "been" | "already" | "just" | "was" | "were"));
            let will = before.iter().any(|w| matches!(*w, "will" | "shall" | "going" | "gonna"));
            let can = before.iter().any(|w| matches!(*w, "can" | "could" | "may" | "would" | "to" | "if" | "not"));
            let past = texts[i].ends_with("ed") || matches!(texts[i], "sent" | "held" | "paid" | "given" | "gave");
            let promise = (first_person && (done || will || past)) && !(can && !done && !will);
            if promise && !self.kept(&texts, i) && !self.said_by_the_shop(sentence) {
                return Err(format!("it promises \"{}\" and no row keeps it", texts[i]));
            }
        }
        Ok(())
    }

    /// Whether a deed is the ticket this turn writes.
    fn kept(&self, texts: &[&str], at: usize) -> bool {
        let about_ticket = texts.iter().any(|w| w.starts_with("ticket"));
        let deed = matches!(
            texts[at],
            "opened"
                | "open"
                | "created"
                | "create"
                | "raised"
                | "logged"
                | "passed"
                | "pass"
                | "forwarded"
                | "look"
                | "reported"
                | "submitted"
                | "filed"
                | "escalated"
                | "added"
                | "issued"
        );
        about_ticket && deed && !self.promises.is_empty()
    }

    fn said_by_the_shop(&self, sentence: &Sentence<'_>) -> bool {
        self.statements.supporting(&sentence.words).is_some()
    }

    /// Every value must be borne out by a fact of the entity in scope, in the sense it is given.
    fn values(&self, sentence: &mut Sentence<'_>) -> Result<(), String> {
        self.days(sentence)?;
        let mut at = 0;
        while at < sentence.words.len() {
            if sentence.words[at].explained {
                at += 1;
                continue;
            }
            let used = self.value_at(sentence, at)?;
            at += used.max(1);
        }
        Ok(())
    }

    fn days(&self, sentence: &mut Sentence<'_>) -> Result<(), String> {
        for claim in dates::find(&sentence.words, sentence.text, self.book.today()) {
            let span = claim.at..claim.at + claim.used;
            if sentence.words[span.clone()].iter().any(|w| w.explained) {
                continue;
            }
            let records = self.records(sentence, claim.at);
            let facts = claims::day_facts(&claim.days, &sentence.words, claim.at, &records, self.book);
            let vague = claim.used == 1 && matches!(sentence.words[claim.at].text.as_str(), "today" | "tonight");
            if facts.is_empty() && !vague && !self.in_a_statement(sentence, span.clone()) {
                return Err(format!("no record states {}", slice(sentence, &span)));
            }
            if !facts.is_empty() {
                explain(sentence, span, facts);
            }
        }
        Ok(())
    }

    /// Whether words are part of a statement the whole sentence says again.
    fn in_a_statement(&self, sentence: &Sentence<'_>, _span: std::ops::Range<usize>) -> bool {
        self.said_by_the_shop(sentence)
    }

    /// Checks the value at a word, if one stands there; returns how many words it takes.
    fn value_at(&self, sentence: &mut Sentence<'_>, at: usize) -> Result<usize, String> {
        if let Some((money, used, currency)) = self.money_at(sentence, at) {
            return self.money(sentence, at, used, money, currency);
        }
        if let Some(used) = self.percent_at(sentence, at)? {
            return Ok(used);
        }
        if let Some(used) = self.duration_at(sentence, at)? {
            return Ok(used);
        }
        let word = sentence.words[at].text.clone();
        let has_digit = word.bytes().any(|b| b.is_ascii_digit());
        if has_digit {
            return self.figure(sentence, at, &word);
        }
        if let Some((number, used)) = claims::number_word(&sentence.words, at) {
            let records = self.records(sentence, at);
            let facts = claims::count_facts(number, &sentence.words, at, &records, self.book);
            if facts.is_empty() && !self.stated(sentence, at) && !self.said_by_the_shop(sentence) {
                return Err(format!("no record counts {word}"));
            }
            explain(sentence, at..at + used, facts);
            return Ok(used);
        }
        Ok(1)
    }

    /// An amount of money: a number with a sign or word of a currency, or a bare one where money is
    /// spoken of.
    fn money_at(&self, sentence: &Sentence<'_>, at: usize) -> Option<(Money, usize, Option<Currency>)> {
        let word = &sentence.words[at];
        let before = sentence.text[..word.start].trim_end();
        let sign = ['$', '€', '£', '¥', '₹'].into_iter().find(|sign| before.ends_with(*sign));
        let spelled = claims::number_word(&sentence.words, at);
        let (digits, used) = match unit_free(&word.text) {
            true => (Money::parse_decimal(&word.text, self.currency).ok()?, 1),
            false => {
                let (value, used) = spelled?;
                let unit = 10_i64.pow(self.currency.minor_digits());
                (Money::new(value.checked_mul(unit)?, self.currency), used)
            }
        };
        let next = sentence.words.get(at + used).map_or("", |w| w.text.as_str());
        let named = matches!(next, "dollars" | "dollar" | "usd" | "bucks" | "euros" | "euro" | "eur" | "pounds" | "gbp" | "cents")
            || next == self.currency.code().to_ascii_lowercase();
        let currency = match (sign, next) {
            (Some('$'), _) | (_, "dollars" | "dollar" | "usd" | "bucks") => {
                Currency::parse("USD").ok().filter(|_| self.currency.sign().is_none_or(|s| !s.ends_with('$'))).or(Some(self.currency))
            }
            (Some('€'), _) | (_, "euros" | "euro" | "eur") => Currency::parse("EUR").ok(),
            (Some('£'), _) | (_, "pounds" | "gbp") => Currency::parse("GBP").ok(),
            (Some('¥'), _) => Currency::parse("JPY").ok(),
            (Some('₹'), _) => Currency::parse("INR").ok(),
            _ => None,
        };
        let around: Vec<&str> = sentence.words[at.saturating_sub(3)..at].iter().map(|w| w.text.as_str()).collect();
        let spoken_of = around.iter().any(|w| matches!(*w, "costs" | "cost" | "price" | "priced" | "pay" | "save" | "for"));
        let decimal = word.text.split_once('.').is_some_and(|(_, f)| f.len() == 2);
        let bare =
            spoken_of && unit_free(&word.text) && (decimal || around.iter().any(|w| matches!(*w, "costs" | "cost" | "price" | "priced")));
        (sign.is_some() || named || bare).then_some((digits, used + usize::from(named), currency))
    }

    fn money(
        &self,
        sentence: &mut Sentence<'_>,
        at: usize,
        used: usize,
        money: Money,
        currency: Option<Currency>,
    ) -> Result<usize, String> {
        let sense = claims::sense_at(&sentence.words, at);
        let mut records = self.records(sentence, at);
        // A difference is about both; it is enough that it is about what the sentence mentions.
        if sense == Sense::Saving {
            records.truncate(1);
        }
        let facts = claims::money_facts(money.minor, currency, sense, &records, self.book);
        if facts.is_empty() && !self.said_by_the_shop(sentence) {
            return Err(format!("no record states {} there", slice(sentence, &(at..at + used))));
        }
        explain(sentence, at..at + used, facts);
        Ok(used)
    }

    fn percent_at(&self, sentence: &mut Sentence<'_>, at: usize) -> Result<Option<usize>, String> {
        let word = &sentence.words[at];
        let after = sentence.text[word.end..].trim_start();
        let next = sentence.words.get(at + 1).map_or("", |w| w.text.as_str());
        let spelled = matches!(next, "percent" | "per");
        if !after.starts_with('%') && !spelled {
            return Ok(None);
        }
        let number: Option<f64> = word.text.parse().ok().or_else(|| claims::number_word(&sentence.words, at).map(|(n, _)| n as f64));
        let Some(number) = number else { return Ok(None) };
        let hundredths = (number * 100.0).round() as u32;
        let used = 1 + usize::from(spelled) + usize::from(next == "per");
        let candidates = self.book.facts().filter(|(_, f)| f.value == Value::Percent(hundredths)).map(|(id, _)| id).collect();
        let promotions: Vec<RecordId> =
            self.records(sentence, at).into_iter().filter(|r| self.kind(*r) == Some(RecordKind::Promotion)).collect();
        let facts = claims::covering(candidates, &promotions, self.book);
        if facts.is_empty() && !self.stated(sentence, at) && !self.said_by_the_shop(sentence) {
            return Err(format!("no record states {}%", word.text));
        }
        let end = (at + used).min(sentence.words.len());
        explain(sentence, at..end, facts);
        Ok(Some(used))
    }

    fn duration_at(&self, sentence: &mut Sentence<'_>, at: usize) -> Result<Option<usize>, String> {
        let texts: Vec<&str> = sentence.words[at..].iter().take(4).map(|w| w.text.as_str()).collect();
        let Some((_, used)) = crate::domain::text::number::phrase(&texts) else { return Ok(None) };
        let Some(name) = texts.get(used) else { return Ok(None) };
        let singular = name.strip_suffix('s').unwrap_or(name);
        if !matches!(singular, "day" | "week" | "month" | "year") {
            return Ok(None);
        }
        let span = at..at + used + 1;
        let Some(value) = duration::first(slice(sentence, &span)) else { return Ok(None) };
        let records = self.records(sentence, at);
        let facts = claims::duration_facts(&value, &records, self.book);
        let in_spec = records.iter().all(|r| self.spec_states(*r, &value, sentence, at)) && !records.is_empty();
        if facts.is_empty() && !in_spec && !self.said_by_the_shop(sentence) {
            return Err(format!("no record states {}", slice(sentence, &span)));
        }
        explain(sentence, span, facts);
        Ok(Some(used + 1))
    }

    /// Whether a property that the words nearby name states a length of time.
    fn spec_states(&self, record: RecordId, value: &Value, sentence: &Sentence<'_>, at: usize) -> bool {
        let Some(Record::Product(product)) = self.book.record(record).map(|r| &r.record) else { return false };
        let clause = sentence.words[at].clause;
        product.specs.iter().any(|spec| {
            let states = duration::all(&spec.value.text()).contains(value);
            let name: Vec<String> = tokens(&spec.name).iter().map(|t| crate::domain::text::stem::stem(&t.text)).collect();
            states && sentence.words.iter().any(|w| w.clause == clause && name.contains(&w.stem))
        })
    }

    /// A word with digits that is no money and no day: part of a name, a measure, a count.
    fn figure(&self, sentence: &mut Sentence<'_>, at: usize, word: &str) -> Result<usize, String> {
        if self.stated(sentence, at) {
            sentence.words[at].explained = true;
            return Ok(1);
        }
        if let Ok(number) = word.parse::<i64>() {
            let records = self.records(sentence, at);
            let facts = claims::count_facts(number, &sentence.words, at, &records, self.book);
            if !facts.is_empty() {
                explain(sentence, at..at + 1, facts);
                return Ok(1);
            }
            let list_number = at == 0 && sentence.text[sentence.words[0].end..].starts_with(['.', ')']) && number <= 20;
            if list_number {
                sentence.words[0].explained = true;
                return Ok(1);
            }
        }
        if self.said_by_the_shop(sentence) {
            return Ok(1);
        }
        Err(format!("no record states {word} there"))
    }

    /// Whether every entity in scope states a figure in a property the words around it can mean.
    fn stated(&self, sentence: &Sentence<'_>, at: usize) -> bool {
        let records = self.records(sentence, at);
        !records.is_empty()
            && records.iter().all(|r| self.book.record(*r).is_some_and(|v| claims::states_measure(&v.record, &sentence.words, at)))
    }

    fn kind(&self, record: RecordId) -> Option<RecordKind> {
        self.book.record(record).map(|r| r.record.kind())
    }

    /// Words that assert something of a record: stock, status, validity, comparison.
    fn assertions(&self, sentence: &mut Sentence<'_>) -> Result<(), String> {
        self.stock(sentence)?;
        self.status(sentence)?;
        self.validity(sentence)?;
        self.comparison(sentence)
    }

    fn stock(&self, sentence: &mut Sentence<'_>) -> Result<(), String> {
        if sentence.text.trim_end().ends_with('?') {
            return Ok(());
        }
        for at in 0..sentence.words.len() {
            let text = |i: usize| sentence.words.get(i).map_or("", |w| w.text.as_str());
            let before = |n: usize| at.checked_sub(n).map_or("", |i| text(i));
            let available = match text(at) {
                "stock" if before(1) == "in" => Some(true),
                "stock" if before(1) == "of" => Some(false),
                "available" | "availability" => Some(true),
                "unavailable" => Some(false),
                "out" if before(1) == "sold" => Some(false),
                _ => None,
            };
            let Some(available) = available else { continue };
            let negated = (at.saturating_sub(4)..at).any(|i| is_negation(text(i)) && sentence.words[i].clause == sentence.words[at].clause);
            let wanted = available != negated;
            let products: Vec<RecordId> =
                self.records(sentence, at).into_iter().filter(|r| self.kind(*r) == Some(RecordKind::Product)).collect();
            let general = products.is_empty() && self.said_by_the_shop(sentence);
            let true_of_all = !products.is_empty()
                && products.iter().all(|r| match self.book.record(*r).map(|v| &v.record) {
                    Some(Record::Product(p)) => match p.availability() {
                        Availability::InStock => wanted,
                        Availability::OutOfStock => !wanted,
                        Availability::Unknown => false,
                    },
                    _ => false,
                });
            if !true_of_all && !general {
                return Err("the stock in the records is otherwise".to_owned());
            }
            let facts: Vec<FactId> = self.field_facts(&products, Field::Stock);
            explain(sentence, at..at + 1, facts);
            for i in at.saturating_sub(4)..at {
                if is_negation(&sentence.words[i].text) || matches!(sentence.words[i].text.as_str(), "out" | "sold" | "of" | "in") {
                    sentence.words[i].explained = true;
                }
            }
        }
        Ok(())
    }

    fn field_facts(&self, records: &[RecordId], field: Field) -> Vec<FactId> {
        self.book
            .facts()
            .filter(|(_, f)| matches!(f.source, crate::domain::fact::Source::Record(r, own) if own == field && records.contains(&r)))
            .map(|(id, _)| id)
            .collect()
    }

    fn status(&self, sentence: &mut Sentence<'_>) -> Result<(), String> {
        if sentence.text.trim_end().ends_with('?') {
            return Ok(());
        }
        for at in 0..sentence.words.len() {
            let orders: Vec<RecordId> =
                self.records(sentence, at).into_iter().filter(|r| self.kind(*r) == Some(RecordKind::Order)).collect();
            if orders.is_empty() || sentence.words[at].explained {
                continue;
            }
            let Some(claimed) = status_word(&sentence.words, at) else { continue };
            let clause = sentence.words[at].clause;
            let negated = (at.saturating_sub(4)..at).any(|i| is_negation(&sentence.words[i].text) && sentence.words[i].clause == clause);
            let holds = orders.iter().all(|r| match self.book.record(*r).map(|v| &v.record) {
                Some(Record::Order(order)) => {
                    claimed.iter().any(|c| *c == order.status) != negated || (!negated && parcel_says(order, &sentence.words[at].stem))
                }
                _ => false,
            });
            if !holds && !self.said_by_the_shop(sentence) {
                return Err("the status in the records is otherwise".to_owned());
            }
            let facts = self.field_facts(&orders, Field::Status);
            explain(sentence, at..at + 1, facts);
            if negated {
                for i in at.saturating_sub(4)..at {
                    sentence.words[i].explained |= is_negation(&sentence.words[i].text);
                }
            }
        }
        Ok(())
    }

    /// "Valid", "expired", "active", "applies": true of the promotion in scope.
    fn validity(&self, sentence: &mut Sentence<'_>) -> Result<(), String> {
        for at in 0..sentence.words.len() {
            let promotions: Vec<RecordId> =
                self.records(sentence, at).into_iter().filter(|r| self.kind(*r) == Some(RecordKind::Promotion)).collect();
            if promotions.is_empty() || sentence.text.trim_end().ends_with('?') {
                continue;
            }
            let valid = match sentence.words[at].stem.as_str() {
                "valid" | "activ" | "active" | "appli" | "apply" | "work" | "run" | "us" | "use" | "off" | "get" | "save" | "sav" => true,
                "expir" | "expire" | "invalid" | "over" | "inactive" => false,
                _ => continue,
            };
            let negated = (at.saturating_sub(4)..at).any(|i| is_negation(&sentence.words[i].text));
            let wanted = valid != negated;
            let today = self.book.today();
            let holds = promotions.iter().all(|r| match self.book.record(*r).map(|v| &v.record) {
                Some(Record::Promotion(p)) => p.runs_on(today).is_ok() == wanted || (!wanted && self.does_not_cover(p, sentence)),
                _ => false,
            });
            if !holds {
                return Err("the promotion's dates say otherwise".to_owned());
            }
            if wanted && self.covers_nothing(&promotions, sentence) {
                return Err("the promotion is not for that".to_owned());
            }
            sentence.words[at].explained = true;
            for i in at.saturating_sub(4)..at {
                sentence.words[i].explained |= is_negation(&sentence.words[i].text);
            }
        }
        Ok(())
    }

    fn products_mentioned(&self, sentence: &Sentence<'_>) -> Vec<RecordId> {
        sentence.mentioned.iter().map(|i| self.entities.all[*i].record).filter(|r| self.kind(*r) == Some(RecordKind::Product)).collect()
    }

    /// A promotion said to hold for a product of another category.
    fn covers_nothing(&self, promotions: &[RecordId], sentence: &Sentence<'_>) -> bool {
        let products = self.products_mentioned(sentence);
        promotions.iter().any(|p| {
            let Some(Record::Promotion(promotion)) = self.book.record(*p).map(|v| &v.record) else { return true };
            products.iter().any(|id| match self.book.record(*id).map(|v| &v.record) {
                Some(Record::Product(product)) => {
                    !promotion.covers(product) || product.price.is_some_and(|price| !promotion.reaches_minimum(price))
                }
                _ => true,
            })
        })
    }

    fn does_not_cover(&self, promotion: &crate::domain::promotion::Promotion, sentence: &Sentence<'_>) -> bool {
        self.products_mentioned(sentence).iter().any(|id| match self.book.record(*id).map(|v| &v.record) {
            Some(Record::Product(product)) => {
                !promotion.covers(product) || product.price.is_some_and(|price| !promotion.reaches_minimum(price))
            }
            _ => false,
        })
    }

    fn comparison(&self, sentence: &mut Sentence<'_>) -> Result<(), String> {
        const KNOWN: &[&str] =
            &["cheaper", "cheapest", "expensive", "pricier", "dearer", "lighter", "lightest", "heavier", "heaviest", "priciest", "dearest"];
        const UNKNOWN: &[&str] = &[
            "faster",
            "fastest",
            "better",
            "best",
            "bigger",
            "biggest",
            "larger",
            "largest",
            "smaller",
            "smallest",
            "stronger",
            "strongest",
            "brighter",
            "brightest",
            "louder",
            "quieter",
            "quietest",
            "longer",
            "longest",
            "shorter",
            "thinner",
            "thinnest",
            "newer",
            "newest",
            "slower",
            "worse",
            "worst",
            "superior",
            "highest",
            "lowest",
            "higher",
            "lower",
            "greater",
            "sharper",
        ];
        for at in 0..sentence.words.len() {
            let text = sentence.words[at].text.clone();
            if sentence.words[at].explained {
                continue;
            }
            if UNKNOWN.contains(&text.as_str()) && !self.said_by_the_shop(sentence) && !self.states_word(sentence, at) {
                return Err(format!("nothing bears out \"{text}\""));
            }
            if !KNOWN.contains(&text.as_str()) {
                continue;
            }
            let less = at > 0 && sentence.words[at - 1].text == "less" || at > 0 && sentence.words[at - 1].text == "least";
            let comparing =
                text != "expensive" || at > 0 && matches!(sentence.words[at - 1].text.as_str(), "more" | "most" | "less" | "least");
            let products = self.compared(sentence, at);
            let Some((subject, other)) = products.filter(|_| comparing) else {
                return Err(format!("nothing bears out \"{text}\""));
            };
            let word = if less { "cheaper" } else { text.as_str() };
            let negated = (at.saturating_sub(4)..at).any(|i| is_negation(&sentence.words[i].text));
            let holds = claims::comparison_holds(word, &subject, &other, &self.entities, self.book);
            if !holds || negated {
                return Err(format!("the records do not bear out \"{text}\""));
            }
            sentence.words[at].explained = true;
        }
        Ok(())
    }

    /// The subject of a comparison and what it is compared with.
    fn compared(&self, sentence: &Sentence<'_>, at: usize) -> Option<(Vec<usize>, Vec<usize>)> {
        let is_product = |i: &usize| self.entities.all[*i].kind == RecordKind::Product;
        let subject: Vec<usize> = sentence.scope.at(at).iter().copied().filter(is_product).collect();
        let subject: Vec<usize> = subject.into_iter().take(1).collect();
        let mentioned: Vec<usize> = sentence.mentioned.iter().copied().filter(|i| is_product(i) && !subject.contains(i)).collect();
        let others = if mentioned.is_empty() {
            (0..self.entities.all.len()).filter(|i| is_product(i) && !subject.contains(i)).collect()
        } else {
            mentioned
        };
        (!subject.is_empty() && !others.is_empty()).then_some((subject, others))
    }

    fn states_word(&self, sentence: &Sentence<'_>, at: usize) -> bool {
        let scope = sentence.scope.at(at);
        let stem = &sentence.words[at].stem;
        !scope.is_empty() && scope.iter().all(|i| self.entities.all[*i].states.contains(stem))
    }

    /// Denials and all other words.
    fn rest(&self, sentence: &mut Sentence<'_>) -> Result<(), String> {
        let open = sentence.words.iter().any(|w| !w.explained && !lexicon::is_harmless(&w.text, &w.stem));
        let negated = sentence.words.iter().any(|w| !w.explained && is_negation(&w.text));
        if !open && !negated {
            return Ok(());
        }
        if let Some((record, field)) = self.statements.supporting(&sentence.words) {
            sentence.facts.extend(knowledge::fact(self.book, record, field));
            return Ok(());
        }
        if negated {
            return self.denial(sentence);
        }
        let question = sentence.text.trim_end().ends_with('?');
        for at in 0..sentence.words.len() {
            let word = &sentence.words[at];
            if word.explained || lexicon::is_harmless(&word.text, &word.stem) {
                continue;
            }
            let in_question =
                question && (self.statements.knows(&word.stem) || self.entities.all.iter().any(|e| e.states.contains(&word.stem)));
            if !self.states_word(sentence, at) && !in_question && !self.synonym_stated(sentence, at) {
                return Err(format!("nothing states \"{}\"", word.text));
            }
        }
        self.cite_properties(sentence);
        Ok(())
    }

    fn synonym_stated(&self, sentence: &Sentence<'_>, at: usize) -> bool {
        let scope = sentence.scope.at(at);
        let synonyms = crate::domain::text::words::synonyms(&sentence.words[at].stem);
        !scope.is_empty()
            && scope.iter().all(|i| {
                let states = &self.entities.all[*i].states;
                synonyms.iter().any(|other| other.split(' ').all(|part| states.contains(part)))
            })
    }

    /// "It has no touchscreen": true where the record says no; anything else denied is unsupported.
    fn denial(&self, sentence: &mut Sentence<'_>) -> Result<(), String> {
        const IDIOMS: &[(&str, &str)] = &[("no", "problem"), ("not", "hesitate"), ("no", "worries"), ("not", "sure"), ("no", "trouble")];
        let texts: Vec<&str> = sentence.words.iter().map(|w| w.text.as_str()).collect();
        let idiom = IDIOMS.iter().any(|(a, b)| texts.windows(2).any(|p| p == [*a, *b]));
        let mut denied_something = false;
        for at in 0..sentence.words.len() {
            let word = &sentence.words[at];
            if word.explained || lexicon::is_harmless(&word.text, &word.stem) || is_negation(&word.text) {
                continue;
            }
            let scope = sentence.scope.at(at);
            let denied = !scope.is_empty() && scope.iter().all(|i| self.entities.all[*i].denies.contains(&word.stem));
            if !denied {
                return Err(format!("nothing denies \"{}\"", word.text));
            }
            denied_something = true;
        }
        (denied_something || idiom).then_some(()).ok_or_else(|| "it denies something no record denies".to_owned())
    }

    /// The properties whose words a sentence uses become part of its evidence.
    fn cite_properties(&self, sentence: &mut Sentence<'_>) {
        let records: Vec<RecordId> = (0..sentence.words.len()).flat_map(|at| self.records(sentence, at)).collect();
        let facts: Vec<FactId> = self
            .book
            .facts()
            .filter(|(_, fact)| {
                let crate::domain::fact::Source::Record(record, Field::Spec(_) | Field::Description) = fact.source else { return false };
                let text = fact.value.to_string();
                let own = super::scope::stems(&text);
                records.contains(&record)
                    && sentence.words.iter().any(|w| w.text.len() > 2 && own.contains(&w.stem) && !lexicon::is_harmless(&w.text, &w.stem))
            })
            .map(|(id, _)| id)
            .collect();
        sentence.facts.extend(facts);
    }
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

fn explain(sentence: &mut Sentence<'_>, span: std::ops::Range<usize>, facts: Vec<FactId>) {
    let end = span.end.min(sentence.words.len());
    for word in &mut sentence.words[span.start..end] {
        word.explained = true;
    }
    sentence.facts.extend(facts);
}

/// The statuses a word claims, where it claims one.
fn status_word(words: &[Word], at: usize) -> Option<Vec<OrderStatus>> {
    let next = words.get(at + 1).map_or("", |w| w.text.as_str());
    Some(match words[at].text.as_str() {
        "pending" | "waiting" => vec![OrderStatus::Pending],
        "confirmed" | "prepared" | "preparing" | "processing" => vec![OrderStatus::Confirmed],
        "shipped" | "dispatched" => vec![OrderStatus::Shipped, OrderStatus::Delivered],
        "transit" => vec![OrderStatus::Shipped],
        "way" if at > 0 && matches!(words[at - 1].text.as_str(), "its" | "the") => vec![OrderStatus::Shipped],
        "delivered" | "arrived" => vec![OrderStatus::Delivered],
        "cancelled" | "canceled" => vec![OrderStatus::Cancelled],
        "returned" if next != "until" && next != "by" => vec![OrderStatus::Returned],
        _ => return None,
    })
}

fn parcel_says(order: &crate::domain::order::Order, stem: &str) -> bool {
    order.fulfilments.iter().any(|f| super::scope::stems(&f.status).iter().any(|s| s == stem))
}
