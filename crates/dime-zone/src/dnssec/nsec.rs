//! NSEC: the next name of a zone, and the types at this one (RFC 4034, section 4).

use crate::{Name, RecordType};
use std::collections::BTreeSet;

/// The RDATA: the next name in the zone's canonical order, then the types in windows of 256.
///
/// | octets | content |
/// |---|---|
/// | name | the next owner |
/// | 1 | window: the upper octet of the types in it |
/// | 1 | length of the bitmap, 1 to 32 |
/// | that many | bitmap, the most significant bit first |
pub(crate) fn nsec_rdata(next: &Name, types: impl IntoIterator<Item = RecordType>) -> Vec<u8> {
    let types: BTreeSet<RecordType> =
        types.into_iter().chain([RecordType::RRSIG, RecordType::NSEC]).collect();
    let mut rdata = next.wire().to_vec();
    let windows: BTreeSet<u8> = types.iter().map(|RecordType(number)| (number >> 8) as u8).collect();
    for window in windows {
        let mut bitmap = Vec::new();
        for number in types.iter().map(|types| types.0).filter(|number| (number >> 8) as u8 == window) {
            let (octet, bit) = (usize::from(number as u8) / 8, number % 8);
            bitmap.resize(octet + 1, 0);
            if let Some(octet) = bitmap.last_mut() {
                *octet |= 0x80 >> bit;
            }
        }
        rdata.extend_from_slice(&[window, bitmap.len() as u8]);
        rdata.extend_from_slice(&bitmap);
    }
    rdata
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 4034, section 4.3: A MX RRSIG NSEC TYPE1234.
    #[test]
    fn example_of_rfc_4034() {
        let next: Name = "host.example.com.".parse().unwrap();
        let rdata = nsec_rdata(&next, [1234, 15, 1].map(RecordType));
        let mut expected = next.wire().to_vec();
        expected.extend(hex::decode("0006400100000003041b").unwrap());
        expected.extend([0; 26]);
        expected.push(0x20);
        assert_eq!(hex::encode(rdata), hex::encode(expected));
    }
}
