//! The Broadcast Endorsement: a parent signs that a child's key and DET belong together, for a time (RFC 9575, section 4.2).
//!
//! | octets | field |
//! |---|---|
//! | 0–3 | VNB, valid not before: seconds since 2019-01-01, little-endian |
//! | 4–7 | VNA, valid not after: the same |
//! | 8–23 | child DET |
//! | 24–55 | child HI |
//! | 56–71 | parent DET |
//! | 72–135 | Ed25519 signature by the parent over octets 0–71 |

use crate::{Fault, WireError, octets::Octets};
use drip_det::{BadSignature, Det, DetMismatch, DripTime, HostIdentity, UnixTime};

/// What an endorsement says, before it is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EndorsementBody {
    /// Valid not before.
    pub vnb: DripTime,
    /// Valid not after; [`DripTime::FOREVER`] for a manufacturer's aircraft.
    pub vna: DripTime,
    /// The DET that is endorsed.
    pub child: Det,
    /// The key that is endorsed.
    pub child_hi: HostIdentity,
    /// The DET that endorses.
    pub parent: Det,
}

/// A signed endorsement. Decoding does not verify it: [`Endorsement::verify`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Endorsement {
    /// Valid not before.
    pub vnb: DripTime,
    /// Valid not after; [`DripTime::FOREVER`] for a manufacturer's aircraft.
    pub vna: DripTime,
    /// The DET that is endorsed.
    pub child: Det,
    /// The key that is endorsed.
    pub child_hi: HostIdentity,
    /// The DET that endorses.
    pub parent: Det,
    /// The parent's signature over the first 72 octets.
    pub signature: [u8; 64],
}

/// The clock that the times of an endorsement were written by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Epoch {
    /// DRIP time, seconds since 2019, as RFC 9575 says.
    Drip,
    /// The numbers look like Unix time, as in the examples of RFC 9575 and RFC 9886. They are reported, never used as such.
    UnixSuspected,
}

/// Why an endorsement is not a link from this parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndorsementError {
    /// The parent DET in it is not that of the key it is verified with.
    #[error("the parent DET {parent} is not that of the parent's key")]
    Parent {
        /// The parent DET in the endorsement.
        parent: Det,
        /// What does not fit.
        #[source]
        mismatch: DetMismatch,
    },
    /// The child DET in it is not that of the child key in it.
    #[error("the child DET {child} is not that of the child key beside it")]
    Child {
        /// The child DET in the endorsement.
        child: Det,
        /// What does not fit.
        #[source]
        mismatch: DetMismatch,
    },
    /// The parent's key did not sign it.
    #[error("the parent {parent} did not sign the endorsement of {child}")]
    Signature {
        /// The parent DET in the endorsement.
        parent: Det,
        /// The child DET in the endorsement.
        child: Det,
        /// The signature's own finding.
        #[source]
        cause: BadSignature,
    },
}

impl EndorsementBody {
    /// Length in octets of what is signed.
    pub const LEN: usize = 72;

    /// Reads the 72 octets that are signed.
    pub fn decode(octets: &[u8]) -> Result<Self, WireError> {
        let mut reader = Octets::new(octets);
        // The length comes first, so that octets cut short are called that whatever they hold.
        reader.take(Self::LEN, "endorsement")?;
        reader.end("endorsement")?;
        Self::read(&mut Octets::new(octets))
    }

    fn read(reader: &mut Octets<'_>) -> Result<Self, WireError> {
        Ok(EndorsementBody {
            vnb: DripTime(u32::from_le_bytes(reader.array("VNB")?)),
            vna: DripTime(u32::from_le_bytes(reader.array("VNA")?)),
            child: det(reader, "child DET")?,
            child_hi: host_identity(reader, "child HI")?,
            parent: det(reader, "parent DET")?,
        })
    }

