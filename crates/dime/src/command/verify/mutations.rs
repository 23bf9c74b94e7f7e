//! Thousands of damaged objects of every kind: none is trusted. The chains are those of `testdata/chain`, Apex to UA; what stands in no
//! chain comes from `testdata/corpus`.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dime_sign::PrivateKey;
use dime_sign::ceremony::Bundle;
use dime_tests::decoders::DECODERS;
use dime_tests::dice::Dice;
use dime_tests::mutation::{graft, mutate};
use dime_tests::readers::READERS;
use dime_tests::tools::root;
use drip_cert::c509::{C509Certificate, NativeTbs};
use drip_cert::mtls::{MtlsRole, MtlsTbs, PkiUrls};
use drip_cert::x509::{CertTime, CertificateSerial};
use drip_client::Anchor;
use drip_client::chain::{Conditions, Trust};
use drip_det::{Det, EntityType, UnixTime};
use drip_wire::rdata::Hhit;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{Judged, judge};
use crate::object::{self, Object};

const MUTATIONS: usize = 2_000;
/// 2026-07-01: everything in the chain is valid.
const AT: UnixTime = UnixTime(1_782_864_000);
const CHAIN: [&str; 5] = ["apex-auth", "raa-auth", "hda-auth", "hda-issuing", "ua1"];

/// The research vectors.
struct Vectors(Value);

impl Vectors {
    fn load() -> Self {
        let text = fs::read_to_string(root().join("testdata/chain/manifest.json")).unwrap();
        Self(serde_json::from_str(&text).unwrap())
    }

    fn text(&self, pointer: &str) -> &str {
        self.0.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no {pointer}"))
    }

    fn octets(&self, pointer: &str) -> Vec<u8> {
        hex::decode(self.text(pointer)).unwrap()
    }

    /// This object of every member of the chain.
    fn chain(&self, object: &str) -> Vec<Vec<u8>> {
        CHAIN.iter().map(|name| self.octets(&format!("/entities/{name}/{object}"))).collect()
    }

    fn anchor(&self, name: &str) -> Anchor {
        Anchor::parse(&self.octets(&format!("/entities/{name}/endorsement/hex"))).unwrap()
    }

    /// What the vectors do not have: an mtls certificate of every member, and the same as native C509.
    fn mtls(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let time = |name: &str, field: &str| {
            let text = self.text(&format!("/entities/{name}/{field}"));
            CertTime::new(crate::input::moment(text).unwrap()).unwrap()
        };
        let key = |name: &str| {
            let seed = self.octets(&format!("/entities/{name}/private_seed"));
            PrivateKey::from_seed(&Zeroizing::new(seed.try_into().unwrap()))
        };
        let det = |name: &str| self.text(&format!("/entities/{name}/det_ipv6")).parse::<Det>().unwrap();
        let certificate = |(at, name): (usize, &&str)| {
            let parent = self.text(&format!("/entities/{name}/parent"));
            let tbs = MtlsTbs {
                serial: CertificateSerial::unpredictable([at as u8 + 1; 20]),
                issuer: det(parent),
                not_before: time(name, "not_before"),
                not_after: time(name, "not_after"),
                role: if *name == "ua1" { MtlsRole::EndEntity } else { MtlsRole::Authority },
                hi: *key(name).hi(),
                det: det(name),
                uri: None,
                hardware_module: None,
                pki: PkiUrls::of_origin("https://dime.example", det(parent)),
            };
            let to_be_signed = tbs.encode().unwrap();
            let native = NativeTbs::of_tbs(&to_be_signed).unwrap();
            let der = tbs.assemble(&key(parent).sign(&to_be_signed)).unwrap();
            (der, native.assemble(&key(parent).sign(native.octets())))
        };
        CHAIN.iter().enumerate().map(certificate).collect()
    }
}

fn is_trusted(files: &[Vec<u8>], anchor: &Anchor, at: UnixTime) -> bool {
    let files: Vec<(String, Vec<u8>)> =
        files.iter().enumerate().map(|(number, octets)| (number.to_string(), octets.clone())).collect();
    match judge(&files, &Trust::of_anchors(std::slice::from_ref(anchor), at), &Conditions::at(at)) {
        Judged::Objects(report) => report.is_trusted(),
        // An observer has the word, and nothing here was sent by a UA.
        Judged::Broadcast(_) => false,
    }
}

/// One of the ways of damage: an object's own octets, or a piece of another one in their place.
fn damage(objects: &[Vec<u8>], at: usize, dice: &mut Dice) -> Vec<u8> {
    let other = &objects[dice.below(objects.len() as u64) as usize];
    loop {
        let octets =
            if dice.below(3) == 0 { graft(&objects[at], other, dice) } else { mutate(&objects[at], dice) };
        // Another good object in the place of this one is no damage.
        if !objects.contains(&octets) {
            return octets;
        }
    }
}

