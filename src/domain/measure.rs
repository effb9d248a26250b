//! Measured properties: the numbers in a product's specifications, in units that can be compared.

use super::product::{Product, Spec, SpecValue};
use super::query::{Bound, Measure};
use super::text::stem::stem;
use super::text::token::{Token, tokens};
use super::text::{number, unit, words};

/// A number with its unit: 16 GB, 2 kg, 3840 x 2160 pixels, IP68.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The number, in the base unit.
    pub number: f64,
    /// The unit in compared form, or the stem of the word behind the number; empty for a bare number.
    pub unit: String,
}

impl Measured {
    fn new(number: f64, unit: &str) -> Self {
        let (number, unit) = in_base_unit(number, unit);
        Self { number, unit: unit.to_owned() }
    }
}

/// Units that measure the same thing are compared in one: 1 TB is 1,024 GB, 900 g are 0.9 kg.
pub fn in_base_unit(number: f64, unit: &str) -> (f64, &str) {
    match unit {
        "tb" => (number * 1024.0, "gb"),
        "mb" => (number / 1024.0, "gb"),
        "g" => (number / 1000.0, "kg"),
        "lb" => (number * 0.453_592, "kg"),
        "khz" => (number * 1e3, "hz"),
        "mhz" => (number * 1e6, "hz"),
        "ghz" => (number * 1e9, "hz"),
        "cm" => (number * 10.0, "mm"),
        "m" => (number * 1000.0, "mm"),
        "km" => (number * 1e6, "mm"),
        "ft" => (number * 304.8, "mm"),
        "ml" => (number / 1000.0, "l"),
        "kw" => (number * 1000.0, "w"),
        "gbps" => (number * 1000.0, "mbps"),
        "min" => (number / 60.0, "h"),
        "day" => (number * 24.0, "h"),
        "week" => (number * 168.0, "h"),
        "year" => (number * 12.0, "month"),
        other => (number, other),
    }
}

/// Every number of a text with what it counts.
pub fn measures(text: &str) -> Vec<Measured> {
    let tokens = unit::merge(tokens(text), text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let (measured, used) = measure_at(&tokens, at);
        found.extend(measured);
        at += used;
    }
    found
}

/// The measure that begins at a token, and how many tokens it takes.
fn measure_at(tokens: &[Token], at: usize) -> (Option<Measured>, usize) {
    let text = tokens[at].text.as_str();
    if let Some((number, unit)) = unit::split(text) {
        return (Some(Measured::new(number, unit)), 1);
    }
    // "IP68" and "IPX4": the last digit says how well water is kept out (IEC 60529).
    if let Some(digit) = text.strip_prefix("ip").filter(|rest| rest.len() == 2).and_then(|rest| rest[1..].parse::<f64>().ok()) {
        return (Some(Measured::new(digit, "ip")), 1);
    }
    if !unit::is_number(text) {
        return (None, 1);
    }
    let Ok(number) = text.parse::<f64>() else { return (None, 1) };
    let next = |n: usize| tokens.get(at + n).map(|t| t.text.as_str());
    if next(1) == Some("x")
        && let Some(other) = next(2).filter(|t| unit::is_number(t)).and_then(|t| t.parse::<f64>().ok())
    {
        return (Some(Measured::new(number * other, "px")), 3);
    }
    // "2 x 55 min" of use, but "2 x 40 W" of power a channel: what adds up is added up.
    if next(1) == Some("x")
        && (1.0..=12.0).contains(&number)
        && let Some((each, unit)) = next(2).and_then(unit::split)
    {
        let adds_up = matches!(unit, "min" | "h" | "l" | "ml" | "g" | "kg");
        return (Some(Measured::new(if adds_up { number * each } else { each }, unit)), 3);
    }
    match next(1).filter(|word| word.bytes().all(|b| b.is_ascii_alphabetic()) && !words::is_function(word)) {
        Some(word) => (Some(Measured::new(number, unit_word(&stem(word)))), 2),
        None => (Some(Measured::new(number, "")), 1),
    }
}

