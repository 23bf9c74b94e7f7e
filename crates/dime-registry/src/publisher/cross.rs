//! Where cross-endorsements are found (draft-ietf-drip-dki, section 5, leaves it open: "one potential is a DNS HHIT RR within the
//! endorsing RAA's zone"; RFC 9886 has since put endorsements into BRID).
//!
//! Our way: they stand in the BRID of the Authorization DET that gave them, after the endorsement of itself, ascending by who is endorsed.
//! So they are in the endorsing RAA's zone, under a name that everybody knows who trusts that RAA, and are signed with that zone. They
//! are there until they are withdrawn; one whose time is over counts no more wherever it stands.

use super::Publisher;
use crate::trust::CROSS;
use dime_store::{Document, Ownership};
use dime_zone::Serial;
use drip_det::Det;
use drip_wire::Endorsement;
use std::collections::BTreeMap;

/// The most that one BRID shows: 36 KiB of the 64 that a message can have. A bridge with more members would have to say where the rest is.
const MOST_SHOWN: usize = 256;

/// Cross-endorsements by parent and child.
#[derive(Default)]
pub(super) struct Crossing(pub(super) BTreeMap<(Det, Det), Endorsement>);

impl Crossing {
    /// Those that a DET gave, by child.
    pub(super) fn given_by(&self, parent: Det) -> impl Iterator<Item = Endorsement> {
        let given = self.0.iter().filter(move |((by, _), _)| *by == parent);
        given.map(|(_, endorsement)| *endorsement).take(MOST_SHOWN)
    }

    fn count_by(&self, parent: Det) -> usize {
        self.0.keys().filter(|(by, _)| *by == parent).count()
    }
}

impl Publisher {
    /// A document: where it is a cross-endorsement, who gave it shows it, or shows it no more.
    pub(super) fn put_document(&self, document: &Document, serial: Serial) {
        let Some((parent, child)) = parties(&document.name) else { return };
        {
            let mut crossing = self.crossing.lock();
            match Endorsement::decode(&document.octets) {
                Ok(endorsement) => crossing.0.insert((parent, child), endorsement),
                // Withdrawn: without octets.
                Err(_) => crossing.0.remove(&(parent, child)),
            };
            let given = crossing.count_by(parent);
            if given > MOST_SHOWN {
                tracing::error!(%parent, given, "the DNS shows the first {MOST_SHOWN} cross-endorsements only");
            }
        }
        if let Some(authority) = self.authorities.find(parent).filter(|known| known.own == Ownership::Own) {
            self.show_authority(&authority, serial);
        }
    }
}

/// Who endorses and who is endorsed, of a document's name.
fn parties(name: &str) -> Option<(Det, Det)> {
    let (parent, child) = name.strip_prefix(CROSS)?.split_once('/')?;
    Some((parent.parse().ok()?, child.parse().ok()?))
}