/// Damages one object after the other, and judges them all each time.
fn none_is_trusted(objects: &[Vec<u8>], anchor: &Anchor, excused: impl Fn(&[u8], &[u8]) -> bool) {
    assert!(is_trusted(objects, anchor, AT), "the objects themselves");
    let mut dice = Dice::for_this_run();
    for round in 0..MUTATIONS {
        let mut files = objects.to_vec();
        let at = round % files.len();
        files[at] = damage(objects, at, &mut dice);
        if is_trusted(&files, anchor, AT) {
            assert!(excused(&objects[at], &files[at]), "object {at} as {}", hex::encode(&files[at]));
        }
    }
}

fn never(_: &[u8], _: &[u8]) -> bool {
    false
}

fn no_chain_is_trusted(object: &str) {
    let vectors = Vectors::load();
    none_is_trusted(&vectors.chain(object), &vectors.anchor("apex-auth"), never);
}

#[test]
fn damaged_endorsements() {
    no_chain_is_trusted("endorsement/hex");
}

#[test]
fn damaged_lite_certificates() {
    no_chain_is_trusted("certs/lite/der_hex");
}

#[test]
fn damaged_full_certificates() {
    no_chain_is_trusted("certs/full/der_hex");
}

#[test]
fn damaged_reencoded_c509_certificates() {
    no_chain_is_trusted("certs/lite/c509_t3_array_hex");
    no_chain_is_trusted("certs/full/c509_t3_array_hex");
}

#[test]
fn damaged_native_c509_certificates() {
    no_chain_is_trusted("certs/lite/c509_t2_array_hex");
    no_chain_is_trusted("certs/full/c509_t2_array_hex");
}

#[test]
fn damaged_mtls_certificates_in_all_three_forms() {
    let vectors = Vectors::load();
    let (der, native): (Vec<_>, Vec<_>) = vectors.mtls().into_iter().unzip();
    let reencoded: Vec<Vec<u8>> =
        der.iter().map(|der| C509Certificate::of_x509(der).unwrap().octets().to_vec()).collect();
    for objects in [der, native, reencoded] {
        none_is_trusted(&objects, &vectors.anchor("apex-auth"), never);
    }
}

/// The certificates of manufacturers never end, and name their hardware.
#[test]
fn damaged_manufacturer_certificates() {
    let vectors = Vectors::load();
    for form in ["lite/der_hex", "full/der_hex", "lite/c509_t2_array_hex", "full/c509_t3_array_hex"] {
        let mut objects = vectors.chain(&format!("certs/{form}"));
        objects[4] = vectors.octets(&format!("/entities/usidmfr/certs/{form}"));
        none_is_trusted(&objects, &vectors.anchor("apex-auth"), never);
    }
}

/// Which Operational DET it is stands in an HHIT record without any signature: one kind may become another, an authority nothing else.
#[test]
fn damaged_hhit_records() {
    let vectors = Vectors::load();
    let operational = |octets: &[u8]| Hhit::decode(octets).ok().filter(|hhit| hhit.entity_type.0 > 15);
    none_is_trusted(&vectors.chain("hhit_rdata_hex"), &vectors.anchor("apex-auth"), |before, after| {
        let (Some(before), Some(after)) = (operational(before), operational(after)) else { return false };
        let kinds = [EntityType::UA, EntityType::UAS, EntityType::OPERATOR, EntityType::USS];
        kinds.contains(&after.entity_type) && Hhit { entity_type: after.entity_type, ..before } == after
    });
}

#[test]
fn damaged_brid_records() {
    let vectors = Vectors::load();
    let above = vectors.chain("endorsement/hex");
    for shape in ["flat", "nested"] {
        let mut record = vectors.octets(&format!("/brid_ua1/{shape}_rdata_hex"));
        // Which type of aircraft it is nobody signs, so that by default only "not declared" is let pass.
        assert!(
            !is_trusted(&[above[0].clone(), record.clone()], &vectors.anchor("apex-auth"), AT),
            "{shape}"
        );
        assert_eq!(core::mem::replace(&mut record[2], 0), 2, "{shape}: the type of a helicopter");
        let anchor = vectors.anchor("apex-auth");
        let objects = |brid: Vec<u8>| vec![above[0].clone(), brid];
        assert!(is_trusted(&objects(record.clone()), &anchor, AT), "{shape}");
        let mut dice = Dice::for_this_run();
        for _ in 0..MUTATIONS {
            let pool = [record.clone(), above.concat()];
            let damaged = damage(&pool, 0, &mut dice);
            assert!(!is_trusted(&objects(damaged.clone()), &anchor, AT), "{}", hex::encode(damaged));
        }
    }
}

