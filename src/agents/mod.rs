//! The agents: what a message is for, what must be looked up, and what is then said.
//!
//! Pure. An agent reads the conversation and the findings, and answers with acts; it does not read the
//! store, call a model or know the time.

mod delivered;
mod evidence;
mod evidence_answers;
mod evidence_offers;
mod evidence_plain;
pub mod evidence_words;
pub mod general;
mod hours;
pub mod identity;
mod items;
pub mod logistics;
pub mod lookup;
pub mod marketing;
mod matter;
pub mod orchestrator;
mod pending;
mod policy;
pub mod proposal;
mod reading;
mod resolve;
pub mod sales;
pub mod say;
mod second_matter;
mod services;
mod share_of_price;
pub mod speech;
pub mod support;
mod table;
pub mod turn;
pub mod understanding;
pub mod wishes;
