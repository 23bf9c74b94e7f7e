//! The Location message: where the UA is and how it moves (ASTM F3411-22a, section 5.4.5.9).
//!
//! | octets of the message | field |
//! |---|---|
//! | 1 | high half: status; bit 2: height above ground instead of take-off; bit 1: track 180 or more; bit 0: speed in steps of 0.75 m/s |
//! | 2 | track, degrees, less 180 where bit 1 says so |
//! | 3, 4 | horizontal speed; vertical speed, signed, 0.5 m/s |
//! | 5–8, 9–12 | latitude, longitude: 10⁻⁷ degrees, signed, little-endian |
//! | 13–14, 15–16, 17–18 | altitude by pressure, above the ellipsoid, height: 0.5 m above −1000 m, little-endian; 0 is unknown |
//! | 19, 20, 21–22, 23 | accuracies; tenths of a second since the full hour, little-endian; accuracy of that time |
//! | 24 | reserved |

use super::{Message, MessageType};
use drip_det::UnixTime;

/// A message of type Location.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Location(Message);

/// A place, motion and moment, from which a [`Location`] is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fix {
    /// Latitude in 10⁻⁷ degrees.
    pub latitude: i32,
    /// Longitude in 10⁻⁷ degrees.
    pub longitude: i32,
    /// Altitude above the ellipsoid of WGS 84, in decimetres; kept within −1000 m to 31 767 m, in steps of half a metre.
    pub altitude: i32,
    /// Height above the place of take-off, in decimetres; the same.
    pub height: i32,
    /// Direction over ground in degrees, 0 to 359.
    pub track: u16,
    /// Speed over ground in centimetres per second, up to 254.25 m/s.
    pub speed: u16,
    /// The moment.
    pub at: UnixTime,
}

/// "Airborne", the status of a UA that flies.
const AIRBORNE: u8 = 2;
const HOUR: u64 = 3600;
/// The timestamp that means "unknown".
const NO_TIME: u16 = 0xffff;
const EAST_WEST: u8 = 1 << 1;
const FAST: u8 = 1 << 0;

impl Location {
    /// The message, if it is a Location.
    pub fn read(message: &Message) -> Option<Self> {
        (message.message_type() == MessageType::LOCATION).then_some(Location(*message))
    }

    /// The Location of a UA in flight. Accuracies: 3 m horizontally and in height (code 4), 3 m/s and 0.1 s.
    pub fn of_fix(version: u8, fix: &Fix) -> Self {
        let track = fix.track % 360;
        let (track, west) = if track < 180 { (track, 0) } else { (track - 180, EAST_WEST) };
        let (speed, fast) = encode_speed(fix.speed);
        let latitude = fix.latitude.to_le_bytes();
        let longitude = fix.longitude.to_le_bytes();
        let (altitude, height) = (encode_altitude(fix.altitude), encode_altitude(fix.height));
        // Tenths of a second since the full hour fit 16 bits.
        let tenths = ((fix.at.0 % HOUR) as u16 * 10).to_le_bytes();
        let head = [AIRBORNE << 4 | west | fast, track as u8, speed, 0];
        let tail = [0x44, 0x33];
        let body = super::place(&[
            &head,
            &latitude,
            &longitude,
            &altitude,
            &altitude,
            &height,
            &tail,
            &tenths,
            &[0x01],
        ]);
        Location(Message::new(MessageType::LOCATION, version, &body))
    }

    /// The whole message.
    pub const fn message(&self) -> Message {
        self.0
    }

    /// Operational status: 0 undeclared, 1 ground, 2 airborne, 3 emergency, 4 Remote ID has failed.
    pub const fn status(&self) -> u8 {
        let [_, flags, ..] = *self.0.as_bytes();
        flags >> 4
    }

    /// What heights are counted from: 0 take-off, 1 ground.
    pub const fn height_reference(&self) -> u8 {
        let [_, flags, ..] = *self.0.as_bytes();
        flags >> 2 & 1
    }

    /// Direction over ground in degrees; 361 is unknown.
    pub const fn track(&self) -> u16 {
        let [_, flags, track, ..] = *self.0.as_bytes();
        track as u16 + if flags & EAST_WEST != 0 { 180 } else { 0 }
    }

    /// Speed over ground in centimetres per second; 25 500 is unknown.
    pub const fn speed(&self) -> u16 {
        let [_, flags, _, speed, ..] = *self.0.as_bytes();
        if flags & FAST == 0 { speed as u16 * 25 } else { speed as u16 * 75 + 255 * 25 }
    }

    /// Vertical speed in centimetres per second, up is positive; 6300 is unknown.
    pub const fn climb(&self) -> i16 {
        let [_, _, _, _, climb, ..] = *self.0.as_bytes();
        climb.cast_signed() as i16 * 50
    }

