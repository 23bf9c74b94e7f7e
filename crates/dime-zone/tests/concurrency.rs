//! Readers and a writer at the same time: every answer is whole, old or new, and serials only advance.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod chain;

use chain::{HID, entity, hid, name, synthetic, testdata};
use dime_zone::*;
use drip_det::ZoneCut;
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn answers_are_whole_while_the_zone_changes() {
    let manifest = testdata("chain/manifest.json");
    let zones = chain::zones(&manifest);
    let like = entity(&manifest, "ua1");
    let dets: Vec<Published> = (0..600).map(|index| synthetic(&like, index)).collect();
    let cut = ZoneCut::Hda(hid(HID));
    let done = AtomicBool::new(false);
    let (mut found, mut missing) = (0, 0);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|reader| {
                let (zones, dets, done) = (&zones, &dets, &done);
                scope.spawn(move || {
                    let (mut found, mut missing, mut last) = (0, 0, Serial(0));
                    for round in reader.. {
                        if done.load(Ordering::Relaxed) {
                            break;
                        }
                        let det = &dets[round % dets.len()];
                        let owner = name(&det.det.owner_name());
                        let question =
                            Question { name: &owner, record_type: RecordType::BRID, class: Class::IN };
                        let answer = zones.lookup(question);
                        match answer.rcode {
                            Rcode::NoError => {
                                assert_eq!(&answer.answers[0].rdata, det.brid.as_ref().unwrap());
                                found += 1;
                            }
                            Rcode::NxDomain => missing += 1,
                            Rcode::Refused => panic!("the zone is served"),
                        }
                        let serial = zones.serial(cut).unwrap();
                        assert!(serial == last || serial.is_newer_than(last));
                        last = serial;
                    }
                    (found, missing)
                })
            })
            .collect();
        let mut change = 2;
        for _ in 0..5 {
            for det in &dets {
                assert_eq!(zones.publish(det, Serial(change)), Ok(Serial(change)));
                assert!(zones.is_published(det.det), "visible at once");
                change += 1;
            }
            for det in &dets {
                assert_eq!(zones.remove(det.det, Serial(change)), Some(Serial(change)));
                assert!(!zones.is_published(det.det));
                change += 1;
            }
        }
        done.store(true, Ordering::Relaxed);
        for reader in readers {
            let (f, m) = reader.join().unwrap();
            found += f;
            missing += m;
        }
    });
    assert!(found > 0 && missing > 0, "{found} found, {missing} missing: the readers must have seen both");
}
