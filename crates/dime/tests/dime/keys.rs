//! `key` and `csr`: files that openssl reads, and files that openssl wrote.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::harness::run_in;

fn openssl(folder: &std::path::Path, arguments: &[&str]) -> String {
    let output = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

#[test]
fn a_key_is_private_and_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let made = run_in(folder.path(), &["key", "new", "--out", "k.pem", "--json"]).expect(0).json();
    let path = folder.path().join("k.pem");
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let before = std::fs::read(&path).unwrap();
    run_in(folder.path(), &["key", "new", "--out", "k.pem"]).expect(3);
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let shown = run_in(folder.path(), &["key", "show", "k.pem", "--json"]).expect(0).json();
    assert_eq!(shown["hi"], made["hi"]);
    let public = openssl(folder.path(), &["pkey", "-in", "k.pem", "-pubout"]);
    assert_eq!(shown["public_key"].as_str().unwrap().trim(), public.trim());
}

#[test]
fn loose_permissions_are_refused_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), &["key", "new", "--out", "k.pem"]).expect(0);
    std::fs::set_permissions(folder.path().join("k.pem"), PermissionsExt::from_mode(0o640)).unwrap();
    let done = run_in(folder.path(), &["key", "show", "k.pem"]).expect(3);
    assert!(done.stderr.contains("chmod 600"), "{}", done.stderr);
}

#[test]
fn encrypted_keys_need_their_password() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pw"), "correct horse\n").unwrap();
    std::fs::write(folder.path().join("other"), "battery\n").unwrap();
    let new = ["key", "new", "--out", "k.pem", "--encrypt", "--password-file", "pw", "--json"];
    let made = run_in(folder.path(), &new).expect(0).json();
    let show = |more: &[&str]| {
        run_in(folder.path(), &[["key", "show", "k.pem", "--json"].as_slice(), more].concat())
    };
    assert_eq!(show(&["--password-file", "pw"]).expect(0).json()["hi"], made["hi"]);
    show(&["--password-file", "other"]).expect(3);
    show(&[]).expect(2);
    openssl(folder.path(), &["pkey", "-in", "k.pem", "-passin", "pass:correct horse", "-noout"]);
}

#[test]
fn keys_and_requests_go_both_ways_with_openssl() {
    let folder = tempfile::tempdir().unwrap();
    openssl(folder.path(), &["genpkey", "-algorithm", "ed25519", "-out", "o.pem"]);
    run_in(folder.path(), &["key", "show", "o.pem"]).expect(0);
    let new =
        ["csr", "new", "--key", "o.pem", "--serial", "8653F02T7B8RA85D19LX", "--raa", "16376", "--hda", "10"];
    run_in(folder.path(), &[new.as_slice(), &["--out", "o.csr"]].concat()).expect(0);
    run_in(folder.path(), &[new.as_slice(), &["--out", "o.der"]].concat()).expect(0);
    let said = openssl(folder.path(), &["req", "-in", "o.csr", "-noout", "-verify", "-text"]);
    assert!(said.contains("8653F02T7B8RA85D19LX") && said.contains("IP Address"), "{said}");
    let said = openssl(folder.path(), &["req", "-inform", "DER", "-in", "o.der", "-noout", "-verify"]);
    assert!(said.contains("OK"), "{said}");
    let inspected = run_in(folder.path(), &["inspect", "o.der", "--json"]).expect(0).json();
    assert_eq!(inspected["kind"], "csr");
    assert_eq!(inspected["serial_number"], "8653F02T7B8RA85D19LX");
    let derive = ["det", "derive", "--raa", "16376", "--hda", "10", "--key", "o.pem", "--json"];
    assert_eq!(inspected["det"], run_in(folder.path(), &derive).expect(0).json()["det"]);
}

#[test]
fn another_algorithm_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let curve = "ec_paramgen_curve:P-256";
    openssl(folder.path(), &["genpkey", "-algorithm", "EC", "-pkeyopt", curve, "-out", "p.pem"]);
    run_in(folder.path(), &["key", "show", "p.pem"]).expect(3);
    openssl(folder.path(), &["req", "-new", "-key", "p.pem", "-subj", "/CN=x", "-out", "p.csr"]);
    let inspected = run_in(folder.path(), &["inspect", "p.csr", "--json"]).expect(1).json();
    assert!(!inspected["problems"].as_array().unwrap().is_empty());
}
