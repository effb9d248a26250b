//! What a product can be filtered and sorted by, kept apart from its words.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::analysis;
use crate::domain::money::Money;
use crate::domain::product::{Product, SpecValue};
use crate::domain::query::{Bound, Measure};
use crate::domain::text::{unit, words};

/// No price, or no stock figure.
const NONE_I64: i64 = i64::MIN;
const NONE_U32: u32 = u32::MAX;

/// Columns over all products, by document number.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Facets {
    prices: Vec<i64>,
    currencies: Vec<u8>,
    known_currencies: Vec<String>,
    stocks: Vec<u32>,
    brands: Vec<u16>,
    brand_names: Vec<String>,
    category_starts: Vec<u32>,
    categories: Vec<u16>,
    measure_starts: Vec<u32>,
    measures: Vec<(u16, u16, f32)>,
    units: Vec<String>,
    properties: Vec<String>,
}

impl Facets {
    /// Adds the next product. `categories` are the numbers of its category path.
    pub fn push(&mut self, product: &Product, categories: impl Iterator<Item = u16>) {
        self.prices.push(product.price.map_or(NONE_I64, |price| price.minor));
        let currency = product.price.map_or_else(String::new, |price| price.currency.code().to_owned());
        self.currencies.push(u8::try_from(number_of(&mut self.known_currencies, &currency)).unwrap_or(u8::MAX));
        self.stocks.push(product.stock.unwrap_or(NONE_U32));
        self.brands.push(number_of(&mut self.brand_names, &product.brand));
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
        let SpecValue::Text(text) = value else { return };
        // "16 GB DDR5, 32 GB maximum": the first number of each unit is the property itself.
        let mut seen: Vec<&'static str> = Vec::new();
        for word in analysis::words(text) {
            let Some((number, unit)) = unit::split(&word.text) else { continue };
            if seen.contains(&unit) {
                continue;
            }
            seen.push(unit);
            let property = number_of(&mut self.properties, &stems(property));
            let (number, unit) = in_base_unit(number, unit);
            let unit = number_of(&mut self.units, unit);
            self.measures.push((property, unit, number as f32));
        }
    }

    /// The maker's number, where a product has one.
    pub fn brand(&self, doc: u32) -> Option<&str> {
        let number = *self.brands.get(doc as usize)?;
        self.brand_names.get(usize::from(number)).map(String::as_str).filter(|name| !name.is_empty())
    }

    /// Every maker.
    pub fn brand_names(&self) -> impl Iterator<Item = &str> {
        self.brand_names.iter().map(String::as_str).filter(|name| !name.is_empty())
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
        let currency = self.known_currencies.get(usize::from(self.currencies[doc as usize]));
        let comparable = |bound: Money| currency.is_some_and(|own| own == bound.currency.code());
        min.is_none_or(|min| comparable(min) && price >= min.minor) && max.is_none_or(|max| comparable(max) && price <= max.minor)
    }

    /// Whether a measured property of the product meets the bound.
    pub fn meets(&self, doc: u32, wanted: &Measure) -> bool {
        let (number, unit) = in_base_unit(wanted.number, &wanted.unit);
        let Some(unit) = self.units.iter().position(|own| own == unit) else { return false };
        let fits = |have: f32| {
            let have = f64::from(have);
            match wanted.bound {
                Bound::AtLeast => have >= number * 0.995,
                Bound::AtMost => have <= number * 1.005,
                // "15 inch" is a class of screens from 14.6 to 15.6; "16 GB" is exact.
                Bound::About if wanted.unit == "in" => (have - number).abs() <= 0.65,
                Bound::About => (have - number).abs() <= number * 0.02,
            }
        };
        let of_unit = || slice(&self.measure_starts, &self.measures, doc).iter().filter(|(_, own, _)| usize::from(*own) == unit);
        match &wanted.property {
            Some(property) => {
                let property = stems(property);
                let named = |number: u16| self.properties.get(usize::from(number)).is_some_and(|own| says(own, &property));
                let mut own = of_unit().filter(|(number, _, _)| named(*number)).peekable();
                if own.peek().is_some() {
                    return own.any(|(_, _, have)| fits(*have));
                }
                false
            }
            None => of_unit().any(|(_, _, have)| fits(*have)),
        }
    }

