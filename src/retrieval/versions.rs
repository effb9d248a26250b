//! Names that customers write in pieces, and products that share a name and come in versions.

use foldhash::HashMap;

use super::catalogue::Catalogue;
use super::postings::Part;
use crate::domain::heard::{ProductNamed, Word};
use crate::domain::text::{unit, words};

/// More versions than this are not told apart.
const MOST: usize = 6;
/// A word of more names than this tells nothing of kinship.
const MOST_SHARING: usize = 400;

/// Words of names without the number at one end.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    /// Terms by what stands before their number, of one or two digits: "watch" for Watch7.
    before: HashMap<String, Vec<u32>>,
    /// Terms by what stands behind it: "xm5" for 1000XM5.
    behind: HashMap<String, Vec<u32>>,
}

impl Catalogue {
    /// "The Gracht 3 in 53 cm": what stands behind "in" says which of those that share the name.
    pub(super) fn in_a_version(&self, said: &[Word], named: &mut ProductNamed) {
        const REACH: usize = 3;
        let from = named.words.end;
        let near = from..said.len().min(from + REACH);
        let Some(at) = near.clone().find(|i| said[*i].text == "in") else { return };
        let told: Vec<u32> = said.iter().skip(at + 1).take(2).filter_map(|word| self.name_term(&word.stem)).collect();
        let Some(doc) = named.skus.first().and_then(|sku| self.doc(sku)) else { return };
        let own = self.name_of(doc);
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
        let letters = word.text.bytes().filter(u8::is_ascii_alphabetic).count();
        let digits = word.text.bytes().filter(u8::is_ascii_digit).count();
        let mixed = letters > 0 && digits > 0 && word.text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
        let plain = digits == 0 && letters > SHORTEST && !words::is_function(&word.text);
        if word.text.len() < SHORTEST || !(mixed && !known || plain) || unit::split(&word.text).is_some() {
            return Vec::new();
        }
        let pieces = self.pieces.get_or_init(|| self.take_names_apart());
        let found = if plain { pieces.before.get(&word.text) } else { pieces.behind.get(&word.text) };
        found.into_iter().flatten().map(|term| (*term, !plain)).collect()
    }

    /// The words of names that have a number at either end, by what is left without it.
    fn take_names_apart(&self) -> Pieces {
        const MOST_DIGITS: usize = 2;
        let mut pieces = Pieces::default();
        let mut terms: Vec<(&str, u32)> = self.postings.terms().filter(|(_, number)| self.is_in_a_name(*number)).collect();
        // "Watch7" before "Watch10", every time the same.
        terms.sort_unstable_by_key(|(term, _)| (term.len(), *term));
        for (term, number) in terms {
            let begin = term.trim_end_matches(|c: char| c.is_ascii_digit());
            let digits = &term[begin.len()..];
            if !begin.is_empty() && (1..=MOST_DIGITS).contains(&digits.len()) && !digits.starts_with('0') {
                pieces.before.entry(begin.to_owned()).or_default().push(number);
            }
            let end = term.trim_start_matches(|c: char| c.is_ascii_digit());
            if !end.is_empty() && end.len() < term.len() {
                pieces.behind.entry(end.to_owned()).or_default().push(number);
            }
        }
        pieces
    }

    /// The products whose names hold all but a word or two of a product's name: its versions are among them.
    pub fn named_alike(&self, sku: &str) -> Vec<String> {
        const BUT: usize = 2;
        const SHARED: usize = 2;
        const FEW: usize = 8;
        let Some(doc) = self.doc(sku) else { return Vec::new() };
        let own = self.name_of(doc);
        let mut shared: HashMap<u32, usize> = HashMap::default();
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
