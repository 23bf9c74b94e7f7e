//! NSEC: which name comes after a name in a signed zone, and what is at that name (RFC 4034, section 4).
//!
//! | octets | content |
//! |---|---|
//! | – | next owner name, not compressed |
//! | – | type bitmap: window, length (1 to 32), that many octets; ascending windows |

use hickory_proto::rr::{Name, RecordType};
use hickory_proto::serialize::binary::{BinDecodable, BinDecoder};

/// The number of the NS type.
const NS: u16 = 2;

/// One step of the chain of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nsec {
    /// Whose record it is.
    pub owner: Name,
    /// The next name; after the last one the zone's own.
    pub next: Name,
    /// The types at the owner.
    pub types: Vec<u16>,
}

impl Nsec {
    /// Read the RDATA.
    pub(super) fn decode(owner: Name, rdata: &[u8]) -> Result<Self, String> {
        let mut decoder = BinDecoder::new(rdata);
        let next = Name::read(&mut decoder).map_err(|error| format!("NSEC: {error}"))?;
        let mut octets = rdata.get(decoder.index()..).unwrap_or_default();
        let mut types = Vec::new();
        let mut before = None;
        while let [window, length, rest @ ..] = octets {
            let bitmap = rest.get(..usize::from(*length)).filter(|bitmap| (1..=32).contains(&bitmap.len()));
            let bitmap = bitmap.filter(|_| before.is_none_or(|before| before < *window));
            let bitmap = bitmap.ok_or("NSEC: a type bitmap that is none")?;
            let set = (0_u16..).zip(bitmap).flat_map(|(at, octet)| {
                (0..8_u16).filter(move |bit| octet & (0x80 >> bit) != 0).map(move |bit| 8 * at + bit)
            });
            types.extend(set.map(|within| u16::from(*window) << 8 | within));
            before = Some(*window);
            octets = rest.get(bitmap.len()..).unwrap_or_default();
        }
        if octets.is_empty() { Ok(Self { owner, next, types }) } else { Err("NSEC: cut short".to_owned()) }
    }

    /// Whether another zone begins at the owner, which is not the one the record is of.
    pub fn is_delegation(&self) -> bool {
        self.types.contains(&NS) && !self.types.contains(&u16::from(RecordType::SOA))
    }

    /// Whether the name is after the owner and before the next, in the order of RFC 4034, section 6.1. The last record of a zone leads
    /// back to its beginning.
    pub(super) fn covers(&self, name: &Name) -> bool {
        self.owner < *name && (*name < self.next || self.next <= self.owner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::str::FromStr;

    fn name(text: &str) -> Name {
        Name::from_str(text).unwrap()
    }

    #[test]
    fn the_example_of_rfc_4034() {
        let mut rdata = b"\x04host\x07example\x03com\x00".to_vec();
        rdata.extend([0, 6, 0x40, 1, 0, 0, 0, 3, 4, 27]);
        rdata.extend([0; 26]);
        rdata.push(0x20);
        let nsec = Nsec::decode(name("alfa.example.com."), &rdata).unwrap();
        assert_eq!(nsec.next, name("host.example.com."));
        assert_eq!(nsec.types, [1, 15, 46, 47, 1234]);
        assert!(!nsec.is_delegation());
        assert!(nsec.covers(&name("beta.example.com.")) && !nsec.covers(&name("host.example.com.")));
        for cut in 1..rdata.len() {
            // Whole windows are whole records.
            let whole = [18, 26].contains(&cut);
            assert_eq!(Nsec::decode(name("alfa.example.com."), &rdata[..cut]).is_ok(), whole, "{cut}");
        }
        let last = Nsec { next: name("example.com."), owner: name("z.example.com."), types: Vec::new() };
        assert!(last.covers(&name("zz.example.com.")) && !last.covers(&name("y.example.com.")));
    }
}
