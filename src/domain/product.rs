//! Products.

use serde::{Deserialize, Serialize};

use super::measure;
use super::money::Money;
use super::time::Moment;

/// One thing the shop sells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Product {
    /// Stock-keeping unit: the product's name in every record that refers to it.
    pub sku: String,
    /// Name as customers see it.
    pub name: String,
    /// Category path, widest first; empty when the source gives none.
    pub category: Vec<String>,
    /// Maker; empty when the source gives none.
    pub brand: String,
    /// Price of one; unknown when the source gives none.
    pub price: Option<Money>,
    /// Pieces at hand; `None` is unknown, which is never called "in stock".
    pub stock: Option<u32>,
    /// Free text of the source.
    pub description: String,
    /// Properties in the source's order.
    pub specs: Vec<Spec>,
    /// The product this is a variant of.
    pub variant_of: Option<String>,
    /// What tells variants apart, as `(name, value)`.
    pub options: Vec<(String, String)>,
    /// Picture, as given by the source.
    pub image_url: Option<String>,
    /// Last change.
    pub updated_at: Moment,
    /// The source says that it is there, but not how many: `stock` is unknown and it is in stock all the same.
    pub uncounted: bool,
}

/// A property: `Memory: 16 GB`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spec {
    /// Name of the property, as the source spells it.
    pub name: String,
    /// Its value.
    pub value: SpecValue,
}

/// The value of a property.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum SpecValue {
    /// Text, usually with its unit.
    Text(String),
    /// A bare number; the unit, if any, is part of the property's name.
    Number(f64),
    /// Has it or not.
    Flag(bool),
}

impl SpecValue {
    /// The value as a customer reads it.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => format!("{number}"),
            Self::Flag(true) => "yes".to_owned(),
            Self::Flag(false) => "no".to_owned(),
        }
    }

    /// Reads `true`/`yes`/`no`/... as a flag, a plain decimal as a number, anything else as text.
    pub fn from_text(text: &str) -> Self {
        let text = text.trim();
        match text.to_ascii_lowercase().as_str() {
            "true" | "yes" => return Self::Flag(true),
            "false" | "no" => return Self::Flag(false),
            _ => {}
        }
        let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && text.bytes().any(|b| b.is_ascii_digit());
        match text.parse::<f64>() {
            // Only numbers that print as they were written: "007" and "1.50" stay text.
            Ok(number) if plain && format!("{number}") == text => Self::Number(number),
            _ => Self::Text(text.to_owned()),
        }
    }
}

/// What can be said of availability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// At least one piece is there.
    InStock,
    /// None is there.
    OutOfStock,
    /// The records do not say.
    Unknown,
}

impl Product {
    /// The SKU that this and its variants have in common: that of what it is a variant of, or its own.
    pub fn family(&self) -> &str {
        self.variant_of.as_deref().unwrap_or(&self.sku)
    }

    /// What the records allow to be said of availability.
    pub fn availability(&self) -> Availability {
        match self.stock {
            Some(0) => Availability::OutOfStock,
            Some(_) => Availability::InStock,
            None if self.uncounted => Availability::InStock,
            None => Availability::Unknown,
        }
    }

    /// What its specifications say it fits: the values of properties such as "Compatible with", apart.
    pub fn fits(&self) -> impl Iterator<Item = (usize, &str)> {
        const NAMES: &[&str] = &["compatib", "fits", "works with", "suitable for", "supports", "for use with"];
        let named = |spec: &Spec| {
            let name = spec.name.to_lowercase();
            NAMES.iter().any(|start| name.starts_with(start))
        };
        self.specs.iter().enumerate().filter(move |(_, spec)| named(spec)).filter_map(|(i, spec)| match &spec.value {
            SpecValue::Text(text) => Some((i, text.as_str())),
            _ => None,
        })
    }

