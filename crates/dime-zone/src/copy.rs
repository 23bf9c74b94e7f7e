//! Copies of zones that another server is the primary of: what came in a transfer (RFC 5936, RFC 1995), kept as our own zones are.
//!
//! A copy is made aside and served by one step ([`Zones::serve_copy`](crate::Zones::serve_copy)): until then nobody sees any of it, and a
//! transfer that ends early or does not fit leaves everything as it was.
//!
//! | module | what |
//! |---|---|
//! | `load` | a whole zone, record by record |
//! | `change` | differences from one serial to the next |
//! | `frame` | what is no DET's: SOA, name servers, delegations, addresses |
//! | `group` | the records of one DET |
//! | `signing` | what is signed beside DETs |
//! | `fault` | why a transfer is refused |
//!
//! The records of a DET become a block and a template, whatever they are: what does not carve stays in the template, so the octets are those
//! that came. A zone that could not be served octet for octet (several records of one type at a DET, other types at the zone's own name, more
//! than one TTL beside the DETs) is refused, with the record that is the reason.
//!
//! Of a signed zone, keys, signatures and the NSEC chain are taken over as they came (`received`); nothing is signed here. A chain that does
//! not lead through all owners is refused, and so is a set without a signature, or a zone that denies by NSEC3.

mod change;
mod fault;
mod frame;
mod group;
mod load;
mod signing;

pub use change::Delta;
pub use fault::CopyError;
pub use frame::read_soa;
pub use load::Loading;

use crate::{
    Name, Record, Serial, Soa,
    snapshot::{FrozenZone, ThawedZone},
    zone::Zone,
};
use drip_det::ZoneCut;

/// A copy of a zone at one serial, not served yet. A copy of the copy shares its contents.
#[derive(Clone)]
pub struct ZoneCopy {
    pub(crate) zone: Zone,
}

impl ZoneCopy {
    /// A copy that was put away in a snapshot.
    pub fn thawed(thawed: ThawedZone) -> Self {
        ZoneCopy { zone: thawed.zone }
    }

    /// Its contents, to put away in a snapshot.
    pub fn frozen(&self) -> FrozenZone {
        FrozenZone::of(&self.zone)
    }

    /// Which zone.
    pub fn cut(&self) -> ZoneCut {
        self.zone.config.cut
    }

    /// Its name.
    pub fn name(&self) -> &Name {
        &self.zone.name
    }

    /// Its serial.
    pub fn serial(&self) -> Serial {
        self.zone.serial()
    }

    /// Its start of authority.
    pub fn soa(&self) -> &Soa {
        &self.zone.config.soa
    }

    /// The SOA as a record.
    pub fn soa_record(&self) -> Record {
        self.zone.soa(self.zone.config.ttl)
    }

    /// How many DETs are in it.
    pub fn dets(&self) -> usize {
        self.zone.det_count()
    }
}
