//! Look-ups, carried out: from an agent's question to records of this moment.

use std::sync::Arc;

use super::identity;
use super::library::{SentenceNames, Shelves};
use super::meaning::{Meaning, Vector};
use crate::agents::lookup::{Findings, KnowledgeFound, Lookup, SearchFound, Verdict};
use crate::domain::fact::{FactBook, RecordId, Versioned};
use crate::domain::knowledge::Knowledge;
use crate::domain::order::Order;
use crate::domain::product::Product;
use crate::domain::promotion::Promotion;
use crate::domain::proof::IdentityPolicy;
use crate::domain::query::ProductQuery;
use crate::domain::record::{Record, RecordKind, Version};
use crate::domain::state::IdentityLevel;
use crate::domain::text::fold::bare;
use crate::domain::ticket::Ticket;
use crate::domain::time::{Day, Moment};
use crate::retrieval::knowledge::{KnowledgeHit, Question};
use crate::store::command::Proven;
use crate::store::{Index, ShopRecord, Store, StoreError};

/// Who is asking, and from where.
#[derive(Debug, Clone)]
pub struct Asker {
    /// The customer the session belongs to, from identified on.
    pub customer: Option<String>,
    /// How far.
    pub level: IdentityLevel,
    /// Public name of the session; tickets opened in it may be read in it.
    pub session: String,
    /// Where the message came from, for counting attempts.
    pub address: String,
}

/// One look-up's outcome, before it is entered into the book.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// A search.
    Search {
        /// The products shown, best first.
        records: Vec<Versioned>,
        /// The rest of what was found.
        found: Box<SearchFound>,
    },
    /// Products alike what is asked for.
    Alike {
        /// The products, the likest first.
        records: Vec<Versioned>,
        /// What was asked for.
        query: Box<ProductQuery>,
    },
    /// Products by SKU.
    Products(Vec<Versioned>),
    /// Alternatives.
    Alternatives(Vec<Versioned>),
    /// Accessories.
    Accessories(Vec<Versioned>),
    /// Categories and brands.
    Assortment {
        /// Categories with how many products each has.
        categories: Vec<(String, u32)>,
        /// Brands, the largest first.
        brands: Vec<String>,
    },
    /// Promotions.
    Promotions(Vec<Versioned>),
    /// A promotion by its code.
    Code(Option<Versioned>),
    /// An order.
    Order(Option<Versioned>),
    /// Orders.
    Orders(Vec<Versioned>),
    /// A ticket.
    Ticket(Option<Versioned>),
    /// Tickets.
    Tickets(Vec<Versioned>),
    /// Entries with how well and with what part they answer.
    Knowledge(Vec<EntryFound>),
    /// Entries about opening hours.
    Hours(Vec<Versioned>),
    /// Entries about the cost of delivery.
    Delivery(Vec<Versioned>),
    /// An entry.
    Entry(Option<Versioned>),
    /// A verdict.
    Identity {
        /// What the check found.
        verdict: Verdict,
        /// What clears the counted attempt, when it held.
        proven: Option<Proven>,
    },
}

/// An entry of the knowledge base, found.
#[derive(Debug, Clone)]
pub struct EntryFound {
    /// The entry.
    pub record: Versioned,
    /// How well it answers, and with what part.
    pub hit: KnowledgeHit,
    /// What each of its sentences names.
    pub names: Vec<Arc<SentenceNames>>,
}

/// What look-ups are made with.
pub struct Reader<'a> {
    /// The records.
    pub store: &'a Store,
    /// The indexes.
    pub shelves: &'a Shelves,
    /// The policy on identity.
    pub policy: &'a IdentityPolicy,
    /// The day of the turn.
    pub today: Day,
    /// The moment of the turn.
    pub now: Moment,
    /// Sentence vectors.
    pub meaning: Meaning<'a>,
    /// The message's question in plainer words, where a capable model gave them.
    pub plainer: Option<&'a str>,
}

