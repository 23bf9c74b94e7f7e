//! Three RAAs with an HDA, its Issuing key and an aircraft each, a bridge, and what they sign.

use drip_client::chain::{Anchor, Conditions, Objects, Report, Trust, TrustSources, verify_objects_under};
use drip_det::{Det, DetClass, DripTime, Hid, HostIdentity, UnixTime};
use drip_wire::cache::{Cache, Content, Scope, SignedCache};
use drip_wire::trust::{Role, SignedTrustList, TrustList, Trusted};
use drip_wire::validity::Validity;
use drip_wire::{Endorsement, EndorsementBody};
use ed25519_dalek::{Signer, SigningKey};

/// 2026-11-22T00:00:00Z.
pub(crate) const NOW: UnixTime = UnixTime(1_795_305_600);
pub(crate) const DAY: u64 = 86_400;

#[derive(Clone)]
pub(crate) struct Key {
    key: SigningKey,
    pub(crate) hi: HostIdentity,
    pub(crate) det: Det,
}

impl Key {
    pub(crate) fn new(seed: u8, raa: u16, hda: u16) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let hi = HostIdentity::from(&key.verifying_key());
        Key { key, hi, det: Det::derive(Hid::from_numbers(raa, hda).unwrap(), &hi) }
    }

    pub(crate) fn sign(&self, octets: &[u8]) -> [u8; 64] {
        self.key.sign(octets).to_bytes()
    }

    pub(crate) fn endorse(&self, child: &Key) -> Endorsement {
        self.endorse_for(child, (NOW.0 - DAY, NOW.0 + 365 * DAY))
    }

    pub(crate) fn endorse_for(&self, child: &Key, (from, to): (u64, u64)) -> Endorsement {
        let body = EndorsementBody {
            vnb: DripTime::from_unix(UnixTime(from)).unwrap(),
            vna: DripTime::from_unix(UnixTime(to)).unwrap(),
            child: child.det,
            child_hi: child.hi,
            parent: self.det,
        };
        body.sign_with(self.sign(&body.signed_octets()))
    }

    pub(crate) fn anchor(&self) -> Anchor {
        Anchor { class: Some(DetClass::Authorization), ..Anchor::new(self.det, self.hi).unwrap() }
    }

    pub(crate) fn trusted(&self, role: Role) -> Trusted {
        Trusted { det: self.det, hi: self.hi, validity: None, role }
    }

    /// A trust list by this key.
    pub(crate) fn list(&self, sequence: u64, validity: Validity, entries: &[Trusted]) -> SignedTrustList {
        let list = TrustList::new(self.det, sequence, validity, entries.to_vec()).unwrap();
        let signature = self.sign(&list.envelope().to_be_signed(b""));
        list.sign_with(signature)
    }

    /// A cache by this key.
    pub(crate) fn cache(&self, sequence: u64, content: Content) -> SignedCache {
        let scope = Scope::default();
        let validity = days(30);
        self.sign_cache(Cache { issuer: self.det, sequence, validity, scope, delta: None, content })
    }

    pub(crate) fn sign_cache(&self, cache: Cache) -> SignedCache {
        let signature = self.sign(&cache.envelope().to_be_signed(b""));
        cache.sign_with(signature)
    }
}

pub(crate) fn days(count: u64) -> Validity {
    Validity::new(UnixTime(NOW.0 - DAY), UnixTime(NOW.0 + count * DAY)).unwrap()
}

/// One RAA and what is below it.
#[derive(Clone)]
pub(crate) struct Registry {
    pub(crate) raa: Key,
    pub(crate) raa_issuing: Key,
    pub(crate) hda: Key,
    pub(crate) issuing: Key,
    pub(crate) ua: Key,
}

impl Registry {
    pub(crate) fn new(number: u8) -> Self {
        let raa = 16_370 + u16::from(number);
        let seed = number * 10;
        Registry {
            raa: Key::new(seed, raa, 0),
            raa_issuing: Key::new(seed + 1, raa, 0),
            hda: Key::new(seed + 2, raa, 10),
            issuing: Key::new(seed + 3, raa, 10),
            ua: Key::new(seed + 4, raa, 10),
        }
    }

    /// What an aircraft is handed: four endorsements, the RAA's by itself first.
    pub(crate) fn flight(&self) -> Objects {
        let Registry { raa, hda, issuing, ua, .. } = self;
        let endorsements =
            vec![raa.endorse(raa), raa.endorse(hda), hda.endorse(issuing), issuing.endorse(ua)];
        Objects { endorsements, ..Objects::default() }
    }

    /// What leads to the Issuing keys.
    pub(crate) fn chains(&self) -> Vec<Endorsement> {
        vec![self.raa.endorse(&self.raa), self.raa.endorse(&self.raa_issuing), self.raa.endorse(&self.hda)]
    }
}

pub(crate) fn three() -> [Registry; 3] {
    [Registry::new(1), Registry::new(2), Registry::new(3)]
}

/// A bridge, which has no HDAs.
pub(crate) fn bridge() -> Key {
    Key::new(99, 16_379, 0)
}

pub(crate) fn sources(anchor: &Key) -> TrustSources {
    TrustSources { anchors: vec![anchor.anchor()], ..TrustSources::default() }
}

pub(crate) fn judge(objects: &Objects, sources: &TrustSources) -> Report {
    judge_at(objects, sources, NOW)
}

pub(crate) fn judge_at(objects: &Objects, sources: &TrustSources, at: UnixTime) -> Report {
    verify_objects_under(objects, &Trust::settle(sources, at), &Conditions::at(at))
}
