//! The hash inside a DET: cSHAKE128 with the DRIP Context ID (RFC 9374, section 3.5.1).

use cshake::{
    CShake128,
    digest::{ExtendableOutput, Update, XofReader},
};

/// The Context ID of DETs, cSHAKE's customization string (RFC 9374, section 8.2.1).
pub const CONTEXT_ID: [u8; 16] =
    [0x00, 0xb5, 0xa6, 0x9c, 0x79, 0x5d, 0xf5, 0xd5, 0xf0, 0x08, 0x7f, 0x56, 0x84, 0x3f, 0x2c, 0x40];

/// The 64-bit hash of a DET: cSHAKE128 over its upper 64 bits and the host identity.
///
/// `host_id` is the bare 32-byte Ed25519 public key. The parameter is a slice because [`Det::check`](crate::Det::check) also tries the
/// 36-byte HOST_ID form of HIP, to name that mistake.
pub fn det_hash(upper: u64, host_id: &[u8]) -> u64 {
    let mut hasher = CShake128::new_with_function_name(b"", &CONTEXT_ID);
    hasher.update(&upper.to_be_bytes());
    hasher.update(host_id);
    let mut output = [0; 8];
    hasher.finalize_xof().read(&mut output);
    u64::from_be_bytes(output)
}
