//! Trust lists and offline caches: who signs them, of what, for how long.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_sign::{
    Issuing, LocalSigner, Operational, PolicyFault, PrivateKey, SignError, SignRequest, Signer,
    SigningPolicy, endorse, offline, sign_cache, sign_trust_list,
};
use drip_det::{Det, DetClass, DripTime, Hid, UnixTime};
use drip_wire::cache::{Cache, Content, Scope};
use drip_wire::trust::{Role, TrustList, Trusted, TrustedFault};
use drip_wire::validity::Validity;
use drip_wire::{EndorsementBody, Fault};

const NOW: UnixTime = UnixTime(1_795_305_600);
const YEAR: u64 = 365 * 86_400;

fn hid(raa: u16, hda: u16) -> Hid {
    Hid::from_numbers(raa, hda).unwrap()
}

fn key(seed: u8) -> PrivateKey {
    PrivateKey::from_seed(&zeroize::Zeroizing::new([seed; 32]))
}

fn validity(seconds: u64) -> Validity {
    Validity::new(NOW, UnixTime(NOW.0 + seconds)).unwrap()
}

fn trusted(seed: u8, place: Hid) -> Trusted {
    let key = key(seed);
    Trusted { det: key.det(place), hi: *key.hi(), validity: None, role: Role::Registry }
}

fn list(issuer: Det, entry: Trusted, seconds: u64) -> TrustList {
    TrustList::new(issuer, 1, validity(seconds), vec![entry]).unwrap()
}

#[test]
fn a_trust_list_is_signed_by_an_raas_authorization_key_alone() {
    let place = hid(16376, 0);
    let authorization = offline::test_tree(key(1), place, SigningPolicy::AUTHORIZATION).unwrap();
    let entry = trusted(2, hid(16377, 0));
    let signed = sign_trust_list(&authorization, list(authorization.det(), entry, YEAR), NOW).unwrap();
    assert!(signed.verify(authorization.hi(), NOW).is_ok());

    let issuing = LocalSigner::<Issuing>::new(key(1), place, SigningPolicy::ISSUING).unwrap();
    let refused = sign_trust_list(&issuing, list(issuing.det(), entry, YEAR), NOW).unwrap_err();
    assert_eq!(
        refused,
        SignError::Policy(PolicyFault::Class { class: DetClass::Issuing, kind: "trust list" })
    );
    let operational = LocalSigner::<Operational>::new(key(1), place).unwrap();
    assert!(sign_trust_list(&operational, list(operational.det(), entry, YEAR), NOW).is_err());

    let refused = |list| sign_trust_list(&authorization, list, NOW).unwrap_err();
    let other = trusted(3, place).det;
    assert!(matches!(
        refused(list(other, entry, YEAR)),
        SignError::Policy(PolicyFault::NotParent { parent, .. }) if parent == other
    ));
    let hda = trusted(4, hid(16377, 10));
    assert!(matches!(
        refused(list(authorization.det(), hda, YEAR)),
        SignError::Policy(PolicyFault::TrustList(TrustedFault::NotAnRaa { .. }))
    ));
    assert!(matches!(
        refused(list(authorization.det(), trusted(5, place), YEAR)),
        SignError::Policy(PolicyFault::TrustList(TrustedFault::Itself { .. }))
    ));
    assert!(matches!(
        refused(list(authorization.det(), entry, 11 * YEAR)),
        SignError::Policy(PolicyFault::TooLong { .. })
    ));
    let hda_key = offline::test_tree(key(6), hid(16376, 10), SigningPolicy::AUTHORIZATION).unwrap();
    assert!(matches!(
        sign_trust_list(&hda_key, list(hda_key.det(), entry, YEAR), NOW),
        Err(SignError::Policy(PolicyFault::TrustList(TrustedFault::NotAnRaa { .. })))
    ));
}

