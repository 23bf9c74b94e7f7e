//! Where a group of aircraft flies (BRID key 4; System Message of ASTM F3411).

use crate::{
    Float, OutOfBounds, WireError,
    cbor::{Reader, Writer},
};

const WHAT_COUNT: &str = "area count";
const ALLOWED_COUNT: &str = "1 to 255";

/// A cylinder and how many aircraft are in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Area {
    count: u8,
    radius: Float,
    floor: Float,
    ceiling: Float,
}

impl Area {
    /// Aircraft (1 to 255), radius in decametres, floor and ceiling in metres above the WGS 84 ellipsoid.
    pub fn new(count: u8, radius: Float, floor: Float, ceiling: Float) -> Result<Self, OutOfBounds> {
        if count == 0 {
            return Err(OutOfBounds { what: WHAT_COUNT, found: 0, allowed: ALLOWED_COUNT });
        }
        Ok(Area { count, radius, floor, ceiling })
    }

    /// How many aircraft, 1 to 255.
    pub const fn count(self) -> u8 {
        self.count
    }

    /// Radius in decametres.
    pub const fn radius(self) -> Float {
        self.radius
    }

    /// Floor in metres above the WGS 84 ellipsoid.
    pub const fn floor(self) -> Float {
        self.floor
    }

    /// Ceiling in metres above the WGS 84 ellipsoid.
    pub const fn ceiling(self) -> Float {
        self.ceiling
    }

    pub(super) fn is_wide(self) -> bool {
        [self.radius, self.floor, self.ceiling].into_iter().any(Float::is_wide)
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.array_of(4, "area", "an array of four")?;
        let at = reader.at();
        let count = reader.octet(WHAT_COUNT, ALLOWED_COUNT)?;
        let radius = reader.float("area radius")?;
        let floor = reader.float("area floor")?;
        let ceiling = reader.float("area ceiling")?;
        Self::new(count, radius, floor, ceiling).map_err(|error| error.at(at))
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.array(4).uint(self.count.into()).float(self.radius).float(self.floor).float(self.ceiling);
    }
}
