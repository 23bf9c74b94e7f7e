//! What a snapshot says of its zone beside its DETs: configuration, zones below, templates. CBOR.
//!
//! | item | CBOR |
//! |---|---|
//! | head | `[zone, serial, soa, ns, glue, ttl, last change, cuts, templates]`, and `signed` where a primary has signed it |
//! | zone | `[0]` the Apex's; `[1, raa, block]` one of an RAA's; `[2, raa, hda]` an HDA's |
//! | soa | `[mname, rname, refresh, retry, expire, minimum]`; a name is its wire form as a byte string |
//! | glue | array of `[name, [address]]`, an address as 4 or 16 octets |
//! | cuts | array of `[zone, ns, glue, [[key tag, algorithm, digest type, digest]]]` |
//! | templates | array of `[number, ttl, [[type, [segment]]]]`, by number |
//! | signed | `[[[type, ttl, [rdata]]], apex, [[host, octets]], [[prefix, octets]]]`: key sets; seals of the zone's own name, hosts, cuts |
//! | segment | byte string of a literal; `[1, at, length]` stored; `[2]` DET; `[3]` DET in hex; `[4, at]` UTCTime; `[5, at]` GeneralizedTime |

use super::signed::SignedHead;
use crate::{
    Delegation, Ds, Host, Name, Serial, Soa, ZoneConfig,
    template::{RecordTemplate, Segment, Template},
};
use drip_cbor::{CborError, CborFault, Kind, Reader, Writer};
use drip_det::{Hid, Raa, ZoneCut};
use std::net::IpAddr;

type Read<T> = Result<T, CborError>;

/// Everything of a zone but its DETs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) config: ZoneConfig,
    /// The number of the last change.
    pub(super) change: Serial,
    pub(super) cuts: Vec<(ZoneCut, Delegation)>,
    pub(super) templates: Vec<(u32, Template)>,
    /// What its primary has signed beside DETs.
    pub(super) signed: Option<SignedHead>,
}

impl Head {
    pub(super) fn encode(&self) -> Vec<u8> {
        let ZoneConfig { cut, soa, serial, ns, glue, ttl } = &self.config;
        let mut out = Writer::new();
        out.array(9 + usize::from(self.signed.is_some()));
        write_cut(&mut out, *cut);
        out.uint(serial.0.into());
        out.array(6).bytes(soa.mname.wire()).bytes(soa.rname.wire());
        for time in [soa.refresh, soa.retry, soa.expire, soa.minimum] {
            out.uint(time.into());
        }
        write_servers(&mut out, ns, glue);
        out.uint((*ttl).into()).uint(self.change.0.into());
        out.array(self.cuts.len());
        for (cut, delegation) in &self.cuts {
            out.array(4);
            write_cut(&mut out, *cut);
            write_servers(&mut out, &delegation.ns, &delegation.glue);
            out.array(delegation.ds.len());
            for ds in &delegation.ds {
                out.array(4).uint(ds.key_tag.into()).uint(ds.algorithm.into());
                out.uint(ds.digest_type.into()).bytes(&ds.digest);
            }
        }
        out.array(self.templates.len());
        for (number, template) in &self.templates {
            out.array(3).uint((*number).into()).uint(template.ttl.into());
            out.array(template.records.len());
            for record in &template.records {
                out.array(2).uint(record.record_type.into()).array(record.segments.len());
                record.segments.iter().for_each(|segment| write_segment(&mut out, segment));
            }
        }
        if let Some(signed) = &self.signed {
            signed.write(&mut out);
        }
        out.finish()
    }

