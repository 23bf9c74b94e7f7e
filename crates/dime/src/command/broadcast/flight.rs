//! Where a UA for testing is: it flies east, at 10 m/s, from where it began.

use std::str::FromStr;

use drip_det::UnixTime;
use drip_wire::broadcast::{Fix, Location, Message};

/// Where it begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    /// Degrees.
    latitude: f64,
    /// Degrees.
    longitude: f64,
    /// Metres.
    altitude: f64,
}

/// Metres in a degree of latitude.
const DEGREE: f64 = 111_320.0;
/// Metres a second.
const SPEED: f64 = 10.0;
/// Metres above the place of take-off.
const HEIGHT: f64 = 50.0;

impl Place {
    /// The Location message of a moment, so many seconds after the beginning.
    pub(super) fn after(&self, seconds: u64, at: UnixTime) -> Message {
        // At the poles every direction is south; the UA stays where it is.
        let width = (self.latitude.to_radians().cos() * DEGREE).max(1.0);
        let longitude = self.longitude + seconds as f64 * SPEED / width;
        let longitude = (longitude + 180.0).rem_euclid(360.0) - 180.0;
        let fix = Fix {
            latitude: tenth_millionths(self.latitude),
            longitude: tenth_millionths(longitude),
            altitude: (self.altitude * 10.0) as i32,
            height: (HEIGHT * 10.0) as i32,
            track: 90,
            speed: (SPEED * 100.0) as u16,
            at,
        };
        Location::of_fix(Message::VERSION, &fix).message()
    }
}

fn tenth_millionths(degrees: f64) -> i32 {
    (degrees * 1e7).round() as i32
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers: Vec<f64> = text
            .split(',')
            .map(|number| number.trim().parse().map_err(|_| format!("'{number}' is no number")))
            .collect::<Result<_, _>>()?;
        let (latitude, longitude, altitude) = match numbers.as_slice() {
            [latitude, longitude] => (*latitude, *longitude, 0.0),
            [latitude, longitude, altitude] => (*latitude, *longitude, *altitude),
            _ => return Err("LATITUDE,LONGITUDE or LATITUDE,LONGITUDE,ALTITUDE is expected".to_owned()),
        };
        if !(-90.0..=90.0).contains(&latitude) {
            return Err(format!("latitude {latitude} is outside -90 to 90"));
        }
        if !(-180.0..=180.0).contains(&longitude) {
            return Err(format!("longitude {longitude} is outside -180 to 180"));
        }
        if !(-1000.0..=31_767.0).contains(&altitude) {
            return Err(format!("altitude {altitude} is outside -1000 to 31767"));
        }
        Ok(Place { latitude, longitude, altitude })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_flies_east_across_the_date_line() {
        let place: Place = "0,179.99999,100".parse().unwrap();
        let longitude = |seconds| Location::read(&place.after(seconds, UnixTime(0))).unwrap().longitude();
        assert_eq!(longitude(0), 1_799_999_900);
        assert!((-1_799_999_999..-1_799_000_000).contains(&longitude(1)), "{}", longitude(1));
        let pole: Place = "90,0".parse().unwrap();
        pole.after(3600, UnixTime(0));
        for wrong in ["", "1", "91,0", "0,181", "0,0,40000", "0,0,0,0", "a,b", "NaN,0", "inf,0"] {
            assert!(wrong.parse::<Place>().is_err(), "{wrong}");
        }
    }
}
