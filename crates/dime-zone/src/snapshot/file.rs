//! The form of a snapshot's file.
//!
//! | offset | octets | content |
//! |---|---|---|
//! | 0 | 8 | `DIMEZONE` |
//! | 8 | 4 | version of this form, 1 |
//! | 12 | 4 | what is kept of a DET: 1 its block, 2 its block and what its primary has signed |
//! | 16 | … | parts, one after the other: DETs in order |
//! | | … | head: [CBOR](super::head) |
//! | | 48 for each part | directory |
//! | end − 40 | 40 | trailer |
//!
//! A part of *n* DETs: *n* numbers of 16 octets, *n* ends of 4 octets, and octets. DET *i* has the octets from the end of *i* − 1 to its own.
//! Where something signed is kept, they begin with the length of the block in 4 octets.
//!
//! | directory, of one part | octets | | trailer | octets |
//! |---|---|---|---|---|
//! | octets | 8 | | `DIMEZEND` | 8 |
//! | DETs | 4 | | octets of the head | 8 |
//! | checksum | 4 | | its checksum | 4 |
//! | first number | 16 | | parts | 4 |
//! | last number | 16 | | checksum of the directory | 4 |
//! | | | | DETs | 8 |
//! | | | | checksum of the trailer before it | 4 |
//!
//! All numbers are little-endian, all checksums CRC-32C. Every octet of the file is under a checksum or compared, and the parts are read by
//! as many threads as there are, each straight into its place.

/// Octets of a start.
pub(super) const START: usize = 16;

/// What is kept of each DET.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Its block.
    Block,
    /// Its block, and what its primary has signed.
    Sealed,
}

impl Form {
    /// The octets at the start.
    pub(super) const fn start(self) -> [u8; START] {
        match self {
            Form::Block => *b"DIMEZONE\x01\0\0\0\x01\0\0\0",
            Form::Sealed => *b"DIMEZONE\x01\0\0\0\x02\0\0\0",
        }
    }

    /// The form of a file with this start.
    pub(super) fn of(start: [u8; START]) -> Option<Self> {
        [Form::Block, Form::Sealed].into_iter().find(|form| form.start() == start)
    }

    /// Block and seal of a DET's octets.
    pub(super) fn split(self, octets: &[u8]) -> Option<(&[u8], &[u8])> {
        match self {
            Form::Block => Some((octets, &[])),
            Form::Sealed => {
                let (length, rest) = octets.split_first_chunk::<4>()?;
                rest.split_at_checked(u32::from_le_bytes(*length) as usize)
            }
        }
    }
}

const END: [u8; 8] = *b"DIMEZEND";

/// What the end of the file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Trailer {
    pub(super) head_octets: u64,
    pub(super) head_checksum: u32,
    pub(super) parts: u32,
    pub(super) directory_checksum: u32,
    pub(super) dets: u64,
}

/// What the directory says of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) octets: u64,
    pub(super) dets: u32,
    pub(super) checksum: u32,
    pub(super) first: u128,
    pub(super) last: u128,
}

/// Takes fields from the front of octets.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*field)
    }
}

impl Trailer {
    pub(super) const LEN: usize = 40;

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(Self::LEN);
        out.extend_from_slice(&END);
        out.extend_from_slice(&self.head_octets.to_le_bytes());
        out.extend_from_slice(&self.head_checksum.to_le_bytes());
        out.extend_from_slice(&self.parts.to_le_bytes());
        out.extend_from_slice(&self.directory_checksum.to_le_bytes());
        out.extend_from_slice(&self.dets.to_le_bytes());
        out.extend_from_slice(&crc32c::crc32c(&out).to_le_bytes());
        out
    }

    pub(super) fn decode(octets: &[u8; Self::LEN]) -> Option<Self> {
        let (said, checksum) = octets.split_last_chunk::<4>()?;
        if crc32c::crc32c(said) != u32::from_le_bytes(*checksum) {
            return None;
        }
        let mut fields = Fields(said);
        if fields.take()? != END {
            return None;
        }
        Some(Trailer {
            head_octets: u64::from_le_bytes(fields.take()?),
            head_checksum: u32::from_le_bytes(fields.take()?),
            parts: u32::from_le_bytes(fields.take()?),
            directory_checksum: u32::from_le_bytes(fields.take()?),
            dets: u64::from_le_bytes(fields.take()?),
        })
    }
}

