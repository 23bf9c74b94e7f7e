//! Compact denial of existence (RFC 9824): what each negative answer of such a zone says, to the last bit, and what it may cost.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod chain;

use chain::{HID, config, entity, hid, name, testdata};
use dime_zone::dnssec::*;
use dime_zone::*;
use drip_det::{UnixTime, ZoneCut};
use std::{collections::BTreeMap, path::Path};

const DAY: u64 = 86_400;
const NOW: UnixTime = UnixTime(1_795_350_896);
const ZONE: &str = "8.f.f.3.e.f.f.3.0.0.1.0.0.2.ip6.arpa.";

fn cut() -> ZoneCut {
    ZoneCut::Hda(hid(HID))
}

fn make_keys(folder: &Path, algorithm: Algorithm) {
    for (role, seed) in [(KeyRole::KeySigning, 1), (KeyRole::ZoneSigning, 2)] {
        let new = first_keys(role, UnixTime(NOW.0 - DAY));
        let key = ZoneKey::of_algorithm(algorithm, &[seed; 32], role, new.times).unwrap();
        KeyFolder::new(folder).create(&name(ZONE), &key).unwrap();
    }
}

fn signing(folder: &Path, hda: HdaZones) -> Signing {
    let policy = SigningPolicy::new(14 * DAY, 7 * DAY, UpperZones::Test, hda).unwrap();
    Signing::new(KeyFolder::new(folder), policy, NOW)
}

/// The zone of the HDA with a name server in it, and the chain's DETs.
fn fill(zones: &Zones) {
    let manifest = testdata("chain/manifest.json");
    let server = name(&format!("ns.{ZONE}"));
    let glue = vec![Host { name: server.clone(), addresses: vec!["192.0.2.1".parse().unwrap()] }];
    zones.add_zone(ZoneConfig { ns: vec![server], glue, ..config(cut()) }).unwrap();
    for which in ["hda-issuing", "ua1"] {
        zones.publish(&entity(&manifest, which), Serial(2)).unwrap();
    }
}

fn compact(folder: &Path, algorithm: Algorithm) -> Zones {
    make_keys(folder, algorithm);
    let zones = Zones::signed(signing(folder, HdaZones::Compact));
    fill(&zones);
    zones
}

fn ask(zones: &Zones, owner: &str, record_type: RecordType) -> Answer {
    zones.lookup_signed(Question { name: &name(owner), record_type, class: Class::IN })
}

/// Next name and types of an NSEC, as text.
fn nsec(record: &Record) -> (Name, Vec<String>) {
    assert_eq!(record.record_type, RecordType::NSEC);
    let end = {
        let mut at = 0;
        while record.rdata[at] != 0 {
            at += 1 + usize::from(record.rdata[at]);
        }
        at + 1
    };
    let labels = {
        let (mut labels, mut rest) = (Vec::new(), &record.rdata[..end - 1]);
        while let Some((&length, after)) = rest.split_first() {
            labels.push(&after[..usize::from(length)]);
            rest = &after[usize::from(length)..];
        }
        labels
    };
    let mut types = Vec::new();
    let mut rest = &record.rdata[end..];
    while let [window, length, after @ ..] = rest {
        let (bitmap, after) = after.split_at(usize::from(*length));
        for (index, octet) in bitmap.iter().enumerate() {
            for bit in (0..8).filter(|bit| octet & 0x80 >> bit != 0) {
                types.push(RecordType(u16::from(*window) << 8 | (8 * index + bit) as u16).to_string());
            }
        }
        rest = after;
    }
    (Name::from_labels(labels).unwrap(), types)
}

