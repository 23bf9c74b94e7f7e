//! What a primary has put on the sets of one owner: an NSEC record, and the signatures.
//!
//! | octets | content |
//! |---|---|
//! | 1 | bits: 1 the next name is a DET's; 2 the types are those that the owner has |
//! | 4 | TTL of the NSEC |
//! | 16, or a name | the next name |
//! | 2 and so many | type bitmap of the NSEC, unless the bit says that it need not be told |
//! | 1 | number of heads |
//! | 15 each | heads: algorithm, original TTL, expiration, inception, key tag, as in RRSIG |
//! | to the end | signatures: type covered (2), head (1), length (2), octets |
//!
//! What an RRSIG has besides follows from its owner and its zone.

use crate::{
    Name, Record, RecordType,
    copy::CopyError,
    dnssec::{Rrset, labels, nsec_rdata},
};

const DET: u8 = 1;
const IMPLIED: u8 = 2;
/// Octets of an RRSIG before the signer's name.
const FIXED: usize = 18;
const HEAD: usize = 15;
/// Octets of a DET's name.
const DET_NAME: usize = 74;

/// The NSEC record and the signatures of one owner, as they come and go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seal {
    /// TTL and RDATA.
    nsec: Option<(u32, Vec<u8>)>,
    /// RDATA, the signer's name in lower case. The TTL is that which the signature covers.
    signatures: Vec<Vec<u8>>,
}

impl Seal {
    pub(crate) fn is_empty(&self) -> bool {
        self.nsec.is_none() && self.signatures.is_empty()
    }

    /// Adds an NSEC or RRSIG record. One that is there already is the same record.
    pub(crate) fn add(&mut self, record: Record, zone: &Name) -> Result<(), CopyError> {
        let rdata = readable(&record, zone)?;
        let Record { owner, record_type, ttl, .. } = record;
        if record_type == RecordType::RRSIG {
            let expected = original_ttl(&rdata);
            if ttl != expected {
                return Err(CopyError::Ttl { owner, record_type, found: ttl, expected });
            }
            if !self.signatures.contains(&rdata) {
                self.signatures.push(rdata);
            }
            return Ok(());
        }
        match &self.nsec {
            Some(have) if *have == (ttl, rdata.clone()) => Ok(()),
            Some(_) => Err(CopyError::Several { owner, record_type }),
            None => {
                self.nsec = Some((ttl, rdata));
                Ok(())
            }
        }
    }

    /// Takes a record away.
    pub(crate) fn remove(&mut self, record: &Record, zone: &Name) -> Result<(), CopyError> {
        let rdata = readable(record, zone)?;
        let (owner, record_type) = (record.owner.clone(), record.record_type);
        let not_there = CopyError::NotThere { owner, record_type };
        if record_type == RecordType::RRSIG {
            let at = self.signatures.iter().position(|have| *have == rdata).ok_or(not_there)?;
            self.signatures.remove(at);
            return Ok(());
        }
        match self.nsec.take_if(|(_, have)| *have == rdata) {
            Some(_) => Ok(()),
            None => Err(not_there),
        }
    }

    /// All records of another.
    pub(crate) fn absorb(&mut self, other: Seal, owner: &Name) -> Result<(), CopyError> {
        for rdata in other.signatures {
            if !self.signatures.contains(&rdata) {
                self.signatures.push(rdata);
            }
        }
        match (&self.nsec, other.nsec) {
            (Some(have), Some(nsec)) if *have != nsec => {
                Err(CopyError::Several { owner: owner.clone(), record_type: RecordType::NSEC })
            }
            (_, None) => Ok(()),
            (_, nsec) => {
                self.nsec = nsec;
                Ok(())
            }
        }
    }

    /// Whether it is the seal of an owner with these sets, type and TTL each, and these types in its NSEC.
    pub(crate) fn check(
        &self,
        owner: &Name,
        sets: &[(RecordType, u32)],
        types: impl IntoIterator<Item = RecordType>,
    ) -> Result<(), CopyError> {
        let owner = || owner.clone();
        let Some((ttl, rdata)) = &self.nsec else { return Err(CopyError::NoNsec(owner())) };
        let (next, _) = split(rdata).ok_or_else(|| CopyError::NoNsec(owner()))?;
        if Name::of_wire(next).is_none_or(|next| nsec_rdata(&next, types) != *rdata) {
            return Err(CopyError::Types(owner()));
        }
        let sets = || sets.iter().copied().chain([(RecordType::NSEC, *ttl)]);
        for signature in &self.signatures {
            let covered = covered(signature);
            let set = sets().find(|(record_type, _)| *record_type == covered);
            let Some((_, expected)) = set else {
                return Err(CopyError::CoversNothing { owner: owner(), record_type: covered });
            };
            let found = original_ttl(signature);
            if found != expected {
                return Err(CopyError::Ttl {
                    owner: owner(),
                    record_type: RecordType::RRSIG,
                    found,
                    expected,
                });
            }
        }
        let bare = |(record_type, _): &(RecordType, u32)| {
            !self.signatures.iter().any(|signature| covered(signature) == *record_type)
        };
        match sets().find(bare) {
            Some((record_type, _)) => Err(CopyError::NoSignature { owner: owner(), record_type }),
            None => Ok(()),
        }
    }

