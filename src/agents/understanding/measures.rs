//! Measured properties in a message: "at least 16 GB of RAM", "under 2 kg", "15 inch".

use crate::domain::heard::Word;
use crate::domain::query::{Bound, Measure};
use crate::domain::text::{number, unit};

/// Measures with the words they take.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measures {
    /// The measures.
    pub measures: Vec<Measure>,
    /// Words that are part of one.
    pub words: Vec<usize>,
    /// Words at which a number with a unit stands.
    pub at: Vec<usize>,
}

/// How far what is asked for instead lies from a measure that is too small or too large.
const REJECTED: f64 = 0.02;

/// Words that name what a number with a unit measures, with the stem of the property.
fn property(word: &str) -> Option<&'static str> {
    Some(match word {
        "ram" | "memory" => "memory",
        "storage" | "ssd" | "disk" | "hdd" | "drive" => "storage",
        "vram" => "graphics",
        "screen" | "display" => "display",
        "weight" | "weighs" | "weighing" => "weight",
        "battery" => "battery",
        "refresh" => "refresh",
        "camera" => "camera",
        "deep" | "depth" => "depth",
        "wide" | "width" => "width",
        "tall" | "high" | "height" => "height",
        _ => return None,
    })
}

/// Reads the measures of a message.
pub fn read(words: &[Word]) -> Measures {
    let mut found = Measures::default();
    for (i, word) in words.iter().enumerate() {
        let Some((number, unit)) = unit::split(&word.text) else { continue };
        found.at.push(i);
        found.words.push(i);
        // "We sit 3 m away" measures the room.
        if words.get(i + 1).is_some_and(|w| matches!(w.text.as_str(), "away" | "apart" | "distance")) {
            continue;
        }
        let (mut bound, bound_words) = bound(words, i);
        found.words.extend(bound_words);
        let mut number = number;
        if let Some(rejected) = rejected(words, i) {
            // Something else than that, and as much is not enough.
            number *= if rejected == Bound::AtLeast { 1.0 + REJECTED } else { 1.0 - REJECTED };
            bound = rejected;
        }
        let near = (i + 1..words.len().min(i + 4)).chain((i.saturating_sub(2)..i).rev());
        let named = near.map(|j| (j, property(&words[j].text))).find_map(|(j, p)| p.map(|p| (j, p)));
        if let Some((j, _)) = named {
            found.words.push(j);
        }
        let mut property = named.map(|(_, property)| property).or_else(|| compared(words, i));
        if let Some((side, gap)) = opening(words, unit, property) {
            found.words.extend(gap);
            property = Some(side);
            bound = if bound == Bound::About { Bound::AtMost } else { bound };
        }
        // "For a room up to 45 m2": the room is what must be served.
        if unit == "m2" && bound == Bound::AtMost {
            bound = Bound::AtLeast;
        }
        let property = property.or_else(|| usual_property(number, unit, bound));
        found.measures.push(Measure { property: property.map(str::to_owned), bound, number, unit: unit.to_owned() });
    }
    found.measures.extend(bare(words, &found));
    found.measures.extend(people(words, &mut found.words));
    found.words.sort_unstable();
    found.words.dedup();
    found
}

/// "43 inch is too small, I need 55 at least": a number without a unit counts in the one named before.
fn bare(words: &[Word], found: &Measures) -> Option<Measure> {
    let text = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    let first = found.measures.first()?;
    let from = found.at.first()? + 1;
    let at = (from..words.len()).find(|i| unit::is_number(text(*i)) && !found.words.contains(i))?;
    let (bound, _) = bound_behind(words, at)?;
    let number = text(at).parse().ok()?;
    Some(Measure { bound, number, ..first.clone() })
}

/// "43 inch is too small": what is wanted is more, or less, than that.
fn rejected(words: &[Word], at: usize) -> Option<Bound> {
    let text = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    let is = (at + 1..at + 4).find(|i| text(*i) == "too")?;
    let said = (at + 1..is).all(|i| matches!(text(i), "is" | "are" | "was" | "way" | "far" | "a" | "bit" | "one" | "just" | "s"));
    match text(is + 1) {
        "small" | "little" | "short" | "low" | "narrow" | "tiny" if said => Some(Bound::AtLeast),
        "big" | "large" | "long" | "high" | "wide" | "heavy" | "huge" | "much" if said => Some(Bound::AtMost),
        _ => None,
    }
}

/// "Narrower than 18 inches": the comparison says which side is meant.
fn compared(words: &[Word], at: usize) -> Option<&'static str> {
    let text = |back: usize| at.checked_sub(back).map_or("", |i| words[i].text.as_str());
    if text(1) != "than" {
        return None;
    }
    match text(2) {
        "narrower" | "wider" => Some("width"),
        "taller" | "higher" | "lower" => Some("height"),
        "deeper" | "shallower" => Some("depth"),
        "lighter" | "heavier" => Some("weight"),
        _ => None,
    }
}

