//! `dime-load`: many registrations over HTTP, measured.
//!
//! Certificate signing requests are made beforehand; each client keeps one connection open and sends one registration after the other.
//! Prints one JSON line: count, clients, seconds, rate, and the median, 99th percentile and maximum of the time from request to reply in
//! microseconds. With `--dets FILE` the DETs are written there, one a line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use dime_tests::csr;
use dime_tests::http::Client;
use serde_json::json;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        arguments.iter().position(|part| part == name).and_then(|at| arguments.get(at + 1)).cloned()
    };
    let needed = |name: &str| {
        option(name).unwrap_or_else(|| {
            eprintln!("usage: dime-load --http ADDRESS:PORT --token FILE [--count N] [--clients N] [--kind KIND] [--dets FILE]");
            std::process::exit(2)
        })
    };
    let http: SocketAddr =
        needed("--http").trim_start_matches("http://").parse().expect("--http is an address and a port");
    let token = std::fs::read_to_string(needed("--token")).expect("the token's file");
    let count: usize = option("--count").map_or(1000, |text| text.parse().expect("--count is a number"));
    let clients: usize = option("--clients").map_or(1, |text| text.parse().expect("--clients is a number"));
    let kind = option("--kind").unwrap_or_else(|| "session".to_owned());

    let bodies: Vec<String> = (0..count)
        .map(|_| {
            json!({ "kind": kind, "csr": BASE64_STANDARD.encode(csr::der(&csr::new_key())) }).to_string()
        })
        .collect();
    let next = AtomicUsize::new(0);
    let collected = Mutex::new((Vec::with_capacity(count), Vec::new()));
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| {
                let mut client = Client::new(http, Some(token.trim()));
                let (mut times, mut replies) = (Vec::new(), Vec::new());
                while let Some(body) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let sent = Instant::now();
                    let reply = client.send(
                        "POST",
                        "/v1/registrations",
                        &[("content-type", "application/json")],
                        body.as_bytes(),
                    );
                    times.push(sent.elapsed().as_micros());
                    let reply = reply.expect("a reply");
                    assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
                    replies.push(reply);
                }
                let mut all = collected.lock().unwrap();
                all.0.append(&mut times);
                all.1.append(&mut replies);
            });
        }
    });
    let seconds = started.elapsed().as_secs_f64();
    let (mut times, replies) = collected.into_inner().unwrap();
    times.sort_unstable();
    if let Some(path) = option("--dets") {
        let lines: String = replies
            .iter()
            .map(|reply| format!("{}\n", reply.json()["det"].as_str().expect("a det")))
            .collect();
        std::fs::write(path, lines).expect("the file of DETs");
    }
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let line = json!({
        "count": count, "clients": clients, "seconds": seconds, "rate": count as f64 / seconds,
        "p50_us": at(0.5), "p99_us": at(0.99), "max_us": at(1.0),
    });
    println!("{line}");
}