impl Reader<'_> {
    /// Carries out one look-up.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn run(&self, lookup: &Lookup, asker: &Asker) -> Result<Outcome, StoreError> {
        Ok(match lookup {
            Lookup::Search { query, limit } => self.search(query, *limit).await?,
            Lookup::Alike { query, limit } => {
                let records = self.products(&self.alike(query, *limit)).await?;
                Outcome::Alike { records, query: Box::new(query.clone()) }
            }
            Lookup::Products(skus) => Outcome::Products(self.products(skus).await?),
            Lookup::Alternatives { sku, limit } => {
                let skus = self.shelves.catalogue.alternatives(sku, *limit);
                Outcome::Alternatives(self.products(&skus).await?)
            }
            Lookup::Accessories { sku, words, limit } => {
                let skus = match self.store.get::<Product>(sku).await? {
                    Some((_, product)) => self.shelves.catalogue.accessories(&product, words, *limit),
                    None => Vec::new(),
                };
                Outcome::Accessories(self.products(&skus).await?)
            }
            Lookup::Assortment => self.assortment(),
            Lookup::Promotions => Outcome::Promotions(self.all::<Promotion>().await?),
            Lookup::Code(code) => {
                let found = self.store.find(Index::PromotionByCode, code, 1).await?;
                Outcome::Code(self.first::<Promotion>(&found).await?)
            }
            Lookup::Order(number) => Outcome::Order(self.order(number, asker).await?),
            Lookup::OrdersOfCustomer => Outcome::Orders(self.orders(asker).await?),
            Lookup::Ticket(number) => Outcome::Ticket(self.ticket(number, asker).await?),
            Lookup::Tickets => Outcome::Tickets(self.tickets(asker).await?),
            Lookup::Knowledge { text, procedures, limit } => self.knowledge(text, *procedures, *limit).await?,
            Lookup::Told { id, text } => self.told(id, text).await?,
            Lookup::Entry(id) => Outcome::Entry(self.first::<Knowledge>(std::slice::from_ref(id)).await?),
            Lookup::Hours => Outcome::Hours(self.entries(self.shelves.knowledge.about_hours(self.today)).await?),
            Lookup::Delivery => Outcome::Delivery(self.entries(self.shelves.knowledge.about_delivery(self.today)).await?),
            Lookup::Identity(claim) => {
                let checked = identity::check(self.store, self.policy, claim, &asker.address, self.now).await?;
                Outcome::Identity { verdict: checked.verdict, proven: checked.proven }
            }
        })
    }

    async fn search(&self, query: &ProductQuery, limit: usize) -> Result<Outcome, StoreError> {
        let found = self.shelves.catalogue.search(query, limit);
        let skus: Vec<String> = found.hits.into_iter().map(|hit| hit.sku).collect();
        let likest = self.likest(query, &skus);
        let records = self.products(&skus).await?;
        let found = SearchFound {
            products: Vec::new(),
            total: found.total,
            unknown: found.unknown,
            complete: found.complete,
            named: found.named,
            stated: found.stated,
            ordered_by: found.ordered_by,
            hinted: found.hinted,
            likest,
            query: query.clone(),
        };
        Ok(Outcome::Search { records, found: Box::new(found) })
    }

    /// How alike the likest of some products is to what a customer says, as far as there are vectors.
    fn likest(&self, query: &ProductQuery, skus: &[String]) -> Option<f32> {
        // Of nothing, nothing is alike: no need to read what was said.
        let vector = (!skus.is_empty()).then(|| self.said(query)).flatten()?;
        self.shelves.products.likest(&vector, skus.iter().filter_map(|sku| self.shelves.catalogue.number(sku)))
    }

    /// The vector of what a customer says, where there are any of products to compare it with.
    fn said(&self, query: &ProductQuery) -> Option<Vector> {
        (self.shelves.products.there() > 0).then(|| self.meaning.of(&query.said)).flatten()
    }

    /// Products alike what a customer says, as far as there are vectors.
    fn alike(&self, query: &ProductQuery, limit: usize) -> Vec<String> {
        let likeness = self.said(query).and_then(|vector| self.shelves.products.likeness(&vector));
        likeness.map(|likeness| self.shelves.catalogue.alike(query, &likeness, limit)).unwrap_or_default()
    }

    fn assortment(&self) -> Outcome {
        let mut categories: Vec<(String, u32)> = self.shelves.catalogue.category_names().map(|(name, n)| (name.to_owned(), n)).collect();
        categories.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        let brands = self.shelves.catalogue.brand_names().map(str::to_owned).collect();
        Outcome::Assortment { categories, brands }
    }

    async fn one<T: ShopRecord>(&self, id: &str) -> Result<Option<Versioned>, StoreError> {
        let found = self.store.get::<T>(id).await?;
        Ok(found.map(|(version, record)| versioned(version, record)))
    }

    async fn first<T: ShopRecord>(&self, ids: &[String]) -> Result<Option<Versioned>, StoreError> {
        match ids.first() {
            Some(id) => self.one::<T>(id).await,
            None => Ok(None),
        }
    }

    async fn products(&self, skus: &[String]) -> Result<Vec<Versioned>, StoreError> {
        let mut found = Vec::with_capacity(skus.len());
        for sku in skus {
            found.extend(self.one::<Product>(sku).await?);
        }
        Ok(found)
    }

    async fn all<T: ShopRecord>(&self) -> Result<Vec<Versioned>, StoreError> {
        let mut found = Vec::new();
        self.store.for_each::<T>(|version, record| found.push(versioned(version, Arc::new(record)))).await?;
        Ok(found)
    }

    /// An order, if it belongs to the customer the session has shown to be.
    async fn order(&self, number: &str, asker: &Asker) -> Result<Option<Versioned>, StoreError> {
        let Some(customer) = known(asker) else { return Ok(None) };
        let found = match identity::find_order(self.store, &bare(number)).await? {
            Some(order) => Some(order),
            None => identity::find_tracked(self.store, &bare(number)).await?,
        };
        let Some(order) = found else { return Ok(None) };
        if order.customer != customer {
            return Ok(None);
        }
        self.one::<Order>(&order.number).await
    }

    async fn orders(&self, asker: &Asker) -> Result<Vec<Versioned>, StoreError> {
        const MOST: usize = 50;
        let Some(customer) = known(asker) else { return Ok(Vec::new()) };
        let numbers = self.store.find(Index::OrderByCustomer, customer, MOST).await?;
        let mut orders: Vec<(Version, Arc<Order>)> = Vec::new();
        for number in numbers {
            orders.extend(self.store.get::<Order>(&number).await?);
        }
        // Newest first; days before instants of the same day make no difference a customer sees.
        orders.sort_by_key(|(_, order)| std::cmp::Reverse(order.ordered.map(|when| when.day(&jiff::tz::TimeZone::UTC))));
        Ok(orders.into_iter().map(|(version, order)| versioned(version, order)).collect())
    }

    /// A ticket of the session's customer, or opened in the session itself.
    async fn ticket(&self, number: &str, asker: &Asker) -> Result<Option<Versioned>, StoreError> {
        let found = self.store.find(Index::TicketByNumber, number, 1).await?;
        let Some(number) = found.first() else { return Ok(None) };
        let Some((version, ticket)) = self.store.get::<Ticket>(number).await? else { return Ok(None) };
        let theirs = ticket.customer.is_some() && ticket.customer.as_deref() == known(asker);
        let opened_here = ticket.session.as_deref() == Some(asker.session.as_str());
        Ok((theirs || opened_here).then(|| versioned(version, ticket)))
    }

    async fn tickets(&self, asker: &Asker) -> Result<Vec<Versioned>, StoreError> {
        const MOST: usize = 20;
        let Some(customer) = known(asker) else { return Ok(Vec::new()) };
        let numbers = self.store.find(Index::TicketByCustomer, customer, MOST).await?;
        let mut tickets: Vec<(Version, Arc<Ticket>)> = Vec::new();
        for number in numbers {
            tickets.extend(self.store.get::<Ticket>(&number).await?);
        }
        tickets.sort_by_key(|(_, ticket)| std::cmp::Reverse(ticket.created_at));
        Ok(tickets.into_iter().map(|(version, ticket)| versioned(version, ticket)).collect())
    }

    /// The vector of a question, where the knowledge base has any to compare it with.
    fn vector(&self, text: &str) -> Option<Vector> {
        self.shelves.knowledge.knows_meaning().then(|| self.meaning.of(text)).flatten()
    }

    async fn knowledge(&self, text: &str, procedures: Option<bool>, limit: usize) -> Result<Outcome, StoreError> {
        let vector = self.vector(text);
        let question = Question { text, vector: vector.as_deref(), today: self.today, procedures };
        let mut hits = self.shelves.knowledge.find(&question, limit);
        if let Some(text) = self.plainer {
            // Both ways of asking count; what answers better comes first.
            hits.extend(self.shelves.knowledge.find(&Question { text, ..question }, limit));
            hits.sort_by(|a, b| b.score.total_cmp(&a.score));
            let mut seen: Vec<String> = Vec::new();
            hits.retain(|hit| {
                !seen.contains(&hit.id) && {
                    seen.push(hit.id.clone());
                    true
                }
            });
            hits.truncate(limit);
        }
        let mut found = Vec::with_capacity(hits.len());
        for hit in hits {
            found.extend(self.entry(hit).await?);
        }
        Ok(Outcome::Knowledge(found))
    }

    async fn entry(&self, hit: KnowledgeHit) -> Result<Option<EntryFound>, StoreError> {
        let Some((version, entry)) = self.store.get::<Knowledge>(&hit.id).await? else { return Ok(None) };
        let names = entry.sentences().into_iter().map(|sentence| self.shelves.names_in(sentence)).collect();
        Ok(Some(EntryFound { record: versioned(version, entry), hit, names }))
    }

    /// An entry, with the sentences of it that answer a question.
    async fn told(&self, id: &str, text: &str) -> Result<Outcome, StoreError> {
        let vector = self.vector(text);
        let question = Question { text, vector: vector.as_deref(), today: self.today, procedures: None };
        let mut found = Vec::new();
        if let Some(hit) = self.shelves.knowledge.within(id, &question) {
            found.extend(self.entry(hit).await?);
        }
        Ok(Outcome::Knowledge(found))
    }

    async fn entries(&self, ids: impl Iterator<Item = &str>) -> Result<Vec<Versioned>, StoreError> {
        let mut found = Vec::new();
        for id in ids {
            found.extend(self.one::<Knowledge>(id).await?);
        }
        Ok(found)
    }
}

