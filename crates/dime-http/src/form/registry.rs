//! What an HDA or RAA says of itself in its application.

use super::request::{self, ApplicationForm};
use crate::{Problem, ProblemKind};
use dime_registry::{DelegationChange, NameServer, SubRegistry, ZoneSigner};
use serde::Deserialize;
use std::net::IpAddr;
use utoipa::ToSchema;

/// A name server of a zone that is to be delegated.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NameServer)]
pub(crate) struct NameServerForm {
    /// Its name; a single label lies in the zone itself.
    #[schema(min_length = 1, max_length = 255, example = "ns1.hda.example.")]
    name: String,
    /// Its addresses: for a name inside the zone, and only for such a one.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 16)]
    addresses: Vec<IpAddr>,
}

/// A DS record of a zone that is to be delegated (RFC 4034, section 5).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Ds)]
pub(crate) struct DsForm {
    /// The zone; needed for an RAA, which has four.
    zone: Option<String>,
    key_tag: u16,
    /// 15 is Ed25519.
    #[schema(example = 15)]
    algorithm: u8,
    /// 2 is SHA-256.
    #[schema(example = 2)]
    digest_type: u8,
    /// In hexadecimal digits.
    #[schema(pattern = "^([0-9A-Fa-f]{2})+$")]
    digest: String,
}

/// What is to be changed of a delegation; what is not there stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DelegationChange)]
pub(crate) struct DelegationForm {
    /// The name servers, all of them.
    #[schema(min_items = 1, max_items = 16)]
    name_servers: Option<Vec<NameServerForm>>,
    /// The DS records, all of them; none when the zone is signed no longer.
    #[schema(max_items = 16)]
    ds: Option<Vec<DsForm>>,
    /// Where the registry is responsible, as for an application; empty for nowhere in particular.
    coverage: Option<String>,
}

impl DelegationForm {
    /// The same for the registry.
    pub(crate) fn change(&self) -> Result<DelegationChange, Problem> {
        let coverage = self.coverage.as_deref().map(request::base64).transpose();
        let signers = self.ds.as_ref().map(|ds| ds.iter().map(signer).collect::<Result<_, _>>());
        Ok(DelegationChange {
            name_servers: self.name_servers.as_ref().map(|servers| servers.iter().map(server).collect()),
            ds: signers.transpose()?,
            coverage: coverage.map_err(|reason| malformed("coverage", reason))?,
        })
    }
}

fn malformed(field: &str, reason: String) -> Problem {
    Problem::new(ProblemKind::MalformedField, format!("{field}: {reason}")).at(format!("/{field}"), reason)
}

fn server(form: &NameServerForm) -> NameServer {
    NameServer { name: form.name.clone(), addresses: form.addresses.clone() }
}

fn signer(form: &DsForm) -> Result<ZoneSigner, Problem> {
    let digest = hex::decode(&form.digest).map_err(|error| malformed("ds", error.to_string()))?;
    Ok(ZoneSigner {
        zone: form.zone.clone(),
        key_tag: form.key_tag,
        algorithm: form.algorithm,
        digest_type: form.digest_type,
        digest,
    })
}

/// What the form says of a registry; `None` when it says nothing.
pub(crate) fn particulars(form: &ApplicationForm) -> Result<Option<SubRegistry>, Problem> {
    let ApplicationForm { hid, name_servers, ds, coverage, uri, .. } = form;
    if hid.is_none() && name_servers.is_none() && ds.is_none() && coverage.is_none() && uri.is_none() {
        return Ok(None);
    }
    let hid = hid.as_deref().map(request::hid).transpose();
    let coverage = coverage.as_deref().map(request::base64).transpose();
    Ok(Some(SubRegistry {
        hid: hid.map_err(|reason| malformed("hid", reason))?,
        name_servers: name_servers.iter().flatten().map(server).collect(),
        ds: ds.iter().flatten().map(signer).collect::<Result<_, Problem>>()?,
        coverage: coverage.map_err(|reason| malformed("coverage", reason))?,
        uri: uri.clone(),
    }))
}
