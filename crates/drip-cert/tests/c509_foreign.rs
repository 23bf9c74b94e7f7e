//! Foreign judges of C509: cbor2 reads the CBOR, cryptography the X.509 certificates and every signature (`scripts/interop/c509_judge.py`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod vectors;

use drip_cert::{
    Certificate,
    c509::{C509Certificate, C509Csr, NativeTbs},
    csr::CsrSpec,
};
use serde_json::{Value, json};
use std::{
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};
use vectors::{Entity, chain, names};

/// SubjectPublicKeyInfo of Ed25519 before the 32 octets of the key (RFC 8410).
const ED25519: &str = "302a300506032b6570032100";
/// Of P-256, before a compressed point (RFC 5480).
const P256_COMPRESSED: &str = "3039301306072a8648ce3d020106082a8648ce3d030107032200";

fn ed25519(entity: &Entity) -> String {
    format!("{ED25519}{}", hex::encode(entity.hi().as_bytes()))
}

/// The Python of `scripts/tools`, or the one in DIME_PYTHON; the verdict and everything it said.
fn judge(cases: &[Value]) -> (bool, String) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let python =
        std::env::var_os("DIME_PYTHON").map_or_else(|| root.join("target/venv/bin/python"), PathBuf::from);
    let mut child = Command::new(python)
        .arg(root.join("scripts/interop/c509_judge.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("scripts/tools has installed Python and its libraries");
    let mut input = child.stdin.take().unwrap();
    for case in cases {
        writeln!(input, "{case}").unwrap();
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

fn published() -> Vec<Value> {
    let pairs: Value = serde_json::from_str(include_str!("../../../testdata/c509/pairs.json")).unwrap();
    let mut cases = Vec::new();
    for pair in pairs["pairs"].as_array().unwrap() {
        let name = pair["name"].as_str().unwrap();
        let key = match name {
            "rfc7925" => {
                json!(format!("{P256_COMPRESSED}{}", pair["issuer_public_key_compressed"].as_str().unwrap()))
            }
            // It signed itself.
            "tv-ed25519" => {
                let der = hex::decode(pair["x509_der_hex"].as_str().unwrap()).unwrap();
                let key = hex::decode(ED25519).unwrap();
                let at = der.windows(12).position(|octets| octets == key).unwrap();
                json!(hex::encode(&der[at..at + 44]))
            }
            _ => Value::Null,
        };
        let der = hex::decode(pair["x509_der_hex"].as_str().unwrap()).unwrap();
        let cbor = hex::encode(C509Certificate::of_x509(&der).unwrap().octets());
        cases.push(json!({"name": name, "cbor": cbor, "kind": 3, "x509": hex::encode(der), "key": key}));
        for native in ["native_t2_array_hex", "published_t2_array_hex"] {
            if let Some(cbor) = pair[native].as_str() {
                C509Certificate::decode(&hex::decode(cbor).unwrap()).unwrap();
                cases.push(json!({"name": name, "cbor": cbor, "kind": 2, "x509": null, "key": key}));
            }
        }
    }
    assert_eq!(cases.iter().filter(|case| !case["key"].is_null()).count(), 4);
    cases
}

/// All objects of the chain, made here from its keys.
fn made() -> Vec<Value> {
    let mut cases = Vec::new();
    for name in names() {
        let entity = chain(&name);
        let parent = chain(&entity.parent);
        for object in ["lite", "lite_uri", "full"] {
            let der = entity.object(object);
            let tbs = match Certificate::parse(&der).unwrap() {
                Certificate::Lite(lite) => lite.tbs().encode().unwrap(),
                Certificate::Full(full) => full.tbs().encode().unwrap(),
                Certificate::Mtls(mtls) => mtls.tbs().encode().unwrap(),
            };
            let native = NativeTbs::of_tbs(&tbs).unwrap();
            let native = native.assemble(&parent.sign(native.octets()));
            let cbor = C509Certificate::of_x509(&der).unwrap();
            let name = format!("{name} {object}");
            cases.push(json!({"name": name, "cbor": hex::encode(cbor.octets()), "kind": 3, "x509": hex::encode(&der), "key": ed25519(&parent)}));
            cases.push(json!({"name": name, "cbor": hex::encode(native), "kind": 2, "x509": null, "key": ed25519(&parent)}));
        }
        let spec =
            CsrSpec { hi: entity.hi(), serial_number: Some("1225XUA1".into()), det: Some(entity.det()) };
        let der = spec.assemble(&entity.sign(&spec.to_be_signed().unwrap())).unwrap();
        let cbor = C509Csr::of_pkcs10(&der).unwrap();
        let native = spec.native().unwrap();
        let native = native.assemble(&entity.sign(native.octets()));
        let name = format!("{name} request");
        cases.push(json!({"name": name, "cbor": hex::encode(cbor.octets()), "kind": 3, "x509": hex::encode(der), "key": ed25519(&entity)}));
        cases.push(json!({"name": name, "cbor": hex::encode(native), "kind": 2, "x509": null, "key": ed25519(&entity)}));
    }
    cases
}

#[test]
fn foreign_libraries_read_and_verify_them() {
    let mut cases = published();
    cases.extend(made());
    let (good, said) = judge(&cases);
    assert!(good, "{said}");
    assert_eq!(said, format!("{} objects, 0 faults\n", cases.len()));
}

/// The judge itself sees what is wrong.
#[test]
fn the_judge_is_no_rubber_stamp() {
    let mut cases = made();
    cases.truncate(2);
    for case in &mut cases {
        let text = case["cbor"].as_str().unwrap().to_owned();
        let end = if text.ends_with('0') { "1" } else { "0" };
        case["cbor"] = json!(format!("{}{end}", &text[..text.len() - 1]));
    }
    let (good, said) = judge(&cases);
    assert!(!good && said.ends_with("2 objects, 2 faults\n"), "{said}");
}
