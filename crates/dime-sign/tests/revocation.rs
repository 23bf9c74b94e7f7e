//! Who signs revocation lists and status responses, about whom, and for how long.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_sign::{
    Issuing, LocalSigner, Operational, PolicyFault, PrivateKey, SignError, SignRequest, Signer,
    SigningPolicy, answer_status, list_revoked, offline,
};
use drip_cert::{
    crl::{Crl, CrlNumber, CrlTbs, Entry, Scope},
    lite::{CertTime, CertificateSerial},
    ocsp::{CertId, CertStatus, HashAlgorithm, Issuer, ResponderId, ResponseTbs, SingleResponse},
};
use drip_det::{Det, Hid, UnixTime};
use zeroize::Zeroizing;

const NOW: UnixTime = UnixTime(1_795_000_000);
const DAY: u64 = 86_400;

fn key(seed: u8) -> PrivateKey {
    PrivateKey::from_seed(&Zeroizing::new([seed; 32]))
}

fn hid(raa: u16, hda: u16) -> Hid {
    Hid::from_numbers(raa, hda).unwrap()
}

fn issuing(seed: u8, at: Hid) -> LocalSigner<Issuing> {
    LocalSigner::<Issuing>::new(key(seed), at, SigningPolicy::ISSUING).unwrap()
}

fn time(seconds: u64) -> CertTime {
    CertTime::new(UnixTime(seconds)).unwrap()
}

fn serial() -> CertificateSerial {
    CertificateSerial::new(&[0x42; 20]).unwrap()
}

fn list(issuer: Det, about: &[Det]) -> CrlTbs {
    let entry = |issuer: &Det| Entry {
        issuer: *issuer,
        serial: serial(),
        revoked_at: time(NOW.0 - 1),
        reason: None,
        invalid_since: None,
    };
    let scope = if about == [issuer] { Scope::Whole } else { Scope::Indirect(None) };
    let mut tbs = CrlTbs {
        issuer,
        this_update: time(NOW.0),
        next_update: time(NOW.0 + DAY),
        number: CrlNumber(7),
        base: None,
        scope,
        freshest: None,
        entries: about.iter().map(entry).collect(),
    };
    tbs.sort();
    tbs
}

fn response(responder: ResponderId, about: &Issuer) -> ResponseTbs {
    let cert_id = CertId::new(about, HashAlgorithm::Sha256, serial()).unwrap();
    let status = CertStatus::Good;
    let single =
        SingleResponse { cert_id, status, this_update: time(NOW.0), next_update: Some(time(NOW.0 + 600)) };
    ResponseTbs { responder, produced_at: time(NOW.0), responses: vec![single], nonce: None }
}

fn policy(error: SignError) -> PolicyFault {
    match error {
        SignError::Policy(fault) => fault,
        other => panic!("{other}"),
    }
}

#[test]
fn an_issuer_lists_its_own_certificates() {
    let hda = issuing(1, hid(16376, 10));
    let der = list_revoked(&hda, &list(hda.det(), &[hda.det()]), NOW).unwrap();
    assert_eq!(Crl::parse(&der).unwrap().verify(hda.hi()), Ok(()));
    let authorization = offline::ceremony(key(2), hid(16376, 10), SigningPolicy::AUTHORIZATION).unwrap();
    assert!(list_revoked(&authorization, &list(authorization.det(), &[authorization.det()]), NOW).is_ok());
    let operational = LocalSigner::<Operational>::new(key(3), hid(16376, 10)).unwrap();
    let refused = list_revoked(&operational, &list(operational.det(), &[operational.det()]), NOW);
    assert!(matches!(policy(refused.unwrap_err()), PolicyFault::Class { .. }));
    let refused = list_revoked(&hda, &list(authorization.det(), &[authorization.det()]), NOW);
    assert!(matches!(policy(refused.unwrap_err()), PolicyFault::NotParent { .. }));
}

