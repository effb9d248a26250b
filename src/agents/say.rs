//! Acts that several agents say, made from records.

use std::sync::Arc;

use super::lookup::{Findings, KnowledgeFound, Lookup};
use super::services;
use super::turn::{Answer, Turn, chip};
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Intent;
use crate::domain::fact::{FactBook, FactId, Formula, RecordId};
use crate::domain::goal::Goal;
use crate::domain::knowledge::{Domain, Knowledge, Part};
use crate::domain::order::Order;
use crate::domain::product::{Availability, Product};
use crate::domain::promotion::Promotion;
use crate::domain::record::{Field, Record};
use crate::domain::text::words;
use crate::domain::ticket::Ticket;

/// From this probability on an entry of the knowledge base is taken to answer the question.
pub const ANSWERS: f32 = 0.45;
/// The same for an entry that speaks of less than this share of what the message says.
const ANSWERS_ALL_THE_SAME: f32 = 0.6;
const SPEAKS_OF: f32 = 0.34;
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

/// Name of a product, name of one of its properties, and what that states.
pub fn stated(book: &mut FactBook, id: RecordId, property: usize) -> Option<(FactId, FactId, FactId)> {
    let place = u16::try_from(property).ok()?;
    Some((name(book, id)?, book.field(id, Field::SpecName(place))?, book.field(id, Field::Spec(place))?))
}

/// Which costs less, and by how much.
pub fn price_gap(book: &mut FactBook, ids: &[RecordId], answer: &mut Answer) {
    let mut priced: Vec<(RecordId, i64, FactId)> = ids
        .iter()
        .filter_map(|id| {
            let minor = product(book, *id)?.price?.minor;
            Some((*id, minor, book.field(*id, Field::Price)?))
        })
        .collect();
    priced.sort_by_key(|(_, minor, _)| *minor);
    let (Some(low), Some(high)) = (priced.first().copied(), priced.last().copied()) else { return };
    if priced.len() < 2 {
        return;
    }
    let (Some(cheap), Some(dear)) = (name(book, low.0), name(book, high.0)) else { return };
    if low.1 == high.1 {
        answer.say(Act::plain(ActKind::CompareSamePrice).with("price", low.2));
        return;
    }
    let difference = book.derive(Formula::Difference, &[high.2, low.2]);
    answer.say(
        Act::plain(ActKind::ComparePrice)
            .with("cheaper", cheap)
            .with("low", low.2)
            .with("dearer", dear)
            .with("high", high.2)
            .with_some("difference", difference),
    );
}

/// Whether a product is there, as far as the records say.
pub fn stock(book: &mut FactBook, id: RecordId) -> Option<Act> {
    let product = product(book, id)?;
    let name = name(book, id)?;
    let kind = match product.stock {
        None if product.availability() == Availability::InStock => ActKind::InStock,
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
    // An entry that speaks of hardly anything that was said must fit all the better.
    let answers = |hit: &KnowledgeFound| hit.score >= if hit.covers >= SPEAKS_OF { ANSWERS } else { ANSWERS_ALL_THE_SAME };
    found.knowledge.get(which)?.iter().copied().find(answers)
}

/// From this probability on an entry is taken to answer a plain question of ours: what it is about is known, and
/// two entries that both speak of it only take from each other's lead.
pub const PLAINLY: f32 = 0.25;

/// The best entry found for a plain question of ours.
pub fn plain_entry(found: &Findings, which: usize) -> Option<KnowledgeFound> {
    found.knowledge.get(which)?.iter().copied().find(|hit| hit.score >= PLAINLY)
}

/// An entry to be said, and which of its sentences.
#[derive(Debug, Clone, Copy)]
pub struct Quote {
    /// The entry.
    pub record: RecordId,
    /// Its sentences.
    pub part: Part,
}

impl From<RecordId> for Quote {
    /// The whole entry.
    fn from(record: RecordId) -> Self {
        Self { record, part: Part::WHOLE }
    }
}

impl From<KnowledgeFound> for Quote {
    /// The sentences that answer.
    fn from(found: KnowledgeFound) -> Self {
        Self { record: found.record, part: found.part }
    }
}

/// The entries that were found plainly enough to be quoted.
pub fn plainly<'a>(hits: impl IntoIterator<Item = &'a KnowledgeFound>) -> impl Iterator<Item = RecordId> {
    hits.into_iter().filter(|hit| hit.score >= PLAINLY).map(|hit| hit.record)
}

/// The first sentence of an entry that is as wanted, as a fact.
pub fn sentence_where(id: RecordId, book: &mut FactBook, wanted: impl Fn(&str) -> bool) -> Option<FactId> {
    let at = entry(book, id)?.sentences().iter().position(|sentence| wanted(sentence))?;
    book.field(id, Field::Sentence(u16::try_from(at).ok()?))
}

