//! The turn: from an accepted message to its committed reply.
//!
//! [`graph`] is the workflow as data, [`machine`] runs it without waiting, clock or chance, [`driver`]
//! does what it asks for and is the only place that waits. A remote model is asked for a plan where rules
//! and encoder are not sure. [`grounding`] stands between every wording and the customer.

pub mod acting;
mod answers;
pub mod assemble;
mod bearing;
pub mod driver;
mod going_on;
pub mod graph;
pub mod grounding;
pub mod handoff;
pub mod identity;
pub mod library;
pub mod lookups;
pub mod machine;
pub mod masking;
pub mod meaning;
mod plan;
pub mod product_vectors;
pub mod speaker;
#[cfg(test)]
mod tests;
pub mod tickets;
mod told;
mod write_up;

pub use driver::{Engine, Job};
pub use library::Library;