    pub(super) fn decode(octets: &[u8]) -> Read<Self> {
        let mut from = Reader::new(octets);
        let at = from.at();
        let count = from.array("head")?;
        if count != 9 && count != 10 {
            return Err(CborError {
                fault: CborFault::Expected("an array of nine or ten"),
                what: "head",
                at,
            });
        }
        let cut = read_cut(&mut from)?;
        let serial = Serial(read_u32(&mut from, "serial")?);
        from.array_of(6, "soa", "an array of six")?;
        let (mname, rname) = (read_name(&mut from)?, read_name(&mut from)?);
        let mut time = |what| read_u32(&mut from, what);
        let (refresh, retry) = (time("refresh")?, time("retry")?);
        let (expire, minimum) = (time("expire")?, time("minimum")?);
        let soa = Soa { mname, rname, refresh, retry, expire, minimum };
        let (ns, glue) = read_servers(&mut from)?;
        let ttl = read_u32(&mut from, "ttl")?;
        let config = ZoneConfig { cut, soa, serial, ns, glue, ttl };
        let change = Serial(read_u32(&mut from, "last change")?);
        let cuts = read_list(&mut from, "cuts", |from| {
            from.array_of(4, "cut", "an array of four")?;
            let cut = read_cut(from)?;
            let (ns, glue) = read_servers(from)?;
            let ds = read_list(from, "ds", |from| {
                from.array_of(4, "ds", "an array of four")?;
                let key_tag = read_u16(from, "key tag")?;
                let algorithm = from.octet("algorithm", "0 to 255")?;
                let digest_type = from.octet("digest type", "0 to 255")?;
                Ok(Ds { key_tag, algorithm, digest_type, digest: from.bytes("digest")?.to_vec() })
            })?;
            Ok((cut, Delegation { ns, glue, ds }))
        })?;
        let templates = read_list(&mut from, "templates", |from| {
            from.array_of(3, "template", "an array of three")?;
            let number = read_u32(from, "template number")?;
            let ttl = read_u32(from, "ttl of a template")?;
            let records = read_list(from, "records", |from| {
                from.array_of(2, "record", "an array of two")?;
                let record_type = read_u16(from, "record type")?;
                let segments = read_list(from, "segments", read_segment)?;
                Ok(RecordTemplate { record_type, segments })
            })?;
            Ok((number, Template { ttl, records }))
        })?;
        let signed = if count == 10 { Some(SignedHead::read(&mut from, &config)?) } else { None };
        from.end("head")?;
        Ok(Head { config, change, cuts, templates, signed })
    }
}

fn write_cut(out: &mut Writer, cut: ZoneCut) {
    match cut {
        ZoneCut::Apex => out.array(1).uint(0),
        ZoneCut::Raa { raa, block } => out.array(3).uint(1).uint(raa.value().into()).uint(block.into()),
        ZoneCut::Hda(hid) => out.array(3).uint(2).uint(hid.raa.value().into()).uint(hid.hda.value().into()),
    };
}

