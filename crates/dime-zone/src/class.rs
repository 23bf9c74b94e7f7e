//! Classes and response codes (RFC 1035, sections 3.2.4 and 4.1.1).

/// A class or query class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Class(pub u16);

impl Class {
    /// The Internet.
    pub const IN: Class = Class(1);
}

/// The response codes that a lookup gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rcode {
    /// No error: an answer, no data of that type, or a referral.
    NoError,
    /// The name does not exist.
    NxDomain,
    /// The answer would have to be signed, and too many others wait for that.
    ServFail,
    /// Not a question for this server.
    Refused,
}
