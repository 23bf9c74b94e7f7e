//! Pictures that are too large, damaged or of something else, and pictures that lie on their side.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use drip_qr::picture::{self, Found, MAX_FILE};
use drip_qr::{Code, Density, PictureError, split};
use png::{BitDepth, ColorType, Encoder};
use std::time::{Duration, Instant};

fn text_and_code() -> (String, Code) {
    let part = split(b"a picture", Density::Low).unwrap().remove(0);
    (part.to_string(), Code::of(&part, Density::Low).unwrap())
}

/// A picture of `width` x `height` pixels of this colour type, each pixel by this function.
fn png(width: u32, height: u32, color: ColorType, pixel: impl Fn(u32, u32) -> Vec<u8>) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut encoder = Encoder::new(&mut octets, width, height);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    let mut writer = encoder.write_header().unwrap();
    let pixels: Vec<u8> = (0..height)
        .flat_map(|y| (0..width).flat_map(move |x| [(x, y)]))
        .flat_map(|(x, y)| pixel(x, y))
        .collect();
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    octets
}

#[test]
fn any_colours_and_any_side_up() {
    let (text, code) = text_and_code();
    let side = code.side_with_border() * 5;
    let shade = |x: u32, y: u32| if code.is_dark(x / 5, y / 5) { 40 } else { 220 };
    let found = |octets: Vec<u8>| picture::read(&octets).unwrap();
    let expected = Found { texts: vec![text], unreadable: 0 };
    assert_eq!(found(png(side, side, ColorType::Grayscale, |x, y| vec![shade(x, y)])), expected);
    assert_eq!(
        found(png(side, side, ColorType::Grayscale, |x, y| vec![shade(side - 1 - x, side - 1 - y)])),
        expected,
        "upside down"
    );
    assert_eq!(
        found(png(side, side, ColorType::Grayscale, |x, y| vec![shade(side - 1 - y, x)])),
        expected,
        "on its side"
    );
    assert_eq!(found(png(side, side, ColorType::Rgb, |x, y| vec![shade(x, y), shade(x, y), 90])), expected);
    let on_glass = |x, y| vec![0, 0, 0, 255 - shade(x, y)];
    assert_eq!(found(png(side, side, ColorType::Rgba, on_glass)), expected, "black on nothing");
    let dim = |x, y| vec![shade(x, y), 255];
    assert_eq!(found(png(side, side, ColorType::GrayscaleAlpha, dim)), expected);
}

