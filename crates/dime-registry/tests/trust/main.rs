//! Trust lists, cross-endorsements and offline caches of a registry, judged by the client that will use them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod alerts;
mod cache;
mod documents;
mod in_dns;
mod world;
