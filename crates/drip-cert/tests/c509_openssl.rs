//! Certificates by openssl with every extension that C509 has a number for, in P-256, P-384, RSA and Ed25519: each comes back octet for octet,
//! and each extension takes its own form, not the generic one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use drip_cbor::{Kind, Reader};
use drip_cert::c509::{C509Certificate, C509Csr, C509Error};
use std::{path::Path, process::Command};

const CONFIG: &str = "
[req]
distinguished_name = dn
[dn]
[all]
subjectKeyIdentifier = hash
keyUsage = critical, digitalSignature, keyCertSign, cRLSign, decipherOnly
subjectAltName = DNS:a.example, IP:192.0.2.1, IP:2001:db8::1, URI:https://a.example, email:me@example.com, RID:1.2.3.4, dirName:other, otherName:1.2.3.4;UTF8:x, otherName:1.3.6.1.5.5.7.8.9;UTF8:ü@example.com
issuerAltName = DNS:b.example
basicConstraints = critical, CA:TRUE, pathlen:3
certificatePolicies = 1.2.3.4, 2.23.140.1.2.1, @policy
policyMappings = 1.2.3.4:1.2.3.5
policyConstraints = requireExplicitPolicy:3, inhibitPolicyMapping:0
inhibitAnyPolicy = 2
extendedKeyUsage = serverAuth, clientAuth, OCSPSigning, 1.2.3.4
nameConstraints = permitted;IP:192.0.2.0/255.255.255.0, permitted;DNS:example.com, excluded;email:example.org
crlDistributionPoints = one, two
freshestCRL = URI:http://example.com/f.crl
authorityInfoAccess = OCSP;URI:http://ocsp.example.com, caIssuers;URI:http://example.com/ca.cer
subjectInfoAccess = caRepository;URI:http://example.com/ca/
tlsfeature = status_request
1.3.6.1.5.5.7.48.1.5 = DER:0500
authorityKeyIdentifier = keyid:always, issuer:always
[other]
C = EE
CN = other
[policy]
policyIdentifier = 2.5.29.32.0
CPS.1 = http://example.com/cps
userNotice.1 = @notice
[notice]
explicitText = UTF8:a notice
[one]
fullname = URI:http://example.com/1.crl
reasons = keyCompromise, CACompromise
CRLissuer = dirName:other
[two]
fullname = URI:http://example.com/2.crl, URI:ldap://example.com/2
[usage]
keyUsage = critical, digitalSignature
[generic]
1.2.3.4.5 = critical, DER:040101
1.2.3.4.6 = DER:0500
certificatePolicies = @unknown
[unknown]
policyIdentifier = 1.2.3.4
userNotice.1 = @reference
[reference]
organization = somebody
noticeNumbers = 1
[resources]
sbgp-ipAddrBlock = critical, IPv4:10.0.0.0/8
";

