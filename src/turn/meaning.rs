//! Meaning: sentence vectors of the knowledge base, made once in the background, and those of messages.
//!
//! Vectors are kept in the store under the texts they are of and the model that made them. Until they are
//! there, and wherever there is no encoder, words find the answers alone.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use quick_cache::sync::Cache;

use super::driver::Engine;
use super::library::Library;
use super::product_vectors::{Pace, embedded};
use crate::domain::heard::ServiceMeant;
use crate::domain::knowledge::Knowledge;
use crate::llm::encoder::Encoder;
use crate::retrieval::knowledge;
use crate::retrieval::phrasebook::Phrasebook;
use crate::retrieval::vectors::{self, Vectors};
use crate::retrieval::{kinds, properties, services, wishes};
use crate::store::{Store, StoreError};

/// Name of the stored vectors, with the version of their form.
const VECTORS_BLOB: &str = "knowledge-vectors-1";
/// Vectors of the demo shop's knowledge base, made when it was written.
static DEMO: &[u8] = include_bytes!("../../assets/demo/knowledge.vectors");
/// Texts turned into vectors before the work yields: a shop that ends waits no longer than that.
const BATCH: usize = 16;
/// Batches after which what is there is stored and used.
const STORED_EVERY: usize = 8;
/// Vectors of questions our agents ask in the same words again and again.
const KEPT: usize = 256;

/// A text's place among others.
pub type Vector = Arc<[f32]>;

/// Vectors of texts that are asked about again.
pub struct Meanings(Cache<String, Vector>);

impl Default for Meanings {
    fn default() -> Self {
        Self(Cache::new(KEPT))
    }
}

/// Sentence vectors within one turn.
#[derive(Clone)]
pub struct Meaning<'a> {
    /// `None` where meaning cannot be compared (yet).
    encoder: Option<&'a Encoder>,
    kept: &'a Meanings,
    /// The message, whose vector is there already.
    message: Option<(String, Vector)>,
}

impl<'a> Meaning<'a> {
    /// Of a turn whose message may have been looked at already.
    pub fn new(encoder: Option<&'a Encoder>, kept: &'a Meanings, message: Option<(String, Vector)>) -> Self {
        Self { encoder, kept, message }
    }

    /// What needs are held against, where vectors are used.
    pub fn kinds(&self) -> Option<&'static Phrasebook> {
        kinds::of_model(self.encoder?.fingerprint())
    }

    /// What questions for properties are held against, where vectors are used.
    pub fn properties(&self) -> Option<&'static Phrasebook> {
        properties::of_model(self.encoder?.fingerprint())
    }

    /// What wishes for a service are held against, where vectors are used.
    pub fn services(&self) -> Option<&'static Phrasebook> {
        services::of_model(self.encoder?.fingerprint())
    }

    /// What messages for this or that are held against, where vectors are used.
    pub fn wishes(&self) -> Option<&'static Phrasebook> {
        wishes::of_model(self.encoder?.fingerprint())
    }

    /// The vector of a text, where vectors are used.
    pub fn of(&self, text: &str) -> Option<Vector> {
        let encoder = self.encoder?;
        if let Some((message, vector)) = &self.message
            && message == text
        {
            return Some(Arc::clone(vector));
        }
        if let Some(known) = self.kept.0.get(text) {
            return Some(known);
        }
        let vector: Vector = encoder.embed(text).ok()?.into();
        self.kept.0.insert(text.to_owned(), Arc::clone(&vector));
        Some(vector)
    }
}

