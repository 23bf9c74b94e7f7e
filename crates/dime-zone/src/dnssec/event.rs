//! What happens to the signing of zones while time goes on.

use crate::{Name, Serial};
use core::fmt;
use drip_det::ZoneCut;

/// Something that happened to the signing of zones, worth a line in the log.
#[derive(Debug)]
pub enum SigningEvent {
    /// Signatures were renewed, or keys came or went.
    Advanced {
        /// The zone.
        zone: Name,
        /// Its serial now.
        serial: Serial,
        /// What changed.
        change: SigningChange,
    },
    /// A zone that was refused for want of keys has them now and is served; what it holds is to be published again.
    Served {
        /// Which zone.
        cut: ZoneCut,
        /// Its name.
        zone: Name,
    },
    /// The zone above has other DS of a zone that is served here.
    DsChanged {
        /// The zone they are for.
        zone: Name,
    },
    /// Something is wrong; a zone that was signed stays signed, with the keys it had.
    Fault {
        /// The zone.
        zone: Name,
        /// What is wrong.
        fault: String,
    },
    /// The clock was set forward, or nobody looked at it, for longer than signatures may go without being renewed.
    Ahead {
        /// By so many seconds.
        seconds: u64,
    },
    /// The clock was set back.
    Back {
        /// By so many seconds.
        seconds: u64,
    },
}

/// Why a zone's contents are others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigningChange {
    /// Some signatures were due.
    Renewed,
    /// A key was published, became active or inactive, or went.
    Keys,
}

impl SigningEvent {
    /// Whether somebody should look at it.
    pub fn is_fault(&self) -> bool {
        !matches!(
            self,
            SigningEvent::Advanced { .. } | SigningEvent::Served { .. } | SigningEvent::DsChanged { .. }
        )
    }
}

impl fmt::Display for SigningEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SigningEvent::Advanced { zone, serial, change: SigningChange::Renewed } => {
                write!(f, "signatures of zone {zone} renewed where due, serial {serial}")
            }
            SigningEvent::Advanced { zone, serial, change: SigningChange::Keys } => {
                write!(f, "zone {zone} signed with other keys, serial {serial}")
            }
            SigningEvent::Served { zone, .. } => write!(f, "zone {zone} has keys now and is served"),
            SigningEvent::DsChanged { zone } => write!(f, "DS of zone {zone} changed in the zone above"),
            SigningEvent::Fault { zone, fault } => write!(f, "signing of zone {zone}: {fault}"),
            SigningEvent::Ahead { seconds } => {
                write!(
                    f,
                    "the clock went {seconds} s ahead at once: until now answers may have had signatures that are expired"
                )
            }
            SigningEvent::Back { seconds } => {
                write!(
                    f,
                    "the clock went {seconds} s back: signatures made meanwhile are not valid yet, all are made anew"
                )
            }
        }
    }
}
