//! Exported zones are read by the checkers of BIND, Knot and NSD (`scripts/tools` installs them), and hold what was published.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod chain;

use chain::{HID, entity, hid, name, synthetic, testdata};
use dime_zone::*;
use drip_det::{Det, ZoneCut};
use std::{path::Path, process::Command};

fn export(zones: &Zones, cut: ZoneCut, form: ExportForm) -> String {
    let mut text = Vec::new();
    zones.export(cut, form, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

fn zones_with(count: u64) -> Zones {
    let manifest = testdata("chain/manifest.json");
    let zones = chain::zones(&manifest);
    let like = entity(&manifest, "ua1");
    for index in 0..count {
        zones.load(&synthetic(&like, index)).unwrap();
    }
    zones
}

fn lines(text: &str) -> Vec<Vec<&str>> {
    text.lines().filter(|line| !line.starts_with(';')).map(|line| line.splitn(5, ' ').collect()).collect()
}

#[test]
fn every_record_once_in_canonical_order() {
    let zones = zones_with(300);
    let cut = ZoneCut::Hda(hid(HID));
    let text = export(&zones, cut, ExportForm::Native);
    let lines = lines(&text);
    let owners: Vec<Name> = lines.iter().map(|line| name(line[0])).collect();
    assert!(owners.windows(2).all(|pair| pair[0].canonical_cmp(&pair[1]).is_le()));
    let types = |wanted: &str| lines.iter().filter(|line| line[3] == wanted).count();
    assert_eq!(["SOA", "NS", "A", "AAAA"].map(types), [1, 2, 1, 1]);
    assert_eq!(["HHIT", "BRID", "HIP", "CERT", "TLSA"].map(types), [303, 301, 303, 303, 303]);
    let dets: std::collections::BTreeSet<Det> = lines
        .iter()
        .filter(|line| line[3] == "HHIT")
        .map(|line| Det::from_owner_name(line[0]).unwrap())
        .collect();
    assert_eq!(dets.len(), 303);
    assert!(dets.iter().all(|det| zones.is_published(*det)));
}

#[test]
fn the_generic_form_is_the_same_octets() {
    let zones = zones_with(3);
    let text = export(&zones, ZoneCut::Hda(hid(HID)), ExportForm::Generic);
    let mut checked = 0;
    for line in lines(&text) {
        let Some(number) = line[3].strip_prefix("TYPE") else { continue };
        let [marker, length, octets] = line[4].split(' ').collect::<Vec<_>>()[..] else { panic!("{line:?}") };
        assert_eq!((marker, length.parse()), ("\\#", Ok(octets.len() / 2)));
        let owner = name(line[0]);
        let record_type = RecordType(number.parse().unwrap());
        let answer = zones.lookup(Question { name: &owner, record_type, class: Class::IN });
        assert_eq!(hex::encode(&answer.answers[0].rdata), octets.to_lowercase());
        checked += 1;
    }
    assert_eq!(checked, 3 * 6 - 2, "HHIT, BRID and HIP of six DETs, two of which have no BRID");
    for native in ["HHIT", "BRID", "HIP"] {
        assert!(!text.contains(&format!(" {native} ")));
    }
}

#[test]
fn a_zone_above_holds_the_cuts_and_their_addresses_only() {
    let zones = zones_with(10);
    let text = export(&zones, ZoneCut::raa_of(hid(HID)), ExportForm::Native);
    let cut = ZoneCut::Hda(hid(HID)).name();
    let other = chain::delegated_name();
    let mut found: Vec<String> =
        lines(&text)[3..].iter().map(|line| format!("{} {} {}", line[0], line[3], line[4])).collect();
    found.sort();
    let mut expected = vec![
        format!("{cut} NS ns1.dime.example."),
        format!("{cut} NS ns.{cut}"),
        format!("ns.{cut} A 192.0.2.1"),
        format!("ns.{cut} AAAA 2001:db8::1"),
        format!("{other} NS ns.{other}"),
        format!("{other} NS ns.elsewhere.example."),
        format!("ns.{other} A 192.0.2.2"),
    ];
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn an_export_does_not_see_later_changes() {
    struct Changing<'a>(&'a Zones, Vec<u8>, u64);
    impl std::io::Write for Changing<'_> {
        fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
            // A writer gets in while the export is under way.
            let like = entity(&testdata("chain/manifest.json"), "ua1");
            if self.2 < 20 {
                self.0.publish(&synthetic(&like, 1000 + self.2), Serial(500)).unwrap();
                self.0.remove(synthetic(&like, self.2).det, Serial(500)).unwrap();
                self.2 += 1;
            }
            self.1.extend_from_slice(octets);
            Ok(octets.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let zones = zones_with(20);
    let cut = ZoneCut::Hda(hid(HID));
    let before = export(&zones, cut, ExportForm::Generic);
    let mut during = Changing(&zones, Vec::new(), 0);
    zones.export(cut, ExportForm::Generic, &mut during).unwrap();
    assert_eq!(during.2, 20);
    assert_eq!(String::from_utf8(during.1).unwrap(), before);
    assert_ne!(export(&zones, cut, ExportForm::Generic), before);
}

fn judge(program: &str, arguments: &[&str]) {
    let path = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"]
        .iter()
        .map(|folder| Path::new(folder).join(program))
        .find(|path| path.exists())
        .unwrap_or_else(|| panic!("{program} is missing: scripts/tools installs it"));
    let output = Command::new(path).args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn the_checkers_of_bind_knot_and_nsd_read_it() {
    let zones = zones_with(200);
    let folder = tempfile::tempdir().unwrap();
    for cut in
        [ZoneCut::Hda(hid(HID)), ZoneCut::raa_of(hid(HID)), ZoneCut::Raa { raa: hid(HID).raa, block: 0 }]
    {
        let zone = cut.name();
        let zone = zone.trim_end_matches('.');
        for form in [ExportForm::Native, ExportForm::Generic] {
            let file = folder.path().join(format!("{zone}.{form:?}"));
            std::fs::write(&file, export(&zones, cut, form)).unwrap();
            let file = file.to_str().unwrap();
            judge("named-checkzone", &["-i", "local", "-k", "ignore", zone, file]);
            if form == ExportForm::Generic {
                judge("kzonecheck", &["-o", zone, file]);
                judge("nsd-checkzone", &[zone, file]);
            }
        }
    }
}
