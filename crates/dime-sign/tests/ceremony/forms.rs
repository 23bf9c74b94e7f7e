//! The three forms: decode and encode are inverse, every prefix is cut short, every appended octet is too many, and sizes are capped.

use crate::world::{NOW, answer, authority, hid, item, key, request, until};
use dime_sign::ceremony::{
    Answer, AuthorityObjects, Bundle, DigestWords, Form, FormError, FormFault, Include, Item, MAX_ITEMS,
    MAX_REQUEST, PkiUrls, Profiles, Request, Signed,
};
use drip_cbor::CborFault;
use drip_cert::full::Policies;
use drip_det::{Det, DetClass, Level};

/// A request with an item of each kind.
fn full_request() -> Request {
    let raa = hid(16376, 0);
    let mut with_urls = authority(2, Level::Raa, DetClass::Issuing, raa);
    with_urls.pki = Some(PkiUrls { crl: Some("https://a.example/1.crl".into()), ..PkiUrls::NONE });
    with_urls.profiles = Profiles { full: Include::Yes, mtls: Include::No };
    let mut bare = authority(3, Level::Hda, DetClass::Authorization, hid(16376, 10));
    bare.uri = None;
    bare.profiles = Profiles::LITE;
    bare.policies = Policies { raa: Some("1.3.27.16.2.1".parse().unwrap()), hda: None };
    bare.reference = String::new();
    let other = hid(16377, 0);
    let cross = Item::CrossEndorsement {
        det: key(4).det(other),
        hi: *key(4).hi(),
        not_before: NOW,
        not_after: until(86_400),
        reference: "Grüße, 東京".into(),
    };
    let list = Item::TrustList { payload: vec![1, 2, 3], reference: "list".into() };
    let revoked = Item::RevocationList { to_be_signed: vec![4, 5], reference: "revoked".into() };
    request(raa, vec![item(with_urls), item(bare), cross, list, revoked])
}

fn bundle() -> Bundle {
    let hi = *key(1).hi();
    let hid = hid(16376, 0);
    let authority = AuthorityObjects {
        level: Level::Raa,
        class: DetClass::Authorization,
        hid,
        hi,
        parent: Det::derive(hid, &hi),
        endorsement: [9; 136],
        lite: vec![1; 300],
        full: None,
        mtls: Some(vec![2; 400]),
    };
    Bundle { authorities: vec![authority.clone(), authority] }
}

/// The laws of a codec for one value's octets.
fn laws<T: PartialEq + core::fmt::Debug>(
    octets: &[u8],
    value: &T,
    decode: impl Fn(&[u8]) -> Result<T, FormError>,
    encode: impl Fn(&T) -> Result<Vec<u8>, FormError>,
) {
    assert_eq!(&decode(octets).unwrap(), value);
    assert_eq!(encode(value).unwrap(), octets);
    for end in 0..octets.len() {
        let fault = decode(&octets[..end]).unwrap_err().fault;
        assert_eq!(fault, FormFault::Cbor(CborFault::Truncated), "the first {end} octets");
    }
    for octet in 0..=255 {
        let longer = [octets, &[octet]].concat();
        assert_eq!(decode(&longer).unwrap_err().fault, FormFault::Cbor(CborFault::Trailing));
    }
    for at in 0..octets.len() {
        for bit in 0..8 {
            let mut changed = octets.to_vec();
            changed[at] ^= 1 << bit;
            if let Ok(other) = decode(&changed) {
                assert_eq!(encode(&other).unwrap(), changed, "octet {at}, bit {bit}");
            }
        }
    }
}

#[test]
fn the_laws_of_a_request() {
    let request = full_request();
    laws(&request.encode().unwrap(), &request, Request::decode, Request::encode);
}

/// What is so without being said is not said, so that every request has one form; and a policy is an object identifier.
#[test]
fn policies_that_are_none() {
    let mut asked = authority(3, Level::Hda, DetClass::Authorization, hid(16376, 10));
    asked.policies = Policies { raa: Some("1.3.27.16.2.1".parse().unwrap()), hda: None };
    let good = request(hid(16376, 0), vec![item(asked)]).encode().unwrap();
    let ours = b"\x6d1.3.27.16.2.1\x60";
    let at = good.len() - ours.len();
    assert_eq!(&good[at..], ours);
    let fault = |policies: &[u8]| Request::decode(&[&good[..at], policies].concat()).unwrap_err().fault;
    assert_eq!(fault(b"\x711.3.27.16.1.1.0.1\x711.3.27.16.1.1.0.2"), FormFault::Usual);
    for policy in [&b"\x6d1.3.27.16.two\x60"[..], b"\x6e1.3.27.16.02.1\x60", b"\x611\x60", b"\x60\x639.9"] {
        let found = fault(policy);
        assert!(matches!(found, FormFault::ObjectIdentifier | FormFault::Cbor(_)), "{found}");
    }
}

