//! HHIT Suite IDs: which key algorithm and hash made a tag (RFC 9374, section 8.2).

use core::fmt;

/// HHIT Suite ID, also called OGA ID: the eight bits of a DET that name its algorithms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SuiteId(pub u8);

impl SuiteId {
    /// EdDSA with cSHAKE128: the suite of every DET, mandatory in DRIP.
    pub const EDDSA_CSHAKE128: SuiteId = SuiteId(5);

    /// Whether IANA has assigned the value: 1, 2, 3, 5, and 254 and 255 for private use by an HDA.
    pub const fn is_assigned(self) -> bool {
        matches!(self.0, 1 | 2 | 3 | 5 | 254 | 255)
    }
}

impl fmt::Display for SuiteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("1 (RSA,DSA/SHA-256)"),
            2 => f.write_str("2 (ECDSA/SHA-384)"),
            3 => f.write_str("3 (ECDSA_LOW/SHA-1)"),
            5 => f.write_str("5 (EdDSA/cSHAKE128)"),
            254 | 255 => write!(f, "{} (HDA private use)", self.0),
            other => write!(f, "{other} (unassigned)"),
        }
    }
}
