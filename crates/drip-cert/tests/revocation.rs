//! Lists and status responses: openssl as the other side, and octets that are almost one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use drip_cert::{
    DerFaultKind,
    crl::{Crl, CrlContentError, CrlError, CrlNumber, CrlTbs, CrlVerifyError, Entry, Reason, Scope},
    lite::{CertTime, CertificateSerial},
    mtls::{MtlsRole, MtlsTbs, PkiUrls},
    ocsp::{
        BasicResponse, CertId, CertStatus, HashAlgorithm, Issuer, MAX_CERTS, Nonce, OcspError, OcspRequest,
        OcspResponse, OcspVerifyError, ResponderId, ResponseStatus, ResponseTbs, SingleResponse, StatusError,
    },
    pem,
};
use drip_det::{Det, Hid, HostIdentity, UnixTime};
use ed25519_dalek::{Signer, SigningKey};
use std::{path::Path, process::Command};

const NOW: u64 = 1_795_000_000;

fn openssl(dir: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("openssl").current_dir(dir).args(arguments).output().expect("openssl");
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    if output.status.success() {
        Ok(text(&output.stdout) + &text(&output.stderr))
    } else {
        Err(text(&output.stderr))
    }
}

fn key(seed: u8) -> (SigningKey, HostIdentity, Det) {
    let key = SigningKey::from_bytes(&[seed; 32]);
    let hi = HostIdentity::from_bytes(key.verifying_key().as_bytes()).unwrap();
    let det = Det::derive(Hid::from_numbers(16376, 10).unwrap(), &hi);
    (key, hi, det)
}

fn time(seconds: u64) -> CertTime {
    CertTime::new(UnixTime(seconds)).unwrap()
}

fn serial(first: u8) -> CertificateSerial {
    let mut octets = [0x5a; 20];
    octets[0] = first;
    CertificateSerial::new(&octets).unwrap()
}

fn list(scope: Scope, entries: Vec<Entry>) -> CrlTbs {
    CrlTbs {
        issuer: key(1).2,
        this_update: time(NOW),
        next_update: time(NOW + 86_400),
        number: CrlNumber(0x1_0000_0000_0000),
        base: None,
        scope,
        freshest: None,
        entries,
    }
}

fn entry(first: u8, reason: Option<Reason>) -> Entry {
    Entry { issuer: key(1).2, serial: serial(first), revoked_at: time(NOW - 60), reason, invalid_since: None }
}

fn signed(tbs: &CrlTbs) -> Vec<u8> {
    tbs.assemble(&key(1).0.sign(&tbs.encode().unwrap()).to_bytes()).unwrap()
}

/// One of every form.
fn lists() -> Vec<CrlTbs> {
    let uri = "http://registry.example/pki/x/3-16.crl".to_owned();
    let with_date = Entry { invalid_since: Some(time(NOW - 3600)), ..entry(3, Some(Reason::KeyCompromise)) };
    let other = |first| Entry { issuer: key(2).2, ..entry(first, Some(Reason::CaCompromise)) };
    let third = Entry { issuer: key(3).2, ..entry(1, None) };
    let mut delta = list(Scope::Whole, vec![entry(1, Some(Reason::RemoveFromCrl)), entry(2, None)]);
    delta.base = Some(CrlNumber(1));
    let mut indirect = list(Scope::Indirect(None), vec![other(7), other(2), third, entry(9, None)]);
    indirect.sort();
    let mut whole = list(Scope::Whole, vec![entry(1, None), entry(2, Some(Reason::Superseded)), with_date]);
    whole.freshest = Some("http://registry.example/pki/x.crl?delta".to_owned());
    let indirect_point = CrlTbs { scope: Scope::Indirect(Some(uri.clone())), ..indirect.clone() };
    vec![
        list(Scope::Whole, vec![]),
        whole,
        list(Scope::Point(uri), vec![entry(5, None)]),
        delta,
        indirect,
        indirect_point,
    ]
}

