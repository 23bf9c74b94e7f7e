//! `dime-dns-hostile`: hostile packets and connections to a name server.
//!
//! `dime-dns-hostile --server ADDRESS:PORT --questions FILE [--from ADDRESS] [--seconds N] [--packets N] [--rate N] [--silent N]
//! [--seed N]`
//!
//! Sends every kind of `dime_tests::hostile` over UDP in turn, at most `rate` packets a second, until that many seconds have gone by or that many packets been sent, while
//! the TCP clients of `dime_tests::abuse` go on. Looks at what comes back: a reply to a response, one that is not a response, one larger
//! than a datagram may be, or to nobody, is a fault. Prints one line of JSON.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_tests::abuse::Abuse;
use dime_tests::dice::Dice;
use dime_tests::hostile::{KINDS, RESPONSES, packet};
use dime_tests::packets::Packets;
use dime_tests::questions::{Form, Questions};
use serde_json::json;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// The largest datagram a server may send to who has no EDNS, and to who has.
const MOST: usize = 1232;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        arguments
            .iter()
            .position(|part| part == name)
            .and_then(|at| arguments.get(at + 1))
            .map(String::as_str)
    };
    let number =
        |name: &str| option(name).map(|text| text.parse::<u64>().unwrap_or_else(|_| panic!("{name} N")));
    let server = option("--server").expect("--server ADDRESS:PORT").parse().expect("--server ADDRESS:PORT");
    let questions = Questions::read(option("--questions").expect("--questions FILE").as_ref(), Form::Edns);
    let from: IpAddr = option("--from").unwrap_or("127.0.0.1").parse().expect("--from ADDRESS");
    let most = number("--packets").unwrap_or(u64::MAX);
    let rate = number("--rate").unwrap_or(u64::MAX) as f64;
    let patience =
        Duration::from_secs(number("--seconds").unwrap_or(if most == u64::MAX { 10 } else { 86_400 }));
    let seed = number("--seed").unwrap_or_else(|| Dice::for_this_run().roll());
    let abuse =
        Abuse { server, questions: &questions, stop: AtomicBool::new(false), connections: AtomicU64::new(0) };

    let started = Instant::now();
    let (mut sent, mut replies, mut faults) =
        (vec![0_u64; KINDS.len()], vec![0_u64; KINDS.len()], Vec::new());
    let (mut octets_sent, mut octets_received) = (0_u64, 0_u64);
    std::thread::scope(|scope| {
        scope.spawn(|| abuse.silent(number("--silent").unwrap_or(300) as usize));
        scope.spawn(|| abuse.slow(&mut Dice::new(seed ^ 1)));
        scope.spawn(|| abuse.deaf(&mut Dice::new(seed ^ 2)));
        scope.spawn(|| abuse.nonsense(&mut Dice::new(seed ^ 3)));
        scope.spawn(|| abuse.hasty());
        let mut dice = Dice::new(seed);
        // A socket a kind: so a reply belongs to its kind.
        let mut sockets: Vec<Packets> =
            KINDS.iter().map(|_| Packets::connect_from(from, server).expect("a socket")).collect();
        while started.elapsed() < patience && sent.iter().sum::<u64>() < most {
            let is_ahead = sent.iter().sum::<u64>() as f64 > rate * started.elapsed().as_secs_f64();
            if is_ahead {
                std::thread::sleep(Duration::from_millis(1));
            }
            for (kind, socket) in sockets.iter_mut().enumerate() {
                let mut left = if is_ahead { 0 } else { 16 };
                sent[kind] += socket.send(|out| {
                    left = (left > 0).then(|| left - 1)?;
                    packet(kind, &questions, &mut dice, out);
                    octets_sent += out.len() as u64;
                    Some(())
                }) as u64;
                replies[kind] += socket.receive(|reply| {
                    octets_received += reply.len() as u64;
                    if let Some(fault) = fault_of(kind, reply) {
                        faults.push(format!("{}: {fault}: {}", KINDS[kind], hex::encode(reply)));
                    }
                }) as u64;
            }
        }
        abuse.stop.store(true, Relaxed);
    });
    faults.truncate(10);
    println!(
        "{}",
        json!({
            "seed": seed, "seconds": started.elapsed().as_secs_f64(), "packets": sent.iter().sum::<u64>(),
            "replies": replies.iter().sum::<u64>(), "connections": abuse.connections.load(Relaxed), "faults": faults,
            "octets_sent": octets_sent, "octets_received": octets_received,
            "by_kind": KINDS.iter().zip(sent.iter().zip(&replies)).map(|(kind, (sent, replies))| json!([kind, sent, replies])).collect::<Vec<_>>(),
        })
    );
}

fn fault_of(kind: usize, reply: &[u8]) -> Option<&'static str> {
    match reply {
        _ if kind == RESPONSES => Some("a reply to a response"),
        [_, _, flags, ..] if flags & 0x80 == 0 => Some("a reply that is no response"),
        _ if reply.len() < 12 => Some("a reply without a header"),
        _ if reply.len() > MOST => Some("a reply that is too large"),
        _ => None,
    }
}
