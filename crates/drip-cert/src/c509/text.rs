//! Text in names (SpecialText): lower-case hexadecimal digits and EUI-64 addresses become octets.
//!
//! | text | CBOR |
//! |---|---|
//! | digits 0-9 and a-f, an even number and at least two | byte string |
//! | `HH-HH-HH-FF-FE-HH-HH-HH`, upper case | tag 48 of six octets |
//! | `HH-HH-HH-HH-HH-HH-HH-HH`, upper case | tag 48 of eight octets |
//! | else | text |

use super::{Read, error::field};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use drip_cbor::{Kind, Reader, Writer};

/// The tag of MAC addresses (RFC 9542, section 2.4).
const MAC: u64 = 48;

pub(super) fn write(text: &str, writer: &mut Writer) {
    if let Some(octets) = digits(text) {
        writer.bytes(&octets);
        return;
    }
    match eui64(text).as_deref() {
        Some([a, b, c, 0xff, 0xfe, d, e, f]) => writer.tag(MAC).bytes(&[*a, *b, *c, *d, *e, *f]),
        Some(octets) => writer.tag(MAC).bytes(octets),
        None => writer.text(text),
    };
}

pub(super) fn read(reader: &mut Reader<'_>, what: &'static str) -> Read<String> {
    let at = reader.at();
    match reader.kind(what)? {
        Kind::Bytes => Ok(reader.bytes(what)?.iter().map(|octet| format!("{octet:02x}")).collect()),
        Kind::Tag => {
            if reader.tag(what)? != MAC {
                return Err(field(what, "the tag is not 48, a MAC address", at));
            }
            let octets = match reader.bytes(what)? {
                [a, b, c, d, e, f] => Vec::from([*a, *b, *c, 0xff, 0xfe, *d, *e, *f]),
                octets if octets.len() == 8 => octets.to_vec(),
                _ => return Err(field(what, "a MAC address has 6 or 8 octets", at)),
            };
            let groups: Vec<String> = octets.iter().map(|octet| format!("{octet:02X}")).collect();
            Ok(groups.join("-"))
        }
        _ => Ok(reader.text(what)?.to_string()),
    }
}

/// The octets of an even number of lower-case digits.
fn digits(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || text.bytes().any(|octet| octet.is_ascii_uppercase()) {
        return None;
    }
    octets(text)
}

fn octets(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => {
            let digit = |octet: &u8| char::from(*octet).to_digit(16);
            u8::try_from(digit(high)? << 4 | digit(low)?).ok()
        }
        _ => None,
    });
    pairs.collect()
}

/// The octets of eight groups of two upper-case digits.
fn eui64(text: &str) -> Option<Vec<u8>> {
    if text.len() != 23 || text.bytes().any(|octet| octet.is_ascii_lowercase()) {
        return None;
    }
    let groups: Vec<&str> = text.split('-').collect();
    if groups.len() != 8 || groups.iter().any(|group| group.len() != 2) {
        return None;
    }
    octets(&groups.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, cbor: &[u8]) {
        let mut writer = Writer::new();
        write(text, &mut writer);
        assert_eq!(writer.finish(), cbor, "{text}");
        assert_eq!(read(&mut Reader::new(cbor), "x").unwrap(), text);
    }

    #[test]
    fn digits_and_addresses_become_octets_and_nothing_else_does() {
        check("1225", &[0x42, 0x12, 0x25]);
        check("0a", &[0x41, 0x0a]);
        check("0A", b"\x620A");
        check("122", b"\x63122");
        check("", b"\x60");
        check("DRIP-APEX-A", b"\x6bDRIP-APEX-A");
        check("+1", b"\x62+1");
        check("01-23-45-FF-FE-67-89-AB", &[0xd8, 48, 0x46, 1, 0x23, 0x45, 0x67, 0x89, 0xab]);
        check("01-23-45-67-89-AB-CD-EF", &[0xd8, 48, 0x48, 1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef]);
        check("01-23-45-67-89-ab-cd-ef", b"\x7701-23-45-67-89-ab-cd-ef");
        check("01-23-45-67-89-AB-CD-+1", b"\x7701-23-45-67-89-AB-CD-+1");
        check("012-3-45-67-89-AB-CD-EF", b"\x77012-3-45-67-89-AB-CD-EF");
    }

    #[test]
    fn other_tags_and_lengths_are_refused() {
        for octets in [&[0xc1, 0x41, 0][..], &[0xd8, 48, 0x45, 1, 2, 3, 4, 5], &[0xd8, 48, 0x60], &[0x01]] {
            assert!(read(&mut Reader::new(octets), "x").is_err(), "{octets:?}");
        }
    }
}
