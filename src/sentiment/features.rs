//! What the network is told of the tokens, exactly as `models/nano/train/sentiment/features.py` tells it.

use super::model::{Model, SIGNALS};
use super::tokens::{Token, Tokens, is_letter};

/// Words that turn round what follows.
const NEGATORS: [&str; 12] = ["not", "no", "never", "cannot", "without", "hardly", "barely", "none", "nothing", "neither", "nor", "nobody"];
/// A negator reaches this many tokens, or to the next stop.
const REACH: u32 = 3;
/// Letters in a piece of a longer word.
const GRAM: usize = 4;
/// Endings tried, in this order, when a word is unknown; the rest must keep [`STEM`] letters.
const ENDINGS: [&str; 8] = ["'s", "s", "es", "ed", "d", "ing", "ly", "er"];
const STEM: usize = 3;
/// FNV-1a of 32 bits.
const FNV_START: u32 = 0x811C_9DC5;
const FNV_PRIME: u32 = 0x0100_0193;

/// Goes on hashing with more text.
fn fnv(start: u32, text: &str) -> u32 {
    text.bytes().fold(start, |value, byte| (value ^ u32::from(byte)).wrapping_mul(FNV_PRIME))
}

fn is_word(token: &str) -> bool {
    token.chars().next().is_some_and(is_letter)
}

fn is_stop(token: &str) -> bool {
    matches!(token, "," | "." | ".." | "!" | "!!" | "?" | "??")
}

/// The word with no letter more than `most` times in a row.
fn squeeze(word: &str, most: usize) -> String {
    let mut out = String::with_capacity(word.len());
    let mut run = 0;
    for c in word.chars() {
        run = if out.ends_with(c) { run + 1 } else { 1 };
        if run <= most {
            out.push(c);
        }
    }
    out
}

/// Whether a letter of a word stands three times in a row, as in "sooo".
fn is_stretched(token: &str) -> bool {
    let mut before = ['\0'; 2];
    is_word(token)
        && token.chars().any(|c| {
            let third = before == [c, c];
            before = [before[1], c];
            third
        })
}

/// The row of a token in the model: the word itself, without stretched letters, or without its ending.
pub fn row(model: &Model, token: &str) -> Option<usize> {
    let find = |word: &str| model.find(fnv(FNV_START, word));
    if let Some(row) = find(token) {
        return Some(row);
    }
    if !is_word(token) {
        return None;
    }
    if is_stretched(token)
        && let Some(row) = find(&squeeze(token, 2)).or_else(|| find(&squeeze(token, 1)))
    {
        return Some(row);
    }
    ENDINGS.iter().find_map(|ending| {
        let stem = token.strip_suffix(ending)?;
        if stem.chars().count() < STEM { None } else { find(stem) }
    })
}

/// Whether no token is a known word, emoji or emoticon: such a text tells nothing of a mood.
pub fn says_nothing(model: &Model, tokens: &Tokens) -> bool {
    let mark = |text: &str| is_stop(text) || matches!(text, "<num>" | "<user>" | "<url>");
    tokens.iter().all(|token| mark(token.text) || row(model, token.text).is_none())
}

/// Calls `each` with the hash of every feature: words (marked when negated), pairs, pieces of longer words.
pub fn hashes(tokens: &Tokens, mut each: impl FnMut(u32)) {
    let [plain, negated, pair, piece] = ["w:", "n:", "b:", "c:"].map(|mark| fnv(FNV_START, mark));
    let mut reach = 0_u32;
    let mut before = "^";
    for Token { text, .. } in tokens.iter() {
        if is_stop(text) {
            reach = 0;
        }
        each(fnv(if reach > 0 { negated } else { plain }, text));
        each(fnv(fnv(fnv(pair, before), " "), text));
        if is_word(text) {
            pieces(text, piece, &mut each);
        }
        reach = reach.saturating_sub(1);
        if NEGATORS.contains(&text) || text.ends_with("n't") {
            reach = REACH;
        }
        before = text;
    }
}

/// Every run of [`GRAM`] letters of a longer word, its ends marked.
fn pieces(word: &str, start: u32, each: &mut impl FnMut(u32)) {
    if word.chars().nth(GRAM).is_none() {
        return;
    }
    let mut window = ['^'; GRAM];
    for (at, c) in std::iter::once('^').chain(word.chars()).chain(std::iter::once('$')).enumerate() {
        window.rotate_left(1);
        window[GRAM - 1] = c;
        if at + 1 >= GRAM {
            each(window.iter().fold(start, |hash, c| fnv(hash, c.encode_utf8(&mut [0; 4]))));
        }
    }
}

/// Eight numbers about the whole text, each about 0 to 1.
pub fn signals(tokens: &Tokens) -> [f32; SIGNALS] {
    let [mut words, mut capitals, mut bangs] = [0.0_f32; 3];
    let [mut question, mut user, mut url, mut number, mut stretched] = [0.0_f32; 5];
    for Token { text, capitals: loud } in tokens.iter() {
        match text {
            "!" => bangs += 1.0,
            "!!" => bangs += 2.0,
            "?" | "??" => question = 1.0,
            "<user>" => user = 1.0,
            "<url>" => url = 1.0,
            "<num>" => number = 1.0,
            _ if is_word(text) => {
                words += 1.0;
                capitals += f32::from(u8::from(loud));
                if is_stretched(text) {
                    stretched = 1.0;
                }
            }
            _ => {}
        }
    }
    let length = tokens.len().min(80) as f32 / 40.0;
    [capitals / words.max(1.0), bangs.min(4.0) / 4.0, question, length, user, url, number, stretched]
}
