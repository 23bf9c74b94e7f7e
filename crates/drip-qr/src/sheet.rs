//! Sheets of codes to print: A4, two codes beside each other, each with its number under it, and words above them.
//!
//! SVG is a file a page, PDF one file. Both are drawn by the same layout, in millimetres from the upper left corner.

mod layout;
mod pdf;
mod svg;

use crate::Code;

/// What is printed: a heading, lines of text under it, and the codes in order.
pub struct Sheet {
    /// The heading.
    pub title: String,
    /// Lines of text on every page; what does not fit into one continues on the next.
    pub lines: Vec<String>,
    /// The codes, each with the words under it.
    pub codes: Vec<(Code, String)>,
}

impl Sheet {
    /// The pages, a drawing each.
    pub fn to_svg(&self) -> Vec<String> {
        layout::pages(self).iter().map(svg::draw).collect()
    }

    /// The pages in one PDF document.
    pub fn to_pdf(&self) -> Vec<u8> {
        pdf::draw(&layout::pages(self))
    }
}
