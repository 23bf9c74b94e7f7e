//! What a store promises, on any index.

use super::{
    Home, Load, SimulatedDisk,
    load::{change, put},
};
use crate::{
    ChangeKind, Conflict, Expect, Filter, Kind, Options, Registration, RegistrationId, Seq, State, Store,
    StoreError, Subject, Write,
};
use drip_det::UnixTime;
use parking_lot::Mutex;
use std::sync::{Arc, Barrier};

const LOAD: Load = Load { series: 1 };

fn store(home: &dyn Home) -> Store {
    Store::open_on(Box::new(SimulatedDisk::new()), home.open(), Options::default()).unwrap()
}

fn conflict(result: Result<crate::Committed, StoreError>) -> Conflict {
    match result {
        Err(StoreError::Conflict(conflict)) => conflict,
        other => panic!("a conflict was expected, not {other:?}"),
    }
}

/// A change happens when what it expects is so, and not at all otherwise.
pub fn expectations(home: &dyn Home) {
    let store = store(home);
    let id = LOAD.registration(1).id;
    let what = Subject::Registration(id.clone());
    assert_eq!(conflict(store.commit(LOAD.result(1))), Conflict::Missing { what: what.clone() });
    assert_eq!(store.last_seq(), Seq::START);

    assert_eq!(store.commit(LOAD.intent(1)).unwrap().seq, Seq(1));
    assert_eq!(store.registration(&id).unwrap(), Some(LOAD.registration(1)));
    assert_eq!(conflict(store.commit(LOAD.intent(1))), Conflict::Exists { what: what.clone() });

    assert_eq!(store.commit(LOAD.result(1)).unwrap().seq, Seq(2));
    assert_eq!(store.registration(&id).unwrap(), Some(LOAD.registered(1)));
    let stale = conflict(store.commit(LOAD.result(1)));
    assert_eq!(stale, Conflict::Version { what: what.clone(), expected: 1, found: 2 });

    // All or nothing: the second write fails, so the first is not there either.
    let first = Write::PutRegistration { record: Box::new(LOAD.registration(2)), expect: Expect::Absent };
    let second = Write::PutRegistration { record: Box::new(LOAD.registration(1)), expect: Expect::Absent };
    conflict(store.commit(change(ChangeKind::Issuing, vec![first.clone(), second])));
    assert_eq!(store.registration(&LOAD.registration(2).id).unwrap(), None);
    assert_eq!(store.registration_by_det(LOAD.registration(2).det).unwrap(), None);

    // Writes of one change see those before them.
    let next = Write::PutRegistration { record: Box::new(LOAD.registered(2)), expect: Expect::Version(1) };
    store.commit(change(ChangeKind::Registered, vec![first, next])).unwrap();
    assert_eq!(store.registration(&LOAD.registration(2).id).unwrap(), Some(LOAD.registered(2)));

    // A record's DET and key are its own for ever.
    let other = Registration { det: LOAD.registration(3).det, ..LOAD.registered(1) };
    assert_eq!(conflict(store.commit(put(other, Expect::Version(2)))), Conflict::Identity { what });
    assert_eq!(store.last_seq(), Seq(3));
}

