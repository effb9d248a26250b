//! An entity, as it is labelled and as the shop read it.

use serde::{Deserialize, Serialize};

use crate::domain::text::fold::bare;

/// Something a message names, by its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "lowercase")]
pub enum Entity {
    /// A product: the SKUs that fit equally.
    Product(Skus),
    /// The number of an order.
    Order(String),
    /// An amount of money, or what bounds one.
    Price(Price),
    /// How many pieces.
    Quantity(u32),
    /// A day, as an ISO date.
    Date(String),
    /// A promotion code.
    Code(String),
    /// An e-mail address.
    Email(String),
    /// A telephone number.
    Phone(String),
}

/// One SKU, or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Skus {
    /// The only one meant.
    One(String),
    /// Any of which may be meant.
    Any(Vec<String>),
}

impl Skus {
    fn all(&self) -> &[String] {
        match self {
            Self::One(sku) => std::slice::from_ref(sku),
            Self::Any(skus) => skus,
        }
    }
}

/// An amount in minor units of the shop's currency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// The least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// The most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// So much, or about so much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact: Option<i64>,
}

/// A telephone number has at least so many digits without the code of its country.
const LEAST_DIGITS: usize = 7;

impl Entity {
    /// The kinds there are.
    pub const KINDS: [&'static str; 8] = ["code", "date", "email", "order", "phone", "price", "product", "quantity"];

    /// Its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Product(_) => "product",
            Self::Order(_) => "order",
            Self::Price(_) => "price",
            Self::Quantity(_) => "quantity",
            Self::Date(_) => "date",
            Self::Code(_) => "code",
            Self::Email(_) => "email",
            Self::Phone(_) => "phone",
        }
    }

    /// Whether what was read has the value that was labelled.
    pub fn is_met_by(&self, read: &Self) -> bool {
        match (self, read) {
            (Self::Product(truth), Self::Product(read)) => read.all().iter().any(|sku| truth.all().contains(sku)),
            (Self::Order(truth), Self::Order(read)) | (Self::Code(truth), Self::Code(read)) => bare(truth) == bare(read),
            (Self::Price(truth), Self::Price(read)) => truth == read,
            (Self::Quantity(truth), Self::Quantity(read)) => truth == read,
            (Self::Date(truth), Self::Date(read)) => truth == read,
            (Self::Email(truth), Self::Email(read)) => truth.eq_ignore_ascii_case(read),
            (Self::Phone(truth), Self::Phone(read)) => is_same_phone(truth, read),
            _ => false,
        }
    }
}

/// Whether two numbers are one, be it that only one has the code of its country.
fn is_same_phone(a: &str, b: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (a, b) = (digits(a), digits(b));
    let (long, short) = if a.len() < b.len() { (b, a) } else { (a, b) };
    short.len() >= LEAST_DIGITS && long.ends_with(&short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_is_right_by_its_value() {
        let price = |min, max, exact| Entity::Price(Price { min, max, exact });
        let any = |skus: &[&str]| Entity::Product(Skus::Any(skus.iter().map(|sku| (*sku).to_owned()).collect()));
        let one = |sku: &str| Entity::Product(Skus::One(sku.to_owned()));
        for (truth, read, right) in [
            (any(&["A", "B"]), any(&["B"]), true),
            (one("A"), any(&["B", "A"]), true),
            (one("A"), any(&["B"]), false),
            (Entity::Order("ORD-1007".into()), Entity::Order("ord1007".into()), true),
            (Entity::Order("ORD-1007".into()), Entity::Code("ord1007".into()), false),
            (price(None, Some(500), None), price(None, Some(500), None), true),
            (price(None, Some(500), None), price(Some(500), None, None), false),
            (price(None, None, Some(500)), price(None, Some(500), None), false),
            (Entity::Phone("2075550142".into()), Entity::Phone("+1 207-555-0142".into()), true),
            (Entity::Phone("2075550142".into()), Entity::Phone("0142".into()), false),
            (Entity::Email("a@b.example".into()), Entity::Email("A@B.example".into()), true),
        ] {
            assert_eq!(truth.is_met_by(&read), right, "{truth:?} {read:?}");
        }
    }
}
