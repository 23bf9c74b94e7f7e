//! Levels of the hierarchy and classes of DETs (draft-ietf-drip-dki, section 3).

use core::fmt;

/// Level of the hierarchy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The root above all RAAs, HID 0/0.
    Apex,
    /// An aviation authority.
    Raa,
    /// A domain authority below an RAA.
    Hda,
}

/// What a DET's key may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DetClass {
    /// Signs, offline, the same level's Issuing DETs and the Authorization DETs of the level below.
    Authorization,
    /// Signs Operational DETs, online.
    Issuing,
    /// Signs messages of its own, never another DET.
    Operational,
}

impl Level {
    /// The word in certificate names: `APEX`, `RAA`, `HDA`.
    pub const fn name(self) -> &'static str {
        match self {
            Level::Apex => "APEX",
            Level::Raa => "RAA",
            Level::Hda => "HDA",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl DetClass {
    /// The word: `authorization`, `issuing`, `operational`.
    pub const fn name(self) -> &'static str {
        match self {
            DetClass::Authorization => "authorization",
            DetClass::Issuing => "issuing",
            DetClass::Operational => "operational",
        }
    }
}

impl fmt::Display for DetClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
