//! Signed zones: what is signed and proved, and how signing goes on over time. Verifiers of BIND, Knot and NLnet Labs judge the exports.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod chain;

use chain::{HID, entity, hid, name, testdata};
use dime_zone::dnssec::*;
use dime_zone::*;
use drip_det::{Det, Raa, SuiteId, UnixTime, ZoneCut};
use std::{collections::BTreeMap, path::Path, process::Command, sync::OnceLock, time::SystemTime};

const DAY: u64 = 86_400;
/// 2026-11-22T12:34:56Z.
const NOW: UnixTime = UnixTime(1_795_350_896);
const APEX: &str = "3.0.0.1.0.0.2.ip6.arpa.";
const RAA_ZONE: &str = "3.e.f.f.3.0.0.1.0.0.2.ip6.arpa.";
const RAA_FIRST: &str = "0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.";
const HDA_ZONE: &str = "8.f.f.3.e.f.f.3.0.0.1.0.0.2.ip6.arpa.";

fn policy(hda: HdaZones) -> SigningPolicy {
    SigningPolicy::new(14 * DAY, 7 * DAY, UpperZones::Signed, hda).unwrap()
}

fn make(folder: &Path, zone: &str, seed: u8, new: NewKey) -> u16 {
    let key = ZoneKey::from_seed(&[seed; 32], new.role, new.times);
    KeyFolder::new(folder).create(&name(zone), &key).unwrap();
    key.tag()
}

fn cuts() -> Vec<ZoneCut> {
    let raa = Raa::new(HID.0).unwrap();
    [ZoneCut::Apex].into_iter().chain(ZoneCut::raa_zones(raa)).collect()
}

fn make_keys(folder: &Path, cuts: &[ZoneCut], since: UnixTime) {
    for (index, cut) in cuts.iter().enumerate() {
        for (role, seed) in [(KeyRole::KeySigning, 1), (KeyRole::ZoneSigning, 101)] {
            make(folder, &cut.name(), index as u8 + seed, first_keys(role, since));
        }
    }
}

/// Apex, the four zones of the RAA with a name server in the last, the HDA's unsigned zone, one HDA elsewhere that is signed and one
/// that is not, and DETs in three zones.
fn tree(folder: &Path, now: UnixTime, hda: HdaZones) -> Zones {
    let manifest = testdata("chain/manifest.json");
    let zones = Zones::signed(Signing::new(KeyFolder::new(folder), policy(hda), now));
    for cut in cuts() {
        let mut config = chain::config(cut);
        if cut.name() == RAA_ZONE {
            for host in [format!("ns.{RAA_ZONE}"), format!("ns.00.{RAA_ZONE}"), format!("ns.5.5.{RAA_ZONE}")]
            {
                let addresses = vec!["192.0.2.1".parse().unwrap(), "2001:db8::1".parse().unwrap()];
                config.ns.push(name(&host));
                config.glue.push(Host { name: name(&host), addresses });
            }
        }
        zones.add_zone(config).unwrap();
    }
    zones.add_zone(chain::config(ZoneCut::Hda(hid(HID)))).unwrap();
    for (number, ds) in [
        (16300, Vec::new()),
        (16377, vec![Ds { key_tag: 7, algorithm: 15, digest_type: 2, digest: vec![9; 32] }]),
    ] {
        let cut = ZoneCut::Hda(hid((HID.0, number)));
        let server = name(&format!("ns.{}", cut.name()));
        let glue = vec![Host { name: server.clone(), addresses: vec!["192.0.2.7".parse().unwrap()] }];
        let delegation = Delegation { ns: vec![server, name("ns.elsewhere.example.")], glue, ds };
        zones.delegate(cut, delegation, Serial(1)).unwrap();
    }
    for which in ["raa-auth", "raa-issuing", "hda-auth", "hda-issuing", "ua1"] {
        zones.load(&entity(&manifest, which)).unwrap();
    }
    // DETs of the RAA itself in its last zone: HDA 12288.
    let like = entity(&manifest, "raa-auth");
    for index in 0..20_u64 {
        let hash = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let det = Det::from_parts(hid((HID.0, 12288)), SuiteId::EDDSA_CSHAKE128, hash);
        zones.load(&Published { det, ..like.clone() }).unwrap();
    }
    zones
}

fn signed_tree(folder: &Path) -> Zones {
    make_keys(folder, &cuts(), UnixTime(NOW.0 - DAY));
    tree(folder, NOW, HdaZones::Unsigned)
}

fn ask(zones: &Zones, owner: &str, record_type: RecordType) -> Answer {
    zones.lookup_signed(Question { name: &name(owner), record_type, class: Class::IN })
}

