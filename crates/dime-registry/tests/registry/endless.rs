//! What a manufacturer certifies for ever: no end in certificates and endorsement, and the device named in them.

use crate::world::*;
use dime_registry::{
    Application, Approval, Caller, End, HardwareModule, Kind, KindPolicy, NO_END, Policy, ProfileSet, Renewal,
};
use dime_sign::{Endless, SigningPolicy};
use dime_zone::{Rcode, RecordType};
use drip_cert::{full::FullCertificate, lite::LiteCertificate, mtls::MtlsCertificate, x509::CertTime};
use drip_det::{DripTime, EntityType, UnixTime};
use drip_wire::{Endorsement, rdata::Hhit};

const MANUFACTURER: KindPolicy = KindPolicy {
    approval: Approval::Manual,
    default_lifetime: DAY,
    maximum_lifetime: DAY,
    entity_type: EntityType::UA,
    profiles: ProfileSet::ALL,
    end: End::Never,
};

fn makes() -> Policy {
    Policy { manufacturer: Some(MANUFACTURER), ..Policy::quickstart() }
}

fn world(policy: Policy, endless: Endless) -> World {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    found(&store, START - DAY);
    let signing = SigningPolicy { endless, ..SigningPolicy::ISSUING };
    World::signing_by(folder, store, policy, ManualClock::at(START), signing)
}

fn device(name: &str) -> Application {
    let hardware_module =
        Some(HardwareModule { hw_type: "1.3.6.1.4.1.55555.1".into(), hw_serial: vec![1, 2, 3, 4] });
    Application { hardware_module, ..application(Kind::Manufacturer, name) }
}

/// Everything that was issued says: for ever, and which device.
fn assert_endless(world: &World, det: drip_det::Det) {
    let record = world.store.registration_by_det(det).unwrap().unwrap();
    assert_eq!(record.not_after, NO_END);
    let endorsement = Endorsement::decode(&record.endorsement.unwrap()).unwrap();
    assert_eq!((endorsement.vna, endorsement.vna.0), (DripTime::FOREVER, u32::MAX));
    let lite = LiteCertificate::parse(record.certificate.as_ref().unwrap()).unwrap().tbs().clone();
    let full = record.full.unwrap().der.unwrap();
    let full = FullCertificate::parse(&full).unwrap().tbs().clone();
    let mtls = record.mtls.unwrap().der.unwrap();
    let mtls = MtlsCertificate::parse(&mtls).unwrap().tbs().clone();
    assert_eq!([lite.not_after, full.not_after, mtls.not_after], [CertTime::FOREVER; 3]);
    for module in [lite.hardware_module, full.hardware_module, mtls.hardware_module] {
        let module = module.unwrap();
        assert_eq!(
            (module.hw_type.to_string().as_str(), module.hw_serial.as_slice()),
            ("1.3.6.1.4.1.55555.1", &[1, 2, 3, 4][..])
        );
    }
    // The DNS holds the same certificate.
    let (rcode, records) = world.query(det, RecordType::HHIT);
    assert_eq!(rcode, Rcode::NoError);
    assert_eq!(Some(Hhit::decode(&records[0]).unwrap().certificate), record.certificate);
}

#[test]
fn for_ever_in_every_object() {
    let world = world(makes(), Endless::Allowed);
    let waiting = world.waiting(device("device"), &Caller::Anonymous);
    let det = world.registry.approve(&waiting.id, &manager()).unwrap().public.det;
    assert_endless(&world, det);
    let again = world.registered(device("device"), &manager());
    assert_eq!(again.public.det, det, "the same application gives the same");
    // It never expires, and a renewal only begins anew.
    world.clock.set(START + 100 * 365 * DAY);
    assert_eq!(world.registry.next_expiry().unwrap(), Some(issuers_end()));
    world.clock.set(START + 60);
    world.registry.renew(det, Renewal::default(), &manager()).unwrap();
    assert_endless(&world, det);
    assert_eq!(world.store.registration_by_det(det).unwrap().unwrap().not_before, UnixTime(START + 60));
    world.registry.revoke(det, "scrapped", &manager()).unwrap();
    assert!(!world.is_in_dns(det));
}

#[test]
fn a_device_must_be_named_and_only_then() {
    let world = world(makes(), Endless::Allowed);
    let fault = |application| world.registry.register(application, &manager()).unwrap_err();
    let module = |hw_type: &str, hw_serial: Vec<u8>| Application {
        hardware_module: Some(HardwareModule { hw_type: hw_type.into(), hw_serial }),
        ..device("device")
    };
    let ends = Application { not_after: Some(UnixTime(START + 60)), ..device("device") };
    for (application, field, words) in [
        (application(Kind::Manufacturer, "device"), "hardware_module", "names its hardware"),
        (module("1.3.six", vec![1]), "hardware_module", "no object identifier"),
        (module("1.3.6.1.4.1.55555.1", vec![]), "hardware_module", "is empty"),
        (module("1.3.6.1.4.1.55555.1", vec![1; 65]), "hardware_module", "more than 64"),
        (Application { kind: Kind::Aircraft, ..device("device") }, "hardware_module", "without an end"),
        (ends, "not_after", "is an end"),
    ] {
        let error = fault(application);
        assert_eq!(error.field(), Some(field));
        assert!(error.to_string().contains(words), "{error}");
    }
    assert_eq!(world.signer.count(), 0);
    world.registered(device("device"), &manager());
    let other = fault(module("1.3.6.1.4.1.55555.1", vec![9]));
    assert_eq!(other.field(), Some("hardware_module"), "{other}");
}

/// What our policy promises, the signer may still refuse.
#[test]
fn a_signer_that_is_no_manufacturers_signs_nothing_for_ever() {
    let world = world(makes(), Endless::Refused);
    let error = world.registry.register(device("device"), &manager()).unwrap_err();
    assert_eq!(error.slug(), "signer-failed", "{error}");
    assert_eq!(world.signer.count(), 0);
}

/// Asked for while the kind never ended, approved when it does.
#[test]
fn rules_that_changed_while_it_waited() {
    let world = world(makes(), Endless::Allowed);
    let waiting = world.waiting(device("device"), &Caller::Anonymous);
    let World { folder, store, clock, registry, signer, zones } = world;
    drop((registry, signer, zones, store));
    let dated = KindPolicy { end: End::Dated, ..MANUFACTURER };
    let policy = Policy { manufacturer: Some(dated), ..Policy::quickstart() };
    let store = open_store(folder.path());
    let world = World::over(folder, store, policy, clock);
    let view = world.registry.approve(&waiting.id, &manager()).unwrap();
    assert_eq!(view.public.not_after, UnixTime(START + DAY));
    let record = world.store.registration_by_det(view.public.det).unwrap().unwrap();
    let lite = LiteCertificate::parse(record.certificate.as_ref().unwrap()).unwrap();
    assert_eq!(lite.tbs().hardware_module, None, "what ends names no device");
}
