//! The inverted index: for each term, the products it occurs in and how much it says of each.
//!
//! Scores follow BM25F (Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted
//! fields", CIKM 2004). All that does not depend on the query (field weights, lengths, saturation) is
//! folded into one byte per posting when the index is built, so that a query is a sum.

use foldhash::HashMap;
use serde::{Deserialize, Serialize};

/// How many parts there are.
const PARTS: usize = 6;

/// Fields of a product, with their weight and length normalisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Name.
    Name,
    /// Category path.
    Category,
    /// Maker.
    Brand,
    /// Values of properties, names of those that are "yes".
    Specs,
    /// Free text.
    Description,
    /// What it fits: a case for a phone is no phone.
    Fits,
}

impl Part {
    const ALL: [Self; PARTS] = [Self::Name, Self::Category, Self::Brand, Self::Specs, Self::Description, Self::Fits];

    /// Weight of a word found here. Set on the development queries of `data/search`.
    fn weight(self) -> f32 {
        match self {
            Self::Name => 4.0,
            Self::Category => 3.0,
            Self::Brand => 2.0,
            Self::Specs => 1.0,
            Self::Description => 1.0,
            Self::Fits => 0.5,
        }
    }

    /// How much a long text counts against its words (BM25's b).
    fn length_penalty(self) -> f32 {
        match self {
            Self::Name => 0.6,
            Self::Category | Self::Brand => 0.0,
            Self::Specs | Self::Description | Self::Fits => 0.7,
        }
    }

    /// The bit of a posting's mask.
    pub fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Saturation of repeated words (BM25's k1).
const SATURATION: f32 = 1.2;
/// An impact of 1.0 in a posting's byte.
const FULL: f32 = 255.0;

/// One product a term occurs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// The product.
    pub doc: u32,
    /// How much the term says of it, 0 to 255.
    pub impact: u8,
    /// The parts it occurs in.
    pub parts: u8,
}

/// The index.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Postings {
    /// Term to its number.
    terms: HashMap<String, u32>,
    /// Where each term's postings begin; one longer than there are terms.
    starts: Vec<u32>,
    docs: Vec<u32>,
    impacts: Vec<u8>,
    parts: Vec<u8>,
    doc_count: u32,
}

impl Postings {
    /// The number of a term.
    pub fn term(&self, term: &str) -> Option<u32> {
        self.terms.get(term).copied()
    }

    /// The term itself, if it is known.
    pub fn known(&self, term: &str) -> Option<&str> {
        self.terms.get_key_value(term).map(|(own, _)| own.as_str())
    }

    /// All terms with their numbers.
    pub fn terms(&self) -> impl Iterator<Item = (&str, u32)> {
        self.terms.iter().map(|(term, number)| (term.as_str(), *number))
    }

    /// The products a term occurs in.
    pub fn of(&self, term: u32) -> impl Iterator<Item = Posting> + '_ {
        let span = self.span(term);
        span.map(|i| Posting { doc: self.docs[i], impact: self.impacts[i], parts: self.parts[i] })
    }

    /// A term's posting of a product: they are in the order of the products.
    pub fn find(&self, term: u32, doc: u32) -> Option<Posting> {
        let span = self.span(term);
        let at = span.start + self.docs[span].binary_search(&doc).ok()?;
        Some(Posting { doc, impact: self.impacts[at], parts: self.parts[at] })
    }

    /// In how many products a term occurs.
    pub fn frequency(&self, term: u32) -> usize {
        self.span(term).len()
    }

    /// How telling a term is: the inverse document frequency of BM25, never negative.
    pub fn idf(&self, term: u32) -> f32 {
        let n = self.doc_count as f32;
        let df = self.frequency(term) as f32;
        (1.0 + (n - df + 0.5) / (df + 0.5)).ln()
    }

    fn span(&self, term: u32) -> std::ops::Range<usize> {
        let i = term as usize;
        match (self.starts.get(i), self.starts.get(i + 1)) {
            (Some(from), Some(to)) => *from as usize..*to as usize,
            _ => 0..0,
        }
    }
}

