//! What a server understands of the protocol beyond its core.
//!
//! Servers that speak it refuse parts they do not know, each in its own way. What a server has refused is
//! left out from then on, once an answer has shown that it was that.

use std::sync::atomic::{AtomicU8, Ordering};

/// A part of a request a server may not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `response_format` with a schema; without it, with any JSON.
    Schema,
    /// `response_format` at all; without it, the instructions ask for JSON.
    Format,
    /// `stream_options`; without it, tokens are guessed.
    Usage,
    /// `seed`.
    Seed,
    /// `max_tokens` by that name; without it, by its newer one.
    MaxTokens,
    /// `temperature`.
    Temperature,
}

impl Part {
    const ALL: [Self; 6] = [Self::Schema, Self::Format, Self::Usage, Self::Seed, Self::MaxTokens, Self::Temperature];

    /// Words by which a refusal names the part.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Schema => &["json_schema", "response_format"],
            Self::Format => &["json_object", "response_format"],
            Self::Usage => &["stream_options", "include_usage"],
            Self::Seed => &["seed"],
            Self::MaxTokens => &["max_tokens"],
            Self::Temperature => &["temperature"],
        }
    }
}

/// The parts a server does not understand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dialect(u8);

impl Dialect {
    /// The core of the protocol and the length of the answer.
    const PLAINEST: Self = Self(0b10_1111);

    /// Whether a part may be used.
    pub fn has(self, part: Part) -> bool {
        self.0 & (1 << part as u8) == 0
    }

    fn without(self, part: Part) -> Self {
        Self(self.0 | 1 << part as u8)
    }

    /// What to try after a refusal: without the part it names first, or, where it names none and `blindly`,
    /// without any. `None` when there is nothing left to leave out.
    pub fn after(self, refusal: &str, blindly: bool, used: impl Fn(Part) -> bool) -> Option<Self> {
        let refusal = refusal.to_lowercase();
        let place = |part: &Part| part.names().iter().filter_map(|name| refusal.find(name)).min();
        let named = Part::ALL.into_iter().filter(|part| self.has(*part) && used(*part));
        // Of parts named by the same word the first one goes first: a schema before any JSON.
        let named = named.filter_map(|part| Some((place(&part)?, part as u8, part))).min_by_key(|(at, order, _)| (*at, *order));
        match named {
            Some((_, _, part)) => Some(self.without(part)),
            None => (blindly && self.0 & Self::PLAINEST.0 != Self::PLAINEST.0).then_some(Self(self.0 | Self::PLAINEST.0)),
        }
    }
}

/// The dialect of a server, as far as it is known.
#[derive(Debug, Default)]
pub struct Learnt(AtomicU8);

impl Learnt {
    /// What is known now.
    pub fn get(&self) -> Dialect {
        Dialect(self.0.load(Ordering::Relaxed))
    }

    /// Keeps what an answer has shown.
    pub fn keep(&self, dialect: Dialect) {
        self.0.fetch_or(dialect.0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_refusal_names_is_left_out() {
        let all = Dialect::default();
        let plainest = Dialect::PLAINEST;
        for (from, refusal, expected) in [
            (all, r#"{"error": {"param": "stream_options", "message": "unknown"}}"#, Some(all.without(Part::Usage))),
            (all, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'.", Some(all.without(Part::MaxTokens))),
            (all, "'temperature' does not support 0.4 with this model", Some(all.without(Part::Temperature))),
            (all, "loc: body, response_format, type; input: json_schema", Some(all.without(Part::Schema))),
            (all.without(Part::Schema), "response_format.type", Some(all.without(Part::Schema).without(Part::Format))),
            (all, "extra fields not permitted: seed, stream_options", Some(all.without(Part::Seed))),
            (all, "bad request", Some(plainest)),
            (plainest, "bad request", None),
            (plainest, "use max_completion_tokens instead of max_tokens", Some(plainest.without(Part::MaxTokens))),
        ] {
            assert_eq!(from.after(refusal, true, |_| true), expected, "{refusal}");
        }
        assert_eq!(all.after("Internal Server Error", false, |_| true), None);
        assert_eq!(all.after("seed", true, |part| part != Part::Seed), Some(plainest), "what was not sent is not at fault");
        let learnt = Learnt::default();
        learnt.keep(all.without(Part::Seed));
        learnt.keep(all.without(Part::Usage));
        assert!(!learnt.get().has(Part::Seed) && !learnt.get().has(Part::Usage) && learnt.get().has(Part::Schema));
    }
}