impl Part {
    pub(super) const LEN: usize = 48;

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.octets.to_le_bytes());
        out.extend_from_slice(&self.dets.to_le_bytes());
        out.extend_from_slice(&self.checksum.to_le_bytes());
        out.extend_from_slice(&self.first.to_le_bytes());
        out.extend_from_slice(&self.last.to_le_bytes());
    }

    pub(super) fn decode(octets: &[u8]) -> Option<Self> {
        let mut fields = Fields(octets);
        let part = Part {
            octets: u64::from_le_bytes(fields.take()?),
            dets: u32::from_le_bytes(fields.take()?),
            checksum: u32::from_le_bytes(fields.take()?),
            first: u128::from_le_bytes(fields.take()?),
            last: u128::from_le_bytes(fields.take()?),
        };
        fields.0.is_empty().then_some(part)
    }
}

/// The DETs of a part, gathered until it is full.
#[derive(Default)]
pub(super) struct Gathered {
    numbers: Vec<u128>,
    ends: Vec<u32>,
    octets: Vec<u8>,
}

impl Gathered {
    /// The most DETs of a part.
    const DETS: usize = 8192;
    /// The most octets of a part's DETs, but for its first.
    const OCTETS: usize = 4 << 20;

    pub(super) fn is_full(&self) -> bool {
        self.numbers.len() >= Self::DETS || self.octets.len() >= Self::OCTETS
    }

    pub(super) fn push(&mut self, number: u128, block: &[u8], seal: Option<&[u8]>) {
        if let Some(seal) = seal {
            self.octets.extend_from_slice(&(block.len() as u32).to_le_bytes());
            self.octets.extend_from_slice(block);
            self.octets.extend_from_slice(seal);
        } else {
            self.octets.extend_from_slice(block);
        }
        self.numbers.push(number);
        self.ends.push(self.octets.len() as u32);
    }

    /// The part's octets, appended to `out`, and what the directory says of it. It is empty afterwards.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) -> Option<Part> {
        let (first, last) = (*self.numbers.first()?, *self.numbers.last()?);
        let start = out.len();
        self.numbers.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
        self.ends.iter().for_each(|end| out.extend_from_slice(&end.to_le_bytes()));
        out.extend_from_slice(&self.octets);
        let written = out.get(start..)?;
        let (octets, checksum) = (written.len() as u64, crc32c::crc32c(written));
        let part = Part { octets, dets: self.numbers.len() as u32, checksum, first, last };
        self.numbers.clear();
        self.ends.clear();
        self.octets.clear();
        Some(part)
    }
}

/// The DETs of a part: numbers and octets. `None` when the octets are no part, or not that of which the directory speaks.
pub(super) fn dets<'a>(part: &Part, octets: &'a [u8]) -> Option<Vec<(u128, &'a [u8])>> {
    let count = part.dets as usize;
    let (numbers, rest) = octets.split_at_checked(count.checked_mul(16)?)?;
    let (ends, rest) = rest.split_at_checked(count.checked_mul(4)?)?;
    let mut dets = Vec::with_capacity(count);
    let mut start = 0;
    for (number, end) in numbers.as_chunks::<16>().0.iter().zip(ends.as_chunks::<4>().0) {
        let end = u32::from_le_bytes(*end) as usize;
        dets.push((u128::from_le_bytes(*number), rest.get(start..end)?));
        start = end;
    }
    let ordered = dets.iter().zip(dets.iter().skip(1)).all(|((one, _), (next, _))| one < next);
    let ends = (dets.first()?.0, dets.last()?.0) == (part.first, part.last);
    (ordered && ends && start == rest.len()).then_some(dets)
}
