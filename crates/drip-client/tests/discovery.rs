//! Cross-endorsements found in the DNS by who trusts the RAA that gave them; over the research vectors' chain (testdata/chain).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::cell::RefCell;
use std::collections::BTreeMap;

use drip_client::chain::{
    Anchor, Conditions, LinkKind, Lookup, LookupError, Published, Report, State, Trust, TrustSources,
    verify_under,
};
use drip_det::{Det, DetClass, DripTime, EntityType, Hid, HostIdentity, UnixTime};
use drip_wire::rdata::{Brid, BridShape, Hhit, UasType};
use drip_wire::{Endorsement, EndorsementBody};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::Value;

/// 2026-11-22, when ua1 is valid.
const NOW: UnixTime = UnixTime(1_795_305_600);

/// The Authorization key of another RAA.
struct Raa {
    key: SigningKey,
    hi: HostIdentity,
    det: Det,
}

impl Raa {
    fn new(seed: u8, number: u16) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let hi = HostIdentity::from(&key.verifying_key());
        Raa { key, hi, det: Det::derive(Hid::from_numbers(number, 0).unwrap(), &hi) }
    }

    fn endorse(&self, child: Det, child_hi: HostIdentity) -> Endorsement {
        let time = |seconds| DripTime::from_unix(UnixTime(seconds)).unwrap();
        let body = EndorsementBody {
            vnb: time(NOW.0 - 86_400),
            vna: time(NOW.0 + 86_400),
            child,
            child_hi,
            parent: self.det,
        };
        body.sign_with(self.key.sign(&body.signed_octets()).to_bytes())
    }

    fn anchor(&self) -> Anchor {
        Anchor { class: Some(DetClass::Authorization), ..Anchor::new(self.det, self.hi).unwrap() }
    }

    /// Its BRID: the endorsement of itself, then those given.
    fn publishes(&self, given: &[Endorsement]) -> Published {
        let all = [&[self.endorse(self.det, self.hi)], given].concat();
        let brid = Brid::for_session(self.det, UasType::NOT_DECLARED, &all, BridShape::Nested);
        Published { brid: vec![brid.encode()], ..Published::default() }
    }
}

/// DNS in memory, which counts what it is asked, and does not reach everybody.
#[derive(Default)]
struct Dns {
    records: BTreeMap<Det, Published>,
    unreachable: Vec<Det>,
    asked: RefCell<Vec<Det>>,
}

impl Lookup for Dns {
    fn records(&self, det: Det) -> Result<Published, LookupError> {
        self.asked.borrow_mut().push(det);
        if self.unreachable.contains(&det) {
            return Err(LookupError::Unreachable("no answer".to_owned()));
        }
        self.records.get(&det).cloned().ok_or_else(|| LookupError::NotRegistered("NXDOMAIN".to_owned()))
    }
}

struct World {
    dns: Dns,
    ua: Det,
    raa: Det,
    raa_hi: HostIdentity,
}

/// The HHITs of the vectors' chain, from the Apex to an aircraft.
fn world() -> World {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/chain/manifest.json");
    let manifest: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let entity = |name: &str| manifest["entities"][name].clone();
    let det = |name: &str| -> Det { entity(name)["det"].as_str().unwrap().parse().unwrap() };
    let mut dns = Dns::default();
    for name in ["apex-auth", "raa-auth", "hda-auth", "hda-issuing", "ua1"] {
        let entity = entity(name);
        let hhit = Hhit {
            entity_type: EntityType(u16::try_from(entity["hhit_entity_type"].as_u64().unwrap()).unwrap()),
            abbreviation: det(name).hid().abbreviation(),
            certificate: hex::decode(entity["certs"]["lite"]["der_hex"].as_str().unwrap()).unwrap(),
        };
        dns.records.insert(det(name), Published { hhit: vec![hhit.encode()], ..Published::default() });
    }
    let chain: Vec<Endorsement> = ["apex-auth", "raa-auth", "hda-auth", "hda-issuing", "ua1"]
        .map(|name| hex::decode(entity(name)["endorsement"]["hex"].as_str().unwrap()).unwrap())
        .iter()
        .map(|octets| Endorsement::decode(octets).unwrap())
        .collect();
    let brid = Brid::for_session(det("ua1"), UasType::NOT_DECLARED, &chain, BridShape::Nested);
    if let Some(published) = dns.records.get_mut(&det("ua1")) {
        published.brid = vec![brid.encode()];
    }
    let raa_hi = entity("raa-auth")["hi"].as_str().unwrap().parse().unwrap();
    World { dns, ua: det("ua1"), raa: det("raa-auth"), raa_hi }
}

