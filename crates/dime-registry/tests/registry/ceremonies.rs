//! Ceremony requests and what is taken in of their answers: everything verified, all of it or nothing.

use crate::node::*;
use crate::world::*;
use dime_registry::{
    Answer, Caller, CrossWanted, Lifetimes, Overlong, OwnKeys, Policy, RegistrationsWanted, Role, Wanted,
};
use dime_sign::ceremony::{Bundle, Item};
use drip_det::{Det, UnixTime};

const YEAR: u64 = 365 * DAY;

fn raa_det() -> Det {
    Det::derive(place(16376, 0), key("raa-a").hi())
}

#[test]
fn an_answer_is_taken_in_only_by_who_asked_and_only_once() {
    let raa = raa(Policy::quickstart());
    let stranger = crate::node::raa(Policy::quickstart());
    raa.waiting(hda_application("hda-a", place(16376, 10)), &manager());
    let request = raa.registry.ceremony_request(&Wanted::all(), &manager()).unwrap();
    let answer = sign(&request, "raa-a", place(16376, 0), UnixTime(START));
    assert_eq!(stranger.registry.ceremony_import(&answer, &manager()).unwrap_err().slug(), "not-asked");

    // Signed by another key than the Authorization key in force.
    let forged = sign(&request, "mallory", place(16376, 0), UnixTime(START));
    let last = raa.store.last_seq();
    let slug = |answer: &Answer| raa.registry.ceremony_import(answer, &manager()).unwrap_err().slug();
    assert_eq!(slug(&forged), "object-not-valid");
    // Signed at another place.
    let elsewhere = sign(&request, "raa-a", place(16377, 0), UnixTime(START));
    assert!(elsewhere.items.iter().all(|item| item.kind() == "refused"));
    assert_eq!(slug(&elsewhere), "object-not-valid");
    assert_eq!(raa.store.last_seq(), last, "nothing of it was taken in");

    raa.registry.ceremony_import(&answer, &manager()).unwrap();
    let later = sign(&request, "raa-a", place(16376, 0), UnixTime(START + 5));
    assert_eq!(slug(&later), "answered-otherwise");
}

#[test]
fn no_changed_octet_of_an_answer_or_bundle_is_taken_in() {
    let raa = raa(Policy::quickstart());
    let view = raa.waiting(hda_application("hda-a", place(16376, 10)), &manager());
    let request = raa.registry.ceremony_request(&Wanted::all(), &manager()).unwrap();
    let octets = sign(&request, "raa-a", place(16376, 0), UnixTime(START)).encode().unwrap();
    let last = raa.store.last_seq();
    for at in 0..octets.len() {
        let mut changed = octets.clone();
        changed[at] ^= 1 << (at % 8);
        if let Ok(answer) = Answer::decode(&changed) {
            // When it was signed is for the record alone: everything that matters has times of its own.
            let same = Answer { signed_at: UnixTime(0), ..answer.clone() }
                == Answer { signed_at: UnixTime(0), ..Answer::decode(&octets).unwrap() };
            assert!(same || raa.registry.ceremony_import(&answer, &manager()).is_err(), "octet {at}");
        }
        assert_eq!(raa.store.last_seq(), last);
    }
    raa.registry.ceremony_import(&Answer::decode(&octets).unwrap(), &manager()).unwrap();

    let hda = Node::new(vec![issuing("hda-i", place(16376, 10))], Policy::quickstart());
    let octets = raa.registry.bundle_of(&view.id).unwrap().encode().unwrap();
    let last = hda.store.last_seq();
    for at in 0..octets.len() {
        let mut changed = octets.clone();
        changed[at] ^= 1 << (at % 8);
        if let Ok(bundle) = Bundle::decode(&changed) {
            assert!(hda.registry.bundle_import(&bundle, &manager()).is_err(), "octet {at}");
        }
    }
    assert_eq!(hda.store.last_seq(), last);
}

#[test]
fn a_bundle_is_for_a_place_of_ours_and_in_time() {
    let raa = raa(Policy::quickstart());
    let bundle = raa.hda_below("hda-a", place(16376, 10));
    let other = Node::new(vec![issuing("hda-i", place(16376, 11))], Policy::quickstart());
    let slug = |node: &Node, bundle: &Bundle| {
        node.registry.bundle_import(bundle, &Caller::Local).unwrap_err().slug()
    };
    assert_eq!(slug(&other, &bundle), "foreign-hid");
    let hda = Node::new(vec![issuing("hda-i", place(16376, 10))], Policy::quickstart());
    let headless = Bundle { authorities: bundle.authorities[1..].to_vec() };
    assert_eq!(slug(&hda, &headless), "object-not-valid");
    hda.clock.set(START + 11 * YEAR);
    assert_eq!(slug(&hda, &bundle), "object-not-valid", "its time is over");
    hda.clock.set(START);
    hda.registry.bundle_import(&bundle, &Caller::Local).unwrap();
}

