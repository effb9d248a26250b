//! To another country: the sentence that speaks of it, never what holds at home.

use super::super::lookup::{Findings, Lookup};
use super::super::say;
use super::super::turn::{Answer, Step, Turn};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::query::ProductQuery;
use crate::domain::record::Field;
use crate::domain::state::ConversationState;
use crate::domain::text::places::{self, Country};
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::text::words;

/// The country a message is about, or the one talked about, if it is not the shop's own.
pub fn country(turn: &Turn<'_>) -> Option<&'static Country> {
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let home = turn.shop.locale.split(['-', '_']).nth(1).map(str::to_lowercase);
    let named = places::named(&said);
    let country = named.or_else(|| turn.before.focus.country.as_deref().and_then(places::of_code))?;
    home.is_none_or(|home| home != country.code).then_some(country)
}

/// What is asked about a delivery.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Whether,
    Cost,
    Time,
    /// What the state takes.
    Duties,
}

/// What is asked, one side or two: "what does it cost and how long".
fn sides(turn: &Turn<'_>) -> Vec<Side> {
    let has = |words: &[&str]| turn.heard.words.iter().any(|word| words.contains(&word.text.as_str()));
    let duties = turn.heard.words.iter().any(|word| is_of_duties(&word.stem));
    let sides = [
        (Side::Duties, duties),
        (Side::Cost, !duties && has(&["cost", "costs", "much", "price", "fee", "charge", "pay", "free"])),
        (Side::Time, has(&["long", "when", "fast", "soon", "quick", "quickly", "days", "time"])),
    ];
    let asked: Vec<Side> = sides.into_iter().filter(|(_, asked)| *asked).map(|(side, _)| side).collect();
    if asked.is_empty() { vec![Side::Whether] } else { asked }
}

/// Stems of what is to be paid at a border.
fn is_of_duties(word: &str) -> bool {
    matches!(word, "dut" | "duty" | "duti" | "custom" | "tax" | "taxe" | "tariff" | "vat" | "import")
}

/// Answers about delivery to another country; `None` where none is meant.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Option<Step> {
    let country = country(turn)?;
    if found.knowledge.is_empty() {
        return Some(Step::Look(lookups(turn)));
    }
    state.focus.country = Some(country.code.to_owned());
    let sides = sides(turn);
    let mut answer = Answer::default();
    // "Large appliances only go to ...": what the thing is comes before where it goes.
    if let Some((id, at)) = of_its_kind(turn, found, book).filter(|_| !sides.contains(&Side::Time)) {
        answer.acts.extend(book.field(id, Field::Sentence(at)).map(|fact| Act::plain(ActKind::Knowledge).with("sentence", fact)));
        return Some(answer.done());
    }
    let mut missing = false;
    for side in &sides {
        match place(country, *side, found, book).and_then(|(id, at)| book.field(id, Field::Sentence(at))) {
            Some(fact) => {
                let act = Act::plain(ActKind::Knowledge).with("sentence", fact);
                if !answer.acts.contains(&act) {
                    answer.say(act);
                }
            }
            None => missing = true,
        }
    }
    if missing {
        answer.say_plain(if answer.acts.is_empty() { ActKind::NotInRecords } else { ActKind::RestUnknown });
    }
    Some(answer.done())
}

/// The sentence that answers one side.
fn place(country: &Country, side: Side, found: &Findings, book: &FactBook) -> Option<(RecordId, u16)> {
    let own = if side == Side::Duties { of_duties(country, found, book) } else { None };
    own.or_else(|| best(country, side, found, book, 0)).or_else(|| {
        // No sentence speaks of it: where the shop does deliver is the answer all the same.
        let plain = say::plain_entry(found, ABROAD).filter(|_| side != Side::Time)?;
        Some((plain.record, 0))
    })
}

/// The sentence on what is paid at the border: one that speaks of the country before one that speaks of none.
fn of_duties(country: &Country, found: &Findings, book: &FactBook) -> Option<(RecordId, u16)> {
    let hits = found.knowledge.iter().flatten().filter(|hit| hit.score >= say::PLAINLY && !hit.procedure);
    let mut best: Option<(u8, RecordId, u16)> = None;
    for hit in hits {
        let Some(entry) = say::entry(book, hit.record) else { continue };
        for (i, sentence) in entry.sentences().iter().enumerate() {
            let speaks = tokens(sentence).iter().any(|t| is_of_duties(&stem(&t.text)));
            let level = places::speaks_of(country, sentence);
            if speaks && best.is_none_or(|(most, ..)| level > most) {
                best = u16::try_from(i).ok().map(|i| (level, hit.record, i)).or(best);
            }
        }
    }
    best.map(|(_, id, at)| (id, at))
}

