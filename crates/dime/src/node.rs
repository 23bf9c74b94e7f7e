//! The planes in one process: store, registry and zones opened, name server and HTTP server started,
//! expiry swept, zones signed, the configuration read anew upon SIGHUP, all stopped together.
//!
//! ```text
//!  open ──► store (journal + index) ──► registry ──► zones ◄── name server ◄── UDP, TCP
//!                                          ▲  ▲
//!                            expiry sweeper┘  └── HTTP server
//! ```

pub(crate) mod control;
mod copies;
mod descriptors;
mod journal_check;
mod keeper;
pub(crate) mod layout;
mod logging;
mod name_server;
pub(crate) mod offline;
pub(crate) mod open;
mod readiness;
mod reload;
mod resigner;
mod running;
pub(crate) mod secondary;
mod snapshot;
pub(crate) mod status;
mod sweeper;
mod worker;

pub(crate) use logging::start_logging;
pub(crate) use running::{Addresses, run};
