//! `dime-dns-load`: DNS questions over UDP in batches, every answer checked for id, question and response code, measured.
//!
//! `dime-dns-load --server ADDRESS:PORT --questions FILE [--expect existing|missing|echo] [--form plain|edns|verifying] [--seconds N]
//! [--sockets N] [--window N] [--rate N] [--warm N]`
//!
//! Without a rate there are always `window` questions under way from each socket. With one, questions are sent when they are due, and the
//! time of an answer counts from then, not from when its question could be sent at last. Prints one line of JSON: questions asked, answers
//! that were right, wrong and missing, answers a second, and the median, 99th and 99.9th percentile and maximum of the time in
//! microseconds. What happens in the first `warm` seconds is not counted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_tests::flow::{Expected, Flow, Outcome};
use dime_tests::histogram::Histogram;
use dime_tests::packets::Packets;
use dime_tests::questions::{Form, Questions};
use serde_json::json;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// After this a question counts as lost.
const PATIENCE: Duration = Duration::from_secs(1);

struct Options {
    server: SocketAddr,
    questions: PathBuf,
    expected: Expected,
    form: Form,
    seconds: f64,
    warm: f64,
    sockets: usize,
    window: u16,
    rate: Option<f64>,
}

fn main() {
    let options = options();
    let questions = Questions::read(&options.questions, options.form);
    let mut flows: Vec<(Packets, Flow<'_>)> = (0..options.sockets)
        .map(|_| {
            let packets = Packets::connect(options.server).expect("a socket");
            (packets, Flow::new(&questions, options.expected, options.window))
        })
        .collect();
    let mut next = 0;
    run(&mut flows, &questions, &mut next, &options, options.warm);
    let warmed: u64 = flows.iter().map(|(_, flow)| flow.outcome.right).sum();
    flows.iter_mut().for_each(|(_, flow)| flow.outcome = Outcome::default());
    let started = Instant::now();
    run(&mut flows, &questions, &mut next, &options, options.seconds);
    let right_in_time: u64 = flows.iter().map(|(_, flow)| flow.outcome.right).sum();
    let seconds = started.elapsed().as_secs_f64();
    // What is still under way is waited for, so that every question is answered or lost.
    let until = Instant::now() + PATIENCE + Duration::from_millis(50);
    while flows.iter().any(|(_, flow)| flow.is_waiting()) && Instant::now() < until {
        flows.iter_mut().for_each(|(packets, flow)| {
            packets.receive(|packet| flow.take(packet, Instant::now()));
        });
    }
    flows.iter_mut().for_each(|(_, flow)| flow.give_up(Instant::now() + PATIENCE, PATIENCE));
    report(&flows, warmed, right_in_time, seconds);
}

/// Asks for so many seconds.
fn run(
    flows: &mut [(Packets, Flow<'_>)],
    questions: &Questions,
    next: &mut usize,
    options: &Options,
    seconds: f64,
) {
    let start = Instant::now();
    let end = start + Duration::from_secs_f64(seconds);
    let mut due = 0_u64;
    let mut swept = start;
    loop {
        let now = Instant::now();
        if now >= end {
            return;
        }
        if now.saturating_duration_since(swept) > PATIENCE / 4 {
            swept = now;
            flows.iter_mut().for_each(|(_, flow)| flow.give_up(now, PATIENCE));
        }
        let mut idle = true;
        for (packets, flow) in flows.iter_mut() {
            let taken = packets.receive(|packet| flow.take(packet, Instant::now()));
            let sent = packets.send(|packet| {
                let sent = match options.rate {
                    None => now,
                    Some(rate) => {
                        let moment = start + Duration::from_secs_f64(due as f64 / rate);
                        if moment > now {
                            return None;
                        }
                        moment
                    }
                };
                flow.ask(*next, sent, packet)?;
                *next = (*next + 1) % questions.len();
                due += 1;
                Some(())
            });
            idle &= taken + sent == 0;
        }
        if idle {
            std::thread::yield_now();
        }
    }
}

fn report(flows: &[(Packets, Flow<'_>)], warmed: u64, right_in_time: u64, seconds: f64) {
    let sum = |of: fn(&Outcome) -> u64| -> u64 { flows.iter().map(|(_, flow)| of(&flow.outcome)).sum() };
    let mut times = Histogram::default();
    flows.iter().for_each(|(_, flow)| times.join(&flow.outcome.times));
    let micros = |duration: Duration| (duration.as_secs_f64() * 1e7).round() / 10.0;
    if let Some(example) = flows.iter().find_map(|(_, flow)| flow.outcome.example.as_ref()) {
        eprintln!("a wrong answer: {}", hex::encode(example));
    }
    println!(
        "{}",
        json!({
            "asked": sum(|outcome| outcome.asked), "right": sum(|outcome| outcome.right), "wrong": sum(|outcome| outcome.wrong),
            "truncated": sum(|outcome| outcome.truncated), "lost": sum(|outcome| outcome.lost), "stray": sum(|outcome| outcome.stray),
            "right_with_warming": warmed + sum(|outcome| outcome.right), "seconds": seconds, "rate": right_in_time as f64 / seconds,
            "p50_us": micros(times.quantile(0.5)), "p99_us": micros(times.quantile(0.99)),
            "p999_us": micros(times.quantile(0.999)), "max_us": micros(times.longest()),
        })
    );
}

fn options() -> Options {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        arguments
            .iter()
            .position(|part| part == name)
            .and_then(|at| arguments.get(at + 1))
            .map(String::as_str)
    };
    let needed = |name: &str| {
        option(name).unwrap_or_else(|| {
            eprintln!("{name} is needed: see the head of tests/src/bin/dns_load.rs");
            std::process::exit(2)
        })
    };
    let number = |name: &str, default: f64| {
        option(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
    };
    Options {
        server: needed("--server").parse().expect("--server is an address and a port"),
        questions: needed("--questions").into(),
        expected: match option("--expect").unwrap_or("existing") {
            "existing" => Expected::Existing,
            "missing" => Expected::Missing,
            "echo" => Expected::Echo,
            other => panic!("--expect existing, missing or echo, not {other}"),
        },
        form: match option("--form").unwrap_or("edns") {
            "plain" => Form::Plain,
            "edns" => Form::Edns,
            "verifying" => Form::Verifying,
            other => panic!("--form plain, edns or verifying, not {other}"),
        },
        seconds: number("--seconds", 5.0),
        warm: number("--warm", 0.5),
        sockets: number("--sockets", 8.0) as usize,
        window: number("--window", 64.0) as u16,
        rate: option("--rate").map(|text| text.parse().expect("--rate is a number")),
    }
}
