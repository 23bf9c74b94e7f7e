//! Reading a certificate, field by field in the order of RFC 5280, section 4.1, up to its extensions.

use super::{CertError, CertTime, CertificateSerial, ReadKey};
use crate::{algorithm::require_ed25519, oid};
use alloc::string::{String, ToString};
use der::asn1::Utf8StringRef;
use drip_det::{Det, HostIdentity};
use x509_cert::{TbsCertificate, Version, ext::Extension, name::Name};

/// What is the same in every profile, and the two things that are not.
pub(crate) struct Fields<'a> {
    pub(crate) serial: CertificateSerial,
    pub(crate) issuer: Det,
    pub(crate) not_before: CertTime,
    pub(crate) not_after: CertTime,
    pub(crate) subject: &'a Name,
    pub(crate) hi: HostIdentity,
    pub(crate) extensions: &'a [Extension],
}

impl<'a> Fields<'a> {
    pub(crate) fn read(tbs: &'a TbsCertificate, read_key: ReadKey<'_>) -> Result<Self, CertError> {
        match tbs.version() {
            Version::V3 => {}
            other => return Err(CertError::Version(other as u8 + 1)),
        }
        let serial =
            CertificateSerial::from_integer(tbs.serial_number().as_bytes()).map_err(CertError::Serial)?;
        require_ed25519(tbs.signature())
            .map_err(|algorithm| CertError::SignatureAlgorithm { field: "signature", algorithm })?;
        let issuer = det_of_name(tbs.issuer()).ok_or_else(|| CertError::Issuer(tbs.issuer().to_string()))?;

        let key = tbs.subject_public_key_info();
        require_ed25519(&key.algorithm).map_err(CertError::KeyAlgorithm)?;
        let key = key.subject_public_key.as_bytes().and_then(|octets| octets.try_into().ok());
        let hi = read_key(key.ok_or(CertError::KeyLength)?).map_err(CertError::Key)?;

        if tbs.issuer_unique_id().is_some() {
            return Err(CertError::UniqueId("issuerUniqueID"));
        }
        if tbs.subject_unique_id().is_some() {
            return Err(CertError::UniqueId("subjectUniqueID"));
        }
        Ok(Self {
            serial,
            issuer,
            not_before: CertTime::from_x509(tbs.validity().not_before),
            not_after: CertTime::from_x509(tbs.validity().not_after),
            subject: tbs.subject(),
            hi,
            extensions: tbs.extensions().map_or(&[], |list| list.as_slice()),
        })
    }
}

/// The text of a name that is exactly one common name in UTF-8.
pub(crate) fn common_name(name: &Name) -> Option<String> {
    let mut pairs = name.iter();
    let (Some(pair), None) = (pairs.next(), pairs.next()) else {
        return None;
    };
    let text = (pair.oid == oid::COMMON_NAME).then(|| Utf8StringRef::try_from(&pair.value).ok())?;
    text.map(|text| text.as_str().into())
}

/// The DET that is a name's one common name: 32 hexadecimal digits in lower case, as issuers are named.
pub(crate) fn det_of_name(name: &Name) -> Option<Det> {
    det_of_text(&common_name(name)?)
}

/// The same of the common name's text. Other texts of the same address are no names of it.
pub(crate) fn det_of_text(text: &str) -> Option<Det> {
    text.parse::<Det>().ok().filter(|det| det.to_hex() == text)
}
