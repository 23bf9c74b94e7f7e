//! Changing the delegation of a registry below.

use crate::node::*;
use crate::world::*;
use dime_registry::{
    AdministerError, Caller, DelegationChange, NameServer, Permission, Policy, SubRegistry, ZoneSigner,
};
use dime_store::{ChangeKind, Seq};
use dime_zone::RecordType;
use drip_det::{Det, Hid};
use drip_wire::coverage::Coverage;

fn hid() -> Hid {
    place(16376, 10)
}

fn det() -> Det {
    Det::derive(hid(), key("hda-a").hi())
}

fn server(name: &str, addresses: &[&str]) -> NameServer {
    let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
    NameServer { name: name.into(), addresses }
}

fn ds(key_tag: u16) -> ZoneSigner {
    ZoneSigner { zone: None, key_tag, algorithm: 15, digest_type: 2, digest: vec![9; 32] }
}

/// NS, glue and DS of the zone, as the RAA's name server says them: how many NS, the glue's addresses, the key tags.
fn delegated(raa: &Node) -> (usize, Vec<Vec<u8>>, Vec<u16>) {
    let referral = raa.ask(&det().owner_name(), RecordType::HHIT);
    assert!(!referral.authoritative);
    let ns = referral.authority.iter().filter(|record| record.record_type == RecordType::NS).count();
    let glue = referral.additional.into_iter().map(|record| record.rdata).collect();
    let ds = raa.ask(&zone_of(hid()), RecordType::DS).answers;
    (ns, glue, ds.iter().map(|record| u16::from_be_bytes([record.rdata[0], record.rdata[1]])).collect())
}

#[test]
fn name_servers_glue_ds_and_coverage_change_at_once_and_stay_changed() {
    let raa = raa(Policy::quickstart());
    raa.hda_below("hda-a", hid());
    assert_eq!(delegated(&raa), (2, vec![vec![127, 0, 0, 2]], vec![4711]));
    let serial = |raa: &Node| raa.zones.serial(drip_det::ZoneCut::raa_of(hid())).unwrap();
    let before = serial(&raa);

    let servers = vec![server("ns1", &["127.0.0.7", "127.0.0.8"])];
    let change = DelegationChange { name_servers: Some(servers), ..DelegationChange::default() };
    raa.registry.change_delegation(det(), &change, &manager()).unwrap();
    let glue = vec![vec![127, 0, 0, 7], vec![127, 0, 0, 8]];
    assert_eq!(delegated(&raa), (1, glue.clone(), vec![4711]), "what is not named stays");
    assert!(serial(&raa) != before, "secondaries see it by the serial");
    let entry = raa.store.changes(Seq(raa.store.last_seq().0 - 1)).next().unwrap().unwrap();
    assert_eq!(entry.change.kind, ChangeKind::DelegationChanged);

    // A roll of the zone's keys below: both, then the new one.
    for keys in [vec![ds(4711), ds(4712)], vec![ds(4712)], vec![]] {
        let tags: Vec<u16> = keys.iter().map(|ds| ds.key_tag).collect();
        let change = DelegationChange { ds: Some(keys), ..DelegationChange::default() };
        raa.registry.change_delegation(det(), &change, &manager()).unwrap();
        assert_eq!(delegated(&raa), (1, glue.clone(), tags));
    }
    let change = DelegationChange { ds: Some(vec![ds(1)]), ..DelegationChange::default() };
    raa.registry.change_delegation(det(), &change, &manager()).unwrap();
    let last = raa.store.last_seq();
    raa.registry.change_delegation(det(), &change, &manager()).unwrap();
    assert_eq!(raa.store.last_seq(), last, "the same again changes nothing");

    let coverage: Coverage = "47.5,8.5 100km".parse().unwrap_or_else(|_| panic!("a coverage"));
    let change = DelegationChange { coverage: Some(coverage.encode()), ..DelegationChange::default() };
    let report = raa.registry.change_delegation(det(), &change, &manager()).unwrap();
    assert_eq!(report.delegation.unwrap().coverage, Some(coverage.encode()));

    let raa = raa.restarted();
    assert_eq!(delegated(&raa), (1, glue.clone(), vec![1]));
    // Suspended, it is changed and not shown until it is resumed.
    raa.registry.suspend_authority(det(), "unpaid", &manager()).unwrap();
    let change = DelegationChange { ds: Some(vec![ds(2)]), ..DelegationChange::default() };
    raa.registry.change_delegation(det(), &change, &manager()).unwrap();
    assert!(raa.ask(&zone_of(hid()), RecordType::DS).answers.is_empty());
    raa.registry.resume_authority(det(), &manager()).unwrap();
    assert_eq!(delegated(&raa), (1, glue, vec![2]));
    let report = raa.registry.authority_report(det(), &manager()).unwrap();
    assert_eq!(report.delegation.unwrap().coverage, Some(coverage.encode()));
}

