//! Integration tests: the real program, at its doors.

mod cli;
mod conversation;
mod crash;
mod door;
mod http;
mod identity;
mod log;
mod openapi;
mod sessions;
mod shop;
mod sockets;
mod tidy;
