//! What goes with a product, and what could take its place.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::analysis;
use super::catalogue::Catalogue;
use super::postings::{Part, Posting};
use crate::domain::product::{Product, SpecValue};
use crate::domain::query::ProductQuery;
use crate::domain::text::stem::stem;
use crate::domain::text::words;

/// A product that says what it fits.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Accessory {
    doc: u32,
    /// What it fits, entry by entry, as stems.
    fits: Vec<Vec<String>>,
}

impl Accessory {
    /// From a product that has a property such as "Compatible with".
    pub(super) fn of(doc: u32, product: &Product) -> Option<Self> {
        let fits: Vec<Vec<String>> =
            product.fits().flat_map(|(_, text)| text.split([',', ';', '\n'])).map(stems).filter(|entry| !entry.is_empty()).collect();
        (!fits.is_empty()).then_some(Self { doc, fits })
    }
}

fn stems(text: &str) -> Vec<String> {
    analysis::words(text).into_iter().map(|w| w.stem).filter(|s| s != "and" && s != "with").collect()
}

/// How an accessory fits a product; better ways first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It names the product.
    Name,
    /// It names the kind of product.
    Kind,
    /// It names a connector or standard the product has.
    Connector,
}

impl Catalogue {
    /// Products that say they fit `product`, closest fit first. `words` narrow down the kind.
    pub fn accessories(&self, product: &Product, words: &[String], limit: usize) -> Vec<String> {
        let name: HashSet<String> = stems(&product.name).into_iter().chain(stems(&product.brand)).collect();
        let kinds: Vec<Vec<String>> = product.category.iter().map(|c| stems(c)).collect();
        let own: HashSet<String> = product
            .specs
            .iter()
            .filter_map(|spec| match &spec.value {
                SpecValue::Text(text) => Some(analysis::index_terms(text)),
                SpecValue::Flag(true) => Some(analysis::index_terms(&spec.name)),
                _ => None,
            })
            .flatten()
            .collect();
        let parts = self.parts_for(words);
        let mut fitting: Vec<(Fit, bool, i64, u32)> = self
            .accessories
            .iter()
            .filter(|a| self.skus[a.doc as usize] != product.sku && parts.is_none_or(|parts| self.is_kind(a.doc, words, parts)))
            .filter_map(|accessory| {
                let fit = accessory.fits.iter().filter_map(|entry| fit(entry, &name, &kinds, &own)).min()?;
                let price = self.facets.price(accessory.doc).unwrap_or(i64::MAX);
                Some((fit, self.facets.out_of_stock(accessory.doc), price, accessory.doc))
            })
            .collect();
        fitting.sort_unstable();
        fitting.into_iter().take(limit).map(|(_, _, _, doc)| self.skus[doc as usize].clone()).collect()
    }

    /// The parts in which the words for a kind of thing are looked for: names and kinds; what the products
    /// state, where no accessory is called by them; none where no word is known at all.
    fn parts_for(&self, words: &[String]) -> Option<u8> {
        const NAMES: u8 = 1 << Part::Name as u8 | 1 << Part::Category as u8;
        let called = |parts: u8| self.accessories.iter().any(|a| self.is_kind(a.doc, words, parts));
        [NAMES, NAMES | Part::Specs.bit()].into_iter().find(|parts| called(*parts))
    }

    /// Whether a product is of the kind some words, or other words for them, ask for.
    fn is_kind(&self, doc: u32, words: &[String], parts: u8) -> bool {
        words.iter().any(|word| {
            let own = stem(word);
            let others = words::synonyms(&own).iter().filter(|other| !other.contains(' '));
            std::iter::once(&own)
                .chain(others)
                .filter_map(|stem| Some((stem, self.postings.term(stem)?)))
                .any(|(stem, term)| self.postings.find(term, doc).is_some_and(|p| p.parts & parts != 0 && !self.may_be_the_other(p, stem)))
        })
    }

    /// "Cases and Chargers" holds chargers, which are no cases: of a kind that is called two things, what is not
    /// called so itself may be the other.
    fn may_be_the_other(&self, posting: Posting, word: &str) -> bool {
        if posting.parts & Part::Name.bit() != 0 || posting.parts & Part::Category.bit() == 0 {
            return false;
        }
        let kinds = || self.facets.categories(posting.doc).iter().filter_map(|c| self.categories.name(*c));
        let double = |name: &str| name.split([' ', ',']).any(|part| matches!(part, "and" | "&" | "/" | "+"));
        let of = |name: &str| stems(name).iter().any(|own| own == word);
        kinds().any(|name| double(name) && of(name)) && !kinds().any(|name| !double(name) && of(name))
    }

