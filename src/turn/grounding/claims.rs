//! Claims: the parts of a sentence that a record can bear out or contradict.

use super::scope::{Entities, field_of, records_of};
use super::words::Word;
use crate::domain::fact::{FactBook, FactId, Formula, RecordId, Source};
use crate::domain::product::SpecValue;
use crate::domain::record::{Field, Record, RecordKind};
use crate::domain::text::number;
use crate::domain::text::words as lists;
use crate::domain::time::Day;
use crate::domain::value::Value;

/// What a value is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// What something costs.
    Price,
    /// What is taken off, or the difference.
    Saving,
    /// What an order must come to.
    Minimum,
    /// What several things come to.
    Total,
}

/// The sense of the words around a value.
pub fn sense_at(words: &[Word], at: usize) -> Sense {
    let clause = words[at].clause;
    let before = |n: usize| at.checked_sub(n).map_or("", |i| words[i].text.as_str());
    let differs = |i: usize| words.get(i).is_some_and(|w| matches!(w.text.as_str(), "more" | "less" | "cheaper" | "dearer" | "pricier"));
    let compared = words[..at].iter().any(|w| w.clause == clause && w.text == "than");
    match (before(2), before(1)) {
        (_, "by") if compared => return Sense::Saving,
        (_, "costs" | "cost" | "priced") if !differs(at + 1) => return Sense::Price,
        ("difference" | "saving" | "savings" | "discount" | "reduction", "of") => return Sense::Saving,
        _ => {}
    }
    let near = |reach: usize| {
        let from = at.saturating_sub(reach);
        let to = (at + reach + 1).min(words.len());
        words[from..to].iter().filter(move |w| w.clause == clause).map(|w| w.text.as_str())
    };
    let has = |reach: usize, list: &[&str]| near(reach).any(|w| list.contains(&w));
    if has(3, &["minimum", "least", "spend", "spending"])
        || words[..at].iter().rev().take(3).any(|w| w.text == "over") && has(5, &["order", "orders"])
    {
        Sense::Minimum
    } else if has(
        2,
        &[
            "off",
            "save",
            "saves",
            "saving",
            "savings",
            "discount",
            "less",
            "cheaper",
            "difference",
            "more",
            "dearer",
            "reduction",
            "between",
        ],
    ) {
        Sense::Saving
    } else if has(4, &["total", "together", "altogether", "combined", "sum"]) {
        Sense::Total
    } else {
        Sense::Price
    }
}

/// Whether a fact can be what a value of that sense says.
pub fn has_sense(id: FactId, sense: Sense, book: &FactBook) -> bool {
    let Some(fact) = book.fact(id) else { return false };
    match (&fact.source, sense) {
        (Source::Record(_, field), Sense::Price) => matches!(field, Field::Price | Field::UnitPrice(_) | Field::Total),
        (Source::Record(_, field), Sense::Saving) => matches!(field, Field::Discount),
        (Source::Record(_, field), Sense::Minimum) => matches!(field, Field::MinimumTotal),
        (Source::Record(_, field), Sense::Total) => matches!(field, Field::Total),
        (Source::Derived(formula, _), Sense::Price) => {
            matches!(formula, Formula::After | Formula::AfterPart | Formula::Times | Formula::Worth)
        }
        (Source::Derived(formula, _), Sense::Saving) => matches!(formula, Formula::Saving | Formula::Difference),
        (Source::Derived(formula, _), Sense::Total) => {
            matches!(formula, Formula::Sum | Formula::Times | Formula::After | Formula::AfterPart | Formula::Delivered)
        }
        _ => false,
    }
}

/// The facts of a book that say `value` of every entity in scope, in the sense wanted.
pub fn money_facts(
    minor: i64,
    currency: Option<crate::domain::money::Currency>,
    sense: Sense,
    scope: &[RecordId],
    book: &FactBook,
) -> Vec<FactId> {
    let same = |value: &Value| matches!(value, Value::Money(money) if money.minor == minor && currency.is_none_or(|c| c == money.currency));
    let candidates: Vec<FactId> =
        book.facts().filter(|(id, fact)| same(&fact.value) && has_sense(*id, sense, book)).map(|(id, _)| id).collect();
    covering(candidates, scope, book)
}

