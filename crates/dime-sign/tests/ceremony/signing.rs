//! What a ceremony signs, what it refuses, each refusal by its own name, and that a refused item does not touch the others.

use crate::world::{
    DAY, NOW, YEAR, answer, authority, counting, hid, item, key, request, review, signer, until,
};
use dime_sign::ceremony::{
    self, AuthorityRequest, Item, Overlong, Profiles, Refusal, Request, Signed, Terms, Warning,
};
use dime_sign::{PolicyFault, SignError, Signer, SigningPolicy, offline};
use drip_cert::csr::CsrError;
use drip_cert::full::{FullCertificate, Policies};
use drip_cert::lite::LiteCertificate;
use drip_cert::mtls::MtlsCertificate;
use drip_det::{Det, DetClass, Hid, Level, UnixTime};
use drip_wire::Endorsement;
use drip_wire::trust::{Role, SignedTrustList, TrustList, Trusted};
use drip_wire::validity::Validity;

const RAA: fn() -> Hid = || hid(16376, 0);

/// Why the only item of a request to the key of `by` is refused.
fn refusal(by: Hid, item: Item) -> Refusal {
    refusal_under(by, item, Terms::default())
}

fn refusal_under(by: Hid, item: Item, terms: Terms) -> Refusal {
    let request = request(by, vec![item]);
    let signer = signer(by);
    let review = review(&request, &signer, terms);
    review.findings()[0].refusal().expect("it is refused").clone()
}

/// What there is to notice about the only item of a request.
fn warnings(by: Hid, item: Item, terms: Terms) -> Vec<Warning> {
    let request = request(by, vec![item]);
    let signer = signer(by);
    let review = review(&request, &signer, terms);
    assert_eq!(review.findings()[0].refusal(), None);
    review.findings()[0].warnings().to_vec()
}

fn issuing(seed: u8) -> AuthorityRequest {
    authority(seed, Level::Raa, DetClass::Issuing, RAA())
}

fn hda(seed: u8, number: u16) -> AuthorityRequest {
    authority(seed, Level::Hda, DetClass::Authorization, hid(16376, number))
}

fn policy_fault(refusal: Refusal) -> PolicyFault {
    match refusal {
        Refusal::Signer(SignError::Policy(fault)) => fault,
        other => panic!("{other}"),
    }
}

#[test]
fn a_batch_of_every_kind_is_signed_and_verifies() {
    let other = key(9).det(hid(16377, 0));
    let trusted = Trusted { det: other, hi: *key(9).hi(), validity: None, role: Role::Registry };
    let raa = key(1).det(RAA());
    let list = TrustList::new(raa, 1, Validity::new(NOW, until(YEAR)).unwrap(), vec![trusted]).unwrap();
    let items = vec![
        item(authority(1, Level::Raa, DetClass::Authorization, RAA())),
        item(issuing(2)),
        item(hda(3, 10)),
        Item::CrossEndorsement {
            det: other,
            hi: *key(9).hi(),
            not_before: NOW,
            not_after: until(2 * YEAR),
            reference: "friends".into(),
        },
        Item::TrustList { payload: list.encode(), reference: "ours".into() },
    ];
    let request = request(RAA(), items);
    let answer = answer(&request);
    answer.verify(&request).unwrap();
    assert_eq!((answer.signer, answer.signed_at), (raa, NOW));

    let parent = key(1);
    for (signed, child) in
        answer.items[..3].iter().zip([key(1).det(RAA()), key(2).det(RAA()), key(3).det(hid(16376, 10))])
    {
        let Signed::Authority { endorsement, lite, full, mtls } = signed else { panic!("{signed:?}") };
        let endorsement = Endorsement::decode(endorsement).unwrap();
        assert_eq!(endorsement.child, child);
        endorsement.verify(parent.hi()).unwrap();
        LiteCertificate::parse(lite).unwrap().verify(parent.hi()).unwrap();
        FullCertificate::parse(full.as_ref().unwrap()).unwrap().verify(parent.hi()).unwrap();
        MtlsCertificate::parse(mtls.as_ref().unwrap()).unwrap().verify(parent.hi()).unwrap();
    }
    let Signed::CrossEndorsement(cross) = &answer.items[3] else { panic!() };
    Endorsement::decode(cross).unwrap().verify(parent.hi()).unwrap();
    let Signed::TrustList(cose) = &answer.items[4] else { panic!() };
    let signed = SignedTrustList::decode(cose).unwrap();
    assert_eq!(signed.verify(parent.hi(), NOW).unwrap(), &list);
}

