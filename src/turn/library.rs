//! The library: the indexes over the shop's records, and what they recognise in a message.
//!
//! Built from the store, replaced whole when records change. A turn takes the indexes of its moment and
//! keeps them until it ends.

use std::sync::Arc;

use foldhash::HashMap;
use parking_lot::RwLock;

use super::meaning::{Meaning, Meanings, services};
use super::{answers, going_on};
use crate::agents::understanding::qualities;
use crate::domain::heard::{CodeNamed, Heard, Need, Word};
use crate::domain::knowledge::Knowledge;
use crate::domain::product::Product;
use crate::domain::record::RecordKind;
use crate::domain::text::fold::bare;
use crate::domain::text::places::{self, Country};
use crate::domain::text::token::{Token, tokens};
use crate::domain::text::{language, unit, words};
use crate::domain::time::Day;
use crate::retrieval::vectors::{Matrix, Vectors};
use crate::retrieval::{Catalogue, KnowledgeIndex, NumberShapes, properties, wishes};
use crate::store::{Index, Store, StoreError};

/// Name of the stored index over the catalogue, with the version of its form.
pub const CATALOGUE_BLOB: &str = "catalogue-index-9";
/// Order numbers looked at to learn what they look like.
const NUMBERS_LEARNT: usize = 2_000;
/// Orders looked at to learn how their numbers are written in groups.
const PRINTED_LEARNT: usize = 200;

/// The indexes of one moment.
#[derive(Clone, Default)]
pub struct Shelves {
    /// Products.
    pub catalogue: Arc<Catalogue>,
    /// Their vectors in the catalogue's order, as far as they are there.
    pub products: Arc<Matrix>,
    /// The knowledge base.
    pub knowledge: Arc<KnowledgeIndex>,
    /// What order numbers look like.
    pub orders: NumberShapes,
    /// What ticket numbers look like.
    pub tickets: NumberShapes,
    /// Letters and digits of promotion codes.
    pub codes: HashMap<String, String>,
    /// What sentences of the knowledge base name, each found out when it is first told.
    sentences: Arc<RwLock<HashMap<String, Arc<SentenceNames>>>>,
}

/// What a sentence of the knowledge base names.
#[derive(Debug, Clone, Default)]
pub struct SentenceNames {
    /// Kinds of the shop's things.
    pub kinds: Vec<String>,
    /// A country.
    pub country: Option<&'static Country>,
}

/// The indexes, kept up to date.
#[derive(Clone, Default)]
pub struct Library {
    current: Arc<RwLock<Arc<Shelves>>>,
    /// Vectors of the knowledge base, as far as they are there.
    vectors: Arc<RwLock<Arc<Vectors>>>,
    /// Vectors of questions asked in the same words again.
    pub(super) meanings: Arc<Meanings>,
    /// Held while vectors are made.
    learning: Arc<tokio::sync::Mutex<()>>,
    /// Held while those of products are seen to.
    learning_products: Arc<tokio::sync::Mutex<()>>,
}

impl Library {
    /// The indexes as they are now.
    pub fn shelves(&self) -> Arc<Shelves> {
        Arc::clone(&self.current.read())
    }

