//! Durable commits a second, with one and with 64 threads: `cargo run --release -p dime-store --example commit_rate [FOLDER] [COMMITS]`.
//!
//! A commit is the intent of a registration with its answered request, as the registry makes them. The folder is made below the
//! given one, or below the current one, and removed afterwards: a folder in memory would not be durable.

use dime_store::{
    Actor, Change, ChangeKind, Expect, Kind, MemoryIndex, Options, Registration, RegistrationId, Request,
    State, Store, Write,
};
use drip_det::{Det, EntityType, Hid, HostIdentity, UnixTime};
use std::{
    env,
    error::Error,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let mut arguments = env::args().skip(1);
    let folder =
        PathBuf::from(arguments.next().unwrap_or_else(|| ".".to_owned())).join("commit-rate-scratch");
    let commits: usize = arguments.next().map_or(Ok(20_000), |text| text.parse())?;
    let keys = keys(commits)?;
    for threads in [1, 64] {
        let result = measure(&folder, threads, &keys);
        std::fs::remove_dir_all(&folder)?;
        let (elapsed, mut times) = result?;
        times.sort_unstable();
        let rate = times.len() as f64 / elapsed.as_secs_f64();
        let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default();
        println!("threads={threads} commits_per_s={rate:.0} p50={:?} p99={:?}", at(50), at(99));
    }
    Ok(())
}

/// Different keys: 32 octets are a point of the curve every second time.
fn keys(count: usize) -> Result<Vec<(Det, HostIdentity)>, Failure> {
    let hid = Hid::from_numbers(16376, 16376)?;
    let mut keys = Vec::with_capacity(count);
    let mut octets = [9; 32];
    let mut counter = 0_u64;
    while keys.len() < count {
        counter += 1;
        octets[..8].copy_from_slice(&counter.to_le_bytes());
        if let Ok(hi) = HostIdentity::from_bytes(&octets) {
            keys.push((Det::derive(hid, &hi), hi));
        }
    }
    Ok(keys)
}

fn measure(
    folder: &Path,
    threads: usize,
    keys: &[(Det, HostIdentity)],
) -> Result<(Duration, Vec<Duration>), Failure> {
    let store = Store::open(folder, Box::new(MemoryIndex::new()), Options::default())?;
    // One thread waits for every flush alone: a tenth of the commits says as much.
    let keys = if threads == 1 { keys.get(..keys.len() / 10).unwrap_or(keys) } else { keys };
    let start = Instant::now();
    let times = std::thread::scope(|scope| {
        let workers: Vec<_> = keys
            .chunks(keys.len().div_ceil(threads).max(1))
            .enumerate()
            .map(|(worker, keys)| {
                let store = &store;
                scope.spawn(move || -> Result<Vec<Duration>, Failure> {
                    let mut times = Vec::with_capacity(keys.len());
                    for (number, (det, hi)) in keys.iter().enumerate() {
                        let change = intent(format!("{worker:04}-{number:08}"), *det, *hi);
                        let start = Instant::now();
                        store.commit(change)?;
                        times.push(start.elapsed());
                    }
                    Ok(times)
                })
            })
            .collect();
        let mut times = Vec::with_capacity(keys.len());
        for worker in workers {
            times.extend(worker.join().map_err(|_| "a thread panicked")??);
        }
        Ok::<_, Failure>(times)
    })?;
    Ok((start.elapsed(), times))
}

fn intent(id: String, det: Det, hi: HostIdentity) -> Change {
    let at = UnixTime(1_790_000_000);
    let id = RegistrationId(id);
    let request =
        Request { key_digest: *hi.as_bytes(), request_digest: [1; 32], registration: id.clone(), at };
    let record = Registration {
        id,
        version: 1,
        kind: Kind::Aircraft,
        state: State::Issuing,
        det,
        hi,
        csr: vec![0x30; 220],
        operator: Some(det),
        serial_number: Some("1ABC8LONGSERIAL00".to_owned()),
        contact: None,
        flight: None,
        entity_type: EntityType::UA,
        issuer: det,
        not_before: at,
        not_after: UnixTime(at.0 + 86_400),
        certificate_serial: vec![7; 20],
        endorsement: None,
        certificate: None,
        full: None,
        mtls: None,
        c509: None,
        renewal: None,
        requested_at: at,
        decided_at: Some(at),
        decided_by: None,
        reason: None,
        ended_at: None,
        evidence: None,
        numbered: Vec::new(),
        reason_code: None,
        terms: None,
        hardware_module: None,
    };
    let record = Box::new(record);
    let writes = vec![
        Write::PutRegistration { record, expect: Expect::Absent },
        Write::PutRequest { record: request },
    ];
    Change { actor: Actor::Anonymous, at, kind: ChangeKind::Issuing, writes }
}
