//! Look-ups: what an agent asks of the shop's records, and what comes back.

use crate::domain::fact::RecordId;
use crate::domain::knowledge::{Domain, Part};
use crate::domain::query::{Hinted, ProductQuery};

/// A question to the shop's records.
#[derive(Debug, Clone, PartialEq)]
pub enum Lookup {
    /// Products that fit a query.
    Search {
        /// What is wanted.
        query: ProductQuery,
        /// At most this many.
        limit: usize,
    },
    /// Products that pass a query's filters and are alike what is asked for, whatever their words.
    Alike {
        /// What is wanted, in the customer's own words.
        query: ProductQuery,
        /// At most this many.
        limit: usize,
    },
    /// Products by SKU, in this order.
    Products(Vec<String>),
    /// Products of the same kind that are there, nearest in price first.
    Alternatives {
        /// Instead of this one.
        sku: String,
        /// At most this many.
        limit: usize,
    },
    /// Products that say they fit a product.
    Accessories {
        /// What they must fit.
        sku: String,
        /// Words for the kind of accessory, if any.
        words: Vec<String>,
        /// At most this many.
        limit: usize,
    },
    /// The categories and brands of the shop.
    Assortment,
    /// All promotions, running or not.
    Promotions,
    /// The promotion of a code.
    Code(String),
    /// An order of the identified customer, by letters and digits of its number.
    Order(String),
    /// All orders of the identified customer.
    OrdersOfCustomer,
    /// A ticket of the identified customer or of this session, by letters and digits of its number.
    Ticket(String),
    /// Tickets of the identified customer or of this session.
    Tickets,
    /// Entries of the knowledge base that answer a question.
    Knowledge {
        /// The question.
        text: String,
        /// Only procedures, only answers, or either.
        procedures: Option<bool>,
        /// At most this many.
        limit: usize,
    },
    /// An entry of the knowledge base by its identifier.
    Entry(String),
    /// An entry just told, with the sentences of it that answer a question.
    Told {
        /// The entry.
        id: String,
        /// The question.
        text: String,
    },
    /// The entries that say when the shop is open.
    Hours,
    /// The entries that say what delivery costs.
    Delivery,
    /// Whether what was said shows that an order is the customer's.
    Identity(Claim),
}

impl Lookup {
    /// Its name in records, charters and the workflow.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Search { .. } | Self::Alike { .. } => "search",
            Self::Products(_) => "products",
            Self::Alternatives { .. } => "alternatives",
            Self::Accessories { .. } => "accessories",
            Self::Assortment => "assortment",
            Self::Promotions => "promotions",
            Self::Code(_) => "code",
            Self::Order(_) => "order",
            Self::OrdersOfCustomer => "orders",
            Self::Ticket(_) => "ticket",
            Self::Tickets => "tickets",
            Self::Knowledge { .. } | Self::Told { .. } => "knowledge",
            Self::Entry(_) => "entry",
            Self::Hours => "hours",
            Self::Delivery => "delivery",
            Self::Identity(_) => "identity",
        }
    }
}

/// Look-ups a model may propose, by name, within the charter of the agent its goal belongs to. Whose an order
/// is, it may not.
pub const PROPOSABLE: [&str; 12] = [
    "search",
    "products",
    "alternatives",
    "accessories",
    "assortment",
    "promotions",
    "code",
    "order",
    "orders",
    "ticket",
    "tickets",
    "knowledge",
];

/// What a number given as a proof is the number of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NumberOf {
    /// An order, or one of its parcels.
    #[default]
    Order,
    /// A ticket.
    Ticket,
}

/// What a customer says to show whose an order or ticket is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claim {
    /// Letters and digits of the number.
    pub number: String,
    /// What it is the number of.
    pub of: NumberOf,
    /// E-mail address.
    pub email: Option<String>,
    /// Last four digits of the telephone number.
    pub phone_tail: Option<String>,
    /// Postal code.
    pub zip: Option<String>,
    /// Name.
    pub name: Option<String>,
}

/// What the claim is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The order is theirs.
    Proven {
        /// The customer.
        customer: String,
        /// The number, as the shop writes it, of the order it was shown by; a ticket may belong to none.
        order: Option<String>,
    },
    /// It is not shown to be: wrong, unknown or locked, which nobody is told apart.
    NotProven,
}

/// A search's outcome.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchFound {
    /// The best, in order.
    pub products: Vec<RecordId>,
    /// How many match in all.
    pub total: usize,
    /// Words nobody sells.
    pub unknown: Vec<String>,
    /// Whether the best have everything that was asked for; otherwise they come closest.
    pub complete: bool,
    /// Whether any is called by a word of the query, or is of a kind it names, rather than mentioning it.
    pub named: bool,
    /// Whether any is called by one, or has it in its specifications, rather than only in running text.
    pub stated: bool,
    /// Stems of the property they are in order of, where one was wished for.
    pub ordered_by: Option<String>,
    /// What the words that may describe them did.
    pub hinted: Hinted,
    /// How alike the likest of them is to what the customer said, -1 to 1; `None` without vectors.
    pub likest: Option<f32>,
    /// The query that was asked.
    pub query: ProductQuery,
}

/// An entry of the knowledge base that may answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KnowledgeFound {
    /// The entry.
    pub record: RecordId,
    /// How well it answers, 0 to 1.
    pub score: f32,
    /// Whether its answer is a procedure.
    pub procedure: bool,
    /// The sentences of it that answer.
    pub part: Part,
    /// How much of what the question says it speaks of, 0 to 1.
    pub covers: f32,
    /// Whether a length of time is asked for, and it holds none.
    pub lacks: bool,
    /// Whether a telling word of the question stands in this entry alone.
    pub alone: bool,
    /// Whose it is.
    pub domain: Domain,
}

/// Everything looked up so far in a turn.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// Searches, in the order asked.
    pub searches: Vec<SearchFound>,
    /// Products alike what is asked for, once asked for.
    pub alike: Option<SearchFound>,
    /// Products asked for by SKU.
    pub products: Vec<RecordId>,
    /// How often products were asked for by SKU, also where none was there.
    pub products_asked: u8,
    /// Alternatives, once asked for.
    pub alternatives: Option<Vec<RecordId>>,
    /// Accessories, once asked for.
    pub accessories: Option<Vec<RecordId>>,
    /// Category names with how many products each has.
    pub categories: Vec<(String, u32)>,
    /// Brands.
    pub brands: Vec<String>,
    /// Promotions, once asked for.
    pub promotions: Option<Vec<RecordId>>,
    /// The promotion of a code, once asked for: there or not.
    pub code: Option<Option<RecordId>>,
    /// An order, once asked for: there (and theirs) or not.
    pub order: Option<Option<RecordId>>,
    /// The customer's orders, once asked for, newest first.
    pub orders: Option<Vec<RecordId>>,
    /// A ticket, once asked for.
    pub ticket: Option<Option<RecordId>>,
    /// Tickets, once asked for, newest first.
    pub tickets: Option<Vec<RecordId>>,
    /// Entries of the knowledge base, in the order asked, best first within each question.
    pub knowledge: Vec<Vec<KnowledgeFound>>,
    /// An entry asked for by its identifier.
    pub entry: Option<Option<RecordId>>,
    /// The entries that say when the shop is open, once asked for.
    pub hours: Option<Vec<RecordId>>,
    /// The entries that say what delivery costs, once asked for.
    pub delivery: Option<Vec<RecordId>>,
    /// The verdict on a claim.
    pub identity: Option<Verdict>,
}
