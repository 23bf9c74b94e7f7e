//! Revocation lists of Authorization keys by ceremony, why authorities were revoked, answers that come late, and a new Authorization key
//! after the old one was stolen.

use crate::node::*;
use crate::world::*;
use dime_registry::{
    AlertCause, Caller, DetStatus, ImportError, Lifetimes, ListForm, ListWanted, Novelty, OwnKeys, Policy,
    RegistrationsWanted, State, Wanted,
};
use dime_sign::ceremony::Item;
use drip_cert::crl::{Crl, Reason, Scope};
use drip_cert::mtls::MtlsCertificate;
use drip_det::{Det, DetClass, Hid, UnixTime};

const YEAR: u64 = 365 * DAY;

fn raa_hid() -> Hid {
    place(16376, 0)
}

fn hda_hid() -> Hid {
    place(16376, 10)
}

fn raa_det() -> Det {
    Det::derive(raa_hid(), key("raa-a").hi())
}

fn hda_det() -> Det {
    Det::derive(hda_hid(), key("hda-a").hi())
}

fn list(node: &Node, issuer: Det) -> Crl {
    let list = node.registry.revocation_list(issuer, None, ListForm::Complete).unwrap();
    Crl::parse(&list.der).unwrap()
}

fn list_due(node: &Node) -> bool {
    let alerts = node.registry.alerts().unwrap();
    alerts.iter().any(|alert| alert.det == raa_det() && alert.cause == AlertCause::ListDue)
}

/// The only revocation list among what a request asks for.
fn is_one_list(items: &[Item]) -> bool {
    matches!(items, [Item::RevocationList { .. }])
}

#[test]
fn a_list_is_asked_for_signed_and_given_out() {
    let raa = raa(Policy::quickstart());
    raa.hda_below("hda-a", hda_hid());
    assert!(!list_due(&raa), "nothing is revoked, and no certificate points to a list");
    assert_eq!(
        raa.registry.ceremony_request(&Wanted::all(), &manager()).unwrap_err().slug(),
        "nothing-waits"
    );
    let compromised = Some(Reason::KeyCompromise);
    raa.registry.revoke_authority_because(hda_det(), "the safe was open", compromised, &manager()).unwrap();
    assert!(list_due(&raa));
    // Until it is signed, the RAA's Issuing DET speaks for its Authorization DET.
    assert_eq!(list(&raa, raa_det()).tbs().scope, Scope::Indirect(None));

    let request = raa.registry.ceremony_request(&Wanted::all(), &manager()).unwrap();
    assert!(is_one_list(&request.items), "{:?}", request.items);
    let answer = sign(&request, "raa-a", raa_hid(), UnixTime(START));
    let imported = raa.registry.ceremony_import(&answer, &manager()).unwrap();
    assert_eq!(imported.documents, [format!("crl/{}", raa_det())]);
    assert_eq!(raa.registry.ceremony_import(&answer, &manager()).unwrap().novelty, Novelty::Repeated);
    assert!(!list_due(&raa));

    let raa = raa.restarted();
    let given = list(&raa, raa_det());
    given.verify(key("raa-a").hi()).unwrap();
    assert_eq!((given.tbs().issuer, &given.tbs().scope), (raa_det(), &Scope::Whole));
    let mtls = raa.registry.authority(hda_det()).unwrap().mtls.unwrap();
    let serial = MtlsCertificate::parse(&mtls).unwrap().tbs().serial.clone();
    assert_eq!(given.find(raa_det(), &serial).unwrap().reason, compromised);
    // It is said again well before it ends.
    raa.clock.set(START + 59 * DAY);
    assert!(!list_due(&raa));
    raa.clock.set(START + 60 * DAY);
    assert!(list_due(&raa));
    let request = raa.registry.ceremony_request(&Wanted::all(), &manager()).unwrap();
    assert!(is_one_list(&request.items));
}

