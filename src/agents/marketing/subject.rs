//! What an offer is to be used on: products named, pointed at or on the table, with how many of each; or a
//! kind of thing.

use super::super::lookup::{Findings, Lookup};
use super::super::resolve;
use super::super::say;
use super::super::turn::Turn;
use super::codes::Codes;
use super::family::{at_the_price_said, one_kind_each, one_of_each_family, one_of_each_name, the_extreme};
use super::pieces::{adds, before_count, beside_brands, category_count, is_of_a_code, is_owned, pieces, table};
use crate::domain::act::ActKind;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::heard::{CategoryNamed, Heard};
use crate::domain::product::Product;
use crate::domain::promotion::category_leaf;
use crate::domain::query::ProductQuery;
use crate::domain::state::{ConversationState, Pieces};
use crate::domain::text::token::tokens;
use crate::domain::text::words;
use std::sync::Arc;

/// Products judged at once.
const MOST: usize = 8;
/// A maker's products spoken of one by one; of more than that, as a kind.
const ONE_BY_ONE: usize = 4;
/// Products of a kind looked at.
const OF_A_KIND: usize = 40;

/// What an offer is to be used on.
#[derive(Debug, Default)]
pub struct Subject {
    /// Products with how many of each; of a kind of thing, those there are.
    pub items: Vec<(RecordId, u32)>,
    /// Whether they are bought together rather than looked at one by one.
    pub together: bool,
    /// The kind of thing, in the shop's own words, where no product is meant.
    pub kind: Vec<String>,
    /// Others of the kind, among which "the quietest one" may be asked for next.
    pub beside: Vec<RecordId>,
}

impl Subject {
    /// Whether nothing is meant at all.
    pub fn is_nothing(&self) -> bool {
        self.items.is_empty() && self.kind.is_empty()
    }

    /// Whether a kind of thing is meant.
    pub fn is_kind(&self) -> bool {
        !self.kind.is_empty()
    }

    /// The products with how many of each.
    pub fn products(&self, book: &FactBook) -> Vec<(Arc<Product>, u32)> {
        self.items.iter().filter_map(|(id, count)| Some((say::product(book, *id)?, *count))).collect()
    }

    /// The only product, where one piece of one is meant.
    pub fn single(&self) -> Option<RecordId> {
        match self.items.as_slice() {
            [(only, 1)] if !self.is_kind() => Some(*only),
            _ => None,
        }
    }
}