/// The candidates, if together they speak of every record in scope; with nothing in scope, a candidate
/// speaks for itself only when every record it could be about says the same.
pub fn covering(candidates: Vec<FactId>, scope: &[RecordId], book: &FactBook) -> Vec<FactId> {
    if scope.is_empty() {
        return candidates;
    }
    let speaks_of =
        |record: &RecordId| candidates.iter().any(|id| book.fact(*id).is_some_and(|fact| records_of(fact, book).contains(record)));
    if scope.iter().all(speaks_of) {
        candidates.into_iter().filter(|id| book.fact(*id).is_some_and(|f| scope.iter().any(|r| records_of(f, book).contains(r)))).collect()
    } else {
        Vec::new()
    }
}

/// Stems of verbs that say what a day is the day of.
const DAY_VERBS: &str = "order plac place bought purchas purchase open creat create deliver delivery arriv arrive expect due ship start begin \
    end expir expire return warranty cover resolv resolve clos close settl settle";

/// Whether a computed day comes from a rule about one of `topics`, as the texts it is computed from say.
fn is_about(id: FactId, topics: &[&str], book: &FactBook) -> bool {
    let Some(fact) = book.fact(id) else { return false };
    match &fact.source {
        Source::Derived(_, from) => from.iter().any(|source| is_about(*source, topics, book)),
        Source::Record(record, field) => {
            let name = book.record(*record).map(|v| v.record.field_name(*field)).unwrap_or_default();
            let text = format!("{name} {}", fact.value).to_lowercase();
            topics.iter().any(|topic| text.contains(topic))
        }
        Source::Said | Source::Shop => false,
    }
}

/// Facts that say one of `days` of the entities in scope, with a field that fits the words around it.
pub fn day_facts(days: &[Day], words: &[Word], at: usize, scope: &[RecordId], book: &FactBook) -> Vec<FactId> {
    let clause = words[at].clause;
    // The verb of a day stands in its own part of a list, where there is one in it.
    let part: Vec<&str> = words.iter().filter(|w| w.clause == clause && w.part == words[at].part).map(|w| w.stem.as_str()).collect();
    let whole: Vec<&str> = words.iter().filter(|w| w.clause == clause).map(|w| w.stem.as_str()).collect();
    let around = if part.iter().any(|stem| DAY_VERBS.split_whitespace().any(|verb| verb == *stem)) { part } else { whole };
    let has = |list: &[&str]| list.iter().any(|w| around.contains(w));
    let before = at.checked_sub(1).map_or("", |i| words[i].text.as_str());
    // The word before a day says which end of a span it is.
    let (begins, ends) = (matches!(before, "from" | "since" | "starting"), matches!(before, "until" | "till" | "through" | "by"));
    if matches!(before, "after" | "before" | "past") {
        return Vec::new();
    }
    let fits = |id: FactId| match field_of(id, book) {
        Some(Field::End) | None if begins => false,
        Some(Field::Start) if ends => false,
        Some(Field::Created) => {
            has(&["order", "plac", "place", "bought", "purchas", "purchase", "open", "creat", "create"])
                && !has(&["expect", "arriv", "arrive", "deliver"])
        }
        Some(Field::Delivery | Field::ParcelDelivered(_)) => has(&[
            "deliver", "delivery", "arriv", "arrive", "expect", "due", "promis", "promise", "estimat", "estimate", "schedul", "schedule",
            "com", "come", "reach", "get", "receiv", "receive",
        ]),
        Some(Field::ParcelShipped(_)) => has(&["ship", "left", "dispatch", "sent", "hand"]),
        Some(Field::End) => has(&["until", "end", "expir", "expire", "through", "till", "last", "by", "valid"]),
        Some(Field::Start) => has(&["start", "begin", "from", "begins"]),
        Some(Field::Resolved) => has(&["resolv", "resolve", "clos", "close", "settl", "settle"]),
        Some(_) => false,
        None if has(&["return"]) && !is_about(id, &["return"], book) => false,
        None if has(&["warranty", "cover"]) && !is_about(id, &["warranty", "guarantee"], book) => false,
        // Computed days: until when something can be returned or is covered.
        None => has(&["until", "return", "warranty", "cover", "end", "expir", "expire", "by", "till", "run", "last", "through"]),
    };
    let candidates = book
        .facts()
        .filter(|(id, fact)| matches!(fact.value, Value::Day(day) if days.contains(&day)) && fits(*id))
        .map(|(id, _)| id)
        .collect();
    covering(candidates, scope, book)
}