    /// What is kept of it.
    pub(crate) fn octets(&self, types: Types, zone: &Name) -> Vec<u8> {
        let (ttl, rdata) = self.nsec.as_ref().map_or((0, &[][..]), |(ttl, rdata)| (*ttl, rdata));
        let (next, bitmap) = split(rdata).unwrap_or_default();
        let number = crate::Position::of_det_name(next).map(|position| position.number);
        // Of a name in another case, the case is signed.
        let number = number.filter(|number| Name::of_nibbles(*number, 32).wire() == next);
        let mut octets = Vec::with_capacity(64 + DET_NAME + 72 * self.signatures.len());
        let implied = if types == Types::Implied { IMPLIED } else { 0 };
        octets.push(implied | number.map_or(0, |_| DET));
        octets.extend_from_slice(&ttl.to_be_bytes());
        match number {
            Some(number) => octets.extend_from_slice(&number.to_be_bytes()),
            None => octets.extend_from_slice(next),
        }
        if types == Types::Told {
            octets.extend_from_slice(&(bitmap.len() as u16).to_be_bytes());
            octets.extend_from_slice(bitmap);
        }
        let mut heads: Vec<[u8; HEAD]> = Vec::with_capacity(2);
        let mut bodies = Vec::with_capacity(72 * self.signatures.len());
        for rdata in &self.signatures {
            let Some(head) = head(rdata) else { continue };
            let at = heads.iter().position(|have| *have == head).unwrap_or_else(|| {
                heads.push(head);
                heads.len() - 1
            });
            let signature = rdata.get(FIXED + zone.wire().len()..).unwrap_or_default();
            bodies.extend_from_slice(&covered(rdata).0.to_be_bytes());
            bodies.push(at as u8);
            bodies.extend_from_slice(&(signature.len() as u16).to_be_bytes());
            bodies.extend_from_slice(signature);
        }
        octets.push(heads.len() as u8);
        octets.extend_from_slice(heads.as_flattened());
        octets.extend_from_slice(&bodies);
        octets
    }

    /// The seal that was kept of an owner with these types.
    pub(crate) fn of(
        sealed: &Sealed<'_>,
        owner: &Name,
        zone: &Name,
        types: impl IntoIterator<Item = RecordType>,
    ) -> Self {
        let next = match sealed.next {
            Next::Det(number) => Name::of_nibbles(number, 32).wire().to_vec(),
            Next::Name(wire) => wire.to_vec(),
        };
        let nsec = match sealed.types {
            Some(types) => [&next, types].concat(),
            None => Name::of_wire(&next).map(|next| nsec_rdata(&next, types)).unwrap_or_default(),
        };
        let signatures =
            sealed.all().map(|(covered, head, octets)| rrsig(covered, head, octets, owner, zone));
        Seal { nsec: Some((sealed.ttl, nsec)), signatures: signatures.collect() }
    }
}

/// Whether the types of an NSEC are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Types {
    /// They are those of the sets that are kept of the owner, in the same place and changed with them.
    Implied,
    /// As they came.
    Told,
}

/// What is kept of an owner.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sealed<'a> {
    /// The NSEC's TTL.
    pub(crate) ttl: u32,
    /// What it links to.
    pub(crate) next: Next<'a>,
    /// Its type bitmap, unless that is of the sets that the owner has.
    pub(crate) types: Option<&'a [u8]>,
    heads: &'a [[u8; HEAD]],
    signatures: &'a [u8],
}

/// What an NSEC links to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next<'a> {
    /// The name of a DET.
    Det(u128),
    /// A name in wire form.
    Name(&'a [u8]),
}

