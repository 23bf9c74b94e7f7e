//! This DIME's own chain.

use super::{status::ReasonWord, time::Moment};
use base64::{Engine, engine::general_purpose::STANDARD};
use dime_registry::{Alert, AuthorityStatus, AuthorityView, Dki, IssuingUse, Standing, reason_code};
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
    /// What an administrator should see to; nothing for anybody but managers and auditors.
    alerts: Vec<AlertDocument>,
}

/// Something an administrator should see to.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Alert)]
pub(crate) struct AlertDocument {
    /// The DET it is about.
    #[schema(format = "ipv6")]
    det: String,
    /// `ending`, `ended`, `ceremony-awaited`, `much-signing`, `trust-list-ending`, `cross-ending` or `list-due`.
    #[schema(example = "ending")]
    cause: &'static str,
    /// In words.
    text: String,
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
    /// Its certificate of the Full profile, DER in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    full: Option<String>,
    /// Its certificate of the mtls profile, DER in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    mtls: Option<String>,
    /// `active`, `suspended`, `retired`, `revoked` or `expired`.
    #[schema(example = "active")]
    status: &'static str,
    /// Since when it is suspended, revoked or expired; when it ends, if it is retired.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    status_at: Option<Moment>,
    /// Why, for managers and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    status_reason: Option<String>,
    /// Why, as revocation lists and OCSP responses say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    status_reason_code: Option<ReasonWord>,
    /// `own`, `above` or `below`.
    #[schema(example = "own")]
    owner: &'static str,
    /// What an Issuing DET is for: kinds of registrations, `crl`, `ocsp`, `cache`; everything, when it is empty.
    uses: Vec<&'static str>,
    /// Whether it was made for trying things out; nobody else should trust it then.
    test: bool,
}

impl From<Dki> for DkiDocument {
    fn from(dki: Dki) -> Self {
        DkiDocument {
            anchor: dki.anchor.to_string(),
            issuers: dki.issuers.iter().map(ToString::to_string).collect(),
            authorities: dki.authorities.into_iter().map(Authority::from).collect(),
            alerts: dki.alerts.iter().map(AlertDocument::from).collect(),
        }
    }
}

impl From<AuthorityView> for Authority {
    fn from(view: AuthorityView) -> Self {
        let (status_at, status_reason) = match &view.status {
            AuthorityStatus::Active => (None, None),
            AuthorityStatus::Suspended { at, reason }
            | AuthorityStatus::Retired { at, reason }
            | AuthorityStatus::Revoked { at, reason, .. } => (Some(Moment(*at)), Some(reason.clone())),
            AuthorityStatus::Expired { at } => (Some(Moment(*at)), None),
        };
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
            full: view.full.map(|der| STANDARD.encode(der)),
            mtls: view.mtls.map(|der| STANDARD.encode(der)),
            status: view.status.name(),
            status_at,
            status_reason: status_reason.filter(|reason| !reason.is_empty()),
            status_reason_code: reason_code(&view.status).map(ReasonWord::from),
            owner: view.own.name(),
            uses: view.uses.iter().map(|wanted| use_word(*wanted)).collect(),
            test: match view.standing {
                Standing::Production => false,
                Standing::Test => true,
            },
        }
    }
}

impl From<&Alert> for AlertDocument {
    fn from(alert: &Alert) -> Self {
        AlertDocument { det: alert.det.to_string(), cause: alert.cause.name(), text: alert.to_string() }
    }
}

fn use_word(wanted: IssuingUse) -> &'static str {
    match wanted {
        IssuingUse::Kind(kind) => kind.name(),
        IssuingUse::Crl => "crl",
        IssuingUse::Ocsp => "ocsp",
        IssuingUse::Cache => "cache",
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
