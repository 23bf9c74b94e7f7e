//! The registry over a real store in a scratch folder, with an in-memory index and a clock that only moves when told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod administration;
mod c509;
mod ceremonies;
mod certificates;
mod concurrency;
mod consent;
mod crash;
mod decide;
mod delegations;
mod endless;
mod expiry;
mod faults;
mod hierarchy;
mod late_zones;
mod main_path;
mod node;
mod offline_lists;
mod privacy;
mod refusals;
mod renew;
mod repeat;
mod revoke;
mod snapshots;
mod sub_registries;
mod tokens;
mod world;
