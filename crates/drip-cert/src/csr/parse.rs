//! Reading a request (RFC 2986, section 4).

use super::{CsrError, MAX_LEN, Remark, attributes};
use crate::{algorithm::require_ed25519, oid, pem, strict};
use alloc::{string::String, vec::Vec};
use der::{
    Decode, Encode, Tag, Tagged,
    asn1::{Any, PrintableStringRef, TeletexStringRef, Utf8StringRef},
};
use drip_det::{Det, HostIdentity};
use x509_cert::{name::Name, request::CertReq};

/// A certification request that was read, but whose signature nobody has verified: see [`Csr::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Csr {
    pub(super) der: Vec<u8>,
    pub(super) to_be_signed: Vec<u8>,
    pub(super) signature: [u8; 64],
    hi: HostIdentity,
    serial_number: Option<String>,
    det: Option<Det>,
    remarks: Vec<Remark>,
}

impl Csr {
    /// Reads a request in DER or PEM.
    pub fn parse(octets: &[u8]) -> Result<Csr, CsrError> {
        if octets.len() > MAX_LEN {
            return Err(CsrError::Oversized { length: octets.len() });
        }
        // DER of a request begins with SEQUENCE, `0`; no line that begins a PEM object does.
        if octets.first() != Some(&0x30) && pem::is_pem(octets) {
            Self::from_der(pem::decode(pem::Label::CertificateRequest, octets)?)
        } else {
            Self::from_der(octets.to_vec())
        }
    }

    fn from_der(der: Vec<u8>) -> Result<Csr, CsrError> {
        strict::check(&der)?;
        let request = CertReq::from_der(&der).map_err(CsrError::Structure)?;
        let canonical = request.to_der().map_err(CsrError::Structure)?;
        if let Some(offset) = first_difference(&der, &canonical) {
            return Err(CsrError::NotCanonical { offset });
        }
        let to_be_signed = request.info.to_der().map_err(CsrError::Structure)?;

        let key = &request.info.public_key;
        require_ed25519(&key.algorithm).map_err(CsrError::KeyAlgorithm)?;
        let key = key.subject_public_key.as_bytes().and_then(|octets| octets.try_into().ok());
        let hi = HostIdentity::from_bytes(key.ok_or(CsrError::KeyLength)?).map_err(CsrError::Key)?;

        require_ed25519(&request.algorithm).map_err(CsrError::SignatureAlgorithm)?;
        let signature = request.signature.as_bytes().and_then(|octets| octets.try_into().ok());
        let signature = signature.ok_or(CsrError::SignatureLength)?;

        let mut remarks = Vec::new();
        let serial_number = serial_number(&request.info.subject, &mut remarks)?;
        let det = attributes::wished_det(&request.info.attributes, &mut remarks)?;
        Ok(Csr { der, to_be_signed, signature, hi, serial_number, det, remarks })
    }

    /// The request in DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The key that asks.
    pub fn hi(&self) -> &HostIdentity {
        &self.hi
    }

    /// The serial number in the subject, as written there: whether it is one of CTA-2063-A is the registry's question.
    pub fn serial_number(&self) -> Option<&str> {
        self.serial_number.as_deref()
    }

    /// The DET wished for.
    pub fn det(&self) -> Option<Det> {
        self.det
    }

    /// What was read and is not acted on.
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }
}

/// The one serialNumber of the subject; the rest of the subject is remarked on.
fn serial_number(subject: &Name, remarks: &mut Vec<Remark>) -> Result<Option<String>, CsrError> {
    let mut found = None;
    for pair in subject.iter() {
        if pair.oid != oid::SERIAL_NUMBER {
            remarks.push(Remark::Subject(pair.oid));
            continue;
        }
        let text = text(&pair.value).ok_or(CsrError::SerialNumber("it is not text"))?;
        if text.is_empty() {
            return Err(CsrError::SerialNumber("it is empty"));
        }
        if found.replace(text.into()).is_some() {
            return Err(CsrError::SerialNumber("it is there twice"));
        }
    }
    Ok(found)
}

/// The text of a string of the types that serial numbers are met in. X.520 says PrintableString; openssl obeys, other tools do not.
fn text(value: &Any) -> Option<&str> {
    match value.tag() {
        Tag::PrintableString => PrintableStringRef::try_from(value).ok().map(|text| text.as_str()),
        Tag::Utf8String => Utf8StringRef::try_from(value).ok().map(|text| text.as_str()),
        Tag::TeletexString => TeletexStringRef::try_from(value).ok().map(|text| text.as_str()),
        _ => None,
    }
}

/// Where two strings of octets part, if they do.
fn first_difference(one: &[u8], other: &[u8]) -> Option<usize> {
    let common = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    (common < one.len().max(other.len())).then_some(common)
}
