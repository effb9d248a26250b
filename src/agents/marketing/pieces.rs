//! Products a message names, points at or leaves on the table, with how many of each.

use super::super::resolve::{self, How, Meant};
use super::super::say;
use super::super::turn::Turn;
use super::super::understanding::quantity;
use super::super::understanding::references::Extreme;
use super::super::understanding::roles::Role;
use super::codes;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::goal::Goal;
use crate::domain::product::Product;
use crate::domain::state::Pieces;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use std::sync::Arc;

/// Products named, pointed at or on the table, with how many of each.
pub fn pieces(turn: &Turn<'_>) -> Vec<Pieces> {
    if let Some(sku) = cheap_one(turn).or_else(|| wished_one(turn)) {
        return vec![Pieces { sku, count: 1 }];
    }
    if let Some(piece) = more_of_it(turn) {
        return vec![piece];
    }
    let mut meant = meant(turn);
    // "Together with the dryer", "does it work with the kettle": what is beside it is meant too.
    let roles = &turn.read.roles.products;
    let beside = turn.heard.products.iter().enumerate().filter(|(i, _)| roles.get(*i).copied().unwrap_or_default() != Role::Owned);
    let mut beside = beside.filter_map(|(_, mention)| mention.skus.first().cloned()).peekable();
    if meant.how != How::Named && beside.peek().is_some() {
        meant = Meant { skus: beside.collect(), how: How::Named, ambiguous: false };
    }
    let named = meant.how == How::Named;
    // "The folding one", which nothing on the table is: it is looked for elsewhere.
    let elsewhere = meant.how == How::Context && !resolve::feature(turn).is_empty();
    if elsewhere || meant.is_none() || asks_of_a_kind(turn, named) || asks_in_general(turn, named) {
        return Vec::new();
    }
    let focus = &turn.before.focus;
    let basket = &focus.basket;
    if named {
        let own = meant.skus.into_iter().map(|sku| Pieces { count: named_count(turn, &sku), sku });
        if !adds(turn) {
            let own: Vec<Pieces> = own.collect();
            let makers: Vec<Pieces> = of_makers_on_table(turn, &own);
            return own.into_iter().chain(makers).collect();
        }
        let table = table(turn);
        let own: Vec<Pieces> = own.filter(|piece| !table.iter().any(|other| other.sku == piece.sku)).collect();
        return table.into_iter().chain(own).collect();
    }
    let count = quantity::of_it(turn.heard, &turn.read.taken).or_else(|| only_one(turn));
    let same_table = !basket.is_empty() && basket.len() == meant.skus.len() && basket.iter().all(|piece| meant.skus.contains(&piece.sku));
    if meant.how == How::Context && same_table && count.is_none() {
        return basket.clone();
    }
    let beside = turn.heard.brands.iter().find_map(|b| quantity::beside(turn.heard, &b.words, &turn.read.taken));
    let count = count.or(beside).or_else(|| category_count(turn));
    // A number counts one thing; of several it counts none in particular.
    let count = count.filter(|_| meant.skus.len() == 1).unwrap_or(1);
    meant.skus.into_iter().map(|sku| Pieces { sku, count }).collect()
}

/// "And two of them?": of the one thing on the table, whatever was listed beside it.
fn more_of_it(turn: &Turn<'_>) -> Option<Pieces> {
    const SHORT: usize = 6;
    let heard = turn.heard;
    let names = !heard.products.is_empty() || !heard.categories.is_empty() || !heard.brands.is_empty();
    let [only] = turn.before.focus.products.as_slice() else { return None };
    let count = quantity::of_it(heard, &turn.read.taken).filter(|_| !names && heard.words.len() <= SHORT)?;
    Some(Pieces { sku: only.clone(), count })
}

/// "My Brother": the customer's own, not what an offer is for.
pub fn is_owned(turn: &Turn<'_>, brand: usize) -> bool {
    turn.read.roles.brands.get(brand).copied().unwrap_or_default() == Role::Owned
}

/// "And just one?": of what was several.
fn only_one(turn: &Turn<'_>) -> Option<u32> {
    let words = &turn.heard.words;
    let only = |text: &str| matches!(text, "only" | "just" | "single");
    let one = words.windows(2).any(|w| only(&w[0].text) && w[1].text == "one" || w[0].text == "one" && only(&w[1].text));
    (one && words.len() <= 8).then_some(1)
}

/// "The quietest one": of what is on the table, the first by the property wished for.
fn wished_one(turn: &Turn<'_>) -> Option<String> {
    let one = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "one" | "ones"));
    let wish = turn.read.wishes.first().filter(|_| one && turn.heard.products.is_empty())?;
    let listed = &turn.before.focus.listed;
    let table: Vec<Arc<Product>> = turn.shown.iter().filter(|p| listed.contains(&p.sku)).cloned().collect();
    let ranked = resolve::ranking(&table, &wish.quality)?;
    ranked.first().and_then(|(at, _, _)| table.get(*at)).map(|product| product.sku.clone())
}

