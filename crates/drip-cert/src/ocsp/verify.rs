//! Whether a response may be believed, and what it says: the asker's side (RFC 6960, section 3.2).

use super::{BasicResponse, CertId, CertStatus, Issuer, Nonce, SingleResponse};
use crate::{
    mtls::{MtlsCertificate, MtlsRole},
    x509::{CertError, CertVerifyError},
};
use drip_det::{HostIdentity, UnixTime};

/// Why a response is not to be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OcspVerifyError {
    /// Neither the issuer, nor anybody whose certificate goes with the response, is its responder.
    #[error("the response is not signed by the issuer, and has no certificate of its responder")]
    NoResponder,
    /// The responder's certificate cannot be read.
    #[error("responder's certificate: {0}")]
    Certificate(#[from] CertError),
    /// The responder's certificate is for another use.
    #[error("the responder's certificate is not one of an OCSP responder")]
    Role,
    /// The responder's certificate is not by the issuer of the certificate asked about.
    #[error("the issuer of the certificate asked about did not certify the responder: {0}")]
    NotDelegated(CertVerifyError),
    /// The responder's certificate is not valid now.
    #[error("the responder's certificate is not valid at {now}")]
    CertificateTime {
        /// Now.
        now: UnixTime,
    },
    /// The signature is not the responder's.
    #[error("the response is not signed by its responder")]
    BadSignature,
}

/// Why a response does not say how a certificate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatusError {
    /// It is not about this certificate.
    #[error("the response does not speak of the certificate asked about")]
    NotAbout,
    /// It is of another time.
    #[error("the response was for {this_update} to its next update, and now is {now}")]
    Time {
        /// Its thisUpdate.
        this_update: UnixTime,
        /// Now.
        now: UnixTime,
    },
    /// It answers another request.
    #[error("the response repeats another nonce than the request's")]
    Nonce,
}

impl BasicResponse {
    /// Verifies that the issuer itself signed this, or a responder to whom it gave a certificate for that, valid now.
    pub fn verify(&self, issuer: &Issuer, now: UnixTime) -> Result<(), OcspVerifyError> {
        let responder = &self.tbs().responder;
        if responder.names(issuer.det, &issuer.hi) {
            return self.verify_by(&issuer.hi);
        }
        let der = self.certificates().first().ok_or(OcspVerifyError::NoResponder)?;
        let certificate = MtlsCertificate::parse(der)?;
        let tbs = certificate.tbs();
        if !responder.names(tbs.det, &tbs.hi) {
            return Err(OcspVerifyError::NoResponder);
        }
        if tbs.role != MtlsRole::OcspResponder {
            return Err(OcspVerifyError::Role);
        }
        certificate.verify(&issuer.hi).map_err(OcspVerifyError::NotDelegated)?;
        if !certificate.is_valid_at(now) {
            return Err(OcspVerifyError::CertificateTime { now });
        }
        self.verify_by(&tbs.hi)
    }

    /// Verifies that this key signed it: one that the asker trusts for this by itself.
    pub fn verify_by(&self, responder: &HostIdentity) -> Result<(), OcspVerifyError> {
        responder.verify(self.to_be_signed(), self.signature()).map_err(|_| OcspVerifyError::BadSignature)
    }

    /// How a certificate stands, from a response that was verified. `skew` seconds are granted to the clocks. Where a nonce was sent,
    /// the response must repeat it.
    pub fn status(
        &self,
        cert_id: &CertId,
        nonce: Option<&Nonce>,
        now: UnixTime,
        skew: u64,
    ) -> Result<CertStatus, StatusError> {
        if nonce.is_some() && nonce != self.tbs().nonce.as_ref() {
            return Err(StatusError::Nonce);
        }
        let about = |response: &&SingleResponse| response.cert_id == *cert_id;
        let response = self.tbs().responses.iter().find(about).ok_or(StatusError::NotAbout)?;
        let this_update = response.this_update.to_unix();
        let begun = this_update.0 <= now.0.saturating_add(skew);
        let ended = response.next_update.is_some_and(|next| next.to_unix().0.saturating_add(skew) < now.0);
        if begun && !ended { Ok(response.status) } else { Err(StatusError::Time { this_update, now }) }
    }
}
