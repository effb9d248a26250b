//! Identifiers: what a client sees, and what the store sorts by.
//!
//! A session has two names. [`SessionId`] is the public one: a random UUID made by the server, or a
//! name chosen on the command line. [`SessionKey`] is the store's: eight bytes that grow with time, so
//! that the rows of conversations that happen together lie together on disk. Message identifiers are
//! built from the key and a counter; they need no index of their own and reveal no counts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Shortest session name accepted from a command line.
pub const SESSION_ID_MIN: usize = 8;
/// Longest session name, and longest identifier of any kind that leaves the process.
pub const SESSION_ID_MAX: usize = 64;

/// The text is not an identifier of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid identifier")]
pub struct BadId;

/// The public name of a conversation: 8 to 64 characters of `A-Z a-z 0-9 _ -`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SessionId(Box<str>);

impl SessionId {
    /// A fresh random identifier (UUID version 4).
    pub fn random() -> Self {
        Self(uuid::Uuid::new_v4().to_string().into())
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SessionId {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let length_fits = (SESSION_ID_MIN..=SESSION_ID_MAX).contains(&text.len());
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if length_fits && text.bytes().all(allowed) { Ok(Self(text.into())) } else { Err(BadId) }
    }
}

impl TryFrom<String> for SessionId {
    type Error = BadId;

    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl From<SessionId> for String {
    fn from(id: SessionId) -> Self {
        id.0.into()
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The store's name of a session: creation second in the upper half, randomness in the lower.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SessionKey(pub u64);

impl SessionKey {
    /// A key for a session opened at `unix_seconds`, told apart from its neighbours by `noise`.
    pub fn new(unix_seconds: u32, noise: u32) -> Self {
        Self(u64::from(unix_seconds) << 32 | u64::from(noise))
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Position of a stored message in its session: 1, 2, 3 ... without gaps.
pub type Seq = u32;

/// The opaque identifier of a stored message.
///
/// A reply's identifier is known before the reply is committed, because it is made from the message it
/// answers: streamed sentences and the final message carry the same one, also after a crash replays
/// the turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessageId {
    /// The session the message belongs to.
    pub session: SessionKey,
    /// Sequence number of the message itself, or of the message it answers when `reply` is set.
    pub seq: Seq,
    /// Whether this names the automatic answer to message `seq`.
    pub reply: bool,
}

impl MessageId {
    /// The identifier of the message stored at `seq`.
    pub fn at(session: SessionKey, seq: Seq) -> Self {
        Self { session, seq, reply: false }
    }

    /// The identifier of the automatic answer to the message stored at `seq`.
    pub fn reply_to(session: SessionKey, seq: Seq) -> Self {
        Self { session, seq, reply: true }
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.reply { "r" } else { "" };
        write!(f, "{:016x}-{}{mark}", self.session.0, self.seq)
    }
}

impl FromStr for MessageId {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let (key, rest) = text.split_once('-').ok_or(BadId)?;
        let (digits, reply) = match rest.strip_suffix('r') {
            Some(digits) => (digits, true),
            None => (rest, false),
        };
        let canonical = key.len() == 16 && !digits.starts_with(['0', '+']);
        if !canonical {
            return Err(BadId);
        }
        let session = SessionKey(u64::from_str_radix(key, 16).map_err(|_| BadId)?);
        let seq = digits.parse().map_err(|_| BadId)?;
        Ok(Self { session, seq, reply })
    }
}

/// Identifier of one piece of evidence: the reply that cites it and its place there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EvidenceId {
    /// The reply that rests on the evidence.
    pub message: MessageId,
    /// Index into that reply's evidence list.
    pub index: u16,
}

impl fmt::Display for EvidenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-e{}", self.message, self.index)
    }
}

impl FromStr for EvidenceId {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let (message, index) = text.rsplit_once("-e").ok_or(BadId)?;
        Ok(Self { message: message.parse()?, index: index.parse().map_err(|_| BadId)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_names_have_a_length_and_an_alphabet() {
        for good in ["abcdefgh", "A_b-1234", &"x".repeat(64)] {
            assert!(good.parse::<SessionId>().is_ok(), "{good}");
        }
        for bad in ["", "short", "has space", "ümlaut-ok?", &"x".repeat(65), "semi;colon"] {
            assert!(bad.parse::<SessionId>().is_err(), "{bad}");
        }
        assert!(SessionId::random().as_str().parse::<SessionId>().is_ok());
    }

    #[test]
    fn message_ids_read_back_as_written() {
        let key = SessionKey::new(1_700_000_000, 7);
        for id in [MessageId::at(key, 1), MessageId::reply_to(key, 4_000_000)] {
            assert_eq!(id.to_string().parse(), Ok(id));
            assert!(id.to_string().len() <= SESSION_ID_MAX);
            let evidence = EvidenceId { message: id, index: 12 };
            assert_eq!(evidence.to_string().parse(), Ok(evidence));
        }
        for bad in ["", "-", "12-1", "0000000000000001-", "0000000000000001-01", "0000000000000001-+1"] {
            assert_eq!(bad.parse::<MessageId>(), Err(BadId), "{bad}");
        }
    }
}