/// Facts that say a length of time of the entities in scope.
pub fn duration_facts(value: &Value, scope: &[RecordId], book: &FactBook) -> Vec<FactId> {
    let same = |own: &Value| match (own, value) {
        (Value::Days(a), Value::Days(b)) | (Value::Months(a), Value::Months(b)) => a.abs() == b.abs(),
        _ => false,
    };
    let candidates: Vec<FactId> = book.facts().filter(|(_, fact)| same(&fact.value)).map(|(id, _)| id).collect();
    let of_knowledge = |id: &FactId| {
        book.fact(*id)
            .is_some_and(|f| records_of(f, book).iter().any(|r| book.record(*r).is_some_and(|r| r.record.kind() == RecordKind::Knowledge)))
    };
    if candidates.iter().any(of_knowledge) {
        return candidates;
    }
    covering(candidates, scope, book)
}

/// Facts that count what a plain number in a sentence may count.
pub fn count_facts(number: i64, words: &[Word], at: usize, scope: &[RecordId], book: &FactBook) -> Vec<FactId> {
    let left = words.iter().any(|w| matches!(w.text.as_str(), "left" | "stock" | "remaining" | "available" | "units" | "pieces"));
    let fits = |id: FactId| match &book.fact(id).map(|f| &f.source) {
        Some(Source::Record(_, Field::Stock)) => left,
        Some(Source::Record(_, Field::Quantity(_))) => true,
        Some(Source::Derived(Formula::Count | Formula::Matches(_) | Formula::Earned, _)) => !left,
        // Pieces the customer named, repeated as theirs.
        Some(Source::Said) => !left,
        _ => false,
    };
    let _ = at;
    let candidates: Vec<FactId> =
        book.facts().filter(|(id, fact)| fact.value == Value::Count(number) && fits(*id)).map(|(id, _)| id).collect();
    let counts_matches = candidates.iter().any(|id| matches!(book.fact(*id).map(|f| &f.source), Some(Source::Derived(..))));
    if counts_matches { candidates } else { covering(candidates, scope, book) }
}

