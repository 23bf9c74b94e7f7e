//! Made-up DETs for measurements: the octets of the test chain's aircraft with other values where DETs differ. Nothing in them verifies.

use dime_zone::{Delegation, Host, Name, Published, Serial, Soa, ZoneConfig, Zones};
use drip_det::{Det, DripTime, EntityType, Hid, HostIdentity, SuiteId, ZoneCut};
use std::{
    num::NonZero,
    sync::Arc,
    time::{Duration, Instant},
};

/// DETs that are made side by side before they are put in.
const TOGETHER: u64 = 1 << 14;

/// Makes DETs; where in the octets of its pattern the values differ is found once.
pub(crate) struct Synthetic {
    like: Published,
    brid: Vec<u8>,
    /// Where the certificate and the BRID have the DET and the key, and where the BRID has its endorsement's signature.
    places: [(Vec<usize>, Vec<usize>); 2],
    endorsement: usize,
}

impl Synthetic {
    /// From the aircraft of `testdata/chain`.
    pub(crate) fn new() -> Self {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/chain/manifest.json");
        let manifest: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let ua1 = &manifest["entities"]["ua1"];
        let octets = |value: &serde_json::Value| hex::decode(value.as_str().unwrap()).unwrap();
        let det: Det = ua1["det"].as_str().unwrap().parse().unwrap();
        let like = Published {
            det,
            hi: ua1["hi"].as_str().unwrap().parse().unwrap(),
            ttl: 60,
            entity_type: EntityType::UA,
            abbreviation: det.hid().abbreviation(),
            certificate: octets(&ua1["certs"]["lite"]["der_hex"]),
            brid: None,
            uri: None,
            vnb: DripTime(0),
            vna: DripTime(0),
        };
        let brid = octets(&manifest["brid_ua1"]["nested_rdata_hex"]);
        let places = [&like.certificate, &brid]
            .map(|octets| (find(octets, &det.to_bytes()), find(octets, like.hi.as_bytes())));
        let endorsement = find(&brid, &[det.to_bytes().as_slice(), like.hi.as_bytes()].concat())[0];
        Synthetic { like, brid, places, endorsement }
    }

    /// The HDA the DETs are of.
    pub(crate) fn hid(&self) -> Hid {
        self.like.det.hid()
    }

    /// The number a DET has.
    pub(crate) fn det(&self, index: u64) -> Det {
        Det::from_parts(self.hid(), SuiteId::EDDSA_CSHAKE128, Words(index).next())
    }

    /// A DET of this HDA that nobody has: of another kind of index than [`Synthetic::det`] takes.
    pub(crate) fn missing(&self, index: u64) -> Det {
        self.det(!index)
    }

    /// What is published of a DET; another edition has other signatures, and everything else is the same.
    pub(crate) fn published(&self, index: u64, edition: u64) -> Published {
        let mut words = Words(index);
        let det = Det::from_parts(self.hid(), SuiteId::EDDSA_CSHAKE128, words.next());
        let hi = loop {
            if let Ok(hi) = HostIdentity::from_bytes(&words.octets()) {
                break hi;
            }
        };
        let mut words = Words(index ^ edition.rotate_left(48));
        let (mut certificate, mut brid) = (self.like.certificate.clone(), self.brid.clone());
        let end = certificate.len() - 64;
        certificate[end..].copy_from_slice(&words.octets::<64>());
        brid[self.endorsement + 64..self.endorsement + 128].copy_from_slice(&words.octets::<64>());
        for (octets, (dets, keys)) in [&mut certificate, &mut brid].into_iter().zip(&self.places) {
            dets.iter().for_each(|&at| octets[at..at + 16].copy_from_slice(&det.to_bytes()));
            keys.iter().for_each(|&at| octets[at..at + 32].copy_from_slice(hi.as_bytes()));
        }
        Published { det, hi, certificate, brid: Some(brid), ..self.like.clone() }
    }

    /// Zones without DETs: the HDA's and the one above, which delegates one more HDA to nobody.
    pub(crate) fn zones(&self) -> Arc<Zones> {
        let zones = Arc::new(Zones::new());
        zones.add_zone(config(ZoneCut::raa_of(self.hid()))).expect("zone above");
        zones.add_zone(config(ZoneCut::Hda(self.hid()))).expect("zone");
        let elsewhere = ZoneCut::Hda(Hid::from_numbers(16376, 16377).expect("HID"));
        let ZoneConfig { ns, glue, .. } = config(elsewhere);
        zones.delegate(elsewhere, Delegation { ns, glue, ds: Vec::new() }, Serial(1)).expect("delegation");
        zones
    }

    /// Puts the first DETs into the zones; gives the time that putting took, without making them.
    pub(crate) fn fill(&self, zones: &Zones, count: u64) -> Duration {
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get) as u64;
        let mut taken = Duration::ZERO;
        // Shown when all are there: nobody asks before.
        let held = zones.hold();
        for first in (0..count).step_by(TOGETHER as usize) {
            let end = count.min(first + TOGETHER);
            let share = (end - first).div_ceil(threads);
            let made: Vec<Published> = std::thread::scope(|scope| {
                let part = |thread: u64| {
                    let from = first + thread * share;
                    scope.spawn(move || {
                        (from..end.min(from + share))
                            .map(|index| self.published(index, 0))
                            .collect::<Vec<Published>>()
                    })
                };
                let parts: Vec<_> = (0..threads).map(part).collect();
                parts.into_iter().flat_map(|part| part.join().expect("a part")).collect()
            });
            let start = Instant::now();
            for published in &made {
                zones.load(published).expect("load");
            }
            taken += start.elapsed();
        }
        let start = Instant::now();
        drop(held);
        taken + start.elapsed()
    }
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
            retry: 600,
            expire: 604_800,
            minimum: 30,
        },
        serial: Serial(1),
        ns: vec![server.clone()],
        glue: vec![Host { name: server, addresses: vec!["127.0.0.1".parse().expect("address")] }],
        ttl: 3600,
    }
}

fn find(octets: &[u8], wanted: &[u8]) -> Vec<usize> {
    (0..octets.len()).filter(|&at| octets[at..].starts_with(wanted)).collect()
}

/// Random-looking numbers, the same for the same start (splitmix64).
pub(crate) struct Words(pub u64);

impl Words {
    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn octets<const N: usize>(&mut self) -> [u8; N] {
        let mut octets = [0; N];
        for part in octets.chunks_mut(8) {
            part.copy_from_slice(&self.next().to_le_bytes()[..part.len()]);
        }
        octets
    }
}
