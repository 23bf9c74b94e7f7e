//! The file that makes a snapshot of others: which change it is of, which files are its zones, and what is kept beside them.
//!
//! | octets | content |
//! |---|---|
//! | 8 | `DIMESNAP` |
//! | 4 | version, 1 |
//! | … | CBOR: `[change, its checksum, fingerprint, [[file, octets, checksum, DETs]], state]` |
//! | 4 | CRC-32C of what is before |
//!
//! The fingerprint is of everything else that the zones are made by: the configuration and this program's version. The checksum of a file is
//! its trailer's. The file is written last, and replaces the one before in one step: until then that one's files stay.

use super::octets::{Read, array, list, seq};
use dime_store::Mark;
use drip_cbor::{CborError, CborFault, Reader, Writer};

/// Its name.
pub(crate) const NAME: &str = "registry.snapshot";
/// The longest that is read.
pub(crate) const MOST_OCTETS: u64 = 8 << 30;

const START: [u8; 12] = *b"DIMESNAP\0\0\0\x01";

/// A snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) mark: Mark,
    pub(crate) fingerprint: [u8; 32],
    pub(crate) zones: Vec<ZoneFile>,
    pub(crate) state: Vec<u8>,
}

/// A zone's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ZoneFile {
    pub(crate) name: String,
    pub(crate) octets: u64,
    pub(crate) checksum: u32,
    pub(crate) dets: u64,
}

/// Why octets are no manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ManifestError {
    #[error("it is of another version, or none")]
    Version,
    #[error("its checksum is another")]
    Checksum,
    #[error(transparent)]
    Content(#[from] CborError),
}

impl Manifest {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut content = Writer::new();
        content.array(5).uint(self.mark.seq.0).uint(self.mark.checksum.into()).bytes(&self.fingerprint);
        content.array(self.zones.len());
        for zone in &self.zones {
            content.array(4).text(&zone.name).uint(zone.octets).uint(zone.checksum.into()).uint(zone.dets);
        }
        content.bytes(&self.state);
        let mut out = START.to_vec();
        out.extend(content.finish());
        out.extend_from_slice(&crc32c::crc32c(&out).to_be_bytes());
        out
    }

    pub(crate) fn decode(octets: &[u8]) -> Result<Self, ManifestError> {
        if !octets.starts_with(&START) {
            return Err(ManifestError::Version);
        }
        let (said, checksum) = octets.split_last_chunk::<4>().ok_or(ManifestError::Checksum)?;
        if crc32c::crc32c(said) != u32::from_be_bytes(*checksum) {
            return Err(ManifestError::Checksum);
        }
        let mut from = Reader::new(said.get(START.len()..).unwrap_or_default());
        from.array_of(5, "snapshot", "an array of five")?;
        let mark = Mark { seq: seq(&mut from)?, checksum: read_u32(&mut from)? };
        let fingerprint = array(&mut from, "fingerprint")?;
        let zones = list(&mut from, "zones", |from| {
            from.array_of(4, "zone", "an array of four")?;
            let name = from.text("file")?.to_owned();
            let (octets, checksum) = (from.uint("octets")?, read_u32(from)?);
            Ok(ZoneFile { name, octets, checksum, dets: from.uint("DETs")? })
        })?;
        let state = from.bytes("state")?.to_vec();
        from.end("snapshot")?;
        Ok(Manifest { mark, fingerprint, zones, state })
    }
}

fn read_u32(from: &mut Reader<'_>) -> Read<u32> {
    let at = from.at();
    let found = from.uint("checksum")?;
    let fault = CborFault::OutOfRange { found, allowed: "32 bits" };
    u32::try_from(found).map_err(|_| CborError { fault, what: "checksum", at })
}
