//! Facts: the only things a reply may say.
//!
//! A fact is a field of a record read in this turn, the customer's own words, or a value computed from
//! other facts by a named formula. The book holds all facts of a turn; whoever checks a sentence looks
//! it up here.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::hours::{self, Clock, Holiday, Schedule};
use super::money::Money;
use super::record::{Field, Record, RecordKind, RecordRef, Version};
use super::text::{delivery, past, rates};
use super::time::{Day, Moment};
use super::value::Value;

/// A fact's place in its book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FactId(pub u16);

/// A record's place in its book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordId(pub u16);

/// How a value was computed. The inputs are the fact's sources, in the order named here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Formula {
    /// How many sources there are.
    Count,
    /// How many records a look-up matched; the number is the look-up's own.
    Matches(u32),
    /// Total of the amounts.
    Sum,
    /// First amount less the second.
    Difference,
    /// First amount times the count in the second.
    Times,
    /// First amount less the percentage or amount in the second.
    After,
    /// What the percentage or amount in the second takes off the first.
    Saving,
    /// Days from the turn's day to the day in the source.
    DaysUntil,
    /// Days from the day in the source to the turn's day.
    DaysSince,
    /// The day in the first, later by the days or months in the second.
    Later,
    /// The number in a written duration, as days or months.
    Duration,
    /// The turn's day.
    Today,
    /// First amount less what the percentage or amount in the third takes off the second, a part of the
    /// first: a basket of which a promotion is for some things only.
    AfterPart,
    /// The one percentage that a written rule states.
    Percentage,
    /// Points that a written rule gives for the amount in the second, whole steps only.
    Earned,
    /// What a written rule asks for a delivery.
    DeliveryFee,
    /// The amount in the first with the delivery of the written rule in the second, where that asks anything for it.
    Delivered,
    /// What a written rule says that the points in the second are worth, where they are whole steps of it.
    Worth,
    /// The day so many days after the turn's.
    DayAhead(i32),
    /// How the day in the first is spoken of.
    SpokenDay,
    /// The holiday on the day in the first.
    HolidayName,
    /// When the shop opens on the day in the first, by the words in the others.
    Opens,
    /// When it closes.
    Closes,
    /// The day behind the turn's that the source speaks of.
    PastDay,
}

/// Where a fact comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A field of a record of this turn.
    Record(RecordId, Field),
    /// The customer wrote it.
    Said,
    /// The shop's configuration states it.
    Shop,
    /// Computed.
    Derived(Formula, Vec<FactId>),
}

/// Something that may be said, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// What it says.
    pub value: Value,
    /// Why that may be said.
    pub source: Source,
}

/// A record with the version it had when it was read.
#[derive(Debug, Clone)]
pub struct Versioned {
    /// The record.
    pub record: Record,
    /// Its version.
    pub version: Version,
}

impl Versioned {
    /// The reference that names this very version.
    pub fn reference(&self) -> RecordRef {
        RecordRef { kind: self.record.kind(), id: self.record.id().to_owned(), version: self.version }
    }
}

/// All facts of one turn.
#[derive(Debug, Clone)]
pub struct FactBook {
    records: Vec<Versioned>,
    facts: Vec<Fact>,
    today: Day,
    clock: Option<Clock>,
    zone: TimeZone,
}

impl FactBook {
    /// An empty book for a turn on `today` in `zone`.
    pub fn new(today: Day, zone: TimeZone) -> Self {
        Self { records: Vec::new(), facts: Vec::new(), today, clock: None, zone }
    }

    /// The book of a turn at a moment.
    pub fn at(now: Moment, zone: TimeZone) -> Self {
        let clock = Some(Clock::of(now, &zone));
        Self { clock, ..Self::new(now.day_in(&zone), zone) }
    }

    /// The time of day of the turn, where it is known.
    pub fn clock(&self) -> Option<Clock> {
        self.clock
    }

    /// The day of the turn, in the shop's time zone.
    pub fn today(&self) -> Day {
        self.today
    }

    /// The shop's time zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Adds a record, or finds it where it was added before.
    pub fn add(&mut self, versioned: Versioned) -> RecordId {
        let known =
            self.records.iter().position(|old| old.record.kind() == versioned.record.kind() && old.record.id() == versioned.record.id());
        let index = known.unwrap_or_else(|| {
            self.records.push(versioned);
            self.records.len() - 1
        });
        RecordId(u16::try_from(index).unwrap_or(u16::MAX))
    }

    /// The record at `id`.
    pub fn record(&self, id: RecordId) -> Option<&Versioned> {
        self.records.get(usize::from(id.0))
    }

    /// All records with their places.
    pub fn records(&self) -> impl Iterator<Item = (RecordId, &Versioned)> {
        (0_u16..).map(RecordId).zip(&self.records)
    }

    /// The place of a record by kind and identifier.
    pub fn find(&self, kind: RecordKind, id: &str) -> Option<RecordId> {
        self.records().find(|(_, versioned)| versioned.record.kind() == kind && versioned.record.id() == id).map(|(place, _)| place)
    }

