//! Searching: filters first, then words, then order.

use super::analysis;
use super::catalogue::Catalogue;
use super::measured::Ordering;
use super::postings::Part;
use crate::domain::query::{Hinted, ProductQuery, Sort};
use crate::domain::text::stem::stem;
use crate::domain::text::words;

/// A product found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The product.
    pub sku: String,
    /// How well its words match; comparable within one search only.
    pub score: f32,
    /// The share of the query's words it matches, weighted by how telling they are; 1 when there are none.
    pub coverage: f32,
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// The best, in order.
    pub hits: Vec<Hit>,
    /// How many match in all.
    pub total: usize,
    /// Words of the query that occur nowhere in the catalogue.
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
}

/// How much another word for a word counts.
const SYNONYM: f32 = 0.85;
/// How much a corrected word counts.
const CORRECTED: f32 = 0.8;
/// A product must match this share of the words to count as a match at all.
const LEAST_COVERAGE: f32 = 0.45;
/// A product that matches this much less than the best is no match beside it.
const BESIDE_BEST: f32 = 0.6;

/// From this share of the words on a product has all of them.
const ALL: f32 = 0.99;

/// A word of the query, with the terms that may stand for it.
struct Wanted {
    alternatives: Vec<(Vec<u32>, f32)>,
    idf: f32,
}

/// A product while it is scored.
pub(super) struct Scored {
    /// Its number in the index.
    pub doc: u32,
    /// How well the words match; 0 where none does.
    pub score: f32,
    /// The share of the words it matches.
    pub coverage: f32,
}

impl Catalogue {
    /// The products that match a query, best first, at most `limit`.
    pub fn search(&self, query: &ProductQuery, limit: usize) -> Found {
        let wanted: Vec<(String, Wanted)> = query.terms.iter().map(|word| (word.clone(), self.wanted(word))).collect();
        let unknown = wanted.iter().filter(|(_, w)| w.alternatives.is_empty()).map(|(word, _)| word.clone()).collect();
        let mut scored = self.score(query, &wanted);
        let complete = scored.iter().any(|s| s.coverage >= ALL);
        if complete && !query.categories.is_empty() {
            scored.retain(|s| s.coverage >= ALL);
        }
        let hinted = self.keep_hinted(query, &mut scored);
        let docs: Vec<u32> = scored.iter().map(|s| s.doc).collect();
        let ordering = query.quality.as_ref().and_then(|quality| self.ordering(quality, &docs));
        self.sort(&mut scored, query.sort, ordering.as_ref());
        let total = scored.len();
        let hits = scored
            .into_iter()
            .take(limit)
            .map(|s| Hit { sku: self.skus[s.doc as usize].clone(), score: s.score, coverage: s.coverage })
            .collect();
        let names = Part::Name.bit() | Part::Category.bit() | Part::Brand.bit();
        let within =
            |parts: u8| wanted.is_empty() || docs.iter().any(|doc| wanted.iter().any(|(_, word)| self.has_word(*doc, word, parts)));
        let (named, stated) = (within(names), within(names | Part::Specs.bit()));
        Found { hits, total, unknown, complete, named, stated, ordered_by: ordering.map(|o| o.property), hinted }
    }

    /// Of a kind of thing, keeps those that have every word that tells some of them from the others: of drills
    /// "for concrete walls" the one made for concrete, whatever no drill says of walls.
    fn keep_hinted(&self, query: &ProductQuery, scored: &mut Vec<Scored>) -> Hinted {
        let any = Part::Name.bit() | Part::Specs.bit() | Part::Description.bit();
        let has = |doc: u32, word: &Wanted| self.has_word(doc, word, any);
        let telling: Vec<Wanted> = query
            .hints
            .iter()
            .map(|word| self.wanted(word))
            .filter(|word| {
                let having = scored.iter().filter(|s| has(s.doc, word)).count();
                having > 0 && having < scored.len()
            })
            .collect();
        if telling.is_empty() || query.categories.is_empty() {
            return Hinted::No;
        }
        let all = |s: &Scored| telling.iter().all(|word| has(s.doc, word));
        if !scored.iter().any(all) {
            return Hinted::Ranked;
        }
        scored.retain(all);
        Hinted::Narrowed
    }