fn export(zones: &Zones, zone: &str, form: ExportForm) -> String {
    let cut = zones.summaries().into_iter().find(|summary| summary.cut.name() == zone).unwrap().cut;
    let mut text = Vec::new();
    zones.export(cut, form, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

/// Type covered, key tag, inception and expiration.
fn signature(record: &Record) -> (RecordType, u16, u64, u64) {
    assert_eq!(record.record_type, RecordType::RRSIG);
    let word = |at: usize| u16::from_be_bytes(record.rdata[at..at + 2].try_into().unwrap());
    let time = |at: usize| u64::from(u32::from_be_bytes(record.rdata[at..at + 4].try_into().unwrap()));
    (RecordType(word(0)), word(16), time(12), time(8))
}

fn types(records: &[Record]) -> Vec<String> {
    let text = |record: &Record| match record.record_type {
        RecordType::RRSIG => format!("RRSIG({})", signature(record).0),
        other => other.to_string(),
    };
    records.iter().map(text).collect()
}

#[test]
fn what_each_answer_holds() {
    let folder = tempfile::tempdir().unwrap();
    let zones = signed_tree(folder.path());
    let raa_auth = entity(&testdata("chain/manifest.json"), "raa-auth").det.owner_name();
    let answers = |owner: &str, record_type| types(&ask(&zones, owner, record_type).answers).join(" ");
    let authority = |owner: &str, record_type| types(&ask(&zones, owner, record_type).authority).join(" ");
    assert_eq!(answers(&raa_auth, RecordType::HHIT), "HHIT RRSIG(HHIT)");
    assert_eq!(answers(&raa_auth, RecordType::ANY), "TLSA RRSIG(TLSA)");
    assert_eq!(answers(RAA_ZONE, RecordType::SOA), "SOA RRSIG(SOA)");
    assert_eq!(answers(RAA_ZONE, RecordType::NS), "NS NS NS NS NS RRSIG(NS)");
    assert_eq!(answers(RAA_ZONE, RecordType::DNSKEY), "DNSKEY DNSKEY RRSIG(DNSKEY)");
    assert_eq!(answers(RAA_ZONE, RecordType::CDS), "CDS RRSIG(CDS)");
    assert_eq!(answers(RAA_ZONE, RecordType::CDNSKEY), "CDNSKEY RRSIG(CDNSKEY)");
    assert_eq!(answers(RAA_ZONE, RecordType::DS), "DS RRSIG(DS)", "by the Apex, which is served here");
    assert_eq!(answers(RAA_ZONE, RecordType::NSEC), "NSEC RRSIG(NSEC)");
    assert_eq!(
        answers(RAA_ZONE, RecordType::RRSIG),
        "RRSIG(SOA) RRSIG(NS) RRSIG(DNSKEY) RRSIG(CDS) RRSIG(CDNSKEY) RRSIG(NSEC)"
    );
    assert_eq!(answers(&format!("ns.{RAA_ZONE}"), RecordType::A), "A RRSIG(A)");
    let additional = ask(&zones, RAA_ZONE, RecordType::NS).additional;
    assert_eq!(types(&additional).join(" "), ["A RRSIG(A) AAAA RRSIG(AAAA)"; 3].join(" "));

    let no_data = "SOA RRSIG(SOA) NSEC RRSIG(NSEC)";
    assert_eq!(authority(&raa_auth, RecordType::BRID), no_data);
    assert_eq!(authority(RAA_ZONE, RecordType::A), no_data);
    assert_eq!(authority(HDA_ZONE, RecordType::DS), no_data, "the HDA's zone is not signed");
    assert_eq!(authority(APEX, RecordType::DS), no_data);
    let missing = ask(&zones, &format!("5.{}", &raa_auth[2..]), RecordType::HHIT);
    assert_eq!(missing.rcode, Rcode::NxDomain);
    assert!([4, 6].contains(&missing.authority.len()), "one NSEC or two: {:?}", types(&missing.authority));

    let insecure = ZoneCut::Hda(hid((HID.0, 16300))).name();
    let secure = ZoneCut::Hda(hid((HID.0, 16377))).name();
    let referral = |zone: &str| {
        let answer = ask(&zones, &format!("5.{zone}"), RecordType::HHIT);
        assert!(!answer.authoritative && answer.answers.is_empty());
        assert_eq!(types(&answer.additional), ["A"], "glue is not signed");
        types(&answer.authority).join(" ")
    };
    assert_eq!(referral(&insecure), "NS NS NSEC RRSIG(NSEC)");
    assert_eq!(referral(&secure), "NS NS DS RRSIG(DS)");
    assert_eq!(answers(&secure, RecordType::DS), "DS RRSIG(DS)");
    assert_eq!(answers(&secure, RecordType::NSEC), "NSEC RRSIG(NSEC)");

    // Who does not ask for signatures gets what an unsigned zone gives, and the records of the signing when they are asked for.
    let plain = |owner: &str, record_type| {
        zones.lookup(Question { name: &name(owner), record_type, class: Class::IN })
    };
    assert_eq!(types(&plain(&raa_auth, RecordType::HHIT).answers), ["HHIT"]);
    assert_eq!(types(&plain(&raa_auth, RecordType::BRID).authority), ["SOA"]);
    assert_eq!(types(&plain(&format!("5.{secure}"), RecordType::HHIT).authority), ["NS", "NS"]);
    assert_eq!(types(&plain(RAA_ZONE, RecordType::DNSKEY).answers), ["DNSKEY", "DNSKEY"]);
    assert_eq!(types(&plain(&raa_auth, RecordType::NSEC).answers), ["NSEC"]);
    // The HDA's zone has nothing of the kind.
    let ua1 = entity(&testdata("chain/manifest.json"), "ua1").det.owner_name();
    assert_eq!(ask(&zones, &ua1, RecordType::HHIT), plain(&ua1, RecordType::HHIT));
    assert_eq!(authority(&ua1, RecordType::RRSIG), "SOA");
    assert_eq!(authority(HDA_ZONE, RecordType::DNSKEY), "SOA");
}

#[test]
fn the_case_of_the_question_is_kept_and_the_signature_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let zones = signed_tree(folder.path());
    let lower = ask(&zones, RAA_ZONE, RecordType::NS);
    let upper = ask(&zones, &RAA_ZONE.to_uppercase(), RecordType::NS);
    assert!(upper.answers.iter().all(|record| record.owner.to_string() == RAA_ZONE.to_uppercase()));
    assert_eq!(lower.answers.last().unwrap().rdata, upper.answers.last().unwrap().rdata);
}

/// NSEC records of an export: owner and next name.
fn links(text: &str) -> Vec<(Name, Name)> {
    let fields = text.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let nsec = fields.filter(|fields| fields[3] == "NSEC");
    nsec.map(|fields| (name(fields[0]), name(fields[4]))).collect()
}

/// Against a search through all links of the exported chain: every name near what is there, and every kind of strange label.
#[test]
fn every_denial_spans_what_it_denies() {
    let folder = tempfile::tempdir().unwrap();
    let zones = signed_tree(folder.path());
    let mut kinds = BTreeMap::new();
    for zone in [APEX, RAA_ZONE, RAA_FIRST] {
        let text = export(&zones, zone, ExportForm::Native);
        let links = links(&text);
        let spanning = |probe: &Name| -> Name {
            let found = links.iter().rev().find(|(owner, _)| owner.canonical_cmp(probe).is_le());
            found.unwrap().0.clone()
        };
        let mut probes = Vec::new();
        for (owner, _) in &links {
            let labels: Vec<String> = owner.to_string().split_terminator('.').map(String::from).collect();
            let depth = labels.len() - zone.matches('.').count();
            for cut in 0..=depth {
                let above = format!("{}.", labels[cut..].join("."));
                probes.push(above.clone());
                for label in
                    ["0", "5", "f", "*", "-", "00", "0x", "aa", "_x", "www", "\\255", "5.www", "0.0.0"]
                {
                    probes.push(format!("{label}.{above}"));
                }
            }
        }
        probes.sort();
        probes.dedup();
        for probe in probes {
            let answer = ask(&zones, &probe, RecordType(12));
            if !answer.authoritative || answer.authority[0].owner.to_string() != zone {
                continue;
            }
            let nsec: Vec<&Name> = answer
                .authority
                .iter()
                .filter(|record| record.record_type == RecordType::NSEC)
                .map(|record| &record.owner)
                .collect();
            let probe = name(&probe);
            assert_eq!(*nsec[0], spanning(&probe), "{probe}");
            match answer.rcode {
                Rcode::NoError => assert_eq!(nsec.len(), 1),
                Rcode::NxDomain => {
                    // The closest name that exists: an owner, or above one.
                    let mut labels: Vec<&[u8]> = probe.labels().collect();
                    while !links.iter().any(|(owner, _)| {
                        owner.is_within(&Name::from_labels(labels.iter().copied()).unwrap())
                    }) {
                        labels.remove(0);
                    }
                    labels.insert(0, b"*");
                    let wildcard = Name::from_labels(labels).unwrap();
                    let expected = spanning(&wildcard);
                    assert!(
                        nsec.contains(&&expected),
                        "{probe}: {wildcard} is spanned by {expected}, not {nsec:?}"
                    );
                    assert_eq!(nsec.len(), if expected == *nsec[0] { 1 } else { 2 });
                }
                Rcode::Refused | Rcode::ServFail => panic!("{probe} is in {zone}"),
            }
            *kinds.entry((zone, format!("{:?}", answer.rcode), nsec.len())).or_insert(0) += 1;
        }
    }
    assert!(kinds.values().sum::<i32>() > 3000 && kinds.len() >= 8, "{kinds:?}");
}

/// What is exported is what is answered: the same signatures, in another process too.
#[test]
fn an_export_has_the_signatures_that_are_answered() {
    let folder = tempfile::tempdir().unwrap();
    let zones = signed_tree(folder.path());
    let again = tree(folder.path(), NOW, HdaZones::Unsigned);
    for zone in [APEX, RAA_ZONE, RAA_FIRST] {
        let text = export(&zones, zone, ExportForm::Generic);
        assert_eq!(text, export(&again, zone, ExportForm::Generic), "a function of the keys and the clock");
        let mut asked = 0;
        for line in text.lines().filter(|line| !line.starts_with(';')) {
            let fields: Vec<&str> = line.split(' ').collect();
            if fields[3] != "RRSIG" {
                continue;
            }
            let record_type = fields[4].parse().unwrap();
            let is_served = |owner: &str| zones.summaries().iter().any(|summary| summary.cut.name() == owner);
            if record_type == RecordType::NSEC && fields[0] != zone && is_served(fields[0]) {
                // Asked for the NSEC of a cut, the zone below answers with its own.
                continue;
            }
            let answer = ask(&zones, fields[0], record_type);
            let found = answer.answers.iter().find(|record| record.record_type == RecordType::RRSIG).unwrap();
            assert_eq!(found.ttl.to_string(), fields[1]);
            let tail = hex::encode(&found.rdata[found.rdata.len() - 64..]);
            use base64::{Engine, prelude::BASE64_STANDARD};
            assert_eq!(hex::encode(BASE64_STANDARD.decode(fields[12]).unwrap()), tail, "{line}");
            asked += 1;
        }
        assert!(asked > 8, "{asked}");
    }
}

fn judge(program: &str, arguments: &[&str]) -> String {
    judge_with(program, arguments, &[])
}

/// The preloaded clock of `scripts/interop/shifted_clock.c`.
fn shifted_clock() -> &'static str {
    static LIBRARY: OnceLock<String> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/interop/shifted_clock.c");
        let library = format!("{}/shifted_clock-{}.so", env!("CARGO_TARGET_TMPDIR"), std::process::id());
        judge("cc", &["-O1", "-shared", "-fPIC", "-o", &library, source.to_str().unwrap()]);
        library
    })
}

