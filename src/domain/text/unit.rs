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
    ("kilogram", "kg"),
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
    ("min", "min"),
    ("mins", "min"),
    ("minute", "min"),
    ("minutes", "min"),
    ("m2", "m2"),
    ("sqm", "m2"),
    ("meter", "m"),
    ("metre", "m"),
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
        if let Some(unit) = rest.peek().and_then(|next| one_of_a_unit(out.last(), &token, next)) {
            token.text = format!("1{unit}");
            token.end = rest.next().map_or(token.end, |next| next.end);
        } else if is_number(&token.text) && rest.peek().is_some_and(|next| matches!(next.text.as_str(), "square" | "sq")) {
            let square = rest.next().map_or(token.end, |next| next.end);
            let metres = rest.next_if(|next| canonical(&next.text) == Some("m"));
            token.end = metres.map_or(square, |metres| metres.end);
            token.text.push_str("m2");
        } else if is_number(&token.text) {
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
        } else if let Some(split) = number_then_unit(&token.text).or_else(|| metres_and_centimetres(&token.text)) {
            token.text = split;
        }
        out.push(token);
    }
    out
}

/// "Under a kilo": an article counts one where a bound stands before it and a unit behind it.
fn one_of_a_unit(before: Option<&Token>, article: &Token, next: &Token) -> Option<&'static str> {
    let bound = before.is_some_and(|t| {
        matches!(t.text.as_str(), "under" | "below" | "than" | "least" | "most" | "over" | "above" | "about" | "max" | "exceeding")
    });
    let counts = bound && matches!(article.text.as_str(), "a" | "an" | "one") && next.text.len() > 2;
    canonical(&next.text).filter(|_| counts)
}

/// A body height as it is said in metric countries: `1m72` is `172cm`.
fn metres_and_centimetres(text: &str) -> Option<String> {
    let (metres, centimetres) = text.split_once('m')?;
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    (digits(metres, 1) && digits(centimetres, 2)).then(|| format!("{metres}{centimetres}cm"))
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
            ("under a kilo", "under 1kg"),
            ("a kilo of it", "a kilo of it"),
            ("someone 1m72", "someone 172cm"),
            ("45 m\u{b2} or 45 square metres", "45m2 or 45m2"),
            ("more than 50 minutes", "more than 50min"),
        ] {
            let merged = merge(tokens(text), text);
            let words: Vec<_> = merged.iter().map(|t| t.text.as_str()).collect();
            assert_eq!(words.join(" "), expected, "{text}");
        }
        assert_eq!(split("16gb"), Some((16.0, "gb")));
        assert_eq!(split("rtx4060"), None);
    }
}
