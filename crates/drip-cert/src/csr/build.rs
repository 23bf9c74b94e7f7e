//! Making a request: what is to be signed, then the whole.

use crate::{
    c509::{C509Error, NativeCsrInfo},
    oid,
    write::{
        PRINTABLE_STRING, SEQUENCE, SET, critical_extension, identifier, name, public_key_info, signed, tlv,
    },
};
use alloc::{string::String, vec::Vec};
use der::asn1::PrintableStringRef;
use drip_det::{Det, DetMismatch, HostIdentity};

/// The content of a request to be made. The key's holder signs [`CsrSpec::to_be_signed`] and [`CsrSpec::assemble`]s the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsrSpec {
    /// The key that asks.
    pub hi: HostIdentity,
    /// The device's serial number, up to 64 characters; without one the subject is empty.
    pub serial_number: Option<String>,
    /// The DET wished for, when the place in the hierarchy is known.
    pub det: Option<Det>,
}

/// Why no request can be made of a [`CsrSpec`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsrSpecError {
    /// X.520 allows 1 to 64 characters of PrintableString: letters, digits, space and `'()+,-./:=?`.
    #[error("{0:?} cannot be a subject serialNumber: 1 to 64 letters, digits, spaces or '()+,-./:=?")]
    SerialNumber(String),
    /// The DET is not that of the key.
    #[error(transparent)]
    Det(#[from] DetMismatch),
    /// It has no native form.
    #[error(transparent)]
    C509(#[from] C509Error),
}

impl CsrSpec {
    /// The octets that the key has to sign: CertificationRequestInfo.
    pub fn to_be_signed(&self) -> Result<Vec<u8>, CsrSpecError> {
        let subject = match &self.serial_number {
            None => tlv(SEQUENCE, &[]),
            Some(text) if text.is_empty() || text.len() > 64 || PrintableStringRef::new(text).is_err() => {
                return Err(CsrSpecError::SerialNumber(text.clone()));
            }
            Some(text) => name(oid::SERIAL_NUMBER, PRINTABLE_STRING, text),
        };
        let attributes = match self.det {
            None => Vec::new(),
            Some(det) => {
                det.check(&self.hi)?;
                // SubjectAltName with one iPAddress, [7].
                let names = tlv(SEQUENCE, &[&tlv(0x87, &[&det.to_bytes()])]);
                let extensions = tlv(SEQUENCE, &[&critical_extension(oid::SUBJECT_ALT_NAME, &names)]);
                tlv(SEQUENCE, &[&identifier(oid::EXTENSION_REQUEST), &tlv(SET, &[&extensions])])
            }
        };
        let version = [0x02, 0x01, 0x00];
        Ok(tlv(SEQUENCE, &[&version, &subject, &public_key_info(&self.hi), &tlv(0xa0, &[&attributes])]))
    }

    /// The same to be signed natively, as C509 of type 2: [`NativeCsrInfo::assemble`] makes the whole.
    pub fn native(&self) -> Result<NativeCsrInfo, CsrSpecError> {
        Ok(NativeCsrInfo::of_info(&self.to_be_signed()?)?)
    }

    /// The whole request in DER, with the signature over [`CsrSpec::to_be_signed`].
    pub fn assemble(&self, signature: &[u8; 64]) -> Result<Vec<u8>, CsrSpecError> {
        Ok(signed(&self.to_be_signed()?, signature))
    }
}
