//! Requests: every name and type that may matter, all that EDNS can say, right, wrong and changed.

use super::world::{NOW, World, cookies, home};
use crate::{
    Transport,
    respond::{Moment, Peer},
};
use dime_tests::dice::Dice;
use dime_zone::Name;
use drip_det::{Det, SuiteId, UnixTime};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Types: those there are, those of signing, those of questions only, and others.
const TYPES: [u16; 26] = [
    67, 67, 68, 68, 55, 52, 37, 256, 1, 28, 2, 6, 43, 47, 46, 48, 59, 60, 255, 255, 251, 252, 128, 0, 41, 16,
];
const STRANGERS: [&str; 8] = [
    ".",
    "arpa.",
    "ip6.arpa.",
    "example.",
    "a.catalog.example.",
    "2.ip6.arpa.",
    "1.0.0.2.ip6.arpa.",
    "version.bind.",
];

pub(super) struct Questions {
    dice: Dice,
    dets: Vec<Det>,
    cuts: Vec<Name>,
    hosts: Vec<Name>,
}

pub(super) fn peer(dice: &mut Dice) -> Peer {
    let address: IpAddr = match dice.below(2) {
        0 => Ipv4Addr::from(dice.roll() as u32).into(),
        _ => Ipv6Addr::from(u128::from(dice.roll()) << 64 | 1).into(),
    };
    let transports = [Transport::Udp, Transport::Udp, Transport::Udp, Transport::Tcp, Transport::Tls];
    Peer { address: (address, dice.roll() as u16).into(), transport: *pick(dice, &transports) }
}

fn pick<'a, T>(dice: &mut Dice, from: &'a [T]) -> &'a T {
    &from[dice.below(from.len() as u64) as usize]
}

impl Questions {
    pub(super) fn new(dice: Dice, world: &World) -> Self {
        let (dets, cuts, hosts) = (world.dets.clone(), world.cuts.clone(), world.hosts.clone());
        Questions { dice, dets, cuts, hosts }
    }

    pub(super) fn next(&mut self) -> (Vec<u8>, Peer, Moment) {
        let peer = peer(&mut self.dice);
        // The clock goes on and back a little, so that cookies grow old.
        let now = UnixTime(NOW.now.0 + self.dice.below(5000));
        let moment = Moment { now, ..NOW };
        let mut request = self.request(peer, moment);
        if self.dice.below(8) == 0 {
            self.spoil(&mut request);
        }
        (request, peer, moment)
    }

    fn request(&mut self, peer: Peer, moment: Moment) -> Vec<u8> {
        let dice = &mut self.dice;
        let mut flags = [0, 0x0100, 0x0110, 0x0120][dice.below(4) as usize];
        if dice.below(40) == 0 {
            flags = dice.roll() as u16;
        }
        let mut request = Vec::new();
        let name = self.name();
        let dice = &mut self.dice;
        let record_type = if dice.below(20) == 0 { dice.roll() as u16 } else { *pick(dice, &TYPES) };
        let class =
            if dice.below(30) == 0 { [3, 255, 254, dice.roll() as u16][dice.below(4) as usize] } else { 1 };
        let questions = if dice.below(60) == 0 { dice.below(3) as u16 } else { 1 };
        let records = match dice.below(40) {
            0..=11 => 0,
            12..=37 => 1,
            _ => 2,
        };
        for word in [dice.roll() as u16, flags, questions, 0, 0, records] {
            request.extend(word.to_be_bytes());
        }
        for _ in 0..questions {
            request.extend(&name);
            request.extend(record_type.to_be_bytes());
            request.extend(class.to_be_bytes());
        }
        for _ in 0..records {
            self.put_opt(peer, moment, &mut request);
        }
        request
    }

    fn name(&mut self) -> Vec<u8> {
        let dice = &mut self.dice;
        let det = *pick(dice, &self.dets);
        let cut = pick(dice, &self.cuts).clone();
        let host = pick(dice, &self.hosts).clone();
        let mut wire = match dice.below(20) {
            0..=5 => Name::of_det(det).wire().to_vec(),
            6 | 7 => {
                Name::of_det(Det::from_parts(home(), SuiteId::EDDSA_CSHAKE128, dice.roll())).wire().to_vec()
            }
            8 | 9 => Name::of_nibbles(det.as_u128() ^ (dice.below(4) as u128), dice.below(33) as u8)
                .wire()
                .to_vec(),
            10..=12 => cut.wire().to_vec(),
            13 => host.wire().to_vec(),
            14 => {
                // A name above that of a host.
                let labels: Vec<&[u8]> = host.labels().collect();
                Name::from_labels(labels[dice.below(4) as usize..].iter().copied())
                    .expect("a name")
                    .wire()
                    .to_vec()
            }
            15 => below(dice, host.wire()),
            16 => below(dice, Name::of_det(det).wire()),
            17 | 18 => below(dice, cut.wire()),
            _ => pick(dice, &STRANGERS).parse::<Name>().expect("a name").wire().to_vec(),
        };
        if dice.below(4) == 0 {
            let odds = dice.below(8) + 1;
            let is_letter = |octet: &&mut u8| octet.is_ascii_alphabetic();
            for letter in wire.iter_mut().filter(is_letter) {
                if dice.below(odds) == 0 {
                    *letter ^= 0x20;
                }
            }
        }
        wire
    }

