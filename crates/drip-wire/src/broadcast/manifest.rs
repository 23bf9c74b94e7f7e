//! The DRIP Manifest: hashes of what the UA has sent, signed by it (RFC 9575, section 4.4).
//!
//! | octets | field |
//! |---|---|
//! | 0 | SAM type: 03 |
//! | 1… | UA-signed evidence; its evidence is 3 to 14 hashes of 8 octets |
//!
//! | hash | of |
//! |---|---|
//! | first | the previous Manifest: its current hash; zero, or anything, in the first |
//! | second | this Manifest, see [`CurrentRule`] |
//! | third | the Link in which the HDA endorses the UA, see [`LinkHashRule`] |
//! | up to 11 more | messages that were sent, of which one at least carries fresh data |

use super::{Authentication, EvidenceError, Link, MessageHash, SamType, UaSignedEvidence, UnsignedEvidence};
use crate::{Endorsement, Fault, OutOfBounds, WireError, octets::Octets};
use alloc::vec::Vec;
use core::fmt;
use drip_det::{Det, DripTime, HostIdentity};

/// The hashes of a Manifest, before they are signed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ManifestBody {
    evidence: UnsignedEvidence,
    hashes: Vec<MessageHash>,
}

/// A Manifest. Decoding does not verify it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Manifest {
    signed: UaSignedEvidence,
    hashes: Vec<MessageHash>,
}

/// What the current hash of a Manifest is taken over, besides the previous hash and eight zero octets in its own place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CurrentRule {
    /// The Link's hash and those of the messages, as in RFC 9575's Appendix B. We write this.
    WithLink,
    /// Those of the messages only: the Link's is left out, as the text of RFC 9575 can be read.
    WithoutLink,
}

/// What the hash of a Link in a Manifest is taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkHashRule {
    /// The endorsement, 136 octets, as in RFC 9575's Appendix B. We write this.
    Endorsement,
    /// The SAM type and the endorsement, 137 octets.
    SamData,
    /// The whole authentication message, all its pages, as the text of RFC 9575 has it.
    Pages,
}

impl fmt::Display for CurrentRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CurrentRule::WithLink => "over previous, zeros, Link and messages, as in Appendix B",
            CurrentRule::WithoutLink => "over previous, zeros and messages, without the Link",
        })
    }
}

impl fmt::Display for LinkHashRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LinkHashRule::Endorsement => "over the endorsement, as in Appendix B",
            LinkHashRule::SamData => "over SAM type and endorsement",
            LinkHashRule::Pages => "over all pages of the Link",
        })
    }
}

/// Previous, current, Link.
const HEAD: usize = 3;

impl ManifestBody {
    /// The most hashes of messages.
    pub const MOST: usize = UnsignedEvidence::MOST / MessageHash::LEN - HEAD;

    /// A Manifest of up to 11 messages, its current hash computed by `rule`. `previous` is the current hash of the Manifest before,
    /// zero in the first.
    pub fn new(
        (vnb, vna): (DripTime, DripTime),
        previous: MessageHash,
        link: MessageHash,
        messages: &[MessageHash],
        rule: CurrentRule,
        ua: Det,
    ) -> Result<Self, OutOfBounds> {
        if messages.len() > Self::MOST {
            let found = messages.len() as u64;
            return Err(OutOfBounds { what: "hashes of messages", found, allowed: "0 to 11" });
        }
        let current = current_hash(previous, link, messages, rule);
        let mut hashes = Vec::with_capacity(HEAD + messages.len());
        hashes.extend([previous, current, link]);
        hashes.extend(messages);
        let octets = hashes.iter().flat_map(|hash| hash.0).collect();
        let evidence = UnsignedEvidence::new(vnb, vna, octets, ua)?;
        Ok(ManifestBody { evidence, hashes })
    }

    /// The hash by which a Manifest that we write names a Link.
    pub fn link_hash(endorsement: &Endorsement) -> MessageHash {
        MessageHash::of(&endorsement.encode())
    }

