//! Where an HDA registers: a union of circles and polygons on the WGS 84 ellipsoid, for "all HDAs within 100 km of here"
//! (draft-ietf-drip-dki, section 6, which has the idea and no format; this one is ours).
//!
//! ```text
//! coverage = [1*64 area]                                  deterministic CBOR
//! area     = [0, latitude, longitude, radius]             a circle; the radius in metres, 1 to 20 003 931
//!          / [1, [3*256 [latitude, longitude]]]           a polygon
//! ```
//!
//! Latitudes and longitudes are integers of 10⁻⁷ degrees, as in ASTM F3411: -900000000 to 900000000, and -1800000000 to 1799999999.
//!
//! The edges of a polygon are arcs of great circles, the shorter way round. All corners lie within 80 degrees of their middle, so
//! that there is no doubt which side is inside; the antimeridian and the poles are places like any other. Where edges cross, a point
//! is inside when a line from it to the outside crosses an odd number of them. Distances are those on a sphere of the Earth's mean
//! radius: within 0.6 % of the ellipsoid's, which is better than anybody knows the edge of an HDA.
//!
//! As text an area is `47.3769,8.5417 30km` or, with three corners or more, `47.0,8.0 47.0,9.0 48.0,8.5`; areas are set apart by `;`.

mod area;
mod position;
mod sphere;
mod text;

pub use area::{Circle, Polygon};
pub use position::Position;
pub use text::ParseCoverageError;

use crate::{
    Fault, OutOfBounds, WireError,
    cbor::{Reader, Writer},
};
use alloc::vec::Vec;

const CIRCLE: u64 = 0;
const POLYGON: u64 = 1;
const WHAT_AREAS: &str = "number of areas";
const ALLOWED_AREAS: &str = "1 to 64";

/// One piece of a coverage.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Area {
    /// All within a distance of a place.
    Circle(Circle),
    /// All within a line.
    Polygon(Polygon),
}

/// The union of 1 to 64 areas.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Coverage(Vec<Area>);

impl Coverage {
    /// The most areas there can be.
    pub const MOST: usize = 64;

    /// The union of these areas, 1 to 64.
    pub fn new(areas: Vec<Area>) -> Result<Self, OutOfBounds> {
        check_count(areas.len())?;
        Ok(Coverage(areas))
    }

    /// The areas, at least one.
    pub fn areas(&self) -> &[Area] {
        &self.0
    }

    /// How far `from` is from the nearest point covered, in metres; 0 when it is covered.
    pub fn distance_m(&self, from: Position) -> f64 {
        self.0.iter().map(|area| area.distance_m(from)).fold(f64::INFINITY, f64::min)
    }

    /// Reads the octets, strictly.
    pub fn decode(octets: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(octets);
        let coverage = Self::read(&mut reader)?;
        reader.end("coverage")?;
        Ok(coverage)
    }

    /// The octets.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.write(&mut writer);
        writer.finish()
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let at = reader.at();
        let count = reader.array("coverage")?;
        check_count(count).map_err(|error| error.at(at))?;
        (0..count).map(|_| Area::read(reader)).collect::<Result<_, _>>().map(Coverage)
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.array(self.0.len());
        for area in &self.0 {
            area.write(writer);
        }
    }
}

impl Area {
    /// How far `from` is from the nearest point of the area, in metres; 0 inside.
    pub fn distance_m(&self, from: Position) -> f64 {
        match self {
            Area::Circle(circle) => circle.distance_m(from),
            Area::Polygon(polygon) => polygon.distance_m(from),
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let at = reader.at();
        let count = reader.array("area")?;
        let kind_at = reader.at();
        let wrong = |what, at| WireError { fault: Fault::Expected(what), what: "area", at };
        match (reader.uint("kind of area")?, count) {
            (CIRCLE, 4) => Circle::read(reader).map(Area::Circle),
            (POLYGON, 2) => Polygon::read(reader).map(Area::Polygon),
            (CIRCLE, _) => Err(wrong("an array of four for a circle", at)),
            (POLYGON, _) => Err(wrong("an array of two for a polygon", at)),
            _ => Err(wrong("0 for a circle or 1 for a polygon", kind_at)),
        }
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Area::Circle(circle) => {
                writer.array(4).uint(CIRCLE);
                circle.write(writer);
            }
            Area::Polygon(polygon) => {
                writer.array(2).uint(POLYGON);
                polygon.write(writer);
            }
        }
    }
}

fn check_count(count: usize) -> Result<(), OutOfBounds> {
    if (1..=Coverage::MOST).contains(&count) {
        Ok(())
    } else {
        Err(OutOfBounds { what: WHAT_AREAS, found: count as u64, allowed: ALLOWED_AREAS })
    }
}
