//! `dime-fill`: many registrations in a data directory whose server is stopped, for measuring what a start takes.
//!
//! Each is like the newest registration in force that is there, with other values in the places where registrations differ, and was asked
//! for, intended and signed as that one was: two changes, one record each. Nothing in it verifies, which nobody looks at who serves it. Takes
//! minutes where registering by HTTP takes hours. Prints one JSON line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use dime_store::{
    Actor, Change, ChangeKind, Checked, Expect, Filter, Options, Registration, RegistrationId, State, Store,
    Write,
};
use dime_store_sled::SledIndex;
use dime_tests::dice::Dice;
use drip_det::{Det, HostIdentity, SuiteId};
use serde_json::json;

/// Commits that wait for one sync together.
const WRITERS: u64 = 64;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        arguments.iter().position(|part| part == name).and_then(|at| arguments.get(at + 1)).cloned()
    };
    let Some(dir) = option("--dir").map(PathBuf::from) else {
        eprintln!("usage: dime-fill --dir DIR [--count N]");
        std::process::exit(2)
    };
    let count: u64 = option("--count").map_or(1000, |text| text.parse().expect("--count is a number"));
    let seed = Dice::for_this_run().roll();

    let index = SledIndex::open(&dir.join("index")).expect("the index");
    let options = Options { checked: Checked::LastSegment, ..Options::default() };
    let store = Store::open(&dir.join("journal"), Box::new(index), options).expect("the store");
    let filter = Filter { state: Some(State::Registered), ..Filter::default() };
    let page = store.registrations(filter, None, 1000).expect("registrations");
    let like = page.registrations.into_iter().next_back().expect("a registration in force to be like");

    let next = AtomicU64::new(0);
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        break;
                    }
                    register(&store, other(&like, &mut Dice::new(seed ^ (number << 20))));
                }
            });
        }
    });
    let seconds = started.elapsed().as_secs_f64();
    println!("{}", json!({ "count": count, "seconds": seconds, "changes": store.last_seq().0 }));
}

/// Intent and result.
fn register(store: &Store, record: Registration) {
    let mut intent = record.clone();
    intent.state = State::Issuing;
    (intent.endorsement, intent.certificate) = (None, None);
    for certificate in [&mut intent.full, &mut intent.mtls].into_iter().flatten() {
        certificate.der = None;
    }
    for (kind, record, expect) in
        [(ChangeKind::Issuing, intent, Expect::Absent), (ChangeKind::Registered, record, Expect::Version(1))]
    {
        let at = record.requested_at;
        let writes = vec![Write::PutRegistration { record: Box::new(record), expect }];
        store.commit(Change { actor: Actor::System, at, kind, writes }).expect("a commit");
    }
}

/// A registration like this one, of another DET.
fn other(like: &Registration, dice: &mut Dice) -> Registration {
    let mut random = |length: usize| -> Vec<u8> {
        let octets = std::iter::repeat_with(|| dice.roll()).flat_map(u64::to_le_bytes);
        octets.take(length).collect()
    };
    let hi = loop {
        if let Ok(hi) = HostIdentity::from_bytes(&random(32).try_into().unwrap()) {
            break hi;
        }
    };
    let hash = u64::from_le_bytes(random(8).try_into().unwrap());
    let det = Det::from_parts(like.hid(), SuiteId::EDDSA_CSHAKE128, hash);
    let mut changes = vec![
        (like.det.to_hex().into_bytes(), det.to_hex().into_bytes()),
        (like.det.to_bytes().to_vec(), det.to_bytes().to_vec()),
        (like.hi.as_bytes().to_vec(), hi.as_bytes().to_vec()),
    ];
    let mut serials = vec![&like.certificate_serial];
    serials.extend(like.numbered.iter().map(|certificate| &certificate.serial));
    for serial in serials {
        let mut fresh = random(serial.len());
        // A positive INTEGER of the same length.
        fresh[0] = fresh[0] & 0x3f | 0x40;
        changes.push((serial.clone(), fresh));
    }
    let mut changed = |octets: &[u8]| {
        let mut octets = octets.to_vec();
        for (from, to) in changes.iter().filter(|(from, _)| from.len() > 2) {
            for at in 0..(octets.len() + 1).saturating_sub(from.len()) {
                if octets[at..].starts_with(from) {
                    octets[at..at + to.len()].copy_from_slice(to);
                }
            }
        }
        let length = octets.len().min(64);
        let signature = octets.len() - length;
        octets[signature..].copy_from_slice(&random(length));
        octets
    };
    let mut record = like.clone();
    let id = hex::encode(changed(&[0; 64]));
    // Of the form of the others, sorted as it comes.
    record.id = RegistrationId(format!("{}{}", &like.id.0[..9], &id[..27]));
    (record.det, record.hi) = (det, hi);
    record.csr = changed(&like.csr);
    record.endorsement = like.endorsement.map(|octets| changed(&octets).try_into().unwrap());
    record.certificate = like.certificate.as_deref().map(&mut changed);
    for certificate in [&mut record.full, &mut record.mtls].into_iter().flatten() {
        certificate.der = certificate.der.as_deref().map(&mut changed);
    }
    let find = |serial: &Vec<u8>| changes.iter().find(|(from, _)| from == serial).unwrap().1.clone();
    for certificate in &mut record.numbered {
        certificate.serial = find(&certificate.serial);
    }
    for certificate in [&mut record.full, &mut record.mtls].into_iter().flatten() {
        certificate.serial = find(&certificate.serial);
    }
    record.certificate_serial = find(&like.certificate_serial);
    record
}
