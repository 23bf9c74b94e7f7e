//! A copy of a signed zone whose signatures, keys or chain do not fit is refused, and what is wrong is named.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod chain;
#[path = "../../../tests/src/dice.rs"]
#[allow(unreachable_pub, dead_code, reason = "it is another crate's")]
mod dice;
mod signed_chain;

use chain::{name, synthetic};
use dice::Dice;
use dime_zone::*;
use signed_chain::*;

/// Every record that the signing takes is missed, if it is missing: in a whole transfer, and in differences.
#[test]
fn nothing_may_be_missing() {
    let folder = tempfile::tempdir().unwrap();
    let (zones, like) = original(folder.path(), 1, 4);
    let copy = copied(&zones);
    for cut in [raa(), hda()] {
        let (soa, all) = records(&zones, cut);
        for (index, missing) in all.iter().enumerate() {
            // Of the addresses and servers of a signed set, one more or less is for who validates.
            let signing = [RecordType::RRSIG, RecordType::NSEC].contains(&missing.record_type);
            let of_det = missing.owner.labels().count() == 34;
            if signing || of_det {
                let mut some = all.clone();
                some.remove(index);
                let loaded = load(cut, soa.clone(), some);
                assert!(loaded.is_err(), "{} {} {:?}", missing.owner, missing.record_type, missing.rdata);
            }
        }
        let unkeyed = all.into_iter().filter(|record| record.record_type != RecordType::DNSKEY).collect();
        let fault = load(cut, soa, unkeyed).err().unwrap();
        assert!(fault.to_string().contains("no DNSKEY"), "{fault}");
    }
    zones.remove(of_raa(1).det, Serial(500)).unwrap();
    zones.publish(&of_raa(77), Serial(501)).unwrap();
    zones.remove(synthetic(&like, 1).det, Serial(500)).unwrap();
    zones.publish(&synthetic(&like, 77), Serial(501)).unwrap();
    for cut in [raa(), hda()] {
        let (have, whole) = (copy.copy_of(cut).unwrap(), delta(cut, &copy, &zones));
        assert!(whole.added.iter().any(|record| record.record_type == RecordType::NSEC));
        for index in 0..whole.added.len() {
            let mut some = whole.clone();
            let missing = some.added.remove(index);
            assert!(have.changed(vec![some]).is_err(), "{} {}", missing.owner, missing.record_type);
        }
        for index in 0..whole.removed.len() {
            // A signature that stays beside the new one is for who validates.
            if whole.removed[index].record_type == RecordType::RRSIG {
                continue;
            }
            let mut some = whole.clone();
            let left = some.removed.remove(index);
            assert!(have.changed(vec![some]).is_err(), "{} {}", left.owner, left.record_type);
        }
        copy.serve_copy(&have.changed(vec![whole]).unwrap()).unwrap();
    }
    assert_same(&zones, &copy);
}

