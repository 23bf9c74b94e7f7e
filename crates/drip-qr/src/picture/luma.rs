//! A picture in shades of grey, which is all that codes need.

use super::region::Region;

/// Eight bits a pixel, row by row; 0 is black.
#[derive(Clone)]
pub(super) struct Luma {
    width: usize,
    pixels: Vec<u8>,
}

impl Luma {
    /// A picture of whole rows of `width` pixels; what is left over is dropped.
    pub(super) fn new(width: usize, mut pixels: Vec<u8>) -> Self {
        let rows = pixels.len().checked_div(width).unwrap_or(0);
        pixels.truncate(rows * width);
        Luma { width, pixels }
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.pixels.chunks(self.width.max(1))
    }

    pub(super) const fn width(&self) -> usize {
        self.width
    }

    pub(super) fn height(&self) -> usize {
        self.pixels.len().checked_div(self.width).unwrap_or(0)
    }

    /// White outside of the picture.
    pub(super) fn at(&self, x: usize, y: usize) -> u8 {
        self.pixels.get(y * self.width + x).copied().unwrap_or(0xff)
    }

    /// A piece of the picture.
    pub(super) fn piece(&self, region: Region) -> Self {
        let Region { x, y, width, height } = region;
        let rows = self.pixels.chunks(self.width.max(1)).skip(y).take(height);
        let pixels: Vec<u8> = rows.flat_map(|row| row.iter().skip(x).take(width)).copied().collect();
        Luma::new(width.min(self.width.saturating_sub(x)), pixels)
    }

    /// Dark is what is nearer to the darkest than to the lightest: right for what is printed or shown evenly lit.
    pub(super) fn in_black_and_white(&self) -> Self {
        let (dark, light) = self
            .pixels
            .iter()
            .fold((u8::MAX, 0), |(dark, light), pixel| (dark.min(*pixel), light.max(*pixel)));
        let middle = dark.midpoint(light);
        let pixels = self.pixels.iter().map(|pixel| if *pixel > middle { 0xff } else { 0 }).collect();
        Luma::new(self.width, pixels)
    }

    /// The picture at twice its size, each pixel weighed from the four nearest; `None` when it is large already.
    pub(super) fn doubled(&self) -> Option<Self> {
        const LARGE: usize = 1500;
        let (width, height) = (self.width * 2, self.height() * 2);
        if self.width > LARGE || self.height() > LARGE {
            return None;
        }
        // The centre of each new pixel lies a quarter of an old one from the centre of the nearest.
        let near = |at: usize, end: usize| {
            let (nearest, next) =
                (at / 2, if at.is_multiple_of(2) { (at / 2).saturating_sub(1) } else { at / 2 + 1 });
            (nearest, next.min(end - 1))
        };
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            let (row, next_row) = near(y, self.height());
            for x in 0..width {
                let (column, next_column) = near(x, self.width);
                let four = [
                    9 * u16::from(self.at(column, row)),
                    3 * u16::from(self.at(next_column, row)),
                    3 * u16::from(self.at(column, next_row)),
                    u16::from(self.at(next_column, next_row)),
                ];
                let mean = four.into_iter().sum::<u16>() / 16;
                pixels.push(u8::try_from(mean).unwrap_or(0xff));
            }
        }
        Some(Luma::new(width, pixels))
    }

    /// The picture at half its size, each pixel the mean of four; `None` when it is small already.
    pub(super) fn halved(&self) -> Option<Self> {
        const SMALL: usize = 800;
        let (width, height) = (self.width / 2, self.height() / 2);
        if width < SMALL && height < SMALL {
            return None;
        }
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let (x, y) = (2 * x, 2 * y);
                let four = [self.at(x, y), self.at(x + 1, y), self.at(x, y + 1), self.at(x + 1, y + 1)];
                let mean = four.into_iter().map(u16::from).sum::<u16>() / 4;
                pixels.push(u8::try_from(mean).unwrap_or(0xff));
            }
        }
        Some(Luma::new(width, pixels))
    }

    /// Makes everything white within these corners, given in order around it.
    pub(super) fn wipe(&mut self, corners: [(i32, i32); 4]) {
        let [a, b, c, d] = corners.map(|(x, y)| (i64::from(x), i64::from(y)));
        let edges = [(a, b), (b, c), (c, d), (d, a)];
        let inside = |x: i64, y: i64| {
            let side =
                |((x1, y1), (x2, y2)): ((i64, i64), (i64, i64))| (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1);
            edges.into_iter().all(|edge| side(edge) >= 0) || edges.into_iter().all(|edge| side(edge) <= 0)
        };
        let span = |at: [i64; 4]| {
            let bound = |at: i64| usize::try_from(at).unwrap_or(0);
            (bound(at.into_iter().min().unwrap_or(0)), bound(at.into_iter().max().unwrap_or(0)))
        };
        let (left, right) = span([a.0, b.0, c.0, d.0]);
        let (top, bottom) = span([a.1, b.1, c.1, d.1]);
        let rows =
            self.pixels.chunks_mut(self.width.max(1)).enumerate().take(bottom.saturating_add(1)).skip(top);
        for (y, row) in rows {
            for (x, pixel) in row.iter_mut().enumerate().take(right.saturating_add(1)).skip(left) {
                if i64::try_from(x).is_ok_and(|x| i64::try_from(y).is_ok_and(|y| inside(x, y))) {
                    *pixel = 0xff;
                }
            }
        }
    }
}