fn known(asker: &Asker) -> Option<&str> {
    asker.customer.as_deref().filter(|_| asker.level != IdentityLevel::Anonymous)
}

fn versioned<T: ShopRecord>(version: Version, record: Arc<T>) -> Versioned {
    Versioned { record: T::into_record(record), version }
}

/// Enters an outcome into the book and the findings.
pub fn enter(outcome: Outcome, book: &mut FactBook, found: &mut Findings) {
    let mut add = |records: Vec<Versioned>| records.into_iter().map(|r| book.add(r)).collect::<Vec<RecordId>>();
    match outcome {
        Outcome::Search { records, found: search } => {
            let products = add(records);
            found.searches.push(SearchFound { products, ..*search });
        }
        Outcome::Alike { records, query } => {
            let products = add(records);
            found.alike = Some(SearchFound { total: products.len(), products, query: *query, ..SearchFound::default() });
        }
        Outcome::Products(records) => {
            found.products = add(records);
            found.products_asked += 1;
        }
        Outcome::Alternatives(records) => found.alternatives = Some(add(records)),
        Outcome::Accessories(records) => found.accessories = Some(add(records)),
        Outcome::Assortment { categories, brands } => {
            found.categories = categories;
            found.brands = brands;
        }
        Outcome::Promotions(records) => found.promotions = Some(add(records)),
        Outcome::Code(record) => found.code = Some(record.map(|r| book.add(r))),
        Outcome::Order(record) => found.order = Some(record.map(|r| book.add(r))),
        Outcome::Orders(records) => found.orders = Some(add(records)),
        Outcome::Ticket(record) => found.ticket = Some(record.map(|r| book.add(r))),
        Outcome::Tickets(records) => found.tickets = Some(add(records)),
        Outcome::Knowledge(hits) => {
            let entered = |EntryFound { record, hit, .. }: EntryFound| KnowledgeFound {
                record: book.add(record),
                score: hit.score,
                procedure: hit.procedure,
                part: hit.part,
                covers: hit.covers,
                lacks: hit.lacks,
                alone: hit.alone,
                domain: hit.domain,
            };
            found.knowledge.push(hits.into_iter().map(entered).collect());
        }
        Outcome::Entry(record) => found.entry = Some(record.map(|r| book.add(r))),
        Outcome::Hours(records) => found.hours = Some(add(records)),
        Outcome::Delivery(records) => found.delivery = Some(add(records)),
        Outcome::Identity { verdict, .. } => found.identity = Some(verdict),
    }
}

/// The kind of a record, for the log.
pub fn kind(record: &Record) -> RecordKind {
    record.kind()
}
