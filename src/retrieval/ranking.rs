//! Ranking products by words, by meaning, and by both.

use super::analysis;
use super::catalogue::Catalogue;
use super::search::{Hit, Scored};
use crate::domain::product::Product;
use crate::domain::query::ProductQuery;
use crate::domain::text::words;

/// By what products are ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Words alone.
    Words,
    /// Meaning alone.
    Meaning,
    /// Both.
    Both,
}

/// A search for nothing but the words of a text.
pub fn query(text: &str) -> ProductQuery {
    let terms = analysis::words(text).into_iter().filter(|word| !words::is_function(&word.text)).map(|word| word.text).collect();
    ProductQuery { terms, said: text.to_owned(), ..ProductQuery::default() }
}

/// Letters of a description that are read: what a thing is stands at its beginning.
const DESCRIBED: usize = 160;

/// What of a product its vector is made from: maker, name, category and the beginning of the description.
///
/// Chosen on the development queries of `data/search`, by meaning alone: recall@50 0.64, against 0.60 by the name,
/// 0.59 by name and kind, 0.59 by name and three specifications.
pub fn text(product: &Product) -> String {
    let name = format!("{} {}", product.brand, product.name);
    let described: String = product.description.chars().take(DESCRIBED).collect();
    let parts = [name.trim(), product.leaf_category().unwrap_or_default(), described.trim()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(". ")
}

/// Of the products that words put first, how many meaning may put in another order. What they are is left to words:
/// so what is found among the first fifty is never less than by words alone.
const REORDERED: usize = 20;
/// What a likeness of 1 adds to the score of the words, of which the best match has 1.
///
/// Chosen with [`REORDERED`] on the 58 development queries of `data/search`, most of them one or two words that name a
/// kind of thing, by nDCG@10 and MRR: 0.786 and 0.893, against 0.779 and 0.872 by words alone; recall@50 is 0.888 for
/// both. In five folds, drawn forty times, the gain on queries not chosen by was 0.003 and 0.001. More (0.25) gave
/// 0.798 but an MRR of 0.869; reciprocal rank fusion at most 0.784 (constant 10, meaning at 0.3) and a recall of 0.869.
const MEANING: f32 = 0.05;

/// Below this likeness a product is nothing like what is asked for. Of 25 wishes for what the demo shop does not sell the
/// likeliest product has 0.36; of 20 for what it sells, in words its records do not use, nine reach 0.40, seven of them
/// with a product that serves.
const LEAST_ALIKE: f32 = 0.4;
/// Of the likest, how many are looked through for others of the best one's kind.
const LIKEST: usize = 50;

impl Catalogue {
    /// The products that pass a query's filters, best first, at most `limit`. `likeness` is how alike each is to what
    /// is searched for, in the order of the index; where it is none, words are all there is.
    pub fn rank(&self, query: &ProductQuery, likeness: Option<&[f32]>, by: By, limit: usize) -> Vec<Hit> {
        let alike = |found: &Scored| likeness.and_then(|all| all.get(found.doc as usize)).map_or(0.0, |alike| alike.max(0.0));
        let mut scored = self.scored(query);
        match by {
            By::Words => scored.retain(|found| found.score > 0.0),
            By::Meaning => {
                scored.iter_mut().for_each(|found| found.score = alike(found));
                scored.retain(|found| found.score > 0.0);
            }
            By::Both => {
                // What no word matches comes last, where there is room for it: the likest first.
                let matched = scored.iter().filter(|found| found.score > 0.0).count();
                scored.retain(|found| found.score > 0.0 || matched < limit && alike(found) > 0.0);
            }
        }
        let unmatched = |found: &Scored| if found.score > 0.0 { 0.0 } else { alike(found) };
        scored.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| unmatched(b).total_cmp(&unmatched(a))));
        if by == By::Both {
            let best = scored.first().map_or(0.0, |found| found.score);
            let matched = scored.partition_point(|found| found.score > 0.0).min(REORDERED);
            let fused = |found: &Scored| found.score / best + MEANING * alike(found);
            scored[..matched].sort_by(|a, b| fused(b).total_cmp(&fused(a)));
        }
        let found = scored.into_iter().take(limit);
        found.map(|s| Hit { sku: self.skus[s.doc as usize].clone(), score: s.score, coverage: s.coverage }).collect()
    }

    /// The product that passes a query's filters and is surely the likest to what is asked for, and others of its kind
    /// that are alike, at most `limit`: for where no word finds anything.
    pub fn alike(&self, query: &ProductQuery, likeness: &[f32], limit: usize) -> Vec<String> {
        let mut hits = self.rank(query, Some(likeness), By::Meaning, LIKEST);
        hits.retain(|hit| hit.score >= LEAST_ALIKE);
        let kind = |hit: &Hit| self.doc(&hit.sku).and_then(|doc| self.facets.categories(doc).last().copied());
        let first = hits.first().and_then(kind);
        hits.into_iter().filter(|hit| kind(hit) == first).take(limit).map(|hit| hit.sku).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::product::tests::sample;

    #[test]
    fn meaning_orders_what_words_find_and_adds_what_they_do_not() {
        let named = |sku: &str, name: &str| sample(sku, name, 100, Some(1));
        let mut other = named("E", "Else");
        other.category = vec!["Kitchen".into()];
        let mut shelf = ["Acme lamp", "Best lamp", "Calm glow", "Dull pan"].map(|name| named(&name[..1], name)).to_vec();
        shelf.push(other);
        let catalogue = Catalogue::build(&shelf);
        let likeness = [0.3, 0.8, 0.6, -0.1, 0.7];
        let skus = |by, likeness| catalogue.rank(&query("the lamp"), likeness, by, 10).into_iter().map(|hit| hit.sku).collect::<Vec<_>>();
        for (by, likeness, wanted) in [
            (By::Words, Some(likeness.as_slice()), vec!["A", "B"]),
            (By::Meaning, Some(&likeness), vec!["B", "E", "C", "A"]),
            (By::Both, Some(&likeness), vec!["B", "A", "E", "C"]),
            (By::Both, None, vec!["A", "B"]),
        ] {
            assert_eq!(skus(by, likeness), wanted, "{by:?}");
        }
        assert_eq!(catalogue.alike(&query("torch"), &likeness, 10), ["B", "C"], "what is of another kind is left out");
        assert_eq!(catalogue.alike(&query("torch"), &likeness.map(|alike| alike / 3.0), 10), Vec::<String>::new());
    }
}
