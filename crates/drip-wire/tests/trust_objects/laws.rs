//! What decodes encodes to the same octets; cut short it is `Truncated`, with an octet more `Trailing`; damage never panics.

use drip_wire::{Fault, WireError};
use std::fmt::Debug;

pub(crate) fn kept<T: Debug + PartialEq>(
    value: &T,
    encode: impl Fn(&T) -> Vec<u8>,
    decode: impl Fn(&[u8]) -> Result<T, WireError>,
) {
    let octets = encode(value);
    assert_eq!(decode(&octets).as_ref(), Ok(value));
    for length in 0..octets.len() {
        let error = decode(&octets[..length]).unwrap_err();
        assert_eq!((error.fault, error.at), (Fault::Truncated, length), "{length} of {}", octets.len());
    }
    for octet in [0x00, 0x0f, 0x80, 0xff] {
        let error = decode(&[octets.as_slice(), &[octet]].concat()).unwrap_err();
        assert_eq!((error.fault, error.at), (Fault::Trailing, octets.len()));
    }
    for place in 0..octets.len() {
        for bit in 0..8 {
            let mut octets = octets.clone();
            octets[place] ^= 1 << bit;
            if let Ok(value) = decode(&octets) {
                assert_eq!(encode(&value), octets, "bit {bit} of octet {place}");
            }
        }
    }
}

/// No damage of one bit or by a cut is accepted.
pub(crate) fn never_accepted(octets: &[u8], accepted: impl Fn(&[u8]) -> bool) {
    assert!(accepted(octets));
    for place in 0..octets.len() {
        assert!(!accepted(&octets[..place]), "cut after {place} octets");
        for bit in 0..8 {
            let mut octets = octets.to_vec();
            octets[place] ^= 1 << bit;
            assert!(!accepted(&octets), "bit {bit} of octet {place}");
        }
    }
}
