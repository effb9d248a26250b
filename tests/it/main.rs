//! Integration tests: the real program, at its doors.

// A test that cannot go on says so by panicking.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod anything;
mod bench;
mod cli;
mod conversation;
mod crash;
mod doctor;
mod door;
mod entities;
mod fence;
mod forgotten;
mod http;
mod identity;
mod import;
mod isolated;
mod judge;
mod knowledge;
mod log;
mod metrics;
mod models;
mod openai;
mod openapi;
mod recital;
mod remote;
mod search;
mod secure;
mod sessions;
mod shop;
mod socket;
mod sockets;
mod spoken;
mod tau2;
mod teach;
mod tidy;
mod tls;
mod within;
mod world;