/// Whether an entity states a measure or number in a property that the words around it can mean.
///
/// `word` is the folded token ("16gb", "4050"). Where a property is named nearby, the measure must stand
/// in that very property: "16 GB of storage" is not borne out by 16 GB of memory.
pub fn states_measure(record: &Record, words: &[Word], at: usize) -> bool {
    let Record::Product(product) = record else { return states_plainly(record, words, at) };
    let wanted = &words[at].stem;
    let clause = words[at].clause;
    let mut holders: Vec<Option<usize>> = Vec::new();
    for (i, spec) in product.specs.iter().enumerate() {
        let holds = match &spec.value {
            SpecValue::Text(text) => stands_in(text, words, at),
            SpecValue::Number(n) => format!("{n}") == words[at].text,
            SpecValue::Flag(_) => false,
        };
        if holds || stands_in(&spec.name, words, at) {
            holders.push(Some(i));
        }
    }
    let texts = [product.name.as_str(), product.description.as_str()];
    let in_text =
        texts.iter().any(|text| stands_in(text, words, at)) || product.options.iter().any(|(_, v)| super::scope::stems(v).contains(wanted));
    if in_text {
        holders.push(None);
    }
    if holders.is_empty() {
        return false;
    }
    let Some(named) = nearest_property(product, words, at, clause) else {
        // "An RTX 4050 with 16 GB": the words beside it are of the graphics, so it is said of the graphics.
        let beside = nearest_value(product, words, at);
        return beside.is_none_or(|specs| holders.iter().any(|holder| holder.is_none_or(|i| specs.contains(&i))));
    };
    // How often a display is drawn anew is said of the display.
    let of_display = wanted.ends_with("hz")
        && named.iter().all(|i| super::scope::stems(&product.specs[*i].name).iter().any(|n| n == "display" || n == "screen"));
    if of_display {
        return true;
    }
    holders.iter().any(|holder| match holder {
        Some(i) => named.contains(i),
        // The name or description may state it too, but then not against a property that says otherwise.
        None => named.iter().all(|i| holders.contains(&Some(*i)) || !has_number(&product.specs[*i].value)),
    })
}

/// Whether a text holds the word at a place. A plain number must stand there beside the same word: 24 of
/// "24 months" is no model number.
fn stands_in(text: &str, words: &[Word], at: usize) -> bool {
    let own = super::words::split(text);
    let word = &words[at];
    let plain = crate::domain::text::unit::is_number(&word.text) || number::cardinal(&word.text).is_some();
    let beside = |a: Option<&Word>, b: Option<&Word>| a.zip(b).is_some_and(|(a, b)| a.stem == b.stem);
    own.iter().enumerate().filter(|(_, w)| w.stem == word.stem).any(|(i, _)| {
        let before = beside(i.checked_sub(1).and_then(|i| own.get(i)), at.checked_sub(1).and_then(|i| words.get(i)));
        !plain || own.len() == 1 || before || beside(own.get(i + 1), words.get(at + 1))
    })
}

/// Whether a word of a product's properties stands with a property that holds it, as far as the words of
/// its part of the sentence name one.
pub fn word_fits(product: &crate::domain::product::Product, words: &[Word], at: usize) -> bool {
    let wanted = &words[at].stem;
    let holds = |i: usize| {
        let spec = &product.specs[i];
        super::scope::stems(&spec.name).contains(wanted) || super::scope::stems(&spec.value.text()).contains(wanted)
    };
    let elsewhere = [product.name.as_str(), product.description.as_str(), product.brand.as_str()];
    let in_specs = (0..product.specs.len()).any(holds);
    if !in_specs || elsewhere.iter().any(|text| super::scope::stems(text).contains(wanted)) {
        return true;
    }
    nearest_property(product, words, at, words[at].clause).is_none_or(|named| named.into_iter().any(holds))
}

fn has_number(value: &SpecValue) -> bool {
    value.text().contains(|c: char| c.is_ascii_digit())
}

fn states_plainly(record: &Record, words: &[Word], at: usize) -> bool {
    match record {
        Record::Order(order) => {
            let parcels = order.fulfilments.iter().flat_map(|f| [&f.tracking, &f.status, &f.carrier]);
            parcels.chain([&order.payment_method]).any(|text| stands_in(text, words, at))
        }
        Record::Promotion(promotion) => stands_in(&promotion.description, words, at),
        _ => false,
    }
}

/// Whether a record's own text holds a percentage.
pub fn states_percent(record: &Record, number: &str) -> bool {
    let holds = |text: &str| {
        text.match_indices(number).any(|(at, _)| {
            let whole = !text[..at].ends_with(|c: char| c.is_ascii_digit() || c == '.');
            let after = text[at + number.len()..].trim_start();
            whole && (after.starts_with('%') || after.starts_with("percent") || after.starts_with("per cent"))
        })
    };
    match record {
        Record::Product(product) => holds(&product.description) || product.specs.iter().any(|spec| holds(&spec.value.text())),
        Record::Promotion(promotion) => holds(&promotion.description),
        _ => false,
    }
}

