//! Zones that are refused for want of DNSSEC keys, and are served once they have them: with all that was registered meanwhile.

use crate::world::*;
use dime_registry::{IssuerKeys, Kind, Policy, Registry};
use dime_zone::dnssec::{
    HdaZones, KeyFolder, KeyRole, Signing, SigningEvent, SigningPolicy, UpperZones, ZoneKey, first_keys,
};
use dime_zone::{ExportForm, Zones};
use drip_det::{UnixTime, ZoneCut};
use std::{path::Path, sync::Arc};

fn signed(keys: &Path, now: u64) -> Arc<Zones> {
    let policy = SigningPolicy::new(14 * DAY, 7 * DAY, UpperZones::Signed, HdaZones::Nsec).unwrap();
    Arc::new(Zones::signed(Signing::new(KeyFolder::new(keys), policy, UnixTime(now))))
}

/// The records of all zones but those that say a serial.
fn contents(zones: &Zones) -> Vec<String> {
    let mut all = Vec::new();
    for summary in zones.summaries() {
        let mut text = Vec::new();
        zones.export(summary.cut, ExportForm::Native, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let is_content = |line: &&str| !line.starts_with(';') && !line.contains(" SOA ");
        all.extend(text.lines().filter(is_content).map(str::to_owned));
    }
    all.sort();
    all
}

#[test]
fn a_zone_that_gets_its_keys_while_serving_has_all_that_belongs_into_it() {
    let World { folder, store, clock, .. } = World::new();
    let keys = tempfile::tempdir().unwrap();
    let zones = signed(keys.path(), START);
    let signer = watched_signer(&store, usize::MAX);
    let open = |zones: &Arc<Zones>| {
        let issuers = vec![IssuerKeys::for_all_kinds(signer.clone())];
        Registry::open(store.clone(), issuers, Policy::quickstart(), zones.clone(), clock.clone()).unwrap()
    };
    let registry = open(&zones);
    assert_eq!((zones.summaries().len(), zones.refused().len()), (0, 5), "four of the RAA, one of the HDA");
    let late =
        World { folder, store: store.clone(), zones, clock: clock.clone(), signer: signer.clone(), registry };
    let operator = late.operator("operator");
    let gone = late.operator("gone");
    late.registry.revoke(gone, "test", &manager()).unwrap();
    assert!(!late.is_in_dns(operator), "nowhere, and not in a zone above either");

    let hda = ZoneCut::hda_of(hid()).unwrap();
    let cuts = ZoneCut::raa_zones(hid().raa).into_iter().chain([hda]);
    // The RAA's first, then the HDA's: no zone is filled by another's fault.
    for (index, cut) in cuts.enumerate() {
        for (role, seed) in [(KeyRole::KeySigning, 1), (KeyRole::ZoneSigning, 101)] {
            let new = first_keys(role, UnixTime(START));
            let key = ZoneKey::from_seed(&[index as u8 + seed; 32], role, new.times);
            KeyFolder::new(keys.path()).create(&cut.name().parse().unwrap(), &key).unwrap();
        }
        let events = late.zones.tick(UnixTime(START + 1 + index as u64));
        let served: Vec<ZoneCut> = events
            .iter()
            .filter_map(|event| match event {
                SigningEvent::Served { cut, .. } => Some(*cut),
                _ => None,
            })
            .collect();
        assert_eq!(served, [cut], "at once, not after a minute");
        served.iter().for_each(|cut| late.registry.fill_zone(*cut).unwrap());
    }
    assert!(late.is_in_dns(operator) && !late.is_in_dns(gone));
    let newcomer = late.registered(application(Kind::Operator, "newcomer"), &manager()).public.det;
    assert!(late.is_in_dns(newcomer));

    let zones = signed(keys.path(), START + 10);
    let again = open(&zones);
    let (found, wanted) = (contents(&late.zones), contents(&zones));
    assert!(wanted.len() > 60 && zones.is_published(operator), "{}", wanted.len());
    assert_eq!(found, wanted);
    drop(again);
}
