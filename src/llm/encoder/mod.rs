//! The embedded encoder: what a message is for, how sure that is, and where it lies among others.
//!
//! A BERT of six layers on candle-core's `QMatMul`, read from one GGUF file that is compiled in.
//! It needs no network and no other file. How it was trained and what it scores:
//! `models/nano/ENCODER.md`.
//!
//! The heavy products run in candle-core's own thread pool; for texts this short more than one
//! thread gains little, and on a busy machine loses (`CANDLE_NUM_THREADS`, else `RAYON_NUM_THREADS`, sets how many).

mod adjustment;
mod error;
pub mod fit;
mod gguf;
mod input;
mod linear;
mod math;
mod model;
mod scores;
mod tables;
#[cfg(test)]
mod tests;
mod wordpiece;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use parking_lot::RwLock;
use sha2::{Digest, Sha256};

pub use adjustment::Adjustment;
pub use error::EncoderError;
pub use input::{EMBEDDED_PIECES, Utterance};
pub use scores::{INTENTS, Scores};

use gguf::Gguf;
use input::{FORMAT, Input, Layout};
use model::{Hidden, Model, Top};
use scores::Heads;
use wordpiece::WordPiece;

/// The weights the program carries.
static FILE: &[u8] = include_bytes!("../../../models/nano/encoder.gguf");

/// A loaded encoder: one behind an `Arc` serves every thread. Its weights never change; what a shop taught it lies
/// beside them and can be exchanged while it is in use.
pub struct Encoder {
    layout: Layout,
    model: Model,
    heads: Heads,
    adjustment: RwLock<Option<Arc<Adjustment>>>,
    /// Names the weights, from a sample of the file.
    fingerprint: String,
    /// SHA-256 of the file. That of the compiled-in one is computed when somebody asks: hashing 24 MB
    /// would be a good part of the start.
    digest: OnceLock<String>,
}

impl std::fmt::Debug for Encoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encoder").field("digest", &self.digest()).finish_non_exhaustive()
    }
}

impl Encoder {
    /// The encoder the program carries.
    ///
    /// Its word table is read where it lies in the program. The first call of [`Encoder::score`] or
    /// [`Encoder::embed`] takes some milliseconds longer than the others: it lays the weights out
    /// for the processor.
    ///
    /// # Errors
    /// As [`Encoder::from_gguf`]; with the file of this repository, none.
    pub fn embedded() -> Result<Self, EncoderError> {
        Self::read(FILE, Cow::Borrowed, OnceLock::new())
    }

    /// An encoder from the bytes of a GGUF file, which are not needed afterwards.
    ///
    /// # Errors
    /// Names what is wrong with the file: cut short, another architecture, a key or a tensor
    /// missing or of another shape, other labels than the five intents. No more memory is taken
    /// than a few times the bytes given.
    pub fn from_gguf(bytes: &[u8]) -> Result<Self, EncoderError> {
        Self::read(bytes, |part| Cow::Owned(part.to_vec()), OnceLock::from(hex(&Sha256::digest(bytes))))
    }

    fn read<'a>(bytes: &'a [u8], keep: impl Fn(&'a [u8]) -> Cow<'static, [u8]>, digest: OnceLock<String>) -> Result<Self, EncoderError> {
        let file = Gguf::read(bytes)?;
        let architecture = file.text("general.architecture")?;
        if architecture != "bert" {
            return Err(EncoderError::Architecture(architecture.to_owned()));
        }
        let format = file.integer("electromart.input_format")?;
        if format != FORMAT {
            return Err(EncoderError::InputFormat(format));
        }
        let pieces = file.texts("tokenizer.ggml.tokens")?;
        let layout = Layout::new(WordPiece::new(pieces)?)?;
        let model = Model::read(&file, pieces.len(), keep)?;
        let heads = Heads::read(&file, 2 * model.width)?;
        Ok(Self { layout, model, heads, adjustment: RwLock::default(), fingerprint: fingerprint(bytes), digest })
    }