/// The properties named nearest to a word: by their name or another word for it.
fn nearest_property(product: &crate::domain::product::Product, words: &[Word], at: usize, clause: usize) -> Option<Vec<usize>> {
    const REACH: usize = 4;
    let order = (1..=REACH).flat_map(|d| [at.checked_add(d), at.checked_sub(d)]).flatten();
    for i in order {
        let Some(word) = words.get(i).filter(|w| w.clause == clause && w.part == words[at].part) else { continue };
        if lists::is_function(&word.text) || word.text.bytes().any(|b| b.is_ascii_digit()) {
            continue;
        }
        let named: Vec<usize> = (0..product.specs.len())
            .filter(|s| {
                let name: Vec<String> = super::scope::stems(&product.specs[*s].name);
                name.contains(&word.stem)
                    || lists::synonyms(&word.stem).iter().any(|other| other.split(' ').all(|part| name.iter().any(|n| n == part)))
            })
            .collect();
        if !named.is_empty() {
            return Some(named);
        }
    }
    None
}

/// The properties whose values hold the telling word nearest before a word, in the same part of the
/// sentence.
fn nearest_value(product: &crate::domain::product::Product, words: &[Word], at: usize) -> Option<Vec<usize>> {
    let before = words[..at].iter().rev().take_while(|w| w.clause == words[at].clause && w.part == words[at].part);
    before.filter(|w| !w.explained && !lists::is_function(&w.text) && !w.text.bytes().any(|b| b.is_ascii_digit())).find_map(|word| {
        let holds = |i: &usize| super::scope::stems(&product.specs[*i].value.text()).contains(&word.stem);
        let specs: Vec<usize> = (0..product.specs.len()).filter(holds).collect();
        (!specs.is_empty()).then_some(specs)
    })
}

/// A number written in words, where the sentence counts with it.
pub fn number_word(words: &[Word], at: usize) -> Option<(i64, usize)> {
    let texts: Vec<&str> = words[at..].iter().map(|w| w.text.as_str()).collect();
    let first = texts.first()?;
    // "one" and "first" point more often than they count.
    if matches!(*first, "one" | "single" | "couple" | "a" | "zero") {
        return None;
    }
    let (value, used) = number::phrase(&texts)?;
    Some((i64::from(value), used))
}

/// Whether a comparison is borne out: the subject really has less or more than the other.
pub fn comparison_holds(word: &str, subject: &[usize], other: &[usize], entities: &Entities, book: &FactBook) -> bool {
    let key = |i: &usize| {
        let record = book.record(entities.all.get(*i)?.record)?;
        let Record::Product(product) = &record.record else { return None };
        match word {
            "cheaper" | "cheapest" | "expensive" | "pricier" | "dearer" | "priciest" | "dearest" => product.price.map(|p| p.minor as f64),
            "lighter" | "lightest" | "heavier" | "heaviest" => weight(product),
            _ => None,
        }
    };
    let less = matches!(word, "cheaper" | "cheapest" | "lighter" | "lightest");
    let pairs = subject.iter().flat_map(|s| other.iter().map(move |o| (s, o))).filter(|(s, o)| s != o);
    let mut any = false;
    for (s, o) in pairs {
        let (Some(a), Some(b)) = (key(s), key(o)) else { return false };
        any = true;
        if less && a >= b || !less && a <= b {
            return false;
        }
    }
    any
}

fn weight(product: &crate::domain::product::Product) -> Option<f64> {
    let SpecValue::Text(text) = &product.spec("weight")?.value else { return None };
    let words = crate::domain::text::unit::merge(crate::domain::text::token::tokens(text), text);
    words.iter().find_map(|token| match crate::domain::text::unit::split(&token.text)? {
        (number, "kg") => Some(number),
        (number, "g") => Some(number / 1000.0),
        (number, "lb") => Some(number * 0.453_592),
        _ => None,
    })
}
