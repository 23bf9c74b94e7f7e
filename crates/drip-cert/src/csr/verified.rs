//! A request whose sender holds the key in it: the only kind that reaches issuance.

use super::{Csr, CsrError};
use core::ops::Deref;

/// A certification request whose signature is that of the key in it, and whose DET, if it wishes for one, is that of its key.
///
/// Only [`Csr::verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedCsr(Csr);

impl Csr {
    /// Verifies that the request was signed by the key in it, and that the DET wished for, if any, is a DET of that key.
    pub fn verify(self) -> Result<VerifiedCsr, CsrError> {
        self.hi().verify(&self.to_be_signed, &self.signature).map_err(|_| CsrError::BadSignature)?;
        if let Some(det) = self.det() {
            det.check(self.hi()).map_err(CsrError::Det)?;
        }
        Ok(VerifiedCsr(self))
    }
}

impl Deref for VerifiedCsr {
    type Target = Csr;

    fn deref(&self) -> &Csr {
        &self.0
    }
}

impl VerifiedCsr {
    /// The request, its proof forgotten.
    pub fn into_csr(self) -> Csr {
        self.0
    }
}
