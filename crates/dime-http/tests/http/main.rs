//! The HTTP door over a real registry: what it answers, to whom, and what it refuses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod authentication;
mod authorities;
mod c509;
mod limits;
mod main_path;
mod managers;
mod operations;
mod pki;
mod refusals;
mod serving;
mod signatures;
mod token;
mod trust;
mod world;
