//! Which of a customer's orders a message is about, by what is in it: "the speaker I ordered", "my mesh
//! return", "when does the dryer come".

use super::say;
use super::turn::Turn;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::order::Order;
use crate::domain::product::{Product, SpecValue};
use crate::domain::record::RecordKind;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::text::words;

/// An item of an order that a message singles out.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The order.
    pub order: RecordId,
    /// The product.
    pub sku: String,
    /// How well the words fit it.
    score: f32,
}

/// Words of orders and deliveries that single out no product.
const OF_ORDERS: &[&str] = &[
    "order",
    "parcel",
    "packag",
    "package",
    "deliver",
    "delivery",
    "arriv",
    "arrive",
    "ship",
    "track",
    "statu",
    "status",
    "refund",
    "return",
    "warranty",
    "ticket",
    "address",
    "money",
    "box",
    "item",
    "product",
    "number",
    "day",
    "today",
    "tomorrow",
    "week",
    "cancel",
    "chang",
    "change",
    "repair",
    "email",
    "mail",
    "phone",
    "order",
    "help",
    "new",
    "broken",
    "work",
    "purchas",
    "purchase",
    "bought",
    "buy",
    "exchang",
    "exchange",
    "guarantee",
    "invoice",
    "receipt",
    "store",
    "shop",
    "price",
    "pay",
    "paid",
    "charg",
    "charge",
    "card",
    "code",
    "zip",
    "home",
    "door",
    "sign",
];
/// From this score on words mean an item.
const MEANT: f32 = 1.0;

/// The words of a message that may single out an item.
fn telling(turn: &Turn<'_>) -> Vec<String> {
    let contact = &turn.read.contact;
    let given: Vec<String> =
        [&contact.name, &contact.email, &contact.zip].into_iter().flatten().flat_map(|text| tokens(text)).map(|t| t.text).collect();
    let own = turn.heard.words.iter().filter(|w| !given.contains(&w.text)).map(|w| (w.text.clone(), w.stem.clone()));
    // What a proof of identity was asked for says which item is meant.
    let before = if turn.continues { tokens(turn.said) } else { Vec::new() };
    let before = before.into_iter().map(|t| (t.text.clone(), stem(&t.text)));
    // "Phone" is a product too, but not where its last four digits are given.
    let proof = contact.phone_tail.is_some();
    own.chain(before)
        .filter(|(text, _)| !words::is_function(text) && text.len() > 1)
        .map(|(_, stem)| stem)
        .filter(|s| s == "phone" && !proof || !OF_ORDERS.contains(&s.as_str()))
        .collect()
}

/// The items of `orders` that a message singles out, best first; only those that fit best.
pub fn meant(turn: &Turn<'_>, orders: &[RecordId], book: &FactBook) -> Vec<Item> {
    let said = telling(turn);
    let mut found: Vec<Item> = Vec::new();
    for id in orders {
        let Some(order) = say::order(book, *id) else { continue };
        for item in &order.items {
            let product = book.find(RecordKind::Product, &item.sku).and_then(|id| say::product(book, id));
            let score = product.map_or(0.0, |product| fits(turn, &said, &product));
            found.push(Item { order: *id, sku: item.sku.clone(), score });
        }
    }
    let best = found.iter().map(|item| item.score).fold(0.0_f32, f32::max);
    found.retain(|item| best >= MEANT && item.score >= best - 0.01);
    found
}

/// Whether a message names a thing that an order may hold: one the shop sells, or a kind of thing.
pub fn names_a_thing(turn: &Turn<'_>) -> bool {
    let own = |at: usize| at > 0 && matches!(turn.heard.words[at - 1].text.as_str(), "my" | "new" | "the" | "other");
    let known = turn.heard.words.iter().zip(&turn.heard.describing).enumerate().any(|(at, (word, describes))| {
        *describes && (own(at) || !words::is_common(&word.text)) && !OF_ORDERS.contains(&word.stem.as_str())
    });
    // "My airfryer order": what stands between the two names it, whatever it is.
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let called = said
        .windows(3)
        .any(|w| matches!(w[0], "my" | "the") && matches!(w[2], "order" | "parcel" | "package" | "delivery") && !words::is_common(w[1]));
    // "Do I have to be home?" names no smart home.
    let of_a_kind = turn.heard.categories.iter().any(|category| {
        let words = turn.heard.words.get(category.words.clone()).unwrap_or_default();
        words.iter().any(|word| !OF_ORDERS.contains(&word.stem.as_str()))
    });
    !turn.heard.products.is_empty() || of_a_kind || known || called
}

