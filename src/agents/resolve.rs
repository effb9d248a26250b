//! Which products a message means: named in it, pointed at, or still on the table.

use std::sync::Arc;

use super::turn::Turn;
use super::understanding::references::Extreme;
use crate::domain::product::{Product, SpecValue};
use crate::domain::text::stem::stem;
use crate::domain::text::{fold::fold, token::tokens, unit, words};

/// How the products were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// By name.
    Named,
    /// Pointed at in the list.
    Pointed,
    /// Still on the table.
    Context,
    /// Not at all.
    None,
}

/// The products a message means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    /// Their SKUs, in the order meant.
    pub skus: Vec<String>,
    /// How they were found.
    pub how: How,
    /// Whether a name fits several products and none of them is on the table.
    pub ambiguous: bool,
}

impl Meant {
    fn new(skus: Vec<String>, how: How) -> Self {
        Self { skus, how, ambiguous: false }
    }

    /// Whether nothing was found.
    pub fn is_none(&self) -> bool {
        self.skus.is_empty()
    }
}

/// The products a message means, the most exact way first.
pub fn products(turn: &Turn<'_>) -> Meant {
    if let Some(named) = named(turn) {
        return named;
    }
    let pointed = pointed(turn);
    if !pointed.is_empty() {
        return Meant::new(pointed, How::Pointed);
    }
    let described = described(turn);
    if !described.is_empty() {
        return Meant::new(described, How::Pointed);
    }
    let focus = &turn.before.focus;
    if !focus.products.is_empty() {
        return Meant::new(focus.products.clone(), How::Context);
    }
    if turn.read.reference.plural || focus.listed.len() == 1 {
        return Meant::new(focus.listed.clone(), How::Context);
    }
    Meant::new(Vec::new(), How::None)
}

/// Products named in the message. A name that fits several means those on the table, if any are.
fn named(turn: &Turn<'_>) -> Option<Meant> {
    if turn.heard.products.is_empty() {
        return None;
    }
    let on_table = |sku: &String| turn.shown.iter().any(|p| p.sku == *sku);
    let mut skus: Vec<String> = Vec::new();
    let mut ambiguous = false;
    for mention in &turn.heard.products {
        let shown: Vec<&String> = mention.skus.iter().filter(|sku| on_table(sku)).collect();
        let meant: Vec<String> = match (shown.as_slice(), mention.skus.len()) {
            ([], 1) => mention.skus.clone(),
            ([], _) => {
                ambiguous = true;
                mention.skus.clone()
            }
            (shown, _) => shown.iter().map(|sku| (*sku).clone()).collect(),
        };
        for sku in meant {
            if !skus.contains(&sku) {
                skus.push(sku);
            }
        }
    }
    Some(Meant { skus, how: How::Named, ambiguous })
}

/// Products pointed at: by place, by "both", by most or least of something.
fn pointed(turn: &Turn<'_>) -> Vec<String> {
    let reference = &turn.read.reference;
    let focus = &turn.before.focus;
    let listed = &focus.listed;
    if !reference.places.is_empty() {
        return reference.places.iter().filter_map(|place| listed.get(place - 1)).cloned().collect();
    }
    if reference.last {
        return listed.last().cloned().into_iter().collect();
    }
    // Of two that were just compared, "the cheaper one" is one of the two.
    let table = if focus.products.len() > 1 { &focus.products } else { listed };
    if let Some(extreme) = reference.extreme {
        return most(turn, table, extreme).into_iter().collect();
    }
    if reference.all {
        return if focus.products.len() > 1 { focus.products.clone() } else { listed.clone() };
    }
    Vec::new()
}

fn most(turn: &Turn<'_>, table: &[String], extreme: Extreme) -> Option<String> {
    let products: Vec<&Arc<Product>> = turn.shown.iter().filter(|p| table.contains(&p.sku)).collect();
    let price = |p: &&&Arc<Product>| p.price.map(|price| price.minor);
    let grams = |p: &&&Arc<Product>| weight(p).map(|kg| (kg * 1000.0) as i64);
    let found = match extreme {
        Extreme::Cheapest => products.iter().filter(|p| price(p).is_some()).min_by_key(price),
        Extreme::Dearest => products.iter().filter(|p| price(p).is_some()).max_by_key(price),
        Extreme::Lightest => products.iter().filter(|p| grams(p).is_some()).min_by_key(grams),
        Extreme::Heaviest => products.iter().filter(|p| grams(p).is_some()).max_by_key(grams),
    };
    found.map(|p| p.sku.clone())
}

/// The weight of a product in kilograms, from its property of that name.
pub fn weight(product: &Product) -> Option<f64> {
    let SpecValue::Text(text) = &product.spec("weight")?.value else { return None };
    unit::merge(tokens(text), text).iter().find_map(|token| match unit::split(&token.text)? {
        (number, "kg") => Some(number),
        (number, "g") => Some(number / 1000.0),
        (number, "lb") => Some(number * 0.453_592),
        _ => None,
    })
}

/// Products on the table that words of the message single out: "the TUF", "the red one", "the HP".
fn described(turn: &Turn<'_>) -> Vec<String> {
    let table: Vec<&Arc<Product>> = turn.shown.iter().collect();
    let said: Vec<&str> =
        turn.heard.words.iter().filter(|w| !words::is_function(&w.text) && w.text.len() > 1).map(|w| w.stem.as_str()).collect();
    let definite = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "the" | "that" | "this" | "one"));
    if table.len() < 2 || said.is_empty() || !definite {
        return Vec::new();
    }
    let told_apart: Vec<&str> = said
        .into_iter()
        .filter(|stem| {
            let having = table.iter().filter(|p| names(p, stem)).count();
            having > 0 && having < table.len()
        })
        .collect();
    if told_apart.is_empty() {
        return Vec::new();
    }
    let score = |p: &Product| told_apart.iter().filter(|stem| names(p, stem)).count();
    let best = table.iter().map(|p| score(p)).max().unwrap_or(0);
    table.iter().filter(|p| score(p) == best).map(|p| p.sku.clone()).collect()
}

/// Whether a word is part of a product's name, brand, options or colour.
fn names(product: &Product, wanted: &str) -> bool {
    let has = |text: &str| tokens(&fold(text)).iter().any(|token| stem(&token.text) == wanted);
    has(&product.name)
        || has(&product.brand)
        || product.options.iter().any(|(_, value)| has(value))
        || product.specs.iter().any(|spec| {
            let colour = spec.name.eq_ignore_ascii_case("colour") || spec.name.eq_ignore_ascii_case("color");
            colour && has(&spec.value.text())
        })
}
