//! Product mentions: which products a message names, misspelt, in part or by another word.

mod shapes;

use super::catalogue::Catalogue;
use super::postings::Part;
use crate::domain::heard::{ProductNamed, Word, is_excluded};
use crate::domain::text::fold::bare;
use crate::domain::text::{colours, unit, words};
use shapes::{is_generation, is_model_word, separates, shape};

/// A word found in more names than this says little by itself.
const USUAL: usize = 400;
/// Products that fit nearly as well as the best are meant as well.
const NEARLY: f32 = 0.93;
/// At most this many are named; beyond it the words describe rather than name.
const MOST: usize = 6;
/// How much of its name counts as said of what is named by one ordinary word.
const NAMED_BESIDE: f32 = 0.5;
/// From this share of its words on a name was said in full.
const WHOLE: f32 = 0.999;

/// A word of the message that is part of a product's name.
struct Said {
    /// Which word of the message.
    at: usize,
    /// The term of the name.
    term: u32,
    /// Whether it can name a product by itself.
    naming: bool,
    /// Whether it helps to name one together with a brand or a number.
    helping: bool,
}

/// A product a span of words may name.
struct Candidate {
    doc: u32,
    /// Weight of the words both have.
    matched: f32,
    /// Their share of the name.
    coverage: f32,
    /// Words of the name that were not said and name another kind of thing: "Case" in "Pixel 9a Case".
    other_kind: bool,
}

impl Catalogue {
    /// The products a message names.
    ///
    /// Words joined by "and", "or", "for" name different products. A name needs a word that is neither
    /// ordinary nor a brand nor a category ("a Galaxy S25"), or ordinary words beside the brand or a number
    /// of the name ("the Tessel Note", "Note 14"): "a Samsung phone" describes.
    pub fn mentions(&self, said: &[Word]) -> Vec<ProductNamed> {
        let stems: Vec<&str> = said.iter().map(|word| word.stem.as_str()).collect();
        let mut kinds = vec![false; said.len()];
        for named in self.categories.named(&stems) {
            kinds[named.words].fill(true);
        }
        let mut found = Vec::new();
        let mut begin = 0;
        for end in 0..=said.len() {
            let ends = end == said.len() || separates(&said[end].text);
            if !ends {
                continue;
            }
            found.extend(self.mentions_in(said, &kinds, begin..end));
            begin = end + 1;
        }
        self.beside_it(said, &kinds, &mut found);
        for named in &mut found {
            self.in_a_version(said, named);
        }
        found
    }

    /// "Twelve bulbs and a hub": beside a product that is named, an ordinary word names the one thing in the
    /// shop that is called so.
    fn beside_it(&self, said: &[Word], kinds: &[bool], found: &mut Vec<ProductNamed>) {
        if found.is_empty() {
            return;
        }
        for at in 2..said.len() {
            let text = |i: usize| said[i].text.as_str();
            let joined = matches!(text(at - 2), "and" | "plus" | "with") && matches!(text(at - 1), "a" | "an" | "the");
            let ends = said.get(at + 1).is_none_or(|next| words::is_function(&next.text) || next.start > said[at].end + 1);
            if !joined || !ends || kinds[at] || found.iter().any(|named| named.words.contains(&at)) {
                continue;
            }
            let Some(term) = self.name_term(&said[at].stem) else { continue };
            let mut called = self.postings.of(term).filter(|p| p.parts & Part::Name.bit() != 0).map(|p| p.doc);
            let (Some(only), None) = (called.next(), called.next()) else { continue };
            let sku = self.skus[only as usize].clone();
            if found.iter().all(|named| !named.skus.contains(&sku)) {
                found.push(ProductNamed { skus: vec![sku], words: at..at + 1, coverage: NAMED_BESIDE, other_model: None });
            }
        }
    }

    /// The products a run of words names: one as a rule; one each where commas part it into several names
    /// ("the Glide 20, Glide 40").
    fn mentions_in(&self, said: &[Word], kinds: &[bool], span: std::ops::Range<usize>) -> Vec<ProductNamed> {
        let mut parts: Vec<std::ops::Range<usize>> = Vec::new();
        for i in span.clone() {
            match parts.last_mut().filter(|part| i > part.start && said[i].start <= said[i - 1].end + 1) {
                Some(part) => part.end = i + 1,
                None => parts.push(i..i + 1),
            }
        }
        let several: Vec<ProductNamed> =
            if parts.len() > 1 { parts.into_iter().filter_map(|part| self.mention_in(said, kinds, part)).collect() } else { Vec::new() };
        let different = several.windows(2).all(|pair| pair[0].skus.iter().all(|sku| !pair[1].skus.contains(sku)));
        if several.len() > 1 && different { several } else { self.mention_in(said, kinds, span).into_iter().collect() }
    }

