//! Native C509 certificates: the signer reads what it signs, and holds it to the same rules as their X.509 counterparts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_sign::{
    Authorization, Issuing, LocalSigner, Operational, PolicyFault, PrivateKey, SignError, SignRequest,
    Signer, SigningPolicy, certify, certify_native, offline,
};
use drip_cert::{
    c509::{C509Certificate, C509Error, C509Kind, NativeCertificate, NativeTbs},
    full::{FullTbs, KeyUsage},
    lite::LiteTbs,
    x509::{CertTime, CertificateSerial, Profile, Subject, Tbs},
};
use drip_det::{Det, DetClass, Hid, Level, UnixTime};
use zeroize::Zeroizing;

const NOW: UnixTime = UnixTime(1_795_000_000);
const DAY: u64 = 86_400;

fn key(seed: u8) -> PrivateKey {
    PrivateKey::from_seed(&Zeroizing::new([seed; 32]))
}

fn place() -> Hid {
    Hid::from_numbers(16376, 16376).unwrap()
}

fn authorization() -> LocalSigner<Authorization> {
    offline::ceremony(key(1), place(), SigningPolicy::AUTHORIZATION).unwrap()
}

fn issuing() -> LocalSigner<Issuing> {
    LocalSigner::<Issuing>::new(key(2), place(), SigningPolicy::ISSUING).unwrap()
}

fn lite(signer: &dyn Signer, subject: Subject) -> LiteTbs {
    let hi = *key(3).hi();
    LiteTbs {
        serial: CertificateSerial::from_random(7),
        issuer: signer.det(),
        not_before: CertTime::new(NOW).unwrap(),
        not_after: CertTime::new(UnixTime(NOW.0 + DAY)).unwrap(),
        subject,
        hi,
        det: Det::derive(place(), &hi),
        uri: Some("https://hda.example.com".into()),
        hardware_module: None,
    }
}

fn full(signer: &dyn Signer) -> FullTbs {
    let lite = lite(signer, Subject::Empty);
    FullTbs {
        serial: CertificateSerial::unpredictable([9; 20]),
        issuer: lite.issuer,
        not_before: lite.not_before,
        not_after: lite.not_after,
        subject: lite.subject,
        hi: lite.hi,
        det: lite.det,
        uri: None,
        hardware_module: None,
        key_usage: KeyUsage::Present,
        policy: None,
    }
}

fn signed<T: Tbs>(signer: &dyn Signer, tbs: &T) {
    let made = certify_native(signer, tbs, NOW).unwrap();
    let read = NativeCertificate::<T>::parse(&made).unwrap();
    assert_eq!(read.tbs(), tbs);
    assert_eq!(read.verify(signer.hi()), Ok(()));
    assert!(read.is_valid_at(NOW) && !read.is_valid_at(UnixTime(NOW.0 + DAY + 1)));
    assert_eq!(read.octets(), made);
}

#[test]
fn end_entities_by_issuing_keys_and_authorities_by_authorization_keys() {
    let issuer = issuing();
    signed(&issuer, &lite(&issuer, Subject::Empty));
    signed(&issuer, &full(&issuer));
    let authority = authorization();
    signed(
        &authority,
        &lite(&authority, Subject::Ca { level: Level::Hda, class: DetClass::Issuing, hid: place() }),
    );
}

fn refused(signer: &dyn Signer, tbs: &LiteTbs) -> SignError {
    let native = certify_native(signer, tbs, NOW).unwrap_err();
    assert_eq!(native, certify(signer, tbs, NOW).unwrap_err().named(&native), "as the X.509 certificate");
    native
}

/// The kind of object is the only difference between the refusals.
trait Named {
    fn named(self, like: &SignError) -> SignError;
}

impl Named for SignError {
    fn named(self, like: &SignError) -> SignError {
        match (&self, like) {
            (
                SignError::Policy(PolicyFault::Class { class, .. }),
                SignError::Policy(PolicyFault::Class { kind, .. }),
            ) => SignError::Policy(PolicyFault::Class { class: *class, kind }),
            _ => self,
        }
    }
}