#[test]
fn the_laws_of_an_answer() {
    let request = full_request();
    let mut answer = answer(&request);
    assert!(matches!(answer.items[3], Signed::Refused { .. }), "three octets are no trust list");
    answer.items.push(Signed::TrustList(vec![5; 40]));
    laws(&answer.encode().unwrap(), &answer, Answer::decode, Answer::encode);
}

#[test]
fn the_laws_of_a_bundle() {
    let bundle = bundle();
    laws(&bundle.encode().unwrap(), &bundle, Bundle::decode, Bundle::encode);
}

#[test]
fn one_form_is_not_another_and_versions_are_named() {
    let octets = full_request().encode().unwrap();
    let error = Answer::decode(&octets).unwrap_err();
    assert_eq!(error.fault, FormFault::OtherForm(Answer::FORM));
    let mut newer = octets;
    let version = 2 + Request::FORM.len();
    assert_eq!(newer[version - 1..=version], [b't', 1]);
    newer[version] = 2;
    assert_eq!(Request::decode(&newer).unwrap_err().fault, FormFault::Version(2));
}

#[test]
fn sizes_are_capped() {
    let large = vec![0; MAX_REQUEST + 1];
    let fault = Request::decode(&large).unwrap_err().fault;
    assert_eq!(fault, FormFault::TooMany { found: MAX_REQUEST as u64 + 1, most: MAX_REQUEST as u64 });

    let small = Item::TrustList { payload: vec![1], reference: String::new() };
    let by = hid(16376, 0);
    assert!(request(by, vec![small.clone(); MAX_ITEMS]).encode().is_ok());
    let fault = request(by, vec![small; MAX_ITEMS + 1]).encode().unwrap_err().fault;
    assert_eq!(fault, FormFault::TooMany { found: 1001, most: 1000 });
    assert_eq!(request(by, Vec::new()).encode().unwrap_err().fault, FormFault::Empty);

    // A count that no octets follow is refused before anything is reserved for it.
    let mut octets =
        request(by, vec![Item::TrustList { payload: vec![1], reference: "x".into() }]).encode().unwrap();
    let items = octets.len() - 7;
    assert_eq!(octets[items], 0x81);
    octets.splice(items..=items, [0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    let fault = Request::decode(&octets).unwrap_err().fault;
    assert!(matches!(fault, FormFault::TooMany { most: 1000, .. }), "{fault}");
}

#[test]
fn texts_that_would_change_what_an_operator_sees_are_refused() {
    let with = |reference: &str| {
        let item = Item::TrustList { payload: vec![1], reference: reference.into() };
        request(hid(16376, 0), vec![item]).encode().map_err(|error| error.fault)
    };
    assert!(with("Grüße aus 東京, \"quoted\" \\ it's").is_ok());
    for (text, code) in [
        ("a\u{1b}[2Jb", 0x1b),
        ("line\nbreak", 0x0a),
        ("right\u{202e}left", 0x202e),
        ("zero\u{200b}width", 0x200b),
    ] {
        assert_eq!(with(text).unwrap_err(), FormFault::Unprintable(code), "{text:?}");
    }
    let fault = with(&"x".repeat(501)).unwrap_err();
    assert_eq!(fault, FormFault::TooMany { found: 501, most: 500 });
}

#[test]
fn words_are_those_of_the_octets() {
    let request = full_request();
    assert_eq!(request.words(), DigestWords::of_octets(&request.encode().unwrap()));
    assert_eq!(request.words().to_string().split(' ').count(), 8);
    let mut other = request.clone();
    other.id[15] ^= 1;
    assert_ne!(request.words(), other.words());
    assert_ne!(request.digest(), other.digest());
}

#[test]
fn forms_are_told_apart() {
    let request = full_request();
    let answer = answer(&request);
    let bundle = bundle();
    let octets = [request.encode().unwrap(), answer.encode().unwrap(), bundle.encode().unwrap()];
    let forms = [Form::Request(request), Form::Answer(answer), Form::Bundle(bundle)];
    for (octets, form) in octets.iter().zip(forms) {
        assert!(Form::is_one(octets) && Form::is_one(&octets[..60]));
        assert_eq!(Form::decode(octets).unwrap(), form);
        assert_eq!(form.words(), DigestWords::of_octets(octets));
    }
    // An HHIT record is an array of three, too.
    assert!(!Form::is_one(&[0x83, 0x0a, 0x69]));
    assert!(!Form::is_one(b""));
    assert!(Form::decode(b"").is_err());
}
