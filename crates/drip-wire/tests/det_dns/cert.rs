//! CERT records: PKIX in both forms, and an endorsement in the form before BRID.

use crate::vector::{Vector, octets, text};
use drip_wire::{
    Endorsement, Variant,
    rdata::{CertContent, CertRecord, RecordType},
};

vectors! { cert_rr, "cert-rr", check_cert:
    cert_pkix_bare_der cert_pkix_with_oid_prefix cert_oid_broadcast_endorsement
}

fn check_cert(vector: &Vector) {
    let Vector { inputs, outputs, .. } = vector;
    let rdata = octets(&outputs["rdata_hex"]);
    let presentation = text(&outputs["presentation"]);
    let presentation = presentation.strip_prefix(&format!("{} ", RecordType::CERT)).unwrap();
    let record = CertRecord::decode(&rdata).unwrap();
    assert_eq!(record.encode(), rdata);
    assert_eq!(record.presentation(), presentation);
    assert_eq!(CertRecord::parse(presentation), Ok(record.clone()));
    let number = presentation.replacen("PKIX", "1", 1).replacen("OID", "254", 1);
    assert_eq!(CertRecord::parse(&number), Ok(record.clone()));

    match (inputs.get("cert_der_hex").map(octets), record.content.clone()) {
        (Some(der), CertContent::Pkix(found)) => {
            assert_eq!(found, der);
            assert_eq!(record.certificate(), Some(der.as_slice()));
            assert_eq!(record.variants(), []);
            assert_eq!(record, CertRecord::pkix(der));
        }
        (Some(content), CertContent::PkixWithOid { attribute, der }) => {
            assert_eq!([[3, 0x55, 4, attribute].as_slice(), &der].concat(), content);
            assert_eq!(record.certificate(), Some(der.as_slice()));
            assert_eq!(record.variants(), [Variant::PkixOidPrefix]);
        }
        (None, CertContent::Endorsement { entity, endorsement }) => {
            assert_eq!(Ok(endorsement), Endorsement::decode(&octets(&inputs["be_hex"])));
            assert!(text(&inputs["oid"]).ends_with(&format!(".{entity}")));
            assert_eq!(octets(&outputs["prefix_hex"]), rdata[5..18]);
            assert_eq!(record.certificate(), None);
            assert_eq!(record.variants(), [Variant::EndorsementInCert]);
        }
        (_, content) => panic!("{content:?}"),
    }
}
