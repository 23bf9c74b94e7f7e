//! What the index says of itself, under a key of its own.
//!
//! | offset | octets | field |
//! |---|---|---|
//! | 0 | 8 | number of the last change applied |
//! | 8 | 4 | checksum of its entry |
//! | 12 | 8 | fingerprint of all keys and values but this |

use dime_store::{Fingerprint, Mark, Seq};

/// The key. No key of the store begins with a zero octet.
pub(crate) const KEY: &[u8] = &[0];

/// How far the index has come, and what it holds then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Own {
    pub(crate) mark: Mark,
    pub(crate) fingerprint: Fingerprint,
}

impl Own {
    pub(crate) const LEN: usize = 20;

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(Self::LEN);
        out.extend_from_slice(&self.mark.seq.0.to_be_bytes());
        out.extend_from_slice(&self.mark.checksum.to_be_bytes());
        out.extend_from_slice(&self.fingerprint.to_bytes());
        out
    }

    pub(crate) fn decode(octets: &[u8]) -> Option<Self> {
        let (seq, rest) = octets.split_first_chunk()?;
        let (checksum, rest) = rest.split_first_chunk()?;
        let mark = Mark { seq: Seq(u64::from_be_bytes(*seq)), checksum: u32::from_be_bytes(*checksum) };
        Some(Own { mark, fingerprint: Fingerprint::from_bytes(rest.try_into().ok()?) })
    }
}
