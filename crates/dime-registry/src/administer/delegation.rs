//! Changing the delegation of a registry below: its name servers with their addresses, its DS records, its coverage.

use crate::{
    AdministerError, ApplicantFault, AuthorityReport, Caller, NameServer, OurFault, Registry, SubRegistry,
    ZoneSigner,
    sub_registry::{zone_name, zones_of},
};
use dime_store::{ChangeKind, Delegation, DelegationState, Expect, Glue, Ownership, Write};
use drip_det::Det;

/// What is to be changed; what is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DelegationChange {
    /// The name servers, all of them, each with its addresses where it is named inside the zone.
    pub name_servers: Option<Vec<NameServer>>,
    /// The DS records, all of them; empty for a zone that is signed no longer.
    pub ds: Option<Vec<ZoneSigner>>,
    /// The octets of `drip_wire::coverage`; empty for none.
    pub coverage: Option<Vec<u8>>,
}

impl Registry {
    /// Changes the delegation that belongs to the registry of `det`. It is durable, and in the zone, before this returns; what is not
    /// sound is refused as in an application, and nothing is changed. A change to what there is already is none.
    pub fn change_delegation(
        &self,
        det: Det,
        change: &DelegationChange,
        caller: &Caller,
    ) -> Result<AuthorityReport, AdministerError> {
        let unsuitable = |reason| AdministerError::Unsuitable { det, reason };
        let _one_at_a_time = self.imports.lock();
        let authority = self.administered(det, caller)?;
        if authority.own != Ownership::Below {
            return Err(unsuitable("only a registry below has a delegation here"));
        }
        let before = self.delegation_of(det)?.ok_or(unsuitable("it has no delegation"))?;
        if !matches!(before.state, DelegationState::Active | DelegationState::Suspended) {
            return Err(unsuitable("its delegation is not in force"));
        }
        let malformed = |fault: ApplicantFault| AdministerError::Key(Box::new(fault.into()));
        let hosted = before.name_servers.is_empty();
        if change.name_servers.as_ref().is_some_and(|servers| servers.is_empty() != hosted) {
            let reason = if hosted {
                "this DIME serves the registry's zone, which does not move to other name servers while there is something in it"
            } else {
                "a delegated zone needs a name server: its records are not here to be served"
            };
            return Err(malformed(ApplicantFault::MalformedField { field: "name_servers", reason }));
        }
        let now = self.clock.now();
        let after = changed(&before, change).map_err(malformed)?;
        if after != before {
            let expect = Expect::Version(before.version);
            let writes = vec![Write::PutDelegation { record: Box::new(after), expect }];
            self.commit(caller.actor(), now, ChangeKind::DelegationChanged, writes)
                .map_err(OurFault::from)?;
            tracing::info!(%det, hid = %authority.hid, "delegation changed");
        }
        self.report(self.authorities.find(det).ok_or(AdministerError::NotFound(det))?)
    }
}

/// The delegation with the change, checked as an application is.
fn changed(before: &Delegation, change: &DelegationChange) -> Result<Delegation, ApplicantFault> {
    let zones: Vec<_> = zones_of(before.hid).into_iter().map(zone_name).collect();
    let server = |name: &String| {
        let glue = before.glue.iter().find(|glue: &&Glue| glue.name == *name);
        let addresses = glue.map(|glue| glue.addresses.clone()).unwrap_or_default();
        NameServer { name: name.clone(), addresses }
    };
    let signer = |ds: &dime_store::DelegationSigner| ZoneSigner {
        zone: zones.get(usize::from(ds.block)).map(ToString::to_string),
        key_tag: ds.key_tag,
        algorithm: ds.algorithm,
        digest_type: ds.digest_type,
        digest: ds.digest.clone(),
    };
    let coverage = change.coverage.clone().or_else(|| before.coverage.clone());
    let wanted = SubRegistry {
        hid: Some(before.hid),
        name_servers: change
            .name_servers
            .clone()
            .unwrap_or_else(|| before.name_servers.iter().map(server).collect()),
        ds: change.ds.clone().unwrap_or_else(|| before.ds.iter().map(signer).collect()),
        coverage: coverage.filter(|octets| !octets.is_empty()),
        uri: before.uri.clone(),
    };
    let particulars = wanted.check(before.hid)?;
    Ok(Delegation {
        name_servers: particulars.name_servers,
        glue: particulars.glue,
        ds: particulars.ds,
        coverage: particulars.coverage,
        ..before.clone()
    })
}
