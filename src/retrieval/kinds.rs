//! What things are for: from a need in everyday words to the kind of thing that serves it.
//!
//! `assets/nlu/kinds.txt` lists kinds of things, sold by this shop or not, with what customers say who need them. A
//! message is held against all of them by sentence vector; the kinds a shop does not have are as telling as those it
//! has: "something to shave with" is nearest to a shaver, so a shop without any has nothing for it.

use std::sync::{LazyLock, OnceLock};

use foldhash::HashMap;

use super::catalogue::Catalogue;
use super::phrasebook::{self, Phrasebook, list};
use super::postings::Part;
use crate::domain::heard::Need;
use crate::domain::measure;
use crate::domain::text::words;

/// The vectors of the kinds' texts, made when they were written.
static MADE: &[u8] = include_bytes!("../../assets/nlu/kinds.vectors");
static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| parse(include_str!("../../assets/nlu/kinds.txt")));
/// The kinds that are called by a noun: "trimmer" of the hedge trimmer and the beard trimmer.
static CALLED: LazyLock<HashMap<String, Vec<usize>>> = LazyLock::new(|| {
    let mut called: HashMap<String, Vec<usize>> = HashMap::default();
    for (at, name) in KINDS.iter().enumerate().flat_map(|(at, kind)| kind.names.iter().map(move |name| (at, name))) {
        called.entry(measure::stems(name).rsplit(' ').next().unwrap_or_default().to_owned()).or_default().push(at);
    }
    called
});

/// Below this likeness a message speaks of no kind of thing. Measured on the lines of the tests below.
const LEAST: f32 = 0.45;
/// Kinds this close to the best are meant as well.
const BESIDE: f32 = 0.04;
/// What the shop has is not put before what it lacks unless it is as near, nor is it denied where it is nearly so.
const DOUBTFUL: f32 = 0.08;

/// A kind of thing.
struct Kind {
    /// What it is called, the likeliest first.
    names: Vec<&'static str>,
    /// What one says who needs it.
    uses: Vec<&'static str>,
}

/// What a shop has of a kind.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct OfKind {
    categories: Vec<String>,
    /// Words that tell it from the other things in these categories.
    terms: Vec<String>,
}

fn parse(text: &'static str) -> Vec<Kind> {
    phrasebook::lines(text).map(|(names, uses)| Kind { names: list(names, ','), uses: list(uses, ';') }).collect()
}

/// What stands for a kind: its name and its uses.
fn phrases(kind: &Kind) -> impl Iterator<Item = &'static str> {
    kind.names.first().copied().into_iter().chain(kind.uses.iter().copied())
}

/// Every text that a need is held against.
pub fn texts() -> impl Iterator<Item = &'static str> {
    KINDS.iter().flat_map(phrases)
}

/// What a message is held against, where the program brings vectors of this model.
pub fn of_model(model: &str) -> Option<&'static Phrasebook> {
    static KEPT: OnceLock<Option<Phrasebook>> = OnceLock::new();
    phrasebook::brought(&KEPT, MADE, model, KINDS.iter().map(phrases))
}

impl Catalogue {
    /// The kind of thing a message needs, by its sentence vector; whether the shop has any.
    pub fn need(&self, kinds: &Phrasebook, vector: &[f32]) -> Option<Need> {
        let ranked = kinds.ranked(vector);
        let (nearest, likeness) = *ranked.first().filter(|(_, likeness)| *likeness >= LEAST)?;
        let of_kinds = self.of_kinds();
        let sold = |kind: usize| !of_kinds[kind].categories.is_empty();
        let mut near = ranked.iter().take_while(|(_, own)| *own >= likeness - BESIDE).filter(|(kind, _)| sold(*kind));
        let name = |kind: usize| KINDS[kind].names.first().map(|name| (*name).to_owned()).unwrap_or_default();
        if !sold(nearest) {
            if self.may_have(&KINDS[nearest]) {
                return None;
            }
            let doubtful = ranked.iter().find(|(kind, _)| sold(*kind)).is_some_and(|(_, own)| *own >= likeness - DOUBTFUL);
            return (!doubtful).then(|| Need { kind: name(nearest), score: likeness, ..Need::default() });
        }
        let first = of_kinds[near.next()?.0].clone();
        let mut need = Need { kind: name(nearest), categories: first.categories, terms: first.terms, score: likeness };
        for (kind, _) in near.filter(|(kind, _)| of_kinds[*kind].terms.is_empty() && need.terms.is_empty()) {
            let more = of_kinds[*kind].categories.iter().filter(|own| !need.categories.contains(own)).cloned().collect::<Vec<_>>();
            need.categories.extend(more);
        }
        Some(need)
    }