/// What a message asks the shop to do: "connect it and take the old one with you" asks for two things.
pub fn services(meaning: &Meaning<'_>, text: &str) -> Vec<ServiceMeant> {
    const FEWEST: usize = 3;
    const MOST: usize = 3;
    let of = |text: &str| services::meant(meaning.services()?, &meaning.of(text)?).filter(ServiceMeant::is_clear);
    let sides = text.split([',', ';', '.', '?', '!']).flat_map(|part| part.split(" and "));
    let sides: Vec<&str> = sides.filter(|side| side.split_whitespace().count() >= FEWEST).collect();
    let apart: Vec<ServiceMeant> = if sides.len() > 1 { sides.into_iter().filter_map(of).collect() } else { Vec::new() };
    let mut found: Vec<ServiceMeant> = Vec::new();
    for service in if apart.is_empty() { of(text).into_iter().collect() } else { apart } {
        if found.len() < MOST && !found.iter().any(|own| own.question == service.question) {
            found.push(service);
        }
    }
    found
}

impl Engine {
    /// Takes up the vectors that are stored, at the start.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn recall_meaning(&self) -> Result<(), StoreError> {
        let Some(encoder) = &self.encoder else { return Ok(()) };
        let vectors = stored(&self.store, encoder).await?;
        self.library.set_vectors(vectors);
        Ok(())
    }

    /// Makes the vectors that are missing. Takes some milliseconds a text, half of them resting.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn learn_meaning(&self) -> Result<usize, StoreError> {
        let Some(encoder) = &self.encoder else { return Ok(0) };
        let _one_at_a_time = self.library.learning().await;
        let texts = texts(&self.store).await?;
        let wanted: HashSet<u64> = texts.iter().map(|text| vectors::key(text)).collect();
        let mut known = stored(&self.store, encoder).await?;
        let missing: Vec<String> = texts.into_iter().filter(|text| !known.has(vectors::key(text))).collect();
        if missing.is_empty() && known.len() <= wanted.len() {
            self.library.set_vectors(known);
            return Ok(0);
        }
        let begun = Instant::now();
        let count = missing.len();
        for (number, batch) in missing.chunks(BATCH).enumerate() {
            let (encoder, batch) = (Arc::clone(encoder), batch.to_vec());
            let made = tokio::task::spawn_blocking(move || {
                batch.iter().filter_map(|text| embedded(&encoder, text, Pace::Resting)).collect::<Vec<_>>()
            })
            .await;
            known.add(made.unwrap_or_default());
            if (number + 1).is_multiple_of(STORED_EVERY) {
                self.keep(&known).await?;
            }
        }
        known.keep(|key| wanted.contains(&key));
        self.keep(&known).await?;
        tracing::debug!(count, seconds = begun.elapsed().as_secs_f32(), "the knowledge base can be searched by meaning");
        Ok(count)
    }

    async fn keep(&self, vectors: &Vectors) -> Result<(), StoreError> {
        self.library.set_vectors(vectors.clone());
        self.store.put_blob(VECTORS_BLOB, vectors.bytes()).await
    }

    /// The sentence vectors of a turn.
    pub(super) fn meaning(&self, message: Option<(String, Vector)>) -> Meaning<'_> {
        Meaning::new(self.encoder.as_deref(), self.library.meanings(), message)
    }
}

/// Every text of the knowledge base that questions are held against, once each.
async fn texts(store: &Store) -> Result<Vec<String>, StoreError> {
    let mut seen = HashSet::new();
    let mut texts = Vec::new();
    let take = |_, entry: Knowledge| {
        for text in knowledge::texts(&entry) {
            if seen.insert(vectors::key(text)) {
                texts.push(text.to_owned());
            }
        }
    };
    store.for_each::<Knowledge>(take).await?;
    Ok(texts)
}

/// The vectors there are: the store's, or those the program brings for its demo shop.
async fn stored(store: &Store, encoder: &Encoder) -> Result<Vectors, StoreError> {
    let model = encoder.fingerprint();
    let own = store.blob(VECTORS_BLOB).await?.and_then(|bytes| Vectors::read(&bytes, model));
    Ok(own.or_else(|| Vectors::read(DEMO, model)).unwrap_or_else(|| Vectors::of_model(model)))
}

