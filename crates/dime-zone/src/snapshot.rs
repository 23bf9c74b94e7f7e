//! A zone in a file, from which it is served again without looking at the registrations that made it.
//!
//! A snapshot is of one moment and is made from an unchanging copy ([`Zones::freeze`](crate::Zones::freeze)), while the zone changes on.
//! It keeps what the zone itself keeps: templates, and of every DET its block; so reading is copying. Signatures and keys of ours are not in
//! it: a zone is signed with the keys that there are when it is [served again](crate::Zones::thaw). What a primary has signed is.
//!
//! A snapshot is never believed for being there: every octet is under a checksum, and what does not fit is an error, after which the zone is
//! made from the feed. That it is of *this* registry, and how much of the feed is in it, is for its owner to know.

#[cfg(any(test, feature = "battery"))]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
pub mod battery;
mod file;
mod head;
mod read;
pub mod shelf;
mod signed;
mod write;

pub use write::Written;

use crate::{Name, ZoneConfig, ZoneError, sequence::Sequence, template::Table, zone::Zone};
use drip_cbor::CborError;
use drip_det::ZoneCut;
use head::Head;
use shelf::Reading;
use signed::SignedHead;
use std::io;

/// Why a file is no snapshot to serve a zone from.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The disk failed.
    #[error("it cannot be read")]
    Unreadable {
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is of another version, or no snapshot at all.
    #[error("it is of another version, or none")]
    Version,
    /// Something in it is not what was written.
    #[error("it is damaged: {what}")]
    Damaged {
        /// What.
        what: &'static str,
    },
    /// What it says of its zone cannot be read.
    #[error("it is damaged: its head")]
    Head {
        /// Why.
        #[source]
        source: CborError,
    },
    /// There can be no such zone.
    #[error(transparent)]
    Zone(#[from] ZoneError),
}

/// Whether a zone is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    Served,
    /// It must be signed, and could not be: it has no contents.
    Refused,
}

/// A zone as it was at one moment.
pub struct FrozenZone {
    name: Name,
    head: Head,
    dets: Sequence,
    /// What its primary has signed of the DETs, and of cuts.
    seals: Option<Sequence>,
    standing: Standing,
}

/// A zone out of a snapshot, not served yet.
pub struct ThawedZone {
    pub(crate) zone: Zone,
    pub(crate) standing: Standing,
}

impl FrozenZone {
    pub(crate) fn of(zone: &Zone) -> Self {
        let frame = zone.frame();
        let templates =
            frame.templates.into_iter().map(|(number, template)| (number, (*template).clone())).collect();
        let signed = SignedHead::of(zone);
        let seals = signed.is_some().then(|| zone.signatures().clone());
        let head = Head { config: frame.config, change: frame.change, cuts: frame.cuts, templates, signed };
        FrozenZone {
            name: zone.name.clone(),
            head,
            dets: zone.sequence().clone(),
            seals,
            standing: Standing::Served,
        }
    }

    pub(crate) fn refused(config: ZoneConfig) -> Self {
        let name = Name::of_nibbles(config.cut.prefix(), config.cut.prefix_bits() / 4);
        let (cuts, templates) = (Vec::new(), Vec::new());
        let head = Head { change: config.serial, config, cuts, templates, signed: None };
        FrozenZone { name, head, dets: Sequence::default(), seals: None, standing: Standing::Refused }
    }

    /// Which zone.
    pub fn cut(&self) -> ZoneCut {
        self.head.config.cut
    }

    /// Its name.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Whether it was served.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// How many DETs it has.
    pub fn len(&self) -> usize {
        self.dets.len()
    }

    /// Whether it has no DETs.
    pub fn is_empty(&self) -> bool {
        self.dets.len() == 0
    }

    /// Writes the file.
    pub fn write(&self, out: &mut dyn io::Write) -> io::Result<Written> {
        write::write(out, &self.head, &self.dets, self.seals.as_ref())
    }
}

impl ThawedZone {
    /// Reads a file, on all cores. Returns the checksum by which it is known from others, too.
    pub fn read(file: &dyn Reading, standing: Standing) -> Result<(Self, u32), SnapshotError> {
        let build = |blocks: read::Numbered<'_>, seals: read::Numbered<'_>| {
            (Sequence::of_ordered(&blocks), Sequence::of_ordered(&seals))
        };
        let contents = read::read(file, &build)?;
        let Head { config, change, cuts, templates, signed } = contents.head;
        let table = Table::of(templates, &contents.uses);
        let table = table.ok_or(SnapshotError::Damaged { what: "its templates" })?;
        let (dets, seals): (Vec<_>, Vec<_>) = contents.parts.into_iter().unzip();
        let mut zone = Zone::of(config, change, cuts, table, Sequence::joined(dets))?;
        zone.holds_its_own()?;
        if let Some(signed) = signed {
            zone.set_signatures(Sequence::joined(seals));
            signed.put(&mut zone);
            zone.check_received().map_err(|_| SnapshotError::Damaged { what: "what is signed in it" })?;
        }
        Ok((ThawedZone { zone, standing }, contents.checksum))
    }

    /// Which zone.
    pub fn cut(&self) -> ZoneCut {
        self.zone.config.cut
    }

    /// How many DETs it has.
    pub fn len(&self) -> usize {
        self.zone.det_count()
    }

    /// Whether it has no DETs.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
