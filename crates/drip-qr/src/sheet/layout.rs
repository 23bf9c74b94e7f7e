//! Where everything stands on a page of A4, in millimetres.

use super::Sheet;
use crate::Code;

/// The width of the paper.
pub(super) const WIDTH: f32 = 210.0;
/// Its height.
pub(super) const HEIGHT: f32 = 297.0;
/// Size of the letters in the heading, in points.
pub(super) const TITLE: f32 = 14.0;
/// Size of all other letters, in points.
pub(super) const TEXT: f32 = 9.0;

const MARGIN: f32 = 12.0;
const LINE: f32 = 5.0;
const COLUMNS: usize = 2;
const SIDE: f32 = 71.0;
const CELL: f32 = SIDE + 6.0;
/// So many letters of that size fit between the margins: a letter is three fifths of its size wide.
const LETTERS: usize = 96;
/// More lines than these would leave no room for codes.
const LINES: usize = 24;

/// One page.
pub(super) struct Page<'a> {
    pub(super) texts: Vec<Text<'a>>,
    pub(super) codes: Vec<Placed<'a>>,
}

/// A line of text: where it begins, on its base line.
pub(super) struct Text<'a> {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) size: f32,
    pub(super) text: &'a str,
}

/// A code with its white border: its upper left corner, and the length of a module.
pub(super) struct Placed<'a> {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) module: f32,
    pub(super) code: &'a Code,
}

/// The pages of a sheet.
pub(super) fn pages(sheet: &Sheet) -> Vec<Page<'_>> {
    let lines: Vec<&str> = sheet.lines.iter().flat_map(|line| wrapped(line)).take(LINES).collect();
    let top = MARGIN + TITLE * 0.3528 + LINE * (lines.len() + 1) as f32;
    let rows = ((HEIGHT - MARGIN - top) / CELL).max(1.0) as usize;
    sheet.codes.chunks(COLUMNS * rows).map(|codes| fill(sheet, &lines, top, codes)).collect()
}

fn fill<'a>(sheet: &'a Sheet, lines: &[&'a str], top: f32, codes: &'a [(Code, String)]) -> Page<'a> {
    let mut y = MARGIN + TITLE * 0.3528;
    let mut texts = vec![Text { x: MARGIN, y, size: TITLE, text: &sheet.title }];
    for text in lines {
        y += LINE;
        texts.push(Text { x: MARGIN, y, size: TEXT, text });
    }
    let column = (WIDTH - 2.0 * MARGIN) / COLUMNS as f32;
    let mut placed = Vec::new();
    for (at, (code, words)) in codes.iter().enumerate() {
        let x = MARGIN + column * (at % COLUMNS) as f32;
        let y = top + CELL * (at / COLUMNS) as f32;
        placed.push(Placed { x, y, module: SIDE / code.side_with_border() as f32, code });
        texts.push(Text { x: x + 4.0, y: y + SIDE + 3.0, size: TEXT, text: words });
    }
    Page { texts, codes: placed }
}

/// A line in pieces that fit the page.
fn wrapped(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = line;
    while let Some((end, _)) = rest.char_indices().nth(LETTERS) {
        let (piece, more) = rest.split_at(end);
        pieces.push(piece);
        rest = more;
    }
    pieces.push(rest);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Density, split};

    fn sheet(octets: usize, lines: usize) -> Sheet {
        let parts = split(&vec![0x5a; octets], Density::Standard).unwrap();
        let codes = parts
            .iter()
            .map(|part| (Code::of(part, Density::Standard).unwrap(), format!("part {}", part.number())));
        Sheet { title: "Title".into(), lines: vec!["x".repeat(200); lines], codes: codes.collect() }
    }

    #[test]
    fn everything_is_on_the_paper() {
        for lines in [0, 2, 6, 50] {
            let sheet = sheet(12_000, lines);
            let pages = pages(&sheet);
            assert_eq!(pages.iter().map(|page| page.codes.len()).sum::<usize>(), sheet.codes.len());
            for page in &pages {
                for placed in &page.codes {
                    let side = placed.module * placed.code.side_with_border() as f32;
                    assert!(placed.x >= MARGIN && placed.x + side <= WIDTH - MARGIN, "{lines}");
                    assert!(placed.y + side + 3.0 <= HEIGHT - MARGIN / 2.0, "{lines} {}", placed.y);
                    assert!(placed.module > 0.5, "a module can be printed and seen");
                }
                assert!(page.texts.iter().all(|text| text.text.chars().count() <= LETTERS));
            }
        }
        assert_eq!(pages(&sheet(900, 2)).len(), 1);
        assert_eq!(pages(&sheet(6 * 938, 2)).len(), 1);
        assert_eq!(pages(&sheet(6 * 938 + 1, 2)).len(), 2);
    }
}
