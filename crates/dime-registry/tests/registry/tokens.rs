//! Bearer tokens.

use crate::world::*;
use dime_registry::{Caller, NewToken, Role, TokenId};
use drip_det::Hid;
use std::fs;

fn new(role: Role, hid: Option<Hid>, ttl: Option<u64>) -> NewToken {
    NewToken { role, hid, ttl, label: "for tests".into() }
}

#[test]
fn a_token_says_who_its_holder_is_until_it_ends() {
    let world = World::new();
    let (view, secret) =
        world.registry.create_token(new(Role::Manager, Some(hid()), Some(100)), &Caller::Local).unwrap();
    let Caller::Token(identity) = world.registry.authenticate(secret.reveal()).unwrap() else { panic!() };
    assert_eq!((identity.id, identity.role, identity.hid), (view.id.clone(), Role::Manager, Some(hid())));
    for wrong in ["", "x", &secret.reveal()[1..], &format!("{}=", secret.reveal())] {
        assert_eq!(world.registry.authenticate(wrong).unwrap_err().slug(), "wrong-token");
    }
    world.clock.set(START + 101);
    assert_eq!(world.registry.authenticate(secret.reveal()).unwrap_err().slug(), "token-expired");
    world.clock.set(START);
    let world = world.restarted();
    assert!(world.registry.authenticate(secret.reveal()).is_ok());
    assert!(world.registry.revoke_token(&view.id, &Caller::Local).unwrap().revoked_at.is_some());
    assert_eq!(world.registry.authenticate(secret.reveal()).unwrap_err().slug(), "token-revoked");
    let again = world.store.last_seq();
    world.registry.revoke_token(&view.id, &Caller::Local).unwrap();
    assert_eq!(world.store.last_seq(), again);
    assert_eq!(
        world.registry.revoke_token(&TokenId("none".into()), &Caller::Local).unwrap_err().slug(),
        "not-found"
    );
}

#[test]
fn the_token_itself_is_nowhere_on_disk() {
    let world = World::new();
    let (_, secret) = world.registry.create_token(new(Role::Admin, None, None), &Caller::Local).unwrap();
    assert_eq!(secret.reveal().len(), 43, "32 octets in base64url");
    fn files(folder: &std::path::Path, found: &mut Vec<Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { files(&path, found) } else { found.push(fs::read(path).unwrap()) }
        }
    }
    let mut found = Vec::new();
    files(world.folder.path(), &mut found);
    assert!(!found.is_empty());
    let octets = secret.reveal().as_bytes();
    assert!(found.iter().all(|file| !file.windows(octets.len()).any(|window| window == octets)));
}

#[test]
fn nobody_gives_more_than_they_have() {
    let world = World::new();
    let elsewhere = Hid::from_numbers(16376, 11).ok();
    let create = |token, caller: &Caller| world.registry.create_token(token, caller).map(|_| ());
    let scoped = token(Role::Manager, Some(hid()));
    assert!(create(new(Role::Auditor, Some(hid()), None), &scoped).is_ok());
    for refused in [
        new(Role::Manager, None, None),
        new(Role::Manager, elsewhere, None),
        new(Role::Admin, Some(hid()), None),
    ] {
        assert_eq!(create(refused, &scoped).unwrap_err().slug(), "forbidden");
    }
    assert!(create(new(Role::Admin, None, None), &token(Role::Admin, None)).is_ok());
    for caller in [Caller::Anonymous, token(Role::Auditor, None)] {
        assert_eq!(create(new(Role::Auditor, Some(hid()), None), &caller).unwrap_err().slug(), "forbidden");
        assert_eq!(world.registry.tokens(&caller).unwrap_err().slug(), "forbidden");
    }
    let seen = world.registry.tokens(&scoped).unwrap();
    assert!(!seen.is_empty() && seen.iter().all(|token| token.hid == Some(hid())));
    assert_eq!(world.registry.tokens(&Caller::Local).unwrap().len(), 2);
    for (bad, field) in [
        (new(Role::Auditor, None, Some(0)), "ttl"),
        (new(Role::Auditor, None, Some(u64::MAX)), "ttl"),
        (NewToken { label: "x".repeat(201), ..new(Role::Auditor, None, None) }, "label"),
    ] {
        assert_eq!(create(bad, &Caller::Local).unwrap_err().field(), Some(field));
    }
}

#[test]
fn a_token_that_ends_makes_none_that_outlives_it() {
    let world = World::new();
    let create = |token, caller: &Caller| world.registry.create_token(token, caller);
    let (_, secret) = create(new(Role::Manager, None, Some(100)), &Caller::Local).unwrap();
    let holder = world.registry.authenticate(secret.reveal()).unwrap();
    let before = world.store.last_seq();
    for ttl in [None, Some(101)] {
        let error = create(new(Role::Auditor, None, ttl), &holder).map(|_| ()).unwrap_err();
        assert_eq!((error.slug(), error.field()), ("malformed-field", Some("ttl")), "{ttl:?}");
    }
    assert_eq!(world.store.last_seq(), before);
    let (made, _) = create(new(Role::Auditor, None, Some(100)), &holder).unwrap();
    assert_eq!(made.not_after.map(|end| end.0), Some(START + 100));
}
