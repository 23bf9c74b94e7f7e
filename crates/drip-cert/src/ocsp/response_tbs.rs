//! ResponseData (RFC 6960, section 4.2.1): what a responder signs.

use super::{CertId, Nonce, OcspContentError, OcspError, asn1, error::same};
use crate::{
    crl::Reason,
    lite::CertTime,
    oid, strict,
    write::{UTF8_STRING, name},
    x509::det_of_name,
};
use alloc::{format, string::ToString, vec::Vec};
use der::{
    Decode, Encode,
    asn1::{GeneralizedTime, Null, OctetString},
};
use drip_det::{Det, HostIdentity};
use sha1::{Digest as _, Sha1};
use x509_cert::{Version, ext::pkix::crl::CrlReason, name::Name};

/// What a responder says, to be signed or read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseTbs {
    /// Who says it.
    pub responder: ResponderId,
    /// When it was signed.
    pub produced_at: CertTime,
    /// One for each certificate asked about.
    pub responses: Vec<SingleResponse>,
    /// The nonce of the request.
    pub nonce: Option<Nonce>,
}

/// Who signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponderId {
    /// By its DET, as one common name.
    Name(Det),
    /// By the SHA-1 of its key.
    Key([u8; 20]),
}

/// The status of one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleResponse {
    /// Which certificate, as it was asked.
    pub cert_id: CertId,
    /// How it stands.
    pub status: CertStatus,
    /// When this was known to be so.
    pub this_update: CertTime,
    /// Until when it may be believed; without it, newer information is always to be had.
    pub next_update: Option<CertTime>,
}

/// How a certificate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertStatus {
    /// Issued and not revoked. That its time is not over is for its reader to see.
    Good,
    /// Revoked, or suspended.
    Revoked {
        /// When.
        at: CertTime,
        /// Why.
        reason: Option<Reason>,
    },
    /// Nothing is known of it here.
    Unknown,
}

impl ResponderId {
    /// The hash of a key.
    pub fn of_key(hi: &HostIdentity) -> Self {
        ResponderId::Key(Sha1::digest(hi.as_bytes()).into())
    }

    /// Whether this names a responder with this DET and key.
    pub fn names(&self, det: Det, hi: &HostIdentity) -> bool {
        match *self {
            ResponderId::Name(name) => name == det,
            ResponderId::Key(_) => *self == Self::of_key(hi),
        }
    }

    fn read(form: &asn1::ResponderId) -> Result<Self, OcspError> {
        match form {
            asn1::ResponderId::ByName(name) => det_of_name(name)
                .map(ResponderId::Name)
                .ok_or_else(|| OcspError::ResponderId(name.to_string())),
            asn1::ResponderId::ByKey(hash) => match hash.as_bytes().try_into() {
                Ok(hash) => Ok(ResponderId::Key(hash)),
                Err(_) => Err(OcspError::ResponderId(format!("{} octets", hash.as_bytes().len()))),
            },
        }
    }

    fn to_form(self) -> Result<asn1::ResponderId, der::Error> {
        Ok(match self {
            ResponderId::Name(det) => asn1::ResponderId::ByName(Name::from_der(&name(
                oid::COMMON_NAME,
                UTF8_STRING,
                &det.to_hex(),
            ))?),
            ResponderId::Key(hash) => asn1::ResponderId::ByKey(OctetString::new(hash)?),
        })
    }
}

impl SingleResponse {
    fn read(form: &asn1::SingleResponse, index: usize) -> Result<Self, OcspError> {
        if let Some(extension) = form.single_extensions.iter().flatten().next() {
            return Err(OcspError::Extension(extension.extn_id));
        }
        if form.single_extensions.is_some() {
            return Err(OcspError::Status { index, reason: "an empty list of extensions" });
        }
        let status = match &form.cert_status {
            asn1::CertStatus::Good(_) => CertStatus::Good,
            asn1::CertStatus::Unknown(_) => CertStatus::Unknown,
            asn1::CertStatus::Revoked(info) => {
                let reason = info.revocation_reason.map(|reason| {
                    let reason = u8::try_from(reason as u32).ok().and_then(Reason::from_code);
                    reason.ok_or(OcspError::Status { index, reason: "its reason is unspecified" })
                });
                CertStatus::Revoked { at: read_time(info.revocation_time), reason: reason.transpose()? }
            }
        };
        Ok(SingleResponse {
            cert_id: CertId::read(&form.cert_id, index)?,
            status,
            this_update: read_time(form.this_update),
            next_update: form.next_update.map(read_time),
        })
    }

