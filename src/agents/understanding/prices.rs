//! Amounts of money in a message, and what they bound.

use crate::domain::heard::Word;
use crate::domain::money::{Currency, Money};
use crate::domain::text::number;
use crate::domain::time::MONTHS;

/// What the amounts in a message say about a price.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PriceBounds {
    /// Least price.
    pub min: Option<Money>,
    /// Highest price.
    pub max: Option<Money>,
    /// Words that are part of an amount or of its bound.
    pub words: Vec<usize>,
    /// Words at which an amount begins, with the number of words it takes.
    pub amounts: Vec<(usize, usize)>,
}

/// An amount with its place.
#[derive(Debug, Clone, Copy)]
struct Amount {
    at: usize,
    used: usize,
    money: Money,
    /// Whether a sign or word of a currency stands with it.
    marked: bool,
}

/// Smallest number without a currency that "under" or "over" makes a price.
const LEAST_BARE: i64 = 10;

/// Reads the amounts of a message. `taken` marks words that are part of something else, such as an
/// order number.
pub fn bounds(words: &[Word], text: &str, currency: Currency, taken: &[bool]) -> PriceBounds {
    let mut found = PriceBounds::default();
    let amounts = amounts(words, text, currency, taken);
    let mut i = 0;
    while i < amounts.len() {
        let amount = amounts[i];
        if let Some(upper) = amounts.get(i + 1).filter(|upper| is_range(words, text, amount, **upper)) {
            found.min = Some(amount.money.min_by_amount(upper.money));
            found.max = Some(amount.money.max_by_amount(upper.money));
            found.take(amount);
            found.take(*upper);
            found.take_between(amount.at.saturating_sub(1), upper.at);
            i += 2;
            continue;
        }
        // "Under three hundred, 27 ish": what bounds one amount does not reach the next, and a bare number that is about
        // something says nothing of a price that is bounded already.
        let free_from = i.checked_sub(1).and_then(|before| amounts.get(before)).map_or(0, |before| before.at + before.used);
        let before = bound_before(words, amount.at).filter(|(_, from)| *from >= free_from);
        let read = match (before, bound_after(words, amount)) {
            // "Like 500 bucks tops": what stands behind an estimate says what it is.
            (Some((Bound::About, from)), Some((bound, _))) => Some((bound, from)),
            (before, after) => before.or(after),
        };
        if let Some((bound, from)) = read {
            let big_enough = amount.marked || amount.money.minor >= LEAST_BARE * unit(currency);
            let said = !amount.marked && matches!(bound, Bound::About) && !found.is_empty();
            if big_enough && !said {
                found.apply(bound, amount.money);
                found.take(amount);
                found.take_between(from.min(amount.at), from.max(amount.at));
            }
        } else if amount.marked {
            found.apply(Bound::About, amount.money);
            found.take(amount);
        }
        i += 1;
    }
    found.words.sort_unstable();
    found.words.dedup();
    found
}

impl PriceBounds {
    fn take(&mut self, amount: Amount) {
        self.words.extend(amount.at..amount.at + amount.used);
        self.amounts.push((amount.at, amount.used));
    }

    fn take_between(&mut self, from: usize, to: usize) {
        self.words.extend(from..to);
    }

    fn apply(&mut self, bound: Bound, money: Money) {
        match bound {
            Bound::Max => self.max = Some(money),
            Bound::Min => self.min = Some(money),
            // Who has about 700 to spend may spend less, and hardly more.
            Bound::Budget => self.max = money.checked_add(money.percent(1_000)),
            // "Around 800" reaches a fifth to either side.
            Bound::About => {
                let fifth = money.percent(2_000);
                self.min = money.checked_sub(fifth);
                self.max = money.checked_add(fifth);
            }
        }
    }

    /// Whether anything was bounded.
    pub fn is_empty(&self) -> bool {
        self.min.is_none() && self.max.is_none()
    }
}

impl Money {
    fn min_by_amount(self, other: Self) -> Self {
        if other.minor < self.minor { other } else { self }
    }

    fn max_by_amount(self, other: Self) -> Self {
        if other.minor > self.minor { other } else { self }
    }
}

#[derive(Debug, Clone, Copy)]
enum Bound {
    Min,
    Max,
    /// About so much is there to spend.
    Budget,
    About,
}

fn unit(currency: Currency) -> i64 {
    10_i64.pow(currency.minor_digits())
}

