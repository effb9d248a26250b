//! What a product can be filtered and sorted by, kept apart from its words.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::domain::measure::{self, Measured, stems};
use crate::domain::money::Money;
use crate::domain::product::{Product, SpecValue};

/// No price, or no stock figure.
const NONE_I64: i64 = i64::MIN;
const NONE_U32: u32 = u32::MAX;

/// Columns over all products, by document number.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Facets {
    prices: Vec<i64>,
    currencies: Vec<u16>,
    known_currencies: Names,
    stocks: Vec<u32>,
    brands: Vec<u16>,
    brand_names: Names,
    category_starts: Vec<u32>,
    categories: Vec<u16>,
    measure_starts: Vec<u32>,
    measures: Vec<(u16, u16, f32)>,
    units: Names,
    properties: Names,
}

/// Names by number.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Names {
    names: Vec<String>,
    /// Only while the index is built.
    #[serde(skip)]
    numbers: HashMap<String, u16>,
}

impl Names {
    /// The number of a name; the last one stands for all beyond 65,534.
    fn number(&mut self, name: &str) -> u16 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let Some(number) = u16::try_from(self.names.len()).ok().filter(|n| *n < u16::MAX) else { return u16::MAX };
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    fn name(&self, number: u16) -> Option<&str> {
        self.names.get(usize::from(number)).map(String::as_str)
    }
}

impl Facets {
    /// Adds the next product. `categories` are the numbers of its category path.
    pub fn push(&mut self, product: &Product, categories: impl Iterator<Item = u16>) {
        self.prices.push(product.price.map_or(NONE_I64, |price| price.minor));
        let currency = product.price.map_or_else(String::new, |price| price.currency.code().to_owned());
        self.currencies.push(self.known_currencies.number(&currency));
        self.stocks.push(product.stock.unwrap_or(NONE_U32));
        self.brands.push(self.brand_names.number(&product.brand));
        start(&mut self.category_starts, self.categories.len());
        self.categories.extend(categories);
        start(&mut self.measure_starts, self.measures.len());
        for spec in &product.specs {
            self.push_measures(&spec.name, &spec.value);
        }
    }

    /// To be called after the last product.
    pub fn finish(&mut self) {
        self.category_starts.push(u32::try_from(self.categories.len()).unwrap_or(u32::MAX));
        self.measure_starts.push(u32::try_from(self.measures.len()).unwrap_or(u32::MAX));
    }

    fn push_measures(&mut self, property: &str, value: &SpecValue) {
        let numbers = match value {
            SpecValue::Text(text) => measure::measures(text),
            SpecValue::Number(number) => vec![Measured { number: *number, unit: String::new() }],
            SpecValue::Flag(_) => return,
        };
        // "16 GB DDR5, 32 GB maximum": the first number of each unit is the property itself.
        let mut seen: Vec<String> = Vec::new();
        for Measured { number, unit } in numbers {
            if seen.contains(&unit) {
                continue;
            }
            let property = self.properties.number(&stems(property));
            let named = self.units.number(&unit);
            self.measures.push((property, named, number as f32));
            seen.push(unit);
        }
    }

    /// The maker's number, where a product has one.
    pub fn brand(&self, doc: u32) -> Option<&str> {
        let number = *self.brands.get(doc as usize)?;
        self.brand_names.name(number).filter(|name| !name.is_empty())
    }

    /// Every maker.
    pub fn brand_names(&self) -> impl Iterator<Item = &str> {
        self.brand_names.names.iter().map(String::as_str).filter(|name| !name.is_empty())
    }

    /// Price in minor units, where known.
    pub fn price(&self, doc: u32) -> Option<i64> {
        self.prices.get(doc as usize).copied().filter(|price| *price != NONE_I64)
    }

    /// Whether the product is there; unknown stock is not.
    pub fn in_stock(&self, doc: u32) -> bool {
        self.stocks.get(doc as usize).is_some_and(|stock| *stock != NONE_U32 && *stock > 0)
    }

    /// Whether the records say it is not there.
    pub fn out_of_stock(&self, doc: u32) -> bool {
        self.stocks.get(doc as usize).is_some_and(|stock| *stock == 0)
    }

    /// Category numbers of a product, widest first.
    pub fn categories(&self, doc: u32) -> &[u16] {
        slice(&self.category_starts, &self.categories, doc)
    }

    /// Whether a bound on the price holds; an unknown price, or one in another currency, meets none.
    pub fn price_within(&self, doc: u32, min: Option<Money>, max: Option<Money>) -> bool {
        if min.is_none() && max.is_none() {
            return true;
        }
        let Some(price) = self.price(doc) else { return false };
        let currency = self.known_currencies.name(self.currencies[doc as usize]);
        let comparable = |bound: Money| currency.is_some_and(|own| own == bound.currency.code());
        min.is_none_or(|min| comparable(min) && price >= min.minor) && max.is_none_or(|max| comparable(max) && price <= max.minor)
    }

    /// Every measure of a product: stems of the property, unit, number.
    pub fn measures(&self, doc: u32) -> impl Iterator<Item = (&str, &str, f64)> {
        slice(&self.measure_starts, &self.measures, doc).iter().filter_map(|(property, unit, number)| {
            let property = self.properties.name(*property)?;
            let unit = self.units.name(*unit)?;
            Some((property, unit, f64::from(*number)))
        })
    }
}

fn start(starts: &mut Vec<u32>, length: usize) {
    starts.push(u32::try_from(length).unwrap_or(u32::MAX));
}

fn slice<'a, T>(starts: &[u32], values: &'a [T], doc: u32) -> &'a [T] {
    let i = doc as usize;
    match (starts.get(i), starts.get(i + 1)) {
        (Some(from), Some(to)) => values.get(*from as usize..*to as usize).unwrap_or(&[]),
        _ => &[],
    }
}

/// Words of all brand names, as phrases of stems, for finding them in messages.
pub fn brand_phrases(facets: &Facets) -> HashMap<String, String> {
    facets.brand_names().map(|name| (stems(name), name.to_owned())).filter(|(stems, _)| !stems.is_empty()).collect()
}
