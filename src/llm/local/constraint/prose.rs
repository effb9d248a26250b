//! Running text without digits but in placeholders and in names of the shop's records.
//!
//! Tokens are checked byte by byte against a small automaton, so it does not matter how a vocabulary
//! cuts text: a digit may be a token, part of a word, or spread over three byte tokens.

use super::super::tokenizer::Bytes;
use super::checks::{Check, Checks};
use super::tree::{Node, Tree};

/// Names that can be under way at once: one may begin within another.
const AT_ONCE: usize = 4;
/// Behind which, and behind a space, a name may begin.
const BEFORE: &[u8] = b"(\"'*";
/// What may follow a name that holds digits, beside a space: nothing that makes it another name.
const BEHIND: &[u8] = b".,;:!?)\"'*";

/// The names that the text up to here may be the beginning of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Begun {
    nodes: [Node; AT_ONCE],
    count: u8,
    /// Whether one may begin here.
    may_begin: bool,
}

impl Begun {
    const NONE: Self = Self { nodes: [Tree::ROOT; AT_ONCE], count: 0, may_begin: false };

    fn nodes(&self) -> &[Node] {
        self.nodes.get(..usize::from(self.count)).unwrap_or_default()
    }

    /// Adds a place; the fifth is left out, so that name has to wait for its next mention.
    fn add(&mut self, node: Node) {
        if let Some(free) = self.nodes.get_mut(usize::from(self.count)) {
            *free = node;
            self.count += 1;
        }
    }

    /// The names still possible after one more byte, with those that begin with it.
    fn after(&self, byte: u8, names: &Tree) -> Self {
        let mut next = Self { may_begin: byte.is_ascii_whitespace() || BEFORE.contains(&byte), ..Self::NONE };
        let first = self.may_begin.then_some(Tree::ROOT);
        for node in self.nodes().iter().copied().chain(first) {
            if let Some(node) = names.follow(node, byte) {
                next.add(node);
            }
        }
        next
    }

    fn whole(&self, names: &Tree) -> bool {
        self.nodes().iter().any(|node| names.whole(*node))
    }
}

/// Where in the text the automaton is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// In running text, after the first `len` bytes of an unfinished character.
    Outside { bytes: [u8; 4], len: u8, begun: Begun },
    /// Within a placeholder, after the letters that lead to this node.
    Placeholder(Node),
    /// Within a name that has to be finished, since it holds a digit.
    Name(Begun),
}

impl State {
    /// Where a text begins.
    pub(super) const START: Self = Self::outside(Begun { may_begin: true, ..Begun::NONE });

    const fn outside(begun: Begun) -> Self {
        Self::Outside { bytes: [0; 4], len: 0, begun }
    }
}

/// The placeholders and names of one prompt.
#[derive(Debug)]
pub(super) struct Prose {
    placeholders: Tree,
    names: Tree,
}

impl Prose {
    /// Allows these placeholders, given with or without their braces, and digits in these names.
    ///
    /// What the vocabulary cannot spell byte by byte is left out, so that what was begun can always be finished; of the
    /// names also those without a digit, for which nothing has to be allowed.
    pub(super) fn new(placeholders: &[String], names: &[String], checks: &Checks) -> Self {
        let bare = |name: &'_ String| -> bool { !name.is_empty() && !name.contains(['{', '}']) && checks.spell(name) };
        let placeholders: Vec<String> = placeholders
            .iter()
            .map(|name| name.strip_prefix('{').and_then(|n| n.strip_suffix('}')).unwrap_or(name).to_owned())
            .filter(|name| bare(name) && checks.spell("}"))
            .collect();
        let names = names.iter().map(|name| name.trim().to_owned()).filter(|name| bare(name) && name.contains(char::is_numeric));
        let names: Vec<String> = names.collect();
        Self { placeholders: Tree::new(placeholders.iter().map(String::as_str)), names: Tree::new(names.iter().map(String::as_str)) }
    }

    /// The state after one more byte; `None` if it is forbidden.
    fn step(&self, state: State, byte: u8) -> Option<State> {
        match state {
            State::Placeholder(at) if byte == b'}' => self.placeholders.whole(at).then_some(State::outside(Begun::NONE)),
            State::Placeholder(at) => self.placeholders.follow(at, byte).map(State::Placeholder),
            State::Name(begun) => self.within_name(begun, byte),
            State::Outside { bytes, len, begun } => self.outside(bytes, len, begun, byte),
        }
    }

    /// Within a name: on along it, or behind it where it is whole. What follows may be part of a longer name as well.
    fn within_name(&self, begun: Begun, byte: u8) -> Option<State> {
        // Another name begins only behind this one.
        let next = Begun { may_begin: false, ..begun }.after(byte, &self.names);
        if begun.whole(&self.names) && (byte.is_ascii_whitespace() || BEHIND.contains(&byte)) {
            return Some(State::outside(next));
        }
        (next.count > 0).then_some(State::Name(next))
    }

    fn outside(&self, mut bytes: [u8; 4], len: u8, begun: Begun, byte: u8) -> Option<State> {
        let at = usize::from(len);
        let begun = begun.after(byte, &self.names);
        // A number stands only in a name, which then has to be finished.
        let number = (begun.count > 0).then_some(State::Name(begun));
        let continues = byte & 0xc0 == 0x80;
        if continues && len > 0 {
            *bytes.get_mut(at)? = byte;
            let so_far = bytes.get(..=at)?;
            return match std::str::from_utf8(so_far) {
                Ok(text) if text.chars().any(char::is_numeric) => number,
                Ok(_) => Some(State::outside(begun)),
                // Not finished, or never to be: what follows shows it.
                Err(e) if e.error_len().is_none() => Some(State::Outside { bytes, len: len + 1, begun }),
                Err(_) => Some(State::outside(begun)),
            };
        }
        // A character that was begun and breaks off here is shown as a replacement mark.
        match byte {
            b'{' => (!self.placeholders.is_empty()).then_some(State::Placeholder(Tree::ROOT)),
            b'}' => None,
            b'0'..=b'9' => number,
            0xc2..=0xf4 => Some(State::Outside { bytes: [byte, 0, 0, 0], len: 1, begun }),
            _ => Some(State::outside(begun)),
        }
    }

    /// Whether a token may follow.
    pub(super) fn allows(&self, state: State, id: u32, checks: &Checks, bytes: &Bytes) -> bool {
        match (checks.of(id), state) {
            (Check::Never, _) => false,
            (Check::Good, State::Outside { .. }) => true,
            _ => self.walk(state, id, bytes).is_some(),
        }
    }

    /// The state after a token that may follow; after another, as it was.
    pub(super) fn after(&self, state: State, id: u32, checks: &Checks, bytes: &Bytes) -> State {
        match (checks.of(id), state) {
            (Check::Never, _) => state,
            (Check::Good, State::Outside { .. }) if self.names.is_empty() => State::START,
            _ => self.walk(state, id, bytes).unwrap_or(state),
        }
    }

    fn walk(&self, state: State, id: u32, bytes: &Bytes) -> Option<State> {
        bytes.of(id).iter().try_fold(state, |state, byte| self.step(state, *byte))
    }

    /// Whether a text may end here.
    pub(super) fn may_end(&self, state: State) -> bool {
        match state {
            State::Outside { .. } => true,
            State::Placeholder(_) => false,
            State::Name(begun) => begun.whole(&self.names),
        }
    }
}
