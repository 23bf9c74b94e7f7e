//! Reading a certificate, field by field in the order of RFC 5280, section 4.1.

use super::{CertError, CertTime, CertificateSerial, HardwareModule, LiteTbs, MAX_LEN, Subject};
use crate::{
    algorithm::require_ed25519,
    oid, strict,
    write::{SEQUENCE, TRUE, signed, tlv},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use der::{Decode, asn1::Utf8StringRef};
use drip_det::{Det, HostIdentity};
use x509_cert::{
    Certificate, TbsCertificate, Version,
    ext::{
        Extension,
        pkix::name::{GeneralName, GeneralNames},
    },
    name::Name,
};

/// A certificate of the Lite profile, read and of the right form, but whose signature nobody has verified: see [`LiteCertificate::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiteCertificate {
    tbs: LiteTbs,
    signature: [u8; 64],
    der: Vec<u8>,
}

impl LiteCertificate {
    /// Reads a certificate in DER.
    pub fn parse(der: &[u8]) -> Result<Self, CertError> {
        if der.len() > MAX_LEN {
            return Err(CertError::Oversized { length: der.len() });
        }
        strict::check(der)?;
        let certificate = Certificate::from_der(der).map_err(CertError::Structure)?;
        let tbs = read_tbs(certificate.tbs_certificate())?;
        require_ed25519(certificate.signature_algorithm())
            .map_err(|algorithm| CertError::SignatureAlgorithm { field: "signatureAlgorithm", algorithm })?;
        let signature = certificate.signature().as_bytes().and_then(|octets| octets.try_into().ok());
        let signature = signature.ok_or(CertError::SignatureLength)?;
        tbs.check()?;
        // Whatever has more than one form is settled here: the profile has one.
        let canonical = signed(&tbs.to_der(), &signature);
        if canonical != der {
            let offset = der.iter().zip(&canonical).take_while(|(a, b)| a == b).count();
            return Err(CertError::NotCanonical { offset });
        }
        Ok(Self { tbs, signature, der: canonical })
    }

    /// What it says.
    pub fn tbs(&self) -> &LiteTbs {
        &self.tbs
    }

    /// The signature by its issuer.
    pub fn signature(&self) -> &[u8; 64] {
        &self.signature
    }

    /// The certificate in DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
}

impl LiteTbs {
    /// Reads TBSCertificate, as it comes to a signer: what is returned encodes to the same octets.
    pub fn decode(der: &[u8]) -> Result<Self, CertError> {
        if der.len() > MAX_LEN {
            return Err(CertError::Oversized { length: der.len() });
        }
        strict::check(der)?;
        let tbs = read_tbs(&TbsCertificate::from_der(der).map_err(CertError::Structure)?)?;
        tbs.check()?;
        let canonical = tbs.to_der();
        if canonical != der {
            let offset = der.iter().zip(&canonical).take_while(|(a, b)| a == b).count();
            return Err(CertError::NotCanonical { offset });
        }
        Ok(tbs)
    }
}

fn read_tbs(tbs: &TbsCertificate) -> Result<LiteTbs, CertError> {
    match tbs.version() {
        Version::V3 => {}
        other => return Err(CertError::Version(other as u8 + 1)),
    }
    let serial =
        CertificateSerial::from_integer(tbs.serial_number().as_bytes()).map_err(CertError::Serial)?;
    require_ed25519(tbs.signature())
        .map_err(|algorithm| CertError::SignatureAlgorithm { field: "signature", algorithm })?;
    let issuer = common_name(tbs.issuer())
        .filter(|text| text.len() == 32)
        .and_then(|text| text.parse::<Det>().ok().filter(|det| det.to_hex() == text))
        .ok_or_else(|| CertError::Issuer(tbs.issuer().to_string()))?;
    let not_before = CertTime::from_x509(tbs.validity().not_before);
    let not_after = CertTime::from_x509(tbs.validity().not_after);

    let key = tbs.subject_public_key_info();
    require_ed25519(&key.algorithm).map_err(CertError::KeyAlgorithm)?;
    let key = key.subject_public_key.as_bytes().and_then(|octets| octets.try_into().ok());
    let hi = HostIdentity::from_bytes(key.ok_or(CertError::KeyLength)?).map_err(CertError::Key)?;

    if tbs.issuer_unique_id().is_some() {
        return Err(CertError::UniqueId("issuerUniqueID"));
    }
    if tbs.subject_unique_id().is_some() {
        return Err(CertError::UniqueId("subjectUniqueID"));
    }
    let authority = !tbs.subject().is_empty();
    let names = extensions(tbs.extensions().map_or(&[], Vec::as_slice), authority)?;
    let subject = subject(tbs.subject(), names.det)?;
    Ok(LiteTbs {
        serial,
        issuer,
        not_before,
        not_after,
        subject,
        hi,
        det: names.det,
        uri: names.uri,
        hardware_module: names.hardware_module,
    })
}

