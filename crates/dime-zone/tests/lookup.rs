//! Every kind of answer, without a socket.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod chain;

use chain::{DELEGATED, HID, delegated_name, entity, hid, name, testdata};
use dime_zone::*;
use drip_det::{Raa, ZoneCut};

fn ask(zones: &Zones, owner: &str, record_type: RecordType) -> Answer {
    zones.lookup(Question { name: &name(owner), record_type, class: Class::IN })
}

/// The SOA of a negative answer: of which zone, and its TTL.
fn negative(answer: &Answer) -> (Rcode, bool, String, u32) {
    assert!(answer.answers.is_empty() && answer.additional.is_empty());
    let [soa] = answer.authority.as_slice() else { panic!("one SOA in {answer:?}") };
    assert_eq!(soa.record_type, RecordType::SOA);
    (answer.rcode, answer.authoritative, soa.owner.to_string(), soa.ttl)
}

fn no_name(zone: &str) -> (Rcode, bool, String, u32) {
    (Rcode::NxDomain, true, zone.into(), 30)
}

fn no_data(zone: &str) -> (Rcode, bool, String, u32) {
    (Rcode::NoError, true, zone.into(), 30)
}

const HDA_ZONE: &str = "8.f.f.3.e.f.f.3.0.0.1.0.0.2.ip6.arpa.";
const RAA_ZONE: &str = "3.e.f.f.3.0.0.1.0.0.2.ip6.arpa.";

#[test]
fn a_published_det_has_its_five_records() {
    let manifest = testdata("chain/manifest.json");
    let zones = chain::zones(&manifest);
    let ua1 = entity(&manifest, "ua1");
    for (record_type, rdata) in ua1.records() {
        let answer = ask(&zones, &ua1.det.owner_name(), record_type);
        let expected = Record { owner: name(&ua1.det.owner_name()), record_type, ttl: 60, rdata };
        assert_eq!((answer.rcode, answer.authoritative), (Rcode::NoError, true));
        assert_eq!(answer.answers, [expected]);
        assert!(answer.authority.is_empty() && answer.additional.is_empty());
    }
    let hhit = &ask(&zones, &ua1.det.owner_name(), RecordType::HHIT).answers[0];
    assert_eq!(hex::encode(&hhit.rdata), manifest["entities"]["ua1"]["hhit_rdata_hex"].as_str().unwrap());
}

#[test]
fn the_case_of_the_question_is_kept() {
    let manifest = testdata("chain/manifest.json");
    let zones = chain::zones(&manifest);
    let mixed = entity(&manifest, "ua1").det.owner_name().replace('f', "F").replace("arpa", "aRPa");
    let answer = ask(&zones, &mixed, RecordType::TLSA);
    assert_eq!(answer.answers[0].owner.to_string(), mixed);
    let apex = ask(&zones, &HDA_ZONE.to_uppercase(), RecordType::SOA);
    assert_eq!(apex.answers[0].owner.to_string(), HDA_ZONE.to_uppercase());
}

#[test]
fn other_types_of_a_det_are_no_data() {
    let manifest = testdata("chain/manifest.json");
    let zones = chain::zones(&manifest);
    let ua1 = entity(&manifest, "ua1").det.owner_name();
    for record_type in
        [RecordType::A, RecordType::SOA, RecordType::NS, RecordType::DS, RecordType(12), RecordType(46)]
    {
        assert_eq!(negative(&ask(&zones, &ua1, record_type)), no_data(HDA_ZONE));
    }
    let operator = entity(&manifest, "hda-issuing").det.owner_name();
    assert_eq!(negative(&ask(&zones, &operator, RecordType::BRID)), no_data(HDA_ZONE), "not a UAS Remote ID");
}

#[test]
fn every_prefix_of_a_det_is_an_empty_non_terminal_and_no_other_is() {
    let manifest = testdata("chain/manifest.json");
    let zones = chain::zones(&manifest);
    for (which, zone) in
        [("ua1", HDA_ZONE), ("hda-auth", HDA_ZONE), ("raa-auth", "0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.")]
    {
        let owner = entity(&manifest, which).det.owner_name();
        let mut rest = owner.as_str();
        while let Some((_, above)) = rest.split_once('.').filter(|(_, above)| *above != zone) {
            assert_eq!(negative(&ask(&zones, above, RecordType::HHIT)), no_data(zone), "{above}");
            rest = above;
        }
    }
    let owner = entity(&manifest, "ua1").det.owner_name();
    let missing = format!("{}{}", if owner.starts_with('0') { "1" } else { "0" }, &owner[1..]);
    assert_eq!(negative(&ask(&zones, &missing, RecordType::HHIT)), no_name(HDA_ZONE));
    assert_eq!(negative(&ask(&zones, &format!("9.{HDA_ZONE}"), RecordType::HHIT)), no_name(HDA_ZONE));
}

