//! What draft-ietf-drip-dki, RFC 9374 and our own profiles demand beyond RFC 5280.

use super::{Lint, Severity, View};
use crate::{
    oid,
    x509::{CertTime, Profile, det_of_text},
};
use drip_det::Det;
use x509_cert::ext::pkix::{CertificatePolicies, name::GeneralName};

const fn must(
    name: &'static str,
    section: &'static str,
    demands: &'static str,
    broken: fn(&View<'_>) -> bool,
) -> Lint {
    Lint { name, section, severity: Severity::Must, demands, broken }
}

/// For every profile.
const ALL: &[Lint] = &[
    must(
        "issuer-is-a-det",
        "draft-ietf-drip-dki, 5",
        "issuer is one CN: the parent's DET in hexadecimal",
        |view| issuer(view).is_none(),
    ),
    must(
        "address-is-the-det-of-the-key",
        "RFC 9374, 3.5; draft-ietf-drip-dki, 5",
        "subjectAltName begins with the one address, the DET of the certified key",
        |view| {
            let first = view.names.iter().flatten().next();
            !matches!(first, Some(GeneralName::IpAddress(_))) || !view.is_det_of_key()
        },
    ),
    must(
        "endless-with-hardware-module",
        "draft-ietf-drip-dki, 5",
        "notAfter 99991231235959Z and hardwareModuleName go together",
        |view| {
            let module = view.names.iter().flatten().any(
                |name| matches!(name, GeneralName::OtherName(name) if name.type_id == oid::HARDWARE_MODULE_NAME),
            );
            module != (CertTime::from_x509(view.tbs.validity().not_after) == CertTime::FOREVER)
        },
    ),
    must("self-signed-is-an-authority", "draft-ietf-drip-dki, 3", "only an authority signs itself", |view| {
        view.is_self_signed() && !view.authority
    }),
];

const SUBJECT_BY_ROLE: Lint = must(
    "subject-by-role",
    "draft-ietf-drip-dki, 5",
    "the subject of an authority is DRIP-, its level, A or I, and its place; that of an end entity is empty",
    |view| {
        if view.authority {
            view.subject.as_deref().is_none_or(|name| !name.starts_with("DRIP-"))
        } else {
            !view.tbs.subject().is_empty()
        }
    },
);
const SUBJECT_ALT_NAME_CRITICAL: Lint =
    must("san-critical", "draft-ietf-drip-dki, 5", "subjectAltName is critical", |view| {
        !view.is_critical(oid::SUBJECT_ALT_NAME)
    });
const SERIAL_20: Lint =
    must("serial-of-20-octets", "draft-ietf-drip-dki, 5 (PKIX-like)", "serialNumber has 20 octets", |view| {
        view.tbs.serial_number().as_bytes().len() != 20
    });
const AUTHORITY_KEY_IS_DET: Lint = must(
    "aki-is-the-issuers-det",
    "draft-ietf-drip-dki, 5 (PKIX-like)",
    "authorityKeyIdentifier is the issuer's DET, also in self-signed certificates",
    |view| {
        let issuer = issuer(view).map(|det| det.to_bytes().to_vec());
        issuer.is_none() || view.authority_key() != issuer
    },
);
const SUBJECT_KEY_IS_DET: Lint = must(
    "ski-is-the-det",
    "draft-ietf-drip-dki, 5 (PKIX-like)",
    "subjectKeyIdentifier is the DET, never a hash of the key",
    |view| view.subject_key().is_some_and(|id| view.det.is_none_or(|det| id != det.to_bytes())),
);

const LITE: &[Lint] = &[
    SUBJECT_BY_ROLE,
    SUBJECT_ALT_NAME_CRITICAL,
    Lint {
        name: "serial-of-one-octet",
        section: "draft-ietf-drip-dki, 5 (Lite)",
        severity: Severity::Should,
        demands: "serialNumber of an end entity has one octet",
        broken: |view| !view.authority && view.tbs.serial_number().as_bytes().len() != 1,
    },
];

const FULL: &[Lint] = &[
    SUBJECT_BY_ROLE,
    SUBJECT_ALT_NAME_CRITICAL,
    SERIAL_20,
    AUTHORITY_KEY_IS_DET,
    SUBJECT_KEY_IS_DET,
    must(
        "no-ski-in-end-entity",
        "draft-ietf-drip-dki, 5 (PKIX-like)",
        "an end entity has no subjectKeyIdentifier",
        |view| !view.authority && view.extension(oid::SUBJECT_KEY_IDENTIFIER).is_some(),
    ),
    must(
        "policy-is-for-ca",
        "draft-ietf-drip-dki, 5 (PKIX-like)",
        "an authority has at most one certificate policy, without qualifiers, an end entity none",
        |view| {
            view.value::<CertificatePolicies>(oid::CERTIFICATE_POLICIES).is_some_and(|list| {
                !view.authority
                    || list.0.len() != 1
                    || list.0.iter().any(|policy| policy.policy_qualifiers.is_some())
            })
        },
    ),
];

const MTLS: &[Lint] = &[
    SERIAL_20,
    AUTHORITY_KEY_IS_DET,
    SUBJECT_KEY_IS_DET,
    must("subject-is-the-det", "mtls profile", "the subject is one CN: the DET in hexadecimal", |view| {
        view.det.is_none_or(|det| view.subject.as_deref() != Some(&det.to_hex()))
    }),
    must("key-usage-everywhere", "mtls profile", "keyUsage says what the key is for", |view| {
        view.key_usage().is_none()
    }),
    must(
        "purpose-of-end-entities",
        "mtls profile",
        "an end entity has an extKeyUsage, an authority none",
        |view| view.extension(oid::EXTENDED_KEY_USAGE).is_some() == view.authority,
    ),
    must(
        "no-check-is-for-responders",
        "RFC 6960, 4.2.2.2",
        "id-pkix-ocsp-nocheck and the purpose OCSPSigning go together",
        |view| {
            let purposes: Option<x509_cert::ext::pkix::ExtendedKeyUsage> =
                view.value(oid::EXTENDED_KEY_USAGE);
            let responder = purposes.is_some_and(|list| list.0.contains(&oid::OCSP_SIGNING));
            responder != view.extension(oid::OCSP_NOCHECK).is_some()
        },
    ),
];

/// The rules for a profile.
pub(super) fn lints(profile: Profile) -> impl Iterator<Item = &'static Lint> {
    let own = match profile {
        Profile::Lite => LITE,
        Profile::Full => FULL,
        Profile::Mtls => MTLS,
    };
    ALL.iter().chain(own)
}

/// The DET that the issuer field names.
fn issuer(view: &View<'_>) -> Option<Det> {
    det_of_text(view.issuer.as_deref()?)
}
