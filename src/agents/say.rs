//! Acts that several agents say, made from records.

use std::sync::Arc;

use super::lookup::{Findings, KnowledgeFound, Lookup};
use super::turn::{Answer, Turn};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, RecordId};
use crate::domain::goal::Goal;
use crate::domain::knowledge::Knowledge;
use crate::domain::order::Order;
use crate::domain::product::{Availability, Product};
use crate::domain::promotion::Promotion;
use crate::domain::record::{Field, Record};
use crate::domain::ticket::Ticket;

/// From this score on an entry of the knowledge base answers the question.
pub const ANSWERS: f32 = 0.46;
/// Pieces at hand below which "only a few left" is said.
const FEW: u32 = 3;

/// The product at a place of the book.
pub fn product(book: &FactBook, id: RecordId) -> Option<Arc<Product>> {
    match &book.record(id)?.record {
        Record::Product(product) => Some(Arc::clone(product)),
        _ => None,
    }
}

/// The order at a place of the book.
pub fn order(book: &FactBook, id: RecordId) -> Option<Arc<Order>> {
    match &book.record(id)?.record {
        Record::Order(order) => Some(Arc::clone(order)),
        _ => None,
    }
}

/// The promotion at a place of the book.
pub fn promotion(book: &FactBook, id: RecordId) -> Option<Arc<Promotion>> {
    match &book.record(id)?.record {
        Record::Promotion(promotion) => Some(Arc::clone(promotion)),
        _ => None,
    }
}

/// The ticket at a place of the book.
pub fn ticket(book: &FactBook, id: RecordId) -> Option<Arc<Ticket>> {
    match &book.record(id)?.record {
        Record::Ticket(ticket) => Some(Arc::clone(ticket)),
        _ => None,
    }
}

/// The entry at a place of the book.
pub fn entry(book: &FactBook, id: RecordId) -> Option<Arc<Knowledge>> {
    match &book.record(id)?.record {
        Record::Knowledge(entry) => Some(Arc::clone(entry)),
        _ => None,
    }
}

/// The name of a record as a fact.
pub fn name(book: &mut FactBook, id: RecordId) -> Option<FactId> {
    book.field(id, Field::Name)
}

/// The SKUs of products in the book.
pub fn skus(book: &FactBook, ids: &[RecordId]) -> Vec<String> {
    ids.iter().filter_map(|id| product(book, *id)).map(|p| p.sku.clone()).collect()
}

/// One line of a list of products: name, price, and a word when it is not there.
pub fn list_item(book: &mut FactBook, id: RecordId) -> Option<Act> {
    let product = product(book, id)?;
    let name = name(book, id)?;
    let price = book.field(id, Field::Price);
    let kind = match (price, product.availability()) {
        (None, _) => ActKind::ListItemPlain,
        (Some(_), Availability::OutOfStock) => ActKind::ListItemOut,
        (Some(_), _) => ActKind::ListItem,
    };
    Some(Act::plain(kind).with("product", name).with_some("price", price))
}

/// Lists products, with their cards.
pub fn list(book: &mut FactBook, ids: &[RecordId], answer: &mut Answer) {
    for id in ids {
        if let Some(act) = list_item(book, *id) {
            answer.say(act);
            answer.cards.push(*id);
        }
    }
}

/// The price of a product, or that the records hold none.
pub fn price(book: &mut FactBook, id: RecordId) -> Option<Act> {
    let name = name(book, id)?;
    Some(match book.field(id, Field::Price) {
        Some(price) => Act::plain(ActKind::Price).with("product", name).with("price", price),
        None => Act::plain(ActKind::PriceUnknown).with("product", name),
    })
}

/// Whether a product is there, as far as the records say.
pub fn stock(book: &mut FactBook, id: RecordId) -> Option<Act> {
    let product = product(book, id)?;
    let name = name(book, id)?;
    let kind = match product.stock {
        None => ActKind::StockUnknown,
        Some(0) => ActKind::OutOfStock,
        Some(few) if few <= FEW => ActKind::LowStock,
        Some(_) => ActKind::InStock,
    };
    let count = if kind == ActKind::LowStock { book.field(id, Field::Stock) } else { None };
    Some(Act::plain(kind).with("product", name).with_some("stock", count))
}

