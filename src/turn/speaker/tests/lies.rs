//! Lies in the words models use, filled from the facts of every dialogue's turns. Each file was written
//! before the check was tried on it; see its head.

use std::sync::Arc;

use super::checker::check;
use crate::agents::speech;
use crate::domain::act::{Act, Arg};
use crate::domain::fact::{FactBook, Source};
use crate::domain::money::{Currency, Money};
use crate::domain::product::{Product, SpecValue};
use crate::domain::promotion::{Discount, Promotion};
use crate::domain::record::{Field, Record};
use crate::domain::text::{number, sentence};
use crate::domain::value::Value;
use crate::turn::grounding::check::{Checker, is_bare_answer};
use crate::turn::speaker::is_for_models;
use crate::turn::speaker::plan::Plan;
use crate::turn::tests::{Demo, Worked};

/// What slots are filled with: every way to fill them that makes a lie.
struct Filler {
    pairs: Vec<(Arc<Product>, Option<Arc<Product>>)>,
    promotions: Vec<(Arc<Promotion>, Option<Arc<Promotion>>)>,
    orders: Vec<String>,
    sentences: Vec<String>,
    days: Vec<crate::domain::time::Day>,
    counts: Vec<i64>,
}

fn records<T>(book: &FactBook, of: impl Fn(&Record) -> Option<T>) -> Vec<T> {
    book.records().filter_map(|(_, versioned)| of(&versioned.record)).collect()
}

/// Sentences of the shop that the turn has read, without their ends.
fn statements(book: &FactBook) -> Vec<String> {
    let own = book.facts().filter(|(_, fact)| matches!(fact.source, Source::Record(_, Field::Sentence(_))));
    own.map(|(_, fact)| fact.value.to_string().trim_end_matches('.').to_owned()).take(3).collect()
}

/// Each with another that differs, where there is one.
fn paired<T: Clone>(all: &[T], differ: impl Fn(&T, &T) -> bool) -> Vec<(T, Option<T>)> {
    all.iter().take(3).map(|one| (one.clone(), all.iter().find(|other| differ(one, other)).cloned())).collect()
}

impl Filler {
    fn of(book: &FactBook) -> Self {
        let products = records(book, |r| if let Record::Product(p) = r { Some(Arc::clone(p)) } else { None });
        let promotions = records(book, |r| if let Record::Promotion(p) = r { Some(Arc::clone(p)) } else { None });
        let (running, resting): (Vec<_>, Vec<_>) = promotions.iter().cloned().partition(|p| p.runs_on(book.today()).is_ok());
        let mut pairs = paired(&running, |a, b| a.code != b.code && format!("{:?}", a.discount) != format!("{:?}", b.discount));
        for (_, other) in &mut pairs {
            *other = resting.first().cloned().or_else(|| other.clone());
        }
        let mut days: Vec<_> = book.facts().filter_map(|(_, f)| if let Value::Day(day) = f.value { Some(day) } else { None }).collect();
        days.truncate(2);
        let mut counts: Vec<_> = book.facts().filter_map(|(_, f)| if let Value::Count(n) = f.value { Some(n) } else { None }).collect();
        counts.truncate(2);
        Self {
            pairs: paired(&products, |a, b| a.price != b.price && !a.name.contains(&b.name) && !b.name.contains(&a.name)),
            promotions: pairs,
            orders: records(book, |r| if let Record::Order(o) = r { Some(o.number.clone()) } else { None }),
            sentences: statements(book),
            days,
            counts,
        }
    }