    /// The fact that a field of a record states; `None` where the record does not state it.
    pub fn field(&mut self, record: RecordId, field: Field) -> Option<FactId> {
        let source = Source::Record(record, field);
        if let Some(known) = self.facts.iter().position(|fact| fact.source == source) {
            return Some(fact_id(known));
        }
        let value = self.record(record)?.record.field(field, &self.zone)?;
        Some(self.push(Fact { value, source }))
    }

    /// What the customer wrote, to be repeated as theirs.
    pub fn said(&mut self, words: &str) -> FactId {
        self.push(Fact { value: Value::Text(words.to_owned()), source: Source::Said })
    }

    /// A number of pieces the customer wrote.
    pub fn said_count(&mut self, count: u32) -> FactId {
        self.push(Fact { value: Value::Count(i64::from(count)), source: Source::Said })
    }

    /// An amount the customer wrote.
    pub fn said_amount(&mut self, amount: Money) -> FactId {
        self.push(Fact { value: Value::Money(amount), source: Source::Said })
    }

    /// What the shop's configuration states.
    pub fn shop(&mut self, words: &str) -> FactId {
        self.push(Fact { value: Value::Text(words.to_owned()), source: Source::Shop })
    }

    /// The value of `formula` over `from`; `None` where the inputs do not fit it.
    pub fn derive(&mut self, formula: Formula, from: &[FactId]) -> Option<FactId> {
        let value = self.compute(formula, from)?;
        Some(self.push(Fact { value, source: Source::Derived(formula, from.to_vec()) }))
    }

    /// The fact at `id`.
    pub fn fact(&self, id: FactId) -> Option<&Fact> {
        self.facts.get(usize::from(id.0))
    }

    /// The value at `id`.
    pub fn value(&self, id: FactId) -> Option<&Value> {
        self.fact(id).map(|fact| &fact.value)
    }

    /// Whether two facts say the same for the same reason: a derived one is computed anew by whoever needs it.
    pub fn is_same(&self, a: FactId, b: FactId) -> bool {
        a == b || self.fact(a).zip(self.fact(b)).is_some_and(|(a, b)| a == b)
    }

    /// All facts with their places.
    pub fn facts(&self) -> impl Iterator<Item = (FactId, &Fact)> {
        (0_u16..).map(FactId).zip(&self.facts)
    }

    fn push(&mut self, fact: Fact) -> FactId {
        self.facts.push(fact);
        fact_id(self.facts.len() - 1)
    }

    /// The opening hours that facts tell in words.
    pub fn schedule(&self, words: &[FactId]) -> Schedule {
        let texts = words.iter().filter_map(|id| match self.value(*id)? {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        });
        Schedule::read(texts)
    }

    /// Computes a formula afresh from its inputs; a checker compares this with what was said.
    pub fn compute(&self, formula: Formula, from: &[FactId]) -> Option<Value> {
        let value = |i: usize| self.value(*from.get(i)?);
        match formula {
            Formula::Count => Some(Value::Count(i64::try_from(from.len()).ok()?)),
            Formula::Matches(count) => Some(Value::Count(i64::from(count))),
            Formula::Today => Some(Value::Day(self.today)),
            Formula::DayAhead(days) => Some(Value::Day(self.today.plus_days(days))),
            Formula::SpokenDay => Some(Value::Text(hours::spoken(as_day(value(0)?)?, self.today))),
            Formula::HolidayName => Holiday::on(as_day(value(0)?)?).map(|holiday| Value::Text(holiday.name().to_owned())),
            Formula::Opens => self.schedule(from.get(1..)?).opens(as_day(value(0)?)?).map(Value::Text),
            Formula::Closes => self.schedule(from.get(1..)?).closes(as_day(value(0)?)?).map(Value::Text),
            Formula::Sum => {
                let mut amounts = (0..from.len()).map(|i| as_money(value(i)?));
                let first = amounts.next()??;
                amounts.try_fold(first, |sum, next| sum.checked_add(next?)).map(Value::Money)
            }
            Formula::Difference => as_money(value(0)?)?.checked_sub(as_money(value(1)?)?).map(Value::Money),
            Formula::Times => {
                let Value::Count(times) = value(1)? else { return None };
                as_money(value(0)?)?.times(u32::try_from(*times).ok()?).map(Value::Money)
            }
            Formula::Saving => saving(as_money(value(0)?)?, value(1)?).map(Value::Money),
            Formula::After => {
                let price = as_money(value(0)?)?;
                price.checked_sub(saving(price, value(1)?)?).map(Value::Money)
            }
            Formula::DaysUntil => Some(Value::Days(as_day(value(0)?)?.days_since(self.today))),
            Formula::DaysSince => Some(Value::Days(self.today.days_since(as_day(value(0)?)?))),
            Formula::Later => {
                let day = as_day(value(0)?)?;
                match value(1)? {
                    Value::Days(days) => Some(Value::Day(day.plus_days(*days))),
                    Value::Months(months) => Some(Value::Day(day.plus_months(*months))),
                    _ => None,
                }
            }
            Formula::PastDay => past::day(&value(0)?.to_string(), self.today).map(Value::Day),
            Formula::Duration => super::text::duration::first(&value(0)?.to_string()),
            Formula::AfterPart => {
                let (total, part) = (as_money(value(0)?)?, as_money(value(1)?)?);
                total.checked_sub(saving(part, value(2)?)?).map(Value::Money)
            }
            Formula::Percentage => rates::percent(&value(0)?.to_string()).map(Value::Percent),
            Formula::Earned => {
                let amount = as_money(value(1)?)?;
                let points = rates::earning(&value(0)?.to_string(), amount.currency)?.earned(amount)?;
                Some(Value::Count(points))
            }
            Formula::DeliveryFee => delivery::fee(&value(0)?.to_string()).map(|fee| Value::Money(fee.cost)),
            Formula::Delivered => delivery::fee(&value(1)?.to_string())?.added_to(as_money(value(0)?)?).map(Value::Money),
            Formula::Worth => {
                let Value::Count(points) = value(1)? else { return None };
                rates::worth(&value(0)?.to_string(), *points).map(Value::Money)
            }
        }
    }
}

