//! Names that customers write in pieces, and products that share a name and come in versions.

use super::catalogue::Catalogue;
use super::postings::Part;
use crate::domain::heard::{ProductNamed, Word};
use crate::domain::text::fold::bare;
use crate::domain::text::{unit, words};

/// More versions than this are not told apart.
const MOST: usize = 6;
/// A word of more names than this tells nothing of kinship.
const MOST_SHARING: usize = 400;

impl Catalogue {
    /// "The Gracht 3 in 53 cm": what stands behind "in" says which of those that share the name.
    pub(super) fn in_a_version(&self, said: &[Word], named: &mut ProductNamed) {
        const REACH: usize = 3;
        let from = named.words.end;
        let near = from..said.len().min(from + REACH);
        let Some(at) = near.clone().find(|i| said[*i].text == "in") else { return };
        let told: Vec<u32> = said.iter().skip(at + 1).take(2).filter_map(|word| self.name_term(&word.stem)).collect();
        let Some(doc) = named.skus.first().and_then(|sku| self.by_sku.get(&bare(sku))) else { return };
        let own = self.name_of(*doc);
        let Some(rarest) = own.iter().copied().min_by_key(|term| self.postings.frequency(*term)) else { return };
        let kin = self.postings.of(rarest).map(|p| p.doc).filter(|kin| own.iter().all(|term| self.name_has(*kin, *term)));
        let told_by = |kin: u32| told.iter().filter(|term| !own.contains(term) && self.name_has(kin, **term)).count();
        let versions: Vec<(u32, usize)> = kin.map(|kin| (kin, told_by(kin))).filter(|(_, told)| *told > 0).collect();
        let most = versions.iter().map(|(_, told)| *told).max().unwrap_or(0);
        let skus: Vec<String> =
            versions.iter().filter(|(_, told)| *told == most).map(|(kin, _)| self.skus[*kin as usize].clone()).collect();
        if !skus.is_empty() && skus.len() <= MOST {
            named.skus = skus;
            named.words.end = (at + 2).min(said.len());
        }
    }

    /// "XM5" for WH-1000XM5, "the Galaxy Watch" for Watch7: customers leave out the number before a model's letters,
    /// or the one behind its name. The end of a model names it; a name without its number only helps.
    pub(super) fn pieces_of_names(&self, word: &Word, known: bool) -> Vec<(u32, bool)> {
        const SHORTEST: usize = 3;
        const MOST_NUMBER: u32 = 99;
        let letters = word.text.bytes().filter(u8::is_ascii_alphabetic).count();
        let digits = word.text.bytes().filter(u8::is_ascii_digit).count();
        let mixed = letters > 0 && digits > 0 && word.text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
        let plain = digits == 0 && letters > SHORTEST && !words::is_function(&word.text);
        if word.text.len() < SHORTEST || !(mixed && !known || plain) || unit::split(&word.text).is_some() {
            return Vec::new();
        }
        if plain {
            let numbered = (1..=MOST_NUMBER).filter_map(|n| self.postings.term(&format!("{}{n}", word.text)));
            return numbered.filter(|number| self.is_in_a_name(*number)).map(|number| (number, false)).collect();
        }
        let ends = |term: &str| {
            term.strip_suffix(word.text.as_str()).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
        };
        self.postings.terms().filter(|(term, number)| ends(term) && self.is_in_a_name(*number)).map(|(_, number)| (number, true)).collect()
    }

    /// The products whose names hold all but a word or two of a product's name: its versions are among them.
    pub fn named_alike(&self, sku: &str) -> Vec<String> {
        const BUT: usize = 2;
        const SHARED: usize = 2;
        const FEW: usize = 8;
        let Some(&doc) = self.by_sku.get(&bare(sku)) else { return Vec::new() };
        let own = self.name_of(doc);
        let mut shared: std::collections::HashMap<u32, usize> = std::collections::HashMap::new();
        for term in own.iter().filter(|term| self.postings.frequency(**term) <= MOST_SHARING) {
            for posting in self.postings.of(*term).filter(|p| p.doc != doc && p.parts & Part::Name.bit() != 0) {
                *shared.entry(posting.doc).or_default() += 1;
            }
        }
        let enough = own.len().saturating_sub(BUT).max(SHARED.min(own.len()));
        let mut alike: Vec<u32> =
            shared.into_keys().filter(|kin| own.iter().filter(|term| self.name_has(*kin, **term)).count() >= enough).collect();
        let unlike = |kin: u32| own.iter().filter(|term| !self.name_has(kin, **term)).count();
        alike.sort_unstable_by_key(|kin| (unlike(*kin), self.name_of(*kin).len(), *kin));
        alike.into_iter().take(FEW).map(|kin| self.skus[kin as usize].clone()).collect()
    }

    pub(super) fn is_in_a_name(&self, number: u32) -> bool {
        self.postings.of(number).any(|p| p.parts & Part::Name.bit() != 0)
    }
}
