//! What the shop taught the routing head: kept in the store under the name of the encoder it was fitted to.

use serde::{Deserialize, Serialize};

use super::commands::CommandError;
use crate::llm::encoder::Adjustment;
use crate::store::codec::{Row, decode, encode};
use crate::store::{Store, StoreError};
use crate::turn::driver::Engine;

/// Name of the blob.
const BLOB: &str = "routing-fits";
/// Fits that are kept to go back to; the oldest falls away.
const MOST: usize = 8;
/// Reading, changing and writing the blob is one step.
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Fits to one encoder.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Fits {
    /// The encoder's fingerprint.
    pub encoder: String,
    /// Oldest first; the last one is in use.
    pub taught: Vec<Adjustment>,
}

impl Row for Fits {
    const NAME: &'static str = "routing fits";
}

impl Fits {
    /// The fit in use by an encoder of this fingerprint. One of another encoder is none.
    pub fn used_by(mut self, fingerprint: &str) -> Option<Adjustment> {
        if self.encoder != fingerprint && !self.taught.is_empty() {
            tracing::warn!("what was taught to the routing head of another encoder is not used; teach it anew with `electromart train`");
            return None;
        }
        self.taught.pop()
    }

    /// The bytes that travel between a command and the server.
    pub fn bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// From such bytes.
    ///
    /// # Errors
    /// When they are none, or a later program's.
    pub fn read(bytes: &[u8]) -> Result<Self, StoreError> {
        decode(bytes)
    }

    /// Those of a store.
    ///
    /// # Errors
    /// When the store fails or they cannot be read.
    pub async fn of(store: &Store) -> Result<Self, StoreError> {
        store.blob(BLOB).await?.map_or_else(|| Ok(Self::default()), |bytes| decode(&bytes))
    }
}

/// Takes what the store keeps into use.
///
/// # Errors
/// When the store fails or what it keeps cannot be read.
pub async fn recall(engine: &Engine) -> Result<(), StoreError> {
    let fits = Fits::of(&engine.store).await?;
    if let Some(encoder) = &engine.encoder
        && let Err(error) = encoder.adjust(fits.used_by(encoder.fingerprint()))
    {
        tracing::warn!(%error, "what was taught to the routing head is not used");
    }
    Ok(())
}

/// Keeps a fit and takes it into use.
///
/// # Errors
/// When it was made for another encoder than the one that runs, or the store fails.
pub async fn take(engine: &Engine, new: Fits) -> Result<(), CommandError> {
    let _one = ONE_AT_A_TIME.lock().await;
    if engine.encoder.as_ref().is_some_and(|encoder| encoder.fingerprint() != new.encoder) {
        return Err(CommandError("the running server has another encoder than this program; start it again with this one".to_owned()));
    }
    let mut fits = Fits::of(&engine.store).await?;
    if fits.encoder == new.encoder {
        fits.taught.extend(new.taught);
    } else {
        fits = new;
    }
    fits.taught.drain(..fits.taught.len().saturating_sub(MOST));
    keep(engine, &fits).await
}

/// Takes the last fit away, and the one before it, or the head as it was, into use; says how many are left.
///
/// # Errors
/// When there is none, or the store fails.
pub async fn undo(engine: &Engine) -> Result<usize, CommandError> {
    let _one = ONE_AT_A_TIME.lock().await;
    let mut fits = Fits::of(&engine.store).await?;
    if fits.taught.pop().is_none() {
        return Err(CommandError("there is nothing to undo: the routing is as it was shipped".to_owned()));
    }
    keep(engine, &fits).await?;
    Ok(fits.taught.len())
}

async fn keep(engine: &Engine, fits: &Fits) -> Result<(), CommandError> {
    engine.store.put_blob(BLOB, fits.bytes()).await?;
    Ok(recall(engine).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_fit_of_the_same_encoder_is_used() {
        let fit = |temperature| Adjustment { weight: vec![0.5; 10], bias: [0.1; 5], temperature };
        let fits = Fits { encoder: "this one".to_owned(), taught: vec![fit(1.0), fit(2.0)] };
        let read = Fits::read(&fits.bytes()).unwrap();
        assert_eq!(read, fits);
        assert_eq!(read.clone().used_by("this one"), Some(fit(2.0)));
        assert_eq!(read.used_by("another"), None);
        assert_eq!(Fits::default().used_by("this one"), None);
        assert!(Fits::read(&[200]).is_err());
    }
}