#[test]
fn certificates_that_point_to_a_list_are_made_together_with_it() {
    let mut policy = Policy::quickstart();
    policy.revocation.origin = Some("https://raa.example".into());
    let raa = raa(policy);
    let issuing = raa.keys[0].det();
    let mtls = raa.registry.authority(issuing).unwrap().mtls.unwrap();
    let points = MtlsCertificate::parse(&mtls).unwrap().tbs().pki.crl.clone();
    let place = format!("https://raa.example/pki/{}.crl", raa_det().to_hex());
    assert_eq!(points, Some(place));
    let first = list(&raa, raa_det());
    assert_eq!((first.tbs().issuer, first.tbs().entries.len()), (raa_det(), 0));
    assert!(!list_due(&raa));
    // A new key that takes over brings its own first list; the old one's stays.
    raa.clock.set(START + 1);
    let wanted = Wanted {
        authorizations: vec![csr(&key("raa-b"), None, None)],
        revocation_list: ListWanted::Due,
        ..Wanted::nothing()
    };
    raa.ceremony(&wanted, "raa-b", raa_hid());
    let new = Det::derive(raa_hid(), key("raa-b").hi());
    assert_eq!(list(&raa, new).tbs().issuer, new);
    assert_eq!(list(&raa, raa_det()).tbs().issuer, raa_det());
}

#[test]
fn lists_late_lacking_and_by_the_retired() {
    let raa = raa(Policy::quickstart());
    raa.hda_below("hda-a", hda_hid());
    let now = Wanted { revocation_list: ListWanted::Now(None), ..Wanted::nothing() };
    let first = raa.registry.ceremony_request(&now, &manager()).unwrap();
    let late = sign(&first, "raa-a", raa_hid(), UnixTime(START));
    raa.clock.set(START + 10);
    raa.registry.revoke_authority(hda_det(), "closed", &manager()).unwrap();
    let second = raa.ceremony(&now, "raa-a", raa_hid());
    assert_eq!(second.documents.len(), 1);
    let served = list(&raa, raa_det());
    // The answer to the earlier request comes after that to the later one: the newer list stays.
    let imported = raa.registry.ceremony_import(&late, &manager()).unwrap();
    assert!(imported.documents.is_empty());
    assert!(imported.refused[0].reason.contains("is here already"), "{:?}", imported.refused);
    assert_eq!(list(&raa, raa_det()), served);

    // One whose time is over when it comes back is of no use.
    let short = Wanted {
        lifetimes: Lifetimes { list: 60, ..Lifetimes::DEFAULT },
        revocation_list: ListWanted::Now(None),
        ..Wanted::nothing()
    };
    raa.clock.set(START + 20);
    let request = raa.registry.ceremony_request(&short, &manager()).unwrap();
    let answer = sign(&request, "raa-a", raa_hid(), UnixTime(START + 20));
    raa.clock.set(START + 90);
    assert_eq!(raa.registry.ceremony_import(&answer, &manager()).unwrap().refused.len(), 1);
    assert_eq!(list(&raa, raa_det()), served);
    for list in [59, 401 * DAY] {
        let lifetimes = Lifetimes { list, ..Lifetimes::DEFAULT };
        let wanted = Wanted { lifetimes, ..now.clone() };
        let error = raa.registry.ceremony_request(&wanted, &manager()).unwrap_err();
        assert_eq!(error.slug(), "validity-out-of-range");
    }
    for stranger in [hda_det(), raa.keys[0].det()] {
        let wanted = Wanted { revocation_list: ListWanted::Now(Some(stranger)), ..Wanted::nothing() };
        assert_eq!(raa.registry.ceremony_request(&wanted, &manager()).unwrap_err().slug(), "malformed-field");
    }

    // A retired key signs nothing new, but its list.
    raa.registry.retire_authority(raa_det(), None, "replaced", &manager()).unwrap();
    let old = Wanted { revocation_list: ListWanted::Now(Some(raa_det())), ..Wanted::nothing() };
    assert_eq!(raa.ceremony(&old, "raa-a", raa_hid()).documents.len(), 1);
    let wanted = Wanted { keys: OwnKeys::All, ..old };
    let request = raa.registry.ceremony_request(&wanted, &manager()).unwrap();
    let answer = sign(&request, "raa-a", raa_hid(), UnixTime(raa.now()));
    assert!(matches!(raa.registry.ceremony_import(&answer, &manager()), Err(ImportError::Signer { .. })));
}

