//! Trust between RAAs without an Apex, and offline caches: three RAAs that fly together under each of the three models, every way that
//! must not be gone, and hostile lists and caches.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cache;
mod faults;
mod models;
mod vectors;
mod world;
