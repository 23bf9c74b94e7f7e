//! Revocation lists in a ceremony: signed as asked for or not at all, and nothing but whole lists of the signer's own.

use crate::world::{DAY, NOW, YEAR, answer, hid, key, request, review, signer, until};
use dime_sign::ceremony::{AnswerError, Item, ItemFault, Refusal, Request, Signed, Terms};
use dime_sign::{PolicyFault, SignError, SigningPolicy, offline};
use drip_cert::crl::{Crl, CrlNumber, CrlTbs, Entry, Reason, Scope};
use drip_cert::x509::{CertTime, CertificateSerial};
use drip_det::{Hid, UnixTime};

const RAA: fn() -> Hid = || hid(16376, 0);

fn time(at: UnixTime) -> CertTime {
    CertTime::new(at).unwrap()
}

/// A list of one revoked certificate, by the Authorization key of seed 1.
fn list() -> CrlTbs {
    let issuer = key(1).det(RAA());
    let entry = Entry {
        issuer,
        serial: CertificateSerial::new(&[0x42; 20]).unwrap(),
        revoked_at: time(NOW),
        reason: Some(Reason::KeyCompromise),
        invalid_since: None,
    };
    CrlTbs {
        issuer,
        this_update: time(NOW),
        next_update: time(until(90 * DAY)),
        number: CrlNumber(7),
        base: None,
        scope: Scope::Whole,
        freshest: None,
        entries: vec![entry],
    }
}

fn item(list: &CrlTbs) -> Item {
    Item::RevocationList { to_be_signed: list.encode().unwrap(), reference: "our list".into() }
}

fn asked(list: &CrlTbs) -> Request {
    request(RAA(), vec![item(list)])
}

fn refusal(list: &CrlTbs, terms: Terms) -> Refusal {
    let request = asked(list);
    let signer = signer(RAA());
    let review = review(&request, &signer, terms);
    review.findings()[0].refusal().expect("it is refused").clone()
}

#[test]
fn a_list_is_shown_signed_and_verified() {
    let request = asked(&list());
    let lines = request.items[0].describe();
    assert!(
        lines.iter().any(|(name, value)| *name == "revoked"
            && value.starts_with(&"42".repeat(20))
            && value.ends_with("(keyCompromise)")),
        "{lines:?}"
    );
    let answer = answer(&Request::decode(&request.encode().unwrap()).unwrap());
    answer.verify(&request).unwrap();
    let Signed::RevocationList(der) = &answer.items[0] else { panic!("{answer:?}") };
    let signed = Crl::parse(der).unwrap();
    signed.verify(key(1).hi()).unwrap();
    assert_eq!(signed.tbs(), &list());
}

#[test]
fn an_answer_with_another_list_does_not_answer() {
    let request = asked(&list());
    let mut shorter = list();
    shorter.entries.clear();
    let mut other = answer(&asked(&shorter));
    other.request = request.digest();
    let AnswerError::Item { number: 1, fault } = other.verify(&request).unwrap_err() else { panic!() };
    assert_eq!(*fault, ItemFault::OtherRevocationList);

    let mut forged = answer(&request);
    let Signed::RevocationList(der) = &mut forged.items[0] else { panic!() };
    *der.last_mut().unwrap() ^= 1;
    let AnswerError::Item { fault, .. } = forged.verify(&request).unwrap_err() else { panic!() };
    assert!(matches!(*fault, ItemFault::RevocationListSignature(_)), "{fault}");
}

