//! A primary for the judge of secondaries: made-up DETs, changed by commands.
//!
//! `serve_secondaries ADDRESS DETS SECRET CATALOG KEYS [NOTIFY…]`: the secret in base64 of the key `transfer.example.`; KEYS is a folder for
//! the keys of signed zones, or `-` for unsigned ones. It says which zones there are, and then answers each line of its input with one of JSON:
//!
//! | command | does |
//! |---|---|
//! | `change COUNT SEED` | random changes: DETs published, changed and removed, delegations changed |
//! | `revoke` | removes a DET, and tells its name |
//! | `zone` | serves one more zone |
//! | `journal CHANGES OCTETS` | limits the journals |
//! | `serials` | zones and their serials |
//! | `transfers` | transfers by kind |
//! | `export FOLDER` | master files for the differential judge |
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[allow(dead_code, reason = "made for measurements, too")]
#[path = "synthetic/mod.rs"]
mod synthetic;

use base64::{Engine, prelude::BASE64_STANDARD};
use dime_dns::{
    Algorithm, DnsConfig, DnsServer, KeyRing, PeerConfig, PeerZones, Peers, PrimaryConfig, Transfers,
    Transport, TsigKey,
};
use dime_zone::{
    Delegation, Ds, ExportForm, Host, JournalLimits, Name, Serial, Soa, ZoneConfig, Zones,
    dnssec::{HdaZones, KeyFolder, KeyRole, Signing, SigningPolicy, UpperZones, ZoneKey, first_keys},
};
use drip_det::{Hid, UnixTime, ZoneCut};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fs::File,
    io::{BufWriter, Write},
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};
use synthetic::{Synthetic, Words};

/// What is served, and how far it has come.
struct Feeder {
    synthetic: Synthetic,
    zones: Arc<Zones>,
    published: BTreeSet<u64>,
    dets: u64,
    change: u32,
    added: u16,
    metrics: PrometheusHandle,
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, dets, secret, catalog, keys, notify @ ..] = arguments.as_slice() else {
        panic!("ADDRESS DETS SECRET CATALOG KEYS [NOTIFY...]");
    };
    let metrics = PrometheusBuilder::new().install_recorder().expect("recorder");
    let synthetic = Synthetic::new();
    let zones = Arc::new(if keys == "-" { Zones::new() } else { signed(Path::new(keys), synthetic.hid()) });
    let hda = ZoneCut::Hda(synthetic.hid());
    for cut in [ZoneCut::raa_of(synthetic.hid()), hda] {
        zones.add_zone(config(cut)).expect("zone");
    }
    let dets: u64 = dets.parse().expect("DETS");
    let mut feeder =
        Feeder { synthetic, zones, published: BTreeSet::new(), dets, change: 1, added: 0, metrics };
    for index in 0..dets {
        feeder.zones.load(&feeder.synthetic.published(index, 0)).expect("load");
        feeder.published.insert(index);
    }
    let address: SocketAddr = address.parse().expect("ADDRESS");
    let mut server =
        DnsServer::bind([address], Arc::clone(&feeder.zones), DnsConfig::default()).expect("bind");
    server.set_primary(primary(secret, catalog, notify));
    println!("{}", json!({ "zones": feeder.names() }));
    let (sender, mut lines) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        std::io::stdin().lines().map_while(Result::ok).for_each(|line| drop(sender.send(line)));
    });
    loop {
        tokio::select! {
            line = lines.recv() => match line {
                Some(line) => println!("{}", feeder.obey(&line)),
                None => return,
            },
            failure = server.failure() => panic!("{failure}"),
        }
    }
}

/// Loopback with the key, each who is notified from an address of its own (127.0.0.2, 127.0.0.3, …); another key that no peer has; everything
/// over TCP, differences over UDP, too.
fn primary(secret: &str, catalog: &str, notify: &[String]) -> PrimaryConfig {
    let name = |text: &str| text.parse::<Name>().expect("name");
    let secret = BASE64_STANDARD.decode(secret).expect("SECRET");
    let key = |text| TsigKey::new(name(text), Algorithm::HmacSha256, &secret).expect("key");
    let peer = |number: usize, notify| PeerConfig {
        name: format!("secondary {number}"),
        networks: vec![format!("127.0.0.{}", 1 + number).parse().expect("address")],
        key: Some(name("transfer.example.")),
        transports: vec![Transport::Udp, Transport::Tcp],
        transfer: Transfers::Allowed,
        notify,
        zones: PeerZones::All,
    };
    let mut peers: Vec<PeerConfig> = vec![peer(0, None)];
    peers.extend((1..).zip(notify).map(|(number, text)| peer(number, Some(text.parse().expect("NOTIFY")))));
    let keys = KeyRing::new([key("transfer.example."), key("other.example.")]).expect("keys");
    PrimaryConfig::new(Peers::new(keys, peers).expect("peers"), Some(name(catalog))).expect("catalogue")
}

/// Signed zones, with keys that are the same in every run, and a clock that stands still: what is signed again is signed alike.
fn signed(folder: &Path, hid: Hid) -> Zones {
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).expect("clock").as_secs();
    let now = UnixTime(clock - clock % 86_400);
    for (seed, cut) in [(1, ZoneCut::raa_of(hid)), (3, ZoneCut::Hda(hid))] {
        for (role, seed) in [(KeyRole::KeySigning, seed), (KeyRole::ZoneSigning, seed + 1)] {
            let new = first_keys(role, UnixTime(now.0 - 86_400));
            let key = ZoneKey::from_seed(&[seed; 32], new.role, new.times);
            // It is there already when the feeder starts again.
            drop(KeyFolder::new(folder).create(&cut.name().parse().expect("name"), &key));
        }
    }
    let policy =
        SigningPolicy::new(14 * 86_400, 7 * 86_400, UpperZones::Signed, HdaZones::Nsec).expect("policy");
    Zones::signed(Signing::new(KeyFolder::new(folder), policy, now))
}

