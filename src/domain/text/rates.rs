//! Rates that rules state in running text: "5 % off", "1 point for every dollar", "100 points are worth 1 USD".

use super::super::money::{Currency, Money};
use super::number::cardinal;
use super::token::{Token, tokens};

/// Points given for money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earning {
    /// So many points
    pub points: u32,
    /// for every whole step of this amount.
    pub per: Money,
}

impl Earning {
    /// The points an amount earns; a step that is not full earns none.
    pub fn earned(self, amount: Money) -> Option<i64> {
        let alike = amount.currency == self.per.currency && self.per.minor > 0 && amount.minor >= 0;
        alike.then(|| (amount.minor / self.per.minor).checked_mul(i64::from(self.points))).flatten()
    }
}

/// The one percentage a text states, in hundredths of a per cent.
///
/// A text that states several, a range or a limit ("15 to 30 percent", "up to 20 %") states none that could
/// be computed with.
pub fn percent(text: &str) -> Option<u32> {
    let found = tokens(text);
    let mut stated = None;
    for (i, token) in found.iter().enumerate() {
        if !is_percent(text, &found, i) {
            continue;
        }
        let before = |n: usize| i.checked_sub(n).map_or("", |j| found[j].text.as_str());
        let dashed = i > 0 && text[found[i - 1].end..token.start].contains(['-', '\u{2013}']);
        let vague = matches!(before(1), "to" | "or" | "from" | "least" | "most" | "about" | "around" | "between");
        let paired = before(1) == "and" && cardinal(before(2)).is_some();
        let own = hundredths(&token.text)?;
        if dashed || vague || paired || stated.is_some_and(|other| other != own) {
            return None;
        }
        stated = Some(own);
    }
    stated
}

/// Whether a text states a percentage that is asked for, rather than taken off: "costs 9 % of the price".
pub fn is_charge(text: &str) -> bool {
    let words: Vec<String> = tokens(text).into_iter().map(|token| token.text).collect();
    let charged = words.iter().any(|word| matches!(word.as_str(), "cost" | "costs" | "charge" | "fee" | "pay" | "priced"));
    let off = words.iter().any(|word| matches!(word.as_str(), "off" | "discount" | "less" | "cheaper" | "back"));
    charged && !off && percent(text).is_some()
}

fn is_percent(text: &str, found: &[Token], i: usize) -> bool {
    let next = |n: usize| found.get(i + n).map_or("", |t| t.text.as_str());
    let sign = text[found[i].end..].trim_start().starts_with('%');
    let word = matches!(next(1), "percent" | "pct") || next(1) == "per" && next(2) == "cent";
    (sign || word) && hundredths(&found[i].text).is_some()
}

/// `12.5` as 1,250; nothing above a hundred.
fn hundredths(word: &str) -> Option<u32> {
    let (whole, fraction) = word.split_once('.').unwrap_or((word, ""));
    let whole = cardinal(whole)?;
    let fraction = match fraction.len() {
        0 => 0,
        1 => fraction.parse::<u32>().ok()? * 10,
        2 => fraction.parse().ok()?,
        _ => return None,
    };
    let value = whole.checked_mul(100)?.checked_add(fraction)?;
    (1..=10_000).contains(&value).then_some(value)
}

/// Points for every step of money: "1 point for every dollar", "one point per 2 euro".
pub fn earning(text: &str, currency: Currency) -> Option<Earning> {
    let found = tokens(text);
    points_at(&found).find_map(|(points, mut at)| {
        let mut each = false;
        while let Some(token) = found.get(at) {
            match token.text.as_str() {
                "for" | "per" | "every" | "each" => each = true,
                "full" | "whole" | "the" | "you" | "spend" | "spent" => {}
                _ => break,
            }
            at += 1;
        }
        let per = amount_at(text, &found, at, currency).or_else(|| one(&found, at, currency))?;
        each.then_some(Earning { points, per })
    })
}

/// What so many points are worth by "100 points are worth 1 USD", where they are whole steps of it.
pub fn worth(text: &str, points: i64) -> Option<Money> {
    const JOINS: [&str; 14] =
        ["are", "is", "worth", "equal", "equals", "give", "gives", "you", "get", "a", "of", "to", "voucher", "discount"];
    let found = tokens(text);
    points_at(&found).find_map(|(step, from)| {
        let joined = found[from..].iter().take_while(|t| JOINS.contains(&t.text.as_str())).count();
        let says = found[from..from + joined].iter().any(|t| matches!(t.text.as_str(), "worth" | "equal" | "equals" | "give" | "gives"));
        let equals = joined == 0 && found.get(from).is_some_and(|t| text[found[from - 1].end..t.start].contains('='));
        let currency = currency_at(text, &found, from + joined)?;
        let money = amount_at(text, &found, from + joined, currency)?;
        let step = i64::from(step);
        let whole = step > 0 && points > 0 && points % step == 0;
        (whole && (says || equals)).then(|| money.times(u32::try_from(points / step).ok()?)).flatten()
    })
}