impl<'a> Sealed<'a> {
    /// Reads what was kept.
    pub(crate) fn read(octets: &'a [u8]) -> Option<Self> {
        let (&form, rest) = octets.split_first()?;
        let (ttl, rest) = rest.split_first_chunk::<4>()?;
        let (next, rest) = if form & DET != 0 {
            let (number, rest) = rest.split_first_chunk::<16>()?;
            (Next::Det(u128::from_be_bytes(*number)), rest)
        } else {
            let (name, rest) = split(rest)?;
            (Next::Name(name), rest)
        };
        let (types, rest) = if form & IMPLIED != 0 {
            (None, rest)
        } else {
            let (length, rest) = rest.split_first_chunk::<2>()?;
            let (types, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            (Some(types), rest)
        };
        let (&count, rest) = rest.split_first()?;
        let (heads, signatures) = rest.split_at_checked(HEAD * usize::from(count))?;
        Some(Sealed { ttl: u32::from_be_bytes(*ttl), next, types, heads: heads.as_chunks().0, signatures })
    }

    /// Type covered, head and signature of each.
    fn all(&self) -> impl Iterator<Item = (RecordType, &'a [u8; HEAD], &'a [u8])> + use<'a> {
        let (heads, mut rest) = (self.heads, self.signatures);
        std::iter::from_fn(move || {
            let (&[c0, c1, head, l0, l1], after) = rest.split_first_chunk::<5>()?;
            let (octets, after) = after.split_at_checked(usize::from(u16::from_be_bytes([l0, l1])))?;
            rest = after;
            Some((RecordType(u16::from_be_bytes([c0, c1])), heads.get(usize::from(head))?, octets))
        })
    }

    /// The RRSIG records of a set.
    pub(crate) fn signatures_of(&self, set: &Rrset, zone: &Name) -> Vec<Record> {
        let of_set = self.all().filter(|(covered, ..)| *covered == set.record_type);
        let record = |(covered, head, octets)| Record {
            owner: set.owner.clone(),
            record_type: RecordType::RRSIG,
            ttl: set.ttl,
            rdata: rrsig(covered, head, octets, &set.owner, zone),
        };
        of_set.map(record).collect()
    }

    /// When the signatures of a set end, modulo 2^32.
    pub(crate) fn expirations(&self, set: RecordType) -> impl Iterator<Item = u32> + use<'a> {
        let of_set = self.all().filter(move |(covered, ..)| *covered == set);
        of_set.map(|(_, &[_, _, _, _, _, e0, e1, e2, e3, ..], _)| u32::from_be_bytes([e0, e1, e2, e3]))
    }
}

fn rrsig(covered: RecordType, head: &[u8; HEAD], signature: &[u8], owner: &Name, zone: &Name) -> Vec<u8> {
    let mut rdata = Vec::with_capacity(FIXED + zone.wire().len() + signature.len());
    let [algorithm, rest @ ..] = head;
    rdata.extend_from_slice(&covered.0.to_be_bytes());
    rdata.extend_from_slice(&[*algorithm, labels(owner)]);
    rdata.extend_from_slice(rest);
    rdata.extend_from_slice(zone.wire());
    rdata.extend_from_slice(signature);
    rdata
}

/// The RDATA of an NSEC or RRSIG record of a zone, if it can be read; in an RRSIG the zone's name in lower case, as it is signed.
fn readable(record: &Record, zone: &Name) -> Result<Vec<u8>, CopyError> {
    let (owner, record_type) = (record.owner.clone(), record.record_type);
    if record_type == RecordType::NSEC {
        let whole = split(&record.rdata).filter(|(next, _)| Name::of_wire(next).is_some());
        let whole = whole.filter(|(_, types)| !types.is_empty());
        return whole.map(|_| record.rdata.clone()).ok_or(CopyError::Malformed { owner, record_type });
    }
    let Some((fixed, rest)) = record.rdata.split_first_chunk::<FIXED>() else {
        return Err(CopyError::Malformed { owner, record_type });
    };
    let signer = rest.split_at_checked(zone.wire().len());
    let signer = signer.filter(|(signer, _)| signer.eq_ignore_ascii_case(zone.wire()));
    match (signer, fixed) {
        // A signature of a wildcard has fewer labels: there are none in a zone of DETs.
        (Some((_, signature)), [_, _, _, count, ..]) if *count == labels(&owner) => {
            Ok([fixed, zone.wire(), signature].concat())
        }
        _ => Err(CopyError::ForeignSignature { owner, record_type: covered(&record.rdata) }),
    }
}

/// A name at the start of octets, and the rest.
fn split(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut at = 0;
    while let Some(&length) = octets.get(at).filter(|length| **length > 0) {
        at += usize::from(length) + 1;
    }
    octets.split_at_checked(at + 1)
}

fn covered(rdata: &[u8]) -> RecordType {
    RecordType(rdata.first_chunk().map_or(0, |covered| u16::from_be_bytes(*covered)))
}

fn original_ttl(rdata: &[u8]) -> u32 {
    let ttl = rdata.get(4..8).and_then(|ttl| ttl.first_chunk());
    ttl.map_or(0, |ttl| u32::from_be_bytes(*ttl))
}

fn head(rdata: &[u8]) -> Option<[u8; HEAD]> {
    let &[_, _, algorithm, _, ref rest @ ..] = rdata.first_chunk::<FIXED>()?;
    let mut head = [algorithm; HEAD];
    head.get_mut(1..)?.copy_from_slice(rest);
    Some(head)
}
