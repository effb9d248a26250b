//! The catalogue as search sees it: words, facets, names, categories and brands of all products.

use std::sync::OnceLock;

use foldhash::{HashMap, HashSet};
use serde::{Deserialize, Serialize};

use super::analysis;
use super::categories::Categories;
use super::facets::{Facets, brand_phrases};
use super::fuzzy::Vocabulary;
use super::kinds::OfKind;
use super::postings::{Builder, Part, Postings};
use super::related::Accessory;
use super::versions::Pieces;
use crate::domain::heard::{BrandNamed, CategoryNamed, Word};
use crate::domain::product::{Product, SpecValue};
use crate::domain::text::fold::bare;
use crate::domain::text::stem::stem;
use crate::domain::text::words;

/// An index over the catalogue. Built whole, never changed; a new catalogue makes a new one.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Catalogue {
    pub(super) skus: Vec<String>,
    pub(super) by_sku: HashMap<String, u32>,
    pub(super) postings: Postings,
    pub(super) facets: Facets,
    pub(super) categories: Categories,
    /// Stems of a brand's name to the name.
    pub(super) brands: HashMap<String, String>,
    /// Stems that stand in names of properties.
    property_words: HashSet<String>,
    /// Terms that name a category by themselves, sorted.
    pub(super) kind_terms: Vec<u32>,
    /// Where each product's name terms begin; one longer than there are products.
    pub(super) name_starts: Vec<u32>,
    pub(super) name_terms: Vec<u32>,
    vocabulary: Vocabulary,
    pub(super) accessories: Vec<Accessory>,
    /// What there is of each kind of thing, found when it is first asked for.
    #[serde(skip)]
    pub(super) of_kinds: OnceLock<Vec<OfKind>>,
    /// Words of names without their numbers, taken apart when they are first asked for.
    #[serde(skip)]
    pub(super) pieces: OnceLock<Pieces>,
}

/// What the catalogue recognises in a message.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recognised {
    /// Categories, in order.
    pub categories: Vec<CategoryNamed>,
    /// Brands, in order.
    pub brands: Vec<BrandNamed>,
    /// Words that were corrected: index of the word and the stem meant.
    pub corrected: Vec<(usize, String)>,
}