/// Every "N points", with the place behind it. A name may stand between: "500 Volt Points".
fn points_at(found: &[Token]) -> impl Iterator<Item = (u32, usize)> + '_ {
    found.iter().enumerate().filter_map(|(i, token)| {
        let number = cardinal(&token.text)?;
        let at = (i + 1..=i + 2).find(|j| found.get(*j).is_some_and(|t| t.text.ends_with("point") || t.text.ends_with("points")))?;
        Some((number, at + 1))
    })
}

/// An amount with its currency written beside it.
pub(super) fn amount_at(text: &str, found: &[Token], at: usize, currency: Currency) -> Option<Money> {
    let token = found.get(at)?;
    if currency_at(text, found, at)? != currency {
        return None;
    }
    let digits = match cardinal(&token.text) {
        Some(number) => number.to_string(),
        None => token.text.clone(),
    };
    Money::parse_decimal(&digits, currency).ok()
}

/// "every dollar": one of it.
fn one(found: &[Token], at: usize, currency: Currency) -> Option<Money> {
    let named = found.get(at).is_some_and(|t| currency.is_called(&t.text));
    named.then(|| Money::parse_decimal("1", currency).ok()).flatten()
}

/// The currency of the number at a place: of the sign before it or the word behind it.
pub(super) fn currency_at(text: &str, found: &[Token], at: usize) -> Option<Currency> {
    // Signs that end in another's come before it: "CA$" is no "$".
    const SIGNED: [&str; 9] = ["CAD", "AUD", "NZD", "MXN", "BRL", "USD", "EUR", "GBP", "INR"];
    const CALLED: [&str; 13] = ["USD", "EUR", "GBP", "CHF", "CAD", "AUD", "NZD", "JPY", "INR", "NOK", "SEK", "DKK", "MXN"];
    let known = |codes: &'static [&str]| codes.iter().filter_map(|code| Currency::parse(code).ok());
    let token = found.get(at)?;
    let before = text[..token.start].trim_end();
    let word = found.get(at + 1).map_or("", |t| t.text.as_str());
    let signed = known(&SIGNED).find(|c| c.sign().is_some_and(|sign| before.ends_with(sign)));
    signed.or_else(|| known(&CALLED).find(|c| c.is_called(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_percentage_is_a_rate_and_several_are_none() {
        for (text, expected) in [
            ("Students get 5 % off with a valid student e-mail address.", Some(500)),
            ("Students get 7 percent on laptops and monitors.", Some(700)),
            ("12.5% off, that is 12.5 per cent", Some(1_250)),
            ("five percent off", Some(500)),
            ("15 to 30 percent cheaper", None),
            ("15-30 % cheaper", None),
            ("up to 20 % off", None),
            ("5 % on laptops, 10 % on phones", None),
            ("5 euro off", None),
            ("140 % of it", None),
        ] {
            assert_eq!(percent(text), expected, "{text}");
        }
    }

    #[test]
    fn points_are_earned_by_whole_steps_and_worth_what_is_stated() {
        let eur = Currency::parse("EUR").unwrap();
        for (text, currency, minor, expected) in [
            ("You earn 1 point for every dollar you spend.", Currency::USD, 119_900, Some(1_199)),
            ("You earn 1 point for every dollar you spend.", Currency::USD, 89_999, Some(899)),
            ("With Volt Points you get 1 point per 2 euro.", eur, 64_900, Some(324)),
            ("Two points for each 10 EUR", eur, 10_500, Some(20)),
            ("1 point for every dollar", eur, 10_000, None),
            ("Points expire after 18 months.", eur, 10_000, None),
        ] {
            let earned = earning(text, currency).and_then(|e| e.earned(Money::new(minor, currency)));
            assert_eq!(earned, expected, "{text}");
        }
        for (text, points, expected) in [
            ("Every 100 points are worth 1 USD.", 300, Some("$3.00")),
            ("Every 100 points are worth 1 USD.", 1_199, None),
            ("250 points are worth 5 euro on your next order.", 1_000, Some("€20.00")),
            ("100 points = $1", 100, Some("$1.00")),
            ("You get 500 Volt Points once they keep it.", 500, None),
            ("1 point for every 2 euro", 10, None),
        ] {
            assert_eq!(worth(text, points).map(|m| m.to_string()).as_deref(), expected, "{text}");
        }
    }
}
