//! What all requests to the endpoint share: the places, and the encoder.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::super::Shared;
use super::refusal::Refusal;
use crate::domain::time::Moment;
use crate::llm::encoder::Encoder;

/// Requests worked on at once: half of those that may wait for the local model.
const AT_ONCE: usize = 8;
/// How long a request waits for a place.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks at whether customers wait.
const PAUSE: Duration = Duration::from_millis(5);

const BUSY: &str = "Customers or other requests wait for the models. Please try again in a moment.";

/// The places and the encoder.
pub struct Desk {
    places: Arc<Semaphore>,
    /// The shop's own, or, in a shop that works without any model, one that is loaded when somebody first asks.
    encoder: OnceLock<Option<Arc<Encoder>>>,
    /// When the models were there: as long as the shop is open.
    pub since: Moment,
}

impl Desk {
    /// With the encoder of the shop, where it has one.
    pub fn new(encoder: Option<Arc<Encoder>>) -> Self {
        let encoder = encoder.map_or_else(OnceLock::new, |encoder| OnceLock::from(Some(encoder)));
        Self { places: Arc::new(Semaphore::new(AT_ONCE)), encoder, since: Moment::now() }
    }

    /// A place to be worked on.
    ///
    /// # Errors
    /// While a customer's message waits, or others take all places for long.
    pub async fn place(&self, shared: &Shared) -> Result<OwnedSemaphorePermit, Refusal> {
        let busy = || Refusal::busy(BUSY);
        if waits(shared) {
            return Err(busy());
        }
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&self.places).acquire_owned()).await;
        let place = place.ok().and_then(Result::ok).ok_or_else(busy)?;
        if waits(shared) { Err(busy()) } else { Ok(place) }
    }

    /// The encoder; the first call of a shop without models takes some milliseconds.
    ///
    /// # Errors
    /// When the one compiled in cannot be used.
    pub fn encoder(&self) -> Result<Arc<Encoder>, Refusal> {
        let loaded = self.encoder.get_or_init(|| Encoder::embedded().ok().map(Arc::new));
        loaded.clone().ok_or_else(|| Refusal::of_model(crate::llm::ModelError::Failed))
    }
}

/// Whether something else goes first: a customer's message, or the end of the shop.
fn waits(shared: &Shared) -> bool {
    shared.is_draining() || !shared.queue.is_empty()
}

/// Lets waiting customers go first, between two parts of some work.
pub async fn give_way(shared: &Shared) {
    while !shared.queue.is_empty() && !shared.is_draining() {
        tokio::time::sleep(PAUSE).await;
    }
}
