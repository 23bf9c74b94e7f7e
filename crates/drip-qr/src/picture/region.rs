//! Where in a picture something stands by itself that may be a code: about as wide as high, full of edges, with nothing around it.
//!
//! The picture is divided into small cells. A cell is busy when light and dark meet in it; busy cells that touch are one region.

use super::luma::Luma;

/// Cells along the longer side of the picture: the white border of a code on a full sheet is some cells wide.
const CELLS: usize = 256;
/// How far apart light and dark are at least.
const CONTRAST: u8 = 60;
/// The least pixels a side: 21 modules of two pixels.
const SMALLEST: usize = 42;
/// More pieces than this are no sheet of codes; the picture is then looked at as a whole.
const MOST: usize = 64;

/// A piece of a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// The regions that may be codes; none when there are too many of them.
pub(super) fn regions(picture: &Luma) -> Vec<Region> {
    let cell = (picture.width().max(picture.height()) / CELLS).max(4);
    let across = picture.width().div_ceil(cell);
    let mut busy = busy(picture, cell, across);
    let mut regions = Vec::new();
    for start in 0..busy.len() {
        let Some((x, y)) = grow(&mut busy, across, start) else { continue };
        let (width, height) = ((x.1 - x.0 + 1) * cell, (y.1 - y.0 + 1) * cell);
        if width.min(height) < SMALLEST || width.min(height) * 3 < width.max(height) * 2 {
            continue;
        }
        // Some of the white around it, which a reader needs.
        regions.push(Region {
            x: (x.0 * cell).saturating_sub(2 * cell),
            y: (y.0 * cell).saturating_sub(2 * cell),
            width: width + 4 * cell,
            height: height + 4 * cell,
        });
    }
    if regions.len() > MOST { Vec::new() } else { regions }
}

/// Which cells are busy, row by row. Neighbouring cells share a pixel, so that an edge between two is in one of them.
fn busy(picture: &Luma, cell: usize, across: usize) -> Vec<bool> {
    let rows: Vec<&[u8]> = picture.rows().collect();
    let mut busy = Vec::with_capacity(across * rows.len().div_ceil(cell));
    for top in (0..rows.len()).step_by(cell) {
        for left in (0..picture.width()).step_by(cell) {
            let pixels =
                rows.iter().skip(top).take(cell + 1).flat_map(|row| row.iter().skip(left).take(cell + 1));
            let (dark, light) =
                pixels.fold((u8::MAX, 0), |(dark, light), pixel| (dark.min(*pixel), light.max(*pixel)));
            busy.push(light.saturating_sub(dark) >= CONTRAST);
        }
    }
    busy
}

/// The first and last column, and the first and last row.
type Extent = ((usize, usize), (usize, usize));

/// The extent of the busy cells that touch the one at `start`, which are then no longer busy.
fn grow(busy: &mut [bool], across: usize, start: usize) -> Option<Extent> {
    let mut waiting = vec![start];
    let mut extent: Option<Extent> = None;
    while let Some(at) = waiting.pop() {
        match busy.get_mut(at) {
            Some(cell) if *cell => *cell = false,
            _ => continue,
        }
        let (x, y) = (at % across, at / across);
        extent = Some(match extent {
            None => ((x, x), (y, y)),
            Some((columns, rows)) => ((columns.0.min(x), columns.1.max(x)), (rows.0.min(y), rows.1.max(y))),
        });
        for row in [y.checked_sub(1), Some(y), Some(y + 1)].into_iter().flatten() {
            for column in [x.checked_sub(1), Some(x), Some(x + 1)].into_iter().flatten() {
                if column < across {
                    waiting.push(row * across + column);
                }
            }
        }
    }
    extent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_squares_and_a_line() {
        let mut pixels = vec![250; 1000 * 1000];
        let mut fill = |x: usize, y: usize, width: usize, height: usize| {
            for row in y..y + height {
                for column in x..x + width {
                    pixels[row * 1000 + column] = if (row / 3 + column / 3) % 2 == 0 { 20 } else { 250 };
                }
            }
        };
        fill(100, 100, 300, 300);
        fill(500, 120, 200, 210);
        fill(100, 800, 800, 12);
        let regions = regions(&Luma::new(1000, pixels));
        assert_eq!(regions.len(), 2, "{regions:?}");
        let contains = |region: &Region, x, y| {
            (region.x..region.x + region.width).contains(&x)
                && (region.y..region.y + region.height).contains(&y)
        };
        for (x, y) in [(100, 100), (399, 399), (95, 95), (404, 404)] {
            assert!(contains(&regions[0], x, y), "{x} {y}");
        }
        assert!(contains(&regions[1], 500, 120) && contains(&regions[1], 699, 329));
        assert!(!contains(&regions[0], 500, 120));
    }
}