    /// Whether a word is what some kind of thing is called, and nothing here is called or described so: "chair".
    pub fn lacks_kind(&self, stem: &str) -> bool {
        let has = |term: &str| self.describes_products(term);
        let Some(kinds) = CALLED.get(stem) else { return false };
        kinds.iter().all(|at| self.of_kinds()[*at].categories.is_empty())
            && !has(stem)
            && !words::synonyms(stem).iter().any(|own| own.split(' ').all(has))
    }

    /// Whether some name in the shop has the word for a kind: then it is not said that there is none, though no
    /// shelf was found for it.
    fn may_have(&self, kind: &Kind) -> bool {
        let strong = Part::Name.bit() | Part::Category.bit();
        let head = |name: &str| measure::stems(name).rsplit(' ').next().and_then(|stem| self.postings.term(stem));
        kind.names.iter().filter_map(|name| head(name)).any(|term| self.postings.of(term).any(|p| p.parts & strong != 0))
    }

    /// What the shop has of each kind, found once.
    fn of_kinds(&self) -> &[OfKind] {
        self.of_kinds.get_or_init(|| KINDS.iter().map(|kind| self.of_kind(kind)).collect())
    }

    /// By the first of its names that leads to anything: to a category, or to things called so.
    fn of_kind(&self, kind: &Kind) -> OfKind {
        let found = kind.names.iter().find_map(|name| {
            let stems = measure::stems(name);
            let stems: Vec<&str> = stems.split(' ').collect();
            self.categories_called(&stems).or_else(|| self.things_called(name, &stems))
        });
        found.unwrap_or_default()
    }

    fn categories_called(&self, stems: &[&str]) -> Option<OfKind> {
        let named = self.categories.named(stems);
        let [whole] = named.as_slice() else { return None };
        let categories: Vec<String> = whole.categories.iter().filter_map(|c| self.categories.name(*c)).map(str::to_owned).collect();
        (whole.words == (0..stems.len()) && !categories.is_empty()).then_some(OfKind { categories, terms: Vec::new() })
    }

    /// Things that say their kind by their name; one word of a name alone says little: an "Oven Fry" is no oven.
    fn things_called(&self, name: &str, stems: &[&str]) -> Option<OfKind> {
        let parts = if stems.len() > 1 { Part::Name.bit() | Part::Category.bit() } else { Part::Category.bit() };
        let terms: Vec<u32> = stems.iter().map(|stem| self.postings.term(stem)).collect::<Option<_>>()?;
        let has = |doc: u32, term: u32| self.postings.find(term, doc).is_some_and(|p| p.parts & parts != 0);
        // "Table" in "Table Lamps" is no table: one word must be what a record itself says its thing is.
        let shelf = |doc: u32| self.facets.categories(doc).iter().filter_map(|c| self.categories.name(*c)).any(|own| says(own, stems[0]));
        let docs = self.postings.of(*terms.first()?).map(|p| p.doc).filter(|doc| terms.iter().all(|term| has(*doc, *term)));
        let docs = docs.filter(|doc| stems.len() > 1 || !shelf(*doc));
        let mut categories: Vec<String> = Vec::new();
        for leaf in docs.filter_map(|doc| self.facets.categories(doc).last().copied()) {
            let name = self.categories.name(leaf).map(str::to_owned);
            categories.extend(name.filter(|name| !categories.contains(name)));
        }
        (!categories.is_empty()).then(|| OfKind { categories, terms: name.split([' ', '-']).map(str::to_owned).collect() })
    }
}

/// Whether a name has a word, by its stem.
fn says(name: &str, stem: &str) -> bool {
    measure::stems(name).split(' ').any(|own| own == stem)
}
