//! Verification from records alone, over the research vectors' chain (testdata/chain): every link
//! holds, and with any one octet of any record changed a link is named that does not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use drip_cert::Certificate;
use drip_cert::lite::LiteCertificate;
use drip_client::chain::{
    Anchor, Conditions, LinkKind, Lookup, LookupError, Objects, Published, State, verify, verify_objects,
};
use drip_det::{Det, DetClass, DripTime, EntityType, HostIdentity, UnixTime};
use drip_wire::rdata::{Brid, BridShape, CertRecord, Hhit, Hip, Tlsa, UasType};
use drip_wire::{Endorsement, EndorsementBody};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::Value;

/// 2026-11-22, when ua1 is valid.
const NOW: UnixTime = UnixTime(1_795_305_600);
/// Trust anchor first.
const PATH: [&str; 5] = ["apex-auth", "raa-auth", "hda-auth", "hda-issuing", "ua1"];

struct Vectors(Value);

impl Vectors {
    fn load() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/chain/manifest.json");
        Self(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
    }

    fn entity(&self, name: &str) -> &Value {
        &self.0["entities"][name]
    }

    fn text(&self, name: &str, field: &str) -> &str {
        self.entity(name)[field].as_str().unwrap()
    }

    fn det(&self, name: &str) -> Det {
        self.text(name, "det").parse().unwrap()
    }

    fn hi(&self, name: &str) -> HostIdentity {
        self.text(name, "hi").parse().unwrap()
    }

    fn endorsement(&self, name: &str, field: &str) -> Endorsement {
        let octets = hex::decode(self.entity(name)[field]["hex"].as_str().unwrap()).unwrap();
        Endorsement::decode(&octets).unwrap()
    }

    fn certificate(&self, name: &str) -> Vec<u8> {
        self.certificate_of("lite", name)
    }

    fn certificate_of(&self, profile: &str, name: &str) -> Vec<u8> {
        hex::decode(self.entity(name)["certs"][profile]["der_hex"].as_str().unwrap()).unwrap()
    }

    fn anchor(&self, name: &str) -> Anchor {
        Anchor::new(self.det(name), self.hi(name)).unwrap()
    }

    fn published(&self, name: &str, endorsements: &[Endorsement]) -> Published {
        let (det, hi) = (self.det(name), self.hi(name));
        let certificate = self.certificate(name);
        let entity_type = self.entity(name)["hhit_entity_type"].as_u64().unwrap();
        let hhit = Hhit {
            entity_type: EntityType(u16::try_from(entity_type).unwrap()),
            abbreviation: det.hid().abbreviation(),
            certificate: certificate.clone(),
        };
        let brid = match endorsements {
            [] => Vec::new(),
            chain => {
                vec![Brid::for_session(det, UasType::NOT_DECLARED, chain, BridShape::Nested).encode()]
            }
        };
        Published {
            hhit: vec![hhit.encode()],
            brid,
            hip: vec![Hip::for_det(det, &hi).encode()],
            cert: vec![CertRecord::pkix(certificate).encode()],
            tlsa: vec![Tlsa::dane_ee_spki(&hi).encode()],
        }
    }

    fn tree(&self) -> Tree {
        let chain: Vec<_> = PATH.iter().map(|name| self.endorsement(name, "endorsement")).collect();
        let mut tree = Tree(BTreeMap::new());
        for name in PATH {
            let endorsements = if name == "ua1" { chain.as_slice() } else { &[] };
            tree.0.insert(self.det(name), self.published(name, endorsements));
        }
        tree
    }
}

/// DNS in memory.
#[derive(Clone)]
struct Tree(BTreeMap<Det, Published>);

impl Lookup for Tree {
    fn records(&self, det: Det) -> Result<Published, LookupError> {
        self.0.get(&det).cloned().ok_or_else(|| LookupError::NotRegistered("NXDOMAIN".to_owned()))
    }
}

#[test]
fn every_link_holds_up_to_the_anchor() {
    let vectors = Vectors::load();
    for anchor in &PATH[..4] {
        let report =
            verify(vectors.det("ua1"), &vectors.tree(), &[vectors.anchor(anchor)], &Conditions::at(NOW));
        assert_eq!(report.state, State::Registered, "{anchor}: {}", report.reason);
        assert_eq!(report.links.iter().filter(|link| link.kind == LinkKind::Endorsement).count(), 5);
    }
}