#[test]
fn names_that_cannot_be_dets_do_not_exist() {
    let manifest = testdata("chain/manifest.json");
    let zones = chain::zones(&manifest);
    let ua1 = entity(&manifest, "ua1").det.owner_name();
    for odd in [
        format!("0.{ua1}"),
        format!("www.{HDA_ZONE}"),
        format!("00.{HDA_ZONE}"),
        format!("g.{HDA_ZONE}"),
        format!("*.{HDA_ZONE}"),
    ] {
        assert_eq!(negative(&ask(&zones, &odd, RecordType::HHIT)), no_name(HDA_ZONE), "{odd}");
    }
}

#[test]
fn the_apex_has_soa_and_ns() {
    let zones = chain::zones(&testdata("chain/manifest.json"));
    let soa = ask(&zones, HDA_ZONE, RecordType::SOA);
    assert!(soa.authoritative);
    assert_eq!(soa.answers[0].ttl, 3600);
    let expected = [
        name("ns1.dime.example.").wire(),
        name("hostmaster.dime.example.").wire(),
        &[1_u32, 3600, 600, 604_800, 30].map(u32::to_be_bytes).concat(),
    ]
    .concat();
    assert_eq!(soa.answers[0].rdata, expected);
    let ns = ask(&zones, HDA_ZONE, RecordType::NS);
    assert_eq!(ns.answers.len(), 2);
    assert_eq!(ns.additional.len(), 2, "the server named in the zone has two addresses");
    assert_eq!(negative(&ask(&zones, HDA_ZONE, RecordType::HHIT)), no_data(HDA_ZONE));
}

#[test]
fn a_name_server_named_in_the_zone_has_its_addresses() {
    let zones = chain::zones(&testdata("chain/manifest.json"));
    let server = format!("ns.{HDA_ZONE}");
    assert_eq!(ask(&zones, &server, RecordType::A).answers[0].rdata, [192, 0, 2, 1]);
    assert_eq!(ask(&zones, &server, RecordType::AAAA).answers.len(), 1);
    assert_eq!(negative(&ask(&zones, &server, RecordType::HHIT)), no_data(HDA_ZONE));
    assert_eq!(negative(&ask(&zones, &format!("x.{server}"), RecordType::A)), no_name(HDA_ZONE));
}

#[test]
fn a_name_like_a_dets_above_a_name_server_is_an_empty_non_terminal() {
    let manifest = testdata("chain/manifest.json");
    let ua1 = entity(&manifest, "ua1");
    let owner = ua1.det.owner_name();
    let server = Host { name: name(&format!("ns.{owner}")), addresses: vec!["192.0.2.3".parse().unwrap()] };
    let zones = Zones::new();
    let glue = vec![server];
    zones.add_zone(ZoneConfig { glue, ..chain::config(ZoneCut::Hda(hid(HID))) }).unwrap();
    assert_eq!(negative(&ask(&zones, &owner, RecordType::HHIT)), no_data(HDA_ZONE));
    zones.load(&ua1).unwrap();
    assert_eq!(ask(&zones, &owner, RecordType::HHIT).answers.len(), 1);
    zones.remove(ua1.det, Serial(2)).unwrap();
    assert_eq!(negative(&ask(&zones, &owner, RecordType::HHIT)), no_data(HDA_ZONE));
    assert_eq!(negative(&ask(&zones, &format!("0.{owner}"), RecordType::A)), no_name(HDA_ZONE));
}

