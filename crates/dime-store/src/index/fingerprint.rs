//! A fingerprint of an index's contents that can be kept up to date: the sum of a hash of every key with its value.
//!
//! An index that may lose a part of itself without noticing keeps it beside the mark, and compares when it is opened. It guards
//! against accidents, not against forgers, who could as well write the whole index.

/// The fingerprint of what an index holds. Equal contents have equal fingerprints, in whatever order they came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// Of an empty index.
    pub const EMPTY: Fingerprint = Fingerprint(0);

    /// From its octets.
    pub const fn from_bytes(octets: [u8; 8]) -> Self {
        Fingerprint(u64::from_be_bytes(octets))
    }

    /// Its octets.
    pub const fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }

    /// A key with a value was put.
    pub fn put(&mut self, key: &[u8], value: &[u8]) {
        self.0 = self.0.wrapping_add(hash(key, value));
    }

    /// A key with a value was removed.
    pub fn removed(&mut self, key: &[u8], value: &[u8]) {
        self.0 = self.0.wrapping_sub(hash(key, value));
    }
}

/// FNV-1a over the length of the key, the key and the value, then mixed so that sums do not cancel.
fn hash(key: &[u8], value: &[u8]) -> u64 {
    let length = (key.len() as u64).to_be_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for octet in length.iter().chain(key).chain(value) {
        hash = (hash ^ u64::from(*octet)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}
