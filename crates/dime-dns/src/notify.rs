//! Secondaries are told of changes (RFC 1996), again and again until they answer.
//!
//! A change wakes this, and changes of the next few hundredths of a second go out with it. Each secondary is told of the latest serial of
//! each zone only: a newer one takes the place of one that was not answered yet. At the start everybody is told of everything, since
//! nobody knows what they missed.

use crate::{
    peers::Peers,
    tsig::{ResponseChain, sign_request},
    walk::{AA, HEADER, Head},
};
use dime_zone::{Name, Record, RecordType, Serial};
use drip_det::UnixTime;
use std::{
    collections::{HashMap, HashSet},
    net::SocketAddr,
    time::Duration,
};

mod task;

pub(crate) use task::run;

/// Changes that come so soon after another are told together.
pub(crate) const TOGETHER: Duration = Duration::from_millis(20);
/// How long the first answer is waited for; each later one twice as long as the one before.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// How long an answer is waited for at most.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// How often a secondary is asked again that answers, and with an error: it may not know the zone yet.
const REFUSALS: u32 = 12;

const NOTIFY: u16 = 4 << 11;

/// Whom, and of which zone.
pub(crate) type Who = (SocketAddr, Name);

/// What secondaries were told, and what they have answered. Time and randomness come from outside.
#[derive(Default)]
pub(crate) struct Told(HashMap<Who, State>);

#[derive(Default)]
struct State {
    answered: Option<Serial>,
    open: Option<Open>,
}

/// A NOTIFY without an answer.
struct Open {
    serial: Serial,
    soa: Record,
    id: u16,
    attempts: u32,
    refusals: u32,
    /// When it is sent, for the first time or again, on the caller's clock.
    due: Duration,
    chain: Option<ResponseChain>,
}

/// What an answer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// The secondary knows.
    Answered,
    /// It said an error: it is told again later, unless it has said so too often.
    Refused(u8),
    /// It was no answer to a question of ours, or not signed as it must be.
    Nothing,
}

impl Told {
    /// Takes note of the zones and their serials as they are now: who has not been told of one will be.
    pub(crate) fn look(&mut self, peers: &Peers, zones: &[(Name, Record, Serial)], now: Duration) {
        let mut wanted = HashSet::new();
        for peer in peers.all() {
            let Some(address) = peer.notify else { continue };
            for (zone, soa, serial) in zones.iter().filter(|(zone, ..)| peer.has(zone)) {
                let who = (address, zone.clone());
                let state = self.0.entry(who.clone()).or_default();
                wanted.insert(who);
                let open = state.open.as_ref().map(|open| open.serial);
                if open.or(state.answered) == Some(*serial) {
                    continue;
                }
                let (serial, soa) = (*serial, soa.clone());
                state.open =
                    Some(Open { serial, soa, id: 0, attempts: 0, refusals: 0, due: now, chain: None });
            }
        }
        self.0.retain(|who, _| wanted.contains(who));
    }

    /// When something is to be sent next.
    pub(crate) fn next(&self) -> Option<Duration> {
        self.0.values().filter_map(|state| state.open.as_ref()).map(|open| open.due).min()
    }

    /// The messages that are due, each with its place.
    pub(crate) fn due(
        &mut self,
        peers: &Peers,
        now: Duration,
        clock: UnixTime,
        mut random: impl FnMut() -> u16,
    ) -> Vec<(SocketAddr, Vec<u8>)> {
        let mut messages = Vec::new();
        for ((address, zone), state) in &mut self.0 {
            let Some(open) = state.open.as_mut().filter(|open| open.due <= now) else { continue };
            open.id = random();
            let mut message = message(open.id, zone, &open.soa);
            let is_it = |peer: &&crate::peers::PeerConfig| peer.notify == Some(*address) && peer.has(zone);
            let key = peers.all().iter().find(is_it).and_then(|peer| peers.keys().find(peer.key.as_ref()?));
            open.chain = key.map(|key| sign_request(key.clone(), &mut message, clock));
            open.due = now + FIRST_WAIT.saturating_mul(1 << open.attempts.min(16)).min(LONGEST_WAIT);
            open.attempts = open.attempts.saturating_add(1);
            messages.push((*address, message));
        }
        messages
    }