#[test]
fn addresses_of_a_delegation_are_inside_it() {
    let zones = Zones::new();
    let server =
        Host { name: name(&format!("ns.{RAA_ZONE}")), addresses: vec!["192.0.2.4".parse().unwrap()] };
    let (raa, hda) = (ZoneCut::raa_of(hid(HID)), ZoneCut::Hda(hid(HID)));
    zones.add_zone(ZoneConfig { glue: vec![server.clone()], ..chain::config(raa) }).unwrap();
    let ns = vec![server.name.clone()];
    // In a referral they would be seen; asked for by name, the zone above knows nothing of them.
    let beside = Delegation { ns: ns.clone(), glue: vec![server.clone()], ds: Vec::new() };
    assert_eq!(
        zones.delegate(hda, beside, Serial(2)),
        Err(ZoneError::OutOfBailiwick { host: server.name.clone(), zone: name(HDA_ZONE) })
    );
    zones.delegate(hda, Delegation { ns, glue: Vec::new(), ds: Vec::new() }, Serial(2)).unwrap();
    let referral = ask(&zones, HDA_ZONE, RecordType::HHIT);
    assert_eq!(referral.additional, ask(&zones, &server.name.to_string(), RecordType::A).answers);
    assert_eq!(referral.additional.len(), 1);
}

#[test]
fn a_zone_served_elsewhere_is_a_referral() {
    let zones = chain::zones(&testdata("chain/manifest.json"));
    let cut = delegated_name();
    let below = [cut.clone(), format!("5.0.{cut}"), format!("www.{cut}"), format!("ns.{cut}")];
    for owner in below {
        let answer = ask(&zones, &owner, RecordType::HHIT);
        assert_eq!((answer.rcode, answer.authoritative), (Rcode::NoError, false), "{owner}");
        assert!(answer.answers.is_empty());
        let targets: Vec<&[u8]> = answer.authority.iter().map(|record| record.rdata.as_slice()).collect();
        assert_eq!(targets, [name(&format!("ns.{cut}")).wire(), name("ns.elsewhere.example.").wire()]);
        assert!(answer.authority.iter().all(|record| record.owner.to_string() == cut));
        let [glue] = answer.additional.as_slice() else { panic!("one address") };
        assert_eq!(
            (glue.owner.to_string(), glue.rdata.as_slice()),
            (format!("ns.{cut}"), [192, 0, 2, 2].as_slice())
        );
    }
    let ds = ask(&zones, &cut, RecordType::DS);
    assert_eq!(negative(&ds), no_data(RAA_ZONE), "DS is the parent's");
    assert!(!ask(&zones, &format!("5.{cut}"), RecordType::DS).authoritative, "below the cut it is not");
    let (above, _) = cut.split_once('.').map(|(_, above)| (above.to_owned(), ())).unwrap();
    assert_eq!(
        negative(&ask(&zones, &above, RecordType::NS)),
        no_data(RAA_ZONE),
        "a cut makes empty non-terminals"
    );
    assert_eq!(zones.undelegate(ZoneCut::Hda(hid(DELEGATED)), Serial(9)), Some(Serial(9)));
    assert_eq!(negative(&ask(&zones, &cut, RecordType::NS)), no_name(RAA_ZONE));
}

#[test]
fn ds_of_a_zone_served_here_is_answered_by_the_zone_above() {
    let zones = chain::zones(&testdata("chain/manifest.json"));
    assert_eq!(negative(&ask(&zones, HDA_ZONE, RecordType::DS)), no_data(RAA_ZONE));
    assert_eq!(
        negative(&ask(&zones, RAA_ZONE, RecordType::DS)),
        no_data(RAA_ZONE),
        "the zone above is not served here"
    );
}

#[test]
fn outside_is_refused() {
    let manifest = testdata("chain/manifest.json");
    let zones = chain::zones(&manifest);
    for outside in [
        ".",
        "arpa.",
        "ip6.arpa.",
        "0.0.2.ip6.arpa.",
        "e.f.f.3.0.0.1.0.0.2.ip6.arpa.",
        "example.",
        "1.0.0.127.in-addr.arpa.",
    ] {
        assert_eq!(ask(&zones, outside, RecordType::SOA), Answer::refused(), "{outside}");
    }
    let ua1 = entity(&manifest, "ua1").det.owner_name();
    for class in [0, 3, 4, 254, 255] {
        let question = Question { name: &name(&ua1), record_type: RecordType::HHIT, class: Class(class) };
        assert_eq!(zones.lookup(question), Answer::refused());
    }
    for transfer in [RecordType::AXFR, RecordType::IXFR] {
        assert_eq!(ask(&zones, HDA_ZONE, transfer), Answer::refused());
    }
    assert_eq!(ask(&Zones::new(), &ua1, RecordType::HHIT), Answer::refused());
}