#[test]
fn who_may_and_what_for() {
    let raa = raa(Policy::quickstart());
    let wanted = Wanted::all();
    let slug =
        |wanted: &Wanted, caller: &Caller| raa.registry.ceremony_request(wanted, caller).unwrap_err().slug();
    assert_eq!(slug(&wanted, &manager()), "nothing-waits");
    for caller in
        [Caller::Anonymous, token(Role::Auditor, None), token(Role::Manager, Some(place(16376, 10)))]
    {
        assert_eq!(slug(&wanted, &caller), "forbidden");
    }
    assert_eq!(slug(&Wanted { by: Some(place(16376, 10)), ..Wanted::all() }, &manager()), "foreign-hid");
    assert_eq!(
        slug(&Wanted { keys: OwnKeys::These(vec![raa_det()]), ..Wanted::all() }, &manager()),
        "malformed-field"
    );
    let long = Lifetimes { authorization: 11 * YEAR, ..Lifetimes::DEFAULT };
    assert_eq!(slug(&Wanted { lifetimes: long, ..Wanted::all() }, &manager()), "validity-out-of-range");
    let waiting = raa.waiting(hda_application("hda-a", place(16376, 10)), &Caller::Anonymous);
    let these = RegistrationsWanted::These(vec![waiting.id.clone()]);
    assert_eq!(
        slug(&Wanted { registrations: these, ..Wanted::all() }, &manager()),
        "not-pending",
        "nobody approved it"
    );
    let forced = Lifetimes { authorization: 11 * YEAR, overlong: Overlong::Forced, ..Lifetimes::DEFAULT };
    let own = csr(&key("raa-b"), None, None);
    let wanted = Wanted { lifetimes: forced, authorizations: vec![own], ..Wanted::nothing() };
    let request = raa.registry.ceremony_request(&wanted, &manager()).unwrap();
    let Item::Authority(item) = &request.items[0] else { panic!() };
    assert_eq!(item.not_after.0 - item.not_before.0, 11 * YEAR);
}

#[test]
fn a_refusal_is_told_to_whom_it_concerns() {
    let raa = raa(Policy::quickstart());
    let view = raa.waiting(hda_application("hda-a", place(16376, 10)), &manager());
    let request = raa.registry.ceremony_request(&Wanted::all(), &manager()).unwrap();
    let mut answer = sign(&request, "raa-a", place(16376, 0), UnixTime(START));
    answer.items[0] = dime_sign::ceremony::Signed::Refused { reason: "unknown to us".into() };
    let imported = raa.registry.ceremony_import(&answer, &manager()).unwrap();
    assert_eq!(imported.refused[0].reason, "unknown to us");
    let denied = raa.registry.registration(&view.id, &manager()).unwrap().unwrap();
    assert_eq!(denied.public.state, dime_registry::State::Denied);
    assert!(denied.reason.unwrap().contains("unknown to us"));
    raa.waiting(hda_application("hda-b", place(16376, 10)), &manager());
}

#[test]
fn cross_endorsements_become_documents() {
    let raa = raa(Policy::quickstart());
    let other = Det::derive(place(16377, 0), key("other").hi());
    let cross = CrossWanted { det: other, hi: *key("other").hi(), not_after: None };
    let imported =
        raa.ceremony(&Wanted { cross: vec![cross], ..Wanted::nothing() }, "raa-a", place(16376, 0));
    let name = format!("cross/{}/{other}", raa_det());
    assert_eq!(imported.documents, std::slice::from_ref(&name));
    assert_eq!(raa.registry.document(&name).unwrap().unwrap().octets.len(), 136);
    let itself = CrossWanted { det: raa_det(), hi: *key("raa-a").hi(), not_after: None };
    let error =
        raa.registry.ceremony_request(&Wanted { cross: vec![itself], ..Wanted::nothing() }, &manager());
    assert_eq!(error.unwrap_err().slug(), "malformed-field");
}

/// A power cut between any two entries leaves an import whole or not begun.
#[test]
fn after_every_entry_an_import_is_whole_or_not_there() {
    let raa = raa(Policy::quickstart());
    let before = raa.store.last_seq().0;
    let view = raa.waiting(hda_application("hda-a", place(16376, 10)), &manager());
    raa.ceremony(&Wanted::all(), "raa-a", place(16376, 0));
    let entries: Vec<_> =
        raa.store.changes(dime_store::Seq::START).map(|entry| entry.unwrap().change).collect();
    for length in before as usize..=entries.len() {
        let folder = tempfile::tempdir().unwrap();
        let store = open_store(folder.path());
        for change in &entries[..length] {
            store.commit(change.clone()).unwrap();
        }
        drop(store);
        let node = Node::over(folder, raa.keys.clone(), Policy::quickstart(), ManualClock::at(START));
        let registered = node
            .registry
            .registration(&view.id, &manager())
            .unwrap()
            .is_some_and(|view| view.public.state == dime_registry::State::Registered);
        let known = node.registry.authority(view.public.det).is_some();
        let delegated =
            !node.ask(&view.public.det.owner_name(), dime_zone::RecordType::HHIT).authority.is_empty()
                && !node.ask(&view.public.det.owner_name(), dime_zone::RecordType::HHIT).authoritative;
        assert_eq!(
            (registered, known, delegated),
            (length == entries.len(), registered, registered),
            "{length}"
        );
    }
}