    /// Builds every index from the store.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn load(&self, store: &Store) -> Result<(), StoreError> {
        let catalogue = Arc::new(load_catalogue(store).await?);
        let knowledge = Arc::new(self.load_knowledge(store).await?);
        let numbers = load_numbers(store).await?;
        *self.current.write() = Arc::new(Shelves { catalogue, knowledge, ..numbers });
        Ok(())
    }

    /// Builds anew what depends on records of these kinds.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn refresh(&self, store: &Store, kinds: &[RecordKind]) -> Result<(), StoreError> {
        let old = self.shelves();
        let catalogue =
            if kinds.contains(&RecordKind::Product) { Arc::new(load_catalogue(store).await?) } else { Arc::clone(&old.catalogue) };
        let knowledge =
            if kinds.contains(&RecordKind::Knowledge) { Arc::new(self.load_knowledge(store).await?) } else { Arc::clone(&old.knowledge) };
        let numbers = load_numbers(store).await?;
        // Vectors are in the order of a catalogue: with another one they are laid out anew, by whoever learns them.
        let products = if Arc::ptr_eq(&catalogue, &old.catalogue) { Arc::clone(&self.shelves().products) } else { Arc::default() };
        *self.current.write() = Arc::new(Shelves { catalogue, knowledge, products, ..numbers });
        Ok(())
    }

    async fn load_knowledge(&self, store: &Store) -> Result<KnowledgeIndex, StoreError> {
        let mut entries: Vec<Knowledge> = Vec::new();
        store.for_each::<Knowledge>(|_, entry| entries.push(entry)).await?;
        let mut index = KnowledgeIndex::build(&entries);
        index.set_vectors(&self.vectors.read());
        Ok(index)
    }

    /// Takes vectors over, into the index of this moment and those to come.
    pub(super) fn set_vectors(&self, vectors: Vectors) {
        let vectors = Arc::new(vectors);
        *self.vectors.write() = Arc::clone(&vectors);
        let mut current = self.current.write();
        let mut knowledge = KnowledgeIndex::clone(&current.knowledge);
        knowledge.set_vectors(&vectors);
        *current = Arc::new(Shelves { knowledge: Arc::new(knowledge), ..Shelves::clone(&current) });
    }

    /// Takes the vectors of products over, laid out in the order of the catalogue of this moment.
    pub(super) fn set_products<'a>(&self, by_sku: &std::collections::HashMap<String, u64>, part: impl Fn(u64) -> &'a Vectors) {
        let catalogue = Arc::clone(&self.shelves().catalogue);
        let keys: Vec<u64> = catalogue.skus().map(|sku| by_sku.get(sku).copied().unwrap_or_default()).collect();
        let products = Arc::new(Matrix::of_parts(&keys, part));
        let mut current = self.current.write();
        if Arc::ptr_eq(&catalogue, &current.catalogue) {
            *current = Arc::new(Shelves { products, ..Shelves::clone(&current) });
        }
    }

    /// Waits for the turn to see to the vectors of products: one at a time.
    pub(super) async fn learning_products(&self) -> tokio::sync::OwnedMutexGuard<()> {
        Arc::clone(&self.learning_products).lock_owned().await
    }

    /// Waits for the turn to make vectors: one at a time.
    pub(super) async fn learning(&self) -> tokio::sync::OwnedMutexGuard<()> {
        Arc::clone(&self.learning).lock_owned().await
    }
}

/// All products, in the order the index numbers them.
///
/// # Errors
/// When the store fails.
pub async fn all_products(store: &Store) -> Result<Vec<Product>, StoreError> {
    let mut products = Vec::new();
    store.for_each::<Product>(|_, product| products.push(product)).await?;
    Ok(products)
}

/// The stored index, if it is over the products there are; otherwise it is built and stored.
async fn load_catalogue(store: &Store) -> Result<Catalogue, StoreError> {
    if let Some(bytes) = store.blob(CATALOGUE_BLOB).await?
        && let Ok(catalogue) = postcard::from_bytes::<Catalogue>(&bytes)
        && catalogue.len() as u64 == store.count(RecordKind::Product).await?
    {
        return Ok(catalogue);
    }
    let products = all_products(store).await?;
    let catalogue = Catalogue::build(&products);
    store.put_blob(CATALOGUE_BLOB, index_bytes(&catalogue)).await?;
    Ok(catalogue)
}

/// The stored form of an index.
pub fn index_bytes(catalogue: &Catalogue) -> Vec<u8> {
    postcard::to_stdvec(catalogue).unwrap_or_default()
}

async fn load_numbers(store: &Store) -> Result<Shelves, StoreError> {
    let orders = store.backend().index_keys(Index::OrderByNumber, NUMBERS_LEARNT).await?;
    let printed = store.backend().list(RecordKind::Order, None, PRINTED_LEARNT).await?;
    let tracking = store.backend().index_keys(Index::OrderByTracking, NUMBERS_LEARNT).await?;
    let tickets = store.backend().index_keys(Index::TicketByNumber, NUMBERS_LEARNT).await?;
    let codes = store.backend().index_keys(Index::PromotionByCode, NUMBERS_LEARNT).await?;
    Ok(Shelves {
        orders: NumberShapes::learn(orders.iter().map(String::as_str))
            .in_groups(printed.iter().map(|(number, _)| number.as_str()))
            .with_tracking(tracking.iter().map(String::as_str)),
        tickets: NumberShapes::learn(tickets.iter().map(String::as_str)),
        codes: codes.into_iter().map(|code| (code.clone(), code)).collect(),
        ..Shelves::default()
    })
}

