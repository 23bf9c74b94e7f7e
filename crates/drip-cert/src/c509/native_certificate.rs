//! A native certificate of one of the profiles, read back: the counterpart of [`X509`](crate::x509::X509).

use super::{C509Certificate, C509Error, native::native};
use crate::x509::{CertError, CertVerifyError, Tbs};
use alloc::vec::Vec;
use drip_det::{HostIdentity, UnixTime};

/// A native certificate (type 2) whose content is `T`, of the right form, but whose signature nobody has verified: see
/// [`NativeCertificate::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NativeCertificate<T> {
    tbs: T,
    signature: [u8; 64],
    to_be_signed: Vec<u8>,
    octets: Vec<u8>,
}

/// Why octets are no native certificate of a profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NativeCertificateError {
    /// They are no C509 certificate of type 2.
    #[error(transparent)]
    C509(#[from] C509Error),
    /// What it says is not what the profile has.
    #[error(transparent)]
    Certificate(#[from] CertError),
}

impl<T: Tbs> NativeCertificate<T> {
    /// Reads a certificate in CBOR.
    pub fn parse(octets: &[u8]) -> Result<Self, NativeCertificateError> {
        Self::of_c509(&C509Certificate::decode(octets)?)
    }

    /// The same, of one that was read already.
    pub fn of_c509(certificate: &C509Certificate) -> Result<Self, NativeCertificateError> {
        native(certificate.kind())?;
        let tbs = T::decode(certificate.native()?.x509())?;
        let signature = certificate.signature().try_into().map_err(|_| CertError::SignatureLength)?;
        let (to_be_signed, octets) = (certificate.to_be_signed().to_vec(), certificate.octets().to_vec());
        Ok(NativeCertificate { tbs, signature, to_be_signed, octets })
    }

    /// What it says.
    pub fn tbs(&self) -> &T {
        &self.tbs
    }

    /// The certificate in CBOR.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// Verifies that `parent` is the key of the issuer named, and signed this. Time is asked apart.
    pub fn verify(&self, parent: &HostIdentity) -> Result<(), CertVerifyError> {
        self.tbs.issuer().check(parent).map_err(CertVerifyError::Issuer)?;
        parent.verify(&self.to_be_signed, &self.signature).map_err(|_| CertVerifyError::BadSignature)
    }

    /// Whether `time` lies in its validity, both ends included.
    pub fn is_valid_at(&self, time: UnixTime) -> bool {
        (self.tbs.not_before().to_unix()..=self.tbs.not_after().to_unix()).contains(&time)
    }
}