    /// Whether its specifications say that it fits another product: by the name of that product, or of its kind.
    pub fn says_it_fits(&self, other: &Self) -> bool {
        let name = measure::stems(&format!("{} {}", other.brand, other.name));
        let words: Vec<&str> = name.split(' ').collect();
        let kinds: Vec<String> = other.category.iter().map(|kind| measure::stems(kind)).collect();
        self.fits().flat_map(|(_, text)| text.split([',', ';', '\n'])).map(measure::stems).filter(|entry| !entry.is_empty()).any(|entry| {
            let named = entry.split(' ').all(|word| words.contains(&word));
            named || kinds.contains(&entry)
        })
    }

    /// The narrowest category, if any.
    pub fn leaf_category(&self) -> Option<&str> {
        self.category.last().map(String::as_str)
    }

    /// The property whose name equals `name`, whatever its case.
    pub fn spec(&self, name: &str) -> Option<&Spec> {
        self.specs.iter().find(|spec| spec.name.eq_ignore_ascii_case(name))
    }

    /// Whether the product lies in `category`: a leaf, a parent, or a full path `A > B`.
    pub fn is_in_category(&self, category: &str) -> bool {
        let mut wanted = category.split('>').map(str::trim);
        let (Some(first), rest) = (wanted.next(), wanted.collect::<Vec<_>>()) else {
            return false;
        };
        let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
        if rest.is_empty() {
            return self.category.iter().any(|name| same(name, first));
        }
        self.category.len() > rest.len() && same(&self.category[0], first) && rest.iter().zip(&self.category[1..]).all(|(a, b)| same(a, b))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::money::Currency;

    /// A small product for tests of other modules.
    pub(crate) fn sample(sku: &str, name: &str, minor: i64, stock: Option<u32>) -> Product {
        Product {
            sku: sku.to_owned(),
            name: name.to_owned(),
            category: vec!["Computers".into(), "Laptops".into()],
            brand: name.split(' ').next().unwrap_or("").to_owned(),
            price: Some(Money::new(minor, Currency::USD)),
            stock,
            description: String::new(),
            specs: vec![Spec { name: "Memory".into(), value: SpecValue::Text("16 GB".into()) }],
            variant_of: None,
            options: Vec::new(),
            image_url: None,
            updated_at: Moment(0),
            uncounted: false,
        }
    }

    #[test]
    fn categories_match_as_leaf_parent_or_path() {
        let product = sample("A", "Acme One", 100, None);
        for (category, inside) in [
            ("Laptops", true),
            ("laptops", true),
            ("Computers", true),
            ("Computers > Laptops", true),
            ("Laptops > Computers", false),
            ("Computers > Laptops > Gaming", false),
            ("Phones", false),
        ] {
            assert_eq!(product.is_in_category(category), inside, "{category}");
        }
    }

    #[test]
    fn unknown_stock_is_not_in_stock() {
        for (stock, expected) in [(None, Availability::Unknown), (Some(0), Availability::OutOfStock), (Some(3), Availability::InStock)] {
            assert_eq!(sample("A", "Acme One", 100, stock).availability(), expected);
        }
        let there = Product { uncounted: true, ..sample("A", "Acme One", 100, None) };
        assert_eq!(there.availability(), Availability::InStock);
        assert_eq!(Product { stock: Some(0), ..there }.availability(), Availability::OutOfStock);
    }

    #[test]
    fn property_values_keep_their_spelling() {
        for (text, value) in [
            ("yes", SpecValue::Flag(true)),
            ("False", SpecValue::Flag(false)),
            ("16", SpecValue::Number(16.0)),
            ("007", SpecValue::Text("007".into())),
            ("1.50", SpecValue::Text("1.50".into())),
            ("16 GB", SpecValue::Text("16 GB".into())),
            ("inf", SpecValue::Text("inf".into())),
        ] {
            assert_eq!(SpecValue::from_text(text), value, "{text}");
        }
    }
}
