//! How fast models talk, here and behind a server, on the shop's own prompts; and how they do as its voice.
//!
//! A run asks one model for answers of so many tokens to prompts of so many tokens, so many conversations
//! at once ([`Run`]). Prompts are cut from what the demo shop tells its models in a few scripted chats
//! ([`prompts`]), and no two of them begin alike, so that what a server keeps of an earlier prompt answers
//! none. (Two briefs for the decoder the program carries may share the customer's message before their
//! points.) A round that is not counted warms up. Of the rounds after it:
//!
//! - *time to first token*: from the question to the first piece of the answer, over the network where there
//!   is one, and with the wait for a place where several ask at once;
//! - *prefill*: the tokens of a prompt over its time to first token, in the median;
//! - *decode*: the tokens of an answer but its first over the time from the first piece to the end, in the
//!   median;
//! - *total decode*: the same of all conversations of a round together, from the first piece of any to the
//!   end of all, in the median of the rounds;
//! - *turn*: from the question to the end of an answer that began.
//!
//! A second turn of the same conversation, where it is asked for, is the first one's prompt, the answer as its text came and a
//! short question. Text that makes other tokens than those it was said in is read anew by any server that keeps tokens; the
//! report says how many answers were such.
//!
//! Tokens are those the model counts. An answer may end before its length: rates are by what was made. The
//! decoder the program carries breaks off where it is not sure, and tells no count: then its pieces are
//! counted, of which each is a token or more. A server that counts none is taken to have four characters to
//! a token, as elsewhere.
//!
//! [`chats`] drives the whole shop with the model as its voice: how many of its drafts the check of replies
//! refused, and what a chat cost that needed no person.

pub mod chart;
pub mod chats;
mod drive;
pub mod figures;
pub mod machine;
pub mod own;
mod plan;
pub mod prompts;
pub mod report;

use serde::{Deserialize, Serialize};

use crate::domain::agent::Provider;
pub use drive::{Talk, time};
pub use plan::plan;

/// One measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Where the model is: in this process, or behind a server.
    pub provider: Provider,
    /// Tokens a prompt is to have.
    pub prompt_tokens: u32,
    /// Most tokens of an answer.
    pub output_tokens: u32,
    /// Conversations at once.
    pub concurrency: u32,
}

/// A measurement that could not be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Which.
    #[serde(flatten)]
    pub run: Run,
    /// Why, in a sentence.
    pub reason: String,
}
