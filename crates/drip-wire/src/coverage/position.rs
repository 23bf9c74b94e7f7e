//! A place on the WGS 84 ellipsoid, in 10⁻⁷ degrees (the unit of ASTM F3411).

use crate::{
    OutOfBounds, WireError,
    cbor::{Reader, Writer},
};
use core::fmt;

const UNITS: f64 = 1e7;
const MAX_LATITUDE: i32 = 900_000_000;
const MAX_LONGITUDE: i32 = 1_800_000_000;
const ALLOWED_LATITUDE: &str = "-90 to 90 degrees";
const ALLOWED_LONGITUDE: &str = "-180 (included) to 180 (excluded) degrees";

/// Latitude and longitude.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    latitude: i32,
    longitude: i32,
}

impl Position {
    /// A place by its degrees; 180 degrees of longitude are -180. Nothing is `None` but numbers outside the globe and what is no number.
    pub fn from_degrees(latitude: f64, longitude: f64) -> Option<Self> {
        let units = |degrees: f64, most: i32| {
            let units = libm::round(degrees * UNITS);
            // Written so that what is no number is outside, too.
            (units.abs() <= f64::from(most)).then_some(units as i32)
        };
        let latitude = units(latitude, MAX_LATITUDE)?;
        let longitude = units(longitude, MAX_LONGITUDE)?;
        let longitude = if longitude == MAX_LONGITUDE { -MAX_LONGITUDE } else { longitude };
        Some(Position { latitude, longitude })
    }

    /// Degrees north of the equator.
    pub fn latitude(self) -> f64 {
        f64::from(self.latitude) / UNITS
    }

    /// Degrees east of Greenwich, -180 to 180.
    pub fn longitude(self) -> f64 {
        f64::from(self.longitude) / UNITS
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let latitude = unit(reader, "latitude", -MAX_LATITUDE..=MAX_LATITUDE, ALLOWED_LATITUDE)?;
        let longitude = unit(reader, "longitude", -MAX_LONGITUDE..=MAX_LONGITUDE - 1, ALLOWED_LONGITUDE)?;
        Ok(Position { latitude, longitude })
    }

    pub(super) fn write(self, writer: &mut Writer) {
        writer.int(self.latitude.into()).int(self.longitude.into());
    }
}

fn unit(
    reader: &mut Reader<'_>,
    what: &'static str,
    range: core::ops::RangeInclusive<i32>,
    allowed: &'static str,
) -> Result<i32, WireError> {
    let at = reader.at();
    let found = reader.int(what)?;
    i32::try_from(found)
        .ok()
        .filter(|unit| range.contains(unit))
        .ok_or_else(|| OutOfBounds { what, found: found.unsigned_abs(), allowed }.at(at))
}

/// Degrees with as many decimals as there are: `47.3769,8.5417`.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", self.latitude(), self.longitude())
    }
}
