//! Tokens: words and numbers with their place in the text.

use std::borrow::Cow;

use super::fold::fold;

/// A word or number of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Folded text.
    pub text: String,
    /// First byte in the original.
    pub start: usize,
    /// One past the last byte in the original.
    pub end: usize,
}

/// Splits into runs of letters and digits.
///
/// Kept inside a run: an apostrophe between letters (`don't`), and a point or comma between digits
/// (`1,299.99`). A hyphen splits; whoever wants `wh-1000xm5` whole joins neighbours. Contractions are
/// opened (`what's` gives `what`, `is`) and a possessive loses its ending.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some(&(start, c)) = chars.peek() {
        if !c.is_alphanumeric() {
            chars.next();
            continue;
        }
        let mut end = start;
        let mut last = c;
        while let Some(&(at, c)) = chars.peek() {
            let keep = c.is_alphanumeric() || is_combining(c) || joins(text, at, c, last);
            if !keep {
                break;
            }
            chars.next();
            end = at + c.len_utf8();
            last = c;
        }
        push_word(&mut out, &text[start..end], start, end);
    }
    out
}

/// The first word of a text, or the first of what a contraction stands for.
pub fn first(text: &str) -> Option<String> {
    let word = text.split_whitespace().find(|word| word.contains(char::is_alphanumeric))?;
    tokens(word).into_iter().next().map(|token| token.text)
}

fn is_combining(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Whether a punctuation mark belongs to the word around it.
fn joins(text: &str, at: usize, c: char, before: char) -> bool {
    let after = text[at + c.len_utf8()..].chars().next();
    let digits = before.is_ascii_digit() && after.is_some_and(|a| a.is_ascii_digit());
    let letters = before.is_alphabetic() && after.is_some_and(char::is_alphabetic);
    match c {
        '.' | ',' => digits,
        '\'' | '\u{2019}' => letters,
        _ => false,
    }
}

fn push_word(out: &mut Vec<Token>, word: &str, start: usize, end: usize) {
    let folded = fold(word);
    let apostrophe = folded.contains('\'');
    let token = |text: String| Token { text, start, end };
    let whole = if apostrophe { Cow::Owned(folded.replace('\'', "")) } else { Cow::Borrowed(folded.as_str()) };
    if let Some(parts) = opened(&whole, apostrophe) {
        out.extend(parts.iter().map(|part| token((*part).to_owned())));
    } else if let Some(owner) = folded.strip_suffix("'s") {
        out.push(token(owner.to_owned()));
    } else if whole.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',') {
        out.push(token(plain_number(&whole)));
    } else {
        out.push(token(if apostrophe { whole.into_owned() } else { folded }));
    }
}

/// `1,299.99` as `1299.99`: a comma followed by three digits groups, any other is a decimal comma.
fn plain_number(text: &str) -> String {
    let (head, tail) = match text.rsplit_once([',', '.']) {
        Some(parts) => parts,
        None => return text.to_owned(),
    };
    let last_mark = text.as_bytes()[head.len()];
    let grouped = tail.len() == 3 && (last_mark == b',' || head.contains('.'));
    let digits: String = head.chars().filter(char::is_ascii_digit).collect();
    if grouped { digits + tail } else { format!("{digits}.{tail}") }
}

/// Contractions, also as typed without the apostrophe.
///
/// Those that are other words without it (`well`, `were`, `shed`) open only where it was written.
fn opened(word: &str, apostrophe: bool) -> Option<&'static [&'static str]> {
    Some(match word {
        "whats" => &["what", "is"],
        "wheres" => &["where", "is"],
        "whos" => &["who", "is"],
        "hows" => &["how", "is"],
        "whens" => &["when", "is"],
        "thats" => &["that", "is"],
        "theres" => &["there", "is"],
        "im" => &["i", "am"],
        "ive" => &["i", "have"],
        "youre" => &["you", "are"],
        "youve" => &["you", "have"],
        "theyre" => &["they", "are"],
        "weve" => &["we", "have"],
        "dont" => &["do", "not"],
        "doesnt" => &["does", "not"],
        "didnt" => &["did", "not"],
        "isnt" => &["is", "not"],
        "arent" => &["are", "not"],
        "wasnt" => &["was", "not"],
        "werent" => &["were", "not"],
        "cant" | "cannot" => &["can", "not"],
        "couldnt" => &["could", "not"],
        "wouldnt" => &["would", "not"],
        "shouldnt" => &["should", "not"],
        "wont" => &["will", "not"],
        "havent" => &["have", "not"],
        "hasnt" => &["has", "not"],
        "hadnt" => &["had", "not"],
        "aint" => &["is", "not"],
        "wanna" => &["want", "to"],
        "gonna" => &["going", "to"],
        "gotta" => &["got", "to"],
        "gimme" => &["give", "me"],
        "lemme" => &["let", "me"],
        "its" if apostrophe => &["it", "is"],
        "lets" if apostrophe => &["let", "us"],
        "id" if apostrophe => &["i", "would"],
        "ill" if apostrophe => &["i", "will"],
        "hes" if apostrophe => &["he", "is"],
        "shes" if apostrophe => &["she", "is"],
        "youd" => &["you", "would"],
        "youll" => &["you", "will"],
        "itll" => &["it", "will"],
        "thatll" => &["that", "will"],
        "well" if apostrophe => &["we", "will"],
        "were" if apostrophe => &["we", "are"],
        "wed" if apostrophe => &["we", "would"],
        "theyll" => &["they", "will"],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_numbers_and_contractions() {
        for (text, expected) in [
            ("Where's my order?", "where is my order"),
            ("I don\u{2019}t want it", "i do not want it"),
            ("WH-1000XM5", "wh 1000xm5"),
            ("$1,299.99 or 1.299,50", "1299.99 or 1299.50"),
            ("12,5 kg", "12.5 kg"),
            ("15.6\" screen", "15.6 screen"),
            ("ASUS's laptop", "asus laptop"),
            ("well were its lets", "well were its lets"),
            ("we're it's", "we are it is"),
            ("end. Start", "end start"),
            ("Café crème", "cafe creme"),
            ("", ""),
            ("1.234.567", "1234567"),
        ] {
            let words: Vec<_> = tokens(text).into_iter().map(|t| t.text).collect();
            assert_eq!(words.join(" "), expected, "{text}");
        }
    }

    #[test]
    fn tokens_know_their_place() {
        let text = "é ORD-7";
        let found = tokens(text);
        assert_eq!(&text[found[1].start..found[1].end], "ORD");
        assert_eq!(&text[found[2].start..found[2].end], "7");
    }
}