/// The products a message means. Words that only say which code ("the gaming laptop code") point at none, and
/// what is pointed at is of the kind that is named.
fn meant(turn: &Turn<'_>) -> Meant {
    let of_code = codes::phrase(turn).unwrap_or_default();
    let mut heard = turn.heard.clone();
    for word in &mut heard.words[of_code] {
        word.text.clear();
        word.stem.clear();
    }
    let mut meant = resolve::products(&Turn { heard: &heard, ..*turn });
    let kinds: Vec<&String> = turn.heard.categories.iter().flat_map(|c| &c.names).collect();
    if meant.how == How::Pointed && !kinds.is_empty() {
        let is_of = |sku: &String| {
            let product = turn.shown.iter().find(|p| p.sku == *sku);
            product.is_none_or(|p| kinds.iter().any(|kind| p.is_in_category(kind)))
        };
        meant.skus.retain(is_of);
    }
    // "The Kastor Family" is none of the Kastors on the table that are called otherwise.
    let terms = beside_brands(turn);
    if meant.how == How::Pointed && meant.skus.len() > 1 && !terms.is_empty() {
        let named = |sku: &String| {
            let product = turn.shown.iter().find(|p| p.sku == *sku);
            product.is_some_and(|p| terms.iter().all(|term| tokens(&p.name).iter().any(|t| stem(&t.text) == *term)))
        };
        meant.skus.retain(named);
    }
    meant
}

/// Words behind a maker's name that describe products: "LG OLED", "Marlow Morning".
pub fn beside_brands(turn: &Turn<'_>) -> Vec<String> {
    let heard = turn.heard;
    let taken = |i: usize| {
        let ranges = heard.categories.iter().map(|c| &c.words).chain(heard.brands.iter().map(|b| &b.words));
        ranges.chain(heard.products.iter().map(|p| &p.words)).any(|words| words.contains(&i))
    };
    let behind = heard.brands.iter().flat_map(|b| b.words.end..b.words.end + 2);
    let describes = |i: &usize| {
        let letters = |w: &crate::domain::heard::Word| w.text.bytes().any(|b| b.is_ascii_alphabetic());
        heard.describing.get(*i) == Some(&true) && !taken(*i) && heard.words.get(*i).is_some_and(letters)
    };
    behind.filter(describes).map(|i| heard.words[i].stem.clone()).collect()
}

/// "The cheap one", "the expensive one", of what is on the table.
fn cheap_one(turn: &Turn<'_>) -> Option<String> {
    if !turn.heard.products.is_empty() || turn.read.reference.extreme.is_some() {
        return None;
    }
    let pairs = turn.heard.words.windows(2).filter(|w| w[0].text == "the" || w[0].text == "that");
    let mut extreme = pairs.filter_map(|w| match w[1].text.as_str() {
        "cheap" | "cheaper" | "cheapest" | "lower" | "budget" => Some(Extreme::Cheapest),
        "expensive" | "dear" | "dearer" | "pricey" | "pricier" | "priciest" => Some(Extreme::Dearest),
        _ => None,
    });
    let extreme = extreme.next_back()?;
    let focus = &turn.before.focus;
    let table = if focus.products.len() > 1 { &focus.products } else { &focus.listed };
    let priced: Vec<(&Arc<Product>, i64)> =
        turn.shown.iter().filter(|p| table.contains(&p.sku)).filter_map(|p| Some((p, p.price?.minor))).collect();
    let found = match extreme {
        Extreme::Cheapest => priced.iter().min_by_key(|(_, minor)| *minor),
        _ => priced.iter().max_by_key(|(_, minor)| *minor),
    };
    found.filter(|_| priced.len() > 1).map(|(product, _)| product.sku.clone())
}

/// What is on the table, with how many of each.
pub fn table(turn: &Turn<'_>) -> Vec<Pieces> {
    let focus = &turn.before.focus;
    if !focus.basket.is_empty() {
        return focus.basket.clone();
    }
    focus.products.iter().map(|sku| Pieces { sku: sku.clone(), count: 1 }).collect()
}

pub fn before_count(turn: &Turn<'_>, id: RecordId, book: &FactBook) -> u32 {
    let sku = say::product(book, id).map(|p| p.sku.clone()).unwrap_or_default();
    turn.before.focus.basket.iter().find(|piece| piece.sku == sku).map_or(1, |piece| piece.count)
}

/// "The Sennheiser and the JBL Tune": a maker named beside a product means its product on the table.
fn of_makers_on_table(turn: &Turn<'_>, named: &[Pieces]) -> Vec<Pieces> {
    let outside =
        |words: &std::ops::Range<usize>| !turn.heard.products.iter().any(|p| p.words.start <= words.end && words.start <= p.words.end);
    let makers = turn.heard.brands.iter().filter(|brand| outside(&brand.words));
    makers
        .filter_map(|brand| {
            let mut own = turn.shown.iter().filter(|p| p.brand == brand.name && !named.iter().any(|piece| piece.sku == p.sku));
            let only = own.next().filter(|_| own.next().is_none())?;
            Some(Pieces { sku: only.sku.clone(), count: 1 })
        })
        .collect()
}