fn amounts(words: &[Word], text: &str, currency: Currency, taken: &[bool]) -> Vec<Amount> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        if taken.get(at).copied().unwrap_or(false) {
            at += 1;
            continue;
        }
        let something_else = |used: usize| measures_a_side(words, at + used) || is_of_a_date(words, at);
        let Some((money, used)) = amount_at(words, at, currency).filter(|(_, used)| !something_else(*used)) else {
            at += 1;
            continue;
        };
        let sign = text[..words[at].start].trim_end().ends_with(['$', '€', '£', '¥', '₹']);
        let after = text[words[at + used - 1].end..].trim_start().starts_with(['$', '€', '£', '¥', '₹']);
        let named = words.get(at + used).is_some_and(|next| is_currency_word(&next.text, currency));
        let used = used + usize::from(named);
        let told = sign || named || after || is_written_as_a_price(&text[words[at].start..words[at].end]);
        found.push(Amount { at, used, money, marked: told });
        at += used;
    }
    found
}

/// "49.95", "248.00": cents are written, and end as prices do. "24.04" is a version.
fn is_written_as_a_price(said: &str) -> bool {
    let cents = said.rsplit_once('.').map(|(_, cents)| cents);
    cents.is_some_and(|cents| cents.len() == 2 && (cents == "00" || cents.ends_with(['5', '9'])))
}

/// "Max 55 wide": how wide a thing may be is no price.
fn measures_a_side(words: &[Word], next: usize) -> bool {
    words.get(next).is_some_and(|w| matches!(w.text.as_str(), "wide" | "deep" | "tall" | "high" | "long" | "thick" | "heavy"))
}

/// "From 15 March 2025".
fn is_of_a_date(words: &[Word], at: usize) -> bool {
    let month = |i: usize| words.get(i).is_some_and(|word| word.text != "may" && MONTHS.contains(&word.text.as_str()));
    let day = || words[at].text.parse::<u32>().is_ok_and(|number| number <= 31);
    at > 0 && month(at - 1) || month(at + 1) && day()
}

/// A number in digits (also `1.5k`) or in words.
fn amount_at(words: &[Word], at: usize, currency: Currency) -> Option<(Money, usize)> {
    let text = words[at].text.as_str();
    let (digits, thousands) = match text.strip_suffix('k') {
        Some(digits) => (digits, true),
        None => (text, false),
    };
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if plain && digits.starts_with(|c: char| c.is_ascii_digit()) {
        let money = Money::parse_decimal(digits, currency).ok()?;
        let money = if thousands { money.times(1_000)? } else { money };
        return Some((money, 1));
    }
    // "Three hundred, 27 inches": a number does not go on past a comma.
    let joined = words[at..].windows(2).take_while(|pair| pair[1].start <= pair[0].end + 1).count();
    let rest: Vec<&str> = words[at..=at + joined].iter().map(|w| w.text.as_str()).collect();
    let (rest, article) = match rest.as_slice() {
        ["a" | "an", tail @ ..] if tail.first().is_some_and(|w| matches!(*w, "hundred" | "thousand" | "grand")) => (tail, 1),
        all => (all, 0),
    };
    if let ["grand", ..] = rest {
        return Some((Money::new(1_000 * unit(currency), currency), 1 + article));
    }
    let (value, used) = number::phrase(rest).map(|read| hundreds(rest, read))?;
    // "one", "two" alone count things, not money.
    let money = Money::new(i64::from(value).checked_mul(unit(currency))?, currency);
    (value > 20).then_some((money, used + article))
}

/// "Six fifty" is 650, "nine ninety nine" 999, as sums are spoken; what was read of them is the six and the nine.
fn hundreds(words: &[&str], read: (u32, usize)) -> (u32, usize) {
    let (value, used) = read;
    let spoken = |word: &&&str| word.bytes().all(|b| b.is_ascii_lowercase());
    let tens = words.get(used..).filter(|rest| (1..20).contains(&value) && words.iter().take(2).all(|w| spoken(&w)) && !rest.is_empty());
    match tens.and_then(number::phrase) {
        Some((tens @ 20..=99, more)) => (value * 100 + tens, used + more),
        _ => read,
    }
}

fn is_currency_word(word: &str, currency: Currency) -> bool {
    let code = currency.code().to_ascii_lowercase();
    word == code
        || matches!(
            word,
            "dollar"
                | "dollars"
                | "buck"
                | "bucks"
                | "usd"
                | "euro"
                | "euros"
                | "eur"
                | "quid"
                | "gbp"
                | "pound"
                | "pounds"
                | "francs"
                | "chf"
                | "yen"
                | "rupees"
                | "inr"
                | "cents"
        )
}

/// "Budget about 700", "to spend around 300".
fn is_budget(words: &[Word], at: usize) -> bool {
    const BETWEEN: usize = 3;
    let text = |i: usize| words[i].text.as_str();
    // "She has about 1000 to spend".
    let behind = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    if matches!(behind(at + 1), "to") && matches!(behind(at + 2), "spend") {
        return true;
    }
    let about = at > 0 && matches!(text(at - 1), "around" | "about" | "roughly" | "approximately" | "circa" | "like");
    about && (at.saturating_sub(1 + BETWEEN)..at - 1).any(|i| matches!(text(i), "budget" | "spend" | "pay" | "afford"))
}