/// The types of the one NSEC of a denial, which is at the name asked for and links to the name right after it.
fn denied(answer: &Answer, owner: &str) -> String {
    assert_eq!((answer.rcode, answer.answers.len()), (Rcode::NoError, 0), "{owner}");
    assert!(answer.authoritative);
    let types: Vec<RecordType> = answer.authority.iter().map(|record| record.record_type).collect();
    assert_eq!(types, [RecordType::SOA, RecordType::RRSIG, RecordType::NSEC, RecordType::RRSIG], "{owner}");
    let found = &answer.authority[2];
    assert_eq!((&found.owner, found.ttl), (&name(owner), 30), "RFC 9077");
    let (next, types) = nsec(found);
    assert_eq!(next, name(&format!("\\000.{}", owner.to_ascii_lowercase())));
    types.join(" ")
}

#[test]
fn what_each_denial_says() {
    for algorithm in Algorithm::ALL {
        let folder = tempfile::tempdir().unwrap();
        let zones = compact(folder.path(), algorithm);
        let manifest = testdata("chain/manifest.json");
        let [issuing, ua] = ["hda-issuing", "ua1"].map(|which| entity(&manifest, which).det.owner_name());
        let missing = format!("{}{}", if ua.starts_with('0') { "1" } else { "0" }, &ua[1..]);
        for (owner, record_type, types, exists) in [
            (ua.as_str(), RecordType::A, "CERT RRSIG NSEC TLSA HIP HHIT BRID", true),
            (&issuing, RecordType::BRID, "CERT RRSIG NSEC TLSA HIP HHIT", true),
            (&issuing, RecordType::DS, "CERT RRSIG NSEC TLSA HIP HHIT", true),
            (ZONE, RecordType::A, "NS SOA RRSIG NSEC DNSKEY CDS CDNSKEY", true),
            (&format!("ns.{ZONE}"), RecordType::AAAA, "A RRSIG NSEC", true),
            (&ua[4..], RecordType::HHIT, "RRSIG NSEC", true),
            (&ua[20..], RecordType::ANY, "RRSIG NSEC", true),
            (&missing, RecordType::HHIT, "RRSIG NSEC NXNAME", false),
            (&missing.to_ascii_uppercase(), RecordType::ANY, "RRSIG NSEC NXNAME", false),
            (&format!("*.{ZONE}"), RecordType::A, "RRSIG NSEC NXNAME", false),
            (&format!("x.{ua}"), RecordType::HHIT, "RRSIG NSEC NXNAME", false),
        ] {
            let answer = ask(&zones, owner, record_type);
            assert_eq!(denied(&answer, owner), types, "{owner} {record_type}");
            assert_eq!(answer.nxname, !exists, "{owner} {record_type}");
            let labels = name(owner).labels().filter(|label| *label != b"*").count();
            assert_eq!(usize::from(answer.authority[3].rdata[3]), labels, "RFC 4034, section 3.1.3: {owner}");
            let plain = zones.lookup(Question { name: &name(owner), record_type, class: Class::IN });
            let rcode = if exists { Rcode::NoError } else { Rcode::NxDomain };
            assert_eq!((plain.rcode, plain.authority.len(), plain.nxname), (rcode, 1, false));
            // The bitmap says that NSEC and RRSIG are there, so they are.
            let found = ask(&zones, owner, RecordType::NSEC);
            assert_eq!(found.answers[0].record_type, RecordType::NSEC);
            assert_eq!(nsec(&found.answers[0]).1.join(" "), types);
            assert_eq!(found.answers[1].record_type, RecordType::RRSIG);
            let found = ask(&zones, owner, RecordType::RRSIG);
            assert!(found.answers.iter().all(|record| record.record_type == RecordType::RRSIG));
            assert!(!found.answers.is_empty() && found.rcode == Rcode::NoError);
        }
        let number = algorithm.number();
        let found = ask(&zones, &ua, RecordType::HHIT).answers;
        assert_eq!((found.len(), &found[1].rdata[2..4]), (2, &[number, 34][..]), "algorithm and labels");
        assert_eq!(found[1].rdata.len(), 18 + name(ZONE).wire().len() + 64);
    }
}