    /// Products of the same kind that are there, nearest in price first.
    pub fn alternatives(&self, sku: &str, limit: usize) -> Vec<String> {
        const LOOKED_AT: usize = 200;
        let Some(doc) = self.doc(sku) else { return Vec::new() };
        let leaf = self.facets.categories(doc).last().and_then(|c| self.categories.name(*c));
        let query = match leaf {
            Some(leaf) => ProductQuery { categories: vec![leaf.to_owned()], ..ProductQuery::default() },
            // Without categories the words of the name say what it is.
            None => ProductQuery { terms: self.name_words(doc), ..ProductQuery::default() },
        };
        let own = self.facets.price(doc).unwrap_or(0);
        let fits = |doc: u32| self.accessories.iter().find(|accessory| accessory.doc == doc).map(|accessory| &accessory.fits);
        // Instead of a part only what fits the same thing will do; what goes with a standard is no part of one thing.
        let general = |own: &[Vec<String>]| own.iter().any(|entry| !self.is_a_name(entry, doc));
        let shares = |own: &Vec<Vec<String>>, its: &Vec<Vec<String>>| its.iter().any(|entry| own.contains(entry));
        let will_do =
            |other: u32| fits(doc).is_none_or(|own| fits(other).is_some_and(|its| shares(own, its) || general(own) && general(its)));
        let mut others: Vec<(i64, String)> = self
            .search(&query, LOOKED_AT)
            .hits
            .into_iter()
            .filter(|hit| hit.sku != self.skus[doc as usize])
            .filter_map(|hit| {
                let other = self.doc(&hit.sku)?;
                let there = self.facets.in_stock(other) || (!self.facets.in_stock(doc) && !self.facets.out_of_stock(other));
                (there && will_do(other)).then(|| ((self.facets.price(other).unwrap_or(i64::MAX / 2) - own).abs(), hit.sku))
            })
            .collect();
        others.sort();
        others.into_iter().take(limit).map(|(_, sku)| sku).collect()
    }

    /// Whether what something fits is a thing of the catalogue by its name, rather than a kind or a standard.
    fn is_a_name(&self, entry: &[String], own: u32) -> bool {
        let terms: Option<Vec<u32>> = entry.iter().map(|stem| self.postings.term(stem)).collect();
        let Some(terms) = terms.filter(|terms| terms.len() > 1) else { return false };
        (0..self.skus.len()).filter_map(|doc| u32::try_from(doc).ok()).filter(|doc| *doc != own).any(|doc| {
            let name = self.name_of(doc);
            terms.iter().all(|term| name.contains(term))
        })
    }

    /// The usual words of a product's name: those other names have as well.
    fn name_words(&self, doc: u32) -> Vec<String> {
        let wanted: HashSet<u32> = self.name_of(doc).iter().copied().filter(|t| self.postings.frequency(*t) > 3).collect();
        let mut words: Vec<String> =
            self.postings.terms().filter(|(_, number)| wanted.contains(number)).map(|(term, _)| term.to_owned()).collect();
        words.sort_unstable();
        words
    }
}

fn fit(entry: &[String], name: &HashSet<String>, kinds: &[Vec<String>], own: &HashSet<String>) -> Option<Fit> {
    let within = |set: &HashSet<String>| entry.iter().all(|stem| set.contains(stem));
    if within(name) {
        Some(Fit::Name)
    } else if kinds.iter().any(|kind| kind.as_slice() == entry) {
        Some(Fit::Kind)
    } else if within(own) {
        Some(Fit::Connector)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::product::Spec;
    use crate::domain::product::tests::sample;

    fn fits(sku: &str, name: &str, text: &str, minor: i64) -> Product {
        let mut product = sample(sku, name, minor, Some(1));
        product.category = vec!["Accessories".into()];
        product.specs = vec![Spec { name: "Compatible with".into(), value: SpecValue::Text(text.into()) }];
        product
    }

    #[test]
    fn accessories_fit_by_name_kind_or_connector() {
        let mut laptop = sample("ONE", "Acme One", 100_000, Some(1));
        laptop.specs.push(Spec { name: "Ports".into(), value: SpecValue::Text("2 USB-C, HDMI".into()) });
        let products = [
            laptop.clone(),
            sample("TWO", "Acme Two", 90_000, Some(1)),
            sample("THREE", "Acme Three", 300_000, Some(1)),
            fits("DOCK", "Dock", "USB-C, Thunderbolt", 9_000),
            fits("SLEEVE", "Sleeve", "Acme One, Acme Nine", 3_000),
            fits("BAG", "Bag", "Laptops", 5_000),
            fits("CASE", "Phone case", "Galaxy S25", 2_000),
        ];
        let catalogue = Catalogue::build(&products);
        assert_eq!(catalogue.accessories(&laptop, &[], 5), ["SLEEVE", "BAG", "DOCK"]);
        assert_eq!(catalogue.accessories(&laptop, &["dock".into()], 5), ["DOCK"]);
        assert_eq!(catalogue.alternatives("ONE", 5), ["TWO", "THREE"]);
    }
}
