//! Networks that read tokens and score what may follow.
//!
//! A network holds weights and nothing of any conversation: what was read of one is its [`Cache`], which costs little to
//! copy, can be cut back, and is kept by whoever talks. So a network serves several conversations in one step.
//!
//! [`Transformer`] is ours, for the architectures described in [`architecture`]; [`Candle`] holds what candle-transformers
//! has besides, one conversation at a time.

pub(super) mod architecture;
mod attention;
mod cache;
mod candle;
mod load;
mod steps;
mod transformer;
mod turns;

use super::super::kernels::matrix::Bytes;
use super::super::kernels::team::Team;
use super::error::LocalError;
use super::gguf::Header;
use super::plan::{Family, Plan};
pub(super) use cache::{Cache, PAGE, Shape};
pub(super) use candle::{Candle, Library};
pub(super) use load::suits;
pub(super) use transformer::Transformer;

/// Tokens of one conversation for a step.
pub(super) struct Feed<'a> {
    /// What was read of it so far; the tokens are added.
    pub cache: &'a mut Cache,
    /// At least one.
    pub tokens: &'a [u32],
    /// Whether the scores behind every token are wanted, and not only those behind the last.
    pub all: bool,
}

/// A network.
pub(super) trait Network: Send {
    /// Reads tokens of several conversations, each where it stands, and returns for each the scores (logits) of what may
    /// follow: one for each row of the vocabulary, behind the last token, or row after row behind all of them.
    ///
    /// What a conversation's scores are does not depend on the others, nor on how its tokens were spread over steps.
    fn step(&mut self, feeds: &mut [Feed<'_>]) -> Result<Vec<Vec<f32>>, LocalError>;

    /// Whether it takes several conversations in a step, and caches that were cut back or copied.
    fn is_shared(&self) -> bool {
        true
    }

    /// Bytes that a position of a conversation takes.
    fn position_bytes(&self) -> usize {
        0
    }
}

/// Makes the network of a file: ours where it [`suits`], else the library's.
///
/// # Errors
/// When the library refuses it.
pub(super) fn load(plan: &Plan, file: &Header, bytes: &Bytes, threads: usize) -> Result<Box<dyn Network>, LocalError> {
    Ok(match plan.family {
        Family::Own(about) if suits(plan, file) => Box::new(Transformer::load(about, plan, file, bytes, Team::new(threads)?)?),
        _ => Box::new(Candle::load(plan, file, bytes.get())?),
    })
}