/// DETs and keys belong to one registration, and stay with it unless it was denied.
pub fn claims(home: &dyn Home) {
    let store = store(home);
    let first = LOAD.registration(1);
    let holder = Subject::Registration(first.id.clone());
    store.commit(LOAD.intent(1)).unwrap();

    let thief = Registration { id: RegistrationId("thief".to_owned()), ..first.clone() };
    let taken = Conflict::Det { det: first.det, holder: holder.clone() };
    assert_eq!(conflict(store.commit(put(thief.clone(), Expect::Absent))), taken);
    let same_key = Registration { det: LOAD.registration(5).det, ..thief.clone() };
    let key_taken = Conflict::Hi { hi: first.hi, holder: holder.clone() };
    assert_eq!(conflict(store.commit(put(same_key, Expect::Absent))), key_taken);

    store.commit(LOAD.result(1)).unwrap();
    store.commit(LOAD.revocation(1)).unwrap();
    assert_eq!(
        conflict(store.commit(put(thief.clone(), Expect::Absent))),
        taken,
        "revoked registrations keep their claims"
    );
    let found = store.registration_by_hi(&first.hi).unwrap().unwrap();
    assert_eq!((found.id.clone(), found.state, found.version), (first.id.clone(), State::Revoked, 3));
    assert_eq!(store.registration_by_det(first.det).unwrap(), Some(found));

    // A denied one gives its claims up, and another may have them.
    let waiting = Registration { state: State::Pending, ..LOAD.registration(2) };
    store.commit(put(waiting.clone(), Expect::Absent)).unwrap();
    store.commit(put(Registration { state: State::Denied, ..waiting.clone() }, Expect::Version(1))).unwrap();
    assert_eq!(store.registration_by_det(waiting.det).unwrap(), None);
    assert_eq!(store.registration_by_hi(&waiting.hi).unwrap(), None);
    let again = Registration { id: RegistrationId("again".to_owned()), ..waiting.clone() };
    store.commit(put(again.clone(), Expect::Absent)).unwrap();
    assert_eq!(store.registration_by_det(waiting.det).unwrap(), Some(again.clone()));
    // A change of the denied one does not take them from who has them now.
    let remark = Registration { state: State::Denied, reason: Some("no".to_owned()), ..waiting.clone() };
    store.commit(put(remark, Expect::Version(2))).unwrap();
    assert_eq!(store.registration_by_hi(&waiting.hi).unwrap(), Some(again));
    conflict(store.commit(put(waiting, Expect::Version(3))));

    // Authorities claim DETs among registrations too.
    let authority = LOAD.authority(1);
    let put_authority = |expect| {
        change(
            ChangeKind::AuthorityChanged,
            vec![Write::PutAuthority { record: Box::new(authority.clone()), expect }],
        )
    };
    store.commit(put_authority(Expect::Absent)).unwrap();
    let pretender = Registration { det: authority.det, hi: authority.hi, ..LOAD.registration(7) };
    let taken = Conflict::Det { det: authority.det, holder: Subject::Authority(authority.det) };
    assert_eq!(conflict(store.commit(put(pretender, Expect::Absent))), taken);
    assert_eq!(
        conflict(store.commit(put_authority(Expect::Absent))),
        Conflict::Exists { what: Subject::Authority(authority.det) }
    );
    store.commit(put_authority(Expect::Version(1))).unwrap();
    assert_eq!(store.authority(authority.det).unwrap().unwrap().version, 2);
    assert_eq!(store.authorities().unwrap().len(), 1);
    assert_eq!(store.registration_by_det(authority.det).unwrap(), None);
}

/// Of many who want the same at once, one gets it, whichever group they are in.
pub fn claims_against_commits_on_their_way(home: &dyn Home) {
    const RIVALS: usize = 8;
    const ROUNDS: u64 = 40;
    let store = store(home);
    let start = Barrier::new(RIVALS);
    let winners: Vec<Vec<u64>> = std::thread::scope(|scope| {
        let rivals: Vec<_> = (0..RIVALS)
            .map(|rival| {
                let (store, start) = (&store, &start);
                scope.spawn(move || {
                    let mut won = Vec::new();
                    for round in 0..ROUNDS {
                        let id = RegistrationId(format!("rival-{rival}-{round}"));
                        let record = Registration { id, ..LOAD.registration(round) };
                        start.wait();
                        match store.commit(put(record, Expect::Absent)) {
                            Ok(_) => won.push(round),
                            Err(StoreError::Conflict(Conflict::Det { .. })) => {}
                            Err(error) => panic!("{error}"),
                        }
                    }
                    won
                })
            })
            .collect();
        rivals.into_iter().map(|rival| rival.join().unwrap()).collect()
    });
    let mut won: Vec<u64> = winners.concat();
    won.sort_unstable();
    assert_eq!(won, (0..ROUNDS).collect::<Vec<u64>>());
    assert_eq!(store.last_seq(), Seq(ROUNDS));
}

