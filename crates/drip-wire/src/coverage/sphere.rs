//! Angles on the sphere, by vectors: nothing special happens at the antimeridian or at the poles.

use super::Position;

/// The mean radius of the Earth in metres (IUGG R1).
pub(super) const MEAN_RADIUS_M: f64 = 6_371_008.8;

/// A direction from the middle of the Earth, of length 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vector {
    x: f64,
    y: f64,
    z: f64,
}

impl Vector {
    pub(super) fn of(position: Position) -> Self {
        let (latitude, longitude) = (position.latitude().to_radians(), position.longitude().to_radians());
        Vector {
            x: libm::cos(latitude) * libm::cos(longitude),
            y: libm::cos(latitude) * libm::sin(longitude),
            z: libm::sin(latitude),
        }
    }

    /// The direction of the sum; `None` when there is none, as for two opposite places.
    pub(super) fn middle(vectors: impl Iterator<Item = Vector>) -> Option<Self> {
        let sum = vectors.fold(Vector { x: 0.0, y: 0.0, z: 0.0 }, |sum, each| Vector {
            x: sum.x + each.x,
            y: sum.y + each.y,
            z: sum.z + each.z,
        });
        let length = sum.length();
        (length > 1e-6).then(|| sum.scaled(1.0 / length))
    }

    pub(super) fn dot(self, other: Self) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    fn cross(self, other: Self) -> Self {
        Vector {
            x: self.y * other.z - self.z * other.y,
            y: self.z * other.x - self.x * other.z,
            z: self.x * other.y - self.y * other.x,
        }
    }

    fn length(self) -> f64 {
        libm::sqrt(self.dot(self))
    }

    fn scaled(self, by: f64) -> Self {
        Vector { x: self.x * by, y: self.y * by, z: self.z * by }
    }

    /// The angle to another direction in radians, exact for small and large ones alike.
    pub(super) fn angle_to(self, other: Self) -> f64 {
        libm::atan2(self.cross(other).length(), self.dot(other))
    }

    /// Two directions at right angles to this one and to each other.
    fn tangents(self) -> (Self, Self) {
        let aside = if self.z.abs() < 0.9 {
            Vector { x: 0.0, y: 0.0, z: 1.0 }
        } else {
            Vector { x: 1.0, y: 0.0, z: 0.0 }
        };
        let one = aside.cross(self);
        let one = one.scaled(1.0 / one.length());
        (one, self.cross(one))
    }
}

/// The edges of a closed line.
pub(super) fn edges(corners: &[Vector]) -> impl Iterator<Item = (Vector, Vector)> {
    corners.iter().copied().zip(corners.iter().copied().cycle().skip(1))
}

/// Whether `point` is within the closed line, all of whose corners are in the hemisphere around `middle`.
///
/// Seen from the middle of the Earth on a plane that touches it at `middle`, arcs of great circles are straight lines; there the
/// edges are counted that a line from the point to one side crosses.
pub(super) fn contains(corners: &[Vector], middle: Vector, point: Vector) -> bool {
    let (one, other) = middle.tangents();
    let on_plane = |vector: Vector| {
        let height = vector.dot(middle);
        (height > 0.0).then(|| (vector.dot(one) / height, vector.dot(other) / height))
    };
    let Some((x, y)) = on_plane(point) else { return false };
    let crossings = edges(corners)
        .filter_map(|(from, to)| Some((on_plane(from)?, on_plane(to)?)))
        .filter(|((from_x, from_y), (to_x, to_y))| {
            (*from_y > y) != (*to_y > y) && x < from_x + (to_x - from_x) * (y - from_y) / (to_y - from_y)
        })
        .count();
    crossings % 2 == 1
}

/// The angle from a point to the nearest point of the shorter arc between two others, in radians.
pub(super) fn angle_to_arc(point: Vector, from: Vector, to: Vector) -> f64 {
    let to_ends = point.angle_to(from).min(point.angle_to(to));
    let pole = from.cross(to);
    let length = pole.length();
    if length < 1e-12 {
        return to_ends;
    }
    let pole = pole.scaled(1.0 / length);
    // The foot of the perpendicular lies on the arc when it is on the inner side of both ends.
    let along = pole.cross(point).cross(pole);
    let on_arc = from.cross(along).dot(pole) >= 0.0 && along.cross(to).dot(pole) >= 0.0;
    if on_arc && along.length() > 1e-12 { libm::asin(point.dot(pole).abs().min(1.0)) } else { to_ends }
}
