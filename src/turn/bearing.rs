//! What of an entry bears on the thing and the country spoken of: "large appliances come on a day you choose" says
//! nothing of the lamp in hand, and "Belgium 6.95 euro" nothing to who has named no country.

use std::sync::Arc;

use super::lookups::EntryFound;
use crate::domain::heard::Heard;
use crate::domain::knowledge::{Domain, Part};
use crate::domain::product::Product;
use crate::domain::record::Record;
use crate::domain::state::ConversationState;
use crate::domain::text::places::{self, Country};

/// What is left of the likelihood of an entry on a service that is all about other kinds of things.
const OF_OTHERS: f32 = 0.15;

/// Words that point at a thing.
const POINTING: [&str; 5] = ["it", "that", "this", "them", "those"];

/// What a message is about.
pub struct Bearing<'a> {
    /// The message.
    pub heard: &'a Heard,
    /// The products on the table.
    pub shown: &'a [Arc<Product>],
    /// The conversation before it.
    pub state: &'a ConversationState,
    /// The shop's language and region.
    pub locale: &'a str,
}

impl Bearing<'_> {
    /// Leaves out of an entry found what bears on other things or countries. Advice on what to buy keeps all it says.
    pub fn narrow(&self, found: &mut EntryFound) {
        let Record::Knowledge(entry) = &found.record.record else { return };
        let sentences = entry.sentences();
        let things = self.things();
        let of_others = |place: usize| {
            let kinds = found.names.get(place).map_or(&[][..], |names| names.kinds.as_slice());
            !kinds.is_empty() && !things.is_empty() && !things.iter().any(|thing| kinds.iter().any(|kind| thing.is_in_category(kind)))
        };
        let advice = found.hit.domain == Domain::Sales;
        let home = self.home().filter(|_| !self.goes_abroad());
        let country = |place: usize| found.names.get(place).and_then(|names| names.country);
        let abroad = |place: usize| {
            let other = |home: &Country| country(place).is_some_and(|country| country.code != home.code);
            place > 0 && home.is_some_and(|home| other(home) && places::speaks_of(home, sentences[place]) < 4)
        };
        let said: Vec<usize> = (0..sentences.len()).filter(|place| u16::try_from(*place).is_ok_and(|at| found.hit.part.has(at))).collect();
        let kept: Vec<u8> =
            said.iter().copied().filter(|at| (advice || !of_others(*at)) && !abroad(*at)).filter_map(|at| u8::try_from(at).ok()).collect();
        // "Do I set that up myself", where the entry is about televisions and none is on the table.
        let of_a_kind = |place: usize| found.names.get(place).is_some_and(|names| !names.kinds.is_empty());
        let points =
            things.is_empty() && self.names_nothing() && self.heard.words.iter().any(|word| POINTING.contains(&word.text.as_str()));
        let every = !sentences.is_empty() && !advice && (0..sentences.len()).all(|place| of_others(place) || points && of_a_kind(place));
        if every && !self.heard.services.is_empty() {
            found.hit.score *= OF_OTHERS;
        }
        if !kept.is_empty() && kept.len() < said.len() && !found.hit.procedure {
            found.hit.part = Part::of(&kept);
        }
    }

    fn names_nothing(&self) -> bool {
        self.heard.products.is_empty() && self.heard.brands.is_empty() && self.heard.categories.is_empty()
    }

    /// The things in hand, else those just listed, where the message names no others.
    fn things(&self) -> Vec<&Arc<Product>> {
        let focus = &self.state.focus;
        let meant_now = if focus.products.is_empty() { &focus.listed } else { &focus.products };
        let in_hand = self.shown.iter().filter(|product| meant_now.contains(&product.sku));
        let named: Vec<&String> = self.heard.categories.iter().flat_map(|category| &category.names).collect();
        let meant = |product: &&Arc<Product>| named.is_empty() || named.iter().any(|name| product.is_in_category(name));
        if self.heard.products.is_empty() && self.heard.brands.is_empty() { in_hand.filter(meant).collect() } else { Vec::new() }
    }

    /// Whether a country is spoken of that is not the shop's own.
    fn goes_abroad(&self) -> bool {
        let words: Vec<&str> = self.heard.words.iter().map(|word| word.text.as_str()).collect();
        let abroad = words
            .iter()
            .any(|word| matches!(*word, "abroad" | "international" | "internationally" | "countries" | "country" | "europe" | "eu"));
        abroad || self.state.focus.country.is_some() || places::named(&words).is_some()
    }

    /// The shop's own country.
    fn home(&self) -> Option<&'static Country> {
        let code = self.locale.rsplit(['-', '_']).next().map(str::to_lowercase).filter(|code| code.len() == 2)?;
        places::of_code(&code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fact::Versioned;
    use crate::domain::heard::Word;
    use crate::domain::knowledge;
    use crate::domain::product::tests::sample;
    use crate::domain::text::token::tokens;
    use crate::retrieval::knowledge::KnowledgeHit;
    use crate::turn::library::SentenceNames;

    #[test]
    fn what_bears_on_other_things_and_countries_is_left_out() {
        let answer = "Parcels arrive in 2 days. Belgium takes 3 days. Large appliances come on a day you choose.";
        let entry = knowledge::tests::sample("k", Domain::Logistics, answer);
        let hit = KnowledgeHit {
            id: "k".into(),
            domain: Domain::Logistics,
            score: 0.9,
            procedure: false,
            part: Part::WHOLE,
            covers: 1.0,
            lacks: false,
            alone: false,
        };
        let mut lamp = sample("L", "Lumio Lamp", 100, None);
        lamp.category = vec!["Home".into(), "Lamps".into()];
        let shown = [Arc::new(lamp)];
        for (text, in_hand, kept) in [
            ("how long does it take", true, vec![0]),
            ("how long does it take", false, vec![0, 2]),
            ("how long does it take to belgium", true, vec![0, 1]),
        ] {
            let heard = Heard { words: Word::from_tokens(tokens(text)), ..Heard::default() };
            let mut state = ConversationState::default();
            state.focus.products = if in_hand { vec!["L".into()] } else { Vec::new() };
            let record = Versioned { record: Record::Knowledge(Arc::new(entry.clone())), version: 1 };
            let kind = SentenceNames { kinds: vec!["Large Appliances".into()], country: None };
            let country = SentenceNames { kinds: Vec::new(), country: places::of_code("be") };
            let names = [SentenceNames::default(), country, kind].map(Arc::new).to_vec();
            let mut found = EntryFound { record, hit: hit.clone(), names };
            Bearing { heard: &heard, shown: &shown, state: &state, locale: "en-NL" }.narrow(&mut found);
            let said: Vec<u16> = (0..3).filter(|at| found.hit.part.has(*at)).collect();
            assert_eq!(said, kept, "{text}");
        }
    }
}
