//! Text as every layer reads it: folded, split, counted and compared the same way everywhere.

pub mod colours;
pub mod delivery;
pub mod duration;
pub mod edit;
pub mod fold;
pub mod kept;
pub mod language;
pub mod limit;
pub mod list;
pub mod names;
pub mod number;
pub mod past;
pub mod places;
pub mod questions;
pub mod rates;
pub mod recent;
pub mod sentence;
pub mod stem;
pub mod token;
pub mod unit;
pub mod words;
