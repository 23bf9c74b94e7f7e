//! TCP and TLS through real sockets: judged by kdig, openssl and dnspython, held open by who means ill, changed while it serves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod abuse;
mod clients;
mod judges;
mod reload;
mod served;