/// The items of an order that a message says are not there: "I got the soundbar but no TV".
pub fn missing(turn: &Turn<'_>, order: RecordId, book: &FactBook) -> Vec<Item> {
    let text = say::question_text(turn);
    let said = tokens(&text);
    let after = said.iter().position(|t| matches!(t.text.as_str(), "no" | "not" | "without" | "missing" | "except"));
    // "Only the little box came": what is missing is the rest.
    let only = said.iter().position(|t| t.text == "only").filter(|_| after.is_none());
    // "The soundbar came but where is the TV?"
    let after = after.or_else(|| asks_where(turn).and_then(|_| said.iter().position(|t| matches!(t.text.as_str(), "where" | "wheres"))));
    let after = after.or(only);
    // "Got the case, phone still missing": what is missing stands before the word in its own clause.
    let before = after.filter(|at| said[*at].text == "missing" && (only.is_none() && at + 1 == said.len())).map(|at| {
        let parts = |i: usize| {
            let gap = text.get(said[i].end..said[i + 1].start).unwrap_or_default();
            gap.contains([',', '.', ';', '!', '?']) || matches!(said[i].text.as_str(), "but" | "and" | "yet")
        };
        (0..at).rev().find(|i| parts(*i)).map_or(0, |i| i + 1)..at
    });
    let proof = turn.read.contact.phone_tail.is_some();
    let lacking: Vec<String> = match (before, after) {
        (Some(clause), _) => &said[clause],
        (None, Some(at)) => &said[at + 1..],
        (None, None) => &[],
    }
    .iter()
    .map(|t| stem(&t.text))
    .filter(|s| s == "phone" && !proof || !OF_ORDERS.contains(&s.as_str()))
    .collect();
    let Some(record) = say::order(book, order) else { return Vec::new() };
    // "Where's the rest": whatever has not come.
    let the_rest = asks_where(turn).is_some() && said.iter().any(|t| matches!(t.text.as_str(), "rest" | "other" | "others" | "remaining"));
    let waited: Vec<Item> = record
        .items
        .iter()
        .filter(|item| the_rest && !has_come(&record, &item.sku))
        .filter_map(|item| in_order(&item.sku, order, &record))
        .collect();
    if !waited.is_empty() {
        return waited;
    }
    let read = |sku: &str| book.find(RecordKind::Product, sku).and_then(|id| say::product(book, id));
    let kinds: Vec<&String> = turn
        .heard
        .categories
        .iter()
        .filter(|category| category.words.clone().any(|at| turn.heard.words.get(at).is_some_and(|word| lacking.contains(&word.stem))))
        .flat_map(|category| &category.names)
        .collect();
    let of = |item: &&crate::domain::order::OrderItem| {
        read(&item.sku).is_some_and(|product| {
            let near = vocabulary(&product, false);
            product.category.iter().any(|own| kinds.contains(&own))
                || lacking.iter().any(|word| near.contains(word) || words::synonyms(word).iter().any(|other| near.contains(other)))
        })
    };
    let named = record.items.iter().filter(of).count();
    let rest = only.is_some() && named > 0 && named < record.items.len();
    let found: Vec<Item> = record
        .items
        .iter()
        .filter(|item| of(item) != rest)
        .filter(|_| named > 0)
        .map(|item| Item { order, sku: item.sku.clone(), score: MEANT })
        .collect();
    let mut found = if found.is_empty() { meant(turn, &[order], book) } else { found };
    // What has come is not what is missing.
    if found.iter().any(|item| !has_come(&record, &item.sku)) {
        found.retain(|item| !has_come(&record, &item.sku));
    }
    found
}

/// Whether every parcel with an item has arrived.
pub fn has_come(order: &Order, sku: &str) -> bool {
    let within = parcels_with(order, sku);
    !within.is_empty() && within.iter().all(|i| order.fulfilments[*i].delivered.is_some())
}

