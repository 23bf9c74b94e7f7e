//! The three classes of DETs as types, so that a key of one class cannot stand where another is wanted (draft-ietf-drip-dki, section 2).

use drip_det::DetClass;

mod sealed {
    pub trait Sealed {}
}

/// The class of a signer's key: [`Authorization`], [`Issuing`] or [`Operational`], and no other.
pub trait KeyClass: sealed::Sealed + Send + Sync + 'static {
    /// The class as a value.
    const CLASS: DetClass;
}

/// Signs itself, the Issuing DETs of its level and the Authorization DETs of the level below; never online.
#[derive(Clone, Copy, Debug)]
pub enum Authorization {}

/// Signs Operational DETs, online.
#[derive(Clone, Copy, Debug)]
pub enum Issuing {}

/// Signs for its holder: no DKI object, but an operator's attestation for its own aircraft and flights.
#[derive(Clone, Copy, Debug)]
pub enum Operational {}

impl sealed::Sealed for Authorization {}
impl sealed::Sealed for Issuing {}
impl sealed::Sealed for Operational {}

impl KeyClass for Authorization {
    const CLASS: DetClass = DetClass::Authorization;
}

impl KeyClass for Issuing {
    const CLASS: DetClass = DetClass::Issuing;
}

impl KeyClass for Operational {
    const CLASS: DetClass = DetClass::Operational;
}
