//! UA-signed evidence: what Wrapper, Manifest and Frame have in common (RFC 9575, section 4.1).
//!
//! | octets | field |
//! |---|---|
//! | 0–3 | VNB, valid not before: seconds since 2019-01-01, little-endian |
//! | 4–7 | VNA, valid not after: the same |
//! | 8…8+n | evidence, n from 0 to 112 octets |
//! | then 16 | DET of the UA |
//! | then 64 | Ed25519 signature by the UA over all before it |

use crate::{Epoch, Fault, OutOfBounds, WireError};
use alloc::vec::Vec;
use drip_det::{BadSignature, Det, DetMismatch, DripTime, HostIdentity, UnixTime};

/// Evidence before it is signed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnsignedEvidence {
    vnb: DripTime,
    vna: DripTime,
    evidence: Vec<u8>,
    ua: Det,
}

/// Evidence with the UA's signature. Decoding does not verify it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UaSignedEvidence {
    body: UnsignedEvidence,
    signature: [u8; 64],
}

/// Why evidence is not that of the UA it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    /// The key it is verified with is not that of the DET in it.
    #[error("the DET {ua} is not that of the key")]
    Ua {
        /// The DET in the evidence.
        ua: Det,
        /// What does not fit.
        #[source]
        mismatch: DetMismatch,
    },
    /// The UA's key did not sign it.
    #[error("the UA {ua} did not sign it")]
    Signature {
        /// The DET in the evidence.
        ua: Det,
        /// The signature's own finding.
        #[source]
        cause: BadSignature,
    },
}

const ALLOWED: &str = "0 to 112 octets";

impl UnsignedEvidence {
    /// The most octets of evidence.
    pub const MOST: usize = 112;
    /// VNB, VNA and DET: what is signed besides the evidence.
    const AROUND: usize = 4 + 4 + 16;

    /// Evidence of 0 to 112 octets.
    pub fn new(vnb: DripTime, vna: DripTime, evidence: Vec<u8>, ua: Det) -> Result<Self, OutOfBounds> {
        if evidence.len() > Self::MOST {
            return Err(OutOfBounds { what: "evidence", found: evidence.len() as u64, allowed: ALLOWED });
        }
        Ok(UnsignedEvidence { vnb, vna, evidence, ua })
    }

    /// Reads what is signed: 24 to 136 octets.
    pub fn decode(octets: &[u8]) -> Result<Self, WireError> {
        let short = WireError { fault: Fault::Truncated, what: "UA-signed evidence", at: octets.len() };
        let Some((vnb, rest)) = octets.split_first_chunk() else { return Err(short) };
        let Some((vna, rest)) = rest.split_first_chunk() else { return Err(short) };
        let Some((evidence, ua)) = rest.split_last_chunk::<16>() else { return Err(short) };
        let (vnb, vna) = (DripTime(u32::from_le_bytes(*vnb)), DripTime(u32::from_le_bytes(*vna)));
        let at = 8 + evidence.len();
        let evidence = evidence.to_vec();
        if evidence.len() > Self::MOST {
            return Err(WireError {
                fault: Fault::Trailing,
                what: "UA-signed evidence",
                at: Self::AROUND + Self::MOST,
            });
        }
        let ua = Det::from_bytes(*ua).map_err(|error| WireError {
            fault: Fault::Det(error),
            what: "UA DET",
            at,
        })?;
        Ok(UnsignedEvidence { vnb, vna, evidence, ua })
    }

    /// The octets that are signed.
    pub fn signed_octets(&self) -> Vec<u8> {
        self.octets_around(&self.evidence)
    }

    /// What is signed, with other evidence in the place of its own: for the extended Wrapper, which is signed with messages and
    /// sent without them.
    pub(super) fn octets_around(&self, evidence: &[u8]) -> Vec<u8> {
        let mut octets = Vec::with_capacity(Self::AROUND + evidence.len());
        octets.extend(self.vnb.0.to_le_bytes());
        octets.extend(self.vna.0.to_le_bytes());
        octets.extend(evidence);
        octets.extend(self.ua.to_bytes());
        octets
    }

    /// The evidence with the UA's signature over [`signed_octets`](Self::signed_octets).
    pub const fn sign_with(self, signature: [u8; 64]) -> UaSignedEvidence {
        UaSignedEvidence { body: self, signature }
    }

    /// Valid not before.
    pub const fn vnb(&self) -> DripTime {
        self.vnb
    }

    /// Valid not after.
    pub const fn vna(&self) -> DripTime {
        self.vna
    }

    /// The evidence itself.
    pub fn evidence(&self) -> &[u8] {
        &self.evidence
    }

    /// The DET of the UA.
    pub const fn ua(&self) -> Det {
        self.ua
    }

    /// By which clock the times were probably written.
    pub fn epoch(&self) -> Epoch {
        if self.vnb.looks_like_unix() || self.vna.looks_like_unix() {
            Epoch::UnixSuspected
        } else {
            Epoch::Drip
        }
    }

    /// Whether `now` lies between VNB and VNA, both included, read as DRIP time.
    pub fn valid_at(&self, now: UnixTime) -> bool {
        self.vnb.to_unix() <= now && now <= self.vna.to_unix()
    }
}

impl UaSignedEvidence {
    /// Octets besides the evidence.
    pub const AROUND: usize = UnsignedEvidence::AROUND + 64;

    /// Reads 88 to 200 octets. Its end is that of the octets: nothing in it says how long the evidence is, the length of the
    /// authentication message around it does.
    pub fn decode(octets: &[u8]) -> Result<Self, WireError> {
        let short = WireError { fault: Fault::Truncated, what: "UA-signed evidence", at: octets.len() };
        if octets.len() > Self::AROUND + UnsignedEvidence::MOST {
            let at = Self::AROUND + UnsignedEvidence::MOST;
            return Err(WireError { fault: Fault::Trailing, what: "UA-signed evidence", at });
        }
        if octets.len() < Self::AROUND {
            return Err(short);
        }
        let Some((body, signature)) = octets.split_last_chunk() else { return Err(short) };
        Ok(UnsignedEvidence::decode(body)?.sign_with(*signature))
    }

    /// The octets.
    pub fn encode(&self) -> Vec<u8> {
        let mut octets = self.body.signed_octets();
        octets.extend(self.signature);
        octets
    }

    /// What is signed.
    pub const fn body(&self) -> &UnsignedEvidence {
        &self.body
    }

    /// The signature.
    pub const fn signature(&self) -> &[u8; 64] {
        &self.signature
    }

    /// Checks that `hi` is the key of the UA's DET and that it signed. The times are not looked at: see
    /// [`UnsignedEvidence::valid_at`].
    pub fn verify(&self, hi: &HostIdentity) -> Result<(), EvidenceError> {
        self.verify_around(hi, &self.body.evidence)
    }

    /// The same with other evidence in the place of its own.
    pub(super) fn verify_around(&self, hi: &HostIdentity, evidence: &[u8]) -> Result<(), EvidenceError> {
        let ua = self.body.ua;
        ua.check(hi).map_err(|mismatch| EvidenceError::Ua { ua, mismatch })?;
        hi.verify(&self.body.octets_around(evidence), &self.signature)
            .map_err(|cause| EvidenceError::Signature { ua, cause })
    }
}
