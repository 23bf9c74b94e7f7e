//! The subject: empty for end entities, and for authorities a name made of level, class and place.
//!
//! | level | name |
//! |---|---|
//! | Apex | `DRIP-APEX-A`, `DRIP-APEX-I` |
//! | RAA | `DRIP-RAA-A-16376`, in RFC 9886's examples `DRIP-RAA-A-16376-0` |
//! | HDA | `DRIP-HDA-A-16376-10`, `DRIP-HDA-I-16376-10` |

use super::{CertError, common_name};
use alloc::{
    format,
    string::{String, ToString},
};
use drip_det::{Det, DetClass, Hid, Level};
use x509_cert::name::Name;

/// The subject of a Lite or Full certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An end entity: the DET alone identifies it.
    Empty,
    /// An authority.
    Ca {
        /// Its level.
        level: Level,
        /// Authorization or Issuing.
        class: DetClass,
        /// Its place: that of its DET.
        hid: Hid,
    },
    /// An RAA's authority, named with the HDA number as RFC 9886's examples do. Read, and kept as it was.
    RaaWithHda {
        /// Authorization or Issuing.
        class: DetClass,
        /// Its place.
        hid: Hid,
    },
}

impl Subject {
    /// Whether the certificate is an authority's.
    pub const fn is_authority(&self) -> bool {
        !matches!(self, Subject::Empty)
    }

    /// Level and class of an authority.
    pub const fn role(&self) -> Option<(Level, DetClass)> {
        match *self {
            Subject::Empty => None,
            Subject::Ca { level, class, .. } => Some((level, class)),
            Subject::RaaWithHda { class, .. } => Some((Level::Raa, class)),
        }
    }

    /// The common name, if there is one.
    pub fn common_name(&self) -> Option<String> {
        Some(match *self {
            Subject::Empty => return None,
            Subject::Ca { level: Level::Apex, class, .. } => format!("DRIP-APEX-{}", letter(class)),
            Subject::Ca { level: Level::Raa, class, hid } => {
                format!("DRIP-RAA-{}-{}", letter(class), hid.raa)
            }
            Subject::Ca { level: Level::Hda, class, hid } => {
                format!("DRIP-HDA-{}-{}-{}", letter(class), hid.raa, hid.hda)
            }
            Subject::RaaWithHda { class, hid } => {
                format!("DRIP-RAA-{}-{}-{}", letter(class), hid.raa, hid.hda)
            }
        })
    }

    /// The authority of this name that has this DET, or `None` when the name is not of this form or speaks of another place.
    fn of_common_name(name: &str, det: Det) -> Option<Self> {
        let hid = det.hid();
        [DetClass::Authorization, DetClass::Issuing]
            .into_iter()
            .flat_map(|class| {
                [
                    Subject::Ca { level: Level::Apex, class, hid },
                    Subject::Ca { level: Level::Raa, class, hid },
                    Subject::Ca { level: Level::Hda, class, hid },
                    Subject::RaaWithHda { class, hid },
                ]
            })
            .find(|subject| subject.fits(det) && subject.common_name().as_deref() == Some(name))
    }

    /// Reads a certificate's subject; `det` is the DET that it certifies.
    pub(crate) fn read(name: &Name, det: Det) -> Result<Self, CertError> {
        if name.is_empty() {
            return Ok(Subject::Empty);
        }
        common_name(name)
            .and_then(|text| Subject::of_common_name(&text, det))
            .ok_or_else(|| CertError::SubjectName(name.to_string()))
    }

    /// Whether an authority of this name may have this DET: its class signs, its place is the DET's, and its level is that of the place.
    pub(crate) fn fits(&self, det: Det) -> bool {
        let (class, hid, level) = match *self {
            Subject::Empty => return true,
            Subject::Ca { level, class, hid } => (class, hid, level),
            Subject::RaaWithHda { class, hid } => (class, hid, Level::Raa),
        };
        let at_level = match level {
            Level::Apex => hid.to_bits() == 0,
            Level::Raa => hid.raa.value() != 0 && hid.hda.is_reserved_to_raa(),
            Level::Hda => hid.raa.value() != 0 && !hid.hda.is_reserved_to_raa(),
        };
        class != DetClass::Operational && hid == det.hid() && at_level
    }
}

fn letter(class: DetClass) -> char {
    match class {
        DetClass::Authorization => 'A',
        DetClass::Issuing => 'I',
        // Refused by `fits` before any certificate carries it.
        DetClass::Operational => 'O',
    }
}
