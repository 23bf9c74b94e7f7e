//! TLSA records of DETs.

use crate::vector::{Vector, octets, text};
use drip_det::{Det, HostIdentity};
use drip_wire::rdata::{RecordType, Tlsa};
use sha2::{Digest, Sha256, Sha512};

vectors! { tlsa, "tlsa", check_tlsa:
    tlsa_9886_uas_3_1_0 tlsa_9886_uas_3_1_1 tlsa_9886_uas_3_1_2 tlsa_9886_raa_3_1_0 tlsa_9886_raa_3_1_1
    tlsa_9886_raa_3_1_2
}

fn check_tlsa(vector: &Vector) {
    let Vector { inputs, outputs, .. } = vector;
    let rdata = octets(&outputs["rdata_hex"]);
    let presentation = text(&outputs["presentation"]);
    let presentation = presentation.strip_prefix(&format!("{} ", RecordType::TLSA)).unwrap();
    let tlsa = Tlsa::decode(&rdata).unwrap();
    assert_eq!(tlsa.encode(), rdata);
    assert_eq!(tlsa.presentation(), presentation);
    assert_eq!(Tlsa::parse(presentation), Ok(tlsa.clone()));

    let spki = octets(&inputs["spki_hex"]);
    let hi = HostIdentity::from_bytes(spki.last_chunk().unwrap()).unwrap();
    let det: Det = text(&inputs["det_hex"]).parse().unwrap();
    assert_eq!(det.check(&hi), Ok(()));
    let whole = Tlsa::dane_ee_spki(&hi);
    let expected = match tlsa.matching_type {
        0 => whole,
        1 => Tlsa { matching_type: 1, data: Sha256::digest(&spki).to_vec(), ..whole },
        _ => Tlsa { matching_type: 2, data: Sha512::digest(&spki).to_vec(), ..whole },
    };
    assert_eq!(tlsa, expected);
    assert_eq!(tlsa.host_identity(), (tlsa.matching_type == 0).then_some(hi));
}
