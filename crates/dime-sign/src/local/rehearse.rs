//! Whether a signer would sign, without its signing: the same decoding, lints and checks, in the same order.

use super::LocalSigner;
use crate::{KeyClass, SignError, SignRequest};
use drip_cert::{
    crl::CrlTbs, full::FullTbs, lint::Linted, lite::LiteTbs, mtls::MtlsTbs, ocsp::ResponseTbs, x509::Tbs,
};
use drip_det::UnixTime;
use drip_wire::{cache::Cache, trust::TrustList};

impl<C: KeyClass> LocalSigner<C> {
    /// What [`Signer::sign`](crate::Signer::sign) would say to this request now, but for the signature.
    pub(crate) fn rehearse(&self, request: &SignRequest, now: UnixTime) -> Result<(), SignError> {
        match request {
            SignRequest::Endorsement(body) => self.check_endorsement(body, now)?,
            SignRequest::LiteCertificate(der) => self.rehearse_certificate::<LiteTbs>(request, der, now)?,
            SignRequest::FullCertificate(der) => self.rehearse_certificate::<FullTbs>(request, der, now)?,
            SignRequest::MtlsCertificate(der) => self.rehearse_certificate::<MtlsTbs>(request, der, now)?,
            SignRequest::C509Certificate(items) => {
                self.check_c509(request, items, now)?;
            }
            SignRequest::Crl(der) => self.check_crl(&CrlTbs::decode(der)?, now)?,
            SignRequest::OcspResponse(der) => self.check_ocsp(&ResponseTbs::decode(der)?, now)?,
            SignRequest::OperatorAttestation(body) => self.check_attestation(body, now)?,
            SignRequest::UaEvidence(body) => self.check_ua_evidence(body, now)?,
            SignRequest::TrustList(payload) => {
                self.check_trust_list(&TrustList::decode(payload).map_err(SignError::TrustList)?, now)?;
            }
            SignRequest::OfflineCache(payload) => {
                self.check_offline_cache(&Cache::decode(payload).map_err(SignError::OfflineCache)?, now)?;
            }
        }
        Ok(())
    }

    pub(super) fn rehearse_certificate<T: Tbs>(
        &self,
        request: &SignRequest,
        der: &[u8],
        now: UnixTime,
    ) -> Result<(), SignError> {
        let linted = Linted::<T>::new(der)?;
        Ok(self.check_certificate(request.kind(), linted.tbs(), now)?)
    }
}
