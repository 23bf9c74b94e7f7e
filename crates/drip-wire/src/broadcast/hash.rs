//! The hash by which a Manifest names messages: 64 bits of cSHAKE128 (RFC 9575, section 4.4.3, for HHIT suite 5).

use core::fmt;
use cshake::{
    CShake128,
    digest::{ExtendableOutput, Update, XofReader},
};

/// cSHAKE's customization string for these hashes.
const CUSTOMIZATION: &[u8] = b"Remote ID Auth Hash";

/// Eight octets that stand for a message.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageHash(pub [u8; 8]);

impl MessageHash {
    /// Length in octets.
    pub const LEN: usize = 8;
    /// All zero: the previous Manifest of the first one, and the place of the current hash while it is computed.
    pub const ZERO: MessageHash = MessageHash([0; 8]);

    /// The hash of a message of 25 octets, of all pages of an authentication message one behind the other, or of a whole pack.
    pub fn of(octets: &[u8]) -> Self {
        Self::of_all([octets])
    }

    /// The hash of pieces, one behind the other.
    pub(crate) fn of_all<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = CShake128::new_with_function_name(b"", CUSTOMIZATION);
        for piece in pieces {
            hasher.update(piece);
        }
        let mut output = [0; Self::LEN];
        hasher.finalize_xof().read(&mut output);
        MessageHash(output)
    }
}

/// 16 lower-case hexadecimal digits.
impl fmt::Display for MessageHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

impl fmt::Debug for MessageHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageHash({self})")
    }
}