fn judge_with(program: &str, arguments: &[&str], environment: &[(&str, String)]) -> String {
    let path = ["/usr/bin", "/usr/sbin"]
        .iter()
        .map(|folder| Path::new(folder).join(program))
        .find(|path| path.exists())
        .unwrap_or_else(|| panic!("{program} is missing: scripts/tools installs it"));
    let output = Command::new(path).args(arguments).envs(environment.iter().cloned()).output().unwrap();
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{program} {arguments:?}: {text}");
    text
}

/// Verifies the exports of all signed zones at a time, with the tools that can be told the time.
fn judge_zones(zones: &Zones, at: UnixTime) {
    let folder = tempfile::tempdir().unwrap();
    for summary in zones.summaries().into_iter().filter(|summary| summary.signed) {
        let zone = summary.cut.name();
        let [native, generic] = [ExportForm::Native, ExportForm::Generic].map(|form| {
            let file = folder.path().join(format!("{zone}{form:?}"));
            std::fs::write(&file, export(zones, &zone, form)).unwrap();
            file.to_str().unwrap().to_owned()
        });
        let time = compact_time(at);
        judge("ldns-verify-zone", &["-t", &time, &generic]);
        judge("kzonecheck", &["-t", &at.0.to_string(), "-d", "on", "-o", &zone, &generic]);
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        let shift = at.0 as i64 - now as i64;
        let clock = [("LD_PRELOAD", shifted_clock().to_owned()), ("CLOCK_SHIFT", shift.to_string())];
        judge_with("dnssec-verify", &["-o", &zone, &native], &clock);
    }
}