/// The certificate policies are those that were asked for, and the reviewer sees them.
#[test]
fn policies_of_its_own() {
    let policies = |raa: &str, hda: &str| {
        let policy = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
        Policies { raa: policy(raa), hda: policy(hda) }
    };
    for (asked, expected, shown) in [
        (Policies::default(), Some("1.3.27.16.1.1.0.1"), None),
        (
            policies("1.3.27.16.2.1", "1.3.27.16.2.2"),
            Some("1.3.27.16.2.1"),
            Some("by RAAs 1.3.27.16.2.1, by HDAs 1.3.27.16.2.2"),
        ),
        (policies("", ""), None, Some("by RAAs none, by HDAs none")),
    ] {
        let asked = item(AuthorityRequest { policies: asked, ..issuing(2) });
        let line = asked.describe().into_iter().find(|(name, _)| *name == "certificate policies");
        assert_eq!(line.map(|(_, text)| text).as_deref(), shown);
        let request = Request::decode(&request(RAA(), vec![asked]).encode().unwrap()).unwrap();
        let answer = answer(&request);
        answer.verify(&request).unwrap();
        let Signed::Authority { full: Some(full), .. } = &answer.items[0] else { panic!("{answer:?}") };
        let policy = FullCertificate::parse(full).unwrap().tbs().policy;
        assert_eq!(policy.map(|policy| policy.to_string()).as_deref(), expected);
    }
}

#[test]
fn a_refused_item_leaves_the_others_alone() {
    let mut broken = hda(3, 10);
    broken.csr[100] ^= 1;
    let request = request(RAA(), vec![item(issuing(2)), item(broken), item(hda(4, 11))]);
    let signer = signer(RAA());
    let review = review(&request, &signer, Terms::default());
    assert_eq!(review.refused(), 1);
    let answer = review.sign().unwrap();
    answer.verify(&request).unwrap();
    assert!(matches!(answer.items[0], Signed::Authority { .. }));
    assert!(
        matches!(&answer.items[1], Signed::Refused { reason } if reason.starts_with("certification request"))
    );
    assert!(matches!(answer.items[2], Signed::Authority { .. }));
}

#[test]
fn certification_requests_that_do_not_hold() {
    for at in 0..issuing(2).csr.len() {
        let mut changed = issuing(2);
        changed.csr[at] ^= 0x20;
        assert!(matches!(refusal(RAA(), item(changed)), Refusal::Csr(_)), "octet {at}");
    }
    let mut cut = issuing(2);
    cut.csr.pop();
    assert!(matches!(refusal(RAA(), item(cut)), Refusal::Csr(CsrError::Der(_))));
    let mut wishing = issuing(2);
    let wished = key(2).det(hid(16376, 10));
    wishing.csr = key(2).certification_request(None, Some(wished)).unwrap();
    assert_eq!(refusal(RAA(), item(wishing)), Refusal::OtherDet { wished, det: key(2).det(RAA()) });
}

