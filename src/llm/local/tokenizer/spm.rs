//! SentencePiece's byte-pair encoding by score, with bytes for what has no piece.
//!
//! The text's characters are joined two by two, always the pair whose piece has the best score (of equals
//! the leftmost), until no pair is a piece: T. Kudo and J. Richardson, "SentencePiece" (2018),
//! `bpe_model.cc` there and `llm_tokenizer_spm` in llama.cpp. Pieces of structure never come out of text.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};

use super::super::error::LocalError;
use super::super::gguf::Header;
use super::vocab::{Bytes, Class, Vocab};

/// What stands for a space within a piece.
const SPACE: char = '\u{2581}';

/// An encoder of the kind `llama`.
#[derive(Debug)]
pub(super) struct Spm {
    pieces: HashMap<String, (u32, f32)>,
    bytes: Option<Box<[u32; 256]>>,
    unknown: Option<u32>,
    /// Whether a text begins as if a space stood before it.
    space_first: bool,
}

/// A run of the text that is one piece so far; the neighbours are those still there.
struct Symbol {
    from: usize,
    to: usize,
    before: Option<usize>,
    after: Option<usize>,
}

/// Two neighbours that could be one piece.
struct Pair {
    score: f32,
    left: usize,
    right: usize,
    /// Bytes of both, to know whether one of them has changed since.
    len: usize,
}

impl Ord for Pair {
    fn cmp(&self, other: &Self) -> Ordering {
        self.score.total_cmp(&other.score).then(other.left.cmp(&self.left))
    }
}

impl PartialOrd for Pair {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Pair {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Pair {}

impl Spm {
    /// Reads pieces and scores.
    pub(super) fn read(file: &Header, vocab: &Vocab) -> Result<Self, LocalError> {
        let key = "tokenizer.ggml.scores";
        let scores = file.floats(key).ok_or_else(|| LocalError::MissingKey(key.to_owned()))?;
        if scores.len() != vocab.len() || scores.iter().any(|s| s.is_nan()) {
            return Err(LocalError::Tokenizer("not every token has a score".to_owned()));
        }
        let mut pieces = HashMap::new();
        let mut bytes = [None; 256];
        for ((id, name, class), score) in vocab.iter().zip(scores) {
            match class {
                Class::Normal => {
                    pieces.insert(name.to_owned(), (id, *score));
                }
                Class::Byte => {
                    let byte = byte_of(name).ok_or_else(|| LocalError::Tokenizer("a token for a byte names none".to_owned()))?;
                    bytes[usize::from(byte)] = Some(id);
                }
                _ => {}
            }
        }
        let mut all = [0; 256];
        let complete = all.iter_mut().zip(bytes).all(|(to, id)| id.map(|id| *to = id).is_some());
        if !complete && vocab.unknown.is_none() {
            return Err(LocalError::Tokenizer("some bytes have no token".to_owned()));
        }
        Ok(Self {
            pieces,
            bytes: complete.then(|| Box::new(all)),
            unknown: vocab.unknown,
            space_first: file.flag("tokenizer.ggml.add_space_prefix").unwrap_or(true),
        })
    }

    /// The tokens of a text, which may be any.
    pub(super) fn encode(&self, text: &str, out: &mut Vec<u32>) {
        if !text.is_empty() {
            self.cut(text, self.space_first, out);
        }
    }

    /// As [`Spm::encode`], where other text stands before it.
    pub(super) fn encode_within(&self, text: &str, out: &mut Vec<u32>) {
        self.cut(text, false, out);
    }

    fn cut(&self, text: &str, space_first: bool, out: &mut Vec<u32>) {
        let mut line = String::with_capacity(text.len() + text.len() / 4 + 3);
        if space_first {
            line.push(SPACE);
        }
        line.extend(text.chars().map(|c| if c == ' ' { SPACE } else { c }));
        let mut symbols: Vec<Symbol> = Vec::with_capacity(line.len());
        for (n, (from, c)) in line.char_indices().enumerate() {
            let before = n.checked_sub(1);
            symbols.push(Symbol { from, to: from + c.len_utf8(), before, after: Some(n + 1) });
        }
        if let Some(last) = symbols.last_mut() {
            last.after = None;
        }
        self.join(&line, &mut symbols);
        let mut at = Some(0);
        while let Some(symbol) = at.and_then(|i| symbols.get(i)) {
            self.emit(line.get(symbol.from..symbol.to).unwrap_or_default(), out);
            at = symbol.after;
        }
    }

    fn emit(&self, piece: &str, out: &mut Vec<u32>) {
        match (self.pieces.get(piece), &self.bytes) {
            (Some((id, _)), _) => out.push(*id),
            (None, Some(bytes)) => out.extend(piece.bytes().filter_map(|b| bytes.get(usize::from(b)))),
            (None, None) => out.extend(self.unknown),
        }
    }

    fn join(&self, line: &str, symbols: &mut [Symbol]) {
        let mut waiting = BinaryHeap::new();
        for right in 1..symbols.len() {
            waiting.extend(self.pair(line, symbols, right - 1, right));
        }
        while let Some(Pair { left, right, len, .. }) = waiting.pop() {
            // Every index in a pair comes from `symbols`.
            let (l, r) = (&symbols[left], &symbols[right]);
            // A symbol that was joined to its left is empty; one that grew has another length.
            if l.from == l.to || r.from == r.to || r.to - l.from != len || l.after != Some(right) {
                continue;
            }
            let (end, after) = (r.to, r.after);
            symbols[left].to = end;
            symbols[left].after = after;
            symbols[right].from = end;
            if let Some(after) = after {
                symbols[after].before = Some(left);
                waiting.extend(self.pair(line, symbols, left, after));
            }
            if let Some(before) = symbols[left].before {
                waiting.extend(self.pair(line, symbols, before, left));
            }
        }
    }

    fn pair(&self, line: &str, symbols: &[Symbol], left: usize, right: usize) -> Option<Pair> {
        let both = line.get(symbols.get(left)?.from..symbols.get(right)?.to)?;
        let (_, score) = self.pieces.get(both)?;
        Some(Pair { score: *score, left, right, len: both.len() })
    }
}

/// The bytes each token stands for.
pub(super) fn bytes(vocab: &Vocab) -> Bytes {
    let mut out = Bytes::default();
    for (_, name, class) in vocab.iter() {
        match class {
            Class::Byte => out.push(byte_of(name).as_slice()),
            Class::Normal => out.push(name.replace(SPACE, " ").as_bytes()),
            Class::UserDefined => out.push(name.as_bytes()),
            Class::Control | Class::Unknown | Class::Unused => out.push(&[]),
        }
    }
    out
}

/// `<0x0A>` is the byte 10.
fn byte_of(name: &str) -> Option<u8> {
    let digits = name.strip_prefix("<0x")?.strip_suffix('>')?;
    u8::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 2)
}