#[test]
fn the_policy_is_that_of_x509_certificates() {
    let (issuer, authority) = (issuing(), authorization());
    let good = lite(&issuer, Subject::Empty);
    let ca = Subject::Ca { level: Level::Hda, class: DetClass::Issuing, hid: place() };
    let policy = |error| match error {
        SignError::Policy(fault) => fault,
        other => panic!("{other}"),
    };
    assert!(matches!(policy(refused(&issuer, &lite(&issuer, ca))), PolicyFault::Role { .. }));
    assert!(matches!(policy(refused(&authority, &good)), PolicyFault::NotParent { .. }));
    let operational = LocalSigner::<Operational>::new(key(4), place()).unwrap();
    assert!(matches!(
        policy(refused(&operational, &lite(&operational, Subject::Empty))),
        PolicyFault::Class { kind: "native C509 certificate", .. }
    ));
    let long = LiteTbs { not_after: CertTime::new(UnixTime(NOW.0 + 3000 * DAY)).unwrap(), ..good.clone() };
    assert!(matches!(policy(refused(&issuer, &long)), PolicyFault::TooLong { .. }));
    let over = LiteTbs {
        not_before: CertTime::new(UnixTime(NOW.0 - DAY / 2)).unwrap(),
        not_after: CertTime::new(UnixTime(NOW.0 - 1)).unwrap(),
        ..good
    };
    assert!(matches!(policy(refused(&issuer, &over)), PolicyFault::Expired { .. }));
}

#[test]
fn what_cannot_be_read_is_not_signed() {
    let issuer = issuing();
    let native = NativeTbs::of_tbs(&lite(&issuer, Subject::Empty).encode().unwrap()).unwrap();
    let items = native.octets();
    assert_eq!(native.profile(), Ok(Profile::Lite));
    let ask = |items: &[u8]| issuer.sign(&SignRequest::C509Certificate(items.to_vec()), NOW);
    assert!(ask(items).is_ok());
    for length in 0..items.len() {
        assert!(
            matches!(ask(&items[..length]), Err(SignError::C509(error)) if error.is_truncated()),
            "{length}"
        );
    }
    assert!(matches!(ask(&[items, &[0]].concat()), Err(SignError::C509(C509Error::Cbor(_)))));
    // The array around the items is not what is signed, nor are re-encoded items.
    assert!(ask(&native.assemble(&[0; 64])).is_err());
    let mut reencoded = items.to_vec();
    reencoded[0] = 3;
    let expected = C509Error::Kind { expected: C509Kind::Native, found: C509Kind::Reencoded };
    assert_eq!(ask(&reencoded), Err(SignError::C509(expected)));
    // No flipped bit gets a signature for another parent, child, role or an unreadable thing.
    for bit in 0..items.len() * 8 {
        let mut changed = items.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        if ask(&changed).is_ok() {
            let read = NativeTbs::decode(&changed).unwrap();
            let tbs = LiteTbs::decode(read.x509()).unwrap();
            assert_eq!((tbs.issuer, tbs.subject), (issuer.det(), Subject::Empty));
            assert_eq!(tbs.det, Det::derive(place(), &tbs.hi));
        }
    }
    // A certificate of DER asked for as native, and a native one asked for as DER.
    let der = lite(&issuer, Subject::Empty).encode().unwrap();
    assert!(matches!(ask(&der), Err(SignError::C509(_))));
    assert!(issuer.sign(&SignRequest::LiteCertificate(items.to_vec()), NOW).is_err());
}

#[test]
fn the_x509_certificate_beside_it_says_the_same() {
    let issuer = issuing();
    let tbs = lite(&issuer, Subject::Empty);
    let x509 = C509Certificate::of_x509(&certify(&issuer, &tbs, NOW).unwrap()).unwrap();
    let native = C509Certificate::decode(&certify_native(&issuer, &tbs, NOW).unwrap()).unwrap();
    assert_eq!(x509.octets().len(), native.octets().len());
    assert_eq!(native.native().unwrap().x509(), x509.to_be_signed());
}
