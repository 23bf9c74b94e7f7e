//! Trust lists and offline caches: the laws of their codecs, signatures, hostile octets, deltas.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cache;
mod keys;
mod laws;
mod trust_list;
