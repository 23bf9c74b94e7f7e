//! The catalogue zone: a zone whose contents are the names of the others, so that secondaries learn of zones as they come and go
//! (RFC 9432, schema version 2).
//!
//! | owner | type | content |
//! |---|---|---|
//! | the catalogue | SOA | serial: advances when a zone comes or goes |
//! | the catalogue | NS | `invalid.` (section 4.1) |
//! | `version` | TXT | `"2"` |
//! | *label*`.zones` | PTR | the zone's name |
//!
//! A label is made from the zone's name alone: a zone that goes and comes again has the label it had, and no two have the same.

use dime_zone::{Name, Record, RecordType, Serial};
use drip_det::UnixTime;
use parking_lot::{Mutex, MutexGuard};
use sha2::{Digest, Sha256};

const TXT: RecordType = RecordType(16);
const PTR: RecordType = RecordType(12);
/// REFRESH, RETRY, EXPIRE, MINIMUM. NOTIFY brings changes; this is for when that is lost.
const TIMES: [u32; 4] = [60, 10, 2_419_200, 0];
/// Nobody resolves these names (section 4.1).
const TTL: u32 = 0;

/// A catalogue, its members as they were seen last.
#[derive(Debug)]
pub(crate) struct Catalog {
    name: Name,
    state: Mutex<State>,
}

#[derive(Clone, Debug)]
struct State {
    serial: Serial,
    members: Vec<Name>,
}

impl Catalog {
    /// An empty catalogue. Its serials are those of the clock, so that they do not go back when the server starts anew.
    pub(crate) fn new(name: Name, now: UnixTime) -> Self {
        Catalog { name, state: Mutex::new(State { serial: Serial(now.0 as u32), members: Vec::new() }) }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &Name {
        &self.name
    }

    /// Its serial.
    pub(crate) fn serial(&self) -> Serial {
        self.state().serial
    }

    /// Takes note of the zones there are.
    pub(crate) fn follow(&self, zones: impl IntoIterator<Item = Name>, now: UnixTime) {
        let mut members: Vec<Name> = zones.into_iter().collect();
        members.sort_by(Name::canonical_cmp);
        members.dedup_by(|a, b| a.is_same(b));
        let mut state = self.state();
        if state.members != members {
            let clock = Serial(now.0 as u32);
            state.serial = if clock.is_newer_than(state.serial) { clock } else { state.serial.next() };
            state.members = members;
        }
    }

    /// The SOA, and the other records.
    pub(crate) fn contents(&self) -> (Record, Vec<Record>) {
        let State { serial, members } = self.state().clone();
        let mut all = vec![self.record(&[], RecordType::NS, b"\x07invalid\0".to_vec())];
        all.push(self.record(&[b"version"], TXT, b"\x012".to_vec()));
        let member =
            |zone: &Name| self.record(&[label(zone).as_bytes(), b"zones"], PTR, zone.wire().to_vec());
        all.extend(members.iter().map(member));
        (self.soa(serial), all)
    }

    fn soa(&self, serial: Serial) -> Record {
        let mut rdata = b"\x07invalid\0\x0ahostmaster\x07invalid\0".to_vec();
        for number in [serial.0].into_iter().chain(TIMES) {
            rdata.extend_from_slice(&number.to_be_bytes());
        }
        self.record(&[], RecordType::SOA, rdata)
    }

    fn record(&self, labels: &[&[u8]], record_type: RecordType, rdata: Vec<u8>) -> Record {
        let owner = Name::from_labels(labels.iter().copied().chain(self.name.labels()));
        // `usable` has seen that there is room for labels.
        Record { owner: owner.unwrap_or_else(|_| self.name.clone()), record_type, ttl: TTL, rdata }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

/// A name that no catalogue can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogNameError {
    /// It is a name for DETs and their zones.
    #[error("{0} is a name for a zone of DETs, not for a catalogue of them")]
    Zone(Name),
    /// The names below it would be too long, or it is the root.
    #[error("{0} is too long or too short for a catalogue")]
    Length(Name),
}

/// Checks that a catalogue can have this name.
pub(crate) fn usable(name: &Name) -> Result<(), CatalogNameError> {
    if dime_zone::Position::of(name).is_some_and(|position| position.cuts().next().is_some()) {
        return Err(CatalogNameError::Zone(name.clone()));
    }
    let longest = [&[b'x'; 32][..], b"zones"];
    match Name::from_labels(longest.into_iter().chain(name.labels())) {
        Ok(_) if name.labels().next().is_some() => Ok(()),
        _ => Err(CatalogNameError::Length(name.clone())),
    }
}

/// 32 hexadecimal digits of the digest of a zone's name.
fn label(zone: &Name) -> String {
    let digest = Sha256::digest(zone.wire().to_ascii_lowercase());
    digest.iter().take(16).map(|octet| format!("{octet:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    #[test]
    fn members_come_and_go() {
        let catalog = Catalog::new(name("catalog.dime.example."), UnixTime(1000));
        let (a, b) = (name("0.e.f.f.3.0.0.1.0.0.2.ip6.arpa."), name("1.e.f.f.3.0.0.1.0.0.2.ip6.arpa."));
        catalog.follow([b.clone(), a.clone()], UnixTime(1000));
        assert_eq!(catalog.serial(), Serial(1001), "later than the empty one in the same second");
        let (soa, records) = catalog.contents();
        assert_eq!(soa.rdata[soa.rdata.len() - 20..][..4], 1001_u32.to_be_bytes());
        let owners: Vec<String> = records.iter().map(|record| record.owner.to_string()).collect();
        assert_eq!(owners[..2], ["catalog.dime.example.", "version.catalog.dime.example."]);
        assert_eq!(records[2].owner, name(&format!("{}.zones.catalog.dime.example.", label(&a))));
        assert_eq!((records[2].record_type, records[2].rdata.as_slice()), (PTR, a.wire()));
        catalog.follow([a.clone(), b], UnixTime(2000));
        assert_eq!(catalog.serial(), Serial(1001), "the same zones in another order");
        catalog.follow([a], UnixTime(2000));
        assert_eq!((catalog.serial(), catalog.contents().1.len()), (Serial(2000), 3));
        catalog.follow([], UnixTime(1500));
        assert_eq!(catalog.serial(), Serial(2001), "a clock that was set back");
    }

    #[test]
    fn names_for_a_catalogue() {
        assert_eq!(usable(&name("catalog.")), Ok(()));
        assert!(matches!(usable(&Name::root()), Err(CatalogNameError::Length(_))));
        assert!(matches!(usable(&name(&"abc.".repeat(60))), Err(CatalogNameError::Length(_))));
        assert!(matches!(usable(&name("x.3.0.0.1.0.0.2.ip6.arpa.")), Err(CatalogNameError::Zone(_))));
    }
}