/// A message with what it is understood by.
#[derive(Clone, Copy)]
pub struct Listening<'a> {
    /// The words.
    pub text: &'a str,
    /// The day.
    pub today: Day,
    /// Sentence vectors, where there are any.
    pub meaning: Option<&'a Meaning<'a>>,
    /// What the last reply quoted.
    pub follows: Option<Follows<'a>>,
    /// The kind of the thing in hand, as the shop calls it.
    pub in_hand: Option<&'a str>,
}

/// An entry quoted by the reply before a message.
#[derive(Clone, Copy)]
pub struct Follows<'a> {
    /// The entry.
    pub entry: &'a str,
    /// What the customer had asked.
    pub asked: Option<&'a str>,
}

impl Shelves {
    /// Everything of the shop's that a message by itself names, on a day.
    pub fn recognise(&self, text: &str, today: Day) -> Heard {
        self.listen(&Listening { text, today, meaning: None, follows: None, in_hand: None })
    }

    /// Everything of the shop's that a message names.
    pub fn listen(&self, listening: &Listening<'_>) -> Heard {
        let text = listening.text;
        let plain = tokens(text);
        let mut tickets = self.tickets.find(&plain, text);
        for ticket in tickets.iter_mut().filter(|ticket| !ticket.certain) {
            // "Ticket 2004": the word says what it is the number of.
            let before = text[..ticket.start].trim_end_matches([' ', '#', ':', '.']).to_lowercase();
            if let Some(whole) = self
                .tickets
                .complete(&ticket.bare)
                .filter(|_| ["ticket", "case", "ticket number", "ticket no"].iter().any(|word| before.ends_with(word)))
            {
                ticket.bare = whole;
                ticket.certain = true;
            }
        }
        let mut orders = self.orders.find(&plain, text);
        // What has a ticket's letters is no order.
        orders.retain(|order| order.certain || !tickets.iter().any(|t| t.certain && t.start <= order.start && order.end <= t.end));
        let codes = self.codes_in(&plain, text);
        let mut said = self.catalogue.parted(Word::from_tokens(unit::merge(plain, text)));
        let recognised = self.catalogue.recognise(&said);
        for (i, meant) in &recognised.corrected {
            said[*i].stem.clone_from(meant);
        }
        let mut products = self.catalogue.mentions(&said);
        // Order numbers and codes are no product names.
        products.retain(|product| {
            let (start, end) = (said[product.words.start].start, said[product.words.end - 1].end);
            let inside = |from: usize, to: usize| from <= start && end <= to;
            // "The slim one" says which, though some thing here is called so.
            let one = said.get(product.words.end).is_some_and(|next| matches!(next.text.as_str(), "one" | "ones"));
            let says_which = one && product.words.len() == 1 && qualities::is_quality(&said[product.words.start].text);
            !says_which
                && !orders.iter().any(|o| o.certain && inside(o.start, o.end))
                && !codes.iter().any(|c| c.known && inside(c.start, c.end))
        });
        let describing = said.iter().map(|word| self.describes(word)).collect();
        let mentioned = said.iter().map(|word| !words::is_function(&word.text) && self.catalogue.knows(&word.stem)).collect();
        let lacking = said.iter().map(|word| self.catalogue.lacks_kind(&word.stem)).collect();
        let properties = said.iter().map(|word| self.catalogue.names_property(&word.stem)).collect();
        let tickets = tickets.into_iter().filter(|t| t.certain).collect();
        let named = products.iter().map(|p| &p.words).chain(recognised.brands.iter().map(|b| &b.words));
        let named: Vec<std::ops::Range<usize>> = named.cloned().collect();
        let plain = said.iter().enumerate().filter(|(i, _)| !named.iter().any(|words| words.contains(i)));
        let foreign = language::is_foreign(text, &plain.map(|(_, word)| word.text.as_str()).collect::<Vec<_>>());
        let (answered, guided) = answers::of(&self.knowledge, listening);
        let need = listening.meaning.and_then(|meaning| self.need(meaning, text));
        let named = recognised.categories.iter().flat_map(|named| &named.names).chain(need.iter().flat_map(|need| &need.categories));
        let kinds = named.flat_map(|name| self.catalogue.above(name));
        let answered = going_on::of_another_kind(&self.knowledge, listening, &said, kinds).or(answered);
        let wishes = listening.meaning.and_then(|meaning| Some(wishes::near(meaning.wishes()?, &meaning.of(text)?)));
        let property = listening.meaning.and_then(|meaning| properties::meant(meaning.properties()?, &meaning.of(text)?));
        let services = listening.meaning.map(|meaning| services(meaning, text)).unwrap_or_default();
        Heard {
            words: said,
            categories: recognised.categories,
            brands: recognised.brands,
            products,
            orders,
            tickets,
            codes,
            describing,
            mentioned,
            lacking,
            properties,
            foreign,
            answered,
            guided,
            need,
            property,
            services,
            wishes: wishes.unwrap_or_default(),
        }
    }

