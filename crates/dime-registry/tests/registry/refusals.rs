//! What is refused: by its own slug, with nothing stored and nothing signed.

use crate::world::*;
use dime_registry::{Application, Caller, Kind, Policy, Registry, SerialNumbers};
use dime_store::Registration;
use drip_cert::csr::CsrSpec;
use drip_det::{Det, Hid, UnixTime};

#[track_caller]
fn refused(world: &World, application: Application, caller: &Caller, slug: &str, field: Option<&str>) {
    let before = (world.store.last_seq(), world.signer.count());
    let error = world.registry.register(application, caller).expect_err(slug);
    assert_eq!((error.slug(), error.field()), (slug, field), "{error}");
    assert_eq!(
        (world.store.last_seq(), world.signer.count()),
        before,
        "{slug}: something was stored or signed"
    );
}

fn with_csr(csr: Vec<u8>) -> Application {
    Application::new(Kind::Aircraft, csr)
}

#[test]
fn requests_that_are_none() {
    let world = World::new();
    let good = csr(&key("aircraft"), Some("SN1".into()), None);
    for length in 0..good.len() {
        refused(&world, with_csr(good[..length].to_vec()), &manager(), "malformed-csr", Some("csr"));
    }
    refused(&world, with_csr([good.as_slice(), b"\0"].concat()), &manager(), "malformed-csr", Some("csr"));
    refused(&world, with_csr(vec![0x30; 100_000]), &manager(), "malformed-csr", Some("csr"));
    let pem = b"-----BEGIN CERTIFICATE REQUEST-----\nnonsense\n-----END CERTIFICATE REQUEST-----\n";
    refused(&world, with_csr(pem.to_vec()), &manager(), "malformed-csr", Some("csr"));
}

#[test]
fn foreign_algorithms() {
    let world = World::new();
    let p256 = include_bytes!("../../../../testdata/csr/p256.der");
    let rsa = include_bytes!("../../../../testdata/csr/rsa2048.der");
    refused(&world, with_csr(p256.to_vec()), &manager(), "wrong-algorithm", Some("csr"));
    let said = world.registry.register(with_csr(p256.to_vec()), &manager()).unwrap_err().to_string();
    assert!(said.contains("ECDSA P-256") && said.contains("proof of both keys"), "{said}");
    refused(&world, with_csr(rsa.to_vec()), &manager(), "wrong-algorithm", Some("csr"));
}

#[test]
fn signatures_of_others() {
    let world = World::new();
    let mut request = csr(&key("aircraft"), None, None);
    *request.last_mut().unwrap() ^= 1;
    refused(&world, with_csr(request), &manager(), "bad-signature", Some("csr"));
    let spec = CsrSpec { hi: *key("aircraft").hi(), serial_number: None, det: None };
    let stolen = spec.assemble(&key("thief").sign(&spec.to_be_signed().unwrap())).unwrap();
    refused(&world, with_csr(stolen), &manager(), "bad-signature", Some("csr"));
}

#[test]
fn places_that_are_not_ours() {
    let world = World::new();
    let at = |raa, hda| {
        let key = key("aircraft");
        let det = Det::derive(Hid::from_numbers(raa, hda).unwrap(), key.hi());
        with_csr(csr(&key, None, Some(det)))
    };
    for (raa, hda) in [(16376, 11), (16377, 10), (16377, 0), (0, 0)] {
        refused(&world, at(raa, hda), &manager(), "foreign-hid", Some("csr"));
    }
    for hda in [0, 4096, 8192, 12288] {
        refused(&world, at(16376, hda), &manager(), "reserved-hda", Some("csr"));
    }
}

#[test]
fn a_det_of_another_key() {
    let world = World::new();
    let key = key("aircraft");
    let det = Det::derive(hid(), key.hi());
    let spec = CsrSpec { hi: *key.hi(), serial_number: None, det: Some(det) };
    let mut to_be_signed = spec.to_be_signed().unwrap();
    let mut request = spec.assemble(&[0; 64]).unwrap();
    let start = request.windows(to_be_signed.len()).position(|window| window == to_be_signed).unwrap();
    let end = start + to_be_signed.len();
    let at = to_be_signed.windows(16).position(|window| window == det.to_bytes()).unwrap();
    to_be_signed[at + 15] ^= 1;
    request[start..end].copy_from_slice(&to_be_signed);
    let signature_at = request.len() - 64;
    request[signature_at..].copy_from_slice(&key.sign(&to_be_signed));
    refused(&world, with_csr(request), &manager(), "det-mismatch", Some("csr"));
}

#[test]
fn kinds_that_are_not_registered_here() {
    let world = World::new();
    for kind in [Kind::Manufacturer, Kind::Raa] {
        refused(&world, application(kind, "key"), &manager(), "kind-not-offered", Some("kind"));
    }
    let world = World::with_policy(Policy { service: None, ..Policy::quickstart() });
    refused(&world, application(Kind::Service, "key"), &manager(), "kind-not-offered", Some("kind"));
}