#[test]
fn damaged_cert_records_and_links() {
    let vectors = Vectors::load();
    let with = |head: &[u8], object: &str| -> Vec<Vec<u8>> {
        vectors.chain(object).into_iter().map(|octets| [head, &octets].concat()).collect()
    };
    let anchor = vectors.anchor("apex-auth");
    for (head, object) in [(&[0, 1, 0, 0, 0][..], "certs/lite/der_hex"), (&[1], "endorsement/hex")] {
        // Without what says that it is a record or a Link it is a certificate or endorsement by itself, and undamaged.
        let excused = |before: &[u8], after: &[u8]| before.strip_prefix(head) == Some(after);
        none_is_trusted(&with(head, object), &anchor, excused);
    }
}

#[test]
fn damaged_cross_endorsements() {
    let vectors = Vectors::load();
    let cross = vectors.octets("/cross_endorsement_raa16376_of_raa16377/hex");
    none_is_trusted(&[cross], &vectors.anchor("raa-auth"), never);
}

/// The whole as a registrar's JSON: what is not base64 of an object is not judged, and the objects must be there to the last octet.
#[test]
fn damaged_registrations() {
    let vectors = Vectors::load();
    let base64 = |octets: &Vec<u8>| STANDARD.encode(octets);
    let endorsements: Vec<String> = vectors.chain("endorsement/hex").iter().map(base64).collect();
    let lite = base64(&vectors.octets("/entities/ua1/certs/lite/der_hex"));
    let text = json!({ "endorsements": endorsements, "certificates": { "lite": lite } }).to_string();
    let objects = |octets: &[u8]| {
        let document: Value = serde_json::from_slice(octets).ok()?;
        let endorsements = document.get("endorsements")?.as_array()?.clone();
        Some((endorsements, document.pointer("/certificates/lite").cloned()))
    };
    none_is_trusted(&[text.into_bytes()], &vectors.anchor("apex-auth"), |before, after| {
        // Some endorsements may be gone, and so may the certificate: what is left is what it was.
        let (Some(before), Some(after)) = (objects(before), objects(after)) else { return false };
        after.0.iter().all(|each| before.0.contains(each)) && (after.1.is_none() || before.1 == after.1)
    });
}

#[test]
fn damaged_bundles() {
    let octets = fs::read(root().join("testdata/corpus/ceremony-bundle/self-endorsed")).unwrap();
    let first = Bundle::decode(&octets).unwrap().authorities.remove(0);
    let anchor = Anchor::parse(&first.endorsement).unwrap();
    let at = drip_wire::Endorsement::decode(&first.endorsement).unwrap().vnb.to_unix();
    assert!(is_trusted(std::slice::from_ref(&octets), &anchor, at));
    let mut dice = Dice::for_this_run();
    for _ in 0..MUTATIONS {
        let damaged = mutate(&octets, &mut dice);
        assert!(!is_trusted(std::slice::from_ref(&damaged), &anchor, at), "{}", hex::encode(damaged));
    }
}

/// Everything that there is a corpus of, requests, lists, forms, messages and noise among it: alone nothing of it becomes trusted by
/// damage, and beside a good chain nothing makes `verify` panic.
#[test]
fn damage_makes_nothing_trusted() {
    let vectors = Vectors::load();
    let (anchor, good) = (vectors.anchor("apex-auth"), vectors.chain("endorsement/hex"));
    let mut dice = Dice::for_this_run();
    // Most texts are no objects at all: fewer will do.
    let texts = READERS.iter().map(|reader| (reader.name, MUTATIONS / 10));
    let names = DECODERS.iter().map(|decoder| (decoder.name, MUTATIONS)).chain(texts);
    for (name, rounds) in names {
        let mut files: Vec<_> = fs::read_dir(root().join("testdata/corpus").join(name))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        let corpus: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
        for round in 0..rounds {
            let octets = damage(&corpus, round % corpus.len(), &mut dice);
            if round % 64 == 0 {
                let beside = [good.as_slice(), core::slice::from_ref(&octets)].concat();
                is_trusted(&beside, &anchor, AT);
            }
            let trusted = is_trusted(std::slice::from_ref(&octets), &anchor, AT);
            // Damage may take from the records of a helicopter what is not signed; they have their own test. Around PEM other text may
            // stand: what counts is that what it encloses is what it was. And so it is with a Link, whose SAM type nobody signs: that of
            // RFC 9575's raw example is let pass, and told.
            let same_link = |good: &Vec<u8>| name == "link" && good.get(1..) == octets.get(1..);
            let excused = name.starts_with("brid")
                || corpus.iter().any(|good| same_certificate(good, &octets) || same_link(good));
            assert!(!trusted || excused, "{name}: {}", hex::encode(&octets));
        }
    }
}

/// Whether both are PEM of one certificate.
fn same_certificate(one: &[u8], other: &[u8]) -> bool {
    let read = |octets: &[u8]| match object::recognise(octets).ok()?.as_slice() {
        [Object::Certificate(certificate)] if drip_cert::pem::is_pem(octets) => {
            Some(certificate.der().to_vec())
        }
        _ => None,
    };
    read(one).is_some_and(|der| read(other) == Some(der))
}
