//! What anybody may see of a DET.

use super::{
    time::Moment,
    word::{KindWord, StateWord},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use dime_registry::{DnsView, PublicView};
use serde::Serialize;
use utoipa::ToSchema;

/// A DET that is, or was, registered.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Det)]
pub(crate) struct DetDocument {
    /// What it is.
    pub(crate) kind: KindWord,
    /// Where its registration stands.
    pub(crate) state: StateWord,
    /// The DET, as IPv6 text.
    #[schema(format = "ipv6", example = "2001:3f:fe00:a05:1308:2469:9a4b:c6b2")]
    det: String,
    /// The host identity: an Ed25519 public key, 64 hexadecimal digits.
    #[schema(
        pattern = "^[0-9a-f]{64}$",
        example = "c92e2f9d97e8960f9b5f1654f8b09039f9dadc5bcf061eac4f0cea79e8e877fa"
    )]
    hi: String,
    /// The RAA it is under.
    #[schema(maximum = 16383, example = 16376)]
    raa: u16,
    /// The HDA it is under.
    #[schema(maximum = 16383, example = 10)]
    hda: u16,
    /// The HHIT entity type (RFC 9886).
    #[schema(example = 16)]
    entity_type: u16,
    /// Start of validity; not there while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    not_before: Option<Moment>,
    /// End of validity; while it waits the end asked for, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    not_after: Option<Moment>,
    /// Broadcast Endorsements of 136 octets, base64: the trust anchor's first, this DET's own last. Empty unless registered.
    endorsements: Vec<String>,
    /// Its certificates.
    certificates: Certificates,
    /// Where the DNS has it; not there unless registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    dns: Option<Dns>,
}

/// Certificates by profile, DER in base64, and the native one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Certificates {
    /// The X.509 Lite profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    lite: Option<String>,
    /// The X.509 Full profile, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    full: Option<String>,
    /// The X.509 mtls profile, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    mtls: Option<String>,
    /// The native C509 certificate (type 2), CBOR in base64: there when it was asked for by a native C509 request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    c509: Option<String>,
}

/// Where the DNS has a DET.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Dns {
    /// Its owner name under ip6.arpa.
    owner: String,
    /// The zone.
    zone: String,
    /// A serial of the zone at which it is visible.
    serial: u32,
    /// Seconds its records may be cached.
    ttl: u32,
}

impl From<PublicView> for DetDocument {
    fn from(view: PublicView) -> Self {
        DetDocument {
            kind: view.kind.into(),
            state: view.state.into(),
            det: view.det.to_string(),
            hi: view.hi.to_string(),
            raa: view.det.raa().value(),
            hda: view.det.hda().value(),
            entity_type: view.entity_type.0,
            not_before: Moment::set(view.not_before),
            not_after: Moment::set(view.not_after),
            endorsements: view
                .endorsements
                .iter()
                .map(|endorsement| STANDARD.encode(endorsement.encode()))
                .collect(),
            certificates: Certificates {
                lite: view.certificate.map(|der| STANDARD.encode(der)),
                full: view.full.map(|der| STANDARD.encode(der)),
                mtls: view.mtls.map(|der| STANDARD.encode(der)),
                c509: view.c509.map(|cbor| STANDARD.encode(cbor)),
            },
            dns: view.dns.map(Dns::from),
        }
    }
}

impl From<DnsView> for Dns {
    fn from(view: DnsView) -> Self {
        Dns { owner: view.owner, zone: view.zone, serial: view.serial, ttl: view.ttl }
    }
}

/// The chain of a DET.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Endorsements {
    /// The DET, as IPv6 text.
    #[schema(format = "ipv6", example = "2001:3f:fe00:a05:1308:2469:9a4b:c6b2")]
    pub(crate) det: String,
    /// Broadcast Endorsements of 136 octets, base64, the trust anchor's first.
    pub(crate) endorsements: Vec<String>,
}

/// The chain of a DET as it goes over the air.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Links {
    /// The DET, as IPv6 text.
    #[schema(format = "ipv6", example = "2001:3f:fe00:a05:1308:2469:9a4b:c6b2")]
    pub(crate) det: String,
    /// DRIP Links of 137 octets, base64, the trust anchor's first.
    pub(crate) links: Vec<String>,
}
