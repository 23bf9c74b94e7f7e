//! Reading a request (RFC 2986, section 4).

use super::{CsrError, MAX_LEN, Remark, attributes};
use crate::{
    algorithm::require_ed25519,
    c509::{self, C509Csr, C509Kind},
    oid, pem, strict,
};
use alloc::{string::String, vec::Vec};
use der::{
    Decode, Encode, Tag, Tagged,
    asn1::{Any, PrintableStringRef, TeletexStringRef, Utf8StringRef},
};
use drip_det::{Det, HostIdentity};
use x509_cert::{name::Name, request::CertReq};

/// The encoding that a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsrForm {
    /// PKCS#10, in DER or PEM.
    Pkcs10,
    /// C509 of this type.
    C509(C509Kind),
}

/// A certification request that was read, but whose signature nobody has verified: see [`Csr::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Csr {
    octets: Vec<u8>,
    form: CsrForm,
    pub(super) to_be_signed: Vec<u8>,
    pub(super) signature: [u8; 64],
    hi: HostIdentity,
    serial_number: Option<String>,
    det: Option<Det>,
    remarks: Vec<Remark>,
}

impl Csr {
    /// Reads a request in DER, PEM or C509.
    pub fn parse(octets: &[u8]) -> Result<Csr, CsrError> {
        if octets.len() > MAX_LEN {
            return Err(CsrError::Oversized { length: octets.len() });
        }
        // DER of a request begins with SEQUENCE, `0`, C509 with an array of seven; no line that begins a PEM object does.
        if c509::is_csr(octets) {
            return Self::from_c509(&C509Csr::decode(octets)?);
        }
        if octets.first() != Some(&0x30) && pem::is_pem(octets) {
            Self::from_der(pem::decode(pem::Label::CertificateRequest, octets)?)
        } else {
            Self::from_der(octets.to_vec())
        }
    }

    /// The fields are read from the DER that says the same, with the same strictness; a native signature covers the CBOR.
    fn from_c509(request: &C509Csr) -> Result<Csr, CsrError> {
        let form = CsrForm::C509(request.kind());
        let read = Csr { form, ..Self::from_der(request.fields().to_vec())? };
        Ok(match request.kind() {
            C509Kind::Reencoded => read,
            C509Kind::Native => Csr {
                octets: request.octets().to_vec(),
                to_be_signed: request.to_be_signed().to_vec(),
                ..read
            },
        })
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
        let (octets, form) = (der, CsrForm::Pkcs10);
        Ok(Csr { octets, form, to_be_signed, signature, hi, serial_number, det, remarks })
    }

    /// The request as it was signed: PKCS#10 in DER, also when it came re-encoded as C509; a native C509 request in CBOR.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The encoding that it came in.
    pub fn form(&self) -> CsrForm {
        self.form
    }

    /// Whether it was signed natively, over CBOR: then a native certificate is wished for.
    pub fn is_native(&self) -> bool {
        self.form == CsrForm::C509(C509Kind::Native)
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
