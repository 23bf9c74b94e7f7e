//! openssl as the other side: its requests are read, and what is made here is verified by it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod vectors;

use drip_cert::{
    ForeignAlgorithm,
    csr::{Csr, CsrError, CsrSpec, Remark},
    lite::{CertTime, CertificateSerial, LiteCertificate, LiteTbs, Subject},
    pem,
};
use drip_det::{Det, DetClass, Hid, HostIdentity, Level, UnixTime};
use ed25519_dalek::{Signer, SigningKey};
use std::{path::Path, process::Command};
use tempfile::TempDir;

/// Runs openssl in `dir` and returns what it wrote to stdout; `Err` is what it wrote to stderr.
fn openssl(dir: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let output =
        Command::new("openssl").current_dir(dir).args(arguments).output().expect("openssl is installed");
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// A folder with an openssl key of the given kind in `key.pem`.
fn with_key(arguments: &[&str]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    openssl(dir.path(), &[&["genpkey", "-out", "key.pem"], arguments].concat()).unwrap();
    dir
}

/// The request that openssl makes of the key in `dir`.
fn request(dir: &TempDir, arguments: &[&str]) -> Vec<u8> {
    openssl(dir.path(), &[&["req", "-new", "-key", "key.pem"], arguments].concat()).unwrap()
}

fn hi_of(dir: &TempDir) -> HostIdentity {
    let der = openssl(dir.path(), &["pkey", "-in", "key.pem", "-pubout", "-outform", "DER"]).unwrap();
    HostIdentity::from_bytes(der[12..].try_into().unwrap()).unwrap()
}

fn ed25519() -> TempDir {
    with_key(&["-algorithm", "ed25519"])
}

#[test]
fn any_subject() {
    let dir = ed25519();
    for (subject, serial_number, unused) in [
        ("/CN=x", None, 1),
        ("/", None, 0),
        ("/serialNumber=1596F3ADGL5Y", Some("1596F3ADGL5Y"), 0),
        ("/C=EE/O=Drone Oü/OU=Fleet/CN=drone 7/serialNumber=1225XUA1", Some("1225XUA1"), 4),
        ("/CN=a+serialNumber=1225XUA1", Some("1225XUA1"), 1),
        ("/emailAddress=me@example.com/DC=example", None, 2),
    ] {
        let text = request(&dir, &["-subj", subject, "-utf8", "-multivalue-rdn"]);
        let read = Csr::parse(&text).unwrap_or_else(|error| panic!("{subject}: {error}")).verify().unwrap();
        assert_eq!(read.serial_number(), serial_number, "{subject}");
        assert_eq!(read.det(), None);
        assert_eq!(read.hi(), &hi_of(&dir));
        assert_eq!(read.remarks().len(), unused, "{subject}: {:?}", read.remarks());
        assert!(read.remarks().iter().all(|remark| matches!(remark, Remark::Subject(_))));
        let der = request(&dir, &["-subj", subject, "-utf8", "-multivalue-rdn", "-outform", "DER"]);
        assert_eq!(Csr::parse(&der).unwrap().octets(), read.octets(), "Ed25519 signs the same each time");
    }
}

#[test]
fn text_before_the_request() {
    let dir = ed25519();
    let text = request(&dir, &["-subj", "/CN=x", "-text"]);
    assert!(text.starts_with(b"Certificate Request:"));
    assert!(Csr::parse(&text).unwrap().verify().is_ok());
    let old = request(&dir, &["-subj", "/CN=x", "-newhdr"]);
    assert!(old.starts_with(b"-----BEGIN NEW CERTIFICATE REQUEST-----"));
    assert!(Csr::parse(&old).unwrap().verify().is_ok());
}

#[test]
fn the_det_wished_for() {
    let dir = ed25519();
    let det = Det::derive(Hid::from_numbers(16376, 10).unwrap(), &hi_of(&dir));
    let name = format!("subjectAltName=critical,IP:{det}");
    let read = Csr::parse(&request(&dir, &["-subj", "/", "-addext", &name])).unwrap().verify().unwrap();
    assert_eq!(read.det(), Some(det));
    assert!(read.remarks().is_empty());

    let name =
        format!("subjectAltName=DNS:x.example,IP:192.0.2.1,URI:https://a.example,email:a@b.example,IP:{det}");
    let read = Csr::parse(&request(&dir, &["-subj", "/", "-addext", &name])).unwrap();
    assert_eq!(read.det(), Some(det));
    let remarks: Vec<String> = read.remarks().iter().map(ToString::to_string).collect();
    assert_eq!(
        remarks,
        [
            "the subjectAltName is not marked critical",
            "alternative name dNSName x.example is not used",
            "alternative name 192.0.2.1 is not used",
            "alternative name URI https://a.example is not used",
            "alternative name rfc822Name a@b.example is not used",
        ]
    );

    let elsewhere = request(&dir, &["-subj", "/", "-addext", "subjectAltName=IP:2001:db8::1"]);
    assert!(matches!(Csr::parse(&elsewhere), Err(CsrError::NotADet(_))));
    let two = format!("subjectAltName=IP:{det},IP:{det}");
    let two = request(&dir, &["-subj", "/", "-addext", &two]);
    assert!(matches!(Csr::parse(&two), Err(CsrError::Extension { reason: "it has two DETs", .. })));
    let other = request(&dir, &["-subj", "/", "-addext", "subjectAltName=IP:2001:3f:fe00:a05:1:2:3:4"]);
    assert!(matches!(Csr::parse(&other).unwrap().verify(), Err(CsrError::Det(_))));
}

#[test]
fn unknown_extensions_and_attributes() {
    let dir = ed25519();
    let extensions =
        ["-addext", "keyUsage=critical,digitalSignature", "-addext", "1.2.3.4=ASN1:UTF8String:x"];
    let read = Csr::parse(&request(&dir, &[&["-subj", "/"][..], &extensions].concat())).unwrap();
    let remarks: Vec<String> = read.remarks().iter().map(ToString::to_string).collect();
    assert_eq!(remarks, ["critical extension 2.5.29.15 is not used", "extension 1.2.3.4 is not used"]);
    assert!(read.verify().is_ok());

    std::fs::write(
        dir.path().join("req.cnf"),
        "[req]\nprompt=no\ndistinguished_name=dn\nattributes=at\n[dn]\nCN=x\n[at]\nchallengePassword=secret\nunstructuredName=y\n",
    )
    .unwrap();
    let read = Csr::parse(&request(&dir, &["-config", "req.cnf"])).unwrap();
    let remarks: Vec<String> = read.remarks().iter().map(ToString::to_string).collect();
    assert_eq!(
        remarks,
        [
            "subject attribute 2.5.4.3 is not used",
            "attribute 1.2.840.113549.1.9.2 is not used",
            "attribute 1.2.840.113549.1.9.7 is not used",
        ]
    );
    assert!(read.verify().is_ok());
}

#[test]
fn other_algorithms_are_named() {
    let curve =
        |name: &str| with_key(&["-algorithm", "EC", "-pkeyopt", &format!("ec_paramgen_curve:{name}")]);
    for (dir, algorithm) in [
        (with_key(&["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]), ForeignAlgorithm::Rsa),
        (curve("P-256"), ForeignAlgorithm::P256),
        (curve("P-384"), ForeignAlgorithm::P384),
        (curve("P-521"), ForeignAlgorithm::P521),
        (curve("secp256k1"), ForeignAlgorithm::EllipticCurve),
        (with_key(&["-algorithm", "ed448"]), ForeignAlgorithm::Ed448),
    ] {
        let text = request(&dir, &["-subj", "/CN=x"]);
        let error = Csr::parse(&text).unwrap_err();
        assert_eq!(error, CsrError::KeyAlgorithm(algorithm));
        assert!(error.to_string().contains(&algorithm.to_string()));
    }
}

#[test]
fn other_objects_are_no_requests() {
    let dir = ed25519();
    let key = std::fs::read(dir.path().join("key.pem")).unwrap();
    assert!(matches!(Csr::parse(&key), Err(CsrError::Pem(_))));
    let public = openssl(dir.path(), &["pkey", "-in", "key.pem", "-pubout", "-outform", "DER"]).unwrap();
    assert!(matches!(Csr::parse(&public), Err(CsrError::Structure(_))));
    let certificate = openssl(
        dir.path(),
        &["req", "-x509", "-new", "-key", "key.pem", "-subj", "/CN=x", "-outform", "DER"],
    );
    assert!(matches!(Csr::parse(&certificate.unwrap()), Err(CsrError::Structure(_))));
    assert!(matches!(Csr::parse(b"not a request"), Err(CsrError::Der(_))));
    assert!(matches!(Csr::parse(b""), Err(CsrError::Der(_))));
}

#[test]
fn openssl_verifies_our_requests() {
    let dir = tempfile::tempdir().unwrap();
    let key = SigningKey::from_bytes(&[7; 32]);
    let hi = HostIdentity::from_bytes(&key.verifying_key().to_bytes()).unwrap();
    let det = Det::derive(Hid::from_numbers(16376, 10).unwrap(), &hi);
    for serial_number in [None, Some("1596F3ADGL5Y".to_owned())] {
        for det in [None, Some(det)] {
            let spec = CsrSpec { hi, serial_number: serial_number.clone(), det };
            let der = spec.assemble(&key.sign(&spec.to_be_signed().unwrap()).to_bytes()).unwrap();
            let text = pem::encode(pem::Label::CertificateRequest, &der);
            std::fs::write(dir.path().join("csr.pem"), text).unwrap();
            let shown =
                openssl(dir.path(), &["req", "-in", "csr.pem", "-verify", "-noout", "-text"]).unwrap();
            let shown = String::from_utf8(shown).unwrap();
            assert_eq!(shown.contains("serialNumber = 1596F3ADGL5Y"), serial_number.is_some(), "{shown}");
            assert_eq!(shown.contains("X509v3 Subject Alternative Name: critical"), det.is_some(), "{shown}");
        }
    }
}

/// openssl cannot chain by DET, so it is given the content and the parent's key and asked for the signature alone.
#[test]
fn openssl_verifies_our_certificates() {
    let dir = tempfile::tempdir().unwrap();
    let parent = SigningKey::from_bytes(&[8; 32]);
    let child = SigningKey::from_bytes(&[9; 32]);
    let hi = |key: &SigningKey| HostIdentity::from_bytes(&key.verifying_key().to_bytes()).unwrap();
    let hid = Hid::from_numbers(16376, 10).unwrap();
    let time = |seconds| CertTime::new(UnixTime(seconds)).unwrap();
    let issuer = Det::derive(hid, &hi(&parent));
    let mut tbs = LiteTbs {
        serial: CertificateSerial::from_random(255),
        issuer,
        not_before: time(1_795_000_000),
        not_after: time(2_600_000_000),
        subject: Subject::Ca { level: Level::Hda, class: DetClass::Issuing, hid },
        hi: hi(&child),
        det: Det::derive(hid, &hi(&child)),
        uri: Some("https://hda.example.com".into()),
        hardware_module: None,
    };
    for subject in [tbs.subject, Subject::Empty] {
        tbs.subject = subject;
        let signature = parent.sign(&tbs.encode().unwrap()).to_bytes();
        let der = tbs.assemble(&signature).unwrap();
        assert_eq!(LiteCertificate::parse(&der).unwrap().verify(&hi(&parent)), Ok(()));
        std::fs::write(dir.path().join("cert.pem"), pem::encode(pem::Label::Certificate, &der)).unwrap();
        let shown = openssl(dir.path(), &["x509", "-in", "cert.pem", "-noout", "-text"]).unwrap();
        let shown = String::from_utf8(shown).unwrap();
        assert!(shown.contains("Not After : May 22 14:13:20 2052 GMT"), "{shown}");
        assert_eq!(shown.contains("CA:TRUE"), subject.is_authority());
        assert!(shown.contains(&format!("Issuer: CN = {}", issuer.to_hex())));
        assert!(shown.contains("URI:https://hda.example.com"));

        // The signature, by the key that openssl reads from the parent's SubjectPublicKeyInfo.
        let parent_key = parent.verifying_key().to_bytes();
        let spki =
            [&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00], &parent_key[..]];
        std::fs::write(dir.path().join("parent.der"), spki.concat()).unwrap();
        std::fs::write(dir.path().join("tbs"), tbs.encode().unwrap()).unwrap();
        std::fs::write(dir.path().join("signature"), signature).unwrap();
        let verify = [
            "pkeyutl",
            "-verify",
            "-pubin",
            "-keyform",
            "DER",
            "-inkey",
            "parent.der",
            "-rawin",
            "-in",
            "tbs",
            "-sigfile",
            "signature",
        ];
        openssl(dir.path(), &verify).unwrap();
    }
}

/// openssl reads what was read here to the same octets and the same serial number.
#[test]
fn openssl_reads_every_vector_again() {
    let dir = tempfile::tempdir().unwrap();
    for name in vectors::names() {
        for object in ["lite", "lite_uri"] {
            let read = LiteCertificate::parse(&vectors::chain(&name).object(object)).unwrap();
            std::fs::write(dir.path().join("cert.der"), read.der()).unwrap();
            let again = ["x509", "-inform", "DER", "-in", "cert.der", "-outform", "DER"];
            assert_eq!(openssl(dir.path(), &again).unwrap(), read.der());
            let serial =
                openssl(dir.path(), &["x509", "-inform", "DER", "-in", "cert.der", "-noout", "-serial"]);
            let serial = String::from_utf8(serial.unwrap()).unwrap().to_lowercase();
            assert_eq!(serial.trim(), format!("serial={}", read.tbs().serial));
        }
    }
}