    /// The 72 octets that are signed.
    pub fn signed_octets(&self) -> [u8; 72] {
        let mut octets = [0; 72];
        let fields: [&[u8]; 5] = [
            &self.vnb.0.to_le_bytes(),
            &self.vna.0.to_le_bytes(),
            &self.child.to_bytes(),
            self.child_hi.as_bytes(),
            &self.parent.to_bytes(),
        ];
        for (place, octet) in octets.iter_mut().zip(fields.into_iter().flatten()) {
            *place = *octet;
        }
        octets
    }

    /// The endorsement with the parent's signature over [`signed_octets`](Self::signed_octets).
    pub const fn sign_with(&self, signature: [u8; 64]) -> Endorsement {
        let EndorsementBody { vnb, vna, child, child_hi, parent } = *self;
        Endorsement { vnb, vna, child, child_hi, parent, signature }
    }
}

impl Endorsement {
    /// Length in octets.
    pub const LEN: usize = 136;

    /// Reads the 136 octets. The DETs must be under the DET prefix and the key usable; nothing is verified.
    pub fn decode(octets: &[u8]) -> Result<Self, WireError> {
        let mut reader = Octets::new(octets);
        // The length comes first, so that octets cut short are called that whatever they hold.
        reader.take(Self::LEN, "endorsement")?;
        reader.end("endorsement")?;
        let mut reader = Octets::new(octets);
        let body = EndorsementBody::read(&mut reader)?;
        Ok(body.sign_with(reader.array("signature")?))
    }

    /// The 136 octets.
    pub fn encode(&self) -> [u8; 136] {
        let mut octets = [0; 136];
        let all = self.body().signed_octets().into_iter().chain(self.signature);
        for (place, octet) in octets.iter_mut().zip(all) {
            *place = octet;
        }
        octets
    }

    /// What is signed.
    pub const fn body(&self) -> EndorsementBody {
        let Endorsement { vnb, vna, child, child_hi, parent, .. } = *self;
        EndorsementBody { vnb, vna, child, child_hi, parent }
    }

    /// Checks that `parent_hi` is the parent's key, that the child's key and DET belong together, and that the parent signed.
    ///
    /// The times are not looked at: see [`valid_at`](Self::valid_at).
    pub fn verify(&self, parent_hi: &HostIdentity) -> Result<(), EndorsementError> {
        let Endorsement { child, parent, .. } = *self;
        parent.check(parent_hi).map_err(|mismatch| EndorsementError::Parent { parent, mismatch })?;
        child.check(&self.child_hi).map_err(|mismatch| EndorsementError::Child { child, mismatch })?;
        parent_hi
            .verify(&self.body().signed_octets(), &self.signature)
            .map_err(|cause| EndorsementError::Signature { parent, child, cause })
    }

    /// Whether parent and child are the same DET, as in the endorsement of a trust anchor by itself.
    pub fn is_self_endorsement(&self) -> bool {
        self.parent == self.child
    }

    /// Whether `now` lies between VNB and VNA, both included, read as DRIP time.
    pub fn valid_at(&self, now: UnixTime) -> bool {
        self.vnb.to_unix() <= now && (self.vna == DripTime::FOREVER || now <= self.vna.to_unix())
    }

    /// By which clock the times were probably written.
    pub fn epoch(&self) -> Epoch {
        if self.vnb.looks_like_unix() || self.vna.looks_like_unix() {
            Epoch::UnixSuspected
        } else {
            Epoch::Drip
        }
    }
}

fn det(reader: &mut Octets<'_>, what: &'static str) -> Result<Det, WireError> {
    let at = reader.at();
    Det::from_bytes(reader.array(what)?).map_err(|error| WireError { fault: Fault::Det(error), what, at })
}

fn host_identity(reader: &mut Octets<'_>, what: &'static str) -> Result<HostIdentity, WireError> {
    let at = reader.at();
    HostIdentity::from_bytes(&reader.array(what)?).map_err(|error| WireError {
        fault: Fault::HostIdentity(error),
        what,
        at,
    })
}
