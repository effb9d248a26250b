//! Product mentions: which products a message names, misspelt or in part.

use super::catalogue::Catalogue;
use super::postings::Part;
use crate::domain::heard::{ProductNamed, Word};
use crate::domain::text::fold::bare;
use crate::domain::text::words;

/// A word found in more names than this says little by itself.
const USUAL: usize = 400;
/// Products that fit nearly as well as the best are meant as well.
const NEARLY: f32 = 0.93;
/// At most this many are named; beyond it the words describe rather than name.
const MOST: usize = 6;

impl Catalogue {
    /// The products a message names.
    ///
    /// Words joined by "and", "or", "vs" name different products. A name needs at least one word that
    /// is neither ordinary nor a brand nor a category: "a Samsung phone" describes, "a Galaxy S25" names.
    pub fn mentions(&self, said: &[Word]) -> Vec<ProductNamed> {
        let mut found = Vec::new();
        let mut begin = 0;
        for end in 0..=said.len() {
            let ends = end == said.len() || separates(&said[end].text);
            if !ends {
                continue;
            }
            if let Some(mention) = self.mention_in(said, begin..end) {
                found.push(mention);
            }
            begin = end + 1;
        }
        found
    }

    fn mention_in(&self, words_said: &[Word], span: std::ops::Range<usize>) -> Option<ProductNamed> {
        if let Some(mention) = self.sku_in(words_said, span.clone()) {
            return Some(mention);
        }
        let said: Vec<(usize, u32, bool)> = span.clone().flat_map(|i| self.name_terms_of(words_said, i)).collect();
        let naming: Vec<u32> = said.iter().filter(|(_, _, naming)| *naming).map(|(_, term, _)| *term).collect();
        let mut candidates: Vec<u32> =
            naming.iter().flat_map(|term| self.postings.of(*term).filter(|p| p.parts & Part::Name.bit() != 0).map(|p| p.doc)).collect();
        candidates.sort_unstable();
        candidates.dedup();
        let mut scored: Vec<(u32, f32, f32)> =
            candidates.into_iter().filter_map(|doc| self.fit(doc, &said).map(|(score, coverage)| (doc, score, coverage))).collect();
        scored.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.2.total_cmp(&a.2)).then(a.0.cmp(&b.0)));
        let best = scored.first()?.1;
        let whole = scored.first()?.2;
        scored.retain(|(_, score, _)| *score >= best * NEARLY);
        if scored.len() > MOST {
            return None;
        }
        let used = |i: &usize| said.iter().any(|(at, term, _)| at == i && self.name_has(scored[0].0, *term));
        let first = span.clone().find(used)?;
        let last = span.rev().find(used)?;
        Some(ProductNamed {
            skus: scored.iter().map(|(doc, _, _)| self.skus[*doc as usize].clone()).collect(),
            words: first..last + 1,
            coverage: whole,
        })
    }

    /// A SKU written out, in up to five terms.
    fn sku_in(&self, said: &[Word], span: std::ops::Range<usize>) -> Option<ProductNamed> {
        for from in span.clone() {
            let mut joined = String::new();
            for (to, word) in said.iter().enumerate().take(span.end.min(from + 5)).skip(from) {
                joined.push_str(&bare(&word.text));
                let telling = joined.len() >= 4 && joined.bytes().any(|b| b.is_ascii_digit());
                let letters = joined.bytes().any(|b| b.is_ascii_alphabetic());
                if let Some(doc) = self.by_sku.get(&joined).filter(|_| telling && letters) {
                    let sku = self.skus[*doc as usize].clone();
                    return Some(ProductNamed { skus: vec![sku], words: from..to + 1, coverage: 1.0 });
                }
            }
        }
        None
    }

    /// The name terms a word of the message stands for: itself, itself joined with the next one or two,
    /// or what it was meant to be; with whether it can name a product.
    fn name_terms_of(&self, said: &[Word], i: usize) -> Vec<(usize, u32, bool)> {
        let word = &said[i];
        let mut found = Vec::new();
        if let Some(number) = self.name_term(&word.stem) {
            found.push((i, number, self.can_name(&word.text, &word.stem, number)));
        }
        let mut joined = word.text.clone();
        for next in said.iter().skip(i + 1).take(2) {
            joined.push_str(&next.text);
            let stemmed = crate::domain::text::stem::stem(&joined);
            if let Some(number) = self.name_term(&stemmed) {
                found.push((i, number, self.can_name(&joined, &stemmed, number)));
            }
        }
        if found.is_empty()
            && let Some(meant) = self.correct(&word.text, &word.stem)
        {
            let number = self.name_term(meant);
            found.extend(number.map(|number| (i, number, self.can_name(meant, meant, number))));
        }
        found
    }

    fn name_term(&self, stem: &str) -> Option<u32> {
        let number = self.postings.term(stem)?;
        self.postings.of(number).any(|p| p.parts & Part::Name.bit() != 0).then_some(number)
    }

    /// Whether a word can name a product: not ordinary, not a brand, not a category, not everywhere.
    fn can_name(&self, word: &str, stem: &str, number: u32) -> bool {
        let plain_number = word.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let measured = crate::domain::text::unit::split(word).is_some();
        !plain_number
            && !measured
            && word.len() > 1
            && !words::is_common(word)
            && !self.brands.contains_key(stem)
            && self.categories.named(&[stem]).is_empty()
            && self.postings.frequency(number) <= USUAL
    }

    fn name_has(&self, doc: u32, term: u32) -> bool {
        self.name_of(doc).binary_search(&term).is_ok()
    }

    pub(super) fn name_of(&self, doc: u32) -> &[u32] {
        let i = doc as usize;
        match (self.name_starts.get(i), self.name_starts.get(i + 1)) {
            (Some(from), Some(to)) => self.name_terms.get(*from as usize..*to as usize).unwrap_or(&[]),
            _ => &[],
        }
    }

    /// How well what was said fits a name: the weight of the words both have, and their share of it.
    fn fit(&self, doc: u32, said: &[(usize, u32, bool)]) -> Option<(f32, f32)> {
        let name = self.name_of(doc);
        let total: f32 = name.iter().map(|term| self.postings.idf(*term)).sum();
        let mut seen: Vec<u32> = Vec::new();
        let mut matched = 0.0;
        let mut names = false;
        for (_, term, naming) in said {
            if !seen.contains(term) && self.name_has(doc, *term) {
                seen.push(*term);
                matched += self.postings.idf(*term);
                names |= naming;
            }
        }
        (names && total > 0.0).then(|| (matched, matched / total))
    }
}

