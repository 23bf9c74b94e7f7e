//! What each peer has of each zone, as far as its transfers tell.

use dime_zone::{Name, Serial};
use drip_det::UnixTime;
use parking_lot::Mutex;
use std::collections::BTreeMap;

/// The serials that peers last took, or said that they have.
#[derive(Debug, Default)]
pub struct Fetched(Mutex<BTreeMap<(String, Vec<u8>), Fetch>>);

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// What the peer is called in the configuration.
    pub peer: String,
    /// The zone.
    pub zone: Name,
    /// The serial.
    pub serial: Serial,
    /// When it asked.
    pub at: UnixTime,
}

impl Fetched {
    /// Takes note of a serial that was given to a peer.
    pub(crate) fn note(&self, fetch: Fetch) {
        let key = (fetch.peer.clone(), fetch.zone.wire().to_ascii_lowercase());
        self.0.lock().insert(key, fetch);
    }

    /// What all peers have of a zone, by name.
    pub fn of(&self, zone: &Name) -> Vec<Fetch> {
        self.0.lock().values().filter(|fetch| fetch.zone.is_same(zone)).cloned().collect()
    }
}
