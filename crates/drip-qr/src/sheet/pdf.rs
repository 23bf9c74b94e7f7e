//! Pages as a PDF document (ISO 32000): text in Courier, which every reader has, and modules as filled rectangles.

use super::layout::{HEIGHT, Page, WIDTH};
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};

/// Points in a millimetre.
const POINTS: f32 = 72.0 / 25.4;
const FONT: Name<'static> = Name(b"F1");

pub(super) fn draw(pages: &[Page<'_>]) -> Vec<u8> {
    let mut next = Ref::new(1);
    let (catalog, tree, font) = (next.bump(), next.bump(), next.bump());
    let placed: Vec<(Ref, Ref, &Page<'_>)> =
        pages.iter().map(|page| (next.bump(), next.bump(), page)).collect();

    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    // A sheet has at most a few hundred pages.
    let count = i32::try_from(placed.len()).unwrap_or(i32::MAX);
    pdf.pages(tree).kids(placed.iter().map(|(page, ..)| *page)).count(count);
    pdf.type1_font(font).base_font(Name(b"Courier")).encoding_predefined(Name(b"WinAnsiEncoding"));
    for (page, contents, drawn) in placed {
        let mut written = pdf.page(page);
        written
            .parent(tree)
            .media_box(Rect::new(0.0, 0.0, WIDTH * POINTS, HEIGHT * POINTS))
            .contents(contents);
        written.resources().fonts().pair(FONT, font);
        written.finish();
        pdf.stream(contents, &content(drawn));
    }
    pdf.finish()
}

fn content(page: &Page<'_>) -> Vec<u8> {
    let mut content = Content::new();
    for text in &page.texts {
        let (x, y) = (text.x * POINTS, (HEIGHT - text.y) * POINTS);
        content.begin_text().set_font(FONT, text.size).next_line(x, y);
        content.show(Str(&ascii(text.text))).end_text();
    }
    for placed in &page.codes {
        let module = placed.module * POINTS;
        let (left, top) = (placed.x * POINTS, (HEIGHT - placed.y) * POINTS);
        for (x, y, length) in placed.code.runs() {
            let (x, y) = (left + x as f32 * module, top - (y + 1) as f32 * module);
            content.rect(x, y, length as f32 * module, module);
        }
        content.fill_nonzero();
    }
    content.finish().into_vec()
}

/// What Courier in a PDF surely has.
fn ascii(text: &str) -> Vec<u8> {
    text.chars()
        .map(|character| if matches!(character, ' '..='~') { character as u8 } else { b'?' })
        .collect()
}
