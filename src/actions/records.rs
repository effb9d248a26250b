//! The records an action is looked at with, and when.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::domain::customer::Customer;
use crate::domain::order::Order;
use crate::domain::product::Product;
use crate::domain::record::Version;
use crate::domain::time::Moment;

/// The records an action may look at, as they are. What was not found is left out.
#[derive(Debug, Clone, Default)]
pub struct Records {
    /// The customer of the session.
    pub customer: Option<Versioned<Customer>>,
    /// The order that is named, whoever it belongs to.
    pub order: Option<Versioned<Order>>,
    /// The products of [`Request::products`](crate::domain::action::Request::products), by SKU.
    pub products: BTreeMap<String, Versioned<Product>>,
}

/// A record and its version.
#[derive(Debug, Clone, PartialEq)]
pub struct Versioned<T> {
    /// Its version.
    pub version: Version,
    /// The record.
    pub record: Arc<T>,
}

/// The present.
#[derive(Debug, Clone, Copy)]
pub struct Now<'a> {
    /// The instant.
    pub at: Moment,
    /// Where the shop lives: days are counted there.
    pub zone: &'a TimeZone,
}