    fn mention_in(&self, words_said: &[Word], kinds: &[bool], span: std::ops::Range<usize>) -> Option<ProductNamed> {
        if let Some(mention) = self.sku_in(words_said, span.clone()) {
            return Some(mention);
        }
        // "In any colour other than black": what it is not is no part of its name.
        let shunned = |i: &usize| colours::is_colour(&words_said[*i].text) && is_excluded(words_said, *i);
        let mut said: Vec<Said> = span.clone().filter(|i| !shunned(i)).flat_map(|i| self.name_terms_of(words_said, kinds, i)).collect();
        self.help(words_said, span.clone(), &mut said);
        let mut scored = self.candidates(&said)?;
        let not: Vec<u32> = span.clone().filter(shunned).filter_map(|i| self.name_term(&words_said[i].stem)).collect();
        let is_other = |candidate: &Candidate| !not.iter().any(|term| self.name_has(candidate.doc, *term));
        if scored.iter().any(is_other) {
            scored.retain(is_other);
        }
        self.keep_maker(words_said, &said, &mut scored);
        if scored.is_empty() {
            return None;
        }
        let used = |i: &usize| said.iter().any(|word| word.at == *i && self.name_has(scored[0].doc, word.term));
        let first = span.clone().find(used)?;
        let last = span.rev().find(used)?;
        Some(ProductNamed {
            skus: scored.iter().map(|c| self.skus[c.doc as usize].clone()).collect(),
            words: first..last + 1,
            coverage: scored[0].coverage,
            other_model: self.other_model(words_said, first, last, &scored),
        })
    }

    /// "iPhone 17" where there is only the 16: the number said behind a name is none of that name's, but written like
    /// one of its own. The words that name what is not there.
    fn other_model(&self, said: &[Word], first: usize, last: usize, named: &[Candidate]) -> Option<std::ops::Range<usize>> {
        let at = last + 1;
        // "MacBook Pro" where there is only the Air.
        let none_is_called = |word: &Word| {
            let term = self.name_term(&word.stem);
            term.is_none_or(|term| !named.iter().any(|candidate| self.name_has(candidate.doc, term)))
        };
        let follows = |word: &&Word| word.start <= said[last].end + 1;
        if said.get(at).filter(follows).is_some_and(|word| is_model_word(&word.text) && none_is_called(word)) {
            return Some(first..at + 1);
        }
        let number = said.get(at).filter(|word| word.start <= said[last].end + 1 && unit::split(&word.text).is_none())?;
        let counts = said.get(at + 1).is_some_and(|next| {
            next.start <= number.end + 1
                && (words::is_request(&next.text, &next.stem) || words::is_common(&next.text))
                && !words::is_function(&next.text)
                && !is_model_word(&next.text)
        });
        let joined = format!("{}{}", said[last].text, number.text);
        let is_other = |text: &str| {
            // Most words behind a name are no number of anything.
            if !text.bytes().any(|b| b.is_ascii_digit()) {
                return false;
            }
            // "10" is another than "9a": both say which of a line it is.
            let mixed = |word: &str| word.bytes().any(|b| b.is_ascii_alphabetic());
            let lines = |word: &str| is_generation(word) && is_generation(text) && (mixed(word) || mixed(text));
            let alike = |word: &str| word.len() == text.len() && shape(word) == shape(text) || lines(word);
            let own: Vec<u32> = self.postings.terms().filter(|(word, _)| alike(word)).map(|(_, term)| term).collect();
            let none_has = self.postings.term(text).is_none_or(|term| !named.iter().any(|candidate| self.name_has(candidate.doc, term)));
            none_has
                && !said[first..=last].iter().any(|word| alike(&word.text))
                && named.iter().any(|candidate| own.iter().any(|term| self.name_has(candidate.doc, *term)))
        };
        (!counts && (is_other(&number.text) || number.text.bytes().all(|b| b.is_ascii_digit()) && is_other(&joined)))
            .then_some(first..at + 1)
    }

