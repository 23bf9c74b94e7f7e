//! The trust list: which other RAAs an RAA trusts, so that their aircraft are trusted where there is no Apex
//! (draft-ietf-drip-dki, section 5, which asks for it and leaves the form open; this one is ours, see `cddl/trust-list.cddl`).
//!
//! A map in deterministic CBOR (RFC 8949, section 4.2), inside a COSE_Sign1 by the RAA's Authorization key:
//!
//! | key | field | value |
//! |---|---|---|
//! | 0 | version | 1 |
//! | 1 | issuer | the DET of the RAA's Authorization key, 16 octets |
//! | 2 | sequence | unsigned; of two lists of one RAA the higher one counts |
//! | 3 | validity | `[first second, last second]`, Unix time |
//! | 4 | trusted | 1 to 4096 entries, ascending by DET |
//!
//! | key of an entry | field | value |
//! |---|---|---|
//! | 0 | DET | of the trusted RAA's Authorization key, 16 octets |
//! | 1 | HI | that key, 32 octets |
//! | 2 | validity, optional | of that key's self-endorsement: an RAA that changes its key stands twice, each with its time |
//! | 3 | role, optional | 1: a bridge, which cross-endorses its members and has no HDAs |

mod signed;
mod trusted;

pub use signed::{SignedTrustList, TrustListError};
pub use trusted::{Role, Trusted, TrustedFault};

use crate::{
    OutOfBounds, WireError,
    cbor::{Reader, Writer},
    fields::{self, Keys},
    validity::Validity,
};
use alloc::vec::Vec;
use drip_det::Det;

const WHAT: &str = "trust list";
const ALLOWED: &str = "1 to 4096";

/// What a trust list says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TrustList {
    issuer: Det,
    sequence: u64,
    validity: Validity,
    trusted: Vec<Trusted>,
}

impl TrustList {
    /// The most entries there can be.
    pub const MOST: usize = 4096;
    /// The media type in the COSE_Sign1.
    pub const MEDIA_TYPE: &str = "application/vnd.dime.trust-list+cbor";

    /// A list of these RAAs, in any order; of two entries with one DET the later one counts.
    pub fn new(
        issuer: Det,
        sequence: u64,
        validity: Validity,
        mut trusted: Vec<Trusted>,
    ) -> Result<Self, OutOfBounds> {
        trusted.reverse();
        trusted.sort_by_key(|entry| entry.det);
        trusted.dedup_by_key(|entry| entry.det);
        if (1..=Self::MOST).contains(&trusted.len()) {
            Ok(TrustList { issuer, sequence, validity, trusted })
        } else {
            Err(OutOfBounds { what: "trusted RAAs", found: trusted.len() as u64, allowed: ALLOWED })
        }
    }

    /// The RAA's Authorization DET.
    pub const fn issuer(&self) -> Det {
        self.issuer
    }

    /// The higher, the newer.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// When the list may be used.
    pub const fn validity(&self) -> Validity {
        self.validity
    }

    /// The entries, ascending by DET.
    pub fn trusted(&self) -> &[Trusted] {
        &self.trusted
    }

    /// Reads the octets, strictly; nothing is verified.
    pub fn decode(octets: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(octets);
        let mut keys = Keys::open(&mut reader, WHAT)?;
        keys.required(0, "the version, key 0", fields::version)?;
        let issuer = keys.required(1, "the issuer, key 1", |reader| fields::det(reader, "issuer"))?;
        let sequence = keys.required(2, "the sequence, key 2", |reader| Ok(reader.uint("sequence")?))?;
        let validity = keys.required(3, "the validity, key 3", pair)?;
        let trusted = keys.required(4, "the trusted RAAs, key 4", |reader| {
            let bounds = (1, Self::MOST, ALLOWED);
            fields::ascending(reader, "trusted RAAs", bounds, Trusted::read, |entry| entry.det)
        })?;
        keys.close()?;
        reader.end(WHAT)?;
        Ok(TrustList { issuer, sequence, validity, trusted })
    }

    /// The octets: what is signed, as a COSE_Sign1's payload.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.map(5).uint(0).uint(fields::VERSION).uint(1).bytes(&self.issuer.to_bytes());
        writer.uint(2).uint(self.sequence).uint(3).array(2);
        self.validity.write(&mut writer);
        writer.uint(4).array(self.trusted.len());
        for entry in &self.trusted {
            entry.write(&mut writer);
        }
        writer.finish()
    }

    /// What its signer must check, and its user: every entry is an RAA's Authorization DET and belongs to its key, and the issuer sits
    /// at an RAA's own place and does not list itself.
    pub fn check(&self) -> Result<(), TrustedFault> {
        trusted::check_place(self.issuer)?;
        for entry in &self.trusted {
            entry.check()?;
            if entry.det.hid().raa == self.issuer.hid().raa {
                return Err(TrustedFault::Itself { det: entry.det });
            }
        }
        Ok(())
    }
}

/// A validity as an array of two.
fn pair(reader: &mut Reader<'_>) -> Result<Validity, WireError> {
    reader.array_of(2, "validity", "an array of two")?;
    Validity::read(reader)
}