fn openssl(dir: &Path, arguments: &[&str]) -> Vec<u8> {
    let output =
        Command::new("openssl").current_dir(dir).args(arguments).output().expect("openssl is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A folder with the configuration and a key of each kind.
fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("c.cnf"), CONFIG).unwrap();
    for (name, arguments) in [
        ("p256", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"][..]),
        ("p384", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]),
        ("rsa", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"]),
        (
            "rsa3",
            &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024", "-pkeyopt", "rsa_keygen_pubexp:3"],
        ),
        ("ed25519", &["-algorithm", "ed25519"]),
    ] {
        openssl(dir.path(), &[&["genpkey", "-out", name], arguments].concat());
    }
    dir
}

fn certificate(dir: &Path, key: &str, section: &str, more: &[&str]) -> Vec<u8> {
    let subject = "/C=EE/O=Drone Oü/CN=01-23-45-FF-FE-67-89-AB/serialNumber=1225";
    let arguments = [
        "req",
        "-x509",
        "-new",
        "-key",
        key,
        "-config",
        "c.cnf",
        "-extensions",
        section,
        "-subj",
        subject,
        "-utf8",
        "-days",
        "30000",
        "-outform",
        "DER",
    ];
    openssl(dir, &[&arguments, more].concat())
}

fn comes_back(der: &[u8]) -> C509Certificate {
    let cbor = C509Certificate::of_x509(der).unwrap();
    let read = C509Certificate::decode(cbor.octets()).unwrap();
    assert_eq!(read.x509(), Some(der));
    assert!(cbor.octets().len() < der.len());
    read
}

/// The identifiers of the extensions, `None` for a generic one.
fn extensions(certificate: &C509Certificate) -> Vec<Option<i64>> {
    let mut reader = Reader::new(certificate.octets());
    reader.array("certificate").unwrap();
    for _ in 0..9 {
        reader.skip("item").unwrap();
    }
    let pairs = reader.array("extensions").unwrap() / 2;
    (0..pairs)
        .map(|_| {
            let number = match reader.kind("extension").unwrap() {
                Kind::Bytes => reader.skip("extension").map(|_| None).unwrap(),
                _ => Some(reader.int("extension").unwrap()),
            };
            reader.skip("value").unwrap();
            number
        })
        .collect()
}

#[test]
fn every_extension_in_its_own_form() {
    let dir = folder();
    for (key, more) in [
        ("p256", &[][..]),
        ("p384", &["-sha384"]),
        ("p256", &["-sha512"]),
        ("rsa", &[]),
        ("rsa3", &["-sha384"]),
        ("rsa", &["-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"]),
        ("ed25519", &[]),
    ] {
        let der = certificate(dir.path(), key, "all", more);
        let read = comes_back(&der);
        let numbers: Option<Vec<i64>> = extensions(&read).into_iter().collect();
        assert_eq!(
            numbers.unwrap(),
            [1, -2, 3, 25, -4, 6, 27, 28, 30, 8, 26, 5, 29, 9, 31, 38, 36, 7],
            "{key} {more:?}"
        );
    }
}

#[test]
fn key_usage_alone_is_a_number() {
    let dir = folder();
    let read =
        comes_back(&certificate(dir.path(), "ed25519", "usage", &["-addext", "subjectKeyIdentifier=none"]));
    // After the key of 32 octets: -1 for digitalSignature, critical.
    let extensions = read.octets()[read.octets().len() - 67];
    assert_eq!(extensions, 0x20, "{}", hex::encode(read.octets()));
}

#[test]
fn what_has_no_form_of_its_own_is_generic() {
    let dir = folder();
    let read =
        comes_back(&certificate(dir.path(), "ed25519", "generic", &["-addext", "subjectKeyIdentifier=none"]));
    assert_eq!(extensions(&read), [None, None, None]);
    let der = certificate(dir.path(), "ed25519", "resources", &[]);
    assert!(matches!(
        C509Certificate::of_x509(&der),
        Err(C509Error::NotExpressible { what: "extension", .. })
    ));
}

#[test]
fn requests_of_openssl() {
    let dir = folder();
    for (key, arguments) in [
        ("ed25519", &["-subj", "/"][..]),
        ("p256", &["-subj", "/CN=ab12", "-reqexts", "usage"]),
        ("rsa", &["-subj", "/emailAddress=me@example.com/DC=example", "-reqexts", "generic"]),
    ] {
        let fixed = ["req", "-new", "-key", key, "-config", "c.cnf", "-outform", "DER"];
        let der = openssl(dir.path(), &[&fixed, arguments].concat());
        let cbor = C509Csr::of_pkcs10(&der).unwrap();
        assert_eq!(C509Csr::decode(cbor.octets()).unwrap().pkcs10(), Some(der.as_slice()));
    }
    // A name with two attributes in one place.
    let der = openssl(
        dir.path(),
        &[
            "req",
            "-new",
            "-key",
            "ed25519",
            "-config",
            "c.cnf",
            "-outform",
            "DER",
            "-multivalue-rdn",
            "-subj",
            "/CN=a+serialNumber=b",
        ],
    );
    assert!(matches!(C509Csr::of_pkcs10(&der), Err(C509Error::NotExpressible { what: "name", .. })));
}