    /// What is to be signed.
    pub const fn evidence(&self) -> &UnsignedEvidence {
        &self.evidence
    }

    /// The Manifest with the UA's signature.
    pub fn sign_with(self, signature: [u8; 64]) -> Manifest {
        Manifest { signed: self.evidence.sign_with(signature), hashes: self.hashes }
    }
}

impl Manifest {
    /// Reads the octets, SAM type included.
    pub fn decode(octets: &[u8]) -> Result<Self, WireError> {
        let mut reader = Octets::new(octets);
        SamType::MANIFEST.expect(&mut reader)?;
        let signed = UaSignedEvidence::decode(reader.rest()).map_err(|error| error.within(1))?;
        let evidence = signed.body().evidence();
        // SAM type, VNB and VNA come before the hashes.
        let at = 1 + 8;
        let (hashes, rest) = evidence.as_chunks();
        if !rest.is_empty() {
            let fault = Fault::Expected("whole hashes of 8 octets");
            return Err(WireError { fault, what: "hashes of a Manifest", at });
        }
        if hashes.len() < HEAD {
            let fault = Fault::OutOfRange { found: hashes.len() as u64, allowed: "3 to 14" };
            return Err(WireError { fault, what: "hashes of a Manifest", at });
        }
        let hashes = hashes.iter().copied().map(MessageHash).collect();
        Ok(Manifest { signed, hashes })
    }

    /// The octets, SAM type included.
    pub fn encode(&self) -> Vec<u8> {
        SamType::MANIFEST.before(&self.signed.encode())
    }

    /// The signed evidence.
    pub const fn evidence(&self) -> &UaSignedEvidence {
        &self.signed
    }

    /// The hash of the Manifest before.
    pub fn previous(&self) -> MessageHash {
        self.hashes.first().copied().unwrap_or(MessageHash::ZERO)
    }

    /// The hash of this Manifest.
    pub fn current(&self) -> MessageHash {
        self.hashes.get(1).copied().unwrap_or(MessageHash::ZERO)
    }

    /// The hash of the Link.
    pub fn link(&self) -> MessageHash {
        self.hashes.get(2).copied().unwrap_or(MessageHash::ZERO)
    }

    /// The hashes of messages.
    pub fn messages(&self) -> &[MessageHash] {
        self.hashes.get(HEAD..).unwrap_or_default()
    }

    /// By which rule the current hash was taken; `None` where by none that is known.
    pub fn current_rule(&self) -> Option<CurrentRule> {
        [CurrentRule::WithLink, CurrentRule::WithoutLink]
            .into_iter()
            .find(|rule| current_hash(self.previous(), self.link(), self.messages(), *rule) == self.current())
    }

    /// By which rule the hash of the Link is that of this endorsement; `None` where it is not. For the rule over pages the
    /// authentication message is needed in which the Link was heard.
    pub fn link_rule(
        &self,
        endorsement: &Endorsement,
        heard: Option<&Authentication>,
    ) -> Option<LinkHashRule> {
        let link = self.link();
        if link == ManifestBody::link_hash(endorsement) {
            return Some(LinkHashRule::Endorsement);
        }
        if link == MessageHash::of(&Link::new(*endorsement).encode()) {
            return Some(LinkHashRule::SamData);
        }
        heard.filter(|message| link == MessageHash::of(&message.encode())).map(|_| LinkHashRule::Pages)
    }

    /// Checks that `hi` is the UA's key and that it signed.
    pub fn verify(&self, hi: &HostIdentity) -> Result<(), EvidenceError> {
        self.signed.verify(hi)
    }
}

fn current_hash(
    previous: MessageHash,
    link: MessageHash,
    messages: &[MessageHash],
    rule: CurrentRule,
) -> MessageHash {
    let link = match rule {
        CurrentRule::WithLink => Some(&link),
        CurrentRule::WithoutLink => None,
    };
    let hashes = [&previous, &MessageHash::ZERO].into_iter().chain(link).chain(messages);
    MessageHash::of_all(hashes.map(|hash| hash.0.as_slice()))
}
