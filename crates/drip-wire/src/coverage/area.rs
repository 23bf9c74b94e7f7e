//! The two kinds of area, and how far a place is from them.

use super::Position;
use super::sphere::{self, MEAN_RADIUS_M, Vector};
use crate::{
    OutOfBounds, WireError,
    cbor::{Reader, Writer},
};
use alloc::vec::Vec;

const WHAT_RADIUS: &str = "radius";
const ALLOWED_RADIUS: &str = "1 to 20003931 metres";
const WHAT_CORNERS: &str = "number of corners";
const ALLOWED_CORNERS: &str = "3 to 256";
const WHAT_EXTENT: &str = "extent of the polygon in degrees";
const ALLOWED_EXTENT: &str = "80 degrees from its middle";
/// The cosine of 80 degrees.
const COSINE_OF_EXTENT: f64 = 0.173_648_177_666_930_33;

/// All places within a distance of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Circle {
    centre: Position,
    radius: u32,
}

/// All places within a closed line of arcs of great circles.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Polygon(Vec<Position>);

impl Circle {
    /// Half the circumference of the Earth through the poles: a circle of this radius is everywhere.
    pub const MAX_RADIUS_M: u32 = 20_003_931;

    /// A circle of this radius in metres.
    pub fn new(centre: Position, radius_m: u32) -> Result<Self, OutOfBounds> {
        check_radius(radius_m.into())?;
        Ok(Circle { centre, radius: radius_m })
    }

    /// The middle.
    pub const fn centre(&self) -> Position {
        self.centre
    }

    /// The radius in metres.
    pub const fn radius_m(&self) -> u32 {
        self.radius
    }

    /// How far `from` is from the circle, in metres; 0 inside.
    pub fn distance_m(&self, from: Position) -> f64 {
        let angle = Vector::of(from).angle_to(Vector::of(self.centre));
        (angle * MEAN_RADIUS_M - f64::from(self.radius)).max(0.0)
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let centre = Position::read(reader)?;
        let at = reader.at();
        let radius = check_radius(reader.uint(WHAT_RADIUS)?).map_err(|error| error.at(at))?;
        Ok(Circle { centre, radius })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        self.centre.write(writer);
        writer.uint(self.radius.into());
    }
}

impl Polygon {
    /// The most corners there can be.
    pub const MOST: usize = 256;

    /// The polygon of these corners, 3 to 256, in either sense of rotation; the last is joined to the first.
    pub fn new(corners: Vec<Position>) -> Result<Self, OutOfBounds> {
        check_count(corners.len())?;
        let polygon = Polygon(corners);
        polygon.check_extent()?;
        Ok(polygon)
    }

    /// The corners.
    pub fn corners(&self) -> &[Position] {
        &self.0
    }

    /// How far `from` is from the polygon, in metres; 0 inside.
    pub fn distance_m(&self, from: Position) -> f64 {
        let point = Vector::of(from);
        let corners: Vec<Vector> = self.vectors().collect();
        let Some(middle) = Vector::middle(corners.iter().copied()) else { return f64::INFINITY };
        if sphere::contains(&corners, middle, point) {
            return 0.0;
        }
        sphere::edges(&corners)
            .map(|(from, to)| sphere::angle_to_arc(point, from, to))
            .fold(f64::INFINITY, f64::min)
            * MEAN_RADIUS_M
    }

    fn vectors(&self) -> impl Iterator<Item = Vector> {
        self.0.iter().copied().map(Vector::of)
    }

    /// A polygon of more than a hemisphere would have two insides.
    fn check_extent(&self) -> Result<(), OutOfBounds> {
        let too_far = |found| OutOfBounds { what: WHAT_EXTENT, found, allowed: ALLOWED_EXTENT };
        let middle = Vector::middle(self.vectors()).ok_or_else(|| too_far(180))?;
        let nearest = self.vectors().map(|corner| corner.dot(middle)).fold(1.0, f64::min);
        if nearest > COSINE_OF_EXTENT {
            Ok(())
        } else {
            Err(too_far(libm::round(libm::acos(nearest.clamp(-1.0, 1.0)).to_degrees()) as u64))
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let at = reader.at();
        let count = reader.array("polygon")?;
        check_count(count).map_err(|error| error.at(at))?;
        let mut corners = Vec::with_capacity(count);
        for _ in 0..count {
            reader.array_of(2, "corner", "an array of two")?;
            corners.push(Position::read(reader)?);
        }
        let polygon = Polygon(corners);
        polygon.check_extent().map_err(|error| error.at(at))?;
        Ok(polygon)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.array(self.0.len());
        for corner in &self.0 {
            writer.array(2);
            corner.write(writer);
        }
    }
}

fn check_radius(found: u64) -> Result<u32, OutOfBounds> {
    u32::try_from(found)
        .ok()
        .filter(|radius| (1..=Circle::MAX_RADIUS_M).contains(radius))
        .ok_or(OutOfBounds { what: WHAT_RADIUS, found, allowed: ALLOWED_RADIUS })
}

fn check_count(count: usize) -> Result<(), OutOfBounds> {
    if (3..=Polygon::MOST).contains(&count) {
        Ok(())
    } else {
        Err(OutOfBounds { what: WHAT_CORNERS, found: count as u64, allowed: ALLOWED_CORNERS })
    }
}
