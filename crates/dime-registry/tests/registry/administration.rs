//! Suspending, retiring, revoking, expiring, re-keying, and re-issuing what is below.

use crate::node::*;
use crate::world::*;
use dime_registry::{
    AlertCause, AuthorityStatus, Caller, IssuingUse, JobState, Kind, Lifetimes, Listing, OwnKeys, Policy,
    Role, State, Wanted,
};
use dime_store::{ChangeKind, Seq};
use dime_zone::RecordType;
use drip_det::{Det, Hid, UnixTime};
use std::{cell::Cell, sync::atomic::AtomicUsize};

const YEAR: u64 = 365 * DAY;

fn hda_hid() -> Hid {
    place(16376, 10)
}

fn hda_det() -> Det {
    Det::derive(hda_hid(), key("hda-a").hi())
}

fn is_delegated(raa: &Node) -> bool {
    let answer = raa.ask(&hda_det().owner_name(), RecordType::HHIT);
    !answer.authoritative && !answer.authority.is_empty()
}

#[test]
fn a_suspended_registry_leaves_the_dns_and_comes_back() {
    let raa = raa(Policy::quickstart());
    raa.hda_below("hda-a", hda_hid());
    assert!(is_delegated(&raa));
    let report = raa.registry.suspend_authority(hda_det(), "unpaid", &manager()).unwrap();
    assert_eq!(report.authority.status.name(), "suspended");
    assert!(!is_delegated(&raa));
    let slug = |result: Result<_, dime_registry::AdministerError>| {
        result.map(|_: dime_registry::AuthorityReport| ()).unwrap_err().slug()
    };
    assert_eq!(slug(raa.registry.suspend_authority(hda_det(), "again", &manager())), "authority-status");
    let raa = raa.restarted();
    assert!(!is_delegated(&raa));
    raa.registry.resume_authority(hda_det(), &manager()).unwrap();
    assert!(is_delegated(&raa));
    assert_eq!(slug(raa.registry.resume_authority(hda_det(), &manager())), "authority-status");
    assert_eq!(slug(raa.registry.suspend_authority(hda_det(), " ", &manager())), "malformed-field");
    let own = token(Role::Manager, Some(hda_hid()));
    assert_eq!(
        slug(raa.registry.suspend_authority(hda_det(), "mine", &own)),
        "forbidden",
        "the level above decides"
    );
    let kinds: Vec<_> = raa.store.changes(Seq::START).map(|entry| entry.unwrap().change).collect();
    let last = &kinds[kinds.len() - 2..];
    assert_eq!((last[0].kind, last[1].kind), (ChangeKind::AuthoritySuspended, ChangeKind::AuthorityResumed));
}

#[test]
fn what_falls_with_an_authority_is_counted_and_then_falls() {
    let raa = raa(Policy::quickstart());
    let hda = hda(&raa, "hda-a", vec![issuing("hda-i", hda_hid())]);
    let operator = hda.registered(application(Kind::Operator, "operator")).public.det;
    let aircraft = hda.registered(application(Kind::Aircraft, "aircraft")).public.det;
    let preview = hda.registry.preview_revocation(hda_det(), &manager()).unwrap();
    assert_eq!((preview.authorities.len(), preview.count()), (2, 2));
    assert!(hda.is_in_dns(aircraft), "a preview changes nothing");
    let fallen = hda.registry.revoke_authority(hda_det(), "compromised", &manager()).unwrap();
    assert_eq!(fallen, preview);
    let hda = hda.restarted();
    for det in [operator, aircraft, hda_det(), hda.keys[0].det()] {
        assert!(!hda.is_in_dns(det), "{det}");
    }
    let view = hda.registry.public_view(aircraft).unwrap().unwrap();
    assert_eq!(view.state, State::Revoked);
    assert_eq!(
        hda.registry.register(application(Kind::Aircraft, "next"), &manager()).unwrap_err().slug(),
        "no-issuer"
    );
    assert_eq!(hda.registry.revoke_authority(hda_det(), "again", &manager()).unwrap().count(), 0);

    // With the registry below, its number and delegation.
    let fallen = raa.registry.revoke_authority(hda_det(), "compromised", &manager()).unwrap();
    assert_eq!(fallen.registries, [hda_det()]);
    assert!(!is_delegated(&raa));
    let view = raa.registry.public_view(hda_det()).unwrap().unwrap();
    assert_eq!(view.state, State::Revoked);
    raa.waiting(hda_application("hda-b", hda_hid()), &manager());
}

