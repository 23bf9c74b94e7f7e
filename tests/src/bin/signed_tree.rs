//! Serves a signed tree whose clock and changes are commands: `dime-signed-tree FOLDER ADDRESS upper|nsec|compact UNIX-TIME [ALGORITHM]`.
//!
//! `upper` is the Apex and the four zones of RAA 16376, signed, and the zone of HDA 16376, which is not; `nsec` and `compact` are the zone of
//! HDA 16377, signed in that way. Keys are in `FOLDER/keys`, made when there are none. Prints `ready dns=ADDRESS`, then takes one command a line from stdin
//! and answers each with `ok …` or `error …`:
//!
//! | command | does |
//! |---|---|
//! | `at UNIX-TIME` | moves the clock |
//! | `publish N`, `remove N` | the Nth DET: of the RAA itself in `upper`, of the HDA in `hda` |
//! | `delegate HDA ADDRESS [DS …]` | delegates an HDA's zone to a server at an address, `DS` as in a master file |
//! | `undelegate HDA` | ends that |
//! | `roll-zsk ZONE`, `roll-ksk ZONE`, `ds-published ZONE` | roll-over, all delays one hour, TTLs as in the zones |
//! | `replace-zsk ZONE`, `replace-ksk ZONE` | a key is in wrong hands; the zone above is served here |
//! | `withdraw ZONE` | asks the zone above to have no DS |
//! | `ds ZONE` | the DS for the zone above |
//! | `export ZONE native\|generic FILE` | writes a master file |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge's tool may stop"
)]

use std::{fs::File, io::BufRead as _, io::BufWriter, net::SocketAddr, path::PathBuf, sync::Arc};

use dime_dns::{DnsConfig, DnsServer};
use dime_zone::dnssec::*;
use dime_zone::{Delegation, Ds, ExportForm, Host, Name, Published, Serial, Soa, ZoneConfig, Zones};
use drip_det::{Det, DripTime, EntityType, Hid, HostIdentity, Raa, SuiteId, UnixTime, ZoneCut};

const RAA: u16 = 16376;
const TTL: u32 = 600;
const TIMING: RollTiming =
    RollTiming { dnskey_ttl: TTL, max_ttl: TTL, propagation: 3600, ds_ttl: TTL, parent_propagation: 3600 };

/// Which zones are served.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Upper,
    Hda(HdaZones),
}

type Done = Result<String, Box<dyn std::error::Error>>;

struct Tree {
    zones: Arc<Zones>,
    folder: KeyFolder,
    now: UnixTime,
    change: u32,
    home: Hid,
    algorithm: Algorithm,
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, address, which, now, algorithm @ ..] = arguments.as_slice() else {
        panic!("dime-signed-tree FOLDER ADDRESS upper|nsec|compact UNIX-TIME [ALGORITHM]")
    };
    let algorithm = algorithm.first().map_or(Algorithm::default(), |name| name.parse().expect("ALGORITHM"));
    let address: SocketAddr = address.parse().expect("ADDRESS");
    let level = match which.as_str() {
        "upper" => Level::Upper,
        "nsec" => Level::Hda(HdaZones::Nsec),
        "compact" => Level::Hda(HdaZones::Compact),
        other => panic!("{other}"),
    };
    let now = UnixTime(now.parse().expect("UNIX-TIME"));
    let mut tree = Tree::new(PathBuf::from(folder).join("keys"), address, level, now, algorithm);
    let server = DnsServer::bind([address], Arc::clone(&tree.zones), DnsConfig::default()).expect("bind");
    println!("ready dns={}", server.local_addrs()[0]);
    tokio::task::spawn_blocking(move || {
        for line in std::io::stdin().lock().lines() {
            match tree.command(&line.expect("stdin")) {
                Ok(text) => println!("ok {}", text.replace('\n', "; ")),
                Err(error) => println!("error {error}"),
            }
        }
    })
    .await
    .expect("commands");
    server.shutdown().await.expect("shutdown");
}

