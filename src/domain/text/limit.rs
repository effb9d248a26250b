//! Limits that a rule states ("under 5 years old", "from 100 to 1500 euro", "within 30 miles"), and whether something a
//! customer tells of lies inside them.

use super::number;

/// What a limit is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Money,
    Years,
    Distance,
    Weight,
    Days,
}

/// From and to, in a unit; either may be open.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Limit {
    least: Option<f64>,
    most: Option<f64>,
    unit: Unit,
    /// Whether the end itself is out: "under 5 years".
    strict: bool,
}

/// A word of a text as limits are read from it: a number with its sign, or a word.
#[derive(Debug, Clone, PartialEq)]
struct Piece {
    word: String,
    number: Option<f64>,
    money: bool,
}

fn pieces(text: &str) -> Vec<Piece> {
    let cut = |word: &str| word.trim_matches(|c: char| ",;:()?!\"'".contains(c)).trim_end_matches('.').to_lowercase();
    let piece = |word: String| {
        let bare = word.trim_matches(['$', '€', '£']);
        let money = bare.len() < word.len();
        let spelled = || number::cardinal(&word).filter(|number| *number > 1).map(f64::from);
        Piece { number: bare.replace(',', "").parse().ok().or_else(spelled), money, word }
    };
    text.split([' ', '\n', '\t']).map(cut).filter(|word| !word.is_empty()).map(piece).collect()
}

fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "usd" | "euro" | "euros" | "eur" | "dollars" | "dollar" | "bucks" | "pounds" | "gbp" => Unit::Money,
        "year" | "years" | "yrs" | "yr" | "yo" => Unit::Years,
        "mile" | "miles" | "km" | "kilometers" | "kilometres" => Unit::Distance,
        "day" | "days" => Unit::Days,
        "kg" | "kilo" | "kilos" | "lbs" => Unit::Weight,
        _ => return None,
    })
}

/// The unit of a number: its sign, or the word behind it.
fn unit_at(pieces: &[Piece], at: usize) -> Option<Unit> {
    if pieces.get(at)?.money {
        return Some(Unit::Money);
    }
    unit(&pieces.get(at + 1)?.word)
}

/// The one limit a sentence states; none where it states several, or tells no yes from no.
fn stated(sentence: &str) -> Option<Limit> {
    let pieces = pieces(sentence);
    let word = |at: Option<usize>| at.and_then(|at| pieces.get(at)).map_or("", |piece| piece.word.as_str());
    let mut limits = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        let Some(number) = pieces[at].number else {
            at += 1;
            continue;
        };
        let before = (word(at.checked_sub(2)), word(at.checked_sub(1)));
        let to = pieces.get(at + 2).filter(|_| matches!(word(Some(at + 1)), "to" | "and")).and_then(|piece| piece.number);
        if let (Some(to), Some(unit), "from" | "between") = (to, unit_at(&pieces, at + 2), before.1) {
            limits.push(Limit { least: Some(number), most: Some(to), unit, strict: false });
            at += 3;
            continue;
        }
        if let Some(unit) = unit_at(&pieces, at) {
            let behind = pieces.len() > at + 3
                && pieces[at + 1..].iter().take(3).collect::<Vec<_>>().windows(2).any(|w| w[0].word == "or" && w[1].word == "more");
            let (least, most, strict) = match before {
                _ if behind => (Some(number), None, false),
                (_, "under" | "below") | ("less", "than") => (None, Some(number), true),
                (_, "over" | "above") | ("more", "than") => (Some(number), None, true),
                (_, "within") | ("up", "to") | ("at", "most") => (None, Some(number), false),
                (_, "from") | ("at", "least") => (Some(number), None, false),
                _ => (None, None, false),
            };
            if least.is_some() || most.is_some() {
                limits.push(Limit { least, most, unit, strict });
            }
        }
        at += 1;
    }
    match limits.as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

/// Whether a sentence states a limit that something can be held against.
pub fn states(sentence: &str) -> bool {
    stated(sentence).is_some()
}

/// How many days a word of time has.
fn days_of(word: &str) -> Option<f64> {
    Some(match word {
        "day" | "days" => 1.0,
        "week" | "weeks" => 7.0,
        "month" | "months" => 30.0,
        "year" | "years" => 365.0,
        _ => return None,
    })
}

