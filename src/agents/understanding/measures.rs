//! Measured properties in a message: "at least 16 GB of RAM", "under 2 kg", "15 inch".

use crate::domain::heard::Word;
use crate::domain::query::{Bound, Measure};
use crate::domain::text::unit;

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
        let (bound, bound_words) = bound(words, i);
        found.words.extend(bound_words);
        let near = (i + 1..words.len().min(i + 4)).chain((i.saturating_sub(2)..i).rev());
        let named = near.map(|j| (j, property(&words[j].text))).find_map(|(j, p)| p.map(|p| (j, p)));
        if let Some((j, _)) = named {
            found.words.push(j);
        }
        let property = named.map(|(_, property)| property).or_else(|| usual_property(number, unit, bound));
        found.measures.push(Measure { property: property.map(str::to_owned), bound, number, unit: unit.to_owned() });
    }
    found.words.sort_unstable();
    found.words.dedup();
    found
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
        ("at", "least") | ("more" | "bigger" | "larger" | "longer", "than") => return (Bound::AtLeast, vec![at - 2, at - 1]),
        ("at", "most") | ("up", "to") | ("less" | "lighter" | "smaller", "than") => {
            return (Bound::AtMost, vec![at - 2, at - 1]);
        }
        (_, "over" | "above" | "minimum" | "min" | "from") => return (Bound::AtLeast, vec![at - 1]),
        (_, "under" | "below" | "max" | "maximum") => return (Bound::AtMost, vec![at - 1]),
        _ => {}
    }
    match (word(at + 1), word(at + 2)) {
        ("or", "more" | "above" | "better" | "bigger" | "up" | "higher") | ("and", "up" | "above") => {
            (Bound::AtLeast, vec![at + 1, at + 2])
        }
        ("or", "less" | "below" | "under" | "lighter" | "smaller") => (Bound::AtMost, vec![at + 1, at + 2]),
        ("plus", _) => (Bound::AtLeast, vec![at + 1]),
        _ => (Bound::About, Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::token::tokens;

    #[test]
    fn measures_bound_a_property() {
        for (text, property, bound, number, unit) in [
            ("at least 16 GB of RAM", Some("memory"), Bound::AtLeast, 16.0, "gb"),
            ("with 32gb", Some("memory"), Bound::About, 32.0, "gb"),
            ("512 GB storage or more", Some("storage"), Bound::About, 512.0, "gb"),
            ("1 TB or more", Some("storage"), Bound::AtLeast, 1.0, "tb"),
            ("under 2 kg", Some("weight"), Bound::AtMost, 2.0, "kg"),
            ("a 15 inch laptop", None, Bound::About, 15.0, "in"),
            ("144 Hz", None, Bound::About, 144.0, "hz"),
            ("lighter than 3 lbs", Some("weight"), Bound::AtMost, 3.0, "lb"),
        ] {
            let words = Word::from_tokens(unit::merge(tokens(text), text));
            let found = read(&words).measures;
            let expected = Measure { property: property.map(str::to_owned), bound, number, unit: unit.into() };
            assert_eq!(found, [expected], "{text}");
        }
    }
}
