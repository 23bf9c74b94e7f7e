//! The real binary, judged by exit codes, JSON and files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod bad_chains;
mod broadcast;
mod c509;
mod config;
mod det;
mod dnssec;
mod harness;
mod inspect;
mod keys;
mod reload;
mod resolve;
mod server;
mod tokens;
mod verify;
mod zone;
