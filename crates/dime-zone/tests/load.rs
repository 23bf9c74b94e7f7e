//! Zones filled by several threads at once are the zones that come of one DET after the other.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod chain;

use chain::{DELEGATED, HID, config, entity, hid, synthetic, testdata};
use dime_zone::*;
use drip_det::{Det, SuiteId, ZoneCut};

fn exported(zones: &Zones) -> Vec<(String, ZoneSummary)> {
    let of = |summary: ZoneSummary| {
        let mut text = Vec::new();
        zones.export(summary.cut, ExportForm::Native, &mut text).unwrap();
        // How full leaves are is another matter.
        (String::from_utf8(text).unwrap(), ZoneSummary { memory: 0, ..summary })
    };
    zones.summaries().into_iter().map(of).collect()
}

#[test]
fn many_at_once_or_one_by_one() {
    let manifest = testdata("chain/manifest.json");
    let like = entity(&manifest, "ua1");
    for threads in [1, 2, 5] {
        let (at_once, one_by_one) = (chain::zones(&manifest), chain::zones(&manifest));
        for round in 0..3 {
            // Some come again, some with templates of their own, some in the zone above.
            let mut dets: Vec<Published> =
                (0..700).map(|index| synthetic(&like, index * (round + 1))).collect();
            for index in (0..700).step_by(100) {
                dets.push(Published { ttl: 100 + index as u32, ..dets[index].clone() });
                let above = Det::from_parts(hid((HID.0, 0)), SuiteId::EDDSA_CSHAKE128, index as u64 + round);
                dets.push(Published { det: above, ..like.clone() });
            }
            at_once.load_many(&dets, threads).unwrap();
            dets.iter().for_each(|det| one_by_one.load(det).unwrap());
            assert_eq!(exported(&at_once), exported(&one_by_one));
        }
        // The templates are counted: with the last DET the last of them goes.
        let all: Vec<Published> = (0..3)
            .flat_map(|round| (0..700).map(move |index| index * (round + 1)))
            .map(|i| synthetic(&like, i))
            .collect();
        for (change, det) in (10..).zip(&all) {
            assert_eq!(at_once.remove(det.det, Serial(change)), one_by_one.remove(det.det, Serial(change)));
        }
        assert_eq!(exported(&at_once), exported(&one_by_one));
    }
}

#[test]
fn what_cannot_be_published_is_said() {
    let manifest = testdata("chain/manifest.json");
    let like = entity(&manifest, "ua1");
    let zones = Zones::new();
    let somewhere = synthetic(&like, 1);
    assert_eq!(
        zones.load_many(std::slice::from_ref(&somewhere), 2),
        Err(PublishError::NoZone(somewhere.det))
    );
    zones.add_zone(config(ZoneCut::raa_of(hid(HID)))).unwrap();
    let ZoneConfig { ns, .. } = config(ZoneCut::Hda(hid(DELEGATED)));
    let delegation = Delegation { ns, glue: Vec::new(), ds: Vec::new() };
    zones.delegate(ZoneCut::Hda(hid(DELEGATED)), delegation, Serial(2)).unwrap();
    let det = Det::from_parts(hid(DELEGATED), SuiteId::EDDSA_CSHAKE128, 1);
    let elsewhere = Published { det, ..like };
    let before = exported(&zones);
    assert_eq!(zones.load_many(&[somewhere, elsewhere], 2), Err(PublishError::Delegated(det)));
    assert_eq!(exported(&zones), before);
    assert_eq!(zones.load_many(&[], 2), Ok(()));
}
