//! Sentence vectors of products: made once in the background, kept in the store in parts.
//!
//! A vector is kept under the text it is of and the model that made it, so that a new price makes no new vector. A
//! part is written once it is whole: a program that is killed goes on with the part it was at. Until a product has
//! its vector, words find it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use super::driver::Engine;
use crate::domain::product::Product;
use crate::llm::encoder::Encoder;
use crate::retrieval::ranking;
use crate::retrieval::vectors::{self, Vectors};
use crate::store::{Store, StoreError};

/// Vectors of the demo shop's products, made when it was written.
static DEMO: &[u8] = include_bytes!("../../assets/demo/products.vectors");
/// Name of a stored part, with the version of its form, before its number.
const BLOB: &str = "product-vectors-1";
/// Parts: of 19,406 products some 300 in each, so that an end loses a few seconds of work and a write is small.
const PARTS: usize = 64;
/// Texts turned into vectors before the work yields.
const BATCH: usize = 8;

/// How the vectors are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As long is rested as is worked: customers come first.
    Resting,
    /// Somebody waits for them.
    Pressing,
}

/// The vectors there are: the store's, in parts by their keys, and those the program brings for its demo shop.
struct Known {
    parts: Vec<Vectors>,
    demo: Vectors,
}

impl Known {
    async fn read(store: &Store, model: &str) -> Result<Self, StoreError> {
        let read = |bytes: &[u8]| Vectors::read(bytes, model).unwrap_or_else(|| Vectors::of_model(model));
        let mut parts = Vec::with_capacity(PARTS);
        for number in 0..PARTS {
            parts.push(read(&store.blob(&blob(number)).await?.unwrap_or_default()));
        }
        Ok(Self { parts, demo: read(DEMO) })
    }

    /// The vectors that have a key, where any do.
    fn with(&self, key: u64) -> &Vectors {
        self.parts.get(part(key)).filter(|part| part.has(key)).unwrap_or(&self.demo)
    }
}

/// The part a key belongs to.
fn part(key: u64) -> usize {
    (key % PARTS as u64) as usize
}

fn blob(part: usize) -> String {
    format!("{BLOB}/{part}")
}

impl Engine {
    /// Takes up the vectors of products that are stored and makes those that are missing; those of products that are
    /// gone are removed. Returns how many were made. `told` hears how many are there, of how many.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn learn_products(&self, pace: Pace, told: impl Fn(usize, usize)) -> Result<usize, StoreError> {
        let Some(encoder) = &self.encoder else { return Ok(0) };
        let _one_at_a_time = self.library.learning_products().await;
        let begun = Instant::now();
        let mut known = Known::read(&self.store, encoder.fingerprint()).await?;
        let mut by_sku = HashMap::new();
        let mut missing: Vec<HashMap<u64, String>> = vec![HashMap::new(); PARTS];
        let take = |_, product: Product| {
            let text = ranking::text(&product);
            let key = vectors::key(&text);
            if !known.with(key).has(key) {
                missing[part(key)].insert(key, text);
            }
            by_sku.insert(product.sku, key);
        };
        self.store.for_each::<Product>(take).await?;
        self.library.set_products(&by_sku, |key| known.with(key));
        let wanted: HashSet<u64> = by_sku.values().copied().collect();
        let made = missing.iter().map(HashMap::len).sum();
        let mut left = made;
        for (number, texts) in missing.into_iter().enumerate() {
            left -= texts.len();
            let own = &mut known.parts[number];
            let before = own.len();
            own.keep(|key| wanted.contains(&key));
            if texts.is_empty() && own.len() == before {
                continue;
            }
            own.add(self.embed_all(encoder, texts.into_values().collect(), pace).await);
            self.store.put_blob(&blob(number), own.bytes()).await?;
            self.library.set_products(&by_sku, |key| known.with(key));
            tracing::debug!(part = number, "a part of the products' vectors is stored");
            told(wanted.len() - left, wanted.len());
        }
        tracing::debug!(made, seconds = begun.elapsed().as_secs_f32(), "products can be searched by meaning");
        Ok(made)
    }

    /// Vectors of texts, made a batch at a time; between two batches whatever else is to be learnt may go first.
    async fn embed_all(&self, encoder: &Arc<Encoder>, texts: Vec<String>, pace: Pace) -> Vec<(u64, Vec<f32>)> {
        let mut made = Vec::with_capacity(texts.len());
        for batch in texts.chunks(BATCH) {
            let _one_at_a_time = self.library.learning().await;
            let (encoder, batch) = (Arc::clone(encoder), batch.to_vec());
            let work = move || batch.iter().filter_map(|text| embedded(&encoder, text, pace)).collect::<Vec<_>>();
            made.extend(tokio::task::spawn_blocking(work).await.unwrap_or_default());
        }
        made
    }
}