fn named_count(turn: &Turn<'_>, sku: &String) -> u32 {
    let mention = turn.heard.products.iter().find(|m| m.skus.contains(sku));
    let beside = mention.and_then(|m| quantity::beside(turn.heard, &m.words, &turn.read.taken));
    // "Two baby monitors, the Kijk 5": the number stands with the kind.
    beside.or_else(|| category_count(turn).filter(|_| turn.heard.products.len() == 1)).unwrap_or(1)
}

pub fn category_count(turn: &Turn<'_>) -> Option<u32> {
    let brands = turn.heard.brands.iter().map(|b| &b.words);
    let categories = turn.heard.categories.iter().map(|c| &c.words);
    brands.chain(categories).find_map(|words| quantity::beside(turn.heard, words, &turn.read.taken))
}

/// A kind of thing or a maker is named, and nothing on the table is meant by it.
fn asks_of_a_kind(turn: &Turn<'_>, named: bool) -> bool {
    let heard = turn.heard;
    let brands = (0..heard.brands.len()).filter(|i| !is_owned(turn, *i)).count();
    if named || turn.read.reference.is_exact() || (heard.categories.is_empty() && brands == 0) {
        return false;
    }
    let meant = meant(turn);
    let pointed = meant.how == How::Pointed && !meant.is_none();
    let of_the_code = heard.categories.iter().all(|c| is_of_a_code(turn, c.words.end)) && heard.brands.is_empty();
    !pointed && !of_the_code && !is_the_one_on_the_table(turn)
}

/// "The gaming laptop code": the kind says which code, not what it is for.
pub fn is_of_a_code(turn: &Turn<'_>, end: usize) -> bool {
    turn.heard
        .words
        .get(end)
        .is_some_and(|w| matches!(w.text.as_str(), "code" | "coupon" | "voucher" | "deal" | "promo" | "promotion" | "offer"))
}

/// "The laptop", "that TV": the one product on the table, where it is of that kind.
fn is_the_one_on_the_table(turn: &Turn<'_>) -> bool {
    let focus = &turn.before.focus;
    let [only] = focus.products.as_slice() else { return false };
    let Some(product) = turn.shown.iter().find(|p| p.sku == *only) else { return false };
    turn.heard.brands.is_empty()
        && turn.heard.categories.iter().all(|c| {
            let definite = c.words.start > 0
                && matches!(turn.heard.words[c.words.start - 1].text.as_str(), "the" | "that" | "this" | "my" | "same" | "those" | "these");
            definite && c.names.iter().any(|name| product.is_in_category(name))
        })
}

/// "What deals do you have?": nothing on the table is meant.
fn asks_in_general(turn: &Turn<'_>, named: bool) -> bool {
    let reference = &turn.read.reference;
    if named || reference.pronoun || reference.plural || reference.is_exact() {
        return false;
    }
    let has = |list: &[&str]| turn.heard.words.iter().any(|w| list.contains(&w.text.as_str()));
    match turn.goal {
        // "And next month?" is about the thing on the table; "any sale next month?" is not.
        Goal::UpcomingOffers => has(&["sale", "sales", "deals", "deal", "offers", "promotions", "promotion", "discounts", "anything"]),
        Goal::CurrentPromotions => {
            let general =
                ["promotions", "promos", "deals", "offers", "specials", "sales", "sale", "discounts", "running", "reduced", "codes"];
            has(&general) || has(&["anything", "something", "today", "currently", "week", "friday", "monday"])
        }
        Goal::WhichCode => has(&["codes", "coupons", "vouchers", "deals"]) && has(&["have", "give", "got", "are"]),
        _ => false,
    }
}

/// "And if I add a mouse?", "with a case as well": to what is on the table.
pub fn adds(turn: &Turn<'_>) -> bool {
    let words = &turn.heard.words;
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.text.as_str()));
    let table = !turn.before.focus.products.is_empty() && turn.before.focus.products.len() <= 2 || !turn.before.focus.basket.is_empty();
    let also = words.windows(2).any(|w| w[0].text == "also" && matches!(w[1].text.as_str(), "take" | "get" | "buy" | "want"));
    let with = words.windows(2).any(|w| w[0].text == "together" && w[1].text == "with");
    // "What does that come to with the hose": what it is together with is named behind "with".
    let joined = words.iter().position(|w| w.text == "with").is_some_and(|with| {
        let named = turn.heard.products.iter().any(|p| p.words.start > with && p.words.start <= with + 3);
        let it = words[..with].iter().any(|w| matches!(w.text.as_str(), "it" | "that" | "this" | "them" | "those" | "these"));
        named && it && has(&["come", "comes", "total", "cost", "costs", "pay", "much", "price"])
    });
    table && (turn.text.contains(" + ") || has(&["add", "adding", "plus"]) || also || with || joined)
}