#[test]
fn the_verifiers_of_bind_knot_and_nlnet_labs_agree() {
    let folder = tempfile::tempdir().unwrap();
    let zones = signed_tree(folder.path());
    judge_zones(&zones, NOW);
    make_keys(folder.path(), &[], NOW);
    let hda = tempfile::tempdir().unwrap();
    let all: Vec<ZoneCut> = cuts().into_iter().chain([ZoneCut::Hda(hid(HID))]).collect();
    make_keys(hda.path(), &all, UnixTime(NOW.0 - DAY));
    let zones = tree(hda.path(), NOW, HdaZones::Nsec);
    assert_eq!(zones.summaries().iter().filter(|summary| summary.signed).count(), 6);
    assert_eq!(types(&ask(&zones, HDA_ZONE, RecordType::DS).answers).join(" "), "DS RRSIG(DS)");
    judge_zones(&zones, NOW);
}

#[test]
fn a_zone_without_keys_is_refused_unless_told_test() {
    let folder = tempfile::tempdir().unwrap();
    let config = chain::config(ZoneCut::raa_of(hid(HID)));
    let zones = Zones::signed(Signing::new(KeyFolder::new(folder.path()), policy(HdaZones::Unsigned), NOW));
    assert_eq!(zones.add_zone(config.clone()), Err(ZoneError::Unsigned(name(RAA_ZONE))));
    assert_eq!(zones.refused(), [(config.cut, ZoneError::Unsigned(name(RAA_ZONE)))]);
    assert_eq!(ask(&zones, RAA_ZONE, RecordType::SOA), Answer::refused());
    zones.add_zone(chain::config(ZoneCut::Hda(hid(HID)))).unwrap();
    let later = first_keys(KeyRole::KeySigning, UnixTime(NOW.0 + DAY));
    let tag = make(folder.path(), RAA_ZONE, 1, later);
    assert!(matches!(zones.add_zone(config.clone()), Err(ZoneError::Keys { .. })), "none is active yet");
    let file = folder.path().join(format!("K{RAA_ZONE}+015+{tag:05}.private"));
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    let Err(ZoneError::Keys { fault, .. }) = zones.add_zone(config.clone()) else {
        panic!("others can read it")
    };
    assert!(fault.contains("chmod 600"), "{fault}");

    let empty = tempfile::tempdir().unwrap();
    let test = SigningPolicy::new(14 * DAY, 7 * DAY, UpperZones::Test, HdaZones::Unsigned).unwrap();
    let zones = Zones::signed(Signing::new(KeyFolder::new(empty.path()), test, NOW));
    zones.add_zone(config.clone()).unwrap();
    assert_eq!(types(&ask(&zones, RAA_ZONE, RecordType::SOA).answers), ["SOA"]);
    let hda = Zones::signed(Signing::new(KeyFolder::new(empty.path()), policy(HdaZones::Nsec), NOW));
    assert!(matches!(hda.add_zone(chain::config(ZoneCut::Hda(hid(HID)))), Err(ZoneError::Unsigned(_))));
}

