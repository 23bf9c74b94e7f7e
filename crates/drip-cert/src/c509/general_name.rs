//! General names: pairs of a number and a value.
//!
//! | number | name | value |
//! |---|---|---|
//! | -3 | otherName, MACAddress | byte string |
//! | -2 | otherName, SmtpUTF8Mailbox | text |
//! | -1 | otherName, hardwareModuleName | \[hwType, hwSerialNum\] |
//! | 0 | otherName, another | \[OID, DER\] |
//! | 1, 2, 6 | rfc822Name, dNSName, URI | text |
//! | 4 | directoryName | name |
//! | 7 | iPAddress | byte string |
//! | 8 | registeredID | OID |

use super::{
    C509Kind, Read,
    error::field,
    name,
    value::{Value, read_oid},
};
use crate::write::{OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, UTF8_STRING, tlv};
use alloc::vec::Vec;
use core::str;
use drip_cbor::{Reader, Writer};

const WHAT: &str = "general name";

const OTHER_NAME: u8 = 0xa0;
const DIRECTORY_NAME: u8 = 0xa4;
/// `[0] EXPLICIT`, around the value of an otherName.
const EXPLICIT_0: u8 = 0xa0;

const HARDWARE_MODULE_NAME: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x08\x04";
const SMTP_UTF8_MAILBOX: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x08\x09";
const MAC_ADDRESS: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x08\x0c";

/// How an iPAddress is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Address {
    /// As it is.
    Host,
    /// Address and mask, as nameConstraints have it; the mask becomes the length of the prefix.
    Block,
}