impl Feeder {
    fn obey(&mut self, line: &str) -> Value {
        let words: Vec<&str> = line.split(' ').collect();
        let number = |at: usize| words[at].parse::<u64>().expect("a number");
        match words[0] {
            "change" => {
                let mut dice = Words(number(2));
                (0..number(1)).for_each(|_| self.random(&mut dice));
                json!({ "dets": self.published.len() })
            }
            "revoke" => {
                let index = *self.published.first().expect("a DET");
                let det = self.synthetic.det(index);
                self.published.remove(&index);
                let serial = self.next();
                self.zones.remove(det, serial).expect("published");
                json!({ "owner": det.owner_name() })
            }
            "zone" => {
                self.added += 1;
                let hid =
                    Hid::from_numbers(self.synthetic.hid().raa.value(), 16_379 + self.added).expect("HID");
                let mut config = config(ZoneCut::Hda(hid));
                config.serial = self.next();
                self.zones.add_zone(config).expect("zone");
                json!({ "zone": ZoneCut::Hda(hid).name() })
            }
            "journal" => {
                let limits = JournalLimits { changes: number(1) as usize, octets: number(2) as usize };
                self.zones.limit_journals(limits);
                json!({})
            }
            "serials" => self
                .zones
                .serials()
                .into_iter()
                .map(|(zone, _, serial)| (zone.to_string(), json!(serial.0)))
                .collect(),
            "transfers" => self.transfers(),
            "export" => {
                for summary in self.zones.summaries() {
                    for (form, ending) in [(ExportForm::Generic, "generic"), (ExportForm::Native, "native")] {
                        let path = Path::new(words[1]).join(format!("{}{ending}", summary.cut.name()));
                        let mut out = BufWriter::new(File::create(path).expect("file"));
                        self.zones.export(summary.cut, form, &mut out).expect("export");
                        out.flush().expect("written");
                    }
                }
                json!({})
            }
            other => panic!("{other}"),
        }
    }

    fn next(&mut self) -> Serial {
        self.change += 1;
        Serial(self.change)
    }

    fn random(&mut self, dice: &mut Words) {
        let serial = self.next();
        match below(dice, 20) {
            0 => self.delegation(dice, serial),
            1..=13 => {
                let index = below(dice, 2 * self.dets.max(8));
                let mut published = self.synthetic.published(index, below(dice, 1 << 16));
                if below(dice, 5) == 0 {
                    published.brid = None;
                }
                if below(dice, 9) == 0 {
                    published.ttl = 120;
                }
                self.zones.publish(&published, serial).expect("publish");
                self.published.insert(index);
            }
            _ => {
                let from = below(dice, 2 * self.dets.max(8));
                let found = self.published.range(from..).next().or_else(|| self.published.first());
                let Some(index) = found.copied() else { return };
                self.published.remove(&index);
                self.zones.remove(self.synthetic.det(index), serial).expect("published");
            }
        }
    }

    fn delegation(&self, dice: &mut Words, serial: Serial) {
        let raa = self.synthetic.hid().raa.value();
        let cut = ZoneCut::Hda(Hid::from_numbers(raa, 16_300 + below(dice, 20) as u16).expect("HID"));
        if below(dice, 3) == 0 {
            self.zones.undelegate(cut, serial);
            return;
        }
        let server: Name = format!("ns.{}", cut.name()).parse().expect("name");
        let address = format!("192.0.2.{}", below(dice, 250)).parse().expect("address");
        let ds =
            Ds { key_tag: below(dice, 65_000) as u16, algorithm: 15, digest_type: 2, digest: vec![9; 32] };
        let delegation = Delegation {
            ns: vec![server.clone(), "ns.elsewhere.example.".parse().expect("name")],
            glue: vec![Host { name: server, addresses: vec![address] }],
            ds: if below(dice, 2) == 0 { vec![ds] } else { Vec::new() },
        };
        self.zones.delegate(cut, delegation, serial).expect("delegate");
    }

    fn names(&self) -> Vec<String> {
        self.zones.summaries().into_iter().map(|summary| summary.cut.name()).collect()
    }

    /// The counters of transfers, by kind.
    fn transfers(&self) -> Value {
        let text = self.metrics.render();
        let counted = text.lines().filter_map(|line| {
            let (kind, count) = line.strip_prefix("dime_dns_transfers_total{kind=\"")?.split_once("\"} ")?;
            Some((kind.to_owned(), json!(count.parse::<u64>().ok()?)))
        });
        counted.collect::<serde_json::Map<_, _>>().into()
    }
}

/// A number below `end`.
fn below(dice: &mut Words, end: u64) -> u64 {
    dice.next() % end
}

fn config(cut: ZoneCut) -> ZoneConfig {
    let name = |text: &str| text.parse::<Name>().expect("name");
    let server = name(&format!("ns.{}", cut.name()));
    ZoneConfig {
        cut,
        soa: Soa {
            mname: server.clone(),
            rname: name("hostmaster.dime.example."),
            refresh: 3600,
            retry: 5,
            expire: 604_800,
            minimum: 30,
        },
        serial: Serial(1),
        ns: vec![server.clone()],
        glue: vec![Host { name: server, addresses: vec!["127.0.0.1".parse().expect("address")] }],
        ttl: 3600,
    }
}