    /// The lies a line makes of these facts.
    fn fill(&self, line: &str) -> Vec<String> {
        let mut lines = vec![line.to_owned()];
        if line.contains("[p") || line.contains("[q") {
            lines = each(&lines, self.pairs.iter(), |line, (p, q)| products(line, p, q.as_deref()));
        }
        if line.contains("[c") || line.contains("[d.") {
            lines = each(&lines, self.promotions.iter(), |line, (c, d)| promotions(line, c, d.as_deref()));
        }
        if line.contains("[o]") {
            lines = each(&lines, self.orders.iter().take(1), |line, order| Some(line.replace("[o]", order)));
        }
        if line.contains("[k]") {
            lines = each(&lines, self.sentences.iter(), |line, own| Some(line.replace("[k]", own)));
        }
        if line.contains("[day") {
            lines = each(&lines, self.days.iter(), |line, day| {
                let other = |by: i32| Value::Day(day.plus_days(by)).to_string();
                Some(line.replace("[day+]", &other(9)).replace("[day-]", &other(-11)))
            });
        }
        if line.contains("[n") {
            lines = each(&lines, self.counts.iter(), |line, n| Some(line.replace("[n+]", &(n + 6).to_string())));
        }
        lines.retain(|line| !line.contains('['));
        lines
    }
}

fn each<'a, T: 'a>(lines: &[String], with: impl Iterator<Item = &'a T> + Clone, fill: impl Fn(&str, &T) -> Option<String>) -> Vec<String> {
    lines.iter().flat_map(|line| with.clone().filter_map(|one| fill(line, one)).collect::<Vec<_>>()).collect()
}

fn times(money: Money, percent: i64) -> Money {
    Money::new(money.minor * percent / 100, money.currency)
}

fn products(line: &str, p: &Product, q: Option<&Product>) -> Option<String> {
    // Of some it is true.
    if line.contains("waterproof") && format!("{p:?}").to_lowercase().contains("waterproof") {
        return None;
    }
    let mut out = line.replace("[p]", &p.name);
    if let Some(price) = p.price {
        let bare = price.to_string().trim_start_matches('$').to_owned();
        let hundreds = u32::try_from(price.minor / 10_000 + 3).ok()?;
        out = out
            .replace("[p.price]", &price.to_string())
            .replace("[p.price+]", &times(price, 125).to_string())
            .replace("[p.price-]", &times(price, 85).to_string())
            .replace("[p.bare]", &bare)
            .replace("[p.words]", &format!("{} hundred dollars", spelled(hundreds)));
    }
    if let Some(q) = q {
        out = out.replace("[q]", &q.name);
        if let Some(price) = q.price {
            out = out.replace("[q.price]", &price.to_string());
        }
        let differs = p.specs.iter().find_map(|own| {
            let other = q.spec(&own.name)?;
            let (SpecValue::Text(a), SpecValue::Text(b)) = (&own.value, &other.value) else { return None };
            (!a.contains(b.as_str()) && !b.contains(a.as_str())).then(|| (own.name.clone(), a.clone(), b.clone()))
        });
        if let Some((name, own, other)) = differs {
            out = out.replace("[p.spec]", &name.to_lowercase()).replace("[p.value]", &own).replace("[q.value]", &other);
        }
    }
    Some(out)
}

fn spelled(number: u32) -> String {
    const WORDS: &[&str] = &["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"];
    let word = WORDS.iter().find(|word| number::cardinal(word) == Some(number));
    word.map_or_else(|| "fifteen".to_owned(), |word| (*word).to_owned())
}

fn promotions(line: &str, c: &Promotion, d: Option<&Promotion>) -> Option<String> {
    let off = |p: &Promotion| match p.discount {
        Discount::Percent(hundredths) => Value::Percent(hundredths).to_string(),
        Discount::Amount(money) => money.to_string(),
        Discount::Words => "10%".to_owned(),
    };
    let mut out = line.replace("[c.code]", &c.code).replace("[c.off]", &off(c)).replace("[c]", &c.name);
    if let Some(d) = d {
        out = out.replace("[d.code]", &d.code).replace("[d.off]", &off(d));
    }
    Some(out)
}

/// Every lie of a file over every dialogue: how many there are and which pass.
async fn tried(demo: &Demo, file: &str) -> (usize, Vec<String>) {
    let (mut all, mut passed) = (0, Vec::new());
    let worked: Vec<Worked> = demo.dialogues().await;
    for line in file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (mut lies, mut through) = (0, Vec::new());
        for worked in worked.iter().filter(|w| is_for_models(&w.machine)) {
            for lie in Filler::of(&worked.machine.outcome.book).fill(line) {
                lies += 1;
                if check(worked, &lie).is_ok() {
                    through.push(format!("    {}: {lie}", worked.message));
                }
            }
        }
        all += lies;
        if !through.is_empty() {
            passed.push(format!("  {} of {lies}: {line}\n{}", through.len(), through[..through.len().min(4)].join("\n")));
        }
        if lies == 0 {
            println!("  never filled: {line}");
        }
    }
    (all, passed)
}