/// Words between two names.
fn separates(word: &str) -> bool {
    matches!(word, "and" | "or" | "vs" | "versus" | "with" | "than" | "against" | "between" | "to")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::product::Product;
    use crate::domain::product::tests::sample;
    use crate::retrieval::analysis;

    fn shelf() -> Catalogue {
        let brand = |product: Product, brand: &str| Product { brand: brand.into(), ..product };
        Catalogue::build(&[
            brand(sample("TUF15", "ASUS TUF Gaming A15 FA507", 1, None), "ASUS"),
            brand(sample("TUF16", "ASUS TUF Gaming F16 FX608", 1, None), "ASUS"),
            brand(sample("ROG", "ASUS ROG Zephyrus G14 GA403", 1, None), "ASUS"),
            brand(sample("LEG", "Lenovo Legion 5i Gen 9", 1, None), "Lenovo"),
            brand(sample("HP-XM5-B", "Sony WH-1000XM5 Black", 1, None), "Sony"),
            brand(sample("HP-XM5-S", "Sony WH-1000XM5 Silver", 1, None), "Sony"),
            brand(sample("NEST", "Google Nest Home Hub", 1, None), "Google"),
        ])
    }

    #[test]
    fn names_are_found_in_part_and_misspelt() {
        for (text, expected) in [
            ("is the zephyrus g14 in stock", vec![vec!["ROG"]]),
            ("how much is the Zephyrous", vec![vec!["ROG"]]),
            ("compare the tuf a15 and the legion", vec![vec!["TUF15"], vec!["LEG"]]),
            ("the asus tuf", vec![vec!["TUF15", "TUF16"]]),
            ("sony wh1000xm5 price", vec![vec!["HP-XM5-B", "HP-XM5-S"]]),
            ("wh 1000 xm5 in silver", vec![vec!["HP-XM5-S"]]),
            ("WH-1000XM5 black", vec![vec!["HP-XM5-B"]]),
            ("hp-xm5-b", vec![vec!["HP-XM5-B"]]),
            ("an asus laptop", vec![]),
            ("something for my home", vec![]),
            ("gaming laptop under 1500", vec![]),
        ] {
            let said = analysis::words(text);
            let found: Vec<Vec<String>> = shelf().mentions(&said).into_iter().map(|m| m.skus).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
