//! This DIME's own chain.

use super::time::Moment;
use base64::{Engine, engine::general_purpose::STANDARD};
use dime_registry::{AuthorityView, Dki, Standing};
use serde::Serialize;
use utoipa::ToSchema;

/// The DETs that this DIME endorses with, and those above them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Dki)]
pub(crate) struct DkiDocument {
    /// The trust anchor: whose key to start from.
    #[schema(format = "ipv6")]
    anchor: String,
    /// The Issuing DETs that this DIME signs with.
    issuers: Vec<String>,
    /// Every authority known, parents before children.
    authorities: Vec<Authority>,
}

/// One Authorization or Issuing DET.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Authority {
    /// The DET.
    #[schema(format = "ipv6")]
    det: String,
    /// Its key, 64 hexadecimal digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    hi: String,
    /// `apex`, `raa` or `hda`.
    #[schema(example = "hda")]
    level: &'static str,
    /// `authorization` or `issuing`.
    #[schema(example = "issuing")]
    class: &'static str,
    #[schema(maximum = 16383)]
    raa: u16,
    #[schema(maximum = 16383)]
    hda: u16,
    /// Who endorsed it; itself for a trust anchor.
    #[schema(format = "ipv6")]
    parent: String,
    /// The HHIT entity type (RFC 9886).
    entity_type: u16,
    not_before: Moment,
    not_after: Moment,
    /// Its parent's Broadcast Endorsement of it, 136 octets in base64.
    endorsement: String,
    /// Its certificate of the Lite profile, DER in base64.
    certificate: String,
    /// Whether it was made for trying things out; nobody else should trust it then.
    test: bool,
}

impl From<Dki> for DkiDocument {
    fn from(dki: Dki) -> Self {
        DkiDocument {
            anchor: dki.anchor.to_string(),
            issuers: dki.issuers.iter().map(ToString::to_string).collect(),
            authorities: dki.authorities.into_iter().map(Authority::from).collect(),
        }
    }
}

impl From<AuthorityView> for Authority {
    fn from(view: AuthorityView) -> Self {
        Authority {
            det: view.det.to_string(),
            hi: view.hi.to_string(),
            level: level(view.level),
            class: class(view.class),
            raa: view.hid.raa.value(),
            hda: view.hid.hda.value(),
            parent: view.parent.to_string(),
            entity_type: view.entity_type.0,
            not_before: Moment(view.not_before),
            not_after: Moment(view.not_after),
            endorsement: STANDARD.encode(view.endorsement.encode()),
            certificate: STANDARD.encode(view.certificate),
            test: match view.standing {
                Standing::Production => false,
                Standing::Test => true,
            },
        }
    }
}

fn level(level: drip_det::Level) -> &'static str {
    match level {
        drip_det::Level::Apex => "apex",
        drip_det::Level::Raa => "raa",
        drip_det::Level::Hda => "hda",
    }
}

fn class(class: drip_det::DetClass) -> &'static str {
    match class {
        drip_det::DetClass::Authorization => "authorization",
        drip_det::DetClass::Issuing => "issuing",
        drip_det::DetClass::Operational => "operational",
    }
}
