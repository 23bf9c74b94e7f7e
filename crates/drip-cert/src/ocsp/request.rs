//! A request (RFC 6960, section 4.1).

use super::{CertId, MAX_CERTS, MAX_REQUEST_LEN, Nonce, OcspError, asn1, error::same};
use crate::{oid, strict};
use alloc::vec::Vec;
use der::{Decode, Encode};
use x509_cert::{Version, ext::Extension};

/// A request for the status of certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspRequest {
    cert_ids: Vec<CertId>,
    nonce: Option<Nonce>,
    der: Vec<u8>,
}

impl OcspRequest {
    /// A request to be sent, unsigned.
    pub fn new(cert_ids: Vec<CertId>, nonce: Option<Nonce>) -> Result<Self, OcspError> {
        check_count(cert_ids.len())?;
        let form = |cert_ids: &[CertId]| -> Result<asn1::Request, der::Error> {
            let single = |cert_id: &CertId| {
                Ok(asn1::SingleRequest { req_cert: cert_id.to_form()?, single_request_extensions: None })
            };
            let request_list = cert_ids.iter().map(single).collect::<Result<_, der::Error>>()?;
            let request_extensions =
                nonce.as_ref().map(|nonce| nonce.to_extension().map(|one| Vec::from([one]))).transpose()?;
            let tbs_request = asn1::TbsRequest {
                version: Version::V1,
                requestor_name: None,
                request_list,
                request_extensions,
            };
            Ok(asn1::Request { tbs_request, optional_signature: None })
        };
        let der = form(&cert_ids).and_then(|form| form.to_der()).map_err(OcspError::Structure)?;
        Ok(OcspRequest { cert_ids, nonce, der })
    }

    /// Reads a request in DER. A signature on it is not verified and means nothing.
    pub fn decode(der: &[u8]) -> Result<Self, OcspError> {
        if der.len() > MAX_REQUEST_LEN {
            return Err(OcspError::Oversized { length: der.len(), max: MAX_REQUEST_LEN });
        }
        strict::check(der)?;
        let form = asn1::Request::from_der(der).map_err(OcspError::Structure)?;
        let request = form.tbs_request.clone();
        if request.version != Version::V1 {
            return Err(OcspError::Version(request.version as u8 + 1));
        }
        check_count(request.request_list.len())?;
        let mut cert_ids = Vec::with_capacity(request.request_list.len());
        for (index, single) in request.request_list.iter().enumerate() {
            for extension in single.single_request_extensions.iter().flatten() {
                not_critical(extension)?;
            }
            cert_ids.push(CertId::read(&single.req_cert, index)?);
        }
        let mut nonce = None;
        for extension in request.request_extensions.iter().flatten() {
            if extension.extn_id != oid::OCSP_NONCE {
                not_critical(extension)?;
            } else if nonce.replace(Nonce::from_value(extension.extn_value.as_bytes())?).is_some() {
                return Err(OcspError::Extension(extension.extn_id));
            }
        }
        let canonical = form.to_der().map_err(OcspError::Structure)?;
        same(der, &canonical)?;
        Ok(OcspRequest { cert_ids, nonce, der: canonical })
    }

    /// The certificates asked about: 1 to [`MAX_CERTS`].
    pub fn cert_ids(&self) -> &[CertId] {
        &self.cert_ids
    }

    /// The nonce that the response has to repeat.
    pub fn nonce(&self) -> Option<&Nonce> {
        self.nonce.as_ref()
    }

    /// The request in DER.
    pub fn encode(&self) -> &[u8] {
        &self.der
    }
}

fn check_count(count: usize) -> Result<(), OcspError> {
    match count {
        0 => Err(OcspError::Empty),
        1..=MAX_CERTS => Ok(()),
        _ => Err(OcspError::TooMany { count }),
    }
}

fn not_critical(extension: &Extension) -> Result<(), OcspError> {
    if extension.critical { Err(OcspError::Extension(extension.extn_id)) } else { Ok(()) }
}