#[test]
fn places_levels_and_roles() {
    let at = |level, class, at: Hid| item(authority(3, level, class, at));
    use DetClass::{Authorization, Issuing};
    assert_eq!(
        refusal(RAA(), at(Level::Hda, Authorization, RAA())),
        Refusal::Level { level: Level::Hda, hid: RAA() }
    );
    assert_eq!(
        refusal(RAA(), at(Level::Hda, Authorization, hid(16376, 4096))),
        Refusal::Level { level: Level::Hda, hid: hid(16376, 4096) }
    );
    assert!(matches!(
        policy_fault(refusal(RAA(), at(Level::Hda, Authorization, hid(16377, 10)))),
        PolicyFault::Scope { .. }
    ));
    assert!(
        matches!(
            policy_fault(refusal(RAA(), at(Level::Raa, Authorization, hid(16377, 0)))),
            PolicyFault::CrossEndorsement { .. }
        ),
        "another RAA is never made an authority of ours"
    );
    assert!(
        matches!(
            policy_fault(refusal(RAA(), at(Level::Hda, Issuing, hid(16376, 10)))),
            PolicyFault::Role { .. }
        ),
        "an HDA's Issuing DET is for its own Authorization key"
    );
    assert!(
        matches!(
            policy_fault(refusal(RAA(), at(Level::Raa, Authorization, RAA()))),
            PolicyFault::Role { .. }
        ),
        "a second Authorization key endorses itself"
    );
    assert!(matches!(
        policy_fault(refusal(hid(16376, 10), at(Level::Hda, Authorization, hid(16376, 11)))),
        PolicyFault::Scope { .. }
    ));
    let own = |class, at| item(authority(1, if at == RAA() { Level::Raa } else { Level::Hda }, class, at));
    assert_eq!(refusal(hid(16376, 10), own(Authorization, hid(16376, 10))), Refusal::SelfEndorsedHda);
    assert_eq!(refusal(RAA(), own(Issuing, RAA())), Refusal::OwnKeyIssuing);
    let apex = item(authority(1, Level::Apex, Authorization, hid(0, 0)));
    assert!(warnings(hid(0, 0), apex, Terms::default()).contains(&Warning::SelfEndorsement));
}

#[test]
fn one_det_once() {
    let twice = request(RAA(), vec![item(issuing(2)), item(hda(3, 10)), item(issuing(2))]);
    let signer = signer(RAA());
    let review = review(&twice, &signer, Terms::default());
    assert_eq!(review.findings()[2].refusal(), Some(&Refusal::Repeated { number: 1 }));
    assert_eq!(review.refused(), 1);
}

#[test]
fn lifetimes() {
    let lasting = |seconds| {
        let mut request = hda(3, 10);
        request.not_after = until(seconds);
        item(request)
    };
    let plain = warnings(RAA(), lasting(5 * YEAR), Terms::default());
    assert_eq!(plain, []);
    let short = YEAR - 1;
    assert_eq!(warnings(RAA(), lasting(short), Terms::default()), [Warning::Short { seconds: short }]);
    let ten = SigningPolicy::AUTHORIZATION.max_lifetime;
    assert_eq!(warnings(RAA(), lasting(ten), Terms::default()), []);
    assert!(matches!(policy_fault(refusal(RAA(), lasting(ten + 1))), PolicyFault::TooLong { .. }));
    let forced = Terms { overlong: Overlong::Allowed, ..Terms::default() };
    assert_eq!(
        warnings(RAA(), lasting(ten + 1), forced),
        [Warning::Overlong { seconds: ten + 1 }],
        "only by an option of its own"
    );
    assert!(matches!(policy_fault(refusal_under(RAA(), lasting(0), forced)), PolicyFault::Expired { .. }));

    let mut backwards = hda(3, 10);
    backwards.not_before = until(YEAR);
    backwards.not_after = until(YEAR - 1);
    assert!(matches!(refusal(RAA(), item(backwards)), Refusal::Signer(SignError::Content(_))));
    let mut early = hda(3, 10);
    early.not_before = UnixTime(NOW.0 - 31 * DAY);
    assert!(matches!(policy_fault(refusal(RAA(), item(early))), PolicyFault::Backdated { .. }));
    let mut ancient = hda(3, 10);
    ancient.not_before = UnixTime(1);
    assert!(matches!(refusal(RAA(), item(ancient)), Refusal::DripTime(_)));
}