/// The first commit of a fall decides; what a crash left of it is ended at the next start.
#[test]
fn a_fall_that_was_cut_off_is_finished_before_anything_is_served() {
    let raa = raa(Policy::quickstart());
    let hda = hda(&raa, "hda-a", vec![issuing("hda-i", hda_hid())]);
    let aircraft = hda.registered(application(Kind::Aircraft, "aircraft")).public.det;
    hda.registry.revoke_authority(hda_det(), "compromised", &manager()).unwrap();
    let changes: Vec<_> = hda.store.changes(Seq::START).map(|entry| entry.unwrap().change).collect();
    let revoked = changes.iter().position(|change| change.kind == ChangeKind::AuthorityRevoked).unwrap();
    for length in revoked + 1..=changes.len() {
        let folder = tempfile::tempdir().unwrap();
        let store = open_store(folder.path());
        for change in &changes[..length] {
            store.commit(change.clone()).unwrap();
        }
        drop(store);
        let revived = Node::over(folder, hda.keys.clone(), Policy::quickstart(), ManualClock::at(START));
        assert!(!revived.is_in_dns(aircraft), "cut after {length}");
        assert_eq!(revived.registry.public_view(aircraft).unwrap().unwrap().state, State::Revoked);
        assert!(revived.store.jobs().unwrap().iter().all(|job| job.state == JobState::Done));
    }
}

#[test]
fn authorities_leave_the_dns_when_their_time_is_over() {
    let raa = raa(Policy::quickstart());
    raa.hda_below("hda-a", hda_hid());
    let end = raa.registry.authority(hda_det()).unwrap().not_after;
    raa.clock.set(end.0 - 80 * DAY);
    let alerts = raa.registry.alerts().unwrap();
    assert!(alerts.iter().any(|alert| alert.det == hda_det() && alert.cause == AlertCause::Ending(end)));
    raa.clock.set(end.0);
    raa.registry.expire_due().unwrap();
    assert!(is_delegated(&raa), "its last second counts");
    raa.clock.set(end.0 + 1);
    assert!(raa.registry.expire_due().unwrap() > 0);
    let raa = raa.restarted();
    assert!(!is_delegated(&raa));
    assert!(matches!(raa.registry.authority(hda_det()).unwrap().status, AuthorityStatus::Expired { .. }));
    assert_eq!(raa.registry.public_view(hda_det()).unwrap().unwrap().state, State::Expired);
    assert!(!raa.is_in_dns(Det::derive(place(16376, 0), key("raa-i").hi())), "our own, too");
    assert_eq!(raa.registry.expire_due().unwrap(), 0);
}

#[test]
fn a_retired_issuer_signs_nothing_new_and_ends_when_planned() {
    let raa = raa(Policy::quickstart());
    let node = hda(&raa, "hda-a", vec![issuing("hda-i", hda_hid()), issuing("hda-j", hda_hid())]);
    let [first, second] = [node.keys[0].det(), node.keys[1].det()];
    let signer_of = |node: &Node, name: &str| {
        node.registered(application(Kind::Aircraft, name)).public.endorsements[3].parent
    };
    let before = signer_of(&node, "one");
    assert_eq!(before, second, "of those of one ceremony the one named last");
    let other = first;
    let at = UnixTime(START + 100 * DAY);
    node.registry.retire_authority(before, Some(at), "replaced", &manager()).unwrap();
    assert_eq!(signer_of(&node, "two"), other);
    assert!(node.is_in_dns(before), "what it signed stays");
    node.clock.set(START + 100 * DAY + 1);
    node.registry.expire_due().unwrap();
    assert!(!node.is_in_dns(before));
    let error = node.registry.retire_authority(other, Some(UnixTime(START)), "late", &manager()).unwrap_err();
    assert_eq!(error.slug(), "malformed-field");
}

#[test]
fn several_issuing_dets_each_for_its_use() {
    let people = Key { name: "people", hid: hda_hid(), uses: vec![IssuingUse::Kind(Kind::Operator)] };
    let devices = Key { name: "devices", hid: hda_hid(), uses: vec![IssuingUse::Kind(Kind::Aircraft)] };
    let raa = raa(Policy::quickstart());
    let node = hda(&raa, "hda-a", vec![people.clone(), devices.clone()]);
    let parent = |kind, name| node.registered(application(kind, name)).public.endorsements[3].parent;
    assert_eq!(parent(Kind::Operator, "operator"), people.det());
    assert_eq!(parent(Kind::Aircraft, "aircraft"), devices.det());
    let error = node.registry.register(application(Kind::Service, "service"), &manager()).unwrap_err();
    assert_eq!(error.slug(), "no-issuer");
}

