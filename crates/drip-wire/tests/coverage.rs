//! Coverages: distances against a geodesic library's, antimeridian and poles, the laws of the codec, text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use drip_wire::Fault;
use drip_wire::coverage::{Area, Circle, Coverage, Polygon, Position};
use proptest::{collection::vec, prelude::*};

fn at(latitude: f64, longitude: f64) -> Position {
    Position::from_degrees(latitude, longitude).unwrap()
}

fn polygon(corners: &[(f64, f64)]) -> Coverage {
    let corners = corners.iter().map(|(latitude, longitude)| at(*latitude, *longitude)).collect();
    Coverage::new(vec![Area::Polygon(Polygon::new(corners).unwrap())]).unwrap()
}

fn circle(latitude: f64, longitude: f64, radius_m: u32) -> Coverage {
    Coverage::new(vec![Area::Circle(Circle::new(at(latitude, longitude), radius_m).unwrap())]).unwrap()
}

fn near(found: f64, expected: f64, relative: f64) {
    assert!(
        (found - expected).abs() <= expected * relative,
        "{found} is not within {relative} of {expected}"
    );
}

/// Distances on the WGS 84 ellipsoid (geographiclib): the sphere is within 0.6 % of them.
#[test]
fn distances_are_those_of_the_ellipsoid_within_what_is_said() {
    for ((latitude, longitude), (other_latitude, other_longitude), metres) in [
        ((0.0, 0.0), (0.0, 1.0), 111_319.491),
        ((0.0, 0.0), (1.0, 0.0), 110_574.389),
        ((0.0, 0.0), (90.0, 0.0), 10_001_965.729),
        ((47.3769, 8.5417), (46.2044, 6.1432), 224_763.729),
        ((40.6413, -73.7781), (51.47, -0.4543), 5_554_908.791),
    ] {
        let found = circle(latitude, longitude, 1).distance_m(at(other_latitude, other_longitude)) + 1.0;
        near(found, metres, 0.006);
    }
}

#[test]
fn circles() {
    let thirty_km = circle(47.3769, 8.5417, 30_000);
    assert_eq!(thirty_km.distance_m(at(47.3769, 8.5417)), 0.0);
    assert_eq!(thirty_km.distance_m(at(47.5, 8.5)), 0.0);
    near(thirty_km.distance_m(at(47.3769, 9.5417)), 75_300.0 - 30_000.0, 0.01);
    let everywhere = circle(10.0, 20.0, Circle::MAX_RADIUS_M);
    near(everywhere.distance_m(at(-10.0, -160.0)) + 20_003_931.0, 20_015_115.0, 0.001);
    assert!(Circle::new(at(0.0, 0.0), 0).is_err());
    assert!(Circle::new(at(0.0, 0.0), Circle::MAX_RADIUS_M + 1).is_err());
}

#[test]
fn the_inside_of_a_polygon() {
    let corners = [(47.0, 8.0), (47.0, 9.0), (48.0, 9.0), (48.0, 8.0)];
    let mut backwards = corners;
    backwards.reverse();
    for coverage in [polygon(&corners), polygon(&backwards)] {
        assert_eq!(coverage.distance_m(at(47.5, 8.5)), 0.0);
        assert_eq!(coverage.distance_m(at(47.01, 8.01)), 0.0);
        near(coverage.distance_m(at(46.0, 8.5)), 111_195.0 - 55.0, 0.005);
        near(coverage.distance_m(at(49.0, 7.0)), 132_900.0, 0.005);
        assert!(coverage.distance_m(at(-47.5, -171.5)) > 19_800_000.0, "the other side of the Earth");
    }
    // A hole between two arms: an odd number of edges decides.
    let arms = polygon(&[
        (0.0, 0.0),
        (0.0, 3.0),
        (3.0, 3.0),
        (3.0, 2.0),
        (1.0, 2.0),
        (1.0, 1.0),
        (3.0, 1.0),
        (3.0, 0.0),
    ]);
    assert_eq!(arms.distance_m(at(2.0, 0.5)), 0.0);
    assert_eq!(arms.distance_m(at(2.0, 2.5)), 0.0);
    near(arms.distance_m(at(2.0, 1.5)), 55_560.0, 0.005);
}

#[test]
fn the_antimeridian_and_the_poles_are_nothing_special() {
    let fiji = polygon(&[(-16.0, 177.0), (-16.0, -179.0), (-19.0, -179.0), (-19.0, 177.0)]);
    for longitude in [178.0, 179.999, 180.0, -180.0, -179.5] {
        assert_eq!(fiji.distance_m(at(-17.5, longitude)), 0.0, "{longitude}");
    }
    near(fiji.distance_m(at(-17.5, -178.0)), 106_000.0, 0.01);
    near(circle(-17.0, 179.9, 1_000).distance_m(at(-17.0, -179.9)), 21_267.0 - 1_000.0, 0.01);

    let arctic = polygon(&[(80.0, 0.0), (80.0, 90.0), (80.0, 180.0), (80.0, -90.0)]);
    for (latitude, longitude) in [(90.0, 0.0), (90.0, 123.0), (85.0, 45.0), (81.0, -179.0)] {
        assert_eq!(arctic.distance_m(at(latitude, longitude)), 0.0, "{latitude} {longitude}");
    }
    near(arctic.distance_m(at(70.0, 0.0)), 1_111_950.0, 0.005);
    assert_eq!(circle(-90.0, 0.0, 2_000_000).distance_m(at(-75.0, -120.0)), 0.0);
}

