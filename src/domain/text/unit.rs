//! Numbers with units, written together: `16 GB`, `16gb` and `16GB` are one token.

use super::token::Token;

/// Units that belong to the number before them, with the form they are compared in.
const UNITS: &[(&str, &str)] = &[
    ("gb", "gb"),
    ("gigabyte", "gb"),
    ("gigabytes", "gb"),
    ("gig", "gb"),
    ("gigs", "gb"),
    ("tb", "tb"),
    ("terabyte", "tb"),
    ("terabytes", "tb"),
    ("mb", "mb"),
    ("megabytes", "mb"),
    ("hz", "hz"),
    ("hertz", "hz"),
    ("khz", "khz"),
    ("mhz", "mhz"),
    ("ghz", "ghz"),
    ("inch", "in"),
    ("inches", "in"),
    ("in", "in"),
    ("mm", "mm"),
    ("cm", "cm"),
    ("kg", "kg"),
    ("kilo", "kg"),
    ("kilos", "kg"),
    ("kilograms", "kg"),
    ("g", "g"),
    ("grams", "g"),
    ("lb", "lb"),
    ("lbs", "lb"),
    ("pounds", "lb"),
    ("w", "w"),
    ("watt", "w"),
    ("watts", "w"),
    ("wh", "wh"),
    ("mah", "mah"),
    ("v", "v"),
    ("volt", "v"),
    ("volts", "v"),
    ("mp", "mp"),
    ("megapixel", "mp"),
    ("megapixels", "mp"),
    ("fps", "fps"),
    ("dpi", "dpi"),
    ("db", "db"),
    ("mbps", "mbps"),
    ("gbps", "gbps"),
    ("hour", "h"),
    ("hours", "h"),
    ("hrs", "h"),
    ("hr", "h"),
    ("h", "h"),
    ("bit", "bit"),
    ("core", "core"),
    ("cores", "core"),
    ("ms", "ms"),
    ("meters", "m"),
    ("metres", "m"),
    ("m", "m"),
    ("ft", "ft"),
    ("feet", "ft"),
    ("foot", "ft"),
    ("km", "km"),
    ("l", "l"),
    ("litre", "l"),
    ("litres", "l"),
    ("liter", "l"),
    ("liters", "l"),
    ("ml", "ml"),
    ("rpm", "rpm"),
    ("kw", "kw"),
    ("kwh", "kwh"),
    ("nm", "nm"),
    ("lm", "lm"),
    ("lumen", "lm"),
    ("lumens", "lm"),
];

/// The compared form of a unit word, if it is one.
pub fn canonical(word: &str) -> Option<&'static str> {
    UNITS.iter().find(|(name, _)| *name == word).map(|(_, short)| *short)
}

/// Joins each number with the unit behind it, and opens nothing else.
///
/// `text` is what the tokens were cut from: an inch mark is not a token, so it is looked for there. "in"
/// counts as a unit only right behind a number that is not followed by a word it could introduce.
pub fn merge(tokens: Vec<Token>, text: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut rest = tokens.into_iter().peekable();
    while let Some(mut token) = rest.next() {
        if is_number(&token.text) {
            let joined = rest.peek().and_then(|next| {
                let preposition = next.text == "in" && next.start > token.end;
                canonical(&next.text).filter(|_| !preposition).map(|unit| (unit, next.end))
            });
            if let Some((unit, end)) = joined {
                token.text.push_str(unit);
                token.end = end;
                rest.next();
            } else if text[token.end..].starts_with(['"', '\u{201d}', '\u{2033}']) {
                token.text.push_str("in");
            }
        } else if let Some(split) = number_then_unit(&token.text) {
            token.text = split;
        }
        out.push(token);
    }
    out
}

/// Whether a folded token is a plain number.
pub fn is_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && text.starts_with(|c: char| c.is_ascii_digit())
}

/// `512gigs` as `512gb`.
fn number_then_unit(text: &str) -> Option<String> {
    let digits = text.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
    if digits == 0 || digits == text.len() {
        return None;
    }
    canonical(&text[digits..]).map(|unit| format!("{}{unit}", &text[..digits]))
}

/// A merged token as number and unit: `16gb` is `(16.0, "gb")`.
pub fn split(text: &str) -> Option<(f64, &'static str)> {
    let digits = text.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
    let unit = canonical(text.get(digits..)?)?;
    Some((text[..digits].parse().ok()?, unit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::token::tokens;

    #[test]
    fn numbers_meet_their_units() {
        for (text, expected) in [
            ("16 GB RAM", "16gb ram"),
            ("16GB", "16gb"),
            ("512 gigs", "512gb"),
            ("15.6\" screen", "15.6in screen"),
            ("15 inch laptop", "15in laptop"),
            ("2 in stock", "2 in stock"),
            ("144 Hz", "144hz"),
            ("5 of them", "5 of them"),
        ] {
            let merged = merge(tokens(text), text);
            let words: Vec<_> = merged.iter().map(|t| t.text.as_str()).collect();
            assert_eq!(words.join(" "), expected, "{text}");
        }
        assert_eq!(split("16gb"), Some((16.0, "gb")));
        assert_eq!(split("rtx4060"), None);
    }
}
