//! What RFC 5280 demands of every certificate, with RFC 8410 and RFC 9295 where it is about Ed25519.

use super::{Lint, Severity, View};
use crate::{algorithm::require_ed25519, oid, x509::is_uri};
use der::{Tag, Tagged};
use x509_cert::{
    Version,
    ext::pkix::{
        AuthorityInfoAccessSyntax, CertificatePolicies, CrlDistributionPoints, ExtendedKeyUsage, KeyUsages,
        name::GeneralName,
    },
    name::Name,
    time::Time,
};

const fn must(
    name: &'static str,
    section: &'static str,
    demands: &'static str,
    broken: fn(&View<'_>) -> bool,
) -> Lint {
    Lint { name, section, severity: Severity::Must, demands, broken }
}

const fn should(
    name: &'static str,
    section: &'static str,
    demands: &'static str,
    broken: fn(&View<'_>) -> bool,
) -> Lint {
    Lint { name, section, severity: Severity::Should, demands, broken }
}

/// The rules, in the order of RFC 5280.
pub const LINTS: &[Lint] = &[
    must("version-3", "RFC 5280, 4.1.2.1", "a certificate with extensions has version 3", |view| {
        view.tbs.version() != Version::V3
    }),
    must("serial-positive", "RFC 5280, 4.1.2.2", "serialNumber is a positive integer", |view| {
        let octets = view.tbs.serial_number().as_bytes();
        octets.iter().all(|octet| *octet == 0) || octets.first().is_some_and(|first| first & 0x80 != 0)
    }),
    must("serial-length", "RFC 5280, 4.1.2.2", "serialNumber has at most 20 octets", |view| {
        view.tbs.serial_number().as_bytes().len() > 20
    }),
    must("signature-algorithm", "RFC 8410, 3", "signature is Ed25519 without parameters", |view| {
        require_ed25519(view.tbs.signature()).is_err()
    }),
    must("issuer-not-empty", "RFC 5280, 4.1.2.4", "issuer is a name that is not empty", |view| {
        view.tbs.issuer().is_empty()
    }),
    must(
        "name-strings",
        "RFC 5280, 4.1.2.4",
        "the strings of issuer and subject are UTF8String or PrintableString",
        |view| [view.tbs.issuer(), view.tbs.subject()].into_iter().any(has_other_strings),
    ),
    must("common-name-length", "RFC 5280, A.1", "a common name has 1 to 64 characters", |view| {
        [&view.issuer, &view.subject]
            .into_iter()
            .flatten()
            .any(|name| !(1..=64).contains(&name.chars().count()))
    }),
    must(
        "time-form",
        "RFC 5280, 4.1.2.5",
        "times are UTCTime through 2049 and GeneralizedTime from 2050 on",
        |view| {
            let validity = view.tbs.validity();
            [validity.not_before, validity.not_after]
                .into_iter()
                .any(|time| matches!(time, Time::GeneralTime(at) if at.to_date_time().year() < 2050))
        },
    ),
    must("validity-order", "RFC 5280, 4.1.2.5", "notAfter does not lie before notBefore", |view| {
        let validity = view.tbs.validity();
        validity.not_after.to_unix_duration() < validity.not_before.to_unix_duration()
    }),
    must("ca-subject-not-empty", "RFC 5280, 4.1.2.6", "the subject of an authority is not empty", |view| {
        view.authority && view.tbs.subject().is_empty()
    }),
    must(
        "ca-subject-is-childrens-issuer",
        "RFC 5280, 4.1.2.6",
        "the subject of an authority is the issuer in all certificates that it issues: its DET in hexadecimal",
        |view| view.authority && view.det.is_none_or(|det| view.subject.as_deref() != Some(&det.to_hex())),
    ),
    must("key-form", "RFC 8410, 4", "the key is Ed25519 without parameters, 32 octets", |view| {
        require_ed25519(&view.tbs.subject_public_key_info().algorithm).is_err()
            || view.key().is_none_or(|key| key.len() != 32)
    }),
    must("no-unique-identifiers", "RFC 5280, 4.1.2.8", "there are no unique identifiers", |view| {
        view.tbs.issuer_unique_id().is_some() || view.tbs.subject_unique_id().is_some()
    }),
    must("extensions-once", "RFC 5280, 4.2", "no extension is there twice", |view| {
        let ids = view.extensions;
        ids.iter().enumerate().any(|(at, one)| ids.iter().take(at).any(|other| one.extn_id == other.extn_id))
    }),
    must(
        "aki-present",
        "RFC 5280, 4.2.1.1",
        "authorityKeyIdentifier has a keyIdentifier, but in a self-signed certificate",
        |view| {
            view.authority_key().is_none()
                && (!view.is_self_signed() || has(view, oid::AUTHORITY_KEY_IDENTIFIER))
        },
    ),
    must("aki-not-critical", "RFC 5280, 4.2.1.1", "authorityKeyIdentifier is not critical", |view| {
        view.is_critical(oid::AUTHORITY_KEY_IDENTIFIER)
    }),
    must("ski-in-ca", "RFC 5280, 4.2.1.2", "an authority has a subjectKeyIdentifier", |view| {
        view.authority && view.subject_key().is_none()
    }),
    should("ski-in-end-entity", "RFC 5280, 4.2.1.2", "an end entity has a subjectKeyIdentifier", |view| {
        !view.authority && view.subject_key().is_none()
    }),
    must("ski-not-critical", "RFC 5280, 4.2.1.2", "subjectKeyIdentifier is not critical", |view| {
        view.is_critical(oid::SUBJECT_KEY_IDENTIFIER)
    }),
    Lint {
        name: "ski-of-a-common-method",
        section: "RFC 5280, 4.2.1.2",
        severity: Severity::May,
        demands: "a key identifier is made of SHA-1 or SHA-256 of the key, of 8, 20 or 32 octets",
        broken: |view| view.subject_key().is_some_and(|id| ![8, 20, 32].contains(&id.len())),
    },
    must("key-usage-in-ca", "RFC 5280, 4.2.1.3", "an authority has a keyUsage", |view| {
        view.authority && !has(view, oid::KEY_USAGE)
    }),
    must("key-usage-not-empty", "RFC 5280, 4.2.1.3", "keyUsage has at least one bit set", |view| {
        has(view, oid::KEY_USAGE) && view.key_usage().is_none_or(|usage| usage.0.is_empty())
    }),
    should("key-usage-critical", "RFC 5280, 4.2.1.3", "keyUsage is critical", |view| {
        has(view, oid::KEY_USAGE) && !view.is_critical(oid::KEY_USAGE)
    }),
    must(
        "cert-sign-is-for-ca",
        "RFC 5280, 4.2.1.3 and 4.2.1.9",
        "keyCertSign is asserted for authorities and nobody else",
        |view| view.key_usage().is_some_and(|usage| usage.key_cert_sign() != view.authority),
    ),
    must("key-usage-of-ed25519", "RFC 9295, 3", "an Ed25519 key is used for signatures only", |view| {
        let signing = KeyUsages::DigitalSignature
            | KeyUsages::NonRepudiation
            | KeyUsages::KeyCertSign
            | KeyUsages::CRLSign;
        view.key_usage().is_some_and(|usage| !signing.contains(usage.0))
    }),
    must("policies-once", "RFC 5280, 4.2.1.4", "no certificate policy is there twice", |view| {
        has(view, oid::CERTIFICATE_POLICIES)
            && view.value::<CertificatePolicies>(oid::CERTIFICATE_POLICIES).is_none_or(|list| {
                list.0.is_empty()
                    || list.0.iter().enumerate().any(|(at, one)| {
                        list.0.iter().take(at).any(|other| one.policy_identifier == other.policy_identifier)
                    })
            })
    }),
    must(
        "san-for-empty-subject",
        "RFC 5280, 4.1.2.6",
        "with an empty subject there is a critical subjectAltName",
        |view| view.tbs.subject().is_empty() && !view.is_critical(oid::SUBJECT_ALT_NAME),
    ),
    must("san-not-empty", "RFC 5280, 4.2.1.6", "subjectAltName has at least one name", |view| {
        has(view, oid::SUBJECT_ALT_NAME) && view.names.as_ref().is_none_or(|names| names.is_empty())
    }),
    must("san-address-length", "RFC 5280, 4.2.1.6", "an address has 4 or 16 octets", |view| {
        view.names.iter().flatten().any(
            |name| matches!(name, GeneralName::IpAddress(octets) if ![4, 16].contains(&octets.as_bytes().len())),
        )
    }),
    must("san-uri-absolute", "RFC 5280, 4.2.1.6", "a URI has a scheme and something after it", |view| {
        view.names
            .iter()
            .flatten()
            .any(|name| matches!(name, GeneralName::UniformResourceIdentifier(uri) if !is_uri(uri.as_str())))
    }),
    should(
        "san-not-critical-beside-subject",
        "RFC 5280, 4.2.1.6",
        "beside a subject subjectAltName is not critical",
        |view| !view.tbs.subject().is_empty() && view.is_critical(oid::SUBJECT_ALT_NAME),
    ),
    must(
        "basic-constraints-critical",
        "RFC 5280, 4.2.1.9",
        "basicConstraints of an authority is critical",
        |view| view.authority && !view.is_critical(oid::BASIC_CONSTRAINTS),
    ),
    must(
        "path-length-is-for-ca",
        "RFC 5280, 4.2.1.9",
        "a path length goes with cA TRUE and keyCertSign",
        |view| {
            view.basic_constraints().is_some_and(|constraints| constraints.path_len_constraint.is_some())
                && !(view.authority && view.key_usage().is_some_and(|usage| usage.key_cert_sign()))
        },
    ),
    must(
        "extended-key-usage-not-empty",
        "RFC 5280, 4.2.1.12",
        "extKeyUsage has at least one purpose",
        |view| {
            has(view, oid::EXTENDED_KEY_USAGE)
                && view
                    .value::<ExtendedKeyUsage>(oid::EXTENDED_KEY_USAGE)
                    .is_none_or(|purposes| purposes.0.is_empty())
        },
    ),
    must(
        "distribution-point-names",
        "RFC 5280, 4.2.1.13",
        "a distribution point has a name or a CRL issuer, not just reasons",
        |view| {
            has(view, oid::CRL_DISTRIBUTION_POINTS)
                && view.value::<CrlDistributionPoints>(oid::CRL_DISTRIBUTION_POINTS).is_none_or(|list| {
                    list.0.is_empty()
                        || list
                            .0
                            .iter()
                            .any(|point| point.distribution_point.is_none() && point.crl_issuer.is_none())
                })
        },
    ),
    should(
        "distribution-points-not-critical",
        "RFC 5280, 4.2.1.13",
        "cRLDistributionPoints is not critical",
        |view| view.is_critical(oid::CRL_DISTRIBUTION_POINTS),
    ),
    must("info-access-not-critical", "RFC 5280, 4.2.2.1", "authorityInfoAccess is not critical", |view| {
        view.is_critical(oid::AUTHORITY_INFO_ACCESS)
    }),
    must(
        "info-access-not-empty",
        "RFC 5280, 4.2.2.1",
        "authorityInfoAccess has at least one description",
        |view| {
            has(view, oid::AUTHORITY_INFO_ACCESS)
                && view
                    .value::<AuthorityInfoAccessSyntax>(oid::AUTHORITY_INFO_ACCESS)
                    .is_none_or(|list| list.0.is_empty())
        },
    ),
];

fn has(view: &View<'_>, id: der::asn1::ObjectIdentifier) -> bool {
    view.extension(id).is_some()
}

fn has_other_strings(name: &Name) -> bool {
    name.iter().any(|pair| !matches!(pair.value.tag(), Tag::Utf8String | Tag::PrintableString))
}