    /// Scores what the last message of a conversation is for.
    ///
    /// `text` is the customer's message, `history` what was said before it, oldest first; only its
    /// last two lines are read, and of each line no more than 24 pieces (of the text 64). Any text
    /// will do, also an empty one.
    ///
    /// # Errors
    /// [`EncoderError::Tensor`] if the tensor library refuses an operation.
    pub fn score(&self, text: &str, history: &[Utterance<'_>]) -> Result<Scores, EncoderError> {
        Ok(self.scores_of(self.model.forward(&self.layout.conversation(text, history), Top::Reading)?))
    }

    /// The same, and where the message lies among other texts, as [`Encoder::embed`] says it. That is there
    /// only without history: what was said before is part of the vector otherwise.
    ///
    /// # Errors
    /// As [`Encoder::score`].
    pub fn look(&self, text: &str, history: &[Utterance<'_>]) -> Result<(Scores, Option<Vec<f32>>), EncoderError> {
        let input = self.layout.conversation(text, history);
        if !history.is_empty() {
            return Ok((self.scores_of(self.model.forward(&input, Top::Reading)?), None));
        }
        let (read, placed) = self.model.both(&input)?;
        Ok((self.scores_of(read), Some(math::unit(placed.mean))))
    }

    fn scores_of(&self, read: Hidden) -> Scores {
        let taught = self.adjustment.read().clone();
        self.heads.score(&features_of(read), taught.as_deref())
    }

    /// What the heads see of a message: as [`Encoder::score`], but before anything is said of it.
    ///
    /// # Errors
    /// As [`Encoder::score`].
    pub fn features(&self, text: &str, history: &[Utterance<'_>]) -> Result<Vec<f32>, EncoderError> {
        Ok(features_of(self.model.forward(&self.layout.conversation(text, history), Top::Reading)?))
    }

    /// The scores of features, as the file has them or with an adjustment; what is in use does not matter.
    pub fn scores_with(&self, features: &[f32], adjustment: Option<&Adjustment>) -> Scores {
        self.heads.score(features, adjustment)
    }

    /// Takes an adjustment into use, or with `None` the heads as the file has them: for every message scored from
    /// now on.
    ///
    /// # Errors
    /// [`EncoderError::Adjustment`] for one of another shape; what was in use stays.
    pub fn adjust(&self, adjustment: Option<Adjustment>) -> Result<(), EncoderError> {
        if adjustment.as_ref().is_some_and(|adjustment| !adjustment.is_for(2 * self.model.width)) {
            return Err(EncoderError::Adjustment);
        }
        *self.adjustment.write() = adjustment.map(Arc::new);
        Ok(())
    }

    /// Where a text lies among others: 384 numbers of length 1, so that the sum of products of two
    /// of them is their likeness, from -1 to 1. At most 126 pieces of the text are read.
    ///
    /// # Errors
    /// [`EncoderError::Tensor`] if the tensor library refuses an operation.
    pub fn embed(&self, text: &str) -> Result<Vec<f32>, EncoderError> {
        let input: Input = self.layout.alone(text);
        Ok(math::unit(self.model.forward(&input, Top::Vector)?.mean))
    }

    /// Numbers of a vector that [`Encoder::embed`] makes.
    pub fn width(&self) -> usize {
        self.model.width
    }

    /// Pieces that [`Encoder::embed`] reads of a text, those that begin and end it with them; `None` where it would
    /// not read all of the text.
    pub fn pieces(&self, text: &str) -> Option<usize> {
        self.layout.pieces(text)
    }

    /// SHA-256 of the file, 64 hexadecimal digits: names the weights in `--version` and in caches.
    pub fn digest(&self) -> &str {
        self.digest.get_or_init(|| hex(&Sha256::digest(FILE)))
    }

    /// Names the weights as the digest does, but at once: weights trained anew differ in every part of the
    /// file. Vectors that are kept are kept under this name.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The goals that are scored, in the order of the file.
    pub fn goals(&self) -> impl ExactSizeIterator<Item = &str> {
        self.heads.goals()
    }
}

/// The row of `[CLS]` and the mean of all rows, one after the other.
fn features_of(read: Hidden) -> Vec<f32> {
    [read.cls, read.mean].concat()
}

/// SHA-256 over the length of a file and one byte of it in so many.
fn fingerprint(bytes: &[u8]) -> String {
    const STRIDE: usize = 1_021;
    let mut digest = Sha256::new();
    digest.update(bytes.len().to_le_bytes());
    digest.update(bytes.iter().step_by(STRIDE).copied().collect::<Vec<u8>>());
    hex(&digest.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}
