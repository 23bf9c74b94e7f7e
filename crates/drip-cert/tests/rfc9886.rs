//! The certificates in the HHIT records of RFC 9886, appendix A: made by others, of the Lite profile.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use drip_cert::lite::{CertVerifyError, LiteCertificate, Subject};
use drip_det::{Det, DetClass, Hid, Level, UnixTime};
use serde_json::Value;

/// The certificate of this DET in the records.
fn certificate(det: &str) -> LiteCertificate {
    let records: Value =
        serde_json::from_str(include_str!("../../../testdata/rfc9886/records.json")).unwrap();
    let record =
        records["records"].as_array().unwrap().iter().find(|record| {
            record["type"] == "HHIT" && record["certificate"]["san_det"].as_str() == Some(det)
        });
    let record = record.expect("a record of this DET");
    let der = hex::decode(record["certificate"]["der_hex"].as_str().unwrap()).unwrap();
    let read = LiteCertificate::parse(&der).unwrap();
    assert_eq!(read.der(), der);
    assert_eq!(read.tbs().det, det.parse::<Det>().unwrap());
    read
}

const RAA: &str = "2001003ffe0000055e60a1571e91a0b7";
const HDA_AUTHORIZATION: &str = "2001003ffe000a056615ee45d42709a0";
const HDA_ISSUING: &str = "2001003ffe000a05260ed4376b256e28";
const UAS: &str = "2001003ffe000a05130824699a4bc6b2";

#[test]
fn raa_authorization_signs_itself() {
    let raa = certificate(RAA);
    let hid = Hid::from_numbers(16376, 0).unwrap();
    assert_eq!(raa.tbs().subject, Subject::RaaWithHda { class: DetClass::Authorization, hid });
    assert_eq!(raa.tbs().subject.common_name().unwrap(), "DRIP-RAA-A-16376-0");
    assert_eq!(raa.tbs().issuer, raa.tbs().det);
    assert_eq!(raa.tbs().uri.as_deref(), Some("https://raa.example.com"));
    assert_eq!(raa.verify(&raa.tbs().hi), Ok(()));
    assert!(raa.is_valid_at(UnixTime(1_744_232_186)));
    assert!(raa.is_valid_at(UnixTime(1_744_235_786)));
    assert!(!raa.is_valid_at(UnixTime(1_744_232_185)));
    assert!(!raa.is_valid_at(UnixTime(1_744_235_787)));
}

#[test]
fn hda_authorization_is_signed_by_the_raa() {
    let hda = certificate(HDA_AUTHORIZATION);
    assert_eq!(hda.tbs().subject.role(), Some((Level::Hda, DetClass::Authorization)));
    assert_eq!(hda.verify(&certificate(RAA).tbs().hi), Ok(()));
    assert!(matches!(hda.verify(&certificate(UAS).tbs().hi), Err(CertVerifyError::Issuer(_))));
}

#[test]
fn hda_issuing_is_signed_by_its_authorization_key() {
    let hda = certificate(HDA_ISSUING);
    assert_eq!(hda.tbs().subject.role(), Some((Level::Hda, DetClass::Issuing)));
    assert_eq!(hda.verify(&certificate(HDA_AUTHORIZATION).tbs().hi), Ok(()));
}

#[test]
fn the_aircraft_is_signed_by_the_issuing_key() {
    let uas = certificate(UAS);
    assert_eq!(uas.tbs().subject, Subject::Empty);
    assert_eq!(uas.tbs().serial.to_string(), "54");
    assert_eq!(uas.verify(&certificate(HDA_ISSUING).tbs().hi), Ok(()));
}