impl Catalogue {
    /// Builds the index over `products`.
    pub fn build(products: &[Product]) -> Self {
        let categories = Categories::learn(products.iter());
        // Neither needs the other: a catalogue of thousands is taken in by two threads at once.
        let (facets, (mut built, builder)) = std::thread::scope(|scope| {
            let facets = scope.spawn(|| Facets::of(products, &categories));
            let words = Self::of_words(products);
            (facets.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), words)
        });
        built.brands = brand_phrases(&facets);
        built.postings = builder.build();
        built.kind_terms =
            built.postings.terms().filter(|(term, _)| !categories.named(&[*term]).is_empty()).map(|(_, number)| number).collect();
        built.kind_terms.sort_unstable();
        built.vocabulary = vocabulary(&built.postings, &categories, &built.brands);
        built.facets = facets;
        built.categories = categories;
        built
    }

    /// What products are found by.
    fn of_words(products: &[Product]) -> (Self, Builder) {
        let mut builder = Builder::default();
        let mut built = Self::default();
        for product in products {
            let doc = builder.begin();
            add_words(&mut builder, product);
            built.name_starts.push(u32::try_from(built.name_terms.len()).unwrap_or(u32::MAX));
            built.name_terms.extend(builder.distinct(doc, Part::Name));
            built.accessories.extend(Accessory::of(doc, product));
            built.skus.push(product.sku.clone());
            built.by_sku.insert(bare(&product.sku), doc);
        }
        built.name_starts.push(u32::try_from(built.name_terms.len()).unwrap_or(u32::MAX));
        let properties: HashSet<&str> = products.iter().flat_map(|product| &product.specs).map(|spec| spec.name.as_str()).collect();
        let words = properties.into_iter().flat_map(analysis::words);
        built.property_words = words.filter(|word| !words::is_function(&word.text)).map(|word| word.stem).collect();
        (built, builder)
    }

    /// The SKUs, in the order of the index.
    pub fn skus(&self) -> impl Iterator<Item = &str> {
        self.skus.iter().map(String::as_str)
    }

    /// How many products there are.
    pub fn len(&self) -> usize {
        self.skus.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.skus.is_empty()
    }

    /// The product of a SKU, whatever its case and punctuation.
    pub fn sku(&self, text: &str) -> Option<&str> {
        self.skus.get(self.number(text)?).map(String::as_str)
    }

    /// The place in the index, in the order of [`Catalogue::skus`], of the product of a SKU as [`Catalogue::sku`] reads it.
    pub fn number(&self, sku: &str) -> Option<usize> {
        self.doc(sku).map(|doc| doc as usize)
    }

    /// The same, as postings have it.
    pub(super) fn doc(&self, sku: &str) -> Option<u32> {
        self.by_sku.get(&bare(sku)).copied()
    }

    /// All category names with the number of products in each.
    pub fn category_names(&self) -> impl Iterator<Item = (&str, u32)> {
        self.categories.all()
    }

    /// A category by its name, and those it lies in, from the inside out.
    pub fn above<'a>(&'a self, category: &str) -> impl Iterator<Item = &'a str> {
        self.categories.above(category)
    }

    /// All brands.
    pub fn brand_names(&self) -> impl Iterator<Item = &str> {
        self.facets.brand_names()
    }

    /// Whether a stem occurs anywhere in the catalogue.
    pub fn knows(&self, stem: &str) -> bool {
        self.postings.term(stem).is_some()
    }

    /// Whether a stem occurs in a name, a category or a brand, or as a spec of some product.
    pub fn describes_products(&self, stem: &str) -> bool {
        let strong = Part::Name.bit() | Part::Category.bit() | Part::Brand.bit() | Part::Specs.bit();
        self.postings.term(stem).is_some_and(|term| self.postings.of(term).any(|p| p.parts & strong != 0))
    }

    /// Whether a stem, or another word for it, is part of the name of a property.
    pub fn names_property(&self, stem: &str) -> bool {
        let own = |phrase: &str| phrase.split(' ').all(|word| self.property_words.contains(word));
        own(stem) || words::synonyms(stem).iter().any(|other| own(other))
    }

    /// The word of the catalogue that a misspelt word means; ordinary words are never corrected.
    pub fn correct(&self, word: &str, stem: &str) -> Option<&str> {
        if words::is_english(word) || self.knows(stem) || !words::synonyms(stem).is_empty() {
            return None;
        }
        // "gamin", "lookin": a dropped g is a way of writing, not a slip of the finger.
        if word.ends_with("in") {
            let whole = crate::domain::text::stem::stem(&format!("{word}g"));
            if let Some(known) = self.postings.known(&whole) {
                return Some(known);
            }
            if words::is_common(&format!("{word}g")) {
                return None;
            }
        }
        // "Headfones", "fone": written as it sounds.
        let sounded = stem.contains('f').then(|| stem.replace('f', "ph"));
        sounded.and_then(|sounded| self.postings.known(&sounded)).or_else(|| self.vocabulary.nearest(stem))
    }

    /// Words written as one that a shelf here writes as two: "airfryers".
    pub fn parted(&self, said: Vec<Word>) -> Vec<Word> {
        const SHORTEST: usize = 3;
        let part = |word: &Word| {
            let text = word.text.as_str();
            let whole = !text.bytes().all(|b| b.is_ascii_lowercase()) || word.end - word.start != text.len();
            if whole || self.describes_products(&word.stem) || words::is_english(text) {
                return None;
            }
            (SHORTEST..text.len().saturating_sub(SHORTEST - 1)).find_map(|cut| {
                let (first, second) = (stem(&text[..cut]), stem(&text[cut..]));
                let named = self.categories.named(&[&first, &second]).into_iter().any(|named| named.words == (0..2) && named.exact);
                let middle = word.start + cut;
                named.then(|| {
                    let made = |text: &str, stem: String, start, end| Word { text: text.to_owned(), stem, start, end };
                    [made(&text[..cut], first, word.start, middle), made(&text[cut..], second, middle, word.end)]
                })
            })
        };
        said.into_iter().flat_map(|word| part(&word).map_or_else(|| vec![word], Vec::from)).collect()
    }

    /// Finds categories and brands among the terms of a message, misspelt ones too.
    pub fn recognise(&self, said: &[Word]) -> Recognised {
        let mut corrected = Vec::new();
        let stems: Vec<&str> = said
            .iter()
            .enumerate()
            .map(|(i, word)| match self.correct(&word.text, &word.stem) {
                Some(meant) => {
                    corrected.push((i, meant.to_owned()));
                    meant
                }
                None => word.stem.as_str(),
            })
            .collect();
        let categories = self
            .categories
            .named(&stems)
            .into_iter()
            .map(|named| CategoryNamed {
                names: named.categories.iter().filter_map(|c| self.categories.name(*c)).map(str::to_owned).collect(),
                words: named.words,
                exact: named.exact,
            })
            .collect();
        Recognised { categories, brands: self.brands_in(&stems), corrected }
    }

    fn brands_in(&self, stems: &[&str]) -> Vec<BrandNamed> {
        const LONGEST: usize = 4;
        let mut found = Vec::new();
        let mut at = 0;
        while at < stems.len() {
            let hit = (1..=LONGEST.min(stems.len() - at)).rev().find_map(|length| {
                let name = self.brands.get(&stems[at..at + length].join(" "))?;
                Some(BrandNamed { name: name.clone(), words: at..at + length })
            });
            match hit {
                Some(brand) => {
                    at = brand.words.end;
                    found.push(brand);
                }
                None => at += 1,
            }
        }
        found
    }
}

