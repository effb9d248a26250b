//! The words of the shop: records, identifiers, money, time, facts and acts.
//!
//! Layer 0. Nothing here does input or output, reads a clock or knows where a record is kept. Every
//! other module speaks in these types, so an invariant stated here (a message identifier names its
//! session, money always carries its currency) need not be checked again further up.

pub mod act;
pub mod action;
pub mod agent;
pub mod asks;
pub mod customer;
pub mod error;
pub mod event;
pub mod fact;
pub mod goal;
pub mod heard;
pub mod hours;
pub mod ids;
pub mod knowledge;
pub mod measure;
pub mod message;
pub mod money;
mod named;
pub mod order;
pub mod policy;
pub mod product;
pub mod promotion;
pub mod proof;
pub mod query;
pub mod record;
pub mod sentiment;
pub mod shop;
pub mod spend;
pub mod state;
pub mod text;
pub mod ticket;
pub mod time;
pub mod value;
pub mod wish;