#[test]
fn only_an_raa_lists_for_others_and_only_its_own() {
    let (raa, hda, apex) = (issuing(1, hid(16376, 0)), issuing(2, hid(16376, 10)), issuing(3, hid(0, 0)));
    let elsewhere = issuing(4, hid(16375, 10));
    assert!(list_revoked(&raa, &list(raa.det(), &[raa.det(), hda.det()]), NOW).is_ok());
    assert!(list_revoked(&apex, &list(apex.det(), &[raa.det(), elsewhere.det()]), NOW).is_ok());
    for (signer, about) in [(&raa, &elsewhere), (&hda, &raa), (&hda, &elsewhere)] {
        let refused = list_revoked(signer, &list(signer.det(), &[about.det()]), NOW).unwrap_err();
        assert!(matches!(policy(refused), PolicyFault::Scope { .. }));
    }
    let authorization = offline::ceremony(key(5), hid(16376, 0), SigningPolicy::AUTHORIZATION).unwrap();
    let refused = list_revoked(&authorization, &list(authorization.det(), &[hda.det()]), NOW).unwrap_err();
    assert!(matches!(policy(refused), PolicyFault::Scope { .. }));
}

#[test]
fn lists_of_other_times_are_refused() {
    let hda = issuing(1, hid(16376, 10));
    let refused = |this_update: u64, next_update: u64| {
        let mut tbs = list(hda.det(), &[hda.det()]);
        tbs.entries.clear();
        (tbs.this_update, tbs.next_update) = (time(this_update), time(next_update));
        policy(list_revoked(&hda, &tbs, NOW).unwrap_err())
    };
    assert!(matches!(refused(NOW.0 + 1, NOW.0 + DAY), PolicyFault::Future { .. }));
    assert!(matches!(refused(NOW.0 - 2 * DAY, NOW.0 + DAY), PolicyFault::Backdated { .. }));
    assert!(matches!(refused(NOW.0 - DAY, NOW.0), PolicyFault::Expired { .. }));
    assert!(matches!(refused(NOW.0, NOW.0 + 41 * DAY), PolicyFault::TooLong { .. }));
}

#[test]
fn who_answers_for_whom() {
    let hda = issuing(1, hid(16376, 10));
    let issuer = Issuer { det: hda.det(), hi: *hda.hi() };
    let responder = LocalSigner::<Operational>::new(key(3), hid(16376, 10)).unwrap();
    let by = |id, signer: &dyn Signer| answer_status(signer, response(id, &issuer), vec![], NOW);
    for id in [ResponderId::of_key(responder.hi()), ResponderId::Name(responder.det())] {
        let basic = by(id, &responder).unwrap();
        assert!(basic.verify_by(responder.hi()).is_ok());
        assert!(matches!(policy(by(id, &hda).unwrap_err()), PolicyFault::NotResponder { .. }));
    }
    assert!(by(ResponderId::of_key(hda.hi()), &hda).unwrap().verify(&issuer, NOW).is_ok());
    let authorization = offline::ceremony(key(2), hid(16376, 10), SigningPolicy::AUTHORIZATION).unwrap();
    let refused = by(ResponderId::of_key(authorization.hi()), &authorization).unwrap_err();
    assert!(matches!(policy(refused), PolicyFault::Class { .. }));
}

#[test]
fn statuses_of_other_times_are_refused() {
    let responder = LocalSigner::<Operational>::new(key(3), hid(16376, 10)).unwrap();
    let issuer = Issuer { det: responder.det(), hi: *responder.hi() };
    let refused = |change: &dyn Fn(&mut ResponseTbs)| {
        let mut tbs = response(ResponderId::of_key(responder.hi()), &issuer);
        change(&mut tbs);
        policy(answer_status(&responder, tbs, vec![], NOW).unwrap_err())
    };
    let future = refused(&|tbs| tbs.produced_at = time(NOW.0 + 1));
    assert!(matches!(future, PolicyFault::Future { .. }));
    assert_eq!(refused(&|tbs| tbs.responses[0].next_update = None), PolicyFault::Endless);
    let long = refused(&|tbs| tbs.responses[0].next_update = Some(time(NOW.0 + 11 * DAY)));
    assert!(matches!(long, PolicyFault::TooLong { .. }));
}

#[test]
fn what_cannot_be_read_is_not_signed() {
    let hda = issuing(1, hid(16376, 10));
    let list = list(hda.det(), &[hda.det()]).encode().unwrap();
    let truncated = SignRequest::Crl(list[..list.len() - 1].to_vec());
    assert!(matches!(hda.sign(&truncated, NOW), Err(SignError::Crl(_))));
    let other = SignRequest::OcspResponse(list);
    assert!(matches!(hda.sign(&other, NOW), Err(SignError::Ocsp(_))));
}