/// The names of a list, as a flat array.
pub(super) fn write_list(names: &[Value<'_>], kind: C509Kind, address: Address) -> Option<Vec<u8>> {
    if names.is_empty() {
        return None;
    }
    let mut writer = Writer::new();
    writer.array(names.len() * 2);
    for name in names {
        write(name, kind, address, &mut writer)?;
    }
    Some(writer.finish())
}

fn write(name: &Value<'_>, kind: C509Kind, address: Address, writer: &mut Writer) -> Option<()> {
    match name.tag {
        OTHER_NAME => {
            let parts = name.children(OTHER_NAME)?;
            let [oid, value] = parts.as_slice() else {
                return None;
            };
            let oid = oid.content_of(OBJECT_IDENTIFIER)?;
            other_name(oid, value.child(EXPLICIT_0)?, writer)?;
        }
        0x81 | 0x82 | 0x86 => {
            let text = str::from_utf8(name.content).ok().filter(|text| text.is_ascii())?;
            writer.int(i64::from(name.tag & 0x1f)).text(text);
        }
        DIRECTORY_NAME => {
            writer.int(4);
            name::write(&name.child(DIRECTORY_NAME)?, kind, writer).ok()?;
        }
        0x87 => {
            writer.int(7).bytes(&match address {
                Address::Host => name.content.to_vec(),
                Address::Block => prefix(name.content)?,
            });
        }
        0x88 => {
            writer.int(8).bytes(name.content);
        }
        _ => return None,
    }
    Some(())
}

fn other_name(oid: &[u8], value: Value<'_>, writer: &mut Writer) -> Option<()> {
    match oid {
        HARDWARE_MODULE_NAME => match value.children(SEQUENCE)?.as_slice() {
            [hw_type, serial] => {
                let hw_type = hw_type.content_of(OBJECT_IDENTIFIER)?;
                writer.int(-1).array(2).bytes(hw_type).bytes(serial.content_of(OCTET_STRING)?);
            }
            _ => return None,
        },
        SMTP_UTF8_MAILBOX => {
            writer.int(-2).text(str::from_utf8(value.content_of(UTF8_STRING)?).ok()?);
        }
        MAC_ADDRESS => {
            writer.int(-3).bytes(value.content_of(OCTET_STRING)?);
        }
        _ => {
            writer.int(0).array(2).bytes(oid).bytes(value.whole);
        }
    }
    Some(())
}

/// The names of a list in DER, one behind another.
pub(super) fn read_list(reader: &mut Reader<'_>, kind: C509Kind, address: Address) -> Read<Vec<Vec<u8>>> {
    let at = reader.at();
    let count = reader.array(WHAT)?;
    if count == 0 || count % 2 != 0 {
        return Err(field(WHAT, "it is no list of pairs, one at least", at));
    }
    (0..count / 2).map(|_| read(reader, kind, address)).collect()
}

fn read(reader: &mut Reader<'_>, kind: C509Kind, address: Address) -> Read<Vec<u8>> {
    let at = reader.at();
    let other_name = |oid: &[u8], value: &[u8]| {
        tlv(OTHER_NAME, &[&tlv(OBJECT_IDENTIFIER, &[oid]), &tlv(EXPLICIT_0, &[value])])
    };
    Ok(match reader.int(WHAT)? {
        -3 => {
            let at = reader.at();
            let octets = reader.bytes("MAC address")?;
            if !matches!(octets.len(), 6 | 8) {
                return Err(field("MAC address", "it has 6 or 8 octets", at));
            }
            other_name(MAC_ADDRESS, &tlv(OCTET_STRING, &[octets]))
        }
        -2 => other_name(SMTP_UTF8_MAILBOX, &tlv(UTF8_STRING, &[reader.text("mailbox")?.as_bytes()])),
        -1 => {
            const WHAT: &str = "hardwareModuleName";
            reader.array_of(2, WHAT, "an array of hwType and hwSerialNum")?;
            let hw_type = tlv(OBJECT_IDENTIFIER, &[read_oid(reader, WHAT)?]);
            let serial = tlv(OCTET_STRING, &[reader.bytes(WHAT)?]);
            other_name(HARDWARE_MODULE_NAME, &tlv(SEQUENCE, &[&hw_type, &serial]))
        }
        0 => {
            const WHAT: &str = "otherName";
            reader.array_of(2, WHAT, "an array of OID and DER")?;
            let oid = read_oid(reader, WHAT)?;
            let at = reader.at();
            let value = reader.bytes(WHAT)?;
            Value::of_der(value).ok_or(field(WHAT, "its value is not DER", at))?;
            other_name(oid, value)
        }
        number @ (1 | 2 | 6) => {
            let at = reader.at();
            let text = reader.text(WHAT)?;
            if !text.is_ascii() {
                return Err(field(WHAT, "it has characters that are not ASCII", at));
            }
            tlv(0x80 | number as u8, &[text.as_bytes()])
        }
        4 => tlv(DIRECTORY_NAME, &[&name::read(reader, kind)?]),
        7 => {
            let at = reader.at();
            let octets = reader.bytes("iPAddress")?;
            match address {
                Address::Host if !matches!(octets.len(), 4 | 16) => {
                    return Err(field("iPAddress", "it has 4 or 16 octets", at));
                }
                Address::Host => tlv(0x87, &[octets]),
                Address::Block => {
                    let block = block(octets);
                    tlv(0x87, &[&block.ok_or(field("iPAddress", "it is no block of addresses", at))?])
                }
            }
        }
        8 => tlv(0x88, &[read_oid(reader, "registeredID")?]),
        _ => return Err(field(WHAT, "no kind of name has this number", at)),
    })
}

/// Address and length of prefix, from address and mask.
fn prefix(octets: &[u8]) -> Option<Vec<u8>> {
    if !matches!(octets.len(), 8 | 32) {
        return None;
    }
    let (address, mask) = octets.split_at_checked(octets.len() / 2)?;
    let ones: u32 = mask.iter().map(|octet| octet.count_ones()).sum();
    let block = [address, &[ones as u8]].concat();
    (self::block(&block)? == octets).then_some(block)
}

/// Address and mask, from address and length of prefix.
fn block(octets: &[u8]) -> Option<Vec<u8>> {
    let (ones, address) = octets.split_last()?;
    let bits = address.len() * 8;
    if !matches!(bits, 32 | 128) || usize::from(*ones) > bits {
        return None;
    }
    let mask = (0..address.len()).map(|index| {
        let ones = usize::from(*ones).saturating_sub(index * 8).min(8);
        (0xff00_u16 >> ones) as u8
    });
    Some(address.iter().copied().chain(mask).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_and_prefixes() {
        assert_eq!(prefix(&[192, 0, 2, 0, 255, 255, 255, 0]), Some(Vec::from([192, 0, 2, 0, 24])));
        assert_eq!(prefix(&[10, 0, 0, 0, 255, 224, 0, 0]), Some(Vec::from([10, 0, 0, 0, 11])));
        assert_eq!(prefix(&[10, 0, 0, 0, 255, 0, 255, 0]), None);
        assert_eq!(prefix(&[10, 0, 0, 0]), None);
        assert_eq!(block(&[0, 0, 0, 0, 33]), None);
        assert_eq!(block(&[1, 2, 3, 4, 32]), Some(Vec::from([1, 2, 3, 4, 255, 255, 255, 255])));
        assert_eq!(block(&[1, 2, 3, 4, 0]), Some(Vec::from([1, 2, 3, 4, 0, 0, 0, 0])));
    }
}