/// The text of a name that is exactly one common name in UTF-8.
fn common_name(name: &Name) -> Option<String> {
    let mut pairs = name.iter();
    let (Some(pair), None) = (pairs.next(), pairs.next()) else {
        return None;
    };
    let text = (pair.oid == oid::COMMON_NAME).then(|| Utf8StringRef::try_from(&pair.value).ok())?;
    text.map(|text| text.as_str().into())
}

fn subject(name: &Name, det: Det) -> Result<Subject, CertError> {
    if name.is_empty() {
        return Ok(Subject::Empty);
    }
    common_name(name)
        .and_then(|text| Subject::of_common_name(&text, det))
        .ok_or_else(|| CertError::SubjectName(name.to_string()))
}

struct Names {
    det: Det,
    uri: Option<String>,
    hardware_module: Option<HardwareModule>,
}

/// basicConstraints if and only if this is an authority, then subjectAltName, and nothing else.
fn extensions(extensions: &[Extension], authority: bool) -> Result<Names, CertError> {
    let mut rest = extensions.iter();
    if authority {
        let first = rest.next().ok_or(CertError::MissingExtension("basicConstraints"))?;
        if first.extn_id == oid::SUBJECT_ALT_NAME {
            return Err(CertError::MissingExtension("basicConstraints"));
        }
        critical("basicConstraints", first, oid::BASIC_CONSTRAINTS)?;
        if first.extn_value.as_bytes() != tlv(SEQUENCE, &[&TRUE]) {
            let reason = "it must be cA TRUE without a path length";
            return Err(CertError::Extension { field: "basicConstraints", reason });
        }
    }
    let second = rest.next().ok_or(CertError::MissingExtension("subjectAltName"))?;
    critical("subjectAltName", second, oid::SUBJECT_ALT_NAME)?;
    match rest.next() {
        Some(extension) => Err(CertError::UnexpectedExtension(extension.extn_id)),
        None => alternative_names(second.extn_value.as_bytes()),
    }
}

fn critical(
    field: &'static str,
    extension: &Extension,
    id: der::asn1::ObjectIdentifier,
) -> Result<(), CertError> {
    if extension.extn_id != id {
        return Err(CertError::UnexpectedExtension(extension.extn_id));
    }
    if extension.critical {
        Ok(())
    } else {
        Err(CertError::Extension { field, reason: "it must be critical" })
    }
}

fn alternative_names(value: &[u8]) -> Result<Names, CertError> {
    let fault = |reason| CertError::Extension { field: "subjectAltName", reason };
    strict::check(value).map_err(|_| fault("its value is not DER"))?;
    let list = GeneralNames::from_der(value).map_err(|_| fault("its value is no list of names"))?;
    let (mut det, mut uri, mut hardware_module) = (None, None, None);
    for name in &list {
        let again = match name {
            GeneralName::IpAddress(address) => {
                let octets =
                    address.as_bytes().try_into().map_err(|_| fault("its address has not 16 octets"))?;
                det.replace(Det::from_bytes(octets).map_err(CertError::NotADet)?).is_some()
            }
            GeneralName::UniformResourceIdentifier(text) => uri.replace(text.as_str().into()).is_some(),
            GeneralName::OtherName(other) => {
                let module = HardwareModule::of_other_name(other);
                hardware_module
                    .replace(module.ok_or(fault("its otherName is no hardwareModuleName"))?)
                    .is_some()
            }
            _ => return Err(fault("a name is neither address, URI nor hardwareModuleName")),
        };
        if again {
            return Err(fault("two names of one kind"));
        }
    }
    Ok(Names { det: det.ok_or(fault("it has no address"))?, uri, hardware_module })
}
