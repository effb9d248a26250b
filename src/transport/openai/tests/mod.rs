//! What is read of requests, and what becomes of a model's answer.

mod answers;
mod requests;