    /// Latitude in 10⁻⁷ degrees; 0 with longitude 0 is unknown.
    pub const fn latitude(&self) -> i32 {
        let [_, _, _, _, _, a, b, c, d, ..] = *self.0.as_bytes();
        i32::from_le_bytes([a, b, c, d])
    }

    /// Longitude in 10⁻⁷ degrees.
    pub const fn longitude(&self) -> i32 {
        let [_, _, _, _, _, _, _, _, _, a, b, c, d, ..] = *self.0.as_bytes();
        i32::from_le_bytes([a, b, c, d])
    }

    /// Altitude by air pressure, in decimetres; −1000 m is unknown.
    pub const fn pressure_altitude(&self) -> i32 {
        let [.., a, b, _, _, _, _, _, _, _, _, _, _] = *self.0.as_bytes();
        decode_altitude([a, b])
    }

    /// Altitude above the ellipsoid, in decimetres; −1000 m is unknown.
    pub const fn altitude(&self) -> i32 {
        let [.., a, b, _, _, _, _, _, _, _, _] = *self.0.as_bytes();
        decode_altitude([a, b])
    }

    /// Height, in decimetres; −1000 m is unknown.
    pub const fn height(&self) -> i32 {
        let [.., a, b, _, _, _, _, _, _] = *self.0.as_bytes();
        decode_altitude([a, b])
    }

    /// Codes of the accuracies: horizontal, vertical, of the altitude by pressure, of the speed, of the time.
    pub const fn accuracies(&self) -> [u8; 5] {
        let [.., place, motion, _, _, time, _] = *self.0.as_bytes();
        [place & 15, place >> 4, motion >> 4, motion & 15, time & 15]
    }

    /// Tenths of a second since the full hour, as sent; 65 535 is unknown.
    pub const fn tenths_of_hour(&self) -> u16 {
        let [.., a, b, _, _] = *self.0.as_bytes();
        u16::from_le_bytes([a, b])
    }

    /// How many seconds before or after `now` it was made, taking the hour nearest to `now`; `None` where it does not say.
    pub fn seconds_from(&self, now: UnixTime) -> Option<u64> {
        let tenths = self.tenths_of_hour();
        if tenths == NO_TIME || u64::from(tenths) > HOUR * 10 {
            return None;
        }
        let distance = (now.0 % HOUR).abs_diff(u64::from(tenths) / 10);
        Some(distance.min(HOUR - distance))
    }
}

/// Steps of 0.25 m/s, or beyond 63.75 m/s of 0.75 m/s.
const fn encode_speed(speed: u16) -> (u8, u8) {
    if speed <= 255 * 25 {
        return ((speed / 25) as u8, 0);
    }
    let steps = (speed - 255 * 25) / 75;
    (if steps > 254 { 254 } else { steps as u8 }, FAST)
}

fn encode_altitude(decimetres: i32) -> [u8; 2] {
    let steps = (decimetres.clamp(-10_000, 317_670) + 10_000) / 5;
    u16::try_from(steps).unwrap_or(u16::MAX).to_le_bytes()
}

const fn decode_altitude(octets: [u8; 2]) -> i32 {
    u16::from_le_bytes(octets) as i32 * 5 - 10_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fix_comes_back() {
        let fix = Fix {
            latitude: 473_769_000,
            longitude: -85_417_000,
            altitude: 5_435,
            height: 1_200,
            track: 270,
            speed: 1_000,
            at: UnixTime(1_781_525_130),
        };
        let location = Location::of_fix(2, &fix);
        assert_eq!((location.latitude(), location.longitude()), (473_769_000, -85_417_000));
        assert_eq!(
            (location.altitude(), location.pressure_altitude(), location.height()),
            (5_435, 5_435, 1_200)
        );
        assert_eq!((location.track(), location.speed(), location.climb()), (270, 1_000, 0));
        assert_eq!((location.status(), location.accuracies()), (2, [4, 4, 3, 3, 1]));
        assert_eq!(location.seconds_from(fix.at), Some(0));
        assert_eq!(location.seconds_from(UnixTime(fix.at.0 + 7)), Some(7));
        assert_eq!(location.seconds_from(UnixTime(fix.at.0 - 7)), Some(7));
        assert_eq!(location.seconds_from(UnixTime(fix.at.0 + 3_590)), Some(10), "the hour is not in it");
    }

    #[test]
    fn fast_is_in_larger_steps() {
        let speed = |speed| {
            let fix =
                Fix { latitude: 0, longitude: 0, altitude: 0, height: 0, track: 0, speed, at: UnixTime(0) };
            Location::of_fix(2, &fix).speed()
        };
        assert_eq!((speed(6_375), speed(6_450), speed(u16::MAX)), (6_375, 6_450, 25_425));
    }
}