    /// The weight in kilograms, where a property of that name states one.
    pub fn weight(&self, doc: u32) -> Option<f32> {
        slice(&self.measure_starts, &self.measures, doc).iter().find_map(|(property, unit, number)| {
            let weighs = self.properties.get(usize::from(*property)).is_some_and(|own| own == "weight");
            let kilograms = self.units.get(usize::from(*unit)).is_some_and(|own| own == "kg");
            (weighs && kilograms).then_some(*number)
        })
    }
}

/// Whether a property's stems contain the wanted word or another word for it.
pub fn says(property: &str, wanted: &str) -> bool {
    let has = |phrase: &str| {
        let mut own = property.split(' ');
        phrase.split(' ').all(|word| own.any(|w| w == word))
    };
    has(wanted) || words::synonyms(wanted).iter().any(|other| has(other))
}

/// The stems of a property's name.
pub fn stems(text: &str) -> String {
    analysis::words(text).into_iter().map(|w| w.stem).collect::<Vec<_>>().join(" ")
}

/// Units that measure the same thing are compared in one: 1 TB is 1,024 GB, 900 g are 0.9 kg.
fn in_base_unit(number: f64, unit: &str) -> (f64, &str) {
    match unit {
        "tb" => (number * 1024.0, "gb"),
        "mb" => (number / 1024.0, "gb"),
        "g" => (number / 1000.0, "kg"),
        "lb" => (number * 0.453_592, "kg"),
        "khz" => (number * 1e3, "hz"),
        "mhz" => (number * 1e6, "hz"),
        "ghz" => (number * 1e9, "hz"),
        "cm" => (number * 10.0, "mm"),
        "m" => (number * 1000.0, "mm"),
        "ft" => (number * 304.8, "mm"),
        "gbps" => (number * 1000.0, "mbps"),
        other => (number, other),
    }
}

fn number_of(known: &mut Vec<String>, name: &str) -> u16 {
    let at = known.iter().position(|own| own == name).unwrap_or_else(|| {
        known.push(name.to_owned());
        known.len() - 1
    });
    u16::try_from(at).unwrap_or(u16::MAX)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::product::Spec;
    use crate::domain::product::tests::sample;

    fn measure(property: Option<&str>, bound: Bound, number: f64, unit: &str) -> Measure {
        Measure { property: property.map(str::to_owned), bound, number, unit: unit.to_owned() }
    }

    #[test]
    fn measured_properties_are_compared_in_one_unit() {
        let mut product = sample("A", "Acme One", 100, Some(1));
        let spec = |name: &str, text: &str| Spec { name: name.into(), value: SpecValue::Text(text.into()) };
        product.specs =
            vec![spec("Memory", "16 GB DDR5"), spec("Storage", "1 TB SSD"), spec("Display", "15.6 inches, IPS"), spec("Weight", "950 g")];
        let mut facets = Facets::default();
        facets.push(&product, std::iter::empty());
        facets.finish();
        for (wanted, met) in [
            (measure(Some("memory"), Bound::AtLeast, 16.0, "gb"), true),
            (measure(Some("ram"), Bound::AtLeast, 32.0, "gb"), false),
            (measure(Some("storage"), Bound::AtLeast, 512.0, "gb"), true),
            (measure(None, Bound::About, 15.0, "in"), true),
            (measure(None, Bound::About, 17.0, "in"), false),
            (measure(Some("weight"), Bound::AtMost, 1.0, "kg"), true),
            (measure(Some("weight"), Bound::AtMost, 2.0, "lb"), false),
            (measure(None, Bound::AtLeast, 1.0, "w"), false),
        ] {
            assert_eq!(facets.meets(0, &wanted), met, "{wanted:?}");
        }
        assert_eq!(facets.weight(0), Some(0.95));
    }
}