#[test]
fn what_is_not_sound_is_refused_and_changes_nothing() {
    let raa = raa(Policy::quickstart());
    raa.hda_below("hda-a", hid());
    let (before, last) = (delegated(&raa), raa.store.last_seq());
    let refused = |change: DelegationChange| raa.registry.change_delegation(det(), &change, &manager());
    let of_servers =
        |servers| DelegationChange { name_servers: Some(servers), ..DelegationChange::default() };
    for (change, words) in [
        (of_servers(vec![]), "needs a name server"),
        (of_servers(vec![server("ns", &[])]), "needs an address"),
        (of_servers(vec![server("ns.example.", &["::1"])]), "inside the zone only"),
        (of_servers(vec![server("ns..", &["::1"])]), "no domain name"),
        (of_servers(vec![server("ns", &["::1"]), server("ns", &["::2"])]), "twice"),
        (
            DelegationChange {
                ds: Some(vec![ZoneSigner { digest: vec![1; 31], ..ds(1) }]),
                ..DelegationChange::default()
            },
            "length",
        ),
        (
            DelegationChange {
                ds: Some(vec![ZoneSigner { zone: Some("example.".into()), ..ds(1) }]),
                ..DelegationChange::default()
            },
            "not the registry's",
        ),
        (DelegationChange { coverage: Some(vec![0xff]), ..DelegationChange::default() }, "no coverage"),
    ] {
        let error = refused(change).unwrap_err();
        assert_eq!(error.slug(), "malformed-field", "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    let own = Det::derive(place(16376, 0), key("raa-a").hi());
    let nothing = DelegationChange::default();
    let error = raa.registry.change_delegation(own, &nothing, &manager()).unwrap_err();
    assert_eq!(error.slug(), "authority-unsuitable");
    for caller in [
        Caller::Anonymous,
        token(dime_registry::Role::Auditor, None),
        token(dime_registry::Role::Manager, Some(hid())),
    ] {
        match raa.registry.change_delegation(det(), &nothing, &caller) {
            Err(AdministerError::Forbidden(missing)) => {
                assert_eq!(missing.missing, Permission::ManageAuthorities);
            }
            other => panic!("{caller:?}: {other:?}"),
        }
    }
    assert_eq!((delegated(&raa), raa.store.last_seq()), (before, last));
}

#[test]
fn a_zone_that_is_served_here_stays_here() {
    let raa = raa(Policy::quickstart());
    let registry = SubRegistry { hid: Some(hid()), ..SubRegistry::default() };
    let application =
        dime_registry::Application { registry: Some(registry), ..hda_application("hda-a", hid()) };
    raa.waiting(application, &manager());
    raa.ceremony(&dime_registry::Wanted::all(), "raa-a", place(16376, 0));
    let servers = Some(vec![server("ns", &["127.0.0.7"])]);
    let change = DelegationChange { name_servers: servers, ..DelegationChange::default() };
    let error = raa.registry.change_delegation(det(), &change, &manager()).unwrap_err();
    assert!(error.to_string().contains("this DIME serves the registry's zone"), "{error}");
    assert!(raa.is_in_dns(det()));
}