    /// "The slim Brühl" is none of the things called Slim that others make: of what a single word names, only
    /// the maker's own are left where the maker stands beside it.
    fn keep_maker(&self, words_said: &[Word], said: &[Said], scored: &mut Vec<Candidate>) {
        let mut places: Vec<usize> = said.iter().filter(|word| word.naming).map(|word| word.at).collect();
        places.dedup();
        let [at] = places[..] else { return };
        let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten();
        let maker = beside.filter_map(|i| words_said.get(i)).find_map(|word| self.brands.get(&word.stem));
        if let Some(maker) = maker {
            let own = |doc: u32| self.facets.brand(doc).is_some_and(|brand| brand.eq_ignore_ascii_case(maker));
            scored.retain(|candidate| own(candidate.doc) || self.name_says(candidate.doc, maker));
        }
    }

    /// Whether a product is called by another maker as well: "MacBook dock by Kensington".
    fn name_says(&self, doc: u32, maker: &str) -> bool {
        let stems = crate::domain::measure::stems(maker);
        stems.split(' ').all(|word| self.name_term(word).is_some_and(|term| self.name_has(doc, term)))
    }

    /// The products that fit best; none where nothing names one, or too many fit.
    fn candidates(&self, said: &[Said]) -> Option<Vec<Candidate>> {
        let naming = said.iter().filter(|word| word.naming).map(|word| word.term);
        let mut docs: Vec<u32> =
            naming.flat_map(|term| self.postings.of(term).filter(|p| p.parts & Part::Name.bit() != 0).map(|p| p.doc)).collect();
        docs.sort_unstable();
        docs.dedup();
        let mut scored: Vec<Candidate> = docs.into_iter().filter_map(|doc| self.fit(doc, said)).collect();
        scored.sort_by(|a, b| b.matched.total_cmp(&a.matched).then(b.coverage.total_cmp(&a.coverage)).then(a.doc.cmp(&b.doc)));
        let best = scored.first()?.matched;
        scored.retain(|c| c.matched >= best * NEARLY);
        // "The Pixel 9a" is the phone, not its case.
        if scored.iter().any(|c| !c.other_kind) {
            scored.retain(|c| !c.other_kind);
        }
        // A name said in full means that product and none whose name merely goes on from there.
        if scored.iter().any(|c| c.coverage >= WHOLE) {
            scored.retain(|c| c.coverage >= WHOLE);
        }
        (scored.len() <= MOST).then_some(scored)
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
                    return Some(ProductNamed { skus: vec![sku], words: from..to + 1, coverage: 1.0, other_model: None });
                }
            }
        }
        None
    }

    /// The name terms a word of the message stands for: itself, itself joined with the next one or two,
    /// another word for it, or what it was meant to be.
    fn name_terms_of(&self, said: &[Word], kinds: &[bool], i: usize) -> Vec<Said> {
        let word = &said[i];
        let mut found = Vec::new();
        if let Some(term) = self.name_term(&word.stem) {
            found.push(self.said(i, &word.text, &word.stem, term, kinds[i]));
        }
        let mut joined = word.text.clone();
        for next in said.iter().skip(i + 1).take(2) {
            joined.push_str(&next.text);
            let stemmed = crate::domain::text::stem::stem(&joined);
            if let Some(term) = self.name_term(&stemmed) {
                found.push(self.said(i, &joined, &stemmed, term, false));
            }
        }
        if found.is_empty() && !kinds[i] {
            found.extend(self.other_words(i, &word.stem));
        }
        found.extend(self.pieces_of_names(word, !found.is_empty()).into_iter().map(|(term, naming)| Said {
            at: i,
            term,
            naming,
            helping: true,
        }));
        if found.is_empty()
            && let Some(meant) = self.correct(&word.text, &word.stem)
            && let Some(term) = self.name_term(meant)
        {
            found.push(self.said(i, meant, meant, term, kinds[i]));
        }
        found
    }

    fn said(&self, at: usize, text: &str, stem: &str, term: u32, kind: bool) -> Said {
        let naming = !kind && self.can_name(text, stem, term);
        let helping = naming
            || !kind && !words::is_function(text) && unit::split(text).is_none() && (!self.is_feature(term) || self.is_rare_name(term));
        Said { at, term, naming, helping }
    }

    /// Whether hardly anything is called so: "Switch", which every keyboard has, is a console's name before a 2.
    fn is_rare_name(&self, term: u32) -> bool {
        const FEW: usize = 3;
        self.postings.of(term).filter(|p| p.parts & Part::Name.bit() != 0).take(FEW + 1).count() <= FEW
    }

    /// "PS5" for "PlayStation 5": another way to write a name, where all its words are in one.
    fn other_words(&self, at: usize, stem: &str) -> Vec<Said> {
        let phrase = words::synonyms(stem).iter().find_map(|phrase| {
            let terms: Option<Vec<u32>> = phrase.split(' ').map(|part| self.name_term(part)).collect();
            terms.filter(|terms| terms.len() > 1)
        });
        phrase.into_iter().flatten().map(|term| Said { at, term, naming: true, helping: true }).collect()
    }

    /// Ordinary words name a product together: beside the brand of a product that has them in its name
    /// ("Tessel Note"), or beside a number of that name ("Note 14").
    fn help(&self, words_said: &[Word], span: std::ops::Range<usize>, said: &mut [Said]) {
        let branded: Vec<usize> = span.clone().filter(|i| self.brands.contains_key(&words_said[*i].stem)).collect();
        let number = |at: usize| words_said[at].text.bytes().any(|b| b.is_ascii_digit());
        let numbers: Vec<(usize, u32)> = said.iter().filter(|word| number(word.at)).map(|word| (word.at, word.term)).collect();
        for word in said {
            let Said { at, term, naming, helping } = *word;
            if naming || !helping {
                continue;
            }
            let plain = number(at);
            let by_brand =
                branded.iter().any(|brand| *brand != at && brand.abs_diff(at) <= 3 && self.same_name(term, &words_said[*brand].stem));
            let by_number = !plain
                && !self.brands.contains_key(&words_said[at].stem)
                && numbers.iter().any(|(place, other)| place.abs_diff(at) == 1 && self.share_a_name(term, *other));
            word.naming = by_brand && !self.brands.contains_key(&words_said[at].stem) || by_number;
        }
    }

    /// Whether a term and a word of a brand stand in one product's name.
    fn same_name(&self, term: u32, brand: &str) -> bool {
        self.name_term(brand).is_some_and(|brand| self.share_a_name(term, brand))
    }

    fn share_a_name(&self, a: u32, b: u32) -> bool {
        self.postings.of(a).any(|p| p.parts & Part::Name.bit() != 0 && self.name_has(p.doc, b))
    }

    pub(super) fn name_term(&self, stem: &str) -> Option<u32> {
        let number = self.postings.term(stem)?;
        self.is_in_a_name(number).then_some(number)
    }

    /// Whether a word can name a product: not ordinary, not a brand, not a category, not everywhere.
    fn can_name(&self, word: &str, stem: &str, number: u32) -> bool {
        let plain_number = word.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let measured = unit::split(word).is_some();
        !plain_number
            && !measured
            && word.len() > 1
            && !words::is_common(word)
            && !self.brands.contains_key(stem)
            && self.kind_terms.binary_search(&number).is_err()
            && self.postings.frequency(number) <= USUAL
            && !self.is_feature(number)
    }

    /// Whether a word of some names mostly tells what other products have: "HDMI", "OLED".
    fn is_feature(&self, number: u32) -> bool {
        const OFTENER: usize = 3;
        let (names, others) = self.postings.of(number).fold((0, 0), |(names, others), p| {
            let named = p.parts & Part::Name.bit() != 0;
            let stated = !named && p.parts & Part::Specs.bit() != 0;
            (names + usize::from(named), others + usize::from(stated))
        });
        others >= OFTENER.max(names)
    }

    pub(super) fn name_has(&self, doc: u32, term: u32) -> bool {
        self.name_of(doc).binary_search(&term).is_ok()
    }

    pub(super) fn name_of(&self, doc: u32) -> &[u32] {
        let i = doc as usize;
        match (self.name_starts.get(i), self.name_starts.get(i + 1)) {
            (Some(from), Some(to)) => self.name_terms.get(*from as usize..*to as usize).unwrap_or(&[]),
            _ => &[],
        }
    }

    /// How well what was said fits a name.
    fn fit(&self, doc: u32, said: &[Said]) -> Option<Candidate> {
        let name = self.name_of(doc);
        let total: f32 = name.iter().map(|term| self.postings.idf(*term)).sum();
        let mut seen: Vec<u32> = Vec::new();
        let mut matched = 0.0;
        let mut names = false;
        for word in said {
            if !seen.contains(&word.term) && self.name_has(doc, word.term) {
                seen.push(word.term);
                matched += self.postings.idf(word.term);
                names |= word.naming;
            }
        }
        let other_kind = name.iter().any(|term| !seen.contains(term) && self.kind_terms.binary_search(term).is_ok());
        (names && total > 0.0).then(|| Candidate { doc, matched, coverage: matched / total, other_kind })
    }
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
            brand(sample("NOTE14", "Tessel Note 14", 1, None), "Tessel"),
            brand(sample("NOTE16", "Tessel Note 16", 1, None), "Tessel"),
            brand(sample("AIR13", "Tessel Air 13", 1, None), "Tessel"),
            brand(sample("TWIST", "Kobalt Twist 18", 1, None), "Kobalt"),
            brand(sample("TWISTBO", "Kobalt Twist 18 Body Only", 1, None), "Kobalt"),
            brand(sample("PS5", "Sony PlayStation 5 Slim", 1, None), "Sony"),
            brand(sample("W7", "Acme Galaxy Watch7", 1, None), "Acme"),
            brand(sample("S25", "Acme Galaxy S25", 1, None), "Acme"),
            brand(sample("PIX", "Acme Pixit 9a Iris", 1, None), "Acme"),
            brand(sample("BIKE", "Veloce Gracht 3", 1, None), "Veloce"),
            brand(sample("BIKE49", "Veloce Gracht 3 frame 49 cm", 1, None), "Veloce"),
            brand(sample("BIKE53", "Veloce Gracht 3 frame 53 cm", 1, None), "Veloce"),
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
            ("wh 1000 xm5 in silver", vec![vec!["HP-XM5-B", "HP-XM5-S"]]),
            ("WH-1000XM5 black", vec![vec!["HP-XM5-B"]]),
            ("hp-xm5-b", vec![vec!["HP-XM5-B"]]),
            ("sony xm5", vec![vec!["HP-XM5-B", "HP-XM5-S"]]),
            ("so the galaxy watch", vec![vec!["W7"]]),
            ("veloce gracht 3", vec![vec!["BIKE"]]),
            ("veloce gracht 3 in 53 cm", vec![vec!["BIKE53"]]),
            ("is the gracht 3 there in 49 cm?", vec![vec!["BIKE49"]]),
            ("an asus laptop", vec![]),
            ("something for my home", vec![]),
            ("gaming laptop under 1500", vec![]),
            // Names made of ordinary words.
            ("how heavy is the tessel note 14", vec![vec!["NOTE14"]]),
            ("the tessel air please", vec![vec!["AIR13"]]),
            ("is the note 16 any good", vec![vec!["NOTE16"]]),
            ("please note 3 things about the air", vec![]),
            // A name that another one begins with.
            ("kobalt twist 18", vec![vec!["TWIST"]]),
            ("kobalt twist 18 body only", vec![vec!["TWISTBO"]]),
            ("do you have the ps5", vec![vec!["PS5"]]),
            ("will the zephyrus connect to a ps5", vec![vec!["ROG"], vec!["PS5"]]),
            ("compare the note 14, note 16 and the legion", vec![vec!["NOTE14"], vec!["NOTE16"], vec!["LEG"]]),
            ("the sony zephyrus", vec![]),
            ("two zephyrus and a hub", vec![vec!["ROG"], vec!["NEST"]]),
            ("a hub please", vec![]),
        ] {
            let said = analysis::words(text);
            let found: Vec<Vec<String>> = shelf().mentions(&said).into_iter().map(|m| m.skus).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_number_that_is_none_of_the_name_is_another_model() {
        for (text, other) in [
            ("do you have the tessel note 15", true),
            ("sony wh-1000xm6", true),
            ("the zephyrus g15 please", true),
            ("do you have the pixit 10", true),
            ("do you have the tessel note 15 pro", true),
            ("the zephyrus pro", true),
            ("is the galaxy s25 ultra here", true),
            ("a zephyrus and a mini hub", false),
            ("the pixit 9a", false),
            ("tessel note 14", false),
            ("the zephyrus g14", false),
            ("zephyrus 16gb", false),
            ("zephyrus under 15", false),
            ("the note 14 15 times", false),
        ] {
            let found = shelf().mentions(&analysis::words(text));
            assert_eq!(found.iter().any(|named| named.other_model.is_some()), other, "{text} {found:?}");
        }
    }
}
