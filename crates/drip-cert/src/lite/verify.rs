//! Whether a certificate was signed by the holder of the key that its issuer's DET is made of.

use super::LiteCertificate;
use drip_det::{DetMismatch, HostIdentity, UnixTime};

/// Why a certificate is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LiteVerifyError {
    /// The issuer's DET is not that of the key offered as its parent's.
    #[error("the issuer's DET is not that of the parent's key: {0}")]
    Issuer(DetMismatch),
    /// The signature is not that of the parent over this certificate.
    #[error("the certificate is not signed by the key of its issuer")]
    BadSignature,
}

impl LiteCertificate {
    /// Verifies that `parent` is the key of the issuer named, and signed this. That the DET is that of the certified key was checked on
    /// reading. Time is asked apart: [`LiteCertificate::is_valid_at`].
    pub fn verify(&self, parent: &HostIdentity) -> Result<(), LiteVerifyError> {
        self.tbs().issuer.check(parent).map_err(LiteVerifyError::Issuer)?;
        parent.verify(&self.tbs().to_der(), self.signature()).map_err(|_| LiteVerifyError::BadSignature)
    }

    /// Whether `time` lies in its validity, both ends included.
    pub fn is_valid_at(&self, time: UnixTime) -> bool {
        (self.tbs().not_before.to_unix()..=self.tbs().not_after.to_unix()).contains(&time)
    }
}
