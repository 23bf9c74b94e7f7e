//! What is not there is not made up: a zone of which something is lost says SERVFAIL to who validates, and nothing wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;
use crate::{
    Answer, Class, Position, Published, Question, Rcode, Serial, Soa, ZoneConfig, Zones,
    copy::{CopyError, Loading, ZoneCopy},
    dnssec::*,
};
use drip_det::{Det, DripTime, EntityType, Hid, HostIdentity, SuiteId, ZoneCut};

const NOW: UnixTime = UnixTime(1_795_350_896);

/// The copy of a signed zone with three DETs.
fn copy() -> ZoneCopy {
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyFolder::new(folder.path());
    let hid = Hid::from_numbers(16376, 16376).unwrap();
    let cut = ZoneCut::Hda(hid);
    let new = first_keys(KeyRole::KeySigning, NOW);
    keys.create(&cut.name().parse().unwrap(), &ZoneKey::from_seed(&[1; 32], new.role, new.times)).unwrap();
    let policy = SigningPolicy::new(1_209_600, 604_800, UpperZones::Test, HdaZones::Nsec).unwrap();
    let zones = Zones::signed(Signing::new(keys, policy, NOW));
    let server: Name = "ns.example.".parse().unwrap();
    let soa =
        Soa { mname: server.clone(), rname: server.clone(), refresh: 1, retry: 1, expire: 1, minimum: 1 };
    let config = ZoneConfig { cut, soa, serial: Serial(1), ns: vec![server], glue: Vec::new(), ttl: 60 };
    zones.add_zone(config).unwrap();
    let hi = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes();
    for hash in 1..=3 {
        let det = Published {
            det: Det::from_parts(hid, SuiteId::EDDSA_CSHAKE128, hash),
            hi: HostIdentity::from_bytes(&hi).unwrap(),
            ttl: 60,
            entity_type: EntityType::UA,
            abbreviation: hid.abbreviation(),
            certificate: vec![0x30, 1, 0],
            brid: None,
            uri: None,
            vnb: DripTime(0),
            vna: DripTime(1),
        };
        zones.publish(&det, Serial(2)).unwrap();
    }
    let transfer = zones.transfer(cut).unwrap();
    let mut loading = Loading::new(cut, transfer.soa).unwrap();
    transfer.records.for_each(|record| loading.add(record).unwrap());
    loading.finish().unwrap()
}

fn ask(zone: &Zone, name: &Name, record_type: RecordType, asker: Option<Asker>) -> Answer {
    let question = Question { name, record_type, class: Class::IN };
    let position = Position::of(name).unwrap();
    match asker {
        Some(asker) => zone.answer_to(question, position, asker),
        None => zone.answer(question, position),
    }
}

#[test]
fn what_is_lost_is_servfail_for_who_validates() {
    let whole = copy().zone;
    whole.check_received().unwrap();
    let numbers: Vec<u128> = whole.sequence().iter().map(|(number, _)| number).collect();
    let mut zone = whole.clone();
    zone.remove_signatures(numbers[1]);
    assert!(matches!(zone.check_received(), Err(CopyError::NoNsec(_))));
    let (lost, other) = (Name::of_nibbles(numbers[1], 32), Name::of_nibbles(numbers[2], 32));
    let beside = Name::of_nibbles(numbers[1] + 1, 32);
    let below: Name = format!("x.{lost}").parse().unwrap();
    let after: Name = format!("x.{other}").parse().unwrap();
    for (name, record_type, rcode) in [
        (&lost, RecordType::HHIT, Rcode::ServFail),
        (&lost, RecordType::A, Rcode::ServFail),
        (&lost, RecordType::NSEC, Rcode::ServFail),
        (&lost, RecordType::RRSIG, Rcode::ServFail),
        (
            &beside,
            RecordType::HHIT,
            if numbers[1] + 1 == numbers[2] { Rcode::NoError } else { Rcode::ServFail },
        ),
        (&below, RecordType::HHIT, Rcode::ServFail),
        (&other, RecordType::HHIT, Rcode::NoError),
        (&after, RecordType::HHIT, Rcode::NxDomain),
    ] {
        let answer = ask(&zone, name, record_type, Some(Asker::Proven));
        assert_eq!(answer.rcode, rcode, "{name} {record_type}: {answer:?}");
        if rcode == Rcode::ServFail {
            assert!(answer.answers.is_empty() && answer.authority.is_empty());
        } else {
            assert_eq!(answer, ask(&whole, name, record_type, Some(Asker::Proven)));
        }
    }
    // Who does not validate misses nothing.
    for record_type in [RecordType::HHIT, RecordType::A] {
        assert_eq!(ask(&zone, &lost, record_type, None), ask(&whole, &lost, record_type, None));
    }
    // Without the signatures of the SOA nothing can be denied.
    zone.received =
        Some(Arc::new(Received { apex: Vec::new(), ..Received::clone(whole.received.as_deref().unwrap()) }));
    assert_eq!(ask(&zone, &after, RecordType::HHIT, Some(Asker::Proven)).rcode, Rcode::ServFail);
    assert_eq!(ask(&zone, &other, RecordType::HHIT, Some(Asker::Proven)).rcode, Rcode::NoError);
}

#[test]
fn what_is_kept_can_be_read_back_and_damaged_it_does_no_harm() {
    let zone = copy().zone;
    let numbers: Vec<u128> = zone.sequence().iter().map(|(number, _)| number).collect();
    let kept = zone.signatures().find(numbers[0]).unwrap().to_vec();
    let name = Name::of_nibbles(numbers[0], 32);
    let types = [RecordType::CERT, RecordType::TLSA, RecordType::HIP, RecordType::HHIT];
    let seal = Seal::of(&Sealed::read(&kept).unwrap(), &name, &zone.name, types);
    seal.check(&name, &types.map(|record_type| (record_type, 60)), types).unwrap();
    assert_eq!(seal.octets(Types::Implied, &zone.name), kept);
    let told = seal.octets(Types::Told, &zone.name);
    assert_eq!(Seal::of(&Sealed::read(&told).unwrap(), &name, &zone.name, []), seal);
    for octets in [&kept, &told] {
        for length in 0..octets.len() {
            let mut damaged = zone.clone();
            damaged.insert_signatures(numbers[0], &octets[..length]);
            for record_type in [RecordType::HHIT, RecordType::A, RecordType::NSEC] {
                let answer = ask(&damaged, &name, record_type, Some(Asker::Proven));
                assert!([Rcode::NoError, Rcode::ServFail].contains(&answer.rcode));
            }
        }
        for at in 0..octets.len() {
            let mut other = octets.clone();
            other[at] ^= 0xff;
            let mut damaged = zone.clone();
            damaged.insert_signatures(numbers[0], &other);
            let answer = ask(&damaged, &name, RecordType::A, Some(Asker::Proven));
            assert!([Rcode::NoError, Rcode::ServFail].contains(&answer.rcode));
        }
    }
}

#[test]
fn signatures_are_valid_until_their_time_whichever_era_it_is() {
    let zone = copy().zone;
    let until = zone.received_until(NOW).unwrap();
    assert!(until.0 > NOW.0 + 604_800 && until.0 < NOW.0 + 2 * 1_209_600, "{until}");
    assert_eq!(zone.received_until(UnixTime(until.0 + 9)), Some(until));
    let era = 1 << 32;
    assert_eq!(zone.received_until(UnixTime(NOW.0 + era)), Some(UnixTime(until.0 + era)));
}
