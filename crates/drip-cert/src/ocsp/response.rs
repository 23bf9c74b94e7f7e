//! A response (RFC 6960, section 4.2): an error, or what a responder signed.

use super::{MAX_RESPONSE_LEN, OcspContentError, OcspError, ResponseTbs, asn1, error::same};
use crate::{
    algorithm::{ED25519_DER, require_ed25519},
    oid, strict,
};
use alloc::{boxed::Box, vec::Vec};
use der::{
    Decode, Encode,
    asn1::{Any, BitString, OctetString},
};
use x509_cert::AlgorithmIdentifier;

/// What a responder answers when it gives no status (section 2.3). None of them is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseStatus {
    /// The request is not one.
    MalformedRequest,
    /// Something is wrong here.
    InternalError,
    /// Not now.
    TryLater,
    /// Only signed requests are answered.
    SigRequired,
    /// There is nothing known here of the issuer asked about.
    Unauthorized,
}

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OcspResponse {
    /// No status.
    Failed(ResponseStatus),
    /// A status, signed.
    Basic(Box<BasicResponse>),
}

/// What a responder signed, read, but not verified: see [`BasicResponse::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasicResponse {
    tbs: ResponseTbs,
    to_be_signed: Vec<u8>,
    signature: [u8; 64],
    certificates: Vec<Vec<u8>>,
}

impl ResponseStatus {
    const fn to_form(self) -> asn1::ResponseStatus {
        match self {
            ResponseStatus::MalformedRequest => asn1::ResponseStatus::MalformedRequest,
            ResponseStatus::InternalError => asn1::ResponseStatus::InternalError,
            ResponseStatus::TryLater => asn1::ResponseStatus::TryLater,
            ResponseStatus::SigRequired => asn1::ResponseStatus::SigRequired,
            ResponseStatus::Unauthorized => asn1::ResponseStatus::Unauthorized,
        }
    }

    /// The standard's word.
    pub const fn word(self) -> &'static str {
        match self {
            ResponseStatus::MalformedRequest => "malformedRequest",
            ResponseStatus::InternalError => "internalError",
            ResponseStatus::TryLater => "tryLater",
            ResponseStatus::SigRequired => "sigRequired",
            ResponseStatus::Unauthorized => "unauthorized",
        }
    }

    /// The response that says so: five octets.
    pub const fn encode(self) -> [u8; 5] {
        [0x30, 0x03, 0x0a, 0x01, self.to_form() as u8]
    }
}

impl BasicResponse {
    /// A response of this content, with the responder's signature over [`ResponseTbs::encode`], and the responder's certificate in DER
    /// unless the issuer itself signed.
    pub fn new(
        tbs: ResponseTbs,
        signature: [u8; 64],
        certificates: Vec<Vec<u8>>,
    ) -> Result<Self, OcspContentError> {
        let to_be_signed = tbs.encode()?;
        Ok(BasicResponse { tbs, to_be_signed, signature, certificates })
    }

    /// What it says.
    pub fn tbs(&self) -> &ResponseTbs {
        &self.tbs
    }

    /// The part that is signed.
    pub(super) fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// The responder's signature.
    pub fn signature(&self) -> &[u8; 64] {
        &self.signature
    }

    /// The certificates that go with it, each in DER.
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    fn to_form(&self) -> Result<asn1::BasicResponse, der::Error> {
        let certs = self.certificates.iter().map(|der| Any::from_der(der)).collect::<Result<Vec<_>, _>>()?;
        Ok(asn1::BasicResponse {
            tbs_response_data: self.tbs.to_form()?,
            signature_algorithm: AlgorithmIdentifier::from_der(&ED25519_DER)?,
            signature: BitString::from_bytes(&self.signature)?,
            certs: (!certs.is_empty()).then_some(certs),
        })
    }

    fn decode(der: &[u8]) -> Result<Self, OcspError> {
        strict::check(der)?;
        let form = asn1::BasicResponse::from_der(der).map_err(OcspError::Structure)?;
        let tbs = ResponseTbs::read(&form.tbs_response_data)?;
        require_ed25519(&form.signature_algorithm).map_err(OcspError::SignatureAlgorithm)?;
        let signature = form.signature.as_bytes().and_then(|octets| octets.try_into().ok());
        let signature = signature.ok_or(OcspError::SignatureLength)?;
        if form.certs.as_ref().is_some_and(Vec::is_empty) {
            return Err(OcspError::ResponseBytes("an empty list of certificates"));
        }
        let certificates = form.certs.iter().flatten().map(Encode::to_der).collect::<Result<_, _>>();
        let basic = BasicResponse {
            to_be_signed: form.tbs_response_data.to_der().map_err(OcspError::Structure)?,
            tbs,
            signature,
            certificates: certificates.map_err(OcspError::Structure)?,
        };
        let canonical = basic.to_form().and_then(|form| form.to_der()).map_err(OcspError::Structure)?;
        same(der, &canonical)?;
        Ok(basic)
    }
}

impl OcspResponse {
    /// The response in DER.
    pub fn encode(&self) -> Result<Vec<u8>, OcspContentError> {
        let basic = match self {
            OcspResponse::Failed(status) => return Ok(status.encode().to_vec()),
            OcspResponse::Basic(basic) => basic,
        };
        let form = |basic: &BasicResponse| {
            asn1::Response {
                response_status: asn1::ResponseStatus::Successful,
                response_bytes: Some(asn1::ResponseBytes {
                    response_type: oid::OCSP_BASIC,
                    response: OctetString::new(basic.to_form()?.to_der()?)?,
                }),
            }
            .to_der()
        };
        form(basic).map_err(OcspContentError::Form)
    }

    /// Reads a response in DER.
    pub fn decode(der: &[u8]) -> Result<Self, OcspError> {
        if der.len() > MAX_RESPONSE_LEN {
            return Err(OcspError::Oversized { length: der.len(), max: MAX_RESPONSE_LEN });
        }
        strict::check(der)?;
        let form = asn1::Response::from_der(der).map_err(OcspError::Structure)?;
        same(der, &form.to_der().map_err(OcspError::Structure)?)?;
        let status = match form.response_status {
            asn1::ResponseStatus::Successful => None,
            asn1::ResponseStatus::MalformedRequest => Some(ResponseStatus::MalformedRequest),
            asn1::ResponseStatus::InternalError => Some(ResponseStatus::InternalError),
            asn1::ResponseStatus::TryLater => Some(ResponseStatus::TryLater),
            asn1::ResponseStatus::SigRequired => Some(ResponseStatus::SigRequired),
            asn1::ResponseStatus::Unauthorized => Some(ResponseStatus::Unauthorized),
        };
        match (status, form.response_bytes) {
            (Some(status), None) => Ok(OcspResponse::Failed(status)),
            (Some(_), Some(_)) => Err(OcspError::ResponseBytes("there are some beside an error")),
            (None, None) => Err(OcspError::ResponseBytes("there are none")),
            (None, Some(bytes)) if bytes.response_type == oid::OCSP_BASIC => {
                BasicResponse::decode(bytes.response.as_bytes())
                    .map(|basic| OcspResponse::Basic(Box::new(basic)))
            }
            (None, Some(_)) => Err(OcspError::ResponseBytes("they are not of the type id-pkix-ocsp-basic")),
        }
    }
}