#[test]
fn a_registry_gets_a_new_key_beside_the_old_one() {
    let raa = raa(Policy::quickstart());
    raa.hda_below("hda-a", hda_hid());
    let new = Det::derive(hda_hid(), key("hda-b").hi());
    let view = raa.registry.rekey_registry(hda_det(), &csr(&key("hda-b"), None, None), &manager()).unwrap();
    assert_eq!(view.public.det, new);
    raa.ceremony(&Wanted::all(), "raa-a", place(16376, 0));
    let raa = raa.restarted();
    let now = UnixTime(START);
    for det in [hda_det(), new] {
        assert!(raa.registry.authority(det).unwrap().in_force(now), "both are in force");
    }
    assert!(is_delegated(&raa));
    // The old one may fall: the number is the new one's.
    raa.registry.revoke_authority(hda_det(), "compromised", &manager()).unwrap();
    assert!(is_delegated(&raa));
    raa.registry.revoke_authority(new, "closed", &manager()).unwrap();
    assert!(!is_delegated(&raa));
}

#[test]
fn what_a_det_signed_is_issued_anew_and_a_cut_off_job_goes_on() {
    let raa = raa(Policy::quickstart());
    let node = hda(&raa, "hda-a", vec![issuing("hda-i", hda_hid())]);
    let dets: Vec<Det> = (0..70)
        .map(|n| node.registered(application(Kind::Aircraft, &format!("aircraft {n}"))).public.det)
        .collect();
    let from = node.keys[0].det();
    let error = node.registry.reissue(from, &manager()).unwrap_err();
    assert_eq!(error.slug(), "no-successor");

    // A second Issuing key, endorsed a day later.
    let Node { folder, store, zones, clock, registry, mut keys } = node;
    drop((store, zones, registry));
    clock.set(START + DAY);
    keys.push(issuing("hda-j", hda_hid()));
    let node = Node::over(folder, keys, Policy::quickstart(), clock);
    node.ceremony(&Wanted::all(), "hda-a", hda_hid());
    let to = node.keys[1].det();
    let ends: Vec<UnixTime> =
        dets.iter().map(|det| node.registry.public_view(*det).unwrap().unwrap().not_after).collect();
    let job = node.registry.reissue(from, &manager()).unwrap();
    assert_eq!(job.total, 70);
    assert_eq!(node.registry.reissue(from, &manager()).unwrap().id, job.id, "it is under way");

    // It is stopped in the middle, as by a kill: the record of its progress is behind.
    let steps = Cell::new(0);
    let go_on = || {
        steps.set(steps.get() + 1);
        steps.get() <= 33
    };
    assert_eq!(node.registry.run_jobs(&go_on).unwrap(), 33);
    let issuer =
        |node: &Node, det: &Det| node.registry.public_view(*det).unwrap().unwrap().endorsements[3].parent;
    assert_eq!(dets.iter().filter(|det| issuer(&node, det) == to).count(), 33);
    let node = node.restarted();
    assert_eq!(node.registry.run_jobs(&|| true).unwrap(), 37);
    for (det, end) in dets.iter().zip(&ends) {
        assert_eq!(issuer(&node, det), to);
        assert_eq!(node.registry.public_view(*det).unwrap().unwrap().not_after, *end, "with the end it had");
        assert!(node.is_in_dns(*det));
    }
    let job = node.registry.job(&job.id, &manager()).unwrap().unwrap();
    assert_eq!((job.state, job.done, job.failed, job.total), (JobState::Done, 70, 0, 70));
    assert_eq!(node.registry.run_jobs(&|| true).unwrap(), 0);
    // Afterwards the old one falls alone.
    assert_eq!(node.registry.preview_revocation(from, &manager()).unwrap().count(), 0);
}

/// The journal cut after any entry of a job: nothing is done twice, nothing left out.
#[test]
fn a_job_goes_on_from_any_entry() {
    let raa = raa(Policy::quickstart());
    let node = hda(&raa, "hda-a", vec![issuing("hda-i", hda_hid()), issuing("hda-j", hda_hid())]);
    let mut dets = Vec::new();
    for number in 0..4 {
        dets.push(node.registered(application(Kind::Aircraft, &format!("aircraft {number}"))).public.det);
    }
    let from = node.registry.public_view(dets[0]).unwrap().unwrap().endorsements[3].parent;
    node.registry.retire_authority(from, None, "replaced", &manager()).unwrap();
    let begun = node.store.last_seq().0 as usize;
    node.registry.reissue(from, &manager()).unwrap();
    node.registry.run_jobs(&|| true).unwrap();
    let changes: Vec<_> = node.store.changes(Seq::START).map(|entry| entry.unwrap().change).collect();
    let cuts = AtomicUsize::new(0);
    for length in begun + 1..=changes.len() {
        let folder = tempfile::tempdir().unwrap();
        let store = open_store(folder.path());
        for change in &changes[..length] {
            store.commit(change.clone()).unwrap();
        }
        drop(store);
        let revived = Node::over(folder, node.keys.clone(), Policy::quickstart(), ManualClock::at(START));
        revived.registry.run_jobs(&|| true).unwrap();
        for det in &dets {
            let view = revived.registry.public_view(*det).unwrap().unwrap();
            assert_ne!(view.endorsements[3].parent, from, "cut after {length}");
        }
        let jobs = revived.store.jobs().unwrap();
        assert_eq!((jobs[0].done, jobs[0].total), (4, 4), "cut after {length}");
        cuts.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }
    assert!(cuts.into_inner() > 8);
}

