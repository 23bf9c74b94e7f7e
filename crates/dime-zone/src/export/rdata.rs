//! The text of RDATA (RFC 1035, section 5; RFC 4034; RFC 3597 for types that others do not know).

use super::{ExportForm, type_text};
use crate::{Ds, Name, RecordType, dnssec::compact_time};
use base64::{Engine, prelude::BASE64_STANDARD};
use drip_det::UnixTime;
use drip_wire::rdata::{Brid, CertRecord, Hhit, Hip, Tlsa, Uri, generic};
use std::{
    fmt::Write as _,
    net::{Ipv4Addr, Ipv6Addr},
};

/// The text of RDATA; what does not decode as its type is written generically, which any reader takes.
pub(super) fn rdata_text(record_type: RecordType, rdata: &[u8], form: ExportForm) -> String {
    let native = match (record_type, form) {
        (RecordType::HHIT, ExportForm::Native) => Hhit::decode(rdata).ok().map(|hhit| hhit.presentation()),
        (RecordType::BRID, ExportForm::Native) => Brid::decode(rdata).ok().map(|brid| brid.presentation()),
        (RecordType::HIP, ExportForm::Native) => Hip::decode(rdata).ok().map(|hip| hip.presentation()),
        (RecordType::CERT, _) => CertRecord::decode(rdata).ok().map(|cert| cert.presentation()),
        (RecordType::TLSA, _) => Tlsa::decode(rdata).ok().map(|tlsa| tlsa.presentation()),
        (RecordType::URI, _) => Uri::decode(rdata).ok().map(|uri| uri.presentation()),
        (RecordType::A, _) => rdata.try_into().ok().map(|octets: [u8; 4]| Ipv4Addr::from(octets).to_string()),
        (RecordType::AAAA, _) => {
            rdata.try_into().ok().map(|octets: [u8; 16]| Ipv6Addr::from(octets).to_string())
        }
        (RecordType::NS, _) => names(rdata).next().map(|name| name.to_string()),
        (RecordType::SOA, _) => soa_text(rdata),
        (RecordType::DS | RecordType::CDS, _) => ds_text(rdata),
        (RecordType::DNSKEY | RecordType::CDNSKEY, _) => dnskey_text(rdata),
        (RecordType::RRSIG, _) => rrsig_text(rdata, form),
        (RecordType::NSEC, _) => nsec_text(rdata, form),
        _ => None,
    };
    native.unwrap_or_else(|| generic(rdata))
}

fn ds_text(rdata: &[u8]) -> Option<String> {
    let (&[tag_high, tag_low, algorithm, digest_type], digest) = rdata.split_first_chunk()?;
    let key_tag = u16::from_be_bytes([tag_high, tag_low]);
    Some(Ds { key_tag, algorithm, digest_type, digest: digest.to_vec() }.to_string())
}

fn dnskey_text(rdata: &[u8]) -> Option<String> {
    let (&[high, low, protocol, algorithm], key) = rdata.split_first_chunk()?;
    let flags = u16::from_be_bytes([high, low]);
    Some(format!("{flags} {protocol} {algorithm} {}", BASE64_STANDARD.encode(key)))
}

fn rrsig_text(rdata: &[u8], form: ExportForm) -> Option<String> {
    let (head, rest) = rdata.split_first_chunk::<18>()?;
    let [type_high, type_low, algorithm, labels, numbers @ ..] = *head;
    let [ttl, expiration, inception] = [0, 4, 8].map(|at: usize| {
        let octets = numbers.get(at..at + 4).and_then(|octets| octets.try_into().ok());
        octets.map_or(0, u32::from_be_bytes)
    });
    let [.., tag_high, tag_low] = numbers;
    let signer = names(rest).next()?;
    let signature = rest.get(signer.wire().len()..)?;
    Some(format!(
        "{} {algorithm} {labels} {ttl} {} {} {} {signer} {}",
        type_text(RecordType(u16::from_be_bytes([type_high, type_low])), form),
        compact_time(UnixTime(expiration.into())),
        compact_time(UnixTime(inception.into())),
        u16::from_be_bytes([tag_high, tag_low]),
        BASE64_STANDARD.encode(signature),
    ))
}

fn nsec_text(rdata: &[u8], form: ExportForm) -> Option<String> {
    let next = names(rdata).next()?;
    let mut text = next.to_string();
    let mut rest = rdata.get(next.wire().len()..)?;
    while let Some((&[window, length], after)) = rest.split_first_chunk() {
        let (bitmap, after) = after.split_at_checked(usize::from(length))?;
        rest = after;
        let bits = bitmap.iter().enumerate().flat_map(|(index, octet)| {
            (0..8).filter(move |bit| octet & (0x80 >> bit) != 0).map(move |bit| 8 * index as u16 + bit)
        });
        for bit in bits {
            text.push(' ');
            text.push_str(&type_text(RecordType(u16::from(window) << 8 | bit), form));
        }
    }
    Some(text)
}

fn soa_text(rdata: &[u8]) -> Option<String> {
    let mut names = names(rdata);
    let (mname, rname) = (names.next()?, names.next()?);
    let numbers = rdata.get(mname.wire().len() + rname.wire().len()..)?;
    let mut text = format!("{mname} {rname}");
    for number in numbers.as_chunks::<4>().0 {
        // Writing to a string cannot fail.
        let _ = write!(text, " {}", u32::from_be_bytes(*number));
    }
    Some(text)
}

/// The uncompressed names at the start of RDATA.
fn names(mut rdata: &[u8]) -> impl Iterator<Item = Name> {
    std::iter::from_fn(move || {
        let mut labels = Vec::new();
        loop {
            let (&length, rest) = rdata.split_first()?;
            let (label, rest) = rest.split_at_checked(usize::from(length))?;
            rdata = rest;
            if label.is_empty() {
                return Name::from_labels(labels).ok();
            }
            labels.push(label);
        }
    })
}