/// A hole that something has to go into, "a niche of 45 cm": which side it bounds, and the words that say so.
/// Nothing larger goes in, whatever is roughly as large.
fn opening(words: &[Word], unit: &str, named: Option<&'static str>) -> Option<(&'static str, Vec<usize>)> {
    let is = |list: &[&str], w: &Word| list.contains(&w.text.as_str());
    let length = matches!(unit, "mm" | "cm" | "m" | "in" | "ft");
    let hole = words.iter().position(|w| is(&["niche", "gap", "alcove", "opening", "recess", "nook"], w));
    let fits = words.iter().any(|w| is(&["fit", "fits", "fitting"], w));
    let side = named.filter(|side| matches!(*side, "depth" | "width" | "height"));
    if !length || hole.is_none() && !(fits && side.is_some()) {
        return None;
    }
    let under = words.iter().any(|w| is(&["under", "underneath", "beneath"], w));
    let side = side.unwrap_or(if under { "height" } else { "width" });
    Some((side, hole.into_iter().collect()))
}

/// "For a family of 5", "for six people": at least so many must be served.
fn people(words: &[Word], taken: &mut Vec<usize>) -> Option<Measure> {
    let text = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    (0..words.len()).find_map(|i| {
        let number = number::cardinal(text(i)).filter(|n| (1..=50).contains(n))?;
        let family = i > 1 && text(i - 1) == "of" && matches!(text(i - 2), "family" | "household" | "group" | "party");
        let counted = matches!(text(i + 1), "people" | "persons" | "person" | "guests" | "adults");
        let served = i > 0 && matches!(text(i - 1), "for" | "serves" | "serve" | "least" | "to");
        (family || counted && served).then(|| {
            taken.extend(if family { [i - 2, i] } else { [i, i + 1] });
            Measure { property: None, bound: Bound::AtLeast, number: f64::from(number), unit: "people".to_owned() }
        })
    })
}

/// What a number measures when nothing is said: up to 128 GB is memory, kilograms are weight.
fn usual_property(number: f64, unit: &str, bound: Bound) -> Option<&'static str> {
    match unit {
        "gb" if number <= 64.0 && bound != Bound::AtMost => Some("memory"),
        "gb" | "tb" => Some("storage"),
        "kg" | "g" | "lb" => Some("weight"),
        "h" => Some("battery"),
        _ => None,
    }
}

fn bound(words: &[Word], at: usize) -> (Bound, Vec<usize>) {
    let word = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    let before = |n: usize| at.checked_sub(n).map_or("", |i| word(i));
    match (before(2), before(1)) {
        ("more" | "bigger" | "larger" | "longer" | "heavier" | "louder" | "wider" | "taller" | "higher" | "deeper", "than")
            if matches!(before(3), "no" | "not" | "nothing") =>
        {
            return (Bound::AtMost, vec![at - 3, at - 2, at - 1]);
        }
        ("at", "least")
        | ("more" | "bigger" | "larger" | "longer" | "heavier" | "louder" | "wider" | "taller" | "higher" | "deeper", "than") => {
            return (Bound::AtLeast, vec![at - 2, at - 1]);
        }
        ("at", "most")
        | ("up", "to")
        | ("less" | "lighter" | "smaller" | "shorter" | "quieter" | "narrower" | "thinner" | "slimmer" | "lower" | "shallower", "than") => {
            return (Bound::AtMost, vec![at - 2, at - 1]);
        }
        (_, "over" | "above" | "minimum" | "min" | "from") => return (Bound::AtLeast, vec![at - 1]),
        (_, "under" | "below" | "max" | "maximum") => return (Bound::AtMost, vec![at - 1]),
        _ => {}
    }
    bound_behind(words, at).unwrap_or((Bound::About, Vec::new()))
}

