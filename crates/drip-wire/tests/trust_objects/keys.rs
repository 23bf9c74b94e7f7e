//! Keys, DETs and endorsements to make trust lists and caches of.

use drip_det::{Det, DripTime, Hid, HostIdentity, UnixTime};
use drip_wire::validity::Validity;
use drip_wire::{Endorsement, EndorsementBody};
use ed25519_dalek::{Signer, SigningKey};

/// 2026-11-22T00:00:00Z.
pub(crate) const NOW: UnixTime = UnixTime(1_795_305_600);
pub(crate) const DAY: u64 = 86_400;

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
        let vnb = DripTime::from_unix(NOW).unwrap();
        let body = EndorsementBody {
            vnb,
            vna: DripTime(vnb.0 + 365 * 86_400),
            child: child.det,
            child_hi: child.hi,
            parent: self.det,
        };
        body.sign_with(self.sign(&body.signed_octets()))
    }
}

pub(crate) fn validity(from: u64, days: u64) -> Validity {
    Validity::new(UnixTime(from), UnixTime(from + days * DAY)).unwrap()
}
