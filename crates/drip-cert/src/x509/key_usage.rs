//! keyUsage (RFC 5280, section 4.2.1.3) for Ed25519, which signs and does nothing else (RFC 8410, section 5).
//!
//! The value is a BIT STRING without trailing zero bits; bit 0 is digitalSignature, 5 keyCertSign, 6 cRLSign.

/// keyCertSign and cRLSign: an authority.
pub(crate) const CA: [u8; 4] = [0x03, 0x02, 0x01, 0x06];
/// digitalSignature, keyCertSign and cRLSign: an authority that may also answer for itself, as in OCSP.
pub(crate) const CA_AND_SIGNATURE: [u8; 4] = [0x03, 0x02, 0x01, 0x86];
/// digitalSignature: an end entity.
pub(crate) const SIGNATURE: [u8; 4] = [0x03, 0x02, 0x07, 0x80];