/// Thousands of finder patterns in nine thousand octets: to try all threes of them takes hours, and nobody waits for that.
#[test]
fn a_picture_that_would_take_for_ever() {
    const FINDER: [u8; 7] = [0b1111111, 0b1000001, 0b1011101, 0b1011101, 0b1011101, 0b1000001, 0b1111111];
    let shade = |x: u32, y: u32| {
        let row = FINDER.get((y / 2 % 9) as usize).copied().unwrap_or_default();
        let column = x / 2 % 9;
        if column < 7 && row & (1 << column) != 0 { 0 } else { 255 }
    };
    let octets = png(1600, 1600, ColorType::Grayscale, |x, y| vec![shade(x, y)]);
    let limit = Duration::from_millis(300);
    let begun = Instant::now();
    assert_eq!(picture::read_within(&octets, limit), Err(PictureError::TooMuch { limit }));
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[test]
fn pages_that_are_no_pictures_say_what_to_do() {
    for page in ["<svg xmlns='http://www.w3.org/2000/svg'/>", "<?xml version='1.0'?>\n<svg width='210mm'>"] {
        assert!(picture::is_picture(page.as_bytes()));
        assert_eq!(picture::read(page.as_bytes()), Err(PictureError::Svg));
    }
    let sheet = drip_qr::Sheet { title: "a page".into(), lines: vec![], codes: vec![] };
    assert!(sheet.to_svg().iter().all(|page| picture::read(page.as_bytes()) == Err(PictureError::Svg)));
    assert!(PictureError::Svg.to_string().contains("rsvg-convert"));
    assert!(PictureError::Pdf.to_string().contains("pdftoppm"));
}

#[test]
fn pictures_without_a_code_and_no_pictures() {
    let blank = png(300, 200, ColorType::Grayscale, |_, _| vec![200]);
    assert_eq!(picture::read(&blank), Err(PictureError::NoCode));
    assert_eq!(picture::read(b""), Err(PictureError::NotAPicture));
    assert_eq!(picture::read(b"GIF89a..."), Err(PictureError::NotAPicture));
    assert_eq!(picture::read(b"%PDF-1.7\n"), Err(PictureError::Pdf));
    assert_eq!(
        picture::read(&vec![0; MAX_FILE + 1]),
        Err(PictureError::FileTooLarge { octets: MAX_FILE + 1 })
    );
}

#[test]
fn a_code_that_is_half_gone_is_unreadable() {
    let (_, code) = text_and_code();
    let side = code.side_with_border() * 5;
    let scratched = |x: u32, y: u32| {
        // The corners stay; the middle is stripes.
        let middle = (side / 3..side * 2 / 3).contains(&x) || (side / 3..side * 2 / 3).contains(&y);
        vec![if middle && (x / 3).is_multiple_of(2) || !middle && code.is_dark(x / 5, y / 5) {
            0
        } else {
            255
        }]
    };
    let error = picture::read(&png(side, side, ColorType::Grayscale, scratched)).unwrap_err();
    assert!(matches!(error, PictureError::Unreadable { codes: 1 } | PictureError::NoCode), "{error}");
}

/// Headers that promise enormous pictures: refused by their size, before anything is unpacked.
#[test]
fn decompression_bombs() {
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let mut body = kind.to_vec();
        body.extend_from_slice(data);
        let checksum = crc32(&body);
        [&(data.len() as u32).to_be_bytes(), body.as_slice(), &checksum.to_be_bytes()].concat()
    };
    for (width, height) in [(60_000_u32, 60_000_u32), (10_001, 1), (9_000, 9_000), (u32::MAX >> 1, 1)] {
        let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
        let bomb = [
            &b"\x89PNG\r\n\x1a\n"[..],
            &chunk(b"IHDR", &header),
            &chunk(b"IDAT", &[0x78, 0x9c]),
            &chunk(b"IEND", &[]),
        ];
        assert_eq!(picture::read(&bomb.concat()), Err(PictureError::TooManyPixels { width, height }));
    }
    // A JPEG whose frame header says 65,000 x 65,000.
    let frame = [0xff, 0xc0, 0, 11, 8, 0xfd, 0xe8, 0xfd, 0xe8, 1, 1, 0x11, 0];
    let scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0];
    let bomb = [&[0xff, 0xd8][..], &frame, &scan, &[0xff, 0xd9]].concat();
    assert_eq!(picture::read(&bomb), Err(PictureError::TooManyPixels { width: 65_000, height: 65_000 }));
}

/// Cut short or with octets changed, a picture is refused or still gives the same text; nothing panics.
#[test]
fn damaged_pictures() {
    let (text, code) = text_and_code();
    let picture = code.png().unwrap();
    for end in 0..picture.len() {
        match picture::read(&picture[..end]) {
            Ok(found) => assert_eq!(found.texts, [text.as_str()], "{end}"),
            Err(PictureError::NotAPicture) => assert!(end < 8),
            Err(
                PictureError::Damaged { format: "PNG", .. }
                | PictureError::NoCode
                | PictureError::Unreadable { .. },
            ) => {}
            Err(other) => panic!("{end}: {other}"),
        }
    }
    for at in 0..picture.len() {
        let mut picture = picture.clone();
        picture[at] ^= 1 << (at % 8);
        if let Ok(found) = picture::read(&picture) {
            assert_eq!(found.texts, [text.as_str()], "{at}");
        }
    }
}

/// The checksum of PNG's chunks (CRC-32, ISO 3309).
fn crc32(octets: &[u8]) -> u32 {
    !octets.iter().fold(!0, |crc: u32, octet| {
        (0..8).fold(
            crc ^ u32::from(*octet),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
        )
    })
}