    fn to_form(&self) -> Result<asn1::SingleResponse, der::Error> {
        let cert_status = match self.status {
            CertStatus::Good => asn1::CertStatus::Good(Null),
            CertStatus::Unknown => asn1::CertStatus::Unknown(Null),
            CertStatus::Revoked { at, reason } => asn1::CertStatus::Revoked(asn1::RevokedInfo {
                revocation_time: write_time(at)?,
                revocation_reason: reason
                    .map(|reason| CrlReason::from_der(&[0x0a, 1, reason.code()]))
                    .transpose()?,
            }),
        };
        Ok(asn1::SingleResponse {
            cert_id: self.cert_id.to_form()?,
            cert_status,
            this_update: write_time(self.this_update)?,
            next_update: self.next_update.map(write_time).transpose()?,
            single_extensions: None,
        })
    }
}

impl ResponseTbs {
    /// The octets that the responder has to sign: ResponseData. Content that a response cannot have is refused.
    pub fn encode(&self) -> Result<Vec<u8>, OcspContentError> {
        self.check()?;
        self.to_form().and_then(|form| form.to_der()).map_err(OcspContentError::Form)
    }

    /// Reads ResponseData, as it comes to a signer: what is returned encodes to the same octets.
    pub fn decode(der: &[u8]) -> Result<Self, OcspError> {
        if der.len() > super::MAX_RESPONSE_LEN {
            return Err(OcspError::Oversized { length: der.len(), max: super::MAX_RESPONSE_LEN });
        }
        strict::check(der)?;
        let form = asn1::ResponseData::from_der(der).map_err(OcspError::Structure)?;
        let tbs = Self::read(&form)?;
        let canonical = tbs.to_form().and_then(|form| form.to_der()).map_err(OcspError::Structure)?;
        same(der, &canonical)?;
        Ok(tbs)
    }

    pub(super) fn check(&self) -> Result<(), OcspContentError> {
        if self.responses.is_empty() {
            return Err(OcspContentError::Empty);
        }
        for (index, response) in self.responses.iter().enumerate() {
            let ended = response.next_update.is_some_and(|next| next <= response.this_update);
            if ended || response.this_update > self.produced_at {
                return Err(OcspContentError::Times { index });
            }
            if matches!(response.status, CertStatus::Revoked { at, .. } if at > response.this_update) {
                return Err(OcspContentError::Future { index });
            }
        }
        Ok(())
    }

    pub(super) fn read(form: &asn1::ResponseData) -> Result<Self, OcspError> {
        if form.version != Version::V1 {
            return Err(OcspError::Version(form.version as u8 + 1));
        }
        if form.responses.is_empty() {
            return Err(OcspError::Empty);
        }
        let single = |(index, form)| SingleResponse::read(form, index);
        let responses = form.responses.iter().enumerate().map(single).collect::<Result<_, _>>()?;
        let mut nonce = None;
        for extension in form.response_extensions.iter().flatten() {
            let value = extension.extn_value.as_bytes();
            if extension.extn_id != oid::OCSP_NONCE || nonce.replace(Nonce::from_value(value)?).is_some() {
                return Err(OcspError::Extension(extension.extn_id));
            }
        }
        Ok(ResponseTbs {
            responder: ResponderId::read(&form.responder_id)?,
            produced_at: read_time(form.produced_at),
            responses,
            nonce,
        })
    }

    pub(super) fn to_form(&self) -> Result<asn1::ResponseData, der::Error> {
        let extension = self.nonce.as_ref().map(|nonce| nonce.to_extension().map(|one| Vec::from([one])));
        Ok(asn1::ResponseData {
            version: Version::V1,
            responder_id: self.responder.to_form()?,
            produced_at: write_time(self.produced_at)?,
            responses: self.responses.iter().map(SingleResponse::to_form).collect::<Result<_, _>>()?,
            response_extensions: extension.transpose()?,
        })
    }
}

fn read_time(time: GeneralizedTime) -> CertTime {
    CertTime::from_date_time(time.to_date_time())
}

fn write_time(time: CertTime) -> Result<GeneralizedTime, der::Error> {
    GeneralizedTime::from_der(&time.to_generalized())
}
