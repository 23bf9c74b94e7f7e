//! An Ed25519 private key (RFC 8032), kept from everything that spreads it.

use drip_cert::csr::{CsrSpec, CsrSpecError};
use drip_det::{Det, Hid, HostIdentity};
use ed25519_dalek::{Signer as _, SigningKey};
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// An Ed25519 private key. It is zeroed when dropped, and has no way to be printed, copied or serialized.
///
/// ```compile_fail
/// fn printable<T: core::fmt::Debug>() {}
/// printable::<dime_sign::PrivateKey>();
/// ```
/// ```compile_fail
/// fn copied<T: Clone>() {}
/// copied::<dime_sign::PrivateKey>();
/// ```
pub struct PrivateKey {
    /// On the heap, so that moving the key does not leave copies of it behind.
    key: Box<SigningKey>,
    hi: HostIdentity,
}

/// The operating system gave no random octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gives no randomness: {0}")]
pub struct NoRandomness(pub getrandom::Error);

impl PrivateKey {
    /// The key of a seed: the 32 octets that RFC 8032 calls the private key.
    #[allow(
        clippy::expect_used,
        reason = "a clamped scalar times the base point is a point of the prime-order group"
    )]
    pub fn from_seed(seed: &Zeroizing<[u8; 32]>) -> Self {
        let key = Box::new(SigningKey::from_bytes(seed));
        let public = key.verifying_key().to_bytes();
        let hi = HostIdentity::from_bytes(&public).expect("the public key of a private key is a good key");
        PrivateKey { key, hi }
    }

    /// A new key, from the operating system's randomness.
    pub fn generate() -> Result<Self, NoRandomness> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut_slice()).map_err(NoRandomness)?;
        Ok(Self::from_seed(&seed))
    }

    /// The public key.
    pub fn hi(&self) -> &HostIdentity {
        &self.hi
    }

    /// The DET of the key at a place in the hierarchy.
    pub fn det(&self, hid: Hid) -> Det {
        Det::derive(hid, &self.hi)
    }

    /// Signs octets as they are: for the holder's own messages. Objects of the DKI are signed by a [`Signer`](crate::Signer), which
    /// reads them first and does not offer this.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }

    /// A certification request for this key, in DER.
    pub fn certification_request(
        &self,
        serial_number: Option<String>,
        det: Option<Det>,
    ) -> Result<Vec<u8>, CsrSpecError> {
        let spec = CsrSpec { hi: self.hi, serial_number, det };
        spec.assemble(&self.sign(&spec.to_be_signed()?))
    }

    /// The same request signed natively, as C509 of type 2.
    pub fn native_request(
        &self,
        serial_number: Option<String>,
        det: Option<Det>,
    ) -> Result<Vec<u8>, CsrSpecError> {
        let info = CsrSpec { hi: self.hi, serial_number, det }.native()?;
        Ok(info.assemble(&self.sign(info.octets())))
    }

    pub(crate) fn seed(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }
}

/// The one field with a secret zeroes itself.
impl ZeroizeOnDrop for PrivateKey {}

const _: () = {
    const fn zeroes_itself<T: ZeroizeOnDrop>() {}
    zeroes_itself::<SigningKey>();
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_8032_first_test() {
        let seed = hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").unwrap();
        let key = PrivateKey::from_seed(&Zeroizing::new(seed.try_into().unwrap()));
        assert_eq!(key.hi().to_string(), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        assert_eq!(
            hex::encode(key.sign(b"")),
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        );
    }

    #[test]
    fn two_new_keys_differ() {
        let (one, other) = (PrivateKey::generate().unwrap(), PrivateKey::generate().unwrap());
        assert_ne!(one.hi(), other.hi());
        assert!(one.hi().verify(b"m", &one.sign(b"m")).is_ok());
    }
}
