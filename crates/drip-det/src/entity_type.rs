//! HHIT Entity Types: what kind of thing holds a DET (RFC 9886, section 6.2.2).

use crate::{DetClass, Level};
use core::fmt;

/// HHIT Entity Type. Values without a name here are kept as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityType(pub u16);

macro_rules! entity_types {
    ($($(#[$doc:meta])* $constant:ident = $value:literal, $name:literal;)*) => {
        impl EntityType {
            $($(#[$doc])* pub const $constant: EntityType = EntityType($value);)*

            /// The registered name, or that of a DKI role the examples of RFC 9886 use, or `None`.
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some($name),)*
                    _ => None,
                }
            }
        }
    };
}

entity_types! {
    /// Not defined.
    NOT_DEFINED = 0, "not defined";
    /// DRIP Identity Management Entity.
    DIME = 1, "DIME";
    /// DIME, Authorization DET (DKI, not registered).
    DIME_AUTH = 2, "DIME Authorization";
    /// DIME, Issuing DET (DKI, not registered).
    DIME_ISSUE = 3, "DIME Issuing";
    /// Apex.
    APEX = 5, "Apex";
    /// Apex, Authorization DET (DKI, not registered).
    APEX_AUTH = 6, "Apex Authorization";
    /// Apex, Issuing DET (DKI, not registered).
    APEX_ISSUE = 7, "Apex Issuing";
    /// Registered Assigning Authority.
    RAA = 9, "RAA";
    /// RAA, Authorization DET (used by RFC 9886's examples).
    RAA_AUTH = 10, "RAA Authorization";
    /// RAA, Issuing DET (DKI, not registered).
    RAA_ISSUE = 11, "RAA Issuing";
    /// HHIT Domain Authority.
    HDA = 13, "HDA";
    /// HDA, Authorization DET (used by RFC 9886's examples).
    HDA_AUTH = 14, "HDA Authorization";
    /// HDA, Issuing DET (used by RFC 9886's examples).
    HDA_ISSUE = 15, "HDA Issuing";
    /// Uncrewed Aircraft.
    UA = 16, "UA";
    /// Ground Control Station.
    GCS = 17, "GCS";
    /// Uncrewed Aircraft System.
    UAS = 18, "UAS";
    /// Remote Identification module.
    RID_MODULE = 19, "RID module";
    /// Pilot.
    PILOT = 20, "pilot";
    /// Operator.
    OPERATOR = 21, "operator";
    /// Discovery and Synchronization Service.
    DSS = 22, "DSS";
    /// UAS Service Supplier.
    USS = 23, "USS";
    /// Network RID Service Provider.
    NET_RID_SP = 24, "Network RID service provider";
    /// Network RID Display Provider.
    NET_RID_DP = 25, "Network RID display provider";
    /// Supplemental Data Service Provider.
    SDSP = 26, "SDSP";
    /// Crowd Sourced RID Finder.
    FINDER = 27, "crowd sourced RID finder";
}

impl EntityType {
    /// The entity type of a DKI role.
    pub const fn of_authority(level: Level, class: DetClass) -> Self {
        match (level, class) {
            (Level::Apex, DetClass::Authorization) => Self::APEX_AUTH,
            (Level::Apex, DetClass::Issuing) => Self::APEX_ISSUE,
            (Level::Apex, DetClass::Operational) => Self::APEX,
            (Level::Raa, DetClass::Authorization) => Self::RAA_AUTH,
            (Level::Raa, DetClass::Issuing) => Self::RAA_ISSUE,
            (Level::Raa, DetClass::Operational) => Self::RAA,
            (Level::Hda, DetClass::Authorization) => Self::HDA_AUTH,
            (Level::Hda, DetClass::Issuing) => Self::HDA_ISSUE,
            (Level::Hda, DetClass::Operational) => Self::HDA,
        }
    }
}

/// The number, with its name where it has one: `16 (UA)`.
impl fmt::Display for EntityType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{} ({name})", self.0),
            None => write!(f, "{}", self.0),
        }
    }
}