/// Says what an entry says: its sentences, those of them that answer, or its steps.
pub fn say_entry(book: &mut FactBook, quote: impl Into<Quote>, answer: &mut Answer) {
    let Quote { record: id, part } = quote.into();
    let Some(entry) = entry(book, id) else { return };
    let steps = entry.steps().len();
    let places = |count: usize| (0..count).filter_map(|i| u16::try_from(i).ok());
    let fields: Vec<Field> = if steps > 0 {
        places(steps).map(Field::Step).collect()
    } else {
        let sentences = entry.sentences();
        // "We do not do that. Instead ...": the second half is the answer's better one.
        let goes_on = |place: u16| place > 0 && part.has(place - 1) && sentences[usize::from(place)].starts_with("Instead");
        places(sentences.len()).filter(|place| part.has(*place) || goes_on(*place)).map(Field::Sentence).collect()
    };
    let kind = if steps > 0 { ActKind::KnowledgeMore } else { ActKind::Knowledge };
    for field in fields {
        if let Some(sentence) = book.field(id, field) {
            answer.say(Act::plain(kind).with("sentence", sentence));
        }
    }
}

/// Whether the shop surely has an answer to the message, whatever agent it has come to.
pub fn is_answered(turn: &Turn<'_>) -> bool {
    const SURELY: f32 = 0.7;
    turn.heard.answered.as_ref().is_some_and(|answered| answered.score >= SURELY)
}

/// The look-up for the message's own words.
pub fn knowledge_lookup(turn: &Turn<'_>) -> Lookup {
    Lookup::Knowledge { text: question_text(turn), procedures: Some(false), limit: 6 }
}

/// From this score of the rules on a message needs nothing before it.
const BY_ITSELF: f32 = 5.0;

/// The words to look an answer up by: the message, what it continues, or both where it goes on with an answer.
pub fn question_text(turn: &Turn<'_>) -> String {
    let joined = turn.heard.answered.as_ref().and_then(|answered| answered.joined.clone());
    // "Are you open on the 24th" says itself what it is about, whatever was told before.
    let by_itself = turn.goal == Goal::StoreHours && turn.read.hint(Goal::StoreHours) >= BY_ITSELF;
    match joined.filter(|_| !by_itself) {
        _ if turn.continues => turn.said.to_owned(),
        Some(joined) => joined,
        None => turn.text.to_owned(),
    }
}

