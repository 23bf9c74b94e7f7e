//! Serves a number of made-up DETs, to measure memory, loading and answering:
//! `serve_synthetic [COUNT] [--listen ADDRESS] [--threads N] [--folder FOLDER] [--export] [--questions N] [--kept FOLDER]
//! [--checker-core N]`.
//!
//! The zone above is served too, and delegates one more HDA to nobody. Prints memory and loading time, then `ready dns=ADDRESS`, and
//! serves until standard input ends. Into the folder go, when asked for, the zones in the generic form, as `ZONE.generic`, and at most N
//! questions of each kind. With a folder for what is kept the zones come out of the snapshot there, and when there is none, one is made. A
//! line `change N` on standard input makes N changes a second from then on, and `report` answers with a line
//! of what a checker found meanwhile (see `synthetic/change.rs`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a measuring tool may stop"
)]

use dime_dns::{DnsConfig, DnsServer, RateLimitConfig};
use dime_zone::{ExportForm, Zones};
use drip_det::ZoneCut;
use std::{
    fs::File,
    io::{BufRead, BufWriter},
    net::SocketAddr,
    path::Path,
    time::Instant,
};
use synthetic::Synthetic;

#[path = "synthetic/change.rs"]
mod change;
#[path = "synthetic/kept.rs"]
mod kept;
#[path = "synthetic/questions.rs"]
mod questions;
mod synthetic;

#[tokio::main]
async fn main() {
    let all: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        let value = all.iter().position(|part| part == name).and_then(|at| all.get(at + 1));
        value.map(String::as_str)
    };
    let number =
        |name: &str| option(name).map(|text| text.parse::<u64>().unwrap_or_else(|_| panic!("{name} N")));
    let count = all.first().filter(|first| !first.starts_with("--"));
    let count: u64 = count.map_or(100_000, |text| text.parse().expect("COUNT"));
    let address: SocketAddr = option("--listen").unwrap_or("127.0.0.1:0").parse().expect("ADDRESS");
    let synthetic = Synthetic::new();
    let cut = ZoneCut::Hda(synthetic.hid());

    let before = resident();
    let start = Instant::now();
    let kept = option("--kept").map(Path::new);
    let (zones, taken) = match kept.and_then(kept::take) {
        Some(zones) => (zones, start.elapsed()),
        None => {
            let zones = synthetic.zones();
            let taken = synthetic.fill(&zones, count);
            if let Some(folder) = kept {
                kept::keep(&zones, folder).expect("a snapshot");
            }
            (zones, taken)
        }
    };
    let summaries = zones.summaries();
    let summary = summaries.iter().find(|summary| summary.cut == cut).expect("the zone");
    println!(
        "zone={} dets={} templates={} load_s={:.3} octets_in_zone={} octets_resident={}",
        cut.name(),
        summary.dets,
        summary.templates,
        taken.as_secs_f64(),
        summary.memory,
        resident().saturating_sub(before),
    );
    if let Some(folder) = option("--folder").map(Path::new) {
        if all.iter().any(|part| part == "--export") {
            export(&zones, &synthetic, folder);
        }
        if let Some(most) = number("--questions") {
            questions::write(&synthetic, folder, count, most).expect("questions");
        }
    }
    // Whoever measures is one network, and asks more than one network may.
    let config = DnsConfig {
        udp_threads: number("--threads").unwrap_or(0) as usize,
        rate_limit: RateLimitConfig { per_second: 0, ..RateLimitConfig::default() },
        ..DnsConfig::default()
    };
    let mut server = DnsServer::bind([address], zones.clone(), config).expect("bind");
    let address = server.local_addrs()[0];
    let core = number("--checker-core").map(|core| core as usize);
    let change = change::Change::new(&zones, address, 1 << 40, core);
    println!("ready dns={address}");
    let (ended, mut end) = tokio::sync::mpsc::channel::<()>(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            match line.split_once(' ') {
                Some(("change", rate)) => change.at_rate(rate.parse().expect("a rate")),
                _ if line == "report" => println!("{}", change.report()),
                _ => println!("unknown"),
            }
        }
        drop(ended);
    });
    tokio::select! {
        failure = server.failure() => println!("{failure}"),
        _ = end.recv() => {}
    }
}

fn export(zones: &Zones, synthetic: &Synthetic, folder: &Path) {
    let start = Instant::now();
    for cut in [ZoneCut::raa_of(synthetic.hid()), ZoneCut::Hda(synthetic.hid())] {
        let file = File::create(folder.join(format!("{}generic", cut.name()))).expect("file");
        zones.export(cut, ExportForm::Generic, &mut BufWriter::with_capacity(1 << 20, file)).expect("export");
    }
    println!("exported in {:.2} s", start.elapsed().as_secs_f64());
}

/// Octets of memory the process holds, as Linux tells.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|statm| statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()));
    pages.unwrap_or(0) * 4096
}
