//! What a signer refuses, each refusal by its own name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_sign::{
    Authorization, CrossEndorsement, Endless, Issuing, KeyClass, LocalSigner, NoSuchPlace, Operational,
    PolicyFault, PrivateKey, Purpose, SignError, SignRequest, Signer, SigningPolicy, certify, endorse,
    offline,
};
use drip_cert::lite::{
    CertTime, CertificateSerial, ContentError, HardwareModule, LiteCertificate, LiteTbs, Subject,
};
use drip_det::{Det, DetClass, DetMismatch, DripTime, Hid, HostIdentity, Level, SuiteId, UnixTime};
use drip_wire::EndorsementBody;
use zeroize::Zeroizing;

const NOW: UnixTime = UnixTime(1_795_000_000);
const DAY: u64 = 86_400;

fn key(seed: u8) -> PrivateKey {
    PrivateKey::from_seed(&Zeroizing::new([seed; 32]))
}

fn hid(raa: u16, hda: u16) -> Hid {
    Hid::from_numbers(raa, hda).unwrap()
}

fn authorization(raa: u16, hda: u16) -> LocalSigner<Authorization> {
    offline::ceremony(key(1), hid(raa, hda), SigningPolicy::AUTHORIZATION).unwrap()
}

fn issuing_with(raa: u16, hda: u16, policy: SigningPolicy) -> LocalSigner<Issuing> {
    LocalSigner::<Issuing>::new(key(2), hid(raa, hda), policy).unwrap()
}

fn issuing(raa: u16, hda: u16) -> LocalSigner<Issuing> {
    issuing_with(raa, hda, SigningPolicy::ISSUING)
}

fn after(seconds: i64) -> UnixTime {
    UnixTime(NOW.0.checked_add_signed(seconds).unwrap())
}

/// An endorsement of the key `seed` at a place, valid for a day from now.
fn body(signer: &dyn Signer, seed: u8, at: Hid) -> EndorsementBody {
    let hi = *key(seed).hi();
    EndorsementBody {
        vnb: DripTime::from_unix(NOW).unwrap(),
        vna: DripTime::from_unix(after(DAY as i64)).unwrap(),
        child: Det::derive(at, &hi),
        child_hi: hi,
        parent: signer.det(),
    }
}

/// A certificate of the key `seed` at a place, valid for a day from now.
fn tbs(signer: &dyn Signer, seed: u8, at: Hid, subject: Subject) -> LiteTbs {
    let hi = *key(seed).hi();
    LiteTbs {
        serial: CertificateSerial::from_random(seed),
        issuer: signer.det(),
        not_before: CertTime::new(NOW).unwrap(),
        not_after: CertTime::new(after(DAY as i64)).unwrap(),
        subject,
        hi,
        det: Det::derive(at, &hi),
        uri: None,
        hardware_module: None,
    }
}

fn level(at: Hid) -> Level {
    match (at.raa.value(), at.hda.is_reserved_to_raa()) {
        (0, _) => Level::Apex,
        (_, true) => Level::Raa,
        (_, false) => Level::Hda,
    }
}

