//! What the head of a snapshot says of a zone that its primary has signed: keys, and the seals of what is no DET's.

use crate::{Name, RecordType, ZoneConfig, dnssec::Rrset, received::Received, zone::Zone};
use drip_cbor::{CborError, Reader, Writer};
use std::{collections::HashMap, sync::Arc};

use super::head::{read_list, read_name, read_u16, read_u32};

/// What its primary has signed beside DETs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SignedHead {
    received: Received,
    /// The seals of cuts by prefix.
    cuts: Vec<(u128, Vec<u8>)>,
}

impl SignedHead {
    /// What is to be kept of a zone.
    pub(super) fn of(zone: &Zone) -> Option<Self> {
        let received = Received::clone(zone.received.as_deref()?);
        let prefixes = zone.cuts().keys().map(|(prefix, _)| *prefix);
        let seal = |prefix| Some((prefix, zone.signatures().find(prefix)?.to_vec()));
        Some(SignedHead { received, cuts: prefixes.filter_map(seal).collect() })
    }

    /// Puts it into a zone, whose DETs have their seals already.
    pub(super) fn put(self, zone: &mut Zone) {
        for (prefix, seal) in &self.cuts {
            zone.insert_signatures(*prefix, seal);
        }
        zone.received = Some(Arc::new(self.received));
    }

    pub(super) fn write(&self, out: &mut Writer) {
        let Received { keys, apex, hosts } = &self.received;
        out.array(4).array(keys.len());
        for set in keys {
            out.array(3).uint(set.record_type.0.into()).uint(set.ttl.into()).array(set.rdata.len());
            for rdata in &set.rdata {
                out.bytes(rdata);
            }
        }
        out.bytes(apex);
        let mut hosts: Vec<_> = hosts.iter().collect();
        hosts.sort_by(|(one, _), (other, _)| one.canonical_cmp(other));
        out.array(hosts.len());
        for (name, seal) in hosts {
            out.array(2).bytes(name.wire()).bytes(seal);
        }
        out.array(self.cuts.len());
        for (prefix, seal) in &self.cuts {
            out.array(2).bytes(&prefix.to_be_bytes()).bytes(seal);
        }
    }

    pub(super) fn read(from: &mut Reader<'_>, config: &ZoneConfig) -> Result<Self, CborError> {
        let zone = Name::of_nibbles(config.cut.prefix(), config.cut.prefix_bits() / 4);
        from.array_of(4, "signed", "an array of four")?;
        let keys = read_list(from, "keys", |from| {
            from.array_of(3, "key set", "an array of three")?;
            let record_type = RecordType(read_u16(from, "record type")?);
            let ttl = read_u32(from, "ttl of a key set")?;
            let rdata = read_list(from, "rdata", |from| Ok(from.bytes("rdata")?.to_vec()))?;
            Ok(Rrset { owner: zone.clone(), record_type, ttl, rdata })
        })?;
        let apex = from.bytes("apex")?.to_vec();
        let hosts = read_list(from, "hosts", |from| {
            from.array_of(2, "host", "an array of two")?;
            Ok((read_name(from)?, from.bytes("seal")?.to_vec()))
        })?;
        let hosts: HashMap<Name, Vec<u8>> = hosts.into_iter().collect();
        let cuts = read_list(from, "seals of cuts", |from| {
            from.array_of(2, "seal", "an array of two")?;
            let at = from.at();
            let prefix = from.bytes("prefix")?.first_chunk::<16>();
            let prefix = prefix.ok_or(CborError {
                fault: drip_cbor::CborFault::Expected("16 octets"),
                what: "prefix",
                at,
            })?;
            Ok((u128::from_be_bytes(*prefix), from.bytes("seal")?.to_vec()))
        })?;
        Ok(SignedHead { received: Received { keys, apex, hosts: Arc::new(hosts) }, cuts })
    }
}
