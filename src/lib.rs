//! ElectroMart: a shop assistant in one file.
//!
//! The layers, lowest first; a module imports only lower ones and its own children:
//! `domain`, `config`, `telemetry` · `sentiment`, `retrieval`, `llm`, `store`, `hub`, `agents`, `actions` · `turn` ·
//! `queue` · `gateway` · `transport` · `app`, `eval` · `cli`.

pub mod actions;
pub mod agents;
pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod eval;
pub mod exchange;
pub mod gateway;
pub mod hub;
pub mod llm;
pub mod queue;
pub mod retrieval;
pub mod sentiment;
pub mod store;
pub mod telemetry;
pub mod transport;
pub mod turn;
