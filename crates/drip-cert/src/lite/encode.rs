//! Writing a certificate: the part to be signed, then the whole.

use super::{CertTime, LiteError, LiteTbs, Subject};
use crate::{
    algorithm::ED25519_DER,
    oid,
    write::{SEQUENCE, TRUE, UTF8_STRING, critical_extension, name, public_key_info, signed, tlv},
};
use alloc::vec::Vec;

impl LiteTbs {
    /// The octets that the issuer has to sign: TBSCertificate. Content that the profile does not allow is refused.
    pub fn encode(&self) -> Result<Vec<u8>, LiteError> {
        self.check()?;
        Ok(self.to_der())
    }

    /// The whole certificate in DER, with the issuer's signature over [`LiteTbs::encode`].
    pub fn assemble(&self, signature: &[u8; 64]) -> Result<Vec<u8>, LiteError> {
        Ok(signed(&self.encode()?, signature))
    }

    /// Whether the fields fit each other.
    pub(super) fn check(&self) -> Result<(), LiteError> {
        let (not_before, not_after) = (self.not_before, self.not_after);
        if not_after < not_before {
            return Err(LiteError::Validity { not_before, not_after });
        }
        match (not_after == CertTime::FOREVER, self.hardware_module.is_some()) {
            (true, false) => return Err(LiteError::ForeverWithoutHardwareModule),
            (false, true) => return Err(LiteError::HardwareModuleWithoutForever),
            _ => {}
        }
        if !self.subject.fits(self.det) {
            return Err(LiteError::Subject { subject: self.subject, det: self.det });
        }
        if let Some(uri) = self.uri.as_ref().filter(|uri| !is_uri(uri)) {
            return Err(LiteError::Uri(uri.clone()));
        }
        Ok(self.det.check(&self.hi)?)
    }

    /// TBSCertificate of content that was checked.
    pub(super) fn to_der(&self) -> Vec<u8> {
        let version = [0xa0, 0x03, 0x02, 0x01, 0x02];
        let issuer = name(oid::COMMON_NAME, UTF8_STRING, &self.issuer.to_hex());
        let validity = tlv(SEQUENCE, &[&self.not_before.to_der(), &self.not_after.to_der()]);
        let subject = match self.subject.common_name() {
            None => tlv(SEQUENCE, &[]),
            Some(text) => name(oid::COMMON_NAME, UTF8_STRING, &text),
        };
        let basic_constraints = match self.subject {
            Subject::Empty => Vec::new(),
            _ => critical_extension(oid::BASIC_CONSTRAINTS, &tlv(SEQUENCE, &[&TRUE])),
        };
        let alternative_name = critical_extension(oid::SUBJECT_ALT_NAME, &self.names());
        let extensions = tlv(0xa3, &[&tlv(SEQUENCE, &[&basic_constraints, &alternative_name])]);
        let serial = self.serial.to_der();
        let key = public_key_info(&self.hi);
        tlv(SEQUENCE, &[&version, &serial, &ED25519_DER, &issuer, &validity, &subject, &key, &extensions])
    }

    /// SubjectAltName: iPAddress [7], uniformResourceIdentifier [6], otherName [0], in this order.
    fn names(&self) -> Vec<u8> {
        let address = tlv(0x87, &[&self.det.to_bytes()]);
        let uri = self.uri.as_ref().map(|uri| tlv(0x86, &[uri.as_bytes()])).unwrap_or_default();
        let module = self.hardware_module.as_ref().map(|module| module.to_general_name()).unwrap_or_default();
        tlv(SEQUENCE, &[&address, &uri, &module])
    }
}

/// A scheme, a colon and something after it, all visible ASCII.
fn is_uri(text: &str) -> bool {
    text.len() <= 255
        && text.bytes().all(|octet| octet.is_ascii_graphic())
        && text.split_once(':').is_some_and(|(scheme, rest)| {
            scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"+-.".contains(&octet))
                && !rest.is_empty()
        })
}
