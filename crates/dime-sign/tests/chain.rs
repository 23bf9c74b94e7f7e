//! The whole chain of the vectors signed by signers under their own policies: the same octets, link for link.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_sign::{
    Endless, Issuing, LocalSigner, PrivateKey, Signer, SigningPolicy, certify, endorse, offline,
};
use drip_cert::lite::LiteCertificate;
use drip_det::{Hid, UnixTime};
use drip_wire::Endorsement;
use serde_json::Value;
use zeroize::Zeroizing;

fn entity(name: &str) -> Value {
    let manifest: Value =
        serde_json::from_str(include_str!("../../../testdata/chain/manifest.json")).unwrap();
    manifest["entities"][name].clone()
}

fn octets(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

/// The signer that this entity is.
fn signer(name: &str) -> Box<dyn Signer> {
    let entity = entity(name);
    let key = PrivateKey::from_seed(&Zeroizing::new(octets(&entity["private_seed"]).try_into().unwrap()));
    let number = |key: &str| u16::try_from(entity[key].as_u64().unwrap()).unwrap();
    let hid = Hid::from_numbers(number("raa"), number("hda")).unwrap();
    if name.contains("auth") {
        Box::new(offline::test_tree(key, hid, SigningPolicy::AUTHORIZATION).unwrap())
    } else {
        let policy = SigningPolicy { endless: Endless::Allowed, ..SigningPolicy::ISSUING };
        Box::new(LocalSigner::<Issuing>::new(key, hid, policy).unwrap())
    }
}

/// Has the link to this entity signed again by its parent, at the moment it begins.
fn link(name: &str) {
    let child = entity(name);
    let parent = signer(child["parent"].as_str().unwrap());

    let vector = Endorsement::decode(&octets(&child["endorsement"]["hex"])).unwrap();
    let now = vector.vnb.to_unix();
    assert_eq!(parent.det(), vector.parent);
    let signed = endorse(parent.as_ref(), vector.body(), now).unwrap();
    assert_eq!(hex::encode(signed.encode()), child["endorsement"]["hex"].as_str().unwrap());
    assert_eq!(signed.verify(parent.hi()), Ok(()));

    for profile in ["lite", "lite_uri"] {
        let vector = octets(&child["certs"][profile]["der_hex"]);
        let tbs = LiteCertificate::parse(&vector).unwrap().tbs().clone();
        let signed = certify(parent.as_ref(), &tbs, now).unwrap();
        assert_eq!(hex::encode(signed), hex::encode(vector), "{profile}");
    }
    assert!(endorse(parent.as_ref(), vector.body(), UnixTime(now.0 + 31 * 86_400)).is_err(), "too late");
}

macro_rules! links {
    ($($test:ident = $name:literal),* $(,)?) => {
        $(#[test]
        fn $test() {
            link($name);
        })*
    };
}

links! {
    apex_auth = "apex-auth",
    apex_issuing = "apex-issuing",
    raa_auth = "raa-auth",
    raa_issuing = "raa-issuing",
    hda_auth = "hda-auth",
    hda_issuing = "hda-issuing",
    ua1 = "ua1",
    usidmfr = "usidmfr",
    raa2_auth_self = "raa2-auth-self",
}