#[test]
fn what_has_two_insides_is_refused() {
    let corners = |list: &[(f64, f64)]| list.iter().map(|(a, b)| at(*a, *b)).collect::<Vec<_>>();
    for list in [
        corners(&[(0.0, 0.0), (0.0, 120.0), (0.0, -120.0)]),
        corners(&[(0.0, 0.0), (0.0, 90.0), (0.0, 180.0), (10.0, -90.0)]),
        corners(&[(0.0, -85.0), (0.0, 85.0), (1.0, 85.0), (1.0, -85.0)]),
    ] {
        assert!(Polygon::new(list).is_err());
    }
    assert!(Polygon::new(corners(&[(0.0, 0.0), (0.0, 1.0)])).is_err(), "two corners");
    assert!(Coverage::new(Vec::new()).is_err());
}

#[test]
fn as_octets() {
    let octets =
        [0x81, 0x84, 0x00, 0x1a, 0x1c, 0x3d, 0x21, 0xe8, 0x3a, 0x05, 0x17, 0x5c, 0xc7, 0x19, 0x75, 0x30];
    let coverage = Coverage::decode(&octets).unwrap();
    assert_eq!(coverage.to_string(), "47.3768424,-8.541716 30km");
    assert_eq!(coverage.encode(), octets);
    let fault = |octets: &[u8]| Coverage::decode(octets).unwrap_err().fault;
    let range = |octets: &[u8]| matches!(fault(octets), Fault::OutOfRange { .. });
    assert!(range(&[0x80]), "no area");
    assert!(range(&[0x81, 0x84, 0x00, 0x1a, 0x35, 0xa4, 0xe9, 0x01, 0x00, 0x01]), "north of the pole");
    assert!(range(&[0x81, 0x84, 0x00, 0x00, 0x1a, 0x6b, 0x49, 0xd2, 0x00, 0x01]), "180 degrees are -180");
    assert!(range(&[0x81, 0x84, 0x00, 0x00, 0x00, 0x00]), "no radius");
    assert_eq!(fault(&[0x81, 0x84, 0x02]), Fault::Expected("0 for a circle or 1 for a polygon"));
    assert_eq!(fault(&[0x81, 0x83, 0x00]), Fault::Expected("an array of four for a circle"));
    assert_eq!(fault(&[0x81, 0x84, 0x18, 0x00]), Fault::NotDeterministic);
}

#[test]
fn as_text() {
    for text in ["47.3769,8.5417 30km", "0,0 1m; -17.5,-180 2500m", "47,8 47,9 48.5,8.25; 1,1 5km"] {
        let coverage: Coverage = text.parse().unwrap();
        assert_eq!(coverage.to_string(), text);
    }
    let spelled: Coverage = " 47.0,8.0   47.0,9.0 48.0,8.5 ;".trim_end_matches(';').parse().unwrap();
    assert_eq!(spelled.to_string(), "47,8 47,9 48,8.5");
    for text in [
        "",
        ";",
        "47,8",
        "47,8 30",
        "47,8 km",
        "47,8 -3m",
        "91,0 1m",
        "0,181 1m",
        "nan,0 1m",
        "1;2 3",
        "47,8 47,9",
        "0,0 99999999km",
    ] {
        assert!(text.parse::<Coverage>().is_err(), "{text}");
    }
}

prop_compose! {
    fn position()(latitude in -90.0..=90.0_f64, longitude in -180.0..180.0_f64) -> Position {
        at(latitude, longitude)
    }
}

fn area() -> impl Strategy<Value = Area> {
    let circle = (position(), 1..=Circle::MAX_RADIUS_M)
        .prop_map(|(centre, radius)| Area::Circle(Circle::new(centre, radius).unwrap()));
    let polygon = vec(position(), 3..20).prop_filter_map("more than a hemisphere", |corners| {
        Some(Area::Polygon(Polygon::new(corners).ok()?))
    });
    prop_oneof![4 => circle, 1 => polygon]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn keeps_the_laws_of_codecs(areas in vec(area(), 1..5), place in any::<prop::sample::Index>(), octet: u8) {
        let coverage = Coverage::new(areas).unwrap();
        let octets = coverage.encode();
        prop_assert_eq!(Coverage::decode(&octets), Ok(coverage.clone()));
        for length in 0..octets.len() {
            prop_assert_eq!(Coverage::decode(&octets[..length]).unwrap_err().fault, Fault::Truncated);
        }
        let trailing = [octets.as_slice(), &[octet]].concat();
        prop_assert_eq!(Coverage::decode(&trailing).unwrap_err().fault, Fault::Trailing);
        let mut damaged = octets;
        let place = place.index(damaged.len());
        damaged[place] = octet;
        if let Ok(value) = Coverage::decode(&damaged) {
            prop_assert_eq!(value.encode(), damaged);
        }
        prop_assert_eq!(&coverage.to_string().parse::<Coverage>().unwrap(), &coverage);
    }

    #[test]
    fn octets_never_panic(octets in vec(any::<u8>(), 0..80)) {
        if let Ok(value) = Coverage::decode(&octets) {
            prop_assert_eq!(value.encode(), octets);
        }
    }

    /// Corners are as good as inside, and the distance never jumps by more than one has moved.
    #[test]
    fn distances_are_continuous(one in position(), other in position(), area in area()) {
        let moved = Circle::new(one, 1).unwrap().distance_m(other) + 1.0;
        let (from, to) = (area.distance_m(one), area.distance_m(other));
        prop_assert!((from - to).abs() <= moved + 0.01, "{} {} {}", from, to, moved);
        if let Area::Polygon(polygon) = &area {
            for corner in polygon.corners() {
                prop_assert!(area.distance_m(*corner) < 0.01);
            }
        }
    }
}