    /// Takes an answer in.
    pub(crate) fn hear(&mut self, from: SocketAddr, answer: &[u8], clock: UnixTime) -> Heard {
        let Some(head) = Head::of(answer).filter(|head| head.is_response() && head.opcode() == 4) else {
            return Heard::Nothing;
        };
        let zone = crate::walk::question(answer).filter(|_| head.counts.first() == Some(&1));
        let is_it = |(who, state): &(&Who, &mut State)| {
            let is_zone = zone.as_ref().is_none_or(|zone| zone.name.is_same(&who.1));
            who.0 == from
                && is_zone
                && state.open.as_ref().is_some_and(|open| open.id == head.id && open.attempts > 0)
        };
        let Some((_, state)) = self.0.iter_mut().find(is_it) else { return Heard::Nothing };
        let Some(open) = &mut state.open else { return Heard::Nothing };
        let believed = open.chain.as_mut().is_none_or(|chain| chain.check(answer, clock).is_ok());
        match head.rcode() {
            0 if believed => {
                state.answered = Some(open.serial);
                state.open = None;
                Heard::Answered
            }
            0 => Heard::Nothing,
            // An error need not be signed: who does not know our key cannot. It ends nothing at once.
            rcode => {
                open.refusals += 1;
                if open.refusals >= REFUSALS {
                    state.answered = Some(open.serial);
                    state.open = None;
                }
                Heard::Refused(rcode)
            }
        }
    }
}

