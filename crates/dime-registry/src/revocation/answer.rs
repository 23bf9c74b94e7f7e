//! Answering OCSP requests (RFC 6960).

use super::{delegate::Delegate, list::cert_time};
use crate::{OurFault, Registry, digest, issuers::Issuer as Signing};
use dime_sign::answer_status;
use dime_store::{IssuingUse, State};
use drip_cert::{
    crl::Reason,
    lite::CertificateSerial,
    ocsp::{
        CertId, CertStatus, Issuer, OcspRequest, OcspResponse, ResponderId, ResponseStatus, ResponseTbs,
        SingleResponse,
    },
};
use drip_det::{Det, DetClass, Hda, Hid, UnixTime};

/// An answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspAnswer {
    /// The response in DER.
    pub der: Vec<u8>,
    /// How long it may be kept: nothing for errors, and for answers to a nonce.
    pub fresh: Option<Freshness>,
}

/// For how long an answer may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// Since when.
    pub this_update: UnixTime,
    /// Until when.
    pub next_update: UnixTime,
    /// SHA-256 of the response.
    pub digest: [u8; 32],
}

/// From when to when a status is to be believed.
#[derive(Clone, Copy)]
struct Span {
    this_update: UnixTime,
    next_update: UnixTime,
}

/// Why there is no status.
enum NoStatus {
    /// The protocol has a word for it.
    Said(ResponseStatus),
    Ours(OurFault),
}

impl From<OurFault> for NoStatus {
    fn from(fault: OurFault) -> Self {
        NoStatus::Ours(fault)
    }
}

impl Registry {
    /// Answers an OCSP request in DER. Whatever goes wrong is said in an OCSP response. What is revoked when this is called is told.
    pub fn ocsp(&self, request: &[u8]) -> OcspAnswer {
        let said = |status: ResponseStatus| OcspAnswer { der: status.encode().to_vec(), fresh: None };
        let request = match OcspRequest::decode(request) {
            Ok(request) => request,
            Err(error) => {
                tracing::debug!(%error, "an OCSP request is malformed");
                return said(ResponseStatus::MalformedRequest);
            }
        };
        match self.ocsp_answer(&request) {
            Ok(answer) => answer,
            Err(NoStatus::Said(status)) => said(status),
            Err(NoStatus::Ours(fault)) => {
                tracing::error!(
                    error = &fault as &dyn std::error::Error,
                    "an OCSP request cannot be answered"
                );
                said(match fault {
                    OurFault::StoreUnavailable(_) | OurFault::StoreUnknown(_) => ResponseStatus::TryLater,
                    _ => ResponseStatus::InternalError,
                })
            }
        }
    }

    fn ocsp_answer(&self, request: &OcspRequest) -> Result<OcspAnswer, NoStatus> {
        let now = self.clock.now();
        let issuers: Vec<Option<Issuer>> =
            request.cert_ids().iter().map(|cert_id| self.revocation.ledger.issuer_of(cert_id)).collect();
        // Who is asked only about strangers' certificates has nothing to say (section 2.3).
        let first = issuers.iter().flatten().next().ok_or(NoStatus::Said(ResponseStatus::Unauthorized))?;
        let signing = self.responding_for(first.det, now);
        let signing = signing.ok_or(NoStatus::Said(ResponseStatus::Unauthorized))?;
        let delegate = self.delegate_of(&signing, now)?;
        let end = now.0.saturating_add(self.policy.revocation.response_lifetime.max(1));
        let span = Span { this_update: now, next_update: UnixTime(end.min(delegate.not_after.0)) };
        let mut responses = Vec::with_capacity(issuers.len());
        for (cert_id, issuer) in request.cert_ids().iter().zip(&issuers) {
            responses.push(self.single(cert_id, issuer.as_ref(), span)?);
        }
        let der = self.sign_response(&delegate, request, responses, now)?;
        let one = request.cert_ids().len() == 1 && request.nonce().is_none();
        let Span { this_update, next_update } = span;
        let fresh = one.then(|| Freshness { this_update, next_update, digest: digest::sha256(&der) });
        Ok(OcspAnswer { der, fresh })
    }

    fn sign_response(
        &self,
        delegate: &Delegate,
        request: &OcspRequest,
        responses: Vec<SingleResponse>,
        now: UnixTime,
    ) -> Result<Vec<u8>, OurFault> {
        use dime_sign::Signer as _;
        let tbs = ResponseTbs {
            responder: ResponderId::of_key(delegate.signer.hi()),
            produced_at: cert_time(now)?,
            responses,
            nonce: request.nonce().cloned(),
        };
        let basic = answer_status(&delegate.signer, tbs, vec![delegate.certificate.clone()], now)
            .map_err(|error| OurFault::Signer(Box::new(error)))?;
        OcspResponse::Basic(Box::new(basic))
            .encode()
            .map_err(|error| OurFault::Signer(Box::new(dime_sign::SignError::from(error))))
    }

    /// The issuer whose responder answers for an authority: itself; for an Authorization DET, an Issuing DET of its place or its RAA's.
    fn responding_for(&self, issuer: Det, now: UnixTime) -> Option<Signing> {
        let authority = self.authorities.find(issuer)?;
        if authority.class != DetClass::Authorization {
            return self.issuers.named(issuer);
        }
        let of_raa = Hid::new(authority.hid.raa, Hda::OF_RAA);
        [of_raa, authority.hid]
            .into_iter()
            .filter_map(|place| self.issuers.for_use(IssuingUse::Ocsp, Some(place), now))
            .find(|signing| signing.valid_at(now).is_ok())
    }

    fn single(
        &self,
        cert_id: &CertId,
        issuer: Option<&Issuer>,
        span: Span,
    ) -> Result<SingleResponse, OurFault> {
        let status = match issuer {
            Some(issuer) => self.certificate_status(issuer.det, &cert_id.serial, span.this_update)?,
            None => CertStatus::Unknown,
        };
        Ok(SingleResponse {
            cert_id: cert_id.clone(),
            status,
            this_update: cert_time(span.this_update)?,
            next_update: Some(cert_time(span.next_update)?),
        })
    }

    /// How a certificate stands, by its issuer and serial number. What was never issued is not good.
    fn certificate_status(
        &self,
        issuer: Det,
        serial: &CertificateSerial,
        now: UnixTime,
    ) -> Result<CertStatus, OurFault> {
        if let Some(row) = self.revocation.ledger.authority_status(issuer, serial) {
            return Ok(match row {
                None => CertStatus::Good,
                Some(row) => CertStatus::Revoked { at: cert_time(row.at.min(now))?, reason: row.reason },
            });
        }
        let Some(record) = self.store.registration_by_serial(issuer, serial.as_bytes())? else {
            return Ok(CertStatus::Unknown);
        };
        Ok(match record.state {
            State::Registered | State::Expired => CertStatus::Good,
            State::Revoked => CertStatus::Revoked {
                at: cert_time(record.ended_at.unwrap_or(record.requested_at).min(now))?,
                reason: record.reason_code.and_then(Reason::from_code),
            },
            // Intended and perhaps never signed.
            State::Pending | State::Issuing | State::Denied => CertStatus::Unknown,
        })
    }
}
