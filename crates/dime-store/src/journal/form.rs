//! The octets of an entry.
//!
//! | offset | octets | field |
//! |---|---|---|
//! | 0 | 8 | the segment's marker |
//! | 8 | 4 | CRC-32C of everything after this field, padding excluded |
//! | 12 | 4 | length of the payload |
//! | 16 | 8 | number of the entry |
//! | 24 | 8 | number of the first entry of its group |
//! | 32 | 8 | time, Unix seconds |
//! | 40 | 2 | kind of change |
//! | 42 | 2 | length of the actor |
//! | 44 | a | actor: one octet of tag, then a token's identifier or a DET |
//! | 44 + a | p | payload: the writes, in a form of [`record`](crate::record) |
//! | | 0–7 | zeros up to a multiple of 8 |
//!
//! All numbers are big-endian. The marker cannot be guessed, so that no payload can pretend to contain an entry.

use crate::{Actor, Change, ChangeKind, Entry, Form, Seq, TokenId, record};
use drip_det::{Det, UnixTime};

/// Entries begin at multiples of this.
pub(crate) const ALIGNMENT: u64 = 8;

/// The head of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) checksum: u32,
    pub(crate) payload: u32,
    pub(crate) seq: Seq,
    pub(crate) group: Seq,
    at: UnixTime,
    kind: u16,
    actor: u16,
}

/// The octets of `N` from `offset` on.
fn field<const N: usize>(octets: &[u8], offset: usize) -> Option<[u8; N]> {
    octets.get(offset..)?.first_chunk().copied()
}

impl Head {
    pub(crate) const LEN: usize = 44;

    /// The head at the start of these octets, if it is one; whether its entry checks is not known yet.
    pub(crate) fn decode(octets: &[u8], marker: [u8; 8]) -> Option<Self> {
        if field::<8>(octets, 0)? != marker {
            return None;
        }
        Some(Head {
            checksum: u32::from_be_bytes(field(octets, 8)?),
            payload: u32::from_be_bytes(field(octets, 12)?),
            seq: Seq(u64::from_be_bytes(field(octets, 16)?)),
            group: Seq(u64::from_be_bytes(field(octets, 24)?)),
            at: UnixTime(u64::from_be_bytes(field(octets, 32)?)),
            kind: u16::from_be_bytes(field(octets, 40)?),
            actor: u16::from_be_bytes(field(octets, 42)?),
        })
    }

    /// Octets of the entry, without padding.
    pub(crate) fn length(&self) -> u64 {
        Self::LEN as u64 + u64::from(self.actor) + u64::from(self.payload)
    }

    /// Octets of the entry, with padding.
    pub(crate) fn padded(&self) -> u64 {
        self.length().next_multiple_of(ALIGNMENT)
    }

    /// Whether these octets, the whole entry, have the checksum that the head says.
    pub(crate) fn checks(&self, entry: &[u8]) -> bool {
        entry.len() as u64 == self.length()
            && entry.get(12..).is_some_and(|rest| crc32c::crc32c(rest) == self.checksum)
    }

    /// What the entry says. The octets are the whole entry, and check.
    pub(crate) fn read(&self, entry: &[u8]) -> Result<Entry, Form> {
        let kind = ChangeKind::from_code(self.kind).ok_or(Form::Kind(self.kind))?;
        let rest = entry.get(Self::LEN..).ok_or(Form::Actor)?;
        let (actor, payload) = rest.split_at_checked(usize::from(self.actor)).ok_or(Form::Actor)?;
        let change =
            Change { actor: decode_actor(actor)?, at: self.at, kind, writes: record::v1::decode(payload)? };
        Ok(Entry { seq: self.seq, change })
    }
}

/// Appends an entry to `out`; returns its length without padding and its checksum. `None` when a length does not fit its field.
pub(crate) fn encode(
    out: &mut Vec<u8>,
    marker: [u8; 8],
    seq: Seq,
    group: Seq,
    change: (UnixTime, ChangeKind),
    actor: &[u8],
    payload: &[u8],
) -> Option<(u32, u32)> {
    let actor_length = u16::try_from(actor.len()).ok()?;
    let payload_length = u32::try_from(payload.len()).ok()?;
    let length = u32::try_from(Head::LEN + actor.len() + payload.len()).ok()?;
    let start = out.len();
    out.extend_from_slice(&marker);
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&payload_length.to_be_bytes());
    out.extend_from_slice(&seq.0.to_be_bytes());
    out.extend_from_slice(&group.0.to_be_bytes());
    out.extend_from_slice(&change.0.0.to_be_bytes());
    out.extend_from_slice(&change.1.code().to_be_bytes());
    out.extend_from_slice(&actor_length.to_be_bytes());
    out.extend_from_slice(actor);
    out.extend_from_slice(payload);
    let checksum = crc32c::crc32c(out.get(start + 12..)?);
    out.get_mut(start + 8..)?.first_chunk_mut::<4>()?.copy_from_slice(&checksum.to_be_bytes());
    out.resize(out.len().next_multiple_of(ALIGNMENT as usize), 0);
    Some((length, checksum))
}

/// The octets of an actor.
pub(crate) fn encode_actor(actor: &Actor) -> Vec<u8> {
    match actor {
        Actor::System => vec![0],
        Actor::Anonymous => vec![1],
        Actor::Local => vec![2],
        Actor::Token(id) => [&[3], id.0.as_bytes()].concat(),
        Actor::Det(det) => [&[4], det.to_bytes().as_slice()].concat(),
    }
}

fn decode_actor(octets: &[u8]) -> Result<Actor, Form> {
    let (tag, rest) = octets.split_first().ok_or(Form::Actor)?;
    match (tag, rest) {
        (0, []) => Ok(Actor::System),
        (1, []) => Ok(Actor::Anonymous),
        (2, []) => Ok(Actor::Local),
        (3, id) => {
            String::from_utf8(id.to_vec()).map(|id| Actor::Token(TokenId(id))).map_err(|_| Form::Actor)
        }
        (4, det) => {
            let det = det.try_into().map_err(|_| Form::Actor)?;
            Det::from_bytes(det).map(Actor::Det).map_err(|_| Form::Actor)
        }
        _ => Err(Form::Actor),
    }
}
