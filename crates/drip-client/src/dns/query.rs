//! The question (RFC 1035 §4.1, with EDNS of RFC 6891).

use std::str::FromStr;

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query};
use hickory_proto::rr::{Name, RecordType};

use super::DnsError;

/// What UDP payload we say we can take: the size that avoids fragments on any path (DNS flag day 2020).
const UDP_PAYLOAD: u16 = 1232;

/// A name and a type to ask for.
pub(super) struct Question {
    /// The name.
    pub(super) name: Name,
    /// The type.
    pub(super) record_type: RecordType,
    /// What the answer is wanted for.
    pub(super) wanted: Wanted,
}

/// What an answer is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The records alone.
    Records,
    /// What proves that there are none (RFC 4035, section 3.1.3): the DO bit is set.
    Proof,
}

impl Question {
    /// Read the name; it is taken as absolute with or without the trailing dot.
    pub(super) fn new(name: &str, record_type: u16) -> Result<Self, DnsError> {
        let mut parsed = Name::from_str(name)
            .map_err(|error| DnsError::Name { name: name.to_owned(), why: error.to_string() })?;
        parsed.set_fqdn(true);
        Ok(Self { name: parsed, record_type: RecordType::from(record_type), wanted: Wanted::Records })
    }

    /// A question for a name that is not there, to be told which names are around it.
    pub(super) fn around(name: Name) -> Self {
        Self { name, record_type: RecordType::A, wanted: Wanted::Proof }
    }

    /// The message to send. Recursion is desired, so that a caching resolver may be asked too.
    pub(super) fn encode(&self, id: u16) -> Result<Vec<u8>, DnsError> {
        let mut message = Message::new(id, MessageType::Query, OpCode::Query);
        message.metadata.recursion_desired = true;
        message.add_query(Query::query(self.name.clone(), self.record_type));
        let mut edns = Edns::new();
        edns.set_max_payload(UDP_PAYLOAD);
        edns.set_version(0);
        edns.set_dnssec_ok(self.wanted == Wanted::Proof);
        message.set_edns(edns);
        message
            .to_vec()
            .map_err(|error| DnsError::Name { name: self.name.to_string(), why: error.to_string() })
    }
}
