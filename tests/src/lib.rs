//! What the whole-product tests share: a `dime` process in a scratch folder, a plain HTTP client, a plain DNS client and certificate
//! signing requests written octet by octet, so that none of the product's own code stands on both sides of a test.
//!
//! Everything here stops the test with a message when something is not as it should be: a missing tool is a failure, never a skip.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod abuse;
pub mod csr;
pub mod decoders;
pub mod dice;
pub mod dns;
pub mod flow;
pub mod histogram;
pub mod hostile;
pub mod http;
pub mod mutation;
pub mod packets;
pub mod questions;
pub mod readers;
pub mod registration;
pub mod server;
pub mod tools;
