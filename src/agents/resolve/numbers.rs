//! Products told by a number: "the 300", "the 12 liter then", "the 289 one".

use super::super::turn::Turn;
use super::is_on_table;
use crate::domain::measure;
use crate::domain::product::{Product, SpecValue};

/// "The 300", "the 12 liter then", "the 14 inch one": of those on the table, the one whose name or record has the number.
pub(super) fn by_number(turn: &Turn<'_>) -> Vec<String> {
    let words = &turn.heard.words;
    let text = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    let ends = |i: usize| {
        words.get(i).is_none_or(|next| next.start > words[i - 1].end + 1 || matches!(next.text.as_str(), "one" | "then" | "instead"))
    };
    let said = (1..words.len()).find(|i| {
        let number = text(*i).starts_with(|c: char| c.is_ascii_digit()) && text(*i).len() > 1;
        number && matches!(text(*i - 1), "the" | "that") && ends(*i + 1)
    });
    let Some(said) = said.map(text) else { return Vec::new() };
    let number = said.trim_end_matches(char::is_alphabetic);
    let measured = measure::measures(said);
    let states = |p: &Product| {
        let texts = p.specs.iter().filter_map(|spec| if let SpecValue::Text(text) = &spec.value { Some(text) } else { None });
        texts.flat_map(|text| measure::measures(text)).any(|m| measured.contains(&m))
    };
    let focus = &turn.before.focus;
    let table = || turn.shown.iter().filter(|p| focus.listed.contains(&p.sku) || focus.products.contains(&p.sku));
    let named: Vec<String> = table().filter(|p| numbered(p, number)).map(|p| p.sku.clone()).collect();
    let found = if named.len() == 1 { named } else { table().filter(|p| states(p)).map(|p| p.sku.clone()).collect() };
    if found.len() == 1 { found } else { Vec::new() }
}

/// "The 289 one": of those on the table, the one that costs so much.
pub(super) fn by_price(turn: &Turn<'_>) -> Vec<String> {
    const LEAST_DIGITS: usize = 2;
    let text = |i: usize| turn.heard.words.get(i).map_or("", |w| w.text.as_str());
    let named = |i: usize| {
        let digits = text(i).len() >= LEAST_DIGITS && text(i).bytes().all(|b| b.is_ascii_digit());
        let amount = text(i).parse::<i64>().ok().filter(|_| digits)?;
        let begins = i > 0 && matches!(text(i - 1), "the" | "that" | "dollar" | "euro");
        (begins && matches!(text(i + 1), "one" | "euro" | "euros" | "dollar" | "dollars" | "eur" | "usd")).then_some(amount)
    };
    let Some(amount) = (0..turn.heard.words.len()).find_map(named) else { return Vec::new() };
    // "The 300" is the one called so, whatever another one costs.
    if turn.shown.iter().any(|p| is_on_table(turn, &p.sku) && numbered(p, &amount.to_string())) {
        return Vec::new();
    }
    let costs = |p: &Product| p.price.is_some_and(|price| price.minor / 100 == amount);
    turn.shown.iter().filter(|p| is_on_table(turn, &p.sku) && costs(p)).map(|p| p.sku.clone()).collect()
}

/// Whether a number stands in a product's name, be it with a unit: "55" of a "55-inch" television.
pub fn numbered(product: &Product, number: &str) -> bool {
    product.name.split(|c: char| !c.is_ascii_digit() && c != '.').any(|own| own == number)
}
