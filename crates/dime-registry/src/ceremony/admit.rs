//! Whether objects make an authority: its endorsement and certificates, held against each other and against its parent
//! (draft-ietf-drip-dki, sections 2, 3 and 7).
//!
//! | parent | child | |
//! |---|---|---|
//! | itself | Authorization | Apex, or an RAA without one |
//! | Apex Authorization | RAA Authorization | R/0 |
//! | RAA Authorization | HDA Authorization | R/H below its own R |
//! | Authorization | Issuing | at the same place |

use crate::{Lifetimes, Overlong, validity::Window};
use dime_sign::ceremony::AuthorityObjects;
use drip_cert::lite::LiteCertificate;
use drip_det::{Det, DetClass, Hda, Hid, HostIdentity, Level, UnixTime};
use drip_wire::{Endorsement, EndorsementError, WireError};

/// Why objects make no authority.
#[derive(Debug, thiserror::Error)]
pub enum ObjectFault {
    /// The endorsement is none.
    #[error("the endorsement cannot be read: {0}")]
    Endorsement(#[source] WireError),
    /// The endorsement is of another DET or key.
    #[error("the endorsement is of {0}")]
    OtherChild(Det),
    /// The endorsement or certificate is by another parent.
    #[error("the {what} is by {found}, not by {expected}")]
    OtherParent {
        /// Which object.
        what: &'static str,
        /// Who made it.
        found: Det,
        /// Who should have.
        expected: Det,
    },
    /// The parent did not sign the endorsement.
    #[error("{0}")]
    EndorsementSignature(#[source] EndorsementError),
    /// The Lite certificate is none.
    #[error("the Lite certificate cannot be read: {0}")]
    Certificate(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The parent did not sign the Lite certificate.
    #[error("{0}")]
    CertificateSignature(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The Lite certificate is of another DET or key.
    #[error("the Lite certificate is of {0}")]
    OtherSubject(Det),
    /// The Lite certificate is of another role.
    #[error("the Lite certificate is of {found}, not of an {level} {class} DET")]
    Role {
        /// What the certificate says.
        found: String,
        /// The level it should be of.
        level: Level,
        /// The class it should be of.
        class: DetClass,
    },
    /// The parent may not vouch for such a child.
    #[error("an {parent_level} at {parent_hid} may not vouch for the {class} DET of an {level} at {hid}")]
    NotPermitted {
        /// The parent's level.
        parent_level: Level,
        /// The parent's place.
        parent_hid: Hid,
        /// The child's level.
        level: Level,
        /// The child's class.
        class: DetClass,
        /// The child's place.
        hid: Hid,
    },
    /// It has ended.
    #[error("it ended at {0}")]
    Ended(UnixTime),
    /// It would last longer than its parent.
    #[error("it ends at {not_after}, after its parent, {parent_not_after}")]
    OutlivesParent {
        /// Its end.
        not_after: UnixTime,
        /// Its parent's.
        parent_not_after: UnixTime,
    },
    /// It would last longer than ten years.
    #[error("it lasts from {not_before} to {not_after}, more than ten years")]
    Overlong {
        /// Its beginning.
        not_before: UnixTime,
        /// Its end.
        not_after: UnixTime,
    },
    /// Its times leave nothing in which both its endorsement and its certificate are valid.
    #[error("its endorsement and its certificate are never valid together")]
    NoCommonTime,
}

/// An authority's parent, as far as its child is concerned.
#[derive(Clone, Copy)]
pub(crate) struct Parent {
    pub(crate) det: Det,
    pub(crate) hi: HostIdentity,
    pub(crate) level: Level,
    /// `None` for a trust anchor that is admitted together with its own endorsement.
    pub(crate) not_after: Option<UnixTime>,
}

/// What was found of objects that make an authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// Since when both endorsement and certificate are valid.
    pub not_before: UnixTime,
    /// Until when both are.
    pub not_after: UnixTime,
}

/// Checks an authority's objects against its parent.
pub(crate) fn admit(
    objects: &AuthorityObjects,
    parent: &Parent,
    overlong: Overlong,
    now: UnixTime,
) -> Result<Admitted, ObjectFault> {
    permitted(objects, parent)?;
    let endorsed = endorsement(objects, parent)?;
    let certified = certificate(objects, parent)?;
    let not_before = endorsed.not_before.max(certified.not_before);
    let not_after = endorsed.not_after.min(certified.not_after);
    if not_before > not_after {
        return Err(ObjectFault::NoCommonTime);
    }
    if not_after < now {
        return Err(ObjectFault::Ended(not_after));
    }
    if not_after.0 - not_before.0 > Lifetimes::LONGEST && overlong == Overlong::Refused {
        return Err(ObjectFault::Overlong { not_before, not_after });
    }
    match parent.not_after {
        Some(parent_not_after) if not_after > parent_not_after => {
            Err(ObjectFault::OutlivesParent { not_after, parent_not_after })
        }
        _ => Ok(Admitted { not_before, not_after }),
    }
}

fn endorsement(objects: &AuthorityObjects, parent: &Parent) -> Result<Window, ObjectFault> {
    let endorsement = Endorsement::decode(&objects.endorsement).map_err(ObjectFault::Endorsement)?;
    if endorsement.child != objects.det() || endorsement.child_hi != objects.hi {
        return Err(ObjectFault::OtherChild(endorsement.child));
    }
    by("endorsement", endorsement.parent, parent.det)?;
    endorsement.verify(&parent.hi).map_err(ObjectFault::EndorsementSignature)?;
    Ok(Window { not_before: endorsement.vnb.to_unix(), not_after: endorsement.vna.to_unix() })
}

fn certificate(objects: &AuthorityObjects, parent: &Parent) -> Result<Window, ObjectFault> {
    let certificate =
        LiteCertificate::parse(&objects.lite).map_err(|error| ObjectFault::Certificate(Box::new(error)))?;
    let tbs = certificate.tbs();
    by("Lite certificate", tbs.issuer, parent.det)?;
    certificate.verify(&parent.hi).map_err(|error| ObjectFault::CertificateSignature(Box::new(error)))?;
    if tbs.det != objects.det() || tbs.hi != objects.hi {
        return Err(ObjectFault::OtherSubject(tbs.det));
    }
    if tbs.subject.role() != Some((objects.level, objects.class)) {
        let found = tbs.subject.common_name().unwrap_or_else(|| "an end entity".to_owned());
        return Err(ObjectFault::Role { found, level: objects.level, class: objects.class });
    }
    Ok(Window { not_before: tbs.not_before.to_unix(), not_after: tbs.not_after.to_unix() })
}

fn by(what: &'static str, found: Det, expected: Det) -> Result<(), ObjectFault> {
    if found == expected { Ok(()) } else { Err(ObjectFault::OtherParent { what, found, expected }) }
}

fn permitted(objects: &AuthorityObjects, parent: &Parent) -> Result<(), ObjectFault> {
    let (above, place) = (parent.det.hid(), objects.hid);
    let itself = parent.det == objects.det();
    let allowed = level_at(place, objects.class) == Some(objects.level)
        && match (objects.class, parent.level, objects.level) {
            (DetClass::Authorization, ..) if itself => objects.level != Level::Hda,
            (DetClass::Authorization, Level::Apex, Level::Raa) => true,
            (DetClass::Authorization, Level::Raa, Level::Hda) => above.raa == place.raa,
            (DetClass::Issuing, one, other) => {
                one == other && !itself && (above == place || (one == Level::Raa && above.raa == place.raa))
            }
            _ => false,
        };
    if allowed {
        return Ok(());
    }
    Err(ObjectFault::NotPermitted {
        parent_level: parent.level,
        parent_hid: above,
        level: objects.level,
        class: objects.class,
        hid: place,
    })
}

/// The level whose DETs of a class sit at a place. Authorization DETs of an RAA sit at R/0 only.
pub(crate) fn level_at(place: Hid, class: DetClass) -> Option<Level> {
    match (place.raa.value(), place.hda) {
        (0, Hda::OF_RAA) => Some(Level::Apex),
        (0, _) => None,
        (_, Hda::OF_RAA) => Some(Level::Raa),
        (_, hda) if hda.is_reserved_to_raa() => (class != DetClass::Authorization).then_some(Level::Raa),
        _ => Some(Level::Hda),
    }
}
