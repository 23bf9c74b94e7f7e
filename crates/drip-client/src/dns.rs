//! A small DNS client: one question to one server, over UDP and, when the answer is cut short, TCP
//! (RFC 1035 §4.2, RFC 7766 §5, RFC 6891).
//!
//! It keeps the RDATA octets exactly as they came: every record of a DET is checked down to the last
//! octet later, so nothing may be parsed and re-encoded on the way.
//!
//! ```text
//! Resolver::ask ──► query (encode) ──► exchange (UDP ─TC─► TCP) ──► response (decode) ──► Answer
//!        ▲                                                             │
//!        └── the name servers of the zone below ◄── referral ◄─────────┘
//! ```
//!
//! Asked at the Apex or at an RAA, it follows the delegations down to the zone that holds the name.

mod exchange;
mod nsec;
mod query;
mod referral;
mod response;
mod walk;

use std::net::SocketAddr;
use std::time::Duration;

pub use nsec::Nsec;
pub use response::Answer;
pub use walk::{Walk, WalkError};

use referral::{Delegations, Found};
use response::Reply;

/// Why a question got no usable answer.
#[derive(Debug, thiserror::Error)]
pub enum DnsError {
    /// The name cannot be written in a question.
    #[error("'{name}' is not a domain name: {why}")]
    Name {
        /// The name as given.
        name: String,
        /// The complaint.
        why: String,
    },
    /// The operating system gave no random identifier.
    #[error("no randomness for a query identifier: {0}")]
    Randomness(String),
    /// Sending or receiving failed.
    #[error("DNS server {server}: {doing}: {source}")]
    Io {
        /// The server asked.
        server: SocketAddr,
        /// What was being done.
        doing: &'static str,
        /// The cause.
        source: std::io::Error,
    },
    /// No answer came within the time allowed, over all attempts.
    #[error("DNS server {server} did not answer within {waited:?}")]
    Timeout {
        /// The server asked.
        server: SocketAddr,
        /// The time spent over all attempts.
        waited: Duration,
    },
    /// The server answered with an error code (REFUSED, SERVFAIL, …).
    #[error("DNS server {server} answered {rcode} for {name}")]
    Rcode {
        /// The server asked.
        server: SocketAddr,
        /// The mnemonic of the response code.
        rcode: String,
        /// The name asked for.
        name: String,
    },
    /// The server does not hold the name and points where it cannot be followed.
    #[error("DNS server {server} does not hold {name} and refers to {zone}: {why}")]
    Referral {
        /// The server asked.
        server: SocketAddr,
        /// The name asked for.
        name: String,
        /// The zone the server points at.
        zone: String,
        /// Why that cannot be followed.
        why: &'static str,
    },
    /// The answer is not a DNS message for this question.
    #[error("DNS server {server} sent an answer that cannot be read: {what}")]
    Malformed {
        /// The server asked.
        server: SocketAddr,
        /// The complaint.
        what: String,
    },
}

/// One server and how patiently it is asked.
#[derive(Clone, Debug)]
pub struct Resolver {
    server: SocketAddr,
    timeout: Duration,
    attempts: u32,
    /// The delegations met so far.
    delegations: Delegations,
}

impl Resolver {
    /// The time one attempt waits before the question is sent again.
    pub const TIMEOUT: Duration = Duration::from_secs(2);
    /// How often a question is sent before giving up.
    pub const ATTEMPTS: u32 = 3;

    /// A resolver that asks `server` and waits [`Resolver::TIMEOUT`] for each of
    /// [`Resolver::ATTEMPTS`] attempts.
    pub fn new(server: SocketAddr) -> Self {
        Self { server, timeout: Self::TIMEOUT, attempts: Self::ATTEMPTS, delegations: Delegations::default() }
    }

    /// The same, with another patience.
    pub fn with_patience(mut self, timeout: Duration, attempts: u32) -> Self {
        self.timeout = timeout;
        self.attempts = attempts.max(1);
        self
    }

    /// The server asked.
    pub fn server(&self) -> SocketAddr {
        self.server
    }

    /// Ask for the records of one type (its number) at one name, class IN.
    ///
    /// # Errors
    ///
    /// [`DnsError`] when there is no answer to rely on. NXDOMAIN and NODATA are answers.
    pub fn ask(&self, name: &str, record_type: u16) -> Result<Answer, DnsError> {
        let question = query::Question::new(name, record_type)?;
        match referral::follow(self, &question)? {
            Found::Answer(answer) => Ok(answer),
            Found::Nothing(_) => Ok(Answer::NxDomain),
        }
    }

    /// Ask one server.
    fn ask_one(&self, server: SocketAddr, question: &query::Question) -> Result<Reply, DnsError> {
        let id = random_id()?;
        let message = question.encode(id)?;
        let reply = exchange::exchange(self, server, id, &message)?;
        response::decode(&reply, id, question, server)
    }
}

/// A query identifier that cannot be guessed (RFC 5452 §9.1).
fn random_id() -> Result<u16, DnsError> {
    let mut octets = [0_u8; 2];
    getrandom::fill(&mut octets).map_err(|error| DnsError::Randomness(error.to_string()))?;
    Ok(u16::from_be_bytes(octets))
}
