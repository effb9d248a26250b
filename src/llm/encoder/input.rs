//! How a message and what was said before it become one row of piece numbers: input format 1.
//!
//! `[CLS] text [SEP] role line [SEP] role line [SEP]`: the last message first, then at most two
//! earlier lines, newest first, each after one piece that says who spoke. Everything after the
//! first `[SEP]` is segment 1. A line longer than its share keeps its first and its last half.
//! `models/nano/train/encoder/lines.py` does the same.

use super::error::EncoderError;
use super::wordpiece::WordPiece;

/// The format written above, as files name it in `electromart.input_format`.
pub(super) const FORMAT: u64 = 1;
/// Pieces of the message itself.
const TEXT_PIECES: usize = 64;
/// Pieces of an earlier line.
const HISTORY_PIECES: usize = 24;
/// Earlier lines that are read.
const HISTORY_LINES: usize = 2;
/// Pieces of a text that is only turned into a vector; the published vectors were made with 128.
const EMBED_PIECES: usize = 126;
/// The same with those that begin and end it.
pub const EMBEDDED_PIECES: usize = EMBED_PIECES + 2;
/// Positions any input needs: three parts with their `[SEP]`, `[CLS]`, and who spoke.
pub(super) const MAX_POSITIONS: usize = 128;
/// Bytes of a text that are looked at: more than the pieces above can hold, less than a flood.
const MAX_BYTES: usize = 4096;

const _: () = assert!(2 + TEXT_PIECES + HISTORY_LINES * (2 + HISTORY_PIECES) <= MAX_POSITIONS);
const _: () = assert!(EMBEDDED_PIECES <= MAX_POSITIONS);

/// One earlier line of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Utterance<'a> {
    /// Whether the customer said it; otherwise the shop did, machine or person.
    pub from_customer: bool,
    /// What was said.
    pub text: &'a str,
}

/// Piece numbers, and how many of them from the left are segment 0.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Input {
    pub ids: Vec<u32>,
    pub first_segment: usize,
}

/// Lays inputs out.
pub(super) struct Layout {
    pub words: WordPiece,
    customer: u32,
    shop: u32,
}

impl Layout {
    pub(super) fn new(words: WordPiece) -> Result<Self, EncoderError> {
        let role = |w: &str| words.word(w).ok_or_else(|| EncoderError::Malformed(format!("no piece `{w}`")));
        let (customer, shop) = (role("customer")?, role("assistant")?);
        Ok(Self { words, customer, shop })
    }

    /// A message behind its conversation; `history` is oldest first.
    pub(super) fn conversation(&self, text: &str, history: &[Utterance<'_>]) -> Input {
        let mut ids = vec![self.words.cls];
        self.part(&mut ids, text, TEXT_PIECES);
        let first_segment = ids.len();
        for line in history.iter().rev().take(HISTORY_LINES) {
            ids.push(if line.from_customer { self.customer } else { self.shop });
            self.part(&mut ids, line.text, HISTORY_PIECES);
        }
        Input { ids, first_segment }
    }

    /// A text by itself.
    pub(super) fn alone(&self, text: &str) -> Input {
        let mut ids = vec![self.words.cls];
        self.part(&mut ids, text, EMBED_PIECES);
        Input { first_segment: ids.len(), ids }
    }

    /// How many pieces a text by itself has; `None` where not all of it would be read.
    pub(super) fn pieces(&self, text: &str) -> Option<usize> {
        let all = (text.len() <= MAX_BYTES).then(|| self.words.ids(text).len() + 2);
        all.filter(|pieces| *pieces <= EMBEDDED_PIECES)
    }

    fn part(&self, ids: &mut Vec<u32>, text: &str, limit: usize) {
        let pieces = if text.len() <= MAX_BYTES {
            self.words.ids(text)
        } else {
            let mut pieces = self.words.ids(&text[..text.floor_char_boundary(MAX_BYTES / 2)]);
            pieces.extend(self.words.ids(&text[text.ceil_char_boundary(text.len() - MAX_BYTES / 2)..]));
            pieces
        };
        if pieces.len() <= limit {
            ids.extend(pieces);
        } else {
            ids.extend(&pieces[..limit / 2]);
            ids.extend(&pieces[pieces.len() - limit / 2..]);
        }
        ids.push(self.words.sep);
    }
}