/// A text's vector under its key; resting, as long again is slept, so that customers hardly notice.
pub(super) fn embedded(encoder: &Encoder, text: &str, pace: Pace) -> Option<(u64, Vec<f32>)> {
    let begun = Instant::now();
    let vector = encoder.embed(text).ok()?;
    if pace == Pace::Resting {
        std::thread::sleep(begun.elapsed());
    }
    Some((vectors::key(text), vector))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::product::tests::sample;
    use crate::domain::record::RecordKind;
    use crate::store::ShopRecord as _;
    use crate::store::command::{Guard, PutRecords, RecordWrite};
    use crate::turn::library::{CATALOGUE_BLOB, all_products};
    use crate::turn::tests::Demo;

    async fn demo() -> Demo {
        let mut demo = Demo::open().await;
        demo.engine.encoder = Some(Arc::new(Encoder::embedded().unwrap()));
        demo
    }

    impl Demo {
        /// Writes a product, and makes what is missing: how many vectors were made, and for how many products there is none.
        async fn relearn(&self, write: RecordWrite) -> (usize, usize) {
            let put = PutRecords { writes: vec![write], blobs: vec![(CATALOGUE_BLOB.to_owned(), Vec::new())], audit: Vec::new() };
            self.engine.store.put(put).await.unwrap();
            self.engine.library.refresh(&self.engine.store, &[RecordKind::Product]).await.unwrap();
            let made = self.engine.learn_products(Pace::Pressing, |_, _| {}).await.unwrap();
            let shelves = self.engine.library.shelves();
            (made, shelves.catalogue.len() - shelves.products.there())
        }

        async fn kept(&self) -> usize {
            let model = self.engine.encoder.as_ref().unwrap().fingerprint();
            Known::read(&self.engine.store, model).await.unwrap().parts.iter().map(Vectors::len).sum()
        }
    }

    /// As for the knowledge base: `ELECTROMART_WRITE=1 cargo test --lib vectors`.
    #[tokio::test]
    async fn the_demo_shop_brings_the_vectors_of_its_products() {
        let demo = demo().await;
        let model = demo.engine.encoder.as_ref().unwrap().fingerprint();
        let made = demo.engine.learn_products(Pace::Pressing, |_, _| {}).await.unwrap();
        if std::env::var_os("ELECTROMART_WRITE").is_some() {
            let texts: Vec<String> = all_products(&demo.engine.store).await.unwrap().iter().map(ranking::text).collect();
            let mut vectors = Vectors::of_model(model);
            let encoder = demo.engine.encoder.as_ref().unwrap();
            vectors.add(texts.iter().map(|text| (vectors::key(text), encoder.embed(text).unwrap())).collect());
            std::fs::write("assets/demo/products.vectors", vectors.bytes()).unwrap();
        } else {
            assert_eq!(made, 0, "products have no vector: ELECTROMART_WRITE=1 cargo test --lib vectors");
        }
    }

    #[tokio::test]
    async fn vectors_come_and_go_with_their_products() {
        let demo = demo().await;
        demo.engine.learn_products(Pace::Pressing, |_, _| {}).await.unwrap();
        let before = demo.kept().await;
        let lamp = sample("LAMP-1", "Acme Glow", 100, Some(1));
        let dearer = sample("LAMP-1", "Acme Glow", 200, Some(1));
        let renamed = sample("LAMP-1", "Acme Shine", 200, Some(1));
        let gone = RecordWrite { payload: None, ..renamed.write(Guard::Any) };
        for (what, write, made, kept) in [
            ("new", lamp.write(Guard::Any), 1, 1),
            ("another price", dearer.write(Guard::Any), 0, 1),
            ("another name", renamed.write(Guard::Any), 1, 1),
            ("gone", gone, 0, 0),
        ] {
            assert_eq!(demo.relearn(write).await, (made, 0), "{what}");
            assert_eq!(demo.kept().await, before + kept, "{what}");
        }
    }

    #[tokio::test]
    async fn a_thing_described_is_found_by_meaning_and_what_is_not_sold_is_not() {
        let demo = demo().await;
        demo.engine.learn_products(Pace::Pressing, |_, _| {}).await.unwrap();
        let shelves = demo.engine.library.shelves();
        let encoder = demo.engine.encoder.as_ref().unwrap();
        for (text, first) in [
            ("something so the neighbours don't hear my drums", Some("HDP-SENN-HD560S")),
            ("I want to hear nothing of the crying babies on the plane", Some("HDP-JBL-T770NC")),
            ("write by hand and draw on a screen", Some("LAP-HP-OBFLIP14")),
            ("loud music at the pool party", Some("SPK-JBL-FLIP6")),
            ("charge three gadgets at once from one socket", Some("ACC-ANKER-735")),
            ("something to cut the hedge with", None),
            ("a chair that is good for my back", None),
            ("something against mosquitoes in the bedroom", None),
            ("something to unclog the kitchen sink", None),
            ("a tent for four people", None),
            ("a warm jacket for skiing in the alps", None),
            ("something to sew curtains with", None),
        ] {
            let likeness = shelves.products.likeness(&encoder.embed(text).unwrap()).unwrap();
            let found = shelves.catalogue.alike(&ranking::query(text), &likeness, 3);
            assert_eq!(found.first().map(String::as_str), first, "{text}: {found:?}");
        }
    }
}