#[test]
fn a_list_comes_back_and_verifies() {
    for tbs in lists() {
        let der = signed(&tbs);
        let read = Crl::parse(&der).unwrap();
        assert_eq!(read.tbs(), &tbs);
        assert_eq!(read.der(), der);
        assert_eq!(CrlTbs::decode(&tbs.encode().unwrap()).unwrap(), tbs);
        assert_eq!(read.verify(&key(1).1), Ok(()));
        assert!(matches!(read.verify(&key(2).1), Err(CrlVerifyError::Issuer(_))));
        for entry in &tbs.entries {
            let listed = entry.reason != Some(Reason::RemoveFromCrl);
            assert_eq!(read.find(entry.issuer, &entry.serial), Some(entry).filter(|_| listed));
        }
        assert_eq!(read.find(key(1).2, &serial(0x77)), None);
        assert!(read.is_current_at(UnixTime(NOW + 86_400)) && !read.is_current_at(UnixTime(NOW + 86_401)));
    }
}

#[test]
fn openssl_reads_what_a_list_says() {
    let dir = tempfile::tempdir().unwrap();
    let texts: Vec<String> = lists()
        .iter()
        .map(|tbs| {
            std::fs::write(dir.path().join("list.crl"), signed(tbs)).unwrap();
            openssl(dir.path(), &["crl", "-inform", "DER", "-in", "list.crl", "-noout", "-text"]).unwrap()
        })
        .collect();
    assert!(texts.iter().all(|text| text.contains("Version 2") && text.contains("ED25519")), "{texts:?}");
    assert!(texts[0].contains("No Revoked Certificates"));
    for words in ["Superseded", "Key Compromise", "Invalidity Date", "x.crl?delta"] {
        assert!(texts[1].contains(words), "{words}: {}", texts[1]);
    }
    assert!(texts[2].contains("3-16.crl") && texts[2].contains("Issuing Distribution Point: critical"));
    assert!(texts[3].contains("Delta CRL Indicator: critical") && texts[3].contains("Remove From CRL"));
    assert!(texts[4].contains("Indirect CRL") && texts[4].contains(&key(2).2.to_hex()));
}

#[test]
fn what_a_list_cannot_say() {
    let encode = |tbs: CrlTbs| tbs.encode().unwrap_err();
    let two = |one, other| list(Scope::Whole, vec![entry(one, None), entry(other, None)]);
    assert!(matches!(encode(two(2, 1)), CrlContentError::Order { index: 1, .. }));
    assert!(matches!(encode(two(2, 2)), CrlContentError::Order { index: 1, .. }));
    let mut tbs = list(Scope::Whole, vec![Entry { issuer: key(2).2, ..entry(1, None) }]);
    assert!(matches!(tbs.encode(), Err(CrlContentError::Issuer { index: 0, .. })));
    tbs.entries = vec![entry(1, Some(Reason::RemoveFromCrl))];
    assert!(matches!(tbs.encode(), Err(CrlContentError::Removal { index: 0 })));
    tbs.entries = vec![Entry { revoked_at: time(NOW + 1), ..entry(1, None) }];
    assert!(matches!(tbs.encode(), Err(CrlContentError::Future { index: 0, .. })));
    tbs.entries.clear();
    tbs.base = Some(CrlNumber(tbs.number.0 + 1));
    assert!(matches!(tbs.encode(), Err(CrlContentError::Base { .. })));
    tbs.base = None;
    tbs.next_update = tbs.this_update;
    assert!(matches!(tbs.encode(), Err(CrlContentError::Updates { .. })));
    assert!(matches!(encode(list(Scope::Point("no".into()), vec![])), CrlContentError::Uri { .. }));
}