    fn put_opt(&mut self, peer: Peer, moment: Moment, request: &mut Vec<u8>) {
        let dice = &mut self.dice;
        let payload = match dice.below(8) {
            0 => dice.roll() as u16,
            1 => dice.below(1400) as u16,
            2 => [0, 511, 512, 513, 1231, 1233, 4096, u16::MAX][dice.below(8) as usize],
            _ => 1232,
        };
        let version = if dice.below(30) == 0 { dice.roll() as u8 } else { 0 };
        let flags = match dice.below(20) {
            0..=9 => 0,
            10..=15 => 0x8000,
            16..=18 => 0xc000,
            _ => dice.roll() as u16,
        };
        let mut options = Vec::new();
        while dice.below(3) == 0 {
            let (code, value) = option(dice, peer, moment);
            options.extend(code.to_be_bytes());
            options.extend((value.len() as u16).to_be_bytes());
            options.extend(value);
        }
        request.extend([0, 0, 41]);
        request.extend(payload.to_be_bytes());
        request.extend([0, version]);
        request.extend(flags.to_be_bytes());
        request.extend((options.len() as u16).to_be_bytes());
        request.extend(options);
    }

    fn spoil(&mut self, request: &mut Vec<u8>) {
        let dice = &mut self.dice;
        for _ in 0..=dice.below(3) {
            let length = request.len() as u64;
            if length == 0 {
                return;
            }
            let at = dice.below(length) as usize;
            match dice.below(6) {
                0 => request[at] = dice.roll() as u8,
                1 => request[at] ^= 1 << dice.below(8),
                2 => request.insert(at, dice.roll() as u8),
                3 => drop(request.remove(at)),
                4 => request.truncate(at),
                _ => request.push(dice.roll() as u8),
            }
        }
    }
}

/// A name with some labels more: ordinary ones, strange ones, or as many as there can be.
fn below(dice: &mut Dice, name: &[u8]) -> Vec<u8> {
    let mut wire = Vec::new();
    let most = match dice.below(4) {
        0 => 120,
        _ => dice.below(3) + 1,
    };
    for _ in 0..most {
        let label: Vec<u8> = match dice.below(5) {
            0 => vec![b"0123456789abcdefABCDEF"[dice.below(22) as usize]],
            1 => (0..=dice.below(63)).map(|_| dice.roll() as u8).collect(),
            2 => b"ns".to_vec(),
            3 => b"*".to_vec(),
            _ => b"x".to_vec(),
        };
        if wire.len() + label.len() + 1 + name.len() > 255 {
            break;
        }
        wire.push(label.len() as u8);
        wire.extend(label);
    }
    wire.extend(name);
    wire
}

fn option(dice: &mut Dice, peer: Peer, moment: Moment) -> (u16, Vec<u8>) {
    let octets =
        |dice: &mut Dice, most: u64| (0..dice.below(most)).map(|_| dice.roll() as u8).collect::<Vec<u8>>();
    match dice.below(12) {
        0 | 1 => (10, vec![dice.roll() as u8; 8]),
        2 | 3 => {
            // One of ours: new, of some time ago, or for somebody else.
            let client = dice.roll().to_be_bytes();
            let ago = [0, 0, 10, 1900, 3700, 90_000][dice.below(6) as usize];
            let address = if dice.below(8) == 0 { IpAddr::from([192, 0, 2, 1]) } else { peer.address.ip() };
            (10, cookies().answer(client, address, moment.now.0 as u32 - ago).to_vec())
        }
        4 => (10, octets(dice, 50)),
        5 => (3, octets(dice, 3)),
        6 => (12, vec![0; dice.below(300) as usize]),
        7 => (11, octets(dice, 3)),
        8 => (8, vec![0, 1, 24, 0, 192, 0, 2]),
        9 => (15, octets(dice, 30)),
        _ => (dice.roll() as u16, octets(dice, 40)),
    }
}
