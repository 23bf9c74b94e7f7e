//! The keys of a zone, and what each does at a moment.

use super::{Algorithm, Dnskey, DsDigest, KeyRole, ZoneKey};
use crate::{Ds, Name};
use drip_det::UnixTime;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// All keys of a zone, in use or not.
#[derive(Clone, Default)]
pub struct KeyRing {
    keys: Vec<Arc<ZoneKey>>,
}

/// What the keys of a zone do at a moment.
#[derive(Clone)]
pub struct Use {
    /// The DNSKEY set, in order of its RDATA.
    pub published: Vec<Dnskey>,
    /// What sign the DNSKEY, CDS and CDNSKEY sets: the active KSKs.
    pub key_signers: Vec<Arc<ZoneKey>>,
    /// What sign everything else: the active ZSKs, or the KSKs of a zone that has no active ZSK (a combined signing key).
    pub zone_signers: Vec<Arc<ZoneKey>>,
    /// The CDS and CDNSKEY sets (RFC 7344).
    pub synced: Vec<Dnskey>,
    /// What the zone above should have as DS: what CDS says; where no key says anything about CDS, the active KSKs.
    pub vouched: Vec<Dnskey>,
    /// What the zone above is asked to do.
    pub parent: Parent,
}

/// What CDS and CDNSKEY ask of the zone above.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parent {
    /// To have DS of the keys that are synced.
    #[default]
    Vouches,
    /// To have no DS: the zone goes insecure (RFC 8078, section 4).
    Withdraws,
}

impl KeyRing {
    /// A ring of these keys.
    pub fn new(keys: Vec<ZoneKey>) -> Self {
        let mut keys: Vec<Arc<ZoneKey>> = keys.into_iter().map(Arc::new).collect();
        keys.sort_by_key(|key| *key.dnskey());
        KeyRing { keys }
    }

    /// The keys in order of their DNSKEY.
    pub fn keys(&self) -> &[Arc<ZoneKey>] {
        &self.keys
    }

    /// What they do, or `None` where none is active.
    pub fn at(&self, now: UnixTime) -> Option<Use> {
        let active = |role| {
            let keys = self.keys.iter().filter(move |key| key.role() == role && key.times.is_active(now));
            keys.cloned().collect::<Vec<_>>()
        };
        let (mut key_signers, mut zone_signers) = (active(KeyRole::KeySigning), active(KeyRole::ZoneSigning));
        if zone_signers.is_empty() {
            zone_signers.clone_from(&key_signers);
        }
        if key_signers.is_empty() {
            key_signers.clone_from(&zone_signers);
        }
        if zone_signers.is_empty() {
            return None;
        }
        let those = |wanted: &dyn Fn(&ZoneKey) -> bool| -> Vec<Dnskey> {
            self.keys.iter().filter(|key| wanted(key)).map(|key| *key.dnskey()).collect()
        };
        let is_ksk = |key: &ZoneKey| key.role() == KeyRole::KeySigning;
        let synced = those(&|key| is_ksk(key) && key.times.is_synced(now));
        let says_sync = self.keys.iter().any(|key| is_ksk(key) && key.times.sync_publish.is_some());
        let vouched =
            if says_sync { synced.clone() } else { those(&|key| is_ksk(key) && key.times.is_active(now)) };
        Some(Use {
            published: those(&|key| key.times.is_published(now)),
            key_signers,
            zone_signers,
            synced,
            vouched,
            parent: Parent::Vouches,
        })
    }
}

impl Use {
    /// The same keys of a zone that the zone above shall not vouch for any longer: it is signed as long as caches may have the DS.
    pub fn withdrawn(self) -> Self {
        Use { synced: Vec::new(), vouched: Vec::new(), parent: Parent::Withdraws, ..self }
    }

    /// An algorithm that some key has and not all is signed with: who verifies would miss signatures (RFC 4035, section 2.2).
    pub(crate) fn missing_algorithm(&self) -> Option<Algorithm> {
        let signs = |keys: &[Arc<ZoneKey>], wanted| keys.iter().any(|key| key.algorithm() == wanted);
        self.published
            .iter()
            .map(Dnskey::algorithm)
            .find(|algorithm| !signs(&self.key_signers, *algorithm) || !signs(&self.zone_signers, *algorithm))
    }

    /// The DS set of the zone above.
    pub fn ds(&self, zone: &Name) -> Vec<Ds> {
        self.vouched.iter().map(|dnskey| dnskey.ds(zone)).collect()
    }

    /// The same with a digest of one's choice.
    pub fn ds_by(&self, zone: &Name, digest: DsDigest) -> Vec<Ds> {
        self.vouched.iter().map(|dnskey| dnskey.ds_by(zone, digest)).collect()
    }

    /// A digest of all that the zone's contents depend on.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        let signers = |keys: &[Arc<ZoneKey>]| keys.iter().map(|key| *key.dnskey()).collect();
        let sets: [Vec<Dnskey>; 4] = [
            self.published.clone(),
            signers(&self.key_signers),
            signers(&self.zone_signers),
            self.synced.clone(),
        ];
        let mut hash = Sha256::new();
        for set in sets {
            hash.update([set.len() as u8]);
            set.iter().for_each(|dnskey| hash.update(dnskey.encode()));
        }
        if self.parent == Parent::Withdraws {
            hash.update(b"withdrawn");
        }
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dnssec::KeyTimes;

    fn key(seed: u8, role: KeyRole, from: u64, to: Option<u64>) -> ZoneKey {
        let times = KeyTimes {
            publish: Some(UnixTime(from)),
            activate: Some(UnixTime(from + 10)),
            inactive: to.map(UnixTime),
            delete: to.map(|to| UnixTime(to + 10)),
            ..KeyTimes::default()
        };
        ZoneKey::from_seed(&[seed; 32], role, times)
    }

    fn tags(keys: &[Arc<ZoneKey>]) -> Vec<u16> {
        keys.iter().map(|key| key.tag()).collect()
    }

    #[test]
    fn who_signs_what() {
        let ksk = key(1, KeyRole::KeySigning, 0, None);
        let old = key(2, KeyRole::ZoneSigning, 0, Some(110));
        let new = key(3, KeyRole::ZoneSigning, 100, None);
        let [k, o, n] = [&ksk, &old, &new].map(ZoneKey::tag);
        let ring = KeyRing::new(vec![ksk, old, new]);
        assert!(ring.at(UnixTime(5)).is_none(), "published, not active");
        for (now, published, zone) in [(50, 2, o), (105, 3, o), (110, 3, n), (120, 2, n)] {
            let found = ring.at(UnixTime(now)).unwrap();
            assert_eq!(found.published.len(), published, "at {now}");
            assert_eq!(
                (tags(&found.key_signers), tags(&found.zone_signers)),
                (vec![k], vec![zone]),
                "at {now}"
            );
            assert_eq!(found.vouched.len(), 1, "no key speaks of CDS: the KSK");
        }
        assert_ne!(
            ring.at(UnixTime(50)).unwrap().fingerprint(),
            ring.at(UnixTime(105)).unwrap().fingerprint()
        );
        assert_eq!(
            ring.at(UnixTime(50)).unwrap().fingerprint(),
            ring.at(UnixTime(60)).unwrap().fingerprint()
        );
    }

    #[test]
    fn one_key_for_both() {
        let csk = key(1, KeyRole::KeySigning, 0, None);
        let tag = csk.tag();
        let found = KeyRing::new(vec![csk]).at(UnixTime(20)).unwrap();
        assert_eq!((tags(&found.key_signers), tags(&found.zone_signers)), (vec![tag], vec![tag]));
    }
}