/// Listings have what they should, page by page, and nothing else.
pub fn listings(home: &dyn Home) {
    let store = store(home);
    for number in 0..60 {
        store.commit(LOAD.intent(number)).unwrap();
        if number < 50 {
            store.commit(LOAD.result(number)).unwrap();
        }
        if number < 10 {
            store.commit(LOAD.revocation(number)).unwrap();
        }
    }
    let expected: Vec<Registration> = (0..60)
        .map(|number| match number {
            0..10 => store.registration(&LOAD.registration(number).id).unwrap().unwrap(),
            10..50 => LOAD.registered(number),
            _ => LOAD.registration(number),
        })
        .collect();
    let paged = |filter: Filter, limit: usize| {
        let mut all: Vec<Registration> = Vec::new();
        let mut after = None;
        loop {
            let page = store.registrations(filter, after.as_ref(), limit).unwrap();
            assert!(page.registrations.len() <= limit);
            all.extend(page.registrations);
            match page.next {
                Some(next) => after = Some(next),
                None => return all,
            }
        }
    };
    let some = |test: &dyn Fn(&Registration) -> bool| -> Vec<Registration> {
        expected.iter().filter(|record| test(record)).cloned().collect()
    };
    let hid = LOAD.registration(1).hid();
    let operator = LOAD.registration(9).operator;
    for limit in [1, 7, 10, 1000] {
        assert_eq!(paged(Filter::default(), limit), expected);
        for state in State::ALL {
            let filter = Filter { state: Some(state), ..Filter::default() };
            assert_eq!(paged(filter, limit), some(&|record| record.state == state), "{state}");
        }
        for kind in Kind::ALL {
            let filter = Filter { kind: Some(kind), ..Filter::default() };
            assert_eq!(paged(filter, limit), some(&|record| record.kind == kind), "{kind}");
        }
        let filter = Filter { hid: Some(hid), state: Some(State::Registered), ..Filter::default() };
        assert_eq!(
            paged(filter, limit),
            some(&|record| record.hid() == hid && record.state == State::Registered)
        );
        let filter = Filter { operator, state: Some(State::Revoked), ..Filter::default() };
        assert_eq!(
            paged(filter, limit),
            some(&|record| record.operator == operator && record.state == State::Revoked)
        );
    }

    let mut by_end = some(&|record| record.state == State::Registered);
    by_end.sort_by_key(|record| (record.not_after, record.id.clone()));
    assert_eq!(store.expiring(UnixTime(u64::MAX), 1000).unwrap(), by_end);
    assert_eq!(store.expiring(UnixTime(u64::MAX), 3).unwrap(), by_end[..3]);
    let middle = by_end[20].not_after;
    let before: Vec<Registration> =
        by_end.iter().filter(|record| record.not_after < middle).cloned().collect();
    assert_eq!(store.expiring(middle, 1000).unwrap(), before);

    assert_eq!(store.unfinished(None, 1000).unwrap(), some(&|record| record.state == State::Issuing));
    store.commit(put(LOAD.renewing(20), Expect::Version(2))).unwrap();
    let unfinished = store.unfinished(None, 1).unwrap();
    assert_eq!(unfinished[0].id, LOAD.registration(20).id);
    assert_eq!(store.unfinished(Some(&unfinished[0].id), 1).unwrap()[0], expected[50]);
}

