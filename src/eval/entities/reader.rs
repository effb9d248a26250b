//! What the shop reads in a message by itself: the same recognition and rules as in a turn, without a conversation before it.

use super::entity::{Entity, Price, Skus};
use crate::agents::orchestrator::{self, Question, Thresholds};
use crate::agents::understanding::{Understanding, day, prices, quantity};
use crate::domain::agent::Intent;
use crate::domain::heard::Heard;
use crate::domain::money::Currency;
use crate::domain::state::ConversationState;
use crate::domain::text::past;
use crate::domain::time::Day;
use crate::sentiment::Analyzer;
use crate::turn::library::Shelves;

/// Reads messages with the indexes of a shop and no model.
pub struct Reader<'a> {
    shelves: &'a Shelves,
    currency: Currency,
    thresholds: Thresholds,
    analyzer: Analyzer,
}

impl<'a> Reader<'a> {
    /// A reader for a shop.
    pub fn new(shelves: &'a Shelves, currency: Currency, thresholds: Thresholds) -> Self {
        Self { shelves, currency, thresholds, analyzer: Analyzer::embedded() }
    }

    /// Everything a message names, each once.
    pub fn read(&self, text: &str, today: Day) -> Vec<Entity> {
        let state = ConversationState::default();
        let heard = self.shelves.recognise(text, today);
        let read = Understanding::read(text, &heard, &state, self.currency);
        let mut found: Vec<Entity> = Vec::new();
        let named = heard.products.iter().filter(|product| product.other_model.is_none());
        found.extend(named.map(|product| Entity::Product(Skus::Any(product.skus.clone()))));
        found.extend(self.orders(text, &heard, &read, &state));
        found.extend(price(&read.prices));
        found.extend(quantities(&heard, &read));
        found.extend(days(text, &heard, today).map(|day| Entity::Date(day.to_string())));
        found.extend(codes(&heard));
        found.extend(read.contact.email.clone().map(Entity::Email));
        found.extend(read.contact.phone.clone().map(Entity::Phone));
        let mut each: Vec<Entity> = Vec::new();
        for entity in found {
            if !each.contains(&entity) {
                each.push(entity);
            }
        }
        each
    }

    /// Order numbers: those that can be nothing else, or the first that may be one where an order is talked about.
    fn orders(&self, text: &str, heard: &Heard, read: &Understanding, state: &ConversationState) -> Vec<Entity> {
        let whole = |bare: &str| Entity::Order(self.shelves.orders.complete(bare).unwrap_or_else(|| bare.to_owned()));
        let certain: Vec<Entity> = heard.orders.iter().filter(|n| n.certain).map(|n| whole(&n.bare)).collect();
        if !certain.is_empty() || heard.orders.is_empty() {
            return certain;
        }
        let sentiment = self.analyzer.analyze(text);
        let question = Question { text, heard, read, state, sentiment, tap: None, model: None, proposal: None };
        let decided = orchestrator::decide(&question, self.thresholds).intent;
        let about_one = matches!(decided, Intent::Orders | Intent::Support);
        let free = heard.orders.iter().filter(|n| about_one && !read.contact.has_digits(&n.bare));
        free.take(1).map(|n| whole(&n.bare)).collect()
    }
}

/// The bounds on a price. About so much reaches evenly to either side.
fn price(bounds: &prices::PriceBounds) -> Option<Entity> {
    let (min, max) = (bounds.min.map(|money| money.minor), bounds.max.map(|money| money.minor));
    let price = match (min, max) {
        (None, None) => return None,
        (Some(min), Some(max)) if bounds.amounts.len() == 1 => Price { exact: Some(i64::midpoint(min, max)), ..Price::default() },
        (min, max) => Price { min, max, exact: None },
    };
    Some(Entity::Price(price))
}

/// Pieces of what is named, or of whatever the message is about.
fn quantities(heard: &Heard, read: &Understanding) -> Vec<Entity> {
    let products = heard.products.iter().map(|product| &product.words);
    let named = products.chain(heard.brands.iter().map(|brand| &brand.words)).chain(heard.categories.iter().map(|kind| &kind.words));
    let beside: Vec<u32> = named.filter_map(|words| quantity::beside(heard, words, &read.taken)).collect();
    let counts = if beside.is_empty() { quantity::of_it(heard, &read.taken).into_iter().collect() } else { beside };
    counts.into_iter().map(Entity::Quantity).collect()
}

/// The day that is told of as past where something was bought or came, or else the one asked about.
fn days(text: &str, heard: &Heard, today: Day) -> Option<Day> {
    const BEHIND: &[&str] = &["bought", "got", "purchased", "ordered", "had", "have", "old", "since"];
    let behind = heard.words.iter().any(|word| BEHIND.contains(&word.text.as_str()));
    let asked = day::asked(&heard.words, today).filter(|asked| !asked.now).map(|asked| asked.day);
    let past = || past::exact_day(text, today);
    if behind { past().or(asked) } else { asked.or_else(past) }
}

/// Codes of the shop, and what is written like one and is no order, ticket or product.
fn codes(heard: &Heard) -> Vec<Entity> {
    let numbers = heard.orders.iter().chain(&heard.tickets).filter(|n| n.certain).map(|n| (n.start, n.end));
    let products =
        heard.products.iter().filter_map(|p| Some((heard.words.get(p.words.start)?.start, heard.words.get(p.words.end - 1)?.end)));
    let other: Vec<(usize, usize)> = numbers.chain(products).collect();
    let free = |start: usize, end: usize| !other.iter().any(|(from, to)| *from < end && start < *to);
    heard.codes.iter().filter(|code| code.known || free(code.start, code.end)).map(|code| Entity::Code(code.bare.clone())).collect()
}
