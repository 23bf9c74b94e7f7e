//! Trust lists.

use crate::keys::{DAY, Key, NOW, validity};
use crate::laws::{kept, never_accepted};
use drip_det::UnixTime;
use drip_wire::Fault;
use drip_wire::cose::Sign1;
use drip_wire::trust::{Role, SignedTrustList, TrustList, TrustListError, Trusted, TrustedFault};

fn trusted(key: &Key) -> Trusted {
    Trusted { det: key.det, hi: key.hi, validity: None, role: Role::Registry }
}

fn list(issuer: &Key) -> TrustList {
    let (one, other) = (Key::new(2, 16377, 0), Key::new(3, 16377, 0));
    let entries = vec![
        Trusted { validity: Some(validity(NOW.0 - 300 * DAY, 365)), ..trusted(&one) },
        Trusted { validity: Some(validity(NOW.0, 365)), ..trusted(&other) },
        Trusted { role: Role::Bridge, ..trusted(&Key::new(4, 16378, 0)) },
    ];
    TrustList::new(issuer.det, 7, validity(NOW.0, 90), entries).unwrap()
}

fn signed(issuer: &Key, list: TrustList) -> SignedTrustList {
    let signature = issuer.sign(&list.envelope().to_be_signed(b""));
    list.sign_with(signature)
}

#[test]
fn keeps_the_laws() {
    let issuer = Key::new(1, 16376, 0);
    kept(&list(&issuer), TrustList::encode, TrustList::decode);
    let octets = signed(&issuer, list(&issuer)).encode();
    assert_eq!(SignedTrustList::decode(&octets).unwrap().encode(), octets);
}

#[test]
fn only_the_issuer_and_only_in_time() {
    let issuer = Key::new(1, 16376, 0);
    let signed_list = signed(&issuer, list(&issuer));
    assert_eq!(signed_list.verify(&issuer.hi, NOW), Ok(&list(&issuer)));
    let end = UnixTime(NOW.0 + 90 * DAY);
    assert!(signed_list.verify(&issuer.hi, end).is_ok(), "the last second");
    let after = UnixTime(end.0 + 1);
    assert_eq!(signed_list.verify(&issuer.hi, after), Err(TrustListError::Expired(end)));
    let before = UnixTime(NOW.0 - 1);
    assert_eq!(signed_list.verify(&issuer.hi, before), Err(TrustListError::NotYetValid(NOW)));
    let foreign = Key::new(9, 16376, 0);
    assert!(matches!(signed_list.verify(&foreign.hi, NOW), Err(TrustListError::Signature(_))));
    assert!(matches!(
        signed(&foreign, list(&issuer)).verify(&issuer.hi, NOW),
        Err(TrustListError::Signature(_))
    ));
}

#[test]
fn no_damage_is_accepted() {
    let issuer = Key::new(1, 16376, 0);
    let octets = signed(&issuer, list(&issuer)).encode();
    never_accepted(&octets, |octets| {
        SignedTrustList::decode(octets).is_ok_and(|list| list.verify(&issuer.hi, NOW).is_ok())
    });
}

#[test]
fn envelope_and_list_name_one_issuer_and_one_kind() {
    let issuer = Key::new(1, 16376, 0);
    let other = Key::new(5, 16376, 0);
    let mut envelope = list(&issuer).envelope();
    envelope.kid = other.det;
    let signature = other.sign(&envelope.to_be_signed(b""));
    let error = SignedTrustList::decode(&envelope.sign_with(signature).encode()).unwrap_err();
    assert_eq!(error, TrustListError::OtherSigner { issuer: issuer.det, signer: other.det });
    let mut envelope = list(&issuer).envelope();
    envelope.content_type = None;
    let error = SignedTrustList::decode(&envelope.sign_with([0; 64]).encode()).unwrap_err();
    assert!(matches!(error, TrustListError::OtherContent(_)));
}

#[test]
fn entries_are_raas_with_their_own_keys() {
    let issuer = Key::new(1, 16376, 0);
    let fault = |issuer: &Key, entry: Trusted| {
        let list = TrustList::new(issuer.det, 1, validity(NOW.0, 1), vec![entry]).unwrap();
        signed(issuer, list).verify(&issuer.hi, NOW).unwrap_err()
    };
    let hda = Key::new(2, 16377, 10);
    assert_eq!(fault(&issuer, trusted(&hda)), TrustListError::Entry(TrustedFault::NotAnRaa { det: hda.det }));
    let raa = Key::new(2, 16377, 0);
    let swapped = Trusted { hi: Key::new(3, 16377, 0).hi, ..trusted(&raa) };
    assert!(matches!(fault(&issuer, swapped), TrustListError::Entry(TrustedFault::Key { .. })));
    let own = Key::new(6, 16376, 0);
    assert_eq!(fault(&issuer, trusted(&own)), TrustListError::Entry(TrustedFault::Itself { det: own.det }));
    let apex = Key::new(7, 0, 0);
    assert!(matches!(fault(&issuer, trusted(&apex)), TrustListError::Entry(TrustedFault::NotAnRaa { .. })));
    let hda_issuer = Key::new(8, 16376, 10);
    assert_eq!(
        fault(&hda_issuer, trusted(&raa)),
        TrustListError::Entry(TrustedFault::NotAnRaa { det: hda_issuer.det })
    );
}

#[test]
fn one_order_only() {
    let issuer = Key::new(1, 16376, 0);
    let list = list(&issuer);
    assert!(list.trusted().is_sorted_by_key(|entry| entry.det));
    // The same entry twice.
    let once =
        TrustList::new(issuer.det, 1, validity(NOW.0, 1), vec![trusted(&Key::new(2, 16377, 0))]).unwrap();
    let octets = once.encode();
    let place = octets.windows(2).position(|pair| pair == [0x81, 0xa2]).unwrap();
    let mut twice = octets.clone();
    twice[place] = 0x82;
    twice.extend_from_slice(&octets[place + 1..]);
    assert_eq!(TrustList::decode(&twice).unwrap_err().fault, Fault::NotDeterministic);
    assert!(TrustList::new(issuer.det, 1, validity(NOW.0, 1), Vec::new()).is_err());
    assert!(!Sign1::is_one(&octets));
}