    /// Whether a word stands in some parts of a product.
    fn has_word(&self, doc: u32, word: &Wanted, parts: u8) -> bool {
        let there = |term: &u32| self.postings.of(*term).any(|p| p.doc == doc && p.parts & parts != 0);
        word.alternatives.iter().any(|(terms, _)| terms.iter().all(there))
    }

    /// The terms that may stand for a word: itself, other words for it, or what it was meant to be.
    fn wanted(&self, word: &str) -> Wanted {
        let own = stem(word);
        let phrase = |text: &str| text.split(' ').map(|w| self.postings.term(w)).collect::<Option<Vec<u32>>>();
        let mut alternatives: Vec<(Vec<u32>, f32)> = phrase(&own).map(|terms| (terms, 1.0)).into_iter().collect();
        alternatives.extend(words::synonyms(&own).iter().filter_map(|s| phrase(s)).map(|terms| (terms, SYNONYM)));
        if alternatives.is_empty() {
            let meant = self.correct(word, &own).and_then(|meant| self.postings.term(meant));
            alternatives.extend(meant.map(|term| (vec![term], CORRECTED)));
        }
        let known = alternatives.iter().flat_map(|(terms, _)| terms).map(|t| self.postings.idf(*t));
        let rarest = (self.len().max(1) as f32).ln() + 1.0;
        Wanted { idf: known.fold(None, |best: Option<f32>, idf| Some(best.map_or(idf, |b| b.min(idf)))).unwrap_or(rarest), alternatives }
    }

    fn score(&self, query: &ProductQuery, wanted: &[(String, Wanted)]) -> Vec<Scored> {
        let mut found = self.matching(query, wanted);
        found.retain(|s| s.coverage >= LEAST_COVERAGE);
        let mut meeting: Vec<u32> = found.iter().map(|s| s.doc).collect();
        self.keep_measured(&query.measures, &mut meeting);
        found.retain(|s| meeting.contains(&s.doc));
        let best = found.iter().map(|s| s.coverage).fold(0.0, f32::max);
        found.retain(|s| s.coverage >= best * BESIDE_BEST);
        found
    }

    /// Every product that passes a query's filters, with how well its words match: in the order of the index.
    fn matching(&self, query: &ProductQuery, wanted: &[(String, Wanted)]) -> Vec<Scored> {
        let count = self.skus.len();
        let mut scores = vec![0.0_f32; count];
        let mut matched = vec![0.0_f32; count];
        let mut best_of_word = vec![0.0_f32; count];
        let total: f32 = wanted.iter().map(|(_, w)| w.idf).sum();
        let hints: Vec<(String, Wanted)> = query.hints.iter().map(|word| (word.clone(), self.wanted(word))).collect();
        for (counts, (_, word)) in wanted.iter().map(|w| (true, w)).chain(hints.iter().map(|w| (false, w))) {
            for (terms, weight) in &word.alternatives {
                self.add_alternative(terms, *weight, &mut best_of_word);
            }
            for doc in 0..count {
                let best = std::mem::take(&mut best_of_word[doc]);
                if best > 0.0 {
                    scores[doc] += best * word.idf;
                    matched[doc] += if counts { word.idf } else { 0.0 };
                }
            }
        }
        let passes = self.filter(query);
        (0_u32..)
            .take(count)
            .filter(|doc| passes(*doc))
            .map(|doc| {
                let i = doc as usize;
                let coverage = if total > 0.0 { matched[i] / total } else { 1.0 };
                Scored { doc, score: scores[i] * coverage, coverage }
            })
            .collect()
    }