#[test]
fn any_is_one_small_rrset() {
    let manifest = testdata("chain/manifest.json");
    let zones = chain::zones(&manifest);
    let any = ask(&zones, &entity(&manifest, "ua1").det.owner_name(), RecordType::ANY);
    assert_eq!(any.answers.iter().map(|record| record.record_type).collect::<Vec<_>>(), [RecordType::TLSA]);
    assert_eq!(ask(&zones, HDA_ZONE, RecordType::ANY).answers.len(), 1);
    assert_eq!(ask(&zones, &format!("ns.{HDA_ZONE}"), RecordType::ANY).answers.len(), 1);
    assert_eq!(negative(&ask(&zones, &format!("5.0.{HDA_ZONE}"), RecordType::ANY)), no_data(HDA_ZONE));
}

#[test]
fn publishing_and_removing_show_at_once_and_advance_the_serial() {
    let manifest = testdata("chain/manifest.json");
    let zones = chain::zones(&manifest);
    let cut = ZoneCut::Hda(hid(HID));
    let ua1 = entity(&manifest, "ua1");
    let owner = ua1.det.owner_name();
    let other_zone = zones.serial(ZoneCut::raa_of(hid(HID))).unwrap();

    assert_eq!(zones.remove(ua1.det, Serial(70)), Some(Serial(70)));
    assert_eq!(negative(&ask(&zones, &owner, RecordType::HHIT)), no_name(HDA_ZONE));
    assert_eq!(zones.remove(ua1.det, Serial(71)), None, "nothing changed");
    assert_eq!(zones.serial(cut), Ok(Serial(70)));
    assert!(!zones.is_published(ua1.det));

    assert_eq!(zones.publish(&ua1, Serial(72)), Ok(Serial(72)));
    assert_eq!(ask(&zones, &owner, RecordType::HHIT).answers.len(), 1);
    let renewed = Published { ttl: 7, ..ua1.clone() };
    assert_eq!(zones.publish(&renewed, Serial(9)), Ok(Serial(73)), "a change from behind advances too");
    assert_eq!(ask(&zones, &owner, RecordType::HHIT).answers[0].ttl, 7);
    assert_eq!(zones.zone_of(ua1.det), Some(cut));
    assert_eq!(zones.serial(ZoneCut::raa_of(hid(HID))).unwrap(), other_zone, "other zones did not change");
    let soa = &ask(&zones, HDA_ZONE, RecordType::SOA).answers[0].rdata;
    assert_eq!(soa[soa.len() - 20..soa.len() - 16], 73_u32.to_be_bytes());
}

#[test]
fn where_a_det_can_be_published() {
    let manifest = testdata("chain/manifest.json");
    let zones = Zones::new();
    let (ua1, raa_auth) = (entity(&manifest, "ua1"), entity(&manifest, "raa-auth"));
    assert_eq!(zones.load(&ua1), Err(PublishError::NoZone(ua1.det)));
    zones.add_zone(chain::config(ZoneCut::raa_of(hid(HID)))).unwrap();
    let cut = ZoneCut::Hda(hid(HID));
    let delegation = Delegation { ns: vec![name("ns.elsewhere.example.")], glue: Vec::new(), ds: Vec::new() };
    zones.delegate(cut, delegation.clone(), Serial(3)).unwrap();
    assert_eq!(zones.serial(ZoneCut::raa_of(hid(HID))), Ok(Serial(3)));
    assert_eq!(zones.load(&ua1), Err(PublishError::Delegated(ua1.det)));
    zones.undelegate(cut, Serial(4)).unwrap();
    zones.load(&ua1).unwrap();
    assert_eq!(zones.delegate(cut, delegation, Serial(5)), Err(ZoneError::Occupied(name(HDA_ZONE))));
    assert_eq!(zones.add_zone(chain::config(cut)), Err(ZoneError::Occupied(name(HDA_ZONE))));
    assert_eq!(
        zones.load(&raa_auth),
        Err(PublishError::NoZone(raa_auth.det)),
        "it lives in the RAA's first zone"
    );
}

