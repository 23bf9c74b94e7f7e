//! A coverage as people write it: `47.3769,8.5417 30km; 47.0,8.0 47.0,9.0 48.0,8.5`.

use super::{Area, Circle, Coverage, Polygon, Position};
use crate::OutOfBounds;
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::{fmt, str::FromStr};

/// Text that is no coverage.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseCoverageError {
    /// A place is not written as latitude and longitude.
    #[error("'{0}' is no place: write latitude and longitude in degrees, as in 47.3769,8.5417")]
    Position(String),
    /// An area is neither a circle nor a polygon.
    #[error(
        "'{0}' is no area: write a place and a radius (47.3769,8.5417 30km or 800m), or three places or more"
    )]
    Area(String),
    /// An area is outside what the form allows.
    #[error(transparent)]
    Bounds(#[from] OutOfBounds),
}

impl FromStr for Position {
    type Err = ParseCoverageError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (latitude, longitude) = text.split_once(',').unwrap_or_default();
        let degrees = |text: &str| text.trim().parse::<f64>().ok();
        degrees(latitude)
            .zip(degrees(longitude))
            .and_then(|(latitude, longitude)| Position::from_degrees(latitude, longitude))
            .ok_or_else(|| ParseCoverageError::Position(text.to_owned()))
    }
}

impl FromStr for Coverage {
    type Err = ParseCoverageError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let areas = text.split(';').map(area).collect::<Result<Vec<_>, _>>()?;
        Ok(Coverage::new(areas)?)
    }
}

fn area(text: &str) -> Result<Area, ParseCoverageError> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [centre, radius] => {
            let radius = metres(radius).ok_or_else(|| ParseCoverageError::Area(text.trim().to_owned()))?;
            Ok(Area::Circle(Circle::new(centre.parse()?, radius)?))
        }
        [_, _, _, ..] => {
            let corners = words.iter().map(|word| word.parse()).collect::<Result<_, _>>()?;
            Ok(Area::Polygon(Polygon::new(corners)?))
        }
        _ => Err(ParseCoverageError::Area(text.trim().to_owned())),
    }
}

fn metres(text: &str) -> Option<u32> {
    match text.strip_suffix("km") {
        Some(kilometres) => kilometres.parse::<u32>().ok()?.checked_mul(1000),
        None => text.strip_suffix('m')?.parse().ok(),
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, area) in self.areas().iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            area.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Area::Circle(circle) if circle.radius_m().is_multiple_of(1000) => {
                write!(f, "{} {}km", circle.centre(), circle.radius_m() / 1000)
            }
            Area::Circle(circle) => write!(f, "{} {}m", circle.centre(), circle.radius_m()),
            Area::Polygon(polygon) => {
                for (index, corner) in polygon.corners().iter().enumerate() {
                    if index > 0 {
                        f.write_str(" ")?;
                    }
                    corner.fmt(f)?;
                }
                Ok(())
            }
        }
    }
}
