//! A key of this DIME that is to become an authority: its ceremony has not been held yet.

use crate::IssuingUse;
use drip_det::{Det, DetClass, Hid, HostIdentity, Level, UnixTime};

/// An own key with its certification request, waiting for a ceremony. It stays when the ceremony was held: its DET is then an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prospect {
    /// The DET it will have: its identifier.
    pub det: Det,
    /// 1 when first written, one more with every change. The store sets it from the expectation, whatever is given here.
    pub version: u64,
    /// Its key.
    pub hi: HostIdentity,
    /// Apex, RAA or HDA.
    pub level: Level,
    /// Authorization or Issuing. Of an Authorization DET only the request is ever here, never the key.
    pub class: DetClass,
    /// Its place in the hierarchy.
    pub hid: Hid,
    /// Its PKCS#10 request, DER.
    pub csr: Vec<u8>,
    /// What an Issuing DET will be for; everything, when nothing is said.
    pub uses: Vec<IssuingUse>,
    /// The URI for its certificates.
    pub uri: Option<String>,
    /// When it was added.
    pub added_at: UnixTime,
    /// When it was given up, if it was.
    pub dropped_at: Option<UnixTime>,
}