/// Every pair of places, class of signer and role of child, against the table of the DKI written out by hand.
#[test]
fn who_may_sign_whom() {
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
    let (a, i, o) = (DetClass::Authorization, DetClass::Issuing, DetClass::Operational);
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
        let signers: [(DetClass, Box<dyn Signer>); 2] = [
            (a, Box::new(authorization(own(place).0, own(place).1))),
            (i, Box::new(issuing(own(place).0, own(place).1))),
        ];
        for (class, signer) in &signers {
            for child in places {
                let what = format!("{class} at {place} for {child}");
                let permitted = |role| allowed.contains(&(own(place), *class, own(child), role));
                let endorsed = endorse(signer.as_ref(), body(signer.as_ref(), 9, child), NOW);
                assert_eq!(
                    endorsed.is_ok(),
                    [a, i, o].into_iter().any(permitted),
                    "endorsement by {what}: {endorsed:?}"
                );
                for role in [a, i, o] {
                    let subject = match role {
                        DetClass::Operational => Subject::Empty,
                        class => Subject::Ca { level: level(child), class, hid: child },
                    };
                    let certified = certify(signer.as_ref(), &tbs(signer.as_ref(), 9, child, subject), NOW);
                    assert_eq!(
                        certified.is_ok(),
                        permitted(role),
                        "{role} certificate by {what}: {certified:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn only_an_authorization_key_signs_itself() {
    for (raa, hda) in [(0, 0), (16376, 0), (16376, 10)] {
        let signer = authorization(raa, hda);
        let itself = body(&signer, 1, hid(raa, hda));
        assert!(endorse(&signer, itself, NOW).unwrap().is_self_endorsement());
        let role = |class| Subject::Ca { level: level(hid(raa, hda)), class, hid: hid(raa, hda) };
        let certificate = tbs(&signer, 1, hid(raa, hda), role(DetClass::Authorization));
        assert!(certify(&signer, &certificate, NOW).is_ok());
        let other_role = tbs(&signer, 1, hid(raa, hda), role(DetClass::Issuing));
        assert!(matches!(
            certify(&signer, &other_role, NOW),
            Err(SignError::Policy(PolicyFault::Role { .. }))
        ));
    }
    let signer = authorization(16376, 0);
    let elsewhere = body(&signer, 1, hid(16376, 10));
    assert_eq!(
        endorse(&signer, elsewhere, NOW),
        Err(SignError::Policy(PolicyFault::OwnKey { child: elsewhere.child }))
    );
    let signer = issuing(16376, 10);
    let itself = body(&signer, 2, hid(16376, 10));
    assert_eq!(
        endorse(&signer, itself, NOW),
        Err(SignError::Policy(PolicyFault::OwnKey { child: itself.child }))
    );
}

#[test]
fn refusals_of_scope_and_role_have_their_names() {
    let hda = issuing(16376, 10);
    let foreign = body(&hda, 9, hid(16376, 11));
    let scope = SignError::Policy(PolicyFault::Scope { child: foreign.child, signer: hda.det() });
    assert_eq!(endorse(&hda, foreign, NOW), Err(scope.clone()));
    assert!(scope.to_string().contains("16376/11") && scope.to_string().contains("16376/10"), "{scope}");
    let foreign = tbs(&hda, 9, hid(16376, 11), Subject::Empty);
    assert!(matches!(certify(&hda, &foreign, NOW), Err(SignError::Policy(PolicyFault::Scope { .. }))));

    let role = Subject::Ca { level: Level::Hda, class: DetClass::Issuing, hid: hid(16376, 10) };
    let authority = tbs(&hda, 9, hid(16376, 10), role);
    assert_eq!(
        certify(&hda, &authority, NOW),
        Err(SignError::Policy(PolicyFault::Role {
            child: authority.det,
            role: "DRIP-HDA-I-16376-10".into()
        }))
    );
    let raa = authorization(16376, 0);
    let end_entity = tbs(&raa, 9, hid(16376, 10), Subject::Empty);
    assert_eq!(
        certify(&raa, &end_entity, NOW),
        Err(SignError::Policy(PolicyFault::Role { child: end_entity.det, role: "an end entity".into() }))
    );
    // HDA 10 below the Apex, and RAA 0 with an HDA, which is nobody's.
    let apex = authorization(0, 0);
    for place in [hid(16376, 10), hid(0, 10), hid(16376, 4096)] {
        assert!(
            matches!(
                endorse(&apex, body(&apex, 9, place), NOW),
                Err(SignError::Policy(PolicyFault::Scope { .. }))
            ),
            "{place}"
        );
    }
}

#[test]
fn another_raa_is_endorsed_only_where_that_is_allowed() {
    let refusing = authorization(16376, 0);
    let across = body(&refusing, 9, hid(16377, 0));
    assert_eq!(
        endorse(&refusing, across, NOW),
        Err(SignError::Policy(PolicyFault::CrossEndorsement { child: across.child }))
    );
    let policy =
        SigningPolicy { cross_endorsement: CrossEndorsement::Allowed, ..SigningPolicy::AUTHORIZATION };
    let allowing = offline::ceremony(key(1), hid(16376, 0), policy).unwrap();
    assert!(endorse(&allowing, across, NOW).unwrap().verify(allowing.hi()).is_ok());
    // Not its HDAs, not its other places, and no certificate.
    for place in [hid(16377, 10), hid(16377, 4096)] {
        assert!(matches!(
            endorse(&allowing, body(&allowing, 9, place), NOW),
            Err(SignError::Policy(PolicyFault::Scope { .. }))
        ));
    }
    let subject = Subject::Ca { level: Level::Raa, class: DetClass::Authorization, hid: hid(16377, 0) };
    let certificate = tbs(&allowing, 9, hid(16377, 0), subject);
    assert!(matches!(
        certify(&allowing, &certificate, NOW),
        Err(SignError::Policy(PolicyFault::Scope { .. }))
    ));
    let issuing = issuing_with(16376, 0, policy);
    let across = body(&issuing, 9, hid(16377, 0));
    assert!(matches!(endorse(&issuing, across, NOW), Err(SignError::Policy(PolicyFault::Scope { .. }))));
}

#[test]
fn parent_and_child_must_be_who_they_are_said_to_be() {
    let signer = issuing(16376, 10);
    let good = body(&signer, 9, hid(16376, 10));
    let parent = authorization(16376, 10).det();
    let not_parent = SignError::Policy(PolicyFault::NotParent { parent, signer: signer.det() });
    assert_eq!(endorse(&signer, EndorsementBody { parent, ..good }, NOW), Err(not_parent.clone()));
    let certificate = LiteTbs { issuer: parent, ..tbs(&signer, 9, hid(16376, 10), Subject::Empty) };
    assert_eq!(certify(&signer, &certificate, NOW), Err(not_parent));

    let child_hi = *key(8).hi();
    let other_key = endorse(&signer, EndorsementBody { child_hi, ..good }, NOW);
    assert!(matches!(other_key, Err(SignError::Policy(PolicyFault::Child(DetMismatch::OtherKey { .. })))));
    let child = Det::from_parts(hid(16376, 10), SuiteId(3), good.child.hash());
    let other_suite = endorse(&signer, EndorsementBody { child, ..good }, NOW);
    assert!(matches!(other_suite, Err(SignError::Policy(PolicyFault::Child(DetMismatch::Suite(_))))));
    let certificate = LiteTbs { hi: child_hi, ..tbs(&signer, 9, hid(16376, 10), Subject::Empty) };
    assert!(matches!(certify(&signer, &certificate, NOW), Err(SignError::Content(ContentError::Det(_)))));
}

#[test]
fn each_fault_of_a_validity_has_its_name() {
    let policy = SigningPolicy { authority_ends: Some(after(300 * DAY as i64)), ..SigningPolicy::ISSUING };
    let policy = SigningPolicy { max_lifetime: 400 * DAY, ..policy };
    let signer = issuing_with(16376, 10, policy);
    let days = |count: i64| count * DAY as i64;
    // Both objects, through one function, so that they are judged alike.
    let attempt = |not_before: i64, not_after: i64| {
        let (not_before, not_after) = (after(not_before), after(not_after));
        let (vnb, vna) = (DripTime::from_unix(not_before).unwrap(), DripTime::from_unix(not_after).unwrap());
        let endorsement =
            endorse(&signer, EndorsementBody { vnb, vna, ..body(&signer, 9, hid(16376, 10)) }, NOW)
                .map(|_| ());
        let (not_before, not_after) = (CertTime::new(not_before).unwrap(), CertTime::new(not_after).unwrap());
        let content = LiteTbs { not_before, not_after, ..tbs(&signer, 9, hid(16376, 10), Subject::Empty) };
        match certify(&signer, &content, NOW).map(|_| ()) {
            Err(SignError::Content(ContentError::Validity { .. })) => {
                assert!(matches!(endorsement, Err(SignError::Policy(PolicyFault::Reversed { .. }))));
            }
            certificate => assert_eq!(certificate, endorsement),
        }
        endorsement
    };
    assert_eq!(attempt(0, days(300)), Ok(()));
    assert_eq!(attempt(-days(1), days(1)), Ok(()), "the whole backdating");
    assert_eq!(
        attempt(-days(1) - 1, days(1)),
        Err(SignError::Policy(PolicyFault::Backdated {
            not_before: after(-days(1) - 1),
            earliest: after(-days(1))
        }))
    );
    assert_eq!(
        attempt(0, days(300) + 1).unwrap_err(),
        SignError::Policy(PolicyFault::OutlastsSigner {
            not_after: after(days(300) + 1),
            authority_ends: after(days(300))
        })
    );
    assert_eq!(
        attempt(0, days(400) + 1),
        Err(SignError::Policy(PolicyFault::TooLong {
            not_after: after(days(400) + 1),
            latest: after(days(400))
        }))
    );
    assert_eq!(
        attempt(days(399), days(401)),
        Err(SignError::Policy(PolicyFault::TooLong {
            not_after: after(days(401)),
            latest: after(days(400))
        })),
        "a short validity far ahead"
    );
    assert_eq!(attempt(-1, 0), Err(SignError::Policy(PolicyFault::Expired { not_after: NOW, now: NOW })));
    assert!(matches!(attempt(days(2), days(1)), Err(SignError::Policy(PolicyFault::Reversed { .. }))));
}

#[test]
fn unix_times_by_mistake_are_far_too_long() {
    let signer = issuing(16376, 10);
    let (vnb, vna) = (DripTime(NOW.0 as u32), DripTime(NOW.0 as u32 + 3600));
    let mistaken = EndorsementBody { vnb, vna, ..body(&signer, 9, hid(16376, 10)) };
    assert!(matches!(endorse(&signer, mistaken, NOW), Err(SignError::Policy(PolicyFault::TooLong { .. }))));
}

#[test]
fn what_never_ends_is_a_manufacturers() {
    let refusing = issuing(16376, 10);
    let endless = EndorsementBody { vna: DripTime::FOREVER, ..body(&refusing, 9, hid(16376, 10)) };
    assert_eq!(endorse(&refusing, endless, NOW), Err(SignError::Policy(PolicyFault::Endless)));
    let module = HardwareModule { hw_type: "1.3.6.1.4.1.6715.10.1".parse().unwrap(), hw_serial: vec![1] };
    let certificate = LiteTbs {
        not_after: CertTime::FOREVER,
        hardware_module: Some(module),
        ..tbs(&refusing, 9, hid(16376, 10), Subject::Empty)
    };
    assert_eq!(certify(&refusing, &certificate, NOW), Err(SignError::Policy(PolicyFault::Endless)));

    let policy = SigningPolicy { endless: Endless::Allowed, ..SigningPolicy::ISSUING };
    let maker = issuing_with(16376, 10, policy);
    assert!(endorse(&maker, endless, NOW).is_ok());
    assert!(certify(&maker, &certificate, NOW).is_ok());
    let vnb = DripTime::from_unix(after(3 * 366 * DAY as i64)).unwrap();
    let someday = EndorsementBody { vnb, ..endless };
    assert!(matches!(endorse(&maker, someday, NOW), Err(SignError::Policy(PolicyFault::TooLong { .. }))));
    let without_module = LiteTbs { hardware_module: None, ..certificate };
    assert_eq!(
        certify(&maker, &without_module, NOW),
        Err(SignError::Content(ContentError::ForeverWithoutHardwareModule))
    );
}

#[test]
fn octets_that_are_no_lite_certificate_are_not_signed() {
    let signer = issuing(16376, 10);
    let good = tbs(&signer, 9, hid(16376, 10), Subject::Empty).encode().unwrap();
    let sign = |octets: &[u8]| signer.sign(&SignRequest::LiteCertificate(octets.to_vec()), NOW);
    let signature = sign(&good).unwrap();
    assert!(signer.hi().verify(&good, &signature).is_ok());
    for octets in [&[][..], b"anything", &good[1..], &good[..good.len() - 1], &[&good[..], &[0]].concat()] {
        assert!(matches!(sign(octets), Err(SignError::Certificate(_))));
    }
    // An endorsement's 72 octets are no certificate, and a certificate is no TBSCertificate.
    assert!(sign(&body(&signer, 9, hid(16376, 10)).signed_octets()).is_err());
    let whole = certify(&signer, &tbs(&signer, 9, hid(16376, 10), Subject::Empty), NOW).unwrap();
    assert!(LiteCertificate::parse(&whole).is_ok());
    assert!(matches!(sign(&whole), Err(SignError::Certificate(_))));
}

#[test]
fn operational_keys_attest_and_nothing_else() {
    let operator = LocalSigner::<Operational>::new(key(3), hid(16376, 10)).unwrap();
    let message = operator.sign_message(b"a message of its own");
    assert!(operator.hi().verify(b"a message of its own", &message).is_ok());
    let attestation = body(&operator, 9, hid(16376, 11));
    let signature = operator.sign(&SignRequest::OperatorAttestation(attestation), NOW).unwrap();
    assert!(attestation.sign_with(signature).verify(operator.hi()).is_ok());
    let class = |kind| SignError::Policy(PolicyFault::Class { class: DetClass::Operational, kind });
    assert_eq!(endorse(&operator, body(&operator, 9, hid(16376, 10)), NOW), Err(class("endorsement")));
    assert_eq!(
        certify(&operator, &tbs(&operator, 9, hid(16376, 10), Subject::Empty), NOW),
        Err(class("Lite certificate"))
    );
    let own: HostIdentity = *operator.hi();
    let itself = EndorsementBody { child: operator.det(), child_hi: own, ..attestation };
    let refused = operator.sign(&SignRequest::OperatorAttestation(itself), NOW);
    assert_eq!(refused, Err(SignError::Policy(PolicyFault::OwnKey { child: operator.det() })));
    let foreign = EndorsementBody { parent: attestation.child, ..attestation };
    let refused = operator.sign(&SignRequest::OperatorAttestation(foreign), NOW);
    assert!(matches!(refused, Err(SignError::Policy(PolicyFault::NotParent { .. }))));
    let long = EndorsementBody { vna: DripTime(attestation.vna.0 + 366 * DAY as u32), ..attestation };
    let refused = operator.sign(&SignRequest::OperatorAttestation(long), NOW);
    assert!(matches!(refused, Err(SignError::Policy(PolicyFault::TooLong { .. }))));

    let issuer = issuing(16376, 10);
    let request = SignRequest::OperatorAttestation(body(&issuer, 9, hid(16376, 10)));
    assert_eq!(
        issuer.sign(&request, NOW),
        Err(SignError::Policy(PolicyFault::Class { class: DetClass::Issuing, kind: "operator attestation" }))
    );
    let authority = authorization(16376, 10);
    let request = SignRequest::OperatorAttestation(body(&authority, 9, hid(16376, 10)));
    assert!(matches!(authority.sign(&request, NOW), Err(SignError::Policy(PolicyFault::Class { .. }))));
}

#[test]
fn keys_sit_only_where_their_class_can() {
    let nowhere = |result: Result<(), NoSuchPlace>, class| {
        assert_eq!(result.unwrap_err().class, class);
    };
    let ceremony =
        |raa, hda| offline::ceremony(key(1), hid(raa, hda), SigningPolicy::AUTHORIZATION).map(|_| ());
    let test_tree =
        |raa, hda| offline::test_tree(key(1), hid(raa, hda), SigningPolicy::AUTHORIZATION).map(|_| ());
    for hda in [4096, 8192, 12288] {
        nowhere(ceremony(16376, hda), DetClass::Authorization);
        nowhere(test_tree(16376, hda), DetClass::Authorization);
        assert!(LocalSigner::<Issuing>::new(key(1), hid(16376, hda), SigningPolicy::ISSUING).is_ok());
    }
    nowhere(ceremony(0, 10), Authorization::CLASS);
    nowhere(
        LocalSigner::<Issuing>::new(key(1), hid(0, 10), SigningPolicy::ISSUING).map(|_| ()),
        Issuing::CLASS,
    );
    nowhere(LocalSigner::<Operational>::new(key(1), hid(0, 4096)).map(|_| ()), Operational::CLASS);
    let real = offline::ceremony(key(1), hid(16376, 0), SigningPolicy::AUTHORIZATION).unwrap();
    let test = offline::test_tree(key(1), hid(16376, 0), SigningPolicy::AUTHORIZATION).unwrap();
    assert_eq!((real.purpose(), test.purpose()), (Purpose::Production, Purpose::Test));
    assert_eq!((real.level(), real.policy()), (Level::Raa, &SigningPolicy::AUTHORIZATION));
    assert_eq!(real.det(), Det::derive(hid(16376, 0), key(1).hi()));
}
