//! RAA and HDA in a DET, and the zones they are cut into.

use crate::vector::{Vector, number, text};
use drip_det::{Det, Hda, Hid, Raa, RaaAllocation, SuiteId, ZoneCut};
use std::net::Ipv6Addr;

vectors! { hid_packing, "hid-packing", check_hid:
    hid_0_0_5 hid_3_0_5 hid_4_0_5 hid_10_20_5 hid_16_0_5 hid_255_14340_5 hid_3360_0_5 hid_932_1_5 hid_3999_16383_5
    hid_8192_0_5 hid_15359_4095_5 hid_15360_4096_5 hid_16376_0_5 hid_16376_1_5 hid_16376_10_5 hid_16376_4096_5
    hid_16376_8192_5 hid_16376_12288_5 hid_16376_16376_5 hid_16383_16383_5 hid_16383_16383_254 hid_1_1_1
}

vectors! { raa_zones, "raa-zones", check_raa_zones:
    raa_zones_4 raa_zones_16 raa_zones_3360 raa_zones_932 raa_zones_8192 raa_zones_15360 raa_zones_16376 raa_zones_16383
}

vectors! { raa_iso3166, "raa-iso3166", check_countries:
    iso3166_raa_map
}

fn prefix(cut: ZoneCut) -> String {
    format!("{}/{}", Ipv6Addr::from_bits(cut.prefix()), cut.prefix_bits())
}

fn check_hid(vector: &Vector) {
    let Vector { inputs, outputs } = vector;
    let hid = Hid::from_numbers(number(&inputs["raa"]), number(&inputs["hda"])).unwrap();
    let suite = SuiteId(number(&inputs["suite"]).try_into().unwrap());
    let det = Det::from_parts(hid, suite, 0x0123_4567_89ab_cdef);
    assert_eq!((det.hid(), det.suite(), det.hash()), (hid, suite, 0x0123_4567_89ab_cdef));

    assert_eq!(det.to_hex(), format!("{}0123456789abcdef", text(&outputs["upper64_hex"])));
    assert_eq!(format!("{:07x}", hid.to_bits()), text(&outputs["hid28_hex"]));
    assert!(det.to_hex().starts_with(text(&outputs["prefix56_nibbles"])));
    let (raa_zone, hda_zone) = (ZoneCut::raa_of(hid), ZoneCut::Hda(hid));
    assert_eq!(hda_zone.name(), text(&outputs["hda_zone"]));
    assert_eq!(raa_zone.name(), text(&outputs["raa_zone_of_this_hda_block"]));
    assert_eq!(prefix(raa_zone), text(&outputs["prefix44"]));
    assert_eq!(prefix(hda_zone), text(&outputs["prefix56"]));
    assert!(hda_zone.contains(det) && raa_zone.contains(det) && ZoneCut::Apex.contains(det));
    // The vector has the upper case of RFC 9886's text, this project the lower case of its examples.
    assert_eq!(hid.abbreviation(), text(&outputs["default_hid_abbreviation"]).to_lowercase());
    let reserved = outputs["hda_reserved_for_raa"].as_bool().unwrap();
    assert_eq!(hid.hda.is_reserved_to_raa(), reserved);
    assert_eq!(ZoneCut::hda_of(hid).is_none(), reserved);
}

fn check_raa_zones(vector: &Vector) {
    let raa = Raa::new(number(&vector.inputs["raa"])).unwrap();
    let delegations = vector.outputs["delegations"].as_array().unwrap();
    assert_eq!(delegations.len(), 4);
    for ((delegation, cut), hda) in delegations.iter().zip(ZoneCut::raa_zones(raa)).zip(raa.reserved_hdas()) {
        assert_eq!(Hda::new(number(&delegation["hda"])), Ok(hda));
        assert_eq!(ZoneCut::raa_of(Hid::new(raa, hda)), cut);
        assert_eq!(cut.name(), text(&delegation["zone"]));
        assert_eq!(prefix(cut), text(&delegation["prefix"]));
        assert_eq!(format!("{:04x}", cut.prefix() >> (128 - 44) & 0xffff), text(&delegation["nibbles"]));
        assert_eq!(cut.parent(), Some(ZoneCut::Apex));
    }
    let iso_prefix = vector.outputs["iso_prefix40"].as_str();
    let allocation = match raa.allocation() {
        RaaAllocation::Iso3166 { country, index } => {
            assert_eq!(Raa::of_country(country).unwrap()[usize::from(index)], raa);
            let bits = ZoneCut::raa_zones(raa)[0].prefix() >> 88 << 88;
            assert_eq!(iso_prefix, Some(format!("{}/40", Ipv6Addr::from_bits(bits)).as_str()));
            "iso3166"
        }
        RaaAllocation::Unassigned => "fcfs",
        RaaAllocation::PrivateUse => "private-use",
        RaaAllocation::Reserved => "reserved",
    };
    assert_eq!(allocation, text(&vector.outputs["allocation"]));
    assert_eq!(iso_prefix.is_some(), allocation == "iso3166");
}

fn check_countries(vector: &Vector) {
    let codes = vector.outputs["iso_codes"].as_array().unwrap();
    assert_eq!(codes.len(), usize::from(number(&vector.inputs["countries"])));
    let mut zones = std::collections::BTreeSet::new();
    for country in codes.iter().map(number) {
        for (index, raa) in (0..).zip(Raa::of_country(country).unwrap()) {
            assert_eq!(raa.allocation(), RaaAllocation::Iso3166 { country, index });
            zones.extend(ZoneCut::raa_zones(raa).map(ZoneCut::prefix));
        }
    }
    assert_eq!(zones.len(), usize::from(number(&vector.inputs["rows"])), "four RAAs of four zones each");
    for (country, numbers) in vector.outputs["samples"].as_object().unwrap() {
        let expected: Vec<u16> = numbers.as_array().unwrap().iter().map(number).collect();
        assert_eq!(Raa::of_country(country.parse().unwrap()).unwrap().map(Raa::value).as_slice(), expected);
    }
}
