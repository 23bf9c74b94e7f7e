//! openssl verifies the mtls profile by its strict rules, and end entities of the Full profile under mtls authorities.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod vectors;

use drip_cert::{
    mtls::{MtlsRole, MtlsTbs, PkiUrls},
    pem,
    x509::{CertTime, CertificateSerial},
};
use drip_det::UnixTime;
use std::{path::Path, process::Command};
use vectors::chain;

/// A moment at which every certificate of the vectors is valid.
const AT: &str = "1790000000";

fn mtls(name: &str, role: MtlsRole, pki: PkiUrls) -> Vec<u8> {
    let (entity, parent) = (chain(name), chain(&chain(name).parent));
    let mut serial = [0x11; 20];
    serial[1..3].copy_from_slice(&entity.hi().as_bytes()[..2]);
    let tbs = MtlsTbs {
        serial: CertificateSerial::unpredictable(serial),
        issuer: parent.det(),
        not_before: CertTime::new(UnixTime(entity.not_before)).unwrap(),
        not_after: CertTime::new(UnixTime(entity.not_after)).unwrap(),
        role,
        hi: entity.hi(),
        det: entity.det(),
        uri: Some("https://hda.example.com".into()),
        hardware_module: None,
        pki,
    };
    tbs.assemble(&parent.sign(&tbs.encode().unwrap())).unwrap()
}

fn write(dir: &Path, name: &str, certificates: &[Vec<u8>]) {
    let text: String = certificates.iter().map(|der| pem::encode(pem::Label::Certificate, der)).collect();
    std::fs::write(dir.join(name), text).unwrap();
}

/// What openssl says, and whether it agrees.
fn openssl(dir: &Path, arguments: &[&str]) -> (bool, String) {
    let output =
        Command::new("openssl").current_dir(dir).args(arguments).output().expect("openssl is installed");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

fn verify(dir: &Path, purpose: &str, leaf: &str) -> (bool, String) {
    let arguments = [
        "verify",
        "-x509_strict",
        "-check_ss_sig",
        "-attime",
        AT,
        "-purpose",
        purpose,
        "-CAfile",
        "anchor.pem",
        "-untrusted",
        "authorities.pem",
        leaf,
    ];
    openssl(dir, &arguments)
}

#[test]
fn chains() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let authority = |name: &str| {
        mtls(name, MtlsRole::Authority, PkiUrls::of_origin("https://dime.example", chain(name).det()))
    };
    write(dir, "anchor.pem", &[authority("apex-auth")]);
    write(dir, "authorities.pem", &["hda-issuing", "hda-auth", "raa-auth"].map(authority));
    write(dir, "ua.pem", &[mtls("ua1", MtlsRole::EndEntity, PkiUrls::NONE)]);
    write(dir, "responder.pem", &[mtls("ua1", MtlsRole::OcspResponder, PkiUrls::NONE)]);
    write(dir, "ua-full.pem", &[chain("ua1").object("full")]);
    for (purpose, leaf, expected) in [
        ("sslclient", "ua.pem", true),
        ("sslserver", "ua.pem", true),
        ("ocsphelper", "responder.pem", true),
        ("sslclient", "responder.pem", false),
        ("sslclient", "ua-full.pem", true),
        ("any", "ua-full.pem", true),
    ] {
        let (held, said) = verify(dir, purpose, leaf);
        assert_eq!(held, expected, "{purpose} {leaf}: {said}");
    }
    // Without a link, and under authorities of the Full profile, whose subjects are not what their children call them.
    write(dir, "authorities.pem", &["hda-issuing", "raa-auth"].map(authority));
    assert!(verify(dir, "any", "ua.pem").1.contains("error 20 "));
    write(
        dir,
        "authorities.pem",
        &["hda-issuing", "hda-auth", "raa-auth"].map(|name| chain(name).object("full")),
    );
    assert!(verify(dir, "any", "ua-full.pem").1.contains("error 20 "));
}

#[test]
fn what_openssl_reads() {
    let dir = tempfile::tempdir().unwrap();
    let shown = |der: &[u8]| {
        write(dir.path(), "shown.pem", &[der.to_vec()]);
        openssl(dir.path(), &["x509", "-in", "shown.pem", "-noout", "-text"]).1
    };
    let det = chain("hda-issuing").det();
    let text =
        shown(&mtls("hda-issuing", MtlsRole::Authority, PkiUrls::of_origin("https://dime.example", det)));
    for expected in [
        "Digital Signature, Certificate Sign, CRL Sign",
        &format!("Subject: CN = {}", det.to_hex()),
        &format!("URI:https://dime.example/pki/{}.crl", det.to_hex()),
        "OCSP - URI:https://dime.example/pki/ocsp",
        &format!("CA Issuers - URI:https://dime.example/pki/{}.cer", det.to_hex()),
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let text = shown(&mtls("ua1", MtlsRole::OcspResponder, PkiUrls::NONE));
    assert!(text.contains("OCSP Signing") && text.contains("OCSP No Check"), "{text}");
    let text = shown(&mtls("ua1", MtlsRole::EndEntity, PkiUrls::NONE));
    assert!(text.contains("TLS Web Client Authentication, TLS Web Server Authentication"), "{text}");
    let text = shown(&chain("hda-issuing").object("full"));
    assert!(text.contains("Policy: 1.3.27.16.1.1.0.2"), "{text}");
}

/// Sizes in octets of DER; the drafts want Lite around 240 and Full below 400.
#[test]
fn sizes() {
    let size = |name: &str, object: &str| chain(name).object(object).len();
    assert_eq!(
        ["raa-auth", "hda-auth", "hda-issuing", "ua1"].map(|name| size(name, "lite")),
        [299, 305, 305, 254]
    );
    assert_eq!(
        ["raa-auth", "hda-auth", "hda-issuing", "ua1"].map(|name| size(name, "full")),
        [398, 404, 404, 303]
    );
    assert_eq!(mtls("hda-issuing", MtlsRole::Authority, PkiUrls::NONE).len(), 431);
    assert_eq!(mtls("ua1", MtlsRole::EndEntity, PkiUrls::NONE).len(), 445);
}