/// "Dont want to spend more than", "it shouldnt go over": a denial shortly before a bound, in the same clause.
fn is_denied(words: &[Word], at: usize) -> bool {
    const NOT: &[&str] = &[
        "no", "not", "nothing", "none", "never", "dont", "cant", "cannot", "wont", "shouldnt", "doesnt", "wouldnt", "mustnt", "couldnt",
        "don", "shouldn", "doesn", "wouldn", "mustn", "couldn",
    ];
    const REACH: usize = 6;
    let parted = |i: usize| words.get(i + 1).is_some_and(|next| next.start > words[i].end + 1);
    (at.saturating_sub(REACH)..at).rev().take_while(|i| !parted(*i)).any(|i| NOT.contains(&words[i].text.as_str()))
}

/// "That's still over 500", of what was shown: so much is too much.
fn is_found_too_much(words: &[Word], at: usize) -> bool {
    let before = |i: usize| words[i].text.as_str();
    let mut said = (0..at).rev().map(before).skip_while(|word| matches!(*word, "still" | "way" | "well" | "a" | "bit" | "already" | "all"));
    match said.next() {
        Some("thats" | "its" | "theyre") => true,
        Some("is" | "are" | "s" | "re") => matches!(said.next(), Some("that" | "it" | "they" | "those" | "these" | "this" | "one")),
        _ => false,
    }
}

/// A word before an amount that bounds it, with its place. Up to two words may stand between.
fn bound_before(words: &[Word], at: usize) -> Option<(Bound, usize)> {
    if is_budget(words, at) {
        return Some((Bound::Budget, at - 1));
    }
    for back in 1..=3.min(at) {
        let i = at - back;
        let word = words[i].text.as_str();
        let before = i.checked_sub(1).map(|j| words[j].text.as_str());
        let denied = is_denied(words, i);
        // "Dont need much, less than 100" is no least price; "no less than" is.
        let none = i >= 2 && matches!(words[i - 2].text.as_str(), "no" | "not" | "nothing" | "none");
        let bound = match (before, word) {
            (Some("more" | "greater" | "higher"), "than") if denied => Bound::Max,
            (Some("less" | "cheaper" | "lower"), "than") if denied && none => Bound::Min,
            (Some("less" | "cheaper" | "lower" | "fewer"), "than") | (Some("up"), "to") | (Some("at"), "most") => Bound::Max,
            (Some("no" | "not" | "nothing" | "none" | "never"), "more" | "over" | "above" | "exceed" | "exceeding") => Bound::Max,
            (Some("more" | "greater" | "higher"), "than") | (Some("at"), "least") | (Some("starting"), "at" | "from") => Bound::Min,
            (_, "over" | "above" | "exceed" | "exceeding") if denied || is_found_too_much(words, i) => Bound::Max,
            (_, "under" | "below" | "max" | "maximum" | "within" | "budget" | "underneath" | "beneath" | "sub") => Bound::Max,
            (_, "over" | "above" | "minimum" | "min" | "exceeding" | "from") => Bound::Min,
            (_, "around" | "about" | "roughly" | "approximately" | "near" | "circa" | "like") => Bound::About,
            (_, "spend" | "afford" | "pay" | "limit") => Bound::Max,
            _ => continue,
        };
        let denies = matches!(before, Some("no" | "not" | "nothing" | "none" | "never"));
        let two_words = denies || matches!(word, "than" | "to" | "most" | "least" | "more" | "exceed" | "exceeding") && before.is_some();
        return Some((bound, i - usize::from(two_words)));
    }
    None
}

/// "1000 or less", "500 max", "2k and up".
fn bound_after(words: &[Word], amount: Amount) -> Option<(Bound, usize)> {
    let after = |n: usize| words.get(amount.at + amount.used + n).map_or("", |w| w.text.as_str());
    let end = |n: usize| amount.at + amount.used + n;
    match (after(0), after(1)) {
        ("or" | "and", "less" | "below" | "under" | "cheaper" | "lower") => Some((Bound::Max, end(2))),
        ("or" | "and", "more" | "above" | "over" | "up" | "higher") => Some((Bound::Min, end(2))),
        ("max" | "maximum" | "tops" | "budget" | "limit", _) => Some((Bound::Max, end(1))),
        ("min" | "minimum" | "upwards" | "plus", _) => Some((Bound::Min, end(1))),
        ("ish", _) => Some((Bound::About, end(1))),
        // "800 is my limit", "a thousand dollars is my absolute ceiling".
        ("is" | "as", "my" | "the" | "our") => {
            (2..=3).find(|i| matches!(after(*i), "limit" | "max" | "maximum" | "budget" | "ceiling")).map(|i| (Bound::Max, end(i + 1)))
        }
        _ => None,
    }
}

