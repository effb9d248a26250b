//! What is said, over the demo shop's conversations.

mod checker;
mod decoder;
mod heldout;
mod lies;
mod voices;