/// Gathers products and then builds the index.
#[derive(Default)]
pub struct Builder {
    terms: HashMap<String, u32>,
    /// For each document and part, its term numbers.
    docs: Vec<[Vec<u32>; PARTS]>,
}

impl Builder {
    /// Begins the next product and returns its number.
    pub fn begin(&mut self) -> u32 {
        self.docs.push(Default::default());
        u32::try_from(self.docs.len() - 1).unwrap_or(u32::MAX)
    }

    /// Adds terms to a part of the newest product.
    pub fn add(&mut self, part: Part, terms: impl IntoIterator<Item = String>) {
        for term in terms {
            let next = u32::try_from(self.terms.len()).unwrap_or(u32::MAX);
            let number = *self.terms.entry(term).or_insert(next);
            if let Some(doc) = self.docs.last_mut() {
                doc[part as usize].push(number);
            }
        }
    }

    /// The distinct terms of a part of a product.
    pub fn distinct(&self, doc: u32, part: Part) -> Vec<u32> {
        let mut terms = self.docs[doc as usize][part as usize].clone();
        terms.sort_unstable();
        terms.dedup();
        terms
    }

    /// The index over everything added.
    pub fn build(self) -> Postings {
        let count = self.docs.len().max(1) as f32;
        let mut average = [0.0_f32; PARTS];
        for doc in &self.docs {
            for (sum, part) in average.iter_mut().zip(doc) {
                *sum += part.len() as f32 / count;
            }
        }
        let mut by_term: Vec<Vec<Posting>> = vec![Vec::new(); self.terms.len()];
        for (number, doc) in self.docs.iter().enumerate() {
            for (term, impact, parts) in impacts(doc, &average) {
                let doc = u32::try_from(number).unwrap_or(u32::MAX);
                by_term[term as usize].push(Posting { doc, impact, parts });
            }
        }
        let mut built =
            Postings { terms: self.terms, doc_count: u32::try_from(self.docs.len()).unwrap_or(u32::MAX), ..Postings::default() };
        built.starts.push(0);
        for postings in by_term {
            for posting in postings {
                built.docs.push(posting.doc);
                built.impacts.push(posting.impact);
                built.parts.push(posting.parts);
            }
            built.starts.push(u32::try_from(built.docs.len()).unwrap_or(u32::MAX));
        }
        built
    }
}

/// Each term of a product with its impact and the parts it stands in.
fn impacts(doc: &[Vec<u32>; PARTS], average: &[f32; PARTS]) -> Vec<(u32, u8, u8)> {
    let mut weights: HashMap<u32, (f32, u8)> = HashMap::default();
    for part in Part::ALL {
        let terms = &doc[part as usize];
        let penalty = part.length_penalty();
        let relative = terms.len() as f32 / average[part as usize].max(1.0);
        let share = part.weight() / (1.0 - penalty + penalty * relative);
        for term in terms {
            let entry = weights.entry(*term).or_insert((0.0, 0));
            entry.0 += share;
            entry.1 |= part.bit();
        }
    }
    weights
        .into_iter()
        .map(|(term, (weight, parts))| {
            let impact = weight / (SATURATION + weight);
            (term, (impact * FULL).round() as u8, parts)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn a_word_in_the_name_says_more_than_one_in_the_description() {
        let mut builder = Builder::default();
        let named = builder.begin();
        builder.add(Part::Name, words("acme laptop"));
        let described = builder.begin();
        builder.add(Part::Name, words("acme bag"));
        builder.add(Part::Description, words("fits any laptop up to fifteen inches"));
        let index = builder.build();
        let laptop = index.term("laptop").unwrap();
        let impact = |doc| index.find(laptop, doc).map(|p| p.impact).unwrap();
        assert!(impact(named) > impact(described));
        assert_eq!(index.frequency(laptop), 2);
        assert!(index.idf(index.term("bag").unwrap()) > index.idf(laptop));
        assert_eq!(index.term("phone"), None);
        assert_eq!(index.of(9_999).count(), 0);
    }
}
