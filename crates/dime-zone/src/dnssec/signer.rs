//! Makes the signatures of one zone in one state.

use super::{
    Asker, Cache, Denial, Online, Parent, Rrset, SigningPolicy, Use, ZoneKey,
    rrset::{Covered, header},
    window::Window,
};
use crate::{Ds, Name, Record, RecordType};
use drip_det::UnixTime;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// A zone's keys as they are used now, and its clock. A change of either is another signer, which shares the cache.
pub(crate) struct Signer {
    zone: Name,
    policy: SigningPolicy,
    slot: UnixTime,
    keys: Use,
    denial: Denial,
    stamp: u32,
    caches: Caches,
}

/// Where signatures are looked for before they are made.
#[derive(Clone, Default)]
pub(crate) struct Caches {
    /// Of the zone's own records: there are so many and no more.
    pub(crate) zone: Arc<Cache>,
    /// Of denials, shared by all zones: there is no end of names that do not exist.
    pub(crate) online: Arc<Online>,
}

impl Signer {
    pub(crate) fn new(
        zone: Name,
        policy: SigningPolicy,
        slot: UnixTime,
        keys: Use,
        denial: Denial,
        caches: Caches,
    ) -> Self {
        let mut hash = Sha256::new();
        keys.zone_signers.iter().for_each(|key| hash.update(key.dnskey().encode()));
        hash.update(policy.validity().to_be_bytes());
        let digest: [u8; 32] = hash.finalize().into();
        let stamp = digest.first_chunk().map_or(0, |first| u32::from_be_bytes(*first));
        Signer { zone, policy, slot, keys, denial, stamp, caches }
    }

    pub(crate) fn slot(&self) -> UnixTime {
        self.slot
    }

    pub(crate) fn keys(&self) -> &Use {
        &self.keys
    }

    pub(crate) fn caches(&self) -> &Caches {
        &self.caches
    }

    /// How the zone denies.
    pub(crate) fn denial(&self) -> Denial {
        self.denial
    }

    /// A number that differs where other keys sign the zone's records, or for another time.
    pub(crate) fn stamp(&self) -> u32 {
        self.stamp
    }

    /// How many signatures each set has: one for each of the keys that sign the zone's records.
    pub(crate) fn signers(&self) -> usize {
        self.keys.zone_signers.len()
    }

    /// A digest of all that the zone's contents depend on.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        fingerprint(&self.keys, self.denial)
    }

    /// From when to when the signatures of a name's sets are valid.
    pub(crate) fn window(&self, owner: &Name) -> Window {
        Window::of(&self.policy, owner, self.slot)
    }

    /// What the zone above should have as DS.
    pub(crate) fn ds(&self) -> Vec<Ds> {
        self.keys.ds(&self.zone)
    }

    /// The sets that a signed zone has at its own name besides SOA, NS and NSEC: DNSKEY, CDS and CDNSKEY.
    pub(crate) fn key_sets(&self, ttl: u32) -> impl Iterator<Item = Rrset> {
        let dnskeys = |keys: &[super::Dnskey]| keys.iter().map(super::Dnskey::encode).collect();
        let (cds, cdnskey) = match self.keys.parent {
            Parent::Vouches => {
                let ds = self.keys.synced.iter().map(|dnskey| dnskey.ds(&self.zone).encode()).collect();
                (ds, dnskeys(&self.keys.synced))
            }
            // RFC 8078, section 4, as its erratum 5049 has it: algorithm 0, and one octet of nothing.
            Parent::Withdraws => (vec![vec![0, 0, 0, 0, 0]], vec![vec![0, 0, 3, 0, 0]]),
        };
        let sets: [(RecordType, Vec<Vec<u8>>); 3] = [
            (RecordType::DNSKEY, dnskeys(&self.keys.published)),
            (RecordType::CDS, cds),
            (RecordType::CDNSKEY, cdnskey),
        ];
        sets.into_iter().filter(|(_, rdata)| !rdata.is_empty()).map(move |(record_type, rdata)| Rrset {
            owner: self.zone.clone(),
            record_type,
            ttl,
            rdata,
        })
    }

    /// The RRSIG records of a set of the zone.
    pub(crate) fn sign(&self, rrset: &Rrset) -> Vec<Record> {
        let cache = &self.caches.zone;
        self.signed(rrset, |digest, sign| Some(cache.signature(digest, sign))).unwrap_or_default()
    }

    /// The RRSIG records of a denial; `None` where there are too many askers for new ones.
    pub(crate) fn sign_denial(&self, rrset: &Rrset, asker: Asker) -> Option<Vec<Record>> {
        let online = &self.caches.online;
        self.signed(rrset, |digest, sign| online.signature(digest, asker, sign))
    }

    /// The signatures of a set by the keys that sign the zone's records, made now and kept nowhere.
    pub(crate) fn signatures(&self, rrset: &Rrset) -> Vec<[u8; 64]> {
        let (window, canonical) = (self.window(&rrset.owner), rrset.canonical());
        let of_key = |key: &Arc<ZoneKey>| {
            key.sign(
                &[header(&rrset.covered(), &window, key.dnskey(), &self.zone), canonical.clone()].concat(),
            )
        };
        self.keys.zone_signers.iter().map(of_key).collect()
    }

    /// The RRSIG records of what signatures were made of before by these keys for this time, in the order of the keys.
    pub(crate) fn compose<'a>(
        &self,
        covered: &Covered<'_>,
        window: &Window,
        signatures: impl Iterator<Item = &'a [u8]>,
    ) -> Vec<Record> {
        let record = |(key, signature): (&Arc<ZoneKey>, &[u8])| {
            let mut rdata = header(covered, window, key.dnskey(), &self.zone);
            rdata.extend_from_slice(signature);
            rrsig(covered, rdata)
        };
        self.keys.zone_signers.iter().zip(signatures).map(record).collect()
    }

    fn signed(
        &self,
        rrset: &Rrset,
        signature: impl Fn([u8; 32], &dyn Fn() -> [u8; 64]) -> Option<[u8; 64]>,
    ) -> Option<Vec<Record>> {
        let keys: &[Arc<ZoneKey>] = match rrset.record_type {
            RecordType::DNSKEY | RecordType::CDS | RecordType::CDNSKEY => &self.keys.key_signers,
            _ => &self.keys.zone_signers,
        };
        let (window, canonical, covered) = (self.window(&rrset.owner), rrset.canonical(), rrset.covered());
        let record = |key: &Arc<ZoneKey>| {
            let mut rdata = header(&covered, &window, key.dnskey(), &self.zone);
            // The public key too: two keys may have one tag.
            let hash = Sha256::new().chain_update(key.dnskey().public_key.octets()).chain_update(&rdata);
            let digest = hash.chain_update(&canonical).finalize().into();
            let made = signature(digest, &|| key.sign(&[rdata.as_slice(), &canonical].concat()))?;
            rdata.extend_from_slice(&made);
            Some(rrsig(&covered, rdata))
        };
        keys.iter().map(record).collect()
    }
}

