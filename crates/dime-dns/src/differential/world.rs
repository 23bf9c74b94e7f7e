//! Zones with something of everything.

use crate::{Cookies, QueryLogConfig, answering::Answering, respond::Moment};
use dime_tests::dice::Dice;
use dime_zone::{
    Delegation, Ds, Host, Name, Published, Serial, Soa, ZoneConfig, Zones,
    dnssec::{HdaZones, KeyFolder, KeyRole, Signing, SigningPolicy, UpperZones, ZoneKey, first_keys},
};
use drip_det::{Det, DripTime, EntityType, Hid, HostIdentity, SuiteId, UnixTime, ZoneCut};
use std::{net::IpAddr, path::Path};

pub(super) const NOW: Moment = Moment { now: UnixTime(1_795_350_896), milliseconds: 1_000_000 };
/// A zone that is answered elsewhere.
pub(super) const CATALOG: &str = "catalog.example.";
const DETS: usize = 150;

/// The names that questions are about, and what there is at them.
pub(super) struct World {
    dice: Dice,
    pub(super) dets: Vec<Det>,
    pub(super) cuts: Vec<Name>,
    pub(super) hosts: Vec<Name>,
}

pub(super) fn cookies() -> Cookies {
    Cookies::new([7; 16], vec![[8; 16]])
}

pub(super) fn answering() -> Answering {
    Answering {
        nsid: b"dime.example".to_vec(),
        cookies: Some(cookies()),
        rate_limit: None,
        query_log: QueryLogConfig::default(),
        elsewhere: vec![name(CATALOG)],
    }
}

pub(super) fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

fn hid(hda: u16) -> Hid {
    Hid::from_numbers(16376, hda).expect("a HID")
}

pub(super) fn home() -> Hid {
    hid(16376)
}

fn host(text: &str, addresses: &[&str]) -> Host {
    let address = |text: &&str| text.parse::<IpAddr>().expect("an address");
    Host { name: name(text), addresses: addresses.iter().map(address).collect() }
}

fn octets(dice: &mut Dice, most: u64) -> Vec<u8> {
    (0..dice.below(most)).map(|_| dice.roll() as u8).collect()
}

impl World {
    pub(super) fn new(mut dice: Dice) -> Self {
        // Not the numbers that the questions are made with.
        dice.roll();
        let det = |dice: &mut Dice| Det::from_parts(home(), SuiteId::EDDSA_CSHAKE128, dice.roll());
        let dets = (0..DETS).map(|_| det(&mut dice)).collect();
        let raa = ZoneCut::raa_of(home());
        let below = [16376, 16377, 16378, 16379, 16380, 16381].map(|hda| ZoneCut::Hda(hid(hda)));
        let cuts = [raa].iter().chain(&below).map(|cut| name(&cut.name())).collect();
        World { dice, dets, cuts, hosts: Vec::new() }
    }

    /// A zone of an RAA with four delegations and one HDA's zone below it; nothing is signed.
    pub(super) fn zones(&mut self) -> Zones {
        let zones = Zones::new();
        self.fill(&zones);
        zones
    }

    /// The same, signed: the upper with an NSEC chain, the lower with compact denial.
    pub(super) fn signed_zones(&mut self, folder: &Path) -> Zones {
        for (index, cut) in [ZoneCut::raa_of(home()), ZoneCut::Hda(home())].into_iter().enumerate() {
            for (seed, role) in [(1, KeyRole::KeySigning), (2, KeyRole::ZoneSigning)] {
                let new = first_keys(role, UnixTime(NOW.now.0 - 60));
                let key = ZoneKey::from_seed(&[seed + 10 * index as u8; 32], new.role, new.times);
                KeyFolder::new(folder).create(&name(&cut.name()), &key).expect("a key");
            }
        }
        let policy = SigningPolicy::new(1_209_600, 604_800, UpperZones::Signed, HdaZones::Compact);
        let zones = Zones::signed(Signing::new(KeyFolder::new(folder), policy.expect("a policy"), NOW.now));
        self.fill(&zones);
        zones
    }