impl Tree {
    fn new(keys: PathBuf, address: SocketAddr, level: Level, now: UnixTime, algorithm: Algorithm) -> Self {
        let folder = KeyFolder::new(keys);
        let raa = Raa::new(RAA).unwrap();
        let cuts: Vec<ZoneCut> = if level == Level::Upper {
            let hda = ZoneCut::Hda(Hid::from_numbers(RAA, 16376).unwrap());
            [ZoneCut::Apex].into_iter().chain(ZoneCut::raa_zones(raa)).chain([hda]).collect()
        } else {
            vec![ZoneCut::Hda(Hid::from_numbers(RAA, 16377).unwrap())]
        };
        let hda = match level {
            Level::Upper => HdaZones::Unsigned,
            Level::Hda(mode) => mode,
        };
        let policy = SigningPolicy::new(14 * 86_400, 7 * 86_400, UpperZones::Signed, hda).unwrap();
        let zones = Arc::new(Zones::signed(Signing::new(folder.clone(), policy, now)));
        let home = Hid::from_numbers(RAA, if level == Level::Upper { 12288 } else { 16377 }).unwrap();
        let tree = Tree { zones, folder, now, change: 1, home, algorithm };
        for cut in cuts {
            let zone: Name = cut.name().parse().unwrap();
            if tree.folder.load(&zone).unwrap().is_empty() {
                for role in [KeyRole::KeySigning, KeyRole::ZoneSigning] {
                    tree.make(&zone, first_keys(role, now)).unwrap();
                }
            }
            tree.zones.add_zone(config(cut, address)).unwrap();
        }
        tree
    }

    fn make(&self, zone: &Name, new: NewKey) -> Result<u16, Box<dyn std::error::Error>> {
        let key = loop {
            let mut seed = [0; 32];
            getrandom::fill(&mut seed)?;
            if let Some(key) = ZoneKey::of_algorithm(self.algorithm, &seed, new.role, new.times) {
                break key;
            }
        };
        self.folder.create(zone, &key)?;
        Ok(key.tag())
    }