fn soa_serial(answer: &Answer) -> Serial {
    let rdata = &answer.answers[0].rdata;
    let at = rdata.len() - 20;
    Serial(u32::from_be_bytes(rdata[at..at + 4].try_into().unwrap()))
}

/// Half a year, looked at every three hours: no answer ever has a signature that is not valid, serials only advance, and not often.
#[test]
fn signatures_are_renewed_before_they_end() {
    let folder = tempfile::tempdir().unwrap();
    let zones = signed_tree(folder.path());
    let raa_auth = entity(&testdata("chain/manifest.json"), "raa-auth").det.owner_name();
    let (mut last, mut changes) = (zones.serial(ZoneCut::Apex).unwrap(), 0);
    let mut ends = std::collections::BTreeSet::new();
    for step in 1..=180 * 8 {
        let now = UnixTime(NOW.0 + step * 3 * 3600);
        assert!(zones.tick(now).iter().all(|event| !event.is_fault()));
        for (owner, record_type) in [
            (APEX, RecordType::SOA),
            (RAA_ZONE, RecordType::DNSKEY),
            (RAA_ZONE, RecordType::DS),
            (raa_auth.as_str(), RecordType::HHIT),
            (raa_auth.as_str(), RecordType::TLSA),
        ] {
            let answer = ask(&zones, owner, record_type);
            let (_, _, inception, expiration) = signature(answer.answers.last().unwrap());
            assert!(inception < now.0 && expiration > now.0 + 6 * DAY, "{owner} {record_type} at {now}");
            ends.insert((owner, record_type, expiration));
        }
        let serial = zones.serial(ZoneCut::Apex).unwrap();
        assert_eq!(soa_serial(&ask(&zones, APEX, RecordType::SOA)), serial);
        assert!(serial == last || serial.is_newer_than(last));
        changes += u32::from(serial != last);
        last = serial;
    }
    assert_eq!(changes, 180 * 4, "four times a day");
    assert!((5 * 26..=5 * 27).contains(&ends.len()), "{}: each every seven days", ends.len());
    judge_zones(&zones, UnixTime(NOW.0 + 180 * DAY));
}

