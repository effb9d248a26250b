//! What something costs that the shop prices as a share of another thing: a plan at 9 % of the price of the item.

use super::lookup::{Findings, Lookup};
use super::say;
use super::turn::{Answer, Step, Turn};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, Formula, RecordId};
use crate::domain::goal::Goal;
use crate::domain::record::Field;
use crate::domain::text::rates;
use crate::domain::text::words;

/// From this probability on an entry may be the one that is meant; that it is named decides.
const MAY_BE: f32 = 0.2;
/// From this one on it is what the message itself is about.
const OF_ITS_OWN: f32 = 0.6;
/// Products it is worked out for.
const MOST: usize = 2;

/// Works the share out for the products meant, where the message asks for what an entry prices so.
pub fn step(turn: &Turn<'_>, found: &Findings, products: &[RecordId], book: &mut FactBook) -> Option<Step> {
    let (id, named) = meant(turn).filter(|_| !products.is_empty())?;
    let Some(hits) = found.knowledge.first() else {
        return Some(Step::Look(vec![Lookup::Told { id, text: say::question_text(turn) }]));
    };
    let record = hits.first()?.record;
    if !named && !names(turn, record, book) {
        return None;
    }
    let sentence = say::sentence_where(record, book, rates::is_charge)?;
    let share = book.derive(Formula::Percentage, &[sentence])?;
    let mut answer = Answer::of(vec![Act::plain(ActKind::Knowledge).with("sentence", sentence)]);
    for id in products.iter().take(MOST) {
        let (name, price) = (say::name(book, *id)?, book.field(*id, Field::Price)?);
        let cost = book.derive(Formula::Saving, &[price, share])?;
        answer.say(Act::plain(ActKind::ShareOfPrice).with("product", name).with("cost", cost));
        answer.cards.push(*id);
    }
    Some(answer.done())
}

/// The entry that may be meant, and whether it is without being named: what was just told goes on with "and for the desk?".
fn meant(turn: &Turn<'_>) -> Option<(String, bool)> {
    const SHORT: usize = 9;
    // "How much would it be, it's the moto": what points at the answer may say more.
    const POINTED: usize = 14;
    let answered = turn.heard.answered.as_ref().filter(|answered| answered.score >= MAY_BE);
    let asks_a_price = turn.read.hint(Goal::PriceQuestion) >= 4.0 && !turn.read.reference.pronoun;
    let told = turn
        .before
        .focus
        .entry
        .as_ref()
        .filter(|_| turn.heard.words.len() <= (if turn.read.reference.pronoun { POINTED } else { SHORT }) && !asks_a_price);
    let joined = answered.filter(|answered| answered.joined.is_some()).map(|answered| (answered.entry.clone(), true));
    let told = told.map(|entry| (entry.clone(), true));
    // "What does that plus plan cost for the phone": what the message finds by itself goes before what was told last.
    let own = answered.filter(|answered| answered.score >= OF_ITS_OWN).map(|answered| (answered.entry.clone(), false));
    joined
        .or(own.filter(|(entry, _)| told.as_ref().is_none_or(|(told, _)| told != entry)))
        .or(told)
        .or_else(|| answered.map(|answered| (answered.entry.clone(), false)))
}

/// Whether a message names what an entry is about, beside the products it names.
fn names(turn: &Turn<'_>, record: RecordId, book: &FactBook) -> bool {
    let Some(entry) = say::entry(book, record) else { return false };
    let own: Vec<String> = entry.questions.iter().chain(&entry.tags).map(|text| text.to_lowercase()).collect();
    let of_a_product = |i: usize| turn.heard.products.iter().any(|named| named.words.contains(&i));
    // That a price is asked names nothing.
    let of_prices = |text: &str| matches!(text, "cost" | "costs" | "price" | "prices" | "much" | "item" | "buy");
    let telling = |text: &str| text.len() > 3 && !words::is_function(text) && !of_prices(text);
    let says = |word: &str| telling(word) && own.iter().any(|text| text.contains(word));
    turn.heard.words.iter().enumerate().any(|(i, word)| !of_a_product(i) && says(&word.text))
}
