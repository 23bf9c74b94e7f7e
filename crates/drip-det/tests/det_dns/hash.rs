//! cSHAKE128, and the DETs it makes.

use crate::vector::{Vector, number, octets, text};
use ::cshake::{
    CShake128,
    digest::{ExtendableOutput, Update, XofReader},
};
use drip_det::{Det, DetMismatch, Hid, HostIdentity, SerialNumber, SuiteId, det_hash};

vectors! { cshake, "cshake", check_cshake:
    cshake128_nist_1
    cshake128_nist_2
    cshake128_det_block
}

vectors! { det, "det", check_det:
    det_9886_raa_auth
    det_9886_hda_auth
    det_9886_hda_issue
    det_9886_uas
    det_9575_ua
    det_9374_sample
}

vectors! { det_negative, "det-negative", check_negative:
    det_neg_hostid_curve2_null2_key
    det_neg_hostid_hostid_alg13_curve_null
    det_neg_hostid_curve2_only
}

fn check_cshake(vector: &Vector) {
    let inputs = vector.inputs;
    let customization = match inputs.get("S_hex") {
        Some(hex) => octets(hex),
        None => text(&inputs["S_ascii"]).into(),
    };
    let mut hasher = CShake128::new_with_function_name(&octets(&inputs["N_hex"]), &customization);
    hasher.update(&octets(&inputs["data_hex"]));
    let expected = octets(&vector.outputs["digest_hex"]);
    let mut digest = vec![0; expected.len()];
    assert_eq!(usize::from(number(&inputs["L_bits"])), 8 * digest.len());
    hasher.finalize_xof().read(&mut digest);
    assert_eq!(digest, expected);

    // The block of a DET: upper half and key, under the Context ID. The library's own function must agree.
    if customization == drip_det::CONTEXT_ID {
        let data = octets(&inputs["data_hex"]);
        let (upper, key) = data.split_first_chunk().unwrap();
        assert_eq!(det_hash(u64::from_be_bytes(*upper), key).to_be_bytes().as_slice(), expected);
    }
}

fn hid(vector: &Vector) -> Hid {
    Hid::from_numbers(number(&vector.inputs["raa"]), number(&vector.inputs["hda"])).unwrap()
}

fn check_det(vector: &Vector) {
    let Vector { inputs, outputs } = vector;
    let det: Det = text(&outputs["det_hex"]).parse().unwrap();
    assert_eq!(det.to_hex(), text(&outputs["det_hex"]));
    assert_eq!(det.owner_name(), text(&outputs["ip6_arpa"]));
    assert_eq!(Det::from_owner_name(text(&outputs["ip6_arpa"])), Ok(det));

    if let Some(key) = inputs.get("host_id_hex") {
        let hi: HostIdentity = text(key).parse().unwrap();
        assert_eq!(number(&inputs["suite"]), u16::from(SuiteId::EDDSA_CSHAKE128.0));
        assert_eq!(octets(&inputs["context_id_hex"]), drip_det::CONTEXT_ID);
        assert_eq!(Det::derive(hid(vector), &hi), det);
        assert_eq!(det.check(&hi), Ok(()));
        assert_eq!(det.to_string(), text(&outputs["det_ipv6"]));
        assert_eq!(format!("{:016x}", det.hash()), text(&outputs["hash64_hex"]));
        let serial_number = SerialNumber::from_det("8653", det).unwrap();
        assert_eq!(serial_number.as_str()[5..], *text(&outputs["cta2063a_id15"]));
    } else {
        // The key of RFC 9374's sample is unpublished; its fields are not.
        assert_eq!(text(&inputs["det_ipv6"]).parse(), Ok(det));
        assert_eq!(det.to_string(), text(&inputs["det_ipv6"]));
        assert_eq!(det.as_u128() >> 100, outputs["prefix"].as_u64().unwrap().into());
        assert_eq!(det.raa().value(), number(&outputs["raa"]));
        assert_eq!(det.hda().value(), number(&outputs["hda"]));
        assert_eq!(u16::from(det.suite().0), number(&outputs["suite"]));
        assert_eq!(format!("{:016x}", det.hash()), text(&outputs["hash"]));
    }
}

fn check_negative(vector: &Vector) {
    let wrong: Det = text(&vector.outputs["wrong_det_hex"]).parse().unwrap();
    let right: Det = text(&vector.outputs["correct_det_hex"]).parse().unwrap();
    let host_id = octets(&vector.inputs["host_id_hex"]);
    let hi = HostIdentity::from_bytes(host_id.last_chunk().unwrap()).unwrap();

    let upper = (wrong.as_u128() >> 64) as u64;
    assert_eq!(det_hash(upper, &host_id), wrong.hash(), "the wrong DET is that of the encoded HOST_ID");
    assert_eq!(Det::derive(hid(vector), &hi), right);
    assert_eq!(right.check(&hi), Ok(()));
    let mismatch = if host_id.len() == 36 {
        DetMismatch::HostIdEncoding { right }
    } else {
        DetMismatch::OtherKey { right }
    };
    assert_eq!(wrong.check(&hi), Err(mismatch));
}