#[test]
fn serials_go_on_over_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let zones = signed_tree(folder.path());
    let raa = ZoneCut::raa_of(hid(HID));
    let serial = |zones: &Zones| zones.serial(raa).unwrap();
    zones.advance(raa, Serial(40)).unwrap();
    let before = serial(&zones);
    let again = |now| {
        let zones = tree(folder.path(), now, HdaZones::Unsigned);
        zones.advance(raa, Serial(40)).unwrap();
        zones
    };
    assert_eq!(serial(&again(NOW)), before);
    assert_eq!(serial(&again(UnixTime(NOW.0 + 60))), before, "nothing was due");
    let later = UnixTime(NOW.0 + DAY);
    assert!(serial(&again(later)).is_newer_than(before));
    // A clock that was wrong and is set right, with the server stopped meanwhile.
    let wrong = serial(&again(UnixTime(NOW.0 + 400 * DAY)));
    assert!(serial(&again(later)).is_newer_than(wrong));
    // What was remembered may be lost.
    let before = serial(&again(later));
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        if path.to_str().unwrap().ends_with(".signed") {
            std::fs::remove_file(path).unwrap();
        }
    }
    let lost = serial(&again(UnixTime(later.0 + 400 * DAY + 120)));
    assert!(lost.is_newer_than(before), "{lost} after {before}");
}

#[test]
fn a_clock_that_jumps_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let zones = signed_tree(folder.path());
    let texts = |now| {
        zones.tick(now).iter().filter(|event| event.is_fault()).map(ToString::to_string).collect::<Vec<_>>()
    };
    let inception = || signature(ask(&zones, APEX, RecordType::SOA).answers.last().unwrap()).2;
    assert_eq!(texts(UnixTime(NOW.0 + 10)), [""; 0]);
    let ahead = UnixTime(NOW.0 + 30 * DAY);
    let told = texts(ahead);
    assert!(told.len() == 1 && told[0].contains("ahead"), "{told:?}");
    assert!(inception() > NOW.0 + 15 * DAY);
    let serial = zones.serial(ZoneCut::Apex).unwrap();
    let told = texts(NOW);
    assert!(told.len() == 1 && told[0].contains("back"), "{told:?}");
    assert!(inception() < NOW.0, "valid by the clock as it is now");
    assert!(zones.serial(ZoneCut::Apex).unwrap().is_newer_than(serial));
}

#[test]
fn keys_that_vanish_leave_the_zone_signed() {
    let folder = tempfile::tempdir().unwrap();
    let zones = signed_tree(folder.path());
    let keys = ask(&zones, RAA_ZONE, RecordType::DNSKEY).answers;
    std::fs::rename(folder.path(), folder.path().with_extension("gone")).unwrap();
    let later = UnixTime(NOW.0 + 10 * DAY);
    let faults = zones.tick(later).iter().filter(|event| event.is_fault()).count();
    assert!(faults >= 5, "{faults}");
    let answer = ask(&zones, RAA_ZONE, RecordType::DNSKEY).answers;
    assert_eq!(answer[..2], keys[..2]);
    assert!(signature(&answer[2]).3 > later.0 + 6 * DAY);
    std::fs::rename(folder.path().with_extension("gone"), folder.path()).unwrap();
}

fn plan(folder: &Path, zone: &str, what: impl FnOnce(&[&ZoneKey]) -> Roll, seed: u8) -> u16 {
    let keys = KeyFolder::new(folder).load(&name(zone)).unwrap();
    let roll = what(&keys.iter().collect::<Vec<_>>());
    for (tag, times) in roll.changes {
        KeyFolder::new(folder).set_times(&name(zone), tag, times).unwrap();
    }
    make(folder, zone, seed, roll.new)
}

const TIMING: RollTiming =
    RollTiming { dnskey_ttl: 3600, max_ttl: 3600, propagation: 3600, ds_ttl: 3600, parent_propagation: 3600 };

