//! The extensions that have a number and a form of their own.
//!
//! | number | extension | value |
//! |---|---|---|
//! | 1 | subjectKeyIdentifier | byte string |
//! | 2 | keyUsage | bit i of the BIT STRING as 2^i |
//! | 3, 25 | subjectAltName, issuerAltName | general names; text alone for one dNSName |
//! | 4 | basicConstraints | -2 no CA, -1 CA, else pathLenConstraint |
//! | 5, 29 | cRLDistributionPoints, freshestCRL | text for one URI, else \[\[URIs, reasons, issuer\], …\] |
//! | 6 | certificatePolicies | \[policy, \[qualifier, text, …\], …\] |
//! | 7 | authorityKeyIdentifier | byte string, or \[identifier, names, serial number\] |
//! | 8 | extKeyUsage | one purpose, or an array of them |
//! | 9, 31 | authorityInfoAccess, subjectInfoAccess | \[method, URI, …\] |
//! | 26 | nameConstraints | \[permitted, excluded\], `null` where absent |
//! | 27 | policyMappings | \[issuer's, subject's, …\] |
//! | 28 | policyConstraints | \[requireExplicitPolicy, inhibitPolicyMapping\], `null` where absent |
//! | 30 | inhibitAnyPolicy | number |
//! | 36 | OCSP no check | `null` |
//! | 38 | TLS features | \[number, …\] |
//!
//! The RFC 3779 resources, 32 to 35, are known by number, so that nobody takes their generic form for the right one, and have no form here.

mod access;
mod alternative_name;
mod constraints;
mod distribution_points;
mod key_identifier;
mod key_usage;
mod policies;

use super::{C509Kind, Read, error::none, value::Value};
use alloc::vec::Vec;
use drip_cbor::{Reader, Writer};

/// One known extension.
pub(super) struct Known {
    pub(super) number: i64,
    pub(super) oid: &'static [u8],
    form: Form,
}

enum Form {
    SubjectKeyIdentifier,
    KeyUsage,
    AlternativeName,
    BasicConstraints,
    DistributionPoints,
    CertificatePolicies,
    AuthorityKeyIdentifier,
    ExtendedKeyUsage,
    InformationAccess,
    NameConstraints,
    PolicyMappings,
    PolicyConstraints,
    InhibitAnyPolicy,
    OcspNoCheck,
    TlsFeatures,
    Resources,
}

const fn known(number: i64, oid: &'static [u8], form: Form) -> Known {
    Known { number, oid, form }
}

/// The number of keyUsage.
pub(super) const KEY_USAGE: i64 = 2;

const KNOWN: [Known; 22] = [
    known(1, b"\x55\x1d\x0e", Form::SubjectKeyIdentifier),
    known(KEY_USAGE, b"\x55\x1d\x0f", Form::KeyUsage),
    known(3, b"\x55\x1d\x11", Form::AlternativeName),
    known(4, b"\x55\x1d\x13", Form::BasicConstraints),
    known(5, b"\x55\x1d\x1f", Form::DistributionPoints),
    known(6, b"\x55\x1d\x20", Form::CertificatePolicies),
    known(7, b"\x55\x1d\x23", Form::AuthorityKeyIdentifier),
    known(8, b"\x55\x1d\x25", Form::ExtendedKeyUsage),
    known(9, b"\x2b\x06\x01\x05\x05\x07\x01\x01", Form::InformationAccess),
    known(25, b"\x55\x1d\x12", Form::AlternativeName),
    known(26, b"\x55\x1d\x1e", Form::NameConstraints),
    known(27, b"\x55\x1d\x21", Form::PolicyMappings),
    known(28, b"\x55\x1d\x24", Form::PolicyConstraints),
    known(29, b"\x55\x1d\x2e", Form::DistributionPoints),
    known(30, b"\x55\x1d\x36", Form::InhibitAnyPolicy),
    known(31, b"\x2b\x06\x01\x05\x05\x07\x01\x0b", Form::InformationAccess),
    known(32, b"\x2b\x06\x01\x05\x05\x07\x01\x07", Form::Resources),
    known(33, b"\x2b\x06\x01\x05\x05\x07\x01\x08", Form::Resources),
    known(34, b"\x2b\x06\x01\x05\x05\x07\x01\x1c", Form::Resources),
    known(35, b"\x2b\x06\x01\x05\x05\x07\x01\x1d", Form::Resources),
    known(36, b"\x2b\x06\x01\x05\x05\x07\x30\x01\x05", Form::OcspNoCheck),
    known(38, b"\x2b\x06\x01\x05\x05\x07\x01\x18", Form::TlsFeatures),
];