/// What a message says of something, in a unit: "6 years old", "from 2019", "a bike of 2899".
fn told(message: &str, wanted: Unit, this_year: i16) -> Option<f64> {
    const YEARS: std::ops::RangeInclusive<f64> = 1970.0..=2099.0;
    let pieces = pieces(message);
    let mut values = pieces.iter().enumerate().filter_map(|(at, piece)| {
        let number = piece.number?;
        let before = at.checked_sub(1).map_or("", |i| pieces[i].word.as_str());
        let own = unit_at(&pieces, at);
        // "One under 300" is a wish, no measure of anything.
        if matches!(before, "under" | "below" | "over" | "above" | "than" | "to" | "until") {
            return None;
        }
        match wanted {
            // "Three weeks ago", "2 months old": only what is past is held against a time.
            Unit::Days => {
                let long = days_of(pieces.get(at + 1).map_or("", |piece| piece.word.as_str()))?;
                let past = pieces.get(at + 2).is_some_and(|piece| matches!(piece.word.as_str(), "ago" | "old" | "back"));
                past.then_some(number * long)
            }
            _ if own == Some(wanted) => Some(number),
            // A number alone that is said to be what a thing is or costs.
            Unit::Money if own.is_none() && number >= 10.0 => {
                let alone = pieces.len() <= 3 && matches!(before, "" | "and" | "so" | "or" | "what");
                let said = matches!(before, "of" | "for" | "is" | "costs" | "its" | "about" | "around" | "worth" | "at" | "one");
                (alone || said).then_some(number)
            }
            Unit::Years if own.is_none() && YEARS.contains(&number) => {
                matches!(before, "from" | "in" | "since" | "of" | "a").then_some(f64::from(this_year) - number)
            }
            _ => None,
        }
    });
    // "Between 3 and 6 years" is nothing to be held against a limit.
    let value = values.next()?;
    values.next().is_none().then_some(value)
}

/// Whether a number is said as one that was told: "the 30 miles", "your 14 days".
fn quotes(message: &str, value: f64) -> bool {
    let pieces = pieces(message);
    pieces
        .windows(2)
        .any(|pair| pair[1].number == Some(value) && matches!(pair[0].word.as_str(), "the" | "your" | "those" | "that" | "this"))
}

/// Whether what a message tells of lies inside the limit a sentence states; `None` where nothing can be held against it.
pub fn holds(sentence: &str, message: &str, this_year: i16) -> Option<bool> {
    let limit = stated(sentence)?;
    let value = told(message, limit.unit, this_year)?;
    // "Is that within the 30 miles" asks about the limit, and tells of nothing to be held against it.
    if [limit.least, limit.most].contains(&Some(value)) && quotes(message, value) {
        return None;
    }
    let above = limit.least.is_none_or(|least| if limit.strict { value > least } else { value >= least });
    let below = limit.most.is_none_or(|most| if limit.strict { value < most } else { value <= most });
    let inside = above && below;
    // "Items over 10 kg cannot be delivered there": what lies inside is what is not done.
    let denies = pieces(sentence).iter().any(|piece| matches!(piece.word.as_str(), "not" | "cannot" | "no" | "never"));
    match (inside, denies) {
        (inside, false) => Some(inside),
        (true, true) => Some(false),
        (false, true) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_held_against_the_limit() {
        for (sentence, message, expected) in [
            ("We take laptops under 5 years old in trade.", "mine is 6 years old", Some(false)),
            ("We take laptops under 5 years old in trade.", "its from 2024", Some(true)),
            ("We take laptops under 5 years old in trade.", "what do i get for it", None),
            ("Pay in three parts for orders from 100 to 1500 euro.", "and a bike of 2899?", Some(false)),
            ("Pay in three parts for orders from 100 to 1500 euro.", "its for a laptop of 1149", Some(true)),
            ("Financing is available for orders of 200 USD or more.", "mine is $150", Some(false)),
            ("A signature is required for orders over 500 USD.", "it costs 500 dollars", Some(false)),
            ("We install TVs for 89 USD within 30 miles of the store.", "i live 12 miles away", Some(true)),
            ("We install TVs for 89 USD within 30 miles of the store.", "i have 89 dollars", None),
            ("We install TVs for 89 USD within 30 miles of the store.", "i live in manhattan, is that within the 30 miles?", None),
            ("Items over 10 kg cannot be delivered there.", "it weighs 12 kg", Some(false)),
            ("Items over 10 kg cannot be delivered there.", "it weighs 8 kg", None),
            ("49 cm fits from 155 to 168 kg, 53 cm from 168 to 180 kg.", "i weigh 170 kg", None),
            ("Ask for it within 14 days of delivery.", "i bought mine 3 weeks ago", Some(false)),
            ("Ask for it within 14 days of delivery.", "it came 3 days ago", Some(true)),
            ("Ask for it within 14 days of delivery.", "it takes 3 days", None),
            ("Pay in three parts for orders from 100 to 1500 euro.", "and 1800?", Some(false)),
            ("Pay in three parts for orders from 100 to 1500 euro.", "do you have one under 300", None),
            ("It costs 89 USD.", "for 100 dollars?", None),
        ] {
            assert_eq!(holds(sentence, message, 2026), expected, "{sentence} / {message}");
        }
    }
}