/// Which of the look-ups asks for delivery abroad.
const ABROAD: usize = 1;

fn lookups(turn: &Turn<'_>) -> Vec<Lookup> {
    let asked = |text: &str| Lookup::Knowledge { text: text.to_owned(), procedures: Some(false), limit: 4 };
    let mut lookups = vec![
        say::knowledge_lookup(turn),
        asked("Do you deliver abroad? Do you ship to other countries? International shipping"),
        asked("How much is delivery? Shipping costs"),
        asked("How long does delivery take? Delivery time"),
    ];
    let categories: Vec<String> = turn.heard.categories.iter().flat_map(|category| category.names.iter().take(1).cloned()).collect();
    // A word for things the shop has will do where no kind is named: "a fridge".
    let describing =
        turn.heard.words.iter().zip(&turn.heard.describing).filter(|(word, describes)| **describes && !words::is_function(&word.text));
    let terms: Vec<String> = describing.map(|(word, _)| word.text.clone()).filter(|_| categories.is_empty()).take(2).collect();
    if !terms.is_empty() {
        lookups.push(Lookup::Search { query: ProductQuery { terms, ..ProductQuery::default() }, limit: 1 });
    }
    if !categories.is_empty() {
        lookups.push(Lookup::Search { query: ProductQuery { categories, ..ProductQuery::default() }, limit: 1 });
    }
    lookups
}

/// The sentence that speaks most of a country and holds what is asked for.
fn best(country: &Country, side: Side, found: &Findings, book: &FactBook, from: usize) -> Option<(RecordId, u16)> {
    let mut best: Option<((u8, bool), RecordId, u16)> = None;
    for hit in found.knowledge.iter().skip(from).flatten().filter(|hit| hit.score >= say::PLAINLY && !hit.procedure) {
        let Some(entry) = say::entry(book, hit.record) else { continue };
        for (i, sentence) in entry.sentences().iter().enumerate() {
            let said: Vec<String> = tokens(sentence).into_iter().map(|t| t.text).collect();
            let has = |words: &[&str]| said.iter().any(|word| words.contains(&word.as_str()));
            let number = said.iter().any(|word| word.bytes().any(|b| b.is_ascii_digit()));
            let holds = side != Side::Time || has(&["day", "days", "week", "weeks", "hours"]) && number;
            let level = places::speaks_of(country, sentence);
            let rank = (level, number || has(&["free"]));
            if holds && level > 0 && best.is_none_or(|(most, _, _)| rank > most) {
                best = u16::try_from(i).ok().map(|i| (rank, hit.record, i)).or(best);
            }
        }
    }
    best.map(|(_, id, at)| (id, at))
}

/// The sentence on delivery abroad that speaks of the kind of thing asked about: "large appliances only go to ...".
fn of_its_kind(turn: &Turn<'_>, found: &Findings, book: &FactBook) -> Option<(RecordId, u16)> {
    let searched = found.searches.first().and_then(|search| search.products.first()).and_then(|id| say::product(book, *id));
    let meant = turn.shown.iter().find(|product| turn.heard.products.iter().any(|named| named.skus.contains(&product.sku))).cloned();
    let kinds = searched.or(meant)?.category.clone();
    let entry = say::plain_entry(found, ABROAD).and_then(|hit| Some((hit.record, say::entry(book, hit.record)?)))?;
    let at = entry.1.sentences().iter().position(|sentence| names_a_kind(sentence, &kinds))?;
    Some((entry.0, u16::try_from(at).ok()?))
}

/// Whether a sentence names one of the kinds a product is of, with all its words.
pub fn names_a_kind(sentence: &str, kinds: &[String]) -> bool {
    let own: Vec<String> = tokens(sentence).iter().map(|t| stem(&t.text)).collect();
    kinds.iter().any(|kind| {
        let words: Vec<String> = tokens(kind).iter().map(|t| stem(&t.text)).collect();
        !words.is_empty() && words.iter().all(|word| own.contains(word))
    })
}