#[test]
fn validities_out_of_range() {
    let world = World::new();
    let until = |end| Application { not_after: Some(UnixTime(end)), ..application(Kind::Session, "session") };
    for end in [0, START - 1, START, START + 7 * DAY + 1, u64::MAX] {
        refused(&world, until(end), &manager(), "validity-out-of-range", Some("not_after"));
    }
    // The issuer's own end comes first when it is near.
    let end = START - DAY + 3 * 365 * DAY;
    world.clock.set(end - 2 * DAY);
    refused(&world, until(end + 1), &manager(), "validity-out-of-range", Some("not_after"));
    assert_eq!(world.registered(until(end), &manager()).public.not_after, UnixTime(end));
    world.clock.set(end + 1);
    refused(&world, application(Kind::Session, "late"), &manager(), "issuer-not-valid", None);
    assert!(world.registry.ready().is_err());
    // A clock set back is told as such.
    world.clock.set(START - 10 * DAY);
    refused(&world, application(Kind::Session, "early"), &manager(), "issuer-not-valid", None);
    let told = world.registry.ready().unwrap_err().to_string();
    assert!(told.contains("from ") && told.contains(&UnixTime(START - DAY).to_string()), "{told}");
}

#[test]
fn fields_that_cannot_be() {
    let world = World::new();
    let good = || application(Kind::Aircraft, "aircraft");
    let field = |application, name| refused(&world, application, &manager(), "malformed-field", Some(name));
    field(Application { serial_number: Some("".into()), ..good() }, "serial_number");
    field(Application { serial_number: Some("x".repeat(65)), ..good() }, "serial_number");
    field(Application { flight: Some("a\nb".into()), ..good() }, "flight");
    field(Application { contact: Some("x".repeat(501)), ..good() }, "contact");
    field(Application { idempotency_key: Some(" ".into()), ..good() }, "idempotency_key");
    field(Application { operator_attestation: Some(vec![0; 136]), ..good() }, "operator");
    let operator = Det::derive(hid(), key("operator").hi());
    field(Application { operator: Some(operator), ..application(Kind::Operator, "operator") }, "operator");

    let request = csr(&key("aircraft"), Some("SN1".into()), None);
    let other = Application { serial_number: Some("SN2".into()), ..with_csr(request) };
    refused(&world, other, &manager(), "serial-number-mismatch", Some("serial_number"));

    let strict = Policy { serial_numbers: SerialNumbers::Cta2063a, ..Policy::quickstart() };
    let strict = World::with_policy(strict);
    let numbered = |number: &str| Application { serial_number: Some(number.into()), ..good() };
    refused(&strict, numbered("SN1"), &manager(), "malformed-field", Some("serial_number"));
    strict.registered(numbered("8653F02T7B8RA85D19LX"), &manager());
}

#[test]
fn a_managers_token_for_another_hda() {
    let world = World::new();
    let other = token(dime_registry::Role::Manager, Some(Hid::from_numbers(16376, 11).unwrap()));
    refused(&world, application(Kind::Aircraft, "aircraft"), &other, "forbidden", None);
}

#[test]
fn keys_that_are_taken() {
    let world = World::new();
    world.registered(application(Kind::Aircraft, "aircraft"), &manager());
    let other_csr = csr(&key("aircraft"), Some("SN1".into()), None);
    refused(&world, with_csr(other_csr), &manager(), "hi-collision", Some("csr"));
    refused(&world, application(Kind::Session, "aircraft"), &manager(), "duplicate", Some("kind"));
    let numbered =
        Application { serial_number: Some("SN1".into()), ..application(Kind::Aircraft, "aircraft") };
    refused(&world, numbered, &manager(), "duplicate", Some("serial_number"));
    for authority in ["raa-a", "raa-i", "hda-a", "hda-i"] {
        refused(&world, application(Kind::Aircraft, authority), &manager(), "hi-collision", Some("csr"));
    }
}

/// A DET that another key has would take 2^64 keys to find: it is put into the store by hand.
#[test]
fn a_det_that_another_key_has() {
    let world = World::new();
    world.registered(application(Kind::Aircraft, "model"), &manager());
    let wanted = Det::derive(hid(), key("aircraft").hi());
    let model = world.store.registration_by_hi(key("model").hi()).unwrap().unwrap();
    let squatter = Registration {
        id: dime_registry::RegistrationId("019a0000-0000-7000-8000-000000000000".into()),
        det: wanted,
        hi: *key("squatter").hi(),
        numbered: Vec::new(),
        ..model
    };
    commit(&world, squatter);
    refused(&world, application(Kind::Aircraft, "aircraft"), &manager(), "det-collision", Some("csr"));
    let error = world.registry.register(application(Kind::Aircraft, "aircraft"), &manager()).unwrap_err();
    assert!(error.to_string().contains("make a new key"));
}

fn commit(world: &World, record: Registration) {
    use dime_store::{Actor, Change, ChangeKind, Expect, Write};
    let write = Write::PutRegistration { record: Box::new(record), expect: Expect::Absent };
    let at = UnixTime(START);
    world
        .store
        .commit(Change { actor: Actor::System, at, kind: ChangeKind::Registered, writes: vec![write] })
        .unwrap();
}

#[test]
fn without_an_issuer_nothing_is_registered() {
    let world = World::new();
    let zones = std::sync::Arc::new(dime_zone::Zones::new());
    let registry =
        Registry::open(world.store.clone(), Vec::new(), Policy::quickstart(), zones, world.clock.clone())
            .unwrap();
    let error = registry.register(application(Kind::Aircraft, "aircraft"), &manager()).unwrap_err();
    assert_eq!(error.slug(), "no-issuer");
}
