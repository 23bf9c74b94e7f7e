//! What kind of aircraft it is (BRID key 0; "UA type" of ASTM F3411).

use crate::{OutOfBounds, WireError, cbor::Reader};
use core::fmt;

const WHAT: &str = "uas_type";
const ALLOWED: &str = "0 to 15";

/// Kind of aircraft, 0 to 15.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct UasType(u8);

impl UasType {
    /// None or not declared.
    pub const NOT_DECLARED: UasType = UasType(0);
    /// Aeroplane.
    pub const AEROPLANE: UasType = UasType(1);
    /// Helicopter or multirotor.
    pub const MULTIROTOR: UasType = UasType(2);

    /// The kind of this number.
    pub const fn new(value: u8) -> Result<Self, OutOfBounds> {
        if value > 15 {
            Err(OutOfBounds { what: WHAT, found: value as u64, allowed: ALLOWED })
        } else {
            Ok(UasType(value))
        }
    }

    /// The number, 0 to 15.
    pub const fn value(self) -> u8 {
        self.0
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let at = reader.at();
        Self::new(reader.octet(WHAT, ALLOWED)?).map_err(|error| error.at(at))
    }
}

impl fmt::Display for UasType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.0 {
            0 => "not declared",
            1 => "aeroplane",
            2 => "helicopter or multirotor",
            3 => "gyroplane",
            4 => "hybrid lift",
            5 => "ornithopter",
            6 => "glider",
            7 => "kite",
            8 => "free balloon",
            9 => "captive balloon",
            10 => "airship",
            11 => "free fall or parachute",
            12 => "rocket",
            13 => "tethered powered aircraft",
            14 => "ground obstacle",
            _ => "other",
        };
        write!(f, "{} ({name})", self.0)
    }
}
