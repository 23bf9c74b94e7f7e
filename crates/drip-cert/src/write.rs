//! Writing DER (X.690, section 10): definite lengths in the fewest octets.

use crate::algorithm::ED25519_DER;
use alloc::vec::Vec;
use drip_det::HostIdentity;

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// `BOOLEAN TRUE`, in DER always `ff`.
pub(crate) const TRUE: [u8; 3] = [0x01, 0x01, 0xff];

/// Tag, length and the parts one after another.
pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut octets = Vec::with_capacity(length + 6);
    octets.push(tag);
    if length < 0x80 {
        octets.push(length as u8);
    } else {
        let significant = length.to_be_bytes().into_iter().skip_while(|octet| *octet == 0);
        let start = octets.len();
        octets.push(0x80);
        octets.extend(significant);
        let count = octets.len() - start - 1;
        if let Some(first) = octets.get_mut(start) {
            *first |= count as u8;
        }
    }
    for part in parts {
        octets.extend_from_slice(part);
    }
    octets
}

/// An object identifier.
pub(crate) fn identifier(oid: der::asn1::ObjectIdentifier) -> Vec<u8> {
    tlv(OBJECT_IDENTIFIER, &[oid.as_bytes()])
}

/// A name of one attribute: `SEQUENCE { SET { SEQUENCE { type, value } } }`.
pub(crate) fn name(attribute: der::asn1::ObjectIdentifier, string_tag: u8, text: &str) -> Vec<u8> {
    let pair = tlv(SEQUENCE, &[&identifier(attribute), &tlv(string_tag, &[text.as_bytes()])]);
    tlv(SEQUENCE, &[&tlv(SET, &[&pair])])
}

/// An extension that is not critical.
pub(crate) fn extension(id: der::asn1::ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    tlv(SEQUENCE, &[&identifier(id), &tlv(OCTET_STRING, &[value])])
}

/// A critical extension.
pub(crate) fn critical_extension(id: der::asn1::ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    tlv(SEQUENCE, &[&identifier(id), &TRUE, &tlv(OCTET_STRING, &[value])])
}

/// `SubjectPublicKeyInfo` of an Ed25519 key: 44 octets.
pub(crate) fn public_key_info(hi: &HostIdentity) -> Vec<u8> {
    tlv(SEQUENCE, &[&ED25519_DER, &tlv(BIT_STRING, &[&[0], hi.as_bytes()])])
}

/// What is signed, the algorithm and the signature, as PKCS#10 and X.509 both end.
pub(crate) fn signed(to_be_signed: &[u8], signature: &[u8; 64]) -> Vec<u8> {
    tlv(SEQUENCE, &[to_be_signed, &ED25519_DER, &tlv(BIT_STRING, &[&[0], signature])])
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn lengths_take_the_fewest_octets() {
        for (length, header) in [
            (0, &[0x04, 0x00][..]),
            (127, &[0x04, 0x7f]),
            (128, &[0x04, 0x81, 0x80]),
            (255, &[0x04, 0x81, 0xff]),
            (256, &[0x04, 0x82, 0x01, 0x00]),
            (65536, &[0x04, 0x83, 0x01, 0x00, 0x00]),
        ] {
            let content = vec![7; length];
            let written = tlv(OCTET_STRING, &[&content]);
            assert_eq!(&written[..header.len()], header);
            assert_eq!(written.len(), header.len() + length);
        }
    }
}