    fn command(&mut self, line: &str) -> Done {
        let words: Vec<&str> = line.split_whitespace().collect();
        self.change += 1;
        let change = Serial(self.change);
        match words.as_slice() {
            ["at", time] => {
                self.now = UnixTime(time.parse()?);
                let events: Vec<String> = self.zones.tick(self.now).iter().map(ToString::to_string).collect();
                Ok(events.join("\n"))
            }
            ["publish", index] => {
                let published = self.det(index.parse()?);
                self.zones.publish(&published, change)?;
                Ok(published.det.owner_name())
            }
            ["remove", index] => {
                let det = self.det(index.parse()?).det;
                self.zones.remove(det, change).ok_or("not published")?;
                Ok(det.owner_name())
            }
            ["delegate", hda, address, ds @ ..] => {
                let cut = hda_zone(hda)?;
                let server: Name = format!("ns.{}", cut.name()).parse()?;
                let glue = vec![Host { name: server.clone(), addresses: vec![address.parse()?] }];
                let ds = match ds {
                    [tag, algorithm, digest_type, digest] => vec![Ds {
                        key_tag: tag.parse()?,
                        algorithm: algorithm.parse()?,
                        digest_type: digest_type.parse()?,
                        digest: hex::decode(digest)?,
                    }],
                    _ => Vec::new(),
                };
                self.zones.delegate(cut, Delegation { ns: vec![server], glue, ds }, change)?;
                Ok(cut.name())
            }
            ["undelegate", hda] => {
                let cut = hda_zone(hda)?;
                self.zones.undelegate(cut, change).ok_or("no such delegation")?;
                Ok(cut.name())
            }
            ["roll-zsk", zone] => self.roll(zone, roll_zsk),
            ["roll-ksk", zone] => self.roll(zone, roll_ksk),
            ["replace-zsk", zone] => self
                .roll(zone, |keys, timing, now| replace_compromised(keys, KeyRole::ZoneSigning, timing, now)),
            ["replace-ksk", zone] => self.roll(zone, |keys, timing, now| {
                let roll = replace_compromised(keys, KeyRole::KeySigning, timing, now)?;
                Ok(parent_follows(roll, timing))
            }),
            ["ds-published", zone] => {
                let zone: Name = zone.parse()?;
                let keys = self.folder.load(&zone)?;
                let changes = parent_has_new_ds(&keys.iter().collect::<Vec<_>>(), &TIMING, self.now)?;
                changes.into_iter().try_for_each(|(tag, times)| self.folder.set_times(&zone, tag, times))?;
                Ok(String::new())
            }
            ["withdraw", zone] => {
                self.folder.ask_parent(&zone.parse()?, Parent::Withdraws, self.now)?;
                Ok(String::new())
            }
            ["ds", zone] => {
                let zone: Name = zone.parse()?;
                let used = KeyRing::new(self.folder.load(&zone)?).at(self.now).ok_or("no active key")?;
                Ok(used.ds(&zone).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
            }
            ["export", zone, form, file] => {
                let served = self.zones.summaries();
                let cut = served.iter().map(|summary| summary.cut).find(|cut| cut.name() == *zone);
                let form = if *form == "native" { ExportForm::Native } else { ExportForm::Generic };
                let mut to = BufWriter::new(File::create(file)?);
                self.zones.export(cut.ok_or("no such zone")?, form, &mut to)?;
                Ok(String::new())
            }
            _ => Err(format!("no command: {line}").into()),
        }
    }

    fn roll(
        &self,
        zone: &str,
        plan: impl FnOnce(&[&ZoneKey], &RollTiming, UnixTime) -> Result<Roll, RollError>,
    ) -> Done {
        let zone: Name = zone.parse()?;
        let keys = self.folder.load(&zone)?;
        let roll = plan(&keys.iter().collect::<Vec<_>>(), &TIMING, self.now)?;
        let tag = self.make(&zone, roll.new)?;
        roll.changes.into_iter().try_for_each(|(tag, times)| self.folder.set_times(&zone, tag, times))?;
        Ok(tag.to_string())
    }

    /// A DET whose certificate and endorsement verify nothing: a name server does not look.
    fn det(&self, index: u64) -> Published {
        let det =
            Det::from_parts(self.home, SuiteId::EDDSA_CSHAKE128, index.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let seed = std::array::from_fn(|at| (index >> (at % 8)) as u8 ^ at as u8);
        let hi = ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key().to_bytes();
        Published {
            det,
            hi: HostIdentity::from_bytes(&hi).unwrap(),
            ttl: 60,
            entity_type: EntityType::UA,
            abbreviation: self.home.abbreviation(),
            certificate: vec![0x30, 3, 2, 1, index as u8 & 0x7f],
            brid: None,
            uri: None,
            vnb: DripTime(0),
            vna: DripTime(1),
        }
    }
}

fn hda_zone(number: &str) -> Result<ZoneCut, Box<dyn std::error::Error>> {
    Ok(ZoneCut::Hda(Hid::from_numbers(RAA, number.parse()?)?))
}

fn config(cut: ZoneCut, address: SocketAddr) -> ZoneConfig {
    let server: Name = format!("ns.{}", cut.name()).parse().unwrap();
    ZoneConfig {
        cut,
        soa: Soa {
            mname: server.clone(),
            rname: "hostmaster.dime.example.".parse().unwrap(),
            refresh: 3600,
            retry: 600,
            expire: 604_800,
            minimum: 30,
        },
        serial: Serial(1),
        ns: vec![server.clone()],
        glue: vec![Host { name: server, addresses: vec![address.ip()] }],
        ttl: TTL,
    }
}
