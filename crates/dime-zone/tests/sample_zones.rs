//! The master files in `zones/` are what publishing the chain of `testdata/chain` yields.
//!
//! `DIME_WRITE_ZONES=1 cargo test -p dime-zone --test sample_zones` writes them anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod chain;

use chain::{HID, hid, testdata};
use dime_zone::ExportForm;
use drip_det::ZoneCut;
use std::{fs, path::Path};

#[test]
fn publishing_the_chain_yields_the_zones_kept() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../zones");
    let zones = chain::zones(&testdata("chain/manifest.json"));
    for cut in ZoneCut::raa_zones(hid(HID).raa).into_iter().chain([ZoneCut::Hda(hid(HID))]) {
        for (form, ending) in [(ExportForm::Native, "zone"), (ExportForm::Generic, "generic.zone")] {
            let mut text = Vec::new();
            zones.export(cut, form, &mut text).unwrap();
            let path = folder.join(format!("{}{ending}", cut.name()));
            if std::env::var_os("DIME_WRITE_ZONES").is_some() {
                fs::write(&path, &text).unwrap();
            }
            let kept = fs::read(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
            assert!(kept == text, "{} is not what is published", path.display());
        }
    }
}
