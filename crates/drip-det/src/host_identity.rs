//! Host Identity: the Ed25519 public key behind a DET (RFC 9374, section 3.4; key form of RFC 8032).

use core::{fmt, str::FromStr};
use ed25519_dalek::{Signature, VerifyingKey};

/// An Ed25519 public key that can be a host identity: a point of the curve, not of small order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostIdentity([u8; 32]);

/// 32 octets that are no usable Ed25519 public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// The octets encode no point of the curve.
    #[error("the 32 octets are not a point of the Ed25519 curve")]
    NotAPoint,
    /// The point has small order: signatures under it prove nothing.
    #[error("the key is a small-order point, for which signatures prove nothing")]
    SmallOrder,
}

/// A signature that this key did not make over this message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the Ed25519 signature does not verify")]
pub struct BadSignature;

impl HostIdentity {
    /// Length in octets.
    pub const LEN: usize = 32;

    /// The key of these octets.
    pub fn from_bytes(octets: &[u8; 32]) -> Result<Self, InvalidKey> {
        let key = VerifyingKey::from_bytes(octets).map_err(|_| InvalidKey::NotAPoint)?;
        if key.is_weak() { Err(InvalidKey::SmallOrder) } else { Ok(HostIdentity(*octets)) }
    }

    /// The 32 octets.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Checks a signature by the strict rules: no malleable `S`, no small-order `R`.
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> Result<(), BadSignature> {
        VerifyingKey::from_bytes(&self.0)
            .and_then(|key| key.verify_strict(message, &Signature::from_bytes(signature)))
            .map_err(|_| BadSignature)
    }
}

impl From<&VerifyingKey> for HostIdentity {
    /// The host identity of a key that belongs to a signing key of ours, so never of small order.
    fn from(key: &VerifyingKey) -> Self {
        HostIdentity(key.to_bytes())
    }
}

/// 64 lower-case hexadecimal digits.
impl fmt::Display for HostIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for HostIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HostIdentity({self})")
    }
}

/// Text that is no host identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseHostIdentityError {
    /// It is not 64 hexadecimal digits.
    #[error("a host identity is written as 64 hexadecimal digits")]
    Form,
    /// The octets are no usable key.
    #[error(transparent)]
    Key(#[from] InvalidKey),
}

impl FromStr for HostIdentity {
    type Err = ParseHostIdentityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut octets = [0; 32];
        hex::decode_to_slice(text, &mut octets).map_err(|_| ParseHostIdentityError::Form)?;
        Ok(HostIdentity::from_bytes(&octets)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_order_points_and_non_points_are_refused() {
        let mut identity_point = [0; 32];
        identity_point[0] = 1;
        assert_eq!(HostIdentity::from_bytes(&identity_point), Err(InvalidKey::SmallOrder));
        assert_eq!(HostIdentity::from_bytes(&[0; 32]), Err(InvalidKey::SmallOrder));
        let mut off_curve = [0; 32];
        off_curve[0] = 2;
        assert_eq!(HostIdentity::from_bytes(&off_curve), Err(InvalidKey::NotAPoint));
    }

    /// RFC 8032, section 7.1, test 2.
    #[test]
    fn verifies_the_published_signature_and_no_other() {
        let key: HostIdentity =
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c".parse().unwrap();
        let mut signature = [0; 64];
        hex::decode_to_slice(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            &mut signature,
        )
        .unwrap();
        assert_eq!(key.verify(&[0x72], &signature), Ok(()));
        assert_eq!(key.verify(&[0x73], &signature), Err(BadSignature));
        signature[0] ^= 1;
        assert_eq!(key.verify(&[0x72], &signature), Err(BadSignature));
    }
}