/// The sides of a thing, in the order [`SIDES`] names them, from "60 x 85 x 50 cm" under a property's name; with
/// the unit they are counted in. "(H x W x D)" beside the name gives another order.
pub fn sides(name: &str, text: &str) -> Option<[Measured; 3]> {
    let said = unit::merge(tokens(text), text);
    let at = (0..said.len()).find(|at| {
        let word = |n: usize| said.get(at + n).map_or("", |t| t.text.as_str());
        unit::is_number(word(0)) && word(1) == "x" && unit::is_number(word(2)) && word(3) == "x" && unit::split(word(4)).is_some()
    })?;
    let (third, unit) = unit::split(&said[at + 4].text)?;
    let number = |n: usize| said[at + n].text.parse::<f64>().ok();
    let numbers = [number(0)?, number(2)?, third];
    let letters: String = tokens(name).iter().filter(|t| t.text.len() == 1).map(|t| t.text.as_str()).filter(|t| *t != "x").collect();
    let order: [usize; 3] = match letters.as_str() {
        "hwd" | "hbd" | "hbt" => [1, 0, 2],
        "wdh" | "lwh" | "bdh" | "bth" => [0, 2, 1],
        "hdw" => [2, 0, 1],
        "dwh" => [1, 2, 0],
        _ => [0, 1, 2],
    };
    Some(order.map(|i| Measured::new(numbers[i], unit)))
}

/// What the sides of a thing are called, in the order of [`sides`].
pub const SIDES: [&str; 3] = ["width", "height", "depth"];

/// Spans a text states, "168-180 cm" or "18 to 30 V": the least, the most and the unit.
pub fn spans(text: &str) -> Vec<(f64, f64, String)> {
    let said = unit::merge(tokens(text), text);
    let reaches = |from: &Token, to: &Token| {
        let gap = text.get(from.end..to.start).unwrap_or("").trim();
        matches!(gap, "-" | "\u{2013}" | "\u{2014}" | "to")
    };
    let span = |from: &Token, to: &Token| {
        let (most, unit) = unit::split(&to.text)?;
        let least = unit::split(&from.text).filter(|(_, own)| *own == unit).map(|(number, _)| number);
        let least = least.or_else(|| from.text.parse::<f64>().ok())?;
        let ((least, unit), (most, _)) = (in_base_unit(least, unit), in_base_unit(most, unit));
        (least < most).then(|| (least, most, unit.to_owned()))
    };
    let beside = said.windows(2).filter(|pair| reaches(&pair[0], &pair[1])).filter_map(|pair| span(&pair[0], &pair[1]));
    let by_word = said.windows(3).filter(|three| three[1].text == "to").filter_map(|three| span(&three[0], &three[2]));
    beside.chain(by_word).collect()
}

/// For how many people something is, where a text says so: "an air fryer for two people".
pub fn people(text: &str) -> Option<f64> {
    let said = tokens(text);
    said.windows(2).find_map(|pair| {
        let counted = matches!(pair[1].text.as_str(), "people" | "persons" | "person" | "guests");
        number::cardinal(&pair[0].text).filter(|_| counted).map(f64::from)
    })
}

/// Words for units that need no joining with their number, in compared form.
fn unit_word(word: &str) -> &str {
    match word {
        "lumen" => "lm",
        "litre" | "liter" | "litr" => "l",
        "millilitre" | "milliliter" => "ml",
        "minute" | "minut" => "min",
        "kilometre" | "kilometer" => "km",
        "mbit" => "mbps",
        "gbit" => "gbps",
        other => other,
    }
}

/// What a property states first.
pub fn of_spec(spec: &Spec) -> Option<Measured> {
    match &spec.value {
        SpecValue::Text(text) => measures(text).into_iter().next(),
        SpecValue::Number(number) => Some(Measured::new(*number, "")),
        SpecValue::Flag(_) => None,
    }
}

