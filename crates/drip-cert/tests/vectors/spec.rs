//! What the entities of the vectors ask for, and what an mtls certificate of theirs says.

use super::Entity;
use drip_cert::{
    csr::CsrSpec,
    mtls::{MtlsRole, MtlsTbs, PkiUrls},
    x509::{CertTime, CertificateSerial},
};
use drip_det::UnixTime;

/// The request of the vectors named `csr`, or `csr_det` with its DET.
pub(crate) fn request(entity: &Entity, object: &str) -> CsrSpec {
    CsrSpec {
        hi: entity.hi(),
        serial_number: Some(format!("1225X{}", entity.name.replace('-', "").to_uppercase())),
        det: (object == "csr_det").then(|| entity.det()),
    }
}

/// A certificate of the mtls profile, with a URI and, where the role has any, addresses.
pub(crate) fn mtls(entity: &Entity, parent: &Entity, role: MtlsRole) -> MtlsTbs {
    MtlsTbs {
        serial: CertificateSerial::unpredictable([0x5a; 20]),
        issuer: parent.det(),
        not_before: CertTime::new(UnixTime(entity.not_before)).unwrap(),
        not_after: CertTime::new(UnixTime(entity.not_after)).unwrap(),
        role,
        hi: entity.hi(),
        det: entity.det(),
        uri: Some("https://hda.example.com".into()),
        hardware_module: None,
        pki: match role {
            MtlsRole::OcspResponder => PkiUrls::NONE,
            _ => PkiUrls::of_origin("https://dime.example", parent.det()),
        },
    }
}