#[test]
fn what_cannot_be_read_is_not_signed() {
    let place = hid(16376, 0);
    let authorization = offline::test_tree(key(1), place, SigningPolicy::AUTHORIZATION).unwrap();
    let issuing = LocalSigner::<Issuing>::new(key(2), place, SigningPolicy::ISSUING).unwrap();
    let mut octets = list(authorization.det(), trusted(2, hid(16377, 0)), YEAR).encode();
    octets.push(0);
    match authorization.sign(&SignRequest::TrustList(octets), NOW) {
        Err(SignError::TrustList(error)) => assert_eq!(error.fault, Fault::Trailing),
        other => panic!("{other:?}"),
    }
    let mut octets = cache(issuing.det(), Content::default(), YEAR).encode();
    octets.pop();
    match issuing.sign(&SignRequest::OfflineCache(octets), NOW) {
        Err(SignError::OfflineCache(error)) => assert_eq!(error.fault, Fault::Truncated),
        other => panic!("{other:?}"),
    }
}

fn cache(issuer: Det, content: Content, seconds: u64) -> Cache {
    Cache { issuer, sequence: 1, validity: validity(seconds), scope: Scope::default(), delta: None, content }
}

#[test]
fn a_cache_is_signed_by_an_issuing_key_of_what_is_below_it() {
    let hda = offline::test_tree(key(3), hid(16376, 10), SigningPolicy::AUTHORIZATION).unwrap();
    let issuing_key = key(4);
    let vnb = DripTime::from_unix(NOW).unwrap();
    let body = EndorsementBody {
        vnb,
        vna: DripTime(vnb.0 + 86_400),
        child: issuing_key.det(hid(16376, 10)),
        child_hi: *issuing_key.hi(),
        parent: hda.det(),
    };
    let content = Content::default().with_issuing(vec![endorse(&hda, body, NOW).unwrap()]);
    for place in [hid(0, 0), hid(16376, 0), hid(16376, 10)] {
        let signer = LocalSigner::<Issuing>::new(key(9), place, SigningPolicy::ISSUING).unwrap();
        let signed = sign_cache(&signer, cache(signer.det(), content.clone(), YEAR), NOW).unwrap();
        assert!(signed.verify(signer.hi(), NOW).is_ok());
    }
    for place in [hid(16377, 0), hid(16376, 11)] {
        let signer = LocalSigner::<Issuing>::new(key(9), place, SigningPolicy::ISSUING).unwrap();
        assert!(matches!(
            sign_cache(&signer, cache(signer.det(), content.clone(), YEAR), NOW),
            Err(SignError::Policy(PolicyFault::Scope { .. }))
        ));
        // With what is above it, nobody need take the signer's word.
        let raa = offline::test_tree(key(5), hid(16376, 0), SigningPolicy::AUTHORIZATION).unwrap();
        let above = EndorsementBody { child: hda.det(), child_hi: *hda.hi(), parent: raa.det(), ..body };
        let chained = content.clone().with_chains(vec![endorse(&raa, above, NOW).unwrap()]);
        assert!(sign_cache(&signer, cache(signer.det(), chained, YEAR), NOW).is_ok());
    }
    let authorization = offline::test_tree(key(1), hid(16376, 0), SigningPolicy::AUTHORIZATION).unwrap();
    assert!(matches!(
        sign_cache(&authorization, cache(authorization.det(), content.clone(), YEAR), NOW),
        Err(SignError::Policy(PolicyFault::Class { class: DetClass::Authorization, .. }))
    ));
    let signer = LocalSigner::<Issuing>::new(key(9), hid(16376, 0), SigningPolicy::ISSUING).unwrap();
    assert!(matches!(
        sign_cache(&signer, cache(authorization.det(), content.clone(), YEAR), NOW),
        Err(SignError::Policy(PolicyFault::NotParent { .. }))
    ));
    assert!(matches!(
        sign_cache(&signer, cache(signer.det(), content, 3 * YEAR), NOW),
        Err(SignError::Policy(PolicyFault::TooLong { .. }))
    ));
}
