//! Postal codes, by their shape: what countries write after a name.

use std::ops::Range;

use super::Line;

/// A postal code in a message.
pub struct Zip {
    /// As it was written.
    pub text: String,
    /// The words it is made of.
    pub words: Range<usize>,
    /// Whether it was announced ("zip", "postcode").
    announced: bool,
    /// Whether its shape has letters, which little else has.
    lettered: bool,
}

impl Zip {
    /// Whether it was announced as one.
    pub fn is_announced(&self) -> bool {
        self.announced
    }

    /// Whether its shape has letters.
    pub fn is_lettered(&self) -> bool {
        self.lettered
    }
}

/// Words that announce a postal code.
pub const CUES: &[&str] = &["zip", "zipcode", "postal", "postcode", "postalcode", "plz", "eircode"];

/// The postal code of a message: an announced one first, then one with letters, then five digits, and four
/// or fewer only where a proof is `expected`.
pub fn find(line: &Line<'_>, expected: bool) -> Option<Zip> {
    let mut found: Vec<Zip> = (0..line.said.len()).filter_map(|i| at(line, i, expected)).collect();
    let rank = |zip: &Zip| match (zip.announced, zip.lettered) {
        (true, _) => 0,
        (false, true) => 1,
        (false, false) if zip.text.len() >= 5 => 2,
        _ => 3,
    };
    found.sort_by_key(rank);
    found.into_iter().next()
}

fn at(line: &Line<'_>, i: usize, expected: bool) -> Option<Zip> {
    if !line.is_free(i) {
        return None;
    }
    let announced = line.before(i, 3, CUES) && !line.before(i, 1, &["code", "four", "digits"]) || line.before(i, 4, CUES);
    let (used, lettered) = shape(line, i)?;
    // Five digits may be a price or a count, and four a year: a name or a question of ours must be near.
    let plain = !lettered && used == 1;
    let numbered = (i.saturating_sub(2)..i).any(|j| line.is_free(j) && ["order", "ord", "number", "ticket", "nr"].contains(&line.word(j)));
    let short = plain && line.word(i).len() < 5;
    let telephone = line.before(i, 4, &["phone", "last", "ends", "ending", "digits", "mobile", "telephone", "card", "visa"]);
    if !announced && (numbered || plain && telephone || short && !expected) {
        return None;
    }
    let words = i..i + used;
    let text = line.text[line.said[i].start..line.said[i + used - 1].end].to_owned();
    Some(Zip { text, words, announced, lettered })
}

/// How many words a postal code takes from a place on, and whether it has letters.
fn shape(line: &Line<'_>, i: usize) -> Option<(usize, bool)> {
    let first = mask(line.word(i));
    let near = line.gap(i).len() <= 1;
    let second = if near && line.is_free(i + 1) { mask(line.word(i + 1)) } else { String::new() };
    let plus_four = first == "99999" && second == "9999" && line.gap(i) == "-";
    match (first.as_str(), second.as_str()) {
        _ if plus_four => Some((2, false)),
        // Netherlands; the letters are capitals or no word, so that "2025 it" is none.
        ("9999", "aa") if letters_of_a_code(line, i + 1) => Some((2, true)),
        ("9999aa", _) if !is_measure(line.word(i)) => Some((1, true)),
        // United Kingdom.
        ("a9" | "a99" | "aa9" | "aa99" | "a9a" | "aa9a", "9aa") if !is_measure(line.word(i + 1)) => Some((2, true)),
        ("a99aa" | "a999aa" | "aa99aa" | "aa999aa" | "a9a9aa" | "aa9a9aa", _) => Some((1, true)),
        // Canada, Ireland.
        ("a9a", "9a9") => Some((2, true)),
        ("a9a9a9", _) => Some((1, true)),
        ("a99" | "a9a", other) if other.len() == 4 && other.contains('9') && other.starts_with('a') => Some((2, true)),
        // Poland, Portugal, Sweden, Greece, Japan.
        ("99", "999") | ("9999", "999") | ("999", "99" | "9999") if line.gap(i) == "-" => Some((2, false)),
        ("999", "99") if line.before(i, 3, CUES) => Some((2, false)),
        ("99999" | "9999" | "999999", _) => Some((1, false)),
        _ => None,
    }
}

/// Letters as `a`, digits as `9`.
fn mask(word: &str) -> String {
    const LONGEST: usize = 8;
    if word.len() > LONGEST {
        return String::new();
    }
    word.chars()
        .map(|c| {
            if c.is_ascii_digit() {
                '9'
            } else if c.is_ascii_alphabetic() {
                'a'
            } else {
                '?'
            }
        })
        .collect()
}

fn letters_of_a_code(line: &Line<'_>, i: usize) -> bool {
    let capitals = line.raw(i).chars().all(char::is_uppercase);
    capitals && !line.one_case || !crate::domain::text::words::is_common(line.word(i)) || i + 1 == line.said.len() && !line.one_case
}

/// "2gb", "3rd": a digit and letters that are no half of a code.
fn is_measure(word: &str) -> bool {
    let letters = word.trim_start_matches(|c: char| c.is_ascii_digit());
    matches!(
        letters,
        "gb" | "tb" | "mb" | "kg" | "mm" | "cm" | "hz" | "in" | "ml" | "nd" | "st" | "rd" | "th" | "kw" | "mw" | "wh" | "ah" | "pm" | "am"
    )
}
