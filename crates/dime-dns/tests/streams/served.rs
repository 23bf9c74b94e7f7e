//! A server of made-up DETs, and the certificates it shows.

use dime_dns::{DnsConfig, DnsServer, TlsConfig};
use dime_tests::{dice::Dice, tools};
use dime_zone::{Name, Published, Serial, Soa, ZoneConfig, Zones};
use drip_det::{Det, DripTime, EntityType, Hid, HostIdentity, SuiteId, ZoneCut};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

/// HHIT (RFC 9886).
pub(crate) const HHIT: u16 = 67;

/// Zones with so many DETs in them, and their owner names.
pub(crate) fn zones(count: usize) -> (Arc<Zones>, Vec<String>) {
    let name = |text: &str| text.parse::<Name>().unwrap();
    let hid = Hid::from_numbers(16376, 16376).unwrap();
    let zones = Zones::new();
    for cut in [ZoneCut::raa_of(hid), ZoneCut::Hda(hid)] {
        let soa = Soa {
            mname: name("ns1.dime.example."),
            rname: name("hostmaster.dime.example."),
            refresh: 3600,
            retry: 600,
            expire: 604_800,
            minimum: 30,
        };
        let ns = vec![name("ns1.dime.example.")];
        zones.add_zone(ZoneConfig { cut, soa, serial: Serial(1), ns, glue: Vec::new(), ttl: 3600 }).unwrap();
    }
    let file = tools::root().join("testdata/chain/manifest.json");
    let manifest: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let hi: HostIdentity = manifest["entities"]["ua1"]["hi"].as_str().unwrap().parse().unwrap();
    let mut dice = Dice::for_this_run();
    let mut octets = |length: usize| -> Vec<u8> { (0..length).map(|_| dice.roll() as u8).collect() };
    let mut owners = Vec::new();
    for _ in 0..count {
        let det = Det::from_parts(hid, SuiteId(5), u64::from_be_bytes(octets(8).try_into().unwrap()));
        let certificate = octets(300);
        zones
            .load(&Published {
                det,
                hi,
                ttl: 60,
                entity_type: EntityType::UA,
                abbreviation: hid.abbreviation(),
                certificate,
                brid: None,
                uri: None,
                vnb: DripTime(0),
                vna: DripTime(0),
            })
            .unwrap();
        owners.push(det.owner_name());
    }
    (Arc::new(zones), owners)
}

/// A certificate for `localhost` that vouches for itself, and its key.
pub(crate) fn certificate(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let (certificate, key) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.key")));
    tools::run(
        Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "30",
            ])
            .args(["-subj", &format!("/CN={name}"), "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .arg("-keyout")
            .arg(&key)
            .arg("-out")
            .arg(&certificate),
    );
    (certificate, key)
}

/// A server on loopback, over all transports.
pub(crate) struct Served {
    pub(crate) server: DnsServer,
    pub(crate) config: DnsConfig,
    pub(crate) zones: Arc<Zones>,
    pub(crate) owners: Vec<String>,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) certificate: PathBuf,
    pub(crate) plain: SocketAddr,
    pub(crate) tls: SocketAddr,
}

pub(crate) fn serve(change: impl FnOnce(&mut DnsConfig)) -> Served {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = self::certificate(folder.path(), "first");
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let mut config = DnsConfig {
        listen: vec![any],
        tls: Some(TlsConfig { listen: vec![any], certificate: certificate.clone(), key }),
        udp_threads: 1,
        nsid: b"one of many".to_vec(),
        ..DnsConfig::default()
    };
    change(&mut config);
    let (zones, owners) = zones(50);
    let server = DnsServer::start(Arc::clone(&zones), config.clone()).unwrap();
    let (plain, tls) = (server.local_addrs()[0], server.tls_addrs()[0]);
    Served { server, config, zones, owners, folder, certificate, plain, tls }
}
