//! Answers that do not answer their request, and bundles that do not hold together: each fault by its own name.

use crate::world::{NOW, YEAR, answer, authority, hid, item, key, request, until};
use dime_sign::ceremony::{
    Answer, AnswerError, AuthorityObjects, Bundle, BundleFault, Include, Item, ItemFault, ObjectsFault,
    PkiUrls, Profiles, Request, Signed,
};
use drip_cert::x509::Profile;
use drip_det::{DetClass, Level};

fn asked() -> Request {
    let mut first = authority(2, Level::Raa, DetClass::Issuing, hid(16376, 0));
    first.pki = Some(PkiUrls { crl: Some("https://a.example/1.crl".into()), ..PkiUrls::NONE });
    let second = authority(3, Level::Hda, DetClass::Authorization, hid(16376, 10));
    let cross = Item::CrossEndorsement {
        det: key(9).det(hid(16377, 0)),
        hi: *key(9).hi(),
        not_before: NOW,
        not_after: until(YEAR),
        reference: String::new(),
    };
    request(hid(16376, 0), vec![item(first), item(second), cross])
}

fn authority_of(request: &mut Request, at: usize) -> &mut dime_sign::ceremony::AuthorityRequest {
    match &mut request.items[at] {
        Item::Authority(authority) => authority,
        other => panic!("{other:?}"),
    }
}

/// What is wrong with item 1 of an answer to `signed` when it is given as an answer to a request changed by `change`.
fn fault_against(change: impl FnOnce(&mut Request)) -> ItemFault {
    let signed = asked();
    let mut answer = answer(&signed);
    let mut other = signed;
    change(&mut other);
    answer.request = other.digest();
    match answer.verify(&other).unwrap_err() {
        AnswerError::Item { number: 1, fault } => *fault,
        other => panic!("{other}"),
    }
}

/// What is wrong with item 1 of a right answer that was changed.
fn fault_after(change: impl FnOnce(&mut Answer)) -> ItemFault {
    let request = asked();
    let mut answer = answer(&request);
    change(&mut answer);
    match answer.verify(&request).unwrap_err() {
        AnswerError::Item { number: 1, fault } => *fault,
        other => panic!("{other}"),
    }
}

#[test]
fn another_request_another_count_another_signer() {
    let request = asked();
    let good = answer(&request);
    assert_eq!(good.verify(&request), Ok(()));
    let mut other = request.clone();
    other.id[0] ^= 1;
    assert_eq!(good.verify(&other), Err(AnswerError::OtherRequest));
    let mut short = good.clone();
    short.items.pop();
    assert_eq!(short.verify(&request), Err(AnswerError::Count { found: 2, expected: 3 }));
    let mut swapped = good;
    swapped.signer_hi = *key(8).hi();
    assert!(matches!(swapped.verify(&request), Err(AnswerError::Signer(_))));
}

#[test]
fn items_out_of_order_or_of_another_kind() {
    let fault = fault_after(|answer| answer.items.swap(0, 1));
    assert!(matches!(fault, ItemFault::Objects(ObjectsFault::Child { .. })), "{fault}");
    let fault = fault_after(|answer| answer.items.swap(0, 2));
    assert_eq!(fault, ItemFault::Kind { expected: "authority", found: "cross-endorsement" });
}

#[test]
fn objects_that_say_something_else() {
    let wider = fault_against(|request| authority_of(request, 0).not_after = until(4 * YEAR));
    assert!(matches!(wider, ItemFault::Objects(ObjectsFault::Wider { .. })), "{wider}");
    let role = fault_against(|request| authority_of(request, 0).class = DetClass::Authorization);
    assert_eq!(role, ItemFault::Objects(ObjectsFault::Differs { profile: Profile::Lite, field: "role" }));
    let uri = fault_against(|request| authority_of(request, 0).uri = None);
    assert_eq!(uri, ItemFault::Objects(ObjectsFault::Differs { profile: Profile::Lite, field: "URI" }));
    let pki = fault_against(|request| authority_of(request, 0).pki = None);
    assert_eq!(pki, ItemFault::Objects(ObjectsFault::Differs { profile: Profile::Mtls, field: "addresses" }));
    let policy = fault_against(|request| authority_of(request, 0).policies.raa = None);
    let expected = ObjectsFault::Differs { profile: Profile::Full, field: "certificate policy" };
    assert_eq!(policy, ItemFault::Objects(expected));
    let unasked = fault_against(|request| {
        authority_of(request, 0).profiles = Profiles { full: Include::No, mtls: Include::Yes };
    });
    assert_eq!(unasked, ItemFault::Objects(ObjectsFault::Unasked(Profile::Full)));
    let place = fault_against(|request| authority_of(request, 0).hid = hid(16376, 4096));
    assert!(matches!(place, ItemFault::Objects(ObjectsFault::Child { .. })), "{place}");
    let csr = fault_against(|request| authority_of(request, 0).csr[100] ^= 1);
    assert!(matches!(csr, ItemFault::Csr(_)), "{csr}");
}

