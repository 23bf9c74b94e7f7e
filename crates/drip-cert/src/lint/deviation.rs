//! The rules that each profile breaks on purpose.

use crate::x509::Profile;

/// A rule that a profile breaks on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// The rule: [`Lint::name`](super::Lint::name).
    pub lint: &'static str,
    /// Why.
    pub reason: &'static str,
    /// What pkilint calls the same finding; empty where it has no such check.
    pub pkilint: &'static str,
}

const fn deviation(lint: &'static str, pkilint: &'static str, reason: &'static str) -> Deviation {
    Deviation { lint, reason, pkilint }
}

const NAMES: Deviation = deviation(
    "ca-subject-is-childrens-issuer",
    "",
    "the children's issuer is the DET in hexadecimal, the authority's own subject its role and place: chains are built by DET",
);
const CRITICAL_NAMES: Deviation = deviation(
    "san-not-critical-beside-subject",
    "pkix.san_extension_is_critical_non_empty_subject",
    "the DET is the identity, the subject of an authority only says its role: who cannot read the DET must not use the certificate",
);
const DET_AS_KEY_IDENTIFIER: Deviation = deviation(
    "ski-of-a-common-method",
    "pkix.unknown_subject_key_identifier_calculation_method",
    "the DET is already a hash of the key (RFC 9374) and is what the parent's endorsement names",
);

/// For size: what a Lite certificate leaves out is found by DET.
const LITE: &[Deviation] = &[
    deviation(
        "aki-present",
        "pkix.authority_key_identifier_extension_absent",
        "the issuer's name already is its DET: 29 octets less",
    ),
    deviation(
        "ski-in-ca",
        "pkix.certificate_skid_ca_missing",
        "the subjectAltName already is the DET: 27 octets less",
    ),
    deviation(
        "ski-in-end-entity",
        "pkix.certificate_skid_end_entity_missing",
        "the subjectAltName already is the DET: 27 octets less",
    ),
    deviation(
        "key-usage-in-ca",
        "pkix.ca_certificate_no_ku_extension",
        "Ed25519 keys of authorities sign and do nothing else: 16 octets less",
    ),
    NAMES,
    CRITICAL_NAMES,
];

const FULL: &[Deviation] = &[
    deviation(
        "key-usage-in-ca",
        "pkix.ca_certificate_no_ku_extension",
        "the drafts' objects have none; a setting adds it",
    ),
    deviation(
        "ski-in-end-entity",
        "pkix.certificate_skid_end_entity_missing",
        "the draft forbids it in end entities, whose subjectAltName is the DET",
    ),
    NAMES,
    CRITICAL_NAMES,
    DET_AS_KEY_IDENTIFIER,
];

const MTLS: &[Deviation] = &[DET_AS_KEY_IDENTIFIER];

/// What a profile breaks on purpose. Every other broken rule keeps a certificate from being signed.
pub const fn deviations(profile: Profile) -> &'static [Deviation] {
    match profile {
        Profile::Lite => LITE,
        Profile::Full => FULL,
        Profile::Mtls => MTLS,
    }
}