#[test]
fn nothing_outlasts_the_terms_nor_the_signer() {
    let asked = until(5 * YEAR);
    let cut = Terms { not_after: Some(until(2 * YEAR)), ..Terms::default() };
    assert_eq!(
        warnings(RAA(), item(hda(3, 10)), cut),
        [Warning::Shortened { asked, signed: until(2 * YEAR) }]
    );
    let over = Terms { not_after: Some(UnixTime(NOW.0 - 1)), ..Terms::default() };
    assert!(matches!(refusal_under(RAA(), item(hda(3, 10)), over), Refusal::NothingLeft { .. }));

    let policy = SigningPolicy { authority_ends: Some(until(3 * YEAR)), ..SigningPolicy::AUTHORIZATION };
    let signer = offline::ceremony(key(1), RAA(), policy).unwrap();
    let request = request(RAA(), vec![item(hda(3, 10))]);
    let review = review(&request, &signer, Terms::default());
    assert_eq!(review.warnings(), []);
    assert_eq!(review.findings()[0].validity(), Some((NOW, until(3 * YEAR))));
    let answer = review.sign().unwrap();
    answer.verify(&request).unwrap();
    let Signed::Authority { endorsement, .. } = &answer.items[0] else { panic!() };
    assert_eq!(Endorsement::decode(endorsement).unwrap().vna.to_unix(), until(3 * YEAR));
}

#[test]
fn a_new_anchor_binds_what_it_signs_in_the_same_ceremony() {
    let mut anchor = authority(1, Level::Raa, DetClass::Authorization, RAA());
    anchor.not_after = until(2 * YEAR);
    let request = request(RAA(), vec![item(issuing(2)), item(anchor)]);
    let signer = signer(RAA());
    let review = review(&request, &signer, Terms::default());
    assert_eq!(review.warnings(), []);
    assert_eq!(review.findings()[0].validity(), Some((NOW, until(2 * YEAR))));
}

#[test]
fn an_anchor_may_outlast_what_it_was() {
    let policy = SigningPolicy { authority_ends: Some(until(YEAR)), ..SigningPolicy::AUTHORIZATION };
    let signer = offline::ceremony(key(1), RAA(), policy).unwrap();
    let anchor = authority(1, Level::Raa, DetClass::Authorization, RAA());
    let request = request(RAA(), vec![item(anchor)]);
    let review = review(&request, &signer, Terms::default());
    assert_eq!(review.findings()[0].validity(), Some((NOW, until(5 * YEAR))));
}

#[test]
fn cross_endorsements_are_between_raas_only() {
    let cross = |at: Hid| Item::CrossEndorsement {
        det: key(9).det(at),
        hi: *key(9).hi(),
        not_before: NOW,
        not_after: until(YEAR),
        reference: String::new(),
    };
    for at in [RAA(), hid(16376, 10), hid(0, 0), hid(16377, 10), hid(16377, 4096)] {
        assert_eq!(refusal(RAA(), cross(at)), Refusal::NotAcross { det: key(9).det(at) }, "{at}");
    }
    for by in [hid(0, 0), hid(16376, 10)] {
        assert!(matches!(refusal(by, cross(hid(16377, 0))), Refusal::NotAcross { .. }), "by {by}");
    }
    let det = key(9).det(hid(16377, 0));
    let vouching = Warning::VouchesForOtherRaa { det };
    assert_eq!(warnings(RAA(), cross(hid(16377, 0)), Terms::default()), [vouching]);
    let swapped = Item::CrossEndorsement {
        det,
        hi: *key(8).hi(),
        not_before: NOW,
        not_after: until(YEAR),
        reference: String::new(),
    };
    assert!(matches!(policy_fault(refusal(RAA(), swapped)), PolicyFault::Child(_)));
}

