//! Extended DNS errors (RFC 8914): why a response is not what was hoped for. Only who speaks EDNS can be told.
//!
//! | response | code |
//! |---|---|
//! | REFUSED: the name is in no zone that is served here, or the class is not IN | 20 Not Authoritative |
//! | NOTAUTH: a zone to be transferred is not served here | 20 Not Authoritative |
//! | REFUSED: a transfer, or a NOTIFY, of somebody who may not | 18 Prohibited |
//! | REFUSED: AXFR over UDP | 21 Not Supported |
//! | NOTIMP: an opcode that there is nothing for | 21 Not Supported |
//! | SERVFAIL: what should be signed cannot be; a copy of a zone has not come yet, is too old, or lacks what its primary has signed | 14 Not Ready |
//! | FORMERR: a question for NXNAME (RFC 9824, section 3.5) | 30 Invalid Query Type |
//!
//! Other FORMERR and BADVERS have none: the code says it all.

use crate::counters::Outcome;
use dime_zone::RecordType;

/// An extended error, without text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ede(pub(crate) u16);

/// The option's code (RFC 8914, section 2).
pub(crate) const EDE_OPTION: u16 = 15;
/// Octets of the option, code and length included.
pub(crate) const EDE_OCTETS: usize = 6;

impl Ede {
    /// The server is not ready to answer.
    pub(crate) const NOT_READY: Ede = Ede(14);
    /// The asker may not.
    pub(crate) const PROHIBITED: Ede = Ede(18);
    /// The name is in no zone that is served here.
    pub(crate) const NOT_AUTHORITATIVE: Ede = Ede(20);
    /// What was asked for is not done here, or not over this transport.
    pub(crate) const NOT_SUPPORTED: Ede = Ede(21);

    /// The type is in bitmaps only.
    pub(crate) const INVALID_QUERY_TYPE: Ede = Ede(30);

    /// What goes with a response of the lookup to a question for a type.
    pub(crate) fn of(outcome: Outcome, asked_for: RecordType) -> Option<Self> {
        match outcome {
            Outcome::ServFail => Some(Ede::NOT_READY),
            Outcome::Refused => Some(Ede::NOT_AUTHORITATIVE),
            Outcome::FormErr if asked_for == RecordType::NXNAME => Some(Ede::INVALID_QUERY_TYPE),
            Outcome::NotImp => Some(Ede::NOT_SUPPORTED),
            Outcome::Answer
            | Outcome::NoData
            | Outcome::Referral
            | Outcome::NxDomain
            | Outcome::FormErr
            | Outcome::BadVers => None,
        }
    }

    /// The option of an OPT record.
    ///
    /// | octets | content |
    /// |---|---|
    /// | 2 | 15 |
    /// | 2 | 2 |
    /// | 2 | the code |
    pub(crate) fn option(self) -> [u8; EDE_OCTETS] {
        let [o0, o1] = EDE_OPTION.to_be_bytes();
        let [c0, c1] = self.0.to_be_bytes();
        [o0, o1, 0, 2, c0, c1]
    }
}
