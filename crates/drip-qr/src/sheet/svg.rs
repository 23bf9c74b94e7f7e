//! A page as an SVG drawing.

use super::layout::{HEIGHT, Page, WIDTH};
use core::fmt::Write;

pub(super) fn draw(page: &Page<'_>) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}mm\" height=\"{HEIGHT}mm\" \
         viewBox=\"0 0 {WIDTH} {HEIGHT}\">\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"white\"/>\n"
    );
    for text in &page.texts {
        // A point is 0.3528 mm.
        let (x, y, size, words) = (text.x, text.y, text.size * 0.3528, escaped(text.text));
        // Writing to a String cannot fail.
        let _ = writeln!(
            svg,
            "<text x=\"{x:.2}\" y=\"{y:.2}\" font-family=\"Courier,monospace\" font-size=\"{size:.2}\" xml:space=\"preserve\">{words}</text>"
        );
    }
    for placed in &page.codes {
        let (x, y, module) = (placed.x, placed.y, placed.module);
        let _ = write!(
            svg,
            "<path shape-rendering=\"crispEdges\" transform=\"translate({x:.3} {y:.3}) scale({module:.5})\" d=\""
        );
        for (x, y, length) in placed.code.runs() {
            let _ = write!(svg, "M{x} {y}h{length}v1h-{length}z");
        }
        svg.push_str("\"/>\n");
    }
    svg.push_str("</svg>\n");
    svg
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, character| {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            control if control.is_control() => escaped.push('?'),
            other => escaped.push(other),
        }
        escaped
    })
}
