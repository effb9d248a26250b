//! Values: every figure must be borne out by a fact of the entity in scope, in the sense it is given.

use super::{Checker, Sentence, explain, slice, unit_free};
use crate::domain::fact::{FactId, Formula, RecordId, Source};
use crate::domain::money::{Currency, Money};
use crate::domain::record::{Record, RecordKind};
use crate::domain::text::duration;
use crate::domain::text::token::tokens;
use crate::domain::value::Value;
use crate::turn::grounding::claims::{self, Sense};
use crate::turn::grounding::dates;
use crate::turn::grounding::words::Slot;

impl Checker<'_> {
    /// Every value must be borne out by a fact of the entity in scope, in the sense it is given.
    pub(super) fn values(&self, sentence: &mut Sentence<'_>) -> Result<(), String> {
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
        for claim in std::mem::take(&mut sentence.days) {
            let span = claim.at..claim.at + claim.used;
            if sentence.words[span.clone()].iter().any(|w| w.explained) {
                continue;
            }
            let records = self.records(sentence, claim.at);
            let facts = claims::day_facts(&claim.days, &sentence.words, claim.at, &records, self.book);
            let facts = if facts.is_empty() { self.days_of_the_order(&claim, sentence) } else { facts };
            // "Today" beside a promotion or a stock that is checked says no more than "now".
            let vague = claim.used == 1 && matches!(sentence.words[claim.at].text.as_str(), "today" | "tonight");
            if facts.is_empty() && !vague && !self.said_by_the_shop(sentence) {
                return Err(format!("no record states {}", slice(sentence, &span)));
            }
            if !facts.is_empty() {
                self.say_of_days(sentence, &span, &facts);
                explain(sentence, span, Slot::Day, facts);
            }
        }
        Ok(())
    }

    /// The verb of a day whose field has been checked says no more than the field.
    fn say_of_days(&self, sentence: &mut Sentence<'_>, span: &std::ops::Range<usize>, facts: &[FactId]) {
        let computed = facts.iter().any(|id| matches!(self.book.fact(*id).map(|f| &f.source), Some(Source::Derived(..))));
        let clause = sentence.words[span.start].clause;
        for word in sentence.words.iter_mut().filter(|w| w.clause == clause) {
            let verb = matches!(word.text.as_str(), "placed" | "ordered" | "bought" | "opened" | "created" | "settled" | "resolved");
            let of_a_term = matches!(word.stem.as_str(), "return" | "warranty" | "cover");
            word.explained |= verb || computed && of_a_term;
        }
    }

    /// The days of the one order of the turn, for a sentence that last spoke of what is in it.
    fn days_of_the_order(&self, claim: &dates::DayClaim, sentence: &Sentence<'_>) -> Vec<FactId> {
        match sentence.order {
            Some(order) => claims::day_facts(&claim.days, &sentence.words, claim.at, &[order], self.book),
            None => Vec::new(),
        }
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
            let slot = self.counting(sentence, at..at + used, &facts)?;
            explain(sentence, at..at + used, slot, facts);
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
        self.no_rate(sentence, at + used)?;
        let saves = sense == Sense::Saving && !facts.is_empty();
        explain(sentence, at..at + used, Slot::Money, facts);
        let (from, to) = (at.saturating_sub(3), (at + used + 3).min(sentence.words.len()));
        // What is compared with something named is checked where comparisons are.
        let compares = |words: &[crate::turn::grounding::words::Word], i: usize| words.get(i + 1).is_some_and(|w| w.text == "than");
        for i in (from..to).filter(|i| !compares(&sentence.words, *i)).collect::<Vec<_>>() {
            let word = &mut sentence.words[i];
            word.explained |= saves
                && matches!(
                    word.stem.as_str(),
                    "save" | "sav" | "saving" | "off" | "discount" | "cheaper" | "less" | "more" | "difference"
                );
        }
        Ok(used)
    }

    /// "$50 a month" is another price than $50.
    fn no_rate(&self, sentence: &Sentence<'_>, at: usize) -> Result<(), String> {
        const SPANS: &str = "day days week month months year hour night person item unit piece pair metre meter kilo";
        let text = |i: usize| sentence.words.get(i).map_or("", |w| w.text.as_str());
        let rate = matches!(text(at), "a" | "an" | "per" | "each" | "every" | "monthly" | "yearly" | "weekly" | "daily");
        let span = matches!(text(at), "monthly" | "yearly" | "weekly" | "daily") || SPANS.split_whitespace().any(|own| own == text(at + 1));
        if rate && span && !self.said_by_the_shop(sentence) {
            return Err("no record states such a rate".to_owned());
        }
        Ok(())
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
        let records = self.records(sentence, at);
        let of_all = |r: &RecordId| self.book.record(*r).is_some_and(|v| claims::states_percent(&v.record, &word.text));
        let stated = !records.is_empty() && records.iter().all(of_all);
        if facts.is_empty() && !stated && !self.said_by_the_shop(sentence) {
            return Err(format!("no record states {}%", word.text));
        }
        let end = (at + used).min(sentence.words.len());
        let promised = !facts.is_empty();
        explain(sentence, at..end, Slot::Percent, facts);
        let behind = (end + 2).min(sentence.words.len());
        for word in &mut sentence.words[end..behind] {
            word.explained |= promised && matches!(word.text.as_str(), "off" | "discount");
        }
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
        let facts = match (facts.is_empty(), sentence.order) {
            (true, Some(order)) => claims::duration_facts(&value, &[order], self.book),
            _ => facts,
        };
        let in_spec = records.iter().all(|r| self.spec_states(*r, &value, sentence, at)) && !records.is_empty();
        if facts.is_empty() && !in_spec && !self.said_by_the_shop(sentence) {
            return Err(format!("no record states {}", slice(sentence, &span)));
        }
        self.late(sentence, at + used + 1, &facts)?;
        let bound = !facts.is_empty() && facts.iter().all(|id| self.is_bound(*id, sentence));
        explain(sentence, span, if bound { Slot::Bound } else { Slot::Length }, facts);
        Ok(Some(used + 1))
    }

    /// "You can return it within 30 days" is not what the rule says: it says on what conditions.
    fn is_bound(&self, fact: FactId, sentence: &Sentence<'_>) -> bool {
        let Some(Source::Derived(Formula::Duration, from)) = self.book.fact(fact).map(|f| &f.source) else { return false };
        from.iter().any(|own| match self.book.fact(*own).map(|f| &f.source) {
            Some(Source::Record(record, field)) if self.kind(*record) == Some(RecordKind::Knowledge) => {
                self.statements.goes_beyond(*record, *field, &sentence.words)
            }
            _ => false,
        })
    }

    /// "Four days late": the order must be, by just that.
    fn late(&self, sentence: &mut Sentence<'_>, at: usize, facts: &[FactId]) -> Result<(), String> {
        let Some(word) = sentence.words.get_mut(at).filter(|w| matches!(w.text.as_str(), "late" | "overdue")) else { return Ok(()) };
        let derived = |id: &FactId| matches!(self.book.fact(*id).map(|f| &f.source), Some(Source::Derived(Formula::DaysSince, _)));
        let order = sentence.order.and_then(|id| self.book.record(id)).map(|v| &v.record);
        let is_late = matches!(order, Some(Record::Order(order)) if order.days_late(self.book.today(), self.book.zone()).is_some());
        if !is_late || !facts.iter().any(derived) {
            return Err("no record says that it is late".to_owned());
        }
        word.explained = true;
        Ok(())
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
        let number = word.parse::<i64>();
        if !number.as_ref().is_ok_and(|number| *number < 100) && self.stated(sentence, at) {
            explain(sentence, at..at + 1, Slot::Measure, Vec::new());
            return Ok(1);
        }
        if let Ok(number) = number {
            let records = self.records(sentence, at);
            let facts = claims::count_facts(number, &sentence.words, at, &records, self.book);
            if !facts.is_empty() {
                let slot = self.counting(sentence, at..at + 1, &facts)?;
                explain(sentence, at..at + 1, slot, facts);
                return Ok(1);
            }
            if self.stated(sentence, at) {
                explain(sentence, at..at + 1, Slot::Measure, Vec::new());
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

    /// How many records a look-up found is said of records, not of pieces: "ten that fit", "the first five".
    fn counting(&self, sentence: &Sentence<'_>, span: std::ops::Range<usize>, facts: &[FactId]) -> Result<Slot, String> {
        const NOUNS: &str =
            "that which products models items options results orders parcels packages promotions offers codes tickets choices ones fit";
        if facts.is_empty() {
            return Ok(Slot::Measure);
        }
        let derived = facts.iter().all(|id| matches!(self.book.fact(*id).map(|f| &f.source), Some(Source::Derived(..))));
        let text = |i: usize| sentence.words.get(i).map_or("", |w| w.text.as_str());
        let before = span.start.checked_sub(1).map_or("", text);
        let of_a_kind =
            |i: usize| sentence.words.get(i).is_some_and(|w| !w.explained && self.entities.all.iter().any(|e| e.states.contains(&w.stem)));
        let next = text(span.end);
        let noun = NOUNS.split_whitespace().any(|own| own == next) || next.is_empty() || of_a_kind(span.end) && next != "of";
        let counts = !derived || noun || matches!(before, "first" | "these" | "those" | "last");
        counts.then_some(Slot::Count).ok_or_else(|| format!("no record counts {}", slice(sentence, &span)))
    }

    /// Whether every entity in scope states a figure in a property the words around it can mean.
    fn stated(&self, sentence: &Sentence<'_>, at: usize) -> bool {
        let records = self.records(sentence, at);
        let of_the_order = sentence.order.and_then(|order| self.book.record(order));
        if of_the_order.is_some_and(|v| claims::states_measure(&v.record, &sentence.words, at)) {
            return true;
        }
        !records.is_empty()
            && records.iter().all(|r| self.book.record(*r).is_some_and(|v| claims::states_measure(&v.record, &sentence.words, at)))
    }
}
