//! The TSIG record (RFC 8945, section 4.2), the last of a message's additional section.
//!
//! | octets | content |
//! |---|---|
//! | name | the key |
//! | 2, 2, 4 | type 250, class ANY, TTL 0 |
//! | 2 | length of what follows |
//! | name | the algorithm, uncompressed |
//! | 6 | time signed, seconds since 1970 |
//! | 2 | fudge, seconds |
//! | 2, n | MAC |
//! | 2 | ID that the message had when it was signed |
//! | 2 | error |
//! | 2, n | other data: with BADTIME, the server's time |

use crate::walk::{self, HEADER, Head, Section};
use dime_zone::{Name, RecordType};

const TSIG: RecordType = RecordType(250);
const ANY: u16 = 255;

/// A TSIG record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tsig {
    pub(crate) key: Name,
    pub(crate) algorithm: Name,
    pub(crate) time: u64,
    pub(crate) fudge: u16,
    pub(crate) mac: Vec<u8>,
    pub(crate) original_id: u16,
    pub(crate) error: u16,
    pub(crate) other: Vec<u8>,
}

/// What is wrong with the TSIG of a message, or with the message: nobody can tell what is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// A message and its TSIG, apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Split {
    pub(crate) tsig: Tsig,
    /// The message as it was before it was signed, with the ID that it came with.
    pub(crate) unsigned: Vec<u8>,
}

/// Takes the TSIG off a message; `None` if it has none.
pub(crate) fn split(message: &[u8]) -> Result<Option<Split>, Malformed> {
    let records = walk::records(message).ok_or(Malformed)?;
    let Some((last, others)) = records.split_last() else { return Ok(None) };
    if others.iter().any(|record| record.record_type == TSIG) {
        return Err(Malformed);
    }
    if last.record_type != TSIG {
        return Ok(None);
    }
    if (last.section, last.class, last.ttl) != (Section::Additional, ANY, 0) {
        return Err(Malformed);
    }
    let (key, _) = walk::name_at(message, last.at).ok_or(Malformed)?;
    let tsig = Tsig::decode(key, last.rdata).ok_or(Malformed)?;
    let mut unsigned = message.get(..last.at).ok_or(Malformed)?.to_vec();
    let mut head = Head::of(&unsigned).ok_or(Malformed)?;
    let [_, _, _, additional] = &mut head.counts;
    *additional = additional.checked_sub(1).ok_or(Malformed)?;
    head.put(&mut unsigned);
    Ok(Some(Split { tsig, unsigned }))
}

impl Tsig {
    fn decode(key: Name, rdata: &[u8]) -> Option<Self> {
        // The algorithm's name is not compressed: it can be read without the message.
        let (algorithm, at) = walk::name_at(rdata, 0)?;
        let (time, rest) = rdata.get(at..)?.split_first_chunk::<6>()?;
        let (fudge, rest) = rest.split_first_chunk::<2>()?;
        let (mac, rest) = sized(rest)?;
        let (original_id, rest) = rest.split_first_chunk::<2>()?;
        let (error, rest) = rest.split_first_chunk::<2>()?;
        let (other, rest) = sized(rest)?;
        let [t0, t1, t2, t3, t4, t5] = *time;
        rest.is_empty().then(|| Tsig {
            key,
            algorithm,
            time: u64::from_be_bytes([0, 0, t0, t1, t2, t3, t4, t5]),
            fudge: u16::from_be_bytes(*fudge),
            mac: mac.to_vec(),
            original_id: u16::from_be_bytes(*original_id),
            error: u16::from_be_bytes(*error),
            other: other.to_vec(),
        })
    }

    /// Appends the record to a message and counts it.
    pub(crate) fn append(&self, message: &mut Vec<u8>) {
        let Some(mut head) = Head::of(message) else { return };
        let [_, _, _, additional] = &mut head.counts;
        *additional = additional.saturating_add(1);
        head.put(message);
        message.extend_from_slice(self.key.wire());
        message.extend_from_slice(&TSIG.0.to_be_bytes());
        message.extend_from_slice(&ANY.to_be_bytes());
        message.extend_from_slice(&[0; 4]);
        let length = self.algorithm.wire().len() + 16 + self.mac.len() + self.other.len();
        message.extend_from_slice(&(length as u16).to_be_bytes());
        message.extend_from_slice(self.algorithm.wire());
        message.extend_from_slice(&self.timers());
        message.extend_from_slice(&(self.mac.len() as u16).to_be_bytes());
        message.extend_from_slice(&self.mac);
        message.extend_from_slice(&self.original_id.to_be_bytes());
        message.extend_from_slice(&self.error.to_be_bytes());
        message.extend_from_slice(&(self.other.len() as u16).to_be_bytes());
        message.extend_from_slice(&self.other);
    }

    /// Time signed and fudge (section 4.3.3).
    pub(crate) fn timers(&self) -> [u8; 8] {
        let [_, _, t0, t1, t2, t3, t4, t5] = self.time.to_be_bytes();
        let [f0, f1] = self.fudge.to_be_bytes();
        [t0, t1, t2, t3, t4, t5, f0, f1]
    }

    /// The fields under the MAC (section 4.3.3), names in lower case.
    pub(crate) fn variables(&self) -> Vec<u8> {
        let mut octets = self.key.wire().to_ascii_lowercase();
        octets.extend_from_slice(&ANY.to_be_bytes());
        octets.extend_from_slice(&[0; 4]);
        octets.extend(self.algorithm.wire().to_ascii_lowercase());
        octets.extend_from_slice(&self.timers());
        octets.extend_from_slice(&self.error.to_be_bytes());
        octets.extend_from_slice(&(self.other.len() as u16).to_be_bytes());
        octets.extend_from_slice(&self.other);
        octets
    }
}

fn sized(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = octets.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

/// Octets a record takes with a key of this name, at most: beside an error there may be a time.
pub(crate) fn size(key: &super::TsigKey) -> usize {
    const FIXED: usize = HEADER + 14 + 6;
    key.name().wire().len() + key.algorithm().wire().len() + key.algorithm().mac_length() + FIXED
}