    /// Every product that passes a query's filters, with the score of its words: in the order of the index.
    pub(super) fn scored(&self, query: &ProductQuery) -> Vec<Scored> {
        let wanted: Vec<(String, Wanted)> = query.terms.iter().map(|word| (word.clone(), self.wanted(word))).collect();
        self.matching(query, &wanted)
    }

    /// Adds the impact of a term, or of a phrase all of whose terms must occur, where it beats what the
    /// word has from another alternative.
    fn add_alternative(&self, terms: &[u32], weight: f32, best: &mut [f32]) {
        let [first, rest @ ..] = terms else { return };
        for posting in self.postings.of(*first) {
            let all = rest.iter().all(|term| self.postings.of(*term).any(|p| p.doc == posting.doc));
            let impact = f32::from(posting.impact) / 255.0 * weight;
            let slot = &mut best[posting.doc as usize];
            if all && impact > *slot {
                *slot = impact;
            }
        }
    }

    /// Whether a product passes everything that is not a matter of degree.
    fn filter<'a>(&'a self, query: &'a ProductQuery) -> impl Fn(u32) -> bool + 'a {
        let categories: Vec<u16> = query.categories.iter().filter_map(|name| self.categories.number(name)).collect();
        let excluded: Vec<u32> = query
            .not_terms
            .iter()
            .filter_map(|word| self.postings.term(&stem(word)))
            .flat_map(|term| self.postings.of(term).map(|p| p.doc).collect::<Vec<_>>())
            .collect();
        let same_brand =
            |doc: u32, names: &[String]| self.facets.brand(doc).is_some_and(|own| names.iter().any(|name| own.eq_ignore_ascii_case(name)));
        move |doc| {
            let in_category = query.categories.is_empty() || self.facets.categories(doc).iter().any(|own| categories.contains(own));
            in_category
                && (query.brands.is_empty() || same_brand(doc, &query.brands))
                && !same_brand(doc, &query.not_brands)
                && self.facets.price_within(doc, query.min_price, query.max_price)
                && (!query.in_stock || self.facets.in_stock(doc))
                && !excluded.contains(&doc)
                && !query.not_skus.contains(&self.skus[doc as usize])
        }
    }

    fn sort(&self, found: &mut [Scored], sort: Sort, ordering: Option<&Ordering>) {
        let price = |doc: u32| self.facets.price(doc).unwrap_or(i64::MAX);
        let out = |doc: u32| self.facets.out_of_stock(doc);
        found.sort_by(|a, b| {
            let by_price = || price(a.doc).cmp(&price(b.doc));
            let order = match (ordering, sort) {
                (Some(ordering), _) => {
                    let standing = |doc: u32| self.standing(doc, ordering).unwrap_or(f64::NEG_INFINITY);
                    standing(b.doc).total_cmp(&standing(a.doc)).then(out(a.doc).cmp(&out(b.doc))).then_with(by_price)
                }
                (None, Sort::Relevance) => bucket(b.score).cmp(&bucket(a.score)).then(out(a.doc).cmp(&out(b.doc))).then_with(by_price),
                (None, Sort::PriceUp) => by_price(),
                (None, Sort::PriceDown) => {
                    let known = |doc: u32| self.facets.price(doc).unwrap_or(i64::MIN);
                    known(b.doc).cmp(&known(a.doc))
                }
            };
            order.then(a.doc.cmp(&b.doc))
        });
    }

    /// How well one product matches words, from 0 to 1; for choosing among products already listed.
    pub fn match_words(&self, sku: &str, text: &str) -> f32 {
        let Some(doc) = self.doc(sku) else { return 0.0 };
        let said: Vec<_> = analysis::words(text).into_iter().filter(|w| !words::is_function(&w.text)).collect();
        let mut total = 0.0;
        let mut matched = 0.0;
        for word in &said {
            let wanted = self.wanted(&word.text);
            total += wanted.idf;
            let hit =
                wanted.alternatives.iter().any(|(alternative, _)| alternative.iter().all(|t| self.postings.of(*t).any(|p| p.doc == doc)));
            if hit {
                matched += wanted.idf;
            }
        }
        if total > 0.0 { matched / total } else { 0.0 }
    }
}