/// A resolver that has everything in its cache for as long as it may: at each step of the roll-over it must still be able to verify
/// with what it may have of a moment before.
#[test]
fn a_zsk_rolls_without_a_gap() {
    let folder = tempfile::tempdir().unwrap();
    let zones = signed_tree(folder.path());
    let raa_zone = name(RAA_ZONE);
    let begin = UnixTime(NOW.0 + 60);
    let old = KeyFolder::new(folder.path())
        .load(&raa_zone)
        .unwrap()
        .into_iter()
        .find(|key| key.role() == KeyRole::ZoneSigning)
        .unwrap()
        .tag();
    let new = plan(folder.path(), RAA_ZONE, |keys| roll_zsk(keys, &TIMING, begin).unwrap(), 77);
    let mut history: Vec<(u64, Vec<u16>, u16)> = Vec::new();
    for minute in 1..=6 * 60 {
        let now = UnixTime(NOW.0 + minute * 60);
        zones.tick(now);
        let keys = ask(&zones, RAA_ZONE, RecordType::DNSKEY).answers;
        let published: Vec<u16> = keys
            .iter()
            .filter(|record| record.record_type == RecordType::DNSKEY)
            .map(|record| {
                let public_key = PublicKey::of_octets(Algorithm::Ed25519, &record.rdata[4..]).unwrap();
                Dnskey { flags: u16::from_be_bytes(record.rdata[..2].try_into().unwrap()), public_key }
                    .key_tag()
            })
            .collect();
        let signer = signature(ask(&zones, RAA_ZONE, RecordType::SOA).answers.last().unwrap()).1;
        // Whatever keys a cache took in the last hour, and whatever signature it took in the last hour, they fit.
        for (time, cached, signed) in history.iter().filter(|(time, ..)| *time > now.0 - 3600) {
            assert!(cached.contains(&signer), "keys of {time} at {now}");
            assert!(published.contains(signed), "signature of {time} at {now}");
        }
        history.push((now.0, published, signer));
        if minute % 50 == 0 {
            judge_zones(&zones, now);
        }
    }
    let signers: Vec<u16> = history.iter().map(|(_, _, signer)| *signer).collect();
    assert!(signers.contains(&old) && signers.contains(&new));
    let (_, published, signer) = history.last().unwrap();
    assert_eq!((published.len(), *signer), (2, new));
    assert!(!published.contains(&old));
}

/// The zone above is served here: its DS follows CDS by itself, and the chain from one DS holds for as long as a cache may have it.
#[test]
fn a_ksk_rolls_with_the_ds_above() {
    let folder = tempfile::tempdir().unwrap();
    let zones = signed_tree(folder.path());
    let begin = UnixTime(NOW.0 + 60);
    let serial = zones.serial(ZoneCut::Apex).unwrap();
    let ds = || -> Vec<u16> {
        let answer = ask(&zones, RAA_ZONE, RecordType::DS);
        let ds = answer.answers.iter().filter(|record| record.record_type == RecordType::DS);
        ds.map(|record| u16::from_be_bytes(record.rdata[..2].try_into().unwrap())).collect()
    };
    let cds = || {
        let answer = ask(&zones, RAA_ZONE, RecordType::CDS);
        answer
            .answers
            .iter()
            .filter(|record| record.record_type == RecordType::CDS)
            .map(|record| record.rdata.clone())
            .collect::<Vec<_>>()
    };
    let [old] = ds()[..] else { panic!("one DS") };
    let new = plan(folder.path(), RAA_ZONE, |keys| roll_ksk(keys, &TIMING, begin).unwrap(), 78);
    let mut history: Vec<(u64, Vec<u16>, Vec<u16>)> = Vec::new();
    let mut ended = false;
    for minute in 1..=8 * 60 {
        let now = UnixTime(NOW.0 + minute * 60);
        zones.tick(now);
        let above = ds();
        assert_eq!(cds().len(), 1);
        assert_eq!(cds()[0], ask(&zones, RAA_ZONE, RecordType::DS).answers[0].rdata, "CDS is what is above");
        let answer = ask(&zones, RAA_ZONE, RecordType::DNSKEY).answers;
        let signers: Vec<u16> = answer
            .iter()
            .filter(|record| record.record_type == RecordType::RRSIG)
            .map(|record| signature(record).1)
            .collect();
        for (time, cached, signed) in history.iter().filter(|(time, ..)| *time > now.0 - 3600) {
            assert!(cached.iter().any(|tag| signers.contains(tag)), "DS of {time} at {now}");
            assert!(above.iter().any(|tag| signed.contains(tag)), "keys of {time} at {now}");
        }
        if above == [new] && !ended {
            let keys = KeyFolder::new(folder.path()).load(&name(RAA_ZONE)).unwrap();
            for (tag, times) in parent_has_new_ds(&keys.iter().collect::<Vec<_>>(), &TIMING, now).unwrap() {
                KeyFolder::new(folder.path()).set_times(&name(RAA_ZONE), tag, times).unwrap();
            }
            ended = true;
        }
        history.push((now.0, above, signers));
    }
    assert!(ended);
    let (_, above, signers) = history.last().unwrap();
    assert_eq!((above.as_slice(), signers.as_slice()), ([new].as_slice(), [new].as_slice()));
    assert!(history.iter().any(|(_, above, signers)| above == &[old] && signers.len() == 2));
    assert!(
        zones.serial(ZoneCut::Apex).unwrap().is_newer_than(serial),
        "another DS is a change of the Apex zone"
    );
    judge_zones(&zones, UnixTime(NOW.0 + 8 * 3600));
}

