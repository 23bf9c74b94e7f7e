//! Full and mtls certificates: who signs whom, what is linted away, and the vectors signed again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_sign::{
    Endless, Issuing, LocalSigner, Operational, PolicyFault, PrivateKey, SignError, SignRequest, Signer,
    SigningPolicy, certify, offline,
};
use drip_cert::{
    Certificate,
    full::{FullCertificate, FullTbs, KeyUsage},
    lint::LintError,
    lite::{LiteCertificate, LiteTbs},
    mtls::{MtlsRole, MtlsTbs, PkiUrls},
    x509::{CertError, CertTime, CertificateSerial, Subject},
};
use drip_det::{Det, DetClass, Hid, Level, UnixTime};
use serde_json::Value;
use zeroize::Zeroizing;

const NOW: UnixTime = UnixTime(1_795_000_000);
const DAY: u64 = 86_400;

fn key(seed: u8) -> PrivateKey {
    PrivateKey::from_seed(&Zeroizing::new([seed; 32]))
}

fn hid(raa: u16, hda: u16) -> Hid {
    Hid::from_numbers(raa, hda).unwrap()
}

fn level(at: Hid) -> Level {
    match (at.raa.value(), at.hda.is_reserved_to_raa()) {
        (0, _) => Level::Apex,
        (_, true) => Level::Raa,
        (_, false) => Level::Hda,
    }
}

fn subject(class: DetClass, at: Hid) -> Subject {
    match class {
        DetClass::Operational => Subject::Empty,
        class => Subject::Ca { level: level(at), class, hid: at },
    }
}

/// A Full certificate of the key `seed` at a place, valid for a day from now.
fn full(signer: &dyn Signer, seed: u8, at: Hid, class: DetClass) -> FullTbs {
    let hi = *key(seed).hi();
    FullTbs {
        serial: CertificateSerial::unpredictable([seed; 20]),
        issuer: signer.det(),
        not_before: CertTime::new(NOW).unwrap(),
        not_after: CertTime::new(UnixTime(NOW.0 + DAY)).unwrap(),
        subject: subject(class, at),
        hi,
        det: Det::derive(at, &hi),
        uri: None,
        hardware_module: None,
        key_usage: KeyUsage::Absent,
        policy: None,
    }
}

fn mtls(signer: &dyn Signer, seed: u8, at: Hid, role: MtlsRole) -> MtlsTbs {
    let full = full(signer, seed, at, DetClass::Operational);
    MtlsTbs {
        serial: full.serial,
        issuer: full.issuer,
        not_before: full.not_before,
        not_after: full.not_after,
        role,
        hi: full.hi,
        det: full.det,
        uri: None,
        hardware_module: None,
        pki: PkiUrls::NONE,
    }
}

/// Every pair of places, class of signer and role of child, against the table of the DKI written out by hand.
#[test]
fn who_may_certify_whom() {
    let (a, i, o) = (DetClass::Authorization, DetClass::Issuing, DetClass::Operational);
    let places = [
        hid(0, 0),
        hid(16376, 0),
        hid(16376, 4096),
        hid(16376, 10),
        hid(16376, 11),
        hid(16377, 0),
        hid(16377, 10),
    ];
    // Signer's place, class of the signer, child's place, role of the child.
    let allowed = [
        ((0, 0), a, (0, 0), i),
        ((0, 0), a, (16376, 0), a),
        ((0, 0), a, (16377, 0), a),
        ((0, 0), i, (0, 0), o),
        ((16376, 0), a, (16376, 0), i),
        ((16376, 0), a, (16376, 4096), i),
        ((16376, 0), a, (16376, 10), a),
        ((16376, 0), a, (16376, 11), a),
        ((16376, 0), i, (16376, 0), o),
        ((16376, 0), i, (16376, 4096), o),
        ((16376, 10), a, (16376, 10), i),
        ((16376, 10), i, (16376, 10), o),
    ];
    let own = |hid: Hid| (hid.raa.value(), hid.hda.value());
    for place in [hid(0, 0), hid(16376, 0), hid(16376, 10)] {
        let authorization = offline::ceremony(key(1), place, SigningPolicy::AUTHORIZATION).unwrap();
        let issuing = LocalSigner::<Issuing>::new(key(2), place, SigningPolicy::ISSUING).unwrap();
        for (class, signer) in [(a, &authorization as &dyn Signer), (i, &issuing)] {
            for child in places {
                let permitted = |role| allowed.contains(&(own(place), class, own(child), role));
                for role in [a, i, o] {
                    let certified = certify(signer, &full(signer, 9, child, role), NOW);
                    assert_eq!(
                        certified.is_ok(),
                        permitted(role),
                        "{role} at {child} by {class} at {place}: {certified:?}"
                    );
                }
                for (role, expected) in [
                    (MtlsRole::Authority, permitted(a) || permitted(i)),
                    (MtlsRole::EndEntity, permitted(o)),
                    (MtlsRole::OcspResponder, permitted(o)),
                ] {
                    let certified = certify(signer, &mtls(signer, 9, child, role), NOW);
                    assert_eq!(
                        certified.is_ok(),
                        expected,
                        "{role:?} at {child} by {class} at {place}: {certified:?}"
                    );
                    if let Ok(der) = certified {
                        assert_eq!(Certificate::parse(&der).unwrap().verify(signer.hi()), Ok(()));
                    }
                }
            }
        }
        let itself =
            certify(&authorization, &mtls(&authorization, 1, place, MtlsRole::Authority), NOW).unwrap();
        let read = Certificate::parse(&itself).unwrap();
        assert_eq!((read.issuer(), read.verify(authorization.hi())), (read.det(), Ok(())));
        let operational = LocalSigner::<Operational>::new(key(3), place).unwrap();
        let refused = certify(&operational, &mtls(&operational, 9, place, MtlsRole::EndEntity), NOW);
        assert!(matches!(
            refused,
            Err(SignError::Policy(PolicyFault::Class {
                class: DetClass::Operational,
                kind: "mtls certificate"
            }))
        ));
    }
}