fn fact_id(index: usize) -> FactId {
    FactId(u16::try_from(index).unwrap_or(u16::MAX))
}

fn as_money(value: &Value) -> Option<Money> {
    if let Value::Money(money) = value { Some(*money) } else { None }
}

fn as_day(value: &Value) -> Option<Day> {
    if let Value::Day(day) = value { Some(*day) } else { None }
}

/// What a percentage or an amount takes off `price`; never more than the price.
fn saving(price: Money, discount: &Value) -> Option<Money> {
    let off = match discount {
        Value::Percent(hundredths) => price.percent(*hundredths),
        Value::Money(amount) if amount.currency == price.currency => *amount,
        _ => return None,
    };
    Some(Money::new(off.minor.min(price.minor), price.currency))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::money::Currency;
    use crate::domain::product::tests::sample;
    use crate::domain::promotion;

    fn book() -> FactBook {
        FactBook::new(Day::parse("2026-11-22").unwrap(), TimeZone::UTC)
    }

    fn product(book: &mut FactBook, sku: &str, minor: i64) -> RecordId {
        let record = Record::Product(Arc::new(sample(sku, "Acme One", minor, None)));
        book.add(Versioned { record, version: 3 })
    }

    #[test]
    fn a_record_is_added_once_and_its_fields_are_facts() {
        let mut book = book();
        let a = product(&mut book, "A", 10_000);
        assert_eq!(product(&mut book, "A", 10_000), a);
        let price = book.field(a, Field::Price).unwrap();
        assert_eq!(book.field(a, Field::Price), Some(price));
        assert_eq!(book.value(price).unwrap().to_string(), "$100.00");
        assert_eq!(book.field(a, Field::Stock), None, "unknown stock is no fact");
        assert_eq!(book.record(a).unwrap().reference().version, 3);
    }

    #[test]
    fn derived_values_are_computed_from_their_sources() {
        let mut book = book();
        let a = product(&mut book, "A", 120_000);
        let b = product(&mut book, "B", 100_000);
        let (pa, pb) = (book.field(a, Field::Price).unwrap(), book.field(b, Field::Price).unwrap());
        let promotion = Record::Promotion(Arc::new(promotion::tests::sample()));
        let promo = book.add(Versioned { record: promotion, version: 1 });
        let off = book.field(promo, Field::Discount).unwrap();
        let end = book.field(promo, Field::End).unwrap();
        for (formula, from, shown) in [
            (Formula::Sum, vec![pa, pb], "$2,200.00"),
            (Formula::Difference, vec![pa, pb], "$200.00"),
            (Formula::After, vec![pb, off], "$900.00"),
            (Formula::Saving, vec![pb, off], "$100.00"),
            (Formula::Count, vec![pa, pb], "2"),
            (Formula::DaysUntil, vec![end], "8 days"),
        ] {
            let id = book.derive(formula, &from).unwrap_or_else(|| panic!("{formula:?}"));
            assert_eq!(book.value(id).unwrap().to_string(), shown);
        }
        let said = book.said("I bought it 8 months ago");
        let bought = book.derive(Formula::PastDay, &[said]).unwrap();
        assert_eq!(book.value(bought).unwrap().to_string(), "March 22, 2026");
        let (once, again, other) = (
            book.derive(Formula::Today, &[]).unwrap(),
            book.derive(Formula::Today, &[]).unwrap(),
            book.derive(Formula::DayAhead(1), &[]).unwrap(),
        );
        assert!(once != again && book.is_same(once, again) && !book.is_same(once, other));
        assert_eq!(book.derive(Formula::Sum, &[pa, off]), None);
        assert_eq!(book.derive(Formula::Later, &[pa, pb]), None);
    }

    #[test]
    fn a_discount_in_another_currency_gives_nothing() {
        let price = Money::new(100, Currency::USD);
        let euros = Value::Money(Money::new(10, Currency::parse("EUR").unwrap()));
        assert_eq!(saving(price, &euros), None);
    }
}