/// Scores that differ by less than a few per cent are equal: stock and price decide between them.
fn bucket(score: f32) -> i32 {
    (score.max(1e-6).ln() * 12.0).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::{Currency, Money};
    use crate::domain::product::tests::sample;
    use crate::domain::query::{Bound, Measure};

    fn shelf() -> Catalogue {
        let laptop = |sku: &str, name: &str, price, stock| sample(sku, name, price, Some(stock));
        let mut bag = laptop("BAG", "Acme Laptop Bag", 4_000, 3);
        bag.category = vec!["Accessories".into(), "Bags".into()];
        bag.description = "Fits laptops up to 15 inches".into();
        let mut red = laptop("RED", "Acme Two red", 90_000, 5);
        red.description = "A quiet laptop for video editing".into();
        Catalogue::build(&[laptop("ONE", "Acme One", 80_000, 0), red, laptop("BEST", "Best Pro", 120_000, 2), bag])
    }

    fn skus(query: &ProductQuery) -> Vec<String> {
        shelf().search(query, 10).hits.into_iter().map(|hit| hit.sku).collect()
    }

    fn words(text: &str) -> ProductQuery {
        ProductQuery { terms: text.split(' ').map(str::to_owned).collect(), ..ProductQuery::default() }
    }

    #[test]
    fn filters_words_and_order() {
        let usd = |minor| Some(Money::new(minor, Currency::USD));
        let laptops = ProductQuery { categories: vec!["Laptops".into()], ..ProductQuery::default() };
        let eur = Some(Money::new(1, Currency::parse("EUR").unwrap()));
        let measure = |number| Measure { property: Some("memory".into()), bound: Bound::AtLeast, number, unit: "gb".into() };
        for (query, expected) in [
            (laptops.clone(), vec!["RED", "BEST", "ONE"]),
            (ProductQuery { max_price: usd(100_000), ..laptops.clone() }, vec!["RED", "ONE"]),
            (ProductQuery { min_price: eur, ..laptops.clone() }, vec![]),
            (ProductQuery { brands: vec!["best".into()], ..laptops.clone() }, vec!["BEST"]),
            (ProductQuery { not_brands: vec!["Best".into()], ..laptops.clone() }, vec!["RED", "ONE"]),
            (ProductQuery { in_stock: true, sort: Sort::PriceDown, ..laptops.clone() }, vec!["BEST", "RED"]),
            (ProductQuery { measures: vec![measure(16.0)], ..laptops.clone() }, vec!["RED", "BEST", "ONE"]),
            (ProductQuery { measures: vec![measure(32.0)], ..laptops.clone() }, vec![]),
            (ProductQuery { not_terms: vec!["red".into()], ..laptops.clone() }, vec!["BEST", "ONE"]),
            (ProductQuery { not_skus: vec!["RED".into()], ..laptops }, vec!["BEST", "ONE"]),
            (words("video editing"), vec!["RED"]),
            (words("bag"), vec!["BAG"]),
            (words("toaster"), vec![]),
        ] {
            assert_eq!(skus(&query), expected, "{query:?}");
        }
    }

    #[test]
    fn words_nobody_sells_are_named() {
        let found = shelf().search(&words("acme toaster"), 10);
        assert_eq!(found.unknown, ["toaster"]);
    }

    #[test]
    fn a_product_is_matched_by_some_of_its_words() {
        let shelf = shelf();
        assert!(shelf.match_words("RED", "the red one") > 0.9);
        assert!(shelf.match_words("BEST", "the red one") < 0.1);
    }
}