#[test]
fn an_authorization_det_is_replaced_with_overlap() {
    let raa = raa(Policy::quickstart());
    raa.hda_below("hda-a", hda_hid());
    raa.clock.set(START + 4 * YEAR);
    let wanted = Wanted {
        authorizations: vec![csr(&key("raa-b"), None, None)],
        keys: OwnKeys::All,
        ..Wanted::nothing()
    };
    let imported = raa.ceremony(&wanted, "raa-b", place(16376, 0));
    assert_eq!(imported.authorities.len(), 2, "the new one, and the Issuing DET under it");
    let [old, new] = ["raa-a", "raa-b"].map(|name| Det::derive(place(16376, 0), key(name).hi()));
    let now = UnixTime(START + 4 * YEAR);
    assert!(
        raa.registry.authority(old).unwrap().in_force(now)
            && raa.registry.authority(new).unwrap().in_force(now)
    );
    assert_eq!(raa.registry.authority(raa.keys[0].det()).unwrap().parent, new);
    // What is asked for now is the new one's to sign; the old one's would no longer be long enough.
    raa.waiting(hda_application("hda-c", place(16376, 30)), &manager());
    raa.ceremony(&Wanted::all(), "raa-b", place(16376, 0));
    assert_eq!(raa.registry.authority(Det::derive(place(16376, 30), key("hda-c").hi())).unwrap().parent, new);
}

/// A DET that is endorsed anew keeps its registrations, which show the new chain at once and after a start.
#[test]
fn a_new_endorsement_shows_in_the_chains_below() {
    let raa = raa(Policy::quickstart());
    let node = hda(&raa, "hda-a", vec![issuing("hda-i", hda_hid())]);
    let aircraft = node.registered(application(Kind::Aircraft, "aircraft")).public.det;
    node.clock.set(START + DAY);
    let lifetimes = Lifetimes { issuing: 2 * YEAR, ..Lifetimes::DEFAULT };
    let wanted = Wanted { keys: OwnKeys::All, lifetimes, ..Wanted::nothing() };
    node.ceremony(&wanted, "hda-a", hda_hid());
    let endorsement = node.registry.authority(node.keys[0].det()).unwrap().endorsement.encode();
    let shows = |node: &Node| {
        let brid = node.ask(&aircraft.owner_name(), RecordType::BRID).answers[0].rdata.clone();
        brid.windows(endorsement.len()).any(|window| window == endorsement)
    };
    assert!(shows(&node));
    assert!(shows(&node.restarted()));
}

#[test]
fn registrations_are_listed_from_a_time_on() {
    let raa = raa(Policy::quickstart());
    let node = hda(&raa, "hda-a", vec![issuing("hda-i", hda_hid())]);
    node.registered(application(Kind::Aircraft, "early"));
    node.clock.set(START + 100);
    let late = node.registered(application(Kind::Aircraft, "late"));
    let since = |time| {
        let listing = Listing { since: Some(UnixTime(time)), ..Listing::default() };
        node.registry.registrations(&listing, &manager()).unwrap().registrations
    };
    assert_eq!(since(START).len(), 2);
    assert_eq!(since(START + 100).iter().map(|view| view.id.clone()).collect::<Vec<_>>(), [late.id]);
    assert!(since(START + 101).is_empty());
    assert!(node.registry.registrations(&Listing::default(), &Caller::Anonymous).is_err());
}

#[test]
fn signatures_are_counted() {
    let raa = raa(Policy::quickstart());
    let node = hda(&raa, "hda-a", vec![issuing("hda-i", hda_hid())]);
    for n in 0..3 {
        node.registered(application(Kind::Aircraft, &format!("aircraft {n}")));
    }
    let count = |node: &Node| {
        let report = node.registry.authority_report(node.keys[0].det(), &manager()).unwrap();
        let above = node.registry.authority_report(hda_det(), &manager()).unwrap();
        (report.signatures, above.signatures)
    };
    assert_eq!(count(&node), (3, 1));
    assert_eq!(count(&node.restarted()), (3, 1));
}