/// How bright a colour is (ITU-R BT.601), on a white ground where it is transparent.
pub(super) fn brightness(red: u8, green: u8, blue: u8, alpha: u8) -> u8 {
    let luma = (299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue)) / 1000;
    let (luma, alpha) = (luma.min(255), u32::from(alpha));
    let shown = (luma * alpha + 255 * (255 - alpha)) / 255;
    u8::try_from(shown).unwrap_or(0xff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shades() {
        assert_eq!(brightness(255, 255, 255, 255), 255);
        assert_eq!(brightness(0, 0, 0, 255), 0);
        assert_eq!(brightness(0, 0, 0, 0), 255);
        assert_eq!(brightness(0, 0, 0, 128), 127);
        assert_eq!(brightness(0, 255, 0, 255), 149);
    }

    #[test]
    fn wiping_stays_within_the_corners() {
        for corners in [[(1, 1), (3, 1), (3, 3), (1, 3)], [(1, 1), (1, 3), (3, 3), (3, 1)]] {
            let mut picture = Luma::new(5, vec![0; 25]);
            picture.wipe(corners);
            let white = (0..25).filter(|at| picture.at(at % 5, at / 5) == 0xff).count();
            assert_eq!((white, picture.at(2, 2), picture.at(0, 2)), (9, 0xff, 0));
        }
    }

    #[test]
    fn doubling_weighs_four() {
        let twice = Luma::new(2, vec![0, 160, 0, 160]).doubled().unwrap();
        let row: Vec<u8> = (0..4).map(|x| twice.at(x, 2)).collect();
        assert_eq!((twice.width(), twice.height(), row), (4, 4, vec![0, 40, 120, 160]));
        assert!(Luma::new(1501, vec![0; 1501]).doubled().is_none());
    }

    #[test]
    fn halving_means_four() {
        let mut pixels = vec![0; 1600 * 1600];
        pixels[0] = 200;
        pixels[1601] = 200;
        let half = Luma::new(1600, pixels).halved().unwrap();
        assert_eq!((half.width(), half.height(), half.at(0, 0), half.at(1, 0)), (800, 800, 100, 0));
        assert!(Luma::new(100, vec![0; 10_000]).halved().is_none());
        assert_eq!(Luma::new(0, Vec::new()).height(), 0);
    }
}