#[test]
fn a_cut_without_ds_is_denied_beside_it() {
    // HDA zones have no cuts below them: asked of the zone above, which has an NSEC chain, and of the same question below the HDA's.
    let folder = tempfile::tempdir().unwrap();
    let zones = compact(folder.path(), Algorithm::Ed25519);
    assert_eq!(zones.denial(cut()), Ok(Some(Denial::Compact)));
    let answer = ask(&zones, ZONE, RecordType::DS);
    assert_eq!(
        denied(&answer, ZONE),
        "NS SOA RRSIG NSEC DNSKEY CDS CDNSKEY",
        "the zone above is not served here"
    );
}

/// One zone is signed otherwise than the others.
#[test]
fn special_zones() {
    let folder = tempfile::tempdir().unwrap();
    make_keys(folder.path(), Algorithm::Ed25519);
    for (all, special, found) in [
        (HdaZones::Unsigned, HdaZones::Nsec, Some(Denial::Nsec)),
        (HdaZones::Nsec, HdaZones::Compact, Some(Denial::Compact)),
        (HdaZones::Compact, HdaZones::Unsigned, None),
    ] {
        let signing = signing(folder.path(), all).with_special(BTreeMap::from([(cut(), special)]));
        let zones = Zones::signed(signing);
        fill(&zones);
        assert_eq!(zones.denial(cut()), Ok(found));
        assert_eq!(zones.summaries()[0].signed, found.is_some());
    }
}

/// Another way to deny is another zone: its serial is another.
#[test]
fn a_change_of_mode_has_a_serial() {
    let folder = tempfile::tempdir().unwrap();
    make_keys(folder.path(), Algorithm::Ed25519);
    let serials: Vec<u32> = [HdaZones::Nsec, HdaZones::Compact, HdaZones::Compact, HdaZones::Nsec]
        .map(|mode| {
            let zones = Zones::signed(signing(folder.path(), mode));
            fill(&zones);
            zones.serial(cut()).unwrap().0
        })
        .to_vec();
    assert!(serials[0] < serials[1] && serials[1] == serials[2] && serials[2] < serials[3], "{serials:?}");
}

/// Names at random get so many signatures a second; what exists, and what was asked before, is answered still.
#[test]
fn random_names_do_not_sign_without_end() {
    let folder = tempfile::tempdir().unwrap();
    make_keys(folder.path(), Algorithm::Ed25519);
    let zones = Zones::signed(signing(folder.path(), HdaZones::Compact).with_online_rate(100));
    fill(&zones);
    let ua = entity(&testdata("chain/manifest.json"), "ua1").det.owner_name();
    let rcode = |number: u32, asker| {
        let owner = name(&format!("h{number}.{ZONE}"));
        let question = Question { name: &owner, record_type: RecordType::A, class: Class::IN };
        zones.lookup_signed_for(question, asker).rcode
    };
    let good =
        |range: core::ops::Range<u32>, asker| range.filter(|n| rcode(*n, asker) == Rcode::NoError).count();
    assert_eq!(good(0..200, Asker::Unproven), 75);
    assert_eq!(good(1000..1200, Asker::Proven), 25);
    assert_eq!(rcode(2000, Asker::Proven), Rcode::ServFail);
    assert_eq!(good(0..75, Asker::Unproven), 75, "known");
    assert_eq!(ask(&zones, &ua, RecordType::HHIT).answers.len(), 2);
    assert_eq!(denied(&ask(&zones, &ua, RecordType::A), &ua), "CERT RRSIG NSEC TLSA HIP HHIT BRID");
    assert_eq!(denied(&ask(&zones, ZONE, RecordType::A), ZONE), "NS SOA RRSIG NSEC DNSKEY CDS CDNSKEY");
    let _ = zones.tick(UnixTime(NOW.0 + 1));
    assert_eq!(rcode(2000, Asker::Unproven), Rcode::NoError, "the next second");
}