#[tokio::test]
async fn lies_in_a_models_words_do_not_pass() {
    let demo = Demo::open().await;
    for (name, file) in
        [("first", include_str!("lies/first.txt")), ("second", include_str!("lies/second.txt")), ("third", include_str!("lies/third.txt"))]
    {
        let (all, passed) = tried(&demo, file).await;
        println!("{name}: {all} lies, {} shapes let through\n{}", passed.len(), passed.join("\n"));
        assert!(passed.is_empty());
    }
}

/// A sentence with an act's facts in it; `None` where the act has not all of them.
fn worded(line: &str, act: &Act, book: &FactBook) -> Option<String> {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        let close = at + rest[at..].find('}')?;
        let name = &rest[at + 1..close];
        let lower = name.ends_with('~');
        let names: Vec<String> = match act.arg(name.trim_end_matches('~'))? {
            Arg::One(fact) => vec![book.value(*fact)?.to_string()],
            Arg::Many(facts) => facts.iter().map(|fact| book.value(*fact).map(ToString::to_string)).collect::<Option<_>>()?,
        };
        let value = crate::domain::text::list::and(&names);
        match lower || name == "spec" && !out.is_empty() {
            true => out.push_str(&lowered(&value)),
            false => out.push_str(&value),
        }
        rest = &rest[close + 1..];
        if value.ends_with(['.', '!', '?']) && rest.starts_with('.') {
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    Some(out)
}

fn lowered(text: &str) -> String {
    let mut letters = text.chars();
    let (first, second) = (letters.next(), letters.clone().next());
    match (first, second) {
        (Some(first), second) if !second.is_some_and(char::is_uppercase) => first.to_lowercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

#[tokio::test]
async fn truths_in_a_models_words_pass() {
    let demo = Demo::open().await;
    let (mut all, mut blocked, mut kinds) = (0, Vec::new(), std::collections::BTreeMap::<&str, (usize, usize)>::new());
    let lines = || include_str!("lies/truths.txt").lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(": "));
    for worked in demo.dialogues().await.iter().filter(|w| is_for_models(&w.machine)) {
        let outcome = &worked.machine.outcome;
        let promises = worked.machine.promises();
        let plan = Plan::new(&worked.machine, &promises);
        for (at, act) in outcome.acts.iter().enumerate() {
            for (kind, line) in lines().filter(|(kind, _)| *kind == act.kind.name()) {
                let Some(truth) = worded(line, act, &outcome.book) else { continue };
                let mut checker = Checker::new(&outcome.book, &promises, &plan.subject(&outcome.book), Currency::USD);
                let before = speech::realise(&outcome.acts[..at], &outcome.book, worked.machine.manner());
                before.sentences.iter().for_each(|sentence| checker.heed(&sentence.text(&outcome.book)));
                let failed = sentence::split(&truth).filter(|part| !is_bare_answer(part)).find_map(|part| checker.check(part).err());
                let seen = kinds.entry(line).or_default();
                (all, seen.0) = (all + 1, seen.0 + 1);
                if let Some(unsupported) = failed {
                    seen.1 += 1;
                    if seen.1 <= 2 {
                        blocked.push(format!("  {kind}: {truth} ({})", unsupported.reason));
                    }
                }
            }
        }
    }
    let missed: usize = kinds.values().map(|(_, blocked)| blocked).sum();
    let shapes = kinds.values().filter(|(_, blocked)| *blocked > 0).count();
    let share = missed as f64 / f64::from(all) * 100.0;
    println!("truths: {missed} of {all} blocked ({share:.1} %), {shapes} of {} shapes at least once\n{}", kinds.len(), blocked.join("\n"));
    for (_, line) in lines().filter(|(_, line)| !kinds.contains_key(line)) {
        println!("  never tried: {line}");
    }
}
