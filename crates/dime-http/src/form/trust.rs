//! Trust lists, cross-endorsements and offline caches as JSON, and what may be asked of caches.

use super::{request, time::Moment};
use crate::{Problem, parameters::invalid};
use base64::{Engine, engine::general_purpose::STANDARD};
use dime_registry::{CacheQuery, Chains, CrossView, Near};
use drip_wire::Endorsement;
use drip_wire::cache::SignedCache;
use drip_wire::coverage::Position;
use drip_wire::trust::{Role, SignedTrustList};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::{IntoParams, ToSchema};

/// A signed trust list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TrustList)]
pub(crate) struct TrustListDocument {
    /// The Authorization DET that signed it.
    issuer: String,
    /// Of two lists of one issuer the one with the higher sequence counts.
    sequence: u64,
    /// Its first second.
    not_before: Moment,
    /// Its last second.
    not_after: Moment,
    /// The RAAs it trusts.
    trusted: Vec<TrustedDocument>,
    /// The signed list: COSE_Sign1, base64.
    #[schema(content_encoding = "base64")]
    signed: String,
}

/// An RAA that is trusted.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TrustedRaa)]
pub(crate) struct TrustedDocument {
    /// Its Authorization DET.
    det: String,
    /// Its key, hexadecimal.
    hi: String,
    /// `registry` or `bridge`.
    #[schema(example = "registry")]
    role: &'static str,
    /// The first second of its self-endorsement.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    not_before: Option<Moment>,
    /// The last second of its self-endorsement.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    not_after: Option<Moment>,
}

/// Cross-endorsements.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CrossEndorsements {
    /// Those given and received, by parent and child.
    cross_endorsements: Vec<CrossDocument>,
}

/// One RAA's Authorization DET endorses another's.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CrossEndorsementView)]
pub(crate) struct CrossDocument {
    /// Who endorses.
    parent: String,
    /// Who is endorsed.
    child: String,
    /// `issued` by this DIME or `received` from another.
    #[schema(example = "issued")]
    direction: &'static str,
    /// Its first second.
    not_before: Moment,
    /// Its last second.
    not_after: Moment,
    /// The endorsement, 136 octets, base64.
    #[schema(content_encoding = "base64")]
    endorsement: String,
}

/// A signed offline cache.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OfflineCache)]
pub(crate) struct CacheDocument {
    /// The Issuing DET that signed it.
    issuer: String,
    /// What a later request gives as `since`.
    sequence: u64,
    /// Its first second.
    not_before: Moment,
    /// Its last second.
    not_after: Moment,
    /// By what its content was chosen; empty for everything.
    scope: String,
    /// In a delta: the sequence that it changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    base: Option<u64>,
    /// In a delta: the endorsements that fall away.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    removed: Vec<PairDocument>,
    /// Endorsements of HDAs' Issuing DETs, base64.
    issuing: Vec<String>,
    /// Endorsements above those, base64.
    chains: Vec<String>,
    /// Endorsements of Operational DETs, base64.
    entities: Vec<String>,
    /// Cross-endorsements, base64.
    cross: Vec<String>,
    /// Where HDAs register.
    coverage: Vec<CoverageDocument>,
    /// RAAs that are bridges.
    bridges: Vec<String>,
    /// The signed cache: COSE_Sign1, base64.
    #[schema(content_encoding = "base64")]
    signed: String,
}

/// Child and parent of an endorsement.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = EndorsedPair)]
pub(crate) struct PairDocument {
    /// Who was endorsed.
    child: String,
    /// Who endorsed.
    parent: String,
}

/// Where an HDA registers.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = HdaCoverage)]
pub(crate) struct CoverageDocument {
    /// The HDA.
    #[schema(example = "16376/10")]
    hid: String,
    /// Circles and polygons.
    #[schema(example = "47.3769,8.5417 30km")]
    coverage: String,
}

/// Which offline cache.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CacheParameters {
    /// The sequence of the cache the asker has: what changed since is given, where that is still known; otherwise the whole.
    since: Option<u64>,
    /// Only these HDAs, `RAA/HDA`, set apart by commas; `RAA/0` for all of an RAA's.
    #[param(example = "16376/10,16376/11")]
    hid: Option<String>,
    /// Only HDAs that cover something near this place: latitude and longitude in degrees. Needs `km`.
    #[param(example = "47.3769,8.5417")]
    near: Option<String>,
    /// How near, in kilometres.
    #[param(minimum = 0, maximum = 20004)]
    km: Option<f64>,
    /// `full` (the default): up to the trust anchor; `signer`: only above the signer, which vouches for the rest.
    #[param(example = "full")]
    chains: Option<String>,
    /// Operational DETs whose endorsements are wanted too, set apart by commas.
    det: Option<String>,
}