#[test]
fn only_whole_lists_of_its_own_are_signed() {
    let delta = CrlTbs { base: Some(CrlNumber(3)), ..list() };
    let indirect = CrlTbs { scope: Scope::Indirect(None), ..list() };
    let part = CrlTbs { scope: Scope::Point("https://a.example/1.crl".into()), ..list() };
    for partial in [delta, indirect, part] {
        assert_eq!(refusal(&partial, Terms::default()), Refusal::PartialList);
    }
    let other = key(2).det(RAA());
    let mut foreign = CrlTbs { issuer: other, ..list() };
    foreign.entries[0].issuer = other;
    let refused = refusal(&foreign, Terms::default());
    assert!(
        matches!(refused, Refusal::Signer(SignError::Policy(PolicyFault::NotParent { .. }))),
        "{refused}"
    );
    // What cannot be decoded to the last octet is not signed.
    let whole = list().encode().unwrap();
    for octets in [whole[..whole.len() - 1].to_vec(), [&whole[..], &[0]].concat(), vec![1, 2, 3]] {
        let request =
            request(RAA(), vec![Item::RevocationList { to_be_signed: octets, reference: "x".into() }]);
        let signer = signer(RAA());
        let review = review(&request, &signer, Terms::default());
        assert!(matches!(review.findings()[0].refusal(), Some(Refusal::Signer(SignError::Crl(_)))));
    }
    let twice = request(RAA(), vec![item(&list()), item(&CrlTbs { number: CrlNumber(8), ..list() })]);
    let signer = signer(RAA());
    let review = review(&twice, &signer, Terms::default());
    assert_eq!(review.findings()[1].refusal(), Some(&Refusal::Repeated { number: 1 }));
}

#[test]
fn a_list_is_in_time_and_never_shortened() {
    let lasting = |seconds| CrlTbs { next_update: time(until(seconds)), ..list() };
    let policy = |refusal| match refusal {
        Refusal::Signer(SignError::Policy(fault)) => fault,
        other => panic!("{other}"),
    };
    assert!(matches!(policy(refusal(&lasting(401 * DAY), Terms::default())), PolicyFault::TooLong { .. }));
    let earlier = Terms { not_after: Some(until(30 * DAY)), ..Terms::default() };
    assert!(matches!(refusal(&list(), earlier), Refusal::LateList { .. }));

    let ending = SigningPolicy { authority_ends: Some(until(89 * DAY)), ..SigningPolicy::AUTHORIZATION };
    let signer = offline::ceremony(key(1), RAA(), ending).unwrap();
    let request = asked(&list());
    let review = review(&request, &signer, Terms::default());
    assert!(matches!(review.findings()[0].refusal(), Some(Refusal::LateList { .. })));

    // The offline clock may be some minutes behind, but not a day.
    let after = |seconds| {
        let mut later = CrlTbs { this_update: time(until(seconds)), ..list() };
        later.next_update = time(until(seconds + DAY));
        later
    };
    let minutes = asked(&after(600));
    answer(&minutes).verify(&minutes).unwrap();
    assert!(matches!(policy(refusal(&after(DAY), Terms::default())), PolicyFault::Future { .. }));
}

#[test]
fn signatures_are_counted() {
    use crate::world::{authority, item as authority_item};
    use drip_det::{DetClass, Level};
    let full = authority(2, Level::Raa, DetClass::Issuing, RAA());
    let mut lite = authority(3, Level::Hda, DetClass::Authorization, hid(16376, 10));
    lite.profiles = dime_sign::ceremony::Profiles::LITE;
    let mut refused = authority(4, Level::Hda, DetClass::Authorization, hid(16376, 11));
    refused.not_after = until(11 * YEAR);
    let items = vec![authority_item(full), authority_item(lite), authority_item(refused), item(&list())];
    let request = request(RAA(), items);
    let signer = signer(RAA());
    let review = review(&request, &signer, Terms::default());
    assert_eq!((review.refused(), review.signatures()), (1, 4 + 2 + 1));
}

/// The registry asks for at most what the signer signs: one constant says how long ten years are.
#[test]
fn ten_years_are_signed_and_a_second_more_is_not() {
    use crate::world::{authority, item as authority_item};
    use drip_det::{DetClass, Level};
    let longest = SigningPolicy::AUTHORIZATION.max_lifetime;
    assert_eq!(longest, dime_sign::TEN_YEARS);
    for (more, refused) in [(0, 0), (1, 1)] {
        let mut hda = authority(3, Level::Hda, DetClass::Authorization, hid(16376, 10));
        hda.not_after = until(longest + more);
        let request = request(RAA(), vec![authority_item(hda)]);
        let signer = signer(RAA());
        assert_eq!(review(&request, &signer, Terms::default()).refused(), refused);
    }
}