    fn fill(&mut self, zones: &Zones) {
        let raa = ZoneCut::raa_of(home());
        let (upper, lower) = (raa.name(), ZoneCut::Hda(home()).name());
        // A name server below a name like a DET's, where there is no DET.
        let odd = format!("ns.{}.{}", "a.".repeat(18).trim_end_matches('.'), lower);
        let hosts = [
            host(&format!("ns.{upper}"), &["192.0.2.1", "2001:db8::1", "192.0.2.2"]),
            host(&format!("NS2.Deep.er.{upper}"), &["2001:db8::2"]),
        ];
        let inner = [host(&format!("ns.{lower}"), &["192.0.2.3", "2001:db8::3"]), host(&odd, &["192.0.2.4"])];
        self.hosts = hosts.iter().chain(&inner).map(|host| host.name.clone()).collect();
        let soa = |mname: &str, rname: &str| Soa {
            mname: name(mname),
            rname: name(rname),
            refresh: 3600,
            retry: 600,
            expire: u32::MAX,
            minimum: 30,
        };
        let ns = hosts.iter().map(|host| host.name.clone()).chain([name("ns.example.")]).collect();
        let config = ZoneConfig {
            cut: raa,
            soa: soa(&format!("ns.{upper}"), "hostmaster.dime.example."),
            serial: Serial(1),
            ns,
            glue: hosts.to_vec(),
            ttl: 3600,
        };
        let below = ZoneConfig {
            cut: ZoneCut::Hda(home()),
            soa: soa("ns.dime.example.", "hostmaster.dime.example."),
            ns: inner.iter().map(|host| host.name.clone()).collect(),
            glue: inner.to_vec(),
            ttl: 60,
            ..config.clone()
        };
        zones.add_zone(config).expect("the zone above");
        zones.add_zone(below).expect("the zone below");
        self.delegate(zones);
        for det in self.dets.clone() {
            let published = self.published(det);
            zones.load(&published).expect("room");
        }
    }

    fn delegate(&mut self, zones: &Zones) {
        let delegate = |hda, ns: Vec<Name>, glue: Vec<Host>, ds| {
            let delegation = Delegation { ns, glue, ds };
            zones.delegate(ZoneCut::Hda(hid(hda)), delegation, Serial(2)).expect("a delegation");
        };
        let cut = |hda| ZoneCut::Hda(hid(hda)).name();
        // With addresses of its own and of the zone above, in another case there.
        let glue = host(&format!("ns.{}", cut(16377)), &["192.0.2.5", "2001:db8::5"]);
        let above = self.hosts.first().expect("a host").to_string().to_uppercase();
        delegate(16377, vec![glue.name.clone(), name(&above)], vec![glue], Vec::new());
        // With DS, and with a name that hides the zone's own.
        let ds = |tag| Ds { key_tag: tag, algorithm: 15, digest_type: 2, digest: vec![tag as u8; 32] };
        delegate(16378, vec![name("ns.elsewhere.example.")], Vec::new(), vec![ds(1), ds(2)]);
        // More names than anybody keeps in mind, and more than anybody compresses.
        for (hda, count) in [(16379, 40), (16380, 140)] {
            let glue = (0..count).map(|n| host(&format!("n{n}.x.{}", cut(hda)), &["192.0.2.6"]));
            let glue: Vec<Host> = glue.collect();
            delegate(hda, glue.iter().map(|host| host.name.clone()).collect(), glue, vec![ds(3)]);
        }
        let many = (0..400).map(|n| name(&format!("server{n}.{}.example.", "x".repeat(60)))).collect();
        delegate(16381, many, Vec::new(), Vec::new());
    }

    fn published(&mut self, det: Det) -> Published {
        let dice = &mut self.dice;
        let hi = loop {
            let octets: Vec<u8> = (0..32).map(|_| dice.roll() as u8).collect();
            let octets = octets.first_chunk().copied().expect("32 octets");
            if let Ok(hi) = HostIdentity::from_bytes(&octets) {
                break hi;
            }
        };
        // Some that fit nowhere but into a stream.
        let most = if dice.below(20) == 0 { 30_000 } else { 700 };
        let certificate = octets(dice, most);
        // Nothing is as good a value as any.
        let brid = match dice.below(2) {
            _ if self.dets.first() == Some(&det) => Some(Vec::new()),
            0 => Some(octets(dice, 900)),
            _ => None,
        };
        let uri = (dice.below(4) == 0).then(|| [&[0, 1, 0, 1][..], b"https://dime.example/"].concat());
        Published {
            det,
            hi,
            ttl: dice.below(100_000) as u32,
            entity_type: EntityType::UA,
            abbreviation: det.hid().abbreviation(),
            certificate,
            brid,
            uri,
            vnb: DripTime(dice.roll() as u32),
            vna: DripTime(dice.roll() as u32),
        }
    }
}