#[test]
fn what_does_not_fit_is_refused_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let (zones, _) = original(folder.path(), 1, 3);
    let (soa, good) = records(&zones, hda());
    let apex = name(&hda().name());
    let find = |owner: Option<&Name>, record_type: RecordType| {
        let is_it = |record: &&Record| {
            record.record_type == record_type && owner.is_none_or(|owner| record.owner == *owner)
        };
        good.iter().find(is_it).unwrap().clone()
    };
    let det = find(None, RecordType::HHIT).owner;
    let nsec = find(Some(&det), RecordType::NSEC);
    let signature = find(Some(&det), RecordType::RRSIG);
    let at = |owner: &Name, record_type: u16, ttl: u32, rdata: &[u8]| Record {
        owner: owner.clone(),
        record_type: RecordType(record_type),
        ttl,
        rdata: rdata.to_vec(),
    };
    let with = |record: &Record, change: &dyn Fn(&mut Record)| {
        let mut changed = record.clone();
        change(&mut changed);
        changed
    };
    let swap = |old: &Record, new: Record| {
        let all = good.iter().filter(|record| *record != old).cloned().chain([new]).collect();
        load(hda(), soa.clone(), all).err().map(|fault| fault.to_string()).unwrap_or_default()
    };
    let nobody = at(&name("nobody.example."), 1, 0, &[]);
    let cases = [
        (swap(&nobody, at(&apex, 51, 0, &[1, 0, 0, 0, 0])), "NSEC3"),
        (swap(&nobody, at(&name(&format!("abc.{apex}")), 50, 30, &[1; 30])), "NSEC3"),
        (
            swap(&nobody, at(&name(&format!("abc.{apex}")), 47, 30, &nsec.rdata)),
            "nothing that the zone signs",
        ),
        (swap(&nobody, with(&nsec, &|nsec| nsec.rdata.push(0))), "several"),
        (swap(&nsec, with(&nsec, &|nsec| *nsec.rdata.last_mut().unwrap() ^= 2)), "other types"),
        (swap(&nsec, with(&nsec, &|nsec| nsec.rdata[1] ^= 1)), "does not link to"),
        (swap(&nsec, with(&nsec, &|nsec| nsec.rdata.truncate(9))), "cannot be read"),
        (swap(&nsec, with(&nsec, &|nsec| nsec.ttl += 1)), "TTL"),
        (swap(&signature, with(&signature, &|signature| signature.ttl += 1)), "TTL"),
        (swap(&signature, with(&signature, &|signature| signature.rdata[3] -= 1)), "not of this zone"),
        (swap(&signature, with(&signature, &|signature| signature.rdata[19] ^= 1)), "not of this zone"),
        (swap(&signature, with(&signature, &|signature| signature.rdata.truncate(17))), "cannot be read"),
        (swap(&signature, with(&signature, &|signature| signature.rdata[1] = 16)), "of which there is none"),
        (swap(&nobody, at(&apex, 63, 3600, &[1; 20])), "no such record"),
        (swap(&nobody, at(&det, 48, 60, &[1; 40])), "no such record"),
        (swap(&nobody, at(&apex, 48, 60, &[1; 40])), "TTL"),
    ];
    for (index, (fault, expected)) in cases.into_iter().enumerate() {
        assert!(fault.contains(expected), "{index}: {fault:?}, not {expected}");
    }
    // The signer's name in another case is the same name.
    let upper = with(&signature, &|signature| signature.rdata[18..30].make_ascii_uppercase());
    assert_eq!(swap(&signature, upper), "");
}

/// One bit of a transfer is another: it is refused, or what is served is what came.
#[test]
fn what_is_taken_is_served_to_the_octet() {
    let mut dice = Dice::for_this_run();
    let folder = tempfile::tempdir().unwrap();
    let (zones, _) = original(folder.path(), 1, 3);
    let (mut taken, mut refused) = (0, 0);
    for cut in [raa(), hda()] {
        let (soa, all) = records(&zones, cut);
        let signer = 18..18 + name(&cut.name()).wire().len();
        let normal = |mut record: Record| {
            // The signer's name has no case.
            if record.record_type == RecordType::RRSIG {
                record.rdata[signer.clone()].make_ascii_lowercase();
            }
            record
        };
        for _ in 0..400 {
            let mut changed = all.clone();
            let record = &mut changed[dice.below(all.len() as u64) as usize];
            match dice.below(8) {
                0 => record.ttl ^= 1 << dice.below(12),
                1 => record.record_type.0 ^= 1 << dice.below(7),
                _ => {
                    let at = dice.below(record.rdata.len() as u64) as usize;
                    record.rdata[at] ^= 1 << dice.below(8);
                }
            }
            match load(cut, soa.clone(), changed.clone()) {
                Err(_) => refused += 1,
                Ok(copy) => {
                    taken += 1;
                    let served = Zones::new();
                    served.serve_copy(&copy).unwrap();
                    let changed: Vec<Record> = changed.into_iter().map(normal).collect();
                    assert_eq!(set(records(&served, cut).1), set(changed));
                }
            }
        }
    }
    assert!(taken > 50 && refused > 50, "{taken} {refused}");
}
