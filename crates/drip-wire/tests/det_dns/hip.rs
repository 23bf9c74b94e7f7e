//! HIP records: RFC 8005's own, and those of DETs.

use crate::vector::{Vector, number, octets, text};
use drip_det::Det;
use drip_wire::rdata::{Hip, RecordType};

vectors! { hip_rr, "hip-rr", check_hip:
    hip_8005_plain hip_8005_1rvs hip_8005_2rvs hip_eddsa_9886_uas hip_eddsa_9886_raa
}

fn check_hip(vector: &Vector) {
    let Vector { inputs, outputs, .. } = vector;
    let rdata = octets(&outputs["rdata_hex"]);
    let presentation = text(&inputs["presentation"]);
    let presentation = presentation.strip_prefix(&format!("{} ", RecordType::HIP)).unwrap_or(presentation);
    let hip = Hip::decode(&rdata).unwrap();
    assert_eq!(hip.encode(), rdata);
    assert_eq!(hip.presentation(), presentation);
    assert_eq!(Hip::parse(presentation), Ok(hip.clone()));
    assert_eq!(u64::from(hip.algorithm), number(&outputs["pk_algorithm"]));
    assert_eq!(hip.variants(), []);

    if let Some(owner) = inputs.get("owner") {
        let det = Det::from_owner_name(text(owner)).unwrap();
        let hi = hip.host_identity().unwrap();
        assert_eq!(hip.det(), Some(det));
        assert_eq!(det.check(&hi), Ok(()));
        assert_eq!(Hip::for_det(det, &hi), hip);
        assert_eq!(rdata.len() as u64, number(&outputs["rdata_len"]));
    } else {
        assert_eq!(hip.hit.len() as u64, number(&outputs["hit_length"]));
        assert_eq!(hip.public_key.len() as u64, number(&outputs["pk_length"]));
        let servers: Vec<String> = hip.rendezvous_servers.iter().map(ToString::to_string).collect();
        let expected: Vec<&str> = outputs["rvs"].as_array().unwrap().iter().map(text).collect();
        assert_eq!(servers, expected);
        assert_eq!((hip.det(), hip.host_identity()), (None, None), "an RSA key and a HIT");
    }
}
