//! Whether a list was signed by the holder of the key that its issuer's DET is made of, and what it says.

use super::{Crl, Entry, Reason};
use crate::lite::CertificateSerial;
use drip_det::{Det, DetMismatch, HostIdentity, UnixTime};

/// Why a list is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrlVerifyError {
    /// The issuer's DET is not that of the key offered.
    #[error("the CRL issuer's DET is not that of the key: {0}")]
    Issuer(DetMismatch),
    /// The signature is not that of the issuer over this list.
    #[error("the CRL is not signed by the key of its issuer")]
    BadSignature,
}

impl Crl {
    /// Verifies that `issuer` is the key of the issuer named, and signed this. Time is asked apart: [`Crl::is_current_at`].
    pub fn verify(&self, issuer: &HostIdentity) -> Result<(), CrlVerifyError> {
        self.tbs().issuer.check(issuer).map_err(CrlVerifyError::Issuer)?;
        issuer.verify(self.to_be_signed(), self.signature()).map_err(|_| CrlVerifyError::BadSignature)
    }

    /// Whether `time` lies between thisUpdate and nextUpdate, both included.
    pub fn is_current_at(&self, time: UnixTime) -> bool {
        (self.tbs().this_update.to_unix()..=self.tbs().next_update.to_unix()).contains(&time)
    }

    /// What it says of a certificate: `None` when it is not in it. That it speaks of that certificate at all is for the caller to know.
    pub fn find(&self, issuer: Det, serial: &CertificateSerial) -> Option<&Entry> {
        let tbs = self.tbs();
        let order = |entry: &Entry| {
            let sought = Entry {
                issuer,
                serial: serial.clone(),
                revoked_at: entry.revoked_at,
                reason: None,
                invalid_since: None,
            };
            entry.order(&sought, tbs.issuer)
        };
        let found = tbs.entries.binary_search_by(order);
        let entry = found.ok().and_then(|index| tbs.entries.get(index))?;
        Some(entry).filter(|entry| entry.reason != Some(Reason::RemoveFromCrl))
    }
}
