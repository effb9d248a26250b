//! What a product can be filtered and sorted by, kept apart from its words.

use foldhash::HashMap;
use serde::{Deserialize, Serialize};

use super::categories::Categories;
use crate::domain::measure::{self, Measured, stems};
use crate::domain::money::Money;
use crate::domain::product::{Product, SpecValue};

/// No price, or no stock figure.
const NONE_I64: i64 = i64::MIN;
const NONE_U32: u32 = u32::MAX;

/// What a number of people is counted in.
pub const PEOPLE: &str = "people";

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
    span_starts: Vec<u32>,
    /// Unit, least and most of each span a product states: "for 168-180 cm".
    spans: Vec<(u16, f32, f32)>,
    units: Names,
    properties: Names,
    /// Stems of the names of properties, of which a catalogue has few. Only while the index is built.
    #[serde(skip)]
    stemmed: HashMap<String, String>,
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
    /// Those of all products, in their order.
    pub fn of(products: &[Product], categories: &Categories) -> Self {
        let mut facets = Self::default();
        for product in products {
            facets.push(product, product.category.iter().filter_map(|name| categories.number(name)));
        }
        facets.finish();
        facets
    }

    /// Adds the next product. `categories` are the numbers of its category path.
    fn push(&mut self, product: &Product, categories: impl Iterator<Item = u16>) {
        self.prices.push(product.price.map_or(NONE_I64, |price| price.minor));
        let currency = product.price.map_or_else(String::new, |price| price.currency.code().to_owned());
        self.currencies.push(self.known_currencies.number(&currency));
        // Of what is there uncounted, there is at least one.
        self.stocks.push(product.stock.or(product.uncounted.then_some(1)).unwrap_or(NONE_U32));
        self.brands.push(self.brand_names.number(&product.brand));
        start(&mut self.category_starts, self.categories.len());
        self.categories.extend(categories);
        start(&mut self.measure_starts, self.measures.len());
        for spec in &product.specs {
            self.push_measures(&spec.name, &spec.value);
        }
        start(&mut self.span_starts, self.spans.len());
        self.push_words(product);
    }

    /// What names, specifications and descriptions say in words: spans, how many people it is for, and measures
    /// that no specification states.
    fn push_words(&mut self, product: &Product) {
        let from = self.measure_starts.last().map_or(0, |start| *start as usize);
        let stated: Vec<u16> = self.measures[from..].iter().map(|(_, unit, _)| *unit).collect();
        let specs: Vec<String> = product.specs.iter().map(|spec| spec.value.text()).collect();
        let texts = [product.name.as_str(), product.description.as_str()].into_iter().chain(specs.iter().map(String::as_str));
        for text in texts {
            for (least, most, unit) in measure::spans(text) {
                let unit = self.units.number(&unit);
                self.spans.push((unit, least as f32, most as f32));
            }
            if let Some(people) = measure::people(text) {
                let (property, unit) = (self.properties.number(PEOPLE), self.units.number(PEOPLE));
                self.measures.push((property, unit, people as f32));
            }
        }
        for Measured { number, unit } in measure::measures(&product.description) {
            let named = self.units.number(&unit);
            if crate::domain::text::unit::canonical(&unit).is_some() && !stated.contains(&named) {
                let property = self.properties.number("descript");
                self.measures.push((property, named, number as f32));
            }
        }
    }

    /// To be called after the last product.
    fn finish(&mut self) {
        self.stemmed = HashMap::default();
        self.category_starts.push(u32::try_from(self.categories.len()).unwrap_or(u32::MAX));
        self.measure_starts.push(u32::try_from(self.measures.len()).unwrap_or(u32::MAX));
        self.span_starts.push(u32::try_from(self.spans.len()).unwrap_or(u32::MAX));
    }

    fn push_measures(&mut self, property: &str, value: &SpecValue) {
        let numbers = match value {
            SpecValue::Text(text) => measure::measures(text),
            SpecValue::Number(number) => vec![Measured { number: *number, unit: String::new() }],
            SpecValue::Flag(_) => return,
        };
        if numbers.is_empty() {
            return;
        }
        let property_stems = self.stems_of(property);
        // A cabinet of "60 x 85 x 50 cm" is told from a niche by the side that is asked for.
        let sides = if let SpecValue::Text(text) = value { measure::sides(property, text) } else { None };
        for (side, Measured { number, unit }) in measure::SIDES.iter().zip(sides.into_iter().flatten()) {
            let named = self.properties.number(&format!("{property_stems} {}", stems(side)));
            let unit = self.units.number(&unit);
            self.measures.push((named, unit, number as f32));
        }
        // "16 GB DDR5, 32 GB maximum": the first number of each unit is the property itself.
        let mut seen: Vec<String> = Vec::new();
        for Measured { number, unit } in numbers {
            if seen.contains(&unit) {
                continue;
            }
            let property = self.properties.number(&property_stems);
            let named = self.units.number(&unit);
            self.measures.push((property, named, number as f32));
            seen.push(unit);
        }
    }

    fn stems_of(&mut self, property: &str) -> String {
        if let Some(known) = self.stemmed.get(property) {
            return known.clone();
        }
        let made = stems(property);
        self.stemmed.insert(property.to_owned(), made.clone());
        made
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

    /// Every span a product states: unit, least, most.
    pub fn spans(&self, doc: u32) -> impl Iterator<Item = (&str, f64, f64)> {
        let own = slice(&self.span_starts, &self.spans, doc).iter();
        own.filter_map(|(unit, least, most)| Some((self.units.name(*unit)?, f64::from(*least), f64::from(*most))))
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
