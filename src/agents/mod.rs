//! The agents: what a message is for, what must be looked up, and what is then said.
//!
//! Pure. An agent reads the conversation and the findings, and answers with acts; it does not read the
//! store, call a model or know the time.

pub mod understanding;