fn read_cut(from: &mut Reader<'_>) -> Read<ZoneCut> {
    let at = from.at();
    let wrong = || CborError { fault: CborFault::Expected("a zone"), what: "zone", at };
    let (count, kind) = (from.array("zone")?, from.uint("zone")?);
    match (count, kind) {
        (1, 0) => Ok(ZoneCut::Apex),
        (3, 1) => {
            let raa = Raa::new(read_u16(from, "raa")?).map_err(|_| wrong())?;
            let block = from.octet("block", "0 to 3")?;
            if block > 3 { Err(wrong()) } else { Ok(ZoneCut::Raa { raa, block }) }
        }
        (3, 2) => {
            let (raa, hda) = (read_u16(from, "raa")?, read_u16(from, "hda")?);
            Hid::from_numbers(raa, hda).ok().and_then(ZoneCut::hda_of).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

/// Name servers, and the addresses of some.
fn write_servers(out: &mut Writer, ns: &[Name], glue: &[Host]) {
    out.array(ns.len());
    for name in ns {
        out.bytes(name.wire());
    }
    out.array(glue.len());
    for host in glue {
        out.array(2).bytes(host.name.wire()).array(host.addresses.len());
        for address in &host.addresses {
            match address {
                IpAddr::V4(address) => out.bytes(&address.octets()),
                IpAddr::V6(address) => out.bytes(&address.octets()),
            };
        }
    }
}

fn read_servers(from: &mut Reader<'_>) -> Read<(Vec<Name>, Vec<Host>)> {
    let ns = read_list(from, "ns", read_name)?;
    let glue = read_list(from, "glue", |from| {
        from.array_of(2, "host", "an array of two")?;
        let name = read_name(from)?;
        let addresses = read_list(from, "addresses", |from| {
            let at = from.at();
            let octets = from.bytes("address")?;
            let v4 = <[u8; 4]>::try_from(octets).map(IpAddr::from);
            v4.or_else(|_| <[u8; 16]>::try_from(octets).map(IpAddr::from)).map_err(|_| CborError {
                fault: CborFault::Expected("4 or 16 octets"),
                what: "address",
                at,
            })
        })?;
        Ok(Host { name, addresses })
    })?;
    Ok((ns, glue))
}

fn write_segment(out: &mut Writer, segment: &Segment) {
    match segment {
        Segment::Literal(octets) => out.bytes(octets),
        Segment::Stored { at, length } => out.array(3).uint(1).uint((*at).into()).uint((*length).into()),
        Segment::Det => out.array(1).uint(2),
        Segment::DetHex => out.array(1).uint(3),
        Segment::UtcTime { at } => out.array(2).uint(4).uint((*at).into()),
        Segment::GeneralizedTime { at } => out.array(2).uint(5).uint((*at).into()),
    };
}

fn read_segment(from: &mut Reader<'_>) -> Read<Segment> {
    if from.kind("segment")? == Kind::Bytes {
        return Ok(Segment::Literal(from.bytes("segment")?.into()));
    }
    let at = from.at();
    match (from.array("segment")?, from.uint("segment")?) {
        (3, 1) => {
            let (at, length) = (read_u16(from, "place")?, read_u16(from, "length")?);
            Ok(Segment::Stored { at, length })
        }
        (1, 2) => Ok(Segment::Det),
        (1, 3) => Ok(Segment::DetHex),
        (2, 4) => Ok(Segment::UtcTime { at: read_u16(from, "place")? }),
        (2, 5) => Ok(Segment::GeneralizedTime { at: read_u16(from, "place")? }),
        _ => Err(CborError { fault: CborFault::Expected("a segment"), what: "segment", at }),
    }
}

pub(super) fn read_list<T>(
    from: &mut Reader<'_>,
    what: &'static str,
    mut item: impl FnMut(&mut Reader<'_>) -> Read<T>,
) -> Read<Vec<T>> {
    // A count is believed as far as there are octets for it.
    let count = from.array(what)?;
    let mut items = Vec::with_capacity(count.min(from.rest().len()));
    for _ in 0..count {
        items.push(item(from)?);
    }
    Ok(items)
}

pub(super) fn read_name(from: &mut Reader<'_>) -> Read<Name> {
    let at = from.at();
    let wire = from.bytes("name")?;
    let mut labels = Vec::new();
    let mut rest = wire;
    while let Some((&length, after)) = rest.split_first().filter(|(length, _)| **length != 0) {
        let (label, after) = after.split_at_checked(usize::from(length)).unwrap_or((after, &[]));
        labels.push(label);
        rest = after;
    }
    let name = Name::from_labels(labels).ok().filter(|name| name.wire() == wire);
    name.ok_or(CborError { fault: CborFault::Expected("a domain name"), what: "name", at })
}

pub(super) fn read_u32(from: &mut Reader<'_>, what: &'static str) -> Read<u32> {
    let at = from.at();
    let found = from.uint(what)?;
    let fault = CborFault::OutOfRange { found, allowed: "32 bits" };
    u32::try_from(found).map_err(|_| CborError { fault, what, at })
}

pub(super) fn read_u16(from: &mut Reader<'_>, what: &'static str) -> Read<u16> {
    let at = from.at();
    let found = from.uint(what)?;
    let fault = CborFault::OutOfRange { found, allowed: "16 bits" };
    u16::try_from(found).map_err(|_| CborError { fault, what, at })
}