#[test]
fn zones_that_cannot_be() {
    let zones = Zones::new();
    let raa = ZoneCut::raa_of(hid(HID));
    let good = chain::config(raa);
    let host = |text: &str| Host { name: name(text), addresses: vec!["192.0.2.9".parse().unwrap()] };
    assert_eq!(
        zones.add_zone(ZoneConfig { ns: Vec::new(), ..good.clone() }),
        Err(ZoneError::NoNameServer(name(RAA_ZONE)))
    );
    let outside = ZoneConfig { glue: vec![host("ns1.dime.example.")], ..good.clone() };
    assert!(matches!(zones.add_zone(outside), Err(ZoneError::OutOfBailiwick { .. })));
    let nibble = ZoneConfig { glue: vec![host(&format!("a.{RAA_ZONE}"))], ..good.clone() };
    assert!(matches!(zones.add_zone(nibble), Err(ZoneError::NotAHostName(_))));
    let lost = ZoneConfig { ns: vec![name(&format!("ns.{RAA_ZONE}"))], ..good.clone() };
    assert!(matches!(zones.add_zone(lost), Err(ZoneError::NoAddress { .. })));
    let reserved = chain::config(ZoneCut::Hda(hid((16376, 4096))));
    assert!(matches!(zones.add_zone(reserved), Err(ZoneError::NoCut(_))));
    zones.add_zone(good.clone()).unwrap();
    assert_eq!(zones.add_zone(good), Err(ZoneError::Served(name(RAA_ZONE))));
    let orphan = ZoneCut::raa_of(hid((5, 1)));
    let delegation = Delegation { ns: vec![name("ns.example.")], glue: Vec::new(), ds: Vec::new() };
    assert!(matches!(zones.delegate(orphan, delegation, Serial(5)), Err(ZoneError::NoParent(_))));
    assert!(matches!(zones.serial(orphan), Err(ZoneError::NotServed(_))));
}

#[test]
fn zones_may_come_in_any_order() {
    let zones = Zones::new();
    let raa = Raa::new(HID.0).unwrap();
    let hda = ZoneCut::Hda(hid(HID));
    zones.add_zone(chain::config(hda)).unwrap();
    zones.add_zone(chain::config(ZoneCut::Apex)).unwrap();
    for cut in ZoneCut::raa_zones(raa) {
        zones.add_zone(chain::config(cut)).unwrap();
    }
    let delegations: Vec<usize> = zones.summaries().iter().map(|summary| summary.delegations).collect();
    assert_eq!(delegations, [4, 0, 0, 0, 1, 0], "apex, the four zones of the RAA, the HDA");
    assert_eq!(negative(&ask(&zones, HDA_ZONE, RecordType::DS)), no_data(RAA_ZONE));
    assert_eq!(
        negative(&ask(&zones, "e.f.f.3.0.0.1.0.0.2.ip6.arpa.", RecordType::NS)),
        no_data("3.0.0.1.0.0.2.ip6.arpa.")
    );
    assert_eq!(
        negative(&ask(&zones, "4.0.0.0.3.0.0.1.0.0.2.ip6.arpa.", RecordType::NS)),
        no_name("3.0.0.1.0.0.2.ip6.arpa.")
    );
}

#[test]
fn ds_of_a_signed_zone_elsewhere_is_answered_at_the_cut() {
    let zones = Zones::new();
    zones.add_zone(chain::config(ZoneCut::raa_of(hid(HID)))).unwrap();
    let ds = Ds { key_tag: 0xbeef, algorithm: 15, digest_type: 2, digest: vec![0xa5; 32] };
    let delegation =
        Delegation { ns: vec![name("ns.elsewhere.example.")], glue: Vec::new(), ds: vec![ds.clone()] };
    zones.delegate(ZoneCut::Hda(hid(HID)), delegation, Serial(2)).unwrap();
    let answer = ask(&zones, HDA_ZONE, RecordType::DS);
    assert_eq!((answer.rcode, answer.authoritative), (Rcode::NoError, true));
    let [record] = answer.answers.as_slice() else { panic!("one DS in {answer:?}") };
    assert_eq!(record.rdata[..4], [0xbe, 0xef, 15, 2]);
    assert_eq!(record.rdata[4..], ds.digest);
    let referral = ask(&zones, HDA_ZONE, RecordType::HHIT);
    assert!(!referral.authoritative && referral.answers.is_empty());
    let mut text = Vec::new();
    zones.export(ZoneCut::raa_of(hid(HID)), ExportForm::Native, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    let line = format!("{HDA_ZONE} 3600 IN DS 48879 15 2 {}\n", "A5".repeat(32));
    assert!(text.contains(&line), "{text}");
}