/// "And for the 300?": a number that nothing in hand is called by is another thing of the same maker.
fn by_number(turn: &Turn<'_>) -> Option<ProductQuery> {
    let heard = turn.heard;
    if !(heard.products.is_empty() && heard.brands.is_empty() && heard.categories.is_empty() && heard.codes.is_empty()) {
        return None;
    }
    let is_model = |text: &str| (2..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let pair = heard.words.windows(2).find(|w| matches!(w[0].text.as_str(), "the" | "that") && is_model(&w[1].text))?;
    let priced = turn.read.prices.amounts.iter().any(|(at, _)| heard.words.get(*at) == Some(&pair[1]));
    let in_hand = turn.shown.iter().find(|product| turn.before.focus.products.contains(&product.sku))?;
    let called = tokens(&in_hand.name).iter().any(|token| token.text == pair[1].text);
    let query = || ProductQuery { brands: vec![in_hand.brand.clone()], terms: vec![pair[1].text.clone()], ..ProductQuery::default() };
    (!priced && !called).then(query)
}

/// The products a message means, to be looked up first.
pub fn skus(turn: &Turn<'_>) -> Vec<String> {
    if by_number(turn).is_some() {
        return Vec::new();
    }
    let mut meant: Vec<String> = pieces(turn).into_iter().map(|piece| piece.sku).collect();
    if meant.is_empty() && adds(turn) {
        meant = table(turn).into_iter().map(|piece| piece.sku).collect();
    }
    meant.truncate(MOST);
    meant
}

/// What is meant, or the look-up that must come first.
pub fn find(turn: &Turn<'_>, found: &Findings, book: &FactBook, codes: &Codes) -> Result<Subject, Box<Lookup>> {
    let numbered = by_number(turn);
    let pieces = if numbered.is_some() { Vec::new() } else { pieces(turn) };
    let adds_a_kind = adds(turn) && turn.heard.products.is_empty() && !(turn.heard.brands.is_empty() && turn.heard.categories.is_empty());
    if !pieces.is_empty() && !adds_a_kind {
        let sku = |id: &RecordId| say::product(book, *id).map(|p| p.sku.clone()).unwrap_or_default();
        let count = |id: &RecordId| pieces.iter().find(|piece| piece.sku == sku(id)).map_or(1, |piece| piece.count);
        let items: Vec<(RecordId, u32)> = found.products.iter().map(|id| (*id, count(id))).collect();
        let items = one_kind_each(turn, items, book);
        let together = bought_together(turn, &items);
        let items = if together { one_of_each_name(turn, items, book) } else { items };
        let items = if together { items } else { one_of_each_family(at_the_price_said(turn, items, book), book) };
        return Ok(Subject { together, items, ..Subject::default() });
    }
    let kinds = kinds(turn, codes);
    let queries = numbered.map_or_else(|| queries(turn, codes, &kinds), |query| vec![query]);
    if queries.is_empty() {
        return Ok(Subject::default());
    }
    // The first search that finds anything says what is meant.
    let hit = found.searches.iter().find(|search| !search.products.is_empty());
    match hit {
        None if found.searches.len() < queries.len() => {
            Err(Box::new(Lookup::Search { query: queries[found.searches.len()].clone(), limit: OF_A_KIND }))
        }
        None => Ok(Subject { kind: kinds, ..Subject::default() }),
        Some(search) => {
            if let Some(id) = the_extreme(turn, &search.products, book) {
                return Ok(Subject { items: vec![(id, 1)], beside: search.products.clone(), ..Subject::default() });
            }
            let count = category_count(turn);
            let alone = search.products.len() == 1 || search.total == 1;
            if !search.query.terms.is_empty() && search.products.len() > 1 {
                // One lamp in three colours is one lamp.
                let plain = search.products.iter().map(|id| (*id, count.unwrap_or(1))).collect();
                let family = one_of_each_family(plain, book);
                if let [only] = family[..] {
                    let together = only.1 > 1;
                    return Ok(Subject { items: vec![only], together, beside: search.products.clone(), ..Subject::default() });
                }
            }
            let items: Vec<(RecordId, u32)> = search.products.iter().map(|id| (*id, if alone { count.unwrap_or(1) } else { 1 })).collect();
            // Of "coffee machines" no other machines are left.
            let kinds: Vec<String> = if search.query.terms.is_empty() { kinds } else { found_of(kinds, &search.products, book) };
            let brands = turn.heard.brands.iter().map(|brand| brand.name.clone());
            let kind = match (alone && kinds.len() < 2 && !turn.heard.brands.is_empty(), kinds.is_empty() && items.len() > ONE_BY_ONE) {
                (true, _) => Vec::new(),
                (false, true) => brands.collect(),
                (false, false) => kinds,
            };
            if adds(turn) && alone {
                let table = found.products.iter().map(|id| (*id, before_count(turn, *id, book)));
                let items: Vec<(RecordId, u32)> = table.chain(items).collect();
                return Ok(Subject { items, together: true, ..Subject::default() });
            }
            Ok(Subject { items, together: alone && count.is_some(), kind, beside: Vec::new() })
        }
    }
}

/// The kinds that any of some products is of; all where none is.
fn found_of(kinds: Vec<String>, products: &[RecordId], book: &FactBook) -> Vec<String> {
    let is_there = |kind: &&String| products.iter().filter_map(|id| say::product(book, *id)).any(|product| product.is_in_category(kind));
    let there: Vec<String> = kinds.iter().filter(is_there).cloned().collect();
    if there.is_empty() { kinds } else { there }
}

/// Names of the kinds of thing a message names, those that only say which code left out.
fn kinds(turn: &Turn<'_>, codes: &Codes) -> Vec<String> {
    let mut kinds: Vec<String> = Vec::new();
    for named in &turn.heard.categories {
        // "What does it cover?" speaks of no cover.
        let verb = named.words.len() == 1
            && matches!(turn.heard.words[named.words.start].text.as_str(), "cover" | "covers" | "case" | "charge")
            && named.words.start > 0
            && matches!(turn.heard.words[named.words.start - 1].text.as_str(), "it" | "that" | "this" | "they" | "code" | "not");
        if verb || stands_before_another(turn.heard, named.words.end) {
            continue;
        }
        let of_the_code =
            named.words.clone().any(|i| codes.words.contains(&i)) || is_of_a_code(turn, named.words.end) && !codes.known.is_empty();
        for name in named.names.iter().filter(|_| !of_the_code) {
            if !kinds.contains(name) {
                kinds.push(name.clone());
            }
        }
    }
    kinds
}

/// Of kinds side by side the last is meant: "coffee machines". The one before it says which of them.
fn stands_before_another(heard: &Heard, end: usize) -> bool {
    heard.categories.iter().any(|other| other.words.start == end && !other.names.is_empty())
}

/// Searches for what is named, the likeliest first: a maker within the kinds of the code, then anywhere.
fn queries(turn: &Turn<'_>, codes: &Codes, kinds: &[String]) -> Vec<ProductQuery> {
    let wanted = turn.heard.brands.iter().enumerate().filter(|(i, _)| !is_owned(turn, *i));
    let outside = wanted.filter(|(_, b)| !b.words.clone().any(|i| codes.words.contains(&i)));
    let brands: Vec<String> = outside.map(|(_, b)| b.name.clone()).collect();
    if brands.is_empty() && kinds.is_empty() {
        let terms: Vec<String> = resolve::feature(turn).into_iter().map(str::to_owned).collect();
        return if terms.is_empty() { Vec::new() } else { vec![ProductQuery { terms, ..ProductQuery::default() }] };
    }
    let sort = crate::domain::query::Sort::PriceUp;
    let plain = ProductQuery { brands: brands.clone(), categories: kinds.to_vec(), sort, ..ProductQuery::default() };
    if brands.is_empty() {
        // "The mushroom lamp": the word before a kind may say which of it, where any record has it.
        let terms = before_kinds(turn, codes);
        let closest = (!terms.is_empty()).then(|| ProductQuery { terms, ..plain.clone() });
        return closest.into_iter().chain([plain]).collect();
    }
    // "The LG OLED": the words beside a maker's name say which of its products.
    let terms = beside_brands(turn);
    let closest = (!terms.is_empty()).then(|| ProductQuery { terms, ..plain.clone() });
    if !kinds.is_empty() {
        return closest.into_iter().chain([plain]).collect();
    }
    let of_code: Vec<String> =
        codes.known.iter().flat_map(|(_, promotion)| &promotion.categories).map(|path| category_leaf(path).to_owned()).collect();
    let on_table = |p: &&Arc<Product>| turn.before.focus.listed.contains(&p.sku) || turn.before.focus.products.contains(&p.sku);
    let of_table: Vec<String> = turn.shown.iter().filter(on_table).filter_map(|p| p.leaf_category().map(str::to_owned)).collect();
    let within = [of_table, of_code].into_iter().filter(|names| !names.is_empty());
    let within: Vec<ProductQuery> = within.map(|categories| ProductQuery { categories, ..plain.clone() }).collect();
    closest.into_iter().chain(within).chain(std::iter::once(plain.clone())).collect()
}

/// Words right before a kind of thing that only some records have: "mushroom" of lamps.
fn before_kinds(turn: &Turn<'_>, codes: &Codes) -> Vec<String> {
    let heard = turn.heard;
    let before = heard.categories.iter().filter_map(|named| named.words.start.checked_sub(1));
    let told = before.filter(|i| {
        let word = &heard.words[*i];
        let of_a_kind = |c: &CategoryNamed| c.words.contains(i) && !stands_before_another(heard, c.words.end);
        let named = heard.categories.iter().any(of_a_kind) || codes.words.contains(i) || turn.read.taken.get(*i) == Some(&true);
        let empty = words::is_request(&word.text, &word.stem) || words::is_of_offers(&word.stem);
        heard.mentioned.get(*i) == Some(&true) && !named && !empty && word.text.bytes().all(|b| b.is_ascii_alphabetic())
    });
    told.map(|i| heard.words[i].text.clone()).collect()
}

/// "A TV and headphones", "two of them", "the total": one order, rather than this or that.
fn bought_together(turn: &Turn<'_>, items: &[(RecordId, u32)]) -> bool {
    let has = |list: &[&str]| turn.heard.words.iter().any(|w| list.contains(&w.text.as_str()));
    let counted = items.iter().any(|(_, count)| *count > 1);
    let joined = has(&["together", "total", "altogether", "basket", "cart", "order", "combined", "plus", "sum"]);
    let listed = turn.heard.products.len() > 1
        && has(&["and", "plus"])
        && has(&["buy", "get", "take", "want", "if", "pay", "bought", "need", "like", "both"]);
    let which = turn.heard.words.windows(2).any(|w| w[0].text == "which" && matches!(w[1].text.as_str(), "one" | "of" | "is" | "has"));
    let apart = which || has(&["either", "or", "between", "each", "torn"]);
    // What was priced together, here or by a colleague, stays together.
    let summed = |kind: &ActKind| matches!(kind, ActKind::TotalWith | ActKind::BasketTotal);
    let pieces = &turn.before.focus.basket;
    let basket = pieces.len() > 1 && pieces.len() == items.len() && turn.before.last_acts.iter().any(summed);
    counted || items.len() > 1 && !apart && (joined || listed || basket || adds(turn))
}

/// Leaves what was meant on the table.
pub fn keep(subject: &Subject, book: &FactBook, state: &mut ConversationState) {
    const LISTED: usize = 10;
    if subject.items.is_empty() {
        return;
    }
    // Of a kind that was spoken of, "the Bose" and "the cheapest one" mean one of these.
    if subject.is_kind() {
        state.focus.listed = subject.products(book).into_iter().map(|(product, _)| product.sku.clone()).take(LISTED).collect();
        state.focus.products.clear();
        state.focus.basket.clear();
        return;
    }
    let pieces: Vec<Pieces> =
        subject.products(book).into_iter().map(|(product, count)| Pieces { sku: product.sku.clone(), count }).collect();
    state.focus.products = pieces.iter().map(|piece| piece.sku.clone()).collect();
    state.focus.note(state.focus.products.clone());
    if !subject.beside.is_empty() {
        state.focus.listed = say::skus(book, &subject.beside).into_iter().take(LISTED).collect();
    } else if !state.focus.products.iter().all(|sku| state.focus.listed.contains(sku)) {
        state.focus.listed.clone_from(&state.focus.products);
    }
    state.focus.basket = if subject.together || pieces.iter().any(|piece| piece.count > 1) { pieces } else { Vec::new() };
}
