//! Endorsements, HHIT and BRID records of the whole chain in `testdata/chain`, made from its keys and read back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use drip_det::{Det, DripTime, EntityType, Hid, HostIdentity};
use drip_wire::{
    Endorsement, EndorsementBody, Epoch, Variant,
    rdata::{Brid, BridShape, Hhit, UasType},
};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::Value;
use std::sync::LazyLock;

static MANIFEST: LazyLock<Value> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/chain/manifest.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
});

/// One test for each entity, and one that fails when the manifest has an entity more or less.
macro_rules! entities {
    ($($test:ident $name:literal)*) => {
        $(#[test]
        fn $test() {
            check_entity($name);
        })*

        #[test]
        fn no_entity_is_left_out() {
            let all: Vec<_> = MANIFEST["entities"].as_object().unwrap().keys().map(String::as_str).collect();
            let mut tested = [$($name),*];
            tested.sort_unstable();
            assert_eq!(tested.as_slice(), all);
        }
    };
}

entities! {
    apex_auth "apex-auth"
    apex_issuing "apex-issuing"
    raa_auth "raa-auth"
    raa_issuing "raa-issuing"
    hda_auth "hda-auth"
    hda_issuing "hda-issuing"
    ua1 "ua1"
    usidmfr "usidmfr"
    raa2_auth_self "raa2-auth-self"
}

fn octets(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn entity(name: &str) -> &'static Value {
    &MANIFEST["entities"][name]
}

fn key(name: &str) -> SigningKey {
    SigningKey::from_bytes(&octets(&entity(name)["private_seed"]).try_into().unwrap())
}

fn det(name: &str) -> Det {
    entity(name)["det"].as_str().unwrap().parse().unwrap()
}

fn time(raw: &Value) -> DripTime {
    DripTime(u32::from_le_bytes(octets(raw).try_into().unwrap()))
}

fn check_entity(name: &str) {
    let fields = entity(name);
    let hi = HostIdentity::from(&key(name).verifying_key());
    assert_eq!(hi.to_string(), fields["hi"].as_str().unwrap());
    let number = |field: &str| u16::try_from(fields[field].as_u64().unwrap()).unwrap();
    let hid = Hid::from_numbers(number("raa"), number("hda")).unwrap();
    assert_eq!(Det::derive(hid, &hi), det(name));
    assert_eq!(det(name).to_string(), fields["det_ipv6"].as_str().unwrap());
    assert_eq!(det(name).owner_name(), fields["owner"].as_str().unwrap());

    let parent = fields["parent"].as_str().unwrap();
    let endorsement = check_endorsement(name, parent, &fields["endorsement"]);
    assert_eq!(endorsement.epoch(), Epoch::Drip);
    assert_eq!(endorsement.is_self_endorsement(), name == parent);
    assert_eq!(endorsement.vnb.to_string(), fields["not_before"].as_str().unwrap());
    if endorsement.vna == DripTime::FOREVER {
        assert_eq!(fields["not_after"], "99991231235959Z");
    } else {
        assert_eq!(endorsement.vna.to_string(), fields["not_after"].as_str().unwrap());
    }
    // The same times written as Unix time by mistake: the signature is right, and the mistake is seen.
    let unix = check_endorsement(name, parent, &fields["endorsement_unix"]);
    assert_eq!(unix.epoch(), Epoch::UnixSuspected);
    assert!(!unix.valid_at(endorsement.vnb.to_unix()));
    assert!(endorsement.valid_at(endorsement.vnb.to_unix()));

    let certificate = octets(&fields["certs"]["lite"]["der_hex"]);
    let hhit = Hhit::new(EntityType(number("hhit_entity_type")), hid, certificate);
    assert_eq!(hhit.encode(), octets(&fields["hhit_rdata_hex"]));
    assert_eq!(hhit.variants(), []);
    assert_eq!(Hhit::decode(&octets(&fields["hhit_rdata_hex"])), Ok(hhit));
}

/// Makes the endorsement of `child` by `parent` with the times given, compares, verifies.
fn check_endorsement(child: &str, parent: &str, expected: &Value) -> Endorsement {
    let body = EndorsementBody {
        vnb: time(&expected["vnb_raw"]),
        vna: time(&expected["vna_raw"]),
        child: det(child),
        child_hi: HostIdentity::from(&key(child).verifying_key()),
        parent: det(parent),
    };
    let endorsement = body.sign_with(key(parent).sign(&body.signed_octets()).to_bytes());
    assert_eq!(endorsement.encode().as_slice(), octets(&expected["hex"]));
    assert_eq!(Endorsement::decode(&octets(&expected["hex"])), Ok(endorsement));
    let parent_hi: HostIdentity = expected["parent_hi"].as_str().unwrap().parse().unwrap();
    assert_eq!(endorsement.verify(&parent_hi), Ok(()));
    endorsement
}

#[test]
fn cross_endorsement() {
    let endorsement =
        check_endorsement("raa2-auth-self", "raa-auth", &MANIFEST["cross_endorsement_raa16376_of_raa16377"]);
    assert_ne!(endorsement.child.raa(), endorsement.parent.raa());
}

#[test]
fn brid_of_ua1_in_both_shapes() {
    let expected = &MANIFEST["brid_ua1"];
    let chain: Vec<Endorsement> = expected["order"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| {
            Endorsement::decode(&octets(&entity(name.as_str().unwrap())["endorsement"]["hex"])).unwrap()
        })
        .collect();
    for (shape, field, variants) in [
        (BridShape::Nested, "nested_rdata_hex", [].as_slice()),
        (BridShape::Flat, "flat_rdata_hex", &[Variant::FlatPairs, Variant::ShortUasId]),
    ] {
        let brid = Brid::for_session(det("ua1"), UasType::MULTIROTOR, &chain, shape);
        assert_eq!(brid.encode(), octets(&expected[field]));
        let read = Brid::decode(&octets(&expected[field])).unwrap();
        assert_eq!(read.endorsements().as_ref(), Ok(&chain));
        assert_eq!(read.det(), Some(det("ua1")));
        assert_eq!(read.variants(), variants);
        assert_eq!(read, brid);
    }
}