/// The best entry found for the question asked `which`-th, if it answers.
pub fn best_entry(found: &Findings, which: usize) -> Option<KnowledgeFound> {
    found.knowledge.get(which)?.iter().copied().find(|hit| hit.score >= ANSWERS)
}

/// Says what an entry says: its sentences, or its steps.
pub fn say_entry(book: &mut FactBook, id: RecordId, answer: &mut Answer) {
    let Some(entry) = entry(book, id) else { return };
    let steps = entry.steps().len();
    let fields: Vec<Field> = if steps > 0 {
        (0..steps).filter_map(|i| u16::try_from(i).ok()).map(Field::Step).collect()
    } else {
        (0..entry.sentences().len()).filter_map(|i| u16::try_from(i).ok()).map(Field::Sentence).collect()
    };
    let kind = if steps > 0 { ActKind::KnowledgeMore } else { ActKind::Knowledge };
    for field in fields {
        if let Some(sentence) = book.field(id, field) {
            answer.say(Act::plain(kind).with("sentence", sentence));
        }
    }
}

/// The look-up for the message's own words.
pub fn knowledge_lookup(turn: &Turn<'_>) -> Lookup {
    Lookup::Knowledge { text: question_text(turn), procedures: Some(false), limit: 3 }
}

/// The words to look an answer up by: the message, or what it continues.
pub fn question_text(turn: &Turn<'_>) -> String {
    if turn.continues { turn.said.to_owned() } else { turn.text.to_owned() }
}

/// From this score on an entry answers the customer's own words beyond doubt.
const SURE: f32 = 0.72;

/// The plainest way to ask what a goal is about, for messages in words no entry knows.
fn plain_question(goal: Goal) -> Option<&'static str> {
    Some(match goal {
        Goal::StoreHours => "What are your opening hours?",
        Goal::StoreLocation => "Where is your store? What is the address?",
        Goal::Contact => "How can I contact you?",
        Goal::PaymentMethods => "Which payment methods do you accept?",
        Goal::Loyalty => "Do you have a loyalty program?",
        Goal::Newsletter => "How do I sign up for the newsletter?",
        Goal::GiftCards => "Do you sell gift cards?",
        Goal::PriceMatch => "Do you match prices?",
        Goal::ShippingPolicy => "How long does shipping take and what does it cost?",
        Goal::Pickup => "Can I pick up my order in the store?",
        _ => return None,
    })
}

/// Answers from the knowledge base, or says that the records hold no answer. One look-up.
pub fn from_knowledge(turn: &Turn<'_>, found: &Findings, book: &mut FactBook) -> super::turn::Step {
    if found.knowledge.is_empty() {
        let plain = plain_question(turn.goal).map(|text| Lookup::Knowledge { text: text.to_owned(), procedures: Some(false), limit: 1 });
        return super::turn::Step::Look(std::iter::once(knowledge_lookup(turn)).chain(plain).collect());
    }
    let mut answer = Answer::default();
    let own = best_entry(found, 0);
    // An answer to the customer's own words, unless they hardly fit and the plain question fits well.
    let plain = best_entry(found, 1).filter(|plain| own.is_none_or(|own| own.score < SURE && plain.score > own.score));
    match plain.or(own) {
        Some(hit) => say_entry(book, hit.record, &mut answer),
        None => answer.say_plain(ActKind::NotInRecords),
    }
    answer.done()
}

/// Sympathy first, where the mood asks for it.
pub fn sympathise(turn: &Turn<'_>, answer: &mut Answer) {
    use crate::domain::sentiment::Mood;
    if matches!(turn.sentiment.label, Mood::Negative | Mood::VeryNegative) {
        answer.say_plain(ActKind::Sympathy);
    }
}
