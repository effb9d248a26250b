//! Import and export: the shop's records in CSV, JSON and JSON Lines, gzipped or not.
//!
//! A file becomes rows, rows become records, records are compared with those that are there; every row
//! that cannot be used is named with its field, the reason and what to do. The demo shop takes the same
//! way, from files compiled into the program.

mod columns;
mod convert;
mod currency;
mod dates;
pub mod demo;
mod detect;
pub mod export;
pub mod import;
mod labels;
pub mod policy;
mod references;
mod rows;
pub mod tau2;

pub use columns::{Columns, Taken};
pub use convert::Context;
pub use dates::is_month_first;
pub use import::{ImportError, Options, Report};
pub use rows::{Column, ReadError, Rejected, Row, Table};

use crate::domain::record::RecordKind;

/// The kind of record a word on the command line names.
pub fn kind(word: &str) -> Option<RecordKind> {
    Some(match word {
        "products" => RecordKind::Product,
        "orders" => RecordKind::Order,
        "customers" => RecordKind::Customer,
        "promotions" => RecordKind::Promotion,
        "knowledge" => RecordKind::Knowledge,
        "tickets" => RecordKind::Ticket,
        _ => return None,
    })
}