fn add_words(builder: &mut Builder, product: &Product) {
    builder.add(Part::Name, analysis::index_terms(&product.name));
    for (_, value) in &product.options {
        builder.add(Part::Specs, analysis::index_terms(value));
    }
    for category in &product.category {
        builder.add(Part::Category, analysis::index_terms(category));
    }
    builder.add(Part::Brand, analysis::index_terms(&product.brand));
    builder.add(Part::Description, analysis::stated_terms(&product.description));
    let fits: Vec<usize> = product.fits().map(|(i, _)| i).collect();
    for (i, spec) in product.specs.iter().enumerate() {
        if let (true, SpecValue::Text(text)) = (fits.contains(&i), &spec.value) {
            builder.add(Part::Fits, analysis::index_terms(text));
            continue;
        }
        if let (true, SpecValue::Text(text)) = (names_the_kind(&spec.name), &spec.value) {
            builder.add(Part::Category, analysis::index_terms(text));
        }
        match &spec.value {
            SpecValue::Text(text) => builder.add(Part::Specs, analysis::stated_terms(text)),
            // A property that is "no" must not be found by its name.
            SpecValue::Flag(false) => continue,
            SpecValue::Flag(true) | SpecValue::Number(_) => {}
        }
        builder.add(Part::Specs, analysis::index_terms(&spec.name));
    }
}

/// Whether a property says what kind of thing a product is, as a category would.
fn names_the_kind(property: &str) -> bool {
    ["type", "product type", "kind", "category", "product category"].iter().any(|name| property.eq_ignore_ascii_case(name))
}

/// Words a misspelling may mean: those of names, categories, brands and properties.
fn vocabulary(postings: &Postings, categories: &Categories, brands: &HashMap<String, String>) -> Vocabulary {
    let strong = Part::Name.bit() | Part::Category.bit() | Part::Brand.bit();
    let mut uses: HashMap<&str, u32> = HashMap::default();
    for (term, number) in postings.terms() {
        let in_names = postings.of(number).filter(|p| p.parts & strong != 0).count();
        let known = in_names > 0 || postings.frequency(number) > 2;
        if known {
            uses.insert(term, u32::try_from(in_names.max(1)).unwrap_or(u32::MAX));
        }
    }
    let names: Vec<String> = categories
        .all()
        .flat_map(|(name, _)| analysis::words(name))
        .map(|word| word.stem)
        .chain(brands.keys().flat_map(|phrase| phrase.split(' ').map(str::to_owned)))
        .collect();
    for name in &names {
        uses.entry(name).or_insert(1);
    }
    Vocabulary::new(uses.into_iter())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::product::Spec;
    use crate::domain::product::tests::sample;

    #[test]
    fn misspelt_words_are_recognised_and_ordinary_ones_left_alone() {
        let products = [sample("A", "Lenovo Legion 5i", 100, None), sample("B", "ASUS Zephyrus G14", 100, None)];
        let catalogue = Catalogue::build(&products);
        let said = analysis::words("do you have a lenvo latpop or a zephyrous");
        let recognised = catalogue.recognise(&said);
        assert_eq!(recognised.brands[0].name, "Lenovo");
        assert_eq!(recognised.categories[0].names, ["Laptops"]);
        let meant: Vec<&str> = recognised.corrected.iter().map(|(_, word)| word.as_str()).collect();
        assert_eq!(meant, ["lenovo", "laptop", "zephyrus"]);
    }

    #[test]
    fn what_a_shelf_writes_as_two_words_may_be_written_as_one() {
        let mut fryer = sample("A", "Zephyr Crisp 4", 100, None);
        fryer.category = vec!["Kitchen".into(), "Air Fryers".into()];
        let catalogue = Catalogue::build(&[fryer]);
        for (said, parted) in [("any airfryers here", "any air fryers here"), ("an airfield", "an airfield")] {
            let words = catalogue.parted(analysis::words(said));
            let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
            assert_eq!(texts.join(" "), parted);
            assert!(words.iter().all(|word| said[word.start..word.end] == word.text));
        }
    }

    #[test]
    fn a_property_that_is_no_is_not_found_by_its_name() {
        let mut with = sample("A", "Acme One", 100, None);
        with.specs = vec![Spec { name: "Touchscreen".into(), value: SpecValue::Flag(true) }];
        let mut without = sample("B", "Acme Two", 100, None);
        without.specs = vec![Spec { name: "Touchscreen".into(), value: SpecValue::Flag(false) }];
        let catalogue = Catalogue::build(&[with, without]);
        let term = catalogue.postings.term("touchscreen").unwrap();
        assert_eq!(catalogue.postings.frequency(term), 1);
    }

    #[test]
    fn an_index_reads_back_as_written() {
        let catalogue = Catalogue::build(&[sample("LAP-1", "Acme One", 100, Some(1))]);
        let bytes = postcard::to_stdvec(&catalogue).unwrap();
        let read: Catalogue = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(read.sku("lap 1"), Some("LAP-1"));
        assert_eq!(read.len(), 1);
    }
}
