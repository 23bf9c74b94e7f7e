//! The zones that a catalogue names (RFC 9432, section 4; schema version 2).

use dime_zone::{Name, Record, RecordType, Serial};
use std::collections::BTreeMap;

const TXT: RecordType = RecordType(16);
const PTR: RecordType = RecordType(12);
/// More zones than this are not taken from one catalogue.
const MOST: usize = 1 << 18;

/// Why a catalogue is not followed (section 5.1: then everything stays as it was).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MembersError {
    /// It does not say that it is of version 2.
    #[error("catalogue {0} is not of version 2")]
    Version(Name),
    /// A zone stands there twice.
    #[error("catalogue {catalog} names {zone} twice")]
    Twice {
        /// The catalogue.
        catalog: Name,
        /// The zone.
        zone: Name,
    },
    /// It is too long.
    #[error("catalogue {0} names more zones than are taken")]
    TooMany(Name),
}

/// A catalogue as it came last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Members {
    pub(crate) serial: Option<Serial>,
    /// The zones, in lower case, each with the label that it has in the catalogue: another label is another zone of that name (section 5.4).
    pub(crate) zones: BTreeMap<String, Member>,
}

/// One zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) zone: Name,
    pub(crate) label: Vec<u8>,
}

impl Members {
    /// Reads the records of a catalogue.
    pub(crate) fn of(catalog: &Name, serial: Serial, records: &[Record]) -> Result<Self, MembersError> {
        let below = |owner: &Name| -> Option<Vec<Vec<u8>>> {
            let own = catalog.labels().count();
            let labels: Vec<Vec<u8>> = owner.labels().map(<[u8]>::to_ascii_lowercase).collect();
            let keep = labels.len().checked_sub(own).filter(|_| owner.is_within(catalog))?;
            Some(labels.into_iter().take(keep).collect())
        };
        let mut versions = records.iter().filter(|record| {
            let labels = below(&record.owner);
            record.record_type == TXT && labels.as_deref() == Some(&[b"version".to_vec()])
        });
        match (versions.next(), versions.next()) {
            (Some(version), None) if version.rdata == b"\x012" => {}
            _ => return Err(MembersError::Version(catalog.clone())),
        }
        let mut zones = BTreeMap::new();
        for record in records.iter().filter(|record| record.record_type == PTR) {
            let Some(labels) = below(&record.owner) else { continue };
            let [label, zones_label] = labels.as_slice() else { continue };
            if zones_label != b"zones" {
                continue;
            }
            let Some(zone) = name_of(&record.rdata) else { continue };
            let key = zone.to_string().to_ascii_lowercase();
            let member = Member { zone: zone.clone(), label: label.clone() };
            if zones.insert(key, member).is_some() {
                return Err(MembersError::Twice { catalog: catalog.clone(), zone });
            }
            if zones.len() > MOST {
                return Err(MembersError::TooMany(catalog.clone()));
            }
        }
        Ok(Members { serial: Some(serial), zones })
    }
}

fn name_of(rdata: &[u8]) -> Option<Name> {
    let (name, end) = crate::walk::name_at(rdata, 0)?;
    (end == rdata.len()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(owner: &str, record_type: RecordType, rdata: &[u8]) -> Record {
        Record { owner: owner.parse().unwrap(), record_type, ttl: 0, rdata: rdata.to_vec() }
    }

    fn ptr(owner: &str, zone: &str) -> Record {
        record(owner, PTR, zone.parse::<Name>().unwrap().wire())
    }

    #[test]
    fn members_and_what_is_none() {
        let catalog: Name = "cat.example.".parse().unwrap();
        let version = record("VERSION.cat.example.", TXT, b"\x012");
        let good = [
            version.clone(),
            ptr("a.zones.cat.example.", "X.example."),
            ptr("b.Zones.cat.Example.", "y.example."),
            ptr("c.other.cat.example.", "z.example."),
            ptr("coo.a.zones.cat.example.", "elsewhere.example."),
            ptr("a.zones.elsewhere.example.", "w.example."),
            record("group.b.zones.cat.example.", TXT, b"\x01g"),
        ];
        let members = Members::of(&catalog, Serial(1), &good).unwrap();
        assert_eq!(members.zones.keys().collect::<Vec<_>>(), ["x.example.", "y.example."]);
        assert_eq!(members.zones["y.example."].label, b"b");
        let twice = [version.clone(), ptr("a.zones.cat.example.", "x."), ptr("b.zones.cat.example.", "X.")];
        assert!(matches!(Members::of(&catalog, Serial(1), &twice), Err(MembersError::Twice { .. })));
        for bad in [
            vec![],
            vec![record("version.cat.example.", TXT, b"\x013")],
            vec![version.clone(), version],
            vec![record("version.zones.cat.example.", TXT, b"\x012")],
        ] {
            assert_eq!(Members::of(&catalog, Serial(1), &bad), Err(MembersError::Version(catalog.clone())));
        }
    }
}