/// "between 500 and 800", "500-800", "500 to 800 dollars".
fn is_range(words: &[Word], message: &str, lower: Amount, upper: Amount) -> bool {
    let adjacent = lower.at + lower.used;
    let between = &message[words[adjacent - 1].end..words[upper.at].start];
    let dash = adjacent == upper.at && between.trim().trim_start_matches('$').trim().trim_matches(['$', '€', '£']).contains(['-', '–']);
    let joined = adjacent + 1 == upper.at && matches!(words[adjacent].text.as_str(), "and" | "to" | "or");
    let text = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    let to_spend = (lower.at.saturating_sub(2)..lower.at).any(|i| matches!(text(i), "spend" | "pay" | "budget"));
    let range = text(upper.at + upper.used) == "range";
    let announced = to_spend || range || lower.at > 0 && matches!(text(lower.at - 1), "between" | "from" | "range");
    let money = lower.marked || upper.marked || announced;
    (dash || joined) && money && (dash || announced || words[adjacent.min(words.len() - 1)].text == "to")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::token::tokens;
    use crate::domain::text::unit;

    fn read(text: &str) -> (Option<i64>, Option<i64>) {
        let words = Word::from_tokens(unit::merge(tokens(text), text));
        let found = bounds(&words, text, Currency::USD, &vec![false; words.len()]);
        (found.min.map(|m| m.minor / 100), found.max.map(|m| m.minor / 100))
    }

    #[test]
    fn bounds_are_read_as_people_write_them() {
        for (text, expected) in [
            ("gaming laptops under 1500", (None, Some(1500))),
            ("laptops under $1,500.00 please", (None, Some(1500))),
            ("less than 800 bucks", (None, Some(800))),
            ("no more than 1.2k", (None, Some(1200))),
            ("nothing over 600", (None, Some(600))),
            ("i dont want to spend more than 650", (None, Some(650))),
            ("it shouldnt go over 400", (None, Some(400))),
            ("can't be more than $80", (None, Some(80))),
            ("i dont need much, less than 100", (None, Some(100))),
            ("i dont want a used one, over 500 is fine", (Some(500), None)),
            ("my budget is 900", (None, Some(900))),
            ("like 500 bucks tops", (None, Some(500))),
            ("thats over 500 though. anything cheaper", (None, Some(500))),
            ("that's still over $500", (None, Some(500))),
            ("is there one that is good, over 500", (Some(500), None)),
            ("500 max", (None, Some(500))),
            ("budget about 700", (None, Some(770))),
            ("i can spend around $300", (None, Some(330))),
            ("she has about 1000 to spend", (None, Some(1100))),
            ("1000 dollars or less", (None, Some(1000))),
            ("over 2k", (Some(2000), None)),
            ("at least 300 dollars", (Some(300), None)),
            ("between 500 and 800", (Some(500), Some(800))),
            ("between $800 and $500", (Some(500), Some(800))),
            ("$500-$800", (Some(500), Some(800))),
            ("500 to 800 dollars", (Some(500), Some(800))),
            ("around $1000", (Some(800), Some(1200))),
            ("a phone for 500 euros", (Some(400), Some(600))),
            ("under a thousand", (None, Some(1000))),
            ("under fifteen hundred dollars", (None, Some(1500))),
            ("i can spend up to two hundred", (None, Some(200))),
            ("i want to spend like 300 to 400", (Some(300), Some(400))),
            ("100-150 range please", (Some(100), Some(150))),
            ("a monitor under three hundred, 27 inch", (None, Some(300))),
            ("a monitor under three hundred, 27 ish", (None, Some(300))),
            ("not a penny over six fifty", (None, Some(650))),
            ("under nine ninety nine", (None, Some(999))),
            ("800 is my limit", (None, Some(800))),
            ("a thousand dollars is my absolute ceiling", (None, Some(1000))),
            ("$1500 as the limit", (None, Some(1500))),
            ("i paid 250.00 for it", (Some(200), Some(300))),
            ("ubuntu 24.04", (None, None)),
            ("the warranty runs from 15 march 2025", (None, None)),
            ("a fridge, max 55 wide", (None, None)),
            ("under 2 kg", (None, None)),
            ("at least 16 gb", (None, None)),
            ("the first 2", (None, None)),
            ("over 3 years old", (None, None)),
            ("one of two", (None, None)),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_that_are_something_else_are_left_alone() {
        let text = "under 1007";
        let words = Word::from_tokens(tokens(text));
        assert!(bounds(&words, text, Currency::USD, &[false, true]).is_empty());
    }
}
