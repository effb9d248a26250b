//! Why a request was not taken: the code and the sentence a client sees.

use std::time::Duration;

use super::named::named_enum;

named_enum! {
    /// Machine-readable reasons, the same on every transport.
    ErrorCode {
        /// Empty, too long, wrong type, forbidden characters.
        InvalidMessage = "invalid_message",
        /// No such session, or not with this token.
        InvalidSession = "invalid_session",
        /// No token.
        Unauthorized = "unauthorized",
        /// Not allowed from here.
        Forbidden = "forbidden",
        /// Nothing there.
        NotFound = "not_found",
        /// Already done, changed or expired.
        Conflict = "conflict",
        /// The session has ended.
        SessionExpired = "session_expired",
        /// Larger than the limit.
        PayloadTooLarge = "payload_too_large",
        /// Not JSON.
        UnsupportedMediaType = "unsupported_media_type",
        /// Too many requests from this address.
        RateLimited = "rate_limited",
        /// No room at present.
        Busy = "busy",
        /// No answer in time.
        Timeout = "timeout",
        /// Our fault.
        Internal = "internal",
    }
}

/// A refusal with what a client is told: calm words, no cause.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Rejected {
    /// Why, for machines.
    pub code: ErrorCode,
    /// Why, for people; plain English, nothing of the inside.
    pub message: String,
    /// When it is worth trying again.
    pub retry_after: Option<Duration>,
}

impl Rejected {
    /// A refusal that trying again will not change.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retry_after: None }
    }

    /// A refusal for now.
    pub fn retry(code: ErrorCode, message: impl Into<String>, after: Duration) -> Self {
        Self { code, message: message.into(), retry_after: Some(after) }
    }

    /// Our fault, whatever the cause; the cause belongs in the log.
    pub fn internal() -> Self {
        Self::new(ErrorCode::Internal, "Something went wrong on our side. Please try again.")
    }

    /// Unknown session or wrong token: one answer for both, so that neither can be probed.
    pub fn invalid_session() -> Self {
        Self::new(ErrorCode::InvalidSession, "This session is not known, or the token does not fit it.")
    }
}