/// A NOTIFY: the zone as the question, its SOA as the answer that the secondary may take as a hint (RFC 1996, section 3.7).
fn message(id: u16, zone: &Name, soa: &Record) -> Vec<u8> {
    let mut message = Head { id, flags: NOTIFY | AA, counts: [1, 1, 0, 0] }.encode().to_vec();
    message.extend_from_slice(zone.wire());
    message.extend_from_slice(&RecordType::SOA.0.to_be_bytes());
    message.extend_from_slice(&[0, 1]);
    message.extend_from_slice(&(0xc000 | HEADER as u16).to_be_bytes());
    message.extend_from_slice(&RecordType::SOA.0.to_be_bytes());
    message.extend_from_slice(&[0, 1]);
    message.extend_from_slice(&soa.ttl.to_be_bytes());
    message.extend_from_slice(&(soa.rdata.len() as u16).to_be_bytes());
    message.extend_from_slice(&soa.rdata);
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Transport,
        peers::{PeerConfig, PeerZones, Transfers},
        tsig::{Algorithm, Checked, KeyRing, TsigKey, bare, check},
        walk::{question, records},
    };

    const NOW: UnixTime = UnixTime(1_795_392_000);

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    fn zone(serial: u32) -> (Name, Record, Serial) {
        let (zone, rdata) =
            (name("zone.example."), [&[0, 0][..], &[&serial.to_be_bytes()[..], &[0; 16]].concat()].concat());
        (zone.clone(), Record { owner: zone, record_type: RecordType::SOA, ttl: 60, rdata }, Serial(serial))
    }

    fn peers(key: Option<Name>) -> Peers {
        let keys =
            KeyRing::new([TsigKey::new(name("key."), Algorithm::HmacSha256, &[1; 32]).unwrap()]).unwrap();
        let peer = |name: &str, port| PeerConfig {
            name: name.into(),
            networks: Vec::new(),
            key: key.clone(),
            transports: vec![Transport::Tcp],
            transfer: Transfers::Refused,
            notify: Some(SocketAddr::from(([192, 0, 2, 1], port))),
            zones: PeerZones::All,
        };
        Peers::new(keys, vec![peer("a", 53), peer("b", 54)]).unwrap()
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn told_until_answered() {
        let peers = peers(Some(name("key.")));
        let mut told = Told::default();
        let mut ids = 0..;
        told.look(&peers, &[zone(5)], ms(0));
        assert_eq!(told.next(), Some(ms(0)));
        let first = told.due(&peers, ms(0), NOW, || ids.next().unwrap());
        assert_eq!(first.len(), 2);
        for (_, message) in &first {
            assert_eq!(question(message).unwrap().name, name("zone.example."));
            assert_eq!(records(message).unwrap().len(), 2, "SOA and TSIG");
        }
        // One secondary answers, the other does not get it.
        let Checked::Signed(mut signed) = check(peers.keys(), &first[0].1, NOW) else { panic!("not signed") };
        let mut answer = bare(&signed.message, 0);
        assert_eq!(told.hear(first[0].0, &answer, NOW), Heard::Nothing, "unsigned");
        signed.chain.sign(&mut answer, NOW);
        assert_eq!(told.hear(first[1].0, &answer, NOW), Heard::Nothing, "from another place");
        assert_eq!(told.hear(first[0].0, &answer, NOW), Heard::Answered);
        assert_eq!(told.hear(first[0].0, &answer, NOW), Heard::Nothing, "a second time");
        told.look(&peers, &[zone(5)], ms(10));
        let mut waits = Vec::new();
        let mut now = ms(0);
        for _ in 0..12 {
            let next = told.next().unwrap();
            waits.push((next - now).as_millis());
            now = next;
            assert_eq!(told.due(&peers, now, NOW, || ids.next().unwrap()).len(), 1);
        }
        assert_eq!(waits[..5], [250, 500, 1000, 2000, 4000]);
        assert_eq!(waits[8..], [60_000; 4]);
        // A change starts anew, for both.
        told.look(&peers, &[zone(6)], now);
        assert_eq!(told.due(&peers, now, NOW, || ids.next().unwrap()).len(), 2);
        assert!(told.next().unwrap() - now == FIRST_WAIT);
    }

    #[test]
    fn a_late_answer_is_not_one_for_a_newer_serial() {
        let peers = peers(None);
        let mut told = Told::default();
        let mut ids = 0..;
        told.look(&peers, &[zone(5)], ms(0));
        let old = told.due(&peers, ms(0), NOW, || ids.next().unwrap());
        told.look(&peers, &[zone(6)], ms(1));
        let late = bare(&old[0].1, 0);
        assert_eq!(told.hear(old[0].0, &late, NOW), Heard::Nothing);
        let new = told.due(&peers, ms(1), NOW, || ids.next().unwrap());
        assert_eq!(told.hear(old[0].0, &late, NOW), Heard::Nothing);
        for (address, message) in new {
            assert_eq!(told.hear(address, &bare(&message, 0), NOW), Heard::Answered);
        }
        assert_eq!(told.next(), None);
    }

    #[test]
    fn who_refuses_is_asked_again_and_in_the_end_no_more() {
        let peers = peers(None);
        let mut told = Told::default();
        let mut ids = 0..;
        told.look(&peers, &[zone(5)], ms(0));
        let mut asked = 0;
        while let Some(next) = told.next() {
            for (address, message) in told.due(&peers, next, NOW, || ids.next().unwrap()) {
                asked += 1;
                assert_eq!(told.hear(address, &bare(&message, 9), NOW), Heard::Refused(9));
            }
        }
        assert_eq!(asked, 2 * REFUSALS);
        told.look(&peers, &[zone(6)], ms(0));
        assert!(told.next().is_some(), "of the next change it is told");
        // A peer that is gone is told nothing.
        told.look(&Peers::default(), &[zone(6)], ms(0));
        assert_eq!(told.next(), None);
    }
}
