//! Finding: products by need and by name, answers by question, numbers by their look.
//!
//! Everything here is in memory, built from the shop's records, and answers in microseconds. It imports
//! no other module of its layer: whoever drives a turn hands the records in and takes identifiers out.

pub mod analysis;
pub mod catalogue;
mod categories;
mod facets;
mod fuzzy;
pub mod kinds;
pub mod knowledge;
mod measured;
mod mentions;
pub mod numbers;
pub mod phrasebook;
mod postings;
pub mod properties;
pub mod ranking;
mod related;
mod search;
pub mod services;
pub mod vectors;
mod versions;
pub mod wishes;

pub use catalogue::Catalogue;
pub use knowledge::KnowledgeIndex;
pub use numbers::NumberShapes;
pub use search::Hit;