impl Library {
    /// Vectors of questions asked in the same words again.
    fn meanings(&self) -> &Meanings {
        &self.meanings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Moment;
    use crate::exchange::{Context, demo};

    /// The texts of the demo shop's knowledge base.
    async fn demo_texts() -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let now = Moment::now();
        let context = Context::american(now);
        demo::fill(&store, &context, now.day_in(&context.zone)).await.unwrap();
        texts(&store).await.unwrap()
    }

    /// A new shop searches by meaning from its first second: the vectors of its texts come with the program. After a
    /// change to the knowledge base or the encoder, `ELECTROMART_WRITE=1 cargo test --lib vectors` makes them anew.
    #[tokio::test]
    async fn the_demo_shop_brings_its_vectors() {
        let encoder = Encoder::embedded().unwrap();
        let texts = demo_texts().await;
        let mut vectors = Vectors::read(DEMO, encoder.fingerprint()).unwrap_or_else(|| Vectors::of_model(encoder.fingerprint()));
        let missing: Vec<&String> = texts.iter().filter(|text| !vectors.has(vectors::key(text))).collect();
        if std::env::var_os("ELECTROMART_WRITE").is_some() {
            vectors.add(missing.iter().map(|text| (vectors::key(text), encoder.embed(text).unwrap())).collect());
            let wanted: HashSet<u64> = texts.iter().map(|text| vectors::key(text)).collect();
            vectors.keep(|key| wanted.contains(&key));
            std::fs::write("assets/demo/knowledge.vectors", vectors.bytes()).unwrap();
        } else {
            assert!(missing.is_empty(), "{} texts have no vector: ELECTROMART_WRITE=1 cargo test --lib vectors", missing.len());
        }
    }

    /// The same for what needs and questions for properties are held against: `ELECTROMART_WRITE=1 cargo test --lib vectors`.
    #[test]
    fn the_phrasebooks_bring_their_vectors() {
        let encoder = Encoder::embedded().unwrap();
        let model = encoder.fingerprint();
        let write = |name: &str, texts: &mut dyn Iterator<Item = &'static str>| {
            let path = format!("assets/nlu/{name}.vectors");
            let old = std::fs::read(&path).ok().and_then(|bytes| Vectors::read(&bytes, model));
            let mut vectors = old.unwrap_or_else(|| Vectors::of_model(model));
            let texts: Vec<(u64, &str)> = texts.map(|text| (vectors::key(text), text)).collect();
            let missing = texts.iter().filter(|(key, _)| !vectors.has(*key)).map(|(key, text)| (*key, encoder.embed(text).unwrap()));
            vectors.add(missing.collect());
            vectors.keep(|key| texts.iter().any(|(own, _)| *own == key));
            std::fs::write(path, vectors.bytes()).unwrap();
        };
        if std::env::var_os("ELECTROMART_WRITE").is_some() {
            write("kinds", &mut kinds::texts());
            write("properties", &mut properties::texts());
            write("services", &mut services::texts());
            write("wishes", &mut wishes::texts());
        } else {
            let books = [
                ("kinds", kinds::of_model(model)),
                ("properties", properties::of_model(model)),
                ("services", services::of_model(model)),
                ("wishes", wishes::of_model(model)),
            ];
            for (name, book) in books {
                assert!(book.is_some_and(Phrasebook::is_whole), "{name}: made for other texts");
            }
        }
    }

    #[test]
    fn vectors_are_the_same_as_the_encoders() {
        let encoder = Encoder::embedded().unwrap();
        let text = "How do I send something back?";
        let (_, vector) = encoder.look(text, &[]).unwrap();
        assert_eq!(vector, Some(encoder.embed(text).unwrap()), "one pass through the network is enough");
        let kept = Meanings::default();
        let meaning = Meaning::new(Some(&encoder), &kept, None);
        assert_eq!(meaning.of(text), meaning.of(text));
        assert_eq!(Meaning::new(None, &kept, None).of(text), None);
    }
}