impl Known {
    pub(super) fn by_oid(oid: &[u8]) -> Option<&'static Known> {
        KNOWN.iter().find(|known| known.oid == oid)
    }

    pub(super) fn by_number(number: i64) -> Option<&'static Known> {
        KNOWN.iter().find(|known| known.number == number)
    }

    /// The value in CBOR, if it has a form that comes back to the same DER.
    pub(super) fn write(&self, der: &[u8], kind: C509Kind) -> Read<Option<Vec<u8>>> {
        if matches!(self.form, Form::Resources) {
            return Err(none("extension", "the form of its value is not one of those known here"));
        }
        let Some(value) = Value::of_der(der) else {
            return Ok(None);
        };
        let Some(cbor) = self.form(&value, kind) else {
            return Ok(None);
        };
        let mut reader = Reader::new(&cbor);
        let back = self.read(&mut reader, kind);
        Ok(matches!(back, Ok(back) if back == der && reader.rest().is_empty()).then_some(cbor))
    }

    fn form(&self, value: &Value<'_>, kind: C509Kind) -> Option<Vec<u8>> {
        match self.form {
            Form::SubjectKeyIdentifier => key_identifier::write_subject(value),
            Form::KeyUsage => key_usage::write(value),
            Form::AlternativeName => alternative_name::write(value, kind),
            Form::BasicConstraints => constraints::write_basic(value),
            Form::DistributionPoints => distribution_points::write(value, kind),
            Form::CertificatePolicies => policies::write(value),
            Form::AuthorityKeyIdentifier => key_identifier::write_authority(value, kind),
            Form::ExtendedKeyUsage => key_usage::write_extended(value),
            Form::InformationAccess => access::write(value),
            Form::NameConstraints => constraints::write_names(value, kind),
            Form::PolicyMappings => policies::write_mappings(value),
            Form::PolicyConstraints => constraints::write_policy(value),
            Form::InhibitAnyPolicy => constraints::write_inhibit(value),
            Form::OcspNoCheck => (value.whole == [0x05, 0x00]).then(|| Writer::new().null().finish()),
            Form::TlsFeatures => constraints::write_features(value),
            Form::Resources => None,
        }
    }

    /// The value in DER.
    pub(super) fn read(&self, reader: &mut Reader<'_>, kind: C509Kind) -> Read<Vec<u8>> {
        match self.form {
            Form::SubjectKeyIdentifier => key_identifier::read_subject(reader),
            Form::KeyUsage => key_usage::read(reader),
            Form::AlternativeName => alternative_name::read(reader, kind),
            Form::BasicConstraints => constraints::read_basic(reader),
            Form::DistributionPoints => distribution_points::read(reader, kind),
            Form::CertificatePolicies => policies::read(reader),
            Form::AuthorityKeyIdentifier => key_identifier::read_authority(reader, kind),
            Form::ExtendedKeyUsage => key_usage::read_extended(reader),
            Form::InformationAccess => access::read(reader),
            Form::NameConstraints => constraints::read_names(reader, kind),
            Form::PolicyMappings => policies::read_mappings(reader),
            Form::PolicyConstraints => constraints::read_policy(reader),
            Form::InhibitAnyPolicy => constraints::read_inhibit(reader),
            Form::OcspNoCheck => {
                reader.null("OCSP no check")?;
                Ok(Vec::from([0x05, 0x00]))
            }
            Form::TlsFeatures => constraints::read_features(reader),
            Form::Resources => Err(none("extension", "the form of its value is not one of those known here")),
        }
    }
}