/// The plainest way to ask what a goal is about, for messages in words no entry knows.
fn plain_question(turn: &Turn<'_>) -> Option<&'static str> {
    let asks = |words: &[&str]| turn.heard.words.iter().any(|word| words.contains(&word.text.as_str()));
    Some(match turn.goal {
        Goal::DeliveryDate => "How long does delivery take?",
        Goal::ShippingPolicy if asks(&["long", "fast", "soon", "quick", "quickly", "when", "days", "time"]) => {
            "How long does delivery take?"
        }
        Goal::ShippingPolicy if asks(&["much", "cost", "costs", "fee", "price", "charge"]) => "How much is delivery?",
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
        return super::turn::Step::Look(lookups(turn));
    }
    let mut answer = Answer::default();
    known(turn, found, book, &mut answer);
    answer.done()
}

/// Whether a message asks for something done beside selling.
fn wants_a_service(turn: &Turn<'_>) -> bool {
    turn.goal == Goal::ShopServices && !turn.heard.services.is_empty()
}

/// The look-ups for [`known`].
pub fn lookups(turn: &Turn<'_>) -> Vec<Lookup> {
    if wants_a_service(turn) {
        return std::iter::once(knowledge_lookup(turn)).chain(services::lookups(turn)).collect();
    }
    let plain = plain_question(turn).map(|text| Lookup::Knowledge { text: text.to_owned(), procedures: Some(false), limit: 1 });
    std::iter::once(knowledge_lookup(turn)).chain(plain).collect()
}

/// Says what the knowledge base answers, or that it does not.
pub fn known(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, answer: &mut Answer) {
    if wants_a_service(turn) {
        services::known(turn, found, book, answer);
        return;
    }
    let own = best_entry(found, 0).or_else(|| at_home(turn, found)).or_else(|| in_its_words(turn, found));
    match own.or_else(|| of_the_matter(found)).or_else(|| asked_on(turn, found)) {
        Some(hit) => {
            // "Where exactly are you, coming by car": where comes first, and where to park behind it.
            if let Some(place) = place_asked(turn, found).filter(|place| place.record != hit.record) {
                say_entry(book, place, answer);
            }
            say_entry(book, hit, answer);
        }
        None => {
            answer.say_plain(ActKind::NotInRecords);
            offer_nearest(found, book, answer);
        }
    }
}

/// Where the shop is, where a message asks for that, whatever else it speaks of.
fn place_asked(turn: &Turn<'_>, found: &Findings) -> Option<KnowledgeFound> {
    let of_us = |word: &str| matches!(word, "you" | "u" | "shop" | "store" | "address");
    let at = turn.heard.words.iter().position(|word| matches!(word.text.as_str(), "where" | "address"))?;
    let asks = turn.heard.words[at..].iter().take(4).any(|word| of_us(&word.text));
    plain_entry(found, 1).filter(|_| asks && turn.goal == Goal::StoreLocation)
}

/// What the nearest entries are the answer to, to be tapped.
pub fn offer_nearest(found: &Findings, book: &FactBook, answer: &mut Answer) {
    const NEAR: f32 = 0.06;
    const OFFERED: usize = 2;
    let near = found.knowledge.iter().flatten().filter(|hit| hit.score >= NEAR && !hit.procedure);
    for hit in near.take(OFFERED) {
        if let Some(question) = entry(book, hit.record).and_then(|entry| entry.questions.first().cloned()) {
            answer.options.push(chip("say", &question));
        }
    }
}

/// The entry that says every telling word of a message, where those are more than one: "what is Tweede Ronde" asks no
/// question of any entry, but only one speaks of it.
pub fn in_its_words(turn: &Turn<'_>, found: &Findings) -> Option<KnowledgeFound> {
    const LIKELY: f32 = 0.2;
    const ALL: f32 = 0.99;
    let telling = turn.heard.words.iter().filter(|word| !words::is_function(&word.text)).count();
    let says_all = |hit: &KnowledgeFound| telling > 1 && hit.covers >= ALL && hit.score >= LIKELY;
    let hits = found.knowledge.first()?;
    hits.iter().copied().find(says_all).or_else(|| alone_on_it(turn, hits))
}

/// "Can I bring my dog?": the first entry found is the only one that speaks of dogs.
fn alone_on_it(turn: &Turn<'_>, hits: &[KnowledgeFound]) -> Option<KnowledgeFound> {
    const HALF: f32 = 0.4;
    let of_the_shop = matches!(turn.goal, Goal::ShopServices | Goal::OutOfScope | Goal::StoreLocation);
    hits.iter().copied().find(|hit| of_the_shop && hit.alone && hit.covers >= HALF && !hit.procedure)
}

/// The likeliest entry of the very domain the message belongs to: what it is about is known, so less is asked of it.
fn at_home(turn: &Turn<'_>, found: &Findings) -> Option<KnowledgeFound> {
    const AT_HOME: f32 = 0.33;
    const HALF: f32 = 0.5;
    const NEARLY: f32 = 0.38;
    let home = match turn.goal.intent() {
        Intent::Sales => Domain::Sales,
        Intent::Marketing => Domain::Marketing,
        Intent::Support => Domain::Support,
        Intent::Orders => Domain::Logistics,
        Intent::General => Domain::Store,
    };
    let fits = |hit: &KnowledgeFound| hit.score >= AT_HOME && hit.covers >= HALF || hit.score >= NEARLY;
    found.knowledge.first()?.iter().copied().find(|hit| hit.domain == home && fits(hit))
}

/// "Does my wife need anything with her", of fetching what was just asked about: what the shop says of that.
fn asked_on(turn: &Turn<'_>, found: &Findings) -> Option<KnowledgeFound> {
    const NEAR: f32 = 0.06;
    let other = found.knowledge.first()?.iter().any(|hit| hit.score >= NEAR);
    best_entry(found, 1).filter(|_| turn.goal == Goal::Pickup && turn.before.goal == Some(Goal::Pickup) && !other)
}

/// The entry that answers the plain question of the goal, where it speaks of what the customer says. An answer to
/// everything that has to do with delivery is none to "do you ship fireworks".
fn of_the_matter(found: &Findings) -> Option<KnowledgeFound> {
    let plain = best_entry(found, 1)?;
    found.knowledge.first()?.iter().copied().find(|hit| hit.record == plain.record && hit.covers >= SPEAKS_OF)
}

/// Sympathy first, where the mood asks for it.
pub fn sympathise(turn: &Turn<'_>, answer: &mut Answer) {
    use crate::domain::sentiment::Mood;
    if matches!(turn.sentiment.label, Mood::Negative | Mood::VeryNegative) {
        answer.say_plain(ActKind::Sympathy);
    }
}