/// Where in a message, after something else was told, it is asked where a thing is.
pub fn asks_where(turn: &Turn<'_>) -> Option<usize> {
    const TOLD: usize = 3;
    turn.heard.words.iter().position(|word| matches!(word.text.as_str(), "where" | "wheres")).filter(|at| *at >= TOLD)
}

/// Whether it is asked what has become of what did not come: "where is the TV", "but I only got the soundbar".
pub fn asks_for_the_rest(turn: &Turn<'_>) -> bool {
    const REACH: usize = 3;
    let text = |i: usize| turn.heard.words.get(i).map_or("", |word| word.text.as_str());
    let got = |i: usize| matches!(text(i), "got" | "get" | "received" | "came" | "arrived");
    let only_got = |i: usize| text(i) == "only" && (i > 0 && got(i - 1) || (i + 1..i + REACH).any(got));
    asks_where(turn).is_some() || (0..turn.heard.words.len()).any(only_got)
}

/// The item of an order with a SKU, however it was meant.
pub fn in_order(sku: &str, id: RecordId, order: &Order) -> Option<Item> {
    let own = order.items.iter().find(|item| item.sku == sku)?;
    Some(Item { order: id, sku: own.sku.clone(), score: MEANT })
}

/// Whether a message has words that may single out an item.
pub fn tells(turn: &Turn<'_>) -> bool {
    !telling(turn).is_empty()
}

/// Whether a message names a product read in this turn.
pub fn names(turn: &Turn<'_>, sku: &str, book: &FactBook) -> bool {
    let product = book.find(RecordKind::Product, sku).and_then(|id| say::product(book, id));
    product.is_some_and(|product| fits(turn, &telling(turn), &product) >= MEANT)
}

/// How well the words of a message fit a product.
fn fits(turn: &Turn<'_>, said: &[String], product: &Product) -> f32 {
    let named = turn.heard.products.iter().any(|mention| mention.skus.contains(&product.sku));
    let of_kind = turn.heard.categories.iter().flat_map(|c| &c.names).any(|name| product.category.iter().any(|own| own == name));
    let mut score = if named { 3.0 } else { 0.0 } + if of_kind { 2.0 } else { 0.0 };
    let near = vocabulary(product, false);
    let far = vocabulary(product, true);
    // "The Apple TV" is no TV: two words that stand beside each other in a name name it, whatever they mean apart.
    let name: Vec<String> = tokens(&product.name).iter().map(|token| stem(&token.text)).collect();
    if said.windows(2).any(|pair| name.windows(2).any(|own| own == pair)) {
        score += 3.0;
    }
    for word in said {
        // "The charger", of a case and a charger that stand on the same shelf.
        score += if name.contains(word) { 0.25 } else { 0.0 };
        let has = |set: &[String]| set.contains(word) || words::synonyms(word).iter().any(|other| set.contains(other));
        score += if has(&near) {
            1.0
        } else if has(&far) {
            0.5
        } else {
            0.0
        };
    }
    score
}

/// The stems a product is known by: of its name and kind, or of what its record says of it.
fn vocabulary(product: &Product, all: bool) -> Vec<String> {
    let mut text = format!("{} {} {}", product.name, product.brand, product.category.join(" "));
    if all {
        text = product.description.clone();
        for spec in &product.specs {
            if let SpecValue::Text(value) = &spec.value {
                text.push(' ');
                text.push_str(value);
            }
        }
    }
    let words: Vec<String> = tokens(&text).into_iter().map(|token| token.text).collect();
    // "Airfryer" is an air fryer.
    let joined = words.windows(2).filter(|_| !all).map(|pair| stem(&pair.concat()));
    words.iter().map(|word| stem(word)).chain(joined).collect()
}

/// The parcels of an order that hold an item: those that say so, or all of them.
pub fn parcels_with(order: &Order, sku: &str) -> Vec<usize> {
    let says: Vec<usize> = (0..order.fulfilments.len()).filter(|i| order.fulfilments[*i].skus.iter().any(|own| own == sku)).collect();
    if !says.is_empty() || order.fulfilments.iter().any(|parcel| !parcel.skus.is_empty()) {
        return says;
    }
    (0..order.fulfilments.len()).collect()
}
