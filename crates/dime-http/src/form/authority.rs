//! Authorities as their administrators see them, and what is asked of them.

use super::{dki::Authority, status::ReasonWord, time::Moment};
use dime_registry::{AuthorityReport, Delegation, Fallen};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// An authority, what it has signed, and where it is delegated.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AuthorityReport)]
pub(crate) struct AuthorityDocument {
    #[serde(flatten)]
    authority: Authority,
    /// How many endorsements it has given that are known here.
    signatures: u64,
    /// The delegation of the registry below that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    delegation: Option<DelegationDocument>,
}

/// A delegation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Delegation)]
pub(crate) struct DelegationDocument {
    /// The registration that has the number.
    registration: String,
    /// `waiting`, `active`, `suspended` or `ended`.
    #[schema(example = "active")]
    state: &'static str,
    /// The name servers; none when the zone is served here.
    name_servers: Vec<String>,
    /// DS records: zone (0 to 3 of an RAA's), key tag, algorithm, digest type, digest.
    ds: Vec<String>,
    /// Since when it is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    since: Option<Moment>,
}

/// Every authority known, parents first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AuthorityList {
    authorities: Vec<AuthorityDocument>,
}

/// When a retired authority ends, and why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Retirement)]
pub(crate) struct RetirementForm {
    /// In words.
    #[schema(min_length = 1, max_length = 500, pattern = "\\S", example = "replaced")]
    pub(crate) reason: String,
    /// When it leaves the DNS; without it at its own end.
    pub(crate) at: Option<Moment>,
}

/// A new key for a registry below.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Rekey)]
pub(crate) struct RekeyForm {
    /// The PKCS#10 request of the new Authorization key: DER in base64, or PEM.
    #[schema(min_length = 1)]
    pub(crate) csr: String,
}

/// Why an authority is revoked; kept with it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AuthorityRevocation)]
pub(crate) struct AuthorityRevocationForm {
    /// In words.
    #[schema(min_length = 1, max_length = 500, pattern = "\\S", example = "the safe was open")]
    pub(crate) reason: String,
    /// In the standard's words, for revocation lists, OCSP responses and everybody; `certificateHold` and `removeFromCRL` are none here.
    /// What falls with it ends for the same reason, or with `cACompromise` where a key is known to others.
    pub(crate) reason_code: Option<ReasonWord>,
}

/// Whether to do it or only to say what would happen.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PreviewQuery {
    /// With `true` nothing is revoked: the answer says what would fall.
    #[param(inline)]
    pub(crate) preview: Option<bool>,
}

/// What fell, or would fall.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Fallen)]
pub(crate) struct FallenDocument {
    /// Whether it only would.
    preview: bool,
    /// The authorities, the one named first.
    authorities: Vec<String>,
    /// Registries below among them.
    registries: Vec<String>,
    /// Registrations, by kind.
    registrations: BTreeMap<&'static str, u64>,
    /// Registrations altogether.
    total: u64,
}

impl FallenDocument {
    pub(crate) fn of(fallen: Fallen, preview: bool) -> Self {
        FallenDocument {
            preview,
            total: fallen.count(),
            authorities: fallen.authorities.iter().map(ToString::to_string).collect(),
            registries: fallen.registries.iter().map(ToString::to_string).collect(),
            registrations: fallen.registrations,
        }
    }
}

impl From<Vec<AuthorityReport>> for AuthorityList {
    fn from(reports: Vec<AuthorityReport>) -> Self {
        AuthorityList { authorities: reports.into_iter().map(AuthorityDocument::from).collect() }
    }
}

impl From<AuthorityReport> for AuthorityDocument {
    fn from(report: AuthorityReport) -> Self {
        AuthorityDocument {
            authority: report.authority.into(),
            signatures: report.signatures,
            delegation: report.delegation.map(DelegationDocument::from),
        }
    }
}

impl From<Delegation> for DelegationDocument {
    fn from(delegation: Delegation) -> Self {
        let ds = delegation.ds.iter().map(|ds| {
            let digest = hex::encode_upper(&ds.digest);
            format!("{} {} {} {} {digest}", ds.block, ds.key_tag, ds.algorithm, ds.digest_type)
        });
        DelegationDocument {
            registration: delegation.registration.to_string(),
            state: delegation.state.name(),
            ds: ds.collect(),
            name_servers: delegation.name_servers,
            since: delegation.since.map(Moment),
        }
    }
}