/// Every prefix is truncated, every octet more trailing, and no other octet in its place is believed.
fn laws(der: &[u8], fault: impl Fn(&[u8]) -> Option<DerFaultKind>, believed: impl Fn(&[u8]) -> bool) {
    assert!(believed(der));
    for length in 0..der.len() {
        assert_eq!(fault(&der[..length]), Some(DerFaultKind::Truncated), "{length} octets");
    }
    for octet in [0, 0x30, 0xff] {
        assert_eq!(fault(&[der, &[octet]].concat()), Some(DerFaultKind::Trailing));
    }
    for at in 0..der.len() {
        for bit in 0..8 {
            let mut changed = der.to_vec();
            changed[at] ^= 1 << bit;
            assert!(!believed(&changed), "bit {bit} of octet {at}");
        }
    }
}

#[test]
fn no_octet_of_a_list_can_be_changed() {
    for tbs in lists() {
        laws(
            &signed(&tbs),
            |der| match Crl::parse(der) {
                Err(CrlError::Der(fault)) => Some(fault.kind),
                _ => None,
            },
            |der| Crl::parse(der).is_ok_and(|crl| crl.verify(&key(1).1).is_ok()),
        );
    }
}

#[test]
fn other_lists_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let config =
        "[ca]\ndefault_ca=c\n[c]\ndatabase=index\ncrlnumber=number\ndefault_crl_days=1\ndefault_md=default\n";
    std::fs::write(dir.path().join("ca.cnf"), config).unwrap();
    std::fs::write(dir.path().join("index"), "").unwrap();
    std::fs::write(dir.path().join("number"), "01\n").unwrap();
    let subject = format!("/CN={}", key(1).2.to_hex());
    let make = |algorithm: &[&str]| {
        openssl(dir.path(), &[&["genpkey", "-out", "k.pem"], algorithm].concat()).unwrap();
        openssl(
            dir.path(),
            &["req", "-x509", "-new", "-key", "k.pem", "-subj", &subject, "-utf8", "-out", "c.pem"],
        )
        .unwrap();
        let ca =
            ["ca", "-config", "ca.cnf", "-gencrl", "-keyfile", "k.pem", "-cert", "c.pem", "-out", "l.pem"];
        openssl(dir.path(), &ca).unwrap();
        openssl(dir.path(), &["crl", "-in", "l.pem", "-outform", "DER", "-out", "l.der"]).unwrap();
        Crl::parse(&std::fs::read(dir.path().join("l.der")).unwrap()).unwrap_err()
    };
    assert_eq!(make(&["-algorithm", "ed25519"]), CrlError::MissingExtension("authorityKeyIdentifier"));
    let error = make(&["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    assert!(matches!(error, CrlError::SignatureAlgorithm { field: "signature", .. }), "{error}");
    assert!(matches!(Crl::parse(&vec![0x30; (32 << 20) + 1]), Err(CrlError::Oversized { .. })));
}

fn issuer() -> Issuer {
    let (_, hi, det) = key(1);
    Issuer { det, hi }
}

fn asked(algorithm: HashAlgorithm, first: u8) -> CertId {
    CertId::new(&issuer(), algorithm, serial(first)).unwrap()
}

fn certificate(signer: u8, subject: u8, role: MtlsRole) -> Vec<u8> {
    let (_, hi, det) = key(subject);
    let tbs = MtlsTbs {
        serial: serial(0x11),
        issuer: key(signer).2,
        not_before: time(NOW - 60),
        not_after: time(NOW + 86_400),
        role,
        hi,
        det,
        uri: None,
        hardware_module: None,
        pki: PkiUrls::NONE,
    };
    tbs.assemble(&key(signer).0.sign(&tbs.encode().unwrap()).to_bytes()).unwrap()
}

fn response(cert_ids: &[CertId], nonce: Option<Nonce>, status: CertStatus, by_issuer: bool) -> OcspResponse {
    let signer = key(if by_issuer { 1 } else { 4 });
    let single = |cert_id: &CertId| SingleResponse {
        cert_id: cert_id.clone(),
        status,
        this_update: time(NOW),
        next_update: Some(time(NOW + 600)),
    };
    let tbs = ResponseTbs {
        responder: if by_issuer { ResponderId::Name(signer.2) } else { ResponderId::of_key(&signer.1) },
        produced_at: time(NOW),
        responses: cert_ids.iter().map(single).collect(),
        nonce,
    };
    let encoded = tbs.encode().unwrap();
    assert_eq!(ResponseTbs::decode(&encoded).unwrap(), tbs);
    let certificates = if by_issuer { vec![] } else { vec![certificate(1, 4, MtlsRole::OcspResponder)] };
    let signature = signer.0.sign(&encoded).to_bytes();
    OcspResponse::Basic(Box::new(BasicResponse::new(tbs, signature, certificates).unwrap()))
}

#[test]
fn a_response_comes_back_and_verifies() {
    let revoked = CertStatus::Revoked { at: time(NOW - 5), reason: Some(Reason::KeyCompromise) };
    let no_reason = CertStatus::Revoked { at: time(NOW - 5), reason: None };
    let nonce = Nonce::new(&[9; 32]).unwrap();
    let now = UnixTime(NOW + 1);
    for status in [CertStatus::Good, CertStatus::Unknown, revoked, no_reason] {
        for by_issuer in [true, false] {
            let ids = [asked(HashAlgorithm::Sha1, 1), asked(HashAlgorithm::Sha256, 2)];
            let whole = response(&ids, Some(nonce.clone()), status, by_issuer);
            let der = whole.encode().unwrap();
            assert_eq!(OcspResponse::decode(&der).unwrap(), whole);
            let OcspResponse::Basic(basic) = whole else { panic!("basic") };
            assert_eq!(basic.verify(&issuer(), now), Ok(()));
            assert_eq!(basic.status(&ids[1], Some(&nonce), now, 0), Ok(status));
            let other = Nonce::new(&[8; 32]).unwrap();
            assert_eq!(basic.status(&ids[1], Some(&other), now, 0), Err(StatusError::Nonce));
            assert_eq!(
                basic.status(&asked(HashAlgorithm::Sha1, 3), None, now, 0),
                Err(StatusError::NotAbout)
            );
            let late = basic.status(&ids[0], None, UnixTime(NOW + 700), 60);
            assert!(matches!(late, Err(StatusError::Time { .. })));
            let elsewhere = Issuer { det: key(2).2, hi: key(2).1 };
            assert!(basic.verify(&elsewhere, now).is_err());
            if !by_issuer {
                let late = UnixTime(NOW + 90_000);
                assert_eq!(
                    basic.verify(&issuer(), late),
                    Err(OcspVerifyError::CertificateTime { now: late })
                );
            }
        }
    }
    for status in [ResponseStatus::TryLater, ResponseStatus::Unauthorized, ResponseStatus::MalformedRequest] {
        let failed = OcspResponse::Failed(status);
        assert_eq!(OcspResponse::decode(&failed.encode().unwrap()), Ok(failed));
    }
}

#[test]
fn a_responder_of_another_issuer_is_not_believed() {
    let ids = [asked(HashAlgorithm::Sha1, 1)];
    let OcspResponse::Basic(basic) = response(&ids, None, CertStatus::Good, false) else { panic!("basic") };
    let foreign = certificate(2, 4, MtlsRole::OcspResponder);
    let forged = BasicResponse::new(basic.tbs().clone(), *basic.signature(), vec![foreign]).unwrap();
    assert!(matches!(forged.verify(&issuer(), UnixTime(NOW)), Err(OcspVerifyError::NotDelegated(_))));
    let other_use = certificate(1, 4, MtlsRole::EndEntity);
    let forged = BasicResponse::new(basic.tbs().clone(), *basic.signature(), vec![other_use]).unwrap();
    assert_eq!(forged.verify(&issuer(), UnixTime(NOW)), Err(OcspVerifyError::Role));
    let bare = BasicResponse::new(basic.tbs().clone(), *basic.signature(), vec![]).unwrap();
    assert_eq!(bare.verify(&issuer(), UnixTime(NOW)), Err(OcspVerifyError::NoResponder));
}

#[test]
fn no_octet_of_a_response_can_be_changed() {
    let ids = [asked(HashAlgorithm::Sha1, 1), asked(HashAlgorithm::Sha256, 2)];
    let status = CertStatus::Revoked { at: time(NOW - 5), reason: Some(Reason::Superseded) };
    let nonce = Nonce::new(&[9; 16]).unwrap();
    let der = response(&ids, Some(nonce), status, false).encode().unwrap();
    laws(
        &der,
        |der| match OcspResponse::decode(der) {
            Err(OcspError::Der(fault)) => Some(fault.kind),
            _ => None,
        },
        |der| match OcspResponse::decode(der) {
            Ok(OcspResponse::Basic(basic)) => basic.verify(&issuer(), UnixTime(NOW)).is_ok(),
            _ => false,
        },
    );
}

#[test]
fn requests_there_and_back() {
    let ids = vec![asked(HashAlgorithm::Sha1, 1), asked(HashAlgorithm::Sha256, 2)];
    let request = OcspRequest::new(ids.clone(), Some(Nonce::new(&[1; 128]).unwrap())).unwrap();
    let read = OcspRequest::decode(request.encode()).unwrap();
    assert_eq!(read, request);
    assert_eq!(read.cert_ids(), ids);
    assert!(read.cert_ids().iter().all(|id| id.is_of(&issuer())));
    let der = request.encode();
    for length in 0..der.len() {
        let error = OcspRequest::decode(&der[..length]).unwrap_err();
        assert!(matches!(error, OcspError::Der(fault) if fault.kind == DerFaultKind::Truncated), "{error}");
    }
    let error = OcspRequest::decode(&[der, &[0]].concat()).unwrap_err();
    assert!(matches!(error, OcspError::Der(fault) if fault.kind == DerFaultKind::Trailing), "{error}");
    for at in 0..der.len() {
        for bit in 0..8 {
            let mut changed = der.to_vec();
            changed[at] ^= 1 << bit;
            if let Ok(read) = OcspRequest::decode(&changed) {
                assert_eq!(read.encode(), changed);
                assert_ne!(read, request);
            }
        }
    }
}

#[test]
fn requests_that_ask_too_much() {
    let many = |count: usize| vec![asked(HashAlgorithm::Sha1, 1); count];
    assert!(OcspRequest::new(many(MAX_CERTS), None).is_ok());
    assert_eq!(OcspRequest::new(many(MAX_CERTS + 1), None), Err(OcspError::TooMany { count: MAX_CERTS + 1 }));
    assert_eq!(OcspRequest::new(vec![], None), Err(OcspError::Empty));
    // What openssl makes of ten thousand certificates.
    let dir = tempfile::tempdir().unwrap();
    let (config, subject) = ("req.cnf", format!("/CN={}", key(1).2.to_hex()));
    std::fs::write(dir.path().join(config), "[req]\ndistinguished_name=n\nstring_mask=utf8only\n[n]\n")
        .unwrap();
    openssl(dir.path(), &["genpkey", "-algorithm", "ed25519", "-out", "k.pem"]).unwrap();
    openssl(
        dir.path(),
        &["req", "-x509", "-new", "-config", config, "-key", "k.pem", "-subj", &subject, "-out", "c.pem"],
    )
    .unwrap();
    let numbers: Vec<String> = (1..=10_000).map(|number| number.to_string()).collect();
    for (count, nonce) in [(10_000, None), (120, None), (1, Some(())), (2, None)] {
        let mut arguments = vec!["ocsp", "-issuer", "c.pem", "-reqout", "q.der"];
        for number in &numbers[..count] {
            arguments.extend(["-serial", number]);
        }
        arguments.push(if nonce.is_some() { "-nonce" } else { "-no_nonce" });
        openssl(dir.path(), &arguments).unwrap();
        let der = std::fs::read(dir.path().join("q.der")).unwrap();
        match (OcspRequest::decode(&der), count) {
            (Err(OcspError::Oversized { .. }), 10_000) | (Err(OcspError::TooMany { count: 120 }), 120) => {}
            (Ok(request), 1 | 2) => {
                assert_eq!(request.cert_ids().len(), count);
                assert_eq!(request.nonce().is_some(), nonce.is_some());
                assert_eq!(request.cert_ids()[0].algorithm, HashAlgorithm::Sha1);
            }
            (other, count) => panic!("{count}: {other:?}"),
        }
    }
}

#[test]
fn nonces_of_no_length_are_refused() {
    let with = |nonce: &[u8]| {
        let request =
            OcspRequest::new(vec![asked(HashAlgorithm::Sha1, 1)], Some(Nonce::new(&[0xee; 100]).unwrap()))
                .unwrap();
        let der = request.encode();
        // The nonce is the last thing in the request: it is cut out and every length around it made anew.
        let wrap = |tag: u8, content: &[u8]| {
            let mut out = vec![tag];
            match content.len() {
                length @ 0..=127 => out.push(length as u8),
                length @ 128..=255 => out.extend([0x81, length as u8]),
                length => out.extend([0x82, (length >> 8) as u8, length as u8]),
            }
            out.extend_from_slice(content);
            out
        };
        let list_length = 2 + usize::from(der[7]);
        let list = &der[6..6 + list_length];
        let oid = [0x06, 9, 0x2b, 6, 1, 5, 5, 7, 0x30, 1, 2];
        let extension = wrap(0x30, &[&oid[..], &wrap(4, &wrap(4, nonce))].concat());
        let extensions = wrap(0xa2, &wrap(0x30, &extension));
        wrap(0x30, &wrap(0x30, &[list, &extensions[..]].concat()))
    };
    assert!(OcspRequest::decode(&with(&[1; 32])).is_ok());
    assert!(matches!(OcspRequest::decode(&with(&[])), Err(OcspError::Nonce(_))));
    assert!(matches!(OcspRequest::decode(&with(&[1; 129])), Err(OcspError::Nonce(_))));
}

#[test]
fn openssl_believes_a_delegated_responder() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, octets: &[u8]| std::fs::write(dir.path().join(name), octets).unwrap();
    let authority = certificate(1, 1, MtlsRole::Authority);
    write("ca.pem", pem::encode(pem::Label::Certificate, &authority).as_bytes());
    let number = format!("0x{}", serial(1));
    let ask = ["ocsp", "-issuer", "ca.pem", "-serial", &number, "-no_nonce", "-reqout", "q.der"];
    openssl(dir.path(), &ask).unwrap();
    let request = OcspRequest::decode(&std::fs::read(dir.path().join("q.der")).unwrap()).unwrap();
    assert!(request.cert_ids()[0].is_of(&issuer()));
    let revoked = CertStatus::Revoked { at: time(NOW - 5), reason: Some(Reason::KeyCompromise) };
    for (status, words) in
        [(CertStatus::Good, "good\n"), (revoked, "revoked\n"), (CertStatus::Unknown, "unknown\n")]
    {
        for by_issuer in [true, false] {
            let answer = response(request.cert_ids(), None, status, by_issuer).encode().unwrap();
            write("r.der", &answer);
            let judged = openssl(
                dir.path(),
                &[
                    "ocsp",
                    "-respin",
                    "r.der",
                    "-issuer",
                    "ca.pem",
                    "-serial",
                    &number,
                    "-CAfile",
                    "ca.pem",
                    "-no_nonce",
                    "-no_check_time",
                ],
            );
            let judged = judged.unwrap();
            assert!(judged.contains("Response verify OK"), "{judged}");
            assert!(judged.contains(words), "{judged}");
        }
    }
}
