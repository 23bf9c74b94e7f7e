//! Trust lists and cross-endorsements: what is taken in, kept, given out, withdrawn, and what is not.

use crate::world::{DAY, LOCAL, START, World, endorse, hid, key, list, ours, raa};
use dime_registry::{Caller, CrossDirection, Permission, TrustError, Wanted};
use dime_sign::ceremony;
use dime_sign::{Issuing, LocalSigner, Signer, SigningPolicy};
use drip_det::UnixTime;

#[test]
fn a_trust_list_is_kept_until_a_newer_one_comes() {
    let world = World::new();
    let (ours, other, third) = (ours(), raa("other", 16377), raa("third", 16378));
    assert_eq!(world.registry.trust_list().unwrap(), None);
    let second = list(&ours, 2, &[&other]);
    world.registry.store_trust_list(&second.encode(), &LOCAL).unwrap();
    assert_eq!(world.registry.trust_list().unwrap(), Some(second.clone()));
    world.registry.store_trust_list(&second.encode(), &LOCAL).expect("the same again changes nothing");
    for older in [list(&ours, 1, &[&third]), list(&ours, 2, &[&third])] {
        match world.registry.store_trust_list(&older.encode(), &LOCAL) {
            Err(TrustError::Superseded { newest: 2, .. }) => {}
            other => panic!("{other:?}"),
        }
    }
    let newer = list(&ours, 3, &[&other, &third]);
    world.registry.store_trust_list(&newer.encode(), &LOCAL).unwrap();
    assert_eq!(world.registry.trust_list().unwrap(), Some(newer));
    world.clock.set(START + 91 * DAY);
    assert_eq!(world.registry.trust_list().unwrap(), None, "its time is over");
}

/// The whole way: the list goes to the Authorization key in a ceremony and comes back in its answer.
#[test]
fn a_list_comes_by_a_ceremony() {
    let world = World::new();
    let (ours, other) = (ours(), raa("other", 16377));
    let hold = |sequence| {
        let payload = list(&ours, sequence, &[&other]).list().encode();
        let by = Some(ours.det().hid());
        let wanted = Wanted { by, trust_list: Some(payload), ..Wanted::nothing() };
        let request = world.registry.ceremony_request(&wanted, &LOCAL).unwrap();
        let mut entropy = |octets: &mut [u8]| {
            octets.fill(0x5a);
            Ok(())
        };
        let answer = ceremony::sign(&request, &ours, &mut entropy, UnixTime(START)).unwrap();
        world.registry.ceremony_import(&answer, &LOCAL).unwrap()
    };
    assert_eq!(hold(5).documents, [format!("trust-list/{}", ours.det())]);
    assert_eq!(world.registry.trust_list().unwrap().unwrap().list().sequence(), 5);
    // An older one is signed, but not taken in; a newer one is.
    let older = hold(4);
    assert!(older.documents.is_empty());
    assert!(older.refused[0].reason.contains("sequence 4"), "{}", older.refused[0].reason);
    assert_eq!(hold(6).documents.len(), 1);
    assert_eq!(world.registry.trust_list().unwrap().unwrap().list().sequence(), 6);
}

#[test]
fn lists_of_others_and_damaged_ones_are_refused() {
    let world = World::new();
    let other = raa("other", 16377);
    let foreign = list(&other, 1, &[&ours()]);
    assert!(matches!(
        world.registry.store_trust_list(&foreign.encode(), &LOCAL),
        Err(TrustError::NotOurs(_))
    ));
    let mut damaged = list(&ours(), 1, &[&other]).encode();
    *damaged.last_mut().unwrap() ^= 1;
    assert!(matches!(world.registry.store_trust_list(&damaged, &LOCAL), Err(TrustError::List(_))));
    let anonymous =
        world.registry.store_trust_list(&list(&ours(), 1, &[&other]).encode(), &Caller::Anonymous);
    assert!(
        matches!(anonymous, Err(TrustError::Forbidden(missing)) if missing.missing == Permission::ManageAuthorities)
    );
    assert!(world.registry.documents("").unwrap().is_empty());
}

#[test]
fn cross_endorsements_given_received_and_withdrawn() {
    let world = World::new();
    let (ours, other) = (ours(), raa("other", 16377));
    let issued = endorse(&ours, &other, START, 30);
    let received = endorse(&other, &ours, START, 30);
    let taken = world.registry.receive_cross(&[issued], &LOCAL).unwrap();
    assert_eq!(taken[0].direction, CrossDirection::Issued);
    // Whom we endorsed we know, so its endorsement of ours can be verified.
    let taken = world.registry.receive_cross(&[received], &LOCAL).unwrap();
    assert_eq!(taken[0].direction, CrossDirection::Received);
    assert_eq!(world.registry.cross_endorsements().unwrap().len(), 2);
    world.registry.withdraw_cross(issued.parent, issued.child, &LOCAL).unwrap();
    let left = world.registry.cross_endorsements().unwrap();
    assert_eq!(left.iter().map(|view| view.endorsement).collect::<Vec<_>>(), [received]);
    let again = world.registry.withdraw_cross(issued.parent, issued.child, &LOCAL);
    assert!(matches!(again, Err(TrustError::NotFound { .. })));
    world.clock.set(START + 31 * DAY);
    assert!(!world.registry.cross_endorsements().unwrap()[0].in_time);
}

#[test]
fn what_is_no_cross_endorsement_of_ours() {
    let world = World::new();
    let (ours, other, third) = (ours(), raa("other", 16377), raa("third", 16378));
    let receive = |endorsements: &[_]| world.registry.receive_cross(endorsements, &LOCAL).unwrap_err();
    // A stranger's key must come along.
    let by_other = endorse(&other, &ours, START, 30);
    assert!(matches!(receive(&[by_other]), TrustError::ParentUnknown(parent) if parent == other.det()));
    let own = endorse(&other, &other, START, 30);
    assert_eq!(world.registry.receive_cross(&[by_other, own], &LOCAL).unwrap().len(), 1);
    let forged = drip_wire::Endorsement { signature: [7; 64], ..own };
    assert!(matches!(receive(&[endorse(&third, &ours, START, 30), forged]), TrustError::ParentUnknown(_)));
    let between_others = endorse(&other, &third, START, 30);
    assert!(matches!(receive(&[between_others, own]), TrustError::NotCross { .. }));
    let to_hda = LocalSigner::<Issuing>::new(key("hda-i"), hid(), SigningPolicy::ISSUING).unwrap();
    let mut down = endorse(&ours, &other, START, 30);
    (down.child, down.child_hi) = (to_hda.det(), *to_hda.hi());
    assert!(matches!(receive(&[down]), TrustError::NotCross { .. }));
    let mut swapped = by_other;
    swapped.signature = own.signature;
    assert!(matches!(receive(&[swapped, own]), TrustError::Signature(_)));
    world.clock.set(START + 31 * DAY);
    assert!(matches!(receive(&[by_other, own]), TrustError::OutOfTime(_)));
}