#[test]
fn refusals_have_their_names() {
    let place = hid(16376, 10);
    let issuing = LocalSigner::<Issuing>::new(key(2), place, SigningPolicy::ISSUING).unwrap();
    let authority = certify(&issuing, &mtls(&issuing, 9, place, MtlsRole::Authority), NOW).unwrap_err();
    let child = Det::derive(place, key(9).hi());
    assert_eq!(
        authority,
        SignError::Policy(PolicyFault::Role { child, role: "an authority".into() }),
        "an Issuing key makes no authorities"
    );
    let authority = certify(&issuing, &full(&issuing, 9, place, DetClass::Issuing), NOW).unwrap_err();
    assert!(authority.to_string().contains("DRIP-HDA-I-16376-10"), "{authority}");
    let stranger = MtlsTbs { issuer: child, ..mtls(&issuing, 8, place, MtlsRole::EndEntity) };
    assert!(matches!(
        certify(&issuing, &stranger, NOW),
        Err(SignError::Policy(PolicyFault::NotParent { .. }))
    ));
    let late = CertTime::new(UnixTime(NOW.0 + 1000 * DAY)).unwrap();
    let long = FullTbs { not_after: late, ..full(&issuing, 9, place, DetClass::Operational) };
    assert!(matches!(certify(&issuing, &long, NOW), Err(SignError::Policy(PolicyFault::TooLong { .. }))));
}

/// A certificate that the reader takes but a rule forbids gets no signature.
#[test]
fn what_breaks_a_rule_is_not_signed() {
    let place = hid(16376, 10);
    let issuing = LocalSigner::<Issuing>::new(key(2), place, SigningPolicy::ISSUING).unwrap();
    let good = full(&issuing, 9, place, DetClass::Operational);
    let short = FullTbs { serial: CertificateSerial::from_random(1), ..good.clone() };
    let broken = |error: SignError| match error {
        SignError::Lint(LintError::Broken { broken, .. }) => {
            broken.into_iter().map(|lint| lint.name).collect::<Vec<_>>()
        }
        other => panic!("{other}"),
    };
    assert_eq!(broken(certify(&issuing, &short, NOW).unwrap_err()), ["serial-of-20-octets"]);
    let lite = LiteTbs {
        serial: CertificateSerial::unpredictable([1; 20]),
        issuer: good.issuer,
        not_before: good.not_before,
        not_after: good.not_after,
        subject: good.subject,
        hi: good.hi,
        det: good.det,
        uri: None,
        hardware_module: None,
    };
    assert_eq!(broken(certify(&issuing, &lite, NOW).unwrap_err()), ["serial-of-one-octet"]);
    // Octets of one profile under the name of another, and octets of none.
    let octets = good.encode().unwrap();
    for request in [
        SignRequest::LiteCertificate(octets.clone()),
        SignRequest::MtlsCertificate(octets.clone()),
        SignRequest::FullCertificate(octets[..octets.len() - 1].to_vec()),
    ] {
        assert!(matches!(issuing.sign(&request, NOW), Err(SignError::Certificate(_))), "{request:?}");
    }
    let trailing = SignRequest::FullCertificate([&octets[..], &[0]].concat());
    assert!(matches!(issuing.sign(&trailing, NOW), Err(SignError::Certificate(CertError::Der(_)))));
    assert!(issuing.sign(&SignRequest::FullCertificate(octets), NOW).is_ok());
}

fn entity(name: &str) -> Value {
    let manifest: Value =
        serde_json::from_str(include_str!("../../../testdata/chain/manifest.json")).unwrap();
    manifest["entities"][name].clone()
}

fn octets(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

/// The Full certificates of the vectors, signed again by signers under their own policies.
#[test]
fn the_vectors_again() {
    let names = [
        "apex-auth",
        "apex-issuing",
        "raa-auth",
        "raa-issuing",
        "hda-auth",
        "hda-issuing",
        "ua1",
        "usidmfr",
        "raa2-auth-self",
    ];
    for name in names {
        let child = entity(name);
        let parent = entity(child["parent"].as_str().unwrap());
        let key = PrivateKey::from_seed(&Zeroizing::new(octets(&parent["private_seed"]).try_into().unwrap()));
        let number = |key: &str| u16::try_from(parent[key].as_u64().unwrap()).unwrap();
        let place = hid(number("raa"), number("hda"));
        let signer: Box<dyn Signer> = if child["parent"].as_str().unwrap().contains("auth") {
            Box::new(offline::test_tree(key, place, SigningPolicy::AUTHORIZATION).unwrap())
        } else {
            let policy = SigningPolicy { endless: Endless::Allowed, ..SigningPolicy::ISSUING };
            Box::new(LocalSigner::<Issuing>::new(key, place, policy).unwrap())
        };
        let vector = octets(&child["certs"]["full"]["der_hex"]);
        let tbs = FullCertificate::parse(&vector).unwrap().tbs().clone();
        let signed = certify(signer.as_ref(), &tbs, tbs.not_before.to_unix()).unwrap();
        assert_eq!(hex::encode(signed), hex::encode(vector), "{name}");
        let lite = octets(&child["certs"]["lite"]["der_hex"]);
        let tbs = LiteCertificate::parse(&lite).unwrap().tbs().clone();
        assert_eq!(certify(signer.as_ref(), &tbs, tbs.not_before.to_unix()).unwrap(), lite, "{name}");
    }
}
