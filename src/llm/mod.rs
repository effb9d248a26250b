//! Models: the only module that dials out, and the only one that knows candle.
//!
//! A [`ChatModel`] is given a prompt and says something. It knows nothing of the shop: facts are prepared,
//! personal data masked and replies checked by the turn, whatever model speaks.

pub mod client;
pub mod encoder;
/// Only for the benches: nothing else outside of this module knows of it.
#[doc(hidden)]
pub mod kernels;
pub mod local;
pub mod models;
pub mod remote;
mod voices;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::domain::agent::Provider;
pub use voices::{Voices, voices, wants_local};

/// Who says a part of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Instructions.
    System,
    /// The customer.
    User,
    /// The shop.
    Assistant,
}

/// What must hold for the text while it is made; a model that cannot promise it is checked afterwards.
#[derive(Debug, Clone, PartialEq)]
pub enum Constraint {
    /// Nothing.
    Free,
    /// No digit outside placeholders such as `{F3}`, and no placeholder but these. The decoder the program carries says each
    /// at most as often as it stands here.
    Placeholders(Vec<String>),
    /// As [`Constraint::Placeholders`], but names of the shop's records may be spelled out, digits and all.
    ///
    /// A model likes to say "Galaxy S24" where it was given a placeholder for it. Under the bare ban on digits it cannot
    /// finish that and stumbles; here a name that was begun at a word's beginning may go on to its digit, has from there
    /// to be one of these to its last letter, and ends with a word. So no number is said but those of the records.
    Named {
        /// Placeholders, as there.
        placeholders: Vec<String>,
        /// Names as the records write them. Those without a digit need no leave and may be left out.
        names: Vec<String>,
    },
    /// One of these texts and nothing else, without spaces around it.
    Choice(Vec<String>),
    /// A JSON document of this schema. Names of records are held to here by an `enum` of them.
    Schema {
        /// Its name.
        name: String,
        /// The JSON schema.
        schema: serde_json::Value,
    },
}

impl Constraint {
    /// The placeholders of running text that has some, or must not have any.
    pub fn placeholders(&self) -> Option<&[String]> {
        match self {
            Self::Placeholders(placeholders) | Self::Named { placeholders, .. } => Some(placeholders),
            Self::Free | Self::Choice(_) | Self::Schema { .. } => None,
        }
    }

    /// Whether the answer is no running text, but has a form of its own.
    pub fn is_form(&self) -> bool {
        matches!(self, Self::Choice(_) | Self::Schema { .. })
    }
}

/// Who a prompt is answered for. Where several want the same model, the first of these goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A customer, who waits for a reply.
    Turn,
    /// Others. The model in this process answers them only while no customer's turn wants their place: what was begun is
    /// put aside and goes on afterwards. Under customers without end they wait until [`Prompt::first_token`] or
    /// [`Prompt::whole`] is over, and are told [`ModelError::Timeout`].
    Aside,
}

/// What a model is asked.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// What was said so far, oldest first.
    pub messages: Vec<(Role, String)>,
    /// Who it is answered for.
    pub rank: Rank,
    /// Most tokens of the answer.
    pub max_tokens: u32,
    /// Sampling temperature; 0 takes the likeliest token.
    pub temperature: f32,
    /// Seed of the sampling, where the model takes one.
    pub seed: Option<u64>,
    /// Texts that end the answer, which ends before them.
    pub stop: Vec<String>,
    /// What must hold for the text.
    pub constraint: Constraint,
    /// How long the first token may take.
    pub first_token: Duration,
    /// How long the whole answer may take.
    pub whole: Duration,
}

/// What a model said.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The text.
    pub text: String,
    /// Tokens of the prompt, where the model counts them.
    pub tokens_in: u32,
    /// Tokens of the answer.
    pub tokens_out: u32,
    /// The model's own name, as it gives it.
    pub model: String,
    /// Why it ended here.
    pub ended: Ended,
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The model had no more to say, or came to a text that ends the answer.
    Stop,
    /// There was no room for more: [`Prompt::max_tokens`], or all the model can read.
    Length,
}

/// Why a model did not answer. Nothing of a server's own words is in it: they may repeat what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// No first token, or no end, in time.
    #[error("the model did not answer in time")]
    Timeout,
    /// The server refused, with this HTTP status.
    #[error("the model's server refused with status {0}")]
    Refused(u16),
    /// The connection could not be made, or broke.
    #[error("the model's server cannot be reached")]
    Unreachable,
    /// The answer makes no sense in the protocol.
    #[error("the model's answer cannot be read")]
    Unreadable,
    /// It failed too often lately and is left alone for a while.
    #[error("the model failed too often lately")]
    Resting,
    /// The day's budget is spent.
    #[error("the day's budget for the model is spent")]
    Budget,
    /// Too many turns wait for it already.
    #[error("too many turns wait for the model")]
    Busy,
    /// The prompt is longer than the model can read.
    #[error("the prompt is too long for the model")]
    TooLong,
    /// What was asked of the answer's form cannot be kept: the log says why.
    #[error("the model cannot keep to the form that was asked for: ask for a simpler one")]
    Form,
    /// It does not know well enough how to go on.
    #[error("the model is not sure how to go on")]
    Unsure,
    /// The model in this process broke.
    #[error("the model in this process failed")]
    Failed,
}

impl ModelError {
    /// The name used in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Refused(_) => "refused",
            Self::Unreachable => "unreachable",
            Self::Unreadable => "unreadable",
            Self::Resting => "resting",
            Self::Budget => "budget",
            Self::Busy => "busy",
            Self::TooLong => "too_long",
            Self::Form => "form",
            Self::Unsure => "unsure",
            Self::Failed => "failed",
        }
    }
}

/// How a model is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It answers.
    Healthy,
    /// It failed lately, or is skipped for now.
    Degraded,
    /// It is still being loaded.
    Loading,
}

/// What a model is told of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Brief {
    /// Rules, facts, points, and what was said before: for models that follow instructions.
    Full,
    /// The message and the points, in the one form that the decoder the program carries has learnt.
    Short,
}

/// An answer under way.
pub type Saying<'a> = Pin<Box<dyn Future<Output = Result<Said, ModelError>> + Send + 'a>>;

/// A model that talks: remote, local, or scripted for tests.
pub trait ChatModel: Send + Sync {
    /// Its name.
    fn name(&self) -> String;

    /// What replies it words are marked with.
    fn provider(&self) -> Provider;

    /// What it wants to be told.
    fn brief(&self) -> Brief {
        Brief::Full
    }

    /// Answers a prompt. Pieces of the text are sent on as they come; dropping the future, or the other
    /// end of `pieces`, ends the work.
    fn say<'a>(&'a self, prompt: &'a Prompt, pieces: Option<mpsc::UnboundedSender<String>>) -> Saying<'a>;

    /// How it is.
    fn health(&self) -> Health;
}
