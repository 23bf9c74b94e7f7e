//! A UA's signer: what it signs on the air, and what it refuses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_sign::{
    Issuing, LocalSigner, Operational, PolicyFault, PrivateKey, SignError, SignRequest, Signer, SigningPolicy,
};
use drip_det::{DetClass, DripTime, Hid, UnixTime};
use drip_wire::EndorsementBody;
use drip_wire::broadcast::UnsignedEvidence;
use zeroize::Zeroizing;

const NOW: UnixTime = UnixTime(1_781_524_800);

fn key(seed: u8) -> PrivateKey {
    PrivateKey::from_seed(&Zeroizing::new([seed; 32]))
}

fn hid() -> Hid {
    Hid::from_numbers(16376, 16376).unwrap()
}

fn ua() -> LocalSigner<Operational> {
    LocalSigner::<Operational>::new(key(1), hid()).unwrap()
}

fn drip(seconds: u64) -> DripTime {
    DripTime::from_unix(UnixTime(seconds)).unwrap()
}

fn evidence(signer: &dyn Signer, lasting: u64, octets: Vec<u8>) -> SignRequest {
    let body = UnsignedEvidence::new(drip(NOW.0), drip(NOW.0 + lasting), octets, signer.det());
    SignRequest::UaEvidence(body.unwrap())
}

fn refused(signer: &dyn Signer, request: &SignRequest, now: UnixTime) -> PolicyFault {
    match signer.sign(request, now).unwrap_err() {
        SignError::Policy(fault) => fault,
        other => panic!("{other}"),
    }
}

#[test]
fn its_own_evidence_is_signed_over_all_of_it() {
    let ua = ua();
    let request = evidence(&ua, 120, vec![1; 50]);
    let signature = ua.sign(&request, NOW).unwrap();
    let SignRequest::UaEvidence(body) = request else { panic!() };
    assert_eq!(body.sign_with(signature).verify(ua.hi()), Ok(()));
}

#[test]
fn other_keys_other_uas_and_long_or_past_times_are_refused() {
    let ua = ua();
    let issuing = LocalSigner::<Issuing>::new(key(2), hid(), SigningPolicy::ISSUING).unwrap();
    let fault = refused(&issuing, &evidence(&issuing, 120, vec![]), NOW);
    assert_eq!(fault, PolicyFault::Class { class: DetClass::Issuing, kind: "UA-signed evidence" });
    let fault = refused(&ua, &evidence(&issuing, 120, vec![]), NOW);
    assert_eq!(fault, PolicyFault::NotUa { ua: issuing.det(), signer: ua.det() });
    assert!(matches!(refused(&ua, &evidence(&ua, 1801, vec![]), NOW), PolicyFault::TooLong { .. }));
    let later = UnixTime(NOW.0 + 121);
    assert!(matches!(refused(&ua, &evidence(&ua, 120, vec![]), later), PolicyFault::Expired { .. }));
}

/// A Manifest of three messages is as long as what is signed of an endorsement.
#[test]
fn evidence_that_is_an_endorsement_is_refused() {
    let ua = ua();
    let child = LocalSigner::<Operational>::new(key(3), hid()).unwrap();
    let body = EndorsementBody {
        vnb: drip(NOW.0),
        vna: drip(NOW.0 + 120),
        child: child.det(),
        child_hi: *child.hi(),
        parent: ua.det(),
    };
    let disguised = UnsignedEvidence::decode(&body.signed_octets()).unwrap();
    assert_eq!(disguised.ua(), ua.det());
    let fault = refused(&ua, &SignRequest::UaEvidence(disguised), NOW);
    assert_eq!(fault, PolicyFault::Disguised { child: child.det() });
    ua.sign(&evidence(&ua, 120, vec![0x20; 48]), NOW).unwrap();
}