fn rrsig(covered: &Covered<'_>, rdata: Vec<u8>) -> Record {
    Record { owner: covered.owner.clone(), record_type: RecordType::RRSIG, ttl: covered.ttl, rdata }
}

/// A digest of all that the contents of a zone with these keys depend on.
pub(crate) fn fingerprint(keys: &Use, denial: Denial) -> [u8; 32] {
    match denial {
        Denial::Nsec => keys.fingerprint(),
        Denial::Compact => {
            Sha256::new().chain_update(keys.fingerprint()).chain_update(b"compact").finalize().into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dnssec::{Dnskey, HdaZones, KeyRing, KeyRole, KeyTimes, UpperZones, parse_compact_time};
    use base64::{Engine, prelude::BASE64_STANDARD};

    /// The signatures of RFC 8080, section 6.1, as its erratum 4935 corrects them: the octets under the signature are ours.
    #[test]
    fn signatures_of_rfc_8080() {
        let zone: Name = "example.com.".parse().unwrap();
        let (inception, expiration) =
            (parse_compact_time("20150729220000").unwrap(), parse_compact_time("20150819220000").unwrap());
        let seeds =
            ["ODIyNjAzODQ2MjgwODAxMjI2NDUxOTAyMDQxNDIyNjI=", "DSSF3o0s0f+ElWzj9E/Osxw8hLpk55chkmx0LYN5WiY="];
        let signatures = [
            "oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg==",
            "zXQ0bkYgQTEFyfLyi9QoiY6D8ZdYo4wyUhVioYZXFdT410QPRITQSqJSnzQoSm5poJ7gD7AQR0O7KuI5k2pcBg==",
        ];
        for (seed, signature) in seeds.into_iter().zip(signatures) {
            let seed: [u8; 32] = BASE64_STANDARD.decode(seed).unwrap().try_into().unwrap();
            let key = ZoneKey::from_seed(&seed, KeyRole::KeySigning, KeyTimes::default());
            let rdata = vec![[&[0, 10][..], "mail.example.com.".parse::<Name>().unwrap().wire()].concat()];
            let mx = Rrset { owner: zone.clone(), record_type: RecordType(15), ttl: 3600, rdata };
            let head = header(&mx.covered(), &Window { inception, expiration }, key.dnskey(), &zone);
            let made = key.sign(&[head, mx.canonical()].concat());
            assert_eq!(BASE64_STANDARD.encode(made), signature);
        }
    }

    #[test]
    fn who_signs_and_for_how_long() {
        let now = UnixTime(1_795_368_201);
        let times = KeyTimes { activate: Some(UnixTime(0)), ..KeyTimes::default() };
        let ring = KeyRing::new(vec![
            ZoneKey::from_seed(&[1; 32], KeyRole::KeySigning, times),
            ZoneKey::from_seed(&[2; 32], KeyRole::ZoneSigning, times),
        ]);
        let policy = SigningPolicy::new(1_209_600, 604_800, UpperZones::Signed, HdaZones::Unsigned).unwrap();
        let zone: Name = "3.0.0.1.0.0.2.ip6.arpa.".parse().unwrap();
        let keys = ring.at(now).unwrap();
        let signer = Signer::new(
            zone.clone(),
            policy,
            policy.slot(now),
            keys.clone(),
            Denial::Nsec,
            Caches::default(),
        );
        let dnskey = signer.key_sets(3600).next().unwrap();
        assert_eq!((dnskey.record_type, dnskey.rdata.len()), (RecordType::DNSKEY, 2));
        let txt =
            Rrset { owner: zone.clone(), record_type: RecordType(16), ttl: 5, rdata: vec![vec![1, b'a']] };
        for (set, flags) in [(&dnskey, Dnskey::KSK), (&txt, Dnskey::ZSK)] {
            let [signature] = signer.sign(set).try_into().unwrap();
            let tag = keys.published.iter().find(|key| key.flags == flags).unwrap().key_tag();
            assert_eq!(signature.rdata[16..18], tag.to_be_bytes());
            let time = |at: usize| u32::from_be_bytes(signature.rdata[at..at + 4].try_into().unwrap());
            assert!(u64::from(time(8)) > now.0 + 604_800 - 21_600 && u64::from(time(12)) < now.0);
            assert_eq!(signer.sign(set), [signature], "the same from the cache");
        }
    }
}
