//! What a customer wants to see: a product query that later messages refine.

use serde::{Deserialize, Serialize};

use super::money::Money;

/// A search for products, as the conversation has made it so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ProductQuery {
    /// Words that must describe the product, folded.
    pub terms: Vec<String>,
    /// Words that may describe it: what it is for. Those that do come first.
    pub hints: Vec<String>,
    /// Categories, any of which will do.
    pub categories: Vec<String>,
    /// Brands, any of which will do.
    pub brands: Vec<String>,
    /// Brands not wanted.
    pub not_brands: Vec<String>,
    /// Words that must not describe the product, folded.
    pub not_terms: Vec<String>,
    /// Least price.
    pub min_price: Option<Money>,
    /// Highest price.
    pub max_price: Option<Money>,
    /// Measured properties.
    pub measures: Vec<Measure>,
    /// Only what is there.
    pub in_stock: bool,
    /// Order of the results.
    pub sort: Sort,
    /// Order by a measured property, where one is wished for: the longest battery life first.
    pub quality: Option<Quality>,
    /// Products already shown that the customer has seen enough of.
    pub not_skus: Vec<String>,
    /// The customer's own words for it, for "you asked for".
    pub said: String,
}

/// A measured property: at least 16 GB, at most 2 kg, exactly 144 Hz.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// Folded word of the property, where the customer named it: `memory`.
    pub property: Option<String>,
    /// How the number bounds.
    pub bound: Bound,
    /// The number.
    pub number: f64,
    /// The unit's compared form: `gb`.
    pub unit: String,
}

/// How a number bounds a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bound {
    /// That much or more.
    AtLeast,
    /// That much or less.
    AtMost,
    /// That much.
    About,
}

/// Order of results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sort {
    /// Best match first.
    #[default]
    Relevance,
    /// Cheapest first.
    PriceUp,
    /// Dearest first.
    PriceDown,
}

/// What the words of a query that may describe its products did to a search.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Hinted {
    /// There were none, or they tell no product from another.
    #[default]
    No,
    /// Some have some of them, and come first.
    Ranked,
    /// Some have all of them, and only those are left.
    Narrowed,
}

/// A wish for much or little of a property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quality {
    /// Stems of properties that may be meant, likeliest first: `battery life`, `runtime`.
    pub properties: Vec<String>,
    /// Whether less of it is better.
    pub less: bool,
    /// How strongly it is wished for.
    pub degree: Degree,
}

/// How strongly something is wished for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Degree {
    /// "A quiet one", "battery matters".
    Wish,
    /// "A quieter one".
    More,
    /// "The quietest".
    Most,
}

impl ProductQuery {
    /// Whether it narrows anything down at all.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
            && self.categories.is_empty()
            && self.brands.is_empty()
            && self.not_brands.is_empty()
            && self.min_price.is_none()
            && self.max_price.is_none()
            && self.measures.is_empty()
    }

    /// Whether it says what kind of thing is wanted, not only how it should be.
    pub fn names_a_thing(&self) -> bool {
        !self.terms.is_empty() || !self.categories.is_empty()
    }
}