impl World {
    fn judge(&self, sources: &TrustSources) -> Report {
        verify_under(self.ua, &self.dns, &Trust::settle(sources, NOW), &Conditions::at(NOW))
    }
}

fn trusting(raa: &Raa) -> TrustSources {
    TrustSources { anchors: vec![raa.anchor()], ..TrustSources::default() }
}

#[test]
fn what_the_anchor_endorsed_is_found_in_its_own_records() {
    let mut world = world();
    let anchor = Raa::new(7, 16_380);
    let alone = world.judge(&trusting(&anchor));
    assert_eq!(alone.state, State::Unanchored, "{}", alone.reason);
    assert!(world.dns.asked.borrow().contains(&anchor.det));

    let given = anchor.endorse(world.raa, world.raa_hi);
    world.dns.records.insert(anchor.det, anchor.publishes(&[given]));
    let report = world.judge(&trusting(&anchor));
    assert_eq!(report.state, State::Registered, "{}", report.reason);
    assert!(report.reason.contains(&format!("which {} endorses", anchor.det)), "{}", report.reason);
    assert!(report.links.iter().any(|link| link.kind == LinkKind::CrossEndorsement && link.is_ok()));

    // Withdrawn: gone from the records, and so is the trust.
    world.dns.records.insert(anchor.det, anchor.publishes(&[]));
    assert_eq!(world.judge(&trusting(&anchor)).state, State::Unanchored);
}

#[test]
fn nobody_is_asked_where_the_chain_reaches_an_anchor() {
    let world = world();
    let own = Anchor::new(world.raa, world.raa_hi).unwrap();
    let other = Raa::new(7, 16_380);
    let report = world.judge(&TrustSources { anchors: vec![own, other.anchor()], ..TrustSources::default() });
    assert_eq!(report.state, State::Registered, "{}", report.reason);
    assert!(!world.dns.asked.borrow().contains(&other.det));
}

#[test]
fn forged_foreign_and_late_ones_count_for_nothing() {
    let mut world = world();
    let (anchor, stranger) = (Raa::new(7, 16_380), Raa::new(8, 16_381));
    let good = anchor.endorse(world.raa, world.raa_hi);
    let forged = Endorsement { signature: [9; 64], ..good };
    let foreign = stranger.endorse(world.raa, world.raa_hi);
    for given in [forged, foreign] {
        world.dns.records.insert(anchor.det, anchor.publishes(&[given]));
        assert!(!world.judge(&trusting(&anchor)).is_trusted());
    }
    world.dns.records.insert(anchor.det, anchor.publishes(&[good]));
    let late = UnixTime(NOW.0 + 2 * 86_400);
    let trust = Trust::settle(&trusting(&anchor), late);
    assert!(!verify_under(world.ua, &world.dns, &trust, &Conditions::at(late)).is_trusted());
}

#[test]
fn over_a_bridge_it_takes_two_steps_and_no_more() {
    let mut world = world();
    let (anchor, bridge, second) = (Raa::new(7, 16_380), Raa::new(8, 16_381), Raa::new(9, 16_382));
    let to_bridge = anchor.endorse(bridge.det, bridge.hi);
    world.dns.records.insert(anchor.det, anchor.publishes(&[to_bridge]));
    world.dns.records.insert(bridge.det, bridge.publishes(&[bridge.endorse(world.raa, world.raa_hi)]));
    assert!(!world.judge(&trusting(&anchor)).is_trusted(), "who is no bridge passes nothing on");
    let known = TrustSources { bridges: vec![bridge.det, second.det], ..trusting(&anchor) };
    let report = world.judge(&known);
    assert_eq!(report.state, State::Registered, "{}", report.reason);

    world.dns.records.insert(bridge.det, bridge.publishes(&[bridge.endorse(second.det, second.hi)]));
    world.dns.records.insert(second.det, second.publishes(&[second.endorse(world.raa, world.raa_hi)]));
    assert!(!world.judge(&known).is_trusted(), "no bridge over a bridge");
}

#[test]
fn who_cannot_be_asked_is_named() {
    let mut world = world();
    let anchor = Raa::new(7, 16_380);
    world.dns.unreachable.push(anchor.det);
    let report = world.judge(&trusting(&anchor));
    assert_eq!(report.state, State::Unanchored);
    let words = format!("whom {} endorsed could not be asked: no answer", anchor.det);
    assert!(report.reason.contains(&words), "{}", report.reason);
}
