//! What is said, over the demo shop's conversations.

mod checker;
mod heldout;
mod lies;
mod voices;
