//! Changes at a given rate while questions are answered, and a checker that knows what was true when.
//!
//! The writer registers, renews and revokes DETs, one change a serial. Of each DET there is a history: what was published as of which
//! serial. Before a change is made it is entered, and counts as begun; when the zone has taken it, it counts as done. An answer is right
//! if it is, octet by octet, what one change makes that was in force at some moment between question and answer; a denial names a serial,
//! and at exactly that serial the DET must not have been there. Anything else is a wrong answer, or a torn one.

use crate::synthetic::{Synthetic, Words};
use dime_zone::{Name, Published, Serial, Zones};
use drip_det::Det;
use rustix::thread::{CpuSet, sched_setaffinity};
use std::{
    net::{SocketAddr, UdpSocket},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

/// DETs that come and go, beside those that stay.
const CHANGING: usize = 4096;
/// The types of a DET's records.
const TYPES: [u16; 5] = [37, 52, 55, 67, 68];

/// What was published of a DET as of a serial: an edition, or nothing.
#[derive(Clone, Copy)]
struct State {
    serial: u32,
    edition: Option<u64>,
}

struct Changing {
    index: u64,
    det: Det,
    /// Begun changes, the first of them done before anybody asked.
    history: Mutex<Vec<State>>,
    done: AtomicUsize,
}

struct Shared {
    synthetic: Synthetic,
    zones: Arc<Zones>,
    dets: Vec<Changing>,
    /// Changes a second; 0 is none.
    rate: AtomicU64,
    begun: AtomicU32,
    done: AtomicU32,
    /// Which DET is being changed or was last.
    latest: AtomicUsize,
    checked: AtomicU64,
    denied: AtomicU64,
    silent: AtomicU64,
    faults: Mutex<Vec<String>>,
}

/// The two threads.
pub(crate) struct Change(Arc<Shared>);

impl Change {
    /// Starts the writer and the checker, both at rest. `first` is an index that no DET in the zones has.
    pub(crate) fn new(
        zones: &Arc<Zones>,
        server: SocketAddr,
        first: u64,
        checker_core: Option<usize>,
    ) -> Self {
        let synthetic = Synthetic::new();
        let dets = (first..first + CHANGING as u64).map(|index| Changing {
            index,
            det: synthetic.det(index),
            history: Mutex::new(vec![State { serial: 0, edition: None }]),
            done: AtomicUsize::new(0),
        });
        let dets = dets.collect();
        let serial =
            zones.zone_of(synthetic.det(first)).and_then(|cut| zones.serial(cut).ok()).expect("a zone").0;
        let shared = Arc::new(Shared {
            synthetic,
            zones: Arc::clone(zones),
            dets,
            rate: AtomicU64::new(0),
            begun: AtomicU32::new(serial),
            done: AtomicU32::new(serial),
            latest: AtomicUsize::new(0),
            checked: AtomicU64::new(0),
            denied: AtomicU64::new(0),
            silent: AtomicU64::new(0),
            faults: Mutex::new(Vec::new()),
        });
        let writer = Arc::clone(&shared);
        std::thread::spawn(move || writer.write());
        let checker = Arc::clone(&shared);
        // By this name it is left where it is when the server is held to other cores.
        let thread = std::thread::Builder::new().name("checker".to_owned());
        let checking = thread.spawn(move || {
            if let Some(core) = checker_core {
                let mut set = CpuSet::new();
                set.set(core);
                sched_setaffinity(None, &set).expect("a core for the checker");
            }
            checker.check(server);
        });
        checking.expect("a thread");
        Change(shared)
    }

    /// Changes so many a second from now on.
    pub(crate) fn at_rate(&self, rate: u64) {
        self.0.rate.store(rate, SeqCst);
    }

    /// One line of JSON: what was changed, what was checked, what was wrong.
    pub(crate) fn report(&self) -> String {
        let faults = self.0.faults.lock().unwrap();
        let changes: usize = self.0.dets.iter().map(|det| det.done.load(SeqCst)).sum();
        serde_json::json!({
            "changes": changes, "serial": self.0.done.load(SeqCst),
            "checked": self.0.checked.load(SeqCst), "denials": self.0.denied.load(SeqCst), "unanswered": self.0.silent.load(SeqCst),
            "faults": faults.len(), "first_faults": faults.iter().take(5).collect::<Vec<_>>(),
        })
        .to_string()
    }
}

impl Shared {
    fn write(&self) {
        let mut dice = Words(7);
        let (mut since, mut made, mut rate) = (Instant::now(), 0, 0);
        loop {
            let wanted = self.rate.load(SeqCst);
            if wanted != rate {
                (since, made, rate) = (Instant::now(), 0, wanted);
            }
            if rate == 0 {
                std::thread::sleep(Duration::from_millis(5));
                continue;
            }
            let due = since + Duration::from_nanos(1_000_000_000 / rate * made);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            made += 1;
            self.change(&mut dice);
        }
    }

    fn change(&self, dice: &mut Words) {
        let which = (dice.next() % self.dets.len() as u64) as usize;
        let changing = &self.dets[which];
        let before = *changing.history.lock().unwrap().last().expect("a first state");
        let serial = self.done.load(SeqCst) + 1;
        // Every fourth change of a published DET renews it: other octets in the place of those there were.
        let revoked = before.edition.is_some() && !dice.next().is_multiple_of(4);
        let edition = (!revoked).then_some(u64::from(serial));
        let published = edition.map(|edition| self.synthetic.published(changing.index, edition));
        self.begun.store(serial, SeqCst);
        changing.history.lock().unwrap().push(State { serial, edition });
        self.latest.store(which, SeqCst);
        let reached = match published {
            Some(published) => self.zones.publish(&published, Serial(serial)).expect("published"),
            None => self.zones.remove(changing.det, Serial(serial)).expect("there was one"),
        };
        assert_eq!(reached.0, serial, "one change is one serial");
        changing.done.fetch_add(1, SeqCst);
        self.done.store(serial, SeqCst);
    }

    fn check(&self, server: SocketAddr) {
        let local: SocketAddr =
            if server.is_ipv4() { ([127, 0, 0, 1], 0).into() } else { "[::1]:0".parse().unwrap() };
        let socket = UdpSocket::bind(local).expect("a socket");
        socket.connect(server).expect("the server");
        socket.set_read_timeout(Some(Duration::from_millis(500))).expect("a timeout");
        let (mut dice, mut buffer) = (Words(11), [0; 4096]);
        loop {
            if self.rate.load(SeqCst) == 0 {
                std::thread::sleep(Duration::from_millis(5));
                continue;
            }
            std::thread::sleep(Duration::from_micros(150));
            let which = match dice.next() % 2 {
                0 => self.latest.load(SeqCst),
                _ => (dice.next() % self.dets.len() as u64) as usize,
            };
            let changing = &self.dets[which];
            let wanted = TYPES[(dice.next() % 5) as usize];
            let question = question(dice.next() as u16, changing.det, wanted);
            let (first, low) = (changing.done.load(SeqCst), self.done.load(SeqCst));
            if socket.send(&question).is_err() {
                continue;
            }
            let length = loop {
                match socket.recv(&mut buffer) {
                    // What came too late for the question before is nothing to this one.
                    Ok(length) if buffer[..length].starts_with(&question[..2]) => break Some(length),
                    Ok(_) => {}
                    Err(_) => break None,
                }
            };
            let Some(length) = length else {
                self.silent.fetch_add(1, SeqCst);
                continue;
            };
            let history = changing.history.lock().unwrap().clone();
            let high = self.begun.load(SeqCst);
            self.checked.fetch_add(1, SeqCst);
            let possible = &history[first..];
            let judged = match read(&buffer[..length], &question) {
                Err(fault) => Err(fault.to_owned()),
                Ok(Read::Data(rdata)) => {
                    let made = |state: &State| {
                        let edition = state.edition?;
                        Some(rdata_of(&self.synthetic.published(changing.index, edition), wanted) == rdata)
                    };
                    let right = possible.iter().any(|state| made(state) == Some(true));
                    right.then_some(()).ok_or_else(|| "data that no change made".to_owned())
                }
                Ok(Read::Denial(serial)) => {
                    self.denied.fetch_add(1, SeqCst);
                    let then = history.iter().rev().find(|state| state.serial <= serial);
                    if !(low..=high).contains(&serial) {
                        Err(format!("denied as of {serial}, which was not between {low} and {high}"))
                    } else if then.is_none_or(|state| state.edition.is_some()) {
                        Err(format!("denied as of {serial}, when it was there"))
                    } else {
                        Ok(())
                    }
                }
            };
            if let Err(fault) = judged {
                self.faults.lock().unwrap().push(format!("{} TYPE{wanted}: {fault}", changing.det));
            }
        }
    }
}

/// What an answer says.
enum Read<'a> {
    Data(&'a [u8]),
    /// The serial it is denied at.
    Denial(u32),
}

fn question(id: u16, det: Det, record_type: u16) -> Vec<u8> {
    let mut question = id.to_be_bytes().to_vec();
    question.extend([0, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
    question.extend(Name::of_det(det).wire());
    question.extend(record_type.to_be_bytes());
    question.extend([0, 1]);
    question.extend([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);
    question
}

/// Reads an answer from its first octet to its last; anything that is not to be there is a fault.
fn read<'a>(answer: &'a [u8], question: &[u8]) -> Result<Read<'a>, &'static str> {
    let number = |at: usize| Some(u16::from_be_bytes(answer.get(at..at + 2)?.try_into().ok()?));
    let asked = &question[12..question.len() - 11];
    let (name, kind) = (&asked[..asked.len() - 4], &asked[asked.len() - 4..asked.len() - 2]);
    let end = 12 + asked.len();
    if answer.get(12..end) != Some(asked) {
        return Err("another question");
    }
    let counts = (number(4), number(6), number(8), number(10));
    let (flags, one) = (number(2).ok_or("no header")?, Some(1));
    if flags & 0x8400 != 0x8400 || flags & 0x0200 != 0 || counts.0 != one || counts.3 != one {
        return Err("flags or counts that no such answer has");
    }
    // The one record: the owner is the question's name, or the zone's further up.
    let (owner, at) = owner(answer, end).ok_or("no owner")?;
    let length = usize::from(number(at + 8).ok_or("a short record")?);
    let rdata = answer.get(at + 10..at + 10 + length).ok_or("a short record")?;
    let opt = answer.get(at + 10 + length..).ok_or("no OPT")?;
    if opt.len() != 11 || opt[..3] != [0, 0, 41] {
        return Err("not one OPT at the end");
    }
    match (flags & 15, counts.1, counts.2) {
        (0, Some(1), Some(0)) if owner == name && answer[at..at + 2] == *kind => Ok(Read::Data(rdata)),
        (3, Some(0), Some(1)) if name.ends_with(&owner) && answer[at..at + 2] == [0, 6] => {
            let serial = rdata
                .len()
                .checked_sub(20)
                .and_then(|from| rdata.get(from..from + 4))
                .ok_or("a short SOA")?;
            Ok(Read::Denial(u32::from_be_bytes(serial.try_into().map_err(|_| "a short SOA")?)))
        }
        _ => Err("neither data nor a denial"),
    }
}

/// An owner name written out, pointers followed, and where what follows it begins.
fn owner(answer: &[u8], mut at: usize) -> Option<(Vec<u8>, usize)> {
    let (mut name, mut after) = (Vec::new(), None);
    for _ in 0..128 {
        let length = usize::from(*answer.get(at)?);
        if length >= 0xC0 {
            after = after.or(Some(at + 2));
            at = (length & 0x3F) << 8 | usize::from(*answer.get(at + 1)?);
            continue;
        }
        name.extend(answer.get(at..=at + length)?);
        at += length + 1;
        if length == 0 {
            return Some((name, after.unwrap_or(at)));
        }
    }
    None
}

fn rdata_of(published: &Published, wanted: u16) -> Vec<u8> {
    let found = published.records().into_iter().find(|(record_type, _)| record_type.0 == wanted);
    found.expect("a record of each type").1
}
