//! What a lookup gives: the sections of a DNS response, without a message around them.

use crate::{Class, Name, Rcode, RecordType};

/// A question (RFC 1035, section 4.1.2).
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The name, in the case it was asked in; answers keep that case.
    pub name: &'a Name,
    /// The type asked for.
    pub record_type: RecordType,
    /// The class asked for.
    pub class: Class,
}

/// A resource record of class IN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The owner.
    pub owner: Name,
    /// The type.
    pub record_type: RecordType,
    /// Time to live, in seconds.
    pub ttl: u32,
    /// The data, names in it uncompressed.
    pub rdata: Vec<u8>,
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The response code.
    pub rcode: Rcode,
    /// Whether the data is ours (AA): not so in referrals and refusals.
    pub authoritative: bool,
    /// The records asked for.
    pub answers: Vec<Record>,
    /// SOA of a negative answer, NS of a referral.
    pub authority: Vec<Record>,
    /// Addresses of the name servers named in the other sections.
    pub additional: Vec<Record>,
    /// Whether the answer says, by the NXNAME bit of its NSEC, that the name does not exist: who sets the CO flag is to get NXDOMAIN as its
    /// response code (RFC 9824, section 5.1).
    pub nxname: bool,
}

impl Answer {
    /// Not our business: outside all zones, another class, a transfer.
    pub const fn refused() -> Self {
        Self::empty(Rcode::Refused, false)
    }

    /// There is an answer, and it cannot be given now.
    pub(crate) const fn unable() -> Self {
        Self::empty(Rcode::ServFail, false)
    }

    pub(crate) fn of_records(answers: Vec<Record>, additional: Vec<Record>) -> Self {
        Answer { answers, additional, ..Self::empty(Rcode::NoError, true) }
    }

    /// No such name, or no such type at it; the SOA says for how long that may be remembered (RFC 2308).
    pub(crate) fn negative(rcode: Rcode, soa: Record) -> Self {
        Answer { authority: vec![soa], ..Self::empty(rcode, true) }
    }

    /// NS of a zone below: the asker is sent elsewhere.
    pub(crate) fn is_referral(&self) -> bool {
        !self.authoritative && self.rcode == Rcode::NoError
    }

    pub(crate) fn referral(authority: Vec<Record>, additional: Vec<Record>) -> Self {
        Answer { authority, additional, ..Self::empty(Rcode::NoError, false) }
    }

    const fn empty(rcode: Rcode, authoritative: bool) -> Self {
        Answer {
            rcode,
            authoritative,
            answers: Vec::new(),
            authority: Vec::new(),
            additional: Vec::new(),
            nxname: false,
        }
    }
}
