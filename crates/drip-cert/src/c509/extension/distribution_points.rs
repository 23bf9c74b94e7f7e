//! cRLDistributionPoints and freshestCRL (RFC 5280, sections 4.2.1.13 and 4.2.1.15), when all full names are URIs.

use super::{
    super::{C509Kind, Read, error::field, name, number, value::Value},
    access::read_uri,
};
use crate::write::{SEQUENCE, tlv};
use alloc::vec::Vec;
use core::str;
use drip_cbor::{Kind, Reader, Writer};

const WHAT: &str = "distribution point";
const POINT: u8 = 0xa0;
const FULL_NAME: u8 = 0xa0;
const REASONS: u8 = 0x81;
const ISSUER: u8 = 0xa2;
const DIRECTORY_NAME: u8 = 0xa4;
const URI: u8 = 0x86;

pub(super) fn write(value: &Value<'_>, kind: C509Kind) -> Option<Vec<u8>> {
    let points: Option<Vec<Point<'_>>> = value.children(SEQUENCE)?.iter().map(Point::of).collect();
    let mut writer = Writer::new();
    match points?.as_slice() {
        [] => return None,
        [Point { uris, reasons: None, issuer: None }] if uris.len() == 1 => write_uris(uris, &mut writer),
        points => {
            writer.array(points.len());
            for point in points {
                writer.array(3);
                write_uris(&point.uris, &mut writer);
                match point.reasons {
                    Some(bits) => writer.uint(number::number(&[&[0], bits].concat())?),
                    None => writer.null(),
                };
                match &point.issuer {
                    Some(issuer) => name::write(issuer, kind, &mut writer).ok()?,
                    None => {
                        writer.null();
                    }
                }
            }
        }
    }
    Some(writer.finish())
}

fn write_uris(uris: &[&str], writer: &mut Writer) {
    if let [uri] = uris {
        writer.text(uri);
        return;
    }
    writer.array(uris.len());
    for uri in uris {
        writer.text(uri);
    }
}

/// One DistributionPoint with its URIs, the octets of its reasons, and the directoryName of its issuer.
struct Point<'a> {
    uris: Vec<&'a str>,
    reasons: Option<&'a [u8]>,
    issuer: Option<Value<'a>>,
}

impl<'a> Point<'a> {
    fn of(value: &Value<'a>) -> Option<Self> {
        let parts = value.children(SEQUENCE)?;
        let (point, rest) = parts.split_first()?;
        let full_name = point.child(POINT)?.children(FULL_NAME)?;
        let uris =
            full_name.iter().map(|name| str::from_utf8(name.content_of(URI)?).ok()).collect::<Option<_>>()?;
        let mut found = Point { uris, reasons: None, issuer: None };
        for part in rest {
            match part.tag {
                REASONS => found.reasons = part.content.get(1..),
                ISSUER => found.issuer = Some(part.child(ISSUER)?.child(DIRECTORY_NAME)?),
                _ => return None,
            }
        }
        Some(found)
    }
}

pub(super) fn read(reader: &mut Reader<'_>, kind: C509Kind) -> Read<Vec<u8>> {
    if reader.kind(WHAT)? == Kind::Text {
        let uri = read_uri(reader, WHAT)?;
        return Ok(tlv(SEQUENCE, &[&point(&[&uri])]));
    }
    let at = reader.at();
    let count = reader.array(WHAT)?;
    if count == 0 {
        return Err(field(WHAT, "there is none", at));
    }
    let mut points = Vec::new();
    for _ in 0..count {
        reader.array_of(3, WHAT, "an array of name, reasons and issuer")?;
        let uris = read_uris(reader)?;
        let reasons = match reader.kind(WHAT)? {
            Kind::Null => {
                reader.null(WHAT)?;
                Vec::new()
            }
            _ => {
                let bits = reader.uint(WHAT)?.to_be_bytes();
                let octets = number::significant(&bits);
                let unused = octets.last().map_or(0, |last| last.trailing_zeros() as u8);
                tlv(REASONS, &[&[unused], octets])
            }
        };
        let issuer = match reader.kind(WHAT)? {
            Kind::Null => {
                reader.null(WHAT)?;
                Vec::new()
            }
            _ => tlv(ISSUER, &[&tlv(DIRECTORY_NAME, &[&name::read(reader, kind)?])]),
        };
        points.extend(point(&[&uris, &reasons, &issuer]));
    }
    Ok(tlv(SEQUENCE, &[&points]))
}

fn read_uris(reader: &mut Reader<'_>) -> Read<Vec<u8>> {
    if reader.kind(WHAT)? == Kind::Text {
        return read_uri(reader, WHAT);
    }
    let at = reader.at();
    let count = reader.array(WHAT)?;
    if count < 2 {
        return Err(field(WHAT, "an array of URIs has two at least", at));
    }
    let mut uris = Vec::new();
    for _ in 0..count {
        uris.extend(read_uri(reader, WHAT)?);
    }
    Ok(uris)
}

/// DistributionPoint: the names, then what follows them.
fn point(parts: &[&[u8]]) -> Vec<u8> {
    let (names, rest) = parts.split_first().map(|(names, rest)| (*names, rest.concat())).unwrap_or_default();
    tlv(SEQUENCE, &[&tlv(POINT, &[&tlv(FULL_NAME, &[names])]), &rest])
}
