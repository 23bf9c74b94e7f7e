//! A part's QR code (ISO/IEC 18004): its modules, and the picture of them.

use crate::{Density, Part};
use png::{BitDepth, ColorType, Encoder, EncodingError};
use qrcodegen::{DataTooLong, Mask, QrCode, QrCodeEcc, QrSegment, Version};

/// The white border that a code needs, in modules.
const QUIET: u32 = 4;
/// Pixels of a module in a PNG picture.
const SCALE: u32 = 6;

/// The modules of a QR code.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(QrCode);

impl Code {
    /// The code of a part that was split at this density: as small as it can be, and with as much error correction as then fits.
    pub fn of(part: &Part, density: Density) -> Result<Self, DataTooLong> {
        let segments = QrSegment::make_segments(&part.to_string());
        let (first, last) = (Version::MIN, Version::new(density.version()));
        QrCode::encode_segments_advanced(&segments, correction(density), first, last, None::<Mask>, true)
            .map(Code)
    }

    /// Modules a side.
    pub fn side(&self) -> u32 {
        // A QR code has 21 to 177.
        self.0.size().unsigned_abs()
    }

    /// Modules a side with the white border around it.
    pub fn side_with_border(&self) -> u32 {
        self.side() + 2 * QUIET
    }

    /// Whether a module is dark, counted from the outer corner of the white border; all outside of the code is light.
    pub fn is_dark(&self, x: u32, y: u32) -> bool {
        let inside = |at: u32| i32::try_from(at).map_or(-1, |at| at - QUIET as i32);
        self.0.get_module(inside(x), inside(y))
    }

    /// The dark modules as runs along the rows: x, y, length.
    pub(crate) fn runs(&self) -> Vec<(u32, u32, u32)> {
        let side = self.side_with_border();
        let mut runs = Vec::new();
        for y in 0..side {
            let mut length = 0;
            // The border is light, so every run ends within the row.
            for x in 0..side {
                if self.is_dark(x, y) {
                    length += 1;
                } else if length > 0 {
                    runs.push((x - length, y, length));
                    length = 0;
                }
            }
        }
        runs
    }

    /// The code as a PNG picture of one bit a pixel.
    pub fn png(&self) -> Result<Vec<u8>, EncodingError> {
        let side = self.side_with_border() * SCALE;
        let mut rows = Vec::new();
        for y in 0..side {
            let light = |x: u32| x >= side || !self.is_dark(x / SCALE, y / SCALE);
            for first in (0..side).step_by(8) {
                rows.push((first..first + 8).fold(0, |octet: u8, x| octet << 1 | u8::from(light(x))));
            }
        }
        let mut octets = Vec::new();
        let mut encoder = Encoder::new(&mut octets, side, side);
        encoder.set_color(ColorType::Grayscale);
        encoder.set_depth(BitDepth::One);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&rows)?;
        writer.finish()?;
        Ok(octets)
    }
}

/// The error correction that a density has at least.
const fn correction(density: Density) -> QrCodeEcc {
    match density {
        Density::Standard => QrCodeEcc::Medium,
        Density::Low => QrCodeEcc::Quartile,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split;

    /// The capacities are those of the standard: so many characters fit, one more does not.
    #[test]
    fn densities_fill_their_version() {
        for density in [Density::Standard, Density::Low] {
            let ecc = correction(density);
            let fits = |characters: usize| {
                let segments = [QrSegment::make_alphanumeric(&"A".repeat(characters))];
                let version = Version::new(density.version());
                QrCode::encode_segments_advanced(&segments, ecc, version, version, None::<Mask>, false)
                    .is_ok()
            };
            assert!(fits(density.characters()) && !fits(density.characters() + 1), "{density:?}");
        }
    }

    #[test]
    fn a_full_part_stays_within_its_version() {
        for (density, side) in [(Density::Standard, 117), (Density::Low, 57)] {
            let octets = vec![0xa5; density.octets()];
            let parts = split(&octets, density).unwrap();
            assert_eq!(Code::of(&parts[0], density).unwrap().side(), side);
        }
    }

    #[test]
    fn the_runs_are_the_dark_modules() {
        let code = Code::of(&split(b"runs", Density::Low).unwrap()[0], Density::Low).unwrap();
        let side = code.side_with_border();
        let dark =
            (0..side).flat_map(|y| (0..side).map(move |x| (x, y))).filter(|(x, y)| code.is_dark(*x, *y));
        let runs = code.runs();
        let from_runs = runs.iter().flat_map(|(x, y, length)| (*x..x + length).map(|x| (x, *y)));
        assert!(dark.eq(from_runs));
        assert!(!code.is_dark(u32::MAX, 0));
    }
}