#[test]
fn why_an_authority_was_revoked_is_kept_and_told() {
    let raa = raa(Policy::quickstart());
    let hda = hda(&raa, "hda-a", vec![issuing("hda-i", hda_hid())]);
    let operator = hda.registered(application(dime_registry::Kind::Operator, "op")).public.det;
    for hold in [Reason::CertificateHold, Reason::RemoveFromCrl] {
        let refused = hda.registry.revoke_authority_because(hda_det(), "x", Some(hold), &manager());
        assert_eq!(refused.unwrap_err().slug(), "malformed-field");
    }
    let why = Some(Reason::KeyCompromise);
    hda.registry.revoke_authority_because(hda_det(), "the safe was open", why, &manager()).unwrap();
    let hda = hda.restarted();
    let told = |det: Det| {
        let status = hda.registry.status(det, &Caller::Anonymous).unwrap();
        assert_eq!(status.status, DetStatus::Revoked);
        status.reason_code
    };
    assert_eq!(told(hda_det()), why);
    // What fell with it did so because the key above is known to others, not its own.
    assert_eq!(told(hda.keys[0].det()), Some(Reason::CaCompromise));
    assert_eq!(told(operator), Some(Reason::CaCompromise));

    // The level above, by the registration of the registry.
    raa.registry.revoke_because(hda_det(), "closed", Some(Reason::CessationOfOperation), &manager()).unwrap();
    let status = raa.registry.status(hda_det(), &manager()).unwrap();
    assert_eq!(status.reason_code, Some(Reason::CessationOfOperation));
    assert_eq!(status.reason.as_deref(), Some("closed"));
}

/// What a ceremony said of an Issuing key while the server ran is known to its signer at once: nothing it signs outlasts its authority, and
/// an authority that was endorsed for longer may sign for longer.
#[test]
fn a_signer_learns_of_the_end_of_its_authority_without_a_restart() {
    use dime_sign::{PolicyFault, SignError, SignRequest, Signer};
    use drip_det::DripTime;
    use drip_wire::EndorsementBody;
    let raa = raa(Policy::quickstart());
    let (signers, hda) = crate::node::hda_with_signers(&raa, "hda-a", vec![issuing("hda-i", hda_hid())]);
    let signer = &signers[0];
    let end = hda.registry.authority(signer.det()).unwrap().not_after;
    let until = |not_after: UnixTime| {
        let body = EndorsementBody {
            vnb: DripTime::from_unix(UnixTime(not_after.0 - DAY)).unwrap(),
            vna: DripTime::from_unix(not_after).unwrap(),
            child: Det::derive(hda_hid(), key("ua").hi()),
            child_hi: *key("ua").hi(),
            parent: signer.det(),
        };
        signer.sign(&SignRequest::Endorsement(body), UnixTime(not_after.0 - DAY))
    };
    assert!(until(end).is_ok());
    let late = until(UnixTime(end.0 + 1));
    assert!(matches!(late, Err(SignError::Policy(PolicyFault::OutlastsSigner { .. }))), "{late:?}");

    hda.clock.set(START + DAY);
    raa.clock.set(START + DAY);
    hda.ceremony(&Wanted { keys: OwnKeys::All, ..Wanted::nothing() }, "hda-a", hda_hid());
    let longer = hda.registry.authority(signer.det()).unwrap().not_after;
    assert!(longer > end);
    assert!(until(longer).is_ok());
    assert!(until(UnixTime(longer.0 + 1)).is_err());
}