/// What a product states of a property (stems of its name): which specification, and the number.
pub fn of_product(product: &Product, property: &str) -> Option<(usize, Measured)> {
    let named = |spec: &Spec| says(&stems(&spec.name), property);
    product.specs.iter().enumerate().filter(|(_, spec)| named(spec)).find_map(|(i, spec)| Some((i, of_spec(spec)?)))
}

/// Whether a product states something that meets a bound; of the property that is named, where it states that.
pub fn meets(product: &Product, wanted: &Measure) -> bool {
    const CLOSE: f64 = 0.02;
    let (number, unit) = in_base_unit(wanted.number, &wanted.unit);
    let named = |spec: &&Spec| wanted.property.as_ref().is_some_and(|property| says(&stems(&spec.name), property));
    let stated = |spec: &Spec| of_spec(spec).filter(|m| m.unit == unit).map(|m| m.number);
    let own: Vec<f64> = product.specs.iter().filter(named).filter_map(stated).collect();
    let all = || product.specs.iter().filter_map(stated).collect();
    let numbers: Vec<f64> = if own.is_empty() { all() } else { own };
    numbers.into_iter().any(|have| match wanted.bound {
        Bound::AtLeast => have >= number,
        Bound::AtMost => have <= number,
        Bound::About => (have - number).abs() <= number * CLOSE,
    })
}

/// Whether a property's stems contain the wanted words, in any order, or other words for them.
pub fn says(property: &str, wanted: &str) -> bool {
    let has = |phrase: &str| phrase.split(' ').all(|word| property.split(' ').any(|own| own == word));
    has(wanted) || words::synonyms(wanted).iter().any(|other| has(other))
}

/// The stems of a text.
pub fn stems(text: &str) -> String {
    tokens(text).iter().map(|t| stem(&t.text)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_with_what_they_count() {
        for (text, number, unit) in [
            ("16 GB DDR5", 16.0, "gb"),
            ("1 TB SSD", 1024.0, "gb"),
            ("Up to 18 hours", 18.0, "h"),
            ("Up to 11 days, 19 hours with GPS", 264.0, "h"),
            ("15.6 inches, 1920 x 1080, IPS", 15.6, "in"),
            ("2560 x 1440", 3_686_400.0, "px"),
            ("950 g", 0.95, "kg"),
            ("Up to 1,100 lumens each", 1100.0, "lm"),
            ("IPX4", 4.0, "ip"),
            ("5 ATM, IP68", 5.0, "atm"),
            ("260 litres", 260.0, "l"),
            ("1,400 rpm", 1400.0, "rpm"),
            ("2 HDMI, 1 DisplayPort", 2.0, "hdmi"),
            ("Wi-Fi 6", 6.0, ""),
            ("69 dB", 69.0, "db"),
            ("24 months", 24.0, "month"),
            ("10 years on the motor", 120.0, "month"),
        ] {
            let found = measures(text);
            assert_eq!(found.first(), Some(&Measured { number, unit: unit.into() }), "{text}: {found:?}");
        }
        assert_eq!(measures("Removable battery"), []);
        assert_eq!(measures("2 x 55 min")[0].number, 110.0 / 60.0);
        assert_eq!(measures("2 x 40 W")[0].number, 40.0);
    }

    #[test]
    fn sides_spans_and_people_are_read() {
        let of = |name: &str, text: &str| sides(name, text).map(|sides| sides.map(|side| side.number));
        assert_eq!(of("Dimensions", "60 x 85 x 50 cm"), Some([600.0, 850.0, 500.0]));
        assert_eq!(of("Size (H x W x D)", "85 x 60 x 50 cm, 70 kg"), Some([600.0, 850.0, 500.0]));
        assert_eq!(of("Resolution", "1920 x 1080"), None);
        assert_eq!(spans("Frame for 168-180 cm tall."), [(1680.0, 1800.0, "mm".to_owned())]);
        assert_eq!(spans("from 18 to 30 V"), [(18.0, 30.0, "v".to_owned())]);
        assert_eq!(spans("33/45 rpm"), []);
        assert_eq!(people("Four-litre air fryer for two people."), Some(2.0));
        assert_eq!(people("for people"), None);
    }
}
