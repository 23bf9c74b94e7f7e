//! The HTTP door of a DIME: the routes of its API, who may use them, and what it answers when something is wrong.
//!
//! * [`router`]: every route over a [`Registry`](dime_registry::Registry); [`HttpServer`]: the same behind a socket, with TLS if asked.
//! * [`Problem`] and [`ProblemKind`]: every error is a problem document (RFC 9457) of one of these kinds.
//! * [`openapi_json`]: the description of the API, generated from the handlers.
//!
//! Callers are known by bearer tokens (RFC 6750) or by HTTP Message Signatures (RFC 9421) of registered DETs. The registry decides what
//! they may; it blocks, so it is called on a bounded number of blocking threads. No handler knows a store, a zone or a private key.

mod accept;
mod authenticate;
mod bare;
mod cacheable;
mod config;
mod fault;
mod form;
mod limits;
mod metrics;
mod openapi;
mod parameters;
mod problem;
mod received;
mod replay;
mod router;
mod routes;
mod serve;
mod state;
mod throttle;

pub use bare::Metrics;
pub use config::{HttpConfig, ListenConfig, PlainHttp, ReadyCheck, TlsFiles, Transport};
pub use openapi::{openapi_document, openapi_json};
pub use problem::{PROBLEM_JSON, Problem, ProblemDocument, ProblemKind, ProblemPart};
pub use router::router;
pub use serve::{HttpServer, ServeError};