/// Tokens and answered requests are found by their digests, which are theirs for ever.
pub fn tokens_and_requests(home: &dyn Home) {
    let store = store(home);
    let token = LOAD.token(1);
    let put = |record: crate::Token, expect| {
        change(ChangeKind::TokenCreated, vec![Write::PutToken { record, expect }])
    };
    store.commit(put(token.clone(), Expect::Absent)).unwrap();
    store.commit(put(LOAD.token(2), Expect::Absent)).unwrap();
    assert_eq!(store.token_by_digest(&token.digest).unwrap(), Some(token.clone()));
    assert_eq!(store.token_by_digest(&[0; 32]).unwrap(), None);
    assert_eq!(store.tokens().unwrap(), [token.clone(), LOAD.token(2)]);

    let holder = Subject::Token(token.id.clone());
    let copy = crate::Token { id: crate::TokenId("copy".to_owned()), ..token.clone() };
    assert_eq!(
        conflict(store.commit(put(copy, Expect::Absent))),
        Conflict::TokenDigest { holder: holder.clone() }
    );
    let revoked = crate::Token { revoked_at: Some(UnixTime(5)), ..token.clone() };
    store.commit(put(revoked.clone(), Expect::Version(1))).unwrap();
    let found = store.token(&token.id).unwrap();
    assert_eq!(found, Some(crate::Token { version: 2, ..revoked }));
    let other = crate::Token { digest: [1; 32], ..token };
    assert_eq!(conflict(store.commit(put(other, Expect::Version(2)))), Conflict::Identity { what: holder });

    let request = LOAD.request(1);
    let answer = || change(ChangeKind::Requested, vec![Write::PutRequest { record: LOAD.request(1) }]);
    assert_eq!(store.request(&request.key_digest).unwrap(), None);
    store.commit(answer()).unwrap();
    assert_eq!(store.request(&request.key_digest).unwrap(), Some(request.clone()));
    let what = Subject::Request(request.key_digest);
    assert_eq!(conflict(store.commit(answer())), Conflict::Exists { what });
}

/// Subscribers hear of every change, in order, when it can be read and before its commit returns; the feed has the same.
pub fn feed_and_subscribers(home: &dyn Home) {
    const WRITERS: u64 = 8;
    const EACH: u64 = 25;
    let options = Options { segment_size: 16 << 10, ..Options::default() };
    let store = Store::open_on(Box::new(SimulatedDisk::new()), home.open(), options).unwrap();
    let store = Arc::new(store);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (reader, log) = (Arc::downgrade(&store), Arc::clone(&heard));
    store.subscribe(Box::new(move |entry| {
        let store = reader.upgrade().unwrap();
        assert!(store.last_seq() >= entry.seq);
        if let Write::PutRegistration { record, .. } = &entry.change.writes[0] {
            let found = store.registration(&record.id).unwrap().unwrap();
            assert!(found.version >= record.version);
        }
        log.lock().push(entry.clone());
    }));
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (store, heard) = (&store, &heard);
            scope.spawn(move || {
                for number in writer * EACH..(writer + 1) * EACH {
                    for change in [LOAD.intent(number), LOAD.result(number)] {
                        let seq = store.commit(change).unwrap().seq;
                        assert!(
                            heard.lock().iter().any(|entry| entry.seq == seq),
                            "told before the commit returned"
                        );
                    }
                }
            });
        }
    });
    let heard = heard.lock().clone();
    let numbers: Vec<u64> = heard.iter().map(|entry| entry.seq.0).collect();
    assert_eq!(numbers, (1..=2 * WRITERS * EACH).collect::<Vec<u64>>());
    let fed: Vec<crate::Entry> = store.changes(Seq::START).collect::<Result<_, _>>().unwrap();
    assert_eq!(fed, heard);
    for after in [0, 1, 63, 64, 65, 127, 200, 399, 400, 401] {
        let fed: Vec<crate::Entry> = store.changes(Seq(after)).collect::<Result<_, _>>().unwrap();
        assert_eq!(fed, heard[(after as usize).min(heard.len())..], "after {after}");
    }
}