#[test]
fn trust_lists_are_decoded_and_are_the_signers_own() {
    let junk = Item::TrustList { payload: vec![0xa0], reference: String::new() };
    assert!(matches!(refusal(RAA(), junk), Refusal::Signer(SignError::TrustList(_))));
    let list = |issuer: Det, end: UnixTime| {
        let other =
            Trusted { det: key(9).det(hid(16377, 0)), hi: *key(9).hi(), validity: None, role: Role::Bridge };
        let list = TrustList::new(issuer, 1, Validity::new(NOW, end).unwrap(), vec![other]).unwrap();
        Item::TrustList { payload: list.encode(), reference: String::new() }
    };
    let foreign = list(key(9).det(hid(16377, 0)), until(YEAR));
    assert!(matches!(policy_fault(refusal(RAA(), foreign)), PolicyFault::NotParent { .. }));
    let long = list(key(1).det(RAA()), until(11 * YEAR));
    assert!(matches!(policy_fault(refusal(RAA(), long)), PolicyFault::TooLong { .. }));
}

#[test]
fn what_there_is_to_notice_about_a_request() {
    let found = |made_at: UnixTime, by: Hid| {
        let request = Request { made_at, ..request(by, vec![item(issuing(2))]) };
        let signer = signer(RAA());
        review(&request, &signer, Terms::default()).warnings().to_vec()
    };
    assert_eq!(found(NOW, RAA()), [Warning::OwnEndUnknown]);
    let future = until(3601);
    assert!(found(future, RAA()).contains(&Warning::FromTheFuture { made_at: future, now: NOW }));
    let old = UnixTime(NOW.0 - 31 * DAY);
    assert!(found(old, RAA()).contains(&Warning::Old { made_at: old }));
    let by = hid(16377, 0);
    assert!(found(NOW, by).contains(&Warning::OtherPlace { by, signer: RAA() }));
}

/// Two ceremonies over one request: the endorsements are the same, the certificates have other serial numbers.
#[test]
fn signing_twice() {
    let request = request(RAA(), vec![item(issuing(2))]);
    let signer = signer(RAA());
    let mut entropy = counting();
    let first = ceremony::sign(&request, &signer, &mut entropy, NOW).unwrap();
    let second = ceremony::sign(&request, &signer, &mut entropy, NOW).unwrap();
    first.verify(&request).unwrap();
    second.verify(&request).unwrap();
    let objects = |signed: &Signed| match signed {
        Signed::Authority { endorsement, full, .. } => (*endorsement, full.clone().unwrap()),
        other => panic!("{other:?}"),
    };
    let ((endorsement, full), (again, other)) = (objects(&first.items[0]), objects(&second.items[0]));
    assert_eq!(endorsement, again);
    assert_ne!(full, other);
    assert_eq!(signer.det(), first.signer);
}

#[test]
fn descriptions_say_what_is_asked_for_and_nothing_else() {
    let mut request = hda(3, 10);
    request.csr = key(3).certification_request(Some("SN 1".into()), None).unwrap();
    request.profiles = Profiles::LITE;
    let lines = item(request).describe();
    let find = |name: &str| lines.iter().find(|(found, _)| *found == name).map(|(_, text)| text.clone());
    assert_eq!(find("authority").unwrap(), "Authorization DET of the HDA at 16376/10");
    assert_eq!(find("DET").unwrap(), format!("{} at 16376/10", key(3).det(hid(16376, 10))));
    assert_eq!(find("key").unwrap(), key(3).hi().to_string());
    assert_eq!(find("serial number").unwrap(), "SN 1");
    assert_eq!(find("certificates").unwrap(), "Lite");
    assert!(find("asked for").unwrap().ends_with("(1825 days)"));
}