#[test]
fn changes_are_signed_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let zones = signed_tree(folder.path());
    let like = entity(&testdata("chain/manifest.json"), "raa-auth");
    let det = Det::from_parts(hid((HID.0, 12288)), SuiteId::EDDSA_CSHAKE128, 1);
    let owner = det.owner_name();
    assert_eq!(ask(&zones, &owner, RecordType::HHIT).rcode, Rcode::NxDomain);
    let serial = zones.publish(&Published { det, ..like }, Serial(7)).unwrap();
    assert_eq!(types(&ask(&zones, &owner, RecordType::HHIT).answers), ["HHIT", "RRSIG(HHIT)"]);
    assert_eq!(soa_serial(&ask(&zones, RAA_ZONE, RecordType::SOA)), serial);
    judge_zones(&zones, NOW);
    let secure = ZoneCut::Hda(hid((HID.0, 16377)));
    zones.undelegate(secure, Serial(8)).unwrap();
    zones.remove(det, Serial(9)).unwrap();
    assert_eq!(ask(&zones, &secure.name(), RecordType::DS).rcode, Rcode::NxDomain);
    judge_zones(&zones, NOW);
}

/// Keys go both ways between dime and BIND's tools.
#[test]
fn keys_of_dnssec_keygen_and_dnssec_settime() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    for arguments in [&["-f", "KSK"][..], &[]] {
        let arguments = [&["-q", "-a", "ED25519", "-K", path], arguments, &[RAA_ZONE]].concat();
        judge("dnssec-keygen", &arguments);
    }
    let keys = KeyFolder::new(path).load(&name(RAA_ZONE)).unwrap();
    let mut roles: Vec<KeyRole> = keys.iter().map(ZoneKey::role).collect();
    roles.sort();
    assert_eq!(roles, [KeyRole::KeySigning, KeyRole::ZoneSigning]);
    let made = keys[0].times.created.unwrap();
    assert!(keys.iter().all(|key| key.times.is_active(UnixTime(made.0 + 5))));
    let ksk = keys.iter().find(|key| key.role() == KeyRole::KeySigning).unwrap();
    let file = format!("{path}/K{RAA_ZONE}+015+{:05}", ksk.tag());
    let ds = judge("dnssec-dsfromkey", &["-2", &format!("{file}.key")]);
    assert_eq!(ds.trim(), format!("{RAA_ZONE} IN DS {}", ksk.dnskey().ds(&name(RAA_ZONE))));

    let tag = make(folder.path(), HDA_ZONE, 5, first_keys(KeyRole::KeySigning, NOW));
    let file = format!("{path}/K{HDA_ZONE}+015+{tag:05}");
    let printed = judge("dnssec-settime", &["-u", "-p", "all", &file]);
    assert!(
        printed.contains(&format!("Publish: {}", NOW.0)) && printed.contains(&format!("Activate: {}", NOW.0)),
        "{printed}"
    );
    judge("dnssec-settime", &["-I", "20270101000000", &file]);
    let [key] = KeyFolder::new(path).load(&name(HDA_ZONE)).unwrap().try_into().ok().unwrap();
    assert_eq!(key.times.inactive, parse_compact_time("20270101000000"));
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(format!("{file}.private")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // A zone that BIND signs with our key verifies with the DNSKEY we say.
    let zones = KeyFolder::new(path).zones().unwrap();
    assert_eq!(zones.iter().map(ToString::to_string).collect::<Vec<_>>(), [RAA_ZONE, HDA_ZONE]);
    let other = KeyFolder::new(path).create(&name(HDA_ZONE), &key);
    assert!(matches!(other, Err(KeyFolderError::Exists { .. })));
    std::fs::rename(format!("{file}.key"), format!("{path}/K{HDA_ZONE}+015+00001.key")).unwrap();
    std::fs::rename(format!("{file}.private"), format!("{path}/K{HDA_ZONE}+015+00001.private")).unwrap();
    assert!(matches!(KeyFolder::new(path).load(&name(HDA_ZONE)), Err(KeyFolderError::Misnamed { .. })));
}