#[test]
fn objects_that_are_missing_or_swapped() {
    let with = |change: fn(&mut Signed)| fault_after(|answer| change(&mut answer.items[0]));
    let missing = with(|signed| {
        if let Signed::Authority { mtls, .. } = signed {
            *mtls = None;
        }
    });
    assert_eq!(missing, ItemFault::Objects(ObjectsFault::Missing(Profile::Mtls)));
    let swapped = with(|signed| {
        if let Signed::Authority { mtls, full, .. } = signed {
            core::mem::swap(mtls, full);
        }
    });
    assert!(
        matches!(swapped, ItemFault::Objects(ObjectsFault::Certificate { profile: Profile::Full, .. })),
        "{swapped}"
    );
}

/// Every bit of every object is signed, or is a signature: no change of one goes through.
#[test]
fn no_changed_bit_is_accepted() {
    let request = asked();
    let good = answer(&request);
    let octets = good.encode().unwrap();
    for at in 0..octets.len() {
        let mut changed = octets.clone();
        changed[at] ^= 1 << (at % 8);
        let Ok(answer) = Answer::decode(&changed) else { continue };
        match answer.verify(&request) {
            Err(_) => {}
            // By the signer's clock, which nobody signs.
            Ok(()) => assert_eq!(Answer { signed_at: good.signed_at, ..answer }, good, "octet {at}"),
        }
    }
}

#[test]
fn refusals_answer_any_item() {
    let request = asked();
    let mut answer = answer(&request);
    for signed in &mut answer.items {
        *signed = Signed::refused("not today\u{1b}[2J");
    }
    assert_eq!(answer.verify(&request), Ok(()));
    let Signed::Refused { reason } = &answer.items[0] else { panic!() };
    assert_eq!(reason, "not today?[2J");
    answer.encode().unwrap();
}

/// The chain RAA, its Issuing DET, an HDA.
fn chain() -> Bundle {
    let raa = hid(16376, 0);
    let items = [
        authority(1, Level::Raa, DetClass::Authorization, raa),
        authority(2, Level::Raa, DetClass::Issuing, raa),
        authority(3, Level::Hda, DetClass::Authorization, hid(16376, 10)),
    ];
    let request = request(raa, items.iter().cloned().map(item).collect());
    let answer = answer(&request);
    let objects =
        items.iter().zip([1, 2, 3]).zip(&answer.items).map(|((asked, seed), signed)| match signed {
            Signed::Authority { endorsement, lite, full, mtls } => AuthorityObjects {
                level: asked.level,
                class: asked.class,
                hid: asked.hid,
                hi: *key(seed).hi(),
                parent: answer.signer,
                endorsement: *endorsement,
                lite: lite.clone(),
                full: full.clone(),
                mtls: mtls.clone(),
            },
            other => panic!("{other:?}"),
        });
    Bundle { authorities: objects.collect() }
}

#[test]
fn bundles() {
    let good = chain();
    assert_eq!(good.verify(), Ok(()));
    assert_eq!(Bundle::decode(&good.encode().unwrap()), Ok(good.clone()));
    let objects = |fault: BundleFault| match fault {
        BundleFault::Objects { number, fault, .. } => (number, *fault),
        other => panic!("{other}"),
    };
    let fault = |change: fn(&mut Vec<AuthorityObjects>)| {
        let mut bundle = good.clone();
        change(&mut bundle.authorities);
        bundle.verify().unwrap_err()
    };
    let det = |at: usize| good.authorities[at].det();
    let no_anchor = fault(|authorities| drop(authorities.remove(0)));
    assert_eq!(no_anchor, BundleFault::NoAnchor { first: det(1), parent: det(0) });
    let twice = fault(|authorities| authorities.push(authorities[1].clone()));
    assert_eq!(twice, BundleFault::Twice { number: 4, det: det(1) });
    let orphan = fault(|authorities| authorities[2].parent = authorities[1].det());
    assert!(matches!(objects(orphan), (3, ObjectsFault::Parent { .. })));
    let stranger = fault(|authorities| authorities[2].parent = key(8).det(hid(16376, 0)));
    assert!(matches!(stranger, BundleFault::NoParent { number: 3, .. }));
    let level = fault(|authorities| authorities[1].level = Level::Hda);
    assert!(matches!(objects(level), (2, ObjectsFault::Differs { field: "role", .. })));
    let swapped = fault(|authorities| {
        let lite = authorities[1].lite.clone();
        authorities[2].lite = lite;
    });
    assert!(matches!(objects(swapped), (3, ObjectsFault::Differs { .. })));
}