/// Two requests for the same thing, answered in the other order: the newer objects stay, and who was revoked or denied since does not
/// make the rest of a ceremony useless.
#[test]
fn answers_that_come_late() {
    let raa = raa(Policy::quickstart());
    let all = Wanted { keys: OwnKeys::All, ..Wanted::nothing() };
    let early = raa.registry.ceremony_request(&all, &manager()).unwrap();
    raa.clock.set(START + 100);
    raa.ceremony(&all, "raa-a", raa_hid());
    let newer = raa.registry.authority(raa.keys[0].det()).unwrap();
    assert_eq!(newer.not_before, UnixTime(START + 100));
    let answer = sign(&early, "raa-a", raa_hid(), UnixTime(START + 200));
    let imported = raa.registry.ceremony_import(&answer, &manager()).unwrap();
    assert!(imported.authorities.is_empty());
    assert!(imported.refused[0].reason.contains("newer"), "{:?}", imported.refused);
    assert_eq!(raa.registry.authority(raa.keys[0].det()).unwrap(), newer);

    // Three registries in one ceremony; one is revoked before the answer comes.
    let bundle = raa.hda_below("hda-a", hda_hid());
    assert!(!bundle.authorities.is_empty());
    raa.clock.set(START + 300);
    raa.waiting(hda_application("hda-b", place(16376, 11)), &manager());
    let again = Wanted { registrations: RegistrationsWanted::All, ..Wanted::nothing() };
    let request = raa.registry.ceremony_request(&again, &manager()).unwrap();
    assert_eq!(
        request.items.len(),
        2,
        "the one in force is endorsed anew, the one approved for the first time"
    );
    let answer = sign(&request, "raa-a", raa_hid(), UnixTime(START + 300));
    raa.registry.revoke_authority(hda_det(), "closed", &manager()).unwrap();
    let imported = raa.registry.ceremony_import(&answer, &manager()).unwrap();
    assert_eq!(imported.registrations.len(), 1);
    assert_eq!(imported.authorities, [Det::derive(place(16376, 11), key("hda-b").hi())]);
    assert!(imported.refused[0].reason.contains("revoked"), "{:?}", imported.refused);
    assert_eq!(raa.registry.status(hda_det(), &manager()).unwrap().status, DetStatus::Revoked);
}

/// The Authorization key was stolen: a new one endorses itself, the Issuing keys and every registry below in one ceremony; then the old one
/// is revoked, and nothing falls with it but itself.
#[test]
fn after_a_compromise_everything_below_is_signed_anew() {
    let raa = raa(Policy::quickstart());
    let hda = hda(&raa, "hda-a", vec![issuing("hda-i", hda_hid())]);
    let operator = hda.registered(application(dime_registry::Kind::Operator, "op")).public;
    raa.clock.set(START + DAY);
    let new = Det::derive(raa_hid(), key("raa-b").hi());
    let wanted = Wanted {
        keys: OwnKeys::All,
        authorizations: vec![csr(&key("raa-b"), None, None)],
        registrations: RegistrationsWanted::All,
        ..Wanted::all()
    };
    let imported = raa.ceremony(&wanted, "raa-b", raa_hid());
    assert_eq!(imported.authorities.len(), 3, "{imported:?}");
    let fallen = raa
        .registry
        .revoke_authority_because(raa_det(), "the safe was open", Some(Reason::KeyCompromise), &manager())
        .unwrap();
    assert_eq!((fallen.authorities.as_slice(), fallen.count()), ([raa_det()].as_slice(), 0));
    let registered = raa.store.registration_by_det(hda_det()).unwrap().unwrap();
    assert_eq!((registered.state, registered.issuer), (State::Registered, new));
    assert!(raa.is_in_dns(raa.keys[0].det()) && !raa.is_in_dns(raa_det()));

    // The HDA takes the new chain in; what it registered needs no new signature.
    let bundle = raa.registry.bundle_of(&registered.id).unwrap();
    hda.clock.set(START + DAY);
    hda.registry.bundle_import(&bundle, &Caller::Local).unwrap();
    assert!(hda.is_in_dns(operator.det));
    let chain = hda.registry.public_view(operator.det).unwrap().unwrap();
    assert_eq!(hda.registry.authority(hda_det()).unwrap().parent, new);
    assert_eq!(chain.det, operator.det);
    assert!(raa.registry.authority(raa_det()).unwrap().not_after > UnixTime(START + YEAR));
    let class = raa.registry.authority(new).unwrap().class;
    assert_eq!(class, DetClass::Authorization);
}
