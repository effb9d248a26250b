//! What a model may say next: digits only within placeholders, placeholders only those that are known.
//!
//! Tokens are checked byte by byte against a small automaton, so it does not matter how a vocabulary
//! cuts text: a digit may be a token, part of a word, or spread over three byte tokens.

use super::tokenizer::{Bytes, Class, Vocab};

/// How a token is checked while digits are forbidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Check {
    /// Whole characters without numbers and braces: good anywhere outside a placeholder.
    Good,
    /// Has to be gone through byte by byte.
    Walk,
    /// Structure; never part of a text.
    Never,
}

/// What is known of a vocabulary, whatever the placeholders.
#[derive(Debug)]
pub(super) struct Checks {
    tokens: Vec<Check>,
    /// Bytes that are a token of their own.
    single: [bool; 256],
}

/// Opens the thoughts of reasoning models, which are no part of an answer.
const THOUGHTS: &str = "<think>";

impl Checks {
    /// Goes through a vocabulary once.
    pub(super) fn new(vocab: &Vocab, bytes: &Bytes) -> Self {
        let mut single = [false; 256];
        let tokens = (0u32..).zip(vocab.names.iter().zip(&vocab.classes)).map(|(id, (name, class))| {
            let text = bytes.of(id);
            if let [byte] = text {
                single[usize::from(*byte)] = true;
            }
            if text.is_empty() || !matches!(class, Class::Normal | Class::Byte | Class::UserDefined) || name == THOUGHTS {
                return Check::Never;
            }
            match std::str::from_utf8(text) {
                Ok(text) if !text.chars().any(|c| c.is_numeric() || matches!(c, '{' | '}')) => Check::Good,
                _ => Check::Walk,
            }
        });
        let tokens = tokens.collect();
        Self { tokens, single }
    }

    /// Whether a token may be part of any text.
    pub(super) fn is_text(&self, id: u32) -> bool {
        self.tokens.get(id as usize).is_some_and(|check| *check != Check::Never)
    }
}

#[derive(Debug, Default)]
struct Node {
    next: Vec<(u8, usize)>,
    whole: bool,
}

/// Where in the text the automaton is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Outside a placeholder, after the first `len` bytes of an unfinished character.
    Outside { bytes: [u8; 4], len: u8 },
    /// Within one, after the letters that lead to this node.
    Inside(usize),
}

impl State {
    /// Where a text begins.
    pub(super) const START: Self = Self::Outside { bytes: [0; 4], len: 0 };
}

/// The placeholders of one prompt.
#[derive(Debug)]
pub(super) struct Guard {
    /// A tree of names; the first node is the root.
    nodes: Vec<Node>,
}

impl Guard {
    /// Allows these placeholders, given with or without their braces.
    ///
    /// A name that the vocabulary cannot spell byte by byte is left out, so that a placeholder which was
    /// begun can always be finished.
    pub(super) fn new(names: &[String], checks: &Checks) -> Self {
        let mut guard = Self { nodes: vec![Node::default()] };
        for name in names {
            let name = name.strip_prefix('{').and_then(|n| n.strip_suffix('}')).unwrap_or(name);
            let spelled = name.bytes().chain([b'}']).all(|b| checks.single[usize::from(b)]);
            if spelled && !name.is_empty() && !name.contains(['{', '}']) {
                guard.add(name);
            }
        }
        guard
    }

    fn add(&mut self, name: &str) {
        let mut at = 0;
        for byte in name.bytes() {
            at = match self.follow(at, byte) {
                Some(next) => next,
                None => {
                    self.nodes.push(Node::default());
                    let new = self.nodes.len() - 1;
                    if let Some(node) = self.nodes.get_mut(at) {
                        node.next.push((byte, new));
                    }
                    new
                }
            };
        }
        if let Some(node) = self.nodes.get_mut(at) {
            node.whole = true;
        }
    }

    fn follow(&self, at: usize, byte: u8) -> Option<usize> {
        self.nodes.get(at)?.next.iter().find(|(b, _)| *b == byte).map(|(_, next)| *next)
    }

    /// The state after one more byte; `None` if it is forbidden.
    fn step(&self, state: State, byte: u8) -> Option<State> {
        match state {
            State::Inside(at) if byte == b'}' => self.nodes.get(at)?.whole.then_some(State::START),
            State::Inside(at) => self.follow(at, byte).map(State::Inside),
            State::Outside { bytes, len } => self.outside(bytes, len, byte),
        }
    }

    fn outside(&self, mut bytes: [u8; 4], len: u8, byte: u8) -> Option<State> {
        let at = usize::from(len);
        let continues = byte & 0xc0 == 0x80;
        if continues && len > 0 {
            *bytes.get_mut(at)? = byte;
            let so_far = bytes.get(..=at)?;
            return match std::str::from_utf8(so_far) {
                Ok(text) if text.chars().any(char::is_numeric) => None,
                Ok(_) => Some(State::START),
                // Not finished, or never to be: what follows shows it.
                Err(e) if e.error_len().is_none() => Some(State::Outside { bytes, len: len + 1 }),
                Err(_) => Some(State::START),
            };
        }
        // A character that was begun and breaks off here is shown as a replacement mark.
        match byte {
            b'{' => (!self.nodes.first()?.next.is_empty()).then_some(State::Inside(0)),
            b'}' | b'0'..=b'9' => None,
            0xc2..=0xf4 => Some(State::Outside { bytes: [byte, 0, 0, 0], len: 1 }),
            _ => Some(State::START),
        }
    }

    /// The state after a token; `None` if it may not follow.
    pub(super) fn after(&self, state: State, id: u32, checks: &Checks, bytes: &Bytes) -> Option<State> {
        match (checks.tokens.get(id as usize)?, state) {
            (Check::Never, _) => None,
            (Check::Good, State::Outside { .. }) => Some(State::START),
            _ => bytes.of(id).iter().try_fold(state, |state, byte| self.step(state, *byte)),
        }
    }
}