impl CacheParameters {
    pub(crate) fn wanted(&self) -> Result<CacheQuery, Problem> {
        let near = match (&self.near, self.km) {
            (Some(near), Some(km)) => {
                let position: Position = near.parse().map_err(|error| {
                    let error: drip_wire::coverage::ParseCoverageError = error;
                    invalid("near", &error.to_string())
                })?;
                if !(0.0..=20_004.0).contains(&km) {
                    return Err(invalid("km", "a number from 0 to 20004 is expected"));
                }
                Some(Near { position, metres: (km * 1000.0).round() as u32 })
            }
            (None, None) => None,
            (Some(_), None) => return Err(invalid("km", "it is needed beside near")),
            (None, Some(_)) => return Err(invalid("near", "it is needed beside km")),
        };
        let chains = match self.chains.as_deref() {
            None | Some("full") => Chains::Full,
            Some("signer") => Chains::Signer,
            Some(_) => return Err(invalid("chains", "full or signer is expected")),
        };
        // Sequences are signed 64-bit integers to those who generate clients from the description.
        if self.since.is_some_and(|since| i64::try_from(since).is_err()) {
            return Err(invalid("since", "a number from 0 to 9223372036854775807 is expected"));
        }
        Ok(CacheQuery {
            hids: list("hid", self.hid.as_deref(), request::hid)?,
            near,
            chains,
            dets: list("det", self.det.as_deref(), request::det)?,
            since: self.since,
        })
    }
}

/// The members of a list set apart by commas.
fn list<T: Ord>(
    field: &str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<BTreeSet<T>, Problem> {
    let members = text.into_iter().flat_map(|text| text.split(','));
    members.map(|member| parse(member).map_err(|reason| invalid(field, &reason))).collect()
}

impl From<&SignedTrustList> for TrustListDocument {
    fn from(signed: &SignedTrustList) -> Self {
        let list = signed.list();
        let trusted = list.trusted().iter().map(|entry| TrustedDocument {
            det: entry.det.to_string(),
            hi: entry.hi.to_string(),
            role: match entry.role {
                Role::Registry => "registry",
                Role::Bridge => "bridge",
            },
            not_before: entry.validity.map(|validity| Moment(validity.not_before())),
            not_after: entry.validity.map(|validity| Moment(validity.not_after())),
        });
        TrustListDocument {
            issuer: list.issuer().to_string(),
            sequence: list.sequence(),
            not_before: Moment(list.validity().not_before()),
            not_after: Moment(list.validity().not_after()),
            trusted: trusted.collect(),
            signed: STANDARD.encode(signed.encode()),
        }
    }
}

impl From<&[CrossView]> for CrossEndorsements {
    fn from(views: &[CrossView]) -> Self {
        let document = |view: &CrossView| CrossDocument {
            parent: view.endorsement.parent.to_string(),
            child: view.endorsement.child.to_string(),
            direction: view.direction.name(),
            not_before: Moment(view.endorsement.vnb.to_unix()),
            not_after: Moment(view.endorsement.vna.to_unix()),
            endorsement: STANDARD.encode(view.endorsement.encode()),
        };
        CrossEndorsements { cross_endorsements: views.iter().map(document).collect() }
    }
}

impl From<&SignedCache> for CacheDocument {
    fn from(signed: &SignedCache) -> Self {
        let cache = signed.cache();
        let content = &cache.content;
        let delta = cache.delta.as_ref();
        let encoded = |list: &[Endorsement]| list.iter().map(|each| STANDARD.encode(each.encode())).collect();
        let removed = delta
            .into_iter()
            .flat_map(|delta| delta.removed())
            .map(|(child, parent)| PairDocument { child: child.to_string(), parent: parent.to_string() });
        let coverage = content
            .coverage()
            .iter()
            .map(|(hid, coverage)| CoverageDocument { hid: hid.to_string(), coverage: coverage.to_string() });
        CacheDocument {
            issuer: cache.issuer.to_string(),
            sequence: cache.sequence,
            not_before: Moment(cache.validity.not_before()),
            not_after: Moment(cache.validity.not_after()),
            scope: cache.scope.as_str().to_owned(),
            base: delta.map(|delta| delta.base()),
            removed: removed.collect(),
            issuing: encoded(content.issuing()),
            chains: encoded(content.chains()),
            entities: encoded(content.entities()),
            cross: encoded(content.cross()),
            coverage: coverage.collect(),
            bridges: content.bridges().iter().map(ToString::to_string).collect(),
            signed: STANDARD.encode(signed.encode()),
        }
    }
}