    /// Whether a word, or another one for it, says something about products of this shop.
    fn describes(&self, word: &Word) -> bool {
        let own = self.catalogue.describes_products(&word.stem);
        let other = || words::synonyms(&word.stem).iter().any(|s| s.split(' ').all(|part| self.catalogue.describes_products(part)));
        !words::is_function(&word.text) && (own || other())
    }

    /// What a sentence names: kinds of things by their whole names, and a country.
    pub fn names_in(&self, sentence: &str) -> Arc<SentenceNames> {
        if let Some(known) = self.sentences.read().get(sentence) {
            return Arc::clone(known);
        }
        let said = tokens(sentence);
        let country = places::named(&said.iter().map(|token| token.text.as_str()).collect::<Vec<_>>());
        let named = Arc::new(SentenceNames { country, kinds: self.kinds_in(said) });
        self.sentences.write().insert(sentence.to_owned(), Arc::clone(&named));
        named
    }

    fn kinds_in(&self, sentence: Vec<Token>) -> Vec<String> {
        let words = |name: &str| tokens(name).iter().filter(|token| token.text != "and").count();
        let named = self.catalogue.recognise(&Word::from_tokens(sentence)).categories.into_iter();
        named.flat_map(|named| named.names.into_iter().filter(move |name| words(name) <= named.words.len())).collect()
    }

    /// The kind of thing a message needs. "A gift for my dad who fishes and takes photos" has two sides: where the shop
    /// has nothing for the whole, it may for one of them.
    fn need(&self, meaning: &Meaning<'_>, text: &str) -> Option<Need> {
        const SIDES: usize = 3;
        const FEWEST: usize = 2;
        let of = |text: &str| self.catalogue.need(meaning.kinds()?, &meaning.of(text)?);
        let whole = of(text)?;
        if whole.is_sold() {
            return Some(whole);
        }
        let sides =
            text.split([',', ';', '.']).flat_map(|part| part.split(" and ")).filter(|side| side.split_whitespace().count() >= FEWEST);
        let sides: Vec<&str> = sides.take(SIDES).filter(|side| side.len() < text.len()).collect();
        let best = sides.into_iter().filter_map(of).filter(Need::is_sold).max_by(|a, b| a.score.total_cmp(&b.score));
        best.or(Some(whole))
    }

    /// Promotion codes: those of the shop in any case, and what is written like one.
    fn codes_in(&self, plain: &[Token], text: &str) -> Vec<CodeNamed> {
        let mut found: Vec<CodeNamed> = Vec::new();
        for (i, token) in plain.iter().enumerate() {
            let mut joined = String::new();
            for last in plain.iter().skip(i).take(3) {
                joined.push_str(&bare(&last.text));
                if self.codes.contains_key(&joined) {
                    let said = text[token.start..last.end].to_owned();
                    found.push(CodeNamed { bare: joined.clone(), said, known: true, start: token.start, end: last.end });
                    break;
                }
            }
            let said = &text[token.start..token.end];
            if looks_like_a_code(said) && !found.iter().any(|c| c.start <= token.start && token.end <= c.end) {
                found.push(CodeNamed { bare: bare(said), said: said.to_owned(), known: false, start: token.start, end: token.end });
            }
        }
        found.sort_by_key(|code| !code.known);
        found
    }
}

/// Capitals and digits together, or a longer word all in capitals with a digit at its end.
fn looks_like_a_code(said: &str) -> bool {
    let capitals = said.chars().filter(char::is_ascii_uppercase).count();
    let digits = said.chars().filter(char::is_ascii_digit).count();
    let plain = said.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    plain && capitals >= 3 && digits >= 1 && said.len() >= 5
}