/// "16 GB at least", "2 kg max": the bound behind a number, and its words.
fn bound_behind(words: &[Word], at: usize) -> Option<(Bound, Vec<usize>)> {
    let word = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    let measure = |i: usize| unit::split(word(i)).is_some();
    let (bound, count) = match (word(at + 1), word(at + 2)) {
        // "16 GB at least 1 TB": the words belong to the number behind them.
        ("at", "least" | "most") if measure(at + 3) => return None,
        ("minimum" | "min", _) if measure(at + 2) => return None,
        ("at", "least") | ("and", "up" | "above") => (Bound::AtLeast, 2),
        ("or", "more" | "above" | "over" | "better" | "bigger" | "larger" | "up" | "higher" | "longer") => (Bound::AtLeast, 2),
        ("at", "most") | ("or", "less" | "below" | "under" | "lighter" | "smaller" | "lower" | "shorter") => (Bound::AtMost, 2),
        ("minimum" | "min" | "plus", _) => (Bound::AtLeast, 1),
        ("max" | "maximum" | "tops", _) => (Bound::AtMost, 1),
        _ => return None,
    };
    Some((bound, (at + 1..=at + count).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::token::tokens;

    #[test]
    fn measures_bound_a_property() {
        for (text, property, bound, number, unit) in [
            ("at least 16 GB of RAM", Some("memory"), Bound::AtLeast, 16.0, "gb"),
            ("16 gb at least", Some("memory"), Bound::AtLeast, 16.0, "gb"),
            ("16gb minimum", Some("memory"), Bound::AtLeast, 16.0, "gb"),
            ("16 gb or more", Some("memory"), Bound::AtLeast, 16.0, "gb"),
            ("15 inch or larger", None, Bound::AtLeast, 15.0, "in"),
            ("2 kg at most", Some("weight"), Bound::AtMost, 2.0, "kg"),
            ("2 kg max", Some("weight"), Bound::AtMost, 2.0, "kg"),
            ("2 kg or lighter please", Some("weight"), Bound::AtMost, 2.0, "kg"),
            ("up to 2 kg", Some("weight"), Bound::AtMost, 2.0, "kg"),
            ("with 32gb", Some("memory"), Bound::About, 32.0, "gb"),
            ("512 GB storage or more", Some("storage"), Bound::About, 512.0, "gb"),
            ("1 TB or more", Some("storage"), Bound::AtLeast, 1.0, "tb"),
            ("under 2 kg", Some("weight"), Bound::AtMost, 2.0, "kg"),
            ("a 15 inch laptop", None, Bound::About, 15.0, "in"),
            ("144 Hz", None, Bound::About, 144.0, "hz"),
            ("lighter than 3 lbs", Some("weight"), Bound::AtMost, 3.0, "lb"),
            ("lighter than a kilo", Some("weight"), Bound::AtMost, 1.0, "kg"),
            ("our niche is only 45 cm deep", Some("depth"), Bound::AtMost, 45.0, "cm"),
            ("it goes in a 56 cm gap", Some("width"), Bound::AtMost, 56.0, "cm"),
            ("for 45 m2", None, Bound::About, 45.0, "m2"),
            ("a room up to 45 m2", None, Bound::AtLeast, 45.0, "m2"),
            ("for someone 1m72", None, Bound::About, 172.0, "cm"),
            ("for a family of 5", None, Bound::AtLeast, 5.0, "people"),
            ("43 inch is too small", None, Bound::AtLeast, 43.86, "in"),
            ("for two people", None, Bound::AtLeast, 2.0, "people"),
            ("not wider than 45 cm", Some("width"), Bound::AtMost, 45.0, "cm"),
            ("narrower than 18 inches", Some("width"), Bound::AtMost, 18.0, "in"),
            ("with more than 50 min", None, Bound::AtLeast, 50.0, "min"),
        ] {
            let words = Word::from_tokens(unit::merge(tokens(text), text));
            let found = read(&words).measures;
            let expected = Measure { property: property.map(str::to_owned), bound, number, unit: unit.into() };
            assert_eq!(found, [expected], "{text}");
        }
    }

    #[test]
    fn a_bound_between_two_numbers_is_that_of_the_second() {
        for text in ["16 gb at least 1 tb", "16 gb minimum 1 tb", "16 gb min 1 tb"] {
            let words = Word::from_tokens(unit::merge(tokens(text), text));
            let found: Vec<(Bound, f64)> = read(&words).measures.into_iter().map(|m| (m.bound, m.number)).collect();
            assert_eq!(found, [(Bound::About, 16.0), (Bound::AtLeast, 1.0)], "{text}");
        }
    }

    #[test]
    fn a_number_without_a_unit_counts_in_the_one_before() {
        for (said, bound) in [
            ("55 at least", Bound::AtLeast),
            ("55 or more", Bound::AtLeast),
            ("55 minimum", Bound::AtLeast),
            ("55 or higher", Bound::AtLeast),
            ("55 at most", Bound::AtMost),
            ("55 max", Bound::AtMost),
        ] {
            let text = format!("43 inch is too small, i need {said}");
            let words = Word::from_tokens(unit::merge(tokens(&text), &text));
            let found: Vec<(Bound, f64, String)> = read(&words).measures.into_iter().map(|m| (m.bound, m.number.round(), m.unit)).collect();
            assert_eq!(found, [(Bound::AtLeast, 44.0, "in".to_owned()), (bound, 55.0, "in".to_owned())], "{text}");
        }
    }
}
