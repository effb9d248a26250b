//! BERT's WordPiece tokenizer (uncased): text to piece numbers.
//!
//! The same numbers as the original, but for one thing: `[CLS]`, `[SEP]` and their like in a
//! customer's text are words and brackets here, never the special pieces.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use super::error::EncoderError;
use super::tables::{DROPPED, IDEOGRAPHS, MARKS, PUNCTUATION};

/// A longer word is one unknown piece, as in the original.
const MAX_WORD_CHARS: usize = 100;

/// The vocabulary, split by where a piece may stand.
pub(super) struct WordPiece {
    /// Pieces that begin a word.
    first: HashMap<Box<str>, u32>,
    /// Pieces that go on with one, without their `##`.
    rest: HashMap<Box<str>, u32>,
    /// Bytes of the longest piece.
    longest: usize,
    unknown: u32,
    /// The piece put before every input.
    pub cls: u32,
    /// The piece put after every part of an input.
    pub sep: u32,
}

impl WordPiece {
    /// From the pieces in the order of their numbers, `##` before those inside a word.
    pub(super) fn new(pieces: &[&str]) -> Result<Self, EncoderError> {
        let (mut first, mut rest, mut longest) = (HashMap::with_capacity(pieces.len()), HashMap::new(), 0);
        for (id, piece) in (0u32..).zip(pieces) {
            longest = longest.max(piece.len());
            match piece.strip_prefix("##") {
                Some(inner) if !inner.is_empty() => rest.insert(inner.into(), id),
                _ => first.insert((*piece).into(), id),
            };
        }
        let special = |name: &str| first.get(name).copied().ok_or_else(|| EncoderError::Malformed(format!("no piece `{name}`")));
        let (unknown, cls, sep) = (special("[UNK]")?, special("[CLS]")?, special("[SEP]")?);
        Ok(Self { first, rest, longest, unknown, cls, sep })
    }

    /// The number of a whole word, if it is one piece.
    pub(super) fn word(&self, word: &str) -> Option<u32> {
        self.first.get(word).copied()
    }

    /// The piece numbers of a text, without `[CLS]` and `[SEP]`.
    pub(super) fn ids(&self, text: &str) -> Vec<u32> {
        let mut out = Vec::with_capacity(text.len() / 4 + 2);
        let mut word = String::new();
        for c in normalise(text) {
            if c.is_whitespace() {
                self.end(&mut word, &mut out);
            } else if is_punctuation(c) {
                self.end(&mut word, &mut out);
                word.push(c);
                self.end(&mut word, &mut out);
            } else {
                word.push(c);
            }
        }
        self.end(&mut word, &mut out);
        out
    }

    /// Cuts one word into its longest pieces from the left, and forgets it.
    fn end(&self, word: &mut String, out: &mut Vec<u32>) {
        if word.is_empty() {
            return;
        }
        let before = out.len();
        if !self.pieces(word, out) {
            out.truncate(before);
            out.push(self.unknown);
        }
        word.clear();
    }

    fn pieces(&self, word: &str, out: &mut Vec<u32>) -> bool {
        if word.chars().count() > MAX_WORD_CHARS {
            return false;
        }
        let mut left = word;
        while !left.is_empty() {
            let known = if left.len() == word.len() { &self.first } else { &self.rest };
            let mut len = left.floor_char_boundary(self.longest);
            loop {
                if len == 0 {
                    return false;
                }
                if let Some(&id) = known.get(&left[..len]) {
                    out.push(id);
                    left = &left[len..];
                    break;
                }
                len = left.floor_char_boundary(len - 1);
            }
        }
        true
    }
}

/// Cleaned, ideographs set apart, decomposed, marks dropped, lower case: the original's order.
fn normalise(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| !is_dropped(*c)).flat_map(spaced).nfd().filter(|c| !is_mark(*c)).flat_map(char::to_lowercase)
}

fn spaced(c: char) -> impl Iterator<Item = char> {
    let apart = is_in(IDEOGRAPHS, c).then_some(' ');
    let c = if c.is_whitespace() { ' ' } else { c };
    apart.into_iter().chain([c]).chain(apart)
}

fn is_dropped(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        _ if c.is_ascii() => c.is_ascii_control(),
        _ => is_in(DROPPED, c),
    }
}

fn is_mark(c: char) -> bool {
    !c.is_ascii() && is_in(MARKS, c)
}

fn is_punctuation(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_punctuation() } else { is_in(PUNCTUATION, c) }
}

/// Whether a character lies in one of the ordered ranges.
fn is_in(ranges: &[(u32, u32)], c: char) -> bool {
    let c = u32::from(c);
    let after = ranges.partition_point(|(low, _)| *low <= c);
    after > 0 && ranges[after - 1].1 >= c
}
