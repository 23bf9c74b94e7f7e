//! Key files, ours and openssl's, good and bad.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_sign::{KeyFileError, PrivateKey, key_file};
use drip_cert::ForeignAlgorithm;
use std::{
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tempfile::TempDir;
use zeroize::Zeroizing;

/// Runs openssl with `input` on stdin and returns its stdout.
fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("openssl is installed");
    // One that reads no stdin may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A file of mode 0600 with these contents.
fn file(dir: &TempDir, name: &str, contents: &[u8]) -> PathBuf {
    let path = dir.path().join(name);
    fs::write(&path, contents).unwrap();
    mode(&path, 0o600);
    path
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The public key that openssl finds in a key file.
fn public_key(pem: &[u8], password: &[&str]) -> Vec<u8> {
    let der = openssl(&[&["pkey", "-pubout", "-outform", "DER"][..], password].concat(), pem);
    der[12..].to_vec()
}

#[test]
fn a_key_written_is_the_key_read_and_openssl_agrees() {
    let dir = folder();
    let path = dir.path().join("key.pem");
    let key = PrivateKey::generate().unwrap();
    key_file::create_new(&path, &key, None).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    assert_eq!(key_file::load(&path, None).unwrap().hi(), key.hi());
    let pem = fs::read(&path).unwrap();
    assert_eq!(pem.len(), 119, "version 1, without the public key");
    assert_eq!(public_key(&pem, &[]), key.hi().as_bytes());
    assert_eq!(openssl(&["pkey"], &pem), pem, "the same octets as openssl's own");
}

#[test]
fn an_encrypted_key_needs_its_password_and_openssl_agrees() {
    let dir = folder();
    let path = dir.path().join("key.pem");
    let key = PrivateKey::generate().unwrap();
    key_file::create_new(&path, &key, Some(b"correct horse")).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    assert_eq!(key_file::load(&path, Some(b"correct horse")).unwrap().hi(), key.hi());
    assert!(matches!(key_file::load(&path, Some(b"battery")), Err(KeyFileError::WrongPassword { .. })));
    assert!(matches!(key_file::load(&path, None), Err(KeyFileError::PasswordNeeded { .. })));
    let pem = fs::read(&path).unwrap();
    assert!(pem.starts_with(b"-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    assert_eq!(public_key(&pem, &["-passin", "pass:correct horse"]), key.hi().as_bytes());
    let empty = key_file::create_new(&dir.path().join("other.pem"), &key, Some(b""));
    assert!(matches!(empty, Err(KeyFileError::EmptyPassword { .. })));
    assert!(!dir.path().join("other.pem").exists());
}

#[test]
fn openssl_keys_are_read_however_they_are_encrypted() {
    let dir = folder();
    let plain = openssl(&["genpkey", "-algorithm", "ed25519"], b"");
    let hi = public_key(&plain, &[]);
    let path = file(&dir, "plain.pem", &plain);
    assert_eq!(key_file::load(&path, None).unwrap().hi().as_bytes(), &hi[..]);
    assert!(matches!(key_file::load(&path, Some(b"x")), Err(KeyFileError::NotEncrypted { .. })));

    for (index, options) in [
        &["-v2", "aes-256-cbc"][..],
        &["-v2", "aes-128-cbc"],
        &["-v2", "aes-192-cbc", "-v2prf", "hmacWithSHA512"],
        &["-v2", "aes-256-cbc", "-iter", "100000"],
        &["-scrypt"],
        &["-scrypt", "-scrypt_N", "1024", "-scrypt_r", "4", "-scrypt_p", "2"],
    ]
    .into_iter()
    .enumerate()
    {
        let arguments = [&["pkcs8", "-topk8", "-passout", "pass:sesame"][..], options].concat();
        let path = file(&dir, &format!("{index}.pem"), &openssl(&arguments, &plain));
        assert_eq!(key_file::load(&path, Some(b"sesame")).unwrap().hi().as_bytes(), &hi[..], "{options:?}");
        let wrong = key_file::load(&path, Some(b"simsim"));
        assert!(matches!(wrong, Err(KeyFileError::WrongPassword { .. })), "{options:?}");
    }
    let unknown = openssl(&["pkcs8", "-topk8", "-passout", "pass:sesame", "-v2", "des3"], &plain);
    let path = file(&dir, "des.pem", &unknown);
    assert!(matches!(key_file::load(&path, Some(b"sesame")), Err(KeyFileError::Encryption { .. })));
}

#[test]
fn a_key_is_never_overwritten() {
    let dir = folder();
    let path = file(&dir, "key.pem", b"something");
    let key = PrivateKey::generate().unwrap();
    for result in [key_file::create_new(&path, &key, None), key_file::create_new(&path, &key, Some(b"x"))] {
        assert!(matches!(result, Err(KeyFileError::Exists { .. })));
    }
    assert_eq!(fs::read(&path).unwrap(), b"something");
    std::os::unix::fs::symlink(dir.path().join("nowhere"), dir.path().join("link")).unwrap();
    let through_link = key_file::create_new(&dir.path().join("link"), &key, None);
    assert!(matches!(through_link, Err(KeyFileError::Exists { .. })), "not even through a dangling link");
    let missing = key_file::create_new(&dir.path().join("no/such/key.pem"), &key, None);
    assert!(matches!(missing, Err(KeyFileError::Io { doing: "create it", .. })));
}

#[test]
fn a_key_that_others_can_reach_is_refused_with_the_remedy() {
    let dir = folder();
    let path = dir.path().join("key.pem");
    key_file::create_new(&path, &PrivateKey::generate().unwrap(), None).unwrap();
    for loose in [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o777] {
        mode(&path, loose);
        let error = key_file::load(&path, None).err().unwrap();
        assert!(matches!(error, KeyFileError::LoosePermissions { mode, .. } if mode == loose));
        assert!(error.to_string().contains(&format!("chmod 600 {}", path.display())), "{error}");
        assert!(error.to_string().contains(&format!("{loose:04o}")));
    }
    for tight in [0o600, 0o400] {
        mode(&path, tight);
        assert!(key_file::load(&path, None).is_ok());
    }
}

#[test]
fn keys_of_other_algorithms_are_named() {
    let dir = folder();
    for (name, options, algorithm) in [
        ("RSA", &["-pkeyopt", "rsa_keygen_bits:2048"][..], ForeignAlgorithm::Rsa),
        ("EC", &["-pkeyopt", "ec_paramgen_curve:P-256"], ForeignAlgorithm::P256),
        ("EC", &["-pkeyopt", "ec_paramgen_curve:P-384"], ForeignAlgorithm::P384),
        ("ed448", &[], ForeignAlgorithm::Ed448),
        ("x25519", &[], ForeignAlgorithm::X25519),
    ] {
        let pem = openssl(&[&["genpkey", "-algorithm", name][..], options].concat(), b"");
        let path = file(&dir, "key.pem", &pem);
        let error = key_file::load(&path, None).err().unwrap();
        assert!(matches!(&error, KeyFileError::Algorithm { algorithm: a, .. } if *a == algorithm), "{error}");
        let encrypted = openssl(&["pkcs8", "-topk8", "-scrypt", "-passout", "pass:x"], &pem);
        let path = file(&dir, "encrypted.pem", &encrypted);
        let error = key_file::load(&path, Some(b"x")).err().unwrap();
        assert!(matches!(&error, KeyFileError::Algorithm { algorithm: a, .. } if *a == algorithm), "{error}");
    }
}

#[test]
fn what_is_no_key_file() {
    let dir = folder();
    let form = |contents: &[u8]| {
        let path = file(&dir, "key.pem", contents);
        match key_file::load(&path, None).err().unwrap() {
            KeyFileError::Form { reason, .. } => reason,
            other => panic!("{other}"),
        }
    };
    let good = openssl(&["genpkey", "-algorithm", "ed25519"], b"");
    form(b"");
    form(b"not a key");
    form(&good[..good.len() - 40]);
    let public = openssl(&["pkey", "-pubout"], &good);
    assert!(form(&public).contains("PUBLIC KEY"));
    let der = openssl(&["pkey", "-outform", "DER"], &good);
    let short = [&[0x30, 0x2d], &der[2..12], &[0x04, 0x21, 0x04, 0x1f], &der[16..47]].concat();
    let pem = |der: &[u8]| openssl(&["base64", "-e"], der);
    let wrap = |body: Vec<u8>| {
        [&b"-----BEGIN PRIVATE KEY-----\n"[..], &body, b"-----END PRIVATE KEY-----\n"].concat()
    };
    assert_eq!(wrap(pem(&der)), good);
    assert!(form(&wrap(pem(&short))).contains("32 octets"));

    // Version 2 with the public key of the private key, and of another.
    let key = PrivateKey::from_seed(&Zeroizing::new([3; 32]));
    let other = PrivateKey::from_seed(&Zeroizing::new([4; 32]));
    let version_two = |public: &[u8; 32]| {
        let head = [0x30, 0x51, 2, 1, 1, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
        wrap(pem(&[&head[..], &[3; 32], &[0x81, 0x21, 0x00], public].concat()))
    };
    let path = file(&dir, "two.pem", &version_two(key.hi().as_bytes()));
    assert_eq!(key_file::load(&path, None).unwrap().hi(), key.hi());
    assert!(form(&version_two(other.hi().as_bytes())).contains("another's"));

    let large = file(&dir, "large.pem", &[b'x'; 17 * 1024]);
    assert!(matches!(key_file::load(&large, None), Err(KeyFileError::NotAKeyFile { .. })));
    mode(dir.path(), 0o700);
    assert!(matches!(key_file::load(dir.path(), None), Err(KeyFileError::NotAKeyFile { .. })));
    let absent = key_file::load(&dir.path().join("absent.pem"), None);
    assert!(matches!(absent, Err(KeyFileError::Io { doing: "open it", .. })));
}

/// The way of a device: a key file of ours, and a request by openssl of it, which is the same as ours.
#[test]
fn openssl_makes_the_same_request_of_the_same_key() {
    let dir = folder();
    let path = dir.path().join("key.pem");
    let key = PrivateKey::generate().unwrap();
    key_file::create_new(&path, &key, None).unwrap();
    let path = path.to_str().unwrap();
    let theirs =
        openssl(&["req", "-new", "-key", path, "-subj", "/serialNumber=1225XUA1", "-outform", "DER"], b"");
    assert_eq!(key.certification_request(Some("1225XUA1".into()), None).unwrap(), theirs);
}

/// A key file that would need a tebioctet of memory, or a year: refused at once, instead of ending the program.
#[test]
fn what_decryption_may_cost() {
    use pkcs8::pkcs5::pbes2::{EncryptionScheme, Kdf, Parameters, ScryptParams};
    use pkcs8::{
        EncryptedPrivateKeyInfoRef, LineEnding, SecretDocument,
        der::{Decode as _, EncodePem as _, asn1::OctetStringRef},
    };
    let dir = folder();
    let path = dir.path().join("good.pem");
    key_file::create_new(&path, &PrivateKey::generate().unwrap(), Some(b"x")).unwrap();
    let (_, good) = SecretDocument::from_pem(&fs::read_to_string(&path).unwrap()).unwrap();
    let salt = match EncryptedPrivateKeyInfoRef::from_der(good.as_bytes()).unwrap().encryption_algorithm {
        pkcs8::pkcs5::EncryptionScheme::Pbes2(parameters) => parameters.kdf.scrypt().unwrap().salt,
        _ => panic!("ours are PBES2"),
    };
    for (number, (n, r, p)) in
        [(1 << 40, 8, 1), (1 << 20, 16, 1), (1 << 14, 8, u16::MAX), (u64::MAX, u16::MAX, u16::MAX)]
            .into_iter()
            .enumerate()
    {
        let scrypt =
            ScryptParams { salt, cost_parameter: n, block_size: r, parallelization: p, key_length: None };
        let parameters =
            Parameters { kdf: Kdf::Scrypt(scrypt), encryption: EncryptionScheme::Aes256Cbc { iv: [0; 16] } };
        let info = EncryptedPrivateKeyInfoRef {
            encryption_algorithm: parameters.into(),
            encrypted_data: OctetStringRef::new(&[0; 64]).unwrap(),
        };
        let path = file(&dir, &format!("{number}.pem"), info.to_pem(LineEnding::LF).unwrap().as_bytes());
        let error = key_file::load(&path, Some(b"x")).err().unwrap();
        assert!(matches!(&error, KeyFileError::Encryption { .. }), "{error}");
        assert!(error.to_string().contains(&format!("scrypt with N {n}, r {r}")), "{error}");
    }
}
