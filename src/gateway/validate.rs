//! What a message may be.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use unicode_normalization::UnicodeNormalization as _;

use crate::domain::error::{ErrorCode, Rejected};
use crate::domain::ids::SESSION_ID_MAX;

fn invalid(message: impl Into<String>) -> Rejected {
    Rejected::new(ErrorCode::InvalidMessage, message)
}

/// A message's text in its accepted form: NFC, line feeds only, trimmed.
///
/// # Errors
/// `invalid_message`, saying whether it is empty, too long, or holds forbidden characters.
pub fn text(raw: &str, most: usize) -> Result<String, Rejected> {
    let text: String = raw.replace("\r\n", "\n").nfc().collect();
    let text = text.trim();
    if text.is_empty() {
        return Err(invalid("The message is empty."));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err(invalid("The message holds control characters, which are not allowed."));
    }
    let length = text.chars().count();
    if length > most {
        return Err(invalid(format!("The message is too long: {length} characters, {most} are allowed.")));
    }
    Ok(text.to_owned())
}

/// A client's name for its message: 1 to 64 characters without control characters.
///
/// # Errors
/// `invalid_message`.
pub fn client_id(raw: &str) -> Result<String, Rejected> {
    let fits = (1..=SESSION_ID_MAX).contains(&raw.chars().count()) && !raw.chars().any(char::is_control);
    if fits { Ok(raw.to_owned()) } else { Err(invalid("client_message_id must be 1 to 64 characters.")) }
}

/// A language code: `en`, `pt-BR`.
///
/// # Errors
/// `invalid_message`.
pub fn language(raw: &str) -> Result<String, Rejected> {
    let fits = (2..=12).contains(&raw.len()) && raw.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if fits { Ok(raw.to_owned()) } else { Err(invalid("language must be a code such as en or pt-BR.")) }
}

/// What two messages without a name of their own are compared by.
pub fn text_hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_normalised_and_bounded() {
        for (raw, expected) in [
            ("  hi \r\n there ", Some("hi \n there")),
            ("cafe\u{301}", Some("caf\u{e9}")),
            ("a\tb", Some("a\tb")),
            ("", None),
            ("  \n ", None),
            ("a\0b", None),
            ("a\u{7}b", None),
            ("a\rb", None),
            ("\u{85}x", Some("x")),
        ] {
            assert_eq!(text(raw, 1_000).ok().as_deref(), expected, "{raw:?}");
        }
        assert!(text(&"\u{1f600}".repeat(1_000), 1_000).is_ok(), "characters are counted, not bytes");
        assert!(text(&"x".repeat(1_001), 1_000).is_err());
        assert!(text(&format!(" {} ", "x".repeat(1_000)), 1_000).is_ok(), "counted after trimming");
    }

    #[test]
    fn names_of_messages_are_bounded() {
        assert!(client_id("c-1").is_ok());
        for bad in ["", "a\nb", &"x".repeat(65)] {
            assert!(client_id(bad).is_err());
        }
        assert!(language("pt-BR").is_ok() && language("x").is_err() && language("<b>").is_err());
    }
}