#[test]
fn without_an_anchor_nothing_is_trusted() {
    let vectors = Vectors::load();
    let report = verify(vectors.det("ua1"), &vectors.tree(), &[], &Conditions::at(NOW));
    assert_eq!(report.state, State::Unanchored);
    assert!(!report.is_trusted());
    assert_eq!(report.broken().count(), 0);
    let other = [vectors.anchor("raa2-auth-self")];
    let report = verify(vectors.det("ua1"), &vectors.tree(), &other, &Conditions::at(NOW));
    assert_eq!(report.state, State::Unanchored);
    assert!(report.reason.contains(&vectors.det("apex-auth").to_string()), "{}", report.reason);
}

#[test]
fn any_changed_octet_of_any_record_breaks_a_named_link() {
    let vectors = Vectors::load();
    let tree = vectors.tree();
    let anchors = [vectors.anchor("apex-auth")];
    let mut tried = 0;
    for (&changed, published) in &tree.0 {
        for (mnemonic, number) in Published::TYPES {
            for (at, octets) in published.of_type(number).iter().enumerate() {
                for index in 0..octets.len() {
                    let mut altered = tree.clone();
                    let record = altered.0.get_mut(&changed).unwrap().of_type_mut(number).unwrap();
                    // One bit, another one in each neighbour; never the bit that turns 16 (UA) into 18 (UAS),
                    // both of which an aircraft may be and neither of which anybody signs.
                    record[at][index] ^= [0x01, 0x80, 0x04, 0x20][index % 4];
                    let report = verify(vectors.det("ua1"), &altered, &anchors, &Conditions::at(NOW));
                    let what = format!("{mnemonic} of {changed}, octet {index}");
                    assert!(!report.is_trusted(), "{what}");
                    assert!(report.broken().next().is_some(), "{what}: {}", report.reason);
                    assert_ne!(report.state, State::Unreachable, "{what}");
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 4_000, "{tried}");
}

#[test]
fn the_broken_link_is_the_one_that_was_changed() {
    let vectors = Vectors::load();
    let anchors = [vectors.anchor("apex-auth")];
    // The last octet of an HHIT record is the last of its certificate's signature.
    for (parent, child) in [("raa-auth", "hda-auth"), ("hda-issuing", "ua1"), ("apex-auth", "apex-auth")] {
        let mut tree = vectors.tree();
        let published = tree.0.get_mut(&vectors.det(child)).unwrap();
        *published.hhit[0].last_mut().unwrap() ^= 1;
        published.cert.clear();
        let report = verify(vectors.det("ua1"), &tree, &anchors, &Conditions::at(NOW));
        let broken: Vec<_> = report.broken().collect();
        assert_eq!(broken.len(), 1, "{broken:?}");
        assert_eq!(broken[0].kind, LinkKind::Certificate);
        assert_eq!(broken[0].parent, Some(vectors.det(parent)));
        assert_eq!(broken[0].child, vectors.det(child));
        assert!(report.reason.contains("signature"), "{}", report.reason);
    }
}

#[test]
fn records_that_are_taken_away() {
    let vectors = Vectors::load();
    let anchors = [vectors.anchor("apex-auth")];
    let judge = |tree: &Tree| verify(vectors.det("ua1"), tree, &anchors, &Conditions::at(NOW));
    let mut tree = vectors.tree();
    tree.0.remove(&vectors.det("hda-auth"));
    let report = judge(&tree);
    assert_eq!(report.state, State::BrokenLink);
    assert!(report.reason.contains(&vectors.det("hda-auth").to_string()), "{}", report.reason);
    let mut tree = vectors.tree();
    tree.0.remove(&vectors.det("ua1"));
    assert_eq!(judge(&tree).state, State::NotRegistered);
    let mut tree = vectors.tree();
    tree.0.get_mut(&vectors.det("ua1")).unwrap().brid.clear();
    assert_eq!(judge(&tree).state, State::BrokenLink);
    // HIP, CERT and TLSA may be there or not (RFC 9886 §4).
    let mut tree = vectors.tree();
    for published in tree.0.values_mut() {
        published.hip.clear();
        published.cert.clear();
        published.tlsa.clear();
    }
    assert_eq!(judge(&tree).state, State::Registered);
}

#[test]
fn time_decides() {
    let vectors = Vectors::load();
    let anchors = [vectors.anchor("apex-auth")];
    let state =
        |at| verify(vectors.det("ua1"), &vectors.tree(), &anchors, &Conditions::at(UnixTime(at))).state;
    // ua1: 2026-06-01 to 2026-12-01, both included.
    assert_eq!(state(1_780_271_999), State::NotYetValid);
    assert_eq!(state(1_780_272_000), State::Registered);
    assert_eq!(state(1_796_083_200), State::Registered);
    assert_eq!(state(1_796_083_201), State::Expired);
}

#[test]
fn endorsements_in_unix_time_are_named_not_used() {
    let vectors = Vectors::load();
    let mut tree = vectors.tree();
    let chain: Vec<_> = PATH.iter().map(|name| vectors.endorsement(name, "endorsement_unix")).collect();
    tree.0.insert(vectors.det("ua1"), vectors.published("ua1", &chain));
    let report = verify(vectors.det("ua1"), &tree, &[vectors.anchor("apex-auth")], &Conditions::at(NOW));
    assert_eq!(report.state, State::BrokenLink);
    assert!(report.reason.contains("2019"), "{}", report.reason);
}

#[test]
fn a_chain_of_another_order_or_with_a_gap_is_broken() {
    let vectors = Vectors::load();
    let anchors = [vectors.anchor("apex-auth")];
    let chain: Vec<_> = PATH.iter().map(|name| vectors.endorsement(name, "endorsement")).collect();
    let mut swapped = chain.clone();
    swapped.swap(1, 2);
    let mut gap = chain.clone();
    gap.remove(2);
    for run in [swapped, gap, chain[..4].to_vec()] {
        let mut tree = vectors.tree();
        tree.0.insert(vectors.det("ua1"), vectors.published("ua1", &run));
        let report = verify(vectors.det("ua1"), &tree, &anchors, &Conditions::at(NOW));
        assert_eq!(report.state, State::BrokenLink, "{}", report.reason);
    }
}

#[test]
fn objects_in_hand_in_any_order() {
    let vectors = Vectors::load();
    let anchors = [vectors.anchor("apex-auth")];
    let mut objects = Objects::default();
    for name in PATH.iter().rev() {
        objects.endorsements.push(vectors.endorsement(name, "endorsement"));
        objects.certificates.push(Certificate::parse(&vectors.certificate(name)).unwrap());
    }
    let conditions = Conditions::at(NOW);
    assert_eq!(verify_objects(&objects, &anchors, &conditions).state, State::VerifiedOffline);
    let mut authorities = objects.clone();
    authorities.endorsements.retain(|endorsement| endorsement.child != vectors.det("ua1"));
    authorities.certificates.retain(|certificate| certificate.det() != vectors.det("ua1"));
    assert_eq!(verify_objects(&authorities, &anchors, &conditions).state, State::Trusted);
    assert_eq!(verify_objects(&objects, &[], &conditions).state, State::Unanchored);
    let late = Conditions::at(UnixTime(1_796_083_201));
    assert_eq!(verify_objects(&objects, &anchors, &late).state, State::Expired);
    let mut orphan = objects.clone();
    orphan.endorsements.retain(|endorsement| endorsement.child != vectors.det("hda-auth"));
    orphan.certificates.retain(|certificate| certificate.det() != vectors.det("hda-auth"));
    assert_eq!(verify_objects(&orphan, &anchors, &conditions).state, State::BrokenLink);
    let only_ua =
        Objects { endorsements: vec![vectors.endorsement("ua1", "endorsement")], ..Objects::default() };
    assert_eq!(
        verify_objects(&only_ua, &[vectors.anchor("hda-issuing")], &conditions).state,
        State::VerifiedOffline
    );
    assert_eq!(verify_objects(&Objects::default(), &anchors, &conditions).state, State::BrokenLink);
}

/// Certificates of any profile hang from each other by DET: the Full ones alone, and all kinds mixed.
#[test]
fn certificates_of_the_full_profile_in_hand() {
    let vectors = Vectors::load();
    let (anchors, conditions) = ([vectors.anchor("apex-auth")], Conditions::at(NOW));
    let full = |name: &str| Certificate::parse(&vectors.certificate_of("full", name)).unwrap();
    let lite = |name: &str| Certificate::parse(&vectors.certificate(name)).unwrap();
    let certificates: Vec<_> = PATH.iter().rev().map(|name| full(name)).collect();
    let all = Objects { certificates: certificates.clone(), ..Objects::default() };
    assert_eq!(verify_objects(&all, &anchors, &conditions).state, State::VerifiedOffline);
    let mixed: Vec<_> =
        PATH.iter().map(|name| if name.starts_with("hda") { lite(name) } else { full(name) }).collect();
    let mixed = Objects { certificates: mixed, ..Objects::default() };
    assert_eq!(verify_objects(&mixed, &anchors, &conditions).state, State::VerifiedOffline);
    // Without its issuer a certificate hangs from nobody.
    let gap: Vec<_> =
        certificates.into_iter().filter(|one| one.det() != vectors.det("hda-issuing")).collect();
    let gap = Objects { certificates: gap, ..Objects::default() };
    assert_eq!(verify_objects(&gap, &anchors, &conditions).state, State::BrokenLink);
}

#[test]
fn any_changed_octet_of_an_endorsement_or_certificate_in_hand() {
    let vectors = Vectors::load();
    let anchors = [vectors.anchor("hda-issuing")];
    let conditions = Conditions::at(NOW);
    let good = vectors.endorsement("ua1", "endorsement").encode();
    for index in 0..good.len() {
        let mut octets = good;
        octets[index] ^= 0x01;
        let Ok(endorsement) = Endorsement::decode(&octets) else { continue };
        let objects = Objects { endorsements: vec![endorsement], ..Objects::default() };
        assert!(!verify_objects(&objects, &anchors, &conditions).is_trusted(), "endorsement octet {index}");
    }
    let good = vectors.certificate("ua1");
    for index in 0..good.len() {
        let mut octets = good.clone();
        octets[index] ^= 0x01;
        let Ok(certificate) = Certificate::parse(&octets) else { continue };
        let objects = Objects { certificates: vec![certificate], ..Objects::default() };
        assert!(!verify_objects(&objects, &anchors, &conditions).is_trusted(), "certificate octet {index}");
    }
}

#[test]
fn anchors_from_files() {
    let vectors = Vectors::load();
    let expected = vectors.anchor("apex-auth");
    let certificate = vectors.certificate("apex-auth");
    let parsed = Anchor::parse(&certificate).unwrap();
    assert_eq!((parsed.det, parsed.hi), (expected.det, expected.hi));
    assert_eq!(parsed.class, Some(DetClass::Authorization));
    let pem = drip_cert::pem::encode(drip_cert::pem::Label::Certificate, &certificate);
    assert_eq!(Anchor::parse(pem.as_bytes()).unwrap(), parsed);
    let endorsement = vectors.endorsement("apex-auth", "endorsement").encode();
    assert_eq!(Anchor::parse(&endorsement).unwrap(), expected);
    let text = format!("{} {}\n", expected.det, expected.hi);
    assert_eq!(Anchor::parse(text.as_bytes()).unwrap(), expected);
    let json = format!("{{\"det\": \"{}\", \"hi\": \"{}\"}}", expected.det, expected.hi);
    assert_eq!(Anchor::parse(json.as_bytes()).unwrap(), expected);
    let wrong = format!("{} {}\n", expected.det, vectors.hi("raa-auth"));
    assert!(Anchor::parse(wrong.as_bytes()).is_err());
    assert!(Anchor::parse(b"").is_err());
    assert!(Anchor::parse(&[0xff; 20]).is_err());
    let mut forged = endorsement;
    forged[135] ^= 1;
    assert!(Anchor::parse(&forged).is_err());
}

/// ua1 endorses usidmfr, a key in its own HID: a perfect object that must convince nobody.
#[test]
fn an_aircraft_may_endorse_nobody() {
    let vectors = Vectors::load();
    let seed: [u8; 32] = hex::decode(vectors.text("ua1", "private_seed")).unwrap().try_into().unwrap();
    let body = EndorsementBody {
        vnb: vectors.endorsement("ua1", "endorsement").vnb,
        vna: DripTime(vectors.endorsement("ua1", "endorsement").vna.0),
        child: vectors.det("usidmfr"),
        child_hi: vectors.hi("usidmfr"),
        parent: vectors.det("ua1"),
    };
    let forged = body.sign_with(SigningKey::from_bytes(&seed).sign(&body.signed_octets()).to_bytes());
    let mut run: Vec<_> = PATH.iter().map(|name| vectors.endorsement(name, "endorsement")).collect();
    run.push(forged);
    let objects = Objects { endorsements: run.clone(), ..Objects::default() };
    let report = verify_objects(&objects, &[vectors.anchor("apex-auth")], &Conditions::at(NOW));
    assert_eq!(report.state, State::BrokenLink);
    assert_eq!(report.broken().map(|link| link.child).collect::<Vec<_>>(), [vectors.det("usidmfr")]);
    // Under a certificate's anchor the class is known; a bare key's is not, and then one step is as good as two.
    let anchor = Anchor::parse(&vectors.certificate("hda-issuing")).unwrap();
    let objects = Objects { endorsements: run[4..].to_vec(), ..Objects::default() };
    let report = verify_objects(&objects, &[anchor], &Conditions::at(NOW));
    assert_eq!(report.broken().count(), 1, "{}", report.reason);

    // In DNS: the victim's own HHIT, and a BRID that hangs it below ua1.
    let mut tree = vectors.tree();
    tree.0.insert(vectors.det("usidmfr"), vectors.published("usidmfr", &run));
    let report = verify(vectors.det("usidmfr"), &tree, &[vectors.anchor("apex-auth")], &Conditions::at(NOW));
    assert_eq!(report.state, State::BrokenLink, "{}", report.reason);
}

impl Vectors {
    fn signing_key(&self, name: &str) -> SigningKey {
        let seed: [u8; 32] = hex::decode(self.text(name, "private_seed")).unwrap().try_into().unwrap();
        SigningKey::from_bytes(&seed)
    }

    /// A well-made endorsement that nobody should have made.
    fn forged(&self, parent: &str, child: &str) -> Endorsement {
        let body = EndorsementBody {
            vnb: self.endorsement("ua1", "endorsement").vnb,
            vna: self.endorsement("ua1", "endorsement").vna,
            child: self.det(child),
            child_hi: self.hi(child),
            parent: self.det(parent),
        };
        body.sign_with(self.signing_key(parent).sign(&body.signed_octets()).to_bytes())
    }
}

/// An Issuing DET of the RAA has no say over HDAs, nor has what it issued to.
#[test]
fn only_authorization_reaches_another_place() {
    let vectors = Vectors::load();
    let anchors = [vectors.anchor("apex-auth")];
    let good = |name| vectors.endorsement(name, "endorsement");
    let run = vec![
        good("apex-auth"),
        good("raa-auth"),
        good("raa-issuing"),
        vectors.forged("raa-issuing", "hda-auth"),
        good("hda-issuing"),
        good("ua1"),
    ];
    let objects = Objects { endorsements: run.clone(), ..Objects::default() };
    let report = verify_objects(&objects, &anchors, &Conditions::at(NOW));
    assert_eq!(report.state, State::BrokenLink, "{}", report.reason);
    assert!(report.broken().any(|link| link.parent == Some(vectors.det("raa-issuing"))));
    // The same in a BRID, whose certificates are all in order.
    let mut tree = vectors.tree();
    tree.0.insert(vectors.det("ua1"), vectors.published("ua1", &run));
    let report = verify(vectors.det("ua1"), &tree, &anchors, &Conditions::at(NOW));
    assert_eq!(report.state, State::BrokenLink, "{}", report.reason);
}

/// Endorsing oneself does not lift one up the hierarchy.
#[test]
fn an_endorsement_by_oneself_changes_nothing() {
    let vectors = Vectors::load();
    let anchors = [vectors.anchor("apex-auth")];
    let mut run: Vec<_> = PATH.iter().map(|name| vectors.endorsement(name, "endorsement")).collect();
    run.push(vectors.forged("ua1", "ua1"));
    let mut tree = vectors.tree();
    tree.0.insert(vectors.det("ua1"), vectors.published("ua1", &run));
    let report = verify(vectors.det("ua1"), &tree, &anchors, &Conditions::at(NOW));
    assert_eq!(report.state, State::BrokenLink, "{}", report.reason);
    run.push(vectors.forged("ua1", "usidmfr"));
    for order in [run.clone(), run.iter().rev().copied().collect()] {
        let objects = Objects { endorsements: order, ..Objects::default() };
        let report = verify_objects(&objects, &anchors, &Conditions::at(NOW));
        assert!(!report.is_trusted(), "{}", report.reason);
    }
}

/// Whoever is known by endorsements alone certifies no more than they endorse.
#[test]
fn a_certificate_by_an_aircraft() {
    let vectors = Vectors::load();
    let mut tbs = LiteCertificate::parse(&vectors.certificate("ua1")).unwrap().tbs().clone();
    tbs.issuer = vectors.det("ua1");
    tbs.det = vectors.det("usidmfr");
    tbs.hi = vectors.hi("usidmfr");
    let signature = vectors.signing_key("ua1").sign(&tbs.encode().unwrap()).to_bytes();
    let forged = Certificate::parse(&tbs.assemble(&signature).unwrap()).unwrap();
    let objects = Objects {
        endorsements: PATH.iter().map(|name| vectors.endorsement(name, "endorsement")).collect(),
        certificates: vec![forged],
        ..Objects::default()
    };
    let report = verify_objects(&objects, &[vectors.anchor("apex-auth")], &Conditions::at(NOW));
    assert_eq!(report.state, State::BrokenLink, "{}", report.reason);
    assert_eq!(report.broken().map(|link| link.child).collect::<Vec<_>>(), [vectors.det("usidmfr")]);
}
